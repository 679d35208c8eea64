//! SetUICustomization.

use std::time::Duration;

use aws_sdk_cognitoidentityprovider::primitives::Blob;
use serde_json::json;

use super::{CSS, NO_DOMAIN, PNG, create_pool, customization_of, get, set};
use crate::support::{TestServer, assert_refused};

/// api-0236, oau-0234.
#[tokio::test]
async fn set_ui_customization_of_a_pool_without_a_domain_is_refused() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    assert_refused!(set(&server, &ids.pool).css(CSS), is_invalid_parameter_exception, NO_DOMAIN);
    let create = json!({ "UserPoolId": ids.pool, "Domain": "shop" });
    server.expect_output("CreateUserPoolDomain", &create).await;
    set(&server, &ids.pool).css(CSS).send().await.expect("set");
    server.expect_output("DeleteUserPoolDomain", &create).await;
    assert_refused!(set(&server, &ids.pool).css(CSS), is_invalid_parameter_exception, NO_DOMAIN);
}

/// api-0241.
#[tokio::test]
async fn set_ui_customization_answers_what_get_answers() {
    let server = TestServer::new().await;
    let ids = create_pool(&server).await;
    let of_client = || set(&server, &ids.pool).client_id(&ids.client);
    let first = of_client().css(CSS).image_file(Blob::new(PNG)).send().await.expect("set");
    let first = first.ui_customization.expect("a customization");
    assert_eq!(
        (first.user_pool_id(), first.client_id()),
        (Some(ids.pool.as_str()), Some(ids.client.as_str()))
    );
    assert_eq!(first.css(), Some(CSS));
    let version = first.css_version().expect("a version");
    assert!(version.len() == 14 && version.bytes().all(|byte| byte.is_ascii_digit()), "{version}");
    let beginning = format!("http://{}/{}/branding/classic-{}/", server.address, ids.pool, ids.client);
    assert!(first.image_url().is_some_and(|url| url.starts_with(&beginning) && url.ends_with(".png")));
    assert_eq!(customization_of(&server, &ids).await, first);
    server.app.clock.advance(Duration::from_secs(60));
    // What is left out is removed; the date of the creation stays.
    let second = of_client().css(".label-customizable { color: blue }").send().await.expect("set");
    let second = second.ui_customization.expect("a customization");
    assert_eq!((second.image_url(), second.creation_date()), (None, first.creation_date()));
    assert_ne!(second.last_modified_date(), first.last_modified_date());
    assert_ne!(second.css_version(), first.css_version());
    assert_eq!(customization_of(&server, &ids).await, second);
    // An empty request removes all of it.
    let none = of_client().send().await.expect("removed").ui_customization.expect("a customization");
    assert_eq!(none, customization_of(&server, &ids).await);
    assert_eq!((none.css(), none.client_id()), (None, None));
}

/// api-0237.
#[tokio::test]
async fn css_with_another_class_is_refused() {
    let server = TestServer::new().await;
    let ids = create_pool(&server).await;
    let css = "body { color: red }";
    let text = "The CSS class body is not in the list of allowed classes.";
    assert_refused!(set(&server, &ids.pool).css(css), is_invalid_parameter_exception, text);
    let got = get(&server, &ids.pool).send().await.expect("got").ui_customization.expect("a customization");
    assert_eq!(got.css(), None);
}

/// api-0238, oau-0188, oau-0189.
#[tokio::test]
async fn css_and_logo_beyond_the_limits_are_refused() {
    let server = TestServer::new().await;
    let ids = create_pool(&server).await;
    let cases = [
        ("@import url(https://example.com/a.css);", "The CSS rule @import is not allowed."),
        ("@supports (color: red) {}", "The CSS rule @supports is not allowed."),
        ("@page { margin: 0 }", "The CSS rule @page is not allowed."),
        ("@media print {}", "The CSS rule @media is not allowed."),
        (".label-customizable { color: expression(alert(1)) }", "The CSS must not contain scripts."),
        (".label-customizable", "The CSS is malformed."),
    ];
    for (css, text) in cases {
        assert_refused!(set(&server, &ids.pool).css(css), is_invalid_parameter_exception, text);
    }
    let (large, text) = (format!("{CSS}{}", " ".repeat(3_072)), "Request parameters too large.");
    assert_refused!(set(&server, &ids.pool).css(&large), is_invalid_parameter_exception, text);
    let large = [PNG, &[0; 102_400]].concat();
    assert_refused!(
        set(&server, &ids.pool).image_file(Blob::new(large)),
        is_invalid_parameter_exception,
        text
    );
    let text = "The image file must be a PNG or JPEG image.";
    let svg = set(&server, &ids.pool).image_file(Blob::new("<svg xmlns=\"http://www.w3.org/2000/svg\"/>"));
    assert_refused!(svg, is_invalid_parameter_exception, text);
}

#[tokio::test]
async fn set_ui_customization_of_an_unknown_app_client_is_refused() {
    let server = TestServer::new().await;
    let ids = create_pool(&server).await;
    let text = "User pool client none does not exist.";
    assert_refused!(
        set(&server, &ids.pool).client_id("none").css(CSS),
        is_resource_not_found_exception,
        text
    );
}

#[tokio::test]
async fn customization_goes_with_its_app_client_and_with_its_pool() {
    let server = TestServer::new().await;
    let ids = create_pool(&server).await;
    let set_both = set(&server, &ids.pool).client_id(&ids.client).css(CSS).image_file(Blob::new(PNG));
    let url = set_both.send().await.expect("set").ui_customization.expect("a customization").image_url;
    let url = url.expect("an address");
    assert_eq!(reqwest::get(&url).await.expect("a response").status(), 200);
    server
        .sdk
        .delete_user_pool_client()
        .user_pool_id(&ids.pool)
        .client_id(&ids.client)
        .send()
        .await
        .expect("deleted");
    assert_eq!(reqwest::get(&url).await.expect("a response").status(), 404);
    let set_all = set(&server, &ids.pool).image_file(Blob::new(PNG)).send().await.expect("set");
    let url = set_all.ui_customization.expect("a customization").image_url.expect("an address");
    assert_eq!(reqwest::get(&url).await.expect("a response").status(), 200);
    let domain = json!({ "UserPoolId": ids.pool, "Domain": "shop" });
    server.expect_output("DeleteUserPoolDomain", &domain).await;
    server.sdk.delete_user_pool().user_pool_id(&ids.pool).send().await.expect("deleted");
    assert_eq!(reqwest::get(&url).await.expect("a response").status(), 404);
}
