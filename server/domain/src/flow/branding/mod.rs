//! The operations on the looks of the sign-in pages: the order of the checks, and what is stored.
//!
//! What is stored is in [`crate::branding`].

pub mod customization;
pub mod styles;
pub mod terms;
