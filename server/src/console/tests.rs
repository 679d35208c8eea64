//! The responses of the console.

use std::pin::pin;

use http::Request;
use http_body_util::BodyExt as _;
use lido_domain::id::{Sub, Username};
use lido_runtime::Bytes;
use serde_json::{Value, json};

use super::*;
use crate::{
    app::Settings,
    clock::rfc3339,
    delivery::{
        Transport as _, Transports,
        fake::{self, FakeTransport},
    },
    surface::{RequestSource, RoutingTable},
};

/// Sends a request through the routes of the console.
async fn respond(app: &Arc<App>, request: Request<&'static str>) -> HttpResponse {
    let table = RoutingTable::new(vec![Box::new(Console::new(Arc::clone(app)))]).expect("no conflict");
    let (head, body) = request.into_parts();
    table
        .find(&head)
        .expect("a route")
        .respond(&Bytes::from_static(body.as_bytes()), RequestSource::local())
        .await
}

async fn send(app: &Arc<App>, method: &str, address: &str, body: &'static str) -> (u16, Value) {
    let request = Request::builder().method(method).uri(address).body(body).expect("a request");
    let response = respond(app, request).await;
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.expect("a body").to_bytes();
    (status, serde_json::from_slice(&body).expect("JSON"))
}

fn serve_app() -> App {
    let dev = App::for_tests();
    let transports = Transports::single(FakeTransport::default());
    App::new(dev.store, dev.clock, dev.entropy, dev.keys, transports, dev.triggers, dev.settings)
}

#[tokio::test]
async fn inbox_and_clock_are_served_in_dev_only() {
    let (dev, serve) = (Arc::new(App::for_tests()), Arc::new(serve_app()));
    let cases = [
        ("GET", "/_lido/health", "", 200, 200),
        ("HEAD", "/_lido/health", "", 200, 200),
        ("POST", "/_lido/health", "", 405, 405),
        ("GET", "/_lido/health/live", "", 200, 200),
        ("HEAD", "/_lido/health/ready", "", 200, 200),
        ("GET", "/_lido/health/other", "", 404, 404),
        ("GET", "/_lido/messages", "", 200, 404),
        ("GET", "/_lido/messages?user=ann", "", 400, 404),
        ("DELETE", "/_lido/messages?user=ann", "", 400, 404),
        ("DELETE", "/_lido/messages", "", 200, 404),
        ("POST", "/_lido/messages", "", 405, 404),
        ("GET", "/_lido/messages/unknown", "", 404, 404),
        ("GET", "/_lido/messages/unknown/other", "", 404, 404),
        ("POST", "/_lido/clock", "{\"advanceSeconds\": 0}", 200, 404),
        ("POST", "/_lido/clock", "{\"advanceSeconds\": -1}", 400, 404),
        ("POST", "/_lido/clock", "{\"advanceSeconds\": 1, \"by\": 2}", 400, 404),
        ("POST", "/_lido/clock", "{\"advanceSeconds\": 4000000000}", 400, 404),
        ("POST", "/_lido/clock", "", 400, 404),
        ("GET", "/_lido/clock", "", 200, 404),
        ("PATCH", "/_lido/clock", "", 405, 404),
        ("PUT", "/_lido/clock", "{\"now\": \"2026-11-21\"}", 400, 404),
        ("PUT", "/_lido/clock", "{\"now\": \"2126-11-21T00:00:00Z\"}", 200, 404),
        ("PUT", "/_lido/clock", "{\"now\": \"2226-11-21T00:00:00Z\"}", 400, 404),
        ("POST", "/_lido/clock", "{\"advanceSeconds\": 100000000}", 400, 404),
        ("DELETE", "/_lido/clock", "", 200, 404),
        ("GET", "/_lido/openapi.json", "", 200, 404),
        ("GET", "/_lido/seed", "", 200, 404),
        ("POST", "/_lido/seed", "", 405, 404),
        ("GET", "/_lido/", "", 404, 404),
        ("GET", "/_lido/nothing", "", 404, 404),
    ];
    for (method, address, body, in_dev, in_serve) in cases {
        assert_eq!(send(&dev, method, address, body).await.0, in_dev, "{method} {address} {body}");
        assert_eq!(send(&serve, method, address, body).await.0, in_serve, "{method} {address} {body}");
    }
}

