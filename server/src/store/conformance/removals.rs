//! Removals: expired records, deleted pools, and records by prefix.

use std::time::Duration;

use super::*;

pub(crate) async fn sweep_removes_expired_records_only(store: Store) {
    let (pool, keys) = (pool_id("p"), DigestKeys::new([1; 32], []));
    let (expired, valid) = (keys.digest(&["expired"]), keys.digest(&["valid"]));
    let session = |expires_at| sample::session(Timestamp::from_millis(expires_at));
    let now = session(1_000).due_at().expect("sessions are swept");
    put(&store, &pool, Key::session(&expired), session(1_000)).await;
    put(&store, &pool, Key::session(&valid), session(1_001)).await;
    put(&store, &pool, Key::outbox("row"), sample::outbox("row", T)).await;
    assert_eq!(store.sweep(now, 100).await, Ok(1));
    assert_eq!(store.get(&pool, Key::session(&expired)).await, Ok(None));
    assert!(store.get(&pool, Key::session(&valid)).await.expect("read").is_some());
    assert_eq!(
        store.due_messages(ContactKind::Email, now, 9).await.expect("read").len(),
        1,
        "a due message is not removed"
    );
}

pub(crate) async fn sweep_of_a_kind_removes_the_longest_overdue_first(store: Store) {
    let keys = DigestKeys::new([1; 32], []);
    let sessions: Vec<_> = (1..=6)
        .map(|number: i64| {
            (keys.digest(&[&number.to_string()]), sample::session(Timestamp::from_millis(number * 1_000)))
        })
        .collect();
    let pools = [pool_id("p"), pool_id("q")];
    for (number, (digest, session)) in sessions.iter().rev().enumerate() {
        put(&store, &pools[number % 2], Key::session(digest), session.clone()).await;
    }
    put(
        &store,
        &pools[0],
        Key::failures(&Sub::new("s")),
        Record::Failures(Failures { count: 1, last_at: T }),
    )
    .await;
    let fifth = sessions[4].1.due_at().expect("sessions are swept");
    let left = async || {
        let mut left = Vec::new();
        for (number, (digest, _)) in sessions.iter().enumerate() {
            for pool in &pools {
                if store.get(pool, Key::session(digest)).await.expect("read").is_some() {
                    left.push(number);
                }
            }
        }
        left
    };
    assert_eq!(store.sweep_kind(Kind::Session, fifth, 2).await, Ok(2));
    assert_eq!(left().await, [2, 3, 4, 5]);
    assert_eq!(store.sweep_kind(Kind::Session, fifth, 100).await, Ok(3));
    assert_eq!(left().await, [5], "one that is not due stays");
    assert_eq!(store.sweep_kind(Kind::Session, fifth, 100).await, Ok(0));
    assert!(store.get(&pools[0], Key::failures(&Sub::new("s"))).await.expect("read").is_some());
}

pub(crate) async fn renewed_record_is_not_swept(store: Store) {
    let (pool, keys) = (pool_id("p"), DigestKeys::new([1; 32], []));
    let key = Key::session(&keys.digest(&["renewed"]));
    let (before, after) =
        (sample::session(Timestamp::from_millis(1)), sample::session(Timestamp::from_millis(2)));
    put(&store, &pool, key.clone(), before.clone()).await;
    put(&store, &pool, key.clone(), after.clone()).await;
    assert_eq!(store.sweep(before.due_at().expect("swept"), 100).await, Ok(0));
    assert_eq!(store.sweep(after.due_at().expect("swept"), 100).await, Ok(1));
    assert_eq!(store.get(&pool, key).await, Ok(None));
}

/// Puts sessions that expire `expires_at`, in one commit.
async fn add_sessions(store: &Store, pool: &PoolId, prefix: &str, count: usize, expires_at: Timestamp) {
    let keys = DigestKeys::new([1; 32], []);
    let writes = (0..count)
        .map(|number| {
            let key = Key::session(&keys.digest(&[prefix, &number.to_string()]));
            Write::Put(key, sample::session(expires_at))
        })
        .collect();
    write(store, pool, writes).await;
}

pub(crate) async fn sweep_all_removes_every_expired_record(store: Store) {
    let pool = pool_id("p");
    make_pool(&store, &pool).await;
    let count = 2 * SWEEP_STEP + 1;
    add_sessions(&store, &pool, "expired", count, T).await;
    add_sessions(&store, &pool, "valid", 1, Timestamp::from_millis(i64::MAX)).await;
    let now = sample::session(T).due_at().expect("sessions are swept");
    assert_eq!(store.sweep(now, SWEEP_STEP).await, Ok(SWEEP_STEP), "a round is bounded");
    assert_eq!(store.sweep_all(now).await, Ok(SWEEP_STEP + 1));
    assert_eq!(store.sweep_all(now).await, Ok(0));
    assert_eq!(store.count(&pool, Kind::Session).await, Ok(1));
}

/// A stranger makes sessions all day long, more than a single round of the sweep removes; the sweep runs as the
/// server runs it. However long this goes on, no more records are there than one tick brings.
pub(crate) async fn day_of_traffic_leaves_a_bounded_store(store: Store) {
    const TICK: Duration = Duration::from_secs(2 * 60 * 60);
    const PER_TICK: usize = 2_000;
    let pool = pool_id("p");
    make_pool(&store, &pool).await;
    let mut now = T;
    let mut most = 0;
    for tick in 0..12 {
        add_sessions(&store, &pool, &tick.to_string(), PER_TICK, now.after(Duration::from_secs(180))).await;
        most = most.max(store.count(&pool, Kind::Session).await.expect("counted"));
        now = now.after(TICK);
        store.sweep_all(now).await.expect("swept");
    }
    assert!(most <= PER_TICK, "{most} sessions, of {} that were made", 12 * PER_TICK);
}

