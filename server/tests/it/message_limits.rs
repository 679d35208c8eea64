//! The most messages to one user by one medium, for every operation that sends.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use lido::{
    app::{App, Settings},
    delivery::Filter,
    operations::SERVED,
};
use lido_domain::id::{PoolId, Sub};
use lido_runtime::Operation as _;
use serde_json::{Value, json};

use crate::support::{
    PASSWORD, TestServer,
    json_requests::{JsonResponse, id},
    test_store,
};

const LIMITED: &str = "Attempt limit exceeded, please try after some time.";
const TOO_MANY: &str = "Too many requests";

/// The operations that send, each with its limit in an hour. The first three and the number are documented (cog-0148,
/// cog-0308, cog-0338); the others are *Chosen*.
const LIMITS: [(&str, usize); 11] = [
    ("ForgotPassword", 20),
    ("GetUserAttributeVerificationCode", 5),
    ("ResendConfirmationCode", 5),
    ("AdminCreateUser", 20),
    ("AdminInitiateAuth", 20),
    ("AdminResetUserPassword", 20),
    ("AdminRespondToAuthChallenge", 20),
    ("AdminUpdateUserAttributes", 20),
    ("InitiateAuth", 20),
    ("RespondToAuthChallenge", 20),
    ("UpdateUserAttributes", 20),
];

/// A pool with users `ann` (confirmed), `una` (unconfirmed) and `ivo` (invited), an app client that hides users, and one that
/// does not. The access token is of `ann`.
struct Fixture {
    server: TestServer,
    pool: String,
    hiding: String,
    client: String,
    token: String,
}

