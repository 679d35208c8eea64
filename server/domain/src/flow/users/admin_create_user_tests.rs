//! Tests of AdminCreateUser and its RESEND.

use super::*;
use crate::{
    attribute::schema::{SchemaFault, SchemaFaultKind},
    fixture,
    pool::{SignInNames, password::PasswordRule},
    refusal::UsernameFault,
};

const NOW: Timestamp = Timestamp::from_millis(1_000_000);

/// The input of AdminCreateUser. It is valid until a test changes something.
#[derive(Clone)]
struct Scenario {
    pool: Pool,
    username: &'static str,
    attributes: Vec<AttributeInput>,
    password: Option<&'static str>,
    force_alias: bool,
    suppress: bool,
    media: Option<BTreeSet<ContactKind>>,
    holders: BTreeMap<NameKey, User>,
}

fn given(name: &str, value: &str) -> AttributeInput {
    AttributeInput { name: name.into(), value: Some(value.into()) }
}

impl Scenario {
    fn good(pool: Pool) -> Self {
        Self {
            pool,
            username: "ann",
            attributes: vec![given("email", "ann@example.com")],
            password: Some("Passw0rd!"),
            force_alias: false,
            suppress: false,
            media: Some(BTreeSet::from([ContactKind::Email])),
            holders: BTreeMap::new(),
        }
    }

