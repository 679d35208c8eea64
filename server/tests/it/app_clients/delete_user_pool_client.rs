//! DeleteUserPoolClient.

use serde_json::json;

use super::{create, pool};
use crate::support::{
    TestServer, assert_refused,
    documents::{call, merge},
};

#[tokio::test]
async fn delete_user_pool_client_removes_the_client() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let delete = || server.sdk.delete_user_pool_client().user_pool_id(&ids.pool).client_id(&ids.client);
    delete().send().await.expect("deleted");
    let text = format!("User pool client {} does not exist.", ids.client);
    assert_refused!(delete(), is_resource_not_found_exception, text.as_str());
    let describe = server.sdk.describe_user_pool_client().user_pool_id(&ids.pool).client_id(&ids.client);
    assert_refused!(describe, is_resource_not_found_exception, text.as_str());
    let confirm = server.sdk.confirm_sign_up().client_id(&ids.client).username("a").confirmation_code("1");
    assert_refused!(confirm, is_resource_not_found_exception, text.as_str());
}

#[tokio::test]
async fn delete_user_pool_client_ends_its_sessions() {
    let server = TestServer::new().await;
    let pool = pool(&server).await;
    let flows = json!(["ALLOW_USER_AUTH"]);
    let client =
        create(&server, &json!({"UserPoolId": pool, "ClientName": "c", "ExplicitAuthFlows": flows})).await;
    let sign_up = json!({"ClientId": client["ClientId"], "Username": "ann", "Password": "Passw0rd!"});
    let session = call(&server, "SignUp", &sign_up).await.expect("signed up")["Session"].clone();
    assert!(session.is_string());
    let ids = json!({"UserPoolId": pool, "ClientId": client["ClientId"]});
    call(&server, "DeleteUserPoolClient", &ids).await.expect("deleted");
    let id = client["ClientId"].as_str().unwrap_or_default();
    let unknown =
        Err(("ResourceNotFoundException".to_owned(), format!("User pool client {id} does not exist.")));
    let confirm = json!({
        "ClientId": client["ClientId"], "Username": "ann", "ConfirmationCode": "123456", "Session": session,
    });
    assert_eq!(call(&server, "ConfirmSignUp", &confirm).await, unknown);
    assert_eq!(call(&server, "UpdateUserPoolClient", &ids).await, unknown);
    let other = create(&server, &json!({"UserPoolId": pool, "ClientName": "d"})).await;
    let confirm = merge(&confirm, &json!({"ClientId": other["ClientId"]}));
    let (kind, _) = call(&server, "ConfirmSignUp", &confirm).await.expect_err("a session of another client");
    assert_eq!(kind, "NotAuthorizedException");
}
