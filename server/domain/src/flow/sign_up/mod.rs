//! SignUp, in two halves with the PreSignUp trigger between them.
//!
//! Order: secret hash, sign-up allowed, username form, schema, write permission, form of contacts, password, then
//! PreSignUp, then uniqueness, creation, message. Client before hash before password is *Observed* (cog-0138),
//! PreSignUp before uniqueness is reported (cog-0373); the places of username form, schema and password among each
//! other are *Chosen*.
//!
//! [`admit`] is the first half and [`create`] the second. Between them the caller asks the trigger and seals the
//! password; both are done once a request, whereas `create` runs again when its commit conflicts.

pub mod admin_confirm_sign_up;
pub mod confirm_sign_up;
pub mod resend_confirmation_code;

use std::collections::BTreeMap;

use crate::{
    Change, Refusal, Timestamp, Verdict,
    attribute::{
        Attributes, Given,
        contact::{Contact, ContactKind},
    },
    client::Client,
    code::{
        Code, PendingCode, Purpose,
        message::{Message, MessageReason},
    },
    flow::Caller,
    id::{Sub, Username},
    pool::{
        FirstFactor, Pool, SignInNames, Tier,
        alias::{self, NameKey, NameKind},
        contact::contact_for_code,
    },
    secret::{Sealed, Secret},
    sign_in::session::{Session, SessionHandle, Stage},
    user::{Status, User},
};

/// What SignUp was sent, as far as it decides.
#[derive(Clone, Debug)]
pub struct SignUp<'a> {
    /// The username as typed.
    pub username: &'a str,
    /// The password, if one came; an empty one counts as none (cog-0105).
    pub password: Option<&'a Secret>,
    /// The attributes in the order sent.
    pub attributes: &'a [Given],
}

/// A sign-up that passed every check that needs no other user.
#[derive(Clone, Debug)]
pub struct Admitted {
    /// The sub that the user will have.
    pub sub: Sub,
    /// The username that the user will have: the sub's text in a username-attribute pool (cog-0106).
    pub username: Username,
    /// The attributes that the user will have.
    pub attributes: Attributes,
    /// The password to seal, if there is one.
    pub password: Option<Secret>,
}

/// What PreSignUp replied; without a trigger, the default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PreSignUpReply {
    /// autoConfirmUser.
    pub confirm: bool,
    /// autoVerifyEmail.
    pub verify_email: bool,
    /// autoVerifyPhone.
    pub verify_phone: bool,
}

impl PreSignUpReply {
    fn verifies(self, kind: ContactKind) -> bool {
        match kind {
            ContactKind::Email => self.verify_email,
            ContactKind::PhoneNumber => self.verify_phone,
        }
    }
}

/// What is made of random bytes and keys before the second half, once a request.
#[derive(Debug)]
pub struct Prepared {
    /// The sealed verifier of [`Admitted::password`].
    pub credential: Option<Sealed>,
    /// The code, should one be sent.
    pub code: Code,
    /// The handle, should a session begin.
    pub session: SessionHandle,
}

/// What SignUp answers.
#[derive(Debug)]
pub struct SignedUp {
    /// The new user, for the triggers and the answer.
    pub user: User,
    /// Where the code went, if one was sent.
    pub delivery: Option<Contact>,
    /// The Session, where the app client allows USER_AUTH (cog-0118).
    pub session: Option<SessionHandle>,
}

