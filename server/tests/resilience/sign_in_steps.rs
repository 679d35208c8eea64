//! A sign-in through the OAuth endpoints whose steps are answered by different servers, which are killed after each step or
//! in the middle of it: what was answered stays true, and a step without an answer can be sent again.

use std::{
    cell::Cell,
    collections::BTreeMap,
    io, thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use url::{Url, form_urlencoded};

use crate::{
    crashes::crashes,
    postgres_cluster::{Cluster, PASSWORD},
    random::Random,
    raw_client::{Answer, Client},
    servers::{Servers, Settings},
};

/// The redirect URL of the app client.
const BACK: &str = "http://localhost:3000/back";

/// The password of the user `ann`.
const USER_PASSWORD: &str = "Correct-Horse-1";

/// A browser and an app, whose requests go to one server after the other.
struct Conversation<'s> {
    servers: &'s Servers,
    /// The app client, which rotates refresh tokens.
    client: String,
    /// The server of the next request.
    next: Cell<usize>,
    /// Called with the server that has answered a request.
    after: &'s dyn Fn(usize),
    cookies: BTreeMap<String, String>,
}

/// Creates the user `ann` and an app client of the OAuth endpoints. Returns the id of the app client.
fn create_app(servers: &Servers) -> String {
    let mut admin = servers.connect(0).expect("it runs");
    admin.expect_output("AdminCreateUser", &json!({"UserPoolId": servers.pool, "Username": "ann"}));
    let password = json!({
        "UserPoolId": servers.pool, "Username": "ann", "Password": USER_PASSWORD, "Permanent": true,
    });
    admin.expect_output("AdminSetUserPassword", &password);
    let client = json!({
        "UserPoolId": servers.pool, "ClientName": "web", "AllowedOAuthFlowsUserPoolClient": true,
        "AllowedOAuthFlows": ["code"], "AllowedOAuthScopes": ["openid"], "CallbackURLs": [BACK],
        "LogoutURLs": [BACK], "RefreshTokenRotation": {"Feature": "ENABLED", "RetryGracePeriodSeconds": 0},
    });
    let client = admin.expect_output("CreateUserPoolClient", &client);
    client["UserPoolClient"]["ClientId"].as_str().expect("an id").to_owned()
}

fn encode(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// Returns the values of a header.
fn header<'a>(answer: &'a Answer, name: &str) -> Vec<&'a str> {
    let lines = answer.head.lines().filter_map(|line| line.split_once(": "));
    lines.filter(|(other, _)| *other == name).map(|(_, value)| value).collect()
}

/// Returns where an answer redirects to.
fn location(answer: &Answer) -> Url {
    assert_eq!(answer.status, 302, "{answer:?}");
    Url::parse(header(answer, "location")[0]).expect("a URL")
}

/// Returns the code that an answer brings to the app.
fn code(answer: &Answer) -> String {
    let location = location(answer);
    let code = location.query_pairs().find(|(name, _)| name == "code");
    code.unwrap_or_else(|| panic!("no code: {location}")).1.into_owned()
}

fn text(body: &Value, name: &str) -> String {
    body[name].as_str().unwrap_or_else(|| panic!("no {name}: {body}")).to_owned()
}

impl<'s> Conversation<'s> {
    fn new(servers: &'s Servers, client: &str, first: usize, after: &'s dyn Fn(usize)) -> Self {
        Self { servers, client: client.to_owned(), next: Cell::new(first), after, cookies: BTreeMap::new() }
    }

    /// Returns a request as it is sent.
    fn request(&self, method: &str, path: &str, headers: &str, body: &str) -> String {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        format!(
            "{method} /{}{path} HTTP/1.1\r\nhost: lido\r\ncookie: {}\r\n{headers}content-length: {}\r\n\r\n{body}",
            self.servers.pool,
            cookies.join("; "),
            body.len()
        )
    }

    fn form_request(&self, path: &str, form: &[(&str, &str)]) -> String {
        let content_type = "content-type: application/x-www-form-urlencoded\r\n";
        self.request("POST", path, content_type, &encode(form))
    }

