//! What carries the operations, tried from outside: the binary in a process of its own, raw bytes on its socket,
//! signals, and what the system says of its memory.
//!
//! The operations themselves are tried in `tests/it`. Next: `child` for the process, `client` for the bytes.
//! Signals and `/proc` are Unix's, so elsewhere there is nothing here.

#![cfg(unix)]

#[cfg(test)]
mod child;
#[cfg(test)]
mod client;
#[cfg(test)]
mod crowd;
#[cfg(test)]
mod factors;
#[cfg(test)]
#[expect(dead_code, reason = "the other test binary uses the rest")]
#[path = "../it/functions.rs"]
mod functions;
#[cfg(test)]
mod garbage;
#[cfg(test)]
mod killing;
#[cfg(test)]
mod life;
#[cfg(test)]
mod mail;
#[cfg(test)]
#[expect(dead_code, reason = "the other test binary uses the rest")]
#[path = "../outside/mail_server.rs"]
mod mail_server;
#[cfg(test)]
mod noted;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod settings;
#[cfg(test)]
#[path = "../it/srp_client.rs"]
mod srp_client;
#[cfg(test)]
mod stopping;
#[cfg(test)]
mod talk;
