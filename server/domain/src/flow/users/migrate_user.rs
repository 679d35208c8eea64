//! The migration of a user from another directory, at the first sign-in or when the password is forgotten.
//!
//! The UserMigration trigger describes the user. [`admit`] checks this description like the input of AdminCreateUser,
//! and [`create`] creates the user in one commit. Unlike there, the password is the one that the user typed, even if it
//! breaks the pool's policy (*Documented*), it is not sent to the user, and the user is confirmed or must set another.

use std::collections::{BTreeMap, BTreeSet};

use super::admin_create_user::{self, invitation_contacts, invitation_messages};
use crate::{
    Change, Refusal, Timestamp, Verdict,
    attribute::{
        AttributeInput, Attributes,
        contact::{Contact, ContactKind},
    },
    flow::sign_up::{assign_aliases, find_taken_name},
    id::{Sub, Username},
    pool::{
        Pool,
        alias::{self, NameKey, NameKind},
        mfa::MfaFactor,
    },
    secret::{Sealed, Secret},
    user::{Status, User},
};

/// The text in place of the password in the invitation. *Chosen*: the template has a placeholder for a password, but a
/// password that the user keeps is not written into a mail.
const MASKED_PASSWORD: &str = "********";

/// The reply of the UserMigration trigger: the description of a user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserMigrationReply {
    /// userAttributes; not empty.
    pub attributes: Vec<AttributeInput>,
    /// finalUserStatus, if the reply has it.
    pub status: Option<FinalStatus>,
    /// Whether messageAction is SUPPRESS.
    pub suppress: bool,
    /// desiredDeliveryMediums, if the reply has them.
    pub media: Option<BTreeSet<ContactKind>>,
    /// forceAliasCreation.
    pub force_alias: bool,
    /// enableSMSMFA.
    pub sms_mfa: bool,
}

/// A value of finalUserStatus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FinalStatus {
    /// CONFIRMED: the user keeps the password.
    Confirmed,
    /// RESET_REQUIRED: the user must set another password.
    ResetRequired,
}

/// A user to migrate who passed all checks except for the uniqueness of names.
#[derive(Clone, Debug)]
pub struct MigrateUserDraft {
    /// The sub that the user will have.
    pub sub: Sub,
    /// The username that the user will have; the sub in a pool with username attributes.
    pub username: Username,
    attributes: Attributes,
    to: Vec<Contact>,
}

/// Makes all checks except for the uniqueness of names: the first part. `typed` is the username as the user typed it.
///
/// # Errors
///
/// Refuses a username of the wrong form, invalid attributes, SMS as a second factor without a phone number, and an
/// invitation to a contact that the user does not have.
pub fn admit(
    pool: &Pool,
    typed: &str,
    reply: &UserMigrationReply,
    new_sub: Sub,
) -> Result<MigrateUserDraft, Refusal> {
    let (contact_typed, attributes) = admin_create_user::check_profile(pool, typed, &reply.attributes)?;
    // *Documented*: SMS as a second factor requires a phone number.
    if reply.sms_mfa && attributes.contact(ContactKind::PhoneNumber).is_none() {
        return Err(Refusal::NoContact);
    }
    let to = match reply.suppress {
        true => Vec::new(),
        false => invitation_contacts(reply.media.as_ref(), &attributes)?,
    };
    let username = match contact_typed {
        Some(_) => Username::new(new_sub.as_str()),
        None => Username::new(typed),
    };
    Ok(MigrateUserDraft { sub: new_sub, username, attributes, to })
}

/// Returns the names that the user would hold. The server loads the current holder of each name, and commits only if
/// none of them has changed.
pub fn names_to_reserve(pool: &Pool, draft: &MigrateUserDraft) -> Vec<NameKey> {
    alias::with_namesakes(pool, alias::held_names(pool, &draft.username, &draft.attributes))
}

