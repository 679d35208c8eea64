//! App clients with a secret: every operation that takes `SECRET_HASH` or `ClientSecret`, with a right, a wrong and a missing
//! one.

use std::collections::HashMap;

use aws_sdk_cognitoidentityprovider::types::{
    AuthFlowType as Flow, AuthenticationResultType, ChallengeNameType as Name, ExplicitAuthFlowsType,
    LambdaConfigType, VerifiedAttributeType, builders::LambdaConfigTypeBuilder,
};

use crate::{
    functions::{Behavior, Functions, arn},
    support::{
        PASSWORD, TestServer, assert_refused, attribute, pool_id_of, secret_hash,
        triggers::server_with_functions,
    },
};

/// A pool with triggers, and an app client with a secret that may use every flow.
struct SecretClientFixture {
    functions: Functions,
    server: TestServer,
    pool: String,
    client: String,
    secret: String,
}

impl SecretClientFixture {
    async fn new() -> Self {
        Self::with_config(custom_challenges().build()).await
    }

    async fn with_config(config: LambdaConfigType) -> Self {
        let functions = Functions::serve().await;
        functions.when("define", Behavior::Answer(|event| event["response"]["issueTokens"] = true.into()));
        let server = server_with_functions(&functions).await;
        let pool = server.sdk.create_user_pool().pool_name("p").lambda_config(config);
        let pool = pool.auto_verified_attributes(VerifiedAttributeType::Email);
        let pool = pool_id_of(pool.send().await.expect("a pool").user_pool());
        let create = server.sdk.create_user_pool_client().user_pool_id(&pool).client_name("guarded");
        let create = create.generate_secret(true).set_explicit_auth_flows(Some(vec![
            ExplicitAuthFlowsType::AllowAdminUserPasswordAuth,
            ExplicitAuthFlowsType::AllowCustomAuth,
            ExplicitAuthFlowsType::AllowRefreshTokenAuth,
            ExplicitAuthFlowsType::AllowUserAuth,
            ExplicitAuthFlowsType::AllowUserPasswordAuth,
            ExplicitAuthFlowsType::AllowUserSrpAuth,
        ]));
        let created = create.send().await.expect("a client").user_pool_client.expect("a description");
        let (client, secret) = (created.client_id.expect("an id"), created.client_secret.expect("a secret"));
        Self { functions, server, pool, client, secret }
    }

    /// Returns the secret hash for the username `ann`.
    fn right_hash(&self) -> Option<String> {
        Some(secret_hash(&self.client, &self.secret, "ann"))
    }

    /// Returns wrong hashes: for another username, by another secret, and one of another length.
    fn wrong_hashes(&self) -> [Option<String>; 3] {
        let of_bob = secret_hash(&self.client, &self.secret, "bob");
        let by_another = secret_hash(&self.client, "another secret", "ann");
        [of_bob, by_another, "bm9uc2Vuc2U=".to_owned()].map(Some)
    }

    /// Returns the messages about a missing and about a wrong hash.
    fn messages(&self) -> [String; 2] {
        let client = &self.client;
        let missing = format!("Client {client} is configured with secret but SECRET_HASH was not received");
        [missing, format!("Unable to verify secret hash for client {client}")]
    }

    /// Signs up, confirms and signs in `ann`; returns the tokens.
    async fn sign_up_and_in(&self) -> AuthenticationResultType {
        let sdk = &self.server.sdk;
        let sign_up = sdk.sign_up().client_id(&self.client).username("ann").password(PASSWORD);
        let sign_up = sign_up.user_attributes(attribute("email", "ann@example.com"));
        sign_up.set_secret_hash(self.right_hash()).send().await.expect("signed up");
        let confirm = sdk.admin_confirm_sign_up().user_pool_id(&self.pool).username("ann");
        confirm.send().await.expect("confirmed");
        self.sign_in().await
    }

    /// Signs `ann` in and returns the tokens.
    async fn sign_in(&self) -> AuthenticationResultType {
        let call = self.server.sdk.initiate_auth().client_id(&self.client).auth_flow(Flow::UserPasswordAuth);
        let call = call.set_auth_parameters(with_hash(&[("PASSWORD", PASSWORD)], self.right_hash()));
        call.send().await.expect("signed in").authentication_result.expect("tokens")
    }
}

/// Returns a LambdaConfig with the triggers that CUSTOM_AUTH requires.
fn custom_challenges() -> LambdaConfigTypeBuilder {
    let config = LambdaConfigType::builder().define_auth_challenge(arn("define"));
    config.create_auth_challenge(arn("create")).verify_auth_challenge_response(arn("verify"))
}

