use std::collections::BTreeSet;

use super::*;
use crate::{
    Timestamp,
    attribute::{
        contact::ContactKind,
        schema::{AttributeSpec, Schema},
    },
    flow::sign_in::fixture::{House, signed_in},
    pool::{SignInNames, password::PasswordRule},
    sign_in::{
        challenge::{Awaited, ChallengeName},
        session::Stage,
    },
};

/// When ann's temporary password expires.
const UNTIL: Timestamp = Timestamp::from_millis(i64::MAX);

/// A house where ann has a temporary password, and the pool requires these attributes.
fn house(required: &[&str]) -> House {
    let mut house = House::new();
    house.user.status = Status::ForceChangePassword { expires_at: UNTIL };
    let spec = |name: &str| AttributeSpec {
        required: true,
        ..Schema::default().get(name).expect("standard").clone()
    };
    let asked = required.iter().map(|name| ((*name).to_owned(), spec(name))).collect();
    house.pool.schema = Schema::default().extended(asked).expect("legal");
    house.present(Stage::SigningIn(Awaited::NewPassword(UNTIL)));
    house
}

fn answer(house: &House, parameters: &[(&str, &str)]) -> Result<User, Refusal> {
    let parameters = parameters.iter().copied().collect();
    let answer = read(&parameters)?;
    match next(&house.step("ann"), &answer, UNTIL)? {
        Next::Derive(new) => Ok(new.user),
        other => panic!("{other:?}"),
    }
}

const PASSWORD: (&str, &str) = ("NEW_PASSWORD", "Passw0rd!");

#[test]
fn the_challenge_shows_what_is_there_and_what_is_missing() {
    let mut house = house(&["email", "name", "address"]);
    house.user.attributes.set("custom:size", "42");
    let asked = asked(&house.step("ann"), &house.user);
    assert_eq!(asked.name(), ChallengeName::NewPasswordRequired);
    let Asked::NewPassword { username, attributes, required } = asked else { panic!("another challenge") };
    assert_eq!(
        (username.as_str(), required.as_slice()),
        ("ann", ["address".to_owned(), "name".to_owned()].as_slice())
    );
    let names: Vec<_> = attributes.iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["email", "email_verified"], "what the app client may read");
}

/// cog-0239, cog-0394.
#[test]
fn what_comes_with_a_new_password() {
    use Refusal::{
        AttributeAlreadyProvided, AttributeNotWritable, AttributesMissing, ContactForm, ParameterMissing,
        PasswordPolicy,
    };
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    type Case<'a> = (&'a [&'a str], &'a [(&'a str, &'a str)], Option<Refusal>);
    let cases: [Case<'_>; 10] = [
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
            &[PASSWORD, ("userAttributes.phone_number", "555")],
            Some(ContactForm(ContactKind::PhoneNumber)),
        ),
    ];
    for (required, parameters, refused) in cases {
        assert_eq!(answer(&house(required), parameters).err(), refused, "{parameters:?}");
    }
}

#[test]
fn only_the_temporary_password_that_was_shown_is_replaced() {
    let mut house = house(&[]);
    let of_status = |house: &mut House, status| {
        house.user.status = status;
        answer(house, &[PASSWORD]).err()
    };
    assert_eq!(of_status(&mut house, Status::Confirmed), Some(Refusal::SessionInvalid));
    let another = Status::ForceChangePassword { expires_at: Timestamp::from_millis(i64::MAX - 1) };
    assert_eq!(of_status(&mut house, another), Some(Refusal::SessionInvalid));
    assert_eq!(of_status(&mut house, Status::ForceChangePassword { expires_at: UNTIL }), None);
    house.now = UNTIL;
    assert_eq!(answer(&house, &[PASSWORD]).err(), Some(Refusal::TemporaryPasswordExpired));
}

#[test]
fn what_cannot_be_changed_can_be_added() {
    let mut house = house(&[]);
    let fixed =
        AttributeSpec { mutable: false, ..Schema::default().get("nickname").expect("standard").clone() };
    house.pool.schema = Schema::default().extended(vec![("nickname".into(), fixed)]).expect("legal");
    let named = [PASSWORD, ("userAttributes.nickname", "Nan")];
    assert!(answer(&house, &named).is_ok());
    house.user.attributes.set("nickname", "Ann");
    let fault = SchemaFault { attribute: "nickname".into(), kind: SchemaFaultKind::Immutable };
    assert_eq!(answer(&house, &named).err(), Some(Refusal::Schema(vec![fault])));
}

