//! UpdateUserPool.

use std::time::Duration;

use serde_json::json;

use super::{
    create, describe,
    settings::{as_described, first, schema, second},
};
use crate::support::{
    TestServer, attribute,
    documents::{assert_contains, call, input_member_paths, member_paths, merge},
};

#[tokio::test]
async fn update_user_pool_replaces_every_setting() {
    let server = TestServer::new().await;
    let plain = create(&server, &json!({"PoolName": "plain"})).await;
    server.app.clock.advance(Duration::from_secs(60));
    let immutable = json!({"AliasAttributes": null, "UserPoolId": plain["Id"]});
    let sent = merge(&first(), &immutable);
    let mut missed = input_member_paths("UpdateUserPool");
    for document in [&sent, &second()] {
        missed = missed.difference(&member_paths(&[document])).cloned().collect();
    }
    assert!(missed.is_empty(), "members that no request has: {missed:?}");
    assert_eq!(call(&server, "UpdateUserPool", &sent).await, Ok(json!({})));
    let output = describe(&server, &plain["Id"]).await;
    assert_contains(&merge(&as_described(&sent), &json!({"UserPoolId": null})), &output, "");
    for same in ["Id", "Arn", "CreationDate", "SchemaAttributes"] {
        assert_eq!(output[same], plain[same], "{same}");
    }
    assert_ne!(output["LastModifiedDate"], plain["LastModifiedDate"]);

    // Members that an update leaves out return to their defaults, except the name and the tags.
    call(&server, "UpdateUserPool", &json!({"UserPoolId": plain["Id"]})).await.expect("updated");
    let kept = json!({
        "Name": "all of it", "UserPoolTags": {"stage": "test"}, "LastModifiedDate": output["LastModifiedDate"],
    });
    assert_eq!(describe(&server, &plain["Id"]).await, merge(&plain, &kept));
}

#[tokio::test]
async fn update_user_pool_keeps_immutable_settings() {
    let server = TestServer::new().await;
    let created = create(&server, &merge(&second(), &json!({"Schema": schema()}))).await;
    let update = json!({"UserPoolId": created["Id"], "UserPoolTags": {"new": "tag"}});
    call(&server, "UpdateUserPool", &update).await.expect("updated");
    let output = describe(&server, &created["Id"]).await;
    for same in ["UsernameAttributes", "UsernameConfiguration", "SchemaAttributes"] {
        assert_eq!(output[same], created[same], "{same}");
    }
    assert_eq!(output["UserPoolTags"], json!({"new": "tag"}), "tags are replaced");
    // Usernames are still compared without case.
    let client = server.create_client(created["Id"].as_str().expect("an id")).await;
    server.sign_up(&client, "ann@example.com", "ann@example.com").await;
    let again = server.sdk.sign_up().client_id(&client).username("ANN@example.com").password("Passw0rd!");
    let again = again.user_attributes(attribute("email", "ANN@example.com"));
    let refused = again.send().await.expect_err("taken").into_service_error();
    assert!(refused.is_username_exists_exception(), "{refused:?}");
}
