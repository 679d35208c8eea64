//! Users, their codes, and tokens without a password.

use std::time::Duration;

use aws_sdk_cognitoidentityprovider::types::{
    AuthFlowType, LambdaConfigType, PreventUserExistenceErrorTypes, TimeUnitsType, TokenValidityUnitsType,
};
use serde_json::{Value, json};

use super::console;
use crate::{
    functions::{arn, echo},
    support::{
        PASSWORD, TestServer, assert_refused, attribute, jwt_claims, sign_in::SignInFixture,
        triggers::TriggerFixture,
    },
};

/// Asks for the tokens of a user, and returns the status and the answer.
async fn tokens(server: &TestServer, pool: &str, client: &str, user: &str) -> (u16, Value) {
    let body = json!({ "clientId": client });
    console(server, "POST", &format!("/_lido/pools/{pool}/users/{user}/tokens"), Some(&body)).await
}

/// Returns the claims of a token without those that differ between two sign-ins.
fn claims(token: &Value) -> Value {
    let mut claims = jwt_claims(token.as_str().expect("a token"));
    for name in ["jti", "origin_jti", "event_id"] {
        assert!(claims[name].take().is_string(), "{name}");
    }
    claims
}

#[tokio::test]
async fn tokens_without_a_password_are_those_of_a_sign_in() {
    let fixture = SignInFixture::new().await;
    let (server, ids) = (&fixture.server, &fixture.ids);
    let sdk = &server.sdk;
    sdk.create_group().user_pool_id(&ids.pool).group_name("admins").send().await.expect("a group");
    let add = sdk.admin_add_user_to_group().user_pool_id(&ids.pool).group_name("admins").username("ann");
    add.send().await.expect("a member");
    let units = TokenValidityUnitsType::builder().access_token(TimeUnitsType::Minutes).build();
    let update = sdk.update_user_pool_client().user_pool_id(&ids.pool).client_id(&ids.client);
    let update = update.access_token_validity(7).token_validity_units(units);
    let flows = update.explicit_auth_flows("ALLOW_USER_PASSWORD_AUTH".into());
    flows.explicit_auth_flows("ALLOW_REFRESH_TOKEN_AUTH".into()).send().await.expect("updated");
    let (status, issued) = tokens(server, &ids.pool, &ids.client, "ann").await;
    assert_eq!(status, 200, "{issued}");
    let signed_in = fixture.by_password("ann", PASSWORD).send().await.expect("signed in");
    let signed_in = signed_in.authentication_result.expect("tokens");
    let by_password = |token: Option<&str>| json!(token.expect("a token"));
    assert_eq!(claims(&issued["idToken"]), claims(&by_password(signed_in.id_token())));
    let access = claims(&issued["accessToken"]);
    assert_eq!(access, claims(&by_password(signed_in.access_token())));
    assert_eq!((&access["cognito:groups"], &issued["expiresIn"]), (&json!(["admins"]), &json!(7 * 60)));
    // They are good for what those of a sign-in are.
    let token = issued["accessToken"].as_str().expect("a token");
    let user = sdk.get_user().access_token(token).send().await.expect("a user");
    assert_eq!(user.username(), "ann");
    let refresh = fixture.initiate(AuthFlowType::RefreshTokenAuth);
    let refresh = refresh.auth_parameters("REFRESH_TOKEN", issued["refreshToken"].as_str().expect("a token"));
    refresh.send().await.expect("renewed");
    sdk.global_sign_out().access_token(token).send().await.expect("signed out");
    assert_refused!(
        sdk.get_user().access_token(token),
        is_not_authorized_exception,
        "Access Token has been revoked"
    );
}

#[tokio::test]
async fn triggers_of_a_sign_in_are_called_for_tokens() {
    let config =
        LambdaConfigType::builder().post_authentication(arn("post")).pre_token_generation(arn("tokens"));
    let fixture = TriggerFixture::with(config.build()).await;
    fixture.functions.when("post", echo());
    fixture.functions.when("tokens", echo());
    let (status, answer) = tokens(&fixture.server, &fixture.ids.pool, &fixture.ids.client, "ann").await;
    assert_eq!(status, 200, "{answer}");
    for source in ["PostAuthentication_Authentication", "TokenGeneration_Authentication"] {
        assert_eq!(fixture.functions.events(source).len(), 1, "{source}");
    }
}

#[tokio::test]
async fn tokens_are_refused_as_a_sign_in_would_be() {
    let fixture = SignInFixture::new().await;
    let (server, ids) = (&fixture.server, &fixture.ids);
    let hiding = server.create_sign_in_client(&ids.pool, PreventUserExistenceErrorTypes::Enabled).await;
    server.sign_up(&ids.client, "new", "new@example.com").await;
    server.sign_up(&ids.client, "off", "off@example.com").await;
    server.sdk.admin_disable_user().user_pool_id(&ids.pool).username("off").send().await.expect("disabled");
    // (pool, client, user, status, start of the message)
    let cases = [
        (&*ids.pool, &*ids.client, "new", 409, "UserNotConfirmedException: User is not confirmed."),
        (&*ids.pool, &*ids.client, "off", 409, "NotAuthorizedException: User is disabled."),
        (&*ids.pool, &*ids.client, "unknown", 404, "There is no such user"),
        (&*ids.pool, &*hiding, "unknown", 404, "There is no such user"),
        (&*ids.pool, "unknown", "ann", 404, "There is no such app client"),
        ("us-east-1_unknown", &*ids.client, "ann", 404, "There is no user pool"),
        ("..", &*ids.client, "ann", 404, "There is no"),
    ];
    for (pool, client, user, expected, message) in cases {
        let (status, answer) = tokens(server, pool, client, user).await;
        assert_eq!(status, expected, "{pool} {client} {user}: {answer}");
        assert!(answer["message"].as_str().is_some_and(|text| text.starts_with(message)), "{answer}");
    }
}

