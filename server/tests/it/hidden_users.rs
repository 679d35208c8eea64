//! What a stranger learns of users: every public operation about a user in every status and about no user, with whole
//! answers compared.
//!
//! An app client with PreventUserExistenceErrors (`ENABLED`) must answer alike, except in the listed cases, which were
//! recorded from the service or are documented; docs/sign-up-and-confirmation.md lists them. Without it (`LEGACY`) every request tells
//! that there is no user. A stranger knows neither passwords nor codes, so all of them are wrong here.

use std::collections::{BTreeMap, BTreeSet};

use lido::{
    operations::{self, SERVED},
    store::{Key, Record, UserQuery},
};
use lido_domain::{
    Timestamp,
    attribute::contact::ContactKind,
    id::{ClientId, PoolId, Sub},
    user::{Status, first_factors::FactorTraits, simulated::SimulatedUser},
};
use lido_runtime::Operation as _;
use serde_json::{Value, json};

use crate::{
    srp_client::{SrpClient, TIME},
    support::{
        PASSWORD, TestServer,
        json_requests::{JsonResponse, id},
    },
};

/// The public operations whose caller proves who the user is: by an access token, a refresh token or a session. They name
/// no user.
const NAMES_NO_USER: [&str; 26] = [
    "AssociateSoftwareToken",
    "ChangePassword",
    "CompleteWebAuthnRegistration",
    "ConfirmDevice",
    "DeleteUser",
    "DeleteUserAttributes",
    "DeleteWebAuthnCredential",
    "ForgetDevice",
    "GetClientToken",
    "GetDerivedToken",
    "GetDevice",
    "GetTokensFromRefreshToken",
    "GetUser",
    "GetUserAttributeVerificationCode",
    "GetUserAuthFactors",
    "GlobalSignOut",
    "ListDevices",
    "ListWebAuthnCredentials",
    "RevokeToken",
    "SetUserMFAPreference",
    "SetUserSettings",
    "StartWebAuthnRegistration",
    "UpdateDeviceStatus",
    "UpdateUserAttributes",
    "VerifySoftwareToken",
    "VerifyUserAttribute",
];

/// The users: a name for each status, enabled or disabled.
const STATUSES: [&str; 5] =
    ["UNCONFIRMED", "CONFIRMED", "EXTERNAL_PROVIDER", "RESET_REQUIRED", "FORCE_CHANGE_PASSWORD"];

/// The name of an operation, and the members of its input for a name and a session.
type Step = (&'static str, fn(&str, &Value) -> Value);

/// A request of a stranger, or two of which the second has the session of the first.
pub(crate) struct Probe {
    /// The name of the operation that the row is about, and its variant.
    pub(crate) row: &'static str,
    /// The operations in order.
    steps: Vec<Step>,
    /// The error by which an app client without PreventUserExistenceErrors tells that there is no user.
    legacy: &'static str,
}

impl Probe {
    /// Returns the name of the operation that the row is about.
    pub(crate) fn operation(&self) -> &'static str {
        self.row.split(',').next().expect("a name")
    }
}

/// Returns the members of InitiateAuth.
fn initiate(flow: &str, name: &str, more: Value) -> Value {
    let mut parameters = more;
    parameters["USERNAME"] = json!(name);
    json!({ "AuthFlow": flow, "AuthParameters": parameters })
}

/// Returns the members of RespondToAuthChallenge.
fn respond(challenge: &str, name: &str, first: &Value, more: Value) -> Value {
    let mut responses = more;
    responses["USERNAME"] = json!(name);
    json!({ "ChallengeName": challenge, "ChallengeResponses": responses, "Session": first["Session"] })
}

fn srp_a() -> Value {
    json!({ "SRP_A": SrpClient::new(7).srp_a() })
}

fn preferring(challenge: &str, name: &str) -> Value {
    initiate("USER_AUTH", name, json!({ "PREFERRED_CHALLENGE": challenge }))
}

