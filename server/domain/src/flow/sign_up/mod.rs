//! SignUp, in two parts with the PreSignUp trigger between them.
//!
//! Order: secret hash, sign-up allowed, username form, schema, write permission, form of contacts, password, then
//! PreSignUp, then uniqueness, creation, message. Client before hash before password is *Observed* (cog-0138), and so
//! is PreSignUp before uniqueness (cog-0373). The order of username form, schema and password is *Chosen*.
//!
//! [`admit`] is the first part and [`create`] the second. Between them the server invokes the trigger and seals the
//! password, once per request. `create` runs again if the commit conflicts.

pub mod admin_confirm_sign_up;
pub mod confirm_sign_up;
pub mod resend_confirmation_code;

use std::collections::BTreeMap;

use crate::{
    Change, Refusal, Timestamp, Verdict,
    attribute::{
        AttributeInput, Attributes,
        contact::{Contact, ContactKind},
    },
    client::Client,
    code::{
        Code, PendingCode, Purpose,
        message::{Message, MessageReason},
    },
    flow::AppClientCaller,
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

/// The input of SignUp that the decision depends on.
#[derive(Clone, Debug)]
pub struct SignUpRequest<'a> {
    /// The username as typed.
    pub username: &'a str,
    /// The password, if one was sent; an empty one counts as none (cog-0105).
    pub password: Option<&'a Secret>,
    /// The attributes in the order in which they were sent.
    pub attributes: &'a [AttributeInput],
}

/// A new user that passed all checks except for the uniqueness of names.
#[derive(Clone, Debug)]
pub struct SignUpDraft {
    /// The sub that the user will have.
    pub sub: Sub,
    /// The username that the user will have; the sub in a pool with username attributes (cog-0106).
    pub username: Username,
    /// The attributes that the user will have.
    pub attributes: Attributes,
    /// The password to seal, if the user has one.
    pub password: Option<Secret>,
}

/// The reply of the PreSignUp trigger; the default if the pool has no such trigger.
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

/// The random and derived values of a sign-up, created once per request before the second part.
#[derive(Debug)]
pub struct SignUpPreparation {
    /// The sealed verifier of [`SignUpDraft::password`].
    pub credential: Option<Sealed>,
    /// The confirmation code to use if one is sent.
    pub code: Code,
    /// The session handle to use if a session begins.
    pub session: SessionHandle,
}

/// The answer of SignUp.
#[derive(Debug)]
pub struct SignUpAnswer {
    /// The new user, for the triggers and the response.
    pub user: User,
    /// The destination of the code, if one was sent.
    pub delivery: Option<Contact>,
    /// The Session, if the app client allows USER_AUTH (cog-0118).
    pub session: Option<SessionHandle>,
}

/// Makes all checks of a sign-up except for the uniqueness of names: the first part.
///
/// # Errors
///
/// Refuses with the first check that fails, in the order given in the module's documentation.
pub fn admit(
    caller: &AppClientCaller<'_>,
    request: &SignUpRequest<'_>,
    new_sub: Sub,
) -> Result<SignUpDraft, Refusal> {
    caller.check_secret(request.username)?;
    if caller.pool.admin_create_only {
        return Err(Refusal::SignUpNotAllowed);
    }
    let contact_typed = alias::check_username_form(caller.pool, request.username)?;
    if caller.pool.is_alias(NameKind::PreferredUsername)
        && request.attributes.iter().any(|one| one.name == "preferred_username")
    {
        return Err(Refusal::PreferredUsernameAtSignUp);
    }
    let mut given = request.attributes.to_vec();
    if let Some(kind) = contact_typed {
        // *Chosen*: the address typed as username takes precedence over the attribute of the same name.
        given.retain(|one| one.name != kind.attribute());
        given
            .push(AttributeInput { name: kind.attribute().into(), value: Some(request.username.to_owned()) });
    }
    let mut attributes = caller.pool.schema.check_new_user(&given)?;
    if request.attributes.iter().any(|one| !caller.client.may_write(&one.name)) {
        return Err(Refusal::AttributeNotWritable);
    }
    for kind in [ContactKind::Email, ContactKind::PhoneNumber] {
        if let Some(contact) = attributes.contact(kind) {
            if !kind.is_well_formed(&contact.value) {
                return Err(Refusal::ContactMalformed(kind));
            }
            attributes.set_verified(kind, false);
        }
    }
    let password = request.password.filter(|password| !password.expose().is_empty());
    match password {
        Some(password) => caller.pool.password_policy.check(password)?,
        None if may_lack_password(caller.pool, caller.client, &attributes) => {}
        None => return Err(Refusal::PasswordMissing),
    }
    let username = match contact_typed {
        Some(_) => Username::new(new_sub.as_str()),
        None => Username::new(request.username),
    };
    Ok(SignUpDraft { sub: new_sub, username, attributes, password: password.cloned() })
}

