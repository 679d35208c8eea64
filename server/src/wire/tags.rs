//! Tags, and the name of the pool that they hang on.

use std::collections::BTreeMap;

use lido_cognito_idp::types;
use lido_domain::{id::PoolId, pool::tag::Tags};
use lido_runtime::Violated;

use crate::app::Settings;

/// The tags of a request.
pub fn asked(asked: Option<BTreeMap<types::TagKeysType, types::TagValueType>>) -> Tags {
    asked.into_iter().flatten().map(|(key, value)| (key.into_inner(), value.into_inner())).collect()
}

/// Tags as answers tell them.
pub fn told(tags: &Tags) -> Result<BTreeMap<types::TagKeysType, types::TagValueType>, Violated> {
    tags.iter().map(|(key, value)| Ok((key.as_str().try_into()?, value.as_str().try_into()?))).collect()
}

/// What an ARN names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// A user pool of this house; it need not exist.
    Pool(PoolId),
    /// A user pool of another Region or account: there is no such thing here.
    Elsewhere(PoolId),
    /// No user pool at all.
    Nothing,
}

/// Reads the ARN of a user pool: `arn:aws:cognito-idp:<region>:<account>:userpool/<id>`. There is one partition, as a
/// policy that names a pool knows one.
pub fn named(settings: &Settings, arn: &str) -> Named {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let ["arn", "aws", "cognito-idp", region, account, resource] = parts.as_slice() else {
        return Named::Nothing;
    };
    let Some(id) =
        resource.strip_prefix("userpool/").filter(|id| types::UserPoolIdType::try_from(*id).is_ok())
    else {
        return Named::Nothing;
    };
    let is_here = *region == settings.region && *account == settings.account_id;
    let id = PoolId::new(id);
    if is_here { Named::Pool(id) } else { Named::Elsewhere(id) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns() {
        let settings = Settings::default();
        let id = PoolId::new("us-east-1_abcdefghi");
        assert_eq!(named(&settings, &settings.user_pool_arn(&id)), Named::Pool(id.clone()));
        let elsewhere = [
            "arn:aws:cognito-idp:eu-west-1:000000000000:userpool/us-east-1_abcdefghi",
            "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_abcdefghi",
        ];
        for arn in elsewhere {
            assert_eq!(named(&settings, arn), Named::Elsewhere(id.clone()), "{arn}");
        }
        let nothing = [
            "us-east-1_abcdefghi",
            "arn:aws:cognito-idp:us-east-1:000000000000:userpool",
            "arn:aws:cognito-idp:us-east-1:000000000000:userpool/",
            "arn:aws:cognito-idp:us-east-1:000000000000:userpool/a/b",
            "arn:aws:cognito-idp:us-east-1:000000000000:identitypool/us-east-1_a",
            "arn:aws:s3:us-east-1:000000000000:userpool/us-east-1_abcdefghi",
            "arn:x:cognito-idp:us-east-1:000000000000:userpool/us-east-1_abcdefghi",
            "urn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_abcdefghi",
        ];
        for arn in nothing {
            assert_eq!(named(&settings, arn), Named::Nothing, "{arn}");
        }
    }
}
