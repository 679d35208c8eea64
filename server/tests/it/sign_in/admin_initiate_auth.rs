//! AdminInitiateAuth.

use aws_sdk_cognitoidentityprovider::types::{AuthFlowType, ExplicitAuthFlowsType};

use super::WRONG;
use crate::support::{PASSWORD, assert_refused, sign_in::SignInFixture};

/// cog-0165.
#[tokio::test]
async fn admin_initiate_auth_with_right_password_returns_tokens() {
    let fixture = SignInFixture::new().await;
    for flow in [AuthFlowType::AdminUserPasswordAuth, AuthFlowType::AdminNoSrpAuth] {
        let call = fixture
            .admin_initiate(flow)
            .auth_parameters("USERNAME", "ann")
            .auth_parameters("PASSWORD", PASSWORD);
        assert!(call.send().await.expect("signed in").authentication_result.is_some());
    }
}

/// cog-0214, cog-0215, cog-0221, cog-0222.
#[tokio::test]
async fn admin_initiate_auth_with_wrong_password_user_client_or_pool_is_refused() {
    let fixture = SignInFixture::new().await;
    let admin = |username: &str| {
        let call = fixture.admin_initiate(AuthFlowType::AdminUserPasswordAuth);
        call.auth_parameters("USERNAME", username).auth_parameters("PASSWORD", "wrong")
    };
    assert_refused!(admin("ann"), is_not_authorized_exception, WRONG);
    assert_refused!(admin("unknown"), is_user_not_found_exception, "User does not exist.");
    let unknown = "User pool client none does not exist.";
    assert_refused!(admin("ann").client_id("none"), is_resource_not_found_exception, unknown);
    let nowhere = "User pool us-east-2_nowhere does not exist.";
    assert_refused!(admin("ann").user_pool_id("us-east-2_nowhere"), is_resource_not_found_exception, nowhere);
    let other = fixture.server.create_pool_and_client().await.pool;
    let text = format!("User pool client {} does not exist.", fixture.ids.client);
    assert_refused!(admin("ann").user_pool_id(other), is_resource_not_found_exception, text.as_str());
}

/// cog-0216, cog-0223, cog-0386.
#[tokio::test]
async fn admin_initiate_auth_by_flow_not_enabled_is_refused() {
    let fixture = SignInFixture::new().await;
    let swapped = fixture.admin_initiate(AuthFlowType::UserPasswordAuth);
    assert_refused!(swapped, is_invalid_parameter_exception, "Initiate Auth method not supported.");
    let create =
        fixture.server.sdk.create_user_pool_client().user_pool_id(&fixture.ids.pool).client_name("n");
    let created = create.explicit_auth_flows(ExplicitAuthFlowsType::AllowCustomAuth).send().await;
    let none =
        created.expect("a client").user_pool_client.and_then(|client| client.client_id).expect("an id");
    let call = fixture.admin_initiate(AuthFlowType::AdminUserPasswordAuth).client_id(&none);
    assert_refused!(call, is_invalid_parameter_exception, "Auth flow not enabled for this client");
}
