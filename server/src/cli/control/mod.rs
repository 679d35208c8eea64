//! The commands that talk to a running `lido dev`: `lido users`, `messages`, `confirm`, `token`, `clock` and `reset`.
//!
//! They use `/_lido/…`, whose document is served at `/_lido/openapi.json`. [`server`] sends the requests and words what goes
//! wrong with them, [`choice`] finds the pool and the app client that a command is about, [`output`] prints.

mod arguments;
mod choice;
mod clock;
mod clock_setting;
mod confirm;
mod messages;
mod output;
mod reset;
mod server;
mod token;
mod trust;
mod users;

pub(crate) use self::{
    arguments::{
        ClockArguments, ConfirmArguments, MessagesArguments, ResetArguments, TokenArguments, UsersArguments,
    },
    clock::run as clock,
    confirm::run as confirm,
    messages::run as messages,
    reset::run as reset,
    token::run as token,
    trust::TrustArguments,
    users::run as users,
};
