//! What `/_lido/…` does to users and pools beyond the operations of the API.
//!
//! As the handlers of operations do, these functions read and commit by `super::transact`, and decide by rules of the
//! domain. They take no input of the API, and check no signature: `crate::console` decides who may call them.

mod codes;
mod error;
mod page;
mod pools;
mod tokens;
mod users;

pub use self::{
    codes::{CodePurpose, ValidCode, valid_codes},
    error::ControlError,
    page::{Page, PageRequest},
    pools::{delete_all_pools, delete_pool, delete_users, list_clients, list_pools},
    tokens::{IssuedTokens, issue_tokens},
    users::{confirm_user, find_user, get_user, list_users},
};
