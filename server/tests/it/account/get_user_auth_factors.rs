//! GetUserAuthFactors.

use aws_sdk_cognitoidentityprovider::types::{AuthFactorType, SignInPolicyType, UserPoolPolicyType};

use crate::support::sign_in::SignInFixture;

#[tokio::test]
async fn get_user_auth_factors_returns_what_the_user_can_sign_in_with() {
    let fixture = SignInFixture::new().await;
    let (sdk, token) = (&fixture.server.sdk, fixture.token().await);
    let factors = || async {
        let answer = sdk.get_user_auth_factors().access_token(&token).send().await.expect("told");
        assert_eq!((answer.username(), answer.preferred_mfa_setting()), ("ann", None));
        answer.configured_user_auth_factors().to_vec()
    };
    assert_eq!(factors().await, [AuthFactorType::Password]);
    let allowed = SignInPolicyType::builder()
        .allowed_first_auth_factors(AuthFactorType::Password)
        .allowed_first_auth_factors(AuthFactorType::EmailOtp)
        .allowed_first_auth_factors(AuthFactorType::SmsOtp);
    let policies = UserPoolPolicyType::builder().sign_in_policy(allowed.build()).build();
    let update = sdk.update_user_pool().user_pool_id(&fixture.ids.pool).policies(policies);
    update.send().await.expect("updated");
    assert_eq!(factors().await, [AuthFactorType::Password, AuthFactorType::EmailOtp]);
    fixture.change_ann(|ann| ann.credential = None).await;
    assert_eq!(factors().await, [AuthFactorType::EmailOtp]);
}
