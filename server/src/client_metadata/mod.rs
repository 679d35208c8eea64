//! Client ID metadata documents: the fetch of the document behind an address that an OAuth client names itself by.
//!
//! A client chooses the address, so the fetch follows the rules of a server that must not be made to ask others on
//! behalf of a stranger: `address` refuses every address that is not on the public internet, after the name is
//! resolved and for the connection that is made; nothing is followed, sent or waited for beyond small bounds.
//! [`MetadataSource`] is what operations use; which addresses a pool accepts is decided in
//! [`lido_domain::client::cimd`].

mod address;
mod document;
#[cfg(any(test, feature = "fakes"))]
mod fake;

use std::{
    fmt,
    sync::{Arc, OnceLock},
    time::Duration,
};

use async_trait::async_trait;
use reqwest::{Client, ClientBuilder, StatusCode, Url, header::ACCEPT, redirect::Policy};
use serde_json::Value;
use tokio::sync::Semaphore;

pub use self::document::DocumentFault;
#[cfg(any(test, feature = "fakes"))]
pub use self::fake::FakeMetadata;
use self::{address::PublicResolver, document::MAX_BYTES};

/// The time for the whole fetch.
///
/// *Chosen*: the page on which a user waits should not take longer.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The most fetches at a time.
///
/// *Chosen*: strangers cause them, so that they take a bounded part of the server.
const MAX_FETCHES: usize = 16;

/// The reason why a document was not fetched. The text is for the log: a client that chooses the address must not
/// learn what answered.
#[derive(Debug, thiserror::Error)]
pub enum MetadataFault {
    /// The address is not one of a public host.
    #[error("the address is not one of a public host")]
    Address,
    /// As many documents as may be are being fetched.
    #[error("too many documents are being fetched")]
    Busy,
    /// There was no answer.
    #[error("there was no answer: {0}")]
    NoAnswer(String),
    /// The answer is not a document.
    #[error("the answer has status {0}")]
    Status(StatusCode),
    /// The document is invalid.
    #[error(transparent)]
    Document(#[from] DocumentFault),
}

/// The source of documents.
#[async_trait]
pub trait MetadataSource: fmt::Debug + Send + Sync {
    /// Returns the document behind an address, a JSON object that names the address as its `client_id`.
    async fn fetch(&self, url: &str) -> Result<Value, MetadataFault>;
}

/// The source that fetches by HTTPS. Its client is built at the first fetch, because a small container may have no
/// certificates.
#[derive(Clone, Debug)]
pub struct HttpMetadata {
    client: Arc<OnceLock<Client>>,
    places: Arc<Semaphore>,
}

impl Default for HttpMetadata {
    fn default() -> Self {
        Self { client: Arc::default(), places: Arc::new(Semaphore::new(MAX_FETCHES)) }
    }
}

impl HttpMetadata {
    fn client(&self) -> Result<&Client, reqwest::Error> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let client = guarded(TIMEOUT).dns_resolver(PublicResolver).build()?;
        Ok(self.client.get_or_init(|| client))
    }
}

/// Returns a client that follows nothing, asks no proxy, keeps nothing of one request for another, and waits no
/// longer than this. Which addresses it connects to, its resolver decides.
fn guarded(timeout: Duration) -> ClientBuilder {
    Client::builder()
        .https_only(true)
        .redirect(Policy::none())
        .no_proxy()
        .timeout(timeout)
        .pool_max_idle_per_host(0)
        .user_agent(concat!("lido/", env!("CARGO_PKG_VERSION")))
}

#[async_trait]
impl MetadataSource for HttpMetadata {
    async fn fetch(&self, url: &str) -> Result<Value, MetadataFault> {
        let address = Url::parse(url).ok().filter(address::has_host_name).ok_or(MetadataFault::Address)?;
        let _place = self.places.try_acquire().map_err(|_| MetadataFault::Busy)?;
        let no_answer = |error: reqwest::Error| MetadataFault::NoAnswer(error.without_url().to_string());
        let request = self.client().map_err(no_answer)?.get(address).header(ACCEPT, "application/json");
        let mut response = request.send().await.map_err(no_answer)?;
        if response.status() != StatusCode::OK {
            return Err(MetadataFault::Status(response.status()));
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(no_answer)? {
            body.extend_from_slice(&chunk);
            if body.len() > MAX_BYTES {
                return Err(DocumentFault::TooLarge.into());
            }
        }
        Ok(document::parse(url, &body)?)
    }
}

#[cfg(test)]
mod tests;
