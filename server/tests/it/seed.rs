//! Seeding and export, as the SDK sees them.

use std::{fs, path::PathBuf};

use aws_sdk_cognitoidentityprovider::types::{AuthFlowType, ChallengeNameType};
use lido::seed::{SeedFormat, export, seed};
use tempfile::TempDir;
use totp_rs::{Builder, Secret};

use crate::support::TestServer;

const POOL: &str = "us-east-1_Shop00001";
const CLIENT: &str = "shopweb";
const TOKEN: &str = "JBSWY3DPEHPK3PXP";

const SEED: &str = r#"
UserPools:
  - Id: us-east-1_Shop00001
    PoolName: shop
    UsernameAttributes: [email]
    MfaConfiguration: OPTIONAL
    SoftwareTokenMfaConfiguration: { Enabled: true }
    EmailVerificationSubject: Your code
    UserPoolTags: { stage: test }
    Schema:
      - { Name: size, AttributeDataType: Number, NumberAttributeConstraints: { MinValue: "1" } }
      - { Name: name, Required: true }
      - { Name: old, AttributeDataType: String, DeveloperOnlyAttribute: true }
    Domains:
      - { Domain: shop, ManagedLoginVersion: 2 }
    ResourceServers:
      - { Identifier: orders, Name: Orders, Scopes: [{ ScopeName: read, ScopeDescription: Read orders }] }
    Clients:
      - ClientId: shopweb
        ClientName: web
        ExplicitAuthFlows: [ALLOW_USER_PASSWORD_AUTH, ALLOW_USER_SRP_AUTH]
        AllowedOAuthFlows: [code]
        AllowedOAuthFlowsUserPoolClient: true
        AllowedOAuthScopes: [openid, orders/read]
        CallbackURLs: [https://shop.example/back]
        SupportedIdentityProviders: [COGNITO]
      - { ClientName: backend, ClientSecret: backend_secret_00000000001, AccessTokenValidity: 2 }
    UICustomizations:
      - { ClientId: ALL, CSS: ".label-customizable { color: red }", ImageFile: iVBORw0KGgo= }
      - { ClientId: shopweb, CSS: ".label-customizable { color: blue }" }
    ManagedLoginBrandings:
      - ClientId: shopweb
        Settings: { componentClasses: { buttons: { borderRadius: 4.5 } }, any: [1, null, true] }
        Assets:
          - { Category: FORM_LOGO, ColorMode: LIGHT, Extension: PNG, Bytes: iVBORw0KGgo=, ResourceId: logo }
    Terms:
      - { ClientId: shopweb, TermsName: terms-of-use, TermsSource: LINK, Enforcement: NONE, Links: { "cognito:default": "https://shop.example/terms" } }
    Groups:
      - { GroupName: admins, Description: All rights, Precedence: 1, RoleArn: "arn:aws:iam::000000000000:role/admin" }
      - GroupName: staff
    Users:
      - Username: mary@example.com
        Password: Correct-Horse-1
        SoftwareTokenSecret: JBSWY3DPEHPK3PXP
        UserMFASettingList: [SOFTWARE_TOKEN_MFA]
        PreferredMfaSetting: SOFTWARE_TOKEN_MFA
        Groups: [admins, staff]
        UserAttributes: { name: Mary, email_verified: true, "custom:size": 7 }
      - { Username: new@example.com, UserStatus: FORCE_CHANGE_PASSWORD, Password: Temporary-1 }
      - { Username: lost@example.com, UserStatus: RESET_REQUIRED, Password: Correct-Horse-1, Enabled: false }
      - { Username: open@example.com, UserStatus: UNCONFIRMED, Password: Correct-Horse-1 }
"#;

fn written(name: &str, text: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join(name);
    fs::write(&file, text).expect("written");
    (folder, file)
}

async fn seeded(name: &str, text: &str) -> TestServer {
    let server = TestServer::new().await;
    let (_folder, file) = written(name, text);
    seed(&server.app, &[file]).await.expect("seeded");
    server
}

/// Signs in with the password and the code of the authenticator app.
async fn sign_in(server: &TestServer, username: &str, password: &str) {
    let begun = server.sdk.initiate_auth().client_id(CLIENT).auth_flow(AuthFlowType::UserPasswordAuth);
    let begun = begun.auth_parameters("USERNAME", username).auth_parameters("PASSWORD", password);
    let begun = begun.send().await.expect("the password is right");
    assert_eq!(begun.challenge_name(), Some(&ChallengeNameType::SoftwareTokenMfa));
    let totp =
        Builder::new().with_secret(Secret::try_from_base32(TOKEN).expect("Base32")).build_noncompliant();
    let now = u64::try_from(server.app.clock.now().as_seconds()).expect("after 1970");
    let answer = server.sdk.respond_to_auth_challenge().client_id(CLIENT);
    let answer = answer.challenge_name(ChallengeNameType::SoftwareTokenMfa).set_session(begun.session);
    let answer = answer.challenge_responses("USERNAME", username);
    let answer = answer.challenge_responses("SOFTWARE_TOKEN_MFA_CODE", totp.generate(now).to_string());
    let tokens = answer.send().await.expect("the code is right").authentication_result;
    assert!(tokens.and_then(|tokens| tokens.access_token).is_some());
}

/// Everything that the API shows of the pool.
async fn shown(server: &TestServer) -> Vec<String> {
    let sdk = &server.sdk;
    let pool = sdk.describe_user_pool().user_pool_id(POOL).send().await.expect("a pool");
    let pool = format!("{:#?}", pool.user_pool());
    // The SDK has maps, whose order is random.
    let mut shown: Vec<String> = pool.lines().map(str::to_owned).collect();
    shown.sort();
    let config = sdk.get_user_pool_mfa_config().user_pool_id(POOL).send().await.expect("a pool");
    shown.push(format!("{:?} {:?}", config.mfa_configuration(), config.software_token_mfa_configuration()));
    let clients = sdk.list_user_pool_clients().user_pool_id(POOL).send().await.expect("clients");
    for client in clients.user_pool_clients() {
        let id = client.client_id().expect("an id");
        let client =
            sdk.describe_user_pool_client().user_pool_id(POOL).client_id(id).send().await.expect("a client");
        let secret = client.user_pool_client().and_then(|client| client.client_secret());
        shown.push(format!("{:#?} {secret:?}", client.user_pool_client()));
    }
    let domain = sdk.describe_user_pool_domain().domain("shop").send().await.expect("a domain");
    let domain = domain.domain_description().expect("a domain");
    shown.push(format!("{:?} {:?}", domain.user_pool_id(), domain.managed_login_version()));
    let servers =
        sdk.list_resource_servers().user_pool_id(POOL).max_results(10).send().await.expect("servers");
    shown.push(format!("{:#?}", servers.resource_servers()));
    for client in ["ALL", CLIENT] {
        let got = sdk.get_ui_customization().user_pool_id(POOL).client_id(client).send().await.expect("got");
        let got = got.ui_customization.expect("a customization");
        let image = got.image_url().and_then(|url| url.rsplit('/').next());
        shown.push(format!("{:?} {:?} {image:?}", got.client_id(), got.css()));
    }
    let pages = serde_json::json!({ "UserPoolId": POOL, "ClientId": CLIENT, "TermsName": "terms-of-use" });
    let style =
        &server.expect_output("DescribeManagedLoginBrandingByClient", &pages).await["ManagedLoginBranding"];
    shown.push(format!("{} {}", style["Settings"], style["Assets"]));
    let terms = &server.expect_output("DescribeTermsByClient", &pages).await["Terms"];
    shown.push(format!("{} {}", terms["TermsName"], terms["Links"]));
    let groups = sdk.list_groups().user_pool_id(POOL).send().await.expect("groups");
    shown.push(format!("{:#?}", groups.groups()));
    let users = sdk.list_users().user_pool_id(POOL).send().await.expect("users");
    shown.push(format!("{:#?}", users.users()));
    for user in users.users() {
        let name = user.username().expect("a name");
        for attribute in user.attributes() {
            shown.push(format!("{}={:?}", attribute.name(), attribute.value()));
        }
        let groups =
            sdk.admin_list_groups_for_user().user_pool_id(POOL).username(name).send().await.expect("groups");
        let names: Vec<_> = groups.groups().iter().map(|group| group.group_name()).collect();
        let user = sdk.admin_get_user().user_pool_id(POOL).username(name).send().await.expect("a user");
        shown.push(format!(
            "{names:?} {:?} {:?}",
            user.user_mfa_setting_list(),
            user.preferred_mfa_setting()
        ));
    }
    shown
}

#[tokio::test]
async fn seeded_user_signs_in_with_password_and_app() {
    let server = seeded("seed.yaml", SEED).await;
    sign_in(&server, "mary@example.com", "Correct-Horse-1").await;
    assert!(server.app.inbox.as_ref().expect("an inbox").messages(&Default::default()).is_empty());
}

#[tokio::test]
async fn fresh_server_seeded_with_the_export_shows_the_same() {
    let server = seeded("seed.yaml", SEED).await;
    let before = shown(&server).await;
    let described = export(&server.app).await.expect("exported");
    for name in ["seed.toml", "seed.json", "seed.yaml"] {
        let format = SeedFormat::of(name.as_ref()).expect("a format");
        let fresh = seeded(name, &format.write(&described).expect("a file")).await;
        assert_eq!(shown(&fresh).await, before, "{name}");
        sign_in(&fresh, "mary@example.com", "Correct-Horse-1").await;
    }
}
