use std::time::Duration;

use super::*;
use crate::{client::oauth::OAuth, fixture, id::PoolId, token::grant::GrantSeed, user::Status};

const NOW: Timestamp = Timestamp::from_millis(1_000_000);

const DELEGATION: Refusal = Refusal::TokenFlowNotEnabled("ALLOW_TOKEN_EXCHANGE_DELEGATION");
const IMPERSONATION: Refusal = Refusal::TokenFlowNotEnabled("ALLOW_TOKEN_EXCHANGE_IMPERSONATION");

fn request() -> ExchangeRequest {
    ExchangeRequest {
        subject_kind: PresentedKind::Token(TokenKind::Access),
        subject_provider: None,
        has_actor: false,
        actor_kind: None,
        actor_provider: None,
        scopes: Scopes::default(),
        audience: None,
        resource: None,
        requested: TokenKind::Access,
    }
}

fn client() -> Client {
    let oauth = OAuth { scopes: vec!["openid".into(), "api/read".into()], ..OAuth::default() };
    let auth_flows =
        [AuthFlow::AllowTokenExchangeDelegation, AuthFlow::AllowTokenExchangeImpersonation].into();
    Client { oauth, auth_flows, ..fixture::client() }
}

fn token(claims: Value) -> PresentedToken {
    let mut all = json!({
        "sub": "sub-of-ann", "event_id": "g", "token_use": "access", "exp": 2_000, "client_id": "other",
        "scope": "openid api/read api/write",
    });
    for (name, value) in claims.as_object().expect("an object") {
        all[name] = value.clone();
    }
    serde_json::from_value(all).expect("a token")
}

fn ann() -> User {
    User { status: Status::Confirmed, ..fixture::user("ann") }
}

fn grant() -> Grant {
    let seed = GrantSeed { id: [1; 16], origin: [2; 16], secret: [3; 32] };
    let (pool, hour) = (PoolId::new("r_p"), Duration::from_secs(3_600));
    let mut grant = Grant::begin(&fixture::keys(), &pool, &ann(), client().id, hour, &seed, NOW).0;
    grant.access = Some(GrantedAccess { scopes: Scopes::parse("openid api/read"), resource: None });
    grant
}

/// Derives a token from one of ann, by an actor if there is one.
fn derive_from(
    request: &ExchangeRequest,
    subject: &PresentedToken,
    actor: Option<&PresentedToken>,
) -> Result<DerivedToken, Refusal> {
    let (user, grant) = (ann(), grant());
    let loaded = |token| LoadedToken { token, grant: Some(&grant), user: Some(&user), has_client: true };
    derive(&client(), request, loaded(subject), actor.map(loaded), NOW)
}

fn refused(fault: ExchangeFault) -> Refusal {
    Refusal::Exchange(fault)
}

/// api-0292, api-0293, api-0294.
#[test]
fn request_with_each_fault_is_refused() {
    type Change = fn(&mut ExchangeRequest);
    let faults: [(Change, Refusal); 9] = [
        (|request| request.has_actor = true, refused(ExchangeFault::ActorTypeMissing)),
        (|request| request.actor_kind = Some(PresentedKind::Saml), refused(ExchangeFault::ActorTokenMissing)),
        (|request| request.actor_provider = Some("p".into()), refused(ExchangeFault::ActorTokenMissing)),
        (
            |request| {
                (request.audience, request.resource) = (Some("a".into()), Some("r".into()));
            },
            refused(ExchangeFault::AudienceAndResource),
        ),
        (
            |request| request.subject_kind = PresentedKind::Saml,
            refused(ExchangeFault::ProviderMissing(TokenParty::Subject)),
        ),
        (
            |request| request.subject_provider = Some("p".into()),
            refused(ExchangeFault::UnknownProvider("p".into())),
        ),
        (
            |request| {
                request.subject_kind = PresentedKind::Saml;
                request.subject_provider = Some("p".into());
            },
            refused(ExchangeFault::UnknownProvider("p".into())),
        ),
        (
            |request| {
                (request.has_actor, request.actor_kind) = (true, Some(PresentedKind::Saml));
            },
            refused(ExchangeFault::ProviderMissing(TokenParty::Actor)),
        ),
        (
            |request| {
                let kind = PresentedKind::Token(TokenKind::Access);
                (request.has_actor, request.actor_kind) = (true, Some(kind));
                request.actor_provider = Some("q".into());
            },
            refused(ExchangeFault::UnknownProvider("q".into())),
        ),
    ];
    let (pool, keys, client) = (fixture::pool(), fixture::keys(), client());
    let secrets = [Secret::new("right")];
    let caller = AppClientCaller {
        pool: &pool,
        client: &client,
        secrets: &secrets,
        secret_hash: None,
        digest_keys: &keys,
    };
    let right = Secret::new("right");
    for (change, expected) in faults {
        let mut request = request();
        change(&mut request);
        assert_eq!(check_request(&caller, Some(&right), &request), Err(expected), "{request:?}");
    }
    let expected = ExchangeKinds { subject: TokenKind::Access, actor: None };
    assert_eq!(check_request(&caller, Some(&right), &request()), Ok(expected));
    for secret in [None, Some(&Secret::new("wrong"))] {
        let refusal = check_request(&caller, secret, &request());
        assert_eq!(refusal, Err(Refusal::ClientSecretWrong(client.id.clone())));
    }
}

