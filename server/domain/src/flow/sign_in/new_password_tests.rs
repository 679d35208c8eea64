//! Tests of NEW_PASSWORD_REQUIRED.

use std::collections::BTreeSet;

use super::*;
use crate::{
    Timestamp,
    attribute::{
        contact::ContactKind,
        schema::{AttributeSpec, Schema},
    },
    flow::sign_in::setup::{SignInSetup, signed_in},
    pool::{SignInNames, password::PasswordRule},
    sign_in::{
        challenge::{ChallengeName, PendingChallenge},
        session::Stage,
    },
};

/// The time at which ann's temporary password expires.
const UNTIL: Timestamp = Timestamp::from_millis(i64::MAX);

/// Returns a setup where ann has a temporary password, and the pool requires these attributes.
fn setup(required: &[&str]) -> SignInSetup {
    let mut setup = SignInSetup::new();
    setup.user.status = Status::ForceChangePassword { expires_at: UNTIL };
    let spec = |name: &str| AttributeSpec {
        required: true,
        ..Schema::default().get(name).expect("a standard attribute").clone()
    };
    let specs = required.iter().map(|name| ((*name).to_owned(), spec(name))).collect();
    setup.pool.schema = Schema::default().extended(specs).expect("a valid schema");
    setup.present(Stage::SigningIn(PendingChallenge::NewPassword(UNTIL)));
    setup
}

fn answer(setup: &SignInSetup, parameters: &[(&str, &str)]) -> Result<User, Refusal> {
    let parameters = parameters.iter().copied().collect();
    let answer = read(&parameters)?;
    match next_action(&setup.step("ann"), &answer, UNTIL)? {
        NextAction::DerivePassword(new) => Ok(new.user),
        other => panic!("{other:?}"),
    }
}

const PASSWORD: (&str, &str) = ("NEW_PASSWORD", "Passw0rd!");

#[test]
fn challenge_lists_readable_and_missing_attributes() {
    let mut setup = setup(&["email", "name", "address"]);
    setup.user.attributes.set("custom:size", "42");
    let prompt = challenge(&setup.step("ann"), &setup.user);
    assert_eq!(prompt.name(), ChallengeName::NewPasswordRequired);
    let ChallengePrompt::NewPassword { username, attributes, required } = prompt else {
        panic!("another challenge")
    };
    assert_eq!(
        (username.as_str(), required.as_slice()),
        ("ann", ["address".to_owned(), "name".to_owned()].as_slice())
    );
    let names: Vec<_> = attributes.iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["custom:size", "email", "email_verified"], "the app client may read these");
}

/// cog-0239, cog-0394, pub-0020, pub-0021.
#[test]
fn answer_with_invalid_password_or_attributes_is_refused() {
    use Refusal::{
        AttributeAlreadyProvided, AttributeNotWritable, AttributeReserved, AttributesMissing,
        ContactMalformed, ParameterMissing, PasswordPolicy,
    };
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    type Case<'a> = (&'a [&'a str], &'a [(&'a str, &'a str)], Option<Refusal>);
    let cases: [Case<'_>; 11] = [
        (&[], &[PASSWORD], None),
        (&[], &[], Some(ParameterMissing("NEW_PASSWORD"))),
        (&[], &[("NEW_PASSWORD", "short")], Some(PasswordPolicy(PasswordRule::Length))),
        (&["preferred_username"], &[PASSWORD], Some(AttributesMissing(names(&["preferred_username"])))),
        (&["name", "address"], &[PASSWORD], Some(AttributesMissing(names(&["address", "name"])))),
        (&["name"], &[PASSWORD, ("userAttributes.name", "Ann")], None),
        (
            &["email"],
            &[PASSWORD, ("userAttributes.email", "b@c.d")],
            Some(AttributeAlreadyProvided("email".into())),
        ),
        (&[], &[PASSWORD, ("userAttributes.email", "b@c.d")], None),
        (&[], &[PASSWORD, ("userAttributes.sub", "x")], Some(AttributeNotWritable)),
        (
            &[],
            &[PASSWORD, ("userAttributes.email_verified", "true")],
            Some(AttributeReserved("email_verified".into())),
        ),
        (
            &[],
            &[PASSWORD, ("userAttributes.phone_number", "555")],
            Some(ContactMalformed(ContactKind::PhoneNumber)),
        ),
    ];
    for (required, parameters, refused) in cases {
        assert_eq!(answer(&setup(required), parameters).err(), refused, "{parameters:?}");
    }
}

#[test]
fn answer_after_another_password_was_set_is_refused() {
    let mut setup = setup(&[]);
    let of_status = |setup: &mut SignInSetup, status| {
        setup.user.status = status;
        answer(setup, &[PASSWORD]).err()
    };
    assert_eq!(of_status(&mut setup, Status::Confirmed), Some(Refusal::SessionInvalid));
    let another = Status::ForceChangePassword { expires_at: Timestamp::from_millis(i64::MAX - 1) };
    assert_eq!(of_status(&mut setup, another), Some(Refusal::SessionInvalid));
    assert_eq!(of_status(&mut setup, Status::ForceChangePassword { expires_at: UNTIL }), None);
    setup.now = UNTIL;
    assert_eq!(answer(&setup, &[PASSWORD]).err(), Some(Refusal::TemporaryPasswordExpired));
}

