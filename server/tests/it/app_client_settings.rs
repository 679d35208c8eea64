//! App clients: every setting given back and set anew, and every contradiction refused.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    document::{assert_given_back, call, paths_in, paths_of_input, with},
    support::House,
};

const PROJECT: &str = "arn:aws:mobiletargeting:us-east-1:000000000000:apps/abc";

/// Every member but those that exclude one of these.
fn first() -> Value {
    json!({
        "ClientName": "all of it",
        "RefreshTokenValidity": 10,
        "AccessTokenValidity": 20,
        "IdTokenValidity": 3600,
        "TokenValidityUnits": {"AccessToken": "minutes", "IdToken": "seconds", "RefreshToken": "hours"},
        "ReadAttributes": ["email", "custom:size"],
        "WriteAttributes": ["name", "email"],
        "ExplicitAuthFlows": ["ALLOW_USER_AUTH", "ALLOW_USER_SRP_AUTH"],
        "SupportedIdentityProviders": ["COGNITO"],
        "CallbackURLs": ["https://example.com/back", "http://localhost:3000", "myapp://example"],
        "LogoutURLs": ["https://example.com/out"],
        "DefaultRedirectURI": "https://example.com/back",
        "AllowedOAuthFlows": ["code", "implicit"],
        "AllowedOAuthScopes": ["openid", "api/read"],
        "AllowedOAuthFlowsUserPoolClient": true,
        "AnalyticsConfiguration": {"ApplicationArn": PROJECT, "UserDataShared": true},
        "PreventUserExistenceErrors": "ENABLED",
        "EnableTokenRevocation": false,
        "EnablePropagateAdditionalUserContextData": true,
        "AuthSessionValidity": 5,
        "RefreshTokenRotation": {"Feature": "ENABLED", "RetryGracePeriodSeconds": 10},
    })
}

/// What [`first`] excludes.
fn second() -> Value {
    json!({
        "ClientName": "the rest",
        "AnalyticsConfiguration": {
            "ApplicationId": "abc", "RoleArn": "arn:aws:iam::000000000000:role/analytics", "ExternalId": "x",
        },
    })
}

async fn pool(house: &House) -> Value {
    let schema = json!([{"Name": "size"}]);
    let made = call(house, "CreateUserPool", &json!({"PoolName": "p", "Schema": schema})).await;
    made.expect("a pool")["UserPool"]["Id"].clone()
}

async fn create(house: &House, body: &Value) -> Value {
    call(house, "CreateUserPoolClient", body).await.expect("a client")["UserPoolClient"].clone()
}

async fn describe(house: &House, client: &Value) -> Value {
    let asked = json!({"UserPoolId": client["UserPoolId"], "ClientId": client["ClientId"]});
    let described = call(house, "DescribeUserPoolClient", &asked).await;
    described.expect("described")["UserPoolClient"].clone()
}

#[tokio::test]
async fn every_setting_is_given_back() {
    let house = House::new().await;
    let pool = pool(&house).await;
    let secret = "0123456789abcdefghijklmn";
    let first = with(&first(), &json!({"UserPoolId": pool, "GenerateSecret": true}));
    let second = with(&second(), &json!({"UserPoolId": pool, "ClientSecret": secret}));
    let sent = paths_in(&[&first, &second]);
    let missed: Vec<_> = paths_of_input("CreateUserPoolClient").difference(&sent).cloned().collect();
    assert!(missed.is_empty(), "never sent: {missed:?}");
    for sent in [&first, &second] {
        let made = create(&house, sent).await;
        assert_given_back(&with(sent, &json!({"GenerateSecret": null})), &made, "");
        assert_eq!(describe(&house, &made).await, made, "what was made is what is described");
    }
}

#[tokio::test]
async fn an_update_sets_everything_anew() {
    let house = House::new().await;
    let pool = pool(&house).await;
    let made =
        create(&house, &json!({"UserPoolId": pool, "ClientName": "plain", "GenerateSecret": true})).await;
    house.app.clock.advance(Duration::from_secs(60));
    let ids = json!({"UserPoolId": pool, "ClientId": made["ClientId"]});
    let sent = with(&first(), &ids);
    let paths = paths_in(&[&sent, &second()]);
    let missed: Vec<_> = paths_of_input("UpdateUserPoolClient").difference(&paths).cloned().collect();
    assert!(missed.is_empty(), "never sent: {missed:?}");
    let updated =
        call(&house, "UpdateUserPoolClient", &sent).await.expect("updated")["UserPoolClient"].clone();
    assert_given_back(&sent, &updated, "");
    for same in ["ClientSecret", "CreationDate", "ClientId"] {
        assert_eq!(updated[same], made[same], "{same}");
    }
    assert_ne!(updated["LastModifiedDate"], made["LastModifiedDate"]);
    assert_eq!(describe(&house, &made).await, updated);

    // What an update leaves out goes back to its default; the name is kept, and a rotation is told to be off.
    call(&house, "UpdateUserPoolClient", &ids).await.expect("updated");
    let kept = json!({
        "ClientName": "all of it", "LastModifiedDate": updated["LastModifiedDate"],
        "RefreshTokenRotation": {"Feature": "DISABLED", "RetryGracePeriodSeconds": 0},
    });
    assert_eq!(describe(&house, &made).await, with(&made, &kept));
}

