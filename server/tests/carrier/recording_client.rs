//! A client with its own user pool that collects every secret in requests and responses.

use lido_domain::{client::secret_hash::secret_hash, id::ClientId, secret::Secret};
use serde_json::{Value, json};

use crate::{
    known_secrets::KnownSecrets,
    raw_client::{Answer, Client},
    srp_client::{Challenge, SrpClient, TIME},
};

/// A client that collects every secret in requests and responses.
pub(crate) struct RecordingClient {
    pub(crate) client: Client,
    pub(crate) secrets: KnownSecrets,
    pub(crate) pool: String,
    pub(crate) app: String,
    pub(crate) app_secret: String,
}

impl RecordingClient {
    /// Creates a user pool with every first factor, and an app client with a secret and every flow.
    pub(crate) fn new(client: Client) -> Self {
        let (pool, app, app_secret) = Default::default();
        let mut client = Self { client, secrets: KnownSecrets::default(), pool, app, app_secret };
        let factors = ["PASSWORD", "EMAIL_OTP", "SMS_OTP"];
        let pool = client.expect_output(
            "CreateUserPool",
            json!({
                "PoolName": "life",
                "AutoVerifiedAttributes": ["email"],
                "EmailConfiguration": {
                    "EmailSendingAccount": "DEVELOPER",
                    "SourceArn": "arn:aws:ses:us-east-1:000000000000:identity/developer.example",
                },
                "SmsConfiguration": {"SnsCallerArn": "arn:aws:iam::000000000000:role/sms"},
                "Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": factors}},
            }),
        );
        client.pool = text(&pool, "/UserPool/Id");
        let flows = [
            "ALLOW_USER_PASSWORD_AUTH",
            "ALLOW_USER_SRP_AUTH",
            "ALLOW_ADMIN_USER_PASSWORD_AUTH",
            "ALLOW_USER_AUTH",
            "ALLOW_CUSTOM_AUTH",
            "ALLOW_REFRESH_TOKEN_AUTH",
        ];
        let app = json!({
            "UserPoolId": client.pool, "ClientName": "app", "GenerateSecret": true, "ExplicitAuthFlows": flows,
        });
        let app = client.expect_output("CreateUserPoolClient", app);
        client.app = text(&app, "/UserPoolClient/ClientId");
        client.app_secret = text(&app, "/UserPoolClient/ClientSecret");
        client
    }

    /// Signs a user in by password and returns the tokens.
    pub(crate) fn by_password(&mut self, username: &str, password: &str) -> Value {
        let body = self.initiate("USER_PASSWORD_AUTH", username, &[("PASSWORD", password)]);
        self.expect_output("InitiateAuth", body)["AuthenticationResult"].clone()
    }

    /// Returns the body of InitiateAuth, with additional parameters.
    pub(crate) fn initiate(&self, flow: &str, username: &str, parameters: &[(&str, &str)]) -> Value {
        let mut all = json!({"USERNAME": username, "SECRET_HASH": self.hash(username)});
        for (name, value) in parameters {
            all[*name] = json!(value);
        }
        json!({"ClientId": self.app, "AuthFlow": flow, "AuthParameters": all})
    }

    /// Returns the body of RespondToAuthChallenge with the session of `response`, and with additional challenge responses.
    pub(crate) fn respond(&self, challenge: &str, response: &Value, responses: &[(&str, &str)]) -> Value {
        let mut all = json!({"USERNAME": "ann", "SECRET_HASH": self.hash("ann")});
        for (name, value) in responses {
            all[*name] = json!(value);
        }
        let mut body = json!({"ClientId": self.app, "ChallengeName": challenge, "ChallengeResponses": all});
        if response["Session"].is_string() {
            body["Session"] = response["Session"].clone();
        }
        body
    }

    /// Starts SRP for `ann`. Returns the state of the client and the response with the challenge.
    pub(crate) fn begin_srp(&mut self, flow: &str) -> (SrpClient, Value) {
        let srp = SrpClient::new(0x1234_5678_9abc_def0_1234_5678_9abc_def1);
        let parameters = [("SRP_A", srp.srp_a()), ("PREFERRED_CHALLENGE", "PASSWORD_SRP".to_owned())];
        let parameters = parameters.each_ref().map(|(name, value)| (*name, value.as_str()));
        let body = self.initiate(flow, "ann", &parameters);
        let response = self.expect_output("InitiateAuth", body);
        (srp, response)
    }

    /// Returns the body that proves knowledge of `ann`'s password.
    pub(crate) fn srp_proof(&self, srp: &SrpClient, response: &Value, password: &str) -> Value {
        let get = |name: &str| text(response, &format!("/ChallengeParameters/{name}"));
        let (user, salt, b, secret_block) =
            (get("USER_ID_FOR_SRP"), get("SALT"), get("SRP_B"), get("SECRET_BLOCK"));
        let challenge =
            Challenge { pool: &self.pool, user: &user, salt: &salt, b: &b, secret_block: &secret_block };
        let signature = srp.sign(&challenge, password);
        let responses = [
            ("PASSWORD_CLAIM_SECRET_BLOCK", secret_block.as_str()),
            ("PASSWORD_CLAIM_SIGNATURE", &signature),
            ("TIMESTAMP", TIME),
        ];
        self.respond("PASSWORD_VERIFIER", &Value::Null, &responses)
    }

    pub(crate) fn hash(&self, username: &str) -> String {
        secret_hash(&ClientId::new(self.app.as_str()), &Secret::new(self.app_secret.as_str()), username)
    }

    /// Advances the clock and returns the next code that an authenticator app shows for this secret.
    pub(crate) fn app_code(&mut self, secret: &str) -> String {
        let now = text(&self.client.advance(30), "/now");
        let now: jiff::Timestamp = now.parse().expect("an instant");
        let secret = totp_rs::Secret::try_from_base32(secret).expect("Base32");
        let at = u64::try_from(now.as_second()).expect("after 1970");
        totp_rs::Builder::new().with_secret(secret).build_noncompliant().generate(at).to_string()
    }

    /// Returns the code or temporary password in the last message to a user.
    pub(crate) fn code(&mut self, username: &str) -> String {
        text(&self.inbox(username), "/messages/0/code")
    }

    /// Returns the messages to a user.
    pub(crate) fn inbox(&mut self, username: &str) -> Value {
        let path = format!("/_lido/messages?userPoolId={}&username={username}", self.pool);
        let inbox = self.client.get(&path).json();
        self.secrets.add_all(&inbox);
        inbox
    }

    pub(crate) fn call(&mut self, operation: &str, body: &Value) -> Answer {
        self.secrets.add_all(body);
        let answer = self.client.call(operation, body);
        if !answer.body.is_empty() {
            self.secrets.add_all(&answer.json());
        }
        answer
    }

    /// Calls an operation that must succeed and returns its output.
    pub(crate) fn expect_output(&mut self, operation: &str, body: Value) -> Value {
        let answer = self.call(operation, &body);
        assert_eq!(answer.status, 200, "{operation}: {answer:?}");
        answer.json()
    }

    /// Calls an operation that must be refused.
    pub(crate) fn refused(&mut self, operation: &str, body: Value) {
        let answer = self.call(operation, &body);
        assert_eq!(answer.status, 400, "{operation}: {answer:?}");
    }
}

/// Returns the string at a JSON pointer.
pub(crate) fn text(value: &Value, pointer: &str) -> String {
    let text = value.pointer(pointer).and_then(Value::as_str);
    text.unwrap_or_else(|| panic!("no {pointer} in {value}")).to_owned()
}

/// Returns another code of the same length.
pub(crate) fn other_than(code: &str) -> String {
    let width = code.len();
    let other = (code.parse::<u64>().expect("digits") + 1) % 10_u64.pow(u32::try_from(width).expect("few"));
    format!("{other:0width$}")
}
