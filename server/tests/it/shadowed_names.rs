//! No name leads to two users: a username is no preferred username of another user, and a preferred username has no form of
//! an address or number where those are aliases. Users who had such names before keep them.

use lido::store::{Key, Record, UserQuery};
use lido_domain::{
    id::{PoolId, Sub},
    pool::alias::{NameKey, NameKind},
};
use serde_json::{Value, json};

use crate::support::{
    PASSWORD, TestServer,
    json_requests::{JsonResponse, id},
};

const TAKEN: &str = "Already found an entry for the provided username.";
const EMAIL: &str =
    "Preferred username cannot be of email format, since user pool is configured for email alias.";
const PHONE: &str = "Preferred username cannot be of phone number format, \
    since user pool is configured for phone number alias.";

/// A pool in which all aliases are allowed, with the confirmed users `ann`, who prefers `anna`, and `bob`.
struct Fixture {
    server: TestServer,
    pool: String,
    client: String,
    ann: String,
}

impl Fixture {
    async fn new() -> Self {
        let server = TestServer::new().await;
        let settings = json!({
            "AliasAttributes": ["email", "phone_number", "preferred_username"],
            "UsernameConfiguration": { "CaseSensitive": false },
        });
        let pool = server.create_pool_with(settings).await;
        let flows = json!({ "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"] });
        let client = server.create_client_with(&pool, flows).await;
        let mut fixture = Self { server, pool, client, ann: String::new() };
        for name in ["ann", "bob"] {
            let output = fixture.sign_up(name).await.expect_output();
            if name == "ann" {
                fixture.ann = id(&output["UserSub"]);
            }
            let confirm = json!({ "UserPoolId": fixture.pool, "Username": name });
            fixture.server.expect_output("AdminConfirmSignUp", &confirm).await;
        }
        fixture.admin_prefer("ann", "anna").await.expect_output();
        fixture
    }

    async fn sign_up(&self, name: &str) -> JsonResponse {
        let input = json!({ "ClientId": self.client, "Username": name, "Password": PASSWORD });
        self.server.post("SignUp", &input).await
    }

    async fn admin_prefer(&self, username: &str, preferred: &str) -> JsonResponse {
        let input = json!({
            "UserPoolId": self.pool, "Username": username, "UserAttributes": preferring(preferred),
        });
        self.server.post("AdminUpdateUserAttributes", &input).await
    }

    async fn admin_create(&self, username: &str, attributes: Value) -> JsonResponse {
        let input = json!({
            "UserPoolId": self.pool, "Username": username, "TemporaryPassword": PASSWORD,
            "MessageAction": "SUPPRESS", "UserAttributes": attributes,
        });
        self.server.post("AdminCreateUser", &input).await
    }

    async fn sign_in(&self, typed: &str) -> Value {
        let parameters = json!({ "USERNAME": typed, "PASSWORD": PASSWORD });
        let input = json!({
            "ClientId": self.client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters,
        });
        self.server.expect_output("InitiateAuth", &input).await
    }

    async fn prefer(&self, typed: &str, preferred: &str) -> JsonResponse {
        let token = self.sign_in(typed).await["AuthenticationResult"]["AccessToken"].take();
        let input = json!({ "AccessToken": token, "UserAttributes": preferring(preferred) });
        self.server.post("UpdateUserAttributes", &input).await
    }

    /// Answers NEW_PASSWORD_REQUIRED of a new user with this preferred username.
    async fn prefer_at_first_sign_in(&self, username: &str, preferred: &str) -> JsonResponse {
        self.admin_create(username, json!([])).await.expect_output();
        let session = self.sign_in(username).await["Session"].take();
        let responses = json!({
            "USERNAME": username, "NEW_PASSWORD": PASSWORD, "userAttributes.preferred_username": preferred,
        });
        let input = json!({
            "ClientId": self.client, "ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": session,
            "ChallengeResponses": responses,
        });
        self.server.post("RespondToAuthChallenge", &input).await
    }

    async fn username_of(&self, typed: &str) -> String {
        let input = json!({ "UserPoolId": self.pool, "Username": typed });
        id(&self.server.expect_output("AdminGetUser", &input).await["Username"])
    }
}

fn preferring(name: &str) -> Value {
    json!([{ "Name": "preferred_username", "Value": name }])
}

fn assert_refused(answer: &JsonResponse, kind: &str, text: &str) {
    assert_eq!(answer.refusal(), (400, kind.to_owned(), text.to_owned()));
}

