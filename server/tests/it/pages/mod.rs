//! The pages of managed login, as a person and a program see them.

mod accounts;
mod factors;
mod hidden;
mod languages;
mod looks;
mod markup;
mod new_password;
mod remembered;
mod ways;
