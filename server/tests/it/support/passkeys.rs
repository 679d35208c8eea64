//! A pool whose users sign in with passkeys, and the requests that a browser's script sends. The authenticator is in
//! [`super::authenticator`].

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
use lido::wire::document;
use serde_json::Value;

use crate::support::{
    PoolAndClient, TestServer, authenticator::Authenticator, pool_id_of, sign_in::SignInFixture, test_store,
};

/// The origin of an application under development.
pub(crate) const PAGE_ORIGIN: &str = "http://localhost:3000";

/// A [`SignInFixture`] whose pool allows passwords and passkeys as first factors. `ann` has no passkey yet.
pub(crate) struct PasskeyFixture {
    pub(crate) fixture: SignInFixture,
    /// An access token of `ann`.
    pub(crate) token: String,
}

impl PasskeyFixture {
    /// Starts a server whose default relying party is `localhost`, as in `lido dev`.
    pub(crate) async fn new(existence_errors: PreventUserExistenceErrorTypes) -> Self {
        Self::with_relying_party(existence_errors, Some("localhost")).await
    }

    /// Starts a server with this default relying party, or with none.
    pub(crate) async fn with_relying_party(
        existence_errors: PreventUserExistenceErrorTypes,
        relying_party: Option<&str>,
    ) -> Self {
        let mut app = test_store::app();
        app.settings.relying_party = relying_party.map(str::to_owned);
        let server = TestServer::with_app(app).await;
        let factors = SignInPolicyType::builder()
            .allowed_first_auth_factors(AuthFactorType::Password)
            .allowed_first_auth_factors(AuthFactorType::WebAuthn)
            .build();
        let policies = UserPoolPolicyType::builder().sign_in_policy(factors).build();
        let create = server.sdk.create_user_pool().pool_name("p").policies(policies);
        let pool = pool_id_of(create.send().await.expect("a pool").user_pool());
        let client = server.create_sign_in_client(&pool, existence_errors).await;
        let sub = server.sign_up(&client, "ann", "ann@example.com").await;
        let confirm = server.sdk.admin_confirm_sign_up().user_pool_id(&pool).username("ann");
        confirm.send().await.expect("confirmed");
        let fixture = SignInFixture { server, ids: PoolAndClient { pool, client }, sub };
        let token = fixture.access_token_of("ann").await;
        Self { fixture, token }
    }

    /// Sets the relying party of the pool and whether it requires user verification.
    pub(crate) async fn configure_relying_party(
        &self,
        relying_party: &str,
        user_verification: UserVerificationType,
    ) {
        let configuration = WebAuthnConfigurationType::builder();
        let configuration =
            configuration.relying_party_id(relying_party).user_verification(user_verification);
        let call = self.fixture.server.sdk.set_user_pool_mfa_config().user_pool_id(&self.fixture.ids.pool);
        call.web_authn_configuration(configuration.build()).send().await.expect("configured");
    }

    /// Calls StartWebAuthnRegistration and returns the options for `navigator.credentials.create()`.
    pub(crate) async fn creation_options(&self) -> Value {
        let call = self.fixture.server.sdk.start_web_authn_registration().access_token(&self.token);
        let started = call.send().await.expect("options");
        document::to_json(started.credential_creation_options)
    }

    /// Builds a CompleteWebAuthnRegistration request.
    pub(crate) fn complete_registration(
        &self,
        credential: Value,
    ) -> CompleteWebAuthnRegistrationFluentBuilder {
        let call = self.fixture.server.sdk.complete_web_authn_registration().access_token(&self.token);
        call.credential(document::from_json(credential))
    }

    /// Registers a passkey of `ann` with this credential id, and returns its authenticator.
    pub(crate) async fn register_passkey(&self, id: &str) -> Authenticator {
        let mut authenticator = Authenticator::new(PAGE_ORIGIN, id);
        let credential = authenticator.create(&self.creation_options().await);
        self.complete_registration(credential).send().await.expect("registered");
        authenticator
    }

    /// Starts a sign-in by passkey; returns the options for `navigator.credentials.get()` and the session.
    pub(crate) async fn request_options(&self, username: &str) -> (Value, String) {
        let call = self.fixture.initiate(AuthFlowType::UserAuth).auth_parameters("USERNAME", username);
        let call = call.auth_parameters("PREFERRED_CHALLENGE", "WEB_AUTHN");
        let response = call.send().await.expect("a challenge");
        assert_eq!(response.challenge_name(), Some(&ChallengeNameType::WebAuthn));
        assert_eq!(response.available_challenges(), [ChallengeNameType::WebAuthn]);
        let parameters = response.challenge_parameters().expect("parameters");
        let options = parameters.get("CREDENTIAL_REQUEST_OPTIONS").expect("options");
        (serde_json::from_str(options).expect("JSON"), response.session.expect("a session"))
    }

    /// Builds the answer to the challenge WEB_AUTHN.
    pub(crate) fn respond(
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
