//! Every kind of sent code against every way to change its destination: a code is good for its destination only.
//!
//! The user changes through the flows that change users, and the code is entered through the flow that takes it.

use std::collections::BTreeSet;

use crate::{
    Change, Timestamp, Verdict,
    attribute::{
        Attributes,
        contact::{Contact, ContactKind},
    },
    code::{Code, PendingCode, Purpose},
    fixture,
    flow::{
        LoadedUser, NewCredential,
        account::{attribute_change, delete_user_attributes, verify_user_attribute},
        bearer::Bearer,
        recovery::confirm_forgot_password::{self, ConfirmForgotPasswordRequest},
        sign_in::{
            NameHolders, NextAction,
            respond_to_auth_challenge::{self, ChallengeAnswer},
            setup::SignInSetup,
        },
        sign_up::{
            self,
            confirm_sign_up::{self, ConfirmSignUpRequest, SessionLookup},
        },
    },
    pool::{
        alias::{NameKey, NameKind},
        mfa::{MfaFactor, MfaMode},
    },
    secret::{Sealed, Secret},
    sign_in::{
        challenge::{PendingChallenge, SentCode},
        session::{SessionHandle, Stage},
    },
    user::{Status, User},
};

const NOW: Timestamp = Timestamp::from_millis(1_795_246_200_000);
const CODE: &str = "123456";

/// The kinds of codes, by the operation that takes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SentCodeKind {
    ConfirmSignUp,
    ConfirmForgotPassword,
    VerifyUserAttribute,
    /// EMAIL_OTP or SMS_OTP.
    FirstFactor,
    /// EMAIL_OTP or SMS_MFA.
    SecondFactor,
    /// EMAIL_OTP during MFA_SETUP.
    MfaSetup,
}

const KINDS: [SentCodeKind; 6] = [
    SentCodeKind::ConfirmSignUp,
    SentCodeKind::ConfirmForgotPassword,
    SentCodeKind::VerifyUserAttribute,
    SentCodeKind::FirstFactor,
    SentCodeKind::SecondFactor,
    SentCodeKind::MfaSetup,
];

/// The ways in which the destination of a code changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DestinationChange {
    Nothing,
    /// Another attribute of the user.
    OtherAttribute,
    /// UpdateUserAttributes, or AdminUpdateUserAttributes without the flag.
    Update,
    /// AdminUpdateUserAttributes with the flag.
    UpdateAsVerified,
    /// VerifyUserAttribute of another value.
    Verification,
    /// DeleteUserAttributes, AdminDeleteUserAttributes.
    Deletion,
    /// AdminUpdateUserAttributes that sets the flag to `false`.
    Unverification,
    /// ConfirmSignUp with ForceAliasCreation, or PreSignUp, of another user.
    TakenAlias,
    /// Another value, and then the former one again, verified.
    ThereAndBack,
}

const CHANGES: [DestinationChange; 9] = [
    DestinationChange::Nothing,
    DestinationChange::OtherAttribute,
    DestinationChange::Update,
    DestinationChange::UpdateAsVerified,
    DestinationChange::Verification,
    DestinationChange::Deletion,
    DestinationChange::Unverification,
    DestinationChange::TakenAlias,
    DestinationChange::ThereAndBack,
];

/// Returns whether the code is still good.
fn is_good_after(kind: SentCodeKind, change: DestinationChange) -> bool {
    match change {
        DestinationChange::Nothing | DestinationChange::OtherAttribute => true,
        // With the address a user who sets one up has a second factor already.
        DestinationChange::ThereAndBack => kind != SentCodeKind::MfaSetup,
        DestinationChange::Update | DestinationChange::UpdateAsVerified | DestinationChange::Verification => {
            false
        }
        // A user who sets a contact up has none before.
        DestinationChange::Deletion => kind == SentCodeKind::MfaSetup,
        // Other codes prove the address, verified or not.
        DestinationChange::Unverification | DestinationChange::TakenAlias => {
            kind != SentCodeKind::ConfirmForgotPassword
        }
    }
}

fn destination(medium: ContactKind) -> Contact {
    let value = match medium {
        ContactKind::Email => "ann@example.com",
        ContactKind::PhoneNumber => "+15550100",
    };
    Contact { kind: medium, value: value.to_owned() }
}

