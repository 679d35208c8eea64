//! awsJson 1.0 and 1.1: the operation is named by `X-Amz-Target`, and all members are in a JSON body.

use proc_macro2::TokenStream;

use super::{Support, json};
use crate::{
    emit::{scalars::raw, value::Values},
    ir::{Operation, Rules, Service, Structure, TestRequest, Type, TypeDef, Variant},
};

/// A version of awsJson.
#[derive(Debug)]
pub(super) struct AwsJson {
    name: &'static str,
    trait_id: &'static str,
    marker: &'static str,
    version: &'static str,
    /// The content type of requests and responses.
    content_type: &'static str,
    /// Whether an error is named by its absolute shape id.
    has_absolute_errors: bool,
}

/// awsJson 1.0.
pub(super) static VERSION_1_0: AwsJson = AwsJson {
    name: "aws-json-1.0",
    trait_id: "aws.protocols#awsJson1_0",
    marker: "lido_runtime::server::protocol::aws_json_10::AwsJson1_0",
    version: "lido_runtime::Version::AwsJson1_0",
    content_type: "application/x-amz-json-1.0",
    has_absolute_errors: true,
};

/// awsJson 1.1.
pub(super) static VERSION_1_1: AwsJson = AwsJson {
    name: "aws-json-1.1",
    trait_id: "aws.protocols#awsJson1_1",
    marker: "lido_runtime::server::protocol::aws_json_11::AwsJson1_1",
    version: "lido_runtime::Version::AwsJson1_1",
    content_type: "application/x-amz-json-1.1",
    has_absolute_errors: false,
};

impl Support for AwsJson {
    fn name(&self) -> &'static str {
        self.name
    }

    fn trait_id(&self) -> &'static str {
        self.trait_id
    }

    fn marker(&self) -> &'static str {
        self.marker
    }

    fn version(&self) -> &'static str {
        self.version
    }

    fn read_input(&self, input: &Structure, defaults: Values<'_>) -> TokenStream {
        json::structure::read(input, None, defaults)
    }

    fn write_output(&self, output: &Structure) -> TokenStream {
        json::structure::write(output)
    }

    /// The object has the member `__type` too.
    fn write_error(&self, error: &Structure) -> TokenStream {
        json::structure::write_members(error)
    }

    fn read_structure(
        &self,
        structure: &Structure,
        class: Option<&str>,
        defaults: Values<'_>,
    ) -> TokenStream {
        json::structure::read(structure, class, defaults)
    }

    fn write_structure(&self, structure: &Structure) -> TokenStream {
        json::structure::write(structure)
    }

    fn read_union(&self, def: &TypeDef, variants: &[Variant]) -> TokenStream {
        json::union::read(def, variants)
    }

    fn write_union(&self, def: &TypeDef, variants: &[Variant]) -> TokenStream {
        json::union::write(def, variants)
    }

    fn read_collection(&self, inner: &Type, rules: &Rules) -> TokenStream {
        json::collection::read(inner, rules)
    }

    fn write_collection(&self, inner: &Type) -> Option<TokenStream> {
        json::collection::write(inner)
    }

    fn complete(&self, request: &mut TestRequest, service: &str, operation: &Operation) {
        request.complete("Content-Type", self.content_type);
        request.complete("X-Amz-Target", &format!("{service}.{}", operation.id.name()));
    }

    fn empty_request(&self, service: &str, operation: &Operation) -> TestRequest {
        let mut request = TestRequest {
            method: "POST".to_owned(),
            uri: "/".to_owned(),
            headers: Vec::new(),
            body: "{}".to_owned(),
            gzip: false,
        };
        self.complete(&mut request, service, operation);
        request
    }

    fn is_request_header(&self, name: &str) -> bool {
        name.eq_ignore_ascii_case("X-Amz-Target")
    }

    fn constraint_test_constants(&self, service: &Service) -> String {
        let validation = &service.validation;
        let name = validation.id.rsplit('#').next().unwrap_or_default();
        let type_name = if self.has_absolute_errors { validation.id.as_str() } else { name };
        let members = 2 + validation.defaults.len() + usize::from(validation.field_list.is_some());
        format!(
            "/// The content type of requests and responses.\npub(crate) const CONTENT_TYPE: &str = {:?};\n\
             /// The part of `X-Amz-Target` before the operation.\npub(crate) const TARGET: &str = {};\n\
             /// The error for violated constraints: `__type`, its name, its message member, and its number of members.\n\
             pub(crate) const ERROR: (&str, &str, &str, usize) = ({}, {}, {}, {members});\n",
            self.content_type,
            raw(&format!("{}.", service.id.name())),
            raw(type_name),
            raw(name),
            raw(&validation.message),
        )
    }

    fn constraint_test_client(&self) -> &'static str {
        include_str!("constraint_tests/send.rs")
    }
}
