//! Names lead to users, app clients to pools, and what is asked for beside comes with them.

use super::*;
use crate::store::{Answer, Claim, Found, Lookup, Rival, Scope};

pub(crate) async fn a_name_leads_to_its_user(store: Store) {
    let pool = pool_id("p");
    let ann = put_user(&store, &pool, "ann").await;
    let bob = put_user(&store, &pool, "bob").await;
    put(&store, &pool, Key::code(&ann, Purpose::SignUp), sample::code(&pool, &ann)).await;
    put(&store, &pool, Key::attempts(&bob, Act::ConfirmSignUp), sample::attempts(2)).await;
    let of_ann = read_user(&store, &pool, query("ann")).await;
    assert_eq!(of_ann.user.as_ref().map(|user| &user.sub), Some(&ann));
    assert!(of_ann.code.is_some() && of_ann.attempts.is_none());
    let of_bob = read_user(&store, &pool, query("bob")).await;
    assert_eq!(of_bob.attempts.map(|attempts| attempts.count), Some(2));

    // Everything that was looked at is relied on: the name, the user, the code, the absent counter.
    let touched = || {
        vec![
            Write::Put(Key::name(&name("ann")), Record::Name(bob.clone())),
            Write::Put(Key::user(&ann), Record::User(user("ann"))),
            Write::Remove(Key::code(&ann, Purpose::SignUp)),
            Write::Put(Key::attempts(&ann, Act::ConfirmSignUp), sample::attempts(1)),
        ]
    };
    for touch in touched() {
        let tx = store.begin();
        tx.find_user(&pool, query("ann")).await.expect("read");
        write(&store, &pool, vec![touch]).await;
        assert_eq!(tx.put_message(sample::outbox_row("row", T)).await, Ok(false));
        write(&store, &pool, vec![Write::Put(Key::name(&name("ann")), Record::Name(ann.clone()))]).await;
        put(&store, &pool, Key::code(&ann, Purpose::SignUp), sample::code(&pool, &ann)).await;
        write(&store, &pool, vec![Write::Remove(Key::attempts(&ann, Act::ConfirmSignUp))]).await;
    }
    let tx = store.begin();
    tx.find_user(&pool, query("ann")).await.expect("read");
    assert_eq!(tx.put_message(sample::outbox_row("row", T)).await, Ok(true));
}

pub(crate) async fn a_sub_leads_to_its_user_before_any_name(store: Store) {
    let pool = pool_id("p");
    let ann = put_user(&store, &pool, "ann").await;
    let bob = put_user(&store, &pool, "bob").await;
    // Bob's username is spelt like Ann's sub.
    put(&store, &pool, Key::name(&name(ann.as_str())), Record::Name(bob)).await;
    let reading = read_user(&store, &pool, query(ann.as_str())).await;
    assert_eq!(reading.user.map(|user| user.sub), Some(ann));
}

pub(crate) async fn nobody_may_have_attempts(store: Store) {
    let (pool, simulated) = (pool_id("p"), Sub::new("simulated"));
    put(&store, &pool, Key::attempts(&simulated, Act::ConfirmSignUp), sample::attempts(7)).await;
    let otherwise = UserQuery { otherwise: Some(simulated), ..query("nobody") };
    assert_eq!(read_user(&store, &pool, otherwise).await.attempts.map(|one| one.count), Some(7));
    assert_eq!(read_user(&store, &pool, query("nobody")).await.attempts, None);
    // A sign-up of the absent name undoes what was decided about it.
    let tx = store.begin();
    tx.find_user(&pool, query("nobody")).await.expect("read");
    put_user(&store, &pool, "nobody").await;
    assert_eq!(tx.put_message(sample::outbox_row("row", T)).await, Ok(false));
}

pub(crate) async fn a_name_that_leads_to_nobody_is_corrupt(store: Store) {
    let pool = pool_id("p");
    put(&store, &pool, Key::name(&name("ghost")), Record::Name(Sub::new("gone"))).await;
    let read = store.begin().find_user(&pool, query("ghost")).await;
    assert!(matches!(read, Err(StoreError::Corrupt(_))));
}

