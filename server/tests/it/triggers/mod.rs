//! Tests of Lambda triggers, with a fake Lambda on the loopback address.

mod faults;
mod message_sources;
mod messages;
mod sign_in;
mod sign_up;
mod user_migration;
