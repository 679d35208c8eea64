//! AddCustomAttributes.

use serde_json::{Value, json};

use super::describe;
use crate::support::{
    TestServer, attribute,
    documents::{assert_contains, call, merge},
};

#[tokio::test]
async fn add_custom_attributes_extends_the_schema() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let add = |attributes: Value| json!({"UserPoolId": ids.pool, "CustomAttributes": attributes});
    let size = json!({
        "Name": "size", "AttributeDataType": "Number", "Mutable": false,
        "NumberAttributeConstraints": {"MinValue": "1", "MaxValue": "9"},
    });
    let add_all = add(json!([size, {"Name": "sub"}, {"Name": "shy", "DeveloperOnlyAttribute": true}]));
    assert_eq!(call(&server, "AddCustomAttributes", &add_all).await, Ok(json!({})));
    let output = describe(&server, &json!(ids.pool)).await;
    let attributes = output["SchemaAttributes"].as_array().expect("a list");
    let named = |name: &str| attributes.iter().find(|one| one["Name"] == name).cloned().expect("present");
    assert_contains(&merge(&size, &json!({"Name": "custom:size"})), &named("custom:size"), "");
    assert_eq!(named("custom:sub")["AttributeDataType"], "String");
    assert_eq!(named("dev:custom:shy")["DeveloperOnlyAttribute"], true);
    assert_eq!(named("sub")["Required"], true, "the standard attribute `sub` is unchanged");

    // An app client without WriteAttributes may still write standard attributes only.
    let sign_up = server.sdk.sign_up().client_id(&ids.client).username("ann").password("Passw0rd!");
    let sign_up = sign_up.user_attributes(attribute("custom:size", "5"));
    let refused = sign_up.send().await.expect_err("not writable").into_service_error();
    assert_eq!(refused.meta().message(), Some("A client attempted to write unauthorized attribute"));

    let fill: Vec<_> = (0..25).map(|n| json!({"Name": format!("a{n}")})).collect();
    call(&server, "AddCustomAttributes", &add(json!(fill))).await.expect("added");
    let rest: Vec<_> = (0..23).map(|n| json!({"Name": format!("b{n}")})).collect();
    let cases = [
        (json!([{"Name": "size"}]), "custom:size: Existing attribute already has name custom:size."),
        (
            json!([{"Name": "shy", "DeveloperOnlyAttribute": true}]),
            "custom:shy: Existing attribute already has name dev:custom:shy.",
        ),
        (
            json!([{"Name": "new"}, {"Name": "new"}]),
            "Duplicate custom attribute names custom:new are not allowed in a user pool schema.",
        ),
        (
            json!([{"Name": "new", "Required": true}]),
            "Required custom attributes are not supported currently.",
        ),
        (json!(rest), "A user pool can have at most 50 custom attributes."),
    ];
    for (attributes, text) in cases {
        let refused = Err(("InvalidParameterException".to_owned(), text.to_owned()));
        assert_eq!(call(&server, "AddCustomAttributes", &add(attributes)).await, refused);
    }
}