/// Returns every row. A public operation about a user needs one.
pub(crate) fn probes() -> Vec<Probe> {
    const NOT_FOUND: &str = "UserNotFoundException";
    let one = |row, operation, request, legacy| Probe { row, steps: vec![(operation, request)], legacy };
    let two = |row, first, second| Probe {
        row,
        steps: vec![("InitiateAuth", first), ("RespondToAuthChallenge", second)],
        legacy: NOT_FOUND,
    };
    vec![
        one(
            "ConfirmSignUp",
            "ConfirmSignUp",
            |name, _| json!({ "Username": name, "ConfirmationCode": "000000" }),
            NOT_FOUND,
        ),
        one(
            "ConfirmSignUp, ForceAliasCreation",
            "ConfirmSignUp",
            |name, _| json!({ "Username": name, "ConfirmationCode": "000000", "ForceAliasCreation": true }),
            NOT_FOUND,
        ),
        one(
            "ConfirmSignUp, Session",
            "ConfirmSignUp",
            |name, _| json!({ "Username": name, "ConfirmationCode": "000000", "Session": "x".repeat(20) }),
            NOT_FOUND,
        ),
        one(
            "ResendConfirmationCode",
            "ResendConfirmationCode",
            |name, _| json!({ "Username": name }),
            NOT_FOUND,
        ),
        one("ForgotPassword", "ForgotPassword", |name, _| json!({ "Username": name }), NOT_FOUND),
        one(
            "ConfirmForgotPassword",
            "ConfirmForgotPassword",
            |name, _| json!({ "Username": name, "ConfirmationCode": "000000", "Password": PASSWORD }),
            NOT_FOUND,
        ),
        one(
            "ConfirmForgotPassword, weak password",
            "ConfirmForgotPassword",
            |name, _| json!({ "Username": name, "ConfirmationCode": "000000", "Password": "weak" }),
            NOT_FOUND,
        ),
        one(
            "InitiateAuth, USER_PASSWORD_AUTH",
            "InitiateAuth",
            |name, _| initiate("USER_PASSWORD_AUTH", name, json!({ "PASSWORD": "wrong" })),
            NOT_FOUND,
        ),
        one(
            "InitiateAuth, USER_SRP_AUTH",
            "InitiateAuth",
            |name, _| initiate("USER_SRP_AUTH", name, srp_a()),
            NOT_FOUND,
        ),
        one(
            "InitiateAuth, USER_AUTH",
            "InitiateAuth",
            |name, _| initiate("USER_AUTH", name, json!({})),
            NOT_FOUND,
        ),
        one("InitiateAuth, PASSWORD", "InitiateAuth", |name, _| preferring("PASSWORD", name), NOT_FOUND),
        one("InitiateAuth, EMAIL_OTP", "InitiateAuth", |name, _| preferring("EMAIL_OTP", name), NOT_FOUND),
        one("InitiateAuth, SMS_OTP", "InitiateAuth", |name, _| preferring("SMS_OTP", name), NOT_FOUND),
        one("InitiateAuth, WEB_AUTHN", "InitiateAuth", |name, _| preferring("WEB_AUTHN", name), NOT_FOUND),
        one(
            "InitiateAuth, Session",
            "InitiateAuth",
            |name, _| {
                let mut request = initiate("USER_AUTH", name, json!({}));
                request["Session"] = json!("x".repeat(20));
                request
            },
            NOT_FOUND,
        ),
        two(
            "RespondToAuthChallenge, PASSWORD_VERIFIER",
            |name, _| initiate("USER_SRP_AUTH", name, srp_a()),
            |_, first| {
                let parameters = &first["ChallengeParameters"];
                let name = parameters["USER_ID_FOR_SRP"].as_str().unwrap_or_default();
                let claim = json!({
                    "PASSWORD_CLAIM_SECRET_BLOCK": parameters["SECRET_BLOCK"],
                    "PASSWORD_CLAIM_SIGNATURE": "bm9uc2Vuc2U=",
                    "TIMESTAMP": TIME,
                });
                let mut request = respond("PASSWORD_VERIFIER", name, first, claim);
                request.as_object_mut().expect("an object").remove("Session");
                request
            },
        ),
        two(
            "RespondToAuthChallenge, PASSWORD",
            |name, _| preferring("PASSWORD", name),
            |name, first| respond("PASSWORD", name, first, json!({ "PASSWORD": "wrong" })),
        ),
        two(
            "RespondToAuthChallenge, EMAIL_OTP",
            |name, _| preferring("EMAIL_OTP", name),
            |name, first| respond("EMAIL_OTP", name, first, json!({ "EMAIL_OTP_CODE": "00000000" })),
        ),
        two(
            "RespondToAuthChallenge, SMS_OTP",
            |name, _| preferring("SMS_OTP", name),
            |name, first| respond("SMS_OTP", name, first, json!({ "SMS_OTP_CODE": "00000000" })),
        ),
        two(
            "RespondToAuthChallenge, SELECT_CHALLENGE",
            |name, _| initiate("USER_AUTH", name, json!({})),
            |name, first| {
                respond("SELECT_CHALLENGE", name, first, json!({ "ANSWER": "PASSWORD", "PASSWORD": "wrong" }))
            },
        ),
        // The last row, because it makes a user of the unknown name.
        one("SignUp", "SignUp", |name, _| json!({ "Username": name, "Password": PASSWORD }), ""),
    ]
}

