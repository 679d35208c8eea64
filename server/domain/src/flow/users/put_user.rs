//! Brings a user into the state that a seed file describes, in one change: creates the user if there is none.
//!
//! The checks are those of the operations that would have to be called one after the other: AdminCreateUser,
//! AdminUpdateUserAttributes, AdminSetUserPassword, AdminSetUserMFAPreference, AdminAddUserToGroup. No message is sent and
//! no trigger is called. What the description leaves out stays as it is, so a user who is as described is not changed.
//!
//! Order: username form, schema, form of contacts, verified flags, password, factors ([`admit`]); then the uniqueness of
//! names and the limit of groups ([`put`]).

use std::collections::{BTreeMap, BTreeSet};

use super::admin_create_user::check_profile;
use crate::{
    Change, Refusal, Timestamp, Verdict,
    attribute::{AttributeInput, Attributes, contact::ContactKind},
    code::Purpose,
    flow::mfa::preference::{self, Preference},
    id::{GroupName, Sub, Username},
    pool::{
        Pool,
        alias::{self, NameKey},
        mfa::MfaFactor,
    },
    secret::{Sealed, Secret},
    user::{
        Status, User,
        attempt::AttemptKind,
        group::{Group, check_user_group_limit},
        names::is_taken,
        software_token::SoftwareToken,
    },
};

/// A status in a description, without the data that belongs to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DescribedStatus {
    /// UNCONFIRMED.
    Unconfirmed,
    /// CONFIRMED.
    Confirmed,
    /// EXTERNAL_PROVIDER.
    ExternalProvider,
    /// RESET_REQUIRED.
    ResetRequired,
    /// FORCE_CHANGE_PASSWORD: the password is a temporary one.
    ForceChangePassword,
}

impl DescribedStatus {
    fn is(self, status: &Status) -> bool {
        match (self, status) {
            (Self::ForceChangePassword, Status::ForceChangePassword { .. }) => true,
            (Self::ForceChangePassword, _) => false,
            (other, status) => other.without_expiry() == Some(status.clone()),
        }
    }

    /// Returns the status, or `None` if it has an expiry.
    fn without_expiry(self) -> Option<Status> {
        match self {
            Self::Unconfirmed => Some(Status::Unconfirmed),
            Self::Confirmed => Some(Status::Confirmed),
            Self::ExternalProvider => Some(Status::ExternalProvider),
            Self::ResetRequired => Some(Status::ResetRequired),
            Self::ForceChangePassword => None,
        }
    }
}

/// The described state of a user. `None` leaves what there is.
#[derive(Clone, Debug, Default)]
pub struct UserDescription<'a> {
    /// The username as an administrator types it: in a username-attribute pool the contact.
    pub username: &'a str,
    /// The attributes to set, each by itself; an empty value removes the attribute.
    pub attributes: &'a [AttributeInput],
    /// The status; a new user without one is CONFIRMED.
    pub status: Option<DescribedStatus>,
    /// Whether the user is enabled.
    pub enabled: Option<bool>,
    /// A password that the user does not have yet, in clear.
    pub new_password: Option<&'a Secret>,
    /// The sealed secret of an authenticator app, if it is another than the user's.
    pub new_token: Option<Sealed>,
    /// All factors that are enabled.
    pub factors: Option<&'a BTreeSet<MfaFactor>>,
    /// The preferred factor.
    pub preferred_factor: Option<MfaFactor>,
}

/// A described user who passed all checks except for the uniqueness of names.
#[derive(Clone, Debug)]
pub struct UserDraft {
    /// The user, without a new password.
    pub user: User,
    status: Option<DescribedStatus>,
    gained: Vec<NameKey>,
    lost: Vec<NameKey>,
}

/// How a user's memberships change.
#[derive(Clone, Debug, Default)]
pub struct MembershipChanges {
    /// The number of groups that the user is in.
    pub present: usize,
    /// The groups to join.
    pub joined: Vec<Group>,
    /// The groups to leave.
    pub left: Vec<GroupName>,
}

/// What [`put`] did with the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PutOutcome {
    /// The user was created.
    Created,
    /// The user was changed.
    Changed,
    /// The user was as described.
    Unchanged,
}

