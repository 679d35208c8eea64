//! Values that the tables of several files begin from.

use std::collections::BTreeSet;

use crate::{
    Timestamp,
    attribute::{Attributes, contact::ContactKind},
    client::Client,
    digest::DigestKeys,
    id::{ClientId, PoolId, Sub, Username},
    pool::{Pool, SignInNames, alias::NameKind},
    user::{Status, User},
};

pub(crate) fn keys() -> DigestKeys {
    DigestKeys::new([7; 32], [])
}

/// Usernames only; verifies e-mail.
pub(crate) fn pool() -> Pool {
    let mut pool = Pool::new(PoolId::new("us-east-1_abcdefghi"));
    pool.auto_verified = BTreeSet::from([ContactKind::Email]);
    pool
}

/// Every alias that there is; verifies both contacts.
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

/// E-mail addresses in place of usernames.
pub(crate) fn email_username_pool() -> Pool {
    let mut pool = pool();
    pool.names = SignInNames::Attributes(BTreeSet::from([ContactKind::Email]));
    pool
}

pub(crate) fn client() -> Client {
    Client::new(ClientId::new("client"))
}

/// An unconfirmed, enabled user with an e-mail address.
pub(crate) fn user(username: &str) -> User {
    let attributes = Attributes::from_iter([
        ("email", format!("{username}@example.com").as_str()),
        ("email_verified", "false"),
    ]);
    let (sub, now) = (Sub::new(format!("sub-of-{username}")), Timestamp::from_millis(0));
    User::new(sub, Username::new(username), Status::Unconfirmed, attributes, now)
}
