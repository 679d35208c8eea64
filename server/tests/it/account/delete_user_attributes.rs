//! DeleteUserAttributes.

use aws_sdk_cognitoidentityprovider::operation::delete_user_attributes::builders::DeleteUserAttributesFluentBuilder;

use crate::support::{assert_refused, sign_in::SignInFixture};

impl SignInFixture {
    /// Builds a DeleteUserAttributes request.
    fn delete(&self, token: &str, names: &[&str]) -> DeleteUserAttributesFluentBuilder {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        self.server.sdk.delete_user_attributes().access_token(token).set_user_attribute_names(Some(names))
    }
}

#[tokio::test]
async fn delete_user_attributes_removes_present_and_ignores_absent_attributes() {
    let fixture = SignInFixture::new().await;
    let token = fixture.access_token().await;
    let given = [("nickname", "A"), ("zoneinfo", "Europe/Berlin")];
    fixture.update(&token, &given).send().await.expect("updated");
    let delete = fixture.delete(&token, &["nickname", "zoneinfo", "website"]);
    delete.send().await.expect("removed, although one is absent");
    for (name, _) in given {
        assert_eq!(fixture.value(name).await, None, "{name}");
    }
    fixture.delete(&token, &["email"]).send().await.expect("removed");
    assert_eq!((fixture.value("email").await, fixture.value("email_verified").await), (None, None));
}

#[tokio::test]
async fn delete_user_attributes_with_immutable_or_unknown_name_is_refused() {
    let fixture = SignInFixture::new().await;
    let token = fixture.access_token().await;
    let text = "Cannot modify the non-mutable attribute email_verified";
    assert_refused!(fixture.delete(&token, &["email_verified"]), is_invalid_parameter_exception, text);
    let text = "user.nick: Attribute does not exist in the schema.\n";
    assert_refused!(fixture.delete(&token, &["nick"]), is_invalid_parameter_exception, text);
}

#[tokio::test]
async fn delete_user_attributes_outside_write_attributes_is_refused() {
    let fixture = SignInFixture::new().await;
    let token = fixture.access_token().await;
    let update = fixture.server.sdk.update_user_pool_client().user_pool_id(&fixture.ids.pool);
    let update = update.client_id(&fixture.ids.client).write_attributes("name");
    update.send().await.expect("updated");
    let text = "A client attempted to write unauthorized attribute";
    assert_refused!(fixture.delete(&token, &["email"]), is_not_authorized_exception, text);
}
