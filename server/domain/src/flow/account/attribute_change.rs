//! What a change of attributes does to a user, whoever asks for it.
//!
//! The schema has been asked before ([`crate::attribute::schema::Schema::check_update`]), and whether the caller may write an
//! attribute at all is the caller's flow's question. Here is what follows from a change: contacts lose or keep their
//! verification, names come and go, codes are sent.
//!
//! [`change`] says what the user would be and which names they would gain; the caller reads who holds those, and
//! [`Changed::remember`] decides and lists what to remember.

use std::collections::BTreeMap;

use crate::{
    Change, Refusal, Timestamp,
    attribute::{
        Attributes,
        contact::{Contact, ContactKind},
    },
    code::{
        Code, PendingCode, Purpose,
        message::{Message, MessageReason},
    },
    digest::DigestKeys,
    id::ClientId,
    pool::{
        Pool,
        alias::{self, NameKey},
    },
    user::{Status, User},
};

/// The order in which contacts are looked at and refused; *Chosen*: as at sign-up.
const KINDS: [ContactKind; 2] = [ContactKind::Email, ContactKind::PhoneNumber];

/// A change that was found good, but for names that others may hold.
#[derive(Clone, Debug)]
pub struct Changed {
    /// The user as they will be.
    pub user: User,
    /// The contacts to verify by a code; a new value may wait for that.
    pub to_verify: Vec<Contact>,
    gained: Vec<NameKey>,
    lost: Vec<NameKey>,
    /// The kinds of contacts whose pending codes mean nothing any more.
    settled: Vec<ContactKind>,
}

/// The codes for a change, of which each is sent at most once.
#[derive(Clone, Debug)]
pub struct NewCodes {
    /// The one for the e-mail address.
    pub email: Code,
    /// The one for the phone number.
    pub phone_number: Code,
}

impl NewCodes {
    fn of(&self, kind: ContactKind) -> &Code {
        match kind {
            ContactKind::Email => &self.email,
            ContactKind::PhoneNumber => &self.phone_number,
        }
    }
}

/// What becomes of `user` with these values; an empty one takes its attribute away.
///
/// A contact that changes is unverified from then on, unless the change says that it is verified (*Documented*; only
/// an administrator may say so). Where the pool verifies contacts by itself a code goes to the new one, and where it
/// wants them verified beforehand, the old value stays until that code comes back (*Documented*, cog-0346). To say that
/// the new value is verified skips both (*Documented*).
pub fn change(pool: &Pool, user: &User, values: &Attributes, now: Timestamp) -> Result<Changed, Refusal> {
    for kind in KINDS {
        if values.contact(kind).is_some_and(|contact| !kind.is_formed(&contact.value)) {
            return Err(Refusal::ContactForm(kind));
        }
    }
    // *Observed* for a sign-up (cog-0367), whose text speaks of an "unconfirmed account".
    if user.status == Status::Unconfirmed && alias::preferred_alias(pool, values).is_some() {
        return Err(Refusal::PreferredUsernameTooEarly);
    }
    let mut changed = Changed::nothing(user, now);
    let is_of_contact =
        |name: &str| KINDS.iter().any(|kind| name == kind.attribute() || name == kind.verified_attribute());
    for (name, value) in values.iter().filter(|(name, _)| !is_of_contact(name)) {
        set_or_remove(&mut changed.user.attributes, name, value);
    }
    for kind in KINDS {
        changed.change_contact(pool, kind, values)?;
    }
    changed.compare_names(pool, user);
    Ok(changed)
}

/// What comes of a code that came back: the contact that it was sent to is the user's, and verified. Where its value
/// waited for that, it takes the place of the old one (*Documented*, cog-0346).
pub fn verified(pool: &Pool, user: &User, contact: &Contact, now: Timestamp) -> Changed {
    let mut changed = Changed::nothing(user, now);
    changed.user.attributes.set(contact.kind.attribute(), contact.value.as_str());
    changed.user.attributes.set_verified(contact.kind, true);
    changed.settled.push(contact.kind);
    changed.compare_names(pool, user);
    changed
}

fn set_or_remove(attributes: &mut Attributes, name: &str, value: &str) {
    if value.is_empty() { attributes.remove(name) } else { attributes.set(name, value) }
}

impl Changed {
    /// The user as they are, touched at `now`.
    fn nothing(user: &User, now: Timestamp) -> Self {
        Self {
            user: User { modified_at: now, ..user.clone() },
            to_verify: Vec::new(),
            gained: Vec::new(),
            lost: Vec::new(),
            settled: Vec::new(),
        }
    }

