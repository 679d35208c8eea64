//! Prints the file of the constraint tests that depends on the service: its router, once without handlers and once with
//! all of them, and its validation error.

use crate::{config::Config, emit::file::File, ir::Service, protocol::support};

/// Prints `tests/constraints/router.rs`.
pub(super) fn print(service: &Service, config: &Config) -> String {
    let package = config.package.replace('-', "_");
    let mut file = File::new(
        "constraint_tests/router",
        "The tested router: once without handlers, once with a handler for every operation.",
    );
    file.text(&format!(
        "use std::future::{{Pending, pending}};\n\n\
         use {package}::{{Operation, {service} as Service, operations}};\n\
         use lido_runtime::{{\n    Bytes, Config, MissingOperations, Operation as _, Rejection, Router, http::HeaderMap, not_implemented,\n    \
         server::{{body::BoxBody, operation::OperationShape}},\n}};\n",
        service = service.name
    ));
    file.text(&support(service.protocol).constraint_test_constants(service));
    file.text(
        "/// The service under test.\npub(crate) type TestRouter = Router<Operation, BoxBody>;\n\n\
         /// Returns the service without handlers.\npub(crate) fn unserved() -> Result<TestRouter, MissingOperations> {\n    \
         Service::builder(Config::new()).unserved(not_implemented).build()\n}\n",
    );
    let setters: String = service
        .operations
        .iter()
        .map(|operation| {
            format!("        .{}(|_| reached::<operations::{}>())\n", operation.method, operation.name)
        })
        .collect();
    file.text(&format!(
        "/// Returns the service with a handler for every operation. A handler never completes, which shows that it was\n\
         /// called.\n\
         pub(crate) fn served() -> Result<TestRouter, MissingOperations> {{\n    Service::builder(Config::new())\n{setters}        .build()\n}}\n"
    ));
    file.text(
        "/// Checks a body as the input of an operation. Returns the rejection, or `None` if it is accepted.\n\
         pub(crate) fn check(operation: &str, body: &str) -> Option<Rejection> {\n    \
         let body = Bytes::copy_from_slice(body.as_bytes());\n    \
         Operation::find(operation)?.check(&HeaderMap::new(), &body).err()\n}\n",
    );
    file.text(
        "fn reached<Op: OperationShape>() -> Pending<Result<Op::Output, Op::Error>> {\n    pending()\n}\n",
    );
    file.print()
}