impl Fixture {
    /// Creates the pool. `mfa` is whether it requires a second factor by e-mail.
    async fn new(mfa: bool) -> Self {
        let server = TestServer::new().await;
        let factors = json!(["PASSWORD", "EMAIL_OTP", "SMS_OTP"]);
        let settings = json!({
            "AutoVerifiedAttributes": ["email"],
            "EmailConfiguration": {
                "EmailSendingAccount": "DEVELOPER",
                "SourceArn": "arn:aws:ses:us-east-1:000000000000:identity/developer.example",
            },
            "SmsConfiguration": { "SnsCallerArn": "arn:aws:iam::000000000000:role/sms" },
            "Policies": { "SignInPolicy": { "AllowedFirstAuthFactors": factors } },
        });
        let pool = server.create_pool_with(settings).await;
        let client = |errors: &str| {
            let flows =
                ["USER", "USER_PASSWORD", "ADMIN_USER_PASSWORD"].map(|flow| format!("ALLOW_{flow}_AUTH"));
            json!({ "ExplicitAuthFlows": flows, "PreventUserExistenceErrors": errors })
        };
        let hiding = server.create_client_with(&pool, client("ENABLED")).await;
        let client = server.create_client_with(&pool, client("LEGACY")).await;
        let mut fixture = Self { server, pool, hiding, client, token: String::new() };
        for name in ["ann", "una"] {
            let attributes = [("email", "ann@example.com"), ("phone_number", "+15550100")];
            let attributes = attributes.map(|(name, value)| json!({ "Name": name, "Value": value }));
            let input = json!({
                "ClientId": fixture.client, "Username": name, "Password": PASSWORD, "UserAttributes": attributes,
            });
            fixture.server.expect_output("SignUp", &input).await;
        }
        let code = fixture.server.code_of("ann");
        let confirm = json!({ "ClientId": fixture.client, "Username": "ann", "ConfirmationCode": code });
        fixture.server.expect_output("ConfirmSignUp", &confirm).await;
        let email = json!([{ "Name": "email", "Value": "ivo@example.com" }]);
        let create = json!({ "UserPoolId": fixture.pool, "Username": "ivo", "TemporaryPassword": PASSWORD, "UserAttributes": email, "DesiredDeliveryMediums": ["EMAIL"] });
        fixture.server.expect_output("AdminCreateUser", &create).await;
        let signed_in = fixture.server.expect_output("InitiateAuth", &fixture.by_password("ann")).await;
        fixture.token = id(&signed_in["AuthenticationResult"]["AccessToken"]);
        if mfa {
            let mfa = json!({
                "UserPoolId": fixture.pool, "MfaConfiguration": "OPTIONAL", "EmailMfaConfiguration": {},
            });
            let settings = json!({
                "UserPoolId": fixture.pool, "Policies": { "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD"] } },
                "AutoVerifiedAttributes": ["email"],
                "EmailConfiguration": {
                    "EmailSendingAccount": "DEVELOPER",
                    "SourceArn": "arn:aws:ses:us-east-1:000000000000:identity/developer.example",
                },
            });
            fixture.server.expect_output("UpdateUserPool", &settings).await;
            fixture.server.expect_output("SetUserPoolMfaConfig", &mfa).await;
            let preference = json!({
                "UserPoolId": fixture.pool, "Username": "ann", "EmailMfaSettings": { "Enabled": true },
            });
            fixture.server.expect_output("AdminSetUserMFAPreference", &preference).await;
        }
        fixture
    }

    fn by_password(&self, name: &str) -> Value {
        let parameters = json!({ "USERNAME": name, "PASSWORD": PASSWORD });
        json!({ "ClientId": self.client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters })
    }

    /// Returns a sign-in that sends a code, by this app client.
    fn by_code(&self, client: &str, name: &str, factor: &str) -> Value {
        let parameters = json!({ "USERNAME": name, "PREFERRED_CHALLENGE": factor });
        json!({ "ClientId": client, "AuthFlow": "USER_AUTH", "AuthParameters": parameters })
    }

    /// Returns an unknown name that the hiding app client is offered this factor for.
    async fn unknown_name_with(&self, factor: &str) -> String {
        for number in 0..100 {
            let name = format!("unknown{number}");
            let input = json!({
                "ClientId": self.hiding, "AuthFlow": "USER_AUTH", "AuthParameters": { "USERNAME": name },
            });
            let offered =
                self.server.expect_output("InitiateAuth", &input).await["AvailableChallenges"].clone();
            if offered.as_array().expect("a list").contains(&json!(factor)) {
                return name;
            }
        }
        panic!("{factor} is offered for none of a hundred names")
    }

    fn in_pool(&self, mut input: Value) -> Value {
        input["UserPoolId"] = json!(self.pool);
        input
    }

    /// Sends the request of an operation that sends a message; `number` makes contacts new.
    async fn send(&self, operation: &str, number: usize) -> JsonResponse {
        let email = json!([{ "Name": "email", "Value": format!("ann{number}@example.com") }]);
        let named = |name: &str| json!({ "ClientId": self.client, "Username": name });
        let in_pool = |name: &str| json!({ "UserPoolId": self.pool, "Username": name });
        let mut input = match operation {
            "ForgotPassword" => named("ann"),
            "ResendConfirmationCode" => named("una"),
            "GetUserAttributeVerificationCode" => {
                json!({ "AccessToken": self.token, "AttributeName": "email" })
            }
            "UpdateUserAttributes" => json!({ "AccessToken": self.token, "UserAttributes": email }),
            "AdminUpdateUserAttributes" | "AdminResetUserPassword" => in_pool("ann"),
            "AdminCreateUser" => in_pool("ivo"),
            "InitiateAuth" => self.by_code(&self.client, "ann", "EMAIL_OTP"),
            "AdminInitiateAuth" => self.in_pool(self.by_code(&self.client, "ann", "EMAIL_OTP")),
            "RespondToAuthChallenge" | "AdminRespondToAuthChallenge" => {
                let begin = json!({
                    "ClientId": self.client, "AuthFlow": "USER_AUTH", "AuthParameters": { "USERNAME": "ann" },
                });
                let session = self.server.expect_output("InitiateAuth", &begin).await["Session"].take();
                json!({
                    "ClientId": self.client, "ChallengeName": "SELECT_CHALLENGE", "Session": session,
                    "ChallengeResponses": { "USERNAME": "ann", "ANSWER": "EMAIL_OTP" },
                })
            }
            other => panic!("no request for {other}"),
        };
        match operation {
            "AdminUpdateUserAttributes" => input["UserAttributes"] = email,
            "AdminCreateUser" => {
                input["MessageAction"] = json!("RESEND");
                input["DesiredDeliveryMediums"] = json!(["EMAIL"]);
            }
            "AdminRespondToAuthChallenge" => input["UserPoolId"] = json!(self.pool),
            _ => {}
        }
        self.server.post(operation, &input).await
    }

    fn messages(&self) -> usize {
        self.server.app.inbox.as_ref().expect("an inbox").messages(&Filter::default()).len()
    }
}

/// Asserts that the answer is the refusal of a limit, of a type that the operation declares.
fn assert_limited(operation: &str, answer: &JsonResponse) {
    let (kind, text) = match operation {
        "AdminInitiateAuth"
        | "AdminRespondToAuthChallenge"
        | "InitiateAuth"
        | "RespondToAuthChallenge"
        | "AdminCreateUser"
        | "AdminUpdateUserAttributes"
        | "UpdateUserAttributes" => ("TooManyRequestsException", TOO_MANY),
        _ => ("LimitExceededException", LIMITED),
    };
    assert_eq!(answer.refusal(), (400, kind.to_owned(), text.to_owned()), "{operation}");
}

