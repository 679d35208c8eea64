//! Passwords: the rules of a password policy, the symbols that count, and the constraints of the model.

use serde_json::{Value, json};

use super::{assert_refused, invalid, row};
use crate::support::TestServer;

fn sign_up(client: &str, username: &str, password: &str) -> Value {
    json!({"ClientId": client, "Username": username, "Password": password})
}

#[tokio::test]
async fn weak_password_is_refused_with_one_rule_at_a_time() {
    let server = TestServer::new().await;
    let client = server.create_pool_and_client().await.client;
    let refused = |facts, password: &str, rule: &str| {
        let text = format!("Password did not conform with policy: {rule}");
        row(facts, "SignUp", sign_up(&client, "ann", password), "InvalidPasswordException", text)
    };
    let rows = [
        refused("cog-0066", "passw0rd!", "Password must have uppercase characters"),
        refused("cog-0068", "Password!", "Password must have numeric characters"),
        refused("cog-0069", "Passw0rdd", "Password must have symbol characters"),
        // Letters and digits are those of Basic Latin; other characters count as no kind.
        refused("cog-0398", "ÄÖÜßpassw0rd!", "Password must have uppercase characters"),
        refused("cog-0398", "Password٣!", "Password must have numeric characters"),
        refused("cog-0397", "Passw0rd€", "Password must have symbol characters"),
        // Before November 2024, this violated the minimum length of the model.
        refused("cog-0110", "Aa1!b", "Password not long enough"),
    ];
    assert_refused(&server, rows).await;
}

#[tokio::test]
async fn every_documented_symbol_counts() {
    // cog-0397, cog-0398: other characters are allowed once every required kind is present.
    let server = TestServer::new().await;
    let policy = json!({
        "MinimumLength": 6, "RequireUppercase": false, "RequireLowercase": false, "RequireNumbers": false,
        "RequireSymbols": true,
    });
    let pool = server.create_pool_with(json!({"Policies": {"PasswordPolicy": policy}})).await;
    let client = server.create_client_with(&pool, json!({})).await;
    let symbols = "^$*.[]{}()?\"!@#%&/\\,><':;|_~`=+- ";
    assert_eq!(symbols.chars().count(), 33);
    for (at, symbol) in symbols.chars().enumerate() {
        let password = format!("漢字漢{symbol}字漢");
        server.expect_output("SignUp", &sign_up(&client, &format!("ann{at}"), &password)).await;
    }
}

#[tokio::test]
async fn constraint_violation_shows_no_password() {
    let server = TestServer::new().await;
    let client = server.create_pool_and_client().await.client;
    let constraint = |rule: &str| format!("Value at 'password' failed to satisfy constraint: {rule}");
    let longest = constraint("Member must have length less than or equal to 256");
    let pattern = constraint("Member must satisfy regular expression pattern: ^[\\S]+.*[\\S]+$");
    let too_long = format!("Aa1!{}", "x".repeat(256));
    let rows = [
        invalid("cog-0071 cog-0110", "SignUp", sign_up(&client, "ann", &too_long), &[&longest]),
        // The pattern needs a first and a last character.
        invalid("cog-0110", "SignUp", sign_up(&client, "ann", "x"), &[&pattern]),
        invalid("cog-0303", "SignUp", sign_up(&client, "ann", " Passw0rd!"), &[&pattern]),
        invalid("cog-0303", "SignUp", sign_up(&client, "ann", "Passw0rd! "), &[&pattern]),
    ];
    assert_refused(&server, rows).await;
    let longest = format!("Aa1!{}", "x".repeat(252));
    server.expect_output("SignUp", &sign_up(&client, "ann", &longest)).await;
    server.expect_output("SignUp", &sign_up(&client, "bob", "Pass w0rd!")).await;
}