    fn request<T>(&self, with: impl FnOnce(&AdminCreateUserRequest<'_>, &Secret) -> T) -> T {
        let password = self.password.map(Secret::new);
        let request = AdminCreateUserRequest {
            username: self.username,
            attributes: &self.attributes,
            temporary_password: password.as_ref(),
            force_alias: self.force_alias,
            suppress: self.suppress,
            media: self.media.as_ref(),
        };
        with(&request, &Secret::new("Generated-1"))
    }

    /// Runs both parts, as the handler does.
    fn decide(&self) -> Verdict<User> {
        self.request(|request, generated| {
            let draft = match admit(&self.pool, request, generated, Sub::new("new-sub")) {
                Ok(draft) => draft,
                Err(refusal) => return Verdict::refuse(refusal),
            };
            let names = names_to_reserve(&self.pool, &draft);
            let holders = self.holders.clone().into_iter().filter(|(name, _)| names.contains(name)).collect();
            let credential = draft.password.as_ref().map(|_| Sealed::from_text("sealed"));
            create(&self.pool, request, &draft, &holders, credential, NOW)
        })
    }

    fn decide_resend(&self, user: Option<&User>) -> Verdict<User> {
        self.request(|request, generated| match admit_resend(&self.pool, request, user, generated) {
            Ok(invited) => resend(&self.pool, &invited, Sealed::from_text("sealed again"), NOW),
            Err(refusal) => Verdict::refuse(refusal),
        })
    }

    fn refusal(&self) -> Option<Refusal> {
        self.decide().answer.err()
    }

    fn hold(&mut self, kind: NameKind, text: &str) {
        self.holders.insert(NameKey::new(&self.pool, kind, text), fixture::user("bob"));
    }
}

/// Returns the kind of contact and the password of each invitation.
fn sent(verdict: &Verdict<User>) -> Vec<(ContactKind, String)> {
    let messages = verdict.remember.iter().filter_map(|change| match change {
        Change::Send(message) => {
            assert_eq!(message.reason, MessageReason::AdminCreateUser);
            Some((message.to.kind, message.code.expose().to_owned()))
        }
        _ => None,
    });
    messages.collect()
}

fn passwordless(mut pool: Pool) -> Pool {
    pool.first_factors.insert(FirstFactor::EmailOtp);
    pool
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

#[test]
fn admin_create_user_with_several_faults_refuses_the_first() {
    let mut good = Scenario::good(fixture::alias_pool());
    good.attributes.push(given("email_verified", "true"));
    let unknown = SchemaFault { attribute: "nope".into(), kind: SchemaFaultKind::Unknown };
    assert_order(
        &good,
        &[
            (|s| s.username = "ann@example.com", Refusal::UsernameMalformed(UsernameFault::LooksLikeEmail)),
            (|s| s.attributes.push(given("sub", "x")), Refusal::AttributeReserved("sub".into())),
            (
                |s| s.attributes.push(AttributeInput { name: "name".into(), value: None }),
                Refusal::AttributeWithoutValue("name".into()),
            ),
            (|s| s.attributes.push(given("nope", "x")), Refusal::Schema(vec![unknown])),
            (|s| s.attributes[0] = given("email", "nonsense"), Refusal::ContactMalformed(ContactKind::Email)), // cog-0290
            (
                |s| s.attributes.push(given("phone_number_verified", "true")),
                Refusal::VerifiedWithoutContact(ContactKind::PhoneNumber),
            ),
            (|s| s.password = Some("short"), Refusal::PasswordPolicy(PasswordRule::Length)),
            (
                |s| s.media = Some(BTreeSet::from([ContactKind::PhoneNumber])),
                Refusal::NoContactToInvite(ContactKind::PhoneNumber),
            ),
            (|s| s.hold(NameKind::Username, "ann"), Refusal::NameTaken(NameKind::Username)), // cog-0287
            (|s| s.hold(NameKind::Email, "ann@example.com"), Refusal::AliasTaken(NameKind::Email)), // cog-0286
        ],
    );
}

#[test]
fn admin_create_user_sets_and_sends_a_temporary_password() {
    let scenario = Scenario::good(fixture::pool());
    let verdict = scenario.decide();
    assert_eq!(sent(&verdict), [(ContactKind::Email, "Passw0rd!".to_owned())]);
    let user = verdict.answer.expect("created");
    let week = std::time::Duration::from_secs(7 * 24 * 60 * 60);
    assert_eq!(user.status, Status::ForceChangePassword { expires_at: NOW.after(week) });
    assert_eq!((user.enabled, user.credential), (true, Some(Sealed::from_text("sealed"))));
    assert_eq!(user.attributes.get("email_verified"), None, "the request has no such attribute");

    for password in [None, Some("")] {
        let generated = Scenario { password, ..scenario.clone() }.decide();
        assert_eq!(sent(&generated), [(ContactKind::Email, "Generated-1".to_owned())]);
    }
}

#[test]
fn admin_create_user_without_required_attribute_is_accepted() {
    let mut scenario = Scenario::good(fixture::pool());
    let name = scenario.pool.schema.get("name").expect("a standard attribute").clone();
    let required = crate::attribute::schema::AttributeSpec { required: true, ..name };
    scenario.pool.schema =
        scenario.pool.schema.extended(vec![("name".into(), required)]).expect("a valid schema");
    assert_eq!(scenario.refusal(), None);
}

#[test]
fn admin_create_user_with_verified_flag_stores_it() {
    for (value, flag) in [("true", true), ("True", true), ("false", false), ("", false)] {
        let mut scenario = Scenario::good(fixture::pool());
        scenario.attributes.push(given("email_verified", value));
        let user = scenario.decide().answer.expect("accepted");
        assert_eq!(
            user.attributes.get("email_verified"),
            Some(if value.is_empty() { "false" } else { value })
        );
        assert_eq!(user.attributes.is_verified(ContactKind::Email), flag, "{value:?}");
    }
}

#[test]
fn invitation_goes_to_the_requested_or_default_contact() {
    use ContactKind::{Email, PhoneNumber};
    let missing = |kind| Err(Refusal::NoContactToInvite(kind));
    // (media, e-mail address, phone number, suppressed, expected)
    type Case = (Option<&'static [ContactKind]>, bool, bool, bool, Result<&'static [ContactKind], Refusal>);
    let cases: [Case; 10] = [
        (None, true, true, false, Ok(&[PhoneNumber])), // SMS is the default
        (None, true, false, false, Ok(&[Email])),
        (None, false, false, false, Ok(&[])),
        (Some(&[Email]), true, true, false, Ok(&[Email])),
        (Some(&[Email, PhoneNumber]), true, true, false, Ok(&[PhoneNumber, Email])),
        (Some(&[Email, PhoneNumber]), true, false, false, missing(PhoneNumber)),
        (Some(&[Email]), false, true, false, missing(Email)),
        (Some(&[]), true, true, false, Ok(&[])),
        (Some(&[Email]), true, true, true, Ok(&[])),
        (Some(&[Email]), false, false, true, Ok(&[])),
    ];
    for (media, email, phone, suppress, expected) in cases {
        let mut scenario = Scenario::good(fixture::pool());
        scenario.attributes.clear();
        if email {
            scenario.attributes.push(given("email", "ann@example.com"));
        }
        if phone {
            scenario.attributes.push(given("phone_number", "+15550100"));
        }
        scenario.media = media.map(|media| media.iter().copied().collect());
        scenario.suppress = suppress;
        let verdict = scenario.decide();
        let to: Vec<_> = sent(&verdict).into_iter().map(|(kind, _)| kind).collect();
        assert_eq!(
            verdict.answer.map(|_| to),
            expected.map(<[ContactKind]>::to_vec),
            "{media:?} {email} {phone}"
        );
    }
}

#[test]
fn admin_create_user_without_password_is_accepted_only_where_codes_sign_in() {
    // (change, TemporaryPassword, whether the user has a password)
    let no_contact = || Err(Refusal::PasswordlessWithoutContact);
    let cases: [(Fault, Option<&'static str>, Result<bool, Refusal>); 7] = [
        (|_| (), None, Ok(false)), // cog-0283
        (|_| (), Some(""), Ok(false)),
        (|_| (), Some("Passw0rd!"), Ok(true)),
        (|s| s.attributes.push(given("email_verified", "true")), None, Ok(false)),
        (|s| s.pool.tier = Tier::Lite, None, Ok(true)),
        (|s| s.attributes.clear(), None, no_contact()),
        (
            |s| {
                s.pool.first_factors = BTreeSet::from([FirstFactor::Password, FirstFactor::SmsOtp]);
            },
            None,
            no_contact(),
        ),
    ];
    for (at, (apply, password, expected)) in cases.into_iter().enumerate() {
        let mut scenario = Scenario { password, ..Scenario::good(passwordless(fixture::pool())) };
        scenario.suppress = true;
        apply(&mut scenario);
        let answer = scenario.decide().answer;
        if let Ok(user) = &answer {
            assert_eq!(user.status == Status::Confirmed, user.credential.is_none(), "case {at}");
        }
        assert_eq!(answer.map(|user| user.credential.is_some()), expected, "case {at}");
    }
}

#[test]
fn invitation_of_user_without_password_has_none() {
    let scenario = Scenario { password: None, ..Scenario::good(passwordless(fixture::pool())) };
    assert_eq!(sent(&scenario.decide()), [(ContactKind::Email, String::new())]);
}

#[test]
fn admin_create_user_with_username_attribute_generates_username() {
    let mut scenario = Scenario::good(fixture::email_username_pool());
    scenario.username = "Ann@Example.com";
    let user = scenario.decide().answer.expect("created");
    assert_eq!(user.username.as_str(), user.sub.as_str());
    assert_eq!(user.attributes.get("email"), Some("Ann@Example.com"));
    scenario.hold(NameKind::Email, "Ann@Example.com");
    assert_eq!(scenario.refusal(), Some(Refusal::NameTaken(NameKind::Email))); // cog-0288

    let phones = SignInNames::Attributes(BTreeSet::from([ContactKind::PhoneNumber]));
    let scenario = Scenario::good(Pool { names: phones, ..fixture::pool() });
    assert_eq!(scenario.refusal(), Some(Refusal::UsernameMalformed(UsernameFault::NotAPhoneNumber))); // cog-0389
}

#[test]
fn admin_create_user_moves_alias_only_if_verified_and_forced() {
    // cog-0286
    let moved = |verdict: &Verdict<User>| {
        verdict
            .remember
            .iter()
            .any(|change| matches!(change, Change::PutUser(user) if user.sub == fixture::user("bob").sub))
    };
    // (email_verified, ForceAliasCreation, whether bob loses the alias, or the refusal)
    let taken = Refusal::AliasTaken(NameKind::Email);
    let cases = [
        (false, false, Ok(false)),
        (false, true, Ok(false)),
        (true, false, Err(taken)),
        (true, true, Ok(true)),
    ];
    for (verified, force_alias, expected) in cases {
        let mut scenario = Scenario { force_alias, ..Scenario::good(fixture::alias_pool()) };
        if verified {
            scenario.attributes.push(given("email_verified", "true"));
        }
        scenario.hold(NameKind::Email, "ann@example.com");
        let verdict = scenario.decide();
        let bob_loses = moved(&verdict);
        assert_eq!(verdict.answer.map(|_| bob_loses), expected, "{verified} {force_alias}");
    }
}

#[test]
fn admin_create_user_with_forced_preferred_username_is_refused() {
    let mut scenario = Scenario { force_alias: true, ..Scenario::good(fixture::alias_pool()) };
    scenario.attributes.push(given("preferred_username", "boss"));
    assert_eq!(scenario.refusal(), None);
    scenario.hold(NameKind::PreferredUsername, "boss");
    assert_eq!(scenario.refusal(), Some(Refusal::AliasTaken(NameKind::PreferredUsername)));
}

#[test]
fn resend_with_several_faults_refuses_the_first() {
    let temporary = Status::ForceChangePassword { expires_at: NOW };
    let is =
        |status: &Status, enabled| Some(User { status: status.clone(), enabled, ..fixture::user("ann") });
    let good = Scenario::good(fixture::pool());
    let weak = Scenario { password: Some("short"), ..good.clone() };
    let elsewhere = Scenario { media: Some(BTreeSet::from([ContactKind::PhoneNumber])), ..good.clone() };
    let both = Scenario { media: elsewhere.media.clone(), ..weak.clone() };
    let cases = [
        (&both, None, Some(Refusal::UserNotFound)), // cog-0387
        (&both, is(&Status::Confirmed, false), Some(Refusal::UserDisabled)),
        (&both, is(&Status::Confirmed, true), Some(Refusal::NoTemporaryPassword(Status::Confirmed))), // cog-0293
        (&both, is(&temporary, true), Some(Refusal::PasswordPolicy(PasswordRule::Length))),
        (&elsewhere, is(&temporary, true), Some(Refusal::NoContactToInvite(ContactKind::PhoneNumber))),
        (&good, is(&temporary, true), None),
    ];
    for (scenario, user, expected) in cases {
        let verdict = scenario.decide_resend(user.as_ref());
        assert_eq!(verdict.remember.is_empty(), expected.is_some());
        assert_eq!(verdict.answer.err(), expected);
    }
}

#[test]
fn resend_sets_another_password_and_restarts_its_validity() {
    // cog-0403
    let before = fixture::user("ann").with_temporary_password(
        Sealed::from_text("sealed"),
        &fixture::pool().password_policy,
        Timestamp::from_millis(0),
    );
    let scenario = Scenario { password: None, ..Scenario::good(fixture::pool()) };
    let verdict = scenario.decide_resend(Some(&before));
    assert_eq!(sent(&verdict), [(ContactKind::Email, "Generated-1".to_owned())]);
    let user = verdict.answer.expect("invited before");
    assert_eq!(user.credential, Some(Sealed::from_text("sealed again")));
    let (Status::ForceChangePassword { expires_at: old }, Status::ForceChangePassword { expires_at: new }) =
        (before.status, user.status)
    else {
        panic!("not both are temporary")
    };
    assert_eq!(new.as_millis() - old.as_millis(), NOW.as_millis());
}