#[tokio::test]
async fn every_operation_that_sends_is_limited_for_a_user() {
    for (operation, limit) in LIMITS {
        assert!(SERVED.iter().any(|served| served.name() == operation));
        let fixture = Fixture::new(false).await;
        let before = fixture.messages();
        for number in 0..limit {
            let answer = fixture.send(operation, number).await;
            assert_eq!(answer.status, 200, "{operation} {number}: {answer:?}");
        }
        for number in limit..limit + 3 {
            assert_limited(operation, &fixture.send(operation, number).await);
        }
        assert_eq!(fixture.messages() - before, limit, "{operation}");
        fixture.server.app.clock.advance(Duration::from_secs(60 * 60));
        let status = fixture.send(operation, 100).await.status;
        // An access token is valid for an hour.
        assert_eq!(
            status,
            if operation.contains("UserAttribute") && !operation.starts_with("Admin") { 400 } else { 200 },
            "{operation}"
        );
    }
}

#[tokio::test]
async fn second_factor_is_limited_apart_from_codes_that_strangers_request() {
    let fixture = Fixture::new(true).await;
    let sign_in = fixture.by_password("ann");
    for _ in 0..20 {
        let answer = fixture.server.expect_output("InitiateAuth", &sign_in).await;
        assert_eq!(answer["ChallengeName"], "EMAIL_OTP", "{answer}");
    }
    assert_limited("InitiateAuth", &fixture.server.post("InitiateAuth", &sign_in).await);

    let fixture = Fixture::new(false).await;
    for factor in ["EMAIL_OTP", "SMS_OTP"] {
        // Each medium has a limit of its own.
        let by_code = fixture.by_code(&fixture.client, "ann", factor);
        for _ in 0..20 {
            fixture.server.expect_output("InitiateAuth", &by_code).await;
        }
        assert_limited("InitiateAuth", &fixture.server.post("InitiateAuth", &by_code).await);
    }
    // A stranger who has used up the codes does not keep the user from signing in by password.
    fixture.server.expect_output("InitiateAuth", &fixture.by_password("ann")).await;
}

#[tokio::test]
async fn administrator_begins_sign_ins_after_a_stranger_used_up_the_codes() {
    let fixture = Fixture::new(false).await;
    let by_code = fixture.by_code(&fixture.client, "ann", "EMAIL_OTP");
    for _ in 0..20 {
        assert_eq!(fixture.server.post_unsigned("InitiateAuth", &by_code).await.status, 200);
    }
    assert_limited("InitiateAuth", &fixture.server.post_unsigned("InitiateAuth", &by_code).await);
    for number in 0..10 {
        for operation in ["AdminInitiateAuth", "AdminRespondToAuthChallenge"] {
            let answer = fixture.send(operation, number).await;
            assert_eq!(answer.status, 200, "{operation} {number}: {answer:?}");
        }
    }
    // The sign-ins of administrators have one limit, and leave them their other messages.
    for operation in ["AdminInitiateAuth", "AdminRespondToAuthChallenge"] {
        assert_limited(operation, &fixture.send(operation, 10).await);
    }
    for operation in ["AdminResetUserPassword", "AdminUpdateUserAttributes"] {
        assert_eq!(fixture.send(operation, 11).await.status, 200, "{operation}");
    }
}

/// Returns two names of which neither is a user's and whose simulated subs are alike in the 18 bits of a hash that a stranger
/// can compute from the USERNAME in a challenge.
fn names_with_similar_subs(server: &TestServer, pool: &str) -> [String; 2] {
    let (keys, pool) = (server.app.keys.digests(), PoolId::new(pool));
    let mut seen = BTreeMap::new();
    for number in 0..20_000 {
        let name = format!("unknown{number}@example.com");
        let sub = Sub::simulated(keys, &pool, &name);
        let hash =
            sub.as_str().bytes().fold(0_u32, |hash, byte| hash.wrapping_mul(31).wrapping_add(byte.into()));
        if let Some(other) = seen.insert(hash & 0x3_ffff, name.clone()) {
            return [other, name];
        }
    }
    panic!("no two of 20,000 names")
}

#[tokio::test]
async fn unknown_name_that_is_used_up_leaves_others_their_limits() {
    let server = TestServer::new().await;
    let settings = json!({ "AutoVerifiedAttributes": ["email"], "UsernameAttributes": ["email"] });
    let pool = server.create_pool_with(settings).await;
    let flows = ["ALLOW_USER_AUTH", "ALLOW_USER_PASSWORD_AUTH"];
    let settings = json!({ "ExplicitAuthFlows": flows, "PreventUserExistenceErrors": "ENABLED" });
    let client = server.create_client_with(&pool, settings).await;
    let [used_up, fresh] = names_with_similar_subs(&server, &pool);
    for (operation, limit) in
        [("ResendConfirmationCode", 5), ("ForgotPassword", 20), ("ConfirmSignUp", 15), ("InitiateAuth", 5)]
    {
        let send = async |name: &str| {
            let input = match operation {
                "ConfirmSignUp" => {
                    json!({ "ClientId": client, "Username": name, "ConfirmationCode": "000000" })
                }
                "InitiateAuth" => json!({
                    "ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH",
                    "AuthParameters": { "USERNAME": name, "PASSWORD": PASSWORD },
                }),
                _ => json!({ "ClientId": client, "Username": name }),
            };
            let response = server.post_unsigned(operation, &input).await;
            (response.status, if response.status == 200 { Value::Null } else { response.json() })
        };
        let first = send(&used_up).await;
        for _ in 1..limit {
            assert_eq!(send(&used_up).await, first, "{operation}");
        }
        assert_ne!(send(&used_up).await, first, "{operation}: the limit");
        assert_eq!(send(&fresh).await, first, "{operation}");
    }
}

