//! Tests of the server binary from outside: raw bytes on its socket, signals, memory, configuration, logs and mail.
//!
//! `server_process` starts the binary and `raw_client` sends the bytes. The operations themselves are tested in
//! `tests/it`. Signals and `/proc` exist on Unix only, so that these tests do too.

#![cfg(unix)]

#[cfg(test)]
mod backup;
#[cfg(test)]
mod configuration;
#[cfg(test)]
mod console;
#[cfg(test)]
mod control_commands;
#[cfg(test)]
mod doctor;
#[cfg(test)]
mod framing;
#[cfg(test)]
#[expect(dead_code, reason = "the other test binary uses the rest")]
#[path = "../outside/functions.rs"]
mod functions;
#[cfg(test)]
mod health_command;
#[cfg(test)]
#[path = "../outside/http_sink.rs"]
mod http_sink;
#[cfg(test)]
mod known_secrets;
#[cfg(test)]
mod log_redaction;
#[cfg(test)]
mod mail_delivery;
#[cfg(test)]
#[expect(dead_code, reason = "the other test binary uses the rest")]
#[path = "../outside/mail_server.rs"]
mod mail_server;
#[cfg(test)]
mod malformed_requests;
#[cfg(test)]
mod many_connections;
#[cfg(test)]
mod metrics;
#[cfg(test)]
mod oauth_log;
#[cfg(test)]
mod operator_mistakes;
#[cfg(test)]
#[expect(dead_code, reason = "other test binaries use the rest")]
#[path = "../outside/postgres_cluster.rs"]
mod postgres_cluster;
#[cfg(test)]
mod postgres_store;
#[cfg(test)]
mod raw_client;
#[cfg(test)]
mod recording_client;
#[cfg(test)]
mod server_process;
#[cfg(test)]
mod shutdown;
#[cfg(test)]
#[path = "../outside/srp_client.rs"]
mod srp_client;
#[cfg(test)]
mod start_errors;
#[cfg(test)]
mod tls;
#[cfg(test)]
mod traces;
#[cfg(test)]
mod transfer;
#[cfg(test)]
mod user_factors;
#[cfg(test)]
mod user_lifecycle;
