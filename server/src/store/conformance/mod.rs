//! The suite that defines what a store is. Every backend runs all of it; a new method gets its case here first.
//!
//! A backend's tests say `conformance!(async { (guard, store) })`: the expression makes an empty store, and the guard
//! keeps alive what the store needs.

use lido_domain::{
    Timestamp,
    code::Purpose,
    digest::DigestKeys,
    id::{ClientId, PoolId, Sub},
    pool::alias::{Candidates, NameKey, NameKind},
    sign_in::lockout::Failures,
    user::{
        attempt::{Act, Attempts},
        search::Filter,
    },
};

use super::{
    Beside, Expect, Key, Kind, Memberships, OutboxRow, PoolRecord, Record, Store, StoreError, Subject,
    UserQuery, UserReading, Version, Write,
};

/// One test a case, each with a store of its own.
macro_rules! conformance {
    ($make:expr) => {
        crate::store::conformance::conformance!(@ $make,
            commits {
                an_empty_store_holds_nothing
                what_was_put_is_read_back
                a_version_is_new_with_every_write
                a_commit_needs_the_version_that_was_read
                absence_can_be_expected_once
                a_commit_is_all_or_nothing
                later_writes_of_a_commit_win
                pools_do_not_see_each_other
                nothing_is_put_into_a_pool_that_does_not_exist
                a_guard_holds_while_its_record_is_unchanged
            }
            lookups {
                a_name_leads_to_its_user
                a_sub_leads_to_its_user_before_any_name
                nobody_may_have_attempts
                a_name_that_leads_to_nobody_is_corrupt
                who_holds_a_name
                a_client_leads_to_its_pool
                a_client_id_belongs_to_one_pool
                a_known_version_is_not_brought_again
                a_sign_in_brings_failures_and_session
                a_session_leads_to_its_user_and_device
                a_code_leads_to_the_holder_of_its_alias
            }
            lists {
                lists_go_on_where_they_stopped
                users_are_counted
                users_are_searched
                a_search_goes_on_where_it_stopped
                the_index_follows_its_users
                pools_are_listed
                due_records_come_in_their_order
            }
            removals {
                sweeping_spares_the_living
                clearing_takes_the_pool_and_nothing_else
                a_pool_made_again_sees_nothing_of_the_former
                deleted_rows_are_swept_in_bounded_steps
                what_lies_under_a_prefix_goes_together
            }
            races {
                racing_for_a_name_has_one_winner
                counting_together_loses_nothing
                a_membership_conflicts_with_a_change_of_its_user
                a_read_sees_one_instant
            }
        );
    };
    (@ $make:expr, $($group:ident { $($case:ident)* })*) => {$(
        mod $group {
            use super::*;

            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    let (_guard, store) = $make.await;
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
pub(crate) mod races;
pub(crate) mod removals;
pub(crate) mod sample;

use sample::{T, name, pool_id, user};

/// Commits without a condition.
async fn write(store: &Store, pool: &PoolId, writes: Vec<Write>) {
    store.commit(pool, vec![], writes).await.expect("an unconditional write");
}

/// Puts a record; the pool is made first if it does not exist.
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

/// Commits on these conditions, for the outcome alone.
async fn commit(
    store: &Store,
    pool: &PoolId,
    expects: Vec<Expect>,
    writes: Vec<Write>,
) -> Result<(), StoreError> {
    store.commit(pool, expects, writes).await.map(drop)
}

async fn version(store: &Store, pool: &PoolId, key: &Key) -> Option<Version> {
    store.get(pool, key.clone()).await.expect("read").map(|stored| stored.version)
}

/// The condition that the record under a key stays as it is, or absent.
async fn expect(store: &Store, pool: &PoolId, key: Key) -> Expect {
    match version(store, pool, &key).await {
        Some(version) => Expect::At(key, version),
        None => Expect::Absent(key),
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
        subject: Subject::Named(Candidates { sub: Sub::new(typed), names: vec![name(typed)] }),
        beside: vec![Beside::Code(Purpose::SignUp), Beside::Attempts(Act::ConfirmSignUp)],
        otherwise: None,
        sessions: vec![],
    }
}

async fn read_user(store: &Store, pool: &PoolId, query: UserQuery) -> UserReading {
    store.begin().find_user(pool, query).await.expect("read")
}

/// The condition that the attempts of `of` stay as they are, and their count.
async fn read_count(store: &Store, pool: &PoolId, of: &Sub) -> (Vec<Expect>, u32) {
    let key = Key::attempts(of, Act::ConfirmSignUp);
    match store.get(pool, key.clone()).await.expect("read") {
        None => (vec![Expect::Absent(key)], 0),
        Some(stored) => match stored.record {
            Record::Attempts(attempts) => (vec![Expect::At(key, stored.version)], attempts.count),
            other => panic!("{other:?}"),
        },
    }
}
