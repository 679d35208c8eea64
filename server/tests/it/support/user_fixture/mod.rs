//! Every operation about one user as a request about ann, in a fixture where only her own state can make any fail.
//! `user_states` sends all of them in every state, `access_tokens` those with an access token with bad ones.
//!
//! A row is the name of an operation, and behind a comma what tells two of its rows apart. A new operation about a user
//! gets a row in [`UserFixture::requests`]; `user_states` has the list of those that are about none.

mod requests;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use lido::{
    app::App,
    operations::SERVED,
    store::{Beside, Key, Kind, Record, Subject, UserQuery},
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
        challenge::{Awaited, SentCode},
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
        json_requests::{Answer, InProcessService, id},
        passkeys::PAGE,
        sign_in::SignInFixture,
    },
};

/// A sign-in with the Session of ConfirmSignUp.
const AFTER_SIGN_UP: &str = "InitiateAuth, USER_AUTH after signing up";
const CODE: &str = "123456";
const SIGN_IN_CODE: &str = "12345678";

/// Ann, who is signed in, and whatever a request about her may name.
pub(crate) struct UserFixture {
    pub(crate) fixture: SignInFixture,
    pub(crate) token: String,
    inside: InProcessService,
    refresh_token: String,
    /// The key of the device that she signed in on, and has confirmed.
    device: String,
    /// What the store keeps of her, all being well.
    ann: User,
    grant: Grant,
    client: Client,
    /// The session of an exchange that was begun, where it lies, and the answer that ends it.
    exchange: (Digest, Session),
    claim: Value,
    /// What a passkey is to sign in order to be registered, or to sign in; and both signed.
    passkey_challenge: PasskeyChallenge,
    registration: Value,
    assertion: Value,
    passkey: String,
    /// What her authenticator app shows.
    app_code: String,
    /// The Session of whatever challenge waits.
    handle: SessionHandle,
}

/// The operation of a row.
pub(crate) fn operation_of(row: &str) -> &str {
    row.split(',').next().unwrap_or(row)
}

fn with(mut request: Value, more: Value) -> Value {
    let (Value::Object(all), Value::Object(more)) = (&mut request, more) else { panic!("two objects") };
    all.extend(more);
    request
}

impl UserFixture {
    pub(crate) async fn new() -> Self {
        Self::on(App::for_tests()).await
    }

    /// The fixture on a server that the caller has made.
    pub(crate) async fn on(mut app: App) -> Self {
        app.settings.relying_party = Some("localhost".to_owned());
        let fixture = fixture_on(TestServer::of(app).await).await;
        let (server, ids) = (&fixture.server, &fixture.ids);
        let signed_in = server.done("InitiateAuth", &by_password(&ids.client)).await;
        let result = &signed_in["AuthenticationResult"];
        let token = id(&result["AccessToken"]);
        let borne = json!({ "AccessToken": token });

        let mut authenticator = Authenticator::new(PAGE, "one");
        let begin = || server.done("StartWebAuthnRegistration", &borne);
        let credential = authenticator.create(&begin().await["CredentialCreationOptions"]);
        let complete = with(borne.clone(), json!({ "Credential": credential }));
        server.done("CompleteWebAuthnRegistration", &complete).await;
        let options = begin().await["CredentialCreationOptions"].take();
        let registration = Authenticator::new(PAGE, "two").create(&options);
        let request = json!({ "challenge": options["challenge"], "rpId": "localhost" });
        let assertion = authenticator.get(&request).to_string().into();
        let bytes = URL_SAFE_NO_PAD.decode(id(&options["challenge"])).expect("Base64");
        let passkey_challenge = PasskeyChallenge::from_bytes(&bytes);

        let (app, pool) = (&server.app, PoolId::new(&ids.pool));
        let (claim, handle) = exchange_in(&fixture).await;
        let places = session::keys_of(app.keys.digests(), &pool, &handle);
        let exchange = app.store.begin().find_session(&pool, &places).await.expect("read").expect("begun");

        let mut ann = find_ann(&fixture).await.expect("signed up");
        ann.attributes.set_verified(ContactKind::Email, true);
        let secret = TokenSecret::generate(&[7; 32]);
        let sealed = app.keys.seal_software_token(&pool, &ann.sub, &secret).expect("sealed");
        ann.mfa.token = Some(SoftwareToken::new(sealed.clone(), 0, None));
        ann.mfa.pending_token = Some(sealed);
        let app_code = fixture.app_code(secret.to_base32().expose_str().expect("text"));

        let client = app.store.begin().find_client_and_keys(&ClientId::new(&ids.client)).await;
        let client = client.expect("read").expect("there");
        let keys = app.tokens.open(&pool, client.signing_keys.as_ref()).await.expect("keys");
        let verified = keys.verify(&token).expect("a token");
        let query = UserQuery::of(&ann.sub, vec![Beside::Grant(verified.grant)]);
        let grant = app.store.begin().find_user(&pool, query).await.expect("read").grant;
        Self {
            inside: InProcessService::of(app.clone()),
            refresh_token: id(&result["RefreshToken"]),
            device: id(&result["NewDeviceMetadata"]["DeviceKey"]),
            grant: grant.expect("signed in"),
            client: client.client.client.clone(),
            passkey: authenticator.told_id(),
            handle: SessionHandle::generate(&[5; 64]),
            token,
            ann,
            exchange,
            claim,
            passkey_challenge,
            registration,
            assertion,
            app_code,
            fixture,
        }
    }

