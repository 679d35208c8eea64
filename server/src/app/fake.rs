//! An [`App`] for tests.

use std::sync::Arc;

use lido_domain::Timestamp;
use zeroize::Zeroizing;

use super::{App, Settings};
use crate::{
    client_metadata::FakeMetadata,
    clock::Clock,
    delivery::{Inbox, Transports},
    entropy::Entropy,
    keys::Keys,
    store::{Store, memory::MemoryBackend},
    triggers::Triggers,
};

impl App {
    /// Returns an app with an in-memory store, a frozen clock, the same "random" bytes in every run, and an inbox. It
    /// contains no secrets.
    pub fn for_tests() -> Self {
        Self::for_tests_on(Store::new(MemoryBackend::default()))
    }

    /// Returns the same app on another store. The bytes are the same too, so that ids sort alike.
    pub fn for_tests_on(store: Store) -> Self {
        let entropy = Entropy::fake(1);
        let keys = Arc::new(Keys::new(Zeroizing::new([1; 32]), Vec::new(), entropy.clone()));
        let triggers = Triggers::unconfigured(entropy.clone());
        let app = Self::new(
            store,
            // 2026-11-21T07:30:00Z
            Clock::frozen(Timestamp::from_millis(1_795_246_200_000)),
            entropy,
            keys,
            Transports::inbox(Inbox::new()),
            triggers,
            Settings::default(),
        );
        let client_metadata = Arc::new(FakeMetadata::default());
        Self { tokens: app.tokens.with_shared_keys(), client_metadata, ..app }
    }
}
