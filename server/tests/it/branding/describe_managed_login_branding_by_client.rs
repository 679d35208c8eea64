//! DescribeManagedLoginBrandingByClient.

use serde_json::json;

use super::{create_style, named};
use crate::support::{TestServer, documents::call};

#[tokio::test]
async fn describe_managed_login_branding_by_client_returns_the_style() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let style = create_style(&server, &ids, json!({ "Settings": { "a": 1 } })).await;
    let described =
        server.expect_output("DescribeManagedLoginBrandingByClient", &named(&ids, json!({}))).await;
    assert_eq!(described["ManagedLoginBranding"], style);
    let request = named(&ids, json!({ "ReturnMergedResources": true }));
    let merged = server.expect_output("DescribeManagedLoginBrandingByClient", &request).await;
    let settings = &merged["ManagedLoginBranding"]["Settings"];
    assert!(settings["a"] == 1 && settings["components"].is_object(), "{settings}");
}

/// api-0251.
#[tokio::test]
async fn app_client_without_a_style_is_refused() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let refusal = call(&server, "DescribeManagedLoginBrandingByClient", &named(&ids, json!({}))).await;
    let text = format!("ManagedLoginBranding for client {} does not exist.", ids.client);
    assert_eq!(refusal, Err(("ResourceNotFoundException".to_owned(), text)));
    let unknown = json!({ "UserPoolId": ids.pool, "ClientId": "none" });
    let refusal = call(&server, "DescribeManagedLoginBrandingByClient", &unknown).await;
    let text = "User pool client none does not exist.".to_owned();
    assert_eq!(refusal, Err(("ResourceNotFoundException".to_owned(), text)));
}
