//! AdminDeleteUserAttributes.

use super::{strict_pool, update, value};
use crate::support::{TestServer, assert_refused};

#[tokio::test]
async fn admin_delete_user_attributes_with_an_invalid_name_removes_none() {
    let server = TestServer::new().await;
    let pool = strict_pool(&server).await.pool;
    let delete = |names: &[&str]| {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        let call = server.sdk.admin_delete_user_attributes().user_pool_id(&pool).username("ann");
        call.set_user_attribute_names(Some(names))
    };
    let given = [("name", "Ann"), ("phone_number", "+15555550100"), ("phone_number_verified", "true")];
    update(&server, &pool, &given).send().await.expect("updated");
    let cases = [
        ("sub", "Cannot modify the non-mutable attribute sub"),
        ("email_verified", "Cannot modify the non-mutable attribute email_verified"),
        ("nick", "user.nick: Attribute does not exist in the schema.\n"),
        ("email", "user.email: Required attribute cannot be deleted.\n"),
        ("custom:role", "user.custom:role: Attribute cannot be updated.\n"),
    ];
    for (name, text) in cases {
        assert_refused!(delete(&["name", name]), is_invalid_parameter_exception, text);
    }
    delete(&["name", "phone_number", "nickname"]).send().await.expect("deleted, although one is absent");
    for name in ["name", "phone_number", "phone_number_verified"] {
        assert_eq!(value(&server, &pool, name).await, None, "{name}");
    }
    assert_refused!(delete(&["name"]).username("bob"), is_user_not_found_exception, "User does not exist.");
}
