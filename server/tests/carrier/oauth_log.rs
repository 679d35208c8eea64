//! The log contains no secret of a sign-in through the OAuth endpoints: of its URLs, headers, forms, cookies and answers.

use serde_json::{Value, json};
use url::form_urlencoded;

use crate::{
    raw_client::{Answer, Client},
    server_process::Lido,
};

const PASSWORD: &str = "Correct-Horse-1";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const BACK: &str = "http://localhost:3000/back";

fn encode(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

fn send(client: &mut Client, method: &str, path: &str, headers: &str, body: &str) -> Answer {
    let length = body.len();
    let form = "content-type: application/x-www-form-urlencoded\r\n";
    client
        .send(format!(
            "{method} {path} HTTP/1.1\r\nhost: lido\r\n{form}{headers}content-length: {length}\r\n\r\n{body}"
        ))
        .expect("sent");
    client.read().expect("answered")
}

/// Returns the text between two others.
fn between<'a>(text: &'a str, before: &str, after: &[char]) -> &'a str {
    let (_, rest) = text.split_once(before).unwrap_or_else(|| panic!("no {before} in {text}"));
    rest.split(after).next().expect("a rest")
}

fn text(body: &Value, name: &str) -> String {
    body[name].as_str().unwrap_or_else(|| panic!("no {name}: {body}")).to_owned()
}

/// Signs a user in, renews, revokes and signs out. Returns the secrets by name.
fn run(client: &mut Client) -> Vec<(&'static str, String)> {
    let pool = client.expect_output("CreateUserPool", &json!({"PoolName": "oauth"}));
    let pool = text(&pool["UserPool"], "Id");
    client.expect_output("AdminCreateUser", &json!({"UserPoolId": pool, "Username": "ann"}));
    let password = json!({"UserPoolId": pool, "Username": "ann", "Password": PASSWORD, "Permanent": true});
    client.expect_output("AdminSetUserPassword", &password);
    let app = json!({
        "UserPoolId": pool, "ClientName": "web", "GenerateSecret": true, "AllowedOAuthFlowsUserPoolClient": true,
        "AllowedOAuthFlows": ["code", "implicit"], "AllowedOAuthScopes": ["openid"], "CallbackURLs": [BACK],
        "LogoutURLs": [BACK],
    });
    let app = client.expect_output("CreateUserPoolClient", &app);
    let (id, secret) =
        (text(&app["UserPoolClient"], "ClientId"), text(&app["UserPoolClient"], "ClientSecret"));

    let request = |response_type: &str| {
        let pkce = [("code_challenge_method", "S256"), ("code_challenge", CHALLENGE)];
        let rest = [
            ("client_id", &*id),
            ("response_type", response_type),
            ("redirect_uri", BACK),
            ("scope", "openid"),
        ];
        encode(&[rest.as_slice(), &pkce].concat())
    };
    let login = format!("/{pool}/login?{}", request("code"));
    let page = send(client, "GET", &login, "", "");
    let csrf = between(&page.head, "XSRF-TOKEN=", &[';']).to_owned();
    let cookie = format!("cookie: XSRF-TOKEN={csrf}\r\n");
    let form = |password| encode(&[("_csrf", &*csrf), ("username", "ann"), ("password", password)]);
    let refused = send(client, "POST", &login, &cookie, &form("Wrong-Horse-77"));
    assert_eq!(refused.status, 302);
    let signed_in = send(client, "POST", &login, &cookie, &form(PASSWORD));
    let session = between(&signed_in.head, "cognito=", &[';']).to_owned();
    let code = between(&signed_in.head, "?code=", &['&', '\r']).to_owned();

    let proof = [("client_id", &*id), ("client_secret", &*secret)];
    let token_path = format!("/{pool}/oauth2/token");
    let exchange = [
        ("grant_type", "authorization_code"),
        ("code", &*code),
        ("redirect_uri", BACK),
        ("code_verifier", VERIFIER),
    ];
    let exchanged = send(client, "POST", &token_path, "", &encode(&[exchange.as_slice(), &proof].concat()));
    assert_eq!(exchanged.status, 200, "{exchanged:?}");
    let tokens = exchanged.json();
    let (access, id_token, refresh) =
        (text(&tokens, "access_token"), text(&tokens, "id_token"), text(&tokens, "refresh_token"));
    let bearer = format!("authorization: Bearer {access}\r\n");
    assert_eq!(send(client, "GET", &format!("/{pool}/oauth2/userInfo"), &bearer, "").status, 200);
    let cookie = format!("cookie: cognito={session}\r\n");
    let authorize = format!("/{pool}/oauth2/authorize?{}", request("token"));
    let implicit = send(client, "GET", &authorize, &cookie, "");
    let fragment = between(&implicit.head, "access_token=", &['&', '\r']).to_owned();
    let renew = [("grant_type", "refresh_token"), ("refresh_token", &*refresh)];
    let renewed = send(client, "POST", &token_path, "", &encode(&[renew.as_slice(), &proof].concat()));
    let renewed = text(&renewed.json(), "access_token");
    let revoke = encode(&[[("token", &*refresh)].as_slice(), &proof].concat());
    assert_eq!(send(client, "POST", &format!("/{pool}/oauth2/revoke"), "", &revoke).status, 200);
    let logout = format!("/{pool}/logout?{}", encode(&[("client_id", &*id), ("logout_uri", BACK)]));
    assert_eq!(send(client, "GET", &logout, &cookie, "").status, 302);
    vec![
        ("password", PASSWORD.to_owned()),
        ("wrong password", "Wrong-Horse-77".to_owned()),
        ("secret of the app client", secret),
        ("token against forged forms", csrf),
        ("browser session", session),
        ("code", code),
        ("code verifier", VERIFIER.to_owned()),
        ("access token", access),
        ("id token", id_token),
        ("refresh token", refresh),
        ("access token of the implicit flow", fragment),
        ("renewed access token", renewed),
    ]
}

#[test]
fn secrets_of_an_oauth_sign_in_are_not_logged() {
    for format in ["text", "json"] {
        let folder = tempfile::tempdir().expect("a folder");
        let line =
            format!("dev --listen 127.0.0.1:0 --store sqlite:lido.db --log trace --log-format {format}");
        let lido = Lido::start(folder.path(), &line);
        let secrets = run(&mut lido.client());
        let log = lido.log();
        for endpoint in ["authorize", "login", "logout", "token", "userInfo", "revoke"] {
            let is_logged = |line: &str| line.contains("answered") && line.contains(endpoint);
            assert!(log.lines().any(is_logged), "{endpoint}: {log}");
        }
        for (name, secret) in secrets {
            assert!(secret.len() > 10 && !log.contains(&secret), "{name}: {log}");
        }
    }
}
