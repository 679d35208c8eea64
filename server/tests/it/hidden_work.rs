//! The work of a request for an unknown name, at an app client that hides users, is that of one for a user: as many reads and
//! commits of the store, rows and key derivations, also after the answer. Equal work is shown by counts, not by a clock.

use std::sync::{Arc, atomic::Ordering};

use lido::store::Kind;
use serde_json::json;

use crate::{
    hidden_users::probes,
    simulated_users::{ALL, NameForm, Pool},
    support::{
        PASSWORD, TestServer,
        intercepted_store::{BackendCall, InterceptedStore, Interceptor},
    },
};

/// What a request has cost, until nothing of it is under way any more.
#[derive(Debug, PartialEq, Eq)]
struct Work {
    status: u16,
    reads: usize,
    commits: usize,
    rows: usize,
    exponentiations: u64,
}

/// Counts the work of the last step of a probe, in an hour of its own.
async fn work(
    pool: &Pool,
    interceptor: &Arc<Interceptor>,
    probe: &crate::hidden_users::Probe,
    name: &str,
) -> Work {
    let app = &pool.fixture.server.app;
    app.outbox.settle().await;
    interceptor.take_calls();
    interceptor.rows.store(0, Ordering::Relaxed);
    let before = app.passwords.exponentiations();
    let answer = pool.fixture.ask(probe, &pool.fixture.hiding, name).await;
    app.outbox.settle().await;
    let calls = interceptor.take_calls();
    let count = |call| calls.iter().filter(|made| **made == call).count();
    Work {
        status: answer.status,
        reads: count(BackendCall::Read),
        commits: count(BackendCall::Commit),
        rows: interceptor.rows.load(Ordering::Relaxed),
        exponentiations: app.passwords.exponentiations() - before,
    }
}

#[tokio::test]
async fn request_for_unknown_name_works_as_one_for_a_user() {
    let mut wrong = Vec::new();
    for form in [NameForm::Username, NameForm::EmailAsUsername] {
        let store = InterceptedStore::in_memory();
        let interceptor = store.interceptor();
        let pool = Pool::on(form, TestServer::with_app(store.app()).await).await;
        let confirmed = pool.create_user(0, &ALL).await;
        let unconfirmed = form.name(1);
        let sign_up = json!({
            "ClientId": pool.fixture.hiding, "Username": unconfirmed, "Password": PASSWORD,
            "UserAttributes": [{ "Name": "phone_number", "Value": "+15550100" }],
        });
        pool.fixture.server.expect_output("SignUp", &sign_up).await;
        let unknown = pool.unknown_name(&ALL).await;
        // The signing keys of a new pool are generated in the background.
        while pool.fixture.server.app.store.count(&pool.id, Kind::SigningKeys).await != Ok(1) {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        for probe in probes().iter().filter(|probe| probe.operation() != "SignUp") {
            let user = match probe.operation() {
                "ConfirmSignUp" | "ResendConfirmationCode" => &unconfirmed,
                _ => &confirmed,
            };
            let (of_user, of_none) = (
                work(&pool, &interceptor, probe, user).await,
                work(&pool, &interceptor, probe, &unknown).await,
            );
            if of_user != of_none {
                wrong.push(format!(
                    "{form:?}, {}: {of_user:?} for the user, {of_none:?} for no user",
                    probe.row
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
