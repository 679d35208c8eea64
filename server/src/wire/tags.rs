//! Conversion of tags, and the ARN of the pool that has them.

use std::collections::BTreeMap;

use lido_cognito_idp::types;
use lido_domain::{id::PoolId, pool::tag::Tags};
use lido_runtime::BrokenRules;

use crate::app::Settings;

/// Converts the tags of a request.
pub fn from_tag_map(sent: Option<BTreeMap<types::TagKeysType, types::TagValueType>>) -> Tags {
    sent.into_iter().flatten().map(|(key, value)| (key.into_inner(), value.into_inner())).collect()
}

/// Converts tags for an output.
pub fn to_tag_map(tags: &Tags) -> Result<BTreeMap<types::TagKeysType, types::TagValueType>, BrokenRules> {
    tags.iter().map(|(key, value)| Ok((key.as_str().try_into()?, value.as_str().try_into()?))).collect()
}

/// The resource that an ARN names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResourceArn {
    /// A user pool in the account of this server, with its own Region. It may not exist.
    Pool(PoolId),
    /// A user pool in another account, or with another Region than its own, which never exists here.
    ForeignPool(PoolId),
    /// Not a user pool.
    Other,
}

/// Parses the ARN of a user pool: `arn:aws:cognito-idp:<region>:<account>:userpool/<id>`. The partition is always
/// `aws`, as in IAM policies.
pub fn parse_arn(settings: &Settings, arn: &str) -> ResourceArn {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let ["arn", "aws", "cognito-idp", region, account, resource] = parts.as_slice() else {
        return ResourceArn::Other;
    };
    let Some(id) =
        resource.strip_prefix("userpool/").filter(|id| types::UserPoolIdType::try_from(*id).is_ok())
    else {
        return ResourceArn::Other;
    };
    let id = PoolId::new(id);
    let is_here = *region == id.region() && *account == settings.account_id;
    if is_here { ResourceArn::Pool(id) } else { ResourceArn::ForeignPool(id) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arn_of_a_pool_is_parsed_and_others_are_not() {
        let settings = Settings::default();
        let id = PoolId::new("us-east-1_abcdefghi");
        assert_eq!(parse_arn(&settings, &settings.user_pool_arn(&id)), ResourceArn::Pool(id.clone()));
        let foreign = [
            "arn:aws:cognito-idp:eu-west-1:000000000000:userpool/us-east-1_abcdefghi",
            "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_abcdefghi",
        ];
        for arn in foreign {
            assert_eq!(parse_arn(&settings, arn), ResourceArn::ForeignPool(id.clone()), "{arn}");
        }
        let others = [
            "us-east-1_abcdefghi",
            "arn:aws:cognito-idp:us-east-1:000000000000:userpool",
            "arn:aws:cognito-idp:us-east-1:000000000000:userpool/",
            "arn:aws:cognito-idp:us-east-1:000000000000:userpool/a/b",
            "arn:aws:cognito-idp:us-east-1:000000000000:identitypool/us-east-1_a",
            "arn:aws:s3:us-east-1:000000000000:userpool/us-east-1_abcdefghi",
            "arn:x:cognito-idp:us-east-1:000000000000:userpool/us-east-1_abcdefghi",
            "urn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_abcdefghi",
        ];
        for arn in others {
            assert_eq!(parse_arn(&settings, arn), ResourceArn::Other, "{arn}");
        }
    }
}
