//! What is written is read back, all of it or nothing.

use super::*;

pub(crate) async fn an_empty_store_holds_nothing(store: Store) {
    let pool = pool_id("p");
    store.check_health().await.expect("healthy");
    assert_eq!(store.read_pool(&pool).await, Ok(None));
    assert_eq!(store.find_caller(&ClientId::new("c")).await, Ok(None));
    assert_eq!(store.list_pools(None, 10).await, Ok(vec![]));
    assert_eq!(store.list_users(&pool, None, 10).await, Ok(vec![]));
    let reading = store.read_user(&pool, &query("ann")).await.expect("read");
    assert_eq!((reading.user, reading.expects), (None, vec![]));
}

pub(crate) async fn what_was_put_is_read_back(store: Store) {
    let pool = pool_id("p");
    let writes = sample::all().into_iter().map(|(key, record)| Write::Put(key, record)).collect();
    store.commit(&pool, vec![], writes).await.expect("written");
    for (key, record) in sample::all() {
        match record {
            Record::Pool(record) => {
                assert_eq!(store.read_pool(&pool).await.expect("read").map(|read| read.value), Some(record));
            }
            Record::Client(record) => {
                let read = store.read_client(&pool, &record.client.id).await.expect("read");
                assert_eq!(read.map(|read| read.value), Some(record));
            }
            Record::User(user) => assert_eq!(store.list_users(&pool, None, 9).await, Ok(vec![user])),
            Record::Name(_) | Record::Code(_) | Record::Attempts(_) => {
                let reading = store.read_user(&pool, &query("ann")).await.expect("read");
                assert_eq!(reading.user, Some(user("ann")));
                match record {
                    Record::Code(code) => assert_eq!(reading.code, Some(code)),
                    Record::Attempts(attempts) => assert_eq!(reading.attempts, Some(attempts)),
                    _ => {}
                }
            }
            Record::Session(session) => {
                let digest = DigestKeys::new([1; 32], []).digest(&["handle"]);
                assert_eq!(Key::session(&digest), key);
                let other = DigestKeys::new([2; 32], []).digest(&["handle"]);
                let read = store.read_session(&pool, &[other, digest.clone()]).await.expect("read");
                assert_eq!(read.map(|read| read.value), Some((digest, session)));
            }
            Record::Outbox(row) => {
                let due = store.due_messages(T, 9).await.expect("read");
                assert_eq!(
                    due.into_iter().map(|(pool, read)| (pool, read.value)).collect::<Vec<_>>(),
                    [(pool.clone(), row)]
                );
            }
            Record::Failures(failures) => {
                let ann = Candidates { sub: Sub::new("ann"), names: vec![name("ann")] };
                let entering = store.read_entering(&pool, ann, Sub::new("nobody"), &[]).await.expect("read");
                assert_eq!((entering.user, entering.failures), (Some(user("ann")), Some(failures)));
            }
            Record::Grant(grant) => {
                let bearing = store.read_bearing(&pool, &grant.of, &grant.id).await.expect("read");
                assert_eq!((bearing.user, bearing.grant), (Some(user("ann")), Some(grant)));
                assert_eq!(bearing.expects.len(), 2);
            }
            Record::AuthEvent(event) => {
                let events = store.list_auth_events(&pool, &user("ann").sub, None, 9).await;
                assert_eq!(events, Ok(vec![event]));
            }
            Record::Device(device) => {
                let read = store.read_device(&pool, &device.of, &device.key).await.expect("read");
                assert_eq!((read.value.as_ref(), read.expects.len()), (Some(&device), 1));
                let listed = |after| store.list_devices(&pool, &device.of, after, 9);
                assert_eq!(listed(None).await, Ok(vec![device.clone()]));
                assert_eq!(listed(Some(&device.key)).await, Ok(vec![]));
                let nobody = Sub::new("nobody");
                assert_eq!(store.list_devices(&pool, &nobody, None, 9).await, Ok(vec![]));
            }
            Record::SigningKeys(keys) => assert_eq!(store.read_signing_keys(&pool).await, Ok(Some(keys))),
            Record::Group(group) => assert_eq!(store.list_groups(&pool, None, 9).await, Ok(vec![group])),
            Record::GroupOfUser(id) => {
                let groups = store.list_groups_of(&pool, &user("ann").sub, None, 9).await.expect("read");
                assert_eq!(groups.into_iter().map(|group| group.id).collect::<Vec<_>>(), [id]);
            }
            Record::UserInGroup(_) => {
                let name = GroupName::new("g");
                let group = store.read_group(&pool, &name).await.expect("read").expect("there").value;
                assert_eq!(store.list_users_in(&pool, &group, None, 9).await, Ok(vec![user("ann")]));
            }
        }
    }
}