pub(crate) async fn who_holds_a_name(store: Store) {
    let pool = pool_id("p");
    let ann = put_user(&store, &pool, "ann").await;
    let (held, free) = (name("ann"), name("free"));
    let email = NameKey { kind: NameKind::Email, text: "ann@example.com".into() };
    put(&store, &pool, Key::name(&email), Record::Name(ann.clone())).await;
    let names = [held.clone(), free.clone(), email.clone()];
    let tx = store.begin();
    let holders = tx.find_holders(&pool, &names, None).await.expect("read");
    assert_eq!(holders.keys().cloned().collect::<Vec<_>>(), [held, email]);
    // The free name is relied on to stay free.
    put(&store, &pool, Key::name(&free), Record::Name(ann.clone())).await;
    assert_eq!(tx.put_message(sample::outbox_row("row", T)).await, Ok(false));

    // A user's sub is taken as a username.
    let (tx, as_sub) = (store.begin(), name("whatever"));
    let holders = tx.find_holders(&pool, std::slice::from_ref(&as_sub), Some(&ann)).await.expect("read");
    assert_eq!(holders.get(&as_sub).map(|user| &user.sub), Some(&ann));
    let none = tx.find_holders(&pool, &[as_sub], Some(&Sub::new("none"))).await.expect("read");
    assert!(none.is_empty());
}

pub(crate) async fn a_client_leads_to_its_pool(store: Store) {
    let (pool, id) = (pool_id("p"), ClientId::new("c"));
    put(&store, &pool, Key::pool(), sample::pool("p")).await;
    put(&store, &pool, Key::client(&id), sample::client("c")).await;
    let tx = store.begin();
    let found = tx.find_client(&id).await.expect("read").expect("there");
    assert_eq!((found.pool.name.as_str(), &found.client.client.id), ("p", &id));
    // A change of the pool is seen at once, and undoes what was decided before it.
    put(&store, &pool, Key::pool(), sample::pool("renamed")).await;
    assert_eq!(tx.put_message(sample::outbox_row("row", T)).await, Ok(false));
    let found = store.begin().find_client(&id).await.expect("read").expect("there");
    assert_eq!(found.pool.name, "renamed");
    write(&store, &pool, vec![Write::Remove(Key::client(&id))]).await;
    assert!(store.begin().find_client(&id).await.expect("read").is_none());
}

pub(crate) async fn a_client_id_belongs_to_one_pool(store: Store) {
    let (here, there, id) = (pool_id("here"), pool_id("there"), ClientId::new("c"));
    put(&store, &here, Key::client(&id), sample::client("c")).await;
    let both = || {
        vec![
            Write::Put(Key::pool(), sample::pool("there")),
            Write::Put(Key::client(&id), sample::client("c")),
        ]
    };
    assert_eq!(commit(&store, &there, vec![], both()).await, Err(StoreError::Conflict));
    assert_eq!(store.get(&there, Key::pool()).await, Ok(None));
    // Putting the app client again is no second claim, and another pool gives up nothing.
    put(&store, &here, Key::client(&id), sample::client("c")).await;
    make_pool(&store, &there).await;
    write(&store, &there, vec![Write::Remove(Key::client(&id))]).await;
    assert!(store.begin().find_client(&id).await.expect("read").is_some());
    write(&store, &here, vec![Write::Remove(Key::client(&id))]).await;
    assert_eq!(commit(&store, &there, vec![], both()).await, Ok(()));
}

pub(crate) async fn a_known_version_is_not_brought_again(store: Store) {
    let (pool, id) = (pool_id("p"), ClientId::new("c"));
    put(&store, &pool, Key::client(&id), sample::client("c")).await;
    let known = version(&store, &pool, &Key::pool()).await;
    for scope in [Scope::Pool(pool.clone()), Scope::Claim(Claim::client(&id))] {
        let lookups = vec![
            Lookup::Key { key: Key::name(&name("absent")), known },
            Lookup::Key { key: Key::pool(), known: None },
        ];
        let (found, answers) = store.read(&scope, lookups).await.expect("read").expect("there");
        assert_eq!(found, pool);
        assert_eq!(answers[0], Answer::One(Found::Absent));
        // The store puts what it keeps in place of what is known.
        assert!(matches!(&answers[1], Answer::One(Found::Record(stored)) if Some(stored.version) == known));
    }
    put(&store, &pool, Key::pool(), sample::pool("renamed")).await;
    assert_eq!(pool_name(&store, &pool).await.as_deref(), Some("renamed"));
    write(&store, &pool, vec![Write::Clear]).await;
    assert_eq!(pool_name(&store, &pool).await, None);
}