/// api-0293.
#[test]
fn actor_needs_delegation_and_a_subject_alone_impersonation() {
    let (pool, keys) = (fixture::pool(), fixture::keys());
    let kind = PresentedKind::Token(TokenKind::Access);
    let by_actor = ExchangeRequest { has_actor: true, actor_kind: Some(kind), ..request() };
    for (flow, alone, delegated) in [
        (AuthFlow::AllowUserSrpAuth, Err(IMPERSONATION), Err(DELEGATION)),
        (AuthFlow::AllowTokenExchangeImpersonation, Ok(()), Err(DELEGATION)),
        (AuthFlow::AllowTokenExchangeDelegation, Err(IMPERSONATION), Ok(())),
    ] {
        let client = Client { auth_flows: [flow].into(), ..client() };
        let caller = AppClientCaller {
            pool: &pool,
            client: &client,
            secrets: &[],
            secret_hash: None,
            digest_keys: &keys,
        };
        assert_eq!(check_request(&caller, None, &request()).map(drop), alone, "{flow:?}");
        assert_eq!(check_request(&caller, None, &by_actor).map(drop), delegated, "{flow:?}");
    }
}

/// api-0294.
#[test]
fn scopes_are_those_that_request_subject_and_client_share() {
    let subject = token(json!({}));
    let scopes = |requested: &str| {
        let request = ExchangeRequest { scopes: Scopes::parse(requested), ..request() };
        derive_from(&request, &subject, None).map(|derived| derived.scopes.to_text())
    };
    assert_eq!(scopes(""), Ok("openid api/read api/write".into()));
    assert_eq!(scopes("api/read api/write email"), Ok("api/read".into()));
    assert_eq!(scopes("api/write"), Err(Refusal::Scope(ScopeFault::NoneLeft)));
}

#[test]
fn id_token_needs_openid_unless_the_api_signed_in() {
    let subject = token(json!({}));
    let id = ExchangeRequest { requested: TokenKind::Id, ..request() };
    assert_eq!(derive_from(&id, &subject, None).map(|derived| derived.id_audience), Ok(None));
    let for_service = ExchangeRequest { audience: Some("service".into()), ..id.clone() };
    let derived = derive_from(&for_service, &subject, None).expect("derived");
    assert_eq!(derived.complete(Claims::new())["aud"], "service");
    let narrow = ExchangeRequest { scopes: Scopes::parse("api/read"), ..id.clone() };
    let refusal = derive_from(&narrow, &subject, None).err();
    assert_eq!(refusal, Some(refused(ExchangeFault::IdTokenWithoutOpenid)));
    let (user, mut by_api) = (ann(), grant());
    by_api.access = None;
    let loaded = LoadedToken { token: &subject, grant: Some(&by_api), user: Some(&user), has_client: true };
    assert_eq!(derive(&client(), &id, loaded, None, NOW).map(|derived| derived.grant.access), Ok(None));
}

#[test]
fn audience_is_the_requested_one_or_that_of_the_subject() {
    let bound = token(json!({ "aud": "first" }));
    let audience = |request: &ExchangeRequest, subject: &PresentedToken| {
        derive_from(request, subject, None).expect("derived").grant.access.expect("access").resource
    };
    assert_eq!(audience(&request(), &bound), Some("first".into()));
    let second = ExchangeRequest { audience: Some("second".into()), ..request() };
    assert_eq!(audience(&second, &bound), Some("second".into()));
    let resource = ExchangeRequest { resource: Some("api".into()), ..request() };
    assert_eq!(audience(&resource, &bound), Some("api".into()));
    let id_token = token(json!({ "aud": "client", "token_use": "id", "client_id": null, "scope": null }));
    assert_eq!(audience(&request(), &id_token), None);
}

