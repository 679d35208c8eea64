//! The changes that the PreTokenGeneration trigger makes to the claims of tokens before they are signed.
//!
//! The claims that it cannot change are listed in `is_reserved` (*Documented*: "Claims and scopes reference" of the
//! guide; cog-0204). A change to one of them is ignored (*Chosen*: the service's answer is unknown). A claim that is
//! both added and suppressed is suppressed (*Documented*). The call of the function is in the server's `triggers`
//! module.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{id::ClientId, token::Claims, user::group::GroupClaims};

/// The changes to an id token and an access token.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TokenChanges {
    /// The changes to the claims of the id token.
    pub id: ClaimChanges,
    /// The changes to the claims of the access token.
    pub access: ClaimChanges,
    /// The changes to the scopes of the access token.
    pub scopes: ScopeChanges,
    /// The group claims that replace those of the user, if any.
    pub groups: Option<GroupClaims>,
}

/// The changes to the claims of one token.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClaimChanges {
    /// Claims to add or to override.
    pub add: Claims,
    /// Claims to remove.
    pub suppress: BTreeSet<String>,
}

/// The changes to the scopes of an access token.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ScopeChanges {
    /// Scopes to add, without spaces.
    pub add: Vec<String>,
    /// Scopes to remove.
    pub suppress: BTreeSet<String>,
}

impl TokenChanges {
    /// Returns the claims of an id token with the changes applied.
    pub fn apply_to_id_token(&self, claims: Claims) -> Claims {
        self.id.apply(claims, |name, value| {
            let is_simple = !matches!(value, Value::Array(_) | Value::Object(_));
            name != "aud" && (is_simple || !SIMPLE.contains(&name))
        })
    }

    /// Returns the claims of an access token for `client` with the changes applied.
    ///
    /// An `aud` claim can only be added with the id of that app client.
    pub fn apply_to_access_token(&self, claims: Claims, client: &ClientId) -> Claims {
        let mut claims = self.access.apply(claims, |name, value| match name {
            "aud" => value == client.as_str(),
            // Scopes are changed by `self.scopes`.
            "scope" => false,
            _ => true,
        });
        if self.scopes == ScopeChanges::default() {
            return claims;
        }
        let before = claims.get("scope").and_then(Value::as_str).unwrap_or_default();
        let mut scopes: Vec<&str> = Vec::new();
        for scope in before.split(' ').chain(self.scopes.add.iter().map(String::as_str)) {
            if !scope.is_empty() && !scopes.contains(&scope) && !self.scopes.suppress.contains(scope) {
                scopes.push(scope);
            }
        }
        let scopes = scopes.join(" ");
        if scopes.is_empty() {
            claims.remove("scope");
        } else {
            claims.insert("scope".into(), json!(scopes));
        }
        claims
    }
}

/// Claims of the id token that can only be text, a number or a Boolean (*Documented*).
const SIMPLE: [&str; 4] = ["address", "email_verified", "phone_number_verified", "updated_at"];

/// Claims that are removed together with `cognito:groups`, and cannot be removed alone (*Documented*).
const WITH_GROUPS: [&str; 2] = ["cognito:preferred_role", "cognito:roles"];

impl ClaimChanges {
    fn apply(&self, mut claims: Claims, may_add: impl Fn(&str, &Value) -> bool) -> Claims {
        let added = self.add.iter().filter(|(name, value)| {
            // Groups are changed by `TokenChanges::groups`, and developer attributes are not writable here.
            let is_reserved = is_reserved(name) || name.starts_with("cognito:") || name.starts_with("dev:");
            !is_reserved && may_add(name, value)
        });
        claims.extend(added.map(|(name, value)| (name.clone(), value.clone())));
        for name in self.suppress.iter().filter(|name| !is_reserved(name) && *name != "scope") {
            // An `aud` claim that was added to an access token can be removed again; that of an id token cannot.
            if name == "aud" && claims.get("token_use") == Some(&json!("id")) {
                continue;
            }
            claims.remove(name);
            if name == "cognito:groups" {
                for role in WITH_GROUPS {
                    claims.remove(role);
                }
            }
        }
        claims
    }
}

