//! A request of every operation about a user, in a fixture where each of them succeeds unless the user's state forbids it.
//!
//! `user_states` sends all requests in every state of the user, `access_tokens` those that take an access token with
//! invalid ones. A row is the name of an operation, followed by a comma and its variant if the operation has several rows.
//! A new operation about a user gets a row in [`UserFixture::requests`]; `user_states` lists the other operations.

mod requests;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use lido::{
    app::App,
    operations::SERVED,
    store::{Key, Kind, Record, RelatedRecord, UserQuery, UserSelector},
};
use lido_domain::{
    Timestamp,
    attribute::contact::{Contact, ContactKind},
    client::Client,
    code::{Code, PendingCode, Purpose},
    digest::Digest,
    id::{ClientId, PoolId},
    pool::alias,
    secret::Sealed,
    sign_in::{
        challenge::{PendingChallenge, SentCode},
        session::{self, Session, SessionHandle, Stage},
    },
    token::grant::Grant,
    user::{
        Status, User,
        device::Device,
        passkey::PasskeyChallenge,
        software_token::{SoftwareToken, TokenSecret},
    },
};
use lido_runtime::Operation as _;
use serde_json::{Value, json};

use crate::{
    srp_client::{Challenge, SrpClient, TIME},
    support::{
        PASSWORD, PoolAndClient, TestServer,
        authenticator::Authenticator,
        json_requests::{InProcessService, JsonResponse, id},
        passkeys::PAGE_ORIGIN,
        sign_in::SignInFixture,
        test_store,
    },
};

/// The row of a sign-in with the session that ConfirmSignUp returned.
const AFTER_SIGN_UP: &str = "InitiateAuth, USER_AUTH after signing up";
/// The code of every pending confirmation, recovery and verification.
const CODE: &str = "123456";
/// The code of a challenge EMAIL_OTP.
const SIGN_IN_CODE: &str = "12345678";

/// The signed-in user `ann`, and everything that a request about the user may name.
pub(crate) struct UserFixture {
    pub(crate) fixture: SignInFixture,
    /// The access token of the sign-in.
    pub(crate) token: String,
    service: InProcessService,
    refresh_token: String,
    /// The key of the confirmed device of the sign-in.
    device: String,
    /// The stored record of the user, in which no operation fails.
    ann: User,
    grant: Grant,
    client: Client,
    /// The key and the session of a started SRP sign-in.
    srp_session: (Digest, Session),
    /// The challenge responses that complete the SRP sign-in.
    srp_claim: Value,
    /// The challenge that a passkey signs, in a registration and in a sign-in.
    passkey_challenge: PasskeyChallenge,
    /// The RegistrationResponseJSON of a new passkey.
    registration: Value,
    /// The AuthenticationResponseJSON of the registered passkey.
    assertion: Value,
    /// The credential id of the registered passkey.
    passkey: String,
    /// The code that the authenticator app shows.
    totp_code: String,
    /// The session of the pending challenge.
    handle: SessionHandle,
}

/// Returns the name of a row's operation.
pub(crate) fn operation_of(row: &str) -> &str {
    row.split(',').next().unwrap_or(row)
}

/// Returns `request` with the members of `more`.
fn merge(mut request: Value, more: Value) -> Value {
    let (Value::Object(all), Value::Object(more)) = (&mut request, more) else { panic!("two objects") };
    all.extend(more);
    request
}

impl UserFixture {
    /// Starts a server and signs `ann` in.
    pub(crate) async fn new() -> Self {
        Self::with_app(test_store::app()).await
    }

