//! Bodies with as many violated constraints as fit: the time that they cost, and the size of the answers.

use std::time::Duration;

use anyhow::ensure;

use super::{Measure, lab::Lab, raw_client::post};

/// A kind of body: its operation, and the body with `count` violations.
type Shape = (&'static str, &'static str, fn(usize) -> String);

const SHAPES: &[Shape] = &[
    ("empty names in a list", "DeleteUserAttributes", |count| {
        format!(r#"{{"AccessToken":"x","UserAttributeNames":[{}]}}"#, repeated(r#""""#, count))
    }),
    ("null values in a map", "ConfirmSignUp", |count| {
        let entries: Vec<_> = (0..count).map(|index| format!(r#""{index}":null"#)).collect();
        format!(r#"{{"ClientId":"x","ClientMetadata":{{{}}}}}"#, entries.join(","))
    }),
    ("structures in a list", "SignUp", |count| {
        format!(r#"{{"ClientId":"","UserAttributes":[{}]}}"#, repeated(r#"{"Name":""}"#, count))
    }),
    ("one member many times", "SignUp", |count| format!("{{{}}}", repeated(r#""ClientId":"""#, count))),
    ("unknown members", "SignUp", |count| format!("{{{}}}", repeated(r#""Odd":[{}]"#, count))),
    ("one long text", "SignUp", |count| format!(r#"{{"Username":"{}"}}"#, " ".repeat(count * 8))),
    ("escapes", "SignUp", |count| format!(r#"{{"Username":"{}"}}"#, r"\u0000".repeat(count))),
];

const SMALL: usize = 2_000;

/// Sends each kind of body in three sizes. Time is processor time of the server, so that other work does not count.
pub(super) fn run(lab: &Lab) -> anyhow::Result<Vec<Measure>> {
    let mut measures = Vec::new();
    let mut wrong = Vec::new();
    let (mut slowest, mut growth, mut excess) = (Duration::ZERO, 0.0_f64, 0);
    for (what, operation, body) in SHAPES {
        let server = lab.dev("--store memory")?;
        let mut client = server.client()?;
        let mut times = Vec::new();
        // The first request prepares what is kept.
        for count in [1, SMALL, 4 * SMALL] {
            let body = body(count);
            let before = server.usage()?.cpu;
            client.send(post(operation, &body))?;
            let answer = client.read()?;
            times.push(server.usage()?.cpu - before);
            ensure!(answer.status == 400, "{what}: {} {}", answer.status, answer.body);
            excess = excess.max(answer.body.len().saturating_sub(body.len()));
        }
        let [_, small, large] = times.as_slice() else { continue };
        slowest = slowest.max(*large);
        // Too little to measure is no growth.
        if *large > Duration::from_millis(200) {
            let ratio = large.as_secs_f64() / small.as_secs_f64().max(0.01);
            growth = growth.max(ratio);
            if ratio > 8.0 {
                wrong.push((*what).to_owned());
            }
        }
    }
    measures.push(Measure::none("bodies whose cost is not linear", &wrong));
    measures.push(Measure::new(
        "cost of four times the body, at most",
        format!("{growth:.1} times"),
        "8 times",
        growth <= 8.0,
    ));
    measures.push(Measure::at_most(
        "processor time of one such body of up to 130 kB",
        u64::try_from(slowest.as_millis())?,
        2_000,
        " ms",
    ));
    measures.push(Measure::at_most(
        "bytes by which an answer is longer than its request",
        u64::try_from(excess)?,
        40_000,
        "",
    ));
    Ok(measures)
}

fn repeated(element: &str, count: usize) -> String {
    vec![element; count].join(",")
}
