//! AdminCreateUser, in two parts with the PreSignUp trigger between them, and its RESEND.
//!
//! Order: username form, schema, form of contacts, verified flags, password, contact for the invitation, then
//! PreSignUp, then uniqueness, aliases, creation, message. This is the order of [`crate::flow::sign_up`]. Unlike there,
//! the administrator sets the verified flags, may leave out required attributes (the user adds them at the first
//! sign-in), and may let Lido generate the password.
//!
//! [`admit`] is the first part and [`create`] the second. RESEND is [`admit_resend`] and [`resend`]; its order is user,
//! enabled, status, password, contact (*Chosen*). The reply of PreSignUp is ignored (*Documented*, cog-0285).

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    Change, Refusal, Timestamp, Verdict,
    attribute::{
        AttributeInput, Attributes,
        contact::{Contact, ContactKind},
    },
    code::{
        Code,
        message::{Message, MessageReason},
    },
    flow::sign_up::{assign_aliases, find_taken_name},
    id::{Sub, Username},
    pool::{
        FirstFactor, Pool, Tier,
        alias::{self, NameKey, NameKind},
    },
    secret::{Sealed, Secret},
    user::{Status, User},
};

/// The kinds of contacts in the order in which they are checked; *Chosen*: as at sign-up.
const KINDS: [ContactKind; 2] = [ContactKind::Email, ContactKind::PhoneNumber];

/// The input of AdminCreateUser that the decision depends on.
#[derive(Clone, Debug)]
pub struct AdminCreateUserRequest<'a> {
    /// The username as typed.
    pub username: &'a str,
    /// The attributes in the order in which they were sent.
    pub attributes: &'a [AttributeInput],
    /// TemporaryPassword; an empty one counts as none (*Documented*).
    pub temporary_password: Option<&'a Secret>,
    /// ForceAliasCreation.
    pub force_alias: bool,
    /// Whether MessageAction is SUPPRESS.
    pub suppress: bool,
    /// DesiredDeliveryMediums, if it was sent.
    pub media: Option<&'a BTreeSet<ContactKind>>,
}

/// A new user that passed all checks except for the uniqueness of names.
#[derive(Clone, Debug)]
pub struct AdminCreateUserDraft {
    /// The sub that the user will have.
    pub sub: Sub,
    /// The username that the user will have; the sub in a pool with username attributes.
    pub username: Username,
    /// The attributes that the user will have.
    pub attributes: Attributes,
    /// The temporary password to seal; `None` for a user who signs in without one.
    pub password: Option<Secret>,
    /// The contacts that the invitation is sent to.
    to: Vec<Contact>,
}

/// A user who passed the checks of RESEND and will be sent another temporary password.
#[derive(Clone, Debug)]
pub struct InvitationDraft {
    /// The user, unchanged.
    pub user: User,
    /// The temporary password to seal.
    pub password: Secret,
    /// The contacts that the invitation is sent to.
    to: Vec<Contact>,
}

/// Makes all checks except for the uniqueness of names: the first part. `generated` is the temporary password to use if
/// one is needed and the request has none.
///
/// # Errors
///
/// Refuses with the first check that fails, in the order given in the module's documentation.
pub fn admit(
    pool: &Pool,
    request: &AdminCreateUserRequest<'_>,
    generated: &Secret,
    new_sub: Sub,
) -> Result<AdminCreateUserDraft, Refusal> {
    let (contact_typed, attributes) = check_profile(pool, request.username, request.attributes)?;
    let password = match request.temporary_password.filter(|password| !password.expose().is_empty()) {
        Some(password) => {
            pool.password_policy.check(password)?;
            Some(password.clone())
        }
        None if one_time_code_contacts(pool).next().is_none() => Some(generated.clone()),
        // *Documented*: if one-time codes can sign in, no password is generated, but a contact for the codes is
        // required.
        None if one_time_code_contacts(pool).any(|kind| attributes.contact(kind).is_some()) => None,
        None => return Err(Refusal::PasswordlessWithoutContact),
    };
    let to = if request.suppress { Vec::new() } else { invitation_contacts(request.media, &attributes)? };
    let username = match contact_typed {
        Some(_) => Username::new(new_sub.as_str()),
        None => Username::new(request.username),
    };
    Ok(AdminCreateUserDraft { sub: new_sub, username, attributes, password, to })
}

