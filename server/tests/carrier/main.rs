//! What carries the operations, tried from outside: the binary in a process of its own, raw bytes on its socket,
//! signals, and what the system says of its memory.
//!
//! The operations themselves are tried in `tests/it`. The process is in `server_process`, the bytes in
//! `raw_client`.
//! Signals and `/proc` are Unix's, so elsewhere there is nothing here.

#![cfg(unix)]

#[cfg(test)]
mod configuration;
#[cfg(test)]
mod crash_recovery;
#[cfg(test)]
#[expect(dead_code, reason = "the other test binary uses the rest")]
#[path = "../outside/functions.rs"]
mod functions;
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
mod user_factors;
#[cfg(test)]
mod user_lifecycle;
