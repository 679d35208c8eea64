//! UpdateUserPoolClient.

use std::time::Duration;

use lido_domain::{client::settings::UPDATE_USER_POOL_CLIENT, settings::Omitted};
use serde_json::json;

use super::{
    as_described, create, describe, pool,
    settings::{first, second},
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
