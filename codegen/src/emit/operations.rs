//! Prints operations: one file each, with the marker type, the input, the output, the error and the setter.

use lido_model::Diagnostic;
use quote::{format_ident, quote};

use super::{
    capabilities::Capabilities,
    file::{File, doc_attributes, doc_lines},
    members,
    value::{ValueContext, Values},
};
use crate::{
    FileSet,
    ir::{Operation, OperationError, Service},
    protocol::support,
};

/// Prints `operations/*.rs`.
pub(super) fn emit(service: &Service, files: &mut FileSet) -> Result<(), Diagnostic> {
    let values = Values { service, context: ValueContext::Default };
    let capabilities = Capabilities::of(service);
    let support = support(service.protocol);
    let mut list =
        File::new("operations", "The operations of the service, with their inputs, outputs and errors.");
    let mut modules = String::new();
    let mut exports = String::new();
    for operation in &service.operations {
        let mut file = File::new("operations", format!("The operation `{}`.", operation.id));
        file.text(&declaration(service, operation));
        let input_docs = format!("The input of the operation [`{}`].", operation.name);
        file.code(members::declare(&operation.input, &input_docs, None, &capabilities))?;
        file.code(support.read_input(&operation.input, values))?;
        let output_docs = format!("The output of the operation [`{}`].", operation.name);
        file.code(members::declare(&operation.output, &output_docs, Some(values), &capabilities))?;
        file.code(support.write_output(&operation.output))?;
        file.text(&capabilities.serde_of_own(&operation.input, true));
        file.text(&capabilities.serde_of_own(&operation.output, false));
        if let Some(error) = &operation.error {
            file.text(&error_declaration(operation, error));
        }
        file.code(setter(service, operation))?;

        let module = &operation.method;
        files.insert(format!("src/operations/{}.rs", module.trim_start_matches("r#")), file.print());
        modules.push_str(&format!("mod {module};\n"));
        let error = operation.error.as_ref().map(|error| format!("{}, ", error.name)).unwrap_or_default();
        exports.push_str(&format!(
            "pub use {module}::{{{}, {error}{}, {}}};\n",
            operation.name, operation.input.name, operation.output.name
        ));
    }
    list.text(&modules);
    list.text(&exports);
    files.insert("src/operations/mod.rs".to_owned(), list.print());
    Ok(())
}

fn declaration(service: &Service, operation: &Operation) -> String {
    let docs = operation.docs.clone().unwrap_or_else(|| format!("The operation `{}`.", operation.id));
    let mut input = String::new();
    if operation.no_input {
        input.push_str("        const MAY_BE_EMPTY: bool = true;\n");
    }
    if operation.gzip {
        input.push_str("        const MAY_BE_GZIPPED: bool = true;\n");
    }
    let input = if input.is_empty() { String::new() } else { format!(" {{\n{input}    }}") };
    let response = if operation.no_output { "no_output" } else { "output" };
    let error = operation.error.as_ref().map_or("Infallible", |error| error.name.as_str());
    let infallible = if operation.error.is_none() { "use std::convert::Infallible;\n\n" } else { "" };
    format!(
        "{infallible}lido_runtime::operation! {{\n{}    pub struct {};\n    id: ({:?}, {:?}, {:?}),\n    service: crate::{} as crate::Operation::{},\n    \
         protocol: {},\n    settings: crate::SETTINGS,\n    input: {}{input},\n    output: {} as {response},\n    error: {error},\n}}\n",
        doc_lines(&docs, "    "),
        operation.name,
        operation.id.as_str(),
        operation.id.namespace(),
        operation.id.name(),
        service.name,
        operation.name,
        support(service.protocol).marker(),
        operation.input.name,
        operation.output.name,
    )
}

fn error_declaration(operation: &Operation, error: &OperationError) -> String {
    let mut text = format!(
        "lido_runtime::operation_error! {{\n    /// The errors of the operation [`{}`].\n    pub enum {} of crate::ErrorKind {{\n",
        operation.name, error.name
    );
    for variant in &error.variants {
        text.push_str(&format!("        {variant}(crate::types::{variant}),\n"));
    }
    text.push_str("    }\n}\n");
    text
}

fn setter(service: &Service, operation: &Operation) -> proc_macro2::TokenStream {
    let builder = format_ident!("{}Builder", service.name);
    let shape = format_ident!("{}", service.name);
    let (name, method) = (format_ident!("{}", operation.name), members::ident(&operation.method));
    let error = operation.error.as_ref().map_or("std::convert::Infallible", |error| error.name.as_str());
    let docs = doc_attributes(&format!(
        "Sets the handler of the operation [`{name}`].\n\n\
         The handler is an async function that takes a [`{input}`] and returns a result of\n\
         [`{output}`] or [`{error}`].",
        name = operation.name,
        input = operation.input.name,
        output = operation.output.name,
    ));
    let service_method = format_ident!("{}", operation.service_method);
    let service_docs = doc_attributes(&format!(
        "Sets the tower service that handles the operation [`{name}`]. It takes a [`{input}`].",
        name = operation.name,
        input = operation.input.name,
    ));
    quote! {
        impl<B, L, H, M> crate::#builder<B, L, H, M> {
            #docs
            pub fn #method<Handler, Exts>(mut self, handler: Handler) -> Self
            where
                Handler: lido_runtime::server::operation::Handler<crate::operations::#name, Exts>,
                lido_runtime::Config<L, H, M>: lido_runtime::Mount<crate::#shape, crate::operations::#name, Exts, B, Handler>,
            {
                self.routes.set(crate::Operation::#name, handler);
                self
            }

            #service_docs
            pub fn #service_method<S, Exts>(mut self, service: S) -> Self
            where
                S: lido_runtime::server::operation::OperationService<crate::operations::#name, Exts>,
                lido_runtime::Config<L, H, M>: lido_runtime::MountService<crate::#shape, crate::operations::#name, Exts, B, S>,
            {
                self.routes.set_service(crate::Operation::#name, service);
                self
            }
        }
    }
}
