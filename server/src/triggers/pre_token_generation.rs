//! PreTokenGeneration: changes the claims of tokens before they are signed.
//!
//! [`lido_domain::token::changes`] applies the changes. Here are the three versions of the event and their responses.
//! The first changes text claims of the id token, the others any claims of both tokens (*Documented*, cog-0202). A
//! response of another shape is refused.

use std::collections::BTreeSet;

use lido_domain::{
    id::Username,
    scope::Scopes,
    token::{
        Claims,
        changes::{ClaimChanges, ScopeChanges, TokenChanges},
    },
    user::{User, group::GroupClaims},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

use super::{EventContext, Trigger, TriggerFault, Triggers, attributes, event::Event};
use crate::wire::lambda_config::{self, TokenEventVersion};

/// The event that generates tokens, which decides the trigger source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenTriggerSource {
    /// A sign-in.
    Authentication,
    /// A sign-in in which the user replaced a temporary password.
    NewPasswordChallenge,
    /// A sign-in with a remembered device.
    AuthenticateDevice,
    /// A refresh of tokens.
    RefreshTokens,
    /// A sign-in on a page of the OAuth endpoints (oau-0270).
    HostedAuth,
}

impl TokenTriggerSource {
    const fn source(self) -> &'static str {
        match self {
            TokenTriggerSource::Authentication => "TokenGeneration_Authentication",
            TokenTriggerSource::NewPasswordChallenge => "TokenGeneration_NewPasswordChallenge",
            TokenTriggerSource::AuthenticateDevice => "TokenGeneration_AuthenticateDevice",
            TokenTriggerSource::RefreshTokens => "TokenGeneration_RefreshTokens",
            TokenTriggerSource::HostedAuth => "TokenGeneration_HostedAuth",
        }
    }
}

impl Triggers {
    /// Invokes the trigger for the tokens of `user`, if the pool has it, and returns the requested changes.
    pub async fn pre_token_generation(
        &self,
        context: EventContext<'_>,
        occasion: TokenTriggerSource,
        user: &User,
        groups: &GroupClaims,
        scopes: &Scopes,
    ) -> Result<TokenChanges, TriggerFault> {
        let Some((arn, version)) = lambda_config::pre_token_generation(context.pool) else {
            return Ok(TokenChanges::default());
        };
        let event = event(context, version, occasion, user, groups, scopes);
        let mut response = self.invoke(Trigger::PreTokenGeneration, arn, &event).await?;
        match version {
            TokenEventVersion::One => parse_version_1(response.remove("claimsOverrideDetails")),
            TokenEventVersion::Two | TokenEventVersion::Three => {
                parse_version_2(response.remove("claimsAndScopeOverrideDetails"))
            }
        }
    }

    /// Invokes the trigger for the access token that an app client gets for itself, if the pool has it in version 3, and
    /// returns the requested changes (*Documented*, oau-0106).
    pub async fn client_token_generation(
        &self,
        context: EventContext<'_>,
        scopes: &Scopes,
    ) -> Result<TokenChanges, TriggerFault> {
        let Some((arn, TokenEventVersion::Three)) = lambda_config::pre_token_generation(context.pool) else {
            return Ok(TokenChanges::default());
        };
        let request = json!({
            "userAttributes": {},
            "groupConfiguration": null,
            "scopes": scopes.iter().collect::<Vec<_>>(),
        });
        let response = json!({ "claimsAndScopeOverrideDetails": null });
        let (request, name) = (context.with_metadata(request), Username::new(CLIENT_USERNAME));
        let event = context.event(CLIENT_SOURCE, &name, Value::Null, request, response).with_version("3");
        let mut response = self.invoke(Trigger::PreTokenGeneration, arn, &event).await?;
        parse_version_2(response.remove("claimsAndScopeOverrideDetails"))
    }
}

/// The trigger source of a token without a user.
const CLIENT_SOURCE: &str = "TokenGeneration_ClientCredentials";

/// The `userName` of a token without a user.
const CLIENT_USERNAME: &str = "ClientCredentials";

