use super::*;
use crate::fixture;

const NOW: Timestamp = Timestamp::from_millis(1_000_000);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn pool() -> PoolId {
    PoolId::new("us-east-1_abcdefghi")
}

fn client() -> ClientId {
    ClientId::new("client")
}

fn begin(keys: &DigestKeys) -> (Grant, RefreshToken) {
    let seed = GrantSeed { id: [1; 16], origin: [2; 16], secret: [3; 32] };
    Grant::begin(keys, &pool(), Sub::new("sub-of-ann"), client(), DAY, &seed, NOW)
}

fn open(keys: &DigestKeys, token: &RefreshToken) -> Opened {
    RefreshToken::open(keys, &pool(), token.expose()).expect("one of ours")
}

#[test]
fn a_token_leads_to_its_grant_and_is_checked_against_it() {
    let keys = fixture::keys();
    let (grant, token) = begin(&keys);
    let opened = open(&keys, &token);
    assert_eq!((&opened.of, &opened.grant, opened.expires_at), (&grant.of, &grant.id, NOW.after(DAY)));
    let last = Timestamp::from_millis(NOW.after(DAY).as_millis() - 1);
    let cases = [
        (client(), NOW, Ok(())),
        (client(), last, Ok(())),
        (client(), NOW.after(DAY), Err(Refusal::RefreshTokenExpired)),
        (ClientId::new("other"), NOW, Err(Refusal::RefreshTokenInvalid)),
    ];
    for (client, now, expected) in cases {
        assert_eq!(grant.check(&opened, &client, now), expected);
    }
    assert_eq!(grant.ends_at(), NOW.after(DAY).after(DAY), "an access token may live a day longer");
}

#[test]
fn nobody_makes_a_token_up_and_a_store_gives_none_away() {
    let keys = fixture::keys();
    let (grant, token) = begin(&keys);
    let (body, digest) = token.expose().split_once('.').expect("two parts");
    let other_body = URL_SAFE_NO_PAD.encode("sub-of-bob/x/9/y");
    for text in ["", ".", "abc", body, &format!("{other_body}.{digest}"), &format!("{body}.AAAA"), "a.b.c"] {
        assert!(RefreshToken::open(&keys, &pool(), text).is_none(), "{text}");
    }
    assert!(RefreshToken::open(&keys, &PoolId::new("r_other"), token.expose()).is_none());
    let kept = serde_json::to_string(&grant).expect("JSON");
    assert!(!kept.contains(&URL_SAFE_NO_PAD.encode([3; 32])) && !kept.contains(body));
    assert!(!format!("{token:?}").contains(body));
    assert!(token.expose().bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_=.".contains(&byte)));
}

#[test]
fn tokens_survive_a_rotation_of_the_key_file() {
    let (grant, token) = begin(&DigestKeys::new([1; 32], []));
    let rotated = DigestKeys::new([2; 32], [[1; 32]]);
    assert_eq!(grant.check(&open(&rotated, &token), &client(), NOW), Ok(()));
    assert!(RefreshToken::open(&DigestKeys::new([2; 32], []), &pool(), token.expose()).is_none());
}

/// cog-0333.
#[test]
fn rotation_gives_a_new_token_for_what_is_left_and_the_old_one_its_grace() {
    let keys = fixture::keys();
    let (grant, first) = begin(&keys);
    let (later, grace) = (NOW.after(Duration::from_secs(60)), Duration::from_secs(10));
    let (grant, second) = grant.rotated(&keys, &pool(), &open(&keys, &first), grace, &[4; 32], later);
    assert_eq!(grant.expires_at, NOW.after(DAY));
    let check = |grant: &Grant, token: &RefreshToken, now| grant.check(&open(&keys, token), &client(), now);
    assert_eq!(check(&grant, &first, later), Ok(()));
    assert_eq!(check(&grant, &second, later), Ok(()));
    let (again, third) =
        grant.rotated(&keys, &pool(), &open(&keys, &first), grace, &[5; 32], later.after(grace / 2));
    let after = later.after(grace);
    assert_eq!(
        check(&again, &first, after),
        Err(Refusal::RefreshTokenReused),
        "using it does not lengthen the grace"
    );
    assert_eq!(check(&again, &second, after), Ok(()));
    assert_eq!(check(&again, &third, after), Ok(()));
}

#[test]
fn without_grace_the_old_token_is_over_at_once() {
    let keys = fixture::keys();
    let (grant, first) = begin(&keys);
    let (grant, _) = grant.rotated(&keys, &pool(), &open(&keys, &first), Duration::ZERO, &[4; 32], NOW);
    assert_eq!(grant.check(&open(&keys, &first), &client(), NOW), Err(Refusal::RefreshTokenReused));
}

#[test]
fn a_grant_remembers_only_so_many_tokens() {
    let keys = fixture::keys();
    let (mut grant, first) = begin(&keys);
    let mut last = first.clone();
    for n in 0..MOST_TOKENS {
        (grant, last) =
            grant.rotated(&keys, &pool(), &open(&keys, &last), Duration::ZERO, &[100 + n as u8; 32], NOW);
    }
    assert_eq!(grant.tokens.len(), MOST_TOKENS);
    assert_eq!(grant.check(&open(&keys, &last), &client(), NOW), Ok(()));
    assert_eq!(grant.check(&open(&keys, &first), &client(), NOW), Err(Refusal::RefreshTokenInvalid));
}
