//! PreAuthentication, PostAuthentication and PreTokenGeneration.

use std::time::Duration;

use aws_sdk_cognitoidentityprovider::{
    error::ProvideErrorMetadata as _,
    types::{
        AuthFlowType, AuthenticationResultType, ChallengeNameType, ExplicitAuthFlowsType, FeatureType,
        LambdaConfigType, PreTokenGenerationLambdaVersionType, PreTokenGenerationVersionConfigType,
        RefreshTokenRotationType,
    },
};
use serde_json::{Value, json};

use crate::{
    functions::{Behavior, arn, echo},
    support::{
        PASSWORD, assert_refused, attribute, jwt_claims,
        triggers::{TriggerFixture, tokens},
    },
};

const UNRECOGNIZABLE: &str = "Unrecognizable lambda output";

/// Returns the claims of the id token and the access token, without checking the signatures.
fn claims(result: &AuthenticationResultType) -> (Value, Value) {
    let claims = |token: Option<&str>| jwt_claims(token.expect("a token"));
    (claims(result.id_token()), claims(result.access_token()))
}

/// Returns a configuration with the PreTokenGeneration function `tokens` in a version of the event.
fn token_trigger(version: PreTokenGenerationLambdaVersionType) -> LambdaConfigType {
    let config = PreTokenGenerationVersionConfigType::builder().lambda_arn(arn("tokens"));
    let config = config.lambda_version(version).build().expect("whole");
    LambdaConfigType::builder().pre_token_generation_config(config).build()
}