pub(crate) async fn clear_removes_one_pool_only(store: Store) {
    let (gone, stays) = (pool_id("gone"), pool_id("stays"));
    for (pool, name) in [(&gone, "gone"), (&stays, "stays")] {
        put(&store, pool, Key::pool(), sample::pool(name)).await;
        put(&store, pool, Key::client(&ClientId::new(name)), sample::client(name)).await;
        put(&store, pool, Key::outbox(name), sample::outbox(name, T)).await;
        put_user(&store, pool, "ann").await;
    }
    let expects = vec![expect(&store, &gone, Key::pool()).await];
    assert_eq!(commit(&store, &gone, expects, vec![Write::DeletePool]).await, Ok(()));
    assert_eq!(store.get(&gone, Key::pool()).await, Ok(None));
    assert!(store.begin().find_client(&ClientId::new("gone")).await.expect("read").is_none());
    assert_eq!(users(&store, &gone).await, []);
    assert_eq!(store.due_messages(ContactKind::Email, T, 9).await.expect("read").len(), 1);
    assert_eq!(store.list_pools(None, 9).await.expect("read").len(), 1);
    assert!(store.begin().find_client(&ClientId::new("stays")).await.expect("read").is_some());
    assert_eq!(users(&store, &stays).await.len(), 1);
}

/// Fills a pool with a client, a message and a user.
async fn fill(store: &Store, pool: &PoolId) {
    put(store, pool, Key::client(&ClientId::new("c")), sample::client("c")).await;
    put(store, pool, Key::outbox("row"), sample::outbox("row", T)).await;
    put_user(store, pool, "ann").await;
}

pub(crate) async fn recreated_pool_is_empty(store: Store) {
    let pool = pool_id("p");
    fill(&store, &pool).await;
    let late = store.begin();
    late.find_pool(&pool).await.expect("read").expect("there");
    write(&store, &pool, vec![Write::DeletePool]).await;
    make_pool(&store, &pool).await;
    let nothing = async || {
        assert_eq!(users(&store, &pool).await, []);
        assert_eq!(count_users(&store, &pool).await, 0);
        assert!(store.begin().find_client(&ClientId::new("c")).await.expect("read").is_none());
        assert_eq!(store.due_messages(ContactKind::Email, T, 9).await.expect("read").len(), 0);
        let filter = Filter::parse(r#"username = "ann""#).expect("good").expect("some");
        assert_eq!(store.begin().search_users(&pool, &filter, None, 9).await, Ok(vec![]));
    };
    nothing().await;
    // A transaction from before the deletion cannot write into the new pool.
    assert_eq!(late.put_message(sample::outbox_row("late", T)).await, Ok(false));
    nothing().await;
    // The client ids of the deleted pool are free at once, also for another pool.
    put(&store, &pool_id("q"), Key::client(&ClientId::new("c")), sample::client("c")).await;
    put_user(&store, &pool, "bob").await;
    while store.sweep(T, 2).await.expect("swept") > 0 {}
    assert_eq!(users(&store, &pool).await, [user("bob")]);
    assert!(store.begin().find_client(&ClientId::new("c")).await.expect("read").is_some());
}

pub(crate) async fn deleted_rows_are_swept_in_batches(store: Store) {
    let (gone, stays) = (pool_id("gone"), pool_id("stays"));
    for number in 0..20 {
        put_user(&store, &gone, &format!("user-{number}")).await;
    }
    fill(&store, &stays).await;
    write(&store, &gone, vec![Write::DeletePool]).await;
    let mut steps = 0;
    while store.sweep(Timestamp::from_millis(0), 1).await.expect("swept") > 0 {
        steps += 1;
        assert!(steps < 1_000, "the sweep ends");
        assert_eq!(users(&store, &stays).await.len(), 1);
    }
    assert_eq!(store.due_messages(ContactKind::Email, T, 9).await.expect("read").len(), 1);
}

pub(crate) async fn remove_by_prefix_removes_all_matches(store: Store) {
    let pool = pool_id("p");
    let grants =
        [("a", 1), ("a", 2), ("a", 255), ("ab", 1), ("b", 1)].map(|(name, seed)| sample::grant(name, seed));
    for grant in &grants {
        put(&store, &pool, Key::grant(&grant.of, &grant.id), Record::Grant(Box::new(grant.clone()))).await;
        put(&store, &pool_id("q"), Key::grant(&grant.of, &grant.id), Record::Grant(Box::new(grant.clone())))
            .await;
    }
    put(&store, &pool, Key::failures(&grants[0].of), Record::Failures(Failures { count: 1, last_at: T }))
        .await;
    write(&store, &pool, vec![Write::RemoveByPrefix(Kind::Grant, format!("{} ", grants[0].of))]).await;
    let mut left = Vec::new();
    for grant in &grants {
        let key = Key::grant(&grant.of, &grant.id);
        left.push(store.get(&pool, key.clone()).await.expect("read").is_some());
        assert!(store.get(&pool_id("q"), key).await.expect("read").is_some());
    }
    assert_eq!(left, [false, false, false, true, true]);
    assert_eq!(
        store.sweep(Timestamp::from_millis(i64::MAX), 100).await,
        Ok(8),
        "two grants of one pool, five of the other, and the failures"
    );
}
