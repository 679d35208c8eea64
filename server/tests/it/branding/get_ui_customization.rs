//! GetUICustomization.

use serde_json::json;

use super::{CSS, NO_DOMAIN, create_pool, customization_of, get, set};
use crate::support::{TestServer, assert_refused};

/// api-0236.
#[tokio::test]
async fn get_ui_customization_of_a_pool_without_a_domain_is_refused() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    assert_refused!(get(&server, &ids.pool), is_invalid_parameter_exception, NO_DOMAIN);
    assert_refused!(
        get(&server, &ids.pool).client_id(&ids.client),
        is_invalid_parameter_exception,
        NO_DOMAIN
    );
}

/// api-0239, api-0240.
#[tokio::test]
async fn app_client_without_its_own_customization_has_that_of_all() {
    let server = TestServer::new().await;
    let ids = create_pool(&server).await;
    for request in
        [json!({ "UserPoolId": ids.pool }), json!({ "UserPoolId": ids.pool, "ClientId": ids.client })]
    {
        let got = server.expect_output("GetUICustomization", &request).await;
        assert_eq!(got, json!({ "UICustomization": {} }));
    }
    // `ALL` says the same as no app client.
    let all = set(&server, &ids.pool).client_id("ALL").css(CSS).send().await.expect("set");
    let all = all.ui_customization.expect("a customization");
    assert_eq!(all.client_id(), Some("ALL"));
    assert_eq!(customization_of(&server, &ids).await, all);
    let own = set(&server, &ids.pool).client_id(&ids.client).css(".label-customizable { color: blue }");
    let own = own.send().await.expect("set").ui_customization.expect("a customization");
    assert_eq!(customization_of(&server, &ids).await, own);
    let shared = get(&server, &ids.pool).send().await.expect("got").ui_customization;
    assert_eq!(shared, Some(all));
    // Without its own it has the other one again.
    set(&server, &ids.pool).client_id(&ids.client).send().await.expect("removed");
    assert_eq!(customization_of(&server, &ids).await.css(), Some(CSS));
}

#[tokio::test]
async fn get_ui_customization_of_an_unknown_app_client_is_refused() {
    let server = TestServer::new().await;
    let ids = create_pool(&server).await;
    let text = "User pool client none does not exist.";
    assert_refused!(get(&server, &ids.pool).client_id("none"), is_resource_not_found_exception, text);
    let text = "User pool us-east-1_nowhere does not exist.";
    assert_refused!(get(&server, "us-east-1_nowhere"), is_resource_not_found_exception, text);
}