#[tokio::test]
async fn web_page_of_another_site_is_refused() {
    let dev = App::for_tests();
    let settings = Settings {
        public_url: Some("https://lido.example".into()),
        admin_origins: vec!["http://admin.localhost:8000".into()],
        ..dev.settings.clone()
    };
    let app = Arc::new(App { settings, ..dev });
    // (Host, Origin, status)
    let cases = [
        (None, None, 200),
        (Some("127.0.0.1:9229"), None, 200),
        (Some("[::1]:9229"), None, 200),
        (Some("localhost:9229"), None, 200),
        (Some("lido:9229"), None, 200),
        (Some("a.localhost"), None, 200),
        (Some("lido.example"), None, 200),
        (Some("lido.example"), Some("https://lido.example"), 200),
        (Some("localhost:9229"), Some("http://localhost:9229"), 200),
        (Some("localhost:9229"), Some("http://localhost:3000"), 403),
        (Some("127.0.0.1:9229"), Some("https://evil.example"), 403),
        (Some("127.0.0.1:9229"), Some("null"), 403),
        // It may call signed operations, and not read the inbox.
        (Some("127.0.0.1:9229"), Some("http://admin.localhost:8000"), 403),
        (Some("evil.example:9229"), None, 403),
        (Some("evil.example:9229"), Some("http://evil.example:9229"), 403),
        (Some("evil example"), None, 403),
    ];
    let clock = "{\"advanceSeconds\": 0}";
    for (host, origin, expected) in cases {
        for (method, page, body) in [("GET", "messages", ""), ("POST", "clock", clock), ("GET", "health", "")]
        {
            let mut request = Request::builder().method(method).uri(format!("/_lido/{page}"));
            for (name, value) in [(header::HOST, host), (header::ORIGIN, origin)] {
                if let Some(value) = value {
                    request = request.header(name, value);
                }
            }
            let response = respond(&app, request.body(body).expect("a request")).await;
            let expected = if page == "health" { 200 } else { expected };
            assert_eq!(response.status().as_u16(), expected, "{page} {host:?} {origin:?}");
        }
    }
}

#[tokio::test]
async fn page_of_an_inbox_origin_reads_the_messages_and_does_nothing_else() {
    let dev = App::for_tests();
    let settings = Settings { inbox_origins: vec!["http://localhost:3000".into()], ..dev.settings.clone() };
    let app = Arc::new(App { settings, ..dev });
    let cases = [
        ("GET", "messages", "http://localhost:3000", 200, true),
        ("GET", "messages?user=ann", "http://localhost:3000", 400, true),
        ("GET", "messages", "http://localhost:3001", 403, false),
        ("GET", "messages", "https://localhost:3000", 403, false),
        ("DELETE", "messages", "http://localhost:3000", 403, false),
        ("POST", "clock", "http://localhost:3000", 403, false),
    ];
    for (method, page, origin, status, is_readable) in cases {
        let request = Request::builder().method(method).uri(format!("/_lido/{page}"));
        let request = request.header(header::HOST, "127.0.0.1:9229").header(header::ORIGIN, origin);
        let response = respond(&app, request.body("{\"advanceSeconds\": 0}").expect("a request")).await;
        assert_eq!(response.status().as_u16(), status, "{method} {page} {origin}");
        let allowed = response.headers().get(header::ACCESS_CONTROL_ALLOW_ORIGIN);
        let allowed = allowed.map(|value| value.to_str().expect("text"));
        assert_eq!(allowed, is_readable.then_some(origin), "{method} {page} {origin}");
        assert_eq!(response.headers().contains_key(header::VARY), is_readable);
    }
}

#[tokio::test]
async fn messages_wait_for_those_of_earlier_answers() {
    let dev = App::for_tests();
    let settings = Settings { inbox_origins: vec!["http://localhost:3000".into()], ..dev.settings.clone() };
    let app = Arc::new(App { settings, ..dev });
    for origin in [None, Some("http://localhost:3000")] {
        let mut request = Request::builder().uri("/_lido/messages").header(header::HOST, "127.0.0.1:9229");
        if let Some(origin) = origin {
            request = request.header(header::ORIGIN, origin);
        }
        let under_way = app.outbox.begin_mail().expect("room for an attempt");
        let mut response = pin!(respond(&app, request.body("").expect("a request")));
        tokio::select! {
            biased;
            _ = response.as_mut() => panic!("{origin:?} does not wait"),
            () = std::future::ready(()) => {}
        }
        drop(under_way);
        assert_eq!(response.await.status().as_u16(), 200, "{origin:?}");
    }
}

#[tokio::test]
async fn clock_request_advances_the_clock_and_returns_its_time() {
    let app = Arc::new(App::for_tests());
    let real = "2026-11-21T07:30:00.000Z";
    let state = |now: &str, offset: i64| (200, json!({"now": now, "realNow": real, "offsetSeconds": offset}));
    let answer = send(&app, "POST", "/_lido/clock", "{\"advanceSeconds\": 90000}").await;
    assert_eq!(answer, state("2026-11-22T08:30:00.000Z", 90_000));
    assert_eq!(rfc3339(app.clock.now()), "2026-11-22T08:30:00.000Z");
    let answer = send(&app, "PUT", "/_lido/clock", "{\"now\": \"2026-11-21T08:00:00+01:00\"}").await;
    assert_eq!(answer, state("2026-11-21T07:00:00.000Z", -1_800));
    assert_eq!(send(&app, "GET", "/_lido/clock", "").await, answer);
    assert_eq!(send(&app, "DELETE", "/_lido/clock", "").await, state(real, 0));
    assert_eq!(app.clock.now(), app.clock.real_now());
}

