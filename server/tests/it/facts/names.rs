//! Usernames: their form in each kind of user pool, and the errors about taken ones.

use serde_json::{Value, json};

use super::{assert_refused, attributes, invalid, row, with};
use crate::support::TestServer;

fn sign_up(client: &str, username: &str) -> Value {
    json!({"ClientId": client, "Username": username, "Password": "Passw0rd!"})
}

/// Creates a user pool with these settings, and returns the id of an app client.
async fn client_of(server: &TestServer, pool: Value) -> String {
    let pool = server.create_pool_with(pool).await;
    server.create_client_with(&pool, json!({})).await
}

#[tokio::test]
async fn username_of_wrong_form_is_refused() {
    let server = TestServer::new().await;
    let alias = json!({"AliasAttributes": ["email", "phone_number", "preferred_username"]});
    let alias = client_of(&server, alias).await;
    let both = client_of(&server, json!({"UsernameAttributes": ["email", "phone_number"]})).await;
    let preferred = json!({"UserAttributes": attributes(&[("preferred_username", "ann")])});
    let refused = |facts, input, text: &str| row(facts, "SignUp", input, "InvalidParameterException", text);
    let rows = [
        refused("cog-0063", sign_up(&both, "ann"), "Username should be either an email or a phone number."),
        refused(
            "cog-0064",
            sign_up(&alias, "ann@example.com"),
            "Username cannot be of email format, since user pool is configured for email alias.",
        ),
        refused(
            "cog-0368",
            sign_up(&alias, "+12065550100"),
            "Username cannot be of phone number format, since user pool is configured for phone number alias.",
        ),
        refused(
            "cog-0107 cog-0367",
            with(&sign_up(&alias, "ann"), preferred),
            "Preferred username cannot be provided for unconfirmed account, since user pool is configured for \
             preferred username alias.",
        ),
    ];
    assert_refused(&server, rows).await;
}

#[tokio::test]
async fn constraint_violation_shows_no_username() {
    let server = TestServer::new().await;
    let client = server.create_pool_and_client().await.client;
    let pattern = "Value at 'username' failed to satisfy constraint: Member must satisfy regular expression pattern: \
                   [\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+";
    let shortest = "Value at 'username' failed to satisfy constraint: Member must have length greater than or equal \
                    to 1";
    let longest =
        "Value at 'username' failed to satisfy constraint: Member must have length less than or equal to 128";
    let confirm = json!({"ClientId": client, "Username": "ann b", "ConfirmationCode": "123456"});
    let pool = json!({"UserPoolId": server.create_pool_and_client().await.pool, "Username": ""});
    let rows = [
        invalid("cog-0075", "SignUp", sign_up(&client, ""), &[pattern, shortest]),
        invalid("cog-0072", "SignUp", sign_up(&client, &"a".repeat(130)), &[longest]),
        invalid("cog-0375", "SignUp", sign_up(&client, " ann"), &[pattern]),
        invalid("cog-0375", "SignUp", sign_up(&client, "ann "), &[pattern]),
        invalid("cog-0362", "ConfirmSignUp", confirm, &[pattern]),
        // The recording has the length first; the order of clauses is *Chosen*.
        invalid("cog-0284", "AdminCreateUser", pool, &[pattern, shortest]),
    ];
    assert_refused(&server, rows).await;
    server.expect_output("SignUp", &sign_up(&client, "@!#$%^&*()_+?><")).await; // cog-0083
}

#[tokio::test]
async fn taken_username_is_refused_every_time() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let hiding = json!({"PreventUserExistenceErrors": "ENABLED"});
    let hiding = server.create_client_with(&ids.pool, hiding).await;
    let email = client_of(&server, json!({"UsernameAttributes": ["email"]})).await;
    let phone = client_of(&server, json!({"UsernameAttributes": ["phone_number"]})).await;
    server.expect_output("SignUp", &sign_up(&ids.client, "ann")).await;
    server.expect_output("SignUp", &sign_up(&email, "ann@example.com")).await;
    server.expect_output("SignUp", &sign_up(&phone, "+12065550100")).await;
    let taken = |facts, input, text: &str| row(facts, "SignUp", input, "UsernameExistsException", text);
    let given = |contact: &str| format!("An account with the given {contact} already exists.");
    let rows = [
        taken("cog-0060", sign_up(&ids.client, "ann"), "User already exists"),
        taken("cog-0060", sign_up(&ids.client, "ann"), "User already exists"),
        taken("cog-0108", sign_up(&hiding, "ann"), "User already exists"),
        taken("cog-0117 cog-0137", sign_up(&email, "ann@example.com"), &given("email")),
        taken("cog-0370", sign_up(&phone, "+12065550100"), &given("phone_number")),
    ];
    assert_refused(&server, rows).await;
}

#[tokio::test]
async fn email_username_becomes_an_attribute_and_the_username_is_generated() {
    // cog-0106
    let server = TestServer::new().await;
    let pool = server.create_pool_with(json!({"UsernameAttributes": ["email"]})).await;
    let client = server.create_client_with(&pool, json!({})).await;
    let sub = server.expect_output("SignUp", &sign_up(&client, "ann@example.com")).await["UserSub"].clone();
    // cog-0261: the email address finds the user before it is verified.
    let user = json!({"UserPoolId": pool, "Username": "ann@example.com"});
    let user = server.expect_output("AdminGetUser", &user).await;
    assert_eq!(user["Username"], sub);
    let all = user["UserAttributes"].as_array().expect("attributes");
    assert!(all.contains(&json!({"Name": "email", "Value": "ann@example.com"})), "{user}");
    assert!(!all.contains(&json!({"Name": "email_verified", "Value": "true"})), "{user}");
}
