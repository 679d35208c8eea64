//! The IAM users who may sign requests.
//!
//! [`mod@file`] reads them from the credentials file. Signatures are verified and policies evaluated in `lido-iam`;
//! `api/admission.rs` calls it for the operations that the model marks as signed, and `api/iam_request.rs` knows what a
//! request is about.

pub mod file;

pub use lido_iam::{Credentials, IamUser};
