//! The whole server through the AWS SDK for Rust, on a real socket, with a clock that stands still.
//!
//! Each served operation has a module below its family (`sign_up::confirm_sign_up`); what concerns several operations
//! is a suite beside the families (`races`, `user_states`, `iam` …). Servers, clients and fixtures are in [`support`];
//! rules are tested where they are decided, in the domain's tables.

#[cfg(test)]
mod access_tokens;
#[cfg(test)]
mod account;
#[cfg(test)]
mod app_clients;
#[cfg(test)]
mod choice_based_authentication;
#[cfg(test)]
mod client_secrets;
#[cfg(test)]
mod confirmation_link;
#[cfg(test)]
mod custom_authentication;
#[cfg(test)]
mod declared_errors;
#[cfg(test)]
mod delivery;
#[cfg(test)]
mod device_authentication;
#[cfg(test)]
mod devices;
#[cfg(test)]
mod facts;
#[cfg(test)]
#[path = "../outside/functions.rs"]
mod functions;
#[cfg(test)]
mod groups;
#[cfg(test)]
mod iam;
#[cfg(test)]
#[expect(dead_code, reason = "the other test binary uses the rest")]
#[path = "../outside/mail_server.rs"]
mod mail_server;
#[cfg(test)]
mod mfa;
#[cfg(test)]
mod mfa_authentication;
#[cfg(test)]
mod passkey_authentication;
#[cfg(test)]
mod passkeys;
#[cfg(test)]
mod published_keys;
#[cfg(test)]
mod races;
#[cfg(test)]
mod random_operations;
#[cfg(test)]
mod raw_requests;
#[cfg(test)]
mod recovery;
#[cfg(test)]
mod register;
#[cfg(test)]
mod request_limits;
#[cfg(test)]
mod sign_in;
#[cfg(test)]
mod sign_up;
#[cfg(test)]
mod srp_authentication;
#[cfg(test)]
#[path = "../outside/srp_client.rs"]
mod srp_client;
#[cfg(test)]
mod store_trips;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tags;
#[cfg(test)]
mod triggers;
#[cfg(test)]
mod unit_of_work;
#[cfg(test)]
mod user_existence_errors;
#[cfg(test)]
mod user_pools;
#[cfg(test)]
mod user_states;
#[cfg(test)]
mod users;
