//! Commits: they write everything or nothing, and their expectations.

use super::*;

pub(crate) async fn empty_store_has_no_records(store: Store) {
    let pool = pool_id("p");
    store.check_health().await.expect("healthy");
    assert_eq!(store.get(&pool, Key::pool()).await, Ok(None));
    assert!(store.begin().find_client(&ClientId::new("c")).await.expect("read").is_none());
    assert_eq!(store.list_pools(None, 10).await, Ok(vec![]));
    assert_eq!(users(&store, &pool).await, []);
    assert_eq!(read_user(&store, &pool, query("ann")).await, UserRecords::default());
    assert_eq!(store.sweep(Timestamp::from_millis(i64::MAX), 9).await, Ok(0));
}

pub(crate) async fn put_record_is_read_back(store: Store) {
    let pool = pool_id("p");
    let writes = sample::all().into_iter().map(|(key, record)| Write::Put(key, record)).collect();
    write(&store, &pool, writes).await;
    for (key, record) in sample::all() {
        let stored = store.get(&pool, key.clone()).await.expect("read").expect("there");
        assert_eq!((stored.key, stored.record), (key, record));
    }
    let ann = user("ann");
    let tx = store.begin();
    let device = sample::device("ann", "d");
    assert_eq!(tx.list_devices(&pool, &ann.sub, None, 9).await, Ok(vec![device.clone()]));
    assert_eq!(tx.list_devices(&pool, &ann.sub, Some(&device.key), 9).await, Ok(vec![]));
    assert_eq!(tx.list_devices(&pool, &Sub::new("other"), None, 9).await, Ok(vec![]));
    assert_eq!(tx.list_auth_events(&pool, &ann.sub, None, 9).await.expect("read").len(), 1);
    let groups = tx.list_groups(&pool, None, 9).await.expect("read");
    assert_eq!(tx.list_groups_of(&pool, &ann.sub, None, 9).await.as_ref(), Ok(&groups));
    assert_eq!(tx.list_users_in(&pool, &groups[0], None, 9).await, Ok(vec![ann]));
}

pub(crate) async fn every_write_has_a_new_version(store: Store) {
    let (pool, key) = (pool_id("p"), Key::name(&name("ann")));
    let put_name = vec![Write::Put(key.clone(), Record::Name(Sub::new("s")))];
    make_pool(&store, &pool).await;
    let mut seen = Vec::new();
    for _ in 0..3 {
        write(&store, &pool, put_name.clone()).await;
        seen.push(expect(&store, &pool, key.clone()).await);
        write(&store, &pool, vec![Write::Remove(key.clone())]).await;
    }
    write(&store, &pool, put_name.clone()).await;
    for old in seen {
        assert_eq!(commit(&store, &pool, vec![old], put_name.clone()).await, Err(StoreError::Conflict));
    }
}

pub(crate) async fn commit_with_outdated_version_conflicts(store: Store) {
    let pool = pool_id("p");
    put(&store, &pool, Key::pool(), sample::pool("first")).await;
    let first = vec![expect(&store, &pool, Key::pool()).await];
    let rename = |name| vec![Write::Put(Key::pool(), sample::pool(name))];
    assert_eq!(commit(&store, &pool, first.clone(), rename("second")).await, Ok(()));
    assert_eq!(commit(&store, &pool, first, rename("third")).await, Err(StoreError::Conflict));
    assert_eq!(pool_name(&store, &pool).await.as_deref(), Some("second"));
    let second = vec![expect(&store, &pool, Key::pool()).await];
    write(&store, &pool, vec![Write::DeletePool]).await;
    assert_eq!(commit(&store, &pool, second, rename("fourth")).await, Err(StoreError::Conflict));
    assert_eq!(pool_name(&store, &pool).await, None);
}

pub(crate) async fn expected_absence_conflicts_after_a_put(store: Store) {
    let (pool, key) = (pool_id("p"), Key::name(&name("ann")));
    make_pool(&store, &pool).await;
    let expects = || vec![Expectation::Absent(key.clone())];
    let put_name = |of: &str| vec![Write::Put(key.clone(), Record::Name(Sub::new(of)))];
    assert_eq!(commit(&store, &pool, expects(), put_name("one")).await, Ok(()));
    assert_eq!(commit(&store, &pool, expects(), put_name("two")).await, Err(StoreError::Conflict));
    write(&store, &pool, vec![Write::Remove(key.clone())]).await;
    assert_eq!(commit(&store, &pool, expects(), put_name("three")).await, Ok(()));
}

