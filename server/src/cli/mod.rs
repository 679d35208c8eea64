//! The command line.
//!
//! It only says what may be given; [`crate::config`] puts it together with the configuration file and the defaults.
//! [`serve`] runs a server. What `lido dev` shows first is in [`first_screen`], how it logs in [`logging`].

mod first_screen;
mod logging;
pub(crate) mod serve;
mod stop;

#[cfg(test)]
mod tests;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::config::{
    AccountId, AddressRange, ConfirmationCode, LambdaUrl, LogFilter, LogFormat, MailSender, PublicUrl,
    Region, RequestLimits, StoreLocation, Unread,
};

/// A server that answers like Amazon Cognito user pools.
///
/// Each option can also be set by the environment variable named with it, or in a TOML file (--config) under its name
/// without the dashes. A flag goes before the environment, the environment before the file.
#[derive(Debug, Parser)]
#[command(name = "lido", version, arg_required_else_help = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serves for a laptop or CI: no set-up, an inbox for codes, a clock that can be set forward.
    ///
    /// Codes are read at /_lido/messages and the clock is set forward at /_lido/clock. Signed operations take any
    /// well-formed AWS signature unless --credentials says whose.
    Dev(DevArguments),

    /// Serves for real: --store, --key-file, --credentials and --public-url are required.
    Serve(ServeArguments),

    /// Lists every operation of the API: served, or only validated.
    ///
    /// Where an operation is only validated, its input is checked and then refused with NotImplementedException.
    Operations,
}

#[derive(Debug, Args)]
pub(crate) struct DevArguments {
    #[command(flatten)]
    pub(crate) common: CommonArguments,

    /// Make every code this one, six digits; codes are random otherwise.
    #[arg(long, env = "LIDO_CONFIRMATION_CODE", value_name = "CODE")]
    pub(crate) confirmation_code: Option<ConfirmationCode>,

    /// Listen for other machines too. Whoever reaches the server may read every code.
    #[arg(
        long,
        env = "LIDO_ALLOW_REMOTE",
        value_name = "true|false",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        hide_possible_values = true
    )]
    pub(crate) allow_remote: Option<bool>,
}

#[derive(Debug, Args)]
pub(crate) struct ServeArguments {
    #[command(flatten)]
    pub(crate) common: CommonArguments,
}

/// What both `dev` and `serve` take.
#[derive(Debug, Args)]
pub(crate) struct CommonArguments {
    /// Where to listen; port 0 picks a free one [default: 127.0.0.1:9229].
    #[arg(long, env = "LIDO_LISTEN", value_name = "HOST:PORT")]
    pub(crate) listen: Option<String>,

    /// Where to keep users and pools: sqlite:PATH, or memory [default in dev: sqlite:.lido/lido.db].
    #[arg(long, env = "LIDO_STORE", value_name = "STORE")]
    pub(crate) store: Option<StoreLocation>,

    /// The keys that passwords and codes are sealed with, 32 random bytes in base64 a line; the first seals, all open
    /// [default in dev: made beside the store].
    #[arg(long, env = "LIDO_KEY_FILE", value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,

    /// Who may sign, JSON: {"users": [{"name", "accessKeyId", "secretAccessKey", "policies"}]}.
    #[arg(long, env = "LIDO_CREDENTIALS", value_name = "FILE")]
    pub(crate) credentials: Option<PathBuf>,

    /// How many requests a second are taken of each category of operations, as Amazon Cognito does: off, on, or on with
    /// changes, as in on,UserCreation=100,UserList=off [default: on in serve, off in dev].
    #[arg(long, env = "LIDO_REQUEST_LIMITS", value_name = "LIMITS")]
    pub(crate) request_limits: Option<RequestLimits>,

    /// Refuse requests from these addresses or ranges, such as 192.0.2.0/24; may be given several times.
    #[arg(long, env = "LIDO_REFUSE_FROM", value_name = "RANGE", value_delimiter = ',')]
    pub(crate) refuse_from: Option<Vec<AddressRange>>,

