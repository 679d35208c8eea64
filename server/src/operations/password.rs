//! Values derived from the password of a request: its sealed verifier, and whether the user had it before.
//!
//! Each costs a key derivation of milliseconds, so it runs on another thread, and only once per request, however often
//! the request is attempted. The domain decides by the result.

use std::sync::Arc;

use lido_domain::{
    id::{PoolId, Sub, Username},
    secret::{Sealed, Secret},
    sign_in::srp::Verifier,
    user::User,
};

use tokio::sync::Mutex;

use super::failure::Failure;
use crate::{app::App, keys::OpenError};

/// The values derived from the password of a request, cached for as long as they are for the same user.
#[derive(Debug, Default)]
pub(super) struct DerivedPassword {
    sealed: Mutex<Option<(Sub, Sealed)>>,
    compared: Mutex<Option<(Vec<Sealed>, bool)>>,
}

impl DerivedPassword {
    /// Returns the sealed verifier of the password for this user.
    pub(super) async fn seal(
        &self,
        app: &App,
        pool: &PoolId,
        sub: &Sub,
        username: &Username,
        password: &Secret,
    ) -> Result<Sealed, Failure> {
        let mut cached = self.sealed.lock().await;
        if let Some((_, sealed)) = cached.as_ref().filter(|(of, _)| of == sub) {
            return Ok(sealed.clone());
        }
        let salt = app.entropy.bytes()?;
        let (of, name, password) = (pool.clone(), username.clone(), password.clone());
        let derive = move || Verifier::derive(&of, &name, &password, salt);
        let verifier = app.passwords.run(1, derive).await?;
        let sealed = app.keys.seal_verifier(pool, sub, &verifier)?;
        *cached = Some((sub.clone(), sealed.clone()));
        Ok(sealed)
    }

    /// Returns whether the password matches one of the verifiers in `sealed`. All of them are compared, also after a
    /// match.
    ///
    /// A verifier that no key of the key file opens is skipped: the operator has removed its key, and that must not
    /// keep the user from setting a new password.
    pub(super) async fn is_one_of(
        &self,
        app: &App,
        pool: &PoolId,
        user: &User,
        sealed: Vec<Sealed>,
        password: &Secret,
    ) -> Result<bool, Failure> {
        if sealed.is_empty() {
            return Ok(false);
        }
        let mut cached = self.compared.lock().await;
        if let Some((_, is_one)) = cached.as_ref().filter(|(with, _)| *with == sealed) {
            return Ok(*is_one);
        }
        let (keys, pool, password) = (Arc::clone(&app.keys), pool.clone(), password.clone());
        let (sub, username, all) = (user.sub.clone(), user.username.clone(), sealed.clone());
        let exponentiations = sealed.len() as u64;
        let compare = move || {
            all.iter().try_fold(false, |is_one, sealed| match keys.open_verifier(&pool, &sub, sealed) {
                Ok(verifier) => Ok(is_one | verifier.is_password(&pool, &username, &password)),
                Err(OpenError::OtherKey) => Ok(is_one),
                Err(damaged @ OpenError::Damaged) => Err(damaged),
            })
        };
        let is_one = app.passwords.run(exponentiations, compare).await??;
        *cached = Some((sealed, is_one));
        Ok(is_one)
    }
}
