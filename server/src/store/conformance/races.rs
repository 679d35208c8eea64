//! Concurrent commits and reads.

use super::{sample::group, *};

pub(crate) async fn concurrent_puts_of_a_name_have_one_winner(store: Store) {
    let pool = pool_id("p");
    make_pool(&store, &pool).await;
    for round in 0..50 {
        let key = Key::name(&name(&format!("name-{round}")));
        let racers: Vec<_> = (0..16)
            .map(|racer| {
                let (store, pool, key) = (store.clone(), pool.clone(), key.clone());
                tokio::spawn(async move {
                    let write = vec![Write::Put(key.clone(), Record::Name(Sub::new(format!("{racer}"))))];
                    commit(&store, &pool, vec![Expectation::Absent(key)], write).await
                })
            })
            .collect();
        let mut winners = 0;
        for racer in racers {
            match racer.await.expect("no panic") {
                Ok(()) => winners += 1,
                Err(error) => assert_eq!(error, StoreError::Conflict),
            }
        }
        assert_eq!(winners, 1, "round {round}");
    }
}

pub(crate) async fn concurrent_increments_are_not_lost(store: Store) {
    let (pool, of) = (pool_id("p"), Sub::new("ann"));
    make_pool(&store, &pool).await;
    let counters: Vec<_> = (0..8)
        .map(|_| {
            let (store, pool, of) = (store.clone(), pool.clone(), of.clone());
            tokio::spawn(async move {
                for _ in 0..25 {
                    loop {
                        let (expects, count) = read_count(&store, &pool, &of).await;
                        let next = Record::Attempts(Attempts { since: T, count: count + 1 });
                        let write = vec![Write::Put(Key::attempts(&of, AttemptKind::ConfirmSignUp), next)];
                        match commit(&store, &pool, expects, write).await {
                            Ok(()) => break,
                            Err(error) => assert_eq!(error, StoreError::Conflict),
                        }
                    }
                }
            })
        })
        .collect();
    for counter in counters {
        counter.await.expect("no panic");
    }
    assert_eq!(read_count(&store, &pool, &of).await.1, 200);
}

/// Otherwise a deleted user would keep memberships, and two concurrent additions could exceed the limit of groups.
pub(crate) async fn membership_conflicts_with_change_of_its_user(store: Store) {
    let pool = pool_id("p");
    let sub = put_user(&store, &pool, "ann").await;
    let Record::Group(group) = group("g") else { panic!("a group") };
    let expects = vec![expect(&store, &pool, Key::user(&sub)).await];
    let joining = vec![
        Write::Put(Key::group_of_user(&sub, &group.name), Record::GroupOfUser(group.id.clone())),
        Write::Put(Key::user_in_group(&group.name, &sub), Record::UserInGroup(group.id.clone())),
        Write::Put(Key::user(&sub), Record::User(user("ann"))),
    ];
    assert_eq!(commit(&store, &pool, expects.clone(), joining.clone()).await, Ok(()));
    for late in [joining, vec![Write::Remove(Key::user(&sub))]] {
        assert_eq!(commit(&store, &pool, expects.clone(), late).await, Err(StoreError::Conflict));
    }
    assert_eq!(read_user(&store, &pool, query("ann")).await.user, Some(user("ann")), "the user is unchanged");
    put(&store, &pool, Key::group(&group.name), Record::Group(group.clone())).await;
    let which = Memberships::OfUser { sub, after: None, limit: 9 };
    assert_eq!(store.begin().memberships(&pool, which).await.expect("read").len(), 1);
}

pub(crate) async fn batched_read_sees_one_instant(store: Store) {
    // The writer changes a pool and its client together, and the reader must always see equal times.
    let (pool, id) = (pool_id("p"), ClientId::new("c"));
    let both = |number: i64| {
        let (Record::Pool(pool), Record::Client(client)) = (sample::pool("p"), sample::client("c")) else {
            panic!("samples have their kind");
        };
        let (mut pool, mut client) = ((*pool).clone(), (*client).clone());
        pool.modified_at = Timestamp::from_millis(number);
        client.modified_at = Timestamp::from_millis(number);
        vec![
            Write::Put(Key::pool(), Record::Pool(pool.into())),
            Write::Put(Key::client(&ClientId::new("c")), Record::Client(client.into())),
        ]
    };
    write(&store, &pool, both(0)).await;
    let writer = {
        let (store, pool) = (store.clone(), pool.clone());
        tokio::spawn(async move {
            for number in 1..=200 {
                write(&store, &pool, both(number)).await;
            }
        })
    };
    let mut last = Timestamp::from_millis(0);
    while !writer.is_finished() {
        let seen = store.begin().find_client(&id).await.expect("read").expect("there");
        assert_eq!(seen.pool.modified_at, seen.client.modified_at);
        assert!(seen.pool.modified_at >= last, "a later read sees no earlier commit");
        last = seen.pool.modified_at;
    }
    writer.await.expect("no panic");
    let seen = store.begin().find_client(&id).await.expect("read").expect("there");
    assert_eq!(seen.pool.modified_at, Timestamp::from_millis(200), "a returned commit is visible");
}
