//! Regions: a client has the pools of the Region that it signs for, unless the server has one Region for all.

use std::sync::Arc;

use lido::{
    app::{App, Settings},
    delivery::{Inbox, Transports},
    operations::SERVED,
    store::Store,
};
use lido_runtime::Operation as _;
use serde_json::{Map, Value, json};

use crate::support::{
    PASSWORD, TestServer, documents::required_members_of_input, json_requests::id, sign_in::SignInFixture,
};

const HERE: &str = "us-east-1";
const ELSEWHERE: &str = "eu-west-1";

/// Creates a pool in a Region, and returns its id.
async fn pool_in(server: &TestServer, region: &str) -> String {
    let created = server.post_in(region, "CreateUserPool", &json!({ "PoolName": "p" })).await;
    id(&created.expect_output()["UserPool"]["Id"])
}

/// Returns the ids of the pools that a client of a Region lists, in pages of `size`.
async fn list_in(server: &TestServer, region: &str, size: usize) -> Vec<String> {
    let (mut listed, mut request) = (Vec::new(), json!({ "MaxResults": size }));
    loop {
        let page = server.post_in(region, "ListUserPools", &request).await.expect_output();
        let pools = page["UserPools"].as_array().expect("pools");
        assert!(pools.len() <= size, "{page}");
        listed.extend(pools.iter().map(|pool| id(&pool["Id"])));
        match page.get("NextToken") {
            Some(token) => request["NextToken"] = token.clone(),
            None => return listed,
        }
    }
}

fn unknown(pool: &str) -> (u16, String, String) {
    (400, "ResourceNotFoundException".to_owned(), format!("User pool {pool} does not exist."))
}

#[tokio::test]
async fn client_has_the_pools_of_its_region() {
    let server = TestServer::new().await;
    let (mut here, mut elsewhere) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        here.push(pool_in(&server, HERE).await);
        elsewhere.push(pool_in(&server, ELSEWHERE).await);
    }
    here.sort();
    elsewhere.sort();
    for (region, own, foreign) in [(HERE, &here, &elsewhere), (ELSEWHERE, &elsewhere, &here)] {
        for size in [1, 2, 3, 60] {
            assert_eq!(&list_in(&server, region, size).await, own, "{region}, {size}");
        }
        for pool in own {
            assert!(pool.starts_with(&format!("{region}_")), "{pool}");
            let request = json!({ "UserPoolId": pool });
            let described = server.post_in(region, "DescribeUserPool", &request).await.expect_output();
            let arn = format!("arn:aws:cognito-idp:{region}:000000000000:userpool/{pool}");
            assert_eq!(described["UserPool"]["Arn"], arn);
            server
                .post_in(region, "ListTagsForResource", &json!({ "ResourceArn": arn }))
                .await
                .expect_output();
        }
        let request = json!({ "UserPoolId": foreign[0] });
        assert_eq!(
            server.post_in(region, "DescribeUserPool", &request).await.refusal(),
            unknown(&foreign[0])
        );
    }
    assert!(list_in(&server, "ap-south-1", 60).await.is_empty());
}

/// Returns a value of a member that an operation requires, which its constraints allow.
fn value_of(member: &str, pool: &str, client: &str) -> Value {
    match member {
        "UserPoolId" => json!(pool),
        "ResourceArn" => json!(format!("arn:aws:cognito-idp:{HERE}:000000000000:userpool/{pool}")),
        "ClientId" => json!(client),
        "AuthFlow" => json!("ADMIN_USER_PASSWORD_AUTH"),
        "ChallengeName" => json!("NEW_PASSWORD_REQUIRED"),
        "ClientSecretId" => json!(format!("{client}--1")),
        "DeviceKey" => json!("us-east-1_5cbf3ef0-7d6a-4c41-9e8a-1c3f6a1b2c3d"),
        "Password" => json!(PASSWORD),
        "CustomAttributes" => json!([{ "Name": "a", "AttributeDataType": "String" }]),
        "UserAttributes" => json!([{ "Name": "name", "Value": "a" }]),
        "UserAttributeNames" => json!(["name"]),
        "MFAOptions" => json!([{ "DeliveryMedium": "SMS", "AttributeName": "phone_number" }]),
        "URLPatterns" => json!(["https://example.com/*"]),
        "URL" => json!("https://example.com/client.json"),
        "Action" => json!("REFRESH"),
        "Tags" => json!({ "a": "b" }),
        "TagKeys" => json!(["a"]),
        "ManagedLoginBrandingId" | "TermsId" => json!("11111111-1111-4111-8111-111111111111"),
        "TermsName" => json!("terms-of-use"),
        "TermsSource" => json!("LINK"),
        "Enforcement" => json!("NONE"),
        _ => json!("a"),
    }
}

#[tokio::test]
async fn signed_operation_on_a_pool_of_another_region_is_refused() {
    let fixture = SignInFixture::new().await;
    let (server, pool, client) = (&fixture.server, &fixture.ids.pool, &fixture.ids.client);
    let mut tried = 0;
    for operation in SERVED.iter().filter(|operation| !operation.is_public()) {
        let required = required_members_of_input(operation.name());
        if !required.contains("UserPoolId") && !required.contains("ResourceArn") {
            assert!(
                matches!(
                    operation.name(),
                    "CreateUserPool"
                        | "DescribeUserPoolDomain"
                        | "ListUserPools"
                        | "UpdateManagedLoginBranding"
                ),
                "{operation:?}"
            );
            continue;
        }
        let members = required.into_iter().map(|name| (name.clone(), value_of(&name, pool, client)));
        let body = Value::Object(members.collect::<Map<_, _>>());
        let refused = server.post_in(ELSEWHERE, operation.name(), &body).await;
        assert_eq!(refused.refusal(), unknown(pool), "{operation:?}: {body}");
        tried += 1;
    }
    assert!(tried > 40, "{tried} operations");
    // The pool and its user are as before.
    fixture.access_token().await;
}

