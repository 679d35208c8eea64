//! The effects of a change of attributes: on verified flags, on names, and on pending codes.
//!
//! The flow that calls this has checked the schema ([`crate::attribute::schema::Schema::check_update`]) and whether the
//! caller may write the attributes. [`change`] returns the changed user and the names that they would gain. The server
//! loads the holders of those names, and [`AttributeChange::changes_with_codes`] decides.

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

/// The kinds of contacts in the order in which they are checked; *Chosen*: as at sign-up.
const KINDS: [ContactKind; 2] = [ContactKind::Email, ContactKind::PhoneNumber];

/// A change that passed all checks except for the uniqueness of names.
#[derive(Clone, Debug)]
pub struct AttributeChange {
    /// The changed user.
    pub user: User,
    /// The contacts to verify by a code. The pool's settings decide whether the user already has the new value.
    pub to_verify: Vec<Contact>,
    gained: Vec<NameKey>,
    /// The gained names that other users hold, by themselves or by a namesake, are found among the holders of these.
    reserved: Vec<NameKey>,
    lost: Vec<NameKey>,
    /// The kinds of contacts whose pending codes are to be removed.
    obsolete_codes: Vec<ContactKind>,
}

/// The codes for a change; each is sent at most once.
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

/// Applies `values` to `user`; an empty value removes its attribute.
///
/// A changed contact is unverified, unless the change also sets its verified flag (*Documented*; only an administrator
/// may do that). If the pool verifies this kind of contact automatically, a code is sent to the new value. If it
/// verifies before an update, the user keeps the old value until that code is entered (*Documented*, cog-0346). Setting
/// the verified flag skips both (*Documented*).
///
/// # Errors
///
/// Refuses a contact of the wrong form, a preferred username of an unconfirmed user or with the form of an alias, and a
/// verified flag without a contact.
pub fn change(
    pool: &Pool,
    user: &User,
    values: &Attributes,
    now: Timestamp,
) -> Result<AttributeChange, Refusal> {
    for kind in KINDS {
        if values.contact(kind).is_some_and(|contact| !kind.is_well_formed(&contact.value)) {
            return Err(Refusal::ContactMalformed(kind));
        }
    }
    // *Observed* for a sign-up (cog-0367), with a text about an "unconfirmed account".
    if user.status == Status::Unconfirmed && alias::preferred_alias(pool, values).is_some() {
        return Err(Refusal::PreferredUsernameAtSignUp);
    }
    alias::check_preferred_form(pool, Some(&user.attributes), values)?;
    let mut changed = AttributeChange::unchanged(user, now);
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

/// Sets the contact that a code was sent to, as verified, after the user entered the code. A value that was pending
/// replaces the old one (*Documented*, cog-0346).
pub fn verify_contact(pool: &Pool, user: &User, contact: &Contact, now: Timestamp) -> AttributeChange {
    let mut changed = AttributeChange::unchanged(user, now);
    changed.user.attributes.set(contact.kind.attribute(), contact.value.as_str());
    changed.user.attributes.set_verified(contact.kind, true);
    changed.obsolete_codes.push(contact.kind);
    changed.compare_names(pool, user);
    changed
}

fn set_or_remove(attributes: &mut Attributes, name: &str, value: &str) {
    if value.is_empty() { attributes.remove(name) } else { attributes.set(name, value) }
}

impl AttributeChange {
    /// Returns a change of nothing but the time of modification.
    fn unchanged(user: &User, now: Timestamp) -> Self {
        Self {
            user: User { modified_at: now, ..user.clone() },
            to_verify: Vec::new(),
            gained: Vec::new(),
            reserved: Vec::new(),
            lost: Vec::new(),
            obsolete_codes: Vec::new(),
        }
    }

    /// Computes the names that the user gains and loses compared with `before`.
    fn compare_names(&mut self, pool: &Pool, before: &User) {
        let before = alias::held_names(pool, &before.username, &before.attributes);
        let after = alias::held_names(pool, &self.user.username, &self.user.attributes);
        self.lost = before.iter().filter(|name| !after.contains(name)).cloned().collect();
        self.gained = after.into_iter().filter(|name| !before.contains(name)).collect();
        self.reserved = alias::with_namesakes(pool, self.gained.clone());
    }

    fn change_contact(&mut self, pool: &Pool, kind: ContactKind, values: &Attributes) -> Result<(), Refusal> {
        let attributes = &mut self.user.attributes;
        let sets_verified = values.verified_flag(kind);
        match values.get(kind.attribute()) {
            Some("") => {
                attributes.remove(kind.attribute());
                attributes.remove(kind.verified_attribute());
                self.obsolete_codes.push(kind);
            }
            Some(new) if attributes.get(kind.attribute()) != Some(new) => {
                let is_declared_verified = sets_verified == Some(true);
                if pool.auto_verified.contains(&kind) && !is_declared_verified {
                    self.to_verify.push(Contact { kind, value: new.to_owned() });
                } else {
                    self.obsolete_codes.push(kind);
                }
                if is_declared_verified || !pool.verifies_before_update(kind) {
                    attributes.set(kind.attribute(), new);
                    attributes.set_verified(kind, is_declared_verified);
                    set_sent_flag(attributes, kind, values);
                }
            }
            _ => {
                set_sent_flag(attributes, kind, values);
            }
        }
        if sets_verified == Some(true) && attributes.contact(kind).is_none() {
            return Err(Refusal::VerifiedWithoutContact(kind));
        }
        Ok(())
    }

    /// Returns the names that the user would gain, and their namesakes. The server loads the current holder of each name, and commits only
    /// if none of them has changed.
    pub fn names_to_reserve(&self) -> &[NameKey] {
        &self.reserved
    }

    /// Returns the changes of the user, the names and the pending codes, without sending new codes.
    pub(crate) fn changes(&self) -> Vec<Change> {
        let of = || self.user.sub.clone();
        let mut records = vec![Change::PutUser(Box::new(self.user.clone()))];
        records.extend(self.lost.iter().cloned().map(Change::RemoveName));
        records.extend(self.gained.iter().map(|name| Change::PutName { name: name.clone(), owner: of() }));
        let purposes = self.obsolete_codes.iter().map(|kind| Purpose::verifying(*kind));
        records.extend(purposes.map(|purpose| Change::RemoveCode { of: of(), purpose }));
        records
    }

    /// Refuses a change by which the user would gain a name that another user holds (*Observed*, cog-0344; reported for
    /// administrators, cog-0305).
    pub(crate) fn check_names(&self, pool: &Pool, holders: &BTreeMap<NameKey, User>) -> Result<(), Refusal> {
        let is_taken = |name: &&NameKey| crate::user::names::is_taken(pool, name, holders, &self.user.sub);
        match self.gained.iter().find(is_taken) {
            Some(taken) => Err(Refusal::AliasTaken(taken.kind)),
            None => Ok(()),
        }
    }

    /// Returns all changes, including the codes to send.
    ///
    /// A value that waits for verification is not a name yet. Whether it is taken is checked when the code is entered.
    ///
    /// # Errors
    ///
    /// Refuses the change if another user holds a name that this user would gain.
    pub fn changes_with_codes(
        &self,
        keys: &DigestKeys,
        pool: &Pool,
        holders: &BTreeMap<NameKey, User>,
        codes: &NewCodes,
        client: Option<&ClientId>,
        now: Timestamp,
    ) -> Result<Vec<Change>, Refusal> {
        self.check_names(pool, holders)?;
        let user = &self.user;
        let mut remember = self.changes();
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
                is_hidden: false,
                is_verified: false,
            })));
        }
        Ok(remember)
    }
}

/// Sets the verified flag of a contact if the request contains it.
///
/// *Chosen*: the value is stored as sent, like that of any attribute; an empty one is stored as `false`.
fn set_sent_flag(attributes: &mut Attributes, kind: ContactKind, values: &Attributes) {
    match values.get(kind.verified_attribute()) {
        None => {}
        Some("") => attributes.set_verified(kind, false),
        Some(flag) => attributes.set(kind.verified_attribute(), flag),
    }
}

#[cfg(test)]
#[path = "attribute_change_tests.rs"]
mod tests;