fn other_value(medium: ContactKind) -> &'static str {
    match medium {
        ContactKind::Email => "new@example.com",
        ContactKind::PhoneNumber => "+15550199",
    }
}

/// Returns the pool, the app client, and a user to whom a code of this kind can be sent.
fn setup(kind: SentCodeKind, medium: ContactKind) -> SignInSetup {
    let mut setup = SignInSetup::new();
    setup.pool = fixture::alias_pool();
    setup.now = NOW;
    setup.user.attributes = Attributes::default();
    if kind != SentCodeKind::MfaSetup {
        setup.user.attributes.set(medium.attribute(), destination(medium).value);
        setup.user.attributes.set_verified(medium, kind != SentCodeKind::ConfirmSignUp);
    }
    match kind {
        SentCodeKind::ConfirmSignUp => setup.user.status = Status::Unconfirmed,
        SentCodeKind::SecondFactor => {
            setup.pool.mfa.mode = MfaMode::On;
            setup.pool.mfa.factors = [MfaFactor::of_contact(medium)].into();
        }
        SentCodeKind::MfaSetup => {
            setup.pool.mfa.mode = MfaMode::On;
            setup.pool.mfa.factors = [MfaFactor::SoftwareToken, MfaFactor::Email].into();
        }
        SentCodeKind::ConfirmForgotPassword
        | SentCodeKind::VerifyUserAttribute
        | SentCodeKind::FirstFactor => {}
    }
    setup
}

/// Returns the user after a change through the flow that makes it.
fn changed(setup: &SignInSetup, medium: ContactKind, change: DestinationChange) -> User {
    let update = |user: &User, values: &[(&str, &str)]| {
        let values = Attributes::from_iter(values.iter().copied());
        attribute_change::change(&setup.pool, user, &values, NOW).expect("a valid change").user
    };
    let (name, flag, other) = (medium.attribute(), medium.verified_attribute(), other_value(medium));
    let user = &setup.user;
    match change {
        DestinationChange::Nothing => user.clone(),
        DestinationChange::OtherAttribute => update(user, &[("nickname", "annie")]),
        DestinationChange::Update => update(user, &[(name, other)]),
        DestinationChange::UpdateAsVerified => update(user, &[(name, other), (flag, "true")]),
        DestinationChange::Verification => {
            let to = Contact { kind: medium, value: other.to_owned() };
            attribute_change::verify_contact(&setup.pool, user, &to, NOW).user
        }
        DestinationChange::Deletion => {
            let verdict =
                delete_user_attributes::admin_delete(&setup.pool, Some(user), &[name.to_owned()], NOW);
            stored_user(&verdict.remember).expect("a changed user")
        }
        DestinationChange::Unverification => {
            // A flag without its contact is refused, and means nothing.
            if user.attributes.contact(medium).is_none() {
                user.clone()
            } else {
                update(user, &[(flag, "false")])
            }
        }
        DestinationChange::TakenAlias => {
            let alias = NameKey::new(&setup.pool, NameKind::from(medium), &destination(medium).value);
            let holders = NameHolders::from([(alias.clone(), user.clone())]);
            let bob = fixture::user("bob");
            let taken = sign_up::assign_aliases(vec![alias], &holders, &bob.sub, NOW);
            stored_user(&taken).unwrap_or_else(|| user.clone())
        }
        DestinationChange::ThereAndBack => {
            let there = update(user, &[(name, other), (flag, "true")]);
            update(&there, &[(name, &destination(medium).value), (flag, "true")])
        }
    }
}

fn stored_user(changes: &[Change]) -> Option<User> {
    changes.iter().find_map(|change| match change {
        Change::PutUser(user) => Some(user.as_ref().clone()),
        _ => None,
    })
}

