//! Operations on policies of client ID metadata documents, by raw requests: the SDK does not have them yet.

mod create_cimd_policy;
mod delete_cimd_policy;
mod describe_cimd_policy;
mod list_cimd_policies;
mod list_client_metadata_urls;
mod update_cimd_policy;
mod update_client_metadata_url_state;

use std::sync::Arc;

use lido::{
    app::App,
    client_metadata::FakeMetadata,
    store::{Key, Record},
};
use lido_domain::{
    Timestamp,
    client::cimd::CachedMetadata,
    id::{CimdPolicyId, PoolId},
};
use serde_json::{Value, json};

use crate::support::{PoolAndClient, TestServer, documents::call};

const UNKNOWN: &str = "CIMD policy does not exist.";
const NO_POOL: &str = "User pool us-east-1_nowhere does not exist.";

/// A server with a pool and an app client.
struct Fixture {
    server: TestServer,
    documents: Arc<FakeMetadata>,
    pool: String,
    client: String,
}

impl Fixture {
    async fn new() -> Self {
        let documents = Arc::new(FakeMetadata::default());
        let app = App { client_metadata: documents.clone(), ..App::for_tests() };
        let server = TestServer::with_app(app).await;
        let PoolAndClient { pool, client } = server.create_pool_and_client().await;
        Self { server, documents, pool, client }
    }

    async fn call(&self, operation: &str, mut request: Value) -> Result<Value, (String, String)> {
        if request.get("UserPoolId").is_none() {
            request["UserPoolId"] = self.pool.as_str().into();
        }
        call(&self.server, operation, &request).await
    }

    /// Returns the members of a request to create a policy.
    fn settings(&self) -> Value {
        json!({ "ClientId": self.client, "PolicyName": "apps", "URLPatterns": ["https://*.example.com/*"] })
    }

    /// Creates a policy, and returns its id.
    async fn create(&self) -> String {
        let created = self.call("CreateCIMDPolicy", self.settings()).await.expect("created");
        created["CIMDPolicy"]["CIMDPolicyId"].as_str().expect("an id").to_owned()
    }

    /// Keeps a document, as its fetch does.
    async fn keep(&self, policy: &str, url: &str) {
        let now = self.server.app.clock.now();
        let kept = CachedMetadata {
            policy: CimdPolicyId::new(policy),
            url: url.to_owned(),
            document: json!({ "client_id": url }),
            cached_at: now,
            expires_at: Timestamp::from_millis(now.as_millis() + 86_400_000),
        };
        let key = Key::client_metadata(&kept.policy, &kept.url);
        let record = Record::ClientMetadata(Box::new(kept));
        self.server.app.store.put(&PoolId::new(&self.pool), vec![(key, record)]).await.expect("kept");
    }

    /// Returns the addresses of the documents that are kept under a policy.
    async fn kept(&self, policy: &str) -> Vec<Value> {
        let listed =
            self.call("ListClientMetadataURLs", json!({ "CIMDPolicyId": policy })).await.expect("listed");
        let listed = listed["ClientMetadataURLs"].as_array().expect("a list").clone();
        listed.into_iter().map(|kept| kept["URL"].clone()).collect()
    }
}

fn refused<T>(kind: &str, text: impl Into<String>) -> Result<T, (String, String)> {
    Err((kind.to_owned(), text.into()))
}
