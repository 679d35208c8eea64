//! UpdateUserPoolClient.

use std::time::Duration;

use serde_json::json;

use super::{
    create, describe, pool,
    settings::{first, second},
};
use crate::support::{
    TestServer,
    documents::{assert_given_back, call, paths_in, paths_of_input, with},
};

#[tokio::test]
async fn update_user_pool_client_replaces_every_setting() {
    let server = TestServer::new().await;
    let pool = pool(&server).await;
    let made =
        create(&server, &json!({"UserPoolId": pool, "ClientName": "plain", "GenerateSecret": true})).await;
    server.app.clock.advance(Duration::from_secs(60));
    let ids = json!({"UserPoolId": pool, "ClientId": made["ClientId"]});
    let sent = with(&first(), &ids);
    let paths = paths_in(&[&sent, &second()]);
    let missed: Vec<_> = paths_of_input("UpdateUserPoolClient").difference(&paths).cloned().collect();
    assert!(missed.is_empty(), "never sent: {missed:?}");
    let updated =
        call(&server, "UpdateUserPoolClient", &sent).await.expect("updated")["UserPoolClient"].clone();
    assert_given_back(&sent, &updated, "");
    for same in ["ClientSecret", "CreationDate", "ClientId"] {
        assert_eq!(updated[same], made[same], "{same}");
    }
    assert_ne!(updated["LastModifiedDate"], made["LastModifiedDate"]);
    assert_eq!(describe(&server, &made).await, updated);

    // What an update leaves out goes back to its default; the name is kept, and a rotation is told to be off.
    call(&server, "UpdateUserPoolClient", &ids).await.expect("updated");
    let kept = json!({
        "ClientName": "all of it", "LastModifiedDate": updated["LastModifiedDate"],
        "RefreshTokenRotation": {"Feature": "DISABLED", "RetryGracePeriodSeconds": 0},
    });
    assert_eq!(describe(&server, &made).await, with(&made, &kept));
}
