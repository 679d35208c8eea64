//! AddCustomAttributes.

use serde_json::{Value, json};

use super::describe;
use crate::support::{
    TestServer, attribute,
    documents::{assert_contains, call, merge},
};

/// api-0163, api-0328.
#[tokio::test]
async fn add_custom_attributes_extends_the_schema() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let add = |attributes: Value| json!({"UserPoolId": ids.pool, "CustomAttributes": attributes});
    let size = json!({
        "Name": "size", "AttributeDataType": "Number", "Mutable": false,
        "NumberAttributeConstraints": {"MinValue": "1", "MaxValue": "9"},
    });
    let add_all = add(
        json!([size, {"Name": "sub", "AttributeDataType": "String"}, {"Name": "shy", "AttributeDataType": "String", "DeveloperOnlyAttribute": true}]),
    );
    assert_eq!(call(&server, "AddCustomAttributes", &add_all).await, Ok(json!({})));
    let output = describe(&server, &json!(ids.pool)).await;
    let attributes = output["SchemaAttributes"].as_array().expect("a list");
    let named = |name: &str| attributes.iter().find(|one| one["Name"] == name).cloned().expect("present");
    assert_contains(&merge(&size, &json!({"Name": "custom:size"})), &named("custom:size"), "");
    assert_eq!(named("custom:sub")["AttributeDataType"], "String");
    assert_eq!(named("dev:custom:shy")["DeveloperOnlyAttribute"], true);
    assert_eq!(named("sub")["Required"], true, "the standard attribute `sub` is unchanged");

    // *Chosen*, against the guide: an app client without WriteAttributes may write attributes that are added later, except
    // developer attributes.
    let sign_up = server.sdk.sign_up().client_id(&ids.client).username("ann").password("Passw0rd!");
    let refused = sign_up.clone().user_attributes(attribute("dev:custom:shy", "5"));
    let refused = refused.send().await.expect_err("not writable").into_service_error();
    assert_eq!(refused.meta().message(), Some("A client attempted to write unauthorized attribute"));
    sign_up.user_attributes(attribute("custom:size", "5")).send().await.expect("signed up");

    let fill: Vec<_> =
        (0..25).map(|n| json!({"Name": format!("a{n}"), "AttributeDataType": "String"})).collect();
    call(&server, "AddCustomAttributes", &add(json!(fill))).await.expect("added");
    let rest: Vec<_> =
        (0..23).map(|n| json!({"Name": format!("b{n}"), "AttributeDataType": "String"})).collect();
    let string = |names: &[&str]| -> Value {
        names.iter().map(|name| json!({"Name": name, "AttributeDataType": "String"})).collect()
    };
    let cases = [
        (string(&["size"]), "custom:size: Existing attribute already has name custom:size."),
        (
            json!([{"Name": "shy", "AttributeDataType": "String", "DeveloperOnlyAttribute": true}]),
            "custom:shy: Existing attribute already has name dev:custom:shy.",
        ),
        (
            string(&["new", "new"]),
            "Duplicate custom attribute names custom:new are not allowed in a user pool schema.",
        ),
        (
            json!([{"Name": "new", "AttributeDataType": "String", "Required": true}]),
            "Required custom attributes are not supported currently.",
        ),
        (json!(rest), "A user pool can have at most 50 custom attributes."),
    ];
    for (attributes, text) in cases {
        let refused = Err(("InvalidParameterException".to_owned(), text.to_owned()));
        assert_eq!(call(&server, "AddCustomAttributes", &add(attributes)).await, refused);
    }
}
