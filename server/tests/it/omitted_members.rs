//! What every operation that updates something does with a member that its request omits: each member of the model has a
//! row, and each row is held against the server.
//!
//! The tables of pools and app clients are the domain's own, by which it decides.

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

/// The optional members of the other updates. Those of a request that names what it changes change nothing if they are
/// omitted, because they are not stored.
const OTHERS: &[(&str, &[(&str, Omitted)])] = &[
    (
        "AdminSetUserMFAPreference",
        &[
            ("EmailMfaSettings", Omitted::Stays),
            ("SMSMfaSettings", Omitted::Stays),
            ("SoftwareTokenMfaSettings", Omitted::Stays),
            ("WebAuthnMfaSettings", Omitted::Stays),
        ],
    ),
    ("AdminSetUserPassword", &[("Permanent", Omitted::Resets)]),
    ("AdminSetUserSettings", &[]),
    ("AdminUpdateDeviceStatus", &[("DeviceRememberedStatus", Omitted::Stays)]),
    ("AdminUpdateUserAttributes", &[("ClientMetadata", Omitted::NotUpdatable)]),
    (
        "SetUserMFAPreference",
        &[
            ("EmailMfaSettings", Omitted::Stays),
            ("SMSMfaSettings", Omitted::Stays),
            ("SoftwareTokenMfaSettings", Omitted::Stays),
            ("WebAuthnMfaSettings", Omitted::Stays),
        ],
    ),
    ("SetUserSettings", &[]),
    ("UpdateDeviceStatus", &[("DeviceRememberedStatus", Omitted::Stays)]),
    (
        "UpdateGroup",
        &[("Description", Omitted::Stays), ("Precedence", Omitted::Stays), ("RoleArn", Omitted::Stays)],
    ),
    ("UpdateUserAttributes", &[("ClientMetadata", Omitted::NotUpdatable)]),
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
            table.iter().map(|(name, _)| *name).collect()
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