/// Checks the description, except for the uniqueness of names. `new_sub` is the sub of a new user.
///
/// # Errors
///
/// Refuses with the first check that fails, in the order given in the module's documentation.
pub fn admit(
    pool: &Pool,
    existing: Option<&User>,
    described: &UserDescription<'_>,
    new_sub: Sub,
    now: Timestamp,
) -> Result<UserDraft, Refusal> {
    let mut user = match existing {
        Some(user) => User {
            attributes: change_attributes(pool, user, described.username, described.attributes)?,
            ..user.clone()
        },
        None => {
            let (contact, attributes) = check_profile(pool, described.username, described.attributes)?;
            let username = contact.map_or(described.username, |_| new_sub.as_str());
            User::new(new_sub.clone(), Username::new(username), Status::Confirmed, attributes, now)
        }
    };
    if let Some(password) = described.new_password {
        pool.password_policy.check(password)?;
    }
    if let Some(status) = described.status.and_then(DescribedStatus::without_expiry) {
        user.status = status;
    }
    user.enabled = described.enabled.unwrap_or(user.enabled);
    if let Some(secret) = &described.new_token {
        user.mfa.token = Some(SoftwareToken::new(secret.clone(), 0, None));
        user.mfa.pending_token = None;
    }
    prefer_factors(pool, &mut user, described)?;
    let names_of = |user: &User| alias::held_names(pool, &user.username, &user.attributes);
    let (before, after) = (existing.map(names_of).unwrap_or_default(), names_of(&user));
    Ok(UserDraft {
        lost: before.iter().filter(|name| !after.contains(name)).cloned().collect(),
        gained: after.into_iter().filter(|name| !before.contains(name)).collect(),
        status: described.status,
        user,
    })
}

/// Returns the attributes of an existing user with those of the description that differ.
///
/// *Chosen*: a contact is set at once, also in a pool that verifies it before an update; it is unverified unless the
/// description says otherwise.
fn change_attributes(
    pool: &Pool,
    user: &User,
    typed: &str,
    described: &[AttributeInput],
) -> Result<Attributes, Refusal> {
    let mut given = described.to_vec();
    // A user can be described by the sub too, which is not a contact.
    let is_id = typed == user.sub.as_str() || typed == user.username.as_str();
    if let Some(kind) = if is_id { None } else { alias::check_username_form(pool, typed)? } {
        given.retain(|one| one.name != kind.attribute());
        given.push(AttributeInput { name: kind.attribute().into(), value: Some(typed.to_owned()) });
    }
    given.retain(|one| {
        one.value.as_deref().unwrap_or_default() != user.attributes.get(&one.name).unwrap_or("")
    });
    let values = pool.schema.check_update(&given)?;
    if let Some(kind) = ContactKind::BOTH
        .into_iter()
        .find(|kind| values.contact(*kind).is_some_and(|contact| !kind.is_well_formed(&contact.value)))
    {
        return Err(Refusal::ContactMalformed(kind));
    }
    alias::check_preferred_form(pool, Some(&user.attributes), &values)?;
    let mut attributes = user.attributes.clone();
    for (name, value) in values.iter() {
        if value.is_empty() { attributes.remove(name) } else { attributes.set(name, value) }
    }
    for kind in ContactKind::BOTH {
        let says_verified = described.iter().any(|one| one.name == kind.verified_attribute());
        if values.get(kind.attribute()).is_some() && !says_verified {
            attributes.remove(kind.verified_attribute());
        }
        if attributes.is_verified(kind) && attributes.contact(kind).is_none() {
            return Err(Refusal::VerifiedWithoutContact(kind));
        }
    }
    Ok(attributes)
}

/// Sets the factors and the preferred one, where they differ.
fn prefer_factors(pool: &Pool, user: &mut User, described: &UserDescription<'_>) -> Result<(), Refusal> {
    let factors = described.factors.unwrap_or(&user.mfa.active).clone();
    let preferred = match described.factors {
        Some(_) => described.preferred_factor,
        None => described.preferred_factor.or(user.mfa.preferred),
    };
    if factors == user.mfa.active && preferred == user.mfa.preferred {
        return Ok(());
    }
    let preferences = MfaFactor::ALL.map(|factor| Preference {
        factor,
        enabled: factors.contains(&factor),
        preferred: preferred == Some(factor),
    });
    preference::apply(&pool.mfa, user, &preferences)
}