    /// Starts a server with this application state and signs `ann` in.
    pub(crate) async fn with_app(mut app: App) -> Self {
        app.settings.relying_party = Some("localhost".to_owned());
        let fixture = create_pool_and_user(TestServer::with_app(app).await).await;
        let (server, ids) = (&fixture.server, &fixture.ids);
        let signed_in = server.expect_output("InitiateAuth", &by_password(&ids.client)).await;
        let result = &signed_in["AuthenticationResult"];
        let token = id(&result["AccessToken"]);
        let with_token = json!({ "AccessToken": token });

        let mut authenticator = Authenticator::new(PAGE_ORIGIN, "one");
        let start = || server.expect_output("StartWebAuthnRegistration", &with_token);
        let credential = authenticator.create(&start().await["CredentialCreationOptions"]);
        let complete = merge(with_token.clone(), json!({ "Credential": credential }));
        server.expect_output("CompleteWebAuthnRegistration", &complete).await;
        let options = start().await["CredentialCreationOptions"].take();
        let registration = Authenticator::new(PAGE_ORIGIN, "two").create(&options);
        let request = json!({ "challenge": options["challenge"], "rpId": "localhost" });
        let assertion = authenticator.get(&request).to_string().into();
        let bytes = URL_SAFE_NO_PAD.decode(id(&options["challenge"])).expect("Base64");
        let passkey_challenge = PasskeyChallenge::from_bytes(&bytes);

        let (app, pool) = (&server.app, PoolId::new(&ids.pool));
        let (srp_claim, handle) = start_srp_sign_in(&fixture).await;
        let keys = session::keys_of(app.keys.digests(), &pool, &handle);
        let srp_session =
            app.store.begin().find_session(&pool, &keys).await.expect("read").expect("a session");

        let mut ann = find_ann(&fixture).await.expect("a record of ann");
        ann.attributes.set_verified(ContactKind::Email, true);
        let secret = TokenSecret::generate(&[7; 32]);
        let sealed = app.keys.seal_software_token(&pool, &ann.sub, &secret).expect("sealed");
        ann.mfa.token = Some(SoftwareToken::new(sealed.clone(), 0, None));
        ann.mfa.pending_token = Some(sealed);
        let totp_code = fixture.totp_code(secret.to_base32().expose_str().expect("text"));

        let client = app.store.begin().find_client_and_keys(&ClientId::new(&ids.client)).await;
        let client = client.expect("read").expect("an app client");
        let keys = app.tokens.open(&pool, client.signing_keys.as_ref()).await.expect("keys");
        let verified = keys.verify(&token).expect("a valid token");
        let query = UserQuery::of(&ann.sub, vec![RelatedRecord::Grant(verified.grant)]);
        let grant = app.store.begin().find_user(&pool, query).await.expect("read").grant;
        Self {
            service: InProcessService::with_shared_app(app.clone()),
            refresh_token: id(&result["RefreshToken"]),
            device: id(&result["NewDeviceMetadata"]["DeviceKey"]),
            grant: grant.expect("a grant"),
            client: client.client.client.clone(),
            passkey: authenticator.encoded_id(),
            handle: SessionHandle::generate(&[5; 64]),
            token,
            ann,
            srp_session,
            srp_claim,
            passkey_challenge,
            registration,
            assertion,
            totp_code,
            fixture,
        }
    }

    /// Sends the request of a row.
    pub(crate) async fn send(&self, row: &str, request: &Value) -> JsonResponse {
        let operation = SERVED.iter().find(|operation| operation.name() == operation_of(row));
        self.service.call(*operation.unwrap_or_else(|| panic!("{row} is not served")), request).await
    }

    /// Returns the stored record of `ann`, or `None` if the user was deleted.
    pub(crate) async fn find_user(&self) -> Option<User> {
        find_ann(&self.fixture).await
    }