/// Returns why the answer for a user in this state differs from that for no user, if it may.
fn exception(row: &str, status: &str, enabled: bool) -> Option<&'static str> {
    let operation = row.split(',').next().unwrap_or(row);
    let is_code = row.contains("_OTP");
    Some(match (operation, status, enabled) {
        ("SignUp", ..) => "cog-0108: a taken username is told",
        ("ConfirmSignUp", "UNCONFIRMED", true) => return None,
        ("ConfirmSignUp", ..) => "cog-0004, cog-0022: the status comes before the code",
        ("ResendConfirmationCode", "UNCONFIRMED", true) => "the masked destination",
        ("ForgotPassword", "CONFIRMED" | "RESET_REQUIRED", true) => "the masked destination",
        ("InitiateAuth" | "RespondToAuthChallenge", _, false) => "cog-0169: the user is disabled",
        ("InitiateAuth" | "RespondToAuthChallenge", "UNCONFIRMED", _) => "cog-0167: before the password",
        ("InitiateAuth" | "RespondToAuthChallenge", "RESET_REQUIRED", _) => "cog-0211: before the password",
        ("InitiateAuth", "CONFIRMED", _) if is_code => "the masked destination",
        _ => return None,
    })
}

/// A server with a user in every status, and the two app clients.
pub(crate) struct Fixture {
    pub(crate) server: TestServer,
    pub(crate) hiding: String,
    pub(crate) legacy: String,
}

/// Returns the name of the user in a state. All names, also that of no user, have the same length.
fn name_of(status: &str, enabled: bool) -> String {
    let state = if enabled { "enabled" } else { "disabled" };
    format!("{:-<32}", format!("{state}-{}", status.to_lowercase()))
}

