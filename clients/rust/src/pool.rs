//! A user pool with an app client, as a test uses it.

use std::time::Duration;

use lido_domain::{client::secret_hash::secret_hash, id::ClientId, secret::Secret};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{Error, LidoServer, Message, control::ControlRequest, server::MESSAGE_TIMEOUT};

/// A user pool with an app client. It keeps its server running.
#[derive(Clone, Debug)]
pub struct Pool {
    server: LidoServer,
    id: String,
    client_id: String,
    client_secret: Option<Secret>,
}

/// What a user has after a sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tokens {
    /// The access token.
    pub access_token: String,
    /// The ID token.
    pub id_token: String,
    /// The refresh token.
    pub refresh_token: String,
}

impl Pool {
    pub(crate) async fn create(server: &LidoServer, pool: Value, client: Value) -> Result<Self, Error> {
        let defaults = json!({"PoolName": "test", "AutoVerifiedAttributes": ["email"]});
        let created = server.call("CreateUserPool", merged(defaults, pool)).await?;
        let id = text(&created["UserPool"]["Id"]);
        let defaults = json!({
            "UserPoolId": id,
            "ClientName": "test",
            "ExplicitAuthFlows": [
                "ALLOW_ADMIN_USER_PASSWORD_AUTH",
                "ALLOW_REFRESH_TOKEN_AUTH",
                "ALLOW_USER_AUTH",
                "ALLOW_USER_PASSWORD_AUTH",
                "ALLOW_USER_SRP_AUTH",
            ],
        });
        let created = server.call("CreateUserPoolClient", merged(defaults, client)).await?;
        let client = &created["UserPoolClient"];
        let client_secret = client["ClientSecret"].as_str().map(Secret::new);
        Ok(Self { server: server.clone(), id, client_id: text(&client["ClientId"]), client_secret })
    }

    /// Returns the server of the pool.
    pub fn server(&self) -> &LidoServer {
        &self.server
    }

    /// Returns the id of the user pool.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the id of the app client.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// Returns the secret of the app client, if it was created with `GenerateSecret`.
    pub fn client_secret(&self) -> Option<&str> {
        self.client_secret.as_ref().and_then(Secret::expose_str)
    }

    /// Returns the `SECRET_HASH` of a user, which requests of an app client with a secret contain.
    pub fn secret_hash(&self, username: &str) -> Option<String> {
        let secret = self.client_secret.as_ref()?;
        Some(secret_hash(&ClientId::new(&self.client_id), secret, username))
    }

    /// Creates a confirmed user with a password and returns its `sub`. No message is sent.
    ///
    /// # Errors
    /// The server refuses it.
    pub async fn create_user(
        &self,
        username: &str,
        password: &str,
        attributes: &[(&str, &str)],
    ) -> Result<String, Error> {
        let created = self.admin_create_user(username, attributes).await?;
        let input = json!({
            "UserPoolId": self.id, "Username": created["Username"], "Password": password, "Permanent": true,
        });
        self.server.call("AdminSetUserPassword", input).await?;
        Ok(sub_of(&created))
    }

    /// Creates a user without a password and returns its `sub`. No message is sent. [`Pool::tokens_for`] signs the user in.
    ///
    /// # Errors
    /// The server refuses it.
    pub async fn create_user_without_password(
        &self,
        username: &str,
        attributes: &[(&str, &str)],
    ) -> Result<String, Error> {
        Ok(sub_of(&self.admin_create_user(username, attributes).await?))
    }

    async fn admin_create_user(&self, username: &str, attributes: &[(&str, &str)]) -> Result<Value, Error> {
        let pairs: Vec<Value> =
            attributes.iter().map(|(name, value)| json!({"Name": name, "Value": value})).collect();
        let input = json!({
            "UserPoolId": self.id, "Username": username, "UserAttributes": pairs, "MessageAction": "SUPPRESS",
        });
        Ok(self.server.call("AdminCreateUser", input).await?["User"].take())
    }

    /// Signs a user in without a password or a second factor. The user is named by username, `sub` or alias.
    ///
    /// The tokens are those of a sign-in, and triggers are called.
    ///
    /// # Errors
    /// There is no such user, or the user is disabled or not confirmed.
    pub async fn tokens_for(&self, user: &str) -> Result<Tokens, Error> {
        let path = ["pools", &self.id, "users", user, "tokens"];
        let request = ControlRequest::new(Method::POST, &path).body(json!({"clientId": self.client_id}));
        let tokens = self.server.control(request).await?;
        Ok(Tokens {
            access_token: text(&tokens["accessToken"]),
            id_token: text(&tokens["idToken"]),
            refresh_token: text(&tokens["refreshToken"]),
        })
    }

    /// Signs a user in.
    ///
    /// # Errors
    /// The server refuses it, or asks for another factor.
    pub async fn sign_in(&self, username: &str, password: &str) -> Result<Tokens, Error> {
        let mut parameters = json!({"USERNAME": username, "PASSWORD": password});
        if let Some(hash) = self.secret_hash(username) {
            parameters["SECRET_HASH"] = hash.into();
        }
        let input = json!({
            "UserPoolId": self.id,
            "ClientId": self.client_id,
            "AuthFlow": "ADMIN_USER_PASSWORD_AUTH",
            "AuthParameters": parameters,
        });
        let answer = self.server.call("AdminInitiateAuth", input).await?;
        if let Some(challenge) = answer["ChallengeName"].as_str() {
            return Err(Error::Challenge { username: username.to_owned(), challenge: challenge.to_owned() });
        }
        let result = &answer["AuthenticationResult"];
        Ok(Tokens {
            access_token: text(&result["AccessToken"]),
            id_token: text(&result["IdToken"]),
            refresh_token: text(&result["RefreshToken"]),
        })
    }

    /// Returns the code of the newest message to a user, each once: that of [`Pool::message_for`].
    ///
    /// # Errors
    /// No message came; the error names those that were sent.
    pub async fn code_for(&self, user: &str) -> Result<String, Error> {
        Ok(self.message_for(user).await?.code)
    }

    /// Returns the newest message to a user, named by username, `sub`, alias, mail address or phone number.
    ///
    /// Each message is returned once, so that a test that asks for a second one does not get the first again. Waits for at
    /// most five seconds, because some operations answer before their message is sent.
    ///
    /// # Errors
    /// No message came; the error names those that were sent.
    pub async fn message_for(&self, user: &str) -> Result<Message, Error> {
        self.message_within(user, MESSAGE_TIMEOUT).await
    }

    /// Returns what [`Pool::message_for`] does, and waits for at most `timeout`.
    ///
    /// # Errors
    /// No message came; the error names those that were sent.
    pub async fn message_within(&self, user: &str, timeout: Duration) -> Result<Message, Error> {
        self.server.message_within(&self.id, user, timeout).await
    }

    /// Returns the messages of the pool, the newest first.
    ///
    /// # Errors
    /// The server does not answer.
    pub async fn messages(&self) -> Result<Vec<Message>, Error> {
        self.server.messages_of_pool(&self.id).await
    }
}

/// Returns the `sub` of a user that was created.
fn sub_of(created: &Value) -> String {
    let mut attributes = created["Attributes"].as_array().into_iter().flatten();
    let sub = attributes.find(|attribute| attribute["Name"] == "sub");
    sub.map(|sub| text(&sub["Value"])).unwrap_or_default()
}

/// Returns an input with the members of `defaults`, of which those of `given` replace some.
fn merged(mut defaults: Value, given: Value) -> Value {
    if let (Some(members), Value::Object(given)) = (defaults.as_object_mut(), given) {
        members.extend(given);
    }
    defaults
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