/// api-0293.
#[test]
fn actors_are_nested_up_to_a_limit() {
    let mut subject = token(json!({}));
    let machine = token(json!({ "sub": "machine", "client_id": "machine", "event_id": null }));
    for count in 1..=MAX_ACTORS {
        let derived = derive_from(&request(), &subject, Some(&machine)).expect("derived");
        let mut act = derived.act.expect("an actor");
        subject.act = Some(act.clone());
        let mut actors = 0;
        loop {
            assert_eq!((&act["sub"], &act["client_id"]), (&json!("machine"), &json!("machine")));
            actors += 1;
            let Some(next) = act.get("act") else { break };
            act = next.clone();
        }
        assert_eq!(actors, count);
    }
    let refusal = derive_from(&request(), &subject, Some(&machine)).err();
    assert_eq!(refusal, Some(refused(ExchangeFault::TooManyActors)));
    // Without an actor the earlier ones stay.
    assert_eq!(derive_from(&request(), &subject, None).expect("derived").act, subject.act);
}

#[test]
fn token_that_does_not_count_any_more_is_refused() {
    let (user, grant) = (ann(), grant());
    let disabled = User { enabled: false, ..ann() };
    let machine = json!({ "sub": "machine", "client_id": "machine", "event_id": null });
    let (good, old) = (token(json!({})), token(json!({ "exp": 1_000 })));
    let (machine, old_machine) =
        (token(machine.clone()), token(json!({ "event_id": null, "sub": "m", "exp": 999 })));
    let load = |token, has_grant: bool, user, has_client| LoadedToken {
        token,
        grant: has_grant.then_some(&grant),
        user,
        has_client,
    };
    let cases = [
        (load(&good, true, Some(&user), true), None),
        (load(&old, true, Some(&user), true), Some(ExchangeFault::TokenExpired as fn(_) -> _)),
        (load(&good, false, Some(&user), true), Some(ExchangeFault::TokenRevoked)),
    ];
    for (loaded, fault) in cases {
        let subject = derive(&client(), &request(), loaded, None, NOW).err();
        assert_eq!(subject, fault.map(|fault| refused(fault(TokenParty::Subject))));
        let actor = derive(&client(), &request(), cases[0].0, Some(loaded), NOW).err();
        assert_eq!(actor, fault.map(|fault| refused(fault(TokenParty::Actor))));
    }
    let subject = |loaded| derive(&client(), &request(), loaded, None, NOW).err();
    assert_eq!(subject(load(&good, true, Some(&disabled), true)), Some(Refusal::UserDisabled));
    assert_eq!(subject(load(&good, true, None, true)), Some(Refusal::UserNotFound));
    let of_machine = subject(load(&machine, false, None, true));
    assert_eq!(of_machine, Some(refused(ExchangeFault::SubjectWithoutUser)));
    let actor = |loaded| derive(&client(), &request(), cases[0].0, Some(loaded), NOW).err();
    assert_eq!(actor(load(&machine, false, None, true)), None);
    let revoked = Some(refused(ExchangeFault::TokenRevoked(TokenParty::Actor)));
    assert_eq!(actor(load(&machine, false, None, false)), revoked);
    let expired = Some(refused(ExchangeFault::TokenExpired(TokenParty::Actor)));
    assert_eq!(actor(load(&old_machine, false, None, true)), expired);
}

#[test]
fn token_ends_with_the_first_of_those_that_it_is_made_of() {
    let (subject, actor) = (token(json!({ "exp": 1_500 })), token(json!({ "exp": 1_200 })));
    let exp = |actor, exp: i64| {
        let derived = derive_from(&request(), &subject, actor).expect("derived");
        let mut claims = Claims::new();
        claims.insert("exp".into(), json!(exp));
        claims.insert("act".into(), json!("of a trigger"));
        let claims = derived.complete(claims);
        (claims["exp"].as_i64().expect("a time"), claims.contains_key("act"))
    };
    assert_eq!(exp(None, 9_999), (1_500, false));
    assert_eq!(exp(None, 1_100), (1_100, false));
    assert_eq!(exp(Some(&actor), 9_999), (1_200, true));
}
