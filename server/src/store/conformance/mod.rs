//! The suite that defines what a store is. Every backend runs all of it; a new verb gets its case here first.
//!
//! A backend's tests say `conformance!(async { (guard, store) })`: the expression makes an empty store, and the guard
//! keeps alive what the store needs.

use lido_domain::{
    Timestamp,
    alias::{Candidates, NameKey, NameKind},
    attempt::{Act, Attempts},
    code::Purpose,
    digest::{Digest, DigestKeys},
    id::{ClientId, GroupName, PoolId, Sub},
    lockout::Failures,
    search::Filter,
};

use super::{Beside, Expect, Key, Kind, Read, Record, Store, StoreError, UserQuery, Write};

/// One test a case, each with a store of its own.
macro_rules! conformance {
    ($make:expr) => {
        crate::store::conformance::conformance!(@ $make,
            an_empty_store_holds_nothing
            what_was_put_is_read_back
            a_version_is_new_with_every_write
            a_commit_needs_the_version_that_was_read
            absence_can_be_expected_once
            a_commit_is_all_or_nothing
            later_writes_of_a_commit_win
            pools_do_not_see_each_other
            a_name_leads_to_its_user
            a_sub_leads_to_its_user_before_any_name
            nobody_may_have_attempts
            a_name_that_leads_to_nobody_is_corrupt
            who_holds_a_name
            a_client_leads_to_its_pool
            a_client_id_belongs_to_one_pool
            lists_go_on_where_they_stopped
            users_are_counted
            users_are_searched
            a_search_goes_on_where_it_stopped
            the_index_follows_its_users
            pools_are_listed
            due_records_come_in_their_order
            sweeping_spares_the_living
            clearing_takes_the_pool_and_nothing_else
            whoever_enters_comes_with_failures_and_session
            what_lies_under_a_prefix_goes_together
            racing_for_a_name_has_one_winner
            counting_together_loses_nothing
            a_read_sees_one_instant
        );
    };
    (@ $make:expr, $($case:ident)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $case() {
            let (_guard, store) = $make.await;
            crate::store::conformance::$case(store).await;
        }
    )*};
}
pub(crate) use conformance;

pub(crate) mod sample;

use sample::{T, name, pool_id, user};

async fn put(store: &Store, pool: &PoolId, key: Key, record: Record) {
    store.commit(pool, vec![], vec![Write::Put(key, record)]).await.expect("an unconditional write");
}

async fn put_user(store: &Store, pool: &PoolId, username: &str) -> Sub {
    let user = user(username);
    let sub = user.sub.clone();
    let writes = vec![
        Write::Put(Key::user(&sub), Record::User(user)),
        Write::Put(Key::name(&name(username)), Record::Name(sub.clone())),
    ];
    store.commit(pool, vec![], writes).await.expect("an unconditional write");
    sub
}

fn query(typed: &str) -> UserQuery {
    UserQuery {
        candidates: Candidates { sub: Sub::new(typed), names: vec![name(typed)] },
        beside: vec![Beside::Code(Purpose::SignUp), Beside::Attempts(Act::ConfirmSignUp)],
        otherwise: None,
    }
}

/// The expectation that the attempts of `of` stay as they are, and their count.
async fn read_count(store: &Store, pool: &PoolId, of: &Sub) -> (Vec<Expect>, u32) {
    let query = UserQuery {
        candidates: Candidates { sub: Sub::new("nobody"), names: vec![] },
        beside: vec![Beside::Attempts(Act::ConfirmSignUp)],
        otherwise: Some(of.clone()),
    };
    let reading = store.read_user(pool, &query).await.expect("read");
    (reading.expects, reading.attempts.map_or(0, |attempts| attempts.count))
}

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

