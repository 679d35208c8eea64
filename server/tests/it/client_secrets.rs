//! App clients with a secret: the hash or the secret, right, wrong and missing, at every operation that takes it.

use std::collections::HashMap;

use aws_sdk_cognitoidentityprovider::types::{
    AuthFlowType as Flow, AuthenticationResultType, ChallengeNameType as Name, ExplicitAuthFlowsType,
    LambdaConfigType, VerifiedAttributeType, builders::LambdaConfigTypeBuilder,
};

use crate::{
    functions::{Does, Functions, arn},
    support::{
        PASSWORD, TestServer, assert_refused, attribute, id_of, secret_hash, triggers::server_with_functions,
    },
};

/// An app client with a secret that may use every flow, in a pool whose functions are called.
struct Guarded {
    functions: Functions,
    server: TestServer,
    pool: String,
    client: String,
    secret: String,
}

impl Guarded {
    async fn new() -> Self {
        Self::with(custom_challenges().build()).await
    }

    async fn with(config: LambdaConfigType) -> Self {
        let functions = Functions::serve().await;
        functions.when("define", Does::Answer(|event| event["response"]["issueTokens"] = true.into()));
        let server = server_with_functions(&functions).await;
        let pool = server.sdk.create_user_pool().pool_name("p").lambda_config(config);
        let pool = pool.auto_verified_attributes(VerifiedAttributeType::Email);
        let pool = id_of(pool.send().await.expect("a pool").user_pool());
        let made = server.sdk.create_user_pool_client().user_pool_id(&pool).client_name("guarded");
        let made = made.generate_secret(true).set_explicit_auth_flows(Some(vec![
            ExplicitAuthFlowsType::AllowAdminUserPasswordAuth,
            ExplicitAuthFlowsType::AllowCustomAuth,
            ExplicitAuthFlowsType::AllowRefreshTokenAuth,
            ExplicitAuthFlowsType::AllowUserAuth,
            ExplicitAuthFlowsType::AllowUserPasswordAuth,
            ExplicitAuthFlowsType::AllowUserSrpAuth,
        ]));
        let made = made.send().await.expect("a client").user_pool_client.expect("told");
        let (client, secret) = (made.client_id.expect("an id"), made.client_secret.expect("a secret"));
        Self { functions, server, pool, client, secret }
    }

    /// The hash over ann's name.
    fn right(&self) -> Option<String> {
        Some(secret_hash(&self.client, &self.secret, "ann"))
    }

    /// Hashes that are not: over another name, by another secret, and no hash at all.
    fn wrong(&self) -> [Option<String>; 3] {
        let of_bob = secret_hash(&self.client, &self.secret, "bob");
        let by_another = secret_hash(&self.client, "another secret", "ann");
        [of_bob, by_another, "bm9uc2Vuc2U=".to_owned()].map(Some)
    }

    fn texts(&self) -> [String; 2] {
        let client = &self.client;
        let missing = format!("Client {client} is configured with secret but SECRET_HASH was not received");
        [missing, format!("Unable to verify secret hash for client {client}")]
    }

    async fn ann(&self) -> AuthenticationResultType {
        let sdk = &self.server.sdk;
        let sign_up = sdk.sign_up().client_id(&self.client).username("ann").password(PASSWORD);
        let sign_up = sign_up.user_attributes(attribute("email", "ann@example.com"));
        sign_up.set_secret_hash(self.right()).send().await.expect("signed up");
        let confirm = sdk.admin_confirm_sign_up().user_pool_id(&self.pool).username("ann");
        confirm.send().await.expect("confirmed");
        self.tokens().await
    }

    async fn tokens(&self) -> AuthenticationResultType {
        let call = self.server.sdk.initiate_auth().client_id(&self.client).auth_flow(Flow::UserPasswordAuth);
        let call = call.set_auth_parameters(ann_with(&[("PASSWORD", PASSWORD)], self.right()));
        call.send().await.expect("signed in").authentication_result.expect("tokens")
    }
}

/// The functions that CUSTOM_AUTH needs.
fn custom_challenges() -> LambdaConfigTypeBuilder {
    let config = LambdaConfigType::builder().define_auth_challenge(arn("define"));
    config.create_auth_challenge(arn("create")).verify_auth_challenge_response(arn("verify"))
}

/// These parameters with ann's name and this hash.
fn ann_with(parameters: &[(&str, &str)], hash: Option<String>) -> Option<HashMap<String, String>> {
    let named = [("USERNAME", "ann")].iter().chain(parameters);
    let owned = named.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Some(owned.chain(hash.map(|hash| ("SECRET_HASH".to_owned(), hash))).collect())
}

/// Asserts that `$call`, a builder of a call from a hash, is refused without one and with every wrong one. Gives what is
/// said to the right one.
macro_rules! wants_hash {
    ($guarded:expr, $call:expr) => {{
        let (call, [missing, wrong]) = ($call, $guarded.texts());
        assert_refused!(call(None), is_not_authorized_exception, missing.as_str());
        for hash in $guarded.wrong() {
            assert_refused!(call(hash), is_not_authorized_exception, wrong.as_str());
        }
        call($guarded.right()).send().await
    }};
}

