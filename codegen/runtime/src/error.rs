//! Modeled errors: what a handler may answer besides its output.

use std::fmt;

use crate::Object;

/// Who is to blame for an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blame {
    /// The request: status 400.
    Client,
    /// The service: status 500.
    Server,
}

/// What the model says of an error.
#[derive(Debug)]
pub struct ErrorInfo {
    pub(crate) id: &'static str,
    pub(crate) blame: Blame,
    /// The code that clients of the query protocol know, and the status the model gives the error.
    pub(crate) query: Option<(&'static str, Blame)>,
}

impl ErrorInfo {
    /// An error shape by its absolute id.
    pub const fn new(id: &'static str, blame: Blame) -> Self {
        Self { id, blame, query: None }
    }

    /// The same with the code of `aws.protocols#awsQueryError`.
    #[must_use]
    pub const fn query(mut self, code: &'static str, blame: Blame) -> Self {
        self.query = Some((code, blame));
        self
    }

    /// The absolute shape id.
    pub const fn id(&self) -> &'static str {
        self.id
    }

    /// The name without its namespace, as awsJson 1.1 sends it.
    pub fn name(&self) -> &'static str {
        self.id.rsplit('#').next().unwrap_or(self.id)
    }
}

/// An error shape, or an operation's choice of several.
pub trait ModeledError: WriteMembers + fmt::Debug {
    /// What the model says of it.
    fn info(&self) -> &'static ErrorInfo;

    /// The text for the client, where the shape has a member for it and it is set.
    fn message(&self) -> Option<&str>;
}

/// A structure whose members can be written into an object that somebody else opened.
pub trait WriteMembers {
    /// Appends the members that are set.
    fn write_members(&self, object: &mut Object<'_>);
}

/// The kinds of error that a service has: its generated enum, with one variant for each error shape.
pub trait ErrorKind: Copy + Eq + Send + Sync + fmt::Debug + 'static {
    /// Every kind, in the order of their names.
    const ALL: &'static [Self];

    /// Returns the name of the error shape, as the model spells it.
    fn name(self) -> &'static str;
}

/// An error that is not yet that of one operation: a kind, and the message for the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError<K> {
    /// Which error shape it becomes.
    pub kind: K,
    /// The message for the client.
    pub message: String,
}

impl<K> ApiError<K> {
    /// Returns the error of this kind with this message.
    pub fn new(kind: K, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }
}

/// Conversion from a kind and a message to the error of an operation.
///
/// Generated for the error enum of every operation: which kinds it takes is what the model declares.
pub trait FromApiError: Sized {
    /// The kinds of error of the service.
    type Kind: ErrorKind;

    /// The kinds that the operation declares, in the order of their names.
    const DECLARED: &'static [Self::Kind];

    /// Converts `error` to the variant of its kind.
    ///
    /// # Errors
    /// Gives `error` back if the operation does not declare its kind, or if the shape has required members besides
    /// the message.
    fn from_api_error(error: ApiError<Self::Kind>) -> Result<Self, ApiError<Self::Kind>>;
}

/// Conversion from the message for the client to an error shape.
///
/// Members besides the message are absent or have their defaults.
pub trait FromMessage: Sized {
    /// Returns the error with this message; a shape without a member for it drops it.
    ///
    /// # Errors
    /// Gives the message back if the shape has other required members.
    fn from_message(message: String) -> Result<Self, String>;
}

#[doc(hidden)]
pub fn display(error: &dyn ModeledError, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str(error.info().name())?;
    error.message().map_or(Ok(()), |message| write!(f, ": {message}"))
}
