//! Codes for one user, as fast as a stranger can ask: they end, for a user and for an unknown name at the same number.

use serde_json::{Value, json};

use super::{
    Measure,
    client::{Client, Ids, error_of},
    fakes::{MailBehavior, MailServer},
    lab::Lab,
};

/// How often each operation is called.
const CALLS: usize = 60;
/// The most messages an hour for one user and operation; the service's documented limits are below it.
const MAX_EACH: u64 = 30;

type Sending = (&'static str, &'static str, fn(&Ids, &str) -> Value);

const SENDING: &[Sending] = &[
    ("ForgotPassword", "ForgotPassword", |ids, name| json!({"ClientId": ids.client, "Username": name})),
    ("sign-in by a mailed code", "InitiateAuth", |ids, name| {
        let parameters = json!({"USERNAME": name, "PREFERRED_CHALLENGE": "EMAIL_OTP"});
        json!({"ClientId": ids.client, "AuthFlow": "USER_AUTH", "AuthParameters": parameters})
    }),
    (
        "ResendConfirmationCode",
        "ResendConfirmationCode",
        |ids, name| json!({"ClientId": ids.client, "Username": name}),
    ),
];

/// Calls each operation for a user and for an unknown name.
pub(super) fn run(lab: &Lab) -> anyhow::Result<Vec<Measure>> {
    let mails = MailServer::start(MailBehavior::Accepts(std::time::Duration::ZERO))?;
    let mut server = lab.dev(&format!("--store memory --smtp smtp://127.0.0.1:{}?tls=none", mails.port))?;
    let mut client = server.client()?;
    let factors = json!({"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}});
    let ids = client.create(
        json!({"AutoVerifiedAttributes": ["email"], "Policies": factors}),
        json!({
            "ExplicitAuthFlows": ["ALLOW_USER_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
            "PreventUserExistenceErrors": "ENABLED"
        }),
    )?;
    let mail = [("email", "ann@example.com"), ("email_verified", "true")];
    client.create_user(&ids, "ann", &mail)?;
    let sign_up = json!({
        "ClientId": ids.client, "Username": "bob", "Password": super::client::PASSWORD,
        "UserAttributes": super::client::attribute_list(&[("email", "bob@example.com")])
    });
    client.output("SignUp", &sign_up)?;
    let unknown = client.unknown_names_like(&ids, "ann", 1)?.concat();
    let mut measures = Vec::new();
    for (what, operation, input) in SENDING {
        let user = if *operation == "ResendConfirmationCode" { "bob" } else { "ann" };
        let sent_before = mails.received();
        let user_calls = accepted(&mut client, operation, &input(&ids, user))?;
        let unknown_calls = accepted(&mut client, operation, &input(&ids, &unknown))?;
        // What an answer did not wait for.
        std::thread::sleep(std::time::Duration::from_millis(500));
        let sent = u64::try_from(mails.received() - sent_before)?;
        measures.push(Measure::at_most(format!("mails by {CALLS} of {what}"), sent, MAX_EACH, ""));
        measures.push(Measure::new(
            format!("{what}: accepted for a user, for none"),
            format!("{user_calls}, {unknown_calls}"),
            "the same",
            user_calls == unknown_calls,
        ));
    }
    measures.push(Measure::none("faults of the server", &server.faults()?));
    Ok(measures)
}

/// Calls an operation many times, and returns how often before it was refused for the number.
fn accepted(client: &mut Client, operation: &str, input: &Value) -> anyhow::Result<usize> {
    for count in 0..CALLS {
        let error = error_of(&client.call(operation, input)?);
        if matches!(error.as_str(), "LimitExceededException" | "TooManyRequestsException") {
            return Ok(count);
        }
    }
    Ok(CALLS)
}
