//! GetUserAuthFactors.

use aws_sdk_cognitoidentityprovider::types::{AuthFactorType, SignInPolicyType, UserPoolPolicyType};

use crate::support::{sign_in::SignInFixture, sms_configuration};

#[tokio::test]
async fn get_user_auth_factors_returns_allowed_factors_that_the_user_has() {
    let fixture = SignInFixture::new().await;
    let (sdk, token) = (&fixture.server.sdk, fixture.access_token().await);
    let factors = || async {
        let output = sdk.get_user_auth_factors().access_token(&token).send().await.expect("an output");
        assert_eq!((output.username(), output.preferred_mfa_setting()), ("ann", None));
        output.configured_user_auth_factors().to_vec()
    };
    assert_eq!(factors().await, [AuthFactorType::Password]);
    let allowed = SignInPolicyType::builder()
        .allowed_first_auth_factors(AuthFactorType::Password)
        .allowed_first_auth_factors(AuthFactorType::EmailOtp)
        .allowed_first_auth_factors(AuthFactorType::SmsOtp);
    let policies = UserPoolPolicyType::builder().sign_in_policy(allowed.build()).build();
    let update = sdk.update_user_pool().user_pool_id(&fixture.ids.pool).policies(policies);
    let update = update.sms_configuration(sms_configuration());
    update.send().await.expect("updated");
    assert_eq!(factors().await, [AuthFactorType::Password, AuthFactorType::EmailOtp]);
    fixture.change_stored_user(|ann| ann.credential = None).await;
    assert_eq!(factors().await, [AuthFactorType::EmailOtp]);
}
