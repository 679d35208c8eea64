//! UpdateUserPool.

use std::time::Duration;

use lido_domain::{pool::settings::UPDATE_USER_POOL, settings::Omitted};
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
}

/// api-0092, api-0100, api-0101, api-0103, api-0105, api-0106, api-0107: all rows of the table.
#[tokio::test]
async fn update_user_pool_with_omitted_members_follows_the_table() {
    let server = TestServer::new().await;
    let plain = create(&server, &json!({"PoolName": "plain"})).await;
    let sent = merge(&first(), &json!({"AliasAttributes": null, "UserPoolId": plain["Id"]}));
    call(&server, "UpdateUserPool", &sent).await.expect("updated");
    let full = describe(&server, &plain["Id"]).await;
    // Without it the update would be refused: contacts that wait for their verification must be verified.
    let update = json!({"UserPoolId": plain["Id"], "AutoVerifiedAttributes": ["email"]});
    call(&server, "UpdateUserPool", &update).await.expect("updated");
    let output = describe(&server, &plain["Id"]).await;
    for (name, omitted) in UPDATE_USER_POOL {
        let expected = match (*name, omitted) {
            ("AutoVerifiedAttributes", _) => json!(["email"]),
            // One of its members mirrors a setting that stays.
            ("AdminCreateUserConfig", _) => {
                json!({"AllowAdminCreateUserOnly": false, "UnusedAccountValidityDays": 5})
            }
            (_, Omitted::Resets | Omitted::NotUpdatable) => plain[*name].clone(),
            (_, Omitted::Stays | Omitted::StaysByMember | Omitted::JudgedAsAbsent) => full[*name].clone(),
        };
        assert_eq!(output[*name], expected, "{name}");
    }
    assert_eq!((&output["Name"], &output["UserPoolTags"]), (&json!("all of it"), &json!({"stage": "test"})));
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