pub(crate) async fn conflicting_commit_writes_nothing(store: Store) {
    let (pool, taken) = (pool_id("p"), Key::name(&name("taken")));
    put(&store, &pool, taken.clone(), Record::Name(Sub::new("s"))).await;
    let writes = || {
        vec![
            Write::Put(Key::pool(), sample::pool("renamed")),
            Write::Put(Key::user(&Sub::new("sub-ann")), Record::User(user("ann"))),
            Write::Remove(taken.clone()),
        ]
    };
    let wrong =
        vec![Expectation::Absent(Key::user(&Sub::new("sub-ann"))), Expectation::Absent(taken.clone())];
    assert_eq!(commit(&store, &pool, wrong, writes()).await, Err(StoreError::Conflict));
    assert_eq!(pool_name(&store, &pool).await.as_deref(), Some("p"));
    assert_eq!(users(&store, &pool).await, []);
    let right = vec![Expectation::Absent(Key::user(&Sub::new("sub-ann")))];
    assert_eq!(commit(&store, &pool, right, writes()).await, Ok(()));
    assert_eq!(pool_name(&store, &pool).await.as_deref(), Some("renamed"));
}

pub(crate) async fn later_write_of_a_commit_overrides_earlier(store: Store) {
    let (pool, key) = (pool_id("p"), Key::name(&name("ann")));
    make_pool(&store, &pool).await;
    let writes = vec![
        Write::Put(key.clone(), Record::Name(Sub::new("first"))),
        Write::Remove(key.clone()),
        Write::Put(key.clone(), Record::Name(Sub::new("last"))),
    ];
    write(&store, &pool, writes).await;
    let stored = store.get(&pool, key).await.expect("read").expect("there");
    assert_eq!(stored.record, Record::Name(Sub::new("last")));
}

pub(crate) async fn records_of_pools_are_separate(store: Store) {
    let (here, there) = (pool_id("here"), pool_id("there"));
    put_user(&store, &here, "ann").await;
    make_pool(&store, &there).await;
    assert_eq!(read_user(&store, &there, query("ann")).await.user, None);
    let absent = vec![Expectation::Absent(Key::name(&name("ann")))];
    let put_name = vec![Write::Put(Key::name(&name("ann")), Record::Name(Sub::new("other")))];
    assert_eq!(commit(&store, &there, absent, put_name).await, Ok(()));
    assert_eq!(read_user(&store, &here, query("ann")).await.user, Some(user("ann")));
}

pub(crate) async fn put_into_missing_pool_conflicts(store: Store) {
    let (pool, key) = (pool_id("p"), Key::name(&name("ann")));
    let put_name = vec![Write::Put(key.clone(), Record::Name(Sub::new("s")))];
    assert_eq!(commit(&store, &pool, vec![], put_name.clone()).await, Err(StoreError::Conflict));
    assert_eq!(store.get(&pool, key.clone()).await, Ok(None));
    // Removing a record that does not exist is no error.
    assert_eq!(commit(&store, &pool, vec![], vec![Write::Remove(key)]).await, Ok(()));
    make_pool(&store, &pool).await;
    assert_eq!(commit(&store, &pool, vec![], put_name).await, Ok(()));
}

pub(crate) async fn guard_holds_until_its_record_changes(store: Store) {
    let pool = pool_id("p");
    make_pool(&store, &pool).await;
    let read = version(&store, &pool, &Key::pool()).await.expect("there");
    let guard = vec![Expectation::Guard(Key::pool(), read)];
    let put_name = |text| vec![Write::Put(Key::name(&name(text)), Record::Name(Sub::new("s")))];
    assert_eq!(commit(&store, &pool, guard.clone(), put_name("one")).await, Ok(()));
    assert_eq!(
        commit(&store, &pool, guard.clone(), put_name("two")).await,
        Ok(()),
        "a guard may be used again"
    );
    put(&store, &pool, Key::pool(), sample::pool("p")).await;
    assert_eq!(commit(&store, &pool, guard, put_name("three")).await, Err(StoreError::Conflict));
}