/// The first half: may this sign-up happen at all, whoever else exists?
pub fn admit(caller: &Caller<'_>, asked: &SignUp<'_>, new_sub: Sub) -> Result<Admitted, Refusal> {
    caller.check_secret(asked.username)?;
    if caller.pool.admin_create_only {
        return Err(Refusal::SignUpNotAllowed);
    }
    let contact_typed = alias::check_username_form(caller.pool, asked.username)?;
    if caller.pool.is_alias(NameKind::PreferredUsername)
        && asked.attributes.iter().any(|one| one.name == "preferred_username")
    {
        return Err(Refusal::PreferredUsernameTooEarly);
    }
    let mut given = asked.attributes.to_vec();
    if let Some(kind) = contact_typed {
        // *Chosen*: the address typed as username stands, whatever the attribute of that name says.
        given.retain(|one| one.name != kind.attribute());
        given.push(Given { name: kind.attribute().into(), value: Some(asked.username.to_owned()) });
    }
    let mut attributes = caller.pool.schema.check_new_user(&given)?;
    if asked.attributes.iter().any(|one| !caller.client.may_write(&one.name)) {
        return Err(Refusal::AttributeNotWritable);
    }
    for kind in [ContactKind::Email, ContactKind::PhoneNumber] {
        if let Some(contact) = attributes.contact(kind) {
            if !kind.is_formed(&contact.value) {
                return Err(Refusal::ContactForm(kind));
            }
            attributes.set_verified(kind, false);
        }
    }
    let password = asked.password.filter(|password| !password.expose().is_empty());
    match password {
        Some(password) => caller.pool.password_policy.check(password)?,
        None if may_lack_password(caller.pool, caller.client, &attributes) => {}
        None => return Err(Refusal::PasswordMissing),
    }
    let username = match contact_typed {
        Some(_) => Username::new(new_sub.as_str()),
        None => Username::new(asked.username),
    };
    Ok(Admitted { sub: new_sub, username, attributes, password: password.cloned() })
}

/// The names that the new user would hold, given PreSignUp's reply. The caller reads who holds each of them, and
/// commits on the condition that it stays so.
pub fn names_wanted(pool: &Pool, admitted: &Admitted, reply: PreSignUpReply) -> Vec<NameKey> {
    let mut names = alias::names_from_the_start(pool, &admitted.username, &admitted.attributes);
    names.extend(aliases_activated(pool, admitted, reply));
    names
}

/// The second half. `holders` are the users who hold any of [`names_wanted`], and whoever has the typed username as
/// a sub under the username's key.
pub fn create(
    caller: &Caller<'_>,
    admitted: &Admitted,
    reply: PreSignUpReply,
    holders: &BTreeMap<NameKey, User>,
    prepared: &Prepared,
    now: Timestamp,
) -> Verdict<SignedUp> {
    decide(caller, admitted, reply, holders, prepared, now).into()
}

fn decide(
    caller: &Caller<'_>,
    admitted: &Admitted,
    reply: PreSignUpReply,
    holders: &BTreeMap<NameKey, User>,
    prepared: &Prepared,
    now: Timestamp,
) -> Result<Verdict<SignedUp>, Refusal> {
    let pool = caller.pool;
    if !reply.confirm && (reply.verify_email || reply.verify_phone) {
        return Err(Refusal::VerifiedUnconfirmed);
    }
    let mut attributes = admitted.attributes.clone();
    for kind in [ContactKind::Email, ContactKind::PhoneNumber] {
        if reply.verifies(kind) {
            // *Documented* (cog-0099): the sign-up does not complete.
            attributes.contact(kind).ok_or(Refusal::NothingToVerify(kind))?;
            attributes.set_verified(kind, true);
        }
    }
    let own_names = alias::names_from_the_start(pool, &admitted.username, &admitted.attributes);
    if let Some(taken) = taken_name(pool, &own_names, holders) {
        return Err(Refusal::NameTaken(taken));
    }

    let status = if reply.confirm { Status::Confirmed } else { Status::Unconfirmed };
    let user = User {
        credential: prepared.credential.clone(),
        ..User::new(admitted.sub.clone(), admitted.username.clone(), status, attributes, now)
    };
    let mut remember = vec![Change::PutUser(Box::new(user.clone()))];
    for name in own_names {
        remember.push(Change::PutName { name, owner: user.sub.clone() });
    }
    remember.extend(take_aliases(aliases_activated(pool, admitted, reply), holders, &user.sub, now));

    // *Chosen*: a user whom the trigger confirmed has nothing left to confirm and gets no code.
    let delivery = if reply.confirm { None } else { contact_for_code(pool, &user.attributes) };
    if let Some(to) = &delivery {
        let (keys, of) = (caller.digest_keys, &user.sub);
        let code = PendingCode::new(keys, &pool.id, of, Purpose::SignUp, &prepared.code, to.clone(), now);
        remember.push(Change::PutCode { of: of.clone(), purpose: Purpose::SignUp, code });
        remember.push(Change::Send(Box::new(Message {
            reason: MessageReason::SignUp,
            of: of.clone(),
            username: user.username.clone(),
            client: Some(caller.client.id.clone()),
            to: to.clone(),
            code: prepared.code.clone(),
        })));
    }
    let session = caller.client.allows_user_auth().then(|| prepared.session.clone());
    if let Some(handle) = &session {
        let stage = if reply.confirm { Stage::Confirmed } else { Stage::SignedUp };
        let key = handle.key(caller.digest_keys, &pool.id);
        let session = Session::begin(user.sub.clone(), caller.client, stage, now);
        remember.push(Change::PutSession { key, session });
    }
    Ok(Verdict { remember, answer: Ok(SignedUp { user, delivery, session }) })
}

