//! The arguments of the commands that talk to a running server.

use clap::Args;

use super::{clock_setting::ClockSetting, server::Endpoint, trust::TrustArguments};

pub(super) const SERVER: &str = "Server";
const CHOICE: &str = "What it is about";
const OUTPUT: &str = "Output";

/// The options of every command that talks to a server.
#[derive(Debug, Args)]
pub(crate) struct ServerArguments {
    /// Address of the server, which lido dev prints when it starts
    #[arg(
        long,
        env = "LIDO_ENDPOINT",
        value_name = "URL",
        hide_env_values = true,
        default_value = Endpoint::DEFAULT,
        help_heading = SERVER
    )]
    pub(super) endpoint: Endpoint,

    #[command(flatten)]
    pub(super) trust: TrustArguments,

    /// Print JSON, one object on each line, for programs
    #[arg(long, help_heading = OUTPUT)]
    pub(super) json: bool,
}

/// The option of the pool.
#[derive(Debug, Args)]
pub(crate) struct PoolArgument {
    /// Id of the user pool; without it the only one
    #[arg(long, value_name = "ID", help_heading = CHOICE)]
    pub(super) pool: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct UsersArguments {
    #[command(flatten)]
    pub(super) server: ServerArguments,

    #[command(flatten)]
    pub(super) pool: PoolArgument,

    /// Only users that match, in the syntax of ListUsers, such as 'email ^= "ann"'
    #[arg(long, value_name = "FILTER", help_heading = CHOICE)]
    pub(super) filter: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct MessagesArguments {
    /// User whose messages are shown: a username, sub, alias, mail address or phone number
    pub(super) user: Option<String>,

    #[command(flatten)]
    pub(super) server: ServerArguments,

    /// Id of a user pool, whose messages alone are shown
    #[arg(long, value_name = "ID", help_heading = CHOICE)]
    pub(super) pool: Option<String>,

    /// Go on, and show each message when it is sent
    #[arg(long, short, help_heading = OUTPUT)]
    pub(super) follow: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ConfirmArguments {
    /// User to confirm: a username, sub or alias
    pub(super) user: String,

    #[command(flatten)]
    pub(super) server: ServerArguments,

    #[command(flatten)]
    pub(super) pool: PoolArgument,
}

#[derive(Debug, Args)]
pub(crate) struct TokenArguments {
    /// User to sign in: a username, sub or alias
    pub(super) user: String,

    #[command(flatten)]
    pub(super) server: ServerArguments,

    #[command(flatten)]
    pub(super) pool: PoolArgument,

    /// Id of the app client; without it the only one of the pool
    #[arg(long, value_name = "ID", help_heading = CHOICE)]
    pub(super) client: Option<String>,

    /// Print the id token alone
    #[arg(long, conflicts_with_all = ["access", "refresh", "json"], help_heading = OUTPUT)]
    pub(super) id: bool,

    /// Print the access token alone
    #[arg(long, conflicts_with_all = ["refresh", "json"], help_heading = OUTPUT)]
    pub(super) access: bool,

    /// Print the refresh token alone
    #[arg(long, conflicts_with = "json", help_heading = OUTPUT)]
    pub(super) refresh: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ClockArguments {
    /// How far to set the clock forward (+90s, +1h30m, +2d), an instant (2027-01-01T00:00:00Z), or reset for the real time;
    /// without it the time is shown
    pub(super) setting: Option<ClockSetting>,

    #[command(flatten)]
    pub(super) server: ServerArguments,
}

#[derive(Debug, Args)]
pub(crate) struct ResetArguments {
    #[command(flatten)]
    pub(super) server: ServerArguments,

    /// Id of a user pool, which alone is deleted; messages, faults and the clock stay
    #[arg(long, value_name = "ID", help_heading = CHOICE)]
    pub(super) pool: Option<String>,

    /// Delete only the users of the pool, and keep the pool with its app clients and groups
    #[arg(long, help_heading = CHOICE)]
    pub(super) users: bool,
}
