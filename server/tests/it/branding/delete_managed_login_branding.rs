//! DeleteManagedLoginBranding.

use serde_json::json;

use super::{NO_ID, UNKNOWN_STYLE, asset, by_id, create_style, named};
use crate::support::{TestServer, documents::call};

/// api-0259.
#[tokio::test]
async fn delete_managed_login_branding_answers_nothing_and_makes_room_for_another() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let members = json!({ "Settings": {}, "Assets": [asset("FORM_LOGO", "PNG", "iVBORw0KGgo=")] });
    let style = create_style(&server, &ids, members.clone()).await;
    let response = server.post("DeleteManagedLoginBranding", &by_id(&ids, &style, json!({}))).await;
    assert_eq!((response.status, response.body.as_str()), (200, ""));
    let again = call(&server, "DeleteManagedLoginBranding", &by_id(&ids, &style, json!({}))).await;
    let unknown = Err(("ResourceNotFoundException".to_owned(), UNKNOWN_STYLE.to_owned()));
    assert_eq!(again, unknown);
    let other = create_style(&server, &ids, json!({ "UseCognitoProvidedValues": true })).await;
    assert_ne!(other["ManagedLoginBrandingId"], style["ManagedLoginBrandingId"]);
    // The images of the former style are gone.
    assert_eq!(other["Assets"], json!([]));
    let request = json!({ "UserPoolId": ids.pool, "ManagedLoginBrandingId": NO_ID });
    assert_eq!(call(&server, "DeleteManagedLoginBranding", &request).await, unknown);
}

/// api-0260.
#[tokio::test]
async fn style_goes_with_its_app_client() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let style = create_style(&server, &ids, json!({ "Settings": {} })).await;
    assert_eq!(server.post("DeleteUserPoolClient", &named(&ids, json!({}))).await.status, 200);
    let refusal = call(&server, "DescribeManagedLoginBranding", &by_id(&ids, &style, json!({}))).await;
    assert_eq!(refusal, Err(("ResourceNotFoundException".to_owned(), UNKNOWN_STYLE.to_owned())));
}