/// Whether this user can sign in without a password (*Documented*, cog-0105): pool and client allow one-time codes,
/// and the contact that they go to is given and verified by the pool.
fn may_lack_password(pool: &Pool, client: &Client, attributes: &Attributes) -> bool {
    let reaches = |factor, kind| {
        pool.first_factors.contains(&factor)
            && pool.auto_verified.contains(&kind)
            && attributes.contact(kind).is_some()
    };
    client.allows_user_auth()
        && pool.tier >= Tier::Essentials
        && (reaches(FirstFactor::EmailOtp, ContactKind::Email)
            || reaches(FirstFactor::SmsOtp, ContactKind::PhoneNumber))
}

/// The aliases that PreSignUp's reply makes active at once.
fn aliases_activated(pool: &Pool, admitted: &Admitted, reply: PreSignUpReply) -> Vec<NameKey> {
    [ContactKind::Email, ContactKind::PhoneNumber]
        .into_iter()
        .filter(|kind| reply.verifies(*kind))
        .filter_map(|kind| alias::alias_of_verified(pool, kind, &admitted.attributes.contact(kind)?.value))
        .collect()
}

/// What a refusal calls the name that is taken: in a username-attribute pool the generated username cannot clash.
pub(crate) fn taken_name(
    pool: &Pool,
    own: &[NameKey],
    holders: &BTreeMap<NameKey, User>,
) -> Option<NameKind> {
    let taken = own.iter().find(|name| holders.contains_key(name))?;
    match pool.names {
        SignInNames::Attributes(_) if taken.kind == NameKind::Username => Some(NameKind::Email),
        _ => Some(taken.kind),
    }
}

/// Gives aliases to a user. Whoever held one loses it, and with it the verification (*Documented*, cog-0011,
/// cog-0100).
pub(crate) fn take_aliases(
    aliases: Vec<NameKey>,
    holders: &BTreeMap<NameKey, User>,
    owner: &Sub,
    now: Timestamp,
) -> Vec<Change> {
    let mut losers: BTreeMap<Sub, User> = BTreeMap::new();
    let mut changes = Vec::new();
    for name in aliases {
        let kind = match name.kind {
            NameKind::Email => Some(ContactKind::Email),
            NameKind::PhoneNumber => Some(ContactKind::PhoneNumber),
            NameKind::Username | NameKind::PreferredUsername => None,
        };
        if let (Some(kind), Some(holder)) = (kind, holders.get(&name).filter(|holder| holder.sub != *owner)) {
            let loser = losers.entry(holder.sub.clone()).or_insert_with(|| holder.clone());
            loser.attributes.set_verified(kind, false);
            loser.modified_at = now;
        }
        changes.push(Change::PutName { name, owner: owner.clone() });
    }
    changes.extend(losers.into_values().map(|user| Change::PutUser(Box::new(user))));
    changes
}

#[cfg(test)]
#[path = "sign_up_tests.rs"]
mod tests;
