//! AdminListGroupsForUser.

use super::names;
use crate::support::{TestServer, assert_refused};

#[tokio::test]
async fn admin_list_groups_for_user_continues_after_group_deleted_between_pages() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let (sdk, pool) = (&server.sdk, &ids.pool);
    server.sign_up(&ids.client, "ann", "ann@example.com").await;
    for number in 0..7 {
        let name = format!("g{number}");
        sdk.create_group().user_pool_id(pool).group_name(&name).send().await.expect("created");
        let join = sdk.admin_add_user_to_group().user_pool_id(pool).username("ann").group_name(&name);
        join.send().await.expect("joined");
    }
    let (mut seen, mut token) = (Vec::new(), None);
    loop {
        let call = sdk.admin_list_groups_for_user().user_pool_id(pool).username("ann").limit(3);
        let page = call.set_next_token(token).send().await.expect("a page");
        seen.extend(names(page.groups()).into_iter().map(str::to_owned));
        // A deletion between two pages does not affect the next page.
        if seen.len() == 3 {
            sdk.delete_group().user_pool_id(pool).group_name("g2").send().await.expect("deleted");
        }
        token = page.next_token;
        if token.is_none() {
            break;
        }
    }
    assert_eq!(seen, ["g0", "g1", "g2", "g3", "g4", "g5", "g6"]);
}

#[tokio::test]
async fn admin_list_groups_for_unknown_user_is_refused() {
    let server = TestServer::new().await;
    let pool = server.create_pool_and_client().await.pool;
    let list = server.sdk.admin_list_groups_for_user().user_pool_id(&pool).username("unknown");
    assert_refused!(list, is_user_not_found_exception, "User does not exist.");
}
