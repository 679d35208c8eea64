//! Tests of SignUp.

use std::collections::BTreeSet;

use super::*;
use crate::{
    attribute::schema::{DataType, SchemaFault, SchemaFaultKind},
    client::{AuthFlow, secret_hash::secret_hash},
    fixture,
    pool::password::PasswordRule,
    refusal::{Refusal, UsernameFault},
};

const NOW: Timestamp = Timestamp::from_millis(1_000_000);

/// The input of a sign-up. It is valid until a test changes something.
#[derive(Clone)]
struct Scenario {
    pool: Pool,
    client: Client,
    secrets: Vec<Secret>,
    hash: Option<String>,
    username: &'static str,
    password: Option<Secret>,
    attributes: Vec<AttributeInput>,
    reply: PreSignUpReply,
    holders: BTreeMap<NameKey, User>,
}

fn given(name: &str, value: &str) -> AttributeInput {
    AttributeInput { name: name.into(), value: Some(value.into()) }
}

impl Scenario {
    fn good(pool: Pool, username: &'static str) -> Self {
        Self {
            pool,
            client: fixture::client(),
            secrets: Vec::new(),
            hash: None,
            username,
            password: Some(Secret::new("Passw0rd!")),
            attributes: vec![given("email", "ann@example.com")],
            reply: PreSignUpReply::default(),
            holders: BTreeMap::new(),
        }
    }

    /// Runs both parts, as the handler does.
    fn decide(&self) -> Verdict<SignUpAnswer> {
        let keys = fixture::keys();
        let caller = AppClientCaller {
            pool: &self.pool,
            client: &self.client,
            secrets: &self.secrets,
            secret_hash: self.hash.as_deref(),
            digest_keys: &keys,
        };
        let request = SignUpRequest {
            username: self.username,
            password: self.password.as_ref(),
            attributes: &self.attributes,
        };
        let draft = match admit(&caller, &request, Sub::new("new-sub")) {
            Ok(draft) => draft,
            Err(refusal) => return Verdict::refuse(refusal),
        };
        let names = names_to_reserve(&self.pool, &draft, self.reply);
        let holders = self.holders.clone().into_iter().filter(|(name, _)| names.contains(name)).collect();
        let prepared = SignUpPreparation {
            credential: draft.password.as_ref().map(|_| Sealed::from_text("sealed")),
            code: Code::from_text("123456"),
            session: SessionHandle::generate(&[5; 64]),
        };
        create(&caller, &draft, self.reply, &holders, &prepared, NOW)
    }

    fn refusal(&self) -> Option<Refusal> {
        self.decide().answer.err()
    }

    fn hold(&mut self, kind: NameKind, text: &str, holder: User) {
        self.holders.insert(NameKey::new(&self.pool, kind, text), holder);
    }
}

type Fault = fn(&mut Scenario);

/// Asserts that with fault n and all later ones present, the refusal is that of fault n.
fn assert_order(good: &Scenario, faults: &[(Fault, Refusal)]) {
    for first in 0..faults.len() {
        let mut scenario = good.clone();
        for (apply, _) in faults[first..].iter().rev() {
            apply(&mut scenario);
        }
        assert_eq!(scenario.refusal().as_ref(), Some(&faults[first].1), "fault {first}");
    }
    assert_eq!(good.refusal(), None);
}

fn unknown(attribute: &str) -> Refusal {
    Refusal::Schema(vec![SchemaFault { attribute: attribute.into(), kind: SchemaFaultKind::Unknown }])
}

#[test]
fn sign_up_with_several_faults_refuses_the_first() {
    let mut good = Scenario::good(fixture::pool(), "ann");
    let secret = Secret::new("shh");
    good.hash = Some(secret_hash(&good.client.id, &secret, "ann"));
    good.secrets = vec![secret];
    assert_order(
        &good,
        &[
            (|s| s.hash = None, Refusal::SecretHashMissing(fixture::client().id)),
            (|s| s.hash = Some("wrong".into()), Refusal::SecretHashWrong(fixture::client().id)),
            (|s| s.pool.admin_create_only = true, Refusal::SignUpNotAllowed),
            (
                |s| s.attributes.push(AttributeInput { name: "name".into(), value: None }),
                Refusal::AttributeWithoutValue("name".into()),
            ),
            (|s| s.attributes.push(given("password", "x")), unknown("password")), // cog-0132
            (|s| s.attributes.push(given("email_verified", "true")), Refusal::AttributeNotWritable), // cog-0092
            (
                |s| s.attributes[0] = given("email", "not an address"),
                Refusal::ContactMalformed(ContactKind::Email),
            ),
            (
                |s| s.attributes.push(given("phone_number", "555")),
                Refusal::ContactMalformed(ContactKind::PhoneNumber),
            ),
            (|s| s.password = Some(Secret::new("short")), Refusal::PasswordPolicy(PasswordRule::Length)),
            (
                |s| {
                    s.reply.confirm = false;
                    s.reply.verify_email = true;
                },
                Refusal::VerifiedWithoutConfirmation,
            ),
            (
                |s| {
                    s.reply.confirm = true;
                    s.reply.verify_phone = true;
                    s.attributes.retain(|one| one.name != "phone_number");
                },
                Refusal::NothingToVerify(ContactKind::PhoneNumber), // cog-0099
            ),
            (
                |s| s.hold(NameKind::Username, "ann", fixture::user("ann")),
                Refusal::NameTaken(NameKind::Username),
            ),
        ],
    );
}