pub(crate) async fn a_sign_in_brings_failures_and_session(store: Store) {
    let (pool, nobody) = (pool_id("p"), Sub::new("nobody"));
    let ann = put_user(&store, &pool, "ann").await;
    let failures = |count| Failures { count, last_at: T };
    put(&store, &pool, Key::failures(&ann), Record::Failures(failures(1))).await;
    put(&store, &pool, Key::failures(&nobody), Record::Failures(failures(2))).await;
    let place = DigestKeys::new([1; 32], []).digest(&["handle"]);
    let read = async |typed: &str, places: &[lido_domain::digest::Digest]| {
        let query = UserQuery {
            beside: vec![Beside::Failures],
            otherwise: Some(nobody.clone()),
            sessions: places.to_vec(),
            ..query(typed)
        };
        read_user(&store, &pool, query).await
    };
    let reading = read("ann", std::slice::from_ref(&place)).await;
    assert_eq!((reading.user, reading.failures), (Some(user("ann")), Some(failures(1))));
    assert_eq!(reading.session, None);
    assert_eq!(read("who", &[]).await.failures, Some(failures(2)), "those of the simulated sub");

    // A session may belong to a simulated sub, which comes back as a name; failures count for that one.
    let (owner, mut kept) = (Sub::new("simulated"), sample::session(T));
    if let Record::Session(session) = &mut kept {
        session.of = owner.clone();
    }
    put(&store, &pool, Key::session(&place), kept).await;
    put(&store, &pool, Key::failures(&owner), Record::Failures(failures(3))).await;
    let reading = read("simulated", std::slice::from_ref(&place)).await;
    assert_eq!((reading.user, reading.failures), (None, Some(failures(3))));
    let session = reading.session.map(|(key, session)| (key, session.of));
    assert_eq!(session, Some((place.clone(), owner)));
    assert_eq!(read("who", &[place]).await.failures, Some(failures(2)), "another name is another sub");
}

pub(crate) async fn a_session_leads_to_its_user_and_device(store: Store) {
    let pool = pool_id("p");
    let ann = put_user(&store, &pool, "ann").await;
    let [place, other] = ["one", "other"].map(|text| DigestKeys::new([1; 32], []).digest(&[text]));
    let device = sample::device("ann", "d");
    let mut kept = sample::session(T);
    if let Record::Session(session) = &mut kept {
        session.of = ann.clone();
        session.device = Some(device.key.clone());
    }
    put(&store, &pool, Key::session(&place), kept).await;
    put(&store, &pool, Key::device(&ann, &device.key), Record::Device(device.clone())).await;
    let query = |sessions, sent: Option<&str>| UserQuery {
        subject: Subject::Session,
        beside: vec![Beside::Device(sent.map(str::to_owned))],
        otherwise: None,
        sessions,
    };
    let reading = read_user(&store, &pool, query(vec![other.clone(), place.clone()], None)).await;
    assert_eq!(reading.user, Some(user("ann")));
    assert_eq!(reading.session.map(|(key, _)| key), Some(place.clone()));
    assert_eq!(reading.device, Some((device.key.clone(), Some(device))));
    let reading = read_user(&store, &pool, query(vec![place], Some("sent"))).await;
    assert_eq!(reading.device, Some(("sent".to_owned(), None)), "what is sent goes before");
    assert_eq!(read_user(&store, &pool, query(vec![other], None)).await, UserReading::default());
}

pub(crate) async fn a_code_leads_to_the_holder_of_its_alias(store: Store) {
    let pool = pool_id("p");
    let (ann, bob) = (put_user(&store, &pool, "ann").await, put_user(&store, &pool, "bob").await);
    put(&store, &pool, Key::code(&ann, Purpose::SignUp), sample::code(&pool, &ann)).await;
    let alias = NameKey { kind: NameKind::Email, text: sample::contact().value.to_lowercase() };
    let query = |kinds| UserQuery {
        beside: vec![Beside::Rival(Rival { purpose: Purpose::SignUp, kinds, case_sensitive: false })],
        ..query("ann")
    };
    let emails = || vec![NameKind::Email];
    assert_eq!(read_user(&store, &pool, query(vec![])).await.rival, None, "the pool has no such alias");
    let tx = store.begin();
    let reading = tx.find_user(&pool, query(emails())).await.expect("read");
    assert_eq!(reading.rival, Some((alias.clone(), None)));
    put(&store, &pool, Key::name(&alias), Record::Name(bob)).await;
    assert_eq!(tx.put_message(sample::outbox_row("row", T)).await, Ok(false), "it was relied on as free");
    let reading = read_user(&store, &pool, query(emails())).await;
    assert_eq!(reading.alias_holder().map(|user| user.username.as_str()), Some("bob"));
}
