//! Every optional member of a request that updates something has a row that says what happens if it is omitted. A new member
//! of the model without a row fails here.
//!
//! The domain decides by its tables about pools and app clients; the tests of those operations compare the server with them.

use std::collections::BTreeSet;

use lido::operations::SERVED;
use lido_domain::{
    client::settings::UPDATE_USER_POOL_CLIENT,
    pool::settings::{SET_USER_POOL_MFA_CONFIG, UPDATE_USER_POOL},
    settings::Omitted,
};
use lido_runtime::Operation as _;
use serde_json::{Value, json};

use crate::support::{TestServer, documents::optional_members_of_input};

/// The optional members of the other updates. These requests contain what they change: an omitted member changes nothing
/// unless a comment says otherwise, as the tests of the operations show.
const OTHERS: &[(&str, &[&str])] = &[
    (
        "AdminSetUserMFAPreference",
        &["EmailMfaSettings", "SMSMfaSettings", "SoftwareTokenMfaSettings", "WebAuthnMfaSettings"],
    ),
    ("AdminSetUserPassword", &["Permanent"]),
    ("AdminSetUserSettings", &[]),
    ("AdminUpdateDeviceStatus", &["DeviceRememberedStatus"]),
    ("AdminUpdateUserAttributes", &["ClientMetadata"]),
    (
        "SetUserMFAPreference",
        &["EmailMfaSettings", "SMSMfaSettings", "SoftwareTokenMfaSettings", "WebAuthnMfaSettings"],
    ),
    // What is omitted is removed; without an app client the customization is that of all.
    ("SetUICustomization", &["CSS", "ClientId", "ImageFile"]),
    ("SetUserSettings", &[]),
    ("UpdateCIMDPolicy", &["CacheDuration", "PolicyName"]),
    ("UpdateClientMetadataURLState", &[]),
    ("UpdateDeviceStatus", &["DeviceRememberedStatus"]),
    ("UpdateGroup", &["Description", "Precedence", "RoleArn"]),
    // A source is required each time; images that are omitted stay, but with the values of the service.
    (
        "UpdateManagedLoginBranding",
        &["Assets", "ManagedLoginBrandingId", "Settings", "UseCognitoProvidedValues", "UserPoolId"],
    ),
    // Scopes that are omitted are removed.
    ("UpdateResourceServer", &["Scopes"]),
    ("UpdateTerms", &["Enforcement", "Links", "TermsName", "TermsSource"]),
    ("UpdateUserAttributes", &["ClientMetadata"]),
    ("UpdateUserPoolDomain", &["CustomDomainConfig", "ManagedLoginVersion", "Routing"]),
];

fn rows(operation: &str) -> Option<BTreeSet<&'static str>> {
    let names = |table: &[(&'static str, Omitted)], elsewhere: &[&'static str]| {
        let updatable = table.iter().filter(|(_, omitted)| *omitted != Omitted::NotUpdatable);
        updatable.map(|(name, _)| *name).chain(elsewhere.iter().copied()).collect()
    };
    Some(match operation {
        // The name and the tags stay; both are stored beside the settings.
        "UpdateUserPool" => names(UPDATE_USER_POOL, &["PoolName", "UserPoolTags"]),
        "UpdateUserPoolClient" => names(UPDATE_USER_POOL_CLIENT, &["ClientName"]),
        "SetUserPoolMfaConfig" => names(SET_USER_POOL_MFA_CONFIG, &[]),
        _ => {
            let (_, table) = OTHERS.iter().find(|(name, _)| *name == operation)?;
            table.iter().copied().collect()
        }
    })
}

#[test]
fn every_optional_member_of_an_update_has_a_row() {
    for operation in SERVED {
        let name = operation.name();
        if !["Update", "Set"].iter().any(|verb| name.trim_start_matches("Admin").starts_with(verb)) {
            assert!(rows(name).is_none(), "{name} has rows and is no update");
            continue;
        }
        let rows = rows(name).unwrap_or_else(|| panic!("{name} has no rows"));
        let rows: BTreeSet<_> = rows.into_iter().map(str::to_owned).collect();
        assert_eq!(rows, optional_members_of_input(name), "{name}: rows, and members of the model");
    }
}

/// Returns the members that the page on pools lists in a row of its table: those that stay, and those that are reset.
fn documented(operation: &str) -> [BTreeSet<String>; 2] {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../docs/users-and-pools.md");
    let page = std::fs::read_to_string(page).expect("the page");
    let row = page.lines().find(|line| line.starts_with(&format!("| `{operation}` |"))).expect("a row");
    let column = |at: usize| row.split('|').nth(at).expect("a column").split('`').skip(1).step_by(2);
    [2, 3].map(|at| column(at).map(str::to_owned).collect())
}

#[test]
fn page_on_pools_lists_what_stays_and_what_is_reset() {
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    let of = |table: &[(&'static str, Omitted)], is_reset: bool, elsewhere: &[&str]| -> BTreeSet<String> {
        let updatable = table.iter().filter(|(_, omitted)| *omitted != Omitted::NotUpdatable);
        let names = updatable.filter(|(_, omitted)| (*omitted == Omitted::Resets) == is_reset);
        names.map(|(name, _)| (*name).to_owned()).chain(set(elsewhere)).collect()
    };
    let pool = ["PoolName", "UserPoolTags"];
    assert_eq!(
        documented("UpdateUserPool"),
        [of(UPDATE_USER_POOL, false, &pool), of(UPDATE_USER_POOL, true, &[])]
    );
    assert_eq!(
        documented("UpdateUserPoolClient"),
        [of(UPDATE_USER_POOL_CLIENT, false, &["ClientName"]), of(UPDATE_USER_POOL_CLIENT, true, &[])]
    );
    let sms = ["SmsAuthenticationMessage", "SmsConfiguration"];
    assert_eq!(documented("SetUserPoolMfaConfig"), [set(&sms), of(SET_USER_POOL_MFA_CONFIG, true, &[])]);
}

#[tokio::test]
async fn update_group_keeps_omitted_members() {
    let server = TestServer::new().await;
    let pool = server.create_pool_with(json!({})).await;
    let whole = json!({
        "UserPoolId": pool, "GroupName": "g", "Description": "d", "Precedence": 3,
        "RoleArn": "arn:aws:iam::000000000000:role/group-role",
    });
    server.expect_output("CreateGroup", &whole).await;
    for (name, value) in [("Description", json!("e")), ("Precedence", json!(4))] {
        let before = group(&server, &pool).await;
        let update = json!({ "UserPoolId": pool, "GroupName": "g", name: value });
        server.expect_output("UpdateGroup", &update).await;
        let mut expected = before;
        expected[name] = value;
        assert_eq!(group(&server, &pool).await, expected, "{name} alone");
    }
}

async fn group(server: &TestServer, pool: &str) -> Value {
    let get = json!({ "UserPoolId": pool, "GroupName": "g" });
    server.expect_output("GetGroup", &get).await["Group"].clone()
}
