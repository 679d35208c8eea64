//! From a name to a user and what lies beside it: the one read that needs to look at what it has read.
//!
//! A backend calls [`follow`] within one snapshot, with a way to get a record; the steps are the same for all.

use lido_domain::{code::Purpose, id::Sub, pool::alias::Candidates, user::attempt::Act};

use super::{Key, Record, StoreError, Stored};

/// A record that lies beside a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beside {
    /// The pending code for a purpose.
    Code(Purpose),
    /// The attempts at an act.
    Attempts(Act),
    /// The failures to sign in.
    Failures,
}

impl Beside {
    /// The key of the record beside `of`.
    pub fn key(self, of: &Sub) -> Key {
        match self {
            Beside::Code(purpose) => Key::code(of, purpose),
            Beside::Attempts(act) => Key::attempts(of, act),
            Beside::Failures => Key::failures(of),
        }
    }
}

/// Whom to look for, and what else to bring.
#[derive(Clone, Debug)]
pub struct UserQuery {
    /// Where the typed name may lead.
    pub candidates: Candidates,
    /// What to bring from beside the user.
    pub beside: Vec<Beside>,
    /// Whose records to bring if the name leads nowhere: a simulated sub.
    pub otherwise: Option<Sub>,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UserRows {
    /// The name that led to the user; nothing if the sub did.
    pub name: Option<Stored>,
    /// The user.
    pub user: Option<Stored>,
    /// What lies beside, in the order asked, with the keys that are empty.
    pub beside: Vec<(Key, Option<Stored>)>,
}

/// Looks the sub up, then the names in their order, then what lies beside.
pub(super) fn follow(
    query: &UserQuery,
    mut get: impl FnMut(&Key) -> Result<Option<Stored>, StoreError>,
) -> Result<UserRows, StoreError> {
    let mut rows = UserRows { user: get(&Key::user(&query.candidates.sub))?, ..UserRows::default() };
    let mut of = rows.user.is_some().then(|| query.candidates.sub.clone());
    for name in &query.candidates.names {
        if of.is_some() {
            break;
        }
        let Some(stored) = get(&Key::name(name))? else { continue };
        let Record::Name(sub) = &stored.record else {
            return Err(StoreError::Corrupt("a name is not a name".into()));
        };
        let sub = sub.clone();
        rows.user = get(&Key::user(&sub))?;
        if rows.user.is_none() {
            return Err(StoreError::Corrupt("a name leads to nobody".into()));
        }
        rows.name = Some(stored);
        of = Some(sub);
    }
    if let Some(of) = of.as_ref().or(query.otherwise.as_ref()) {
        for beside in &query.beside {
            let key = beside.key(of);
            let stored = get(&key)?;
            rows.beside.push((key, stored));
        }
    }
    Ok(rows)
}