/// Checks the attributes of a user that an administrator or a migration creates. Returns them, and the kind of contact
/// that the typed username is, if it is one.
pub(super) fn check_profile(
    pool: &Pool,
    typed: &str,
    given: &[AttributeInput],
) -> Result<(Option<ContactKind>, Attributes), Refusal> {
    let contact_typed = alias::check_username_form(pool, typed)?;
    let mut given = given.to_vec();
    if let Some(kind) = contact_typed {
        // *Chosen*, as at sign-up: the address typed as username takes precedence.
        given.retain(|one| one.name != kind.attribute());
        given.push(AttributeInput { name: kind.attribute().into(), value: Some(typed.to_owned()) });
    }
    let mut attributes = pool.schema.check_admin_created_user(&given)?;
    alias::check_preferred_form(pool, None, &attributes)?;
    for kind in KINDS {
        if attributes.contact(kind).is_some_and(|contact| !kind.is_well_formed(&contact.value)) {
            return Err(Refusal::ContactMalformed(kind));
        }
    }
    for kind in KINDS {
        // *Observed* (in transcripts of the AWS CLI): a contact without a verified flag in the request gets none.
        if let Some(verified) = attributes.verified_flag(kind) {
            // *Chosen*: the value is stored as sent, like that of any attribute; an empty one is stored as `false`.
            if attributes.get(kind.verified_attribute()) == Some("") {
                attributes.set_verified(kind, false);
            }
            if verified && attributes.contact(kind).is_none() {
                return Err(Refusal::VerifiedWithoutContact(kind));
            }
        }
    }
    Ok((contact_typed, attributes))
}

/// Returns the names that the new user would hold. The server loads the current holder of each name, and commits only
/// if none of them has changed.
pub fn names_to_reserve(pool: &Pool, draft: &AdminCreateUserDraft) -> Vec<NameKey> {
    alias::with_namesakes(pool, alias::held_names(pool, &draft.username, &draft.attributes))
}

/// Creates the user: the second part.
///
/// `holders` are the users who hold any of [`names_to_reserve`]. A user whose sub equals the typed username is in it
/// too, under the key of the username. `credential` is the sealed verifier of [`AdminCreateUserDraft::password`].
pub fn create(
    pool: &Pool,
    request: &AdminCreateUserRequest<'_>,
    draft: &AdminCreateUserDraft,
    holders: &BTreeMap<NameKey, User>,
    credential: Option<Sealed>,
    now: Timestamp,
) -> Verdict<User> {
    let own = alias::initial_names(pool, &draft.username, &draft.attributes);
    if let Some(taken) = find_taken_name(pool, &own, &draft.sub, holders) {
        return Verdict::refuse(Refusal::NameTaken(taken));
    }
    let mut aliases = alias::held_names(pool, &draft.username, &draft.attributes);
    aliases.retain(|name| !own.contains(name));
    // ForceAliasCreation moves aliases of verified contacts (*Documented*, cog-0286), and no preferred username.
    let may_move = |name: &NameKey| request.force_alias && name.kind != NameKind::PreferredUsername;
    if let Some(taken) = aliases
        .iter()
        .find(|name| crate::user::names::is_taken(pool, name, holders, &draft.sub) && !may_move(name))
    {
        return Verdict::refuse(Refusal::AliasTaken(taken.kind));
    }
    // A user with a password must change it at the first sign-in (*Documented*); one without is confirmed (*Observed*,
    // cog-0283).
    let status = match &credential {
        Some(_) => {
            Status::ForceChangePassword { expires_at: now.after(pool.password_policy.temporary_ttl()) }
        }
        None => Status::Confirmed,
    };
    let (sub, attributes) = (draft.sub.clone(), draft.attributes.clone());
    let user = User { credential, ..User::new(sub, draft.username.clone(), status, attributes, now) };
    let mut remember = vec![Change::PutUser(Box::new(user.clone()))];
    remember.extend(own.into_iter().map(|name| Change::PutName { name, owner: user.sub.clone() }));
    remember.extend(assign_aliases(aliases, holders, &user.sub, now));
    remember.extend(invitation_messages(&user, &draft.to, draft.password.as_ref()));
    Verdict { remember, answer: Ok(user) }
}