#[test]
fn a_contact_that_comes_now_is_not_verified() {
    let mut house = house(&[]);
    house.user.attributes.set_verified(ContactKind::Email, true);
    let user = answer(&house, &[PASSWORD, ("userAttributes.email", "b@c.d")]).expect("good");
    assert!(!user.attributes.is_verified(ContactKind::Email));
    let user = answer(&house, &[PASSWORD]).expect("good");
    assert!(user.attributes.is_verified(ContactKind::Email));
}

/// cog-0237, cog-0392.
#[test]
fn the_user_is_confirmed_and_signed_in() {
    let house = house(&["name"]);
    let parameters = [PASSWORD, ("userAttributes.name", "Ann")].into_iter().collect();
    let read = read(&parameters).expect("read");
    let step = house.step("ann");
    let Ok(Next::Derive(new)) = next(&step, &read, UNTIL) else { panic!("good") };
    assert_eq!(new.password.expose(), b"Passw0rd!");
    let verdict = decide(&step, &new, Sealed::from_text("new"), &Holders::new());
    let [Change::PutSession { session, .. }, Change::PutUser(user), Change::PutGrant(_)] =
        verdict.remember.as_slice()
    else {
        panic!("{:?}", verdict.remember)
    };
    assert_eq!((&session.stage, &user.status), (&Stage::Used, &Status::Confirmed));
    assert_eq!((user.credential.as_ref(), user.modified_at), (Some(&Sealed::from_text("new")), house.now));
    assert_eq!(signed_in(verdict).user.attributes.get("name"), Some("Ann"));
}

#[test]
fn a_name_that_comes_now_must_be_free() {
    let mut house = house(&[]);
    house.pool.names =
        SignInNames::Attributes(BTreeSet::from([ContactKind::Email, ContactKind::PhoneNumber]));
    let parameters = [PASSWORD, ("userAttributes.phone_number", "+15550100")].into_iter().collect();
    let read = read(&parameters).expect("read");
    let step = house.step("ann");
    let Ok(Next::Derive(new)) = next(&step, &read, UNTIL) else { panic!("good") };
    let gained = names_gained(&house.pool, &house.user, &new.user.attributes);
    let [name] = gained.as_slice() else { panic!("{gained:?}") };
    assert_eq!(name.kind, NameKind::PhoneNumber);
    let decide = |holders: &Holders| decide(&step, &new, Sealed::from_text("new"), holders);
    let takes = |change: &Change| matches!(change, Change::PutName { name: taken, .. } if taken == name);
    assert!(decide(&Holders::new()).remember.iter().any(takes));
    let taken = decide(&Holders::from([(name.clone(), crate::fixture::user("bob"))]));
    assert_eq!(
        (taken.remember.len(), taken.answer.err()),
        (0, Some(Refusal::AliasTaken(NameKind::PhoneNumber)))
    );
}

#[test]
fn a_name_that_is_given_up_is_free() {
    let mut house = house(&[]);
    house.pool.names = SignInNames::Attributes(BTreeSet::from([ContactKind::Email]));
    let parameters = [PASSWORD, ("userAttributes.email", "new@example.com")].into_iter().collect();
    let read = read(&parameters).expect("read");
    let step = house.step("ann");
    let Ok(Next::Derive(new)) = next(&step, &read, UNTIL) else { panic!("good") };
    let verdict = decide(&step, &new, Sealed::from_text("new"), &Holders::new());
    let names = |user: &User| alias::names_held(&house.pool, &user.username, &user.attributes);
    let lost: Vec<_> = verdict
        .remember
        .iter()
        .filter_map(|change| match change {
            Change::RemoveName(name) => Some(name.clone()),
            _ => None,
        })
        .collect();
    assert!(!lost.is_empty() && lost.iter().all(|name| names(&house.user).contains(name)));
    assert!(lost.iter().all(|name| !names(&new.user).contains(name)));
}