/// Returns these parameters with the username `ann` and this hash.
fn with_hash(parameters: &[(&str, &str)], hash: Option<String>) -> Option<HashMap<String, String>> {
    let named = [("USERNAME", "ann")].iter().chain(parameters);
    let owned = named.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Some(owned.chain(hash.map(|hash| ("SECRET_HASH".to_owned(), hash))).collect())
}

/// Asserts that a request is refused without a hash and with every wrong one, and returns the result with the right one.
///
/// `$call` is a closure that builds the request from a hash.
macro_rules! assert_requires_hash {
    ($fixture:expr, $call:expr) => {{
        let (call, [missing, wrong]) = ($call, $fixture.messages());
        assert_refused!(call(None), is_not_authorized_exception, missing.as_str());
        for hash in $fixture.wrong_hashes() {
            assert_refused!(call(hash), is_not_authorized_exception, wrong.as_str());
        }
        call($fixture.right_hash()).send().await
    }};
}

/// cog-0241.
#[tokio::test]
async fn operations_with_secret_hash_without_or_with_wrong_hash_are_refused() {
    let fixture = SecretClientFixture::new().await;
    let (server, sdk, client) = (&fixture.server, &fixture.server.sdk, &fixture.client);

    let sign_up = |hash| {
        let call = sdk.sign_up().client_id(client).username("ann").password(PASSWORD);
        call.user_attributes(attribute("email", "ann@example.com")).set_secret_hash(hash)
    };
    assert_requires_hash!(fixture, sign_up).expect("signed up");

    let resend =
        |hash| sdk.resend_confirmation_code().client_id(client).username("ann").set_secret_hash(hash);
    assert_requires_hash!(fixture, resend).expect("resent");

    let code = server.code_of("ann");
    let confirm = |hash| {
        let call = sdk.confirm_sign_up().client_id(client).username("ann").confirmation_code(&code);
        call.set_secret_hash(hash)
    };
    assert_requires_hash!(fixture, confirm).expect("confirmed");

    let forgot = |hash| sdk.forgot_password().client_id(client).username("ann").set_secret_hash(hash);
    assert_requires_hash!(fixture, forgot).expect("sent");

    let code = server.code_of("ann");
    let confirm = |hash| {
        let call = sdk.confirm_forgot_password().client_id(client).username("ann").password("N3w-password!");
        call.confirmation_code(&code).set_secret_hash(hash)
    };
    assert_requires_hash!(fixture, confirm).expect("another password");
}

/// cog-0154, cog-0156, cog-0213, cog-0241.
#[tokio::test]
async fn sign_in_flows_without_or_with_wrong_hash_are_refused() {
    let fixture = SecretClientFixture::new().await;
    fixture.sign_up_and_in().await;
    let (sdk, client, pool) = (&fixture.server.sdk, &fixture.client, &fixture.pool);
    let password = &[("PASSWORD", PASSWORD)][..];
    let preferred = &[("PREFERRED_CHALLENGE", "PASSWORD"), ("PASSWORD", PASSWORD)][..];
    let common_flows =
        [(Flow::UserSrpAuth, &[("SRP_A", "abc")][..]), (Flow::UserAuth, preferred), (Flow::CustomAuth, &[])];
    let user_flows = [(Flow::UserPasswordAuth, password)];
    for (flow, parameters) in common_flows.iter().chain(&user_flows) {
        let call = |hash| {
            let call = sdk.initiate_auth().client_id(client).auth_flow(flow.clone());
            call.set_auth_parameters(with_hash(parameters, hash))
        };
        assert_requires_hash!(fixture, call).expect("a challenge");
    }
    let admin_flows = [(Flow::AdminUserPasswordAuth, password), (Flow::AdminNoSrpAuth, password)];
    for (flow, parameters) in common_flows.iter().chain(&admin_flows) {
        let call = |hash| {
            let call = sdk.admin_initiate_auth().user_pool_id(pool).client_id(client).auth_flow(flow.clone());
            call.set_auth_parameters(with_hash(parameters, hash))
        };
        assert_requires_hash!(fixture, call).expect("a challenge");
    }
}

