//! The file that knows the service: its router, once without handlers and once with all of them, and
//! what it answers to a violation.

use crate::{
    config::Config,
    emit::{file::File, scalars::raw},
    ir::{Protocol, Service},
};

/// Prints `tests/constraints/router.rs`.
pub(super) fn print(service: &Service, config: &Config) -> String {
    let package = config.package.replace('-', "_");
    let mut file = File::new(
        "constraint_tests/router",
        "The router that is tried: once without handlers, once with one for every operation.",
    );
    let validation = &service.validation;
    let name = validation.id.rsplit('#').next().unwrap_or_default();
    let (content_type, type_name) = match service.protocol {
        Protocol::AwsJson1_0 => ("application/x-amz-json-1.0", validation.id.as_str()),
        Protocol::AwsJson1_1 => ("application/x-amz-json-1.1", name),
    };
    let members = 2 + validation.defaults.len() + usize::from(validation.field_list.is_some());
    file.text(&format!(
        "use std::future::{{Pending, pending}};\n\n\
         use {package}::{{Operation, {service} as Service, operations}};\n\
         use lido_runtime::{{\n    Config, MissingOperations, Router, not_implemented,\n    \
         server::{{body::BoxBody, operation::OperationShape}},\n}};\n",
        service = service.name
    ));
    file.text(&format!(
        "/// What bodies are said to be.\npub(crate) const CONTENT_TYPE: &str = {content_type:?};\n\
         /// What stands before the operation in a request's target.\npub(crate) const TARGET: &str = {};\n\
         /// The error that tells of violations: `__type`, its name, the member for the message, and how many\n\
         /// members there are.\npub(crate) const ERROR: (&str, &str, &str, usize) = ({}, {}, {}, {members});\n",
        raw(&format!("{}.", service.id.name())),
        raw(type_name),
        raw(name),
        raw(&validation.message),
    ));
    file.text(
        "/// What requests are sent to.\npub(crate) type Served = Router<Operation, BoxBody>;\n\n\
         /// Without any handler.\npub(crate) fn unserved() -> Result<Served, MissingOperations> {\n    \
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
        "/// With a handler for every operation, which never answers: so it shows that it was reached.\n\
         pub(crate) fn served() -> Result<Served, MissingOperations> {{\n    Service::builder(Config::new())\n{setters}        .build()\n}}\n"
    ));
    file.text(
        "fn reached<Op: OperationShape>() -> Pending<Result<Op::Output, Op::Error>> {\n    pending()\n}\n",
    );
    file.print()
}
