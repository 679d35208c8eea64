//! The credentials file.
//!
//! ```json
//! {"users": [{"name": "ci", "accessKeyId": "AKIA…", "secretAccessKey": "…", "policies": [{"Statement": […]}]}]}
//! ```
//!
//! Temporary credentials also have a `sessionToken` and optionally an `expiresAt` (RFC 3339). `tags` are the principal
//! tags of conditions. `lido-iam` evaluates the policies.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use lido_iam::{
    Secret,
    policy::{JsonValue, Policies, PolicyError},
};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::{Credentials, IamUser};
use crate::keys::file::is_open_to_others;

/// The reason why the credentials file cannot be used. The texts are for the operator and quote only names of the file.
#[derive(Debug, thiserror::Error)]
pub enum CredentialsError {
    /// The file cannot be read.
    #[error("the credentials file {path} cannot be read: {reason}; check --credentials")]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's error.
        reason: io::Error,
    },
    /// The JSON is malformed. The exact error could quote a secret, so only the place is reported.
    #[error(
        "the credentials file {path} is invalid at line {line}, column {column}: it must be JSON of the form \
         {{\"users\": [{{\"name\", \"accessKeyId\", \"secretAccessKey\", \"policies\"}}]}}"
    )]
    Form {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// A policy is invalid.
    #[error("the credentials file {path} is invalid: policy {number} of user {name}: {wrong}")]
    Policy {
        /// The file.
        path: PathBuf,
        /// The user's name.
        name: String,
        /// The policy's number, from 1.
        number: usize,
        /// The error and the remedy.
        wrong: PolicyError,
    },
    /// The expiry of a session token is invalid.
    #[error(
        "the credentials file {path} is invalid: expiresAt of user {name} needs a sessionToken, and must be in RFC 3339 \
         form, such as 2026-11-21T07:30:00Z"
    )]
    Expiry {
        /// The file.
        path: PathBuf,
        /// The user's name.
        name: String,
    },
    /// Two users have the same access key id.
    #[error(
        "the credentials file {path} is invalid: the access key id of user {name} occurs twice; give every user its own"
    )]
    DuplicateKeyId {
        /// The file.
        path: PathBuf,
        /// The second user's name.
        name: String,
    },
}

/// The contents of the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CredentialsFile {
    users: Vec<FileUser>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct FileUser {
    name: String,
    access_key_id: String,
    secret_access_key: Zeroizing<String>,
    session_token: Option<Zeroizing<String>>,
    expires_at: Option<String>,
    #[serde(default)]
    tags: BTreeMap<String, String>,
    #[serde(default)]
    policies: Vec<JsonValue>,
}

/// Reads the credentials file.
///
/// # Errors
/// The file cannot be read, or is invalid.
pub fn load(path: &Path) -> Result<Credentials, CredentialsError> {
    let text = fs::read_to_string(path).map(Zeroizing::new);
    let io = |reason| CredentialsError::Io { path: path.to_owned(), reason };
    let text = text.map_err(io)?;
    if is_open_to_others(path).map_err(io)? {
        tracing::warn!(path = %path.display(), "other users of this machine can read the credentials file; restrict it with chmod 600");
    }
    parse(path, &text)
}

fn parse(path: &Path, text: &str) -> Result<Credentials, CredentialsError> {
    let file: CredentialsFile = serde_json::from_str(text).map_err(|error| CredentialsError::Form {
        path: path.to_owned(),
        line: error.line(),
        column: error.column(),
    })?;
    let mut users = BTreeMap::new();
    for user in file.users {
        let user = iam_user(path, user)?;
        let name = user.name.clone();
        if users.insert(user.access_key_id.clone(), user).is_some() {
            return Err(CredentialsError::DuplicateKeyId { path: path.to_owned(), name });
        }
    }
    Ok(Credentials::Listed(users))
}

