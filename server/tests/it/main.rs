//! The whole server through the AWS SDK for Rust, on a real socket, with a clock that stands still.
//!
//! One binary, one module for each subject. What is said on the wire byte by byte is in [`raw`]; rules are tested
//! where they are decided, in the domain's tables.

#[cfg(test)]
mod about_ann;
#[cfg(test)]
mod account;
#[cfg(test)]
mod account_attributes;
#[cfg(test)]
mod account_password;
#[cfg(test)]
mod account_verification;
#[cfg(test)]
mod aliases;
#[cfg(test)]
mod app_client_secrets;
#[cfg(test)]
mod app_client_settings;
#[cfg(test)]
mod app_clients;
#[cfg(test)]
mod auth_events;
#[cfg(test)]
mod authenticator;
#[cfg(test)]
mod confirmation_link;
#[cfg(test)]
mod confirming;
#[cfg(test)]
mod custom_auth;
#[cfg(test)]
mod declared;
#[cfg(test)]
mod decryption;
#[cfg(test)]
mod delivery;
#[cfg(test)]
mod delivery_sms;
#[cfg(test)]
mod devices;
#[cfg(test)]
mod document;
#[cfg(test)]
mod facts;
#[cfg(test)]
mod functions;
#[cfg(test)]
mod groups;
#[cfg(test)]
mod hiding;
#[cfg(test)]
mod iam;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod list_users;
#[cfg(test)]
#[expect(dead_code, reason = "the other test binary uses the rest")]
#[path = "../outside/mail_server.rs"]
mod mail_server;
#[cfg(test)]
mod meddled;
#[cfg(test)]
mod message_sources;
#[cfg(test)]
mod mfa;
#[cfg(test)]
mod passkeys;
#[cfg(test)]
mod passkeys_refused;
#[cfg(test)]
mod races;
#[cfg(test)]
mod raw;
#[cfg(test)]
mod recovery;
#[cfg(test)]
mod register;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod sign_in;
#[cfg(test)]
mod sign_in_choice;
#[cfg(test)]
mod sign_in_srp;
#[cfg(test)]
mod sign_in_tokens;
#[cfg(test)]
mod signing_up;
#[cfg(test)]
mod srp_client;
#[cfg(test)]
mod states;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tags;
#[cfg(test)]
mod trigger_faults;
#[cfg(test)]
mod triggers;
#[cfg(test)]
mod triggers_of_messages;
#[cfg(test)]
mod triggers_of_sign_in;
#[cfg(test)]
mod turmoil;
#[cfg(test)]
mod user_attributes;
#[cfg(test)]
mod user_migration;
#[cfg(test)]
mod user_passwords;
#[cfg(test)]
mod user_pool_settings;
#[cfg(test)]
mod user_pools;
#[cfg(test)]
mod users;
#[cfg(test)]
mod wire;
