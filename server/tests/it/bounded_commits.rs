//! No request commits more rows than a step of the sweeper, whatever number of rows its user, group or pool has: the commits of
//! others wait for it.

use std::sync::atomic::Ordering;

use lido::store::{Key, Kind, Record, SWEEP_STEP};
use lido_domain::{
    Timestamp,
    id::{GroupName, PoolId, Sub},
    token::grant::GrantId,
    user::{Status, auth_event::AuthEvent, device::Device},
};
use serde_json::json;

use crate::support::{
    intercepted_store::{InterceptedStore, Interceptor},
    user_fixture::UserFixture,
};

/// Rows of each kind: more than a commit may have.
const MANY: usize = SWEEP_STEP + 300;

/// The user `ann` of the fixture, with many rows.
struct ManyRows {
    fixture: UserFixture,
    store: InterceptedStore,
    pool: PoolId,
    /// A row of each kind, which the user has at first.
    rows: Vec<Record>,
}

/// The kinds of rows of a user of which there is any number, but for memberships, of which a user has a hundred at most.
const OF_USER: [Kind; 3] = [Kind::Grant, Kind::Device, Kind::AuthEvent];

impl ManyRows {
    async fn new() -> Self {
        let store = InterceptedStore::in_memory();
        let fixture = UserFixture::with_app(store.app()).await;
        let pool = PoolId::new(&fixture.fixture.ids.pool);
        // The device is there in the state in which requests succeed.
        fixture.set_state("", Status::Confirmed, true).await;
        let mut rows = Vec::new();
        for kind in OF_USER {
            let stored = store.list_records(&pool, kind).await.into_iter().next();
            rows.push(stored.unwrap_or_else(|| panic!("no {kind:?} record")).record);
        }
        Self { fixture, store, pool, rows }
    }

    /// Adds copies of a row of the user until there are many of its kind.
    async fn plant(&self, kind: Kind) {
        let row =
            self.rows.iter().find(|row| row.kind() == kind).unwrap_or_else(|| panic!("no {kind:?} record"));
        let copies = (self.count(kind).await..MANY).map(|number| match row.clone() {
            Record::Grant(mut copy) => {
                copy.id = GrantId::new(format!("copy-{number}"));
                (Key::grant(&copy.of, &copy.id), Record::Grant(copy))
            }
            Record::Device(device) => {
                let copy = Device { key: format!("copy-{number}"), ..device };
                (Key::device(&copy.of, &copy.key), Record::Device(copy))
            }
            Record::AuthEvent(event) => {
                let copy = AuthEvent { id: format!("copy-{number}"), ..event };
                (Key::auth_event(&Sub::new(&*self.fixture.fixture.sub), &copy), Record::AuthEvent(copy))
            }
            other => panic!("no copies of {:?}", other.kind()),
        });
        self.fixture.fixture.server.app.store.put(&self.pool, copies.collect()).await.expect("written");
    }

    async fn count(&self, kind: Kind) -> usize {
        self.store.list_records(&self.pool, kind).await.len()
    }