#[test]
fn immutable_attribute_can_be_added_but_not_changed() {
    let mut setup = setup(&[]);
    let fixed = AttributeSpec {
        mutable: false,
        ..Schema::default().get("nickname").expect("a standard attribute").clone()
    };
    setup.pool.schema = Schema::default().extended(vec![("nickname".into(), fixed)]).expect("a valid schema");
    let named = [PASSWORD, ("userAttributes.nickname", "Nan")];
    assert!(answer(&setup, &named).is_ok());
    setup.user.attributes.set("nickname", "Ann");
    let fault = SchemaFault { attribute: "nickname".into(), kind: SchemaFaultKind::Immutable };
    assert_eq!(answer(&setup, &named).err(), Some(Refusal::Schema(vec![fault])));
}

#[test]
fn new_contact_is_not_verified() {
    let mut setup = setup(&[]);
    setup.user.attributes.set_verified(ContactKind::Email, true);
    let user = answer(&setup, &[PASSWORD, ("userAttributes.email", "b@c.d")]).expect("accepted");
    assert!(!user.attributes.is_verified(ContactKind::Email));
    let user = answer(&setup, &[PASSWORD]).expect("accepted");
    assert!(user.attributes.is_verified(ContactKind::Email));
}

/// cog-0237, cog-0392.
#[test]
fn new_password_confirms_and_signs_in() {
    let setup = setup(&["name"]);
    let parameters = [PASSWORD, ("userAttributes.name", "Ann")].into_iter().collect();
    let read = read(&parameters).expect("valid parameters");
    let step = setup.step("ann");
    let Ok(NextAction::DerivePassword(new)) = next_action(&step, &read, UNTIL) else {
        panic!("not accepted")
    };
    assert_eq!(new.password.expose(), b"Passw0rd!");
    let verdict = decide(&step, &new, Sealed::from_text("new"), &NameHolders::new());
    let [Change::PutSession { session, .. }, Change::PutUser(user), Change::PutGrant(_)] =
        verdict.remember.as_slice()
    else {
        panic!("{:?}", verdict.remember)
    };
    assert_eq!((&session.stage, &user.status), (&Stage::Used, &Status::Confirmed));
    assert_eq!((user.credential.as_ref(), user.modified_at), (Some(&Sealed::from_text("new")), setup.now));
    assert_eq!(signed_in(verdict).user.attributes.get("name"), Some("Ann"));
}

#[test]
fn new_attribute_that_is_a_taken_name_is_refused() {
    let mut setup = setup(&[]);
    setup.pool.names =
        SignInNames::Attributes(BTreeSet::from([ContactKind::Email, ContactKind::PhoneNumber]));
    let parameters = [PASSWORD, ("userAttributes.phone_number", "+15550100")].into_iter().collect();
    let read = read(&parameters).expect("valid parameters");
    let step = setup.step("ann");
    let Ok(NextAction::DerivePassword(new)) = next_action(&step, &read, UNTIL) else {
        panic!("not accepted")
    };
    let gained = names_gained(&setup.pool, &setup.user, &new.user.attributes);
    let [name] = gained.as_slice() else { panic!("{gained:?}") };
    assert_eq!(name.kind, NameKind::PhoneNumber);
    let decide = |holders: &NameHolders| decide(&step, &new, Sealed::from_text("new"), holders);
    let takes = |change: &Change| matches!(change, Change::PutName { name: taken, .. } if taken == name);
    assert!(decide(&NameHolders::new()).remember.iter().any(takes));
    let taken = decide(&NameHolders::from([(name.clone(), crate::fixture::user("bob"))]));
    assert_eq!(
        (taken.remember.len(), taken.answer.err()),
        (0, Some(Refusal::AliasTaken(NameKind::PhoneNumber)))
    );
}

#[test]
fn changed_attribute_releases_the_old_name() {
    let mut setup = setup(&[]);
    setup.pool.names = SignInNames::Attributes(BTreeSet::from([ContactKind::Email]));
    let parameters = [PASSWORD, ("userAttributes.email", "new@example.com")].into_iter().collect();
    let read = read(&parameters).expect("valid parameters");
    let step = setup.step("ann");
    let Ok(NextAction::DerivePassword(new)) = next_action(&step, &read, UNTIL) else {
        panic!("not accepted")
    };
    let verdict = decide(&step, &new, Sealed::from_text("new"), &NameHolders::new());
    let names = |user: &User| alias::held_names(&setup.pool, &user.username, &user.attributes);
    let lost: Vec<_> = verdict
        .remember
        .iter()
        .filter_map(|change| match change {
            Change::RemoveName(name) => Some(name.clone()),
            _ => None,
        })
        .collect();
    assert!(!lost.is_empty() && lost.iter().all(|name| names(&setup.user).contains(name)));
    assert!(lost.iter().all(|name| !names(&new.user).contains(name)));
}