#[tokio::test]
async fn defaults_follow_what_was_said() {
    let house = House::new().await;
    let pool = pool(&house).await;
    let base = json!({"UserPoolId": pool, "ClientName": "c"});
    let minutes = json!({"TokenValidityUnits": {"RefreshToken": "minutes"}, "RefreshTokenValidity": 0});
    let made = create(&house, &with(&base, &minutes)).await;
    assert_eq!(made["RefreshTokenValidity"], 43_200, "30 days");
    let rotating =
        create(&house, &with(&base, &json!({"RefreshTokenRotation": {"Feature": "ENABLED"}}))).await;
    assert_eq!(rotating["ExplicitAuthFlows"], json!(["ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH"]));
    assert_eq!(rotating["RefreshTokenRotation"]["RetryGracePeriodSeconds"], 0);
}

#[tokio::test]
async fn contradictions_are_refused() {
    const INVALID: &str = "InvalidParameterException";
    const FLOW: &str = "InvalidOAuthFlowException";
    let house = House::new().await;
    let pool = pool(&house).await;
    let oauth = |over: Value| {
        let whole = json!({
            "AllowedOAuthFlowsUserPoolClient": true, "AllowedOAuthFlows": ["code"],
            "AllowedOAuthScopes": ["openid"], "CallbackURLs": ["https://example.com"],
        });
        with(&whole, &over)
    };
    let analytics = "Invalid analytics configuration given, either <application arn> or \
                     <application id, role arn, external id> are valid";
    let missing = "AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to use OAuth flows.";
    let cases = [
        (
            json!({"ExplicitAuthFlows": ["ADMIN_NO_SRP_AUTH", "ALLOW_USER_SRP_AUTH"]}),
            INVALID,
            "Auth flow name with prefix 'ALLOW' cannot be used with legacy auth flow names.",
        ),
        (
            json!({
                "ExplicitAuthFlows": ["ALLOW_REFRESH_TOKEN_AUTH"], "RefreshTokenRotation": {"Feature": "ENABLED"},
            }),
            INVALID,
            "ALLOW_REFRESH_TOKEN_AUTH cannot be used when refresh token rotation is enabled.",
        ),
        (json!({"AccessTokenValidity": 25}), INVALID, "Invalid range for token validity."),
        (
            json!({"IdTokenValidity": 4, "TokenValidityUnits": {"IdToken": "minutes"}}),
            INVALID,
            "Invalid range for token validity.",
        ),
        (json!({"RefreshTokenValidity": 3651}), INVALID, "Invalid range for token validity."),
        (
            json!({
                "RefreshTokenValidity": 1, "AccessTokenValidity": 2, "TokenValidityUnits": {"RefreshToken": "hours"},
            }),
            INVALID,
            "Access and Id Token expiration times must be less than or equal to refresh token expiration times.",
        ),
        (
            json!({"EnablePropagateAdditionalUserContextData": true}),
            INVALID,
            "Client Secret is required to set EnablePropagateAdditionalUserContextData as true",
        ),
        (json!({"AnalyticsConfiguration": {"ApplicationId": "abc"}}), INVALID, analytics),
        (
            json!({"AnalyticsConfiguration": {"ApplicationArn": PROJECT, "ApplicationId": "abc"}}),
            INVALID,
            analytics,
        ),
        (
            json!({"CallbackURLs": ["http://example.com/back"]}),
            INVALID,
            "http://example.com/back cannot use the HTTP protocol.",
        ),
        (
            json!({"LogoutURLs": ["http://example.com/out"]}),
            INVALID,
            "http://example.com/out cannot use the HTTP protocol.",
        ),
        (
            json!({"CallbackURLs": ["https://example.com/#here"]}),
            INVALID,
            "https://example.com/#here cannot use fragment",
        ),
        (json!({"CallbackURLs": ["example.com"]}), INVALID, "example.com is not an absolute URI."),
        (
            oauth(json!({"DefaultRedirectURI": "https://example.com/other"})),
            INVALID,
            "The default redirect URI https://example.com/other is not in the callback URIs list.",
        ),
        (oauth(json!({"AllowedOAuthFlows": null})), INVALID, missing),
        (oauth(json!({"AllowedOAuthScopes": null})), INVALID, missing),
        (
            oauth(json!({"CallbackURLs": null})),
            FLOW,
            "CallbackUrls can not be empty when code flow or implicit flow is selected",
        ),
        (
            oauth(json!({"AllowedOAuthFlows": ["client_credentials", "code"]})),
            FLOW,
            "client_credentials flow can not be selected along with code flow or implicit flow.",
        ),
        (
            oauth(json!({"AllowedOAuthFlows": ["client_credentials"]})),
            FLOW,
            "client_credentials flow can not be selected if client does not have a client secret.",
        ),
        (
            oauth(json!({"AllowedOAuthScopes": ["Cognito"]})),
            "ScopeDoesNotExistException",
            "Invalid scope requested: Cognito",
        ),
        (
            json!({"ReadAttributes": ["custom:nope"]}),
            INVALID,
            "Invalid read attributes specified while DOING a client",
        ),
        (
            json!({"WriteAttributes": ["custom:nope"]}),
            INVALID,
            "Invalid write attributes specified while DOING a client",
        ),
        (
            json!({"WriteAttributes": ["email_verified"]}),
            INVALID,
            "Invalid write attributes specified while DOING a client",
        ),
    ];
    let base = json!({"UserPoolId": pool, "ClientName": "c"});
    let made = create(&house, &base).await;
    for (settings, kind, text) in &cases {
        let refused = |doing: &str| Err(((*kind).to_owned(), text.replace("DOING", doing)));
        let sent = with(&base, settings);
        assert_eq!(call(&house, "CreateUserPoolClient", &sent).await, refused("creating"), "{settings}");
        let sent = with(&sent, &json!({"ClientId": made["ClientId"]}));
        assert_eq!(call(&house, "UpdateUserPoolClient", &sent).await, refused("updating"), "{settings}");
    }
    assert_eq!(describe(&house, &made).await, made, "a refused update changes nothing");

    let machine = json!({
        "GenerateSecret": true, "AllowedOAuthFlowsUserPoolClient": true, "CallbackURLs": null,
        "AllowedOAuthFlows": ["client_credentials"], "AllowedOAuthScopes": ["api/read"],
    });
    create(&house, &with(&base, &machine)).await;
    let sent = with(&with(&base, &machine), &json!({"AllowedOAuthScopes": ["openid"]}));
    let text = "openid is not supported with client_credentials flow";
    assert_eq!(call(&house, "CreateUserPoolClient", &sent).await, Err((FLOW.to_owned(), text.to_owned())));
    let both = with(&base, &json!({"GenerateSecret": true, "ClientSecret": "0123456789abcdefghijklmn"}));
    let text = "GenerateSecret and ClientSecret cannot be specified in one request.";
    assert_eq!(call(&house, "CreateUserPoolClient", &both).await, Err((INVALID.to_owned(), text.to_owned())));
}

