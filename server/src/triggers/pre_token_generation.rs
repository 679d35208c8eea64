//! PreTokenGeneration: what tokens are to say that are about to be signed.
//!
//! Which of it is done is [`lido_domain::token::changes`]'. Here is the event in its three versions and what may come
//! back: the first is about the id token and knows texts only, the others about both tokens and any JSON (*Documented*,
//! cog-0202). An answer of another shape is no answer.

use std::collections::BTreeSet;

use lido_domain::{
    token::{
        Claims, SELF_SERVICE,
        changes::{ClaimChanges, ScopeChanges, TokenChanges},
    },
    user::{User, group::GroupClaims},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

use super::{EventContext, Trigger, TriggerFault, Triggers, attributes, event::Event};
use crate::wire::lambda_config::{self, TokenEventVersion};

/// On what occasion tokens are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenOccasion {
    /// Somebody has signed in.
    Authentication,
    /// Somebody has signed in and given a password in place of a temporary one.
    NewPasswordChallenge,
    /// Somebody has signed in by a device that is remembered.
    AuthenticateDevice,
    /// Tokens are renewed.
    RefreshTokens,
}

impl TokenOccasion {
    const fn source(self) -> &'static str {
        match self {
            TokenOccasion::Authentication => "TokenGeneration_Authentication",
            TokenOccasion::NewPasswordChallenge => "TokenGeneration_NewPasswordChallenge",
            TokenOccasion::AuthenticateDevice => "TokenGeneration_AuthenticateDevice",
            TokenOccasion::RefreshTokens => "TokenGeneration_RefreshTokens",
        }
    }
}

impl Triggers {
    /// Asks what the tokens of `user` are to say, if the pool has the trigger.
    pub async fn pre_token_generation(
        &self,
        context: EventContext<'_>,
        occasion: TokenOccasion,
        user: &User,
        groups: &GroupClaims,
    ) -> Result<TokenChanges, TriggerFault> {
        let Some((arn, version)) = lambda_config::pre_token_generation(context.pool) else {
            return Ok(TokenChanges::default());
        };
        let event = event(context, version, occasion, user, groups);
        let mut response = self.ask(Trigger::PreTokenGeneration, arn, &event).await?;
        match version {
            TokenEventVersion::One => of_one(response.remove("claimsOverrideDetails")),
            TokenEventVersion::Two | TokenEventVersion::Three => {
                of_two(response.remove("claimsAndScopeOverrideDetails"))
            }
        }
    }
}

