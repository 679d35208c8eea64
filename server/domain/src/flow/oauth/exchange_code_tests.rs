//! Tests of the exchange of a code.

use std::time::Duration;

use super::*;
use crate::{
    client::{Client, oauth::OAuth},
    fixture,
    flow::oauth::authorize::begin_grant,
    id::ClientId,
    oauth::{
        authorization::{CODE_TTL, digest},
        pkce::CodeChallenge,
    },
    scope::Scopes,
    secret::Sealed,
    token::grant::{GrantSeed, GrantedAccess},
    user::Status,
};

const BACK: &str = "https://app.example/back";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const NOW: Timestamp = Timestamp::from_millis(10_000_000);

/// A code with what it leads to; tests change it before they exchange it.
struct Setup {
    client: Client,
    authorization: Authorization,
    grant: Option<Grant>,
    user: Option<User>,
    custom_scopes: BTreeSet<String>,
    redirect_uri: Option<&'static str>,
    verifier: Option<&'static str>,
    now: Timestamp,
}

impl Setup {
    fn new() -> Self {
        let oauth = OAuth {
            is_enabled: true,
            flows: [OAuthFlow::Code].into(),
            callback_urls: vec![BACK.to_owned()],
            ..OAuth::default()
        };
        let oauth = OAuth { scopes: vec!["openid".into(), "api/read".into()], ..oauth };
        let client = Client { oauth, ..fixture::client() };
        let user = User { status: Status::Confirmed, ..fixture::user("ann") };
        let seed = GrantSeed { id: [1; 16], origin: [2; 16], secret: [3; 32] };
        let access = GrantedAccess { scopes: Scopes::parse("openid api/read"), resource: None };
        let grant = begin_grant(&client, &user, &access, &seed, NOW, NOW);
        let authorization = Authorization {
            of: user.sub.clone(),
            grant: grant.id.clone(),
            client: client.id.clone(),
            redirect_uri: Some(BACK.to_owned()),
            challenge: CodeChallenge::read(Some(CHALLENGE), Some("S256")).expect("good"),
            nonce: Some("n".into()),
            contents: TokenContents::default(),
            bound_to: Some(user.sign_in_state()),
            expires_at: NOW.after(CODE_TTL),
            is_used: false,
        };
        Self {
            client,
            authorization,
            grant: Some(grant),
            user: Some(user),
            custom_scopes: ["api/read".to_owned()].into(),
            redirect_uri: Some(BACK),
            verifier: Some(VERIFIER),
            now: NOW,
        }
    }

    fn exchange(&self) -> Verdict<Result<ExchangedCode, TokenError>> {
        let (pool, digest_keys) = (&fixture::pool(), &fixture::keys());
        let caller =
            AppClientCaller { pool, client: &self.client, secrets: &[], secret_hash: None, digest_keys };
        let key = &digest(digest_keys, &pool.id, "code");
        let code = PresentedCode {
            key,
            authorization: &self.authorization,
            grant: self.grant.as_ref(),
            user: self.user.as_ref(),
            custom_scopes: &self.custom_scopes,
        };
        let proof = CodeProof { redirect_uri: self.redirect_uri, verifier: self.verifier };
        exchange(&caller, Some(code), proof, &[7; 32], self.now)
    }
}

#[test]
fn code_is_exchanged_and_used_up() {
    let verdict = Setup::new().exchange();
    let exchanged = verdict.answer.expect("no refusal").expect("tokens");
    assert_eq!(exchanged.nonce.as_deref(), Some("n"));
    match verdict.remember.as_slice() {
        [Change::PutAuthorization { authorization, .. }, Change::PutGrant(grant)] => {
            assert!(authorization.is_used);
            assert_eq!(**grant, exchanged.grant);
            assert_eq!(grant.expires_at, NOW.after(fixture::client().lifetimes.refresh_ttl));
        }
        other => panic!("{other:?}"),
    }
}

/// What a refusal changes.
#[derive(Debug, PartialEq)]
enum Effect {
    Nothing,
    UsesUp,
    EndsGrant,
}