    fn interceptor(&self) -> std::sync::Arc<Interceptor> {
        self.store.interceptor()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commit_of_every_request_about_a_user_is_bounded() {
    let many = ManyRows::new().await;
    let (fixture, interceptor) = (&many.fixture, many.interceptor());
    let now = fixture.fixture.server.app.clock.now();
    let later = Timestamp::from_millis(now.as_millis() + 1_000);
    let (mut wrong, mut accepted) = (Vec::new(), 0);
    for (row, request) in fixture.requests(&fixture.token) {
        let status = match row {
            "ConfirmSignUp" | "AdminConfirmSignUp" | "ResendConfirmationCode" => Status::Unconfirmed,
            _ if row.contains("RESEND") || row.contains("NEW_PASSWORD_REQUIRED") => {
                Status::ForceChangePassword { expires_at: later }
            }
            _ => Status::Confirmed,
        };
        fixture.set_state(row, status, true).await;
        for kind in OF_USER {
            many.plant(kind).await;
        }
        interceptor.largest_commit.store(0, Ordering::Relaxed);
        let response = fixture.send(row, &request).await;
        accepted += usize::from(response.status == 200);
        let largest = interceptor.largest_commit.load(Ordering::Relaxed);
        if largest > SWEEP_STEP {
            wrong.push(format!("{row}: a commit of {largest} rows"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(accepted > 50, "{accepted} requests succeeded");
}

#[tokio::test]
async fn commit_that_removes_a_group_or_a_pool_is_bounded() {
    let many = ManyRows::new().await;
    let (server, interceptor) = (&many.fixture.fixture.server, many.interceptor());
    let group = GroupName::new("staff");
    let id = match many.store.list_records(&many.pool, Kind::Group).await.pop().expect("a group").record {
        Record::Group(group) => group.id,
        other => panic!("{other:?}"),
    };
    let members = (0..MANY).map(|number| Sub::new(format!("sub-{number}"))).flat_map(|sub| {
        [
            (Key::user_in_group(&group, &sub), Record::UserInGroup(id.clone())),
            (Key::group_of_user(&sub, &group), Record::GroupOfUser(id.clone())),
        ]
    });
    server.app.store.put(&many.pool, members.collect()).await.expect("written");
    interceptor.largest_commit.store(0, Ordering::Relaxed);
    let pool = many.pool.as_str();
    let deleted = server.post("DeleteGroup", &json!({ "UserPoolId": pool, "GroupName": "staff" })).await;
    assert_eq!(deleted.status, 200, "{deleted:?}");
    assert_eq!(many.count(Kind::UserInGroup).await, 0);
    let of_group = interceptor.largest_commit.load(Ordering::Relaxed);
    many.plant(Kind::Grant).await;
    interceptor.largest_commit.store(0, Ordering::Relaxed);
    let deleted = server.post("DeleteUserPool", &json!({ "UserPoolId": pool })).await;
    assert_eq!(deleted.status, 200, "{deleted:?}");
    let of_pool = interceptor.largest_commit.load(Ordering::Relaxed);
    assert!(of_group <= SWEEP_STEP && of_pool <= SWEEP_STEP, "commits of {of_group} and {of_pool} rows");
}

/// Grants of before are of no use right after, all rows are removed, and a later sign-in stays.
#[tokio::test]
async fn signing_out_everywhere_ends_all_grants_and_no_later_one() {
    for operation in ["GlobalSignOut", "AdminUserGlobalSignOut", "AdminDisableUser"] {
        let many = ManyRows::new().await;
        let fixture = &many.fixture;
        many.plant(Kind::Grant).await;
        let (server, ids) = (&fixture.fixture.server, &fixture.fixture.ids);
        let by_token = json!({ "AccessToken": fixture.token });
        let by_name = json!({ "UserPoolId": ids.pool, "Username": "ann" });
        let request = if operation == "GlobalSignOut" { &by_token } else { &by_name };
        server.expect_output(operation, request).await;
        assert_eq!(many.count(Kind::Grant).await, 0, "{operation}");
        if operation == "AdminDisableUser" {
            server.expect_output("AdminEnableUser", &by_name).await;
        }
        let refused = server.post("GetUser", &by_token).await;
        assert_eq!(refused.refusal().2, "Access Token has been revoked", "{operation}");
        // Rows that the process did not come to remove have no effect either.
        fixture.restore_grant().await;
        let refused = server.post("GetUser", &by_token).await;
        assert_eq!(refused.refusal().2, "Access Token has been revoked", "{operation}");
        let refused = server.post("InitiateAuth", &fixture.renewal()).await;
        assert_eq!(refused.refusal().2, "Refresh Token has been revoked", "{operation}");
        let signed_in = server.expect_output("InitiateAuth", &fixture.sign_in()).await;
        let later = json!({ "AccessToken": signed_in["AuthenticationResult"]["AccessToken"] });
        server.expect_output("GetUser", &later).await;
        // A second time, with the rows of the first still there.
        server.expect_output("AdminUserGlobalSignOut", &by_name).await;
        assert_eq!(server.post("GetUser", &later).await.status, 400, "{operation}");
        assert_eq!(many.count(Kind::Grant).await, 0, "{operation}");
    }
}
