//! Operations on what the sign-in pages look like.

mod create_managed_login_branding;
mod delete_managed_login_branding;
mod describe_managed_login_branding;
mod describe_managed_login_branding_by_client;
mod get_ui_customization;
mod images;
mod set_ui_customization;
mod update_managed_login_branding;

use aws_sdk_cognitoidentityprovider::{
    operation::{
        get_ui_customization::builders::GetUICustomizationFluentBuilder,
        set_ui_customization::builders::SetUICustomizationFluentBuilder,
    },
    types::UiCustomizationType,
};
use serde_json::{Value, json};

use crate::support::{PoolAndClient, TestServer};

const CSS: &str = ".label-customizable { color: red }";
const NO_DOMAIN: &str = "There has to be an existing domain associated with this user pool.";

/// The beginning of every PNG file.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Creates a pool with a domain, and an app client.
async fn create_pool(server: &TestServer) -> PoolAndClient {
    let ids = server.create_pool_and_client().await;
    server.expect_output("CreateUserPoolDomain", &json!({ "UserPoolId": ids.pool, "Domain": "shop" })).await;
    ids
}

fn set(server: &TestServer, pool: &str) -> SetUICustomizationFluentBuilder {
    server.sdk.set_ui_customization().user_pool_id(pool)
}

fn get(server: &TestServer, pool: &str) -> GetUICustomizationFluentBuilder {
    server.sdk.get_ui_customization().user_pool_id(pool)
}

/// Returns the customization that an app client has.
async fn customization_of(server: &TestServer, ids: &PoolAndClient) -> UiCustomizationType {
    let got = get(server, &ids.pool).client_id(&ids.client).send().await.expect("got");
    got.ui_customization.expect("a customization")
}

/// A well-formed id that no style has.
const NO_ID: &str = "11111111-1111-4111-8111-111111111111";
const UNKNOWN_STYLE: &str = "ManagedLoginBranding does not exist.";
const SOURCE: &str = "useCognitoProvidedValues or settings should be specified (but not both)";

/// Creates the style of an app client, and returns the answer's members.
async fn create_style(server: &TestServer, ids: &PoolAndClient, members: Value) -> Value {
    let request = named(ids, members);
    server.expect_output("CreateManagedLoginBranding", &request).await["ManagedLoginBranding"].clone()
}

/// Returns the members of a request with the pool and the app client.
fn named(ids: &PoolAndClient, mut members: Value) -> Value {
    members["UserPoolId"] = json!(ids.pool);
    members["ClientId"] = json!(ids.client);
    members
}

/// Returns a request about a style by its id.
fn by_id(ids: &PoolAndClient, style: &Value, mut members: Value) -> Value {
    members["UserPoolId"] = json!(ids.pool);
    members["ManagedLoginBrandingId"] = style["ManagedLoginBrandingId"].clone();
    members
}

/// Returns an image as a request has it.
fn asset(category: &str, extension: &str, bytes: &str) -> Value {
    json!({ "Category": category, "ColorMode": "LIGHT", "Extension": extension, "Bytes": bytes })
}
