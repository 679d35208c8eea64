//! The suite that defines what a store is. Every backend runs all of it; a new verb gets its case here first.
//!
//! A backend's tests say `conformance!(async { (guard, store) })`: the expression makes an empty store, and the guard
//! keeps alive what the store needs.

use lido_domain::{
    Timestamp,
    code::Purpose,
    digest::{Digest, DigestKeys},
    id::{ClientId, GroupName, PoolId, Sub},
    pool::alias::{Candidates, NameKey, NameKind},
    sign_in::lockout::Failures,
    user::{
        attempt::{Act, Attempts},
        search::Filter,
    },
};

use super::{
    Beside, Expect, Key, Kind, OutboxRow, PoolRecord, Read, Record, Store, StoreError, UserQuery, Write,
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
            }
            lookups {
                a_name_leads_to_its_user
                a_sub_leads_to_its_user_before_any_name
                nobody_may_have_attempts
                a_name_that_leads_to_nobody_is_corrupt
                who_holds_a_name
                a_client_leads_to_its_pool
                a_client_id_belongs_to_one_pool
                whoever_enters_comes_with_failures_and_session
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
                what_lies_under_a_prefix_goes_together
            }
            races {
                racing_for_a_name_has_one_winner
                counting_together_loses_nothing
                whoever_joins_a_group_is_met
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

async fn put(store: &Store, pool: &PoolId, key: Key, record: Record) {
    store.commit(pool, vec![], vec![Write::Put(key, record)]).await.expect("an unconditional write");
}

async fn put_user(store: &Store, pool: &PoolId, username: &str) -> Sub {
    let user = user(username);
    let sub = user.sub.clone();
    let writes = vec![
        Write::Put(Key::user(&sub), Record::User(user)),
        Write::Put(Key::name(&name(username)), Record::Name(sub.clone())),
    ];
    store.commit(pool, vec![], writes).await.expect("an unconditional write");
    sub
}

fn query(typed: &str) -> UserQuery {
    UserQuery {
        candidates: Candidates { sub: Sub::new(typed), names: vec![name(typed)] },
        beside: vec![Beside::Code(Purpose::SignUp), Beside::Attempts(Act::ConfirmSignUp)],
        otherwise: None,
    }
}

/// The expectation that the attempts of `of` stay as they are, and their count.
async fn read_count(store: &Store, pool: &PoolId, of: &Sub) -> (Vec<Expect>, u32) {
    let query = UserQuery {
        candidates: Candidates { sub: Sub::new("nobody"), names: vec![] },
        beside: vec![Beside::Attempts(Act::ConfirmSignUp)],
        otherwise: Some(of.clone()),
    };
    let reading = store.read_user(pool, &query).await.expect("read");
    (reading.expects, reading.attempts.map_or(0, |attempts| attempts.count))
}
