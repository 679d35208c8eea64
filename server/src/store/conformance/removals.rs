//! What has had its time goes, and nothing else.

use super::*;

pub(crate) async fn sweeping_spares_the_living(store: Store) {
    let (pool, keys) = (pool_id("p"), DigestKeys::new([1; 32], []));
    let (dead, living) = (keys.digest(&["dead"]), keys.digest(&["living"]));
    let session = |expires_at| sample::session(Timestamp::from_millis(expires_at));
    let now = session(1_000).due_at().expect("sessions are swept");
    put(&store, &pool, Key::session(&dead), session(1_000)).await;
    put(&store, &pool, Key::session(&living), session(1_001)).await;
    put(&store, &pool, Key::outbox("row"), sample::outbox("row", T)).await;
    assert_eq!(store.sweep(now, 100).await, Ok(1));
    assert_eq!(store.read_session(&pool, &[dead]).await, Ok(None));
    assert!(store.read_session(&pool, &[living]).await.expect("read").is_some());
    assert_eq!(store.due_messages(now, 9).await.expect("read").len(), 1, "a message is sent, not swept");
}

pub(crate) async fn clearing_takes_the_pool_and_nothing_else(store: Store) {
    let (gone, stays) = (pool_id("gone"), pool_id("stays"));
    for (pool, name) in [(&gone, "gone"), (&stays, "stays")] {
        put(&store, pool, Key::pool(), sample::pool(name)).await;
        put(&store, pool, Key::client(&ClientId::new(name)), sample::client(name)).await;
        put(&store, pool, Key::outbox(name), sample::outbox(name, T)).await;
        put_user(&store, pool, "ann").await;
    }
    let expects = store.read_pool(&gone).await.expect("read").expect("there").expects;
    assert_eq!(store.commit(&gone, expects, vec![Write::Clear]).await, Ok(()));
    assert_eq!(store.read_pool(&gone).await, Ok(None));
    assert_eq!(store.find_caller(&ClientId::new("gone")).await, Ok(None));
    assert_eq!(store.list_users(&gone, None, 9).await, Ok(vec![]));
    assert_eq!(store.due_messages(T, 9).await.expect("read").len(), 1);
    assert_eq!(store.list_pools(None, 9).await.expect("read").len(), 1);
    assert!(store.find_caller(&ClientId::new("stays")).await.expect("read").is_some());
    assert_eq!(store.list_users(&stays, None, 9).await.expect("read").len(), 1);
}

pub(crate) async fn what_lies_under_a_prefix_goes_together(store: Store) {
    let pool = pool_id("p");
    let grants =
        [("a", 1), ("a", 2), ("a", 255), ("ab", 1), ("b", 1)].map(|(name, seed)| sample::grant(name, seed));
    for grant in &grants {
        put(&store, &pool, Key::grant(&grant.of, &grant.id), Record::Grant(grant.clone())).await;
        put(&store, &pool_id("q"), Key::grant(&grant.of, &grant.id), Record::Grant(grant.clone())).await;
    }
    put(&store, &pool, Key::failures(&grants[0].of), Record::Failures(Failures { count: 1, last_at: T }))
        .await;
    let write = Write::RemoveUnder(Kind::Grant, format!("{} ", grants[0].of));
    store.commit(&pool, vec![], vec![write]).await.expect("removed");
    let mut left = Vec::new();
    for grant in &grants {
        let there = store.read_bearing(&pool, &grant.of, &grant.id).await.expect("read").grant;
        left.push(there.is_some());
        assert!(store.read_bearing(&pool_id("q"), &grant.of, &grant.id).await.expect("read").grant.is_some());
    }
    assert_eq!(left, [false, false, false, true, true]);
    assert_eq!(
        store.sweep(Timestamp::from_millis(i64::MAX), 100).await,
        Ok(8),
        "two grants, five, and the failures"
    );
}
