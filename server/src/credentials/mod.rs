//! The IAM users that may sign requests.
//!
//! [`mod@file`] reads them from the credentials file. `lido-iam` verifies signatures and evaluates policies;
//! `api/admission.rs` calls it for the operations that the model marks as signed, and `api/iam_request.rs` makes the
//! request context of the policies.

pub mod file;

pub use lido_iam::{Credentials, IamUser};
