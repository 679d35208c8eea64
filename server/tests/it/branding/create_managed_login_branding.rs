//! CreateManagedLoginBranding.

use serde_json::{Value, json};

use super::{SOURCE, asset, create_style, named};
use crate::support::{TestServer, documents::call};

/// api-0242, api-0244, api-0256.
#[tokio::test]
async fn create_managed_login_branding_takes_the_values_of_the_service_or_settings() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let style = create_style(&server, &ids, json!({ "UseCognitoProvidedValues": true })).await;
    assert_eq!((&style["UseCognitoProvidedValues"], &style["Assets"]), (&json!(true), &json!([])));
    assert_eq!((&style["UserPoolId"], style.get("Settings")), (&json!(ids.pool), None));
    assert!(style["CreationDate"].is_number() && style["LastModifiedDate"] == style["CreationDate"]);
    let id = style["ManagedLoginBrandingId"].as_str().expect("an id");
    assert_eq!((id.len(), id.as_bytes()[14]), (36, b'4'), "{id}");
    let other = server.create_client(&ids.pool).await;
    let request = json!({ "UserPoolId": ids.pool, "ClientId": other, "Settings": {} });
    let style = server.expect_output("CreateManagedLoginBranding", &request).await;
    let style = &style["ManagedLoginBranding"];
    assert_eq!((&style["Settings"], &style["Assets"]), (&json!({}), &json!([])));
    assert_eq!(style["UseCognitoProvidedValues"], false);
}

/// api-0245.
#[tokio::test]
async fn style_without_exactly_one_source_is_refused() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let cases = [
        json!({}),
        json!({ "UseCognitoProvidedValues": false }),
        json!({ "UseCognitoProvidedValues": true, "Settings": {} }),
        json!({ "Settings": null }),
        json!({ "Assets": [] }),
    ];
    for members in cases {
        let refusal = call(&server, "CreateManagedLoginBranding", &named(&ids, members.clone())).await;
        assert_eq!(refusal, Err(("InvalidParameterException".to_owned(), SOURCE.to_owned())), "{members}");
    }
}

/// api-0249.
#[tokio::test]
async fn images_beside_the_values_of_the_service_are_accepted() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let mut logo = asset("FORM_LOGO", "PNG", "iVBORw0KGgo=");
    logo["ResourceId"] = json!("my logo-1");
    let bare = json!({ "Category": "PAGE_BACKGROUND", "ColorMode": "DARK", "Extension": "WEBP" });
    let assets = json!([logo, asset("FAVICON_ICO", "ICO", "AAAB"), bare]);
    let style =
        create_style(&server, &ids, json!({ "UseCognitoProvidedValues": true, "Assets": assets })).await;
    assert_eq!((&style["Assets"], &style["UseCognitoProvidedValues"]), (&assets, &json!(true)));
}

/// api-0250.
#[tokio::test]
async fn second_style_of_an_app_client_is_refused() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let members = json!({ "UseCognitoProvidedValues": true });
    create_style(&server, &ids, members.clone()).await;
    let refusal = call(&server, "CreateManagedLoginBranding", &named(&ids, members)).await;
    let text = format!("A ManagedLoginBranding already exists for client {}", ids.client);
    assert_eq!(refusal, Err(("ManagedLoginBrandingExistsException".to_owned(), text)));
}

/// api-0254.
#[tokio::test]
async fn style_of_an_unknown_app_client_is_refused() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let request = json!({ "UserPoolId": ids.pool, "ClientId": "none", "UseCognitoProvidedValues": true });
    let (kind, _) = call(&server, "CreateManagedLoginBranding", &request).await.expect_err("a refusal");
    assert_eq!(kind, "ResourceNotFoundException");
}

/// api-0255.
#[tokio::test]
async fn icon_as_a_background_is_refused() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let members = json!({ "Settings": {}, "Assets": [asset("PAGE_BACKGROUND", "ICO", "AAAB")] });
    let refusal = call(&server, "CreateManagedLoginBranding", &named(&ids, members)).await;
    let (kind, text) = refusal.expect_err("a refusal");
    assert_eq!(kind, "InvalidParameterException");
    let beginning = "Invalid assets provided. Validation errors: [{category: PAGE_BACKGROUND, extension: ICO, \
                     colorMode: LIGHT, errorMessage: ";
    assert!(text.starts_with(beginning), "{text}");
}

/// api-0013, api-0257.
#[tokio::test]
async fn images_beyond_the_limits_are_refused() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let assets = |assets: Value| named(&ids, json!({ "Settings": {}, "Assets": assets }));
    let many = |count: usize| Value::Array(vec![asset("FORM_LOGO", "PNG", "AA=="); count]);
    for (body, kind) in [
        (assets(json!("x")), "SerializationException"),
        (assets(json!([1])), "SerializationException"),
        (assets(many(41)), "InvalidParameterException"),
    ] {
        let (found, _) = call(&server, "CreateManagedLoginBranding", &body).await.expect_err("a refusal");
        assert_eq!(found, kind);
    }
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let large = |length: usize| json!([asset("FORM_LOGO", "PNG", &STANDARD.encode(vec![0; length]))]);
    let refusal = call(&server, "CreateManagedLoginBranding", &assets(large(1_000_001))).await;
    assert_eq!(refusal.expect_err("a refusal").0, "InvalidParameterException");
    let style = create_style(&server, &ids, json!({ "Settings": {}, "Assets": large(1_000_000) })).await;
    assert_eq!(style["Assets"].as_array().map(Vec::len), Some(1));
    let other = server.create_client(&ids.pool).await;
    let request = json!({ "UserPoolId": ids.pool, "ClientId": other, "Settings": {}, "Assets": many(40) });
    server.expect_output("CreateManagedLoginBranding", &request).await;
}

/// api-0257.
#[tokio::test]
async fn pool_has_at_most_twenty_styles() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let mut of_last = json!({});
    for number in 0..=20 {
        let client = server.create_client(&ids.pool).await;
        let request = json!({ "UserPoolId": ids.pool, "ClientId": client, "UseCognitoProvidedValues": true });
        of_last = request.clone();
        let created = call(&server, "CreateManagedLoginBranding", &request).await;
        let refusal = created.map(drop).map_err(|(kind, _)| kind);
        let expected = if number < 20 { Ok(()) } else { Err("LimitExceededException".to_owned()) };
        assert_eq!(refusal, expected, "style {number}");
    }
    // A style that is deleted makes room.
    let first = server
        .expect_output("ListUserPoolClients", &json!({ "UserPoolId": ids.pool, "MaxResults": 60 }))
        .await;
    let with_style = first["UserPoolClients"].as_array().expect("app clients").iter();
    let mut clients = with_style.filter(|client| {
        client["ClientId"] != of_last["ClientId"] && client["ClientId"] != ids.client.as_str()
    });
    let client = &clients.next().expect("an app client")["ClientId"];
    let deleted = json!({ "UserPoolId": ids.pool, "ClientId": client });
    assert_eq!(server.post("DeleteUserPoolClient", &deleted).await.status, 200);
    server.expect_output("CreateManagedLoginBranding", &of_last).await;
}
