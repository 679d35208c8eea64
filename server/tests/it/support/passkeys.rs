//! A pool whose users sign in with passkeys, and the calls of a browser.

use aws_sdk_cognitoidentityprovider::{
    operation::{
        complete_web_authn_registration::builders::CompleteWebAuthnRegistrationFluentBuilder,
        respond_to_auth_challenge::builders::RespondToAuthChallengeFluentBuilder,
    },
    types::{
        AuthFactorType, AuthFlowType, ChallengeNameType, PreventUserExistenceErrorTypes, SignInPolicyType,
        UserPoolPolicyType, UserVerificationType, WebAuthnConfigurationType,
    },
};
use lido::{app::App, wire::document};
use serde_json::Value;

use crate::support::{
    PASSWORD, PoolAndClient, TestServer, authenticator::Authenticator, id_of, sign_in::SignInFixture,
};

/// The page of a developer.
pub(crate) const PAGE: &str = "http://localhost:3000";

/// A fixture where passkeys sign in, and ann can.
pub(crate) struct PasskeyFixture {
    pub(crate) fixture: SignInFixture,
    pub(crate) token: String,
}

impl PasskeyFixture {
    /// With the relying party of `lido dev`.
    pub(crate) async fn new(hides: PreventUserExistenceErrorTypes) -> Self {
        Self::with(hides, Some("localhost")).await
    }

    pub(crate) async fn with(hides: PreventUserExistenceErrorTypes, party: Option<&str>) -> Self {
        let mut app = App::for_tests();
        app.settings.relying_party = party.map(str::to_owned);
        let server = TestServer::of(app).await;
        let factors = SignInPolicyType::builder()
            .allowed_first_auth_factors(AuthFactorType::Password)
            .allowed_first_auth_factors(AuthFactorType::WebAuthn)
            .build();
        let policies = UserPoolPolicyType::builder().sign_in_policy(factors).build();
        let made = server.sdk.create_user_pool().pool_name("p").policies(policies);
        let pool = id_of(made.send().await.expect("a pool").user_pool());
        let client = server.client_for_sign_in(&pool, hides).await;
        let sub = server.sign_up(&client, "ann", "ann@example.com").await;
        let confirm = server.sdk.admin_confirm_sign_up().user_pool_id(&pool).username("ann");
        confirm.send().await.expect("confirmed");
        let fixture = SignInFixture { server, ids: PoolAndClient { pool, client }, sub };
        let token = fixture.token_of("ann").await;
        Self { fixture, token }
    }

    /// Sets the relying party of the pool, and whether it wants users verified.
    pub(crate) async fn require(&self, party: &str, user_verification: UserVerificationType) {
        let configuration = WebAuthnConfigurationType::builder();
        let configuration = configuration.relying_party_id(party).user_verification(user_verification);
        let call = self.fixture.server.sdk.set_user_pool_mfa_config().user_pool_id(&self.fixture.ids.pool);
        call.web_authn_configuration(configuration.build()).send().await.expect("configured");
    }

    /// What a browser is told to make a passkey of.
    pub(crate) async fn creation_options(&self) -> Value {
        let call = self.fixture.server.sdk.start_web_authn_registration().access_token(&self.token);
        let started = call.send().await.expect("options");
        document::to_json(started.credential_creation_options)
    }

    pub(crate) fn complete(&self, credential: Value) -> CompleteWebAuthnRegistrationFluentBuilder {
        let call = self.fixture.server.sdk.complete_web_authn_registration().access_token(&self.token);
        call.credential(document::from_json(credential))
    }

    /// A passkey of ann.
    pub(crate) async fn register(&self, id: &str) -> Authenticator {
        let mut authenticator = Authenticator::new(PAGE, id);
        let credential = authenticator.create(&self.creation_options().await);
        self.complete(credential).send().await.expect("registered");
        authenticator
    }

    /// What a browser is told to have a passkey sign, and the session.
    pub(crate) async fn request_options(&self, username: &str) -> (Value, String) {
        let call = self.fixture.initiate(AuthFlowType::UserAuth).auth_parameters("USERNAME", username);
        let asked = call.auth_parameters("PREFERRED_CHALLENGE", "WEB_AUTHN").send().await.expect("asked");
        assert_eq!(asked.challenge_name(), Some(&ChallengeNameType::WebAuthn));
        assert_eq!(asked.available_challenges(), [ChallengeNameType::WebAuthn]);
        let parameters = asked.challenge_parameters().expect("parameters");
        let options = parameters.get("CREDENTIAL_REQUEST_OPTIONS").expect("options");
        (serde_json::from_str(options).expect("JSON"), asked.session.expect("a session"))
    }

    pub(crate) fn answer(
        &self,
        username: &str,
        session: &str,
        credential: &str,
    ) -> RespondToAuthChallengeFluentBuilder {
        let call = self.fixture.server.sdk.respond_to_auth_challenge().client_id(&self.fixture.ids.client);
        let call = call.challenge_name(ChallengeNameType::WebAuthn).session(session);
        call.challenge_responses("USERNAME", username).challenge_responses("CREDENTIAL", credential)
    }
}

impl SignInFixture {
    /// The access token of whoever has the usual password.
    pub(crate) async fn token_of(&self, username: &str) -> String {
        let signed_in = self.by_password(username, PASSWORD).send().await.expect("signed in");
        signed_in.authentication_result.and_then(|result| result.access_token).expect("a token")
    }
}
