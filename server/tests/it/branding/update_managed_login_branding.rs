//! UpdateManagedLoginBranding.

use std::time::Duration;

use serde_json::json;

use super::{NO_ID, SOURCE, UNKNOWN_STYLE, asset, by_id, create_style};
use crate::support::{TestServer, documents::call};

/// api-0247, api-0248.
#[tokio::test]
async fn update_managed_login_branding_keeps_the_images_that_it_leaves_out() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let logo = asset("FORM_LOGO", "PNG", "iVBORw0KGgo=");
    let style = create_style(&server, &ids, json!({ "Settings": { "a": 1 }, "Assets": [logo] })).await;
    server.app.clock.advance(Duration::from_secs(60));
    let update = async |members| {
        let output = server.expect_output("UpdateManagedLoginBranding", &by_id(&ids, &style, members)).await;
        output["ManagedLoginBranding"].clone()
    };
    let updated = update(json!({ "UseCognitoProvidedValues": false, "Settings": { "b": 2 } })).await;
    assert_eq!((&updated["Settings"], &updated["Assets"]), (&json!({ "b": 2 }), &json!([logo])));
    assert_eq!(updated["CreationDate"], style["CreationDate"]);
    assert_ne!(updated["LastModifiedDate"], style["LastModifiedDate"]);
    let icon = asset("FAVICON_SVG", "SVG", "PHN2Zy8+");
    let updated = update(json!({ "Settings": { "b": 2 }, "Assets": [icon] })).await;
    assert_eq!(updated["Assets"], json!([icon]));
    let request = by_id(&ids, &style, json!({}));
    let described = server.expect_output("DescribeManagedLoginBranding", &request).await;
    assert_eq!(described["ManagedLoginBranding"], updated);
    // *Documented*: the style reverts to the values of the service.
    let reverted = update(json!({ "UseCognitoProvidedValues": true })).await;
    assert_eq!((reverted.get("Settings"), &reverted["Assets"]), (None, &json!([])));
}

/// api-0245.
#[tokio::test]
async fn update_names_its_source_each_time() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let style = create_style(&server, &ids, json!({ "Settings": {} })).await;
    for members in [
        json!({}),
        json!({ "Assets": [] }),
        json!({ "UseCognitoProvidedValues": false }),
        json!({ "UseCognitoProvidedValues": true, "Settings": {} }),
    ] {
        let refusal = call(&server, "UpdateManagedLoginBranding", &by_id(&ids, &style, members)).await;
        assert_eq!(refusal, Err(("InvalidParameterException".to_owned(), SOURCE.to_owned())));
    }
}

#[tokio::test]
async fn update_of_no_style_is_refused() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let unknown = json!({ "UserPoolId": ids.pool, "ManagedLoginBrandingId": NO_ID, "Settings": {} });
    let refusal = call(&server, "UpdateManagedLoginBranding", &unknown).await;
    assert_eq!(refusal, Err(("ResourceNotFoundException".to_owned(), UNKNOWN_STYLE.to_owned())));
    // The model has both members as optional.
    for missing in [json!({ "UserPoolId": ids.pool }), json!({ "ManagedLoginBrandingId": NO_ID }), json!({})]
    {
        let (kind, _) = call(&server, "UpdateManagedLoginBranding", &missing).await.expect_err("a refusal");
        assert_eq!(kind, "InvalidParameterException", "{missing}");
    }
}