/// Sends the code, changes the user, enters the code, and returns whether it was accepted.
fn is_accepted(
    kind: SentCodeKind,
    medium: ContactKind,
    change: DestinationChange,
    hides_users: bool,
) -> bool {
    let mut setup = setup(kind, medium);
    setup.client.hides_users = hides_users;
    let (pool, sub, to) = (setup.pool.id.clone(), setup.user.sub.clone(), destination(medium));
    let code = Code::from_text(CODE);
    let pending = |purpose| PendingCode::new(&setup.keys, &pool, &sub, purpose, &code, to.clone(), NOW);
    let sent = SentCode::new(&setup.keys, &pool, &sub, &code, to.clone());
    let purpose = match kind {
        SentCodeKind::ConfirmSignUp => Purpose::SignUp,
        SentCodeKind::ConfirmForgotPassword => Purpose::ForgotPassword,
        _ => Purpose::verifying(medium),
    };
    let pending = pending(purpose);
    let after = changed(&setup, medium, change);
    setup.user = after;
    match kind {
        SentCodeKind::ConfirmSignUp => confirm_sign_up(&setup, &pending),
        SentCodeKind::ConfirmForgotPassword => confirm_forgot_password(&setup, &pending),
        SentCodeKind::VerifyUserAttribute => verify_user_attribute(&setup, &pending),
        SentCodeKind::FirstFactor => respond(&mut setup, PendingChallenge::OneTimeCode(sent), medium),
        SentCodeKind::SecondFactor => respond(&mut setup, PendingChallenge::MfaCode(sent), medium),
        SentCodeKind::MfaSetup => respond(&mut setup, PendingChallenge::NewContactCode(sent), medium),
    }
}

fn confirm_sign_up(setup: &SignInSetup, pending: &PendingCode) -> bool {
    let found = LoadedUser { user: Some(&setup.user), code: Some(pending), attempts: None };
    let request = ConfirmSignUpRequest {
        username: "ann",
        code: CODE,
        force_alias: true,
        session: SessionLookup::NotSent,
        hides_status: false,
    };
    let handle = SessionHandle::generate(&[5; 64]);
    confirm_sign_up::confirm(&setup.caller(), &request, &found, None, &handle, NOW).answer.is_ok()
}

fn confirm_forgot_password(setup: &SignInSetup, pending: &PendingCode) -> bool {
    let (caller, password) = (setup.caller(), Secret::new("Passw0rd!"));
    let request = ConfirmForgotPasswordRequest { username: "ann", code: CODE, password: &password };
    let found = LoadedUser { user: Some(&setup.user), code: Some(pending), attempts: None };
    let owner = confirm_forgot_password::admit(&caller, &request, found.user).expect("admitted");
    let new = NewCredential { credential: Sealed::from_text("new"), is_former: false };
    confirm_forgot_password::confirm(&caller, &request, &found, &owner, new, NOW).answer.is_ok()
}

fn verify_user_attribute(setup: &SignInSetup, pending: &PendingCode) -> bool {
    let bearer =
        Bearer { pool: &setup.pool, client: &setup.client, user: &setup.user, digest_keys: &setup.keys };
    let found = LoadedUser { user: Some(&setup.user), code: Some(pending), attempts: None };
    let planned = verify_user_attribute::planned_change(&bearer, &found, NOW);
    let (kind, holders) = (pending.contact.kind, NameHolders::new());
    verify_user_attribute::verify(&bearer, kind, CODE, &found, planned.as_ref(), &holders, NOW).answer.is_ok()
}

/// Enters the code in a session that waits for it.
fn respond(setup: &mut SignInSetup, waiting: PendingChallenge, medium: ContactKind) -> bool {
    let is_sms_mfa = matches!(waiting, PendingChallenge::MfaCode(_)) && medium == ContactKind::PhoneNumber;
    setup.present(Stage::SigningIn(waiting));
    let answer =
        if is_sms_mfa { ChallengeAnswer::SmsMfa(CODE) } else { ChallengeAnswer::OneTimeCode(medium, CODE) };
    let next = respond_to_auth_challenge::next_action(&setup.step("ann"), &answer, None, &NameHolders::new());
    match next {
        Ok(NextAction::Decided(Verdict { answer, .. })) => answer.is_ok(),
        Ok(other) => panic!("{other:?}"),
        Err(_) => false,
    }
}

#[test]
fn sent_code_is_good_for_its_destination_only() {
    let media = |kind| match kind {
        // Only an e-mail address is set up during a sign-in.
        SentCodeKind::MfaSetup => BTreeSet::from([ContactKind::Email]),
        _ => ContactKind::BOTH.into(),
    };
    let mut wrong = Vec::new();
    for kind in KINDS {
        for medium in media(kind) {
            for change in CHANGES {
                for hides_users in [false, true] {
                    let accepted = is_accepted(kind, medium, change, hides_users);
                    if accepted != is_good_after(kind, change) {
                        wrong.push(format!("{kind:?} by {medium:?} after {change:?}: accepted {accepted}"));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