/// Returns whether only the service can set the claim.
fn is_reserved(name: &str) -> bool {
    const RESERVED: [&str; 20] = [
        "acr",
        "amr",
        "at_hash",
        "auth_time",
        "azp",
        "client_id",
        "device_key",
        "event_id",
        "exp",
        "iat",
        "identities",
        "iss",
        "jti",
        "nbf",
        "nonce",
        "origin_jti",
        "sub",
        "token_use",
        "username",
        "version",
    ];
    RESERVED.contains(&name) || name.starts_with("cognito:") && name != "cognito:groups"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(value: Value) -> Claims {
        value.as_object().cloned().expect("an object")
    }

    fn names(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    /// Returns the claims that differ after the changes; a removed claim is null.
    fn id_token_difference(add: Value, suppress: &[&str]) -> Value {
        let id = ClaimChanges { add: claims(add), suppress: names(suppress) };
        let before = json!({
            "token_use": "id", "aud": "client", "sub": "s", "email": "a@b.c", "email_verified": true,
            "cognito:username": "ann", "cognito:groups": ["g"], "cognito:roles": ["r"],
            "cognito:preferred_role": "r",
        });
        let changes = TokenChanges { id, ..TokenChanges::default() };
        let after = Value::Object(changes.apply_to_id_token(claims(before.clone())));
        let mut difference = json!({});
        for (name, value) in after.as_object().into_iter().flatten() {
            if before.get(name) != Some(value) {
                difference[name] = value.clone();
            }
        }
        for (name, _) in before.as_object().into_iter().flatten() {
            if after.get(name).is_none() {
                difference[name] = Value::Null;
            }
        }
        difference
    }

    /// cog-0204.
    #[test]
    fn id_token_claims_change_unless_reserved() {
        let cases = [
            (json!({}), &[][..], json!({})),
            (json!({ "a": "b", "email": "x@y.z" }), &[], json!({ "a": "b", "email": "x@y.z" })),
            (json!({ "a": { "b": [1, true] } }), &[], json!({ "a": { "b": [1, true] } })),
            (json!({ "a": "b", "email": "x@y.z" }), &["a", "email"], json!({ "email": null })),
            (json!({ "email_verified": ["x"], "updated_at": {} }), &[], json!({})),
            (json!({ "email_verified": "x" }), &[], json!({ "email_verified": "x" })),
            (json!({ "custom:a": 1, "dev:a": 1, "dev:custom:a": 1 }), &[], json!({ "custom:a": 1 })),
            (json!({ "cognito:groups": ["h"], "cognito:roles": [], "cognito:x": 1 }), &[], json!({})),
            (json!({}), &["cognito:roles", "cognito:preferred_role", "cognito:username"], json!({})),
            (
                json!({}),
                &["cognito:groups"],
                json!({ "cognito:groups": null, "cognito:roles": null, "cognito:preferred_role": null }),
            ),
        ];
        for (add, suppress, difference) in cases {
            assert_eq!(id_token_difference(add.clone(), suppress), difference, "{add} {suppress:?}");
        }
        let reserved = [
            "acr",
            "amr",
            "at_hash",
            "aud",
            "auth_time",
            "azp",
            "client_id",
            "cognito:username",
            "device_key",
            "event_id",
            "exp",
            "iat",
            "identities",
            "iss",
            "jti",
            "nbf",
            "nonce",
            "origin_jti",
            "sub",
            "token_use",
            "username",
            "version",
        ];
        for name in reserved {
            assert_eq!(id_token_difference(json!({ name: "client" }), &[]), json!({}), "{name} is added");
            assert_eq!(id_token_difference(json!({}), &[name]), json!({}), "{name} is suppressed");
        }
    }

    fn changed_access_token(changes: TokenChanges) -> Value {
        let before =
            json!({ "token_use": "access", "client_id": "client", "username": "ann", "scope": "a b" });
        Value::Object(changes.apply_to_access_token(claims(before), &ClientId::new("client")))
    }

    #[test]
    fn access_token_audience_other_than_the_app_client_is_ignored() {
        for (audience, expected) in [(json!("client"), json!("client")), (json!("other"), Value::Null)] {
            let access = ClaimChanges { add: claims(json!({ "aud": audience })), ..ClaimChanges::default() };
            let after = changed_access_token(TokenChanges { access, ..TokenChanges::default() });
            assert_eq!(after["aud"], expected);
        }
    }

    #[test]
    fn scopes_change_by_scope_changes_only() {
        let cases: [(&[&str], &[&str], Value); 6] = [
            (&[], &[], json!("a b")),
            (&["c", "a"], &[], json!("a b c")),
            (&[], &["a"], json!("b")),
            (&["c"], &["c", "a"], json!("b")),
            (&[], &["a", "b"], Value::Null),
            (&["c"], &["a", "b"], json!("c")),
        ];
        for (add, suppress, expected) in cases {
            let scopes = ScopeChanges {
                add: add.iter().map(|scope| (*scope).to_owned()).collect(),
                suppress: names(suppress),
            };
            let after = changed_access_token(TokenChanges { scopes, ..TokenChanges::default() });
            assert_eq!(after["scope"], expected, "{add:?} {suppress:?}");
        }
        let access = ClaimChanges {
            add: claims(json!({ "scope": "x", "a": 1 })),
            suppress: names(&["scope", "username"]),
        };
        let after = changed_access_token(TokenChanges { access, ..TokenChanges::default() });
        assert_eq!(
            (&after["scope"], &after["a"], &after["username"]),
            (&json!("a b"), &json!(1), &json!("ann"))
        );
    }
}
