//! The errors that a model declares, and the conversion from a kind and a message to the error of an operation.

use std::fmt;

use crate::Object;

/// Whether the client or the server caused an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The client: status 400.
    Client,
    /// The server: status 500.
    Server,
}

/// What the model declares about an error shape.
#[derive(Debug)]
pub struct ErrorInfo {
    pub(crate) id: &'static str,
    pub(crate) fault: Fault,
    /// The HTTP status, if it is another than that of the fault.
    pub(crate) status: Option<u16>,
    /// The error code for clients of the query protocol, with the fault that it reports.
    pub(crate) query: Option<(&'static str, Fault)>,
}

impl ErrorInfo {
    /// Returns the description of the error shape with this absolute id.
    pub const fn new(id: &'static str, fault: Fault) -> Self {
        Self { id, fault, status: None, query: None }
    }

    /// Sets the status of the trait `smithy.api#httpError`.
    #[must_use]
    pub const fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// Sets the code of the trait `aws.protocols#awsQueryError`.
    #[must_use]
    pub const fn query(mut self, code: &'static str, fault: Fault) -> Self {
        self.query = Some((code, fault));
        self
    }

    /// Returns the absolute shape id.
    pub const fn id(&self) -> &'static str {
        self.id
    }

    /// Returns the shape name without its namespace, as awsJson 1.1 sends it.
    pub fn name(&self) -> &'static str {
        self.id.rsplit('#').next().unwrap_or(self.id)
    }
}

/// A value of an error shape.
pub trait ModeledError: WriteMembers + fmt::Debug {
    /// Returns what the model declares about the shape.
    fn info(&self) -> &'static ErrorInfo;

    /// Returns the message for the client, or `None` if the shape has no message member or it is not set.
    fn message(&self) -> Option<&str>;
}

/// A structure that can write its members into an object that the caller has opened.
pub trait WriteMembers {
    /// Appends the members that have a value.
    fn write_members(&self, object: &mut Object<'_>);
}

/// The kinds of error of a service. Implemented by the generated enum, which has one variant for each error shape.
pub trait ErrorKind: Copy + Eq + Send + Sync + fmt::Debug + 'static {
    /// Every kind, sorted by name.
    const ALL: &'static [Self];

    /// Returns the name of the error shape, spelled as in the model.
    fn name(self) -> &'static str;
}

/// An error of the service that is not yet bound to an operation: a kind, and the message for the client.
///
/// Code that several operations share returns it; each handler converts it with [`FromApiError`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError<K> {
    /// The kind, which selects the error shape.
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

/// Conversion from an [`ApiError`] to the error type of one operation.
///
/// Implemented for the error enum of every generated operation. It accepts the kinds that the model declares for that
/// operation, and returns any other.
///
/// # Examples
///
/// ```
/// use lido_runtime::{ApiError, ErrorInfo, ErrorKind, Fault, FromApiError, Object, WriteMembers};
///
/// // A generated crate holds the following types; they are written by hand here.
/// #[derive(Clone, Copy, Debug, PartialEq, Eq)]
/// pub enum Kind {
///     NoSuchCity,
///     Throttled,
/// }
///
/// impl ErrorKind for Kind {
///     const ALL: &'static [Self] = &[Self::NoSuchCity, Self::Throttled];
///
///     fn name(self) -> &'static str {
///         match self {
///             Self::NoSuchCity => "NoSuchCity",
///             Self::Throttled => "Throttled",
///         }
///     }
/// }
///
/// #[derive(Clone, Debug, PartialEq)]
/// pub struct NoSuchCity {
///     pub message: String,
/// }
///
/// impl WriteMembers for NoSuchCity {
///     fn write_members(&self, object: &mut Object<'_>) {
///         object.member("message", &self.message);
///     }
/// }
///
/// lido_runtime::modeled_error!(
///     NoSuchCity,
///     ErrorInfo::new("example.weather#NoSuchCity", Fault::Client),
///     |error| Some(&error.message),
///     |message| Ok(NoSuchCity { message })
/// );
///
/// lido_runtime::operation_error! {
///     /// The errors of `GetForecast`.
///     pub enum GetForecastError of Kind {
///         /// The city does not exist.
///         NoSuchCity(NoSuchCity),
///     }
/// }
///
/// // A handler converts the errors of shared code.
/// let error = GetForecastError::from_api_error(ApiError::new(Kind::NoSuchCity, "There is no Atlantis."));
/// assert_eq!(error.unwrap().to_string(), "NoSuchCity: There is no Atlantis.");
///
/// // `GetForecast` does not declare `Throttled`, so the caller gets it back and decides what to answer.
/// let undeclared = GetForecastError::from_api_error(ApiError::new(Kind::Throttled, "Slow down."));
/// assert_eq!(undeclared.unwrap_err().kind, Kind::Throttled);
/// ```
pub trait FromApiError: Sized {
    /// The kinds of error of the service.
    type Kind: ErrorKind;

    /// The kinds that the operation declares, sorted by name.
    const DECLARED: &'static [Self::Kind];

    /// Converts `error` to the variant of its kind.
    ///
    /// # Errors
    /// Returns `error` unchanged if the operation does not declare its kind, or if the error shape has required members
    /// besides the message.
    fn from_api_error(error: ApiError<Self::Kind>) -> Result<Self, ApiError<Self::Kind>>;
}

/// Conversion from a message to an error shape.
///
/// Members besides the message are absent or have their default values.
pub trait FromMessage: Sized {
    /// Returns the error with this message. A shape without a message member drops the message.
    ///
    /// # Errors
    /// Returns the message if the shape has other required members.
    fn from_message(message: String) -> Result<Self, String>;
}

#[doc(hidden)]
pub fn display(error: &dyn ModeledError, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str(error.info().name())?;
    error.message().map_or(Ok(()), |message| write!(f, ": {message}"))
}
