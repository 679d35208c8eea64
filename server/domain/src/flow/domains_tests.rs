//! Tests of the rules of user pool domains.

use super::*;
use crate::{
    fixture,
    pool::domain::{Certificate, Failover},
};

fn name(text: &str) -> DomainName {
    DomainName::new(text)
}

fn custom() -> DomainSettings {
    let arn = "arn:aws:acm:us-east-1:000000000000:certificate/one".to_owned();
    DomainSettings {
        certificate: Some(Certificate { arn, security_policy: None }),
        ..DomainSettings::default()
    }
}

fn managed() -> DomainSettings {
    DomainSettings { login: Some(LoginVersion::Managed), ..DomainSettings::default() }
}

fn failover() -> Option<Failover> {
    Some(Failover { secondary_region: "us-west-2".into(), health_check: "check".into() })
}

fn now() -> Timestamp {
    Timestamp::from_millis(3)
}

/// Returns the pool after a verdict that stores it.
fn stored<A: std::fmt::Debug>(verdict: &Verdict<A>) -> PoolRecord {
    match verdict.remember.first() {
        Some(Change::PutPool(record)) => PoolRecord::clone(record),
        other => panic!("{other:?} of {verdict:?}"),
    }
}

fn pool_with(names: &[(&str, DomainSettings)]) -> PoolRecord {
    names.iter().fold(fixture::pool_record(), |pool, (text, settings)| {
        stored(&create(&pool, None, name(text), settings.clone(), now()))
    })
}

/// oau-0191, oau-0192, oau-0193, oau-0195, oau-0197, oau-0198, oau-0287, oau-0004.
#[test]
fn new_domain_must_have_the_form_of_its_kind() {
    use DomainFault::*;
    let long = "a".repeat(63);
    let cases: [(&str, DomainSettings, Option<DomainFault>); 24] = [
        ("shop", managed(), None),
        ("a", DomainSettings::default(), None),
        (&long, DomainSettings::default(), None),
        ("a-1", DomainSettings::default(), None),
        ("Shop", DomainSettings::default(), Some(Character)),
        ("my.shop", DomainSettings::default(), Some(Character)),
        ("my shop", DomainSettings::default(), Some(Character)),
        ("-shop", DomainSettings::default(), Some(Character)),
        ("shop-", DomainSettings::default(), Some(Character)),
        ("", DomainSettings::default(), Some(Character)),
        ("my-aws-shop", DomainSettings::default(), Some(ReservedWord("aws"))),
        ("amazonian", DomainSettings::default(), Some(ReservedWord("amazon"))),
        ("cognito", DomainSettings::default(), Some(ReservedWord("cognito"))),
        ("shop", DomainSettings { failover: failover(), ..managed() }, Some(RoutingOfPrefix)),
        ("auth.example.com", custom(), None),
        ("auth.example.com", DomainSettings { failover: failover(), ..custom() }, None),
        ("cognito.aws.example", custom(), None),
        ("shop", custom(), Some(NotASubdomain)),
        ("example.com", custom(), Some(NotASubdomain)),
        ("auth..com", custom(), Some(NotASubdomain)),
        ("auth.example.com.", custom(), Some(NotASubdomain)),
        ("Auth.example.com", custom(), Some(NotASubdomain)),
        ("auth.-example.com", custom(), Some(NotASubdomain)),
        ("auth.example.com/x", custom(), Some(NotASubdomain)),
    ];
    for (text, settings, expected) in cases {
        let verdict = create(&fixture::pool_record(), None, name(text), settings.clone(), now());
        match expected {
            None => {
                let domain = Domain { name: name(text), settings, created_at: now() };
                let pool = stored(&verdict);
                assert_eq!(pool.domains.find(&name(text)), Some(&domain));
                assert_eq!(pool.modified_at, fixture::pool_record().modified_at);
                assert_eq!(verdict.answer, Ok(domain));
            }
            Some(fault) => {
                assert!(verdict.remember.is_empty(), "{text}");
                assert_eq!(verdict.answer, Err(Refusal::Domain(fault)), "{text}");
            }
        }
    }
}

/// oau-0010, oau-0200.
#[test]
fn managed_login_needs_a_higher_plan_than_lite() {
    let mut pool = fixture::pool_record();
    pool.pool.tier = Tier::Lite;
    let refused = || Err(Refusal::Domain(DomainFault::TierTooLow(Tier::Lite)));
    assert_eq!(create(&pool, None, name("shop"), managed(), now()).answer, refused());
    let pool = stored(&create(&pool, None, name("shop"), DomainSettings::default(), now()));
    assert_eq!(update(&pool, &name("shop"), managed()).answer, refused());
    assert!(update(&pool, &name("shop"), DomainSettings::default()).answer.is_ok());
    assert!(!pool.domains.use_managed_login());
    assert!(pool_with(&[("shop", managed())]).domains.use_managed_login());
}

/// api-0072.
#[test]
fn plan_is_not_lowered_below_that_of_a_domain() {
    use crate::refusal::PoolFault;
    let mut pool = pool_with(&[("shop", managed())]);
    assert_eq!(pool.check_plan_of_domains(), Ok(()));
    pool.pool.tier = Tier::Lite;
    let refused = PoolFault::TierChange(Tier::Lite, vec![Feature::ManagedLogin]);
    assert_eq!(pool.check_plan_of_domains(), Err(Refusal::Pool(refused)));
    let mut classic = pool_with(&[("shop", DomainSettings::default())]);
    classic.pool.tier = Tier::Lite;
    assert_eq!(classic.check_plan_of_domains(), Ok(()));
}

