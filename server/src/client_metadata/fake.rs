//! A source of documents for tests.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use serde_json::Value;

use super::{MetadataFault, MetadataSource, document};

/// Documents by address, as a test has put them there.
#[derive(Debug, Default)]
pub struct FakeMetadata {
    documents: Mutex<BTreeMap<String, Value>>,
    fetches: AtomicUsize,
}

impl FakeMetadata {
    /// Puts a document behind an address.
    pub fn put(&self, url: &str, document: Value) {
        self.documents.lock().unwrap_or_else(PoisonError::into_inner).insert(url.to_owned(), document);
    }

    /// Returns how many documents were asked for.
    pub fn fetches(&self) -> usize {
        self.fetches.load(Ordering::Relaxed)
    }
}

#[async_trait]
impl MetadataSource for FakeMetadata {
    async fn fetch(&self, url: &str) -> Result<Value, MetadataFault> {
        self.fetches.fetch_add(1, Ordering::Relaxed);
        let documents = self.documents.lock().unwrap_or_else(PoisonError::into_inner);
        let found = documents.get(url).map(Value::to_string);
        let found = found.ok_or_else(|| MetadataFault::NoAnswer("there is no such document".to_owned()))?;
        Ok(document::parse(url, found.as_bytes())?)
    }
}
