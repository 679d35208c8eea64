//! The load: browsers and apps that run a flow or show a page repeatedly, and the processor time that the server
//! spends on it.

use anyhow::Context as _;
use serde_json::Value;
use url::form_urlencoded;

use crate::{
    PASSWORD, USERS,
    apps::{Apps, BACK},
    client::{Answer, Client},
    process::Server,
    servers,
};

/// The number of connections.
const CONNECTIONS: usize = 4;

/// The number of times that a page is shown in one run.
const SHOWS: u16 = 4_000;

/// A page that is measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page {
    pub(crate) name: &'static str,
    path: &'static str,
    /// Whether it is the style sheet of the page at the path.
    is_style: bool,
}

impl Page {
    /// The pages, the baseline first: the style sheet, which the server has and sends as it is.
    pub(crate) const ALL: [Page; 4] = [
        Page { name: "style sheet, the baseline", path: "/login", is_style: true },
        Page { name: "sign-in", path: "/login", is_style: false },
        Page { name: "sign-up", path: "/signup", is_style: false },
        Page { name: "forgotten password", path: "/forgotPassword", is_style: false },
    ];
}

/// A flow that is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flow {
    /// A code flow with the form of the sign-in page: authorize, the page, its form, token.
    SignIn,
    /// A code flow of a browser that is signed in: authorize, token.
    Session,
    /// `client_credentials`.
    ClientCredentials,
    /// `refresh_token`.
    Refresh,
}

impl Flow {
    pub(crate) const ALL: [Flow; 4] = [Flow::SignIn, Flow::Session, Flow::ClientCredentials, Flow::Refresh];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Flow::SignIn => "code with the form",
            Flow::Session => "code, signed in",
            Flow::ClientCredentials => "client_credentials",
            Flow::Refresh => "refresh",
        }
    }

    /// Returns the number of verifiers: one for the password of a sign-in.
    pub(crate) fn verifiers(self) -> u8 {
        u8::from(self == Flow::SignIn)
    }

    /// Returns the number of signatures: one for each token but the refresh token.
    pub(crate) fn signatures(self) -> u8 {
        if self == Flow::ClientCredentials { 1 } else { 2 }
    }

    /// Returns the number of flows in one run, which takes the server about a second.
    fn times(self) -> u16 {
        match self {
            Flow::SignIn => 240,
            Flow::Session | Flow::Refresh => 600,
            Flow::ClientCredentials => 1_200,
        }
    }
}

/// A browser with its app.
struct Visitor<'a> {
    connection: Client,
    apps: &'a Apps,
    cookies: Vec<String>,
    refresh_token: String,
}

/// Runs a flow repeatedly, and returns the microseconds of the server's processor time for each time.
pub(crate) fn run(server: &Server, apps: &Apps, flow: Flow) -> anyhow::Result<f64> {
    let mut visitors = Vec::new();
    for number in 0..CONNECTIONS {
        let connection = Client::try_connect(server.port)?;
        let mut visitor = Visitor { connection, apps, cookies: Vec::new(), refresh_token: String::new() };
        visitor.sign_in(&servers::name(number))?;
        visitors.push(visitor);
    }
    measure(server, &mut visitors, flow.times(), |visitor, user| visitor.run(flow, user))
}

/// Shows a page repeatedly to browsers that have its cookies. Returns the microseconds of the server's processor time
/// for each time, and the length of the page in bytes.
pub(crate) fn show(server: &Server, apps: &Apps, page: Page) -> anyhow::Result<(f64, usize)> {
    let (mut visitors, mut path, mut length) = (Vec::new(), page.path.to_owned(), 0);
    for _ in 0..CONNECTIONS {
        let connection = Client::try_connect(server.port)?;
        let mut visitor = Visitor { connection, apps, cookies: Vec::new(), refresh_token: String::new() };
        let mut first = visitor.get(page.path)?;
        if page.is_style {
            let (_, rest) = first.body.split_once("managed-login/").context("no style sheet")?;
            path = format!("/managed-login/{}", rest.split('"').next().unwrap_or_default());
            first = visitor.get(&path)?;
        }
        anyhow::ensure!(first.status == 200, "{path} was answered with {first:?}");
        length = first.body.len();
        visitors.push(visitor);
    }
    let micros = measure(server, &mut visitors, SHOWS, |visitor, _| visitor.get(&path).map(drop))?;
    Ok((micros, length))
}

