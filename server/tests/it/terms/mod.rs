//! Operations on terms documents.

mod create_terms;
mod delete_terms;
mod describe_terms;
mod describe_terms_by_client;
mod list_terms;
mod update_terms;

use aws_sdk_cognitoidentityprovider::{
    operation::create_terms::builders::CreateTermsFluentBuilder,
    types::{TermsEnforcementType, TermsSourceType, TermsType},
};

use crate::support::{PoolAndClient, TestServer};

const DEFAULT: &str = "cognito:default";
const URL: &str = "https://example.com/terms";

/// A well-formed id that no document has.
const NO_ID: &str = "11111111-1111-4111-8111-111111111111";
const UNKNOWN: &str = "Terms do not exist.";

/// Builds a CreateTerms request with a link for every language.
fn create(server: &TestServer, ids: &PoolAndClient, name: &str) -> CreateTermsFluentBuilder {
    let request = server.sdk.create_terms().user_pool_id(&ids.pool).client_id(&ids.client).terms_name(name);
    let request = request.terms_source(TermsSourceType::Link).enforcement(TermsEnforcementType::None);
    request.links(DEFAULT, URL)
}

/// Creates a document.
async fn created(server: &TestServer, ids: &PoolAndClient, name: &str) -> TermsType {
    create(server, ids, name).send().await.expect("created").terms.expect("terms")
}

/// Returns the document with an id.
async fn described(server: &TestServer, pool: &str, id: &str) -> TermsType {
    let described = server.sdk.describe_terms().user_pool_id(pool).terms_id(id).send().await;
    described.expect("described").terms.expect("terms")
}