fn iam_user(path: &Path, user: FileUser) -> Result<IamUser, CredentialsError> {
    let FileUser { name, access_key_id, secret_access_key, session_token, expires_at, tags, policies } = user;
    let policies = Policies::read(&policies).map_err(|(number, wrong)| CredentialsError::Policy {
        path: path.to_owned(),
        name: name.clone(),
        number,
        wrong,
    })?;
    let expires_at = match (&session_token, expires_at.map(|text| text.parse::<jiff::Timestamp>())) {
        (_, None) => None,
        (Some(_), Some(Ok(at))) => Some(at),
        _ => return Err(CredentialsError::Expiry { path: path.to_owned(), name }),
    };
    Ok(IamUser {
        name,
        access_key_id,
        secret_access_key: Secret::new(secret_access_key),
        session_token: session_token.map(Secret::new),
        expires_at,
        tags,
        policies,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn load_reads_users_with_their_policies() {
        let text = r#"{"users": [
            {"name": "ci", "accessKeyId": "A", "secretAccessKey": "s", "tags": {"team": "red"}, "policies": [
                {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}]},
            {"name": "temp", "accessKeyId": "B", "secretAccessKey": "s", "sessionToken": "t",
             "expiresAt": "2026-11-21T08:30:00+01:00"}]}"#;
        let Ok(Credentials::Listed(users)) = parse(Path::new("f"), text) else { panic!("a good file") };
        let ci = users.get("A").expect("listed");
        assert_eq!(
            (ci.name.as_str(), ci.policies.is_empty(), ci.session_token.is_none()),
            ("ci", false, true)
        );
        assert_eq!(ci.tags.get("team").map(String::as_str), Some("red"));
        let temp = users.get("B").expect("listed");
        assert!(temp.session_token.is_some() && temp.policies.is_empty());
        assert_eq!(temp.expires_at, Some(jiff::Timestamp::constant(1_795_246_200, 0)));
        assert_eq!(temp.arn("123456789012"), "arn:aws:iam::123456789012:user/temp");
        assert!(!format!("{users:?}").contains("secret"));
    }

    #[test]
    fn invalid_file_is_refused_without_its_secrets() {
        let cases = [
            (r#"{"users": [{"name": "a", "accessKeyId": "A", "secretAccessKey": 7}]}"#, "line 1"),
            (r#"{"users": "hush"}"#, "line 1"),
            (
                r#"{"users": [{"name": "a", "accessKeyId": "A", "secretAccessKey": "hush", "hush": 1}]}"#,
                "line 1",
            ),
            ("{\n  nonsense", "line 2"),
            (
                r#"{"users": [{"name": "a", "accessKeyId": "A", "secretAccessKey": "hush"},
                              {"name": "b", "accessKeyId": "A", "secretAccessKey": "hush"}]}"#,
                "of user b occurs twice",
            ),
            (
                r#"{"users": [{"name": "a", "accessKeyId": "A", "secretAccessKey": "hush", "policies": [
                    {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}},
                    {"Statement": {"Sid": "All", "Effect": "Allow", "Action": "everything", "Resource": "*"}}]}]}"#,
                "policy 2 of user a: statement 1 (All): `everything` is not an action; write one like cognito-idp:",
            ),
            (
                r#"{"users": [{"name": "a", "accessKeyId": "A", "secretAccessKey": "hush", "sessionToken": "t",
                               "expiresAt": "tomorrow"}]}"#,
                "expiresAt of user a needs a sessionToken",
            ),
            (
                r#"{"users": [{"name": "a", "accessKeyId": "A", "secretAccessKey": "hush",
                               "expiresAt": "2026-11-21T07:30:00Z"}]}"#,
                "expiresAt of user a needs a sessionToken",
            ),
        ];
        for (text, expected) in cases {
            let error = parse(Path::new("f"), text).err().map(|error| error.to_string()).expect("refused");
            assert!(error.contains(expected) && !error.contains("hush"), "{error}");
        }
        assert!(matches!(load(Path::new("/nonexistent/file")), Err(CredentialsError::Io { .. })));
    }
}