/// cog-0157: the hash is over the username, even if the user signed in by an alias.
#[tokio::test]
async fn refresh_without_hash_of_the_username_is_refused() {
    let fixture = SecretClientFixture::new().await;
    let token = fixture.sign_up_and_in().await.refresh_token.expect("a refresh token");
    let (sdk, client, pool) = (&fixture.server.sdk, &fixture.client, &fixture.pool);
    let [missing, _] = fixture.messages();
    let wrong = format!("SecretHash does not match for the client: {client}");
    let parameters = |hash: Option<String>| {
        let token = [("REFRESH_TOKEN".to_owned(), token.clone())];
        Some(token.into_iter().chain(hash.map(|hash| ("SECRET_HASH".to_owned(), hash))).collect())
    };
    for flow in [Flow::RefreshToken, Flow::RefreshTokenAuth] {
        let by_user = |hash| {
            let call = sdk.initiate_auth().client_id(client).auth_flow(flow.clone());
            call.set_auth_parameters(parameters(hash))
        };
        let by_admin = |hash| {
            let call = sdk.admin_initiate_auth().user_pool_id(pool).client_id(client).auth_flow(flow.clone());
            call.set_auth_parameters(parameters(hash))
        };
        assert_refused!(by_user(None), is_not_authorized_exception, missing.as_str());
        assert_refused!(by_admin(None), is_not_authorized_exception, missing.as_str());
        for hash in fixture.wrong_hashes() {
            assert_refused!(by_user(hash.clone()), is_not_authorized_exception, wrong.as_str());
            assert_refused!(by_admin(hash), is_not_authorized_exception, wrong.as_str());
        }
        by_user(fixture.right_hash()).send().await.expect("renewed");
        by_admin(fixture.right_hash()).send().await.expect("renewed");
    }
}

/// Every challenge, with the responses that it requires.
const CHALLENGE_RESPONSES: [(Name, &[(&str, &str)]); 15] = [
    (Name::CustomChallenge, &[("ANSWER", "5")]),
    (Name::DevicePasswordVerifier, &[("DEVICE_KEY", "k"), BLOCK, SIGNATURE, TIME]),
    (Name::DeviceSrpAuth, &[("DEVICE_KEY", "k"), ("SRP_A", "abc")]),
    (Name::EmailOtp, &[("EMAIL_OTP_CODE", "12345678")]),
    (Name::MfaSetup, &[]),
    (Name::NewPasswordRequired, &[("NEW_PASSWORD", "N3w-password!")]),
    (Name::Password, &[("PASSWORD", PASSWORD)]),
    (Name::PasswordSrp, &[("SRP_A", "abc")]),
    (Name::PasswordVerifier, &[BLOCK, SIGNATURE, TIME]),
    (Name::SelectChallenge, &[("ANSWER", "PASSWORD")]),
    (Name::SelectMfaType, &[("ANSWER", "SMS_MFA")]),
    (Name::SmsMfa, &[("SMS_MFA_CODE", "123456")]),
    (Name::SmsOtp, &[("SMS_OTP_CODE", "12345678")]),
    (Name::SoftwareTokenMfa, &[("SOFTWARE_TOKEN_MFA_CODE", "123456")]),
    (Name::WebAuthn, &[("CREDENTIAL", "{}")]),
];

const BLOCK: (&str, &str) = ("PASSWORD_CLAIM_SECRET_BLOCK", "bm93aGVyZQ==");
const SIGNATURE: (&str, &str) = ("PASSWORD_CLAIM_SIGNATURE", "bm9uc2Vuc2U=");
const TIME: (&str, &str) = ("TIMESTAMP", crate::srp_client::TIME);

/// cog-0233. With the right hash the requests are refused too, because they have no session.
#[tokio::test]
async fn challenge_responses_without_or_with_wrong_hash_are_refused() {
    let fixture = SecretClientFixture::new().await;
    fixture.sign_up_and_in().await;
    let (sdk, client, pool) = (&fixture.server.sdk, &fixture.client, &fixture.pool);
    for (name, parameters) in CHALLENGE_RESPONSES {
        let by_user = |hash| {
            let call = sdk.respond_to_auth_challenge().client_id(client).challenge_name(name.clone());
            call.set_challenge_responses(with_hash(parameters, hash))
        };
        let by_admin = |hash| {
            let call = sdk.admin_respond_to_auth_challenge().user_pool_id(pool).client_id(client);
            call.challenge_name(name.clone()).set_challenge_responses(with_hash(parameters, hash))
        };
        let session_message = match name {
            Name::PasswordVerifier => "Incorrect username or password.",
            // These may come without a Session in the request.
            Name::DevicePasswordVerifier | Name::DeviceSrpAuth => "Invalid session for the user.",
            _ => "Missing required parameter Session",
        };
        let error = assert_requires_hash!(fixture, by_user).expect_err("no session").into_service_error();
        assert_eq!(error.meta().message(), Some(session_message), "{name:?}");
        let error = assert_requires_hash!(fixture, by_admin).expect_err("no session").into_service_error();
        assert_eq!(error.meta().message(), Some(session_message), "{name:?}");
    }
}

