//! Lambda triggers, called over Invoke on loopback.

mod faults;
mod message_sources;
mod messages;
mod sign_in;
mod sign_up;
mod user_migration;