/// Creates the user: the second part.
///
/// `credential` is the sealed verifier of the typed password. It is `None` if the password was forgotten; then the user
/// must set one (*Chosen*, if the reply has no finalUserStatus).
pub fn create(
    pool: &Pool,
    reply: &UserMigrationReply,
    draft: &MigrateUserDraft,
    holders: &BTreeMap<NameKey, User>,
    credential: Option<Sealed>,
    now: Timestamp,
) -> Verdict<()> {
    let own = alias::initial_names(pool, &draft.username, &draft.attributes);
    if let Some(taken) = find_taken_name(pool, &own, &draft.sub, holders) {
        return Verdict::refuse(Refusal::NameTaken(taken));
    }
    let mut aliases = alias::held_names(pool, &draft.username, &draft.attributes);
    aliases.retain(|name| !own.contains(name));
    // forceAliasCreation moves an e-mail address or phone number (*Documented*). Without it the user is not migrated.
    let may_move = |name: &NameKey| reply.force_alias && name.kind != NameKind::PreferredUsername;
    if let Some(taken) = aliases
        .iter()
        .find(|name| crate::user::names::is_taken(pool, name, holders, &draft.sub) && !may_move(name))
    {
        return Verdict::refuse(Refusal::AliasTaken(taken.kind));
    }
    let status = match (reply.status, &credential) {
        (Some(FinalStatus::Confirmed), _) | (None, Some(_)) => Status::Confirmed,
        (Some(FinalStatus::ResetRequired), _) | (None, None) => Status::ResetRequired,
    };
    let (sub, attributes) = (draft.sub.clone(), draft.attributes.clone());
    let mut user = User { credential, ..User::new(sub, draft.username.clone(), status, attributes, now) };
    if reply.sms_mfa {
        user.mfa.turn_on(MfaFactor::Sms);
    }
    let mut remember = vec![Change::PutUser(Box::new(user.clone()))];
    remember.extend(own.into_iter().map(|name| Change::PutName { name, owner: user.sub.clone() }));
    remember.extend(assign_aliases(aliases, holders, &user.sub, now));
    remember.extend(invitation_messages(&user, &draft.to, Some(&Secret::new(MASKED_PASSWORD))));
    Verdict { remember, answer: Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fixture, pool::SignInNames};

    const NOW: Timestamp = Timestamp::from_millis(1_000);

    fn reply(attributes: &[(&str, &str)]) -> UserMigrationReply {
        let given = |(name, value): &(&str, &str)| AttributeInput {
            name: (*name).into(),
            value: Some((*value).into()),
        };
        UserMigrationReply {
            attributes: attributes.iter().map(given).collect(),
            ..UserMigrationReply::default()
        }
    }

    fn made(verdict: &Verdict<()>) -> &User {
        match verdict.remember.as_slice() {
            [Change::PutUser(user), ..] => user,
            other => panic!("{other:?}"),
        }
    }

    fn sub() -> Sub {
        Sub::new("new-sub")
    }

    /// cog-0199.
    #[test]
    fn migrated_user_has_the_final_status_of_the_reply() {
        let pool = fixture::pool();
        let password = Some(Sealed::from_text("x"));
        let cases = [
            (None, &password, Status::Confirmed),
            (None, &None, Status::ResetRequired),
            (Some(FinalStatus::Confirmed), &password, Status::Confirmed),
            (Some(FinalStatus::Confirmed), &None, Status::Confirmed),
            (Some(FinalStatus::ResetRequired), &password, Status::ResetRequired),
        ];
        for (status, credential, expected) in cases {
            let reply = UserMigrationReply { status, ..reply(&[("email", "ann@example.com")]) };
            let draft = admit(&pool, "ann", &reply, sub()).expect("accepted");
            let verdict = create(&pool, &reply, &draft, &BTreeMap::new(), credential.clone(), NOW);
            let user = made(&verdict);
            assert_eq!((&user.status, &user.credential), (&expected, credential));
            assert_eq!((user.username.as_str(), &user.sub), ("ann", &sub()));
            assert!(verdict.answer.is_ok());
        }
    }

    #[test]
    fn migration_with_invalid_attributes_is_refused() {
        let pool = fixture::pool();
        for bad in
            [("email", "nonsense"), ("sub", "x"), ("custom:unknown", "x"), ("phone_number_verified", "true")]
        {
            assert!(admit(&pool, "ann", &reply(&[bad]), sub()).is_err(), "{bad:?}");
        }
        let email = Some(BTreeSet::from([ContactKind::Email]));
        let to_nowhere = UserMigrationReply { media: email, ..reply(&[("name", "Ann")]) };
        let refused = admit(&pool, "ann", &to_nowhere, sub()).err();
        assert_eq!(refused, Some(Refusal::NoContactToInvite(ContactKind::Email)));
        let quiet = UserMigrationReply { suppress: true, ..to_nowhere };
        assert!(admit(&pool, "ann", &quiet, sub()).is_ok());
    }

    #[test]
    fn migration_with_sms_mfa_but_no_phone_number_is_refused() {
        let pool = fixture::pool();
        let by_sms = |attributes: &[(&str, &str)]| UserMigrationReply {
            sms_mfa: true,
            suppress: true,
            ..reply(attributes)
        };
        let without = by_sms(&[("email", "ann@example.com")]);
        assert_eq!(admit(&pool, "ann", &without, sub()).err(), Some(Refusal::NoContact));
        for (reply, active) in [
            (by_sms(&[("phone_number", "+15555550100")]), vec![MfaFactor::Sms]),
            (reply(&[("phone_number", "+15555550100")]), vec![]),
        ] {
            let draft = admit(&pool, "ann", &reply, sub()).expect("accepted");
            let verdict = create(&pool, &reply, &draft, &BTreeMap::new(), None, NOW);
            assert_eq!(made(&verdict).mfa.active.iter().copied().collect::<Vec<_>>(), active);
        }
    }

    #[test]
    fn invitation_of_migrated_user_has_no_password() {
        let pool = fixture::pool();
        let media = Some(BTreeSet::from([ContactKind::Email]));
        let reply = UserMigrationReply { media, ..reply(&[("email", "ann@example.com")]) };
        let draft = admit(&pool, "ann", &reply, sub()).expect("accepted");
        let sealed = Some(Sealed::from_text("x"));
        let verdict = create(&pool, &reply, &draft, &BTreeMap::new(), sealed, NOW);
        let sent = verdict.remember.iter().find_map(|change| match change {
            Change::Send(message) => Some((message.to.value.as_str(), message.code.expose())),
            _ => None,
        });
        assert_eq!(sent, Some(("ann@example.com", MASKED_PASSWORD)));
    }

    #[test]
    fn migration_with_taken_alias_moves_it_only_if_forced() {
        let pool = fixture::alias_pool();
        let attributes = [("email", "ann@example.com"), ("email_verified", "true")];
        let holder = fixture::user("bob");
        for (force_alias, expected) in [(false, Err(Refusal::AliasTaken(NameKind::Email))), (true, Ok(()))] {
            let reply = UserMigrationReply { force_alias, suppress: true, ..reply(&attributes) };
            let draft = admit(&pool, "ann", &reply, sub()).expect("accepted");
            let wanted = names_to_reserve(&pool, &draft);
            let email = wanted.iter().find(|name| name.kind == NameKind::Email).expect("an alias");
            let holders = BTreeMap::from([(email.clone(), holder.clone())]);
            let verdict = create(&pool, &reply, &draft, &holders, None, NOW);
            assert_eq!(verdict.answer, expected);
        }
    }

    #[test]
    fn migration_by_username_attribute_keeps_the_address_as_typed() {
        let mut pool = fixture::pool();
        pool.names = SignInNames::Attributes(BTreeSet::from([ContactKind::Email]));
        let reply = reply(&[("email", "other@example.com"), ("email_verified", "true")]);
        let draft = admit(&pool, "ann@example.com", &reply, sub()).expect("accepted");
        let verdict = create(&pool, &reply, &draft, &BTreeMap::new(), None, NOW);
        let user = made(&verdict);
        assert_eq!(
            (user.username.as_str(), user.attributes.get("email")),
            ("new-sub", Some("ann@example.com"))
        );
        assert!(admit(&pool, "ann", &reply, sub()).is_err(), "the username is not an address");
    }
}