/// oau-0095, oau-0098, oau-0251, oau-0295, oau-0296, oau-0306, oau-0307.
#[test]
fn code_with_each_fault_is_refused() {
    use TokenError::{InvalidGrant, InvalidRequest, RedirectMismatch, UnauthorizedClient};
    type Fault = fn(&mut Setup);
    let cases: [(Fault, TokenError, Effect); 19] = [
        (|setup| setup.client.oauth.flows.clear(), UnauthorizedClient, Effect::Nothing),
        (|setup| setup.client.oauth.is_enabled = false, UnauthorizedClient, Effect::Nothing),
        (|setup| setup.client.id = ClientId::new("other"), InvalidGrant, Effect::Nothing),
        (|setup| setup.authorization.is_used = true, InvalidGrant, Effect::EndsGrant),
        (|setup| setup.now = NOW.after(CODE_TTL), InvalidGrant, Effect::Nothing),
        (|setup| setup.redirect_uri = None, InvalidRequest, Effect::Nothing),
        (|setup| setup.redirect_uri = Some("https://app.example/back/"), RedirectMismatch, Effect::Nothing),
        (|setup| setup.verifier = None, InvalidGrant, Effect::Nothing),
        (|setup| setup.verifier = Some(CHALLENGE), InvalidGrant, Effect::UsesUp),
        (|setup| setup.authorization.challenge = None, InvalidGrant, Effect::Nothing),
        (|setup| setup.grant = None, InvalidGrant, Effect::Nothing),
        (|setup| setup.user = None, InvalidGrant, Effect::Nothing),
        (|setup| setup.user.as_mut().expect("ann").enabled = false, InvalidGrant, Effect::Nothing),
        (
            |setup| {
                let expires_at = NOW.after(CODE_TTL);
                setup.user.as_mut().expect("ann").status = Status::ForceChangePassword { expires_at };
            },
            InvalidGrant,
            Effect::Nothing,
        ),
        (
            |setup| {
                setup.user.as_mut().expect("ann").credential = Some(Sealed::from_text("another password"))
            },
            InvalidGrant,
            Effect::Nothing,
        ),
        (|setup| setup.client.oauth.scopes.clear(), InvalidGrant, Effect::Nothing),
        (
            |setup| setup.client.oauth.callback_urls = vec!["https://new.example".into()],
            InvalidGrant,
            Effect::Nothing,
        ),
        (
            |setup| setup.user.as_mut().expect("ann").status = Status::ResetRequired,
            InvalidGrant,
            Effect::Nothing,
        ),
        (
            |setup| {
                setup.authorization.redirect_uri = None;
                setup.redirect_uri = Some("https://evil.example");
            },
            RedirectMismatch,
            Effect::Nothing,
        ),
    ];
    for (at, (fault, expected, effect)) in cases.into_iter().enumerate() {
        let mut setup = Setup::new();
        fault(&mut setup);
        let verdict = setup.exchange();
        assert_eq!(verdict.answer.expect("no refusal").err(), Some(expected), "case {at}");
        let found = match verdict.remember.as_slice() {
            [] => Effect::Nothing,
            [Change::PutAuthorization { authorization, .. }] if authorization.is_used => Effect::UsesUp,
            [Change::RemoveGrant { grant, .. }] if *grant == setup.authorization.grant => Effect::EndsGrant,
            other => panic!("case {at}: {other:?}"),
        };
        assert_eq!(found, effect, "case {at}");
    }
}

#[test]
fn code_gives_no_scope_that_the_client_has_lost_or_that_exists_no_more() {
    type Loss = fn(&mut Setup);
    let cases: [(Loss, &str); 3] = [
        (|_| {}, "openid api/read"),
        (|setup| setup.client.oauth.scopes.retain(|name| name != "openid"), "api/read"),
        (|setup| setup.custom_scopes.clear(), "openid"),
    ];
    for (loss, expected) in cases {
        let mut setup = Setup::new();
        loss(&mut setup);
        let verdict = setup.exchange();
        assert_eq!(verdict.answer.expect("no refusal").expect("tokens").grant.scopes().to_text(), expected);
        let [_, Change::PutGrant(stored)] = verdict.remember.as_slice() else { panic!("no grant") };
        assert_eq!(stored.scopes().to_text(), "openid api/read", "the grant keeps its scopes");
    }
}

#[test]
fn redirect_uri_may_be_left_out_only_if_it_was_before() {
    let mut setup = Setup::new();
    setup.authorization.redirect_uri = None;
    for sent in [None, Some(BACK)] {
        setup.redirect_uri = sent;
        assert!(setup.exchange().answer.expect("no refusal").is_ok(), "{sent:?}");
    }
}

#[test]
fn code_without_a_challenge_needs_no_verifier() {
    let mut setup = Setup::new();
    (setup.authorization.challenge, setup.verifier) = (None, None);
    setup.now = NOW.after(CODE_TTL - Duration::from_millis(1));
    assert!(setup.exchange().answer.expect("no refusal").is_ok());
}
