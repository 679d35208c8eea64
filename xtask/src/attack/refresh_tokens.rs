//! Tokens that were used, replaced or revoked: none is good again.

use std::{sync::Barrier, thread};

use serde_json::{Value, json};

use super::{
    Measure,
    client::{Client, Ids, PASSWORD, text},
    lab::Lab,
};

const RACES: usize = 60;

/// Races two uses of one refresh token, and uses tokens after they are void.
pub(super) fn run(lab: &Lab) -> anyhow::Result<Vec<Measure>> {
    let mut server = lab.dev("--store memory")?;
    let mut client = server.client()?;
    let rotation = json!({"Feature": "ENABLED", "RetryGracePeriodSeconds": 0});
    let ids = client.create(
        json!({}),
        json!({"ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"], "RefreshTokenRotation": rotation}),
    )?;
    client.create_user(&ids, "ann", &[])?;
    let mut token = sign_in(&mut client, &ids)?.1;
    let (mut double, mut lost) = (Vec::new(), Vec::new());
    let mut other = server.client()?;
    for race in 0..RACES {
        let barrier = Barrier::new(2);
        let request = refresh(&ids, &token);
        let answers = thread::scope(|scope| {
            let second = scope.spawn(|| {
                barrier.wait();
                other.call("GetTokensFromRefreshToken", &request)
            });
            barrier.wait();
            let first = client.call("GetTokensFromRefreshToken", &request);
            [Some(first), second.join().ok()]
        });
        let answers = answers.into_iter().flatten().collect::<Result<Vec<_>, _>>()?;
        let good: Vec<Value> =
            answers.iter().filter(|answer| answer.status == 200).map(|answer| answer.json()).collect();
        match good.as_slice() {
            [one] => token = text(one, "/AuthenticationResult/RefreshToken")?,
            [] => {
                lost.push(format!("race {race}"));
                token = sign_in(&mut client, &ids)?.1;
            }
            _ => {
                double.push(format!("race {race}"));
                token = sign_in(&mut client, &ids)?.1;
            }
        }
    }
    let mut void = Vec::new();
    let mut expect_refused = |client: &mut Client, what: &str, operation: &str, input: &Value| {
        let status = client.call(operation, input)?.status;
        if status != 400 {
            void.push(format!("{what}: {status}"));
        }
        anyhow::Ok(())
    };
    let (_, old) = sign_in(&mut client, &ids)?;
    client.output("GetTokensFromRefreshToken", &refresh(&ids, &old))?;
    client.advance(60)?;
    expect_refused(&mut client, "a replaced token", "GetTokensFromRefreshToken", &refresh(&ids, &old))?;
    let (access, revoked) = sign_in(&mut client, &ids)?;
    client.output("RevokeToken", &json!({"ClientId": ids.client, "Token": revoked})).ok();
    expect_refused(&mut client, "a revoked token", "GetTokensFromRefreshToken", &refresh(&ids, &revoked))?;
    expect_refused(&mut client, "its access token", "GetUser", &json!({"AccessToken": access}))?;
    let (access, refreshing) = sign_in(&mut client, &ids)?;
    client.output("GlobalSignOut", &json!({"AccessToken": access}))?;
    expect_refused(
        &mut client,
        "a token after sign-out",
        "GetTokensFromRefreshToken",
        &refresh(&ids, &refreshing),
    )?;
    expect_refused(
        &mut client,
        "an access token after sign-out",
        "GetUser",
        &json!({"AccessToken": access}),
    )?;
    let (access, refreshing) = sign_in(&mut client, &ids)?;
    client.output("AdminDisableUser", &json!({"UserPoolId": ids.pool, "Username": "ann"}))?;
    expect_refused(
        &mut client,
        "a disabled user's token",
        "GetTokensFromRefreshToken",
        &refresh(&ids, &refreshing),
    )?;
    expect_refused(
        &mut client,
        "a disabled user's access token",
        "GetUser",
        &json!({"AccessToken": access}),
    )?;
    Ok(vec![
        Measure::none(format!("of {RACES} races for one refresh token, won by both"), &double),
        Measure::none("won by none", &lost),
        Measure::none("void tokens that are accepted", &void),
        Measure::none("faults of the server", &server.faults()?),
    ])
}

fn refresh(ids: &Ids, token: &str) -> Value {
    json!({"ClientId": ids.client, "RefreshToken": token})
}

/// Returns an access token and a refresh token.
fn sign_in(client: &mut Client, ids: &Ids) -> anyhow::Result<(String, String)> {
    let input = json!({
        "ClientId": ids.client, "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": {"USERNAME": "ann", "PASSWORD": PASSWORD}
    });
    let tokens = client.output("InitiateAuth", &input)?;
    let token = |name: &str| text(&tokens, &format!("/AuthenticationResult/{name}"));
    Ok((token("AccessToken")?, token("RefreshToken")?))
}
