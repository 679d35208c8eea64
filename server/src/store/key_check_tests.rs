//! Key files that do and do not belong to a store.

use lido_domain::{
    code::Code,
    id::{Sub, Username},
    secret::{Sealed, Secret},
    sign_in::srp::Verifier,
    user::{User, software_token::TokenSecret},
};
use zeroize::Zeroizing;

use super::*;
use crate::{
    entropy::Entropy,
    store::{
        Record, SigningKeysRecord, Version,
        conformance::sample::{self, pool_id},
        memory::MemoryBackend,
    },
};

fn keys(lines: &[u8]) -> Keys {
    let mut lines = lines.iter().map(|byte| Zeroizing::new([*byte; 32]));
    Keys::new(lines.next().expect("a first line"), lines.collect(), Entropy::fake(9))
}

fn user_of(keys: &Keys, name: &str) -> (Key, Record) {
    let pool = pool_id("p");
    let verifier = Verifier::derive(&pool, &Username::new(name), &Secret::new("Passw0rd!"), [3; 16]);
    let sub = Sub::new(format!("sub-{name}"));
    let credential = keys.seal_verifier(&pool, &sub, &verifier).expect("sealed");
    let user = User { credential: Some(credential), ..sample::user(name) };
    (Key::user(&sub), Record::User(user))
}

/// Returns a store of a former build, whose users were sealed under these keys.
async fn former_store(sealed_by: &[&Keys]) -> Store {
    let store = Store::new(MemoryBackend::default());
    let mut records = vec![(Key::pool(), sample::pool("p"))];
    records
        .extend(sealed_by.iter().enumerate().map(|(number, keys)| user_of(keys, &format!("user-{number}"))));
    store.put(&pool_id("p"), records).await.expect("written");
    store
}

async fn check(store: &Store, lines: &[u8]) -> Result<KeyCheck, KeyCheckError> {
    store.check_keys(&keys(lines), false).await
}

async fn add_user(store: &Store, sealed_by: &Keys, name: &str) {
    store.put(&pool_id("p"), vec![user_of(sealed_by, name)]).await.expect("written");
}

async fn version(store: &Store) -> Option<Version> {
    store.store_record().await.expect("read").map(|read| read.version)
}

#[tokio::test]
async fn key_files_are_refused_unless_they_open_everything_sealed() {
    let store = Store::new(MemoryBackend::default());
    assert_eq!(store.is_new().await, Ok(true));
    assert_eq!(check(&store, &[1]).await, Ok(KeyCheck::NewStore));
    assert_eq!(store.is_new().await, Ok(false));
    let first = version(&store).await;
    assert_eq!(check(&store, &[1]).await, Ok(KeyCheck::Opened));
    assert_eq!(version(&store).await, first, "an unchanged record is not written again");
    assert_eq!(check(&store, &[2]).await, Err(KeyCheckError::OtherKey), "a wrong or new file");
    assert_eq!(version(&store).await, first, "a refused file changes nothing");

    store.put(&pool_id("p"), vec![(Key::pool(), sample::pool("p"))]).await.expect("written");
    add_user(&store, &keys(&[1]), "ann").await;
    assert_eq!(check(&store, &[2, 1]).await, Ok(KeyCheck::Opened), "rotated");
    assert_ne!(version(&store).await, first, "sealed anew");
    add_user(&store, &keys(&[2]), "bob").await;
    for (lines, expected) in [
        (&[1][..], Err(KeyCheckError::OtherKey)),
        (&[2], Err(KeyCheckError::OtherKey)),
        (&[3, 1], Err(KeyCheckError::OtherKey)),
        (&[2, 1], Ok(KeyCheck::Opened)),
        (&[1, 2], Ok(KeyCheck::Opened)),
        (&[2, 1], Ok(KeyCheck::Opened)),
    ] {
        assert_eq!(check(&store, lines).await, expected, "{lines:?}");
    }
    // Once nothing is sealed under a former key, it may go, and is then forgotten.
    store.remove(&pool_id("p"), Key::user(&Sub::new("sub-ann"))).await.expect("removed");
    assert_eq!(check(&store, &[2]).await, Ok(KeyCheck::Opened));
    assert_eq!(store.store_record().await.expect("read").expect("some").record.key_checks.len(), 1);
}

#[tokio::test]
async fn former_store_gets_a_check_value_from_keys_that_open_a_secret() {
    let (one, two) = (keys(&[1]), keys(&[2]));
    for (sealed_by, lines, expected) in [
        (&[][..], &[1][..], Ok(KeyCheck::FormerStore { unopened: 0 })),
        (&[&one][..], &[1], Ok(KeyCheck::FormerStore { unopened: 0 })),
        (&[&one], &[2], Err(KeyCheckError::OtherKey)),
        (&[&one, &two], &[2, 1], Ok(KeyCheck::FormerStore { unopened: 0 })),
        (&[&one, &two], &[2], Ok(KeyCheck::FormerStore { unopened: 1 })),
        (&[&one, &two], &[3], Err(KeyCheckError::OtherKey)),
    ] {
        let store = former_store(sealed_by).await;
        let checked = check(&store, lines).await;
        assert_eq!(checked, expected, "{lines:?}");
        assert_eq!(version(&store).await.is_some(), checked.is_ok(), "{lines:?}");
    }
    // The keys behind the first one are remembered too.
    let store = former_store(&[&one, &two]).await;
    assert!(check(&store, &[2, 1]).await.is_ok());
    assert_eq!(check(&store, &[2]).await, Err(KeyCheckError::OtherKey));
}

