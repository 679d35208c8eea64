//! AdminDeleteUser.

use super::{alias_pool, attribute_of, create};
use crate::support::{PASSWORD, TestServer, assert_refused, attribute};

#[tokio::test]
async fn admin_delete_user_removes_every_record_of_the_user() {
    let server = TestServer::new().await;
    let pool = alias_pool(&server).await;
    let client = server.create_client(&pool).await;
    let created = create(&server, &pool, "ann", "ann@example.com");
    let created = created.user_attributes(attribute("email_verified", "true")).send().await.expect("created");
    let sub = attribute_of(&created.user.expect("a user"), "sub").expect("a sub").to_owned();
    server.sdk.create_group().user_pool_id(&pool).group_name("g").send().await.expect("a group");
    let join = server.sdk.admin_add_user_to_group().user_pool_id(&pool).group_name("g").username("ann");
    join.send().await.expect("joined");
    let set = server.sdk.admin_set_user_password().user_pool_id(&pool).username("ann").password(PASSWORD);
    set.permanent(true).send().await.expect("confirmed");
    let reset = server.sdk.admin_reset_user_password().user_pool_id(&pool).username("ann");
    reset.send().await.expect("a pending code");

    let delete = || server.sdk.admin_delete_user().user_pool_id(&pool).username("ann@example.com");
    delete().send().await.expect("a success by the alias");
    assert_refused!(delete(), is_user_not_found_exception, "User does not exist.");
    for name in ["ann", "ann@example.com", &sub] {
        let get = server.sdk.admin_get_user().user_pool_id(&pool).username(name);
        assert_refused!(get, is_user_not_found_exception, "User does not exist."); // cog-0298
    }
    let members = server.sdk.list_users_in_group().user_pool_id(&pool).group_name("g").send().await;
    assert!(members.expect("a group").users().is_empty());
    // No code, counter or session of the user is left.
    let later = lido_domain::Timestamp::from_millis(i64::MAX);
    assert_eq!(server.app.store.sweep(later, 99).await, Ok(0));
    // The username and the alias can be used again.
    server.sign_up(&client, "ann", "ann@example.com").await;
}