    /// Sends a request to the next server, and returns its answer.
    fn send(&mut self, request: &str) -> Answer {
        let index = self.next.get() % self.servers.count();
        self.next.set(index + 1);
        let mut connection = self.servers.connect(index).expect("it runs");
        connection.send(request).expect("sent");
        let answer = connection.read().expect("answered");
        (self.after)(index);
        self.keep_cookies(&answer);
        answer
    }

    fn keep_cookies(&mut self, answer: &Answer) {
        for cookie in header(answer, "set-cookie") {
            let (pair, attributes) = cookie.split_once(';').expect("attributes");
            let (name, value) = pair.split_once('=').expect("a value");
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    fn query(&self) -> String {
        encode(&[
            ("client_id", &self.client),
            ("response_type", "code"),
            ("scope", "openid"),
            ("redirect_uri", BACK),
        ])
    }

    fn authorize(&mut self) -> Answer {
        self.send(&self.request("GET", &format!("/oauth2/authorize?{}", self.query()), "", ""))
    }

    /// Opens the sign-in page, and returns the request that sends its form.
    fn fill_in(&mut self) -> String {
        let path = format!("/login?{}", self.query());
        let page = self.send(&self.request("GET", &path, "", ""));
        let (_, rest) = page.body.split_once("name=\"_csrf\" value=\"").expect("a form");
        let csrf = rest.split_once('"').expect("an end").0;
        self.form_request(&path, &[("_csrf", csrf), ("username", "ann"), ("password", USER_PASSWORD)])
    }

    fn exchange_request(&self, code: &str) -> String {
        let grant = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", BACK)];
        self.form_request("/oauth2/token", &[grant.as_slice(), &[("client_id", &self.client)]].concat())
    }

    fn refresh(&mut self, token: &str) -> Answer {
        let form = [("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", &*self.client)];
        self.send(&self.form_request("/oauth2/token", &form))
    }

    /// Asserts that a refresh token is refused.
    fn assert_refused(&mut self, token: &str) {
        let answer = self.refresh(token);
        assert_eq!((answer.status, &*answer.body), (400, "{\"error\":\"invalid_grant\"}"));
    }

    /// Exchanges a code that must be good, and returns the tokens.
    fn exchange(&mut self, code: &str) -> Value {
        let answer = self.send(&self.exchange_request(code));
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    /// Signs in, renews, revokes and signs out.
    fn run(&mut self) {
        assert!(location(&self.authorize()).path().ends_with("/login"));
        let form = self.fill_in();
        let first_code = code(&self.send(&form));
        let first = self.exchange(&first_code);
        let bearer = format!("authorization: Bearer {}\r\n", text(&first, "access_token"));
        let user = self.send(&self.request("GET", "/oauth2/userInfo", &bearer, ""));
        assert_eq!((user.status, &user.json()["username"]), (200, &json!("ann")));
        let renewed = self.refresh(&text(&first, "refresh_token"));
        assert_eq!(renewed.status, 200, "{renewed:?}");
        let renewed = text(&renewed.json(), "refresh_token");
        // The browser is signed in.
        let second_code = code(&self.authorize());
        // A second use of the code ends what its first use gave, and nothing else.
        let again = self.send(&self.exchange_request(&first_code));
        assert_eq!((again.status, &*again.body), (400, "{\"error\":\"invalid_grant\"}"));
        self.assert_refused(&renewed);
        let second = text(&self.exchange(&second_code), "refresh_token");
        let form = [("token", &*second), ("client_id", &*self.client)];
        assert_eq!(self.send(&self.form_request("/oauth2/revoke", &form)).status, 200);
        self.assert_refused(&second);
        let session = self.cookies.clone();
        let query = encode(&[("client_id", &self.client), ("logout_uri", BACK)]);
        let answer = self.send(&self.request("GET", &format!("/logout?{query}"), "", ""));
        assert_eq!(location(&answer).as_str(), BACK);
        assert!(!self.cookies.contains_key("cognito"));
        self.cookies = session;
        assert!(location(&self.authorize()).path().ends_with("/login"), "the session has ended");
    }

    /// Sends a request that must be answered in `usual` or so, and kills the server at a random moment of it.
    ///
    /// # Errors
    /// The server did not answer before it was killed.
    fn send_and_kill(&mut self, request: &str, usual: Duration, random: &mut Random) -> io::Result<Answer> {
        let index = self.next.get() % self.servers.count();
        self.next.set(index + 1);
        let mut connection: Client = self.servers.connect(index).expect("it runs");
        connection.send(request)?;
        let micros = u64::try_from(usual.as_micros()).unwrap_or(u64::MAX);
        let moment = random.below(usize::try_from(micros + micros / 4).expect("a short time") + 1);
        thread::sleep(Duration::from_micros(moment as u64));
        self.servers.kill(index);
        let answer = connection.read();
        self.servers.restart(index);
        if let Ok(answer) = &answer {
            self.keep_cookies(answer);
        }
        answer
    }
}

/// Returns settings with a clock that is ahead of the others.
fn settings(store: String) -> Settings {
    Settings { store, clocks_ahead: vec![0, 1], ..Settings::default() }
}

#[test]
fn steps_of_a_sign_in_are_served_by_three_servers_on_postgresql() {
    let Some(cluster) = Cluster::start(&[]) else { return };
    let servers = Servers::start(3, settings(cluster.tcp_url(PASSWORD)));
    let client = create_app(&servers);
    for first in 0..servers.count() {
        Conversation::new(&servers, &client, first, &|_| {}).run();
    }
}

#[test]
fn killed_server_after_each_step_of_a_sign_in_loses_nothing() {
    let Some(cluster) = Cluster::start(&[]) else { return };
    let servers = Servers::start(2, settings(cluster.tcp_url(PASSWORD)));
    let client = create_app(&servers);
    Conversation::new(&servers, &client, 0, &|index| servers.restart(index)).run();
}

#[test]
fn killed_postgresql_after_each_step_of_a_sign_in_loses_nothing() {
    let Some(cluster) = Cluster::start(&[]) else { return };
    let servers = Servers::start(1, settings(cluster.tcp_url(PASSWORD)));
    let client = create_app(&servers);
    let restart = |index| {
        cluster.kill();
        servers.kill(index);
        cluster.run_server();
        servers.restart(index);
    };
    Conversation::new(&servers, &client, 0, &restart).run();
}

#[test]
fn killed_server_in_the_middle_of_a_step_leaves_no_half_of_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = format!("sqlite:{}", folder.path().join("lido.db").display());
    let servers = Servers::start(1, settings(store));
    let client = create_app(&servers);
    let mut random = Random::new(11);
    let mut browser = Conversation::new(&servers, &client, 0, &|_| {});
    let measure = |browser: &mut Conversation<'_>, request: &str| {
        let started = Instant::now();
        (browser.send(request), started.elapsed())
    };
    let form = browser.fill_in();
    let (answer, form_time) = measure(&mut browser, &form);
    let exchange = browser.exchange_request(&code(&answer));
    let (_, exchange_time) = measure(&mut browser, &exchange);
    for _ in 0..crashes() {
        browser.cookies.clear();
        let form = browser.fill_in();
        let answer = browser.send_and_kill(&form, form_time, &mut random);
        // Without an answer the form is sent again, and signs in whatever the first attempt has stored.
        let sent = answer.unwrap_or_else(|_| browser.send(&form));
        let code = code(&sent);
        let exchange = browser.exchange_request(&code);
        let tokens = match browser.send_and_kill(&exchange, exchange_time, &mut random) {
            Ok(answer) => Some(answer),
            // The first attempt has used the code or has not; its tokens are revoked with it if it has.
            Err(_) => Some(browser.send(&exchange)).filter(|answer| answer.status == 200),
        };
        match tokens {
            Some(answer) => {
                let renewed = browser.refresh(&text(&answer.json(), "refresh_token"));
                assert_eq!(renewed.status, 200, "{renewed:?}");
            }
            None => assert!(header(&browser.authorize(), "location")[0].contains("code="), "still signed in"),
        }
    }
}