    /// Sends the request of a row.
    pub(crate) async fn send(&self, row: &str, request: &Value) -> Answer {
        let operation = SERVED.iter().find(|operation| operation.name() == operation_of(row));
        self.inside.call(*operation.unwrap_or_else(|| panic!("{row} is not served")), request).await
    }

    /// Ann as the store keeps her now, if she is there.
    pub(crate) async fn find(&self) -> Option<User> {
        find_ann(&self.fixture).await
    }

    /// Puts everything back as it was, and ann into a state.
    pub(crate) async fn put(&self, row: &str, status: Status, enabled: bool) {
        let (app, pool) = (&self.fixture.server.app, PoolId::new(&self.fixture.ids.pool));
        let (keys, now, sub) = (app.keys.digests(), app.clock.now(), &self.ann.sub);
        let record = app.store.begin().find_pool(&pool).await.expect("read").expect("there");
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
            self.exchange.clone(),
            (self.passkey_challenge.key(keys, &pool, sub), begin(Stage::RegisteringPasskey)),
        ];
        let stage = match row {
            AFTER_SIGN_UP => Some(Stage::Confirmed),
            _ => self.awaited(row, &status).map(Stage::SigningIn),
        };
        sessions.extend(stage.map(|stage| (self.handle.key(keys, &pool), begin(stage))));
        let mut records = vec![
            (Key::user(sub), Record::User(user)),
            (Key::name(&username), Record::Name(sub.clone())),
            (Key::grant(sub, &self.grant.id), Record::Grant(self.grant.clone())),
        ];
        for purpose in [Purpose::SignUp, Purpose::ForgotPassword, Purpose::VerifyEmail] {
            let code = PendingCode::new(keys, &pool, sub, purpose, &Code::fixed(CODE), to.clone(), now);
            records.push((Key::code(sub, purpose), Record::Code(code)));
        }
        let sessions = sessions.into_iter();
        records.extend(sessions.map(|(at, session)| (Key::session(&at), Record::Session(session))));
        app.store.remove_under(&pool, Kind::Attempts, sub.as_str()).await.expect("removed");
        app.store.remove(&pool, Key::failures(sub)).await.expect("removed");
        match row {
            "ConfirmDevice" => {
                app.store.remove(&pool, Key::device(sub, &self.device)).await.expect("removed")
            }
            _ => records.push((Key::device(sub, &self.device), Record::Device(device))),
        }
        app.store.put(&pool, records).await.expect("put");
    }

    /// What the session waits for that a row answers.
    fn awaited(&self, row: &str, status: &Status) -> Option<Awaited> {
        let (_, challenge) = row.split_once("RespondToAuthChallenge, ")?;
        let app = &self.fixture.server.app;
        Some(match challenge {
            "SELECT_CHALLENGE" => Awaited::Select,
            "PASSWORD" => Awaited::Password,
            "PASSWORD_SRP" => Awaited::PasswordSrp,
            "SOFTWARE_TOKEN_MFA" => Awaited::SoftwareToken,
            "WEB_AUTHN" => Awaited::Passkey(self.passkey_challenge.clone()),
            "NEW_PASSWORD_REQUIRED" => Awaited::NewPassword(match status {
                Status::ForceChangePassword { expires_at } => *expires_at,
                _ => Timestamp::from_millis(0),
            }),
            "EMAIL_OTP" => {
                let to = Contact { kind: ContactKind::Email, value: "ann@example.com".into() };
                let (keys, pool) = (app.keys.digests(), PoolId::new(&self.fixture.ids.pool));
                let code = Code::fixed(SIGN_IN_CODE);
                Awaited::OneTimeCode(SentCode::new(keys, &pool, &self.ann.sub, &code, to))
            }
            // Its session is that of an exchange, which must be begun.
            "PASSWORD_VERIFIER" => return None,
            other => panic!("no session waits for {other}"),
        })
    }
}

