//! Fixed ids by the conventions of other emulators: in `lido dev`, and not in `lido serve`.

use aws_sdk_cognitoidentityprovider::error::ProvideErrorMetadata as _;
use lido::app::{App, Settings};

use crate::support::{TestServer, test_store};

async fn server(takes_fixed_ids: bool) -> TestServer {
    let app = test_store::app();
    let settings = Settings { takes_fixed_ids, ..app.settings.clone() };
    TestServer::with_app(App { settings, ..app }).await
}

#[tokio::test]
async fn tag_fixes_the_id_of_a_pool_in_dev_only() {
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
    }
}

#[tokio::test]
async fn fixed_id_that_is_malformed_or_taken_is_refused() {
    let server = server(true).await;
    let pool = |tag: &str| server.sdk.create_user_pool().pool_name("p").user_pool_tags("_custom_id_", tag);
    pool("one").send().await.expect("a pool");
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
}
