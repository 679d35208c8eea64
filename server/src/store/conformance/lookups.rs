//! Names lead to users, app clients to pools, and what is asked for beside comes with them.

use super::*;

pub(crate) async fn a_name_leads_to_its_user(store: Store) {
    let pool = pool_id("p");
    let ann = put_user(&store, &pool, "ann").await;
    let bob = put_user(&store, &pool, "bob").await;
    put(&store, &pool, Key::code(&ann, Purpose::SignUp), sample::code(&pool, &ann)).await;
    put(&store, &pool, Key::attempts(&bob, Act::ConfirmSignUp), sample::attempts(2)).await;
    let of_ann = store.read_user(&pool, &query("ann")).await.expect("read");
    assert_eq!(of_ann.user.as_ref().map(|user| &user.sub), Some(&ann));
    assert!(of_ann.code.is_some() && of_ann.attempts.is_none());
    let of_bob = store.read_user(&pool, &query("bob")).await.expect("read");
    assert_eq!(of_bob.attempts.map(|attempts| attempts.count), Some(2));

    // Everything that was looked at is expected to stay: the name, the user, the code, the absent counter.
    assert_eq!(of_ann.expects.len(), 4);
    let touched = [
        Write::Put(Key::name(&name("ann")), Record::Name(bob)),
        Write::Put(Key::user(&ann), Record::User(user("ann"))),
        Write::Remove(Key::code(&ann, Purpose::SignUp)),
        Write::Put(Key::attempts(&ann, Act::ConfirmSignUp), sample::attempts(1)),
    ];
    for (touch, expect) in touched.into_iter().zip(of_ann.expects) {
        assert_eq!(store.commit(&pool, vec![expect.clone()], vec![]).await, Ok(()));
        store.commit(&pool, vec![], vec![touch]).await.expect("an unconditional write");
        assert_eq!(store.commit(&pool, vec![expect], vec![]).await, Err(StoreError::Conflict));
    }
}

pub(crate) async fn a_sub_leads_to_its_user_before_any_name(store: Store) {
    let pool = pool_id("p");
    let ann = put_user(&store, &pool, "ann").await;
    let bob = put_user(&store, &pool, "bob").await;
    // Somebody's username is spelt like Ann's sub.
    put(&store, &pool, Key::name(&name(ann.as_str())), Record::Name(bob)).await;
    let reading = store.read_user(&pool, &query(ann.as_str())).await.expect("read");
    assert_eq!(reading.user.map(|user| user.sub), Some(ann));
}

pub(crate) async fn nobody_may_have_attempts(store: Store) {
    let (pool, simulated) = (pool_id("p"), Sub::new("simulated"));
    put(&store, &pool, Key::attempts(&simulated, Act::ConfirmSignUp), sample::attempts(7)).await;
    assert_eq!(read_count(&store, &pool, &simulated).await.1, 7);
    let without = store.read_user(&pool, &query("nobody")).await.expect("read");
    assert_eq!(without.attempts, None);
}

pub(crate) async fn a_name_that_leads_to_nobody_is_corrupt(store: Store) {
    let pool = pool_id("p");
    put(&store, &pool, Key::name(&name("ghost")), Record::Name(Sub::new("gone"))).await;
    assert!(matches!(store.read_user(&pool, &query("ghost")).await, Err(StoreError::Corrupt(_))));
}

pub(crate) async fn who_holds_a_name(store: Store) {
    let pool = pool_id("p");
    let ann = put_user(&store, &pool, "ann").await;
    let (held, free) = (name("ann"), name("free"));
    let email = NameKey { kind: NameKind::Email, text: "ann@example.com".into() };
    put(&store, &pool, Key::name(&email), Record::Name(ann.clone())).await;
    let names = [held.clone(), free.clone(), email.clone()];
    let holders = store.read_holders(&pool, &names, None).await.expect("read");
    assert_eq!(holders.users.keys().cloned().collect::<Vec<_>>(), [held, email]);
    // The free name is expected to stay free.
    put(&store, &pool, Key::name(&free), Record::Name(ann.clone())).await;
    assert_eq!(store.commit(&pool, holders.expects, vec![]).await, Err(StoreError::Conflict));

    // Somebody's sub is taken as a username.
    let as_sub = name("whatever");
    let holders = store.read_holders(&pool, std::slice::from_ref(&as_sub), Some(&ann)).await.expect("read");
    assert_eq!(holders.users.get(&as_sub).map(|user| &user.sub), Some(&ann));
    let nobody = store.read_holders(&pool, &[as_sub], Some(&Sub::new("none"))).await.expect("read");
    assert!(nobody.users.is_empty());
}

