//! Tests over every error that operations return.
//!
//! [`errors`] is the table of all refusals and failures, [`declared`] compares their kinds with the model, and [`texts`]
//! their texts with the recorded ones in `facts/`.

mod declared;
mod errors;
mod texts;