#[tokio::test]
async fn unknown_name_is_limited_like_a_user_at_hiding_client() {
    let fixture = Fixture::new(false).await;
    let mut answers = BTreeSet::new();
    for name in ["ann", &fixture.unknown_name_with("SMS_OTP").await] {
        let by_code = fixture.by_code(&fixture.hiding, name, "SMS_OTP");
        let mut statuses = Vec::new();
        for _ in 0..22 {
            statuses.push(fixture.server.post("InitiateAuth", &by_code).await.status);
        }
        answers.insert(statuses);
    }
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert_eq!(answers.first().map(|statuses| statuses.iter().filter(|one| **one == 200).count()), Some(20));
}

/// Returns a server that limits the messages to one destination, as `lido serve` does, with a pool and an app client.
async fn server_with_limited_destinations() -> (TestServer, String, String) {
    let app = test_store::app();
    let settings = Settings { limits_destinations: true, ..app.settings };
    let server = TestServer::with_app(App { settings, ..app }).await;
    let settings = json!({
        "AutoVerifiedAttributes": ["email", "phone_number"],
        "SmsConfiguration": { "SnsCallerArn": "arn:aws:iam::000000000000:role/sms" },
    });
    let pool = server.create_pool_with(settings).await;
    let client = server.create_client_with(&pool, json!({ "PreventUserExistenceErrors": "ENABLED" })).await;
    (server, pool, client)
}

#[tokio::test]
async fn messages_to_one_destination_are_limited_over_all_users() {
    let (server, pool, client) = server_with_limited_destinations().await;
    let attributes = |name: &str, value: &str| json!([{ "Name": name, "Value": value }]);
    let sign_up = async |username: &str, attributes: Value| {
        let input = json!({
            "ClientId": client, "Username": username, "Password": PASSWORD, "UserAttributes": attributes,
        });
        server.post_unsigned("SignUp", &input).await
    };
    // The owner of the address.
    assert_eq!(sign_up("eve", attributes("email", "eve@example.com")).await.status, 200);
    let confirm = json!({ "ClientId": client, "Username": "eve", "ConfirmationCode": server.code_of("eve") });
    server.expect_output("ConfirmSignUp", &confirm).await;
    for number in 1..50 {
        let answer = sign_up(&format!("user{number}"), attributes("email", "Eve@example.com")).await;
        assert_eq!(answer.status, 200, "{number}: {answer:?}");
    }
    let again = async || sign_up("beyond", attributes("email", "eve@EXAMPLE.com")).await;
    assert_limited("SignUp", &again().await);
    let resend = json!({ "ClientId": client, "Username": "user1" });
    let before = server.codes_of("user1").len();
    assert_eq!(server.post_unsigned("ResendConfirmationCode", &resend).await.status, 200, "hidden");
    server.app.outbox.settle().await;
    assert_eq!(server.codes_of("user1").len(), before, "not sent");
    // Other destinations and media, the owner, and administrators are not concerned.
    assert_eq!(sign_up("other", attributes("email", "bob@example.com")).await.status, 200);
    assert_eq!(sign_up("sms", attributes("phone_number", "+15550100")).await.status, 200);
    let before = server.codes_of("eve").len();
    server.expect_output("ForgotPassword", &json!({ "ClientId": client, "Username": "eve" })).await;
    server.app.outbox.settle().await;
    assert_eq!(server.codes_of("eve").len(), before + 1);
    let invite = async |number: usize| {
        let input = json!({
            "UserPoolId": pool, "Username": format!("invited{number}"), "DesiredDeliveryMediums": ["EMAIL"],
            "UserAttributes": attributes("email", "eve@example.com"),
        });
        server.post("AdminCreateUser", &input).await
    };
    for number in 0..50 {
        assert_eq!(invite(number).await.status, 200, "{number}");
    }
    assert_limited("AdminCreateUser", &invite(50).await);
    server.app.clock.advance(Duration::from_secs(60 * 60));
    assert_eq!(again().await.status, 200);
}