    /// Restores every record that the request of `row` needs, and puts `ann` into this state.
    pub(crate) async fn set_state(&self, row: &str, status: Status, enabled: bool) {
        let (app, pool) = (&self.fixture.server.app, PoolId::new(&self.fixture.ids.pool));
        let (keys, now, sub) = (app.keys.digests(), app.clock.now(), &self.ann.sub);
        let record = app.store.begin().find_pool(&pool).await.expect("read").expect("a pool");
        let username = alias::NameKey::of_username(&record.pool, &self.ann.username);
        let user = User { status: status.clone(), enabled, ..self.ann.clone() };
        let to = Contact { kind: ContactKind::Email, value: "ann@example.com".into() };
        let device = Device {
            key: self.device.clone(),
            of: sub.clone(),
            name: None,
            verifier: Sealed::from_text("v"),
            remembered: true,
            created_at: now,
            modified_at: now,
            authenticated_at: now,
        };
        let begin = |stage| Session::begin(sub.clone(), &self.client, stage, now);
        let mut sessions = vec![
            self.srp_session.clone(),
            (self.passkey_challenge.key(keys, &pool, sub), begin(Stage::RegisteringPasskey)),
        ];
        let stage = match row {
            AFTER_SIGN_UP => Some(Stage::Confirmed),
            _ => self.pending_challenge(row, &status).map(Stage::SigningIn),
        };
        sessions.extend(stage.map(|stage| (self.handle.key(keys, &pool), begin(stage))));
        let mut records = vec![
            (Key::user(sub), Record::User(user)),
            (Key::name(&username), Record::Name(sub.clone())),
            (Key::grant(sub, &self.grant.id), Record::Grant(Box::new(self.grant.clone()))),
        ];
        for purpose in [Purpose::SignUp, Purpose::ForgotPassword, Purpose::VerifyEmail] {
            let code = PendingCode::new(keys, &pool, sub, purpose, &Code::from_text(CODE), to.clone(), now);
            records.push((Key::code(sub, purpose), Record::Code(code)));
        }
        let sessions = sessions.into_iter();
        records.extend(sessions.map(|(key, session)| (Key::session(&key), Record::Session(session))));
        app.store.remove_by_prefix(&pool, Kind::Attempts, sub.as_str()).await.expect("removed");
        app.store.remove(&pool, Key::failures(sub)).await.expect("removed");
        match row {
            "ConfirmDevice" => {
                app.store.remove(&pool, Key::device(sub, &self.device)).await.expect("removed")
            }
            _ => records.push((Key::device(sub, &self.device), Record::Device(device))),
        }
        app.store.put(&pool, records).await.expect("put");
    }

    /// Restores the row of the grant alone, as if the server had ended before it removed it.
    pub(crate) async fn restore_grant(&self) {
        let pool = PoolId::new(&self.fixture.ids.pool);
        let row = (Key::grant(&self.ann.sub, &self.grant.id), Record::Grant(Box::new(self.grant.clone())));
        self.fixture.server.app.store.put(&pool, vec![row]).await.expect("put");
    }

    /// Returns an InitiateAuth that signs `ann` in.
    pub(crate) fn sign_in(&self) -> Value {
        by_password(&self.fixture.ids.client)
    }

    /// Returns an InitiateAuth that renews the tokens of the sign-in.
    pub(crate) fn renewal(&self) -> Value {
        let parameters = json!({ "REFRESH_TOKEN": self.refresh_token, "DEVICE_KEY": self.device });
        json!({ "ClientId": self.fixture.ids.client, "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": parameters })
    }

    /// Returns the pending challenge that a row answers, or `None` if the row needs no session of its own.
    fn pending_challenge(&self, row: &str, status: &Status) -> Option<PendingChallenge> {
        let (_, challenge) = row.split_once("RespondToAuthChallenge, ")?;
        let app = &self.fixture.server.app;
        Some(match challenge {
            "SELECT_CHALLENGE" => PendingChallenge::Select,
            "PASSWORD" => PendingChallenge::Password,
            "PASSWORD_SRP" => PendingChallenge::PasswordSrp,
            "SOFTWARE_TOKEN_MFA" => PendingChallenge::SoftwareToken,
            "WEB_AUTHN" => PendingChallenge::Passkey(self.passkey_challenge.clone()),
            "NEW_PASSWORD_REQUIRED" => PendingChallenge::NewPassword(match status {
                Status::ForceChangePassword { expires_at } => *expires_at,
                _ => Timestamp::from_millis(0),
            }),
            "EMAIL_OTP" => {
                let to = Contact { kind: ContactKind::Email, value: "ann@example.com".into() };
                let (keys, pool) = (app.keys.digests(), PoolId::new(&self.fixture.ids.pool));
                let code = Code::from_text(SIGN_IN_CODE);
                PendingChallenge::OneTimeCode(SentCode::new(keys, &pool, &self.ann.sub, &code, to))
            }
            // The session is `srp_session`, because the claim must match its values.
            "PASSWORD_VERIFIER" => return None,
            other => panic!("no challenge for {other}"),
        })
    }
}

