//! ListUsers on each store: filters, attributes, and pages that continue after writes between them.

use std::collections::BTreeSet;

use aws_sdk_cognitoidentityprovider::types::{
    AttributeDataType, MessageActionType, SchemaAttributeType, StringAttributeConstraintsType,
    UserStatusType, UserType, UsernameConfigurationType,
};
use lido::store::{Store, memory::MemoryBackend, sqlite::SqliteBackend};

use crate::support::{
    PASSWORD, PoolAndClient, TestServer, assert_refused, attribute, intercepted_store::new_postgres_backend,
    pool_id_of,
};

/// Starts a server on each store. The folder must be kept as long as the servers.
async fn servers() -> (tempfile::TempDir, Vec<TestServer>) {
    let folder = tempfile::tempdir().expect("a folder");
    let sqlite = SqliteBackend::open(&folder.path().join("lido.db")).expect("an open database");
    let postgres = new_postgres_backend().await.map(Store::new);
    let mut servers = Vec::new();
    for store in [Store::new(MemoryBackend::default()), Store::new(sqlite)].into_iter().chain(postgres) {
        servers.push(TestServer::with_store(store).await);
    }
    (folder, servers)
}

/// Signs up a user with these attributes.
async fn sign_up(server: &TestServer, ids: &PoolAndClient, username: &str, attributes: &[(&str, &str)]) {
    let call = server.sdk.sign_up().client_id(&ids.client).username(username).password(PASSWORD);
    let attributes = attributes.iter().map(|(name, value)| attribute(name, value)).collect();
    call.set_user_attributes(Some(attributes)).send().await.expect("signed up");
}

/// Returns the usernames.
fn names(users: &[UserType]) -> BTreeSet<&str> {
    users.iter().map(|user| user.username().expect("a name")).collect()
}