#[tokio::test]
async fn read_only_check_stores_nothing() {
    let store = former_store(&[&keys(&[1])]).await;
    assert_eq!(store.check_keys(&keys(&[1]), true).await, Ok(KeyCheck::FormerStore { unopened: 0 }));
    assert_eq!(store.check_keys(&keys(&[2]), true).await, Err(KeyCheckError::OtherKey));
    assert_eq!(version(&store).await, None);
}

#[tokio::test]
async fn damaged_check_value_is_refused() {
    let store = Store::new(MemoryBackend::default());
    check(&store, &[1]).await.expect("new");
    let read = store.store_record().await.expect("read").expect("some");
    let mut text = read.record.key_checks.first().expect("one").as_text().to_owned();
    text.truncate(text.len() - 4);
    let damaged = StoreRecord { key_checks: vec![Sealed::from_text(text)] };
    store.put_store_record(Some(read.version), damaged).await.expect("written");
    assert_eq!(check(&store, &[1]).await, Err(KeyCheckError::Damaged));
}

#[tokio::test]
async fn concurrent_checks_of_a_new_store_agree() {
    let store = Store::new(MemoryBackend::default());
    let lines = keys(&[1]);
    let (one, two) = tokio::join!(store.check_keys(&lines, false), store.check_keys(&lines, false));
    assert!(one.is_ok() && two.is_ok(), "{one:?} {two:?}");
    assert_eq!(check(&store, &[1]).await, Ok(KeyCheck::Opened));
}

/// Opens each secret of a record.
fn opened(keys: &Keys, pool: &PoolId, mut record: Record) -> Vec<Result<(), OpenError>> {
    let mut opened = Vec::new();
    let visited = visit_secrets(&mut record, |place, sealed| {
        opened.push(keys.open_at(pool, &place, sealed).map(drop));
        Ok::<(), Infallible>(())
    });
    assert_eq!(visited, Ok(()));
    opened
}

/// A new kind of secret must be added to `visit_secrets` and `SEALING`: every record of a sample with a secret is found.
#[test]
fn every_secret_of_a_record_is_opened() {
    let (keys, pool) = (keys(&[1]), pool_id("p"));
    let (_, Record::User(mut user)) = user_of(&keys, "ann") else { panic!("a user") };
    let token = TokenSecret::generate(&[5; 32]);
    user.mfa.pending_token = Some(keys.seal_software_token(&pool, &user.sub, &token).expect("sealed"));
    user.former_credentials = user.credential.clone().into_iter().collect();
    let row = sample::outbox_row("row", sample::T);
    let code = keys.seal_outbox_code(&pool, "row", &Code::from_text("123456")).expect("sealed");
    let records = [
        (Record::User(user), 3),
        (Record::Outbox(crate::store::OutboxRow { code, ..row }), 1),
        (sample::pool("p"), 0),
    ];
    for (record, count) in records {
        let opened = opened(&keys, &pool, record);
        assert_eq!(opened.len(), count);
        assert!(opened.iter().all(Result::is_ok), "{opened:?}");
    }
    for (key, record) in sample::all() {
        let text = String::from_utf8(record.encode().expect("encoded")).expect("JSON");
        let has_secret = text.contains("\"1.x.") || text.contains("\"sealed\"");
        let is_found = !opened(&keys, &pool, record).is_empty() && SEALING.contains(&key.kind());
        assert_eq!(is_found, has_secret, "{key:?}");
    }
}

#[tokio::test]
async fn record_without_a_check_value_counts_as_none() {
    let store = former_store(&[&keys(&[1])]).await;
    store.put_store_record(None, StoreRecord { key_checks: Vec::new() }).await.expect("written");
    assert_eq!(check(&store, &[2]).await, Err(KeyCheckError::OtherKey));
    assert_eq!(check(&store, &[1]).await, Ok(KeyCheck::FormerStore { unopened: 0 }));
    assert_eq!(check(&store, &[1]).await, Ok(KeyCheck::Opened));
}

/// A pool signs no tokens with keys that do not open, so that their key may not be removed either.
#[tokio::test]
async fn key_that_signing_keys_alone_are_sealed_under_may_not_be_removed() {
    let (old, pool) = (keys(&[1]), pool_id("p"));
    let store = Store::new(MemoryBackend::default());
    check(&store, &[1]).await.expect("new");
    let secret = Secret::new("a key");
    let seal = |name| old.seal_signing_key(&pool, name, &secret).expect("sealed");
    let record = SigningKeysRecord { id: seal("id"), access: seal("access"), created_at: sample::T };
    let records = vec![
        (Key::pool(), sample::pool("p")),
        (Key::signing_keys(), Record::SigningKeys(std::sync::Arc::new(record))),
    ];
    store.put(&pool, records).await.expect("written");
    check(&store, &[2, 1]).await.expect("rotated");
    assert_eq!(check(&store, &[2]).await, Err(KeyCheckError::OtherKey));
    assert_eq!(check(&store, &[2, 1]).await, Ok(KeyCheck::Opened));
}
