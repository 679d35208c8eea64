//! DescribeManagedLoginBranding.

use serde_json::json;

use super::{NO_ID, UNKNOWN_STYLE, asset, by_id, create_style};
use crate::support::{TestServer, documents::call};

/// api-0258.
#[tokio::test]
async fn describe_managed_login_branding_tells_what_was_sent_or_the_merged_settings() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let settings = json!({
        "componentClasses": { "buttons": { "borderRadius": 3.5 } },
        "anything": [null, true, -1, 18446744073709551615_u64, "ü"],
    });
    // The same bytes in two formats are two images.
    let images =
        [asset("FORM_LOGO", "PNG", "iVBORw0KGgo="), asset("FORM_BACKGROUND", "JPEG", "iVBORw0KGgo=")];
    let members = json!({ "Settings": settings, "Assets": images });
    let style = create_style(&server, &ids, members).await;
    let request = by_id(&ids, &style, json!({}));
    let described = server.expect_output("DescribeManagedLoginBranding", &request).await;
    assert_eq!((&described["ManagedLoginBranding"], &style["Settings"]), (&style, &settings));
    assert_eq!(style["Assets"], json!(images));
    let request = by_id(&ids, &style, json!({ "ReturnMergedResources": true }));
    let merged = server.expect_output("DescribeManagedLoginBranding", &request).await;
    let merged = &merged["ManagedLoginBranding"];
    assert_eq!(merged["Assets"], style["Assets"]);
    let settings = &merged["Settings"];
    assert_eq!(settings["componentClasses"]["buttons"]["borderRadius"], 3.5);
    assert!(settings["components"]["primaryButton"]["lightMode"]["defaults"]["backgroundColor"].is_string());
    assert_eq!(settings["anything"], style["Settings"]["anything"]);
}

/// api-0252, api-0253.
#[tokio::test]
async fn unknown_or_malformed_id_is_refused() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let request = |id: &str, pool: &str| json!({ "UserPoolId": pool, "ManagedLoginBrandingId": id });
    let refusal = call(&server, "DescribeManagedLoginBranding", &request(NO_ID, &ids.pool)).await;
    assert_eq!(refusal, Err(("ResourceNotFoundException".to_owned(), UNKNOWN_STYLE.to_owned())));
    let text = "1 validation error detected: Value 'not-a-uuid' at 'managedLoginBrandingId' failed to satisfy constraint: \
                Member must satisfy regular expression pattern: \
                ^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[4][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$";
    for pool in [ids.pool.as_str(), "us-east-1_nowhere"] {
        let refusal = call(&server, "DescribeManagedLoginBranding", &request("not-a-uuid", pool)).await;
        assert_eq!(refusal, Err(("InvalidParameterException".to_owned(), text.to_owned())));
    }
    // The id of another pool's style is unknown here.
    let style = create_style(&server, &ids, json!({ "Settings": {} })).await;
    let other = server.create_pool_and_client().await;
    let refusal = call(&server, "DescribeManagedLoginBranding", &by_id(&other, &style, json!({}))).await;
    assert_eq!(refusal, Err(("ResourceNotFoundException".to_owned(), UNKNOWN_STYLE.to_owned())));
}