#[tokio::test]
async fn list_users_with_filter_returns_the_users_that_match() {
    let (_folder, servers) = servers().await;
    for server in servers {
        let ids = server.create_pool_and_client().await;
        let people: [(&str, &[(&str, &str)]); 4] = [
            ("Ann", &[("email", "ann@example.com"), ("given_name", "Jon"), ("family_name", "Reddy")]),
            (
                "bob",
                &[("email", "shared@example.com"), ("name", "say \"hi\""), ("phone_number", "+15550100")],
            ),
            ("carl", &[("email", "shared@example.com"), ("preferred_username", "CC")]),
            ("dora", &[("given_name", "Jonas"), ("email", "Dora@Example.com")]),
        ];
        for (username, attributes) in people {
            sign_up(&server, &ids, username, attributes).await;
        }
        let confirm = server.sdk.admin_confirm_sign_up().user_pool_id(&ids.pool).username("bob");
        confirm.send().await.expect("confirmed");
        let list = |filter: &str| server.sdk.list_users().user_pool_id(&ids.pool).filter(filter);
        let cases: [(&str, &[&str]); 20] = [
            ("", &["Ann", "bob", "carl", "dora"]),
            (r#"username = "Ann""#, &["Ann"]),
            (r#"username = "ann""#, &[]),
            (r#"username ^= "d""#, &["dora"]),
            (r#"email = "shared@example.com""#, &["bob", "carl"]),
            (r#""email"^="shared""#, &["bob", "carl"]),
            (r#"email = "dora@example.com""#, &[]),
            (r#"email = "Dora@Example.com""#, &["dora"]),
            (r#"phone_number = "+15550100""#, &["bob"]),
            (r#"name = "say \"hi\"""#, &["bob"]),
            (r#"given_name = "Jon""#, &["Ann"]),
            (r#"given_name ^= "Jon""#, &["Ann", "dora"]),
            (r#"family_name = "Reddy""#, &["Ann"]),
            (r#"preferred_username = "CC""#, &["carl"]),
            (r#"cognito:user_status = "confirmed""#, &["bob"]),
            (r#"cognito:user_status ^= "UNCONF""#, &["Ann", "carl", "dora"]),
            (r#"status = "Enabled""#, &["Ann", "bob", "carl", "dora"]),
            (r#"status = "Disabled""#, &[]),
            (r#"email = "unknown""#, &[]),
            (r#"sub = "unknown""#, &[]),
        ];
        for (filter, expected) in cases {
            let found = list(filter).send().await.expect("listed");
            assert_eq!(names(found.users()), expected.iter().copied().collect(), "{filter}");
            assert_eq!(found.pagination_token(), None, "{filter}");
        }
        let bob = list(r#"username = "bob""#).send().await.expect("listed").users.unwrap_or_default();
        let sub = bob[0].attributes().iter().find(|one| one.name() == "sub").and_then(|one| one.value());
        let by_sub = list(&format!(r#"sub = "{}""#, sub.expect("a sub"))).send().await.expect("listed");
        assert_eq!(by_sub.users(), bob);

        for filter in ["foo", r#"email = shared"#, r#"email = "a" and name = "b""#, r#"email ^= "".""#] {
            assert_refused!(list(filter), is_invalid_parameter_exception, "Error while parsing filter.");
        }
        let text = "Invalid search attribute: custom:size"; // api-0329
        assert_refused!(list(r#"custom:size = "5""#), is_invalid_parameter_exception, text);
    }
}

#[tokio::test]
async fn list_users_with_filter_in_case_insensitive_pool_ignores_case() {
    let (_folder, servers) = servers().await;
    for server in servers {
        let configuration =
            UsernameConfigurationType::builder().case_sensitive(false).build().expect("complete");
        let pool = server.sdk.create_user_pool().pool_name("p").username_configuration(configuration);
        let pool = pool_id_of(pool.send().await.expect("a pool").user_pool());
        let ids = PoolAndClient { client: server.create_client(&pool).await, pool };
        sign_up(&server, &ids, "Ann", &[("email", "Ann@Example.com")]).await;
        let found = |filter: &'static str| {
            let call = server.sdk.list_users().user_pool_id(&ids.pool).filter(filter);
            async { call.send().await.expect("listed").users().len() }
        };
        assert_eq!(found(r#"email = "ann@example.com""#).await, 1);
        assert_eq!(found(r#"email ^= "ANN""#).await, 1);
        assert_eq!(
            found(r#"username = "ann""#).await,
            0,
            "usernames in a filter are compared with case all the same"
        );
        assert_eq!(found(r#"username = "Ann""#).await, 1);
    }
}

#[tokio::test]
async fn list_users_returns_the_attributes_to_get() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    sign_up(&server, &ids, "ann", &[("email", "ann@example.com"), ("name", "Ann")]).await;
    sign_up(&server, &ids, "bob", &[("email", "bob@example.com")]).await;
    let list = || server.sdk.list_users().user_pool_id(&ids.pool);
    let whole = list().filter(r#"username = "ann""#).send().await.expect("listed").users.unwrap_or_default();
    let [ann] = whole.as_slice() else { panic!("one, not {whole:?}") };
    assert_eq!((ann.enabled, ann.user_status()), (true, Some(&UserStatusType::Unconfirmed)));
    assert_eq!(ann.user_create_date().map(|date| date.secs()), Some(1_795_246_200));
    let attribute_names =
        |user: &UserType| user.attributes().iter().map(|one| one.name().to_owned()).collect::<Vec<_>>();
    assert_eq!(attribute_names(ann), ["sub", "email", "email_verified", "name"]);

    let named = || list().attributes_to_get("name").attributes_to_get("sub");
    let some = named().filter(r#"username = "ann""#).send().await.expect("listed");
    assert_eq!(some.users().iter().map(attribute_names).collect::<Vec<_>>(), [["sub", "name"]]);
    let text = "One or more requested attributes do not exist.";
    assert_refused!(named(), is_invalid_parameter_exception, text);
    let none = list().set_attributes_to_get(Some(vec![])).send().await.expect("listed");
    assert!(none.users().iter().all(|user| user.attributes().is_empty()));
    let unknown = list().attributes_to_get("email").attributes_to_get("custom:nope");
    assert_refused!(unknown, is_invalid_parameter_exception, text);
    let nowhere = server.sdk.list_users().user_pool_id("us-east-1_nowhere");
    let text = "User pool us-east-1_nowhere does not exist.";
    assert_refused!(nowhere, is_resource_not_found_exception, text);
}

#[tokio::test]
async fn list_users_pages_continue_after_concurrent_writes() {
    let (_folder, servers) = servers().await;
    for server in servers {
        let ids = server.create_pool_and_client().await;
        for filter in [None, Some(r#"email ^= "user""#), Some(r#"cognito:user_status = "UNCONFIRMED""#)] {
            let kind = filter.map_or("all", |filter| filter.split(' ').next().expect("a name"));
            let username = |number: usize| format!("{kind}-{number}");
            let mut there = BTreeSet::new();
            for number in 0..7 {
                sign_up(&server, &ids, &username(number), &[("email", "user@example.com")]).await;
                there.insert(username(number));
            }
            let mut listed = Vec::new();
            let (mut token, mut round) = (None, 0);
            loop {
                let call = server.sdk.list_users().user_pool_id(&ids.pool).limit(2);
                let page =
                    call.set_filter(filter.map(str::to_owned)).set_pagination_token(token).send().await;
                let page = page.expect("a page");
                assert!(page.users().len() <= 2);
                listed.extend(names(page.users()).into_iter().map(str::to_owned));
                token = page.pagination_token;
                if token.is_none() {
                    break;
                }
                // Between two pages one user signs up and another is changed.
                sign_up(&server, &ids, &format!("{kind}-new-{round}"), &[("email", "user@example.com")])
                    .await;
                let resend = server.sdk.resend_confirmation_code().client_id(&ids.client);
                resend.username(username(round % 7)).send().await.expect("resent");
                round += 1;
            }
            let seen: BTreeSet<_> = listed.iter().cloned().collect();
            assert_eq!(seen.len(), listed.len(), "no user is listed twice");
            assert!(there.is_subset(&seen), "no user is left out");
        }
    }
}

/// A page of users with attributes as large as the schema allows would be many megabytes.
#[tokio::test]
async fn list_users_page_of_large_users_is_shorter_than_the_limit() {
    const ATTRIBUTES: usize = 50;
    const USERS: usize = 15;
    let server = TestServer::new().await;
    let mut create = server.sdk.create_user_pool().pool_name("p");
    let bounds = StringAttributeConstraintsType::builder().max_length("2048").build();
    for number in 0..ATTRIBUTES {
        let schema = SchemaAttributeType::builder().name(format!("a{number}"));
        let schema = schema.attribute_data_type(AttributeDataType::String).mutable(true);
        create = create.schema(schema.string_attribute_constraints(bounds.clone()).build());
    }
    let pool = pool_id_of(create.send().await.expect("a pool").user_pool());
    let value = "x".repeat(2048);
    for number in 0..USERS {
        let mut create = server.sdk.admin_create_user().user_pool_id(&pool).username(format!("u{number}"));
        for number in 0..ATTRIBUTES {
            create = create.user_attributes(attribute(&format!("custom:a{number}"), &value));
        }
        create.message_action(MessageActionType::Suppress).send().await.expect("created");
    }
    let list = || server.sdk.list_users().user_pool_id(&pool);
    let (mut seen, mut pages, mut token) = (BTreeSet::new(), 0, None);
    loop {
        let page = list().set_pagination_token(token).send().await.expect("a page");
        let bytes = |user: &UserType| {
            user.attributes().iter().filter_map(|one| one.value()).map(str::len).sum::<usize>()
        };
        let total: usize = page.users().iter().map(bytes).sum();
        assert!(!page.users().is_empty() && total <= 1024 * 1024, "{total} bytes");
        seen.extend(names(page.users()).into_iter().map(str::to_owned));
        (pages, token) = (pages + 1, page.pagination_token);
        if token.is_none() {
            break;
        }
    }
    assert_eq!((seen.len(), pages), (USERS, 2));
    let small = list().attributes_to_get("custom:a1").send().await.expect("a page");
    assert_eq!(
        (small.users().len(), small.pagination_token()),
        (USERS, None),
        "only what is returned counts"
    );
}

#[tokio::test]
async fn list_users_with_token_of_another_list_is_refused() {
    let server = TestServer::new().await;
    let (ids, other) = (server.create_pool_and_client().await, server.create_pool_and_client().await);
    for username in ["ann", "bob", "carl"] {
        for ids in [&ids, &other] {
            sign_up(&server, ids, username, &[("email", "user@example.com")]).await;
        }
    }
    let list = |pool: &str| server.sdk.list_users().user_pool_id(pool).limit(1);
    let first = list(&ids.pool).send().await.expect("a page");
    let token = first.pagination_token().expect("more");
    list(&ids.pool).pagination_token(token).send().await.expect("the next page");
    let text = "Invalid pagination token.";
    assert_refused!(list(&other.pool).pagination_token(token), is_invalid_parameter_exception, text);
    let filtered = list(&ids.pool).filter(r#"email ^= "u""#).pagination_token(token);
    assert_refused!(filtered, is_invalid_parameter_exception, text);
    let mut changed = token.to_owned();
    let end = if changed.pop() == Some('A') { 'B' } else { 'A' };
    changed.push(end);
    for bad in [changed.as_str(), "garbage", "%", &token[1..]] {
        assert_refused!(list(&ids.pool).pagination_token(bad), is_invalid_parameter_exception, text);
    }
    let call = server.sdk.list_users().user_pool_id(&ids.pool).limit(61);
    let text = "1 validation error detected: Value '61' at 'limit' failed to satisfy constraint: \
                Member must have value less than or equal to 60";
    assert_refused!(call, is_invalid_parameter_exception, text);
    let all = server.sdk.list_users().user_pool_id(&ids.pool).limit(0).send().await.expect("a page");
    assert_eq!(
        (all.users().len(), all.pagination_token()),
        (3, None),
        "a limit of zero is the default limit"
    );
}