#[tokio::test]
async fn messages_are_filtered_by_the_query() {
    let app = Arc::new(App::for_tests());
    let inbox = app.inbox.clone().expect("an inbox");
    for name in ["ann", "bob+test"] {
        let mut message = fake::mail(name);
        message.username = Username::new(name);
        message.sub = Sub::new(format!("sub-of-{name}"));
        message.to.value = format!("{name}@example.com");
        inbox.deliver(&message).await.expect("delivered");
    }
    let cases: [(&str, &[&str]); 12] = [
        ("", &["bob+test", "ann"]),
        ("?username=ann", &["ann"]),
        ("?username=sub-of-ann", &["ann"]),
        ("?username=ann@example.com", &["ann"]),
        ("?username=ann@example.com&to=bob", &[]),
        ("?limit=1", &["bob+test"]),
        ("?nextToken=2", &["ann"]),
        ("?after=1", &["bob+test"]),
        ("?after=2", &[]),
        ("?to=bob%2Btest%40example.com&userPoolId=us-east-1_p", &["bob+test"]),
        ("?to=bob+test@example.com", &["bob+test"]),
        ("?username=ann&userPoolId=other", &[]),
    ];
    for (query, expected) in cases {
        let (status, answer) = send(&app, "GET", &format!("/_lido/messages{query}"), "").await;
        let ids: Vec<&str> =
            answer["messages"].as_array().expect("a list").iter().filter_map(|m| m["id"].as_str()).collect();
        assert_eq!((status, &*ids), (200, expected), "{query}");
    }
}

#[tokio::test]
async fn wrong_value_of_a_parameter_is_refused_with_what_it_must_be() {
    let app = Arc::new(App::for_tests());
    let cases = [
        ("limit=0", "limit must be a whole number from 1 to 1000."),
        ("limit=x", "limit must be a whole number from 1 to 1000."),
        ("after=-1", "after must be a whole number."),
        ("wait=5", "wait must be a duration such as 5s, of at most 60s."),
        ("wait=61s", "wait must be a duration such as 5s, of at most 60s."),
        ("wait=s", "wait must be a duration such as 5s, of at most 60s."),
        ("wait=99999999999999999999s", "wait must be a duration such as 5s, of at most 60s."),
        ("user=ann", "The parameters of this are userPoolId, username, to, limit, after, nextToken, wait."),
    ];
    for (query, message) in cases {
        let answer = send(&app, "GET", &format!("/_lido/messages?{query}"), "").await;
        assert_eq!(answer, (400, json!({"error": "InvalidRequest", "message": message})), "{query}");
    }
}

#[tokio::test]
async fn wait_ends_with_a_message_or_with_its_time() {
    let app = Arc::new(App::for_tests());
    let inbox = app.inbox.clone().expect("an inbox");
    let answer = send(&app, "GET", "/_lido/messages?wait=20ms", "").await;
    assert_eq!(answer, (200, json!({"messages": [], "cursor": "0"})));
    let other = app.clone();
    let waiting =
        tokio::spawn(async move { send(&other, "GET", "/_lido/messages?username=bob&wait=1m", "").await });
    for name in ["ann", "bob"] {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        assert!(!waiting.is_finished(), "{name}");
        let mut message = fake::mail(name);
        message.username = Username::new(name);
        inbox.deliver(&message).await.expect("delivered");
    }
    let (status, answer) = waiting.await.expect("an answer");
    assert_eq!(
        (status, &answer["messages"][0]["username"], &answer["cursor"]),
        (200, &json!("bob"), &json!("2"))
    );
    assert_eq!(answer["messages"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn requests_that_wait_are_limited() {
    let app = Arc::new(App::for_tests());
    let console = Console::new(Arc::clone(&app));
    console.locks.waits.forget_permits(MAX_WAITS);
    let table = RoutingTable::new(vec![Box::new(console)]).expect("no conflict");
    for (query, status) in [("wait=1s", 429), ("", 200)] {
        let request = Request::builder().uri(format!("/_lido/messages?{query}"));
        let (head, ()) = request.body(()).expect("a request").into_parts();
        let response =
            table.find(&head).expect("a route").respond(&Bytes::new(), RequestSource::local()).await;
        assert_eq!(response.status().as_u16(), status, "{query}");
    }
}

#[tokio::test]
async fn deleted_messages_are_gone() {
    let app = Arc::new(App::for_tests());
    let inbox = app.inbox.clone().expect("an inbox");
    for name in ["ann", "bob", "eve"] {
        let mut message = fake::mail(name);
        message.username = Username::new(name);
        inbox.deliver(&message).await.expect("delivered");
    }
    let deleted = |number: usize| (200, json!({"deleted": number}));
    assert_eq!(send(&app, "DELETE", "/_lido/messages?username=nobody", "").await, deleted(0));
    assert_eq!(send(&app, "DELETE", "/_lido/messages?username=ann", "").await, deleted(1));
    assert_eq!(send(&app, "GET", "/_lido/messages/bob", "").await.0, 200);
    assert_eq!(send(&app, "DELETE", "/_lido/messages/bob", "").await, deleted(1));
    assert_eq!(send(&app, "DELETE", "/_lido/messages/bob", "").await.0, 404);
    assert_eq!(send(&app, "DELETE", "/_lido/messages", "").await, deleted(1));
}
