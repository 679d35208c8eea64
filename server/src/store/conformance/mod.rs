//! The conformance suite, which defines the behaviour of a backend. Every backend runs all of it; a new method gets its
//! case here first.
//!
//! A backend's tests contain `conformance!(async { Some((guard, store)) })`: the expression creates an empty store, and the
//! guard keeps its resources alive. Without a store, which is said by who makes it, the test is skipped.

use std::sync::Arc;

use lido_domain::{
    Change, Timestamp,
    attribute::contact::ContactKind,
    code::Purpose,
    digest::DigestKeys,
    id::{CimdPolicyId, ClientId, DomainName, PoolId, ResourceServerId, Sub},
    pool::{
        alias::{Candidates, NameKey, NameKind},
        domain::Domains,
    },
    sign_in::lockout::Failures,
    user::{
        attempt::{AttemptKind, Attempts},
        search::Filter,
    },
};
use zeroize::Zeroizing;

use super::{
    Expectation, Key, Kind, Memberships, OutboxRow, PoolRecord, Record, RelatedRecord, RequestInfo,
    SWEEP_STEP, Store, StoreError, StoreRecord, UserQuery, UserRecords, UserSelector, Version, Write,
    message_id,
};
use crate::{entropy::Entropy, keys::Keys};

/// Defines one test per case, each with its own store.
macro_rules! conformance {
    ($make:expr) => {
        crate::store::conformance::conformance!(@ $make,
            commits {
                empty_store_has_no_records
                put_record_is_read_back
                every_write_has_a_new_version
                commit_with_outdated_version_conflicts
                expected_absence_conflicts_after_a_put
                conflicting_commit_writes_nothing
                later_write_of_a_commit_overrides_earlier
                records_of_pools_are_separate
                put_into_missing_pool_conflicts
                guard_holds_until_its_record_changes
            }
            lookups {
                name_identifies_its_user
                sub_takes_precedence_over_names
                simulated_sub_has_related_records
                name_without_user_is_corrupt
                holders_of_names_are_found
                client_id_identifies_its_pool
                client_id_is_unique_over_pools
                domain_identifies_its_pool
                domain_is_unique_over_pools_until_it_is_released
                resource_servers_are_found_by_identifier
                client_metadata_is_listed_and_removed_by_policy
                branding_is_read_with_the_app_client
                cached_version_is_not_returned_again
                user_is_found_by_the_current_record_of_the_pool
                user_is_found_by_the_current_records_of_the_app_client
                failures_and_session_are_read_with_the_user
                session_identifies_its_user_and_device
                code_identifies_the_holder_of_its_alias
            }
            lists {
                list_continues_after_its_cursor
                users_are_counted_per_pool
                users_are_searched_by_index
                search_continues_after_its_cursor
                index_is_updated_with_its_users
                pools_are_listed_in_order
                due_records_are_returned_in_order
            }
            own {
                store_record_is_replaced_at_its_version_only
                concurrent_first_store_records_have_one_winner
                write_probe_changes_no_record
            }
            removals {
                sweep_removes_expired_records_only
                sweep_of_a_kind_removes_the_longest_overdue_first
                renewed_record_is_not_swept
                sweep_all_removes_every_expired_record
                day_of_traffic_leaves_a_bounded_store
                clear_removes_one_pool_only
                recreated_pool_is_empty
                deleted_rows_are_swept_in_batches
                remove_by_prefix_removes_all_matches
            }
            races {
                concurrent_puts_of_a_name_have_one_winner
                concurrent_increments_are_not_lost
                membership_conflicts_with_change_of_its_user
                batched_read_sees_one_instant
            }
        );
    };
    (@ $make:expr, $($group:ident { $($case:ident)* })*) => {$(
        mod $group {
            use super::*;

            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    let Some((_guard, store)) = $make.await else { return };
                    crate::store::conformance::$group::$case(store).await;
                }
            )*
        }
    )*};
}
pub(crate) use conformance;

