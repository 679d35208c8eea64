//! User pools and app clients: defaults, limits and refused settings.

use serde_json::{Value, json};

use super::{assert_refused, invalid};
use crate::support::TestServer;

#[tokio::test]
async fn new_pool_has_the_documented_defaults() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let pool = server.expect_output("DescribeUserPool", &json!({"UserPoolId": ids.pool})).await;
    assert_eq!(pool["UserPool"]["UserPoolTier"], "ESSENTIALS"); // cog-0319
    let client = json!({"UserPoolId": ids.pool, "ClientId": ids.client});
    let client = server.expect_output("DescribeUserPoolClient", &client).await["UserPoolClient"].clone();
    // cog-0323: these two defaults act and are not answered.
    assert_eq!((client.get("ExplicitAuthFlows"), client.get("PreventUserExistenceErrors")), (None, None));
    assert_eq!(client["EnableTokenRevocation"], true);
    // cog-0324: the lists are absent from the answer, and every standard attribute may be written.
    assert_eq!((client.get("ReadAttributes"), client.get("WriteAttributes")), (None, None));
    let all =
        super::attributes(&[("email", "ann@example.com"), ("name", "Ann"), ("birthdate", "2000-01-01")]);
    let sign_up =
        json!({"ClientId": ids.client, "Username": "ann", "Password": "Passw0rd!", "UserAttributes": all});
    server.expect_output("SignUp", &sign_up).await;
}

#[tokio::test]
async fn custom_attributes_beyond_their_limits_are_refused() {
    // cog-0263
    let server = TestServer::new().await;
    let schema = |count: usize| -> Value {
        (0..count).map(|at| json!({"Name": format!("a{at}"), "AttributeDataType": "String"})).collect()
    };
    let pool = |schema: Value| json!({"PoolName": "p", "Schema": schema});
    let length = "Value at 'schema.1.member.name' failed to satisfy constraint: Member must have length less than or \
                  equal to 20";
    let name = "n".repeat(21);
    let length = length.replacen("Value at", &format!("Value '{name}' at"), 1);
    // api-0019: the list is shown as Java prints it.
    let shown: Vec<_> = (0..51)
        .map(|at| {
            format!(
                "SchemaAttributeType(name=a{at}, attributeDataType=String, developerOnlyAttribute=null, mutable=null, \
                 required=null, numberAttributeConstraints=null, stringAttributeConstraints=null)"
            )
        })
        .collect();
    let too_many = format!(
        "Value '[{}]' at 'schema' failed to satisfy constraint: Member must have length less than or equal to 50",
        shown.join(", ")
    );
    let rows = [
        invalid("cog-0263 api-0019", "CreateUserPool", pool(schema(51)), &[&too_many]),
        invalid("cog-0263", "CreateUserPool", pool(json!([{"Name": name}])), &[&length]),
    ];
    assert_refused(&server, rows).await;
    server.expect_output("CreateUserPool", &pool(schema(50))).await;
    server
        .expect_output(
            "CreateUserPool",
            &pool(json!([{"Name": "n".repeat(20), "AttributeDataType": "String"}])),
        )
        .await;
}

#[tokio::test]
async fn constraint_violation_of_enum_list_shows_the_whole_list() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let with = |name: &str, values: Value| {
        let mut input = json!({"UserPoolId": ids.pool, "ClientName": "c"});
        input[name] = values;
        input
    };
    let clause = "Value '[code, token]' at 'allowedOAuthFlows' failed to satisfy constraint: Member must satisfy \
                  constraint: [Member must satisfy enum value set: [implicit, client_credentials, code]]";
    let flows = with("AllowedOAuthFlows", json!(["code", "token"]));
    assert_refused(&server, [invalid("cog-0321 api-0003", "CreateUserPoolClient", flows, &[clause])]).await;
    // cog-0322: the recording is older, and has fewer values.
    let flows = with("ExplicitAuthFlows", json!(["NONE"]));
    let (_, _, text) = server.post("CreateUserPoolClient", &flows).await.refusal();
    let (_, values) = text.split_once("Member must satisfy enum value set: [").expect("a set");
    let values: Vec<_> = values.trim_end_matches(']').split(", ").collect();
    let recorded = [
        "ALLOW_CUSTOM_AUTH",
        "ADMIN_NO_SRP_AUTH",
        "ALLOW_REFRESH_TOKEN_AUTH",
        "ALLOW_USER_PASSWORD_AUTH",
        "ALLOW_USER_SRP_AUTH",
        "CUSTOM_AUTH_FLOW_ONLY",
        "USER_PASSWORD_AUTH",
        "ALLOW_ADMIN_USER_PASSWORD_AUTH",
    ];
    assert!(recorded.iter().all(|value| values.contains(value)), "{values:?}");
}

#[tokio::test]
async fn default_message_texts_end_in_a_blank() {
    // cog-0131
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    server.sign_up(&ids.client, "ann", "ann@example.com").await;
    let messages = server.app.inbox.as_ref().expect("an inbox").messages(&Default::default());
    let [message] = messages.as_slice() else { panic!("one message") };
    assert_eq!(message.subject.as_deref(), Some("Your verification code"));
    assert_eq!(message.body, format!("Your verification code is {}. ", message.code));
}

#[tokio::test]
async fn templates_without_placeholders_are_refused() {
    // cog-0130
    let server = TestServer::new().await;
    let template = |name: &str, text: &str| {
        let mut input = json!({"PoolName": "p", "VerificationMessageTemplate": {}});
        input["VerificationMessageTemplate"][name] = json!(text);
        input
    };
    for (name, text) in
        [("EmailMessage", "no code"), ("EmailMessageByLink", "no link"), ("SmsMessage", "no code")]
    {
        let (status, kind, message) = server.post("CreateUserPool", &template(name, text)).await.refusal();
        assert_eq!((status, kind.as_str()), (400, "InvalidParameterException"), "{name}: {message}");
    }
    server.expect_output("CreateUserPool", &template("EmailMessage", "{####}")).await;
    server.expect_output("CreateUserPool", &template("EmailMessageByLink", "{##this##}")).await;
}