pub(crate) async fn lists_go_on_where_they_stopped(store: Store) {
    let pool = pool_id("p");
    for username in ["d", "b", "a", "e", "c"] {
        put_user(&store, &pool, username).await;
    }
    put_user(&store, &pool_id("other"), "x").await;
    let names = |users: Vec<lido_domain::user::User>| {
        users.into_iter().map(|user| user.username.as_str().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(store.list_users(&pool, None, 2).await.expect("read")), ["a", "b"]);
    // What is written between two pages shifts nothing.
    store.commit(&pool, vec![], vec![Write::Remove(Key::user(&Sub::new("sub-b")))]).await.expect("removed");
    put_user(&store, &pool, "bb").await;
    let page = store.list_users(&pool, Some(&Sub::new("sub-b")), 3).await.expect("read");
    assert_eq!(names(page), ["bb", "c", "d"]);
    assert_eq!(names(store.list_users(&pool, Some(&Sub::new("sub-e")), 3).await.expect("read")).len(), 0);
}

pub(crate) async fn users_are_counted(store: Store) {
    let pool = pool_id("p");
    assert_eq!(store.count_users(&pool).await, Ok(0));
    for username in ["a", "b", "c"] {
        put_user(&store, &pool, username).await;
    }
    put_user(&store, &pool, "a").await;
    put_user(&store, &pool_id("other"), "x").await;
    store.commit(&pool, vec![], vec![Write::Remove(Key::user(&Sub::new("sub-b")))]).await.expect("removed");
    assert_eq!(store.count_users(&pool).await, Ok(2));
}

/// The usernames that a filter leads to, before anybody asked the filter.
async fn searched(
    store: &Store,
    pool: &PoolId,
    filter: &str,
    after: Option<&str>,
    limit: usize,
) -> Vec<String> {
    let filter = Filter::parse(filter).expect("good").expect("some");
    let after = after.map(Sub::new);
    let found = store.search_users(pool, &filter, after.as_ref(), limit).await.expect("read");
    found.into_iter().map(|user| user.username.as_str().to_owned()).collect()
}

pub(crate) async fn users_are_searched(store: Store) {
    let pool = pool_id("p");
    for username in ["bob", "Ann", "anna", "ana\u{10ffff}", "Ärger"] {
        put_user(&store, &pool, username).await;
    }
    put_user(&store, &pool_id("other"), "ann").await;
    let cases: [(&str, &[&str]); 13] = [
        // By the letter, but not by its case: that is for the filter to say.
        (r#"username = "ann""#, &["Ann"]),
        (r#"username = "ANN""#, &["Ann"]),
        (r#"username = "an""#, &[]),
        (r#"username ^= "an""#, &["Ann", "ana\u{10ffff}", "anna"]),
        (r#"username ^= "ann""#, &["Ann", "anna"]),
        (r#"username ^= "ana""#, &["ana\u{10ffff}"]),
        ("username ^= \"ana\u{10ffff}\"", &["ana\u{10ffff}"]),
        (r#"username ^= "är""#, &["Ärger"]),
        (r#"username ^= """#, &["Ann", "ana\u{10ffff}", "anna", "bob", "Ärger"]),
        (r#"username = """#, &[]),
        (r#"email = "bob@example.com""#, &["bob"]),
        (r#"given_name ^= """#, &[]),
        (r#"sub = "sub-bob""#, &["bob"]),
    ];
    for (filter, expected) in cases {
        assert_eq!(searched(&store, &pool, filter, None, 9).await, expected, "{filter}");
    }
    assert_eq!(searched(&store, &pool_id("nowhere"), r#"username = "ann""#, None, 9).await.len(), 0);
}

pub(crate) async fn a_search_goes_on_where_it_stopped(store: Store) {
    let pool = pool_id("p");
    for username in ["n3", "n1", "n2", "x"] {
        put_user(&store, &pool, username).await;
    }
    let filter = r#"username ^= "n""#;
    assert_eq!(searched(&store, &pool, filter, None, 2).await, ["n1", "n2"]);
    // What is written between two pages shifts nothing.
    store.commit(&pool, vec![], vec![Write::Remove(Key::user(&Sub::new("sub-n2")))]).await.expect("removed");
    put_user(&store, &pool, "n0").await;
    put_user(&store, &pool, "n4").await;
    assert_eq!(searched(&store, &pool, filter, Some("sub-n2"), 2).await, ["n3", "n4"]);
    assert_eq!(searched(&store, &pool, filter, Some("sub-n4"), 2).await.len(), 0);
    assert_eq!(searched(&store, &pool, r#"sub = "sub-n1""#, Some("sub-n1"), 2).await.len(), 0);
    assert_eq!(searched(&store, &pool, r#"cognito:user_status = "x""#, Some("sub-n3"), 9).await, ["n4", "x"]);
}

pub(crate) async fn the_index_follows_its_users(store: Store) {
    let pool = pool_id("p");
    let sub = put_user(&store, &pool, "ann").await;
    let mut user = user("ann");
    user.attributes.set("email", "new@example.com");
    user.attributes.set("given_name", "Ann");
    put(&store, &pool, Key::user(&sub), Record::User(user.clone())).await;
    assert_eq!(searched(&store, &pool, r#"email = "ann@example.com""#, None, 9).await.len(), 0);
    for filter in [r#"email = "new@example.com""#, r#"given_name = "ann""#, r#"username = "ann""#] {
        assert_eq!(searched(&store, &pool, filter, None, 9).await, ["ann"], "{filter}");
    }
    // A commit that comes to nothing leaves the index as it was.
    user.attributes.set("email", "newer@example.com");
    let wrong = vec![Expect::Absent(Key::user(&sub))];
    let write = vec![Write::Put(Key::user(&sub), Record::User(user.clone()))];
    assert_eq!(store.commit(&pool, wrong, write).await, Err(StoreError::Conflict));
    assert_eq!(searched(&store, &pool, r#"email = "new@example.com""#, None, 9).await, ["ann"]);
    // The same user twice in one commit is one user.
    let twice = vec![
        Write::Put(Key::user(&sub), Record::User(user.clone())),
        Write::Remove(Key::user(&sub)),
        Write::Put(Key::user(&sub), Record::User(user)),
    ];
    store.commit(&pool, vec![], twice).await.expect("written");
    assert_eq!(store.count_users(&pool).await, Ok(1));
    assert_eq!(searched(&store, &pool, r#"email ^= "n""#, None, 9).await, ["ann"]);
    for gone in [Write::Remove(Key::user(&sub)), Write::Clear] {
        put_user(&store, &pool, "ann").await;
        store.commit(&pool, vec![], vec![gone]).await.expect("gone");
        assert_eq!(searched(&store, &pool, r#"username ^= """#, None, 9).await.len(), 0);
        assert_eq!(store.count_users(&pool).await, Ok(0));
    }
}

pub(crate) async fn pools_are_listed(store: Store) {
    for pool in ["b", "c", "a"] {
        put(&store, &pool_id(pool), Key::pool(), sample::pool(pool)).await;
        put_user(&store, &pool_id(pool), "ann").await;
    }
    let names = |pools: Vec<std::sync::Arc<super::PoolRecord>>| {
        pools.into_iter().map(|pool| pool.name.clone()).collect::<Vec<_>>()
    };
    assert_eq!(names(store.list_pools(None, 9).await.expect("read")), ["a", "b", "c"]);
    assert_eq!(names(store.list_pools(Some(&pool_id("a")), 1).await.expect("read")), ["b"]);
}

pub(crate) async fn due_records_come_in_their_order(store: Store) {
    let at = Timestamp::from_millis;
    for (pool, id, due) in
        [("a", "late", 300), ("b", "early", 100), ("a", "middle", 200), ("a", "never", 9_999)]
    {
        put(&store, &pool_id(pool), Key::outbox(id), sample::outbox(id, at(due))).await;
    }
    let ids = |due: Vec<(PoolId, Read<super::OutboxRow>)>| {
        due.into_iter().map(|(_, read)| read.value.id).collect::<Vec<_>>()
    };
    assert_eq!(ids(store.due_messages(at(300), 9).await.expect("read")), ["early", "middle", "late"]);
    assert_eq!(ids(store.due_messages(at(300), 1).await.expect("read")), ["early"]);
    assert!(ids(store.due_messages(at(99), 9).await.expect("read")).is_empty());
    // A row that was put off comes later; one that was removed does not come.
    put(&store, &pool_id("b"), Key::outbox("early"), sample::outbox("early", at(250))).await;
    store.commit(&pool_id("a"), vec![], vec![Write::Remove(Key::outbox("late"))]).await.expect("removed");
    assert_eq!(ids(store.due_messages(at(300), 9).await.expect("read")), ["middle", "early"]);
}

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

pub(crate) async fn racing_for_a_name_has_one_winner(store: Store) {
    let pool = pool_id("p");
    for round in 0..50 {
        let key = Key::name(&name(&format!("name-{round}")));
        let racers: Vec<_> = (0..16)
            .map(|racer| {
                let (store, pool, key) = (store.clone(), pool.clone(), key.clone());
                tokio::spawn(async move {
                    let write = vec![Write::Put(key.clone(), Record::Name(Sub::new(format!("{racer}"))))];
                    store.commit(&pool, vec![Expect::Absent(key)], write).await
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

pub(crate) async fn counting_together_loses_nothing(store: Store) {
    let (pool, of) = (pool_id("p"), Sub::new("ann"));
    let counters: Vec<_> = (0..8)
        .map(|_| {
            let (store, pool, of) = (store.clone(), pool.clone(), of.clone());
            tokio::spawn(async move {
                for _ in 0..25 {
                    loop {
                        let (expects, count) = read_count(&store, &pool, &of).await;
                        let next = Record::Attempts(Attempts { since: T, count: count + 1 });
                        let write = vec![Write::Put(Key::attempts(&of, Act::ConfirmSignUp), next)];
                        match store.commit(&pool, expects, write).await {
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

pub(crate) async fn a_read_sees_one_instant(store: Store) {
    // Writer and reader meet at a pool and its client that are always renamed together.
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
    store.commit(&pool, vec![], both(0)).await.expect("written");
    let writing = {
        let (store, pool) = (store.clone(), pool.clone());
        tokio::spawn(async move {
            for number in 1..=200 {
                store.commit(&pool, vec![], both(number)).await.expect("written");
            }
        })
    };
    let mut last = Timestamp::from_millis(0);
    while !writing.is_finished() {
        let seen = store.find_caller(&id).await.expect("read").expect("there").value;
        assert_eq!(seen.pool.modified_at, seen.client.modified_at);
        assert!(seen.pool.modified_at >= last, "time does not run backwards");
        last = seen.pool.modified_at;
    }
    writing.await.expect("no panic");
    let seen = store.find_caller(&id).await.expect("read").expect("there").value;
    assert_eq!(seen.pool.modified_at, Timestamp::from_millis(200), "what was answered is seen");
}
