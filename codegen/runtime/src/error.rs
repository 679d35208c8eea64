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

#[doc(hidden)]
pub fn display(error: &dyn ModeledError, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str(error.info().name())?;
    error.message().map_or(Ok(()), |message| write!(f, ": {message}"))
}