impl Fixture {
    async fn new() -> Self {
        let server = TestServer::new().await;
        let settings = json!({
            "AutoVerifiedAttributes": ["email"],
            "SmsConfiguration": { "SnsCallerArn": "arn:aws:iam::000000000000:role/sms" },
            "Policies": { "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"] } },
        });
        let pool = server.create_pool_with(settings).await;
        let flows = ["ALLOW_USER_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH"];
        let client =
            |errors: &str| json!({ "ExplicitAuthFlows": flows, "PreventUserExistenceErrors": errors });
        let hiding = server.create_client_with(&pool, client("ENABLED")).await;
        let legacy = server.create_client_with(&pool, client("LEGACY")).await;
        for status in STATUSES {
            for enabled in [true, false] {
                let name = name_of(status, enabled);
                let attributes = [("email", "ann@example.com"), ("phone_number", "+15550100")];
                let attributes = attributes.map(|(name, value)| json!({ "Name": name, "Value": value }));
                let sign_up = json!({
                    "ClientId": legacy, "Username": name, "Password": PASSWORD, "UserAttributes": attributes,
                });
                let output = server.expect_output("SignUp", &sign_up).await;
                put_into_state(&server, &pool, &id(&output["UserSub"]), status, enabled).await;
            }
        }
        Self { server, hiding, legacy }
    }

    /// Returns an unknown name whose simulated user has the factors of the user in this state.
    async fn absent_name(&self, status: &str, enabled: bool) -> String {
        let app = &self.server.app;
        let client = app.store.begin().find_client(&ClientId::new(&*self.hiding)).await.expect("read");
        let pool = client.expect("an app client").pool;
        let drawn =
            |name: &str| SimulatedUser::draw(app.keys.digests(), &pool.pool, name).factors(&pool.pool);
        let wanted = match status {
            // No user to a client that hides users.
            "EXTERNAL_PROVIDER" => drawn(&name_of(status, enabled)),
            _ => FactorTraits {
                has_password: true,
                has_temporary_password: status == "FORCE_CHANGE_PASSWORD",
                has_email: true,
                has_phone_number: true,
                has_passkey: false,
                needs_second_factor: false,
            },
        };
        let mut names = (0..1_000).map(|number| format!("{:-<32}", format!("absent{number}")));
        names.find(|name| drawn(name) == wanted).expect("every set of factors is drawn")
    }

    /// Returns the last answer of a probe. No lock-out and no limit of another probe applies.
    pub(crate) async fn ask(&self, probe: &Probe, client: &str, name: &str) -> Answer {
        self.server.app.clock.advance(std::time::Duration::from_secs(2 * 60 * 60));
        let mut body = Value::Null;
        let mut answer = None;
        for (operation, request) in &probe.steps {
            let mut request = request(name, &body);
            request["ClientId"] = json!(client);
            let response = self.server.post_unsigned(operation, &request).await;
            body = if response.body.is_empty() { Value::Null } else { response.json() };
            let is_refused = response.status != 200;
            answer = Some(Answer::new(&response, name));
            if is_refused {
                break;
            }
        }
        answer.expect("a step")
    }
}

/// Writes a status to the store, also those that no request leads to.
async fn put_into_state(server: &TestServer, pool: &str, sub: &str, status: &str, enabled: bool) {
    let (store, pool) = (&server.app.store, PoolId::new(pool));
    let found = store.begin().find_user(&pool, UserQuery::of(&Sub::new(sub), Vec::new())).await;
    let mut user = found.expect("read").user.expect("a user");
    let far = Timestamp::from_millis(i64::MAX);
    user.status = match status {
        "UNCONFIRMED" => Status::Unconfirmed,
        "CONFIRMED" => Status::Confirmed,
        "EXTERNAL_PROVIDER" => Status::ExternalProvider,
        "RESET_REQUIRED" => Status::ResetRequired,
        _ => Status::ForceChangePassword { expires_at: far },
    };
    user.enabled = enabled;
    if status != "UNCONFIRMED" {
        user.attributes.set_verified(ContactKind::Email, true);
    }
    store.put(&pool, vec![(Key::user(&user.sub), Record::User(user))]).await.expect("written");
}

/// A whole answer, in which values that differ in every request are replaced.
#[derive(Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: BTreeMap<String, String>,
    body: String,
}

impl Answer {
    fn new(response: &JsonResponse, name: &str) -> Self {
        let mut body = if response.body.is_empty() { Value::Null } else { response.json() };
        blank(&mut body);
        let headers = response.headers.iter();
        let headers = headers
            .filter(|(name, _)| !["x-amzn-requestid", "date", "content-length"].contains(&name.as_str()));
        let text = |value: &str| value.replace(name, "NAME");
        Self {
            status: response.status,
            headers: headers
                .map(|(name, value)| (name.to_string(), text(value.to_str().expect("text"))))
                .collect(),
            body: text(&body.to_string()),
        }
    }