#[test]
fn sign_up_with_several_faults_in_alias_pool_refuses_the_first() {
    assert_order(
        &Scenario::good(fixture::alias_pool(), "ann"),
        &[
            (|s| s.username = "ann@example.com", Refusal::UsernameMalformed(UsernameFault::LooksLikeEmail)), // cog-0064
            (|s| s.attributes.push(given("preferred_username", "a")), Refusal::PreferredUsernameAtSignUp),
            (|s| s.attributes.push(given("nope", "x")), unknown("nope")),
        ],
    );
    let phone = Scenario { username: "+15550100", ..Scenario::good(fixture::alias_pool(), "ann") };
    assert_eq!(phone.refusal(), Some(Refusal::UsernameMalformed(UsernameFault::LooksLikePhoneNumber))); // cog-0368
}

#[test]
fn sign_up_with_username_of_wrong_form_is_refused() {
    use ContactKind::{Email, PhoneNumber};
    let both = BTreeSet::from([Email, PhoneNumber]);
    let cases = [
        (SignInNames::UsernameOnly, "ann@example.com", None),
        (SignInNames::UsernameOnly, "@!#$%^&*()_+?><", None), // cog-0083
        (SignInNames::Aliases(BTreeSet::from([NameKind::PhoneNumber])), "ann@example.com", None),
        (SignInNames::Attributes(BTreeSet::from([Email])), "ann", Some(UsernameFault::NotAnEmail)),
        (SignInNames::Attributes(BTreeSet::from([PhoneNumber])), "ann", Some(UsernameFault::NotAPhoneNumber)),
        (SignInNames::Attributes(both.clone()), "ann", Some(UsernameFault::NeitherEmailNorPhoneNumber)), // cog-0063
        (SignInNames::Attributes(both.clone()), "+15550100", None),
        (SignInNames::Attributes(both), "ann@example.com", None),
    ];
    for (names, username, fault) in cases {
        let mut scenario = Scenario::good(Pool { names, ..fixture::pool() }, username);
        scenario.attributes.clear();
        assert_eq!(scenario.refusal(), fault.map(Refusal::UsernameMalformed), "{username}");
    }
}

#[test]
fn sign_up_with_username_attribute_generates_username_and_sets_attribute() {
    // cog-0106
    let scenario = Scenario::good(fixture::email_username_pool(), "Ann@Example.com");
    let verdict = scenario.decide();
    let user = verdict.answer.expect("signed up").user;
    assert_eq!(user.username.as_str(), user.sub.as_str());
    assert_eq!(user.attributes.get("email"), Some("Ann@Example.com"));
    let names: Vec<_> = verdict
        .remember
        .iter()
        .filter_map(|change| match change {
            Change::PutName { name, .. } => Some(name.kind),
            _ => None,
        })
        .collect();
    assert_eq!(names, [NameKind::Username, NameKind::Email]);

    let mut taken = scenario;
    taken.hold(NameKind::Email, "Ann@Example.com", fixture::user("bob"));
    assert_eq!(taken.refusal(), Some(Refusal::NameTaken(NameKind::Email))); // cog-0117
}

#[test]
fn secret_hash_over_username_as_typed_is_accepted() {
    let mut scenario = Scenario::good(fixture::email_username_pool(), "Ann@Example.com");
    let secret = Secret::new("shh");
    scenario.hash = Some(secret_hash(&scenario.client.id, &secret, "Ann@Example.com"));
    scenario.secrets = vec![secret];
    assert_eq!(scenario.refusal(), None);
}

#[test]
fn sign_up_with_taken_alias_moves_it_only_if_trigger_verifies_it() {
    // cog-0029, cog-0100
    let mut scenario = Scenario::good(fixture::alias_pool(), "ann");
    let mut bob = fixture::user("bob");
    bob.attributes.set("email", "ann@example.com");
    bob.attributes.set_verified(ContactKind::Email, true);
    scenario.hold(NameKind::Email, "ann@example.com", bob.clone());
    let puts = |verdict: &Verdict<SignUpAnswer>, of: &Sub| {
        verdict.remember.iter().find_map(|change| match change {
            Change::PutUser(user) if user.sub == *of => Some(user.as_ref().clone()),
            _ => None,
        })
    };
    let verdict = scenario.decide();
    assert!(verdict.answer.is_ok());
    assert!(puts(&verdict, &bob.sub).is_none());

    scenario.reply.verify_email = true;
    let verdict = scenario.decide();
    assert_eq!(
        (verdict.remember.len(), verdict.answer.err()),
        (0, Some(Refusal::VerifiedWithoutConfirmation))
    );
    scenario.reply.confirm = true;
    let verdict = scenario.decide();
    let ann = verdict.answer.as_ref().expect("signed up, as documented").user.clone();
    assert!(ann.attributes.is_verified(ContactKind::Email));
    assert!(!puts(&verdict, &bob.sub).expect("bob changes").attributes.is_verified(ContactKind::Email));
    let moved = verdict.remember.iter().any(
        |change| matches!(change, Change::PutName { name, owner } if name.kind == NameKind::Email && *owner == ann.sub),
    );
    assert!(moved);
}

