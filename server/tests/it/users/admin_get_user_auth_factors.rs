//! AdminGetUserAuthFactors.

use aws_sdk_cognitoidentityprovider::types::{AuthFactorType, UserPoolMfaType};

use crate::support::{assert_refused, sign_in::SignInFixture};

/// api-0295.
#[tokio::test]
async fn admin_get_user_auth_factors_returns_the_same_as_get_user_auth_factors() {
    let fixture = SignInFixture::new().await;
    fixture.set_mfa(UserPoolMfaType::Optional).send().await.expect("set");
    fixture.set_up_software_token().await;
    let sdk = &fixture.server.sdk;
    let by_admin = sdk.admin_get_user_auth_factors().user_pool_id(&fixture.ids.pool);
    let by_admin = by_admin.username("ann").send().await.expect("an output");
    let token = fixture.access_token().await;
    let by_user = sdk.get_user_auth_factors().access_token(&token).send().await.expect("an output");
    assert_eq!(by_admin.username(), "ann");
    assert_eq!(by_admin.configured_user_auth_factors(), [AuthFactorType::Password]);
    assert_eq!(by_admin.configured_user_auth_factors(), by_user.configured_user_auth_factors());
    assert_eq!(by_admin.preferred_mfa_setting(), by_user.preferred_mfa_setting());
    assert_eq!(by_admin.user_mfa_setting_list(), by_user.user_mfa_setting_list());
}

#[tokio::test]
async fn admin_get_user_auth_factors_of_unknown_user_or_pool_is_refused() {
    let fixture = SignInFixture::new().await;
    let call = fixture.server.sdk.admin_get_user_auth_factors().username("unknown");
    let here = call.clone().user_pool_id(&fixture.ids.pool);
    assert_refused!(here, is_user_not_found_exception, "User does not exist.");
    let nowhere = call.user_pool_id("us-east-1_nowhere");
    let text = "User pool us-east-1_nowhere does not exist.";
    assert_refused!(nowhere, is_resource_not_found_exception, text);
}