/// A pool that allows and remembers everything, an app client that may use every flow, and ann, who is confirmed.
async fn fixture_on(server: TestServer) -> SignInFixture {
    let pool = json!({
        "AutoVerifiedAttributes": ["email"],
        "DeviceConfiguration": {},
        "Policies": { "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP", "WEB_AUTHN"] } },
        "UserPoolAddOns": { "AdvancedSecurityMode": "AUDIT" },
        "UserPoolTier": "PLUS",
    });
    let pool = server.pool_with(pool).await;
    let mfa = json!({ "MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": { "Enabled": true } });
    server.done("SetUserPoolMfaConfig", &with(mfa, json!({ "UserPoolId": pool }))).await;
    let flows = ["USER_PASSWORD", "USER_SRP", "USER", "ADMIN_USER_PASSWORD", "REFRESH_TOKEN"];
    let flows = flows.map(|flow| format!("ALLOW_{flow}_AUTH"));
    let client = server.client_with(&pool, json!({ "ExplicitAuthFlows": flows })).await;
    let sub = server.sign_up(&client, "ann", "ann@example.com").await;
    server.done("AdminConfirmSignUp", &json!({ "UserPoolId": pool, "Username": "ann" })).await;
    server.done("CreateGroup", &json!({ "UserPoolId": pool, "GroupName": "staff" })).await;
    SignInFixture { server, ids: PoolAndClient { pool, client }, sub }
}

fn by_password(client: &str) -> Value {
    let parameters = json!({ "USERNAME": "ann", "PASSWORD": PASSWORD });
    json!({ "ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters })
}

/// Begins an exchange; gives the answer that ends it, and the handle of its session.
async fn exchange_in(fixture: &SignInFixture) -> (Value, String) {
    let srp = SrpClient::new(0x1234_5678_9abc_def0_1234_5678_9abc_def1);
    let parameters = json!({ "USERNAME": "ann", "SRP_A": srp.srp_a() });
    let PoolAndClient { pool, client } = &fixture.ids;
    let begin = json!({ "ClientId": client, "AuthFlow": "USER_SRP_AUTH", "AuthParameters": parameters });
    let asked = fixture.server.done("InitiateAuth", &begin).await;
    let get = |name: &str| id(&asked["ChallengeParameters"][name]);
    let (user, salt, b, secret_block) =
        (get("USER_ID_FOR_SRP"), get("SALT"), get("SRP_B"), get("SECRET_BLOCK"));
    let challenge = Challenge { pool, user: &user, salt: &salt, b: &b, secret_block: &secret_block };
    let claim = json!({
        "USERNAME": user,
        "PASSWORD_CLAIM_SECRET_BLOCK": secret_block,
        "PASSWORD_CLAIM_SIGNATURE": srp.sign(&challenge, PASSWORD),
        "TIMESTAMP": TIME,
    });
    (claim, session::handle_of_secret_block(&secret_block).expect("a handle"))
}

async fn find_ann(fixture: &SignInFixture) -> Option<User> {
    let (store, pool) = (&fixture.server.app.store, PoolId::new(&fixture.ids.pool));
    let tx = store.begin();
    let record = tx.find_pool(&pool).await.expect("read").expect("there");
    let query = UserQuery {
        subject: Subject::Named(alias::candidates(&record.pool, "ann")),
        beside: vec![],
        otherwise: None,
        sessions: vec![],
    };
    tx.find_user(&pool, query).await.expect("read").user
}
