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
    Grant::begin(keys, &pool(), &fixture::user("ann"), client(), DAY, &seed, NOW)
}

fn parse(keys: &DigestKeys, token: &RefreshToken) -> ParsedRefreshToken {
    RefreshToken::parse(keys, &pool(), token.expose()).expect("a valid token")
}

#[test]
fn refresh_token_identifies_its_grant_and_is_checked_against_it() {
    let keys = fixture::keys();
    let (grant, token) = begin(&keys);
    let parsed = parse(&keys, &token);
    assert_eq!((&parsed.of, &parsed.grant, parsed.expires_at), (&grant.of, &grant.id, NOW.after(DAY)));
    let last = Timestamp::from_millis(NOW.after(DAY).as_millis() - 1);
    let cases = [
        (client(), NOW, Ok(())),
        (client(), last, Ok(())),
        (client(), NOW.after(DAY), Err(Refusal::RefreshTokenExpired)),
        (ClientId::new("other"), NOW, Err(Refusal::RefreshTokenInvalid)),
    ];
    for (client, now, expected) in cases {
        assert_eq!(grant.check(&parsed, &client, now), expected);
    }
    assert_eq!(grant.ends_at(), NOW.after(DAY).after(DAY), "an access token can be valid for a day longer");
}

#[test]
fn grant_ends_when_its_user_is_signed_out_everywhere() {
    let (keys, ann) = (fixture::keys(), fixture::user("ann"));
    let (former, _) = begin(&keys);
    assert!(former.is_of(&ann) && !former.is_of(&fixture::user("bob")));
    let ann = ann.signed_out();
    assert!(!former.is_of(&ann));
    let seed = GrantSeed { id: [4; 16], origin: [5; 16], secret: [6; 32] };
    let later = Grant::begin(&keys, &pool(), &ann, client(), DAY, &seed, NOW).0;
    assert!(later.is_of(&ann) && !later.is_of(&ann.signed_out()) && !former.is_of(&ann.signed_out()));
}

/// A store of a build that did not count has grants and users without a number.
#[test]
fn grant_of_former_build_belongs_to_its_user_until_the_first_sign_out() {
    let former = |value: serde_json::Value| {
        assert!(value.get("sign_outs").is_none());
        value
    };
    let grant: Grant =
        serde_json::from_value(former(serde_json::to_value(begin(&fixture::keys()).0).expect("JSON")))
            .expect("a grant");
    let user: User =
        serde_json::from_value(former(serde_json::to_value(fixture::user("ann")).expect("JSON")))
            .expect("a user");
    assert!(grant.is_of(&user) && !grant.is_of(&user.signed_out()));
}

#[test]
fn refresh_token_cannot_be_forged_or_read_from_the_stored_grant() {
    let keys = fixture::keys();
    let (grant, token) = begin(&keys);
    let (body, digest) = token.expose().split_once('.').expect("two parts");
    let other_body = URL_SAFE_NO_PAD.encode("sub-of-bob/x/9/y");
    for text in ["", ".", "abc", body, &format!("{other_body}.{digest}"), &format!("{body}.AAAA"), "a.b.c"] {
        assert!(RefreshToken::parse(&keys, &pool(), text).is_none(), "{text}");
    }
    assert!(RefreshToken::parse(&keys, &PoolId::new("r_other"), token.expose()).is_none());
    let stored = serde_json::to_string(&grant).expect("JSON");
    assert!(!stored.contains(&URL_SAFE_NO_PAD.encode([3; 32])) && !stored.contains(body));
    assert!(!format!("{token:?}").contains(body));
    assert!(token.expose().bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_=.".contains(&byte)));
}

#[test]
fn refresh_token_stays_valid_when_the_key_file_is_rotated() {
    let (grant, token) = begin(&DigestKeys::new([1; 32], []));
    let rotated = DigestKeys::new([2; 32], [[1; 32]]);
    assert_eq!(grant.check(&parse(&rotated, &token), &client(), NOW), Ok(()));
    assert!(RefreshToken::parse(&DigestKeys::new([2; 32], []), &pool(), token.expose()).is_none());
}

/// cog-0333.
#[test]
fn rotation_keeps_the_expiry_and_the_old_token_within_its_grace_period() {
    let keys = fixture::keys();
    let (grant, first) = begin(&keys);
    let (later, grace) = (NOW.after(Duration::from_secs(60)), Duration::from_secs(10));
    let (grant, second) = grant.rotated(&keys, &pool(), &parse(&keys, &first), grace, &[4; 32], later);
    assert_eq!(grant.expires_at, NOW.after(DAY));
    let check = |grant: &Grant, token: &RefreshToken, now| grant.check(&parse(&keys, token), &client(), now);
    assert_eq!(check(&grant, &first, later), Ok(()));
    assert_eq!(check(&grant, &second, later), Ok(()));
    let (again, third) =
        grant.rotated(&keys, &pool(), &parse(&keys, &first), grace, &[5; 32], later.after(grace / 2));
    let after = later.after(grace);
    assert_eq!(
        check(&again, &first, after),
        Err(Refusal::RefreshTokenReused),
        "using the token does not extend its grace period"
    );
    assert_eq!(check(&again, &second, after), Ok(()));
    assert_eq!(check(&again, &third, after), Ok(()));
}

#[test]
fn rotation_without_grace_period_invalidates_the_old_token_immediately() {
    let keys = fixture::keys();
    let (grant, first) = begin(&keys);
    let (grant, _) = grant.rotated(&keys, &pool(), &parse(&keys, &first), Duration::ZERO, &[4; 32], NOW);
    assert_eq!(grant.check(&parse(&keys, &first), &client(), NOW), Err(Refusal::RefreshTokenReused));
}

/// The server that sees the token again may have another clock than the one that replaced it.
#[test]
fn replaced_token_is_refused_whatever_the_clock_shows() {
    let keys = fixture::keys();
    let (grant, first) = begin(&keys);
    let used = parse(&keys, &first);
    let grace = Duration::from_secs(10);
    let [at_once, later] =
        [Duration::ZERO, grace].map(|grace| grant.rotated(&keys, &pool(), &used, grace, &[4; 32], NOW).0);
    let shifted = |seconds: i64| Timestamp::from_millis(NOW.as_millis() + seconds * 1_000);
    for (seconds, within_grace) in [
        (0, true),
        (9, true),
        (10, false),
        (3_600, false),
        (-1, true),
        (-60, true),
        // A clock that was put back does not bring a token back for as long.
        (-110, true),
        (-111, false),
        (-86_400, false),
    ] {
        let now = shifted(seconds);
        assert_eq!(at_once.check(&used, &client(), now), Err(Refusal::RefreshTokenReused), "{seconds}");
        assert_eq!(later.check(&used, &client(), now).is_ok(), within_grace, "{seconds}");
    }
}

#[test]
fn grant_drops_its_oldest_tokens_beyond_the_maximum() {
    let keys = fixture::keys();
    let (mut grant, first) = begin(&keys);
    let mut last = first.clone();
    for n in 0..MAX_REFRESH_TOKENS {
        (grant, last) =
            grant.rotated(&keys, &pool(), &parse(&keys, &last), Duration::ZERO, &[100 + n as u8; 32], NOW);
    }
    assert_eq!(grant.tokens.len(), MAX_REFRESH_TOKENS);
    assert_eq!(grant.check(&parse(&keys, &last), &client(), NOW), Ok(()));
    assert_eq!(grant.check(&parse(&keys, &first), &client(), NOW), Err(Refusal::RefreshTokenInvalid));
}
