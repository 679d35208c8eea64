//! The surface of each request, in the server's routing table.

use std::sync::Arc;

use http::{Method, Request, header::HOST};
use lido_runtime::Operation as _;

use super::{Operation, routing_table};
use crate::app::App;

const TARGET: &str = "AWSCognitoIdentityProviderService.SignUp";
const METHODS: [&str; 8] = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "BREW"];

/// Hosts, none of which has routes of its own yet.
const HOSTS: [Option<&str>; 6] = [
    None,
    Some("localhost:9229"),
    Some("shop.localhost"),
    Some("lido.example"),
    Some("[::1]:9229"),
    Some("a b"),
];

/// Returns the name of the request in the access log, which identifies its surface.
fn surface_of(
    app: &Arc<App>,
    method: &str,
    target: &str,
    host: Option<&str>,
    header: Option<&str>,
) -> String {
    let table = routing_table(app, None).expect("no conflict");
    let mut request = Request::builder().method(method).uri(target);
    for (name, value) in [(HOST.as_str(), host), ("x-amz-target", header)] {
        if let Some(value) = value {
            request = request.header(name, value);
        }
    }
    let request = request.body(()).expect("a request");
    let operation = Operation::of(&request);
    let head = request.into_parts().0;
    let found = table.find(&head).map(|found| found.operation());
    // No other surface may have a route for a request of the API.
    assert!(operation.is_none() || found.is_none(), "{method} {target} has two surfaces");
    operation.map(|operation| operation.name()).or(found).unwrap_or("unknown").to_owned()
}

#[test]
fn path_has_one_surface_for_every_method_and_host() {
    let app = Arc::new(App::for_tests());
    let cases = [
        ("/", "unknown"),
        ("/?x=/_lido/health", "unknown"),
        ("*", "unknown"),
        ("http://lido.example", "unknown"),
        ("http://lido.example/", "unknown"),
        ("//", "unknown"),
        ("/nothing", "unknown"),
        ("/index.html", "unknown"),
        // The console has all paths below its prefix.
        ("/_lido", "unknown"),
        ("/_lido/", "console"),
        ("/_lido/health", "console"),
        ("/_lido/health/", "console"),
        ("/_lido/health?x=1", "console"),
        ("/_lido/messages?to=a%40b", "console"),
        ("/_lido/clock", "console"),
        ("/_lido/nothing/at/all", "console"),
        ("/_lido//health", "console"),
        ("/_lido/../_lido/health", "console"),
        ("/_lido/%68ealth", "console"),
        ("http://lido.example/_lido/health", "console"),
        ("http://lido.example:9229/_lido/health?x", "console"),
        ("//_lido/health", "unknown"),
        ("/%5Flido/health", "unknown"),
        ("/_LIDO/health", "unknown"),
        ("/x/_lido/health", "unknown"),
        // A pool cannot take paths of the console.
        ("/_lido/.well-known/jwks.json", "console"),
        ("/_lidos/.well-known/jwks.json", "discovery"),
        ("/r_p/.well-known/jwks.json", "discovery"),
        ("/r_p/.well-known/jwks.json?x", "discovery"),
        ("/r_p/.well-known/openid-configuration", "discovery"),
        ("http://lido.example/r_p/.well-known/jwks.json", "discovery"),
        ("/r%5Fp/.well-known/jwks.json", "discovery"),
        ("/confirmUser/.well-known/jwks.json", "discovery"),
        ("/r_p/.well-known/jwks.json/", "unknown"),
        ("/r_p/.well-known/jwks%2Ejson", "unknown"),
        ("/r_p/.well-known/", "unknown"),
        ("/r_p/.well-known/other", "unknown"),
        ("/r_p//.well-known/jwks.json", "unknown"),
        ("/r_p/x/.well-known/jwks.json", "unknown"),
        ("/.well-known/jwks.json", "unknown"),
        ("//.well-known/jwks.json", "unknown"),
        ("/.well-known/openid-configuration", "unknown"),
        ("/oauth2/authorize", "authorize"),
        ("/r_p/oauth2/authorize?client_id=c", "authorize"),
        ("/r_p/oauth2/authorize/", "unknown"),
        ("/oauth2/token", "token"),
        ("/r_p/oauth2/token", "token"),
        ("/oauth2/userInfo", "userInfo"),
        ("/r_p/oauth2/userInfo", "userInfo"),
        ("/r_p/oauth2/userinfo", "unknown"),
        ("/oauth2/revoke", "revoke"),
        ("/r_p/oauth2/revoke", "revoke"),
        ("/login", "login"),
        ("/r_p/login?client_id=c", "login"),
        ("/logout", "logout"),
        ("/r_p/logout", "logout"),
        ("/error?error=x", "error page"),
        ("/r_p/error", "error page"),
        // A pool cannot take paths of the console.
        ("/_lido/login", "console"),
        ("/_lido/oauth2/token", "console"),
        ("/confirmUser", "confirmation page"),
        ("/confirmUser?client_id=c&user_name=u&confirmation_code=1", "confirmation page"),
        ("http://lido.example/confirmUser", "confirmation page"),
        ("/confirmUser/", "unknown"),
        ("/confirmUser/x", "unknown"),
        ("/confirmuser", "unknown"),
        ("/confirmUse%72", "unknown"),
        ("//confirmUser", "unknown"),
        ("/r_p/confirmUser", "unknown"),
    ];
    for (target, surface) in cases {
        for method in METHODS {
            for host in HOSTS {
                let found = surface_of(&app, method, target, host, None);
                assert_eq!(found, surface, "{method} {target} {host:?}");
            }
        }
    }
}

#[test]
fn operation_is_a_post_to_the_root_with_a_known_target() {
    let app = Arc::new(App::for_tests());
    let others = [
        None,
        Some(""),
        Some("SignUp"),
        Some("AWSCognitoIdentityProviderService.NoSuch"),
        Some("Other.SignUp"),
    ];
    for target in ["/", "/?Action=SignUp", "http://lido.example", "http://lido.example/"] {
        for method in METHODS {
            for host in HOSTS {
                let found = surface_of(&app, method, target, host, Some(TARGET));
                let expected = if method == Method::POST { "SignUp" } else { "unknown" };
                assert_eq!(found, expected, "{method} {target} {host:?}");
                for header in others {
                    assert_eq!(
                        surface_of(&app, method, target, host, header),
                        "unknown",
                        "{method} {header:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn target_header_on_the_path_of_another_surface_is_ignored() {
    let app = Arc::new(App::for_tests());
    let cases = [
        ("/_lido/clock", "console"),
        ("/_lido/", "console"),
        ("/r_p/.well-known/jwks.json", "discovery"),
        ("/confirmUser", "confirmation page"),
        ("/SignUp", "unknown"),
        ("//", "unknown"),
        ("/%2F", "unknown"),
    ];
    for (target, surface) in cases {
        for method in METHODS {
            assert_eq!(surface_of(&app, method, target, None, Some(TARGET)), surface, "{method} {target}");
        }
    }
}