#[tokio::test]
async fn pre_authentication_is_called_before_the_password_is_compared() {
    let config = LambdaConfigType::builder().pre_authentication(arn("pre")).build();
    let fixture = TriggerFixture::with(config).await;
    fixture.functions.when("pre", echo());
    let call = fixture.by_password("ann", PASSWORD).client_metadata("campaign", "spring");
    call.send().await.expect("signed in");
    let mut events = fixture.functions.events("PreAuthentication_Authentication");
    let sdk = events[0]["callerContext"]["awsSdkVersion"].take();
    assert!(sdk.as_str().is_some_and(|sdk| sdk.starts_with("aws-sdk-rust-")), "{sdk}");
    // cog-0196
    let expected = json!({
        "version": "1", "region": "us-east-1", "userPoolId": fixture.ids.pool, "userName": "ann",
        "callerContext": { "awsSdkVersion": null, "clientId": fixture.ids.client },
        "triggerSource": "PreAuthentication_Authentication",
        "request": { "userAttributes": fixture.ann(), "validationData": { "campaign": "spring" } },
        "response": {},
    });
    assert_eq!(events, [expected]);
    let wrong = "Incorrect username or password.";
    assert_refused!(fixture.by_password("ann", "wrong"), is_not_authorized_exception, wrong);
    fixture.functions.when("pre", Behavior::Throw(r#"{"errorMessage":"not today"}"#));
    let text = "PreAuthentication failed with error not today.";
    for password in [PASSWORD, "wrong"] {
        assert_refused!(fixture.by_password("ann", password), is_user_lambda_validation_exception, text);
    }
    fixture.functions.when("pre", Behavior::Refuse(403, "AccessDeniedException"));
    let text = "PreAuthentication invocation failed due to error AccessDeniedException."; // cog-0209
    assert_refused!(fixture.by_password("ann", PASSWORD), is_unexpected_lambda_exception, text);
    assert_eq!(fixture.functions.events("PreAuthentication_Authentication").len(), 5);
}

#[tokio::test]
async fn pre_authentication_of_unknown_user_is_called_for_hiding_client_only() {
    let config = LambdaConfigType::builder().pre_authentication(arn("pre")).build();
    let fixture = TriggerFixture::with(config).await;
    fixture.functions.when("pre", echo());
    let unknown = fixture.by_password("unknown", PASSWORD);
    assert_refused!(unknown, is_user_not_found_exception, "User does not exist.");
    assert_eq!(fixture.functions.invoked().len(), 0);
    let hiding = fixture.create_hiding_client().await;
    fixture.by_password("ann", PASSWORD).client_id(&hiding).send().await.expect("signed in");
    let unknown = fixture.by_password("unknown", PASSWORD).client_id(&hiding);
    assert_refused!(unknown, is_not_authorized_exception, "Incorrect username or password.");
    let [ann, unknown] =
        fixture.functions.events("PreAuthentication_Authentication").try_into().expect("two events");
    let expected = json!({ "userAttributes": fixture.ann(), "validationData": null, "userNotFound": false });
    assert_eq!(ann["request"], expected);
    assert_eq!(unknown["userName"], "unknown");
    let expected = json!({ "userAttributes": {}, "validationData": null, "userNotFound": true });
    assert_eq!(unknown["request"], expected);
}

#[tokio::test]
async fn post_authentication_is_called_after_a_sign_in() {
    let config = LambdaConfigType::builder().post_authentication(arn("post"));
    let fixture = TriggerFixture::with(config.pre_token_generation(arn("tokens")).build()).await;
    fixture.functions.when("post", echo());
    fixture.functions.when("tokens", echo());
    let call = fixture.by_password("ann", PASSWORD).client_metadata("campaign", "spring");
    let result = tokens(call.send().await.expect("signed in"));
    assert_refused!(
        fixture.by_password("ann", "wrong"),
        is_not_authorized_exception,
        "Incorrect username or password."
    );
    let refresh = fixture.initiate(AuthFlowType::RefreshTokenAuth);
    let refresh = refresh.auth_parameters("REFRESH_TOKEN", result.refresh_token().expect("one"));
    refresh.client_metadata("campaign", "autumn").send().await.expect("renewed");
    // cog-0198; the event does not have the ClientMetadata of InitiateAuth (cog-0196).
    let [event] =
        fixture.functions.events("PostAuthentication_Authentication").try_into().expect("one event");
    assert_eq!(event["request"], json!({ "userAttributes": fixture.ann(), "newDeviceUsed": false }));
    let order: Vec<_> =
        fixture.functions.invoked().iter().map(|call| call.event["triggerSource"].clone()).collect();
    let expected = [
        "PostAuthentication_Authentication",
        "TokenGeneration_Authentication",
        "TokenGeneration_RefreshTokens",
    ];
    assert_eq!(order, expected);
    let expected = json!({
        "userAttributes": fixture.ann(),
        "groupConfiguration": { "groupsToOverride": [], "iamRolesToOverride": [], "preferredRole": null },
    });
    for source in &order[1..] {
        let source = source.as_str().expect("text");
        let [event] = fixture.functions.events(source).try_into().expect("one event");
        assert_eq!((&event["version"], &event["request"]), (&json!("1"), &expected));
        assert_eq!(event["response"], json!({ "claimsOverrideDetails": null }));
    }
    fixture.functions.when("post", Behavior::Throw(r#"{"errorMessage":"no"}"#));
    let text = "PostAuthentication failed with error no.";
    assert_refused!(fixture.by_password("ann", PASSWORD), is_user_lambda_validation_exception, text);
}

#[tokio::test]
async fn post_authentication_has_the_metadata_of_the_challenge_response() {
    let config = LambdaConfigType::builder().post_authentication(arn("post"));
    let fixture = TriggerFixture::with(config.pre_token_generation(arn("tokens")).build()).await;
    fixture.functions.when("post", echo());
    fixture.functions.when("tokens", echo());
    let created = fixture.server.sdk.admin_create_user().user_pool_id(&fixture.ids.pool).username("bob");
    let created =
        created.temporary_password("Temporary-1").user_attributes(attribute("email", "bob@example.com"));
    created.send().await.expect("created");
    let challenge = fixture.by_password("bob", "Temporary-1").client_metadata("first", "step");
    let challenge = challenge.send().await.expect("a challenge");
    assert_eq!(challenge.challenge_name(), Some(&ChallengeNameType::NewPasswordRequired));
    let answer = fixture.server.sdk.respond_to_auth_challenge().client_id(&fixture.ids.client);
    let answer = answer.challenge_name(ChallengeNameType::NewPasswordRequired);
    let answer = answer.challenge_responses("USERNAME", "bob").challenge_responses("NEW_PASSWORD", PASSWORD);
    let answer = answer.session(challenge.session().expect("one")).client_metadata("second", "step");
    assert!(answer.send().await.expect("signed in").authentication_result.is_some());
    // cog-0234
    for source in ["PostAuthentication_Authentication", "TokenGeneration_NewPasswordChallenge"] {
        let [event] = fixture.functions.events(source).try_into().expect("one event");
        assert_eq!(event["request"]["clientMetadata"], json!({ "second": "step" }), "{source}");
        assert_eq!(event["request"]["userAttributes"]["cognito:user_status"], "CONFIRMED");
    }
    assert_eq!(fixture.functions.invoked().len(), 2);
}

#[tokio::test]
async fn pre_token_generation_v1_changes_the_id_token_and_the_groups_of_both() {
    let fixture =
        TriggerFixture::with(LambdaConfigType::builder().pre_token_generation(arn("tokens")).build()).await;
    let group = fixture.server.sdk.create_group().user_pool_id(&fixture.ids.pool).group_name("staff");
    group.role_arn("arn:aws:iam::000000000000:role/staff").send().await.expect("a group");
    let join = fixture.server.sdk.admin_add_user_to_group().user_pool_id(&fixture.ids.pool).username("ann");
    join.group_name("staff").send().await.expect("joined");
    fixture.functions.when(
        "tokens",
        Behavior::Answer(|event| {
            event["response"]["claimsOverrideDetails"] = json!({
                "claimsToAddOrOverride": { "tenant": "one", "email": "x@y.z", "sub": "another user" },
                "claimsToSuppress": ["email", "email_verified", "token_use"],
                "groupOverrideDetails": { "groupsToOverride": ["guests"], "preferredRole": "guest" },
            });
        }),
    );
    let result = tokens(fixture.by_password("ann", PASSWORD).send().await.expect("signed in"));
    let (id, access) = claims(&result);
    let [event] = fixture.functions.events("TokenGeneration_Authentication").try_into().expect("one event");
    let role = "arn:aws:iam::000000000000:role/staff";
    let groups =
        json!({ "groupsToOverride": ["staff"], "iamRolesToOverride": [role], "preferredRole": role });
    assert_eq!(event["request"]["groupConfiguration"], groups);
    // cog-0204
    assert_eq!(
        (&id["tenant"], &id["sub"], &id["token_use"]),
        (&"one".into(), &fixture.sub.as_str().into(), &"id".into())
    );
    assert_eq!((id.get("email"), id.get("email_verified"), id.get("cognito:roles")), (None, None, None));
    assert_eq!((&id["cognito:groups"], &id["cognito:preferred_role"]), (&json!(["guests"]), &"guest".into()));
    assert_eq!((&access["cognito:groups"], access.get("tenant")), (&json!(["guests"]), None));

    let invalid: [fn(&mut Value); 2] = [
        |event| {
            event["response"]["claimsOverrideDetails"] = json!({ "claimsToAddOrOverride": { "a": ["b"] } })
        },
        |event| event["response"]["claimsOverrideDetails"] = json!("x"),
    ];
    for change in invalid {
        fixture.functions.when("tokens", Behavior::Answer(change));
        assert_refused!(
            fixture.by_password("ann", PASSWORD),
            is_invalid_lambda_response_exception,
            UNRECOGNIZABLE
        );
    }
    fixture.functions.when("tokens", Behavior::Throw(r#"{"errorMessage":"no"}"#));
    let refresh = fixture.initiate(AuthFlowType::RefreshTokenAuth);
    let refresh = refresh.auth_parameters("REFRESH_TOKEN", result.refresh_token().expect("one"));
    assert_refused!(refresh, is_user_lambda_validation_exception, "PreTokenGeneration failed with error no.");
}

#[tokio::test]
async fn pre_token_generation_v2_and_v3_change_both_tokens_and_scopes() {
    // cog-0202
    let versions =
        [(PreTokenGenerationLambdaVersionType::V20, "2"), (PreTokenGenerationLambdaVersionType::V30, "3")];
    for (event_version, version) in versions {
        let fixture = TriggerFixture::with(token_trigger(event_version)).await;
        fixture.functions.when(
            "tokens",
            Behavior::Answer(|event| {
                let client = event["callerContext"]["clientId"].clone();
                event["response"]["claimsAndScopeOverrideDetails"] = json!({
                    "idTokenGeneration": { "claimsToAddOrOverride": { "level": 7 }, "claimsToSuppress": ["email"] },
                    "accessTokenGeneration": {
                        "claimsToAddOrOverride": { "aud": client, "plan": { "name": "gold" }, "client_id": "x" },
                        "claimsToSuppress": ["username"],
                        "scopesToAdd": ["api/read", "api/write"],
                        "scopesToSuppress": ["aws.cognito.signin.user.admin", "api/write"],
                    },
                });
            }),
        );
        let result = tokens(fixture.by_password("ann", PASSWORD).send().await.expect("signed in"));
        let (id, access) = claims(&result);
        let [event] =
            fixture.functions.events("TokenGeneration_Authentication").try_into().expect("one event");
        assert_eq!(event["version"], version);
        assert_eq!(event["request"]["scopes"], json!(["aws.cognito.signin.user.admin"]));
        assert_eq!(event["response"], json!({ "claimsAndScopeOverrideDetails": null }));
        assert_eq!((&id["level"], id.get("email")), (&json!(7), None));
        let client = json!(fixture.ids.client);
        assert_eq!((&access["aud"], &access["client_id"]), (&client, &client));
        assert_eq!((&access["username"], &access["scope"]), (&json!("ann"), &json!("api/read")));
        assert_eq!(access["plan"], json!({ "name": "gold" }));
        // Without its scope the token does not allow GetUser.
        let get =
            fixture.server.sdk.get_user().access_token(result.access_token().expect("one")).send().await;
        assert_eq!(get.expect_err("refused").code(), Some("NotAuthorizedException"));
    }
}

/// Creates an app client with refresh token rotation, and returns its id.
async fn rotating_client(fixture: &TriggerFixture) -> String {
    let rotation = RefreshTokenRotationType::builder().feature(FeatureType::Enabled).build().expect("whole");
    let created =
        fixture.server.sdk.create_user_pool_client().user_pool_id(&fixture.ids.pool).client_name("r");
    let created = created.explicit_auth_flows(ExplicitAuthFlowsType::AllowUserPasswordAuth);
    let created = created.refresh_token_rotation(rotation).send().await.expect("a client");
    created.user_pool_client.and_then(|client| client.client_id).expect("an id")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn renewal_in_pool_changed_during_pre_token_generation_succeeds() {
    let fixture = TriggerFixture::with(token_trigger(PreTokenGenerationLambdaVersionType::V20)).await;
    let client = rotating_client(&fixture).await;
    fixture.functions.when("tokens", echo());
    let signed_in = fixture.by_password("ann", PASSWORD).client_id(&client).send().await.expect("signed in");
    let slowly = |_: &mut Value| std::thread::sleep(Duration::from_millis(300));
    fixture.functions.when("tokens", Behavior::Answer(slowly));
    let renew = fixture.server.sdk.get_tokens_from_refresh_token().client_id(&client);
    let renew = renew.refresh_token(tokens(signed_in).refresh_token().expect("one"));
    let renewing = tokio::spawn(renew.send());
    while fixture.functions.events("TokenGeneration_RefreshTokens").is_empty() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let arn = format!("arn:aws:cognito-idp:us-east-1:000000000000:userpool/{}", fixture.ids.pool);
    let tag = fixture.server.sdk.tag_resource().resource_arn(arn).tags("team", "a");
    tag.send().await.expect("tagged");
    renewing.await.expect("no panic").expect("renewed");
    assert_eq!(
        fixture.functions.events("TokenGeneration_RefreshTokens").len(),
        1,
        "the function was called again"
    );
}

#[tokio::test]
async fn pre_token_generation_that_fails_keeps_the_refresh_token() {
    let fixture = TriggerFixture::with(token_trigger(PreTokenGenerationLambdaVersionType::V20)).await;
    fixture.functions.when("tokens", echo());
    let client = rotating_client(&fixture).await;
    let signed_in = fixture.by_password("ann", PASSWORD).client_id(&client).send().await.expect("signed in");
    let result = tokens(signed_in);
    let renew = || {
        let call = fixture.server.sdk.get_tokens_from_refresh_token().client_id(&client);
        call.refresh_token(result.refresh_token().expect("one"))
    };
    fixture.functions.when("tokens", Behavior::Throw(r#"{"errorMessage":"no"}"#));
    let text = "PreTokenGeneration failed with error no.";
    for _ in 0..2 {
        assert_refused!(renew(), is_user_lambda_validation_exception, text);
    }
    fixture.functions.when("tokens", echo());
    renew().send().await.expect("renewed");
    assert_eq!(
        fixture.functions.events("TokenGeneration_RefreshTokens").len(),
        3,
        "the function must be called once for each renewal"
    );
    let again = renew().send().await.expect_err("a reused token").into_service_error();
    assert_eq!(again.code(), Some("RefreshTokenReuseException"));
}

#[tokio::test]
async fn pre_token_generation_has_the_metadata_of_the_renewal() {
    let fixture = TriggerFixture::with(token_trigger(PreTokenGenerationLambdaVersionType::V10)).await;
    fixture.functions.when("tokens", echo());
    let result = tokens(fixture.by_password("ann", PASSWORD).send().await.expect("signed in"));
    let renew = fixture.server.sdk.get_tokens_from_refresh_token().client_id(&fixture.ids.client);
    let renew = renew.refresh_token(result.refresh_token().expect("one")).client_metadata("by", "hand");
    renew.send().await.expect("renewed");
    let [event] = fixture.functions.events("TokenGeneration_RefreshTokens").try_into().expect("one event");
    assert_eq!(
        (&event["version"], &event["request"]["clientMetadata"]),
        (&"1".into(), &json!({ "by": "hand" }))
    );
}