pub(crate) async fn a_version_is_new_with_every_write(store: Store) {
    let pool = pool_id("p");
    let mut seen = Vec::new();
    for _ in 0..3 {
        put(&store, &pool, Key::pool(), sample::pool("p")).await;
        seen.extend(store.read_pool(&pool).await.expect("read").expect("there").expects);
        store.commit(&pool, vec![], vec![Write::Remove(Key::pool())]).await.expect("removed");
    }
    put(&store, &pool, Key::pool(), sample::pool("p")).await;
    for old in seen {
        let again = vec![Write::Put(Key::pool(), sample::pool("p"))];
        assert_eq!(store.commit(&pool, vec![old], again).await, Err(StoreError::Conflict));
    }
}

pub(crate) async fn a_commit_needs_the_version_that_was_read(store: Store) {
    let pool = pool_id("p");
    put(&store, &pool, Key::pool(), sample::pool("first")).await;
    let Read { expects, .. } = store.read_pool(&pool).await.expect("read").expect("there");
    let write = |name| vec![Write::Put(Key::pool(), sample::pool(name))];
    assert_eq!(store.commit(&pool, expects.clone(), write("second")).await, Ok(()));
    assert_eq!(store.commit(&pool, expects.clone(), write("third")).await, Err(StoreError::Conflict));
    let read = store.read_pool(&pool).await.expect("read").expect("there");
    assert_eq!(read.value.name, "second");
    store.commit(&pool, vec![], vec![Write::Remove(Key::pool())]).await.expect("removed");
    assert_eq!(store.commit(&pool, read.expects, write("fourth")).await, Err(StoreError::Conflict));
    assert_eq!(store.read_pool(&pool).await, Ok(None));
}

pub(crate) async fn absence_can_be_expected_once(store: Store) {
    let pool = pool_id("p");
    let key = Key::name(&name("ann"));
    let expects = || vec![Expect::Absent(key.clone())];
    let write = |of: &str| vec![Write::Put(key.clone(), Record::Name(Sub::new(of)))];
    assert_eq!(store.commit(&pool, expects(), write("one")).await, Ok(()));
    assert_eq!(store.commit(&pool, expects(), write("two")).await, Err(StoreError::Conflict));
    store.commit(&pool, vec![], vec![Write::Remove(key.clone())]).await.expect("removed");
    assert_eq!(store.commit(&pool, expects(), write("three")).await, Ok(()));
}

pub(crate) async fn a_commit_is_all_or_nothing(store: Store) {
    let pool = pool_id("p");
    put(&store, &pool, Key::name(&name("taken")), Record::Name(Sub::new("s"))).await;
    let writes = || {
        vec![
            Write::Put(Key::pool(), sample::pool("p")),
            Write::Put(Key::user(&Sub::new("sub-ann")), Record::User(user("ann"))),
            Write::Remove(Key::name(&name("taken"))),
        ]
    };
    let expects = vec![Expect::Absent(Key::pool()), Expect::Absent(Key::name(&name("taken")))];
    assert_eq!(store.commit(&pool, expects, writes()).await, Err(StoreError::Conflict));
    assert_eq!(store.read_pool(&pool).await, Ok(None));
    assert_eq!(store.list_users(&pool, None, 9).await, Ok(vec![]));
    assert_eq!(store.commit(&pool, vec![Expect::Absent(Key::pool())], writes()).await, Ok(()));
    assert!(store.read_pool(&pool).await.expect("read").is_some());
}

pub(crate) async fn later_writes_of_a_commit_win(store: Store) {
    let pool = pool_id("p");
    let writes = vec![
        Write::Put(Key::pool(), sample::pool("first")),
        Write::Remove(Key::pool()),
        Write::Put(Key::pool(), sample::pool("last")),
    ];
    store.commit(&pool, vec![], writes).await.expect("written");
    assert_eq!(store.read_pool(&pool).await.expect("read").expect("there").value.name, "last");
}

pub(crate) async fn pools_do_not_see_each_other(store: Store) {
    let (here, there) = (pool_id("here"), pool_id("there"));
    put_user(&store, &here, "ann").await;
    let reading = store.read_user(&there, &query("ann")).await.expect("read");
    assert_eq!(reading.user, None);
    let absent = vec![Expect::Absent(Key::name(&name("ann")))];
    let write = vec![Write::Put(Key::name(&name("ann")), Record::Name(Sub::new("other")))];
    assert_eq!(store.commit(&there, absent, write).await, Ok(()));
    assert_eq!(store.read_user(&here, &query("ann")).await.expect("read").user, Some(user("ann")));
}
