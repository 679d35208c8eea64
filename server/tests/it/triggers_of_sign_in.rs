//! PreAuthentication, PostAuthentication and PreTokenGeneration, called over Invoke on loopback.

use std::time::Duration;

use aws_sdk_cognitoidentityprovider::{
    error::ProvideErrorMetadata as _,
    operation::initiate_auth::{InitiateAuthOutput, builders::InitiateAuthFluentBuilder},
    types::{
        AuthFlowType, AuthenticationResultType, ChallengeNameType, ExplicitAuthFlowsType, FeatureType,
        LambdaConfigType, PreTokenGenerationLambdaVersionType, PreTokenGenerationVersionConfigType,
        PreventUserExistenceErrorTypes, RefreshTokenRotationType, VerifiedAttributeType,
    },
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::{
    functions::{Does, Functions, arn, echo},
    support::{House, PASSWORD, Place, attribute, id_of, refused},
    triggers::house_of,
};

const STRANGE: &str = "Unrecognizable lambda output";

/// A pool whose functions are called, with an app client for every flow, and ann.
pub(crate) struct World {
    pub(crate) functions: Functions,
    pub(crate) house: House,
    pub(crate) place: Place,
    pub(crate) sub: String,
}

impl World {
    pub(crate) async fn with(config: LambdaConfigType) -> Self {
        let functions = Functions::serve().await;
        let house = house_of(&functions).await;
        let pool = house.sdk.create_user_pool().pool_name("p").lambda_config(config);
        let pool = pool.auto_verified_attributes(VerifiedAttributeType::Email);
        let pool = id_of(pool.send().await.expect("a pool").user_pool());
        let client = client_for(&house, &pool, PreventUserExistenceErrorTypes::Legacy).await;
        let sub = house.sign_up(&client, "ann", "ann@example.com").await;
        let confirm = house.sdk.admin_confirm_sign_up().user_pool_id(&pool).username("ann");
        confirm.send().await.expect("confirmed");
        Self { functions, house, place: Place { pool, client }, sub }
    }

    /// An app client of the pool that hides who exists.
    pub(crate) async fn hiding_client(&self) -> String {
        client_for(&self.house, &self.place.pool, PreventUserExistenceErrorTypes::Enabled).await
    }

    pub(crate) fn initiate(&self, flow: AuthFlowType) -> InitiateAuthFluentBuilder {
        self.house.sdk.initiate_auth().client_id(&self.place.client).auth_flow(flow)
    }

    pub(crate) fn by_password(&self, username: &str, password: &str) -> InitiateAuthFluentBuilder {
        let call = self.initiate(AuthFlowType::UserPasswordAuth);
        call.auth_parameters("USERNAME", username).auth_parameters("PASSWORD", password)
    }

    /// What events about ann tell of her.
    fn ann(&self) -> Value {
        json!({
            "sub": self.sub, "cognito:user_status": "CONFIRMED", "email_verified": "false",
            "email": "ann@example.com",
        })
    }
}

async fn client_for(house: &House, pool: &str, hides: PreventUserExistenceErrorTypes) -> String {
    let made = house.sdk.create_user_pool_client().user_pool_id(pool).client_name("t");
    let made = made
        .explicit_auth_flows(ExplicitAuthFlowsType::AllowUserPasswordAuth)
        .explicit_auth_flows(ExplicitAuthFlowsType::AllowAdminUserPasswordAuth)
        .explicit_auth_flows(ExplicitAuthFlowsType::AllowCustomAuth)
        .explicit_auth_flows(ExplicitAuthFlowsType::AllowRefreshTokenAuth)
        .prevent_user_existence_errors(hides);
    let made = made.send().await.expect("a client").user_pool_client.expect("told");
    made.client_id.expect("an id")
}

pub(crate) fn tokens(answer: InitiateAuthOutput) -> AuthenticationResultType {
    answer.authentication_result.expect("tokens")
}

/// The claims of id and access token; that tokens are signed is tried elsewhere.
fn claims(result: &AuthenticationResultType) -> (Value, Value) {
    let claims = |token: Option<&str>| {
        let payload = token.and_then(|token| token.split('.').nth(1)).expect("a token");
        let payload = URL_SAFE_NO_PAD.decode(payload).expect("Base64");
        serde_json::from_slice(&payload).expect("JSON")
    };
    (claims(result.id_token()), claims(result.access_token()))
}

/// The PreTokenGeneration function `tokens`, in this version.
fn of_version(version: PreTokenGenerationLambdaVersionType) -> LambdaConfigType {
    let config = PreTokenGenerationVersionConfigType::builder().lambda_arn(arn("tokens"));
    let config = config.lambda_version(version).build().expect("whole");
    LambdaConfigType::builder().pre_token_generation_config(config).build()
}

#[tokio::test]
async fn pre_authentication_is_asked_before_the_password_is_looked_at() {
    let config = LambdaConfigType::builder().pre_authentication(arn("pre")).build();
    let world = World::with(config).await;
    world.functions.when("pre", echo());
    let call = world.by_password("ann", PASSWORD).client_metadata("campaign", "spring");
    call.send().await.expect("signed in");
    let mut events = world.functions.events("PreAuthentication_Authentication");
    let sdk = events[0]["callerContext"]["awsSdkVersion"].take();
    assert!(sdk.as_str().is_some_and(|sdk| sdk.starts_with("aws-sdk-rust-")), "{sdk}");
    // cog-0196
    let expected = json!({
        "version": "1", "region": "us-east-1", "userPoolId": world.place.pool, "userName": "ann",
        "callerContext": { "awsSdkVersion": null, "clientId": world.place.client },
        "triggerSource": "PreAuthentication_Authentication",
        "request": { "userAttributes": world.ann(), "validationData": { "campaign": "spring" } },
        "response": {},
    });
    assert_eq!(events, [expected]);
    let wrong = "Incorrect username or password.";
    refused!(world.by_password("ann", "wrong"), is_not_authorized_exception, wrong);
    world.functions.when("pre", Does::Throw(r#"{"errorMessage":"not today"}"#));
    let text = "PreAuthentication failed with error not today.";
    for password in [PASSWORD, "wrong"] {
        refused!(world.by_password("ann", password), is_user_lambda_validation_exception, text);
    }
    world.functions.when("pre", Does::Refuse(403, "AccessDeniedException"));
    let text = "PreAuthentication invocation failed due to error AccessDeniedException."; // cog-0209
    refused!(world.by_password("ann", PASSWORD), is_unexpected_lambda_exception, text);
    assert_eq!(world.functions.events("PreAuthentication_Authentication").len(), 5);
}

#[tokio::test]
async fn pre_authentication_hears_of_nobody_where_that_is_hidden_only() {
    let config = LambdaConfigType::builder().pre_authentication(arn("pre")).build();
    let world = World::with(config).await;
    world.functions.when("pre", echo());
    let unknown = world.by_password("nobody", PASSWORD);
    refused!(unknown, is_user_not_found_exception, "User does not exist.");
    assert_eq!(world.functions.invoked().len(), 0);
    let hiding = world.hiding_client().await;
    world.by_password("ann", PASSWORD).client_id(&hiding).send().await.expect("signed in");
    let unknown = world.by_password("nobody", PASSWORD).client_id(&hiding);
    refused!(unknown, is_not_authorized_exception, "Incorrect username or password.");
    let [ann, nobody] =
        world.functions.events("PreAuthentication_Authentication").try_into().expect("two events");
    let expected = json!({ "userAttributes": world.ann(), "validationData": null, "userNotFound": false });
    assert_eq!(ann["request"], expected);
    assert_eq!(nobody["userName"], "nobody");
    let expected = json!({ "userAttributes": {}, "validationData": null, "userNotFound": true });
    assert_eq!(nobody["request"], expected);
}

#[tokio::test]
async fn post_authentication_is_told_once_somebody_has_signed_in() {
    let config = LambdaConfigType::builder().post_authentication(arn("post"));
    let world = World::with(config.pre_token_generation(arn("tokens")).build()).await;
    world.functions.when("post", echo());
    world.functions.when("tokens", echo());
    let call = world.by_password("ann", PASSWORD).client_metadata("campaign", "spring");
    let result = tokens(call.send().await.expect("signed in"));
    refused!(
        world.by_password("ann", "wrong"),
        is_not_authorized_exception,
        "Incorrect username or password."
    );
    let refresh = world.initiate(AuthFlowType::RefreshTokenAuth);
    let refresh = refresh.auth_parameters("REFRESH_TOKEN", result.refresh_token().expect("one"));
    refresh.client_metadata("campaign", "autumn").send().await.expect("renewed");
    // cog-0198; ClientMetadata of InitiateAuth does not get here (cog-0196).
    let [event] = world.functions.events("PostAuthentication_Authentication").try_into().expect("one event");
    assert_eq!(event["request"], json!({ "userAttributes": world.ann(), "newDeviceUsed": false }));
    let order: Vec<_> =
        world.functions.invoked().iter().map(|call| call.event["triggerSource"].clone()).collect();
    let expected = [
        "PostAuthentication_Authentication",
        "TokenGeneration_Authentication",
        "TokenGeneration_RefreshTokens",
    ];
    assert_eq!(order, expected);
    let expected = json!({
        "userAttributes": world.ann(),
        "groupConfiguration": { "groupsToOverride": [], "iamRolesToOverride": [], "preferredRole": null },
    });
    for source in &order[1..] {
        let source = source.as_str().expect("text");
        let [event] = world.functions.events(source).try_into().expect("one event");
        assert_eq!((&event["version"], &event["request"]), (&json!("1"), &expected));
        assert_eq!(event["response"], json!({ "claimsOverrideDetails": null }));
    }
    world.functions.when("post", Does::Throw(r#"{"errorMessage":"no"}"#));
    let text = "PostAuthentication failed with error no.";
    refused!(world.by_password("ann", PASSWORD), is_user_lambda_validation_exception, text);
}

#[tokio::test]
async fn whoever_answers_a_challenge_is_told_of_with_the_answers_metadata() {
    let config = LambdaConfigType::builder().post_authentication(arn("post"));
    let world = World::with(config.pre_token_generation(arn("tokens")).build()).await;
    world.functions.when("post", echo());
    world.functions.when("tokens", echo());
    let created = world.house.sdk.admin_create_user().user_pool_id(&world.place.pool).username("bob");
    let created =
        created.temporary_password("Temporary-1").user_attributes(attribute("email", "bob@example.com"));
    created.send().await.expect("created");
    let asked = world.by_password("bob", "Temporary-1").client_metadata("first", "step");
    let asked = asked.send().await.expect("asked");
    assert_eq!(asked.challenge_name(), Some(&ChallengeNameType::NewPasswordRequired));
    let answer = world.house.sdk.respond_to_auth_challenge().client_id(&world.place.client);
    let answer = answer.challenge_name(ChallengeNameType::NewPasswordRequired);
    let answer = answer.challenge_responses("USERNAME", "bob").challenge_responses("NEW_PASSWORD", PASSWORD);
    let answer = answer.session(asked.session().expect("one")).client_metadata("second", "step");
    assert!(answer.send().await.expect("signed in").authentication_result.is_some());
    // cog-0234
    for source in ["PostAuthentication_Authentication", "TokenGeneration_NewPasswordChallenge"] {
        let [event] = world.functions.events(source).try_into().expect("one event");
        assert_eq!(event["request"]["clientMetadata"], json!({ "second": "step" }), "{source}");
        assert_eq!(event["request"]["userAttributes"]["cognito:user_status"], "CONFIRMED");
    }
    assert_eq!(world.functions.invoked().len(), 2);
}

#[tokio::test]
async fn the_first_version_changes_the_id_token_and_the_groups_of_both() {
    let world = World::with(LambdaConfigType::builder().pre_token_generation(arn("tokens")).build()).await;
    let group = world.house.sdk.create_group().user_pool_id(&world.place.pool).group_name("staff");
    group.role_arn("arn:aws:iam::000000000000:role/staff").send().await.expect("a group");
    let join = world.house.sdk.admin_add_user_to_group().user_pool_id(&world.place.pool).username("ann");
    join.group_name("staff").send().await.expect("joined");
    world.functions.when(
        "tokens",
        Does::Answer(|event| {
            event["response"]["claimsOverrideDetails"] = json!({
                "claimsToAddOrOverride": { "tenant": "one", "email": "x@y.z", "sub": "somebody else" },
                "claimsToSuppress": ["email", "email_verified", "token_use"],
                "groupOverrideDetails": { "groupsToOverride": ["guests"], "preferredRole": "guest" },
            });
        }),
    );
    let result = tokens(world.by_password("ann", PASSWORD).send().await.expect("signed in"));
    let (id, access) = claims(&result);
    let [event] = world.functions.events("TokenGeneration_Authentication").try_into().expect("one event");
    let role = "arn:aws:iam::000000000000:role/staff";
    let groups =
        json!({ "groupsToOverride": ["staff"], "iamRolesToOverride": [role], "preferredRole": role });
    assert_eq!(event["request"]["groupConfiguration"], groups);
    // cog-0204
    assert_eq!(
        (&id["tenant"], &id["sub"], &id["token_use"]),
        (&"one".into(), &world.sub.as_str().into(), &"id".into())
    );
    assert_eq!((id.get("email"), id.get("email_verified"), id.get("cognito:roles")), (None, None, None));
    assert_eq!((&id["cognito:groups"], &id["cognito:preferred_role"]), (&json!(["guests"]), &"guest".into()));
    assert_eq!((&access["cognito:groups"], access.get("tenant")), (&json!(["guests"]), None));

    let strange: [fn(&mut Value); 2] = [
        |event| {
            event["response"]["claimsOverrideDetails"] = json!({ "claimsToAddOrOverride": { "a": ["b"] } })
        },
        |event| event["response"]["claimsOverrideDetails"] = json!("x"),
    ];
    for change in strange {
        world.functions.when("tokens", Does::Answer(change));
        refused!(world.by_password("ann", PASSWORD), is_invalid_lambda_response_exception, STRANGE);
    }
    world.functions.when("tokens", Does::Throw(r#"{"errorMessage":"no"}"#));
    let refresh = world.initiate(AuthFlowType::RefreshTokenAuth);
    let refresh = refresh.auth_parameters("REFRESH_TOKEN", result.refresh_token().expect("one"));
    refused!(refresh, is_user_lambda_validation_exception, "PreTokenGeneration failed with error no.");
}

#[tokio::test]
async fn the_later_versions_change_both_tokens_and_the_scopes() {
    // cog-0202
    let versions =
        [(PreTokenGenerationLambdaVersionType::V20, "2"), (PreTokenGenerationLambdaVersionType::V30, "3")];
    for (of, version) in versions {
        let world = World::with(of_version(of)).await;
        world.functions.when(
            "tokens",
            Does::Answer(|event| {
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
        let result = tokens(world.by_password("ann", PASSWORD).send().await.expect("signed in"));
        let (id, access) = claims(&result);
        let [event] = world.functions.events("TokenGeneration_Authentication").try_into().expect("one event");
        assert_eq!(event["version"], version);
        assert_eq!(event["request"]["scopes"], json!(["aws.cognito.signin.user.admin"]));
        assert_eq!(event["response"], json!({ "claimsAndScopeOverrideDetails": null }));
        assert_eq!((&id["level"], id.get("email")), (&json!(7), None));
        let client = json!(world.place.client);
        assert_eq!((&access["aud"], &access["client_id"]), (&client, &client));
        assert_eq!((&access["username"], &access["scope"]), (&json!("ann"), &json!("api/read")));
        assert_eq!(access["plan"], json!({ "name": "gold" }));
        // Without its scope the token does not open the user's own record.
        let get = world.house.sdk.get_user().access_token(result.access_token().expect("one")).send().await;
        assert_eq!(get.expect_err("refused").code(), Some("NotAuthorizedException"));
    }
}

/// An app client whose refresh tokens rotate.
async fn rotating_client(world: &World) -> String {
    let rotation = RefreshTokenRotationType::builder().feature(FeatureType::Enabled).build().expect("whole");
    let made = world.house.sdk.create_user_pool_client().user_pool_id(&world.place.pool).client_name("r");
    let made = made.explicit_auth_flows(ExplicitAuthFlowsType::AllowUserPasswordAuth);
    let made = made.refresh_token_rotation(rotation).send().await.expect("a client");
    made.user_pool_client.and_then(|made| made.client_id).expect("an id")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pool_that_changes_while_its_function_is_asked_renews_all_the_same() {
    let world = World::with(of_version(PreTokenGenerationLambdaVersionType::V20)).await;
    let client = rotating_client(&world).await;
    world.functions.when("tokens", echo());
    let signed_in = world.by_password("ann", PASSWORD).client_id(&client).send().await.expect("signed in");
    let slowly = |_: &mut Value| std::thread::sleep(Duration::from_millis(300));
    world.functions.when("tokens", Does::Answer(slowly));
    let renew = world.house.sdk.get_tokens_from_refresh_token().client_id(&client);
    let renew = renew.refresh_token(tokens(signed_in).refresh_token().expect("one"));
    let renewing = tokio::spawn(renew.send());
    while world.functions.events("TokenGeneration_RefreshTokens").is_empty() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let arn = format!("arn:aws:cognito-idp:us-east-1:000000000000:userpool/{}", world.place.pool);
    let tag = world.house.sdk.tag_resource().resource_arn(arn).tags("team", "a");
    tag.send().await.expect("tagged");
    renewing.await.expect("no panic").expect("renewed");
    assert_eq!(world.functions.events("TokenGeneration_RefreshTokens").len(), 1, "asked once");
}

#[tokio::test]
async fn a_function_that_fails_takes_no_refresh_token_away() {
    let world = World::with(of_version(PreTokenGenerationLambdaVersionType::V20)).await;
    world.functions.when("tokens", echo());
    let client = rotating_client(&world).await;
    let signed_in = world.by_password("ann", PASSWORD).client_id(&client).send().await.expect("signed in");
    let result = tokens(signed_in);
    let renew = || {
        let call = world.house.sdk.get_tokens_from_refresh_token().client_id(&client);
        call.refresh_token(result.refresh_token().expect("one"))
    };
    world.functions.when("tokens", Does::Throw(r#"{"errorMessage":"no"}"#));
    let text = "PreTokenGeneration failed with error no.";
    for _ in 0..2 {
        refused!(renew(), is_user_lambda_validation_exception, text);
    }
    world.functions.when("tokens", echo());
    renew().send().await.expect("renewed");
    assert_eq!(world.functions.events("TokenGeneration_RefreshTokens").len(), 3, "asked once each");
    let again = renew().send().await.expect_err("it was replaced").into_service_error();
    assert_eq!(again.code(), Some("RefreshTokenReuseException"));
}

#[tokio::test]
async fn the_metadata_of_a_renewal_is_told() {
    let world = World::with(of_version(PreTokenGenerationLambdaVersionType::V10)).await;
    world.functions.when("tokens", echo());
    let result = tokens(world.by_password("ann", PASSWORD).send().await.expect("signed in"));
    let renew = world.house.sdk.get_tokens_from_refresh_token().client_id(&world.place.client);
    let renew = renew.refresh_token(result.refresh_token().expect("one")).client_metadata("by", "hand");
    renew.send().await.expect("renewed");
    let [event] = world.functions.events("TokenGeneration_RefreshTokens").try_into().expect("one event");
    assert_eq!(
        (&event["version"], &event["request"]["clientMetadata"]),
        (&"1".into(), &json!({ "by": "hand" }))
    );
}
