//! The AWS credentials that sign invocations: a file with the output of `aws configure export-credentials`.
//!
//! The file is read for every invocation, so temporary credentials can be refreshed by replacing it. Credentials in the
//! environment are not used, because they may belong to a developer and are not meant for functions.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
};

use aws_credential_types::Credentials;
use serde::Deserialize;
use zeroize::Zeroizing;

/// The file with the credentials.
#[derive(Clone, Debug)]
pub struct LambdaCredentials {
    path: PathBuf,
}

/// The reason why the credentials cannot be used. The texts are for the operator and quote nothing of the file.
#[derive(Debug, thiserror::Error)]
pub enum LambdaCredentialsError {
    /// The file cannot be read.
    #[error("the Lambda credentials {path} cannot be read: {reason}; check --lambda-credentials")]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's error.
        reason: io::Error,
    },
    /// The file is malformed.
    #[error(
        "the Lambda credentials {path} are not JSON with AccessKeyId and SecretAccessKey; create the file with: \
         aws configure export-credentials > {path}"
    )]
    Form {
        /// The file.
        path: PathBuf,
    },
    /// The thread that reads the file failed.
    #[error("the Lambda credentials could not be read")]
    Thread,
}

/// The contents of the file.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ExportedCredentials {
    access_key_id: String,
    secret_access_key: Zeroizing<String>,
    session_token: Option<Zeroizing<String>>,
}

impl LambdaCredentials {
    /// Returns the credentials in the file at `path`.
    ///
    /// # Errors
    /// The file cannot be read now, or is malformed.
    pub fn at(path: &Path) -> Result<Self, LambdaCredentialsError> {
        load(path)?;
        Ok(Self { path: path.to_owned() })
    }

    /// Reads the current credentials.
    pub(super) async fn read(&self) -> Result<Credentials, LambdaCredentialsError> {
        let path = self.path.clone();
        tokio::task::spawn_blocking(move || load(&path)).await.map_err(|_| LambdaCredentialsError::Thread)?
    }
}

fn load(path: &Path) -> Result<Credentials, LambdaCredentialsError> {
    let io = |reason| LambdaCredentialsError::Io { path: path.to_owned(), reason };
    let text = Zeroizing::new(fs::read(path).map_err(io)?);
    let exported: ExportedCredentials =
        serde_json::from_slice(&text).map_err(|_| LambdaCredentialsError::Form { path: path.to_owned() })?;
    let mut credentials = Credentials::builder()
        .access_key_id(exported.access_key_id)
        .secret_access_key(exported.secret_access_key.as_str())
        .provider_name("lido");
    credentials.set_session_token(exported.session_token.map(|token| token.as_str().to_owned()));
    Ok(credentials.build())
}

impl fmt::Debug for ExportedCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ExportedCredentials({})", self.access_key_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn malformed_file_is_refused_without_its_secret() {
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
                (Err(error), None) => assert!(!error.to_string().contains("s3cret")),
                (read, _) => panic!("{text}: {read:?}"),
            }
        }
        assert!(LambdaCredentials::at(&folder.path().join("none")).is_err());
    }
}