/// oau-0191, oau-0287.
#[test]
fn pool_has_one_domain_of_each_kind_and_no_domain_of_another_pool() {
    let pool = pool_with(&[("shop", managed())]);
    let give = |text, settings| create(&pool, None, name(text), settings, now()).answer.err();
    assert_eq!(give("other", managed()), Some(Refusal::Domain(DomainFault::PoolHasOne)));
    assert_eq!(give("shop", managed()), Some(Refusal::Domain(DomainFault::PoolHasOne)));
    assert_eq!(give("auth.example.com", custom()), None);
    let pool = pool_with(&[("auth.example.com", custom())]);
    let give = |text, settings| create(&pool, None, name(text), settings, now()).answer.err();
    assert_eq!(give("id.example.com", custom()), Some(Refusal::Domain(DomainFault::PoolHasOne)));
    assert_eq!(give("shop", managed()), None);
    let holder = PoolId::new("us-east-1_other");
    let taken = create(&fixture::pool_record(), Some(&holder), name("shop"), managed(), now());
    assert_eq!(taken.answer.err(), Some(Refusal::Domain(DomainFault::Taken)));
}

#[test]
fn update_keeps_what_it_does_not_name() {
    let policy = |text: &str| Some(Certificate { arn: "arn".into(), security_policy: Some(text.into()) });
    let full = DomainSettings {
        login: Some(LoginVersion::Managed),
        certificate: policy("TLS_V1"),
        failover: failover(),
    };
    let pool = pool_with(&[("auth.example.com", full.clone())]);
    let updated =
        |settings| update(&pool, &name("auth.example.com"), settings).answer.expect("known").settings;
    assert_eq!(updated(DomainSettings::default()), full);
    let classic = DomainSettings { login: Some(LoginVersion::Classic), ..DomainSettings::default() };
    assert_eq!(updated(classic).login, Some(LoginVersion::Classic));
    let other = DomainSettings { certificate: policy("TLS_V1_3_2025"), ..DomainSettings::default() };
    assert_eq!(updated(other.clone()), DomainSettings { certificate: other.certificate, ..full });
}

#[test]
fn settings_of_custom_domains_are_refused_for_a_prefix() {
    let pool = pool_with(&[("shop", managed())]);
    let give = |settings| update(&pool, &name("shop"), settings).answer.err();
    assert_eq!(give(custom()), Some(Refusal::Domain(DomainFault::CertificateOfPrefix)));
    let routed = DomainSettings { failover: failover(), ..DomainSettings::default() };
    assert_eq!(give(routed), Some(Refusal::Domain(DomainFault::RoutingOfPrefix)));
}

/// oau-0203.
#[test]
fn domain_of_another_pool_is_unknown() {
    let pool = pool_with(&[("shop", managed())]);
    let unknown = || Some(Refusal::Domain(DomainFault::Unknown));
    assert_eq!(update(&pool, &name("other"), managed()).answer.err(), unknown());
    assert_eq!(delete(&pool, &name("other")).answer.err(), unknown());
    let verdict = delete(&pool, &name("shop"));
    assert!(stored(&verdict).domains.is_empty());
    assert!(
        matches!(verdict.remember.get(1), Some(Change::ReleaseDomain(released)) if *released == name("shop"))
    );
}

/// oau-0204.
#[test]
fn pool_with_a_domain_is_not_deleted() {
    use crate::refusal::PoolFault;
    let mut pool = pool_with(&[("shop", managed())]);
    assert_eq!(pool.delete().answer, Err(Refusal::Pool(PoolFault::HasDomain)));
    pool.pool.deletion_protected = true;
    assert_eq!(pool.delete().answer, Err(Refusal::Pool(PoolFault::DeletionProtected)));
    assert_eq!(fixture::pool_record().delete().answer, Ok(()));
}

/// oau-0001, oau-0003.
#[test]
fn custom_domain_is_advertised_before_the_prefix() {
    let pool = pool_with(&[("shop", managed()), ("auth.example.com", custom())]);
    let host = |domain: Option<&Domain>| domain.map(|domain| domain.host("eu-west-1"));
    assert_eq!(host(pool.domains.advertised()).as_deref(), Some("auth.example.com"));
    let prefix = pool_with(&[("shop", managed())]);
    assert_eq!(host(prefix.domains.advertised()).as_deref(), Some("shop.auth.eu-west-1.amazoncognito.com"));
}

#[test]
fn distribution_depends_on_the_name_only() {
    let pool = pool_with(&[("shop", managed()), ("auth.example.com", custom())]);
    let names: Vec<String> = pool.domains.iter().map(Domain::distribution).collect();
    for name in &names {
        let label = name.strip_suffix(".cloudfront.net").expect("a host");
        assert!(label.len() == 14 && is_label(label) && label.starts_with('d'), "{name}");
    }
    assert_ne!(names[0], names[1]);
    assert_eq!(
        pool_with(&[("shop", DomainSettings::default())]).domains.prefix.expect("one").distribution(),
        names[0]
    );
}

#[test]
fn stored_domain_has_only_what_was_sent() {
    let pool = pool_with(&[("shop", managed()), ("auth.example.com", custom())]);
    let written = serde_json::to_value(&pool).expect("JSON");
    let expected = serde_json::json!({
        "prefix": { "name": "shop", "login": 2, "created_at": 3 },
        "custom": {
            "name": "auth.example.com",
            "certificate": { "arn": "arn:aws:acm:us-east-1:000000000000:certificate/one" },
            "created_at": 3,
        },
    });
    assert_eq!(written["domains"], expected);
    assert_eq!(serde_json::from_value::<PoolRecord>(written).expect("a pool"), pool);
    assert!(serde_json::from_value::<LoginVersion>(3.into()).is_err());
    assert_eq!(LoginVersion::from_number(0), Err(Refusal::Domain(DomainFault::LoginVersion)));
}