#[tokio::test]
async fn username_that_another_user_prefers_is_refused_at_every_creation() {
    let fixture = Fixture::new().await;
    for name in ["anna", "ANNA"] {
        assert_refused(&fixture.sign_up(name).await, "UsernameExistsException", "User already exists");
        let created = fixture.admin_create(name, json!([])).await;
        assert_refused(&created, "UsernameExistsException", "User account already exists");
        assert_eq!(fixture.username_of(name).await, "ann");
    }
    // A name that was given up is free.
    fixture.admin_prefer("ann", "").await.expect_output();
    fixture.sign_up("anna").await.expect_output();
}

#[tokio::test]
async fn preferred_username_that_is_another_users_username_is_refused_at_every_change() {
    let fixture = Fixture::new().await;
    for name in ["bob", "Bob"] {
        assert_refused(&fixture.admin_prefer("ann", name).await, "AliasExistsException", TAKEN);
        assert_refused(&fixture.prefer("ann", name).await, "AliasExistsException", TAKEN);
        let created = fixture.admin_create("eve", preferring(name)).await;
        assert_refused(&created, "UsernameExistsException", TAKEN);
    }
    assert_refused(&fixture.prefer_at_first_sign_in("eve", "bob").await, "AliasExistsException", TAKEN);
    // One's own username is no other user's.
    fixture.prefer("ann", "ANN").await.expect_output();
    assert_eq!(fixture.username_of("ann").await, "ann");
}

#[tokio::test]
async fn preferred_username_with_form_of_an_alias_is_refused_at_every_change() {
    let fixture = Fixture::new().await;
    for (at, (name, text)) in [("victim@example.com", EMAIL), ("+15550100", PHONE)].into_iter().enumerate() {
        let kind = "InvalidParameterException";
        assert_refused(&fixture.admin_prefer("ann", name).await, kind, text);
        assert_refused(&fixture.prefer("ann", name).await, kind, text);
        assert_refused(&fixture.admin_create("eve", preferring(name)).await, kind, text);
        assert_refused(&fixture.prefer_at_first_sign_in(&format!("eve{at}"), name).await, kind, text);
    }
}

/// A user of a former version, whose preferred username is an address, or another user's username.
#[tokio::test]
async fn user_with_a_refused_preferred_username_from_before_keeps_it() {
    let fixture = Fixture::new().await;
    let (store, pool) = (&fixture.server.app.store, PoolId::new(&fixture.pool));
    let sub = Sub::new(fixture.ann.as_str());
    for old in ["old@example.com", "bob"] {
        let found = store.begin().find_user(&pool, UserQuery::of(&sub, Vec::new())).await.expect("read");
        let mut user = found.user.expect("ann");
        user.attributes.set("preferred_username", old);
        let name = NameKey::folded(NameKind::PreferredUsername, old, false);
        let records =
            vec![(Key::user(&sub), Record::User(user)), (Key::name(&name), Record::Name(sub.clone()))];
        store.put(&pool, records).await.expect("written");
        assert!(fixture.sign_in("ann").await["AuthenticationResult"].is_object());
        // Sending it again, and changing another attribute, are no new name.
        fixture.admin_prefer("ann", old).await.expect_output();
        let nickname =
            json!([{ "Name": "nickname", "Value": "A" }, { "Name": "preferred_username", "Value": old }]);
        let input = json!({ "UserPoolId": fixture.pool, "Username": "ann", "UserAttributes": nickname });
        fixture.server.expect_output("AdminUpdateUserAttributes", &input).await;
    }
    assert_eq!(fixture.username_of("old@example.com").await, "ann");
    assert_eq!(fixture.username_of("bob").await, "bob", "a username comes first, as before");
}

#[tokio::test]
async fn preferred_username_with_characters_that_usernames_must_not_have_is_refused() {
    const INVALID: &str = "Preferred username must satisfy regular expression pattern: \
        [\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+, and have at most 128 characters";
    let fixture = Fixture::new().await;
    for name in ["an\0na", " anna", "anna ", "an\u{200b}na"] {
        for (status, error, message) in [
            fixture.admin_prefer("bob", name).await.refusal(),
            fixture.admin_create("new", preferring(name)).await.refusal(),
        ] {
            assert_eq!((status, &*error, &*message), (400, "InvalidParameterException", INVALID), "{name:?}");
        }
    }
    fixture.admin_prefer("bob", "Бoб").await.expect_output();
}
