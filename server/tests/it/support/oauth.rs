//! A pool with a confirmed user and an app client of the OAuth endpoints, and a browser that follows no redirect.

use std::collections::BTreeMap;

use aws_sdk_cognitoidentityprovider::{
    operation::create_user_pool_client::builders::CreateUserPoolClientFluentBuilder,
    types::{OAuthFlowType, UserPoolClientType},
};
use lido::app::App;
use reqwest::{Method, Response, StatusCode, header, redirect::Policy};
use serde_json::Value;
use url::Url;

use crate::support::{PoolAndClient, TestServer, sign_in::SignInFixture};

/// The redirect URL of the app client.
pub(crate) const BACK: &str = "http://localhost:3000/back";

/// A code verifier with its challenge (RFC 7636, appendix B).
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// The scope of the operations that a user calls.
pub(crate) const ADMIN: &str = "aws.cognito.signin.user.admin";

/// A server with a pool, a public app client for codes and the confirmed user `ann`.
pub(crate) struct OAuthFixture {
    pub(crate) server: TestServer,
    pub(crate) ids: PoolAndClient,
    pub(crate) sub: String,
    /// The URL of the pool's endpoints.
    pub(crate) base: String,
}

impl OAuthFixture {
    /// Starts a server.
    pub(crate) async fn new() -> Self {
        Self::with_server(TestServer::new().await).await
    }

    /// Starts a server that follows the RFCs where the service differs.
    pub(crate) async fn strict() -> Self {
        let mut app = App::for_tests();
        app.settings.is_strict_oauth = true;
        Self::with_server(TestServer::with_app(app).await).await
    }

    /// Creates the pool, the app client and the user on a server.
    pub(crate) async fn with_server(server: TestServer) -> Self {
        let SignInFixture { server, ids, sub } = SignInFixture::with_server(server).await;
        Self::in_pool(server, ids, sub).await
    }

    /// Creates the app client in a pool that has the user.
    pub(crate) async fn in_pool(server: TestServer, ids: PoolAndClient, sub: String) -> Self {
        let base = format!("http://{}/{}", server.address, ids.pool);
        let fixture = Self { server, ids, sub, base };
        let client = fixture.create_client(&[OAuthFlowType::Code], |create| create).await;
        let ids = PoolAndClient { client: id_of(&client), ..fixture.ids };
        Self { ids, ..fixture }
    }

    /// Creates an app client with these flows, the scopes `openid`, `email` and [`ADMIN`], and [`BACK`].
    pub(crate) async fn create_client(
        &self,
        flows: &[OAuthFlowType],
        change: impl FnOnce(CreateUserPoolClientFluentBuilder) -> CreateUserPoolClientFluentBuilder,
    ) -> UserPoolClientType {
        let create =
            self.server.sdk.create_user_pool_client().user_pool_id(&self.ids.pool).client_name("app");
        let create = create.set_allowed_o_auth_flows(Some(flows.to_vec()));
        let create = create.allowed_o_auth_flows_user_pool_client(true).callback_urls(BACK);
        let create = create.logout_urls("http://localhost:3000/out");
        let scopes = ["openid", "email", ADMIN].map(str::to_owned).to_vec();
        let create = change(create.set_allowed_o_auth_scopes(Some(scopes)));
        create.send().await.expect("an app client").user_pool_client.expect("a description")
    }

    /// Returns a browser that visits the pool's endpoints.
    pub(crate) fn browser(&self) -> Browser {
        Browser::new(&self.base)
    }

    /// Returns the query of a request for authorization, with more parameters.
    pub(crate) fn query(&self, more: &[(&str, &str)]) -> String {
        let first = [
            ("client_id", self.ids.client.as_str()),
            ("response_type", "code"),
            ("redirect_uri", BACK),
            ("state", "s"),
        ];
        let is_given = |name: &str| more.iter().any(|(other, _)| *other == name);
        let first = first.into_iter().filter(|(name, _)| !is_given(name));
        encode(first.chain(more.iter().copied()))
    }

    /// Signs `ann` in on the page, and returns the code.
    pub(crate) async fn get_code(&self, browser: &mut Browser, more: &[(&str, &str)]) -> String {
        let query = self.query(more);
        let answer = browser.sign_in(&query, "ann", crate::support::PASSWORD).await;
        answer.redirect_parameters().remove("code").unwrap_or_else(|| panic!("no code: {answer:?}"))
    }

