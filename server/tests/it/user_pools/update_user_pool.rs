//! UpdateUserPool.

use std::time::Duration;

use serde_json::json;

use super::{
    create, describe,
    settings::{as_told, first, schema, second},
};
use crate::support::{
    TestServer, attribute,
    documents::{assert_given_back, call, paths_in, paths_of_input, with},
};

#[tokio::test]
async fn update_user_pool_replaces_every_setting() {
    let server = TestServer::new().await;
    let plain = create(&server, &json!({"PoolName": "plain"})).await;
    server.app.clock.advance(Duration::from_secs(60));
    let immutable = json!({"AliasAttributes": null, "UserPoolId": plain["Id"]});
    let sent = with(&first(), &immutable);
    let mut missed = paths_of_input("UpdateUserPool");
    for document in [&sent, &second()] {
        missed = missed.difference(&paths_in(&[document])).cloned().collect();
    }
    assert!(missed.is_empty(), "never sent: {missed:?}");
    assert_eq!(call(&server, "UpdateUserPool", &sent).await, Ok(json!({})));
    let told = describe(&server, &plain["Id"]).await;
    assert_given_back(&with(&as_told(&sent), &json!({"UserPoolId": null})), &told, "");
    for same in ["Id", "Arn", "CreationDate", "SchemaAttributes"] {
        assert_eq!(told[same], plain[same], "{same}");
    }
    assert_ne!(told["LastModifiedDate"], plain["LastModifiedDate"]);

    // What an update leaves out goes back to its default; name and tags are kept.
    call(&server, "UpdateUserPool", &json!({"UserPoolId": plain["Id"]})).await.expect("updated");
    let kept = json!({
        "Name": "all of it", "UserPoolTags": {"stage": "test"}, "LastModifiedDate": told["LastModifiedDate"],
    });
    assert_eq!(describe(&server, &plain["Id"]).await, with(&plain, &kept));
}

#[tokio::test]
async fn update_user_pool_keeps_immutable_settings() {
    let server = TestServer::new().await;
    let made = create(&server, &with(&second(), &json!({"Schema": schema()}))).await;
    let update = json!({"UserPoolId": made["Id"], "UserPoolTags": {"new": "tag"}});
    call(&server, "UpdateUserPool", &update).await.expect("updated");
    let told = describe(&server, &made["Id"]).await;
    for same in ["UsernameAttributes", "UsernameConfiguration", "SchemaAttributes"] {
        assert_eq!(told[same], made[same], "{same}");
    }
    assert_eq!(told["UserPoolTags"], json!({"new": "tag"}), "tags are replaced");
    // Its users still sign in by the names that they have.
    let client = server.client_in(made["Id"].as_str().expect("an id")).await;
    server.sign_up(&client, "ann@example.com", "ann@example.com").await;
    let again = server.sdk.sign_up().client_id(&client).username("ANN@example.com").password("Passw0rd!");
    let again = again.user_attributes(attribute("email", "ANN@example.com"));
    let refused = again.send().await.expect_err("taken").into_service_error();
    assert!(refused.is_username_exists_exception(), "{refused:?}");
}