/// Returns the names that the new user would hold, given PreSignUp's reply.
///
/// The server loads the current holder of each name, and commits only if none of them has changed.
pub fn names_to_reserve(pool: &Pool, draft: &SignUpDraft, reply: PreSignUpReply) -> Vec<NameKey> {
    let mut names = alias::initial_names(pool, &draft.username, &draft.attributes);
    names.extend(aliases_activated(pool, draft, reply));
    alias::with_namesakes(pool, names)
}

/// Creates the user: the second part.
///
/// `holders` are the users who hold any of [`names_to_reserve`]. A user whose sub equals the typed username is in it
/// too, under the key of the username.
pub fn create(
    caller: &AppClientCaller<'_>,
    draft: &SignUpDraft,
    reply: PreSignUpReply,
    holders: &BTreeMap<NameKey, User>,
    prepared: &SignUpPreparation,
    now: Timestamp,
) -> Verdict<SignUpAnswer> {
    decide(caller, draft, reply, holders, prepared, now).into()
}

fn decide(
    caller: &AppClientCaller<'_>,
    draft: &SignUpDraft,
    reply: PreSignUpReply,
    holders: &BTreeMap<NameKey, User>,
    prepared: &SignUpPreparation,
    now: Timestamp,
) -> Result<Verdict<SignUpAnswer>, Refusal> {
    let pool = caller.pool;
    if !reply.confirm && (reply.verify_email || reply.verify_phone) {
        return Err(Refusal::VerifiedWithoutConfirmation);
    }
    let mut attributes = draft.attributes.clone();
    for kind in [ContactKind::Email, ContactKind::PhoneNumber] {
        if reply.verifies(kind) {
            // *Documented* (cog-0099): the sign-up does not complete.
            attributes.contact(kind).ok_or(Refusal::NothingToVerify(kind))?;
            attributes.set_verified(kind, true);
        }
    }
    let own_names = alias::initial_names(pool, &draft.username, &draft.attributes);
    if let Some(taken) = find_taken_name(pool, &own_names, &draft.sub, holders) {
        return Err(Refusal::NameTaken(taken));
    }

    let status = if reply.confirm { Status::Confirmed } else { Status::Unconfirmed };
    let user = User {
        credential: prepared.credential.clone(),
        ..User::new(draft.sub.clone(), draft.username.clone(), status, attributes, now)
    };
    let mut remember = vec![Change::PutUser(Box::new(user.clone()))];
    for name in own_names {
        remember.push(Change::PutName { name, owner: user.sub.clone() });
    }
    remember.extend(assign_aliases(aliases_activated(pool, draft, reply), holders, &user.sub, now));

    // *Chosen*: no code is sent to a user that the trigger confirmed.
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
            is_hidden: false,
            is_verified: false,
        })));
    }
    let session = caller.client.allows_user_auth().then(|| prepared.session.clone());
    if let Some(handle) = &session {
        let stage = if reply.confirm { Stage::Confirmed } else { Stage::SignedUp };
        let key = handle.key(caller.digest_keys, &pool.id);
        let session = Session::begin(user.sub.clone(), caller.client, stage, now);
        remember.push(Change::PutSession { key, session });
    }
    Ok(Verdict { remember, answer: Ok(SignUpAnswer { user, delivery, session }) })
}

/// Returns whether the user can sign in without a password (*Documented*, cog-0105): pool and app client allow one-time
/// codes, and the user has a contact for them that the pool verifies automatically.
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

/// Returns the aliases that PreSignUp's reply activates.
fn aliases_activated(pool: &Pool, draft: &SignUpDraft, reply: PreSignUpReply) -> Vec<NameKey> {
    [ContactKind::Email, ContactKind::PhoneNumber]
        .into_iter()
        .filter(|kind| reply.verifies(*kind))
        .filter_map(|kind| alias::verified_contact_alias(pool, kind, &draft.attributes.contact(kind)?.value))
        .collect()
}

/// Returns the kind of the first name that another user than `of` holds, as a refusal reports it.
///
/// In a pool with username attributes the generated username cannot be taken, so that the address is reported instead.
pub(crate) fn find_taken_name(
    pool: &Pool,
    own: &[NameKey],
    of: &Sub,
    holders: &BTreeMap<NameKey, User>,
) -> Option<NameKind> {
    let taken = own.iter().find(|name| crate::user::names::is_taken(pool, name, holders, of))?;
    match pool.names {
        SignInNames::Attributes(_) if taken.kind == NameKind::Username => Some(NameKind::Email),
        _ => Some(taken.kind),
    }
}

/// Assigns aliases to a user. A user who held one before loses it, and its contact is no longer verified (*Documented*,
/// cog-0011, cog-0100).
pub(crate) fn assign_aliases(
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