    /// Works out which names come and go between `before` and the user as they will be.
    fn compare_names(&mut self, pool: &Pool, before: &User) {
        let before = alias::names_held(pool, &before.username, &before.attributes);
        let after = alias::names_held(pool, &self.user.username, &self.user.attributes);
        self.lost = before.iter().filter(|name| !after.contains(name)).cloned().collect();
        self.gained = after.into_iter().filter(|name| !before.contains(name)).collect();
    }

    fn change_contact(&mut self, pool: &Pool, kind: ContactKind, values: &Attributes) -> Result<(), Refusal> {
        let attributes = &mut self.user.attributes;
        let says_verified = values.verified_flag(kind);
        match values.get(kind.attribute()) {
            Some("") => {
                attributes.remove(kind.attribute());
                attributes.remove(kind.verified_attribute());
                self.settled.push(kind);
            }
            Some(new) if attributes.get(kind.attribute()) != Some(new) => {
                let is_vouched_for = says_verified == Some(true);
                if pool.auto_verified.contains(&kind) && !is_vouched_for {
                    self.to_verify.push(Contact { kind, value: new.to_owned() });
                } else {
                    self.settled.push(kind);
                }
                if is_vouched_for || !pool.verifies_before_update(kind) {
                    attributes.set(kind.attribute(), new);
                    attributes.set_verified(kind, is_vouched_for);
                }
            }
            _ => {
                if let Some(verified) = says_verified {
                    attributes.set_verified(kind, verified);
                }
            }
        }
        if says_verified == Some(true) && attributes.contact(kind).is_none() {
            return Err(Refusal::VerifiedWithoutContact(kind));
        }
        Ok(())
    }

    /// The names that the user would gain: the caller reads who holds them, and commits on the condition that it stays
    /// so.
    pub fn names_wanted(&self) -> &[NameKey] {
        &self.gained
    }

    /// The user, their names, and the codes that mean nothing any more: all there is to a change that gives nothing.
    pub(crate) fn records(&self) -> Vec<Change> {
        let of = || self.user.sub.clone();
        let mut records = vec![Change::PutUser(Box::new(self.user.clone()))];
        records.extend(self.lost.iter().cloned().map(Change::RemoveName));
        records.extend(self.gained.iter().map(|name| Change::PutName { name: name.clone(), owner: of() }));
        let purposes = self.settled.iter().map(|kind| Purpose::verifying(*kind));
        records.extend(purposes.map(|purpose| Change::RemoveCode { of: of(), purpose }));
        records
    }

    /// Refuses a change by which the user would gain a name that somebody else holds (*Observed*, cog-0305, cog-0344).
    pub(crate) fn check_names(&self, holders: &BTreeMap<NameKey, User>) -> Result<(), Refusal> {
        let is_taken = |name: &&NameKey| holders.get(name).is_some_and(|holder| holder.sub != self.user.sub);
        match self.gained.iter().find(is_taken) {
            Some(taken) => Err(Refusal::AliasTaken(taken.kind)),
            None => Ok(()),
        }
    }

    /// What to remember, or a refusal where somebody else holds a name. A value that waits to be verified is no name
    /// yet; whether it can become one is asked when the code comes back.
    pub fn remember(
        &self,
        keys: &DigestKeys,
        pool: &Pool,
        holders: &BTreeMap<NameKey, User>,
        codes: &NewCodes,
        client: Option<&ClientId>,
        now: Timestamp,
    ) -> Result<Vec<Change>, Refusal> {
        self.check_names(holders)?;
        let user = &self.user;
        let mut remember = self.records();
        for to in &self.to_verify {
            let (purpose, code) = (Purpose::verifying(to.kind), codes.of(to.kind));
            let pending = PendingCode::new(keys, &pool.id, &user.sub, purpose, code, to.clone(), now);
            remember.push(Change::PutCode { of: user.sub.clone(), purpose, code: pending });
            remember.push(Change::Send(Box::new(Message {
                reason: MessageReason::UpdateUserAttribute,
                of: user.sub.clone(),
                username: user.username.clone(),
                client: client.cloned(),
                to: to.clone(),
                code: code.clone(),
            })));
        }
        Ok(remember)
    }
}

#[cfg(test)]
#[path = "attribute_change_tests.rs"]
mod tests;
