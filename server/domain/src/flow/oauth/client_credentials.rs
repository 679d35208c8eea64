//! The grant `client_credentials`: an app client gets an access token for itself.

use std::collections::BTreeSet;

use crate::{
    client::{Client, oauth::OAuthFlow},
    oauth::error::TokenError,
    scope::Scopes,
};

/// Returns the scopes of the access token: those of the request, or all of the app client (*Documented*, oau-0102) that
/// exist. `custom_scopes` are those among them that resource servers of the pool have; no other scope is for app clients
/// themselves.
///
/// *Chosen*: of an app client whose scopes exist no more the request is refused like one that names them.
///
/// # Errors
///
/// The app client may not use the grant (oau-0301) or has no secret to prove itself by (RFC 6749, section 4.4), a scope does not exist (oau-0101), or the app client does not have one
/// that does (oau-0100). One bad scope refuses the request.
pub fn grant_scopes(
    client: &Client,
    requested: Option<&str>,
    custom_scopes: &BTreeSet<String>,
) -> Result<Scopes, TokenError> {
    if client.secrets.is_empty() || !client.oauth.allows(OAuthFlow::ClientCredentials) {
        return Err(TokenError::UnauthorizedClient);
    }
    let allowed = &client.oauth.scopes;
    let requested = requested.map(Scopes::parse).unwrap_or_default();
    let scopes = if requested.is_empty() {
        Scopes::new(allowed.iter().filter(|name| custom_scopes.contains(name.as_str())).cloned())
    } else {
        requested
    };
    if scopes.is_empty() || !scopes.iter().all(|name| custom_scopes.contains(name)) {
        return Err(TokenError::InvalidScope);
    }
    if !scopes.iter().all(|name| allowed.iter().any(|other| other == name)) {
        return Err(TokenError::InvalidGrant);
    }
    Ok(scopes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Timestamp,
        client::{ClientSecret, oauth::OAuth},
        fixture,
        secret::Sealed,
    };

    /// oau-0100, oau-0101, oau-0102, oau-0301.
    #[test]
    fn scopes_are_granted_only_if_the_client_has_all() {
        let oauth = OAuth {
            is_enabled: true,
            flows: [OAuthFlow::ClientCredentials].into(),
            scopes: vec!["api/read".into(), "api/write".into()],
            ..OAuth::default()
        };
        let secret = ClientSecret {
            id: "client--0".into(),
            sealed: Sealed::from_text("x"),
            created_at: Timestamp::from_millis(0),
        };
        let client = Client { oauth, secrets: vec![secret], ..fixture::client() };
        let custom_scopes =
            |names: &[&str]| names.iter().map(|name| format!("api/{name}")).collect::<BTreeSet<String>>();
        let all = custom_scopes(&["read", "write", "delete"]);
        let granted = |text| Ok(Scopes::parse(text));
        let cases = [
            (None, granted("api/read api/write")),
            (Some(""), granted("api/read api/write")),
            (Some("api/write"), granted("api/write")),
            (Some("api/read api/delete"), Err(TokenError::InvalidGrant)),
            (Some("api/read other/read"), Err(TokenError::InvalidScope)),
            (Some("api/delete other/read"), Err(TokenError::InvalidScope)),
            (Some("openid"), Err(TokenError::InvalidScope)),
        ];
        for (requested, expected) in cases {
            assert_eq!(grant_scopes(&client, requested, &all), expected, "{requested:?}");
        }
        let read_only = custom_scopes(&["read"]);
        assert_eq!(grant_scopes(&client, None, &read_only), granted("api/read"));
        assert_eq!(grant_scopes(&client, Some("api/write"), &read_only), Err(TokenError::InvalidScope));
        assert_eq!(grant_scopes(&client, None, &BTreeSet::new()), Err(TokenError::InvalidScope));
        let public = Client { secrets: Vec::new(), ..client.clone() };
        assert_eq!(grant_scopes(&public, None, &all), Err(TokenError::UnauthorizedClient));
        for change in [(|oauth| oauth.is_enabled = false) as fn(&mut OAuth), |oauth| {
            oauth.flows = [OAuthFlow::Code].into()
        }] {
            let mut client = client.clone();
            change(&mut client.oauth);
            assert_eq!(grant_scopes(&client, None, &all), Err(TokenError::UnauthorizedClient));
        }
    }
}