fn event(
    context: EventContext<'_>,
    version: TokenEventVersion,
    occasion: TokenTriggerSource,
    user: &User,
    groups: &GroupClaims,
    scopes: &Scopes,
) -> Event {
    let mut request = json!({
        "userAttributes": attributes::of_user(&context.pool.pool, user),
        "groupConfiguration": {
            "groupsToOverride": groups.groups,
            "iamRolesToOverride": groups.roles,
            "preferredRole": groups.preferred_role,
        },
    });
    if version != TokenEventVersion::One {
        request["scopes"] = json!(scopes.iter().collect::<Vec<_>>());
    }
    let (version, response) = match version {
        TokenEventVersion::One => ("1", json!({ "claimsOverrideDetails": null })),
        TokenEventVersion::Two => ("2", json!({ "claimsAndScopeOverrideDetails": null })),
        TokenEventVersion::Three => ("3", json!({ "claimsAndScopeOverrideDetails": null })),
    };
    let request = context.with_metadata(request);
    let event = context.event(occasion.source(), &user.username, Value::Null, request, response);
    event.with_version(version)
}

/// Parses the response of version 1.
fn parse_version_1(details: Option<Value>) -> Result<TokenChanges, TriggerFault> {
    let Some(mut details) = object(details)? else { return Ok(TokenChanges::default()) };
    let groups = groups(details.remove("groupOverrideDetails"))?;
    let id: ClaimOverrides = read(Value::Object(details))?;
    let is_text = |(_, value): (&String, &Value)| value.is_string();
    if !id.claims_to_add_or_override.iter().flatten().all(is_text) {
        return Err(TriggerFault::Unrecognizable);
    }
    Ok(TokenChanges { id: id.into_changes().0, groups, ..TokenChanges::default() })
}

/// Parses the response of versions 2 and 3.
fn parse_version_2(details: Option<Value>) -> Result<TokenChanges, TriggerFault> {
    let Some(mut details) = object(details)? else { return Ok(TokenChanges::default()) };
    let groups = groups(details.remove("groupOverrideDetails"))?;
    let mut of_token = |name: &str| match object(details.remove(name))? {
        Some(overrides) => read(Value::Object(overrides)),
        None => Ok(ClaimOverrides::default()),
    };
    let (id, access) = (of_token("idTokenGeneration")?, of_token("accessTokenGeneration")?);
    let (id, _) = id.into_changes();
    let (access, scopes) = access.into_changes();
    // *Documented*: a scope with a space cannot be added. *Chosen*: it is an error.
    if scopes.add.iter().any(|scope| scope.contains(char::is_whitespace)) {
        return Err(TriggerFault::Unrecognizable);
    }
    Ok(TokenChanges { id, access, scopes, groups })
}

/// Returns the groups that replace the user's. *Documented*: an object without groups, or `null`, removes them; without
/// the member they stay.
fn groups(details: Option<Value>) -> Result<Option<GroupClaims>, TriggerFault> {
    let Some(details) = details else { return Ok(None) };
    let overrides: GroupOverrides = match details {
        Value::Null => GroupOverrides::default(),
        details => read(details)?,
    };
    Ok(Some(GroupClaims {
        groups: overrides.groups_to_override.unwrap_or_default(),
        roles: overrides.iam_roles_to_override.unwrap_or_default(),
        preferred_role: overrides.preferred_role,
    }))
}

/// The member `groupOverrideDetails`.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct GroupOverrides {
    groups_to_override: Option<Vec<String>>,
    iam_roles_to_override: Option<Vec<String>>,
    preferred_role: Option<String>,
}

/// The overrides for one token.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ClaimOverrides {
    claims_to_add_or_override: Option<Claims>,
    claims_to_suppress: Option<BTreeSet<String>>,
    scopes_to_add: Option<Vec<String>>,
    scopes_to_suppress: Option<BTreeSet<String>>,
}

