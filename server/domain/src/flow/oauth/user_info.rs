//! The userInfo endpoint: the attributes of the user of an access token.

use serde_json::{Value, json};

use crate::{client::Client, scope::Scopes, token::Claims, user::User};

/// Returns the answer: `sub`, `username`, and the attributes that the scopes show and the app client may read.
///
/// *Documented*: the flags of verified addresses are texts (oau-0120). OpenID Connect wants Booleans, which `is_strict`
/// selects.
pub fn claims(user: &User, client: &Client, scopes: &Scopes, is_strict: bool) -> Claims {
    let mut claims = Claims::new();
    claims.insert("sub".into(), json!(user.sub.as_str()));
    let shown = user.attributes.iter().filter(|(name, _)| client.may_read(name) && scopes.shows(name));
    claims.extend(shown.map(|(name, value)| (name.to_owned(), claim(name, value, is_strict))));
    claims.insert("username".into(), json!(user.username.as_str()));
    claims
}

fn claim(name: &str, value: &str, is_strict: bool) -> Value {
    match name {
        "email_verified" | "phone_number_verified" if is_strict => json!(value.eq_ignore_ascii_case("true")),
        _ => json!(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{attribute::Attributes, fixture};

    /// oau-0114, oau-0120, oau-0125.
    #[test]
    fn claims_are_those_of_the_scopes() {
        let attributes =
            [("email", "ann@example.com"), ("email_verified", "true"), ("name", "Ann"), ("custom:x", "1")];
        let attributes = Attributes::from_iter(attributes.map(|(name, value)| (name, value.to_owned())));
        let ann = User { attributes, ..fixture::user("ann") };
        let (sub, name) = (ann.sub.as_str(), "ann");
        let cases = [
            (
                "openid",
                false,
                json!({ "sub": sub, "custom:x": "1", "email": "ann@example.com", "email_verified": "true", "name": "Ann", "username": name }),
            ),
            (
                "openid email",
                false,
                json!({ "sub": sub, "email": "ann@example.com", "email_verified": "true", "username": name }),
            ),
            (
                "openid email",
                true,
                json!({ "sub": sub, "email": "ann@example.com", "email_verified": true, "username": name }),
            ),
            ("openid phone", false, json!({ "sub": sub, "username": name })),
        ];
        for (scopes, is_strict, expected) in cases {
            let claims = claims(&ann, &fixture::client(), &Scopes::parse(scopes), is_strict);
            assert_eq!(Value::Object(claims), expected, "{scopes}");
        }
        let narrow = Client { read_attributes: Some(["name".to_owned()].into()), ..fixture::client() };
        let claims = claims(&ann, &narrow, &Scopes::parse("openid"), false);
        assert_eq!(Value::Object(claims), json!({ "sub": sub, "name": "Ann", "username": name }));
    }
}
