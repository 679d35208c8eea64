//! Lists, searches, counts and due records.

use super::*;

pub(crate) async fn list_continues_after_its_cursor(store: Store) {
    let pool = pool_id("p");
    for username in ["d", "b", "a", "e", "c"] {
        put_user(&store, &pool, username).await;
    }
    put_user(&store, &pool_id("other"), "x").await;
    let names = |users: Vec<lido_domain::user::User>| {
        users.into_iter().map(|user| user.username.as_str().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(store.begin().list_users(&pool, None, 2).await.expect("read")), ["a", "b"]);
    // A write between two pages does not shift the pages.
    write(&store, &pool, vec![Write::Remove(Key::user(&Sub::new("sub-b")))]).await;
    put_user(&store, &pool, "bb").await;
    let page = store.begin().list_users(&pool, Some(&Sub::new("sub-b")), 3).await.expect("read");
    assert_eq!(names(page), ["bb", "c", "d"]);
    assert_eq!(
        names(store.begin().list_users(&pool, Some(&Sub::new("sub-e")), 3).await.expect("read")).len(),
        0
    );
}

pub(crate) async fn users_are_counted_per_pool(store: Store) {
    let pool = pool_id("p");
    assert_eq!(count_users(&store, &pool).await, 0);
    for username in ["a", "b", "c"] {
        put_user(&store, &pool, username).await;
    }
    put_user(&store, &pool, "a").await;
    put_user(&store, &pool_id("other"), "x").await;
    write(&store, &pool, vec![Write::Remove(Key::user(&Sub::new("sub-b")))]).await;
    assert_eq!(count_users(&store, &pool).await, 2);
}

/// Returns the usernames that the index finds for a filter.
async fn searched(
    store: &Store,
    pool: &PoolId,
    filter: &str,
    after: Option<&str>,
    limit: usize,
) -> Vec<String> {
    let filter = Filter::parse(filter).expect("good").expect("some");
    let after = after.map(Sub::new);
    let found = store.begin().search_users(pool, &filter, after.as_ref(), limit).await.expect("read");
    found.into_iter().map(|user| user.username.as_str().to_owned()).collect()
}

pub(crate) async fn users_are_searched_by_index(store: Store) {
    let pool = pool_id("p");
    for username in ["bob", "Ann", "anna", "ana\u{10ffff}", "Ärger"] {
        put_user(&store, &pool, username).await;
    }
    put_user(&store, &pool_id("other"), "ann").await;
    let cases: [(&str, &[&str]); 13] = [
        // The index ignores case; the filter itself compares exactly.
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

pub(crate) async fn search_continues_after_its_cursor(store: Store) {
    let pool = pool_id("p");
    for username in ["n3", "n1", "n2", "x"] {
        put_user(&store, &pool, username).await;
    }
    let filter = r#"username ^= "n""#;
    assert_eq!(searched(&store, &pool, filter, None, 2).await, ["n1", "n2"]);
    // A write between two pages does not shift the pages.
    write(&store, &pool, vec![Write::Remove(Key::user(&Sub::new("sub-n2")))]).await;
    put_user(&store, &pool, "n0").await;
    put_user(&store, &pool, "n4").await;
    assert_eq!(searched(&store, &pool, filter, Some("sub-n2"), 2).await, ["n3", "n4"]);
    assert_eq!(searched(&store, &pool, filter, Some("sub-n4"), 2).await.len(), 0);
    assert_eq!(searched(&store, &pool, r#"sub = "sub-n1""#, Some("sub-n1"), 2).await.len(), 0);
    assert_eq!(searched(&store, &pool, r#"cognito:user_status = "x""#, Some("sub-n3"), 9).await, ["n4", "x"]);
}

pub(crate) async fn index_is_updated_with_its_users(store: Store) {
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
    // A commit that conflicts leaves the index unchanged.
    user.attributes.set("email", "newer@example.com");
    let wrong = vec![Expectation::Absent(Key::user(&sub))];
    let newer = vec![Write::Put(Key::user(&sub), Record::User(user.clone()))];
    assert_eq!(commit(&store, &pool, wrong, newer).await, Err(StoreError::Conflict));
    assert_eq!(searched(&store, &pool, r#"email = "new@example.com""#, None, 9).await, ["ann"]);
    // A user that is put twice in one commit counts once.
    let twice = vec![
        Write::Put(Key::user(&sub), Record::User(user.clone())),
        Write::Remove(Key::user(&sub)),
        Write::Put(Key::user(&sub), Record::User(user)),
    ];
    write(&store, &pool, twice).await;
    assert_eq!(count_users(&store, &pool).await, 1);
    assert_eq!(searched(&store, &pool, r#"email ^= "n""#, None, 9).await, ["ann"]);
    for gone in [Write::Remove(Key::user(&sub)), Write::DeletePool] {
        put_user(&store, &pool, "ann").await;
        write(&store, &pool, vec![gone]).await;
        assert_eq!(searched(&store, &pool, r#"username ^= """#, None, 9).await.len(), 0);
        assert_eq!(count_users(&store, &pool).await, 0);
    }
}

pub(crate) async fn pools_are_listed_in_order(store: Store) {
    for pool in ["b", "c", "a"] {
        put(&store, &pool_id(pool), Key::pool(), sample::pool(pool)).await;
        put_user(&store, &pool_id(pool), "ann").await;
    }
    let names = |pools: Vec<std::sync::Arc<PoolRecord>>| {
        pools.into_iter().map(|pool| pool.name.clone()).collect::<Vec<_>>()
    };
    assert_eq!(names(store.list_pools(None, 9).await.expect("read")), ["a", "b", "c"]);
    assert_eq!(names(store.list_pools(Some(&pool_id("a")), 1).await.expect("read")), ["b"]);
}

pub(crate) async fn due_records_are_returned_in_order(store: Store) {
    let at = Timestamp::from_millis;
    for (pool, id, due) in
        [("a", "late", 300), ("b", "early", 100), ("a", "middle", 200), ("a", "never", 9_999)]
    {
        put(&store, &pool_id(pool), Key::outbox(id), sample::outbox(id, at(due))).await;
    }
    let ids = |due: Vec<(PoolId, super::super::Transaction, OutboxRow)>| {
        due.into_iter().map(|(.., row)| row.id).collect::<Vec<_>>()
    };
    assert_eq!(
        ids(store.due_messages(ContactKind::Email, at(300), 9).await.expect("read")),
        ["early", "middle", "late"]
    );
    assert_eq!(ids(store.due_messages(ContactKind::Email, at(300), 1).await.expect("read")), ["early"]);
    assert!(ids(store.due_messages(ContactKind::Email, at(99), 9).await.expect("read")).is_empty());
    // A row whose next attempt was moved is returned later. A removed row is not returned.
    put(&store, &pool_id("b"), Key::outbox("early"), sample::outbox("early", at(250))).await;
    write(&store, &pool_id("a"), vec![Write::Remove(Key::outbox("late"))]).await;
    assert_eq!(
        ids(store.due_messages(ContactKind::Email, at(300), 9).await.expect("read")),
        ["middle", "early"]
    );
    // The media are apart, however many rows of one are due.
    let sms = message_id(ContactKind::PhoneNumber, "sms");
    put(&store, &pool_id("a"), Key::outbox(&sms), sample::outbox(&sms, at(260))).await;
    assert_eq!(
        ids(store.due_messages(ContactKind::Email, at(300), 9).await.expect("read")),
        ["middle", "early"]
    );
    assert_eq!(
        ids(store.due_messages(ContactKind::PhoneNumber, at(300), 1).await.expect("read")),
        [sms.as_str()]
    );
}