/// cog-0241.
#[tokio::test]
async fn operations_with_secret_hash_without_or_with_wrong_hash_are_refused() {
    let guarded = Guarded::new().await;
    let (server, sdk, client) = (&guarded.server, &guarded.server.sdk, &guarded.client);

    let sign_up = |hash| {
        let call = sdk.sign_up().client_id(client).username("ann").password(PASSWORD);
        call.user_attributes(attribute("email", "ann@example.com")).set_secret_hash(hash)
    };
    wants_hash!(guarded, sign_up).expect("signed up");

    let resend =
        |hash| sdk.resend_confirmation_code().client_id(client).username("ann").set_secret_hash(hash);
    wants_hash!(guarded, resend).expect("resent");

    let code = server.code_of("ann");
    let confirm = |hash| {
        let call = sdk.confirm_sign_up().client_id(client).username("ann").confirmation_code(&code);
        call.set_secret_hash(hash)
    };
    wants_hash!(guarded, confirm).expect("confirmed");

    let forgot = |hash| sdk.forgot_password().client_id(client).username("ann").set_secret_hash(hash);
    wants_hash!(guarded, forgot).expect("sent");

    let code = server.code_of("ann");
    let confirm = |hash| {
        let call = sdk.confirm_forgot_password().client_id(client).username("ann").password("N3w-password!");
        call.confirmation_code(&code).set_secret_hash(hash)
    };
    wants_hash!(guarded, confirm).expect("another password");
}

/// cog-0154, cog-0156, cog-0213, cog-0241.
#[tokio::test]
async fn sign_in_flows_without_or_with_wrong_hash_are_refused() {
    let guarded = Guarded::new().await;
    guarded.ann().await;
    let (sdk, client, pool) = (&guarded.server.sdk, &guarded.client, &guarded.pool);
    let password = &[("PASSWORD", PASSWORD)][..];
    let wish = &[("PREFERRED_CHALLENGE", "PASSWORD"), ("PASSWORD", PASSWORD)][..];
    let of_both =
        [(Flow::UserSrpAuth, &[("SRP_A", "abc")][..]), (Flow::UserAuth, wish), (Flow::CustomAuth, &[])];
    let of_users = [(Flow::UserPasswordAuth, password)];
    for (flow, parameters) in of_both.iter().chain(&of_users) {
        let call = |hash| {
            let call = sdk.initiate_auth().client_id(client).auth_flow(flow.clone());
            call.set_auth_parameters(ann_with(parameters, hash))
        };
        wants_hash!(guarded, call).expect("begun");
    }
    let of_admins = [(Flow::AdminUserPasswordAuth, password), (Flow::AdminNoSrpAuth, password)];
    for (flow, parameters) in of_both.iter().chain(&of_admins) {
        let call = |hash| {
            let call = sdk.admin_initiate_auth().user_pool_id(pool).client_id(client).auth_flow(flow.clone());
            call.set_auth_parameters(ann_with(parameters, hash))
        };
        wants_hash!(guarded, call).expect("begun");
    }
}

/// cog-0157: over the username, whatever name the sign-in began with.
#[tokio::test]
async fn renewal_without_hash_over_the_username_is_refused() {
    let guarded = Guarded::new().await;
    let token = guarded.ann().await.refresh_token.expect("a refresh token");
    let (sdk, client, pool) = (&guarded.server.sdk, &guarded.client, &guarded.pool);
    let [missing, _] = guarded.texts();
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
        for hash in guarded.wrong() {
            assert_refused!(by_user(hash.clone()), is_not_authorized_exception, wrong.as_str());
            assert_refused!(by_admin(hash), is_not_authorized_exception, wrong.as_str());
        }
        by_user(guarded.right()).send().await.expect("renewed");
        by_admin(guarded.right()).send().await.expect("renewed");
    }
}

