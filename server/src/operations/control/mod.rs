//! What `/_lido/…` does to users and pools beyond the operations of the API.
//!
//! As the handlers of operations do, these functions read and commit by [`super::transact`], and decide by rules of the
//! domain. They take no input of the API, and check no signature: [`crate::console`] decides who may call them.

mod error;
mod names;

pub use self::{error::ControlError, names::find_sub};
