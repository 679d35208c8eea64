//! Tests of what survives: servers and databases are killed, cut off and failed over under load, and the history of
//! requests and answers is checked against the rules of the domain.
//!
//! `workload` sends the requests and `history` records them; `model` says what each may answer, and `linearizable`
//! whether one order of all requests explains all answers. `stores` has the databases. The suites are `crashes`, `sign_in_steps`,
//! `several_servers`, `shared_limits`, `failover`, `faults`, `clock_jumps` and `newer_schema`.

#![cfg(unix)]

#[cfg(test)]
mod clock_jumps;
#[cfg(test)]
mod crashes;
#[cfg(test)]
mod failover;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod history;
#[cfg(test)]
mod linearizable;
#[cfg(test)]
mod mail;
#[cfg(test)]
#[expect(dead_code, reason = "other test binaries use the rest")]
#[path = "../outside/mail_server.rs"]
mod mail_server;
#[cfg(test)]
mod model;
#[cfg(test)]
mod newer_schema;
#[cfg(test)]
#[expect(dead_code, reason = "other test binaries use the rest")]
#[path = "../outside/postgres_cluster.rs"]
mod postgres_cluster;
#[cfg(test)]
mod proxy;
#[cfg(test)]
mod random;
#[cfg(test)]
#[expect(dead_code, reason = "other test binaries use the rest")]
#[path = "../carrier/raw_client.rs"]
mod raw_client;
#[cfg(test)]
#[expect(dead_code, reason = "other test binaries use the rest")]
#[path = "../carrier/server_process.rs"]
mod server_process;
#[cfg(test)]
mod servers;
#[cfg(test)]
mod several_servers;
#[cfg(test)]
mod shared_limits;
#[cfg(test)]
mod sign_in_steps;
#[cfg(test)]
mod workload;