/// The answers to all challenges, each with what it must bring.
const ANSWERS: [(Name, &[(&str, &str)]); 15] = [
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

/// cog-0233. With the right hash it is the session that is looked at, and these have none.
#[tokio::test]
async fn challenge_answers_without_or_with_wrong_hash_are_refused() {
    let guarded = Guarded::new().await;
    guarded.ann().await;
    let (sdk, client, pool) = (&guarded.server.sdk, &guarded.client, &guarded.pool);
    for (name, parameters) in ANSWERS {
        let by_user = |hash| {
            let call = sdk.respond_to_auth_challenge().client_id(client).challenge_name(name.clone());
            call.set_challenge_responses(ann_with(parameters, hash))
        };
        let by_admin = |hash| {
            let call = sdk.admin_respond_to_auth_challenge().user_pool_id(pool).client_id(client);
            call.challenge_name(name.clone()).set_challenge_responses(ann_with(parameters, hash))
        };
        let about_the_session = match name {
            Name::PasswordVerifier => "Incorrect username or password.",
            _ => "Invalid session for the user.",
        };
        let error = wants_hash!(guarded, by_user).expect_err("no session").into_service_error();
        assert_eq!(error.meta().message(), Some(about_the_session), "{name:?}");
        let error = wants_hash!(guarded, by_admin).expect_err("no session").into_service_error();
        assert_eq!(error.meta().message(), Some(about_the_session), "{name:?}");
    }
}

#[tokio::test]
async fn challenge_answer_with_right_hash_signs_in() {
    let guarded = Guarded::new().await;
    guarded.ann().await;
    let (sdk, client, pool) = (&guarded.server.sdk, &guarded.client, &guarded.pool);
    let session = async || {
        let call = sdk.initiate_auth().client_id(client).auth_flow(Flow::UserAuth);
        let wish = ann_with(&[("PREFERRED_CHALLENGE", "PASSWORD")], guarded.right());
        let asked = call.set_auth_parameters(wish).send().await.expect("asked");
        asked.session.expect("a session")
    };
    let parameters = |hash| ann_with(&[("PASSWORD", PASSWORD)], hash);
    let kept = session().await;
    let by_user = |hash| {
        let call = sdk.respond_to_auth_challenge().client_id(client).challenge_name(Name::Password);
        call.session(&kept).set_challenge_responses(parameters(hash))
    };
    let answer = wants_hash!(guarded, by_user).expect("signed in");
    assert!(answer.authentication_result.is_some());
    let kept = session().await;
    let by_admin = |hash| {
        let call = sdk.admin_respond_to_auth_challenge().user_pool_id(pool).client_id(client);
        call.challenge_name(Name::Password).session(&kept).set_challenge_responses(parameters(hash))
    };
    let answer = wants_hash!(guarded, by_admin).expect("signed in");
    assert!(answer.authentication_result.is_some());
}

/// *Documented*: these two take the secret itself.
#[tokio::test]
async fn operations_with_client_secret_without_or_with_wrong_secret_are_refused() {
    let guarded = Guarded::new().await;
    let token = guarded.ann().await.refresh_token.expect("a refresh token");
    let (sdk, client) = (&guarded.server.sdk, &guarded.client);
    let text = format!("Unable to verify the secret of client {client}");
    let get_tokens = |secret| {
        sdk.get_tokens_from_refresh_token().client_id(client).refresh_token(&token).set_client_secret(secret)
    };
    let revoke = |secret| sdk.revoke_token().client_id(client).token(&token).set_client_secret(secret);
    for wrong in
        [None, Some("another_secret_of_24_signs".to_owned()), Some(guarded.secret.chars().rev().collect())]
    {
        assert_refused!(get_tokens(wrong.clone()), is_not_authorized_exception, text.as_str());
        assert_refused!(revoke(wrong), is_unauthorized_exception, text.as_str());
    }
    let renewed = get_tokens(Some(guarded.secret.clone())).send().await.expect("renewed");
    assert!(renewed.authentication_result.is_some());
    revoke(Some(guarded.secret.clone())).send().await.expect("revoked");
    let revoked = "Refresh Token has been revoked";
    assert_refused!(get_tokens(Some(guarded.secret.clone())), is_not_authorized_exception, revoked);
}

/// cog-0332. Without the secret no function runs, not even one that is asked about unknown users.
#[tokio::test]
async fn triggers_are_not_called_before_the_hash_is_right() {
    let config = custom_challenges().pre_sign_up(arn("sign-up")).pre_authentication(arn("sign-in"));
    let guarded = Guarded::with(config.user_migration(arn("migrate")).build()).await;
    let (sdk, client) = (&guarded.server.sdk, &guarded.client);
    let [_, wrong] = guarded.texts();
    for hash in guarded.wrong() {
        let sign_up = sdk.sign_up().client_id(client).username("ann").password(PASSWORD);
        assert_refused!(sign_up.set_secret_hash(hash.clone()), is_not_authorized_exception, wrong.as_str());
        let forgot = sdk.forgot_password().client_id(client).username("ann").set_secret_hash(hash.clone());
        assert_refused!(forgot, is_not_authorized_exception, wrong.as_str());
        for flow in [Flow::UserPasswordAuth, Flow::CustomAuth] {
            let begin = sdk.initiate_auth().client_id(client).auth_flow(flow);
            let begin = begin.set_auth_parameters(ann_with(&[("PASSWORD", PASSWORD)], hash.clone()));
            assert_refused!(begin, is_not_authorized_exception, wrong.as_str());
        }
    }
    assert!(guarded.functions.invoked().is_empty());
}

#[tokio::test]
async fn client_without_secret_ignores_the_hash() {
    let server = TestServer::new().await;
    let ids = server.pool_and_client().await;
    let call = server.sdk.sign_up().client_id(&ids.client).username("ann").password(PASSWORD);
    call.secret_hash("bm9uc2Vuc2U=").send().await.expect("signed up");
}
