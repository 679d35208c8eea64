//! DeleteUserPool.

use aws_sdk_cognitoidentityprovider::types::DeletionProtectionType;
use serde_json::json;

use super::{create, described};
use crate::support::{TestServer, assert_refused, documents::call, pool_id_of};

#[tokio::test]
async fn delete_user_pool_removes_pool_with_users_and_clients() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    server.sign_up(&ids.client, "ann", "ann@example.com").await;
    let delete = || server.sdk.delete_user_pool().user_pool_id(&ids.pool);
    delete().send().await.expect("deleted");
    let text = format!("User pool {} does not exist.", ids.pool);
    assert_refused!(delete(), is_resource_not_found_exception, text.as_str());
    let describe = server.sdk.describe_user_pool().user_pool_id(&ids.pool);
    assert_refused!(describe, is_resource_not_found_exception, text.as_str());
    let sign_up = server.sdk.sign_up().client_id(&ids.client).username("bob").password("Passw0rd!");
    let text = format!("User pool client {} does not exist.", ids.client);
    assert_refused!(sign_up, is_resource_not_found_exception, text.as_str());
}

#[tokio::test]
async fn delete_user_pool_with_deletion_protection_is_refused() {
    let server = TestServer::new().await;
    let create =
        server.sdk.create_user_pool().pool_name("p").deletion_protection(DeletionProtectionType::Active); // api-0111
    let id = pool_id_of(create.send().await.expect("a pool").user_pool());
    let delete = server.sdk.delete_user_pool().user_pool_id(&id);
    let text = "The user pool cannot be deleted because deletion protection is activated. \
                Deletion protection must be inactivated first.";
    assert_refused!(delete, is_invalid_parameter_exception, text);
    described(&server, &id).await;
}

#[tokio::test]
async fn delete_user_pool_after_end_of_protection_succeeds() {
    let server = TestServer::new().await;
    let created = create(&server, &json!({"PoolName": "p", "DeletionProtection": "ACTIVE"})).await;
    let delete = json!({"UserPoolId": created["Id"]});
    let text = "The user pool cannot be deleted because deletion protection is activated. \
                Deletion protection must be inactivated first.";
    let refused = Err(("InvalidParameterException".to_owned(), text.to_owned()));
    assert_eq!(call(&server, "DeleteUserPool", &delete).await, refused);
    let update = json!({"UserPoolId": created["Id"], "DeletionProtection": "INACTIVE"});
    call(&server, "UpdateUserPool", &update).await.expect("updated");
    call(&server, "DeleteUserPool", &delete).await.expect("deleted");
    let unknown = format!("User pool {} does not exist.", created["Id"].as_str().unwrap_or_default());
    let refused = Err(("ResourceNotFoundException".to_owned(), unknown));
    assert_eq!(call(&server, "UpdateUserPool", &update).await, refused, "cog-0325");
}
