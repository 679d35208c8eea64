//! Tokens: the keys of each pool, and what is signed and verified with them.
//!
//! A pool has two RSA keys, one for id tokens and one for access tokens (*Documented*). They are made off the request
//! path once the pool is there, or on demand where they are missing, and lie sealed in the store; opened, they are kept
//! in memory, because they never change. What stands in a token is the domain's (`token`).

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
    token::{AccessToken, Claims},
};
use serde::Deserialize;
use serde_json::{Value, json};

use self::key::{KeyFault, SigningKey};
use crate::{
    clock::Clock,
    keys::{Keys, OpenError, SealError},
    store::{SigningKeys, SigningKeysRecord, Store, StoreError, Version},
};

/// How many pools' keys are kept in memory; reaching it begins anew.
const MOST_KEPT: usize = 4096;

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub enum TokenFault {
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The pool was deleted meanwhile.
    #[error("the pool was deleted meanwhile")]
    PoolGone,
    /// The pool has no keys, and this server makes none.
    #[error("the pool has no keys yet, and a standby makes none")]
    Standby,
    /// A key could not be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// A key could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The library refused a key.
    #[error(transparent)]
    Key(#[from] KeyFault),
    /// Work on another thread did not end.
    #[error("work on another thread did not end: {0}")]
    Thread(#[from] tokio::task::JoinError),
}

/// The keys of one pool, opened.
#[derive(Debug)]
pub struct PoolKeys {
    id: SigningKey,
    access: SigningKey,
}

/// Where new keys come from.
#[derive(Clone, Debug)]
enum Maker {
    /// Each pool gets its own.
    Fresh,
    /// All pools share two, which are made once a process: for tests, which make many pools and keep no secret.
    #[cfg(any(test, feature = "fakes"))]
    Shared,
}

/// The tokens of all pools. Cloning it is cheap and gives the same one.
#[derive(Clone)]
pub struct Tokens {
    store: Store,
    keys: Arc<Keys>,
    clock: Clock,
    /// A standby has none.
    maker: Option<Maker>,
    /// The opened keys of pools, by the version of the record.
    kept: Arc<Mutex<OpenedKeys>>,
    /// Whoever makes keys holds this, so that one process makes them once.
    making: Arc<tokio::sync::Mutex<()>>,
}

/// The opened keys of each pool, and the version of the record that they were opened from.
type OpenedKeys = HashMap<PoolId, (Version, Arc<PoolKeys>)>;

/// What an unverified token says of where it comes from.
#[derive(Deserialize)]
struct Peeked {
    client_id: ClientId,
}

impl Tokens {
    /// Tokens whose keys lie in `store`, sealed by `keys`.
    pub fn new(store: Store, keys: Arc<Keys>, clock: Clock) -> Self {
        let (kept, making) = (Arc::default(), Arc::default());
        Self { store, keys, clock, maker: Some(Maker::Fresh), kept, making }
    }

    /// Returns the same tokens for a standby, which creates no keys for a pool that has none.
    #[must_use]
    pub fn read_only(self) -> Self {
        Self { maker: None, ..self }
    }

    /// Returns the same tokens for tests: creating the keys of a pool takes no time.
    #[cfg(any(test, feature = "fakes"))]
    #[must_use]
    pub fn with_shared_keys(self) -> Self {
        Self { maker: Some(Maker::Shared), ..self }
    }

    /// Makes the keys of a new pool in the background. What fails here is tried again on demand.
    pub fn prepare(&self, pool: PoolId) {
        let tokens = self.clone();
        tokio::spawn(async move {
            if let Err(fault) = tokens.open(&pool, None).await {
                tracing::warn!(%pool, %fault, "the keys of a new pool wait until they are needed");
            }
        });
    }

    /// Opens the keys of a pool as they were read, or makes them if there are none. They are kept open by version.
    ///
    /// # Errors
    /// `PoolGone` if the pool was deleted meanwhile; `Standby` if the pool has no keys and this server makes none.
    pub async fn open(&self, pool: &PoolId, read: Option<&SigningKeys>) -> Result<Arc<PoolKeys>, TokenFault> {
        if let Some(kept) = read.and_then(|read| self.kept(pool, read.version)) {
            return Ok(kept);
        }
        let _one_at_a_time = self.making.lock().await;
        let keys = match read {
            Some(read) => read.clone(),
            None => self.make(pool).await?,
        };
        if let Some(kept) = self.kept(pool, keys.version) {
            return Ok(kept);
        }
        let open = |name, sealed| Ok::<_, TokenFault>(self.keys.open_signing_key(pool, name, sealed)?);
        let (id, access) = (open("id", &keys.record.id)?, open("access", &keys.record.access)?);
        let read = move || {
            Ok::<_, KeyFault>(PoolKeys { id: SigningKey::read(&id)?, access: SigningKey::read(&access)? })
        };
        let opened = Arc::new(tokio::task::spawn_blocking(read).await??);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST_KEPT {
            kept.clear();
        }
        kept.insert(pool.clone(), (keys.version, Arc::clone(&opened)));
        Ok(opened)
    }

    fn kept(&self, pool: &PoolId, version: Version) -> Option<Arc<PoolKeys>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(pool).filter(|(kept, _)| *kept == version).map(|(_, keys)| Arc::clone(keys))
    }

    /// The keys of a pool, made and stored if there are none by now. If another process is quicker, its keys count. A pool
    /// that is gone by then has none.
    async fn make(&self, pool: &PoolId) -> Result<SigningKeys, TokenFault> {
        let mut made = None;
        loop {
            let tx = self.store.begin();
            let (found, keys) = tx.find_signing_keys(pool).await?;
            if let Some(keys) = keys {
                return Ok(keys);
            }
            if found.is_none() {
                return Err(TokenFault::PoolGone);
            }
            let record = match made.take() {
                Some(record) => record,
                None => self.generate(pool).await?,
            };
            // Whether or not the pool was changed meanwhile, the next read tells what counts.
            if !tx.put_signing_keys(SigningKeysRecord::clone(&record)).await? {
                made = Some(record);
            }
        }
    }

    async fn generate(&self, pool: &PoolId) -> Result<SigningKeysRecord, TokenFault> {
        let maker = self.maker.clone().ok_or(TokenFault::Standby)?;
        let [id, access] = tokio::task::spawn_blocking(move || maker.make()).await??;
        let seal = |name, secret| self.keys.seal_signing_key(pool, name, secret);
        let (id, access) = (seal("id", &id)?, seal("access", &access)?);
        Ok(SigningKeysRecord { id, access, created_at: self.clock.now() })
    }

    /// The app client that an access token names, before its signature is verified; or a refusal of a text that is no
    /// access token at all (cog-0334).
    pub fn peek(token: &str) -> Result<ClientId, Refusal> {
        let claims = jsonwebtoken::dangerous::insecure_decode_claims::<Peeked>(token);
        claims.map(|peeked| peeked.client_id).map_err(|_| Refusal::AccessTokenInvalid)
    }
}

impl Maker {
    fn make(&self) -> Result<[Secret; 2], KeyFault> {
        match self {
            Maker::Fresh => Ok([SigningKey::generate()?, SigningKey::generate()?]),
            #[cfg(any(test, feature = "fakes"))]
            Maker::Shared => {
                static SHARED: Mutex<Option<[Secret; 2]>> = Mutex::new(None);
                let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
                if shared.is_none() {
                    *shared = Some(Maker::Fresh.make()?);
                }
                shared.clone().ok_or(KeyFault)
            }
        }
    }
}

impl PoolKeys {
    /// Signs an id token and an access token, in this order. About half a millisecond of work.
    pub fn sign(&self, id: &Claims, access: &Claims) -> Result<(String, String), KeyFault> {
        Ok((self.id.sign(id)?, self.access.sign(access)?))
    }

    /// What an access token of this pool says, or a refusal of one that it did not sign (cog-0336).
    pub fn verify(&self, token: &str) -> Result<AccessToken, Refusal> {
        self.access.verify(token)
    }

    /// The public halves as a JWK set: `{kid, alg, kty, e, n, use}` of each (*Documented*, cog-0258).
    pub fn to_jwks(&self) -> Value {
        json!({ "keys": [self.id.to_jwk(), self.access.to_jwk()] })
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tokens({:?})", self.maker)
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
    async fn open_makes_keys_for_an_existing_pool_only() {
        let store = Store::new(MemoryBackend::default());
        let keys = Arc::new(Keys::new(Zeroizing::new([1; 32]), vec![], Entropy::fake(1)));
        let tokens = Tokens::new(store.clone(), keys, Clock::system()).with_shared_keys();
        let pool = sample::pool_id("p");
        assert!(matches!(tokens.open(&pool, None).await, Err(TokenFault::PoolGone)));
        store.put(&pool, vec![(Key::pool(), sample::pool("p"))]).await.expect("written");
        assert!(matches!(tokens.clone().read_only().open(&pool, None).await, Err(TokenFault::Standby)));
        assert_eq!(store.get(&pool, Key::signing_keys()).await, Ok(None));
        let made = tokens.open(&pool, None).await.expect("made");
        assert!(store.get(&pool, Key::signing_keys()).await.expect("read").is_some());
        // What is there is opened, once for each version.
        let (_, read) = store.begin().find_signing_keys(&pool).await.expect("read");
        let again = tokens.open(&pool, read.as_ref()).await.expect("opened");
        assert!(Arc::ptr_eq(&made, &again));
    }
}
