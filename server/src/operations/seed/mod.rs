//! The nouns of a seed file: what a user pool contains, how each entry is put into the store, and how it is listed.
//!
//! [`NOUNS`] is the one list of them, for seeding and for export; a pool itself is in [`user_pool`]. An entry has the
//! members of the operation that creates it, by their names, so that every setting can be seeded; the few keys of its own
//! are in the module of its noun. Each entry is one unit of work, decided by the rules of the operations, and commits
//! nothing if what there is equals the entry. [`crate::seed`] reads and writes the files.
//!
//! To add a noun, write its module and add a line to the list, at its place in the order: an entry may name others of the
//! lists before it.

mod app_client;
mod domain;
mod group;
mod read;
mod resource_server;
mod style;
mod terms;
mod ui_customization;
mod user;
mod user_pool;

use std::fmt::Debug;

use async_trait::async_trait;
use lido_cognito_idp::Operation;
use lido_domain::id::PoolId;
use lido_runtime::Form;
use serde_json::{Map, Value};

pub(crate) use self::user::{add_user, check_user};
pub(crate) use self::user_pool::{DescribedPool, list_pools, pool_keys, put_pool, read_pool};
use super::failure::Failure;
use crate::app::App;

/// The nouns of a pool, in the order in which their entries are put.
pub(crate) const NOUNS: &[&dyn Noun] = &[
    &domain::PoolDomains,
    &resource_server::ResourceServers,
    &app_client::AppClients,
    &ui_customization::UiCustomizations,
    &style::ManagedLoginStyles,
    &terms::TermsDocuments,
    &group::Groups,
    &user::Users,
];

/// The key of the list of app clients in a pool.
pub(crate) const CLIENTS: &str = "Clients";

/// The most entries of a noun that are listed at once.
const PAGE: usize = 200;

/// An entry of a seed file: its keys and values.
pub(crate) type Entry = Map<String, Value>;

/// A key of an entry, with the form of its value, by which the names in it are known.
pub(crate) type EntryKey = (&'static str, Form);

/// A kind of thing in a user pool that a seed file can describe.
#[async_trait]
pub(crate) trait Noun: Debug + Sync {
    /// Returns the operation whose members an entry has, and in whose words it is refused.
    fn operation(&self) -> Operation;

    /// Returns the key of the list of entries in a pool, such as `Users`.
    fn list_key(&self) -> &'static str;

    /// Returns the key that every entry has, by which it is found and named in messages.
    fn name_key(&self) -> &'static str;

    /// Returns the key with which an entry may fix the id, if there is one.
    fn id_key(&self) -> Option<&'static str> {
        None
    }

    /// Returns whether no two entries have the same name, whatever their ids are.
    fn is_named_uniquely(&self) -> bool {
        true
    }

    /// Returns all keys of an entry.
    fn keys(&self) -> Vec<EntryKey>;

    /// Checks the types and constraints of an entry, without the store. Returns the members that were understood, or
    /// `None` if the keys alone tell.
    ///
    /// # Errors
    /// What is wrong.
    fn check(&self, entry: &Entry) -> Result<Option<Value>, EntryFailure>;

    /// Creates what the entry describes, or changes it where it differs.
    ///
    /// # Errors
    /// What is wrong; then nothing has changed.
    async fn put(&self, app: &App, pool: &PoolId, entry: &Entry) -> Result<SeedOutcome, EntryFailure>;

    /// Returns entries that describe what there is, in the order of their ids, after the id `after`, with the id to go on
    /// after; none at the end.
    ///
    /// # Errors
    /// The store, or a secret in it, cannot be read.
    async fn list(
        &self,
        app: &App,
        pool: &PoolId,
        after: Option<&str>,
    ) -> Result<Vec<(String, Entry)>, EntryFailure>;
}

/// What seeding did with an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SeedOutcome {
    /// It was created.
    Created,
    /// It was changed.
    Changed,
    /// It was as described.
    Unchanged,
}

/// Why an entry is refused or the entries cannot be listed, before it is worded.
#[derive(Debug)]
pub(crate) struct EntryFailure(Cause);

#[derive(Debug)]
enum Cause {
    Rejected(Rejection),
    Failed(Failure),
}

impl EntryFailure {
    /// Words this as the operation of the noun would.
    pub(crate) fn into_rejection(self, noun: &dyn Noun) -> Rejection {
        match self.0 {
            Cause::Rejected(rejection) => rejection,
            Cause::Failed(failure) => Rejection::of(failure, noun.operation()),
        }
    }
}

impl From<Rejection> for EntryFailure {
    fn from(rejection: Rejection) -> Self {
        Self(Cause::Rejected(rejection))
    }
}

impl<E> From<E> for EntryFailure
where
    Failure: From<E>,
{
    fn from(error: E) -> Self {
        Self(Cause::Failed(error.into()))
    }
}

/// Why an entry is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rejection {
    /// The keys that lead to the value that is wrong, if it is one.
    pub(crate) path: Vec<String>,
    /// What is wrong, in the words of the operation where a rule refuses, and what to write otherwise.
    pub(crate) reason: String,
}

impl Rejection {
    fn new(reason: impl Into<String>) -> Self {
        Self { path: Vec::new(), reason: reason.into() }
    }

    fn at(key: &str, reason: impl Into<String>) -> Self {
        Self { path: vec![key.to_owned()], reason: reason.into() }
    }

    /// Words a failure as the operation would.
    fn of(failure: Failure, operation: Operation) -> Self {
        Self::new(failure.into_api_error(operation).message)
    }
}
