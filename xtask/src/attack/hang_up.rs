//! Clients that hang up after they have sent ConfirmSignUp: PostConfirmation is called for every user who is confirmed.

use std::{collections::BTreeSet, thread::sleep, time::Duration};

use serde_json::{Value, json};

use super::{
    Measure,
    client::{PASSWORD, attribute_list},
    fakes::{HttpBehavior, HttpServer},
    lab::{Lab, wait_until},
    raw_client::post,
};

const USERS: usize = 60;

/// Confirms users on connections that are closed after a few milliseconds each.
pub(super) fn run(lab: &Lab) -> anyhow::Result<Vec<Measure>> {
    let functions = HttpServer::start(HttpBehavior::Echoes)?;
    let mut server =
        lab.dev(&format!("--store sqlite:lido.db --lambda-endpoint http://127.0.0.1:{}", functions.port))?;
    let mut client = server.client()?;
    let triggers = json!({"PostConfirmation": "arn:aws:lambda:us-east-1:000000000000:function:post"});
    let ids =
        client.create(json!({"LambdaConfig": triggers, "AutoVerifiedAttributes": ["email"]}), json!({}))?;
    for index in 0..USERS {
        let mail = format!("user{index}@example.com");
        let user = json!({
            "ClientId": ids.client, "Username": format!("user{index}"), "Password": PASSWORD,
            "UserAttributes": attribute_list(&[("email", &mail)])
        });
        client.output("SignUp", &user)?;
        let confirm = json!({
            "ClientId": ids.client, "Username": format!("user{index}"), "ConfirmationCode": "123456"
        });
        let mut leaving = server.client()?;
        leaving.send(post("ConfirmSignUp", &confirm.to_string()))?;
        // From at once to about when the answer comes.
        sleep(Duration::from_micros(u64::try_from(index)? * 400));
        drop(leaving);
    }
    let mut told = BTreeSet::new();
    let mut confirmed = BTreeSet::new();
    wait_until(Duration::from_secs(8), || {
        told = functions.posts().iter().filter_map(|post| user_name(&post.body)).collect();
        confirmed = confirmed_users(&mut client, &ids.pool).unwrap_or_default();
        told.len() == USERS
    });
    let untold: Vec<String> = confirmed.difference(&told).cloned().collect();
    Ok(vec![
        Measure::new(format!("of {USERS} users, confirmed"), confirmed.len(), "some", !confirmed.is_empty()),
        Measure::none("users confirmed whom PostConfirmation was not told of", &untold),
        Measure::none("faults of the server", &server.faults()?),
    ])
}

/// Returns the user of an event.
fn user_name(event: &str) -> Option<String> {
    let event: Value = serde_json::from_str(event).ok()?;
    Some(event.get("userName")?.as_str()?.to_owned())
}

fn confirmed_users(client: &mut super::client::Client, pool: &str) -> anyhow::Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    let mut page = json!({"UserPoolId": pool, "Filter": "cognito:user_status = \"CONFIRMED\""});
    loop {
        let answer = client.output("ListUsers", &page)?;
        let users = answer.get("Users").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        names.extend(users.iter().filter_map(|user| user.get("Username")?.as_str().map(str::to_owned)));
        let Some(next) = answer.get("PaginationToken") else { return Ok(names) };
        page = super::client::with(page, json!({"PaginationToken": next}));
    }
}
