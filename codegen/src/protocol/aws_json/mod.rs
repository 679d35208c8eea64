//! awsJson 1.0 and 1.1: the operation is named by `X-Amz-Target`, and all members are in a JSON body.

use super::Support;
use crate::ir::Protocol;

/// awsJson 1.0.
pub(super) static VERSION_1_0: Support = Support {
    protocol: Protocol::AwsJson1_0,
    trait_id: "aws.protocols#awsJson1_0",
    marker: "lido_runtime::server::protocol::aws_json_10::AwsJson1_0",
    version: "lido_runtime::Version::AwsJson1_0",
    content_type: "application/x-amz-json-1.0",
    has_absolute_errors: true,
};

/// awsJson 1.1.
pub(super) static VERSION_1_1: Support = Support {
    protocol: Protocol::AwsJson1_1,
    trait_id: "aws.protocols#awsJson1_1",
    marker: "lido_runtime::server::protocol::aws_json_11::AwsJson1_1",
    version: "lido_runtime::Version::AwsJson1_1",
    content_type: "application/x-amz-json-1.1",
    has_absolute_errors: false,
};
