//! Operations on resource servers.

mod create_resource_server;
mod delete_resource_server;
mod describe_resource_server;
mod list_resource_servers;
mod update_resource_server;

use aws_sdk_cognitoidentityprovider::{
    operation::create_resource_server::builders::CreateResourceServerFluentBuilder,
    types::{ResourceServerScopeType, ResourceServerType},
};
use serde_json::json;

use crate::support::TestServer;

/// Creates a pool.
async fn create_pool(server: &TestServer) -> String {
    server.create_pool_with(json!({})).await
}

/// Returns a scope with this name.
fn scope(name: &str) -> ResourceServerScopeType {
    let scope = ResourceServerScopeType::builder().scope_name(name).scope_description("a scope");
    scope.build().expect("a scope")
}

/// Builds a CreateResourceServer request.
fn create(server: &TestServer, pool: &str, identifier: &str) -> CreateResourceServerFluentBuilder {
    server.sdk.create_resource_server().user_pool_id(pool).identifier(identifier).name("Photos")
}

/// Returns a resource server.
async fn describe(server: &TestServer, pool: &str, identifier: &str) -> ResourceServerType {
    let described = server.sdk.describe_resource_server().user_pool_id(pool).identifier(identifier);
    described.send().await.expect("described").resource_server.expect("a resource server")
}

fn unknown(identifier: &str) -> String {
    format!("Resource server {identifier} does not exist.")
}
