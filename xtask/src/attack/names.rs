//! Names that belong to another user: no other user can take one, and their owner goes on signing in with it.

use serde_json::{Value, json};

use super::{
    Measure,
    client::{Client, Ids, PASSWORD, attribute_list, error_of, text},
    lab::Lab,
};

const OTHER_PASSWORD: &str = "Wrong-Horse-1";

/// Signs up under names of `ann` and gives a user of the attacker's such names.
pub(super) fn run(lab: &Lab) -> anyhow::Result<Vec<Measure>> {
    let mut server = lab.dev("--store memory")?;
    let mut client = server.client()?;
    let mut taken = Vec::new();
    for is_case_sensitive in [false, true] {
        let ids = create(&mut client, is_case_sensitive)?;
        // Names of the victim: user name, preferred user name, mail address.
        let names = ["ann", "annie", "ann@example.com"];
        for name in names {
            let user = json!({
                "ClientId": ids.client, "Username": name, "Password": OTHER_PASSWORD,
                "UserAttributes": attribute_list(&[("email", "mallory@example.com")])
            });
            if client.call("SignUp", &user)?.status == 200 {
                taken.push(format!("SignUp as {name}"));
            }
            check_owner(&mut client, &ids, name, &mut taken)?;
        }
        let token = sign_in(&mut client, &ids, "mallory", OTHER_PASSWORD)?;
        for name in names.into_iter().chain(["ANN"]) {
            // In a pool that tells cases apart, another case is another name.
            if is_case_sensitive && name == "ANN" {
                continue;
            }
            let update = json!({
                "AccessToken": token, "UserAttributes": attribute_list(&[("preferred_username", name)])
            });
            let answer = client.call("UpdateUserAttributes", &update)?;
            if answer.status == 200 {
                taken.push(format!("preferred_username {name}"));
            }
            if names.contains(&name) {
                check_owner(&mut client, &ids, name, &mut taken)?;
            }
        }
    }
    taken.dedup();
    Ok(vec![
        Measure::none("names of another user that were taken, or lost", &taken),
        Measure::none("faults of the server", &server.faults()?),
    ])
}

/// Creates a pool with `ann`, who has three names, and `mallory`, who has one.
fn create(client: &mut Client, is_case_sensitive: bool) -> anyhow::Result<Ids> {
    let ids = client.create(
        json!({
            "AliasAttributes": ["email", "preferred_username"],
            "UsernameConfiguration": {"CaseSensitive": is_case_sensitive}
        }),
        json!({"ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]}),
    )?;
    client.create_user(&ids, "ann", &[("email", "ann@example.com"), ("email_verified", "true")])?;
    client.create_user(&ids, "mallory", &[("email", "mallory@example.com")])?;
    let update = json!({
        "UserPoolId": ids.pool, "Username": "ann",
        "UserAttributes": attribute_list(&[("preferred_username", "annie")])
    });
    client.output("AdminUpdateUserAttributes", &update)?;
    let password = json!({
        "UserPoolId": ids.pool, "Username": "mallory", "Password": OTHER_PASSWORD, "Permanent": true
    });
    client.output("AdminSetUserPassword", &password)?;
    Ok(ids)
}

fn sign_in_input(ids: &Ids, name: &str, password: &str) -> Value {
    json!({
        "ClientId": ids.client, "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": {"USERNAME": name, "PASSWORD": password}
    })
}

/// Returns an access token.
fn sign_in(client: &mut Client, ids: &Ids, name: &str, password: &str) -> anyhow::Result<String> {
    let tokens = client.output("InitiateAuth", &sign_in_input(ids, name, password))?;
    text(&tokens, "/AuthenticationResult/AccessToken")
}

/// Adds a line if `ann` no longer signs in with a name of hers.
fn check_owner(client: &mut Client, ids: &Ids, name: &str, lost: &mut Vec<String>) -> anyhow::Result<()> {
    let answer = client.call("InitiateAuth", &sign_in_input(ids, name, PASSWORD))?;
    if answer.status != 200 {
        lost.push(format!("ann signing in as {name}: {}", error_of(&answer)));
    }
    Ok(())
}
