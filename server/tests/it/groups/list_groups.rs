//! ListGroups.

use super::{create_groups, names};
use crate::support::{TestServer, assert_refused};

#[tokio::test]
async fn list_groups_without_deleted_group_fits_on_one_page() {
    let server = TestServer::new().await;
    let pool = server.create_pool_and_client().await.pool;
    let sdk = &server.sdk;
    create_groups(&server, &pool, &["g0", "g1", "g2", "g3", "g4", "g5", "g6"]).await;
    let list = || sdk.list_groups().user_pool_id(&pool).limit(6);
    let first = list().send().await.expect("a page");
    assert_eq!(names(first.groups()), ["g0", "g1", "g2", "g3", "g4", "g5"]);
    let second = list().set_next_token(first.next_token).send().await.expect("a page");
    assert_eq!((names(second.groups()), second.next_token()), (vec!["g6"], None));
    sdk.delete_group().user_pool_id(&pool).group_name("g2").send().await.expect("deleted");
    let page = list().send().await.expect("a page");
    assert_eq!((page.groups().len(), page.next_token.is_none()), (6, true));
}

#[tokio::test]
async fn list_groups_of_unknown_pool_is_refused() {
    let server = TestServer::new().await;
    let list = |pool: &str| server.sdk.list_groups().user_pool_id(pool);
    let text = "User pool us-east-1_nowhere does not exist.";
    assert_refused!(list("us-east-1_nowhere"), is_resource_not_found_exception, text);
    // cog-0379
    assert_refused!(
        list(" ap-northeast-1_xxx"),
        is_invalid_parameter_exception,
        concat!(
            "1 validation error detected: Value ' ap-northeast-1_xxx' at 'userPoolId' failed to satisfy ",
            "constraint: Member must satisfy regular expression pattern: [\\w-]+_[0-9a-zA-Z]+"
        )
    );
}
