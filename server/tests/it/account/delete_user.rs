//! DeleteUser.

use crate::support::{PASSWORD, assert_refused, sign_in::SignInFixture};

#[tokio::test]
async fn delete_user_removes_every_record_of_the_user() {
    let fixture = SignInFixture::new().await;
    let (sdk, pool) = (&fixture.server.sdk, &fixture.ids.pool);
    sdk.create_group().user_pool_id(pool).group_name("staff").send().await.expect("a group");
    let join = sdk.admin_add_user_to_group().user_pool_id(pool).username("ann").group_name("staff");
    join.send().await.expect("joined");
    let output = fixture.by_password("ann", PASSWORD).send().await.expect("signed in");
    let result = output.authentication_result.expect("tokens");
    let token = result.access_token.expect("a token");
    sdk.delete_user().access_token(&token).send().await.expect("deleted");

    assert_refused!(
        fixture.by_password("ann", PASSWORD),
        is_user_not_found_exception,
        "User does not exist."
    );
    let refresh = sdk.get_tokens_from_refresh_token().client_id(&fixture.ids.client);
    let refresh = refresh.refresh_token(result.refresh_token.expect("a refresh token"));
    assert_refused!(refresh, is_not_authorized_exception, "Refresh Token has been revoked");
    let again = sdk.delete_user().access_token(&token);
    assert_refused!(again, is_user_not_found_exception, "User does not exist.");
    let staff = sdk.list_users_in_group().user_pool_id(pool).group_name("staff").send().await;
    assert!(staff.expect("a list").users().is_empty());
    fixture.server.sign_up(&fixture.ids.client, "ann", "ann@example.com").await;
}
