//! The protocols, a folder each; no other code of the generator names one.
//!
//! A new protocol is a folder here, a variant of [`Protocol`], and the runtime half. What JSON
//! protocols share is in `json/`.

mod aws_json;
mod json;

use std::fmt::Debug;

use lido_model::Traits;
use proc_macro2::TokenStream;

use crate::{
    emit::value::Values,
    ir::{Operation, Rules, Service, Structure, TestRequest, Type, TypeDef, Variant},
};

/// A protocol that can be generated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// `aws.protocols#awsJson1_0`
    AwsJson1_0,
    /// `aws.protocols#awsJson1_1`
    AwsJson1_1,
}

/// The protocols of AWS that are not supported. Other traits of their namespace are no protocols.
const OTHERS: [&str; 5] = ["awsQuery", "awsQueryJson", "ec2Query", "restJson1", "restXml"];

impl Protocol {
    /// The protocols, the preferred one first.
    pub const ALL: [Self; 2] = [Self::AwsJson1_1, Self::AwsJson1_0];

    /// Returns the name of the protocol in options, such as `aws-json-1.1`.
    pub fn name(self) -> &'static str {
        support(self).name()
    }

    /// Returns the trait of a service that has the protocol.
    pub(crate) fn trait_id(self) -> &'static str {
        support(self).trait_id()
    }
}

/// What the generator asks of a protocol. All code is that of the generated crate.
pub(crate) trait Support: Debug + Sync {
    /// Returns the name in options.
    fn name(&self) -> &'static str;

    /// Returns the trait of a service that has the protocol.
    fn trait_id(&self) -> &'static str;

    /// Returns the type that stands for the protocol in the server runtime.
    fn marker(&self) -> &'static str;

    /// Returns the expression of the protocol in the settings of a service.
    fn version(&self) -> &'static str;

    /// Returns the code that reads the input of an operation.
    fn read_input(&self, input: &Structure, defaults: Values<'_>) -> TokenStream;

    /// Returns the code that writes the output of an operation.
    fn write_output(&self, output: &Structure) -> TokenStream;

    /// Returns the code that writes an error.
    fn write_error(&self, error: &Structure) -> TokenStream;

    /// Returns the code that reads a structure within an input. Messages show it by the name `class`.
    fn read_structure(&self, structure: &Structure, class: Option<&str>, defaults: Values<'_>)
    -> TokenStream;

    /// Returns the code that writes a structure within an output or error.
    fn write_structure(&self, structure: &Structure) -> TokenStream;

    /// Returns the code that reads a union.
    fn read_union(&self, def: &TypeDef, variants: &[Variant]) -> TokenStream;

    /// Returns the code that writes a union.
    fn write_union(&self, def: &TypeDef, variants: &[Variant]) -> TokenStream;

    /// Returns a function that reads a constrained list or map of the type `inner`.
    fn read_collection(&self, inner: &Type, rules: &Rules) -> TokenStream;

    /// Returns a function that writes a constrained list or map of the type `inner`, or `None` if the type determines it.
    fn write_collection(&self, inner: &Type) -> Option<TokenStream>;

    /// Adds what every request of an operation has to that of a protocol test.
    fn complete(&self, request: &mut TestRequest, service: &str, operation: &Operation);

    /// Returns a request of an operation without members.
    fn empty_request(&self, service: &str, operation: &Operation) -> TestRequest;

    /// Returns whether a header that a protocol test expects in a response is one of requests, which is a mistake.
    fn is_request_header(&self, name: &str) -> bool;

    /// Returns the constants of the constraint tests that depend on the service.
    fn constraint_test_constants(&self, service: &Service) -> String;

    /// Returns the code of the constraint tests that sends requests and checks responses.
    fn constraint_test_client(&self) -> &'static str;
}

/// Returns what the generator asks of a protocol.
pub(crate) fn support(protocol: Protocol) -> &'static dyn Support {
    match protocol {
        Protocol::AwsJson1_0 => &aws_json::VERSION_1_0,
        Protocol::AwsJson1_1 => &aws_json::VERSION_1_1,
    }
}

/// Returns the preferred protocol of a service with these traits.
pub(crate) fn of_service(traits: &Traits) -> Option<Protocol> {
    Protocol::ALL.into_iter().find(|protocol| traits.has(protocol.trait_id()))
}

/// Returns whether a trait is a protocol of AWS or of Smithy.
pub(crate) fn is_known(trait_id: &str) -> bool {
    let of_aws = trait_id.strip_prefix("aws.protocols#");
    trait_id.starts_with("smithy.protocols#")
        || of_aws.is_some_and(|name| OTHERS.contains(&name))
        || Protocol::ALL.iter().any(|protocol| protocol.trait_id() == trait_id)
}

/// Returns whether clients of the query protocol use a service with these traits.
pub(crate) fn is_query_compatible(service: &Traits) -> bool {
    service.has("aws.protocols#awsQueryCompatible")
}

/// Returns the code of an error with these traits for clients of the query protocol.
pub(crate) fn query_code(error: &Traits) -> Option<String> {
    error.get("aws.protocols#awsQueryError")?.get("code")?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::{Protocol, is_known};

    #[test]
    fn every_protocol_is_known_and_has_a_name_of_its_own() {
        for one in Protocol::ALL {
            assert!(is_known(one.trait_id()), "{one:?}");
        }
        let names: BTreeSet<_> = Protocol::ALL.iter().map(|protocol| protocol.name()).collect();
        assert_eq!(names.len(), Protocol::ALL.len());
        assert!(is_known("aws.protocols#restJson1") && is_known("smithy.protocols#rpcv2Cbor"));
        assert!(!is_known("aws.protocols#awsQueryCompatible") && !is_known("smithy.api#pattern"));
    }

    /// Returns each line of code that names a protocol, below a folder. Comments may, and the texts of `codes.rs`.
    fn lines_that_name_a_protocol(folder: &Path, found: &mut Vec<String>, files: &mut usize) {
        let words = [
            "AwsJson",
            "awsJson",
            "aws_json",
            "aws-json",
            "amz-json",
            "amz-target",
            "Amz-Target",
            "::ReadJson",
            "::WriteJson",
        ];
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                if !path.ends_with("protocol") {
                    lines_that_name_a_protocol(&path, found, files);
                }
                continue;
            }
            if path.ends_with("codes.rs") {
                continue;
            }
            *files += 1;
            for (number, line) in fs::read_to_string(&path).unwrap().lines().enumerate() {
                let code = line.split("//").next().unwrap();
                if words.iter().any(|word| code.contains(word)) {
                    found.push(format!("{}:{}: {}", path.display(), number + 1, line.trim()));
                }
            }
        }
    }

    #[test]
    fn no_code_outside_of_this_folder_names_a_protocol() {
        let (mut found, mut files) = (Vec::new(), 0);
        let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        lines_that_name_a_protocol(&sources, &mut found, &mut files);
        assert!(files > 50, "{files} files were read");
        assert!(found.is_empty(), "ask the trait `Support` instead:\n{}", found.join("\n"));
    }
}
