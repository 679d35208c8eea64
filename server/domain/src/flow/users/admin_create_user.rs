//! AdminCreateUser, in two halves with the PreSignUp trigger between them, and its RESEND.
//!
//! Order: username form, schema, form of contacts, verified flags, password, where the invitation goes, then PreSignUp,
//! then uniqueness, aliases, creation, message. It is the order of a sign-up, which is partly *Observed* and partly
//! *Chosen* there. What differs: the administrator says what is verified, need not give what is required (the user does,
//! at the first sign-in), and may leave the password to Lido.
//!
//! [`admit`] is the first half and [`create`] the second. RESEND is [`admit_resend`] and [`resend`]; its order is
//! user, enabled, state, password, where it goes (*Chosen*). What PreSignUp replies is not looked at (*Documented*,
//! cog-0285).

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    Change, Refusal, Timestamp, Verdict,
    attribute::{
        Attributes, Given,
        contact::{Contact, ContactKind},
    },
    code::{
        Code,
        message::{Message, MessageReason},
    },
    flow::sign_up::{take_aliases, taken_name},
    id::{Sub, Username},
    pool::{
        FirstFactor, Pool, Tier,
        alias::{self, NameKey, NameKind},
    },
    secret::{Sealed, Secret},
    user::{Status, User},
};

/// The order in which contacts are looked at and refused; *Chosen*: as at sign-up.
const KINDS: [ContactKind; 2] = [ContactKind::Email, ContactKind::PhoneNumber];

/// What AdminCreateUser was sent, as far as it decides.
#[derive(Clone, Debug)]
pub struct AdminCreate<'a> {
    /// The username as typed.
    pub username: &'a str,
    /// The attributes in the order sent.
    pub attributes: &'a [Given],
    /// TemporaryPassword; an empty one counts as none (*Documented*).
    pub temporary_password: Option<&'a Secret>,
    /// ForceAliasCreation.
    pub force_alias: bool,
    /// MessageAction is SUPPRESS.
    pub suppress: bool,
    /// DesiredDeliveryMediums, if given.
    pub media: Option<&'a BTreeSet<ContactKind>>,
}

/// A new user who passed every check that needs no other user.
#[derive(Clone, Debug)]
pub struct Admitted {
    /// The sub that the user will have.
    pub sub: Sub,
    /// The username that the user will have: the sub's text in a username-attribute pool.
    pub username: Username,
    /// The attributes that the user will have.
    pub attributes: Attributes,
    /// The temporary password to seal; nothing for a user who signs in without one.
    pub password: Option<Secret>,
    /// Where the invitation goes.
    to: Vec<Contact>,
}

/// A user who will be sent another temporary password.
#[derive(Clone, Debug)]
pub struct Invited {
    /// The user as found.
    pub user: User,
    /// The temporary password to seal.
    pub password: Secret,
    /// Where the invitation goes.
    to: Vec<Contact>,
}

/// The first half: may this user be created at all, whoever else exists? `generated` is the temporary password if
/// none was given and one is needed.
pub fn admit(
    pool: &Pool,
    asked: &AdminCreate<'_>,
    generated: &Secret,
    new_sub: Sub,
) -> Result<Admitted, Refusal> {
    let (contact_typed, attributes) = profile(pool, asked.username, asked.attributes)?;
    let password = match asked.temporary_password.filter(|password| !password.expose().is_empty()) {
        Some(password) => {
            pool.password_policy.check(password)?;
            Some(password.clone())
        }
        None if one_time_codes(pool).next().is_none() => Some(generated.clone()),
        // *Documented*: where one-time codes sign in none is generated, and there must be a contact for them.
        None if one_time_codes(pool).any(|kind| attributes.contact(kind).is_some()) => None,
        None => return Err(Refusal::PasswordlessWithoutContact),
    };
    let to = if asked.suppress { Vec::new() } else { invitation(asked.media, &attributes)? };
    let username = match contact_typed {
        Some(_) => Username::new(new_sub.as_str()),
        None => Username::new(asked.username),
    };
    Ok(Admitted { sub: new_sub, username, attributes, password, to })
}

/// The attributes of a new user of whom somebody with authority tells, and the contact that the typed username is.
pub(super) fn profile(
    pool: &Pool,
    typed: &str,
    given: &[Given],
) -> Result<(Option<ContactKind>, Attributes), Refusal> {
    let contact_typed = alias::check_username_form(pool, typed)?;
    let mut given = given.to_vec();
    if let Some(kind) = contact_typed {
        // *Chosen*, as at sign-up: the address typed as username stands.
        given.retain(|one| one.name != kind.attribute());
        given.push(Given { name: kind.attribute().into(), value: Some(typed.to_owned()) });
    }
    let mut attributes = pool.schema.check_given(&given)?;
    for kind in KINDS {
        if attributes.contact(kind).is_some_and(|contact| !kind.is_formed(&contact.value)) {
            return Err(Refusal::ContactForm(kind));
        }
    }
    for kind in KINDS {
        // *Observed* (in transcripts of the command line): what is not said to be verified carries no flag.
        if let Some(verified) = attributes.verified_flag(kind) {
            attributes.set_verified(kind, verified);
            if verified && attributes.contact(kind).is_none() {
                return Err(Refusal::VerifiedWithoutContact(kind));
            }
        }
    }
    Ok((contact_typed, attributes))
}

