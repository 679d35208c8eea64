//! Turns a service into one that makes a service for each connection.

use aws_smithy_http_server::routing::{IntoMakeService, IntoMakeServiceWithConnectInfo};

/// Turns any service that is cheap to clone into one that [`serve`](crate::serve::serve()) takes.
///
/// # Examples
///
/// ```
/// use lido_runtime::MakeServiceExt as _;
/// use lido_runtime::tower::service_fn;
///
/// let service = service_fn(async |name: String| Ok::<_, std::convert::Infallible>(format!("Hello {name}")));
/// let make = service.into_make_service();
/// # drop(make);
/// ```
pub trait MakeServiceExt: Clone + Sized {
    /// Returns a service that gives each connection a clone of this one.
    fn into_make_service(self) -> IntoMakeService<Self> {
        IntoMakeService::new(self)
    }

    /// Like [`into_make_service`](Self::into_make_service), and lets handlers take
    /// [`ConnectInfo<C>`](crate::request::ConnectInfo): the address of the caller.
    fn into_make_service_with_connect_info<C>(self) -> IntoMakeServiceWithConnectInfo<Self, C> {
        IntoMakeServiceWithConnectInfo::new(self)
    }
}

impl<S: Clone> MakeServiceExt for S {}
