//! Random JSON for every operation: no answer is an internal error.

use serde_json::{Map, Value, json};

use super::{
    Measure,
    client::{Client, error_of},
    lab::Lab,
};

/// Requests for each operation.
const REQUESTS: usize = 20;

/// A random number generator with the same output in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or(0) % bound.max(1)
    }

    fn pick<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> Option<&'a T> {
        of.get(self.below(of.len())).copied()
    }
}

/// Members and values that lead deep into an operation, and values that lead nowhere.
const MEMBERS: &[&str] = &[
    "UserPoolId",
    "ClientId",
    "Username",
    "Password",
    "AccessToken",
    "Session",
    "UserAttributes",
    "ClientMetadata",
    "AuthFlow",
    "AuthParameters",
    "ChallengeName",
    "ChallengeResponses",
    "ConfirmationCode",
    "Filter",
    "Limit",
    "NextToken",
    "PaginationToken",
    "GroupName",
    "DeviceKey",
    "AttributeName",
    "SecretHash",
    "Token",
    "Credential",
    "Policies",
    "LambdaConfig",
    "PoolName",
    "ClientName",
    "MfaConfiguration",
    "Schema",
    "MaxResults",
    "ResourceArn",
    "Tags",
    "Code",
    "UserCode",
    "Precedence",
    "RoleArn",
    "UserAttributeNames",
    "CustomAttributes",
    "Identifier",
];

fn value(random: &mut Random, known: &[&str], depth: usize) -> Value {
    let scalars = 8;
    match random.below(if depth == 0 { scalars } else { scalars + 3 }) {
        0 => Value::Null,
        1 => json!(random.below(3) == 0),
        2 => json!(i64::try_from(random.below(100)).unwrap_or(0) - 50),
        3 => json!(1e300),
        4 => json!(random.pick(&["", " ", "a", "\u{0}", "ſ😀\u{202e}", "%s%n", "../..", "' OR 1=1--"])),
        5..=7 => json!(random.pick(known)),
        8 => (0..random.below(4)).map(|_| value(random, known, depth - 1)).collect(),
        _ => {
            let mut members = Map::new();
            for _ in 0..random.below(5) {
                if let Some(name) = random.pick(MEMBERS) {
                    members.insert(name.to_owned(), value(random, known, depth - 1));
                }
            }
            Value::Object(members)
        }
    }
}

/// Calls every operation with random inputs, which name a pool, an app client and a user that exist.
pub(super) fn run(lab: &Lab) -> anyhow::Result<Vec<Measure>> {
    let mut server = lab.dev("--store memory")?;
    let mut client = server.client()?;
    let ids = client.create(json!({}), json!({}))?;
    client.create_user(&ids, "ann", &[("email", "ann@example.com")])?;
    let known = [
        ids.pool.as_str(),
        &ids.client,
        "ann",
        "email",
        "123456",
        "USER_AUTH",
        "USER_PASSWORD_AUTH",
        "USER_SRP_AUTH",
        "PASSWORD_VERIFIER",
        "SMS_MFA",
        "ON",
        "OPTIONAL",
        "username = \"ann\"",
        "PASSWORD",
        super::client::PASSWORD,
    ];
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let (mut wrong, mut sent, mut accepted) = (Vec::new(), 0, 0);
    let names = [("UserPoolId", ids.pool.as_str()), ("ClientId", &ids.client), ("Username", "ann")];
    // What these delete, the others would only miss.
    let operations = lab.operations()?.into_iter().filter(|name| !name.starts_with("DeleteUserPool"));
    for operation in operations {
        // It may have been deleted.
        client.create_user(&ids, "ann", &[("email", "ann@example.com")]).ok();
        for _ in 0..REQUESTS {
            let mut input = Map::new();
            for (name, usual) in names {
                let is_usual = random.below(5) > 0;
                let chosen = if is_usual { json!(usual) } else { value(&mut random, &known, 3) };
                input.insert(name.to_owned(), chosen);
            }
            for _ in 0..random.below(5) {
                let Some(name) = random.pick(MEMBERS) else { continue };
                input.insert(name.to_owned(), value(&mut random, &known, 3));
            }
            let input = Value::Object(input);
            sent += 1;
            match client.call(&operation, &input) {
                Ok(answer) => {
                    accepted += u64::from(answer.status == 200);
                    // An operation that is not served says so; what may not be said of anything else is 500.
                    let is_unserved = answer.status == 501 && error_of(&answer) == "NotImplementedException";
                    if !matches!(answer.status, 200 | 400) && !is_unserved {
                        wrong.push(format!("{operation} {input}: {} {}", answer.status, answer.body));
                    }
                }
                Err(error) => {
                    wrong.push(format!("{operation} {input}: {error:#}"));
                    client = Client::connect(server.port)?;
                }
            }
        }
    }
    Ok(vec![
        Measure::none(format!("of {sent} requests, answered but by 200, 400 and 501"), &wrong),
        Measure::new("of them accepted", accepted, "some hundreds", accepted > 200),
        Measure::none("faults of the server", &server.faults()?),
    ])
}
