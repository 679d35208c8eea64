//! The routes of hosts and paths in a small table.

use async_trait::async_trait;
use http::Request;
use lido_runtime::server::body::from_bytes;

use super::*;

#[derive(Debug)]
struct FakeSurface(&'static [Route]);

#[async_trait]
impl Surface for FakeSurface {
    fn routes(&self) -> &'static [Route] {
        self.0
    }

    fn cross_origin(&self) -> CrossOrigin {
        CrossOrigin::Deny
    }

    async fn respond(&self, request: RoutedRequest<'_>) -> HttpResponse {
        let text = format!("{} {}", request.path, request.parameter("pool"));
        HttpResponse::new(from_bytes(Bytes::from(text)))
    }
}

const fn on(host: &'static str, path: &'static str, operation: &'static str) -> Route {
    Route { host, path, operation }
}

fn table() -> RoutingTable {
    const ONE: &[Route] = &[Route::new("/login", "any"), on("*.localhost", "/login", "below")];
    const TWO: &[Route] = &[
        Route::new("/{pool}/login", "pool"),
        on("auth.example", "/login", "exact"),
        on("metrics.localhost", "/login", "metrics"),
        on("auth.example", "/{*all}", "all"),
    ];
    RoutingTable::new(vec![Box::new(FakeSurface(ONE)), Box::new(FakeSurface(TWO))]).expect("no conflict")
}

fn head(target: &str, host: Option<&str>) -> Parts {
    let mut request = Request::builder().uri(target);
    if let Some(host) = host {
        request = request.header(header::HOST, host);
    }
    request.body(()).expect("a request").into_parts().0
}

#[test]
fn most_specific_host_pattern_with_the_path_is_found() {
    let table = table();
    // (target, Host, operation)
    let cases = [
        ("/login", None, Some("any")),
        ("/login", Some(""), Some("any")),
        ("/login", Some("other.example"), Some("any")),
        ("/login", Some("localhost:9229"), Some("any")),
        ("/login", Some("not a host"), Some("any")),
        ("/login", Some("127.0.0.1:9229"), Some("any")),
        ("/login", Some("[::1]:9229"), Some("any")),
        ("/login", Some("shop.localhost"), Some("below")),
        ("/login", Some("Shop.LOCALHOST:9229"), Some("below")),
        ("/login", Some("a.shop.localhost"), Some("any")),
        ("/login", Some(".localhost"), Some("any")),
        ("/login", Some("shoplocalhost"), Some("any")),
        ("/login", Some("metrics.localhost"), Some("metrics")),
        ("/login", Some("auth.example"), Some("exact")),
        ("/login", Some("AUTH.example:443"), Some("exact")),
        ("/login", Some("sub.auth.example"), Some("any")),
        // A host in the target overrides the header.
        ("http://auth.example/login", Some("shop.localhost"), Some("exact")),
        ("http://auth.example:80/login", None, Some("exact")),
        ("http://other.example/login", Some("auth.example"), Some("any")),
        // A path that the host's own routes lack is found in those of less specific patterns.
        ("/r_p/login", Some("shop.localhost"), Some("pool")),
        ("/r_p/login", Some("auth.example"), Some("all")),
        ("/", Some("auth.example"), None),
        ("/", None, None),
        ("/login/", None, None),
    ];
    for (target, host, operation) in cases {
        let head = head(target, host);
        let found = table.find(&head).map(|found| found.operation());
        assert_eq!(found, operation, "{target} {host:?}");
    }
}

#[tokio::test]
async fn surface_gets_its_route_and_the_parameters() {
    use http_body_util::BodyExt as _;
    let (table, head) = (table(), head("/r_p%2Fx/login?pool=other", None));
    let found = table.find(&head).expect("a route");
    assert_eq!(found.cross_origin(), CrossOrigin::Deny);
    let response = found.respond(&Bytes::new(), RequestSource::local()).await;
    let body = response.into_body().collect().await.expect("a body").to_bytes();
    assert_eq!(body, "/{pool}/login r_p%2Fx", "parameters are not decoded");
}

#[test]
fn conflicting_or_malformed_route_is_refused() {
    const TAKEN: &[Route] = &[Route::new("/{user}/login", "")];
    const MALFORMED: &[Route] = &[on("a.example", "/{", "")];
    const ONE: &[Route] = &[Route::new("/{pool}/login", "")];
    let error = |routes| {
        RoutingTable::new(vec![Box::new(FakeSurface(ONE)), Box::new(FakeSurface(routes))])
            .expect_err("a conflict")
    };
    let text = error(TAKEN).to_string();
    assert!(
        text.starts_with("the route */{user}/login cannot be added") && text.contains("/{pool}/login"),
        "{text}"
    );
    assert!(error(MALFORMED).to_string().contains("a.example/{ "), "{}", error(MALFORMED));
}