impl ClaimOverrides {
    fn into_changes(self) -> (ClaimChanges, ScopeChanges) {
        let claims = ClaimChanges {
            add: self.claims_to_add_or_override.unwrap_or_default(),
            suppress: self.claims_to_suppress.unwrap_or_default(),
        };
        let scopes = ScopeChanges {
            add: self.scopes_to_add.unwrap_or_default(),
            suppress: self.scopes_to_suppress.unwrap_or_default(),
        };
        (claims, scopes)
    }
}

fn object(value: Option<Value>) -> Result<Option<Map<String, Value>>, TriggerFault> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(members)) => Ok(Some(members)),
        Some(_) => Err(TriggerFault::Unrecognizable),
    }
}

fn read<T: DeserializeOwned>(value: Value) -> Result<T, TriggerFault> {
    serde_json::from_value(value).map_err(|_| TriggerFault::Unrecognizable)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups_of(groups: &[&str], roles: &[&str], preferred_role: Option<&str>) -> GroupClaims {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let preferred_role = preferred_role.map(str::to_owned);
        GroupClaims { groups: owned(groups), roles: owned(roles), preferred_role }
    }

    /// cog-0202.
    #[test]
    fn group_overrides_replace_or_remove_groups() {
        let whole = json!({ "groupsToOverride": ["a"], "iamRolesToOverride": ["r"], "preferredRole": "r" });
        let cases = [
            (None, None),
            (Some(json!(null)), Some(GroupClaims::default())),
            (Some(json!({})), Some(GroupClaims::default())),
            (Some(whole), Some(groups_of(&["a"], &["r"], Some("r")))),
            (
                Some(json!({ "groupsToOverride": ["a"], "preferredRole": null })),
                Some(groups_of(&["a"], &[], None)),
            ),
        ];
        for (details, expected) in cases {
            let mut response = json!({});
            if let Some(details) = &details {
                response["groupOverrideDetails"] = details.clone();
            }
            for changes in [parse_version_1(Some(response.clone())), parse_version_2(Some(response))] {
                assert_eq!(changes.map(|changes| changes.groups), Ok(expected.clone()), "{details:?}");
            }
        }
    }

    #[test]
    fn version_1_changes_the_id_token_only() {
        let overrides = json!({
            "claimsToAddOrOverride": { "a": "b" }, "claimsToSuppress": ["email"], "scopesToAdd": ["x"],
            "accessTokenGeneration": { "claimsToSuppress": ["b"] },
        });
        let changes = parse_version_1(Some(overrides)).expect("good");
        assert_eq!(changes.id.add, Claims::from_iter([("a".to_owned(), json!("b"))]));
        assert_eq!(changes.id.suppress, BTreeSet::from(["email".to_owned()]));
        assert_eq!((changes.access, changes.scopes), Default::default());
    }

    #[test]
    fn response_of_another_shape_is_refused() {
        let nothing = Ok(TokenChanges::default());
        let strange = Err(TriggerFault::Unrecognizable);
        for parse in [parse_version_1, parse_version_2] {
            assert_eq!(parse(None), nothing);
            assert_eq!(parse(Some(json!(null))), nothing);
            assert_eq!(parse(Some(json!({}))), nothing);
            assert_eq!(parse(Some(json!("x"))), strange);
            assert_eq!(parse(Some(json!({ "groupOverrideDetails": { "groupsToOverride": "a" } }))), strange);
        }
        let claims = |value: Value| json!({ "claimsToAddOrOverride": { "a": value } });
        for value in [json!(1), json!(true), json!(["x"]), json!({})] {
            assert_eq!(parse_version_1(Some(claims(value.clone()))), strange, "version 1 accepts texts only");
            let changes = parse_version_2(Some(json!({ "accessTokenGeneration": claims(value.clone()) })));
            assert_eq!(changes.expect("good").access.add["a"], value);
        }
        assert_eq!(parse_version_1(Some(json!({ "claimsToSuppress": "email" }))), strange);
        assert_eq!(parse_version_2(Some(json!({ "idTokenGeneration": [] }))), strange);
        assert_eq!(
            parse_version_2(Some(json!({ "accessTokenGeneration": { "scopesToAdd": ["a b"] } }))),
            strange
        );
    }
}
