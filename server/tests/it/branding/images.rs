//! The images that are uploaded for the sign-in pages, as a browser gets them.

use aws_sdk_cognitoidentityprovider::primitives::Blob;
use reqwest::{Client, Method, Response};

use super::{PNG, create_pool, set};
use crate::support::TestServer;

/// Uploads a logo and returns its address.
async fn upload(server: &TestServer, pool: &str, bytes: &[u8]) -> String {
    let set = set(server, pool).image_file(Blob::new(bytes)).send().await.expect("set");
    set.ui_customization.expect("a customization").image_url.expect("an address")
}

async fn request(method: Method, url: &str) -> Response {
    Client::new().request(method, url).send().await.expect("a response")
}

#[tokio::test]
async fn image_is_served_so_that_it_can_only_be_shown() {
    let server = TestServer::new().await;
    let ids = create_pool(&server).await;
    let url = upload(&server, &ids.pool, PNG).await;
    let response = request(Method::GET, &url).await;
    assert_eq!(response.status(), 200);
    let headers = response.headers().clone();
    for (name, value) in [
        ("content-type", "image/png"),
        ("content-length", "8"),
        ("cache-control", "public, max-age=31536000, immutable"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
    ] {
        assert_eq!(headers[name], value, "{name}");
    }
    let policy = headers["content-security-policy"].to_str().expect("text");
    assert!(policy.contains("default-src 'none'") && policy.contains("sandbox"), "{policy}");
    assert_eq!(&response.bytes().await.expect("bytes")[..], PNG);
    let head = request(Method::HEAD, &url).await;
    assert_eq!(
        (head.status().as_u16(), &head.headers()["content-length"]),
        (200, &headers["content-length"])
    );
    let post = request(Method::POST, &url).await;
    assert_eq!(
        (post.status().as_u16(), &post.headers()["allow"]),
        (405, &"GET, HEAD".parse().expect("a value"))
    );
}

#[tokio::test]
async fn image_that_is_replaced_has_another_address() {
    let server = TestServer::new().await;
    let ids = create_pool(&server).await;
    let jpeg = b"\xff\xd8\xff\xe0";
    let (first, second) = (upload(&server, &ids.pool, PNG).await, upload(&server, &ids.pool, jpeg).await);
    assert!(first.ends_with(".png") && second.ends_with(".jpg"), "{first} {second}");
    assert_eq!(request(Method::GET, &first).await.status(), 404);
    assert_eq!(request(Method::GET, &second).await.headers()["content-type"], "image/jpeg");
    // The same bytes again keep their address.
    assert_eq!(upload(&server, &ids.pool, jpeg).await, second);
    assert_eq!(request(Method::GET, &second).await.status(), 200);
}

#[tokio::test]
async fn address_of_no_image_is_not_found() {
    let server = TestServer::new().await;
    let ids = create_pool(&server).await;
    let url = upload(&server, &ids.pool, PNG).await;
    let others = [
        url.replace(".png", ".svg"),
        url.replace(".png", ""),
        url.replace("classic-ALL", "style-ALL"),
        url.replace("classic-ALL", "ALL"),
        url.replace(&ids.pool, "us-east-1_nowhere"),
        url.replace("classic-ALL/", "classic-ALL/x"),
    ];
    for other in others {
        assert_ne!(other, url);
        assert_eq!(request(Method::GET, &other).await.status(), 404, "{other}");
    }
}
