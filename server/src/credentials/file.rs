//! The credentials file.
//!
//! ```json
//! {"users": [{"name": "ci", "accessKeyId": "AKIA…", "secretAccessKey": "…", "policies": [{"Statement": […]}]}]}
//! ```
//!
//! Temporary credentials also have a `sessionToken`, and perhaps an `expiresAt` (RFC 3339); `tags` are for conditions.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use lido_iam::{
    Secret,
    policy::{Policies, Written, Wrong},
};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::{Credentials, IamUser};
use crate::keys::file::is_open_to_others;

/// Why the file cannot be used. The texts are for the operator and quote nothing from the file but names.
#[derive(Debug, thiserror::Error)]
pub enum CredentialsError {
    /// The file cannot be read.
    #[error("the credentials file {path} cannot be read: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It is not what it must be. What exactly would quote the file, so only the place is told.
    #[error(
        "the credentials file {path} is wrong at line {line}, column {column}: it must be \
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
    /// A policy cannot be meant.
    #[error("the credentials file {path} is wrong: policy {number} of user {name}: {wrong}")]
    Policy {
        /// The file.
        path: PathBuf,
        /// The user's name.
        name: String,
        /// Which policy, from 1.
        number: usize,
        /// What is wrong, and the remedy.
        wrong: Wrong,
    },
    /// When a session token expires makes no sense.
    #[error(
        "the credentials file {path} is wrong: expiresAt of user {name} must stand beside a sessionToken, and be \
         written like 2026-11-21T07:30:00Z"
    )]
    Expiry {
        /// The file.
        path: PathBuf,
        /// The user's name.
        name: String,
    },
    /// Two users have the same access key id.
    #[error("the credentials file {path} gives the access key id of {name} twice")]
    Twice {
        /// The file.
        path: PathBuf,
        /// The second user's name.
        name: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    users: Vec<User>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct User {
    name: String,
    access_key_id: String,
    secret_access_key: Zeroizing<String>,
    session_token: Option<Zeroizing<String>>,
    expires_at: Option<String>,
    #[serde(default)]
    tags: BTreeMap<String, String>,
    #[serde(default)]
    policies: Vec<Written>,
}

/// Reads the file.
pub fn load(path: &Path) -> Result<Credentials, CredentialsError> {
    let text = fs::read_to_string(path).map(Zeroizing::new);
    let io = |source| CredentialsError::Io { path: path.to_owned(), source };
    let text = text.map_err(io)?;
    if is_open_to_others(path).map_err(io)? {
        tracing::warn!(path = %path.display(), "the credentials file can be read by others than its owner");
    }
    parse(path, &text)
}

fn parse(path: &Path, text: &str) -> Result<Credentials, CredentialsError> {
    let file: File = serde_json::from_str(text).map_err(|error| CredentialsError::Form {
        path: path.to_owned(),
        line: error.line(),
        column: error.column(),
    })?;
    let mut users = BTreeMap::new();
    for user in file.users {
        let known = known(path, user)?;
        let name = known.name.clone();
        if users.insert(known.access_key_id.clone(), known).is_some() {
            return Err(CredentialsError::Twice { path: path.to_owned(), name });
        }
    }
    Ok(Credentials::Listed(users))
}

fn known(path: &Path, user: User) -> Result<IamUser, CredentialsError> {
    let User { name, access_key_id, secret_access_key, session_token, expires_at, tags, policies } = user;
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
    fn users_are_read_with_their_policies() {
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
    fn what_is_wrong_is_told_without_the_secret() {
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
                "of b twice",
            ),
            (
                r#"{"users": [{"name": "a", "accessKeyId": "A", "secretAccessKey": "hush", "policies": [
                    {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}},
                    {"Statement": {"Sid": "All", "Effect": "Allow", "Action": "everything", "Resource": "*"}}]}]}"#,
                "policy 2 of user a: statement 1 (All): `everything` is no action; write one like cognito-idp:",
            ),
            (
                r#"{"users": [{"name": "a", "accessKeyId": "A", "secretAccessKey": "hush", "sessionToken": "t",
                               "expiresAt": "tomorrow"}]}"#,
                "expiresAt of user a must stand beside a sessionToken",
            ),
            (
                r#"{"users": [{"name": "a", "accessKeyId": "A", "secretAccessKey": "hush",
                               "expiresAt": "2026-11-21T07:30:00Z"}]}"#,
                "expiresAt of user a must stand beside a sessionToken",
            ),
        ];
        for (text, told) in cases {
            let said = parse(Path::new("f"), text).err().map(|error| error.to_string()).expect("refused");
            assert!(said.contains(told) && !said.contains("hush"), "{said}");
        }
        assert!(matches!(load(Path::new("/nonexistent/file")), Err(CredentialsError::Io { .. })));
    }
}