/// The names that the new user would hold. The caller reads who holds each of them, and commits on the condition that
/// it stays so.
pub fn names_wanted(pool: &Pool, admitted: &Admitted) -> Vec<NameKey> {
    alias::names_held(pool, &admitted.username, &admitted.attributes)
}

/// The second half. `holders` are the users who hold any of [`names_wanted`], and whoever has the typed username as
/// a sub under the username's key; `credential` is the sealed verifier of [`Admitted::password`].
pub fn create(
    pool: &Pool,
    asked: &AdminCreate<'_>,
    admitted: &Admitted,
    holders: &BTreeMap<NameKey, User>,
    credential: Option<Sealed>,
    now: Timestamp,
) -> Verdict<User> {
    let own = alias::names_from_the_start(pool, &admitted.username, &admitted.attributes);
    if let Some(taken) = taken_name(pool, &own, holders) {
        return Verdict::refuse(Refusal::NameTaken(taken));
    }
    let mut aliases = names_wanted(pool, admitted);
    aliases.retain(|name| !own.contains(name));
    // ForceAliasCreation moves what was said to be verified (*Documented*, cog-0286); a preferred username is not.
    let may_move = |name: &NameKey| asked.force_alias && name.kind != NameKind::PreferredUsername;
    if let Some(taken) = aliases.iter().find(|name| holders.contains_key(name) && !may_move(name)) {
        return Verdict::refuse(Refusal::AliasTaken(taken.kind));
    }
    // Without a password there is nothing to change at the first sign-in (*Observed*, cog-0283; *Documented* is that
    // whoever has one must change it).
    let status = match &credential {
        Some(_) => {
            Status::ForceChangePassword { expires_at: now.after(pool.password_policy.temporary_ttl()) }
        }
        None => Status::Confirmed,
    };
    let (sub, attributes) = (admitted.sub.clone(), admitted.attributes.clone());
    let user = User { credential, ..User::new(sub, admitted.username.clone(), status, attributes, now) };
    let mut remember = vec![Change::PutUser(Box::new(user.clone()))];
    remember.extend(own.into_iter().map(|name| Change::PutName { name, owner: user.sub.clone() }));
    remember.extend(take_aliases(aliases, holders, &user.sub, now));
    remember.extend(invitations(&user, &admitted.to, admitted.password.as_ref()));
    Verdict { remember, answer: Ok(user) }
}

/// The first half of RESEND.
pub fn admit_resend(
    pool: &Pool,
    asked: &AdminCreate<'_>,
    user: Option<&User>,
    generated: &Secret,
) -> Result<Invited, Refusal> {
    let user = user.ok_or(Refusal::UserNotFound)?; // cog-0387
    user.check_invited()?;
    let password = match asked.temporary_password.filter(|password| !password.expose().is_empty()) {
        Some(password) => {
            pool.password_policy.check(password)?;
            password
        }
        None => generated,
    };
    let to = invitation(asked.media, &user.attributes)?;
    Ok(Invited { user: user.clone(), password: password.clone(), to })
}

/// The second half of RESEND: another temporary password in place of the first, and the period begins anew
/// (*Documented*, cog-0403). `credential` is its sealed verifier.
pub fn resend(pool: &Pool, invited: &Invited, credential: Sealed, now: Timestamp) -> Verdict<User> {
    let user = invited.user.with_temporary_password(credential, &pool.password_policy, now);
    let mut remember = vec![Change::PutUser(Box::new(user.clone()))];
    remember.extend(invitations(&user, &invited.to, Some(&invited.password)));
    Verdict { remember, answer: Ok(user) }
}

/// The contacts that one-time codes could go to in place of a password, whoever has them.
fn one_time_codes(pool: &Pool) -> impl Iterator<Item = ContactKind> {
    [(FirstFactor::EmailOtp, ContactKind::Email), (FirstFactor::SmsOtp, ContactKind::PhoneNumber)]
        .into_iter()
        .filter(|(factor, _)| pool.tier >= Tier::Essentials && pool.first_factors.contains(factor))
        .map(|(_, kind)| kind)
}

/// Where the invitation goes: to the phone number, unless something else was asked for (*Documented*), and then the
/// user must have it (*Documented*).
///
/// *Chosen*: by default it goes to the e-mail address if there is no number, as public reports have it of RESEND; the
/// documentation says "email or phone" of the operation and SMS of its member.
pub(super) fn invitation(
    media: Option<&BTreeSet<ContactKind>>,
    attributes: &Attributes,
) -> Result<Vec<Contact>, Refusal> {
    let Some(media) = media else {
        let phone = attributes.contact(ContactKind::PhoneNumber);
        return Ok(phone.or_else(|| attributes.contact(ContactKind::Email)).into_iter().collect());
    };
    let contact = |kind: &ContactKind| attributes.contact(*kind).ok_or(Refusal::NoContactToInvite(*kind));
    media.iter().map(contact).collect()
}

pub(super) fn invitations(
    user: &User,
    to: &[Contact],
    password: Option<&Secret>,
) -> impl Iterator<Item = Change> {
    let code = Code::fixed(password.and_then(Secret::expose_str).unwrap_or_default());
    to.iter().map(move |to| {
        Change::Send(Box::new(Message {
            reason: MessageReason::AdminCreateUser,
            of: user.sub.clone(),
            username: user.username.clone(),
            client: None,
            to: to.clone(),
            code: code.clone(),
        }))
    })
}

#[cfg(test)]
#[path = "admin_create_user_tests.rs"]
mod tests;
