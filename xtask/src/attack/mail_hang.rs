//! A mail server or an SMS webhook that hangs: messages of the other medium go out, and requests do not wait for long.

use std::{
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::{
    Measure,
    client::{Client, Ids, attribute_list},
    fakes::{HttpBehavior, HttpServer, MailBehavior, MailServer},
    lab::{Lab, wait_until},
};

/// More than the server has places for deliveries that are under way.
const MESSAGES: usize = 80;

/// Which medium hangs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hung {
    Mail,
    Sms,
}

/// Hangs each medium in turn.
pub(super) fn run(lab: &Lab) -> anyhow::Result<Vec<Measure>> {
    let mut measures = hang(lab, Hung::Mail)?;
    measures.extend(hang(lab, Hung::Sms)?);
    Ok(measures)
}

/// Signs users up by the medium that hangs, at the same time, and then one by the other.
fn hang(lab: &Lab, hung: Hung) -> anyhow::Result<Vec<Measure>> {
    let (mail_behavior, http_behavior) = match hung {
        Hung::Mail => (MailBehavior::Hangs, HttpBehavior::Echoes),
        Hung::Sms => (MailBehavior::Accepts(Duration::ZERO), HttpBehavior::Hangs),
    };
    let (mails, webhook) = (MailServer::start(mail_behavior)?, HttpServer::start(http_behavior)?);
    let secret = "A".repeat(43) + "=";
    let mut server = lab.dev(&format!(
        "--store memory --smtp smtp://127.0.0.1:{}?tls=none --sms-webhook http://127.0.0.1:{} --sms-webhook-secret {secret}",
        mails.port, webhook.port
    ))?;
    let mut client = server.client()?;
    // Users without passwords: the time to derive eighty keys is not that of the messages.
    let without_password =
        |factor: &str| json!({"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", factor]}});
    let by_mail = client.create(
        json!({"AutoVerifiedAttributes": ["email"], "Policies": without_password("EMAIL_OTP")}),
        json!({"ExplicitAuthFlows": ["ALLOW_USER_AUTH"]}),
    )?;
    let sms = json!({"SnsCallerArn": "arn:aws:iam::000000000000:role/sms", "ExternalId": "x"});
    let by_sms = client.create(
        json!({
            "AutoVerifiedAttributes": ["phone_number"], "SmsConfiguration": sms,
            "Policies": without_password("SMS_OTP")
        }),
        json!({"ExplicitAuthFlows": ["ALLOW_USER_AUTH"]}),
    )?;
    let (port, sign_up_by) = (server.port, |is_mail: bool, number: usize| {
        let name = format!("user{number}");
        if is_mail {
            sign_up(&by_mail, &name, ("email", &format!("{name}@example.com")))
        } else {
            sign_up(&by_sms, &name, ("phone_number", &format!("+1555{number:07}")))
        }
    });
    let sent = || if hung == Hung::Mail { webhook.posts().len() } else { mails.received() };
    let (longest, other) = thread::scope(|scope| {
        let waiting: Vec<_> = (0..MESSAGES)
            .map(|number| {
                let user = sign_up_by(hung == Hung::Mail, number);
                scope.spawn(move || {
                    let timed = Client::connect(port).and_then(|mut client| client.timed("SignUp", &user));
                    timed.map_or(Duration::MAX, |(_, time)| time)
                })
            })
            .collect();
        // When the places are taken.
        thread::sleep(Duration::from_secs(2));
        let started = Instant::now();
        let called =
            client.call("SignUp", &sign_up_by(hung != Hung::Mail, MESSAGES)).map(|answer| answer.status);
        let is_sent = wait_until(Duration::from_secs(4), || sent() > 0);
        let time = is_sent.then(|| started.elapsed());
        let longest = waiting.into_iter().map(|time| time.join().unwrap_or(Duration::MAX)).max();
        (longest.unwrap_or_default(), called.map(|status| (status, time)))
    });
    let (status, time) = other?;
    let (hanging, other) = if hung == Hung::Mail { ("mails", "an SMS") } else { ("SMS", "a mail") };
    Ok(vec![
        Measure::new(
            format!("{other}, beside {MESSAGES} {hanging} to a server that hangs"),
            time.map_or("not sent".to_owned(), |time| format!("{status}, sent in {} ms", time.as_millis())),
            "sent in 3000 ms",
            status == 200 && time.is_some_and(|time| time < Duration::from_secs(3)),
        ),
        Measure::at_most(
            format!("the longest wait of a request for its message, {hanging}"),
            u64::try_from(longest.as_millis()).unwrap_or(u64::MAX),
            10_000,
            " ms",
        ),
        Measure::none("faults of the server", &server.faults()?),
    ])
}

fn sign_up(ids: &Ids, name: &str, attribute: (&str, &str)) -> Value {
    json!({
        "ClientId": ids.client, "Username": name, "UserAttributes": attribute_list(&[attribute])
    })
}
