//! UpdateUserPoolClient.

use std::time::Duration;

use serde_json::json;

use super::{
    create, describe, pool,
    settings::{first, second},
};
use crate::support::{
    TestServer,
    documents::{assert_contains, call, input_member_paths, member_paths, merge},
};

#[tokio::test]
async fn update_user_pool_client_replaces_every_setting() {
    let server = TestServer::new().await;
    let pool = pool(&server).await;
    let created =
        create(&server, &json!({"UserPoolId": pool, "ClientName": "plain", "GenerateSecret": true})).await;
    server.app.clock.advance(Duration::from_secs(60));
    let ids = json!({"UserPoolId": pool, "ClientId": created["ClientId"]});
    let sent = merge(&first(), &ids);
    let paths = member_paths(&[&sent, &second()]);
    let missed: Vec<_> = input_member_paths("UpdateUserPoolClient").difference(&paths).cloned().collect();
    assert!(missed.is_empty(), "members that no request has: {missed:?}");
    let updated =
        call(&server, "UpdateUserPoolClient", &sent).await.expect("updated")["UserPoolClient"].clone();
    assert_contains(&sent, &updated, "");
    for same in ["ClientSecret", "CreationDate", "ClientId"] {
        assert_eq!(updated[same], created[same], "{same}");
    }
    assert_ne!(updated["LastModifiedDate"], created["LastModifiedDate"]);
    assert_eq!(describe(&server, &created).await, updated);

    // Members that an update leaves out return to their defaults, except the name. RefreshTokenRotation is returned as off.
    call(&server, "UpdateUserPoolClient", &ids).await.expect("updated");
    let kept = json!({
        "ClientName": "all of it", "LastModifiedDate": updated["LastModifiedDate"],
        "RefreshTokenRotation": {"Feature": "DISABLED", "RetryGracePeriodSeconds": 0},
    });
    assert_eq!(describe(&server, &created).await, merge(&created, &kept));
}
