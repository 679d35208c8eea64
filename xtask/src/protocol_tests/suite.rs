//! The models of `shared/protocol-tests`, and what is expected of each.

/// One service of one model file.
pub(super) struct Suite {
    /// The file, below `protocol-tests/`.
    pub(super) file: &'static str,
    /// The service, if the file has several.
    pub(super) service: Option<&'static str>,
    /// What its tests count as.
    pub(super) counts: Counts,
}

/// What the tests of a service count as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Counts {
    /// Tests of the awsJson protocols.
    Protocol,
    /// Tests that smithy-rs adds to these.
    Further,
    /// Messages about violated constraints, rewritten from restJson1.
    Validation,
    /// None: the service must compile. Its tests, if any, are of another protocol.
    Compiled,
}

const fn suite(file: &'static str, counts: Counts) -> Suite {
    Suite { file, service: None, counts }
}

/// Every service, in the order of the output.
pub(super) const SUITES: &[Suite] = &[
    Suite {
        service: Some("aws.protocoltests.json10#JsonRpc10"),
        ..suite("smithy/awsJson1_0.json", Counts::Protocol)
    },
    Suite {
        service: Some("aws.protocoltests.json10#QueryCompatibleJsonRpc10"),
        ..suite("smithy/awsJson1_0.json", Counts::Protocol)
    },
    suite("smithy/awsJson1_1.json", Counts::Protocol),
    suite("smithy/awsJson1_1-machinelearning.json", Counts::Protocol),
    suite("smithy-rs/naming-obstacle-course-ops.json", Counts::Further),
    suite("smithy-rs/aws-json-query-compat.json", Counts::Further),
    suite("smithy-rs/big-numbers.json", Counts::Further),
    suite("smithy/restJson1-validation.json", Counts::Validation),
    suite("smithy-rs/unique-items.json", Counts::Further),
    suite("smithy-rs/constraints.json", Counts::Compiled),
    suite("smithy-rs/custom-validation-exception.json", Counts::Compiled),
    suite("smithy-rs/naming-obstacle-course-structs.json", Counts::Compiled),
    suite("smithy-rs/naming-obstacle-course-casing.json", Counts::Compiled),
    suite("smithy-rs/misc.json", Counts::Compiled),
    suite("smithy-rs/simple.json", Counts::Compiled),
    suite("smithy-rs/pokemon-awsjson.json", Counts::Compiled),
];

/// Tests that are left out, each with the reason.
pub(super) const LEFT_OUT: &[(&str, &str)] = &[(
    "NullBigNumbersInJsonResponse",
    "it expects absent members to be written as null, but awsJson servers omit them \
     (AwsJson11ServersDontSerializeNullStructureValues)",
)];

/// Operations with streaming bodies, which the generator leaves out.
pub(super) const STREAMING: &[&str] = &[
    "com.amazonaws.constraints#EventStreamsOperation",
    "com.amazonaws.constraints#StreamingBlobOperation",
    "com.aws.example#CapturePokemon",
];

impl Suite {
    /// Returns the name of the generated package.
    pub(super) fn package(&self) -> String {
        let file = self.file.rsplit('/').next().unwrap_or(self.file).trim_end_matches(".json");
        let service = self.service.and_then(|id| id.split_once('#')).map(|(_, name)| format!("-{name}"));
        format!("{file}{}", service.unwrap_or_default()).to_lowercase().replace(['_', '.'], "-")
    }
}
