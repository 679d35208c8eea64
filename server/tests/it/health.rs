//! `/_lido/health`: whether the store does what service needs.

use std::{sync::atomic::Ordering, time::Duration};

use lido::app::App;

use crate::support::{TestServer, intercepted_store::InterceptedStore};

async fn health(server: &TestServer) -> (u16, String) {
    ask(server, "/_lido/health").await
}

async fn ask(server: &TestServer, path: &str) -> (u16, String) {
    let answer = reqwest::get(format!("http://{}{path}", server.address)).await.expect("an answer");
    (answer.status().as_u16(), answer.text().await.expect("a body"))
}

fn healthy() -> (u16, String) {
    (200, r#"{"status":"ok"}"#.to_owned())
}

/// The reason is in the log only.
fn unhealthy() -> (u16, String) {
    (503, r#"{"status":"unavailable"}"#.to_owned())
}

#[tokio::test]
async fn store_that_refuses_writes_is_unhealthy() {
    let store = InterceptedStore::in_memory();
    let interceptor = store.interceptor();
    let server = TestServer::with_app(store.app()).await;
    let created = server.create_pool_and_client().await;
    assert_eq!(health(&server).await, healthy());
    interceptor.refuses_writes.store(true, Ordering::Relaxed);
    server.app.clock.advance(Duration::from_secs(1));
    assert_eq!(health(&server).await, unhealthy());
    server.sdk.describe_user_pool().user_pool_id(created.pool).send().await.expect("reads are served");
    interceptor.refuses_writes.store(false, Ordering::Relaxed);
    server.app.clock.advance(Duration::from_secs(1));
    assert_eq!(health(&server).await, healthy());
    interceptor.fails.store(true, Ordering::Relaxed);
    server.app.clock.advance(Duration::from_secs(1));
    assert_eq!(health(&server).await, unhealthy());
}

#[tokio::test]
async fn server_whose_store_is_away_lives_and_is_not_ready() {
    let store = InterceptedStore::in_memory();
    let interceptor = store.interceptor();
    let server = TestServer::with_app(store.app()).await;
    let both = async || (ask(&server, "/_lido/health/live").await, ask(&server, "/_lido/health/ready").await);
    assert_eq!(both().await, (healthy(), healthy()));
    interceptor.fails.store(true, Ordering::Relaxed);
    server.app.clock.advance(Duration::from_secs(1));
    assert_eq!(both().await, (healthy(), unhealthy()));
    interceptor.fails.store(false, Ordering::Relaxed);
    server.app.clock.advance(Duration::from_secs(1));
    assert_eq!(both().await, (healthy(), healthy()));
    server.app.drain.begin();
    let draining = (503, r#"{"status":"draining"}"#.to_owned());
    assert_eq!(both().await, (healthy(), draining));
    assert_eq!(health(&server).await, healthy(), "it still serves");
}

#[tokio::test]
async fn store_is_probed_at_most_once_a_second() {
    let store = InterceptedStore::in_memory();
    let interceptor = store.interceptor();
    let server = TestServer::with_app(store.app()).await;
    for second in 1..=3 {
        let (one, two) = tokio::join!(health(&server), health(&server));
        assert_eq!([one, two, health(&server).await], [healthy(), healthy(), healthy()]);
        assert_eq!(interceptor.probes.load(Ordering::Relaxed), second);
        server.app.clock.advance(Duration::from_secs(1));
    }
}

#[tokio::test]
async fn standby_is_healthy_without_writing() {
    let store = InterceptedStore::in_memory();
    let interceptor = store.interceptor();
    let mut app: App = store.app();
    app.settings.is_standby = true;
    let server = TestServer::with_app(app).await;
    interceptor.refuses_writes.store(true, Ordering::Relaxed);
    assert_eq!(health(&server).await, healthy());
    assert_eq!(interceptor.probes.load(Ordering::Relaxed), 0);
}
