//! Tests over every error that operations return.
//!
//! [`errors`] is the table of all refusals and failures, [`declared`] compares their kinds with the model, [`texts`] their
//! texts with the recorded ones in `facts/`, and [`page_tests`] what the pages do about them with the documentation.

mod declared;
mod errors;
mod page_tests;
mod texts;
