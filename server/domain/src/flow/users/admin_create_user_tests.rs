//! Tables for AdminCreateUser and its RESEND.

use super::*;
use crate::{
    attribute::schema::{SchemaFault, SchemaFaultKind},
    fixture,
    pool::{SignInNames, password::PasswordRule},
    refusal::UsernameFault,
};

const NOW: Timestamp = Timestamp::from_millis(1_000_000);

/// Everything that AdminCreateUser looks at, all of it right until a test spoils something.
#[derive(Clone)]
struct Scene {
    pool: Pool,
    username: &'static str,
    attributes: Vec<Given>,
    password: Option<&'static str>,
    force_alias: bool,
    suppress: bool,
    media: Option<BTreeSet<ContactKind>>,
    holders: BTreeMap<NameKey, User>,
}

fn given(name: &str, value: &str) -> Given {
    Given { name: name.into(), value: Some(value.into()) }
}

impl Scene {
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

    fn asked<T>(&self, with: impl FnOnce(&AdminCreate<'_>, &Secret) -> T) -> T {
        let password = self.password.map(Secret::new);
        let asked = AdminCreate {
            username: self.username,
            attributes: &self.attributes,
            temporary_password: password.as_ref(),
            force_alias: self.force_alias,
            suppress: self.suppress,
            media: self.media.as_ref(),
        };
        with(&asked, &Secret::new("Generated-1"))
    }

    /// Both halves, as a handler runs them.
    fn decide(&self) -> Verdict<User> {
        self.asked(|asked, generated| {
            let admitted = match admit(&self.pool, asked, generated, Sub::new("new-sub")) {
                Ok(admitted) => admitted,
                Err(refusal) => return Verdict::refuse(refusal),
            };
            let wanted = names_wanted(&self.pool, &admitted);
            let holders =
                self.holders.clone().into_iter().filter(|(name, _)| wanted.contains(name)).collect();
            let credential = admitted.password.as_ref().map(|_| Sealed::from_text("sealed"));
            create(&self.pool, asked, &admitted, &holders, credential, NOW)
        })
    }

    fn decide_resend(&self, user: Option<&User>) -> Verdict<User> {
        self.asked(|asked, generated| match admit_resend(&self.pool, asked, user, generated) {
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

/// Where invitations go, and what they carry.
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

type Spoil = fn(&mut Scene);

/// With fault n and all later ones present, n speaks.
fn assert_order(good: &Scene, faults: &[(Spoil, Refusal)]) {
    for first in 0..faults.len() {
        let mut scene = good.clone();
        for (spoil, _) in faults[first..].iter().rev() {
            spoil(&mut scene);
        }
        assert_eq!(scene.refusal().as_ref(), Some(&faults[first].1), "fault {first}");
    }
    assert_eq!(good.refusal(), None);
}

#[test]
fn the_order_of_checks() {
    let mut good = Scene::good(fixture::alias_pool());
    good.attributes.push(given("email_verified", "true"));
    let unknown = SchemaFault { attribute: "nope".into(), kind: SchemaFaultKind::Unknown };
    assert_order(
        &good,
        &[
            (|s| s.username = "ann@example.com", Refusal::UsernameForm(UsernameFault::LooksLikeEmail)),
            (|s| s.attributes.push(given("sub", "x")), Refusal::AttributeKept("sub".into())),
            (
                |s| s.attributes.push(Given { name: "name".into(), value: None }),
                Refusal::AttributeWithoutValue("name".into()),
            ),
            (|s| s.attributes.push(given("nope", "x")), Refusal::Schema(vec![unknown])),
            (|s| s.attributes[0] = given("email", "nonsense"), Refusal::ContactForm(ContactKind::Email)), // cog-0290
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
fn a_user_is_created_with_a_temporary_password() {
    let scene = Scene::good(fixture::pool());
    let verdict = scene.decide();
    assert_eq!(sent(&verdict), [(ContactKind::Email, "Passw0rd!".to_owned())]);
    let user = verdict.answer.expect("all is well");
    let week = std::time::Duration::from_secs(7 * 24 * 60 * 60);
    assert_eq!(user.status, Status::ForceChangePassword { expires_at: NOW.after(week) });
    assert_eq!((user.enabled, user.credential), (true, Some(Sealed::from_text("sealed"))));
    assert_eq!(user.attributes.get("email_verified"), None, "nothing was said of it");

    for password in [None, Some("")] {
        let generated = Scene { password, ..scene.clone() }.decide();
        assert_eq!(sent(&generated), [(ContactKind::Email, "Generated-1".to_owned())]);
    }
}

#[test]
fn what_is_required_may_come_at_the_first_sign_in() {
    let mut scene = Scene::good(fixture::pool());
    let name = scene.pool.schema.get("name").expect("a standard attribute").clone();
    let required = crate::attribute::schema::AttributeSpec { required: true, ..name };
    scene.pool.schema = scene.pool.schema.extended(vec![("name".into(), required)]).expect("legal");
    assert_eq!(scene.refusal(), None);
}

#[test]
fn verified_flags_are_the_administrators_to_give() {
    for (value, flag) in [("true", "true"), ("True", "true"), ("false", "false"), ("", "false")] {
        let mut scene = Scene::good(fixture::pool());
        scene.attributes.push(given("email_verified", value));
        let user = scene.decide().answer.expect("legal");
        assert_eq!(user.attributes.get("email_verified"), Some(flag), "{value:?}");
    }
}

#[test]
fn where_invitations_go() {
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
        let mut scene = Scene::good(fixture::pool());
        scene.attributes.clear();
        if email {
            scene.attributes.push(given("email", "ann@example.com"));
        }
        if phone {
            scene.attributes.push(given("phone_number", "+15550100"));
        }
        scene.media = media.map(|media| media.iter().copied().collect());
        scene.suppress = suppress;
        let verdict = scene.decide();
        let to: Vec<_> = sent(&verdict).into_iter().map(|(kind, _)| kind).collect();
        assert_eq!(
            verdict.answer.map(|_| to),
            expected.map(<[ContactKind]>::to_vec),
            "{media:?} {email} {phone}"
        );
    }
}

#[test]
fn where_one_time_codes_sign_in_nobody_needs_a_password() {
    // (spoil, the password is given, expected: whether a password is kept)
    let no_contact = || Err(Refusal::PasswordlessWithoutContact);
    let cases: [(Spoil, Option<&'static str>, Result<bool, Refusal>); 7] = [
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
    for (at, (spoil, password, expected)) in cases.into_iter().enumerate() {
        let mut scene = Scene { password, ..Scene::good(passwordless(fixture::pool())) };
        scene.suppress = true;
        spoil(&mut scene);
        let answer = scene.decide().answer;
        if let Ok(user) = &answer {
            assert_eq!(user.status == Status::Confirmed, user.credential.is_none(), "case {at}");
        }
        assert_eq!(answer.map(|user| user.credential.is_some()), expected, "case {at}");
    }
}

#[test]
fn a_user_without_a_password_is_invited_without_one() {
    let scene = Scene { password: None, ..Scene::good(passwordless(fixture::pool())) };
    assert_eq!(sent(&scene.decide()), [(ContactKind::Email, String::new())]);
}

#[test]
fn in_place_of_usernames_the_address_is_the_name() {
    let mut scene = Scene::good(fixture::email_username_pool());
    scene.username = "Ann@Example.com";
    let user = scene.decide().answer.expect("all is well");
    assert_eq!(user.username.as_str(), user.sub.as_str());
    assert_eq!(user.attributes.get("email"), Some("Ann@Example.com"));
    scene.hold(NameKind::Email, "Ann@Example.com");
    assert_eq!(scene.refusal(), Some(Refusal::NameTaken(NameKind::Email))); // cog-0288

    let phones = SignInNames::Attributes(BTreeSet::from([ContactKind::PhoneNumber]));
    let scene = Scene::good(Pool { names: phones, ..fixture::pool() });
    assert_eq!(scene.refusal(), Some(Refusal::UsernameForm(UsernameFault::NotAPhoneNumber))); // cog-0389
}

#[test]
fn an_alias_moves_only_if_it_is_verified_and_forced() {
    // cog-0286
    let moved = |verdict: &Verdict<User>| {
        verdict
            .remember
            .iter()
            .any(|change| matches!(change, Change::PutUser(user) if user.sub == fixture::user("bob").sub))
    };
    // (said to be verified, force, whether bob loses it or it is refused)
    let taken = Refusal::AliasTaken(NameKind::Email);
    let cases = [
        (false, false, Ok(false)),
        (false, true, Ok(false)),
        (true, false, Err(taken)),
        (true, true, Ok(true)),
    ];
    for (verified, force_alias, expected) in cases {
        let mut scene = Scene { force_alias, ..Scene::good(fixture::alias_pool()) };
        if verified {
            scene.attributes.push(given("email_verified", "true"));
        }
        scene.hold(NameKind::Email, "ann@example.com");
        let verdict = scene.decide();
        let bob_loses = moved(&verdict);
        assert_eq!(verdict.answer.map(|_| bob_loses), expected, "{verified} {force_alias}");
    }
}

#[test]
fn a_preferred_username_cannot_be_forced() {
    let mut scene = Scene { force_alias: true, ..Scene::good(fixture::alias_pool()) };
    scene.attributes.push(given("preferred_username", "boss"));
    assert_eq!(scene.refusal(), None);
    scene.hold(NameKind::PreferredUsername, "boss");
    assert_eq!(scene.refusal(), Some(Refusal::AliasTaken(NameKind::PreferredUsername)));
}

#[test]
fn the_order_of_checks_of_a_resend() {
    let temporary = Status::ForceChangePassword { expires_at: NOW };
    let is =
        |status: &Status, enabled| Some(User { status: status.clone(), enabled, ..fixture::user("ann") });
    let good = Scene::good(fixture::pool());
    let weak = Scene { password: Some("short"), ..good.clone() };
    let elsewhere = Scene { media: Some(BTreeSet::from([ContactKind::PhoneNumber])), ..good.clone() };
    let both = Scene { media: elsewhere.media.clone(), ..weak.clone() };
    let cases = [
        (&both, None, Some(Refusal::UserNotFound)), // cog-0387
        (&both, is(&Status::Confirmed, false), Some(Refusal::UserDisabled)),
        (&both, is(&Status::Confirmed, true), Some(Refusal::NotInvited(Status::Confirmed))), // cog-0293
        (&both, is(&temporary, true), Some(Refusal::PasswordPolicy(PasswordRule::Length))),
        (&elsewhere, is(&temporary, true), Some(Refusal::NoContactToInvite(ContactKind::PhoneNumber))),
        (&good, is(&temporary, true), None),
    ];
    for (scene, user, expected) in cases {
        let verdict = scene.decide_resend(user.as_ref());
        assert_eq!(verdict.remember.is_empty(), expected.is_some());
        assert_eq!(verdict.answer.err(), expected);
    }
}

#[test]
fn a_resend_gives_another_password_and_begins_the_period_anew() {
    // cog-0403
    let before = fixture::user("ann").with_temporary_password(
        Sealed::from_text("sealed"),
        &fixture::pool().password_policy,
        Timestamp::from_millis(0),
    );
    let scene = Scene { password: None, ..Scene::good(fixture::pool()) };
    let verdict = scene.decide_resend(Some(&before));
    assert_eq!(sent(&verdict), [(ContactKind::Email, "Generated-1".to_owned())]);
    let user = verdict.answer.expect("invited before");
    assert_eq!(user.credential, Some(Sealed::from_text("sealed again")));
    let (Status::ForceChangePassword { expires_at: old }, Status::ForceChangePassword { expires_at: new }) =
        (before.status, user.status)
    else {
        panic!("both are temporary")
    };
    assert_eq!(new.as_millis() - old.as_millis(), NOW.as_millis());
}
