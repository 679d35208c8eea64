//! What a function of the pool's owner changes in tokens before they are signed: PreTokenGeneration.
//!
//! Which claims it may change is one table, `is_kept` (*Documented*: "Claims and scopes reference" of the guide;
//! cog-0204). What it may not change stays as it is and is no error (*Chosen*: the service's answer is unknown). What is
//! both added and suppressed is suppressed (*Documented*). How the function is asked is the server's matter.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{id::ClientId, token::Claims, user::group::GroupClaims};

/// The changes to one pair of tokens.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TokenChanges {
    /// To the claims of the id token.
    pub id: ClaimChanges,
    /// To the claims of the access token.
    pub access: ClaimChanges,
    /// To the scopes of the access token.
    pub scopes: ScopeChanges,
    /// The groups to tell in place of the user's, if they are to be others.
    pub groups: Option<GroupClaims>,
}

/// The changes to the claims of one token.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClaimChanges {
    /// Claims to add, or to give another value.
    pub add: Claims,
    /// Claims to leave out.
    pub suppress: BTreeSet<String>,
}

/// The changes to the scopes of an access token.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScopeChanges {
    /// Scopes to add; none has a blank.
    pub add: Vec<String>,
    /// Scopes to leave out.
    pub suppress: BTreeSet<String>,
}

impl TokenChanges {
    /// The claims of an id token, changed.
    pub fn of_id(&self, claims: Claims) -> Claims {
        self.id.apply(claims, |name, value| {
            let is_simple = !matches!(value, Value::Array(_) | Value::Object(_));
            name != "aud" && (is_simple || !SIMPLE.contains(&name))
        })
    }

    /// The claims of an access token for `client`, changed. Its audience is that app client or not told at all.
    pub fn of_access(&self, claims: Claims, client: &ClientId) -> Claims {
        let mut claims = self.access.apply(claims, |name, value| match name {
            "aud" => value == client.as_str(),
            // It has changes of its own.
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

/// Claims of the id token that are text, a number or a flag, whatever the function says (*Documented*).
const SIMPLE: [&str; 4] = ["address", "email_verified", "phone_number_verified", "updated_at"];

/// What leaves with `cognito:groups`, and only so (*Documented*).
const WITH_GROUPS: [&str; 2] = ["cognito:preferred_role", "cognito:roles"];

impl ClaimChanges {
    fn apply(&self, mut claims: Claims, may_add: impl Fn(&str, &Value) -> bool) -> Claims {
        let added = self.add.iter().filter(|(name, value)| {
            // Groups have changes of their own, and what only developers may write cannot be written here.
            let is_kept = is_kept(name) || name.starts_with("cognito:") || name.starts_with("dev:");
            !is_kept && may_add(name, value)
        });
        claims.extend(added.map(|(name, value)| (name.clone(), value.clone())));
        for name in self.suppress.iter().filter(|name| !is_kept(name) && *name != "scope") {
            // An audience can be added to an access token and so be taken back; that of an id token stays.
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

/// Whether a claim stays as the service makes it.
fn is_kept(name: &str) -> bool {
    const KEPT: [&str; 20] = [
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
    KEPT.contains(&name) || name.starts_with("cognito:") && name != "cognito:groups"
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

    fn of_id(add: Value, suppress: &[&str]) -> Value {
        let id = ClaimChanges { add: claims(add), suppress: names(suppress) };
        let before = json!({
            "token_use": "id", "aud": "client", "sub": "s", "email": "a@b.c", "email_verified": true,
            "cognito:username": "ann", "cognito:groups": ["g"], "cognito:roles": ["r"],
            "cognito:preferred_role": "r",
        });
        let changes = TokenChanges { id, ..TokenChanges::default() };
        let after = Value::Object(changes.of_id(claims(before.clone())));
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
    fn which_claims_of_an_id_token_change() {
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
            assert_eq!(of_id(add.clone(), suppress), difference, "{add} {suppress:?}");
        }
        let kept = [
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
        for name in kept {
            assert_eq!(of_id(json!({ name: "client" }), &[]), json!({}), "{name} is added");
            assert_eq!(of_id(json!({}), &[name]), json!({}), "{name} is suppressed");
        }
    }

    fn of_access(changes: TokenChanges) -> Value {
        let before =
            json!({ "token_use": "access", "client_id": "client", "username": "ann", "scope": "a b" });
        Value::Object(changes.of_access(claims(before), &ClientId::new("client")))
    }

    #[test]
    fn the_audience_of_an_access_token_is_its_app_client() {
        for (audience, expected) in [(json!("client"), json!("client")), (json!("other"), Value::Null)] {
            let access = ClaimChanges { add: claims(json!({ "aud": audience })), ..ClaimChanges::default() };
            let after = of_access(TokenChanges { access, ..TokenChanges::default() });
            assert_eq!(after["aud"], expected);
        }
    }

    #[test]
    fn scopes_are_added_and_suppressed_by_themselves_only() {
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
            let after = of_access(TokenChanges { scopes, ..TokenChanges::default() });
            assert_eq!(after["scope"], expected, "{add:?} {suppress:?}");
        }
        let access = ClaimChanges {
            add: claims(json!({ "scope": "x", "a": 1 })),
            suppress: names(&["scope", "username"]),
        };
        let after = of_access(TokenChanges { access, ..TokenChanges::default() });
        assert_eq!(
            (&after["scope"], &after["a"], &after["username"]),
            (&json!("a b"), &json!(1), &json!("ann"))
        );
    }
}
