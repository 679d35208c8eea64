//! UpdateUserPoolClient.

use std::time::Duration;

use lido_domain::{client::settings::UPDATE_USER_POOL_CLIENT, settings::Omitted};
use serde_json::{Value, json};

use super::{
    as_described, create, describe, pool,
    settings::{NOT_TOLD, first, second},
};
use crate::support::{
    TestServer,
    documents::{assert_contains, call, input_member_paths, member_paths, merge},
};

/// api-0139, api-0141, api-0142, api-0143, api-0144, api-0145, api-0146.
#[tokio::test]
async fn update_user_pool_client_replaces_every_setting() {
    let server = TestServer::new().await;
    let pool = pool(&server).await;
    let created =
        create(&server, &json!({"UserPoolId": pool, "ClientName": "plain", "GenerateSecret": true})).await;
    server.app.clock.advance(Duration::from_secs(60));
    let ids = json!({"UserPoolId": pool, "ClientId": created["ClientId"]});
    let sent = merge(&first(), &ids);
    let mut paths = member_paths(&[&sent, &second()]);
    paths.insert(NOT_TOLD.to_owned());
    let missed: Vec<_> = input_member_paths("UpdateUserPoolClient").difference(&paths).cloned().collect();
    assert!(missed.is_empty(), "members that no request has: {missed:?}");
    let updated =
        call(&server, "UpdateUserPoolClient", &sent).await.expect("updated")["UserPoolClient"].clone();
    assert_contains(&sent, &updated, "");
    for same in ["ClientSecret", "CreationDate", "ClientId"] {
        assert_eq!(updated[same], created[same], "{same}");
    }
    assert_ne!(updated["LastModifiedDate"], created["LastModifiedDate"]);
    assert_eq!(describe(&server, &created).await, as_described(&updated));

    let full = updated;
    let updated =
        call(&server, "UpdateUserPoolClient", &ids).await.expect("updated")["UserPoolClient"].clone();
    for (name, omitted) in UPDATE_USER_POOL_CLIENT {
        let expected = if *omitted == Omitted::Resets { &created[*name] } else { &full[*name] };
        assert_eq!(&updated[*name], expected, "{name} is omitted");
    }
    assert_eq!(updated["ClientName"], "all of it");
}

/// api-0171.
#[tokio::test]
async fn published_secret_is_told_by_its_arn() {
    let server = TestServer::new().await;
    let pool = pool(&server).await;
    let settings = |publishes: bool| json!({ "PublishSecretsInAWSSecretsManager": publishes });
    let client = json!({ "UserPoolId": pool, "ClientName": "c", "GenerateSecret": true });
    let created = create(&server, &merge(&client, &settings(true))).await;
    let id = created["ClientId"].as_str().expect("an id");
    let arn = format!(
        "arn:aws:secretsmanager:us-east-1:000000000000:secret/{}/{id}",
        pool.as_str().expect("an id")
    );
    let told = |client: &Value| (client["ClientSecretArn"].clone(), client["ClientSecret"].is_string());
    assert_eq!(told(&created), (json!(arn), false));
    let ids = json!({ "UserPoolId": pool, "ClientId": id });
    let update = async |body: &Value| {
        let updated = call(&server, "UpdateUserPoolClient", &merge(&ids, body)).await.expect("updated");
        let described = describe(&server, &created).await;
        assert_eq!(told(&updated["UserPoolClient"]), told(&described));
        described
    };
    assert_eq!(told(&update(&json!({})).await), (json!(arn), false), "stays");
    let private = update(&settings(false)).await;
    assert_eq!(told(&private), (Value::Null, true));
    assert_eq!(told(&update(&settings(true)).await), (json!(arn), false));
    assert_eq!(update(&settings(false)).await["ClientSecret"], private["ClientSecret"]);

    let others = [(json!({}), false), (json!({ "ClientSecret": "0123456789abcdefghijklmn" }), true)];
    for (secret, has_value) in others {
        let other = merge(&json!({ "UserPoolId": pool, "ClientName": "d" }), &secret);
        let other = create(&server, &merge(&other, &settings(true))).await;
        assert_eq!(told(&other), (Value::Null, has_value), "no secret was generated: {secret}");
    }
}