#[tokio::test]
async fn challenge_response_with_right_hash_signs_in() {
    let fixture = SecretClientFixture::new().await;
    fixture.sign_up_and_in().await;
    let (sdk, client, pool) = (&fixture.server.sdk, &fixture.client, &fixture.pool);
    let session = async || {
        let call = sdk.initiate_auth().client_id(client).auth_flow(Flow::UserAuth);
        let preferred = with_hash(&[("PREFERRED_CHALLENGE", "PASSWORD")], fixture.right_hash());
        let response = call.set_auth_parameters(preferred).send().await.expect("a challenge");
        response.session.expect("a session")
    };
    let parameters = |hash| with_hash(&[("PASSWORD", PASSWORD)], hash);
    let challenge_session = session().await;
    let by_user = |hash| {
        let call = sdk.respond_to_auth_challenge().client_id(client).challenge_name(Name::Password);
        call.session(&challenge_session).set_challenge_responses(parameters(hash))
    };
    let output = assert_requires_hash!(fixture, by_user).expect("signed in");
    assert!(output.authentication_result.is_some());
    let challenge_session = session().await;
    let by_admin = |hash| {
        let call = sdk.admin_respond_to_auth_challenge().user_pool_id(pool).client_id(client);
        call.challenge_name(Name::Password)
            .session(&challenge_session)
            .set_challenge_responses(parameters(hash))
    };
    let output = assert_requires_hash!(fixture, by_admin).expect("signed in");
    assert!(output.authentication_result.is_some());
}

/// *Documented*: GetTokensFromRefreshToken and RevokeToken take the secret itself.
#[tokio::test]
async fn operations_with_client_secret_without_or_with_wrong_secret_are_refused() {
    let fixture = SecretClientFixture::new().await;
    let token = fixture.sign_up_and_in().await.refresh_token.expect("a refresh token");
    let (sdk, client) = (&fixture.server.sdk, &fixture.client);
    let text = format!("Unable to verify the secret of client {client}");
    let get_tokens = |secret| {
        sdk.get_tokens_from_refresh_token().client_id(client).refresh_token(&token).set_client_secret(secret)
    };
    let revoke = |secret| sdk.revoke_token().client_id(client).token(&token).set_client_secret(secret);
    for wrong in
        [None, Some("another_secret_of_24_signs".to_owned()), Some(fixture.secret.chars().rev().collect())]
    {
        assert_refused!(get_tokens(wrong.clone()), is_not_authorized_exception, text.as_str());
        assert_refused!(revoke(wrong), is_unauthorized_exception, text.as_str());
    }
    let renewed = get_tokens(Some(fixture.secret.clone())).send().await.expect("renewed");
    assert!(renewed.authentication_result.is_some());
    revoke(Some(fixture.secret.clone())).send().await.expect("revoked");
    let revoked = "Refresh Token has been revoked";
    assert_refused!(get_tokens(Some(fixture.secret.clone())), is_not_authorized_exception, revoked);
}

/// cog-0332. No function is invoked, not even that of UserMigration for an unknown user.
#[tokio::test]
async fn triggers_with_wrong_hash_are_not_invoked() {
    let config = custom_challenges().pre_sign_up(arn("sign-up")).pre_authentication(arn("sign-in"));
    let fixture = SecretClientFixture::with_config(config.user_migration(arn("migrate")).build()).await;
    let (sdk, client) = (&fixture.server.sdk, &fixture.client);
    let [_, wrong] = fixture.messages();
    for hash in fixture.wrong_hashes() {
        let sign_up = sdk.sign_up().client_id(client).username("ann").password(PASSWORD);
        assert_refused!(sign_up.set_secret_hash(hash.clone()), is_not_authorized_exception, wrong.as_str());
        let forgot = sdk.forgot_password().client_id(client).username("ann").set_secret_hash(hash.clone());
        assert_refused!(forgot, is_not_authorized_exception, wrong.as_str());
        for flow in [Flow::UserPasswordAuth, Flow::CustomAuth] {
            let initiate = sdk.initiate_auth().client_id(client).auth_flow(flow);
            let initiate = initiate.set_auth_parameters(with_hash(&[("PASSWORD", PASSWORD)], hash.clone()));
            assert_refused!(initiate, is_not_authorized_exception, wrong.as_str());
        }
    }
    assert!(fixture.functions.invoked().is_empty());
}

#[tokio::test]
async fn client_without_secret_ignores_the_hash() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let call = server.sdk.sign_up().client_id(&ids.client).username("ann").password(PASSWORD);
    call.secret_hash("bm9uc2Vuc2U=").send().await.expect("signed up");
}