#[tokio::test]
async fn choice_based_sign_in_needs_a_plan() {
    let house = House::new().await;
    let made = call(&house, "CreateUserPool", &json!({"PoolName": "p", "UserPoolTier": "LITE"})).await;
    let pool = made.expect("a pool")["UserPool"]["Id"].clone();
    let sent = json!({"UserPoolId": pool, "ClientName": "c", "ExplicitAuthFlows": ["ALLOW_USER_AUTH"]});
    let text = "The following features need to be disabled for the LITE pricing tier configured: Choice-Based Sign-In";
    let refused = Err(("FeatureUnavailableInTierException".to_owned(), text.to_owned()));
    assert_eq!(call(&house, "CreateUserPoolClient", &sent).await, refused);
}

#[tokio::test]
async fn a_deleted_client_ends_what_began_with_it() {
    let house = House::new().await;
    let pool = pool(&house).await;
    let flows = json!(["ALLOW_USER_AUTH"]);
    let client =
        create(&house, &json!({"UserPoolId": pool, "ClientName": "c", "ExplicitAuthFlows": flows})).await;
    let sign_up = json!({"ClientId": client["ClientId"], "Username": "ann", "Password": "Passw0rd!"});
    let session = call(&house, "SignUp", &sign_up).await.expect("signed up")["Session"].clone();
    assert!(session.is_string());
    let gone = json!({"UserPoolId": pool, "ClientId": client["ClientId"]});
    call(&house, "DeleteUserPoolClient", &gone).await.expect("deleted");
    let id = client["ClientId"].as_str().unwrap_or_default();
    let unknown =
        Err(("ResourceNotFoundException".to_owned(), format!("User pool client {id} does not exist.")));
    let confirm = json!({
        "ClientId": client["ClientId"], "Username": "ann", "ConfirmationCode": "123456", "Session": session,
    });
    assert_eq!(call(&house, "ConfirmSignUp", &confirm).await, unknown);
    assert_eq!(call(&house, "UpdateUserPoolClient", &gone).await, unknown);
    let other = create(&house, &json!({"UserPoolId": pool, "ClientName": "d"})).await;
    let confirm = with(&confirm, &json!({"ClientId": other["ClientId"]}));
    let (kind, _) = call(&house, "ConfirmSignUp", &confirm).await.expect_err("another client's session");
    assert_eq!(kind, "NotAuthorizedException");
}
