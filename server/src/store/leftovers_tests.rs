//! Tests of what a removed user or group leaves behind.

use lido_domain::{digest::DigestKeys, token::grant::GrantId};

use super::*;
use crate::store::{conformance::sample, memory::MemoryBackend};

/// More than one commit removes.
const MANY: usize = 3 * STEP + 7;

fn pool_id() -> PoolId {
    PoolId::new("us-east-1_p")
}

async fn store() -> Store {
    let store = Store::new(MemoryBackend::default());
    store.put(&pool_id(), vec![(Key::pool(), sample::pool("p"))]).await.expect("a pool");
    store
}

#[tokio::test]
async fn rows_of_removed_user_are_removed_in_steps() {
    let (store, pool, keys) = (store().await, pool_id(), DigestKeys::new([1; 32], []));
    for sub in ["ann", "anna"] {
        let rows = (0..MANY).flat_map(|number| {
            let (of, group) = (Sub::new(sub), GroupName::new(format!("g{number:04}")));
            let id = GroupId::new("id");
            [
                (
                    Key::browser_session(&of, &keys.digest(&[&number.to_string()])),
                    Record::BrowserSession(sample::browser_session()),
                ),
                (
                    Key::device(&of, &format!("d{number}")),
                    Record::Device(sample::device(sub, &format!("d{number}"))),
                ),
                (Key::group_of_user(&of, &group), Record::GroupOfUser(id.clone())),
                (Key::user_in_group(&group, &of), Record::UserInGroup(id)),
            ]
        });
        store.put(&pool, rows.collect()).await.expect("written");
    }
    store.remove_leftovers(&pool, &Removed::User(Sub::new("ann"))).await.expect("removed");
    for kind in [Kind::BrowserSession, Kind::Device, Kind::GroupOfUser, Kind::UserInGroup] {
        assert_eq!(store.count(&pool, kind).await, Ok(MANY), "{kind:?}: those of the other user are left");
    }
}

#[tokio::test]
async fn memberships_of_removed_group_are_removed_and_those_of_its_successor_stay() {
    let (store, pool) = (store().await, pool_id());
    let (name, former, present) = (GroupName::new("g"), GroupId::new("former"), GroupId::new("present"));
    let rows = (0..MANY).flat_map(|number| {
        let sub = Sub::new(format!("user{number:04}"));
        let id = if number % 10 == 0 { &present } else { &former };
        [
            (Key::user_in_group(&name, &sub), Record::UserInGroup(id.clone())),
            (Key::group_of_user(&sub, &name), Record::GroupOfUser(id.clone())),
        ]
    });
    store.put(&pool, rows.collect()).await.expect("written");
    store.remove_leftovers(&pool, &Removed::Group(name, former)).await.expect("removed");
    let left = MANY.div_ceil(10);
    assert_eq!(store.count(&pool, Kind::UserInGroup).await, Ok(left));
    assert_eq!(store.count(&pool, Kind::GroupOfUser).await, Ok(left));
}

/// Grants of a user, some from before a sign-out and some from after it, in the order of their ids mixed.
fn grant(sub: &str, number: usize, sign_outs: u64) -> (Key, Record) {
    let mut grant = sample::grant("ann", 1);
    grant.id = GrantId::new(format!("g{number:05}"));
    (grant.of, grant.sign_outs) = (Sub::new(sub), sign_outs);
    (Key::grant(&grant.of, &grant.id), Record::Grant(Box::new(grant)))
}

#[tokio::test]
async fn ended_grants_are_removed_in_steps_and_later_ones_stay() {
    let (store, pool) = (store().await, pool_id());
    for sub in ["ann", "anna"] {
        let rows =
            (0..MANY).map(|number| grant(sub, number, if number % 10 == 0 { 2 } else { number as u64 % 2 }));
        store.put(&pool, rows.collect()).await.expect("written");
    }
    store.remove_leftovers(&pool, &Removed::Grants(Sub::new("ann"), 2)).await.expect("removed");
    let left = MANY.div_ceil(10);
    assert_eq!(store.count(&pool, Kind::Grant).await, Ok(MANY + left), "those of the other user are left");
    store.remove_leftovers(&pool, &Removed::Grants(Sub::new("ann"), 2)).await.expect("removed");
    assert_eq!(store.count(&pool, Kind::Grant).await, Ok(MANY + left), "and those of a later sign-in");
}
