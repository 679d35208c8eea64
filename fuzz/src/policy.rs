//! IAM policies: every document is read or refused, and what it decides obeys the rules of IAM.
//!
//! An input is an action, a resource and a policy document, each on a line of its own; the document may have more.

use lido_iam::policy::{AccessRequest, ContextKeys, Decision, JsonValue, Policies};

const ALLOW: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
const DENY: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}"#;

/// Decides with the document, alone and together with others.
///
/// # Panics
/// If a denial does not win, if nothing else than the documents decides, or if their number or order does.
pub fn run(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let Some((action, rest)) = text.split_once('\n') else { return };
    let Some((resource, document)) = rest.split_once('\n') else { return };
    let mut context = ContextKeys::default();
    context.set("aws:sourceip", "203.0.113.7");
    context.set("aws:currenttime", "2026-11-21T07:30:00Z");
    context.set("cognito-idp:clientid", resource);
    context.set_all("aws:tagkeys", action.split('/').map(str::to_owned));
    let request = AccessRequest { action, resource, context: &context };
    let Ok(document) = serde_json::from_str::<JsonValue>(document) else { return };
    let Some(alone) = decide(&request, std::slice::from_ref(&document)) else { return };
    let (Ok(allow), Ok(deny)) = (serde_json::from_str(ALLOW), serde_json::from_str(DENY)) else { return };
    let (allow, deny): (JsonValue, JsonValue) = (allow, deny);
    let twice = decide(&request, &[document.clone(), document.clone()]);
    assert_eq!(twice, Some(alone), "a document twice is as once");
    for documents in [[document.clone(), deny.clone()], [deny, document.clone()]] {
        assert_eq!(decide(&request, &documents), Some(Decision::Denied), "a denial wins");
    }
    let expected = if alone == Decision::Denied { Decision::Denied } else { Decision::Allowed };
    for documents in [[document.clone(), allow.clone()], [allow, document]] {
        assert_eq!(decide(&request, &documents), Some(expected), "what is not denied and allowed is allowed");
    }
    assert_eq!(decide(&request, &[]), Some(Decision::NotAllowed), "nothing is allowed without a policy");
}

fn decide(request: &AccessRequest<'_>, documents: &[JsonValue]) -> Option<Decision> {
    Some(Policies::read(documents).ok()?.decide(request))
}