    /// Returns the answer with the type of an error only, for a short report.
    fn kind(&self) -> String {
        let body: Value = serde_json::from_str(&self.body).expect("JSON");
        body["__type"]
            .as_str()
            .map_or_else(|| self.body.clone(), |kind| format!("{kind}: {}", body["message"]))
    }
}

/// Replaces values that are random in every answer, and keeps their lengths; and destinations, which a stranger can tell
/// apart only by the contacts of the user.
fn blank(body: &mut Value) {
    match body {
        Value::Object(members) => {
            for (name, value) in members {
                match (name.as_str(), &value) {
                    ("Session" | "SECRET_BLOCK" | "SRP_B" | "SALT" | "UserSub", Value::String(text)) => {
                        // A number in hexadecimal may be a digit or two shorter.
                        *value = json!(format!("about {}", text.len().div_ceil(16)));
                    }
                    ("CREDENTIAL_REQUEST_OPTIONS", Value::String(text)) => {
                        let mut options: Value = serde_json::from_str(text).expect("JSON");
                        options["challenge"] = json!(options["challenge"].as_str().map(str::len));
                        *value = options;
                    }
                    // A name that the caller did not type.
                    ("USERNAME" | "USER_ID_FOR_SRP", Value::String(text))
                        if Sub::new(text.as_str()).to_bytes().is_some() =>
                    {
                        *value = json!("a UUID");
                    }
                    ("Destination" | "CODE_DELIVERY_DESTINATION", Value::String(text)) => {
                        let is_own = ["a***@e***", "+********0100"].contains(&text.as_str());
                        *value = json!(if is_own { "the user's own" } else { "simulated" });
                    }
                    _ => blank(value),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(blank),
        _ => {}
    }
}

/// A new public operation needs a row, or a place in [`NAMES_NO_USER`].
#[test]
fn every_public_operation_has_a_row() {
    let signed: BTreeSet<_> =
        operations::all_operations().into_iter().filter(|one| one.is_signed).map(|one| one.name).collect();
    let public: BTreeSet<_> =
        SERVED.iter().map(|operation| operation.name()).filter(|name| !signed.contains(name)).collect();
    let probes = probes();
    let rows = probes.iter().map(Probe::operation);
    let expected: BTreeSet<_> = rows.chain(NAMES_NO_USER).collect();
    assert_eq!(public, expected);
}

#[tokio::test]
async fn hiding_client_answers_alike_for_a_user_in_any_status_and_for_no_user() {
    let fixture = Fixture::new().await;
    let mut wrong = Vec::new();
    let mut fresh = (0..).map(|number| format!("{:-<32}", format!("fresh{number}")));
    for probe in probes() {
        for status in STATUSES {
            for enabled in [true, false] {
                // A sign-up makes a user of the name.
                let absent = match probe.row {
                    "SignUp" => fresh.next().expect("a name"),
                    _ => fixture.absent_name(status, enabled).await,
                };
                let unknown = fixture.ask(&probe, &fixture.hiding, &absent).await;
                let known = fixture.ask(&probe, &fixture.hiding, &name_of(status, enabled)).await;
                let reason = exception(probe.row, status, enabled);
                if (known != unknown) != reason.is_some() {
                    wrong.push(format!(
                        "{}, {status}, enabled {enabled}: {} for the user, {} for no user, exception: {reason:?}",
                        probe.row,
                        known.kind(),
                        unknown.kind()
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn legacy_client_tells_that_there_is_no_user() {
    let fixture = Fixture::new().await;
    for probe in probes().iter().filter(|probe| !probe.legacy.is_empty()) {
        let unknown = fixture.ask(probe, &fixture.legacy, "absent").await;
        let body: Value = serde_json::from_str(&unknown.body).expect("JSON");
        assert_eq!(body["__type"].as_str(), Some(probe.legacy), "{}", probe.row);
    }
}