fn event(
    context: EventContext<'_>,
    version: TokenEventVersion,
    occasion: TokenOccasion,
    user: &User,
    groups: &GroupClaims,
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
        request["scopes"] = json!([SELF_SERVICE]);
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

/// What a function of the first version wants.
fn of_one(details: Option<Value>) -> Result<TokenChanges, TriggerFault> {
    let Some(mut details) = object(details)? else { return Ok(TokenChanges::default()) };
    let groups = groups(details.remove("groupOverrideDetails"))?;
    let id: ClaimsAsked = read(Value::Object(details))?;
    let is_text = |(_, value): (&String, &Value)| value.is_string();
    if !id.claims_to_add_or_override.iter().flatten().all(is_text) {
        return Err(TriggerFault::unrecognizable());
    }
    Ok(TokenChanges { id: id.into_changes().0, groups, ..TokenChanges::default() })
}

/// What a function of the later versions wants.
fn of_two(details: Option<Value>) -> Result<TokenChanges, TriggerFault> {
    let Some(mut details) = object(details)? else { return Ok(TokenChanges::default()) };
    let groups = groups(details.remove("groupOverrideDetails"))?;
    let mut of_token = |name: &str| match object(details.remove(name))? {
        Some(asked) => read(Value::Object(asked)),
        None => Ok(ClaimsAsked::default()),
    };
    let (id, access) = (of_token("idTokenGeneration")?, of_token("accessTokenGeneration")?);
    let (id, _) = id.into_changes();
    let (access, scopes) = access.into_changes();
    // *Documented*: no scope with a blank can be added. *Chosen*: whoever tries is told.
    if scopes.add.iter().any(|scope| scope.contains(char::is_whitespace)) {
        return Err(TriggerFault::unrecognizable());
    }
    Ok(TokenChanges { id, access, scopes, groups })
}

/// The groups in place of the user's. *Documented*: an object without groups, and `null`, take them away; without the
/// member they stay.
fn groups(details: Option<Value>) -> Result<Option<GroupClaims>, TriggerFault> {
    let Some(details) = details else { return Ok(None) };
    let asked: GroupsAsked = match details {
        Value::Null => GroupsAsked::default(),
        details => read(details)?,
    };
    Ok(Some(GroupClaims {
        groups: asked.groups_to_override.unwrap_or_default(),
        roles: asked.iam_roles_to_override.unwrap_or_default(),
        preferred_role: asked.preferred_role,
    }))
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct GroupsAsked {
    groups_to_override: Option<Vec<String>>,
    iam_roles_to_override: Option<Vec<String>>,
    preferred_role: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ClaimsAsked {
    claims_to_add_or_override: Option<Claims>,
    claims_to_suppress: Option<BTreeSet<String>>,
    scopes_to_add: Option<Vec<String>>,
    scopes_to_suppress: Option<BTreeSet<String>>,
}

impl ClaimsAsked {
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
        Some(_) => Err(TriggerFault::unrecognizable()),
    }
}

fn read<T: DeserializeOwned>(value: Value) -> Result<T, TriggerFault> {
    serde_json::from_value(value).map_err(|_| TriggerFault::unrecognizable())
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
    fn which_groups_are_told() {
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
            for changes in [of_one(Some(response.clone())), of_two(Some(response))] {
                assert_eq!(changes.map(|changes| changes.groups), Ok(expected.clone()), "{details:?}");
            }
        }
    }

    #[test]
    fn the_first_version_is_about_the_id_token() {
        let asked = json!({
            "claimsToAddOrOverride": { "a": "b" }, "claimsToSuppress": ["email"], "scopesToAdd": ["x"],
            "accessTokenGeneration": { "claimsToSuppress": ["b"] },
        });
        let changes = of_one(Some(asked)).expect("good");
        assert_eq!(changes.id.add, Claims::from_iter([("a".to_owned(), json!("b"))]));
        assert_eq!(changes.id.suppress, BTreeSet::from(["email".to_owned()]));
        assert_eq!((changes.access, changes.scopes), Default::default());
    }

    #[test]
    fn what_is_no_answer() {
        let nothing = Ok(TokenChanges::default());
        let strange = Err(TriggerFault::unrecognizable());
        for of in [of_one, of_two] {
            assert_eq!(of(None), nothing);
            assert_eq!(of(Some(json!(null))), nothing);
            assert_eq!(of(Some(json!({}))), nothing);
            assert_eq!(of(Some(json!("x"))), strange);
            assert_eq!(of(Some(json!({ "groupOverrideDetails": { "groupsToOverride": "a" } }))), strange);
        }
        let claims = |value: Value| json!({ "claimsToAddOrOverride": { "a": value } });
        for value in [json!(1), json!(true), json!(["x"]), json!({})] {
            assert_eq!(of_one(Some(claims(value.clone()))), strange, "the first version knows texts only");
            let changes = of_two(Some(json!({ "accessTokenGeneration": claims(value.clone()) })));
            assert_eq!(changes.expect("good").access.add["a"], value);
        }
        assert_eq!(of_one(Some(json!({ "claimsToSuppress": "email" }))), strange);
        assert_eq!(of_two(Some(json!({ "idTokenGeneration": [] }))), strange);
        assert_eq!(of_two(Some(json!({ "accessTokenGeneration": { "scopesToAdd": ["a b"] } }))), strange);
    }
}