pub(crate) async fn a_client_leads_to_its_pool(store: Store) {
    let (pool, id) = (pool_id("p"), ClientId::new("c"));
    put(&store, &pool, Key::pool(), sample::pool("p")).await;
    put(&store, &pool, Key::client(&id), sample::client("c")).await;
    let found = store.find_caller(&id).await.expect("read").expect("there");
    assert_eq!((found.value.pool.name.as_str(), &found.value.client.client.id), ("p", &id));
    // A change of the pool is seen at once, and undoes what was decided before it.
    put(&store, &pool, Key::pool(), sample::pool("renamed")).await;
    assert_eq!(store.commit(&pool, found.expects, vec![]).await, Err(StoreError::Conflict));
    let found = store.find_caller(&id).await.expect("read").expect("there");
    assert_eq!(found.value.pool.name, "renamed");
    store.commit(&pool, vec![], vec![Write::Remove(Key::client(&id))]).await.expect("removed");
    assert_eq!(store.find_caller(&id).await, Ok(None));
}

pub(crate) async fn a_client_id_belongs_to_one_pool(store: Store) {
    let (here, there, id) = (pool_id("here"), pool_id("there"), ClientId::new("c"));
    put(&store, &here, Key::client(&id), sample::client("c")).await;
    let write = || {
        vec![
            Write::Put(Key::pool(), sample::pool("there")),
            Write::Put(Key::client(&id), sample::client("c")),
        ]
    };
    assert_eq!(store.commit(&there, vec![], write()).await, Err(StoreError::Conflict));
    assert_eq!(store.read_pool(&there).await, Ok(None));
    store.commit(&here, vec![], vec![Write::Remove(Key::client(&id))]).await.expect("removed");
    assert_eq!(store.commit(&there, vec![], write()).await, Ok(()));
}

pub(crate) async fn whoever_enters_comes_with_failures_and_session(store: Store) {
    let (pool, nobody) = (pool_id("p"), Sub::new("nobody"));
    let ann = put_user(&store, &pool, "ann").await;
    let failures = |count| Failures { count, last_at: T };
    put(&store, &pool, Key::failures(&ann), Record::Failures(failures(1))).await;
    put(&store, &pool, Key::failures(&nobody), Record::Failures(failures(2))).await;
    let place = DigestKeys::new([1; 32], []).digest(&["handle"]);
    let candidates = |typed: &str| Candidates { sub: Sub::new(typed), names: vec![name(typed)] };
    let read = async |typed: &str, handles: &[Digest]| {
        store.read_entering(&pool, candidates(typed), nobody.clone(), handles).await.expect("read")
    };
    let entering = read("ann", std::slice::from_ref(&place)).await;
    assert_eq!((entering.user, entering.failures), (Some(user("ann")), Some(failures(1))));
    assert_eq!(entering.session, None);
    assert_eq!(read("who", &[]).await.failures, Some(failures(2)), "those of nobody");

    // A session may be nobody's; its owner is sent back as a name, and failures count for that one.
    let (owner, mut kept) = (Sub::new("simulated"), sample::session(T));
    if let Record::Session(session) = &mut kept {
        session.of = owner.clone();
    }
    put(&store, &pool, Key::session(&place), kept).await;
    put(&store, &pool, Key::failures(&owner), Record::Failures(failures(3))).await;
    let entering = read("simulated", std::slice::from_ref(&place)).await;
    assert_eq!((entering.user, entering.failures), (None, Some(failures(3))));
    assert_eq!(
        entering.session.map(|(key, session)| (key, session.of)),
        Some((place.clone(), owner.clone()))
    );
    assert_eq!(read("who", &[place]).await.failures, Some(failures(2)), "another name is another nobody");
    let conflict = vec![Write::Put(Key::failures(&owner), Record::Failures(failures(4)))];
    assert_eq!(store.commit(&pool, entering.expects.clone(), conflict.clone()).await, Ok(()));
    assert_eq!(store.commit(&pool, entering.expects, conflict).await, Err(StoreError::Conflict));
}
