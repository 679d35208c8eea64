//! A mail server that hangs: SMS go out, and requests that send mail do not wait for long.

use std::{
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::{
    Measure,
    client::{Client, Ids, PASSWORD, attribute_list},
    fakes::{HttpServer, MailBehavior, MailServer},
    lab::{Lab, wait_until},
};

/// More than the server has places for deliveries that are under way.
const MAILS: usize = 80;

/// Signs users up by mail, at the same time, and then one by SMS.
pub(super) fn run(lab: &Lab) -> anyhow::Result<Vec<Measure>> {
    let (mails, webhook) = (MailServer::start(MailBehavior::Hangs)?, HttpServer::start()?);
    let secret = "A".repeat(43) + "=";
    let mut server = lab.dev(&format!(
        "--store memory --smtp smtp://127.0.0.1:{}?tls=none --sms-webhook http://127.0.0.1:{} --sms-webhook-secret {secret}",
        mails.port, webhook.port
    ))?;
    let mut client = server.client()?;
    let by_mail = client.create(json!({"AutoVerifiedAttributes": ["email"]}), json!({}))?;
    let sms = json!({"SnsCallerArn": "arn:aws:iam::000000000000:role/sms", "ExternalId": "x"});
    let by_sms = client
        .create(json!({"AutoVerifiedAttributes": ["phone_number"], "SmsConfiguration": sms}), json!({}))?;
    let port = server.port;
    let (longest, sms_time) = thread::scope(|scope| {
        let ids = &by_mail;
        let waiting: Vec<_> = (0..MAILS)
            .map(|index| {
                scope.spawn(move || {
                    let mail = format!("user{index}@example.com");
                    let user = sign_up(ids, &format!("user{index}"), ("email", &mail));
                    let timed = Client::connect(port).and_then(|mut client| client.timed("SignUp", &user));
                    timed.map_or(Duration::MAX, |(_, time)| time)
                })
            })
            .collect();
        // When the places are taken.
        thread::sleep(Duration::from_secs(2));
        let user = sign_up(&by_sms, "ann", ("phone_number", "+15555550123"));
        let sent = Instant::now();
        let called = client.call("SignUp", &user).map(|answer| answer.status);
        wait_until(Duration::from_secs(4), || !webhook.posts().is_empty());
        let arrived = webhook.posts().first().map(|post| post.at.saturating_duration_since(sent));
        let longest = waiting.into_iter().map(|time| time.join().unwrap_or(Duration::MAX)).max();
        (longest.unwrap_or_default(), called.map(|status| (status, arrived)))
    });
    let (status, arrived) = sms_time?;
    Ok(vec![
        Measure::new(
            format!("an SMS, beside {MAILS} mails to a server that hangs"),
            arrived
                .map_or("not sent".to_owned(), |time| format!("{status}, sent in {} ms", time.as_millis())),
            "sent in 3000 ms",
            status == 200 && arrived.is_some_and(|time| time < Duration::from_secs(3)),
        ),
        Measure::at_most(
            "the longest wait of a request for its mail",
            u64::try_from(longest.as_millis()).unwrap_or(u64::MAX),
            10_000,
            " ms",
        ),
        Measure::none("faults of the server", &server.faults()?),
    ])
}

fn sign_up(ids: &Ids, name: &str, attribute: (&str, &str)) -> Value {
    json!({
        "ClientId": ids.client, "Username": name, "Password": PASSWORD, "UserAttributes": attribute_list(&[attribute])
    })
}