#[test]
fn confirmation_code_is_sent_to_the_contact_that_the_pool_verifies() {
    type Case = (&'static [(&'static str, &'static str)], Option<ContactKind>);
    let cases: [Case; 4] = [
        (&[("email", "a@b.c")], Some(ContactKind::Email)), // cog-0086
        (&[("email", "a@b.c"), ("phone_number", "+15550100")], Some(ContactKind::PhoneNumber)), // cog-0082
        (&[("email", ""), ("phone_number", "")], None),    // cog-0081
        (&[], None),                                       // cog-0087
    ];
    for (attributes, expected) in cases {
        let mut scenario = Scenario::good(fixture::alias_pool(), "ann");
        scenario.attributes = attributes.iter().map(|(name, value)| given(name, value)).collect();
        let verdict = scenario.decide();
        assert_eq!(verdict.answer.expect("accepted").delivery.map(|to| to.kind), expected);
        let sends = verdict.remember.iter().filter(|change| matches!(change, Change::Send(_))).count();
        let codes = verdict.remember.iter().filter(|change| matches!(change, Change::PutCode { .. })).count();
        assert_eq!((sends, codes), if expected.is_some() { (1, 1) } else { (0, 0) });
    }
}

#[test]
fn sign_up_confirmed_by_trigger_sends_no_code() {
    let mut scenario = Scenario::good(fixture::pool(), "ann");
    scenario.reply = PreSignUpReply { confirm: true, verify_email: true, verify_phone: false };
    let verdict = scenario.decide();
    let signed_up = verdict.answer.expect("accepted");
    assert_eq!(signed_up.user.status, Status::Confirmed);
    assert!(signed_up.user.attributes.is_verified(ContactKind::Email));
    assert_eq!(signed_up.delivery, None);
    assert!(!verdict.remember.iter().any(|change| matches!(change, Change::Send(_))));
}

#[test]
fn sign_up_returns_session_only_if_client_allows_user_auth() {
    // cog-0112, cog-0118
    let mut scenario = Scenario::good(fixture::pool(), "ann");
    assert!(scenario.decide().answer.expect("accepted").session.is_none());
    scenario.client.auth_flows = BTreeSet::from([AuthFlow::AllowUserAuth]);
    let verdict = scenario.decide();
    assert!(verdict.answer.expect("accepted").session.is_some());
    assert!(verdict.remember.iter().any(|change| matches!(change, Change::PutSession { .. })));
}

#[test]
fn sign_up_without_password_is_accepted_only_where_codes_sign_in() {
    // cog-0105
    let cases: [(Fault, bool); 6] = [
        (|_| (), true),
        (|s| s.password = Some(Secret::new("")), true),
        (|s| s.client.auth_flows = AuthFlow::defaults(), false),
        (|s| s.pool.first_factors = BTreeSet::from([FirstFactor::Password]), false),
        (|s| s.pool.auto_verified.clear(), false),
        (|s| s.attributes.clear(), false),
    ];
    for (at, (apply, allowed)) in cases.into_iter().enumerate() {
        let mut scenario = Scenario::good(fixture::pool(), "ann");
        scenario.password = None;
        scenario.pool.first_factors = BTreeSet::from([FirstFactor::Password, FirstFactor::EmailOtp]);
        scenario.client.auth_flows = BTreeSet::from([AuthFlow::AllowUserAuth]);
        apply(&mut scenario);
        let expected = if allowed { None } else { Some(Refusal::PasswordMissing) };
        assert_eq!(scenario.refusal(), expected, "case {at}");
        if allowed {
            assert_eq!(scenario.decide().answer.expect("accepted").user.credential, None);
        }
    }
}

#[test]
fn sign_up_with_custom_number_attribute_is_accepted() {
    let mut scenario = Scenario::good(fixture::pool(), "ann");
    let spec = crate::attribute::schema::AttributeSpec {
        data_type: DataType::Number { min: Some(1), max: Some(9) },
        mutable: true,
        required: false,
        developer_only: false,
    };
    scenario.pool.schema =
        scenario.pool.schema.extended(vec![("size".into(), spec)]).expect("a valid schema");
    scenario.client.write_attributes = Some(BTreeSet::from(["custom:size".into(), "email".into()]));
    scenario.attributes.push(given("custom:size", "7"));
    assert_eq!(scenario.refusal(), None);
    scenario.attributes.push(given("name", "Ann"));
    assert_eq!(scenario.refusal(), Some(Refusal::AttributeNotWritable));
}