pub(crate) mod commits;
pub(crate) mod lists;
pub(crate) mod lookups;
pub(crate) mod own;
pub(crate) mod races;
pub(crate) mod removals;
pub(crate) mod sample;

use sample::{T, name, pool_id, user};

fn keys() -> Keys {
    Keys::new(Zeroizing::new([7; 32]), Vec::new(), Entropy::fake(7))
}

/// Writes without a condition.
async fn write(store: &Store, pool: &PoolId, writes: Vec<Write>) {
    store.commit(pool, vec![], writes).await.expect("an unconditional write");
}

/// Puts a record, and creates its pool first if it does not exist.
async fn put(store: &Store, pool: &PoolId, key: Key, record: Record) {
    if key != Key::pool() {
        make_pool(store, pool).await;
    }
    write(store, pool, vec![Write::Put(key, record)]).await;
}

async fn make_pool(store: &Store, pool: &PoolId) {
    if store.get(pool, Key::pool()).await.expect("read").is_none() {
        let name = pool.as_str().split_once('_').map_or("", |(_, name)| name);
        write(store, pool, vec![Write::Put(Key::pool(), sample::pool(name))]).await;
    }
}

async fn put_user(store: &Store, pool: &PoolId, username: &str) -> Sub {
    make_pool(store, pool).await;
    let user = user(username);
    let sub = user.sub.clone();
    let writes = vec![
        Write::Put(Key::user(&sub), Record::User(user)),
        Write::Put(Key::name(&name(username)), Record::Name(sub.clone())),
    ];
    write(store, pool, writes).await;
    sub
}

/// Commits with these expectations.
async fn commit(
    store: &Store,
    pool: &PoolId,
    expects: Vec<Expectation>,
    writes: Vec<Write>,
) -> Result<(), StoreError> {
    store.commit(pool, expects, writes).await.map(drop)
}

async fn version(store: &Store, pool: &PoolId, key: &Key) -> Option<Version> {
    store.get(pool, key.clone()).await.expect("read").map(|stored| stored.version)
}

/// Returns the expectation that the record with a key, or its absence, is unchanged.
async fn expect(store: &Store, pool: &PoolId, key: Key) -> Expectation {
    match version(store, pool, &key).await {
        Some(version) => Expectation::At(key, version),
        None => Expectation::Absent(key),
    }
}

async fn pool_name(store: &Store, pool: &PoolId) -> Option<String> {
    let found = store.begin().find_pool(pool).await.expect("read");
    found.map(|record| record.name.clone())
}

async fn users(store: &Store, pool: &PoolId) -> Vec<lido_domain::user::User> {
    store.begin().list_users(pool, None, usize::MAX).await.expect("read")
}

async fn count_users(store: &Store, pool: &PoolId) -> usize {
    store.begin().find_pool_and_size(pool).await.expect("read").map_or(0, |(_, count)| count)
}

fn query(typed: &str) -> UserQuery {
    UserQuery {
        subject: UserSelector::Named(Candidates { sub: Sub::new(typed), names: vec![name(typed)] }),
        related: vec![
            RelatedRecord::Code(Purpose::SignUp),
            RelatedRecord::Attempts(AttemptKind::ConfirmSignUp),
        ],
        fallback: None,
        sessions: vec![],
    }
}

async fn read_user(store: &Store, pool: &PoolId, query: UserQuery) -> UserRecords {
    store.begin().find_user(pool, query).await.expect("read")
}

/// Returns the expectation that the attempts of `of` are unchanged, and their count.
async fn read_count(store: &Store, pool: &PoolId, of: &Sub) -> (Vec<Expectation>, u32) {
    let key = Key::attempts(of, AttemptKind::ConfirmSignUp);
    match store.get(pool, key.clone()).await.expect("read") {
        None => (vec![Expectation::Absent(key)], 0),
        Some(stored) => match stored.record {
            Record::Attempts(attempts) => (vec![Expectation::At(key, stored.version)], attempts.count),
            other => panic!("{other:?}"),
        },
    }
}
