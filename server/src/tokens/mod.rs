//! Tokens: the signing keys of each pool, and the signing and verification of tokens.
//!
//! A pool has two RSA keys, one for id tokens and one for access tokens (*Documented*). They are generated in the
//! background after a pool is created, or on demand if they are missing, and stored sealed. ParsedRefreshToken keys are cached in
//! memory, because they never change. `lido_domain::token` decides the claims of a token.

mod key;

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use lido_domain::{
    Refusal,
    id::{ClientId, PoolId},
    secret::Secret,
    token::{AccessToken, Claims, PresentedToken, TokenKind},
};
use serde::Deserialize;
use serde_json::{Value, json};

pub use self::key::KeyFault;
use self::key::SigningKey;
use crate::{
    clock::Clock,
    keys::{Keys, OpenError, SealError},
    store::{SigningKeys, SigningKeysRecord, Store, StoreError, Version},
};

/// The most pools whose keys are cached. Beyond it the cache is cleared.
const MAX_CACHED: usize = 4096;

/// The reason why a token cannot be signed or verified.
#[derive(Debug, thiserror::Error)]
pub enum TokenFault {
    /// The store did not respond.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The pool was deleted in the meantime.
    #[error("the pool was deleted in the meantime")]
    PoolGone,
    /// The pool has no keys, and a standby generates none.
    #[error("the pool has no signing keys yet, and a standby generates none")]
    Standby,
    /// A key could not be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// A key could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The cryptographic library refused a key.
    #[error(transparent)]
    Key(#[from] KeyFault),
    /// Work on another thread panicked or was cancelled.
    #[error("work on another thread failed: {0}")]
    Thread(#[from] tokio::task::JoinError),
}

/// The opened signing keys of one pool.
#[derive(Debug)]
pub struct PoolKeys {
    id: SigningKey,
    access: SigningKey,
}

/// The source of new signing keys.
#[derive(Clone, Debug)]
enum KeySource {
    /// Each pool gets keys of its own.
    New,
    /// All pools share two keys, generated once per process: for tests, which create many pools without secrets.
    #[cfg(any(test, feature = "fakes"))]
    Shared,
}

/// The tokens of all pools. Clones share its state and are cheap.
#[derive(Clone)]
pub struct Tokens {
    store: Store,
    keys: Arc<Keys>,
    clock: Clock,
    /// `None` in a standby.
    key_source: Option<KeySource>,
    /// The cache of opened keys.
    cached: Arc<Mutex<OpenedKeys>>,
    /// Locked while keys are generated or opened, so that a process does it once.
    opening: Arc<tokio::sync::Mutex<()>>,
}

/// The opened keys of each pool, with the version of the record that they come from.
type OpenedKeys = HashMap<PoolId, (Version, Arc<PoolKeys>)>;

/// The claims of a token that are read before its signature is verified.
#[derive(Deserialize)]
struct UnverifiedClaims {
    client_id: ClientId,
}

/// The claim that names the pool, as the last part of a URL.
#[derive(Deserialize)]
struct Issuer {
    iss: String,
}

/// The claim that both kinds of tokens have.
#[derive(Deserialize)]
struct TokenUse {
    #[serde(rename = "token_use")]
    _token_use: String,
}

impl Tokens {
    /// Returns tokens whose signing keys are in `store`, sealed by `keys`.
    pub fn new(store: Store, keys: Arc<Keys>, clock: Clock) -> Self {
        let (cached, opening) = (Arc::default(), Arc::default());
        Self { store, keys, clock, key_source: Some(KeySource::New), cached, opening }
    }

    /// Returns the same tokens for a standby, which generates no keys for a pool that has none.
    #[must_use]
    pub fn read_only(self) -> Self {
        Self { key_source: None, ..self }
    }

    /// Returns the same tokens for tests, where all pools share their keys, so that a new pool takes no time.
    #[cfg(any(test, feature = "fakes"))]
    #[must_use]
    pub fn with_shared_keys(self) -> Self {
        Self { key_source: Some(KeySource::Shared), ..self }
    }

    /// Generates the keys of a new pool in the background. If this fails, they are generated on demand.
    pub fn prepare(&self, pool: PoolId) {
        let tokens = self.clone();
        tokio::spawn(async move {
            if let Err(fault) = tokens.open(&pool, None).await {
                tracing::warn!(%pool, %fault, "the signing keys of a new pool could not be generated; they will be on demand");
            }
        });
    }

    /// Opens the keys of a pool that were read from the store, or generates them if there are none. ParsedRefreshToken keys are
    /// cached by version.
    ///
    /// # Errors
    /// `PoolGone` if the pool was deleted in the meantime; `Standby` if the pool has no keys and this server is a
    /// standby.
    pub async fn open(&self, pool: &PoolId, read: Option<&SigningKeys>) -> Result<Arc<PoolKeys>, TokenFault> {
        if let Some(cached) = read.and_then(|read| self.find_cached(pool, read.version)) {
            return Ok(cached);
        }
        let _one_at_a_time = self.opening.lock().await;
        let keys = match read {
            Some(read) => read.clone(),
            None => self.find_or_generate(pool).await?,
        };
        if let Some(cached) = self.find_cached(pool, keys.version) {
            return Ok(cached);
        }
        let open = |name, sealed| Ok::<_, TokenFault>(self.keys.open_signing_key(pool, name, sealed)?);
        let (id, access) = (open("id", &keys.record.id)?, open("access", &keys.record.access)?);
        let parse = move || {
            Ok::<_, KeyFault>(PoolKeys { id: SigningKey::parse(&id)?, access: SigningKey::parse(&access)? })
        };
        let opened = Arc::new(tokio::task::spawn_blocking(parse).await??);
        let mut cached = self.cached.lock().unwrap_or_else(PoisonError::into_inner);
        if cached.len() >= MAX_CACHED {
            cached.clear();
        }
        cached.insert(pool.clone(), (keys.version, Arc::clone(&opened)));
        Ok(opened)
    }

    fn find_cached(&self, pool: &PoolId, version: Version) -> Option<Arc<PoolKeys>> {
        let cached = self.cached.lock().unwrap_or_else(PoisonError::into_inner);
        cached.get(pool).filter(|(cached, _)| *cached == version).map(|(_, keys)| Arc::clone(keys))
    }

    /// Returns the keys of a pool, and generates and stores them if there are none. If another process is faster, its
    /// keys are returned.
    async fn find_or_generate(&self, pool: &PoolId) -> Result<SigningKeys, TokenFault> {
        let mut generated = None;
        loop {
            let tx = self.store.begin();
            let (found, keys) = tx.find_signing_keys(pool).await?;
            if let Some(keys) = keys {
                return Ok(keys);
            }
            if found.is_none() {
                return Err(TokenFault::PoolGone);
            }
            let record = match generated.take() {
                Some(record) => record,
                None => self.generate(pool).await?,
            };
            // Stored or not, for example because the pool was changed in the meantime: the next read decides.
            if !tx.put_signing_keys(SigningKeysRecord::clone(&record)).await? {
                generated = Some(record);
            }
        }
    }

    async fn generate(&self, pool: &PoolId) -> Result<SigningKeysRecord, TokenFault> {
        let source = self.key_source.clone().ok_or(TokenFault::Standby)?;
        let [id, access] = tokio::task::spawn_blocking(move || source.generate()).await??;
        let seal = |name, secret| self.keys.seal_signing_key(pool, name, secret);
        let (id, access) = (seal("id", &id)?, seal("access", &access)?);
        Ok(SigningKeysRecord { id, access, created_at: self.clock.now() })
    }

    /// Returns the app client in an access token whose signature is not verified yet.
    ///
    /// # Errors
    /// The text is not an access token (cog-0334).
    pub fn unverified_client_id(token: &str) -> Result<ClientId, Refusal> {
        let claims = jsonwebtoken::dangerous::insecure_decode_claims::<UnverifiedClaims>(token);
        claims.map(|claims| claims.client_id).map_err(|_| Refusal::AccessTokenInvalid)
    }

    /// Returns the pool in the issuer of a token whose signature is not verified yet, if the text is such a token.
    pub fn unverified_pool_id(token: &str) -> Option<PoolId> {
        let claims = jsonwebtoken::dangerous::insecure_decode_claims::<Issuer>(token).ok()?;
        claims.iss.rsplit_once('/').map(|(_, id)| PoolId::new(id))
    }

    /// Returns whether the text has the form of an access or id token, signed by this server or not.
    pub fn is_access_or_id_token(text: &str) -> bool {
        jsonwebtoken::dangerous::insecure_decode_claims::<TokenUse>(text).is_ok()
    }
}

impl KeySource {
    fn generate(&self) -> Result<[Secret; 2], KeyFault> {
        match self {
            KeySource::New => Ok([SigningKey::generate()?, SigningKey::generate()?]),
            #[cfg(any(test, feature = "fakes"))]
            KeySource::Shared => {
                static SHARED: Mutex<Option<[Secret; 2]>> = Mutex::new(None);
                let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
                if shared.is_none() {
                    *shared = Some(KeySource::New.generate()?);
                }
                shared.clone().ok_or(KeyFault)
            }
        }
    }
}

impl PoolKeys {
    /// Returns a signed id token. It takes about a quarter of a millisecond.
    pub fn sign_id(&self, claims: &Claims) -> Result<String, KeyFault> {
        self.id.sign(claims)
    }

    /// Returns a signed access token. It takes about a quarter of a millisecond.
    pub fn sign_access(&self, claims: &Claims) -> Result<String, KeyFault> {
        self.access.sign(claims)
    }

    /// Returns the claims of an access token of this pool.
    ///
    /// # Errors
    /// The pool did not sign the token (cog-0336).
    pub fn verify(&self, token: &str) -> Result<AccessToken, Refusal> {
        self.access.verify(token)
    }

    /// Returns the claims of a token of this pool of either kind, of a user or of an app client itself. `None` if the pool
    /// did not sign it with the key of this kind.
    pub fn verify_presented(&self, kind: TokenKind, token: &str) -> Option<PresentedToken> {
        match kind {
            TokenKind::Access => self.access.verify(token).ok(),
            TokenKind::Id => self.id.verify(token).ok(),
        }
    }

    /// Returns the public keys as a JWK set: `{kid, alg, kty, e, n, use}` of each (*Documented*, cog-0258).
    pub fn to_jwks(&self) -> Value {
        json!({ "keys": [self.id.to_jwk(), self.access.to_jwk()] })
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tokens({:?})", self.key_source)
    }
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;
    use crate::{
        entropy::Entropy,
        store::{Key, conformance::sample, memory::MemoryBackend},
    };

    #[tokio::test]
    async fn open_generates_keys_for_an_existing_pool_only() {
        let store = Store::new(MemoryBackend::default());
        let keys = Arc::new(Keys::new(Zeroizing::new([1; 32]), vec![], Entropy::fake(1)));
        let tokens = Tokens::new(store.clone(), keys, Clock::system()).with_shared_keys();
        let pool = sample::pool_id("p");
        assert!(matches!(tokens.open(&pool, None).await, Err(TokenFault::PoolGone)));
        store.put(&pool, vec![(Key::pool(), sample::pool("p"))]).await.expect("written");
        assert!(matches!(tokens.clone().read_only().open(&pool, None).await, Err(TokenFault::Standby)));
        assert_eq!(store.get(&pool, Key::signing_keys()).await, Ok(None));
        let generated = tokens.open(&pool, None).await.expect("generated");
        assert!(store.get(&pool, Key::signing_keys()).await.expect("read").is_some());
        // Stored keys are opened once for each version.
        let (_, read) = store.begin().find_signing_keys(&pool).await.expect("read");
        let again = tokens.open(&pool, read.as_ref()).await.expect("opened");
        assert!(Arc::ptr_eq(&generated, &again));
    }
}
