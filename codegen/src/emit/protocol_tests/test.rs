//! Prints one protocol test as a function.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::super::{
    members::ident,
    value::{ValueContext, Values},
};
use crate::ir::{Expected, Kind, Operation, ProtocolTest, Service, TestBody, TestRequest, TestResponse};

/// Returns the function of `test`.
pub(super) fn function(service: &Service, operation: &Operation, test: &ProtocolTest) -> TokenStream {
    let name = format_ident!("{}", test.name);
    let request = request(&test.request);
    let values = Values { service, context: ValueContext::Test };
    let body = match &test.expected {
        Expected::Input(params) => {
            let input = format_ident!("{}", operation.input.name);
            let expected = values.structure(params, &operation.input, &quote!(crate::operations::#input));
            let result = result(operation);
            let service = service_with(
                operation,
                &quote! {
                    move |input: crate::operations::#input| {
                        sender.send(input).unwrap();
                        std::future::pending::<#result>()
                    }
                },
            );
            quote! {
                let (sender, receiver) = std::sync::mpsc::channel();
                let service = #service;
                let expected = #expected;
                crate::harness::assert_input(service, #request, &receiver, &expected).await;
            }
        }
        Expected::Output(params, expected) => {
            let output = format_ident!("{}", operation.output.name);
            let value = values.structure(params, &operation.output, &quote!(crate::operations::#output));
            response_test(operation, &request, &quote!(Ok(#value)), expected)
        }
        Expected::Error(error, params, expected) => {
            let value = error_value(&values, operation, error, params);
            response_test(operation, &request, &quote!(Err(#value)), expected)
        }
        Expected::Refusal(expected) => {
            let expected = response(expected);
            quote! {
                let service = crate::Service::builder(lido_runtime::Config::new())
                    .unserved(lido_runtime::not_implemented)
                    .build()
                    .unwrap();
                crate::harness::assert_response(service, #request, #expected).await;
            }
        }
    };
    quote! {
        #[tokio::test]
        async fn #name() {
            #body
        }
    }
}

/// Returns the body of a test whose handler returns `value`, and that compares the response with `expected`.
fn response_test(
    operation: &Operation,
    request: &TokenStream,
    value: &TokenStream,
    expected: &TestResponse,
) -> TokenStream {
    let input = format_ident!("{}", operation.input.name);
    let (result, expected) = (result(operation), response(expected));
    let service = service_with(
        operation,
        &quote! {
            |_: crate::operations::#input| async {
                let result: #result = #value;
                result
            }
        },
    );
    quote! {
        let service = #service;
        crate::harness::assert_response(service, #request, #expected).await;
    }
}

/// Returns the service with `handler` for `operation` and no handler for the others.
fn service_with(operation: &Operation, handler: &TokenStream) -> TokenStream {
    let method = ident(&operation.method);
    quote! {
        crate::Service::builder(lido_runtime::Config::new().layer(crate::harness::request_id()))
            .#method(#handler)
            .unserved(lido_runtime::not_implemented)
            .build()
            .unwrap()
    }
}

/// Returns the result type of a handler of `operation`.
fn result(operation: &Operation) -> TokenStream {
    let output = format_ident!("{}", operation.output.name);
    match &operation.error {
        Some(error) => {
            let error = format_ident!("{}", error.name);
            quote!(Result<crate::operations::#output, crate::operations::#error>)
        }
        None => quote!(Result<crate::operations::#output, std::convert::Infallible>),
    }
}

fn error_value(
    values: &Values<'_>,
    operation: &Operation,
    name: &str,
    params: &serde_json::Value,
) -> TokenStream {
    let of = operation.error.as_ref().map(|error| format_ident!("{}", error.name));
    let def = values.service.find_type(name).map(|def| &def.kind);
    let (Some(of), Some(Kind::Error(structure, _))) = (of, def) else { return quote!() };
    let name = format_ident!("{name}");
    let value = values.structure(params, structure, &quote!(crate::types::#name));
    quote!(crate::operations::#of::#name(#value))
}

fn request(request: &TestRequest) -> TokenStream {
    let TestRequest { method, uri, body, gzip, .. } = request;
    let headers = pairs(&request.headers);
    quote! { crate::harness::Request { method: #method, uri: #uri, headers: #headers, body: #body, gzip: #gzip } }
}

fn response(response: &TestResponse) -> TokenStream {
    let status = proc_macro2::Literal::u16_unsuffixed(response.status);
    let headers = pairs(&response.headers);
    let (required, forbidden) = (&response.required, &response.forbidden);
    let body = match &response.body {
        Some(TestBody::Json(text)) => quote!(crate::harness::Body::Json(#text)),
        Some(TestBody::Exact(text)) => quote!(crate::harness::Body::Exact(#text)),
        None => quote!(crate::harness::Body::Any),
    };
    quote! {
        crate::harness::ExpectedResponse {
            status: #status,
            headers: #headers,
            required: &[#(#required),*],
            forbidden: &[#(#forbidden),*],
            body: #body,
        }
    }
}

fn pairs(pairs: &[(String, String)]) -> TokenStream {
    let pairs = pairs.iter().map(|(name, value)| quote!((#name, #value)));
    quote!(&[#(#pairs),*])
}
