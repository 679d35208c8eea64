//! The credentials that calls of Lambda are signed with: a file as `aws configure export-credentials` prints it.
//!
//! It is read for every call, so that whoever keeps temporary credentials fresh has only to write the file anew. They
//! are not taken from the environment: what happens to be there may be somebody's own and is not meant for functions.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
};

use aws_credential_types::Credentials;
use serde::Deserialize;
use zeroize::Zeroizing;

/// Where credentials lie.
#[derive(Clone, Debug)]
pub struct LambdaCredentials {
    path: PathBuf,
}

/// Why there are no credentials. The texts are for the operator and show nothing of the file.
#[derive(Debug, thiserror::Error)]
pub enum LambdaCredentialsError {
    /// The file cannot be read.
    #[error("the Lambda credentials {path} cannot be read: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file is not what it should be.
    #[error(
        "the Lambda credentials {path} are not JSON with AccessKeyId, SecretAccessKey and perhaps SessionToken, as \
         `aws configure export-credentials` prints it"
    )]
    Form {
        /// The file.
        path: PathBuf,
    },
    /// Reading it did not end.
    #[error("the Lambda credentials could not be read")]
    Thread,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Written {
    access_key_id: String,
    secret_access_key: Zeroizing<String>,
    session_token: Option<Zeroizing<String>>,
}

impl LambdaCredentials {
    /// Those in the file at `path`, which must be good now.
    pub fn at(path: &Path) -> Result<Self, LambdaCredentialsError> {
        load(path)?;
        Ok(Self { path: path.to_owned() })
    }

    /// As they are now.
    pub(super) async fn read(&self) -> Result<Credentials, LambdaCredentialsError> {
        let path = self.path.clone();
        tokio::task::spawn_blocking(move || load(&path)).await.map_err(|_| LambdaCredentialsError::Thread)?
    }
}

fn load(path: &Path) -> Result<Credentials, LambdaCredentialsError> {
    let io = |source| LambdaCredentialsError::Io { path: path.to_owned(), source };
    let text = Zeroizing::new(fs::read(path).map_err(io)?);
    let written: Written =
        serde_json::from_slice(&text).map_err(|_| LambdaCredentialsError::Form { path: path.to_owned() })?;
    let mut credentials = Credentials::builder()
        .access_key_id(written.access_key_id)
        .secret_access_key(written.secret_access_key.as_str())
        .provider_name("lido");
    credentials.set_session_token(written.session_token.map(|token| token.as_str().to_owned()));
    Ok(credentials.build())
}

impl fmt::Debug for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Written({})", self.access_key_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_file_may_hold() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("lambda.json");
        let cases = [
            (r#"{"Version":1,"AccessKeyId":"AKID","SecretAccessKey":"s3cret"}"#, Some(None)),
            (r#"{"AccessKeyId":"AKID","SecretAccessKey":"s3cret","SessionToken":"t"}"#, Some(Some("t"))),
            (r#"{"AccessKeyId":"AKID"}"#, None),
            ("s3cret", None),
        ];
        for (text, token) in cases {
            fs::write(&path, text).expect("written");
            match (load(&path), token) {
                (Ok(read), Some(token)) => {
                    assert_eq!((read.access_key_id(), read.session_token()), ("AKID", token));
                    assert!(!format!("{read:?}").contains("s3cret"));
                }
                (Err(fault), None) => assert!(!fault.to_string().contains("s3cret")),
                (read, _) => panic!("{text}: {read:?}"),
            }
        }
        assert!(LambdaCredentials::at(&folder.path().join("none")).is_err());
    }
}
