//! What signing in reads: whoever enters with what they hold, whoever bears a token, and the keys of a pool.

use lido_domain::{
    digest::Digest,
    flow::sign_in::{Found, Presented},
    id::{PoolId, Sub},
    pool::alias::Candidates,
    sign_in::{lockout::Failures, session::Session},
    token::grant::{Grant, GrantId},
    user::User,
};

use super::{Beside, Expect, Key, Read, Record, SigningKeysRecord, Store, StoreError, Stored, UserQuery};

/// Whoever enters: the user, the failures, and the session that came.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Entering {
    /// The user, if the name led to one.
    pub user: Option<User>,
    /// How often whoever it is has failed.
    pub failures: Option<Failures>,
    /// The session that came, if it is there, and where it lies.
    pub session: Option<(Digest, Session)>,
    /// What a commit based on this expects.
    pub expects: Vec<Expect>,
}

impl Entering {
    /// What the rules are handed of the user.
    pub fn found(&self) -> Found<'_> {
        Found { user: self.user.as_ref(), failures: self.failures.as_ref() }
    }

    /// What the rules are handed of the session.
    pub fn presented(&self) -> Option<Presented<'_>> {
        self.session.as_ref().map(|(key, session)| Presented { key, session })
    }
}

/// Whoever bears a token: its grant and its user, as far as they are there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bearing {
    /// The user.
    pub user: Option<User>,
    /// The grant.
    pub grant: Option<Grant>,
    /// What a commit based on this expects.
    pub expects: Vec<Expect>,
}

impl Store {
    /// Whoever enters by a typed name. `handles` are the places where the session that came may lie, and `nobody` is
    /// whose failures count if the name leads nowhere; a session that is there says so itself.
    pub async fn read_entering(
        &self,
        pool: &PoolId,
        candidates: Candidates,
        nobody: Sub,
        handles: &[Digest],
    ) -> Result<Entering, StoreError> {
        let mut entering = Entering::default();
        let mut otherwise = nobody;
        if let Some(Read { value, expects }) = self.read_session(pool, handles).await? {
            if value.1.of.as_str() == candidates.sub.as_str() {
                otherwise = value.1.of.clone();
            }
            entering.session = Some(value);
            entering.expects = expects;
        }
        let query = UserQuery { candidates, beside: vec![Beside::Failures], otherwise: Some(otherwise) };
        let reading = self.read_user(pool, &query).await?;
        entering.expects.extend(reading.expects);
        (entering.user, entering.failures) = (reading.user, reading.failures);
        Ok(entering)
    }

    /// The grant that a token names and its user, both as of one instant.
    pub async fn read_bearing(
        &self,
        pool: &PoolId,
        of: &Sub,
        grant: &GrantId,
    ) -> Result<Bearing, StoreError> {
        let keys = [Key::user(of), Key::grant(of, grant)];
        let mut bearing = Bearing::default();
        for (key, stored) in keys.iter().zip(self.backend().read(pool, &keys).await?) {
            let Some(Stored { key, version, record }) = stored else {
                bearing.expects.push(Expect::Absent(key.clone()));
                continue;
            };
            bearing.expects.push(Expect::At(key, version));
            match record {
                Record::User(user) => bearing.user = Some(user),
                Record::Grant(grant) => bearing.grant = Some(grant),
                other => return Err(strange(&other)),
            }
        }
        Ok(bearing)
    }

    /// The keys that sign the tokens of a pool, if they were made.
    pub async fn read_signing_keys(&self, pool: &PoolId) -> Result<Option<SigningKeysRecord>, StoreError> {
        let read = self.read_as(pool, Key::signing_keys(), |record| match record {
            Record::SigningKeys(keys) => Ok(keys),
            other => Err(strange(&other)),
        });
        Ok(read.await?.map(|read| read.value))
    }
}

fn strange(record: &Record) -> StoreError {
    StoreError::Corrupt(format!("a {:?} lies where it should not", record.kind()))
}
