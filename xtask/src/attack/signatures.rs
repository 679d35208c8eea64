//! Signatures that are almost right: only what was signed is done.

use std::time::Duration;

use super::{
    Measure,
    client::Client,
    lab::{Lab, Setup},
    signing::SignedRequest,
};

/// A change of a good request: what it is, and the bytes to send.
type Change = (&'static str, fn(SignedRequest) -> anyhow::Result<String>);

const CHANGES: &[Change] = &[
    ("no authorization", |request| Ok(request.signed_bytes()?.replace("authorization:", "x-nothing:"))),
    ("an operation that was not signed", |mut request| {
        request.signed.retain(|name| *name != "x-amz-target");
        request.signed_bytes()
    }),
    ("another operation than was signed", |request| {
        let authorization = request.authorization()?;
        let mut other = request;
        other.set("x-amz-target", Some("AWSCognitoIdentityProviderService.ListUserPoolClients"));
        Ok(other.bytes(&authorization))
    }),
    ("a second operation beside the signed one", |request| {
        let authorization = request.authorization()?;
        let mut other = request;
        let target = "AWSCognitoIdentityProviderService.ListUsers".to_owned();
        other.headers.push(("x-amz-target".to_owned(), target));
        Ok(other.bytes(&authorization))
    }),
    ("a host that was not signed", |mut request| {
        request.signed.retain(|name| *name != "host");
        request.signed_bytes()
    }),
    ("another body than was signed", |request| {
        let authorization = request.authorization()?;
        Ok(SignedRequest { body: r#"{"MaxResults":9}"#.to_owned(), ..request }.bytes(&authorization))
    }),
    ("a body that is said to be unsigned", |mut request| {
        request.set("x-amz-content-sha256", Some("UNSIGNED-PAYLOAD"));
        request.signed.insert(2, "x-amz-content-sha256");
        let authorization = request.authorization()?;
        Ok(SignedRequest { body: r#"{"MaxResults":9}"#.to_owned(), ..request }.bytes(&authorization))
    }),
    ("another secret", |request| SignedRequest { secret: "wrong", ..request }.signed_bytes()),
    ("another Region", |request| SignedRequest { region: "eu-west-1", ..request }.signed_bytes()),
    ("another service", |request| SignedRequest { service: "iam", ..request }.signed_bytes()),
    ("an empty signature", |request| {
        let authorization = request.authorization()?;
        let (start, _) = authorization.split_once("Signature=").unwrap_or_default();
        Ok(request.bytes(&format!("{start}Signature=")))
    }),
    ("half a signature", |request| {
        let authorization = request.authorization()?;
        Ok(request.bytes(authorization.get(..authorization.len() - 32).unwrap_or_default()))
    }),
    ("an unknown key", |request| {
        let authorization = request.authorization()?;
        Ok(request.bytes(&authorization.replace(super::signing::KEY, "AKIANOBODY")))
    }),
    ("no signed headers", |request| SignedRequest { signed: Vec::new(), ..request }.signed_bytes()),
    ("a wrong signature before the right one", |request| {
        let authorization = request.authorization()?;
        let wrong = authorization.replace("Signature=", "Signature=0");
        Ok(request.bytes(&format!("{wrong}\r\nauthorization: {authorization}")))
    }),
];

/// Sends a request as signed, with each change, and at other times.
pub(super) fn run(lab: &Lab) -> anyhow::Result<Vec<Measure>> {
    let mut server = lab.start(Setup::serve("--request-limits off --region us-east-1")?)?;
    let request = |age| SignedRequest::new("ListUserPools", r#"{"MaxResults":1}"#, age);
    let send = |bytes: &str| -> anyhow::Result<u16> {
        let mut client = Client::connect(server.port)?;
        client.send(bytes)?;
        Ok(client.read()?.status)
    };
    let mut wrong = Vec::new();
    for (what, change) in CHANGES {
        let status = send(&change(request(0)?)?)?;
        if status != 400 {
            wrong.push(format!("{what}: {status}"));
        }
    }
    let ages = [-3_600, -400, -200, 0, 200, 400, 3_600];
    for age in ages {
        let status = send(&request(age)?.signed_bytes()?)?;
        let expected = if (-300..=300).contains(&age) { 200 } else { 400 };
        if status != expected {
            wrong.push(format!("signed {age} s ago: {status}"));
        }
    }
    let bytes = request(0)?.signed_bytes()?;
    let (first, second) = (send(&bytes)?, send(&bytes)?);
    // What SigV4 itself allows; idempotency is the operations' matter.
    let replay = Measure::new("the same signed request again", format!("{first}, {second}"), "200, 200", {
        first == 200 && second == 200
    });
    let cost = repeated_names(&server, request(0)?)?;
    Ok(vec![
        Measure::none(format!("of {} shapes, answered otherwise", CHANGES.len() + ages.len()), &wrong),
        replay,
        Measure::at_most(
            "processor time of 3000 times the same signed header",
            u64::try_from(cost.as_millis())?,
            200,
            " ms",
        ),
        Measure::none("faults of the server", &server.faults()?),
    ])
}

/// Sends a signature over one long header, named as often as fits, and returns the processor time.
fn repeated_names(server: &super::lab::Server, mut request: SignedRequest) -> anyhow::Result<Duration> {
    request.set("x", Some(&"y".repeat(7_000)));
    request.signed.extend(vec!["x"; 3_000]);
    let bytes = request.signed_bytes()?;
    let before = server.usage()?.cpu;
    let mut client = server.client()?;
    client.send(bytes)?;
    // Refused for the size of its head, its names or its signature.
    client.read()?;
    Ok(server.usage()?.cpu - before)
}
