//! `callerContext.awsSdkVersion`: the caller's SDK, from its User-Agent header.

/// The service's value for a caller without an AWS SDK: the AWS CLI, Amplify, a browser (*Observed*, cog-0036).
const UNKNOWN: &str = "aws-sdk-unknown-unknown";

/// The most bytes of the value, because a User-Agent header may be of any length.
const MAX_BYTES: usize = 64;

/// Returns the value for a User-Agent header, such as `aws-sdk-ios-2.6.29` for `aws-sdk-iOS/2.6.29 iOS/12.1 en_GB`
/// (*Observed*, cog-0141; cog-0050 for `aws-sdk-js`).
///
/// *Chosen*: only the first product counts, and only if its name starts with `aws-sdk-`.
pub fn sdk_version(user_agent: Option<&str>) -> String {
    let product = user_agent.and_then(|text| text.split_whitespace().next());
    let version = product.and_then(|product| product.split_once('/')).and_then(|(name, version)| {
        let name = name.to_ascii_lowercase();
        let is_sdk =
            name.starts_with("aws-sdk-") && !version.is_empty() && name.len() + version.len() < MAX_BYTES;
        is_sdk.then(|| format!("{name}-{version}"))
    });
    version.unwrap_or_else(|| UNKNOWN.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sdk_version_is_taken_from_the_first_product() {
        let cases = [
            (Some("aws-sdk-iOS/2.6.29 iOS/12.1 en_GB"), "aws-sdk-ios-2.6.29"), // cog-0141
            (Some("aws-sdk-js/2.1639.0 promise"), "aws-sdk-js-2.1639.0"),      // cog-0050
            (Some("aws-sdk-rust/1.3.8 os/linux lang/rust/1.95.0"), "aws-sdk-rust-1.3.8"),
            (Some("aws-cli/2.13.22 Python/3.11.5"), UNKNOWN),
            (Some("aws-amplify/5.0.4 auth framework/0"), UNKNOWN),
            (Some("Mozilla/5.0 aws-sdk-js/2.0.0"), UNKNOWN),
            (Some("aws-sdk-js"), UNKNOWN),
            (Some("aws-sdk-js/"), UNKNOWN),
            (Some(""), UNKNOWN),
            (None, UNKNOWN), // cog-0036
        ];
        for (user_agent, expected) in cases {
            assert_eq!(sdk_version(user_agent), expected, "{user_agent:?}");
        }
        assert_eq!(sdk_version(Some(&format!("aws-sdk-js/{}", "1".repeat(100)))), UNKNOWN);
    }
}
