//! ListUserPools.

use std::time::Duration;

use crate::support::{TestServer, assert_refused, pool_id_of};

#[tokio::test]
async fn list_user_pools_pages_through_all_pools() {
    let server = TestServer::new().await;
    let mut created = Vec::new();
    for number in 0..5 {
        let pool = server.sdk.create_user_pool().pool_name(format!("pool {number}")).send().await;
        created.push(pool_id_of(pool.expect("a pool").user_pool()));
        server.app.clock.advance(Duration::from_secs(1));
    }
    created.sort();
    let (mut listed, mut token, mut pages) = (Vec::new(), None, 0);
    loop {
        let page =
            server.sdk.list_user_pools().max_results(2).set_next_token(token).send().await.expect("a page");
        listed.extend(page.user_pools().iter().map(|pool| pool.id().expect("an id").to_owned()));
        pages += 1;
        token = page.next_token;
        if token.is_none() {
            break;
        }
    }
    assert_eq!((listed, pages), (created, 3));
    for garbage in ["garbage", "MSBjbGllbnRzIHg", "%"] {
        let call = server.sdk.list_user_pools().max_results(2).next_token(garbage);
        assert_refused!(call, is_invalid_parameter_exception, "Invalid pagination token.");
    }
    let call = server.sdk.list_user_pools().max_results(61);
    let text = "1 validation error detected: Value '61' at 'maxResults' failed to satisfy constraint: \
                Member must have value less than or equal to 60";
    assert_refused!(call, is_invalid_parameter_exception, text);
}
