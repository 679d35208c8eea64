//! The credentials file.
//!
//! ```json
//! {"users": [{"name": "ci", "accessKeyId": "AKIA…", "secretAccessKey": "…", "policies": [{"Statement": […]}]}]}
//! ```

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use lido_domain::secret::Secret;
use serde::Deserialize;
use zeroize::Zeroizing;

use super::{Credentials, IamUser};

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
    #[serde(default)]
    session_token: Option<Zeroizing<String>>,
    #[serde(default)]
    policies: Vec<serde_json::Value>,
}

/// Reads the file.
pub fn load(path: &Path) -> Result<Credentials, CredentialsError> {
    let text = fs::read_to_string(path).map(Zeroizing::new);
    let text = text.map_err(|source| CredentialsError::Io { path: path.to_owned(), source })?;
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
        let name = user.name.clone();
        let known = IamUser {
            name: user.name,
            access_key_id: user.access_key_id.clone(),
            secret_access_key: Secret::new(user.secret_access_key.as_bytes()),
            session_token: user.session_token.map(|token| Secret::new(token.as_bytes())),
            policies: user.policies,
        };
        if users.insert(user.access_key_id, known).is_some() {
            return Err(CredentialsError::Twice { path: path.to_owned(), name });
        }
    }
    Ok(Credentials::Listed(users))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_read_with_their_policies() {
        let text = r#"{"users": [
            {"name": "ci", "accessKeyId": "A", "secretAccessKey": "s", "policies": [{"Statement": []}]},
            {"name": "temp", "accessKeyId": "B", "secretAccessKey": "s", "sessionToken": "t"}]}"#;
        let Ok(Credentials::Listed(users)) = parse(Path::new("f"), text) else { panic!("a good file") };
        let ci = users.get("A").expect("listed");
        assert_eq!((ci.name.as_str(), ci.policies.len(), ci.session_token.is_none()), ("ci", 1, true));
        assert!(users.get("B").is_some_and(|user| user.session_token.is_some()));
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
        ];
        for (text, told) in cases {
            let said = parse(Path::new("f"), text).err().map(|error| error.to_string()).expect("refused");
            assert!(said.contains(told) && !said.contains("hush"), "{said}");
        }
        assert!(matches!(load(Path::new("/nonexistent/file")), Err(CredentialsError::Io { .. })));
    }
}