    /// Believe proxies at these addresses or ranges whom they forward for (X-Forwarded-For, X-Forwarded-Proto); may be
    /// given several times.
    #[arg(long, env = "LIDO_TRUSTED_PROXY", value_name = "RANGE", value_delimiter = ',')]
    pub(crate) trusted_proxy: Option<Vec<AddressRange>>,

    /// Change nothing, as a standby on a copy of the store: whatever does more than look is refused with
    /// OperationNotEnabledException.
    #[arg(
        long,
        env = "LIDO_STANDBY",
        value_name = "true|false",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        hide_possible_values = true
    )]
    pub(crate) standby: Option<bool>,

    /// The address that clients use, such as https://auth.example.com; tokens will name it, and links in mails lead to
    /// it [default in dev: as each request has it].
    #[arg(long, env = "LIDO_PUBLIC_URL", value_name = "URL")]
    pub(crate) public_url: Option<PublicUrl>,

    /// The mail server: smtp://HOST:PORT with STARTTLS, which a password to another machine insists on unless
    /// ?tls=opportunistic, or smtps://HOST:PORT; USER:PASSWORD@ before the host, percent-encoded. In dev mail lands in
    /// the inbox too.
    #[arg(long, env = "LIDO_SMTP", value_name = "URL", hide_env_values = true)]
    pub(crate) smtp: Option<Unread>,

    /// Whom mails come from whose pool does not say [default: no-reply@ and the host of --public-url].
    #[arg(long, env = "LIDO_MAIL_FROM", value_name = "ADDRESS")]
    pub(crate) mail_from: Option<MailSender>,

    /// Where each SMS is posted to as JSON. In dev SMS land in the inbox too.
    #[arg(long, env = "LIDO_SMS_WEBHOOK", value_name = "URL", hide_env_values = true)]
    pub(crate) sms_webhook: Option<Unread>,

    /// What signs these posts as Standard Webhooks has it: 24 to 64 random bytes in base64.
    #[arg(long, env = "LIDO_SMS_WEBHOOK_SECRET", value_name = "SECRET", hide_env_values = true)]
    pub(crate) sms_webhook_secret: Option<Unread>,

    /// Where the Lambda triggers of pools are called: Lambda itself, or whatever serves its Invoke, such as
    /// serverless-offline at http://127.0.0.1:3002, SAM local or cargo-lambda.
    #[arg(long, env = "LIDO_LAMBDA_ENDPOINT", value_name = "URL")]
    pub(crate) lambda_endpoint: Option<LambdaUrl>,

    /// What calls of Lambda are signed with, as `aws configure export-credentials` prints it; read for every call.
    /// Without it they are not signed.
    #[arg(long, env = "LIDO_LAMBDA_CREDENTIALS", value_name = "FILE")]
    pub(crate) lambda_credentials: Option<PathBuf>,

    /// The keys that codes for CustomEmailSender and CustomSMSSender are encrypted with: a KMSKeyID and 32 random bytes
    /// in base64 a line.
    #[arg(long, env = "LIDO_SENDER_KEY_FILE", value_name = "FILE")]
    pub(crate) sender_key_file: Option<PathBuf>,

    /// The Region that pool ids and ARNs name [default: us-east-1].
    #[arg(long, env = "LIDO_REGION", value_name = "REGION")]
    pub(crate) region: Option<Region>,

    /// The account that ARNs name [default: 000000000000].
    #[arg(long, env = "LIDO_ACCOUNT_ID", value_name = "ID")]
    pub(crate) account_id: Option<AccountId>,

    /// What to log, to standard error: error, warn, info, debug, trace or off, also by module as in
    /// info,lido::store=debug [default: info].
    #[arg(long, env = "LIDO_LOG", value_name = "LEVEL")]
    pub(crate) log: Option<LogFilter>,

    /// How to log [default: text].
    #[arg(long, env = "LIDO_LOG_FORMAT", value_name = "FORMAT")]
    pub(crate) log_format: Option<LogFormat>,

    /// A TOML file with any of these settings; paths in it start from its own folder.
    #[arg(long, env = "LIDO_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}
