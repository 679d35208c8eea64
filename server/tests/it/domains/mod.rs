//! Operations on user pool domains.

mod create_user_pool_domain;
mod delete_user_pool_domain;
mod describe_user_pool_domain;
mod update_user_pool_domain;

use aws_sdk_cognitoidentityprovider::{
    operation::create_user_pool_domain::builders::CreateUserPoolDomainFluentBuilder,
    types::{CustomDomainConfigType, DomainDescriptionType},
};
use serde_json::json;

use crate::support::TestServer;

const CERTIFICATE: &str =
    "arn:aws:acm:us-east-1:000000000000:certificate/11111111-1111-1111-1111-111111111111";
const NO_DOMAIN: &str = "No such domain or user pool exists.";
const TAKEN: &str = "Domain already associated with another user pool.";
const LITE: &str =
    "The following feature is not available for the LITE pricing tier configured: Managed Login Version 2";

/// Creates a pool.
async fn create_pool(server: &TestServer) -> String {
    server.create_pool_with(json!({})).await
}

/// Builds a CreateUserPoolDomain request.
fn create(server: &TestServer, pool: &str, domain: &str) -> CreateUserPoolDomainFluentBuilder {
    server.sdk.create_user_pool_domain().user_pool_id(pool).domain(domain)
}

/// Returns the configuration of a custom domain.
fn certificate() -> CustomDomainConfigType {
    CustomDomainConfigType::builder().certificate_arn(CERTIFICATE).build().expect("a certificate")
}

/// Returns the description of a domain.
async fn describe(server: &TestServer, domain: &str) -> DomainDescriptionType {
    let described = server.sdk.describe_user_pool_domain().domain(domain).send().await.expect("described");
    described.domain_description.expect("a description")
}
