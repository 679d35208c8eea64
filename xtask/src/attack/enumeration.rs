//! Who exists, where the app client hides it: texts and times of answers for users and for unknown names are alike.

use std::time::Duration;

use serde_json::{Value, json};

use super::{
    Measure,
    client::{Answer, Client, Ids, error_of},
    fakes::{MailBehavior, MailServer},
    lab::Lab,
};

const DELIVERY: Duration = Duration::from_millis(150);
const USERS: usize = 5;
/// Unknown names whose attempts are used up, and those that are tried after them.
const USED_UP: usize = 100;
const FRESH: usize = 200;
/// The attempts an hour at ResendConfirmationCode.
const RESEND_LIMIT: usize = 5;

/// An operation that a stranger can call with a name.
type Probe = (&'static str, &'static str, fn(&Ids, &str) -> Value);

/// Operations whose answers must not tell, in text or in time. An answer that names where a code went, as recorded of the
/// service, is compared without it.
const PROBES: &[Probe] = &[
    ("ConfirmForgotPassword before a code", "ConfirmForgotPassword", confirm),
    ("ForgotPassword", "ForgotPassword", |ids, name| json!({"ClientId": ids.client, "Username": name})),
    ("ConfirmForgotPassword after a code", "ConfirmForgotPassword", confirm),
    ("sign-in with a password", "InitiateAuth", |ids, name| {
        let parameters = json!({"USERNAME": name, "PASSWORD": "Wrong-Horse-1"});
        json!({"ClientId": ids.client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters})
    }),
    ("sign-in by a mailed code", "InitiateAuth", |ids, name| {
        let parameters = json!({"USERNAME": name, "PREFERRED_CHALLENGE": "EMAIL_OTP"});
        json!({"ClientId": ids.client, "AuthFlow": "USER_AUTH", "AuthParameters": parameters})
    }),
    ("sign-in by SRP", "InitiateAuth", |ids, name| {
        let parameters = json!({"USERNAME": name, "SRP_A": "a".repeat(256)});
        json!({"ClientId": ids.client, "AuthFlow": "USER_SRP_AUTH", "AuthParameters": parameters})
    }),
];

fn confirm(ids: &Ids, name: &str) -> Value {
    json!({"ClientId": ids.client, "Username": name, "ConfirmationCode": "000000", "Password": "Correct-Horse-2"})
}

/// Probes users and unknown names in turn, with a mail server that is slow and with one that refuses.
pub(super) fn run(lab: &Lab) -> anyhow::Result<Vec<Measure>> {
    let mut measures = Vec::new();
    for (what, behavior) in [("slow", MailBehavior::Accepts(DELIVERY)), ("refusing", MailBehavior::Refuses)] {
        let mails = MailServer::start(behavior)?;
        let mut server =
            lab.dev(&format!("--store memory --smtp smtp://127.0.0.1:{}?tls=none", mails.port))?;
        let mut client = server.client()?;
        let ids = create(&mut client)?;
        let unknown_names = client.unknown_names_like(&ids, "user0", USERS)?;
        let (mut texts, mut times) = (Vec::new(), Vec::new());
        for (probe, operation, input) in PROBES {
            let mut slower = Vec::new();
            for (index, unknown) in unknown_names.iter().enumerate() {
                let user = client.timed(operation, &input(&ids, &format!("user{index}")))?;
                let unknown = client.timed(operation, &input(&ids, unknown))?;
                let (user_says, unknown_says) = (comparable(&user.0), comparable(&unknown.0));
                if user_says != unknown_says {
                    texts.push(format!("{probe}: {user_says} / {unknown_says}"));
                }
                slower.push(i128::try_from(user.1.as_micros())? - i128::try_from(unknown.1.as_micros())?);
            }
            slower.sort_unstable();
            let median = slower.get(USERS / 2).copied().unwrap_or_default() / 1_000;
            // A debug build on a busy machine; delivery takes 150 ms.
            if median.abs() > 40 {
                times.push(format!("{probe}: {median} ms"));
            }
        }
        texts.dedup();
        measures.push(Measure::none(format!("texts that tell, with a {what} mail server"), &texts));
        measures.push(Measure::none(format!("times that tell, with a {what} mail server"), &times));
        measures.push(Measure::none("faults of the server", &server.faults()?));
    }
    measures.extend(use_up_names(lab)?);
    Ok(measures)
}

/// Uses up the attempts at names that are no user's, where the sign-in name is an address, and then tries other names for the
/// first time. If names shared counters, some of the fresh ones would be refused; a user never is. The domain's tests compare
/// more names.
fn use_up_names(lab: &Lab) -> anyhow::Result<Vec<Measure>> {
    let mut server = lab.dev("--store memory")?;
    let mut client = server.client()?;
    let ids = client.create(
        json!({"AutoVerifiedAttributes": ["email"], "UsernameAttributes": ["email"]}),
        json!({"PreventUserExistenceErrors": "ENABLED"}),
    )?;
    let mut resend = |name: &str| {
        let answer =
            client.call("ResendConfirmationCode", &json!({"ClientId": ids.client, "Username": name}))?;
        anyhow::Ok(error_of(&answer))
    };
    let mut unlimited = Vec::new();
    for index in 0..USED_UP {
        let name = format!("used{index}@example.com");
        for _ in 0..RESEND_LIMIT {
            resend(&name)?;
        }
        // The limit holds; one look in a while is enough.
        if index % 100 == 0 && resend(&name)? != "LimitExceededException" {
            unlimited.push(name);
        }
    }
    let mut refused = Vec::new();
    for index in 0..FRESH {
        let name = format!("fresh{index}@example.com");
        let error = resend(&name)?;
        if error != "ok" {
            refused.push(format!("{name}: {error}"));
        }
    }
    Ok(vec![
        Measure::none(format!("names without a limit, of {USED_UP} unknown ones"), &unlimited),
        Measure::none(format!("fresh names refused, of {FRESH}, after {USED_UP} were used up"), &refused),
        Measure::none("faults of the server", &server.faults()?),
    ])
}

fn create(client: &mut Client) -> anyhow::Result<Ids> {
    let flows =
        ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_USER_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"];
    let factors = json!({"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}});
    let ids = client.create(
        json!({"AutoVerifiedAttributes": ["email"], "Policies": factors}),
        json!({"ExplicitAuthFlows": flows, "PreventUserExistenceErrors": "ENABLED"}),
    )?;
    for index in 0..USERS {
        let mail = format!("user{index}@example.com");
        client.create_user(&ids, &format!("user{index}"), &[("email", &mail), ("email_verified", "true")])?;
    }
    Ok(ids)
}

/// Returns what an answer says: its members, without the values that are different in every answer, or where a code
/// went to.
fn comparable(answer: &Answer) -> String {
    let body: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    if answer.status != 200 {
        return format!("{} {body}", answer.status);
    }
    let mut names = Vec::new();
    members(&body, "", &mut names);
    format!("200 {}", names.join(" "))
}

/// Adds the paths of the members of a value.
fn members(value: &Value, at: &str, into: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            object.iter().for_each(|(name, value)| members(value, &format!("{at}/{name}"), into));
        }
        _ => into.push(at.to_owned()),
    }
}