/// The model has the pool of this update as optional.
#[tokio::test]
async fn style_of_another_region_is_not_updated() {
    let server = TestServer::new().await;
    let pool = pool_in(&server, HERE).await;
    let client = server.create_client(&pool).await;
    let create = json!({ "UserPoolId": pool, "ClientId": client, "Settings": {} });
    let style = server.post_in(HERE, "CreateManagedLoginBranding", &create).await.expect_output();
    let id = &style["ManagedLoginBranding"]["ManagedLoginBrandingId"];
    let update = json!({ "UserPoolId": pool, "ManagedLoginBrandingId": id, "Settings": { "a": 1 } });
    let refused = server.post_in(ELSEWHERE, "UpdateManagedLoginBranding", &update).await;
    assert_eq!(refused.refusal(), unknown(&pool));
}

#[tokio::test]
async fn public_operation_finds_the_pool_whatever_region_the_client_signs_for() {
    let fixture = SignInFixture::new().await;
    let (client, parameters) = (&fixture.ids.client, json!({ "USERNAME": "ann", "PASSWORD": PASSWORD }));
    let request =
        json!({ "ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters });
    let signed_in = fixture.server.post_in(ELSEWHERE, "InitiateAuth", &request).await.expect_output();
    let token = json!({ "AccessToken": signed_in["AuthenticationResult"]["AccessToken"] });
    let user = fixture.server.post_in(ELSEWHERE, "GetUser", &token).await.expect_output();
    assert_eq!(user["Username"], "ann");
}

#[tokio::test]
async fn domain_of_another_region_is_not_described() {
    let server = TestServer::new().await;
    let pool = pool_in(&server, ELSEWHERE).await;
    let create = json!({ "UserPoolId": pool, "Domain": "shop" });
    server.post_in(ELSEWHERE, "CreateUserPoolDomain", &create).await.expect_output();
    let domain = json!({ "Domain": "shop" });
    let described = server.post_in(ELSEWHERE, "DescribeUserPoolDomain", &domain).await.expect_output();
    assert_eq!(described["DomainDescription"]["UserPoolId"], pool);
    let described = server.post_in(HERE, "DescribeUserPoolDomain", &domain).await.expect_output();
    assert_eq!(described, json!({ "DomainDescription": {} }));
}

/// Starts a server on the store of another one, as a restart with these settings does.
async fn restarted(former: &TestServer, settings: Settings) -> TestServer {
    let App { store, clock, entropy, keys, triggers, .. } = &*former.app;
    let (store, clock, keys): (Store, _, _) = (store.clone(), clock.clone(), Arc::clone(keys));
    let (transports, entropy) = (Transports::inbox(Inbox::new()), entropy.clone());
    TestServer::with_app(App::new(store, clock, entropy, keys, transports, triggers.clone(), settings)).await
}

#[tokio::test]
async fn server_with_one_region_shows_all_pools_of_the_store_to_all_clients() {
    let first = TestServer::new().await;
    let pools = [pool_in(&first, ELSEWHERE).await, pool_in(&first, HERE).await];
    let one = Settings { region: "ap-south-1".to_owned(), has_one_region: true, ..Settings::default() };
    let server = restarted(&first, one).await;
    for region in [HERE, ELSEWHERE, "no Region"] {
        let new = pool_in(&server, region).await;
        assert!(new.starts_with("ap-south-1_"), "{new}");
        for pool in pools.iter().chain([&new]) {
            let request = json!({ "UserPoolId": pool });
            let described = server.post_in(region, "DescribeUserPool", &request).await.expect_output();
            // The ARN of a pool does not change with the options.
            let own = pool.split('_').next().expect("a Region");
            let arn = format!("arn:aws:cognito-idp:{own}:000000000000:userpool/{pool}");
            assert_eq!(described["UserPool"]["Arn"], arn);
        }
    }
    assert_eq!(list_in(&server, HERE, 2).await.len(), 5);
    // And back: the pools of each Region, with those that were made meanwhile.
    let server = restarted(&server, Settings::default()).await;
    assert_eq!(list_in(&server, ELSEWHERE, 2).await, pools[..1]);
    assert_eq!(list_in(&server, "ap-south-1", 2).await.len(), 3);
}

#[tokio::test]
async fn client_whose_region_is_none_has_that_of_the_server() {
    let server = TestServer::new().await;
    let pool = pool_in(&server, "EU West").await;
    assert!(pool.starts_with("us-east-1_"), "{pool}");
    assert_eq!(list_in(&server, HERE, 60).await, [pool]);
}

/// Ids such as `local_…` are what other emulators have; no Region of AWS is meant.
#[tokio::test]
async fn pool_without_a_region_of_aws_is_in_every_region() {
    let server = TestServer::new().await;
    let pool = pool_in(&server, "local").await;
    assert!(pool.starts_with("local_"), "{pool}");
    for region in [HERE, ELSEWHERE, "local"] {
        assert_eq!(list_in(&server, region, 60).await, [pool.as_str()]);
        let request = json!({ "UserPoolId": pool });
        server.post_in(region, "DescribeUserPool", &request).await.expect_output();
    }
}
