//! A ticket shop: anybody may list the shows, and callers with a bearer token buy tickets.

mod auth;
mod calls;
mod handlers;

pub use auth::{AuthLayer, Caller};
pub use calls::Calls;
pub use handlers::Shop;

/// The generated service.
pub mod tickets {
    lido_runtime::include_service!("ticket_shop");
}

use lido_runtime::{
    Bytes, Config, MissingOperations,
    body::Body,
    http::{Request, Response},
    layer::AddExtensionLayer,
    serve::HttpBody,
    tower::Service,
};
use std::convert::Infallible;

use tickets::TicketShop;

/// A tower service that takes HTTP requests.
pub trait TicketService<B>:
    Service<Request<B>, Response = Response<Body>, Error = Infallible, Future: Send> + Clone + Send + 'static
{
}

impl<B, S> TicketService<B> for S where
    S: Service<Request<B>, Response = Response<Body>, Error = Infallible, Future: Send>
        + Clone
        + Send
        + 'static
{
}

/// Returns the service over `shop`. `B` is the body of its requests.
///
/// # Errors
/// Returns the operations that have no handler.
pub fn service<B>(shop: Shop, calls: Calls) -> Result<impl TicketService<B>, MissingOperations>
where
    B: HttpBody<Data = Bytes> + Send + Unpin + 'static,
{
    let config = Config::new().layer(AddExtensionLayer::new(shop)).layer(AuthLayer).http_plugin(calls);
    TicketShop::builder(config)
        .list_shows(handlers::list_shows)
        .buy_tickets(handlers::buy_tickets)
        .list_tickets(handlers::list_tickets)
        .refund_ticket(handlers::refund_ticket)
        .build()
}
