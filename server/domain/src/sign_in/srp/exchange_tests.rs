use serde::Deserialize;

use super::*;
use crate::{id::Username, refusal::Refusal, secret::Secret};

#[derive(Deserialize)]
struct Fixture {
    cases: Vec<Case>,
}

/// See `fixtures/srp.py` for how they were made.
#[derive(Deserialize)]
struct Case {
    name: String,
    pool: String,
    username: String,
    password: String,
    salt: String,
    server_secret: String,
    a: String,
    b: String,
    secret_block: String,
    timestamp: String,
    signature: String,
}

fn cases() -> Vec<Case> {
    serde_json::from_str::<Fixture>(include_str!("../../../fixtures/srp.json")).expect("a fixture").cases
}

fn bytes<const N: usize>(hex: &str) -> [u8; N] {
    std::array::from_fn(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).expect("hexadecimal digits"))
}

struct Exchange {
    verifier: Verifier,
    secret: ServerSecret,
    values: Values,
    at: ClaimTime,
}

impl Exchange {
    fn of(case: &Case) -> Self {
        let pool = PoolId::new(case.pool.as_str());
        let (username, password) =
            (Username::new(case.username.as_str()), Secret::new(case.password.as_str()));
        let verifier = Verifier::derive(&pool, &username, &password, bytes(&case.salt));
        let secret = ServerSecret::from_bytes(&bytes(&case.server_secret));
        let values =
            Values { a: PublicValue::from_hex(&case.a).expect("a number"), b: verifier.begin(&secret) };
        Self { verifier, secret, values, at: ClaimTime::parse(&case.timestamp).expect("an instant") }
    }

    fn claim<'a>(&'a self, case: &'a Case, group: &'a str) -> Claim<'a> {
        Claim {
            group,
            who: &case.username,
            secret_block: &case.secret_block,
            at: &self.at,
            signature: &case.signature,
        }
    }
}

#[test]
fn an_independent_client_arrives_at_the_same_key() {
    let cases = cases();
    assert_eq!(cases.len(), 14);
    for case in &cases {
        let (exchange, pool) = (Exchange::of(case), PoolId::new(case.pool.as_str()));
        assert_eq!(exchange.values.b.to_hex(), case.b, "{}", case.name);
        let claim = exchange.claim(case, pool.name());
        assert!(exchange.verifier.is_claim(&exchange.values, &exchange.secret, &claim), "{}", case.name);
    }
}

#[test]
fn whatever_else_is_claimed_is_refused() {
    let all = cases();
    let case = &all[0];
    let (exchange, pool) = (Exchange::of(case), PoolId::new(case.pool.as_str()));
    let right = || exchange.claim(case, pool.name());
    let later = ClaimTime::parse("Thu Nov 5 07:03:10 UTC 2026").expect("an instant");
    let wrong = [
        Claim { group: "other", ..right() },
        Claim { who: "bob", ..right() },
        Claim { secret_block: "b3RoZXI=", ..right() },
        Claim { secret_block: "%", ..right() },
        Claim { at: &later, ..right() },
        Claim { signature: &all[1].signature, ..right() },
        Claim { signature: "", ..right() },
        Claim { signature: "%", ..right() },
    ];
    for claim in wrong {
        assert!(!exchange.verifier.is_claim(&exchange.values, &exchange.secret, &claim), "{claim:?}");
    }
    let nobody = Verifier::simulated(&crate::fixture::keys(), &pool, &case.username);
    assert!(!nobody.is_claim(&exchange.values, &exchange.secret, &right()));
    let other_secret = ServerSecret::from_bytes(&[7; 32]);
    assert!(!exchange.verifier.is_claim(&exchange.values, &other_secret, &right()));
}

#[test]
fn a_client_may_not_choose_a_key_that_everybody_knows() {
    let prime = PRIME.to_be_bytes().as_ref().iter().map(|byte| format!("{byte:02X}")).collect::<String>();
    let last = format!("{}e", prime[..prime.len() - 1].to_lowercase());
    let cases = [
        ("0", None),
        ("000", None),
        ("", None),
        (prime.as_str(), None),
        ("xyz", None),
        ("-1", None),
        ("+1", None),
        (last.as_str(), Some(last.clone())),
        ("00aBc", Some("abc".to_owned())),
    ];
    for (text, expected) in cases {
        assert_eq!(PublicValue::from_hex(text).map(|value| value.to_hex()), expected, "{text}");
    }
    assert!(PublicValue::from_hex(&"f".repeat(769)).is_none());
    let reduced = PublicValue::from_hex(&"f".repeat(768)).expect("a number").to_hex();
    assert!(reduced.len() < 768, "a number beyond the prime is taken modulo the prime");
}

#[test]
fn numbers_are_printed_without_leading_zeros() {
    for (number, text) in [(&[0, 0x0a, 1][..], "a01"), (&[0x80], "80"), (&[0, 0], "0"), (&[], "0")] {
        assert_eq!(hex(number), text);
    }
}

#[test]
fn the_secret_of_an_exchange_follows_from_key_and_handle() {
    let pool = PoolId::new("r_p");
    let handle = SessionHandle::generate(&[3; 64]);
    let (before, after) = (DigestKeys::new([1; 32], []), DigestKeys::new([2; 32], [[1; 32]]));
    let verifier = Verifier::simulated(&before, &pool, "ann");
    let value = |secret: ServerSecret| verifier.begin(&secret).to_hex();
    let begun = value(ServerSecret::of(&before, &pool, &handle));
    let kept_at = handle.key(&before, &pool);
    assert_eq!(value(ServerSecret::of_kept(&before, &pool, handle.expose(), &kept_at)), begun);
    assert_eq!(
        value(ServerSecret::of_kept(&after, &pool, handle.expose(), &kept_at)),
        begun,
        "after a rotation"
    );
    let other = SessionHandle::generate(&[4; 64]);
    assert_ne!(value(ServerSecret::of(&before, &pool, &other)), begun);
}

#[test]
fn public_values_survive_being_written_down() {
    let value = PublicValue::from_hex("abc").expect("a number");
    let text = serde_json::to_string(&value).expect("text");
    assert_eq!(text, "\"abc\"");
    assert_eq!(serde_json::from_str::<PublicValue>(&text).expect("reads back"), value);
    assert!(serde_json::from_str::<PublicValue>("\"0\"").is_err());
    assert_eq!(ClaimTime::parse("now"), Err(Refusal::ClaimTimeForm));
}
