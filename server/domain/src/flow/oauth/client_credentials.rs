//! The tokens that an app client gets for itself: by the grant `client_credentials`, or by GetClientToken.

use std::collections::BTreeSet;

use crate::{
    client::{AuthFlow, Client, oauth::OAuthFlow},
    flow::{AppClientCaller, sign_in::refresh_tokens::check_secret},
    oauth::error::TokenError,
    refusal::{Refusal, ScopeFault},
    scope::Scopes,
    secret::Secret,
};

/// The most scopes of an app client (*Documented*: the model of `AllowedOAuthScopes`).
const MAX_SCOPES: usize = 50;

/// Returns the scopes of the access token: those of the request, or all of the app client (*Documented*, oau-0102)
/// that exist. `custom_scopes` are those among them that resource servers of the pool have; no other scope is for app
/// clients themselves.
///
/// *Chosen*: of an app client whose scopes exist no more the request is refused like one that names them.
///
/// # Errors
///
/// The app client may not use the grant (oau-0301) or has no secret to prove itself by (RFC 6749, section 4.4), a
/// scope does not exist (oau-0101), or the app client does not have one that does (oau-0100). One bad scope refuses
/// the request.
pub fn grant_scopes(
    client: &Client,
    requested: Option<&str>,
    custom_scopes: &BTreeSet<String>,
) -> Result<Scopes, TokenError> {
    if client.secrets.is_empty() || !client.oauth.allows(OAuthFlow::ClientCredentials) {
        return Err(TokenError::UnauthorizedClient);
    }
    let requested = requested.map(Scopes::parse).unwrap_or_default();
    select_scopes(client, requested, custom_scopes).map_err(|fault| match fault {
        ScopeFault::NoneLeft | ScopeFault::Unknown(_) => TokenError::InvalidScope,
        ScopeFault::NotAllowed(_) => TokenError::InvalidGrant,
    })
}

/// Checks that the caller of GetClientToken is an app client that may get a token for itself.
///
/// *Chosen*: the secret before the flow, so that only the app client itself learns of its settings.
/// `AllowedOAuthFlows` does not matter: the flow of this operation is its counterpart.
///
/// # Errors
///
/// The secret is wrong, or ALLOW_CLIENT_TOKEN_AUTH is not among the flows of the app client (*Documented*, api-0291).
pub fn check_client(caller: &AppClientCaller<'_>, secret: &Secret) -> Result<(), Refusal> {
    check_secret(caller, Some(secret))?;
    // An app client without a secret accepts any value in other operations. This one is for those with a secret.
    if caller.secrets.is_empty() || !caller.client.auth_flows.contains(&AuthFlow::AllowClientTokenAuth) {
        return Err(Refusal::TokenFlowNotEnabled("ALLOW_CLIENT_TOKEN_AUTH"));
    }
    Ok(())
}

/// Returns the scopes of the token of GetClientToken: those of the request, or all of the app client that exist
/// (*Documented*, api-0290).
///
/// # Errors
///
/// As for [`grant_scopes`] a scope does not exist, or the app client does not have it.
pub fn grant_scopes_by_operation(
    client: &Client,
    requested: Scopes,
    custom_scopes: &BTreeSet<String>,
) -> Result<Scopes, Refusal> {
    select_scopes(client, requested, custom_scopes).map_err(Refusal::Scope)
}

/// Returns the scopes whose existence decides: those of the request, or without any those of the app client.
pub fn scopes_to_look_up(client: &Client, requested: &Scopes) -> Scopes {
    match requested.is_empty() {
        true => Scopes::new(client.oauth.scopes.iter().map(String::as_str)),
        // An app client has no more scopes than this, so that a longer request is refused whatever exists.
        false => Scopes::new(requested.iter().take(MAX_SCOPES)),
    }
}

fn select_scopes(
    client: &Client,
    requested: Scopes,
    custom_scopes: &BTreeSet<String>,
) -> Result<Scopes, ScopeFault> {
    let allowed = &client.oauth.scopes;
    let scopes = if requested.is_empty() {
        Scopes::new(allowed.iter().filter(|name| custom_scopes.contains(name.as_str())).cloned())
    } else {
        requested
    };
    if scopes.is_empty() {
        return Err(ScopeFault::NoneLeft);
    }
    if let Some(unknown) = scopes.iter().find(|name| !custom_scopes.contains(*name)) {
        return Err(ScopeFault::Unknown(unknown.to_owned()));
    }
    if let Some(missing) = scopes.iter().find(|name| !allowed.iter().any(|other| other == name)) {
        return Err(ScopeFault::NotAllowed(missing.to_owned()));
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

    /// api-0291.
    #[test]
    fn client_needs_its_secret_and_the_flow_of_get_client_token() {
        let allowing = Client { auth_flows: [AuthFlow::AllowClientTokenAuth].into(), ..fixture::client() };
        let other = fixture::client();
        let (right, wrong) = (Secret::new("right"), Secret::new("wrong"));
        let secrets = [right.clone()];
        let (pool, keys) = (fixture::pool(), fixture::keys());
        let caller = |client, secrets| AppClientCaller {
            pool: &pool,
            client,
            secrets,
            secret_hash: None,
            digest_keys: &keys,
        };
        let not_enabled = Err(Refusal::TokenFlowNotEnabled("ALLOW_CLIENT_TOKEN_AUTH"));
        let wrong_secret = Err(Refusal::ClientSecretWrong(allowing.id.clone()));
        let cases = [
            (&allowing, &secrets[..], &right, Ok(())),
            (&allowing, &secrets, &wrong, wrong_secret.clone()),
            (&other, &secrets, &right, not_enabled.clone()),
            (&other, &secrets, &wrong, wrong_secret),
            (&allowing, &[], &right, not_enabled),
        ];
        for (client, secrets, secret, expected) in cases {
            assert_eq!(check_client(&caller(client, secrets), secret), expected, "{secrets:?}");
        }
    }

    /// api-0290.
    #[test]
    fn scopes_of_get_client_token_are_those_that_the_client_has() {
        let oauth = OAuth { scopes: vec!["api/read".into(), "api/gone".into()], ..OAuth::default() };
        let client = Client { oauth, ..fixture::client() };
        let custom_scopes = BTreeSet::from(["api/read".to_owned(), "api/write".to_owned()]);
        let fault = |fault| Err(Refusal::Scope(fault));
        let cases = [
            ("", Ok(Scopes::parse("api/read"))),
            ("api/read", Ok(Scopes::parse("api/read"))),
            ("api/read api/write", fault(ScopeFault::NotAllowed("api/write".into()))),
            ("api/write api/gone", fault(ScopeFault::Unknown("api/gone".into()))),
            ("openid", fault(ScopeFault::Unknown("openid".into()))),
        ];
        for (requested, expected) in cases {
            let granted = grant_scopes_by_operation(&client, Scopes::parse(requested), &custom_scopes);
            assert_eq!(granted, expected, "{requested}");
        }
        let none = grant_scopes_by_operation(&client, Scopes::default(), &BTreeSet::new());
        assert_eq!(none, fault(ScopeFault::NoneLeft));
    }

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
