//! Fixtures for the unit tests of several modules.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    Timestamp,
    attribute::{Attributes, contact::ContactKind},
    client::{
        Client,
        cimd::{CimdPolicy, CimdPolicySettings},
    },
    digest::DigestKeys,
    id::{CimdPolicyId, ClientId, PoolId, Sub, Username},
    pool::{Pool, SignInNames, alias::NameKind, domain::Domains},
    record::{ClientRecord, PoolRecord},
    user::{Status, User},
};

pub(crate) fn keys() -> DigestKeys {
    DigestKeys::new([7; 32], [])
}

/// Returns a pool in which users sign in with the username only, and which verifies e-mail addresses.
pub(crate) fn pool() -> Pool {
    let mut pool = Pool::new(PoolId::new("us-east-1_abcdefghi"));
    pool.auto_verified = BTreeSet::from([ContactKind::Email]);
    pool
}

/// Returns a pool in which every possible alias is allowed, and which verifies both contacts.
pub(crate) fn alias_pool() -> Pool {
    let mut pool = pool();
    pool.auto_verified = BTreeSet::from([ContactKind::Email, ContactKind::PhoneNumber]);
    pool.names = SignInNames::Aliases(BTreeSet::from([
        NameKind::Email,
        NameKind::PhoneNumber,
        NameKind::PreferredUsername,
    ]));
    pool
}

/// Returns a pool with the e-mail address as username.
pub(crate) fn email_username_pool() -> Pool {
    let mut pool = pool();
    pool.names = SignInNames::Attributes(BTreeSet::from([ContactKind::Email]));
    pool
}

/// Returns the record of a pool without settings.
pub(crate) fn pool_record() -> PoolRecord {
    PoolRecord {
        pool: Pool::new(pool().id),
        name: "p".to_owned(),
        settings: serde_json::json!({}),
        tags: BTreeMap::new(),
        domains: Domains::default(),
        created_at: Timestamp::from_millis(1),
        modified_at: Timestamp::from_millis(2),
    }
}

pub(crate) fn client() -> Client {
    Client::new(ClientId::new("client"))
}

/// Returns the record of an app client without settings.
pub(crate) fn client_record() -> ClientRecord {
    ClientRecord {
        client: client(),
        name: "c".to_owned(),
        settings: serde_json::json!({}),
        is_former: false,
        created_at: Timestamp::from_millis(1),
        modified_at: Timestamp::from_millis(2),
    }
}

/// Returns the policy of an app client for these addresses, created at 1.
pub(crate) fn cimd_policy(patterns: &[&str]) -> CimdPolicy {
    let settings = CimdPolicySettings {
        name: "apps".into(),
        client: client().id,
        cache_seconds: None,
        patterns: patterns.iter().map(|pattern| (*pattern).to_owned()).collect(),
    };
    let at = Timestamp::from_millis(1);
    CimdPolicy { id: CimdPolicyId::new("p"), settings, created_at: at, modified_at: at }
}

/// Returns an unconfirmed, enabled user with an unverified e-mail address.
pub(crate) fn user(username: &str) -> User {
    let attributes = Attributes::from_iter([
        ("email", format!("{username}@example.com").as_str()),
        ("email_verified", "false"),
    ]);
    let (sub, now) = (Sub::new(format!("sub-of-{username}")), Timestamp::from_millis(0));
    User::new(sub, Username::new(username), Status::Unconfirmed, attributes, now)
}