/// Makes the checks of RESEND: its first part.
///
/// # Errors
///
/// Refuses a user who does not exist, is disabled or was not invited, a password that breaks the policy, and an
/// invitation to a contact that the user does not have.
pub fn admit_resend(
    pool: &Pool,
    request: &AdminCreateUserRequest<'_>,
    user: Option<&User>,
    generated: &Secret,
) -> Result<InvitationDraft, Refusal> {
    let user = user.ok_or(Refusal::UserNotFound)?; // cog-0387
    user.check_invited()?;
    let password = match request.temporary_password.filter(|password| !password.expose().is_empty()) {
        Some(password) => {
            pool.password_policy.check(password)?;
            password
        }
        None => generated,
    };
    let to = invitation_contacts(request.media, &user.attributes)?;
    Ok(InvitationDraft { user: user.clone(), password: password.clone(), to })
}

/// Replaces the temporary password: the second part of RESEND. Its validity starts again (*Documented*, cog-0403).
/// `credential` is the sealed verifier of the new password.
pub fn resend(pool: &Pool, invited: &InvitationDraft, credential: Sealed, now: Timestamp) -> Verdict<User> {
    let user = invited.user.with_temporary_password(credential, &pool.password_policy, now);
    let mut remember = vec![Change::PutUser(Box::new(user.clone()))];
    remember.extend(invitation_messages(&user, &invited.to, Some(&invited.password)));
    Verdict { remember, answer: Ok(user) }
}

/// Returns the kinds of contacts that the pool accepts for signing in by one-time code.
fn one_time_code_contacts(pool: &Pool) -> impl Iterator<Item = ContactKind> {
    [(FirstFactor::EmailOtp, ContactKind::Email), (FirstFactor::SmsOtp, ContactKind::PhoneNumber)]
        .into_iter()
        .filter(|(factor, _)| pool.tier >= Tier::Essentials && pool.first_factors.contains(factor))
        .map(|(_, kind)| kind)
}

/// Returns the contacts that the invitation is sent to: by default the phone number, otherwise those of `media`, which
/// the user must have (*Documented*).
///
/// *Chosen*: without a phone number the default is the e-mail address, as public reports describe it for RESEND. The
/// documentation says "email or phone" about the operation, and SMS about DesiredDeliveryMediums.
pub(super) fn invitation_contacts(
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

pub(super) fn invitation_messages(
    user: &User,
    to: &[Contact],
    password: Option<&Secret>,
) -> impl Iterator<Item = Change> {
    let code = Code::from_text(password.and_then(Secret::expose_str).unwrap_or_default());
    to.iter().map(move |to| {
        Change::Send(Box::new(Message {
            reason: MessageReason::AdminCreateUser,
            of: user.sub.clone(),
            username: user.username.clone(),
            client: None,
            to: to.clone(),
            code: code.clone(),
            is_hidden: false,
            // The flag is what the administrator says: the invitation is the first message.
            is_verified: false,
        }))
    })
}

#[cfg(test)]
#[path = "admin_create_user_tests.rs"]
mod tests;
