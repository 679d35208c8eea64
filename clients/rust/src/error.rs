//! What can go wrong for a test.

/// The reason why a server does not start, or does not do what a test asks of it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The server cannot start.
    #[error("the server cannot start: {0}")]
    Start(#[from] lido::embedded::EmbedError),
    /// The Region of the server has not the form of one.
    #[error("{0:?} is not an AWS Region, such as us-east-1")]
    Region(String),
    /// The server refused an operation.
    #[error("{operation} was refused with {code}: {message}")]
    Refused {
        /// The name of the operation.
        operation: String,
        /// The HTTP status.
        status: u16,
        /// The name of the error, such as `UserNotFoundException`.
        code: String,
        /// The text of the error.
        message: String,
    },
    /// A request was not answered, or not with JSON.
    #[error("{operation} was not answered: {source}")]
    Request {
        /// The name of the operation.
        operation: String,
        /// What happened to the request.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// No message came in time.
    #[error("{0}")]
    NoMessage(String),
    /// A sign-in asks for another factor; such a sign-in is the test's own.
    #[error("signing {username} in leads to the challenge {challenge}")]
    Challenge {
        /// The user.
        username: String,
        /// The name of the challenge.
        challenge: String,
    },
}
