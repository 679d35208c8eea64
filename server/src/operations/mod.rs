//! The register: every operation that is served, one line each, in the order of the alphabet.
//!
//! A line names the family, the file and the operation. From it follow the route, [`SERVED`], `lido operations` and
//! the table in the README. To add an operation, write its handler beside the others and add a line here.

use std::sync::Arc;

use lido_cognito_idp::AwsCognitoIdentityProviderService;
pub use lido_cognito_idp::Operation;
use lido_runtime::{Bytes, Config, MissingOperations, Router, server::body::HttpBody};

use crate::app::App;

/// Makes [`SERVED`] and [`service`] of the register.
macro_rules! register {
    ($($family:ident::$method:ident => $operation:ident),* $(,)?) => {
        /// The operations that have a handler.
        pub const SERVED: &[Operation] = &[$(Operation::$operation),*];

        /// The service: handlers for what is served, and for all else `NotImplementedException` once the input was
        /// found good.
        ///
        /// # Errors
        /// Never, because what has no handler has an answer all the same.
        pub fn service<B>(app: Arc<App>) -> Result<Router<Operation, B>, MissingOperations>
        where
            B: HttpBody<Data = Bytes> + Send + Unpin + 'static,
            B::Error: std::error::Error + Send + Sync + 'static,
        {
            let builder = AwsCognitoIdentityProviderService::builder(Config::new());
            $(
                let shared = Arc::clone(&app);
                let builder = builder.$method(move |input| $family::$method::handle(Arc::clone(&shared), input));
            )*
            drop(app);
            builder.unserved(lido_runtime::not_implemented).build()
        }
    };
}

register! {}
