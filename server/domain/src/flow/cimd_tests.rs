//! Tests of the operations on policies of client ID metadata documents.

use serde_json::json;

use super::*;
use crate::{
    fixture::{self, cimd_policy as policy},
    id::ClientId,
    pool::Tier,
};

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

/// api-0315, api-0322.
#[test]
fn policy_is_created_for_an_app_client_within_plan_and_limit() {
    let give = |tier, has_client, count| {
        let mut pool = fixture::pool_record();
        pool.pool.tier = tier;
        create(
            &pool,
            has_client,
            count,
            CimdPolicyId::new("p"),
            policy(&["https://example.com/"]).settings,
            at(1),
        )
    };
    let created = give(Tier::Essentials, true, 24);
    assert!(matches!(created.remember[..], [Change::PutCimdPolicy(_), Change::PutPool(_)]));
    assert_eq!(created.answer, Ok(policy(&["https://example.com/"])));
    assert_eq!(give(Tier::Lite, true, 0).answer, Err(Refusal::Cimd(CimdFault::TierTooLow(Tier::Lite))));
    assert_eq!(give(Tier::Plus, true, 25).answer, Err(Refusal::Cimd(CimdFault::TooMany)));
    let client = ClientId::new("client");
    assert_eq!(give(Tier::Plus, false, 0).answer, Err(Refusal::UnknownClient(client)));
}

/// api-0317.
#[test]
fn update_replaces_client_and_patterns_and_keeps_the_rest() {
    let former = policy(&["https://example.com/"]);
    let change = CimdPolicyUpdate {
        client: ClientId::new("other"),
        patterns: vec!["https://example.org/".into()],
        name: None,
        cache_seconds: Some(90_000),
    };
    let pool = fixture::pool();
    let give = |policy, change: &CimdPolicyUpdate| update(&pool, policy, true, change.clone(), at(2)).answer;
    let updated = give(Some(&former), &change).expect("known");
    assert_eq!((updated.modified_at, updated.created_at), (at(2), at(1)));
    assert_eq!((updated.settings.name.as_str(), updated.cache_seconds()), ("apps", 90_000));
    assert_eq!(
        (updated.settings.client, updated.settings.patterns),
        (change.client.clone(), change.patterns.clone())
    );
    let named = CimdPolicyUpdate { name: Some("new".into()), cache_seconds: None, ..change.clone() };
    let named = give(Some(&former), &named).expect("known");
    assert_eq!((named.settings.name.as_str(), named.settings.cache_seconds), ("new", None));
    assert_eq!(give(None, &change), Err(Refusal::Cimd(CimdFault::Unknown)));
    let without = update(&pool, Some(&former), false, change.clone(), at(2));
    assert_eq!(without.answer, Err(Refusal::UnknownClient(change.client)));
    assert_eq!(delete(None).answer, Err(Refusal::Cimd(CimdFault::Unknown)));
    assert!(matches!(delete(Some(&former)).remember[..], [Change::RemoveCimdPolicy(_)]));
}

/// api-0319.
#[test]
fn document_is_valid_until_it_expires_or_does_not_match() {
    let url = "https://example.com/a";
    let short = policy(&["https://example.com/*"]);
    let kept = short.keep(url.into(), json!({}), at(0));
    assert_eq!(kept.expires_at, at(86_400_000));
    let pool = fixture::pool();
    let give =
        |policy: &CimdPolicy, now| check_kept(&pool, Some(policy.clone()), Some(kept.clone()), now).err();
    let not_cached = Some(Refusal::Cimd(CimdFault::NotCached));
    assert_eq!(give(&short, at(86_399_999)), None);
    assert_eq!(give(&short, at(86_400_000)), not_cached);
    assert_eq!(give(&policy(&["https://example.org/*"]), at(1)), not_cached);
    let other = CimdPolicy { id: CimdPolicyId::new("q"), ..short.clone() };
    assert_eq!(give(&other, at(1)), not_cached);
    assert_eq!(check_kept(&pool, Some(short.clone()), None, at(1)).err(), not_cached);
    assert_eq!(check_kept(&pool, None, None, at(1)).err(), Some(Refusal::Cimd(CimdFault::Unknown)));
    let lite = Pool { tier: Tier::Lite, ..pool.clone() };
    let refused = check_kept(&lite, Some(short.clone()), Some(kept.clone()), at(1)).err();
    assert_eq!(refused, Some(Refusal::Cimd(CimdFault::TierTooLow(Tier::Lite))));
    assert!(matches!(invalidate(kept).remember[..], [Change::RemoveClientMetadata { .. }]));
    let refreshed = refresh(&short, url.into(), json!({ "client_id": url }), at(5));
    let Some(Change::PutClientMetadata(kept)) = refreshed.remember.first() else { panic!("{refreshed:?}") };
    assert_eq!((kept.cached_at, &kept.document["client_id"]), (at(5), &json!(url)));
}

#[test]
fn pool_keeps_a_limited_number_of_documents() {
    let policy = policy(&["https://example.com/*"]);
    let give = |count| keep(&policy, count, "https://example.com/a".into(), json!({}), at(1));
    let kept = give(MAX_CLIENT_METADATA - 1);
    assert!(matches!(kept.remember[..], [Change::PutClientMetadata(_)]));
    assert_eq!(kept.answer, Ok(true));
    let full = give(MAX_CLIENT_METADATA);
    assert_eq!((full.remember.len(), full.answer), (0, Ok(false)));
}