impl UserDraft {
    /// Returns the names that the user would gain, and their namesakes. The server loads the current holder of each name,
    /// and commits only if none of them has changed.
    pub fn names_to_reserve(&self, pool: &Pool) -> Vec<NameKey> {
        alias::with_namesakes(pool, self.gained.clone())
    }
}

/// Makes the change. `holders` are the users who hold any of [`UserDraft::names_to_reserve`], `credential` is the sealed
/// verifier of a password that the user does not have yet.
pub fn put(
    pool: &Pool,
    existing: Option<&User>,
    draft: &UserDraft,
    holders: &BTreeMap<NameKey, User>,
    credential: Option<Sealed>,
    memberships: &MembershipChanges,
    now: Timestamp,
) -> Verdict<PutOutcome> {
    let own = alias::initial_names(pool, &draft.user.username, &draft.user.attributes);
    if let Some(taken) = draft.gained.iter().find(|name| is_taken(pool, name, holders, &draft.user.sub)) {
        let refusal =
            if existing.is_none() && own.contains(taken) { Refusal::NameTaken } else { Refusal::AliasTaken };
        return Verdict::refuse(refusal(taken.kind));
    }
    let joined = memberships.joined.len();
    let present = memberships.present.saturating_sub(memberships.left.len());
    if joined > 0
        && let Err(refusal) = check_user_group_limit(present + joined - 1)
    {
        return Verdict::refuse(refusal);
    }
    let has_new_password = credential.is_some();
    let user = with_status(pool, draft, credential, now);
    let outcome = match existing {
        None => PutOutcome::Created,
        Some(former) if *former == user && joined == 0 && memberships.left.is_empty() => {
            return Verdict::accept(PutOutcome::Unchanged);
        }
        Some(_) => PutOutcome::Changed,
    };
    let of = || user.sub.clone();
    let mut remember = vec![Change::PutUser(Box::new(User { modified_at: now, ..user.clone() }))];
    remember.extend(draft.lost.iter().cloned().map(Change::RemoveName));
    remember.extend(draft.gained.iter().map(|name| Change::PutName { name: name.clone(), owner: of() }));
    if has_new_password {
        remember.push(Change::RemoveCode { of: of(), purpose: Purpose::ForgotPassword });
    }
    if existing.is_some_and(|former| former.status == Status::Unconfirmed)
        && user.status != Status::Unconfirmed
    {
        remember.push(Change::RemoveCode { of: of(), purpose: Purpose::SignUp });
        remember.push(Change::RemoveAttempts { of: of(), act: AttemptKind::ConfirmSignUp });
    }
    remember.extend(
        memberships.left.iter().map(|group| Change::RemoveMembership { of: of(), group: group.clone() }),
    );
    remember.extend(memberships.joined.iter().map(|group| Change::PutMembership {
        of: of(),
        group: group.name.clone(),
        id: group.id.clone(),
    }));
    Verdict { remember, answer: Ok(outcome) }
}

/// Returns the user with the new password, if there is one, and with the described status.
fn with_status(pool: &Pool, draft: &UserDraft, credential: Option<Sealed>, now: Timestamp) -> User {
    let (user, policy) = (&draft.user, &pool.password_policy);
    let is_temporary = match draft.status {
        Some(described) => described == DescribedStatus::ForceChangePassword,
        None => matches!(user.status, Status::ForceChangePassword { .. }),
    };
    match credential {
        Some(credential) if is_temporary => user.with_temporary_password(credential, policy, now),
        Some(credential) => {
            User { status: user.status.clone(), ..user.with_password(credential, policy, now) }
        }
        None if is_temporary && !DescribedStatus::ForceChangePassword.is(&user.status) => User {
            status: Status::ForceChangePassword { expires_at: now.after(policy.temporary_ttl()) },
            ..user.clone()
        },
        None => user.clone(),
    }
}

#[cfg(test)]
#[path = "put_user_tests.rs"]
mod tests;
