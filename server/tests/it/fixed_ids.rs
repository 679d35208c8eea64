//! Fixed ids by the conventions of other emulators: in `lido dev`, and not in `lido serve`.

use aws_sdk_cognitoidentityprovider::error::ProvideErrorMetadata as _;
use lido::app::{App, Settings};

use crate::support::TestServer;

async fn server(takes_fixed_ids: bool) -> TestServer {
    let app = App::for_tests();
    let settings = Settings { takes_fixed_ids, ..app.settings.clone() };
    TestServer::with_app(App { settings, ..app }).await
}

#[tokio::test]
async fn tag_and_name_fix_the_ids_in_dev_only() {
    for (tag, takes, expected) in [
        ("us-east-1_local1", true, Some("us-east-1_local1")),
        ("local1", true, Some("us-east-1_local1")),
        ("us-east-1_local1", false, None),
    ] {
        let server = server(takes).await;
        let created = server.sdk.create_user_pool().pool_name("p").user_pool_tags("_custom_id_", tag);
        let created = created.send().await.expect("a pool").user_pool.expect("a pool");
        let id = created.id().expect("an id");
        assert_eq!(Some(id).filter(|id| *id == "us-east-1_local1"), expected, "{tag} {takes}");
        let name = "_custom_id_:localclient";
        let client = server.sdk.create_user_pool_client().user_pool_id(id).client_name(name).send().await;
        let client = client.expect("a client").user_pool_client.expect("a client");
        assert_eq!(client.client_id() == Some("localclient"), takes);
        assert_eq!(client.client_name(), Some(name), "the name stays, as at LocalStack");
    }
}

#[tokio::test]
async fn fixed_id_that_is_malformed_or_taken_is_refused() {
    let server = server(true).await;
    let pool = |tag: &str| server.sdk.create_user_pool().pool_name("p").user_pool_tags("_custom_id_", tag);
    let client = |name: &str| {
        server
            .sdk
            .create_user_pool_client()
            .user_pool_id("us-east-1_one")
            .client_name(format!("_custom_id_:{name}"))
    };
    pool("one").send().await.expect("a pool");
    client("one").send().await.expect("a client");
    for (tag, expected) in [
        ("one", "A user pool with the id us-east-1_one of the tag _custom_id_ exists."),
        (
            "us-east-1_a-b",
            "The tag _custom_id_ is us-east-1_a-b, which is not the id of a user pool, such as us-east-1_abc123.",
        ),
    ] {
        let error = pool(tag).send().await.expect_err("refused").into_service_error();
        assert_eq!((error.code(), error.message()), (Some("InvalidParameterException"), Some(expected)));
    }
    for (name, expected) in [
        ("one", "An app client with the id one after _custom_id_: exists."),
        (
            "a-b",
            "a-b after _custom_id_: is not the id of an app client; use letters, digits and underscores.",
        ),
    ] {
        let error = client(name).send().await.expect_err("refused").into_service_error();
        assert_eq!((error.code(), error.message()), (Some("InvalidParameterException"), Some(expected)));
    }
}
