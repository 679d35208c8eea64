//! Passkeys: a user registers them, signs in with them, looks at them and deletes them.

use std::time::Duration;

use aws_sdk_cognitoidentityprovider::{
    operation::{
        complete_web_authn_registration::builders::CompleteWebAuthnRegistrationFluentBuilder,
        respond_to_auth_challenge::builders::RespondToAuthChallengeFluentBuilder,
    },
    types::{
        AuthFactorType, AuthFlowType, ChallengeNameType, PreventUserExistenceErrorTypes, SignInPolicyType,
        UserPoolPolicyType,
    },
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use lido::{app::App, wire::document};
use serde_json::{Value, json};

use crate::{
    authenticator::Authenticator,
    sign_in::SignIn,
    support::{House, PASSWORD, Place, id_of, refused},
};

/// The page of a developer.
pub(crate) const PAGE: &str = "http://localhost:3000";

/// A world where passkeys sign in, and ann can.
pub(crate) struct Passkeys {
    pub(crate) world: SignIn,
    pub(crate) token: String,
}

impl Passkeys {
    /// With the relying party of `lido dev`.
    pub(crate) async fn new(hides: PreventUserExistenceErrorTypes) -> Self {
        Self::with(hides, Some("localhost")).await
    }

    pub(crate) async fn with(hides: PreventUserExistenceErrorTypes, party: Option<&str>) -> Self {
        let mut app = App::for_tests();
        app.settings.relying_party = party.map(str::to_owned);
        let house = House::of(app).await;
        let factors = SignInPolicyType::builder()
            .allowed_first_auth_factors(AuthFactorType::Password)
            .allowed_first_auth_factors(AuthFactorType::WebAuthn)
            .build();
        let policies = UserPoolPolicyType::builder().sign_in_policy(factors).build();
        let made = house.sdk.create_user_pool().pool_name("p").policies(policies);
        let pool = id_of(made.send().await.expect("a pool").user_pool());
        let client = house.client_for_sign_in(&pool, hides).await;
        let sub = house.sign_up(&client, "ann", "ann@example.com").await;
        let confirm = house.sdk.admin_confirm_sign_up().user_pool_id(&pool).username("ann");
        confirm.send().await.expect("confirmed");
        let world = SignIn { house, place: Place { pool, client }, sub };
        let token = world.token_of("ann").await;
        Self { world, token }
    }

    /// What a browser is told to make a passkey of.
    pub(crate) async fn creation_options(&self) -> Value {
        let call = self.world.house.sdk.start_web_authn_registration().access_token(&self.token);
        let started = call.send().await.expect("options");
        document::json_of(started.credential_creation_options)
    }

    pub(crate) fn complete(&self, credential: Value) -> CompleteWebAuthnRegistrationFluentBuilder {
        let call = self.world.house.sdk.complete_web_authn_registration().access_token(&self.token);
        call.credential(document::document(credential))
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
        let call = self.world.initiate(AuthFlowType::UserAuth).auth_parameters("USERNAME", username);
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
        let call = self.world.house.sdk.respond_to_auth_challenge().client_id(&self.world.place.client);
        let call = call.challenge_name(ChallengeNameType::WebAuthn).session(session);
        call.challenge_responses("USERNAME", username).challenge_responses("CREDENTIAL", credential)
    }
}

impl SignIn {
    /// The access token of whoever has the usual password.
    async fn token_of(&self, username: &str) -> String {
        let signed_in = self.by_password(username, PASSWORD).send().await.expect("signed in");
        signed_in.authentication_result.and_then(|result| result.access_token).expect("a token")
    }
}

#[tokio::test]
async fn a_browser_is_told_what_to_make_a_passkey_of() {
    let passkeys = Passkeys::new(PreventUserExistenceErrorTypes::Legacy).await;
    let first = passkeys.register("one").await;
    let mut options = passkeys.creation_options().await;
    let challenge = options["challenge"].take();
    let bytes = URL_SAFE_NO_PAD.decode(challenge.as_str().expect("a text")).expect("Base64");
    assert_eq!(bytes.len(), 32);
    let expected = json!({
        "authenticatorSelection": {
            "requireResidentKey": true,
            "residentKey": "required",
            "userVerification": "preferred",
        },
        "challenge": null,
        "excludeCredentials": [{ "id": first.told_id(), "type": "public-key" }],
        "pubKeyCredParams": [{ "alg": -7, "type": "public-key" }, { "alg": -257, "type": "public-key" }],
        "rp": { "id": "localhost", "name": "localhost" },
        "timeout": 60_000,
        "user": { "displayName": "ann", "id": URL_SAFE_NO_PAD.encode(&passkeys.world.sub), "name": "ann" },
    });
    assert_eq!(options, expected);
    assert_ne!(passkeys.creation_options().await["challenge"], challenge);
}

#[tokio::test]
async fn a_passkey_is_registered_and_signs_in() {
    let passkeys = Passkeys::new(PreventUserExistenceErrorTypes::Legacy).await;
    let mut authenticator = passkeys.register("one").await;
    for _ in 0..2 {
        let (mut options, session) = passkeys.request_options("ann").await;
        let credential = authenticator.get(&options).to_string();
        options["challenge"].take();
        let expected = json!({
            "challenge": null,
            "timeout": 180_000,
            "rpId": "localhost",
            "allowCredentials": [
                { "id": authenticator.told_id(), "transports": ["hybrid", "internal"], "type": "public-key" },
            ],
            "userVerification": "preferred",
        });
        assert_eq!(options, expected);
        let done = passkeys.answer("ann", &session, &credential).send().await.expect("signed in");
        assert!(done.authentication_result.is_some());
        let used = "Invalid session for the user, session can only be used once.";
        refused!(passkeys.answer("ann", &session, &credential), is_not_authorized_exception, used);
    }
}

/// cog-0178, cog-0181.
#[tokio::test]
async fn a_passkey_is_chosen_among_the_factors() {
    let passkeys = Passkeys::new(PreventUserExistenceErrorTypes::Legacy).await;
    let begin = || passkeys.world.initiate(AuthFlowType::UserAuth).auth_parameters("USERNAME", "ann");
    let without = [ChallengeNameType::PasswordSrp, ChallengeNameType::Password];
    for call in [begin(), begin().auth_parameters("PREFERRED_CHALLENGE", "WEB_AUTHN")] {
        let asked = call.send().await.expect("asked");
        assert_eq!(asked.challenge_name(), Some(&ChallengeNameType::SelectChallenge));
        assert_eq!(asked.available_challenges(), without);
    }
    let factors = || passkeys.world.house.sdk.get_user_auth_factors().access_token(&passkeys.token);
    let password = AuthFactorType::Password;
    let had = factors().send().await.expect("factors");
    assert_eq!(had.configured_user_auth_factors(), std::slice::from_ref(&password));
    let mut authenticator = passkeys.register("one").await;
    let has = factors().send().await.expect("factors");
    assert_eq!(has.configured_user_auth_factors(), [password, AuthFactorType::WebAuthn]);
    let asked = begin().send().await.expect("asked");
    let with = [&without[..], &[ChallengeNameType::WebAuthn]].concat();
    assert_eq!(asked.available_challenges(), with);
    let select = passkeys.world.house.sdk.respond_to_auth_challenge().client_id(&passkeys.world.place.client);
    let select = select.challenge_name(ChallengeNameType::SelectChallenge);
    let select = select.session(asked.session.expect("a session"));
    let select = select.challenge_responses("USERNAME", "ann").challenge_responses("ANSWER", "WEB_AUTHN");
    let asked = select.send().await.expect("asked");
    assert_eq!(asked.challenge_name(), Some(&ChallengeNameType::WebAuthn));
    let options = asked.challenge_parameters().and_then(|all| all.get("CREDENTIAL_REQUEST_OPTIONS"));
    let options = serde_json::from_str(options.expect("options")).expect("JSON");
    let credential = authenticator.get(&options).to_string();
    let done = passkeys.answer("ann", asked.session().expect("a session"), &credential).send().await;
    assert!(done.expect("signed in").authentication_result.is_some());
}

/// An administrator's twin takes the same steps.
#[tokio::test]
async fn a_backend_carries_the_passkey_of_a_user() {
    let passkeys = Passkeys::new(PreventUserExistenceErrorTypes::Legacy).await;
    let mut authenticator = passkeys.register("one").await;
    let begin = passkeys.world.as_admin(AuthFlowType::UserAuth).auth_parameters("USERNAME", "ann");
    let asked = begin.auth_parameters("PREFERRED_CHALLENGE", "WEB_AUTHN").send().await.expect("asked");
    let options = asked.challenge_parameters().and_then(|all| all.get("CREDENTIAL_REQUEST_OPTIONS"));
    let options = serde_json::from_str(options.expect("options")).expect("JSON");
    let place = &passkeys.world.place;
    let call = passkeys.world.house.sdk.admin_respond_to_auth_challenge().client_id(&place.client);
    let call = call.user_pool_id(&place.pool).challenge_name(ChallengeNameType::WebAuthn);
    let call = call.session(asked.session.expect("a session")).challenge_responses("USERNAME", "ann");
    let call = call.challenge_responses("CREDENTIAL", authenticator.get(&options).to_string());
    assert!(call.send().await.expect("signed in").authentication_result.is_some());
}

#[tokio::test]
async fn passkeys_are_listed_and_deleted() {
    let passkeys = Passkeys::new(PreventUserExistenceErrorTypes::Legacy).await;
    let sdk = &passkeys.world.house.sdk;
    let list = || sdk.list_web_authn_credentials().access_token(&passkeys.token);
    assert_eq!(list().send().await.expect("listed").credentials(), []);
    let mut ids = Vec::new();
    // Each is later than the one before, and sorts before it by its id.
    for id in ["c", "b", "a"] {
        ids.push(passkeys.register(id).await.told_id());
        passkeys.world.house.app.clock.advance(Duration::from_secs(1));
    }
    let listed = list().send().await.expect("listed");
    assert_eq!(listed.next_token(), None);
    let told: Vec<_> = listed.credentials().iter().map(|one| one.credential_id().to_owned()).collect();
    assert_eq!(told, ids);
    let first = &listed.credentials()[0];
    assert_eq!((first.friendly_credential_name(), first.relying_party_id()), ("Passkey", "localhost"));
    assert_eq!(first.authenticator_attachment(), Some("platform"));
    assert_eq!(first.authenticator_transports(), ["hybrid", "internal"]);
    assert_eq!(first.created_at().secs(), 1_795_246_200);

    let page = list().max_results(2).send().await.expect("listed");
    assert_eq!(page.credentials().len(), 2);
    let delete = |id: &str| sdk.delete_web_authn_credential().access_token(&passkeys.token).credential_id(id);
    delete(&ids[1]).send().await.expect("deleted");
    let rest = list().max_results(2).next_token(page.next_token.expect("another page"));
    let rest = rest.send().await.expect("listed");
    assert_eq!(rest.credentials().iter().map(|one| one.credential_id()).collect::<Vec<_>>(), [&ids[2]]);
    assert_eq!(rest.next_token(), None);
    refused!(
        delete(&ids[1]),
        is_resource_not_found_exception,
        "The credential does not exist for this user."
    );
    refused!(list().next_token("x"), is_invalid_parameter_exception, "Invalid pagination token.");
}

/// Whoever signs up under the name of somebody who is gone has none of their passkeys.
#[tokio::test]
async fn passkeys_go_with_their_user() {
    let passkeys = Passkeys::new(PreventUserExistenceErrorTypes::Legacy).await;
    passkeys.register("one").await;
    let (house, place) = (&passkeys.world.house, &passkeys.world.place);
    let delete = house.sdk.admin_delete_user().user_pool_id(&place.pool).username("ann");
    delete.send().await.expect("deleted");
    house.sign_up(&place.client, "ann", "ann@example.com").await;
    let confirm = house.sdk.admin_confirm_sign_up().user_pool_id(&place.pool).username("ann");
    confirm.send().await.expect("confirmed");
    let token = passkeys.world.token_of("ann").await;
    let listed = house.sdk.list_web_authn_credentials().access_token(token).send().await.expect("listed");
    assert_eq!(listed.credentials(), []);
}

/// Where the app client hides who exists, nobody is asked for a passkey as ann is.
#[tokio::test]
async fn nobody_is_asked_for_a_passkey() {
    let passkeys = Passkeys::new(PreventUserExistenceErrorTypes::Enabled).await;
    let mut authenticator = passkeys.register("one").await;
    let mut shown = Vec::new();
    for username in ["ann", "nobody", "nobody"] {
        let (mut options, session) = passkeys.request_options(username).await;
        let credential = authenticator.get(&options).to_string();
        options["challenge"].take();
        shown.push(options);
        let call = passkeys.answer(username, &session, &credential);
        if username == "ann" {
            assert!(call.send().await.expect("signed in").authentication_result.is_some());
        } else {
            refused!(call, is_not_authorized_exception, "Invalid credential.");
        }
    }
    assert_eq!(shown[0]["allowCredentials"], json!([]));
    assert!(shown.iter().all(|options| *options == shown[0]), "{shown:?}");
}
