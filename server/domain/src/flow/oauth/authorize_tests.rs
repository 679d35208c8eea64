//! Tests of the authorization endpoint's checks and their order.

use super::*;
use crate::{
    fixture,
    user::{
        Status,
        auth_method::{AuthMethod, AuthMethods},
    },
};

const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const BACK: &str = "https://app.example/back";

fn client() -> Client {
    let oauth = OAuth {
        is_enabled: true,
        flows: [OAuthFlow::Code].into(),
        scopes: ["openid", "email", "api/read"].map(str::to_owned).into(),
        callback_urls: [BACK, "http://localhost:3000"].map(str::to_owned).into(),
        ..OAuth::default()
    };
    Client { oauth, ..fixture::client() }
}

fn parameters(pairs: &[(&str, &str)]) -> RequestParameters {
    RequestParameters::new(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
}

/// A request that is good, with some parameters replaced, removed by an empty value, or added.
fn request(changes: &[(&str, &str)]) -> RequestParameters {
    let good = [("client_id", "client"), ("response_type", "code"), ("redirect_uri", BACK), ("state", "s")];
    let is_changed = |name: &str| changes.iter().any(|(other, _)| *other == name);
    let kept = good.into_iter().filter(|(name, _)| !is_changed(name));
    parameters(&kept.chain(changes.iter().copied()).collect::<Vec<_>>())
}

/// Reads a request in a pool that has the custom scope `api/read`.
fn read(
    client: Option<&Client>,
    parameters: &RequestParameters,
    is_strict: bool,
) -> Result<AuthorizationRequest, AuthorizeRefusal> {
    super::read(client, parameters, &BTreeSet::from(["api/read".to_owned()]), is_strict)
}

fn read_lax(changes: &[(&str, &str)]) -> Result<AuthorizationRequest, AuthorizeRefusal> {
    read(Some(&client()), &request(changes), false)
}

/// oau-0015, oau-0028, oau-0031, oau-0046, oau-0047, oau-0050.
#[test]
fn request_is_read_with_its_parameters() {
    let read = read_lax(&[]).expect("good");
    assert_eq!(read.access.scopes, Scopes::parse("openid email api/read"));
    assert_eq!((read.challenge, read.demands, read.prompt), (None, SessionDemands::default(), Prompt::Any));
    assert_eq!(read.target.state.as_deref(), Some("s"));
    let read = read_lax(&[
        ("scope", "openid email"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("nonce", "n"),
        ("max_age", "60"),
        ("resource", "https://api.example"),
        ("identity_provider", "COGNITO"),
        ("unknown", "x"),
    ]);
    let read = read.expect("good");
    assert_eq!(read.access.scopes, Scopes::parse("openid email"));
    assert_eq!(read.access.resource.as_deref(), Some("https://api.example"));
    assert_eq!((read.nonce.as_deref(), read.demands.max_age), (Some("n"), Some(Duration::from_secs(60))));
    assert!(read.challenge.is_some() && read.provider.is_none());
}

/// oau-0032.
#[test]
fn redirect_uri_is_implied_for_a_client_with_one() {
    let without = request(&[("redirect_uri", "")]);
    let missing = Err(AuthorizeRefusal::Page(PageError::ParametersMissing));
    assert_eq!(read(Some(&client()), &without, false), missing, "there are two URLs");
    let mut one = client();
    one.oauth.callback_urls.truncate(1);
    let read_one = read(Some(&one), &without, false).expect("implied");
    assert_eq!((read_one.target.redirect_uri.as_str(), read_one.names_redirect_uri), (BACK, false));
    one.oauth.providers = Some(vec!["COGNITO".into(), "Google".into()]);
    assert_eq!(read(Some(&one), &without, false), missing, "there are two providers");
    let mut with_default = client();
    with_default.oauth.default_redirect_uri = Some("http://localhost:3000".into());
    let read_default = read(Some(&with_default), &without, false).expect("the default");
    assert_eq!(read_default.target.redirect_uri, "http://localhost:3000");
}

/// oau-0243, oau-0244, oau-0257: the order matters, because what is refused first never reaches the app client.
#[test]
fn fault_of_client_or_redirect_uri_is_shown_to_the_user() {
    let mismatch = || PageError::RedirectMismatch(ClientId::new("client"));
    let cases: [(&[(&str, &str)], PageError); 8] = [
        (&[("redirect_uri", "")], PageError::ParametersMissing),
        (&[("redirect_uri", "https://evil.example")], mismatch()),
        (&[("redirect_uri", "https://app.example/back/")], mismatch()),
        (&[("redirect_uri", "https://app.example/back?x=1")], mismatch()),
        (&[("redirect_uri", "HTTPS://app.example/back")], mismatch()),
        (&[("redirect_uri", "http://localhost:3001")], mismatch()),
        (&[("redirect_uri", "https://evil.example"), ("scope", "nope"), ("response_type", "")], mismatch()),
        (&[("redirect_uri", BACK), ("redirect_uri", "https://evil.example")], PageError::ParametersMissing),
    ];
    for (changes, expected) in cases {
        assert_eq!(read_lax(changes), Err(AuthorizeRefusal::Page(expected)), "{changes:?}");
    }
    let unknown = Err(AuthorizeRefusal::Page(PageError::UnknownClient));
    assert_eq!(read(None, &request(&[("redirect_uri", "")]), false), unknown);
    assert_eq!(read_client_id(&request(&[])), Ok(ClientId::new("client")));
    for pairs in [&[][..], &[("client_id", "a"), ("client_id", "b")]] {
        assert_eq!(read_client_id(&parameters(pairs)), Err(PageError::ParametersMissing));
    }
}

/// oau-0021 to oau-0026, oau-0148, oau-0252 to oau-0256.
#[test]
fn other_faults_go_to_the_client() {
    use AuthorizeError::{
        InvalidRequest, InvalidScope, InvalidTarget, UnauthorizedClient, UnsupportedResponseType,
    };
    let method = ("code_challenge_method", "S256");
    let long = "x".repeat(2_049);
    let long_resource = format!("https://api.example/{long}");
    let cases: [(&[(&str, &str)], AuthorizeError); 21] = [
        (&[("nonce", &long)], InvalidRequest),
        (&[("resource", &long_resource)], InvalidTarget),
        (&[("response_type", "")], InvalidRequest),
        (&[("response_type", "id_token")], UnsupportedResponseType),
        (&[("response_type", "code token")], UnsupportedResponseType),
        (&[("response_type", "token")], UnauthorizedClient),
        (&[("code_challenge", CHALLENGE)], InvalidRequest),
        (&[method], InvalidRequest),
        (&[("code_challenge", CHALLENGE), ("code_challenge_method", "plain")], InvalidRequest),
        (&[("scope", "phone")], InvalidScope),
        (&[("scope", "openid phone")], InvalidScope),
        (&[("scope", "email")], InvalidScope),
        (&[("scope", "offline_access openid")], InvalidScope),
        (&[("resource", "http://api.example")], InvalidTarget),
        (&[("resource", "http://localhost.evil.example")], InvalidTarget),
        (&[("resource", "https://api.example#x")], InvalidTarget),
        (&[("resource", "api")], InvalidTarget),
        (&[("max_age", "-1")], InvalidRequest),
        (&[("prompt", "none login")], InvalidRequest),
        (&[("nonce", "a"), ("nonce", "b")], InvalidRequest),
        // The flow is refused before the scope.
        (&[("response_type", "token"), ("scope", "phone")], UnauthorizedClient),
    ];
    for (changes, expected) in cases {
        match read_lax(changes) {
            Err(AuthorizeRefusal::Redirect(target, error)) => {
                assert_eq!((error, target.state.as_deref()), (expected, Some("s")), "{changes:?}");
                let is_token = changes.contains(&("response_type", "token"));
                assert_eq!(target.response_type == ResponseType::Token, is_token);
            }
            other => panic!("{changes:?}: {other:?}"),
        }
    }
    let off = Client { oauth: OAuth { is_enabled: false, ..client().oauth }, ..client() };
    let refused = read(Some(&off), &request(&[]), false);
    assert!(matches!(refused, Err(AuthorizeRefusal::Redirect(_, UnauthorizedClient))), "oau-0136");
}

#[test]
fn scope_of_a_deleted_resource_server_is_not_granted() {
    let granted = |client: &Client, scope: &str| {
        let request = super::read(Some(client), &request(&[("scope", scope)]), &BTreeSet::new(), false);
        request.map(|request| request.access.scopes.to_text()).ok()
    };
    assert_eq!(granted(&client(), "").as_deref(), Some("openid email"));
    assert_eq!(granted(&client(), "openid").as_deref(), Some("openid"));
    assert_eq!(granted(&client(), "openid api/read"), None);
    let mut without_others = client();
    without_others.oauth.scopes = vec!["api/read".to_owned()];
    assert_eq!(granted(&without_others, ""), None, "none is left");
}

#[test]
fn public_client_needs_a_challenge_if_strict() {
    let refused = read(Some(&client()), &request(&[]), true);
    assert!(matches!(refused, Err(AuthorizeRefusal::Redirect(_, AuthorizeError::InvalidRequest))));
    let challenge = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];
    assert!(read(Some(&client()), &request(&challenge), true).is_ok());
}

/// oau-0252, oau-0256: the service has the real reason in the description.
#[test]
fn error_is_named_as_the_service_or_as_the_rfc_does() {
    use AuthorizeError::{InvalidScope, LoginRequired, Trigger, UnauthorizedClient};
    let text = Trigger("PreSignUp failed with error x.".into());
    let cases = [
        (InvalidScope, ("invalid_request", Some("invalid_scope")), ("invalid_scope", None)),
        (UnauthorizedClient, ("invalid_request", Some("unauthorized_client")), ("unauthorized_client", None)),
        (LoginRequired, ("login_required", None), ("login_required", None)),
        (
            text,
            ("invalid_request", Some("PreSignUp failed with error x.")),
            ("invalid_request", Some("PreSignUp failed with error x.")),
        ),
    ];
    for (error, lax, strict) in cases {
        assert_eq!((error.parameters(false), error.parameters(true)), (lax, strict));
    }
}

/// oau-0014, oau-0036, oau-0037, oau-0038, oau-0039, oau-0049, oau-0050.
#[test]
fn session_and_prompt_decide_the_next_step() {
    let now = Timestamp::from_millis(10_000_000);
    let ann = User { status: Status::Confirmed, ..fixture::user("ann") };
    let methods = AuthMethods::from_iter([AuthMethod::Password]);
    let session = BrowserSession { methods, ..BrowserSession::begin(&ann, now) };
    let later = now.after(Duration::from_secs(90));
    let (page, use_session) = (Ok(NextStep::ShowPage), Ok(NextStep::UseSession));
    let cases = [
        (&[][..], false, page.clone()),
        (&[], true, use_session.clone()),
        (&[("prompt", "none")], false, Err(AuthorizeError::LoginRequired)),
        (&[("prompt", "none")], true, use_session.clone()),
        (&[("prompt", "login")], true, page.clone()),
        (&[("prompt", "consent")], true, use_session.clone()),
        (&[("max_age", "60")], true, page),
        (&[("max_age", "60"), ("prompt", "none")], true, Err(AuthorizeError::LoginRequired)),
        (&[("max_age", "120")], true, use_session),
        (&[("max_age", "0")], true, Ok(NextStep::ShowPage)),
        (&[("acr_values", "urn:other")], true, Ok(NextStep::UseSession)),
        (&[("acr_values", "urn:cognito:loa:1")], true, Ok(NextStep::UseSession)),
        (&[("acr_values", "urn:cognito:loa:4 urn:cognito:loa:2")], true, Ok(NextStep::ShowPage)),
        (
            &[("acr_values", "urn:cognito:loa:2"), ("prompt", "none")],
            true,
            Err(AuthorizeError::LoginRequired),
        ),
        (&[("identity_provider", "Google")], true, Err(AuthorizeError::UnknownProvider)),
        (&[("idp_identifier", "example.com")], true, Err(AuthorizeError::UnknownProvider)),
    ];
    for (changes, has_session, expected) in cases {
        let request = read_lax(changes).expect("good");
        let session = has_session.then_some((&session, &ann));
        assert_eq!(
            decide(&request, &fixture::pool(), &client().oauth, session, later),
            expected,
            "{changes:?} {has_session}"
        );
    }
    // A client without pool users gives no code by the session of one.
    let corporate = OAuth { providers: Some(vec!["Corporate".into()]), ..client().oauth };
    for (prompt, expected) in [("", Ok(NextStep::ShowPage)), ("none", Err(AuthorizeError::LoginRequired))] {
        let request = read_lax(&[("prompt", prompt)]).expect("good");
        assert_eq!(
            decide(&request, &fixture::pool(), &corporate, Some((&session, &ann)), later),
            expected,
            "{prompt}"
        );
    }
}

#[test]
fn grant_keeps_the_time_of_the_interactive_sign_in() {
    let seed = GrantSeed { id: [1; 16], origin: [2; 16], secret: [3; 32] };
    let (signed_in, now) = (Timestamp::from_millis(1_000), Timestamp::from_millis(9_000));
    let access = GrantedAccess { scopes: Scopes::parse("openid"), resource: None };
    let grant = begin_grant(&client(), &fixture::user("ann"), &access, &seed, signed_in, now);
    assert_eq!((grant.auth_time, &grant.access), (signed_in, &Some(access)));
    assert_eq!(grant.expires_at, now.after(CODE_TTL), "a grant of a code that is not exchanged ends with it");
    assert!(
        grant.ends_at() >= now.after(client().lifetimes.access_ttl),
        "the implicit flow has access tokens"
    );
}
