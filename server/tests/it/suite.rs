//! End-to-end tests: a server on a socket, called through the AWS SDK for Rust, with a clock that only tests advance.
//!
//! Each served operation has a module in the folder of its family, such as `sign_up::confirm_sign_up`. Subjects that concern
//! several operations have a module of their own (`races`, `user_states`, `iam` …). Servers and fixtures are in [`support`].
//! The rules themselves are tested in `lido-domain`, where they are decided.

#[cfg(test)]
mod access_tokens;
#[cfg(test)]
mod account;
#[cfg(test)]
mod app_clients;
#[cfg(test)]
mod bounded_commits;
#[cfg(test)]
mod branding;
#[cfg(test)]
mod choice_based_authentication;
#[cfg(test)]
mod cimd_policies;
#[cfg(test)]
mod client_secrets;
#[cfg(test)]
mod confirmation_link;
#[cfg(test)]
mod console;
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
mod domains;
#[cfg(test)]
mod facts;
#[cfg(test)]
mod fixed_ids;
#[cfg(test)]
#[path = "../outside/functions.rs"]
mod functions;
#[cfg(test)]
mod golden_answers;
#[cfg(test)]
mod golden_conversations;
#[cfg(test)]
mod groups;
#[cfg(test)]
mod hang_ups;
#[cfg(test)]
mod health;
#[cfg(test)]
mod hidden_delivery;
#[cfg(test)]
mod hidden_users;
#[cfg(test)]
mod hidden_work;
#[cfg(test)]
mod iam;
#[cfg(test)]
mod infrastructure;
#[cfg(test)]
#[expect(dead_code, reason = "the test binary `carrier` uses the rest")]
#[path = "../outside/mail_server.rs"]
mod mail_server;
#[cfg(test)]
mod message_limits;
#[cfg(test)]
mod mfa;
#[cfg(test)]
mod mfa_authentication;
#[cfg(test)]
mod oauth;
#[cfg(test)]
mod omitted_members;
#[cfg(test)]
mod other_services;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod passkey_authentication;
#[cfg(test)]
mod passkeys;
#[cfg(test)]
#[expect(dead_code, reason = "other test binaries use the rest")]
#[path = "../outside/postgres_cluster.rs"]
mod postgres_cluster;
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
mod regions;
#[cfg(test)]
mod register;
#[cfg(test)]
mod report_relatives;
#[cfg(test)]
mod reports;
#[cfg(test)]
mod request_limits;
#[cfg(test)]
mod resource_servers;
#[cfg(test)]
mod seed;
#[cfg(test)]
mod shadowed_names;
#[cfg(test)]
mod sign_in;
#[cfg(test)]
mod sign_up;
#[cfg(test)]
mod simulated_users;
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
mod terms;
#[cfg(test)]
mod tokens;
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