/// Creates a pool with every factor, device tracking and threat protection, an app client for every flow, the confirmed user
/// `ann`, and a group.
async fn create_pool_and_user(server: TestServer) -> SignInFixture {
    let pool = json!({
        "AutoVerifiedAttributes": ["email"],
        "DeviceConfiguration": {},
        "Policies": { "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP", "WEB_AUTHN"] } },
        "UserPoolAddOns": { "AdvancedSecurityMode": "AUDIT" },
        "UserPoolTier": "PLUS",
    });
    let pool = server.create_pool_with(pool).await;
    let mfa = json!({ "MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": { "Enabled": true } });
    server.expect_output("SetUserPoolMfaConfig", &merge(mfa, json!({ "UserPoolId": pool }))).await;
    let flows = ["USER_PASSWORD", "USER_SRP", "USER", "ADMIN_USER_PASSWORD", "REFRESH_TOKEN"];
    let mut flows = flows.map(|flow| format!("ALLOW_{flow}_AUTH")).to_vec();
    flows.push("ALLOW_TOKEN_EXCHANGE_IMPERSONATION".to_owned());
    let client = server.create_client_with(&pool, json!({ "ExplicitAuthFlows": flows })).await;
    let sub = server.sign_up(&client, "ann", "ann@example.com").await;
    server.expect_output("AdminConfirmSignUp", &json!({ "UserPoolId": pool, "Username": "ann" })).await;
    server.expect_output("CreateGroup", &json!({ "UserPoolId": pool, "GroupName": "staff" })).await;
    SignInFixture { server, ids: PoolAndClient { pool, client }, sub }
}

fn by_password(client: &str) -> Value {
    let parameters = json!({ "USERNAME": "ann", "PASSWORD": PASSWORD });
    json!({ "ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters })
}

/// Starts a sign-in by USER_SRP_AUTH; returns the challenge responses that complete it, and the handle of its session.
async fn start_srp_sign_in(fixture: &SignInFixture) -> (Value, String) {
    let srp = SrpClient::new(0x1234_5678_9abc_def0_1234_5678_9abc_def1);
    let parameters = json!({ "USERNAME": "ann", "SRP_A": srp.srp_a() });
    let PoolAndClient { pool, client } = &fixture.ids;
    let initiate = json!({ "ClientId": client, "AuthFlow": "USER_SRP_AUTH", "AuthParameters": parameters });
    let output = fixture.server.expect_output("InitiateAuth", &initiate).await;
    let get = |name: &str| id(&output["ChallengeParameters"][name]);
    let (user, salt, b, secret_block) =
        (get("USER_ID_FOR_SRP"), get("SALT"), get("SRP_B"), get("SECRET_BLOCK"));
    let challenge = Challenge { pool, user: &user, salt: &salt, b: &b, secret_block: &secret_block };
    let claim = json!({
        "USERNAME": user,
        "PASSWORD_CLAIM_SECRET_BLOCK": secret_block,
        "PASSWORD_CLAIM_SIGNATURE": srp.sign(&challenge, PASSWORD),
        "TIMESTAMP": TIME,
    });
    (claim, session::parse_secret_block(&secret_block).expect("a handle"))
}

async fn find_ann(fixture: &SignInFixture) -> Option<User> {
    let (store, pool) = (&fixture.server.app.store, PoolId::new(&fixture.ids.pool));
    let tx = store.begin();
    let record = tx.find_pool(&pool).await.expect("read").expect("a pool");
    let query = UserQuery {
        subject: UserSelector::Named(alias::candidates(&record.pool, "ann")),
        related: vec![],
        fallback: None,
        sessions: vec![],
    };
    tx.find_user(&pool, query).await.expect("read").user
}
