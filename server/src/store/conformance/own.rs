//! The store's own record, and the write probe.

use lido_domain::secret::Sealed;

use super::*;

fn record(text: &str) -> StoreRecord {
    StoreRecord { key_checks: vec![Sealed::from_text(text)] }
}

pub(crate) async fn store_record_is_replaced_at_its_version_only(store: Store) {
    assert_eq!(store.store_record().await, Ok(None));
    let stale = Some(Version(7));
    assert_eq!(store.put_store_record(stale, record("a")).await, Err(StoreError::Conflict));
    assert_eq!(store.store_record().await, Ok(None));
    assert_eq!(store.put_store_record(None, record("b")).await, Ok(()));
    let read = store.store_record().await.expect("read").expect("written");
    assert_eq!(read.record, record("b"));
    for expected in [None, stale] {
        assert_eq!(store.put_store_record(expected, record("c")).await, Err(StoreError::Conflict));
    }
    assert_eq!(store.put_store_record(Some(read.version), record("d")).await, Ok(()));
    let after = store.store_record().await.expect("read").expect("written");
    assert_eq!(after.record, record("d"));
    assert_ne!(after.version, read.version);
    // It is above the pools: none holds it, and none that is deleted takes it along.
    make_pool(&store, &pool_id("p")).await;
    write(&store, &pool_id("p"), vec![Write::DeletePool]).await;
    while store.sweep(T, 100).await.expect("swept") > 0 {}
    assert_eq!(store.store_record().await, Ok(Some(after)));
}

pub(crate) async fn concurrent_first_store_records_have_one_winner(store: Store) {
    let tasks: Vec<_> = (0..8)
        .map(|number| {
            let store = store.clone();
            tokio::spawn(async move { store.put_store_record(None, record(&number.to_string())).await })
        })
        .collect();
    let mut winners = 0;
    for task in tasks {
        match task.await.expect("no panic") {
            Ok(()) => winners += 1,
            Err(error) => assert_eq!(error, StoreError::Conflict),
        }
    }
    assert_eq!(winners, 1);
}

pub(crate) async fn write_probe_changes_no_record(store: Store) {
    let pool = pool_id("p");
    put_user(&store, &pool, "ann").await;
    let key = Key::user(&Sub::new("sub-ann"));
    let before = store.get(&pool, key.clone()).await;
    for _ in 0..3 {
        assert_eq!(store.probe_write().await, Ok(()));
    }
    assert_eq!(store.get(&pool, key).await, before);
    assert_eq!(store.store_record().await, Ok(None));
}
