//! The protocols: one folder each, with what the generator must know of it.
//!
//! A new protocol is a folder here, a variant of [`Protocol`], and the runtime half. With a second form of bodies, what
//! prints how members are read and written (`emit/members.rs`, `emit/unions.rs`) belongs into these folders too.

mod aws_json;

use crate::ir::Protocol;

/// What the generator knows of a protocol.
#[derive(Debug)]
pub(crate) struct Support {
    pub(crate) protocol: Protocol,
    /// The trait of a service that has the protocol.
    pub(crate) trait_id: &'static str,
    /// The type that stands for the protocol in the server runtime.
    pub(crate) marker: &'static str,
    /// The expression of its version in the settings of a service.
    pub(crate) version: &'static str,
    /// The content type of requests and responses.
    pub(crate) content_type: &'static str,
    /// Whether an error is named by its absolute shape id.
    pub(crate) has_absolute_errors: bool,
}

/// The protocols that are supported. The first that a service has is chosen.
pub(crate) const SUPPORTED: [&Support; 2] = [&aws_json::VERSION_1_1, &aws_json::VERSION_1_0];

/// The protocols of AWS that are not supported. Other traits of their namespace are no protocols.
const OTHERS: [&str; 5] = ["awsQuery", "awsQueryJson", "ec2Query", "restJson1", "restXml"];

/// Returns what the generator knows of a protocol.
pub(crate) fn support(protocol: Protocol) -> &'static Support {
    match protocol {
        Protocol::AwsJson1_0 => &aws_json::VERSION_1_0,
        Protocol::AwsJson1_1 => &aws_json::VERSION_1_1,
    }
}

/// Returns whether a trait is a protocol of AWS or of Smithy.
pub(crate) fn is_known(trait_id: &str) -> bool {
    let of_aws = trait_id.strip_prefix("aws.protocols#");
    trait_id.starts_with("smithy.protocols#")
        || of_aws.is_some_and(|name| OTHERS.contains(&name))
        || SUPPORTED.iter().any(|support| support.trait_id == trait_id)
}

#[cfg(test)]
mod tests {
    use super::{SUPPORTED, is_known, support};

    #[test]
    fn every_protocol_is_supported_as_itself() {
        for one in SUPPORTED {
            assert_eq!(support(one.protocol).trait_id, one.trait_id);
            assert!(is_known(one.trait_id));
        }
        assert!(is_known("aws.protocols#restJson1") && is_known("smithy.protocols#rpcv2Cbor"));
        assert!(!is_known("aws.protocols#awsQueryCompatible") && !is_known("smithy.api#pattern"));
    }
}
