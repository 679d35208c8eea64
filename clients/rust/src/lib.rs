//! Starts Lido, a server that answers like Amazon Cognito user pools, in the process of a test.
//!
//! A [`LidoServer`] listens on a free port of the loopback interface, keeps its store in memory, and has an inbox for
//! codes and a test clock. [`LidoServer::create_pool`] makes what a test begins with; the AWS SDK, pointed at
//! [`LidoServer::endpoint_url`], does the rest, or [`LidoServer::call`] without one.
//!
//! # Examples
//!
//! ```
//! use lido_cognito::LidoServer;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), lido_cognito::Error> {
//! let lido = LidoServer::start().await?;
//! let pool = lido.create_pool().await?;
//! pool.create_user("mary", "Correct-Horse-1", &[("email", "mary@example.com")]).await?;
//! let tokens = pool.sign_in("mary", "Correct-Horse-1").await?;
//! assert!(!tokens.access_token.is_empty());
//! # Ok(())
//! # }
//! ```

mod clock;
mod control;
mod error;
mod fault;
mod message;
mod pool;
mod server;

pub use crate::{
    clock::Clock,
    error::Error,
    fault::{Fault, FaultRule},
    message::Message,
    pool::{Pool, Tokens},
    server::{LidoServer, LidoServerBuilder},
};