    /// Exchanges a code for tokens.
    pub(crate) async fn exchange(&self, code: &str, more: &[(&str, &str)]) -> Answer {
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", self.ids.client.as_str()),
            ("redirect_uri", BACK),
            ("code", code),
        ];
        let is_given = |name: &str| more.iter().any(|(other, _)| *other == name);
        let form: Vec<_> =
            form.into_iter().filter(|(name, _)| !is_given(name)).chain(more.iter().copied()).collect();
        self.post("/oauth2/token", &form, &[]).await
    }

    /// Signs `ann` in with these scopes, and returns the tokens.
    pub(crate) async fn get_tokens(&self, scope: &str) -> Value {
        let code = self.get_code(&mut self.browser(), &[("scope", scope)]).await;
        let answer = self.exchange(&code, &[]).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    /// Sends a form to an endpoint.
    pub(crate) async fn post(&self, path: &str, form: &[(&str, &str)], headers: &[(&str, &str)]) -> Answer {
        let url = format!("{}{path}", self.base);
        post_form(&url, form, headers).await
    }

    /// Asks the userInfo endpoint with this token.
    pub(crate) async fn user_info(&self, token: &str) -> Answer {
        let url = format!("{}/oauth2/userInfo", self.base);
        let bearer = format!("Bearer {token}");
        send(Method::GET, &url, &[("authorization", &bearer)], None).await
    }
}

/// Returns the id of a described app client.
pub(crate) fn id_of(client: &UserPoolClientType) -> String {
    client.client_id().expect("an id").to_owned()
}

/// Encodes parameters as a query or a form.
pub(crate) fn encode<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// Sends a form.
pub(crate) async fn post_form(url: &str, form: &[(&str, &str)], headers: &[(&str, &str)]) -> Answer {
    let mut all = vec![("content-type", "application/x-www-form-urlencoded")];
    all.extend_from_slice(headers);
    send(Method::POST, url, &all, Some(encode(form.iter().copied()))).await
}

/// Sends a request without following a redirect.
pub(crate) async fn send(
    method: Method,
    url: &str,
    headers: &[(&str, &str)],
    body: Option<String>,
) -> Answer {
    let client = reqwest::Client::builder().redirect(Policy::none()).build().expect("a client");
    let mut request = client.request(method, url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if let Some(body) = body {
        request = request.body(body);
    }
    Answer::of(request.send().await.expect("an answer")).await
}

/// A response.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: header::HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    async fn of(response: Response) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        Self { status, headers, body: response.text().await.expect("a body") }
    }

    /// Returns the body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// Returns a header, or an empty text.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }

    /// Returns where the response redirects to.
    pub(crate) fn location(&self) -> &str {
        assert_eq!(self.status, 302, "{self:?}");
        self.header("location")
    }

    /// Returns the parameters in the query or the fragment of the redirect.
    pub(crate) fn redirect_parameters(&self) -> BTreeMap<String, String> {
        let url = Url::parse(self.location()).expect("a URL");
        let encoded = url.query().or(url.fragment()).unwrap_or_default();
        url::form_urlencoded::parse(encoded.as_bytes()).into_owned().collect()
    }
}

/// A browser with its cookies. It follows no redirect.
pub(crate) struct Browser {
    base: String,
    pub(crate) cookies: BTreeMap<String, String>,
}

impl Browser {
    /// Returns a browser without cookies that visits the endpoints below `base`.
    pub(crate) fn new(base: &str) -> Self {
        Self { base: base.to_owned(), cookies: BTreeMap::new() }
    }

    /// Returns the URL of the endpoints.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// Visits a path below the base with a query.
    pub(crate) async fn get(&mut self, path: &str, query: &str) -> Answer {
        self.request(Method::GET, &format!("{path}?{query}"), &[], None).await
    }

    /// Requests a path below the base, and keeps the cookies of the answer.
    pub(crate) async fn request(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<String>,
    ) -> Answer {
        let cookies = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>();
        let cookies = cookies.join("; ");
        let mut all = headers.to_vec();
        if !cookies.is_empty() {
            all.push(("cookie", &cookies));
        }
        let answer = send(method, &format!("{}{path}", self.base), &all, body).await;
        for cookie in answer.headers.get_all("set-cookie") {
            let cookie = cookie.to_str().expect("text");
            let (pair, attributes) = cookie.split_once(';').expect("attributes");
            let (name, value) = pair.split_once('=').expect("a value");
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    /// Opens the sign-in page, and returns the token of its form.
    pub(crate) async fn open_form(&mut self, query: &str) -> String {
        let page = self.get("/login", query).await;
        assert_eq!(page.status, 200, "{page:?}");
        let (_, rest) = page.body.split_once("name=\"_csrf\" value=\"").expect("a token");
        rest.split_once('"').expect("an end").0.to_owned()
    }

    /// Opens the sign-in page, and sends its form.
    pub(crate) async fn sign_in(&mut self, query: &str, username: &str, password: &str) -> Answer {
        let csrf = self.open_form(query).await;
        self.send_form(query, &[("_csrf", &csrf), ("username", username), ("password", password)], &[]).await
    }

    /// Sends a form of the sign-in page.
    pub(crate) async fn send_form(
        &mut self,
        query: &str,
        form: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut all = vec![("content-type", "application/x-www-form-urlencoded")];
        all.extend_from_slice(headers);
        let form = Some(encode(form.iter().copied()));
        self.request(Method::POST, &format!("/login?{query}"), &all, form).await
    }
}