#[tokio::test]
async fn users_are_listed_filtered_and_confirmed() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let mut subs = Vec::new();
    for name in ["ann", "bob", "a/b?c"] {
        subs.push(server.sign_up(&ids.client, name, &format!("{}@example.com", subs.len())).await);
    }
    let users = format!("/_lido/pools/{}/users", ids.pool);
    let mut listed = Vec::new();
    let mut query = "limit=2".to_owned();
    loop {
        let (status, page) = console(&server, "GET", &format!("{users}?{query}"), None).await;
        assert_eq!(status, 200, "{page}");
        let page_users = page["users"].as_array().expect("users");
        assert!(page_users.len() <= 2);
        listed.extend(page_users.iter().map(|user| user["sub"].as_str().expect("a sub").to_owned()));
        let Some(next) = page["nextToken"].as_str() else { break };
        query = format!("limit=2&nextToken={next}");
    }
    subs.sort();
    assert_eq!(listed, subs);
    let (_, found) = console(&server, "GET", &format!("{users}?filter=username%20=%20%22bob%22"), None).await;
    let [bob] = found["users"].as_array().expect("users").as_slice() else { panic!("{found}") };
    assert_eq!((&bob["username"], &bob["status"]), (&json!("bob"), &json!("UNCONFIRMED")));
    assert_eq!(bob["attributes"], json!({"email": "1@example.com", "email_verified": "false"}));
    for (query, status) in [("filter=nonsense", 400), ("nextToken=nonsense", 400), ("limit=1001", 400)] {
        assert_eq!(console(&server, "GET", &format!("{users}?{query}"), None).await.0, status, "{query}");
    }
    let (status, user) = console(&server, "POST", &format!("{users}/a%2Fb%3Fc/confirm"), None).await;
    assert_eq!((status, &user["username"], &user["status"]), (200, &json!("a/b?c"), &json!("CONFIRMED")));
    let (status, refused) = console(&server, "POST", &format!("{users}/a%2Fb%3Fc/confirm"), None).await;
    let message = "NotAuthorizedException: User cannot be confirmed. Current status is CONFIRMED";
    assert_eq!((status, refused["message"].as_str()), (409, Some(message)));
}

/// Returns the valid codes of a user: what each is for, and the code.
async fn codes(server: &TestServer, pool: &str, user: &str) -> Vec<(String, String)> {
    let (status, answer) =
        console(server, "GET", &format!("/_lido/pools/{pool}/users/{user}/codes"), None).await;
    assert_eq!(status, 200, "{answer}");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let codes = answer["codes"].as_array().expect("codes").iter();
    codes.map(|code| (text(&code["purpose"]), text(&code["code"]))).collect()
}

#[tokio::test]
async fn codes_are_those_that_a_user_can_type_now() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let pool = ids.pool.as_str();
    let of = |purpose: &str, code: &str| vec![(purpose.to_owned(), code.to_owned())];
    server.sign_up(&ids.client, "ann", "ann@example.com").await;
    let first = server.code_of("ann");
    assert_eq!(codes(&server, pool, "ann").await, of("signUp", &first));
    server.sdk.resend_confirmation_code().client_id(&ids.client).username("ann").send().await.expect("sent");
    let second = server.code_of("ann");
    assert_eq!(codes(&server, pool, "ann").await, of("signUp", &second), "the first is replaced");
    let confirm = server.sdk.confirm_sign_up().client_id(&ids.client).username("ann");
    confirm.confirmation_code(&second).send().await.expect("confirmed");
    assert_eq!(codes(&server, pool, "ann").await, [], "it is used");
    server.sdk.forgot_password().client_id(&ids.client).username("ann").send().await.expect("sent");
    let reset = server.code_of("ann");
    assert_eq!(codes(&server, pool, "ann").await, of("forgotPassword", &reset));
    server.app.clock.advance(Duration::from_secs(3_599));
    assert_eq!(codes(&server, pool, "ann").await, of("forgotPassword", &reset));
    server.app.clock.advance(Duration::from_secs(1));
    assert_eq!(codes(&server, pool, "ann").await, [], "it has expired");
}

#[tokio::test]
async fn codes_have_invitations_and_steps_of_a_sign_in() {
    let fixture = SignInFixture::new().await;
    let (server, pool) = (&fixture.server, fixture.ids.pool.as_str());
    let create = server.sdk.admin_create_user().user_pool_id(pool).username("eve");
    let create = create.user_attributes(attribute("email", "eve@example.com"));
    create.desired_delivery_mediums("EMAIL".into()).send().await.expect("invited");
    let password = server.code_of("eve");
    assert_eq!(codes(server, pool, "eve").await, [("temporaryPassword".to_owned(), password)]);
    let set = server.sdk.admin_set_user_password().user_pool_id(pool).username("eve").password(PASSWORD);
    set.permanent(true).send().await.expect("set");
    assert_eq!(codes(server, pool, "eve").await, []);
}