/// Has the visitors do something repeatedly, each time for another user, and returns the microseconds of the server's
/// processor time for each time.
fn measure<'a>(
    server: &Server,
    visitors: &mut [Visitor<'a>],
    times: u16,
    visit: impl Fn(&mut Visitor<'a>, &str) -> anyhow::Result<()> + Sync,
) -> anyhow::Result<f64> {
    let (before, visit) = (server.processor_time(), &visit);
    std::thread::scope(|scope| {
        let mut running = Vec::new();
        for (number, visitor) in visitors.iter_mut().enumerate() {
            running.push(scope.spawn(move || {
                for time in 0..usize::from(times) / CONNECTIONS {
                    visit(visitor, &servers::name((time * CONNECTIONS + number) % USERS))?;
                }
                anyhow::Ok(())
            }));
        }
        for visitor in running {
            visitor.join().map_err(|_| anyhow::anyhow!("a connection panicked"))??;
        }
        anyhow::Ok(())
    })?;
    let spent = server.processor_time().saturating_sub(before);
    Ok(spent.as_secs_f64() * 1e6 / f64::from(times))
}

impl Visitor<'_> {
    fn run(&mut self, flow: Flow, user: &str) -> anyhow::Result<()> {
        match flow {
            Flow::SignIn => self.sign_in(user),
            Flow::Session => {
                let answer = self.get("/oauth2/authorize")?;
                self.exchange(&answer)
            }
            Flow::ClientCredentials => {
                let header = format!("authorization: {}\r\n", self.apps.machine);
                let answer = self.post("/oauth2/token", &header, &[("grant_type", "client_credentials")])?;
                tokens(&answer).map(drop)
            }
            Flow::Refresh => {
                let client = self.apps.web.clone();
                let token = self.refresh_token.clone();
                let form =
                    [("grant_type", "refresh_token"), ("client_id", &*client), ("refresh_token", &*token)];
                let answer = self.post("/oauth2/token", "", &form)?;
                tokens(&answer).map(drop)
            }
        }
    }

    /// Signs a user in by the form of the page.
    fn sign_in(&mut self, user: &str) -> anyhow::Result<()> {
        self.cookies.clear();
        let answer = self.get("/oauth2/authorize")?;
        anyhow::ensure!(answer.status == 302, "authorize was answered with {answer:?}");
        let page = self.get("/login")?;
        let (_, rest) = page.body.split_once("name=\"_csrf\" value=\"").context("no form")?;
        let csrf = rest.split('"').next().unwrap_or_default();
        let path = format!("/login?{}", self.query());
        let answer = self.post(&path, "", &[("_csrf", csrf), ("username", user), ("password", PASSWORD)])?;
        self.exchange(&answer)
    }

    /// Exchanges the code of an answer.
    fn exchange(&mut self, answer: &Answer) -> anyhow::Result<()> {
        let (_, rest) = answer.head.split_once("?code=").with_context(|| format!("no code in {answer:?}"))?;
        let code = rest.split(['&', '\r']).next().unwrap_or_default();
        let client = self.apps.web.clone();
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", &*client),
            ("redirect_uri", BACK),
            ("code", code),
            ("code_verifier", VERIFIER),
        ];
        let answer = self.post("/oauth2/token", "", &form)?;
        let tokens = tokens(&answer)?;
        self.refresh_token = tokens["refresh_token"].as_str().context("no refresh token")?.to_owned();
        Ok(())
    }

    fn query(&self) -> String {
        let pairs = [
            ("client_id", &*self.apps.web),
            ("response_type", "code"),
            ("redirect_uri", BACK),
            ("scope", "openid email"),
            ("state", "s"),
            ("nonce", "n"),
            ("code_challenge_method", "S256"),
            ("code_challenge", CHALLENGE),
        ];
        encode(&pairs)
    }

    fn get(&mut self, path: &str) -> anyhow::Result<Answer> {
        let path = format!("{path}?{}", self.query());
        self.request("GET", &path, "", "")
    }

    fn post(&mut self, path: &str, headers: &str, form: &[(&str, &str)]) -> anyhow::Result<Answer> {
        let headers = format!("content-type: application/x-www-form-urlencoded\r\n{headers}");
        self.request("POST", path, &headers, &encode(form))
    }

    /// Sends a request, and keeps the cookies of the answer.
    fn request(&mut self, method: &str, path: &str, headers: &str, body: &str) -> anyhow::Result<Answer> {
        let (pool, cookies, length) = (&self.apps.pool, self.cookies.join("; "), body.len());
        self.connection.send(format!(
            "{method} /{pool}{path} HTTP/1.1\r\nhost: lido\r\ncookie: {cookies}\r\n{headers}content-length: {length}\r\n\r\n{body}"
        ))?;
        let answer = self.connection.read()?;
        for line in answer.head.lines().filter_map(|line| line.strip_prefix("set-cookie: ")) {
            let cookie = line.split(';').next().unwrap_or_default();
            let name = cookie.split('=').next().unwrap_or_default();
            self.cookies.retain(|other| other.split('=').next() != Some(name));
            self.cookies.push(cookie.to_owned());
        }
        Ok(answer)
    }
}

/// A code verifier with its challenge (RFC 7636, appendix B).
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn encode(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

fn tokens(answer: &Answer) -> anyhow::Result<Value> {
    anyhow::ensure!(answer.status == 200, "the token endpoint answered with {answer:?}");
    Ok(serde_json::from_str(&answer.body)?)
}
