//! GetClientToken and GetDerivedToken: scopes, and the request of an exchange.

use lido_cognito_idp::{operations::GetDerivedTokenInput, types};
use lido_domain::{
    flow::oauth::exchange_token::{ExchangeRequest, PresentedKind},
    scope::Scopes,
    token::TokenKind,
};

use super::ConversionError;

/// Reads the scopes of a request. *Chosen*: an empty list is as good as none.
pub fn read_scopes(sent: Option<types::ScopeListType>) -> Scopes {
    let scopes = sent.map(types::ScopeListType::into_inner).unwrap_or_default();
    Scopes::new(scopes.into_iter().map(types::ScopeType::into_inner))
}

/// Converts the scopes of a token. The model allows no more than 50, while PreTokenGeneration may add any number to
/// the subject token: those beyond are in the token only (*Chosen*).
pub fn to_scopes(scopes: &Scopes) -> Result<types::ScopeListType, ConversionError> {
    const MAX_SCOPES: usize = 50;
    let scopes = scopes.iter().take(MAX_SCOPES).map(types::ScopeType::try_from);
    Ok(scopes.collect::<Result<Vec<_>, _>>()?.try_into()?)
}

/// Reads the request of an exchange, without its tokens. *Chosen*: an empty list of audiences or resources is as good
/// as none.
pub fn read_exchange(input: &GetDerivedTokenInput) -> ExchangeRequest {
    let provider = |name: &Option<types::ProviderNameType>| name.as_ref().map(|name| name.to_string());
    let audience = input.audiences.as_ref().and_then(|list| list.first());
    let resource = input.resources.as_ref().and_then(|list| list.first());
    ExchangeRequest {
        subject_kind: read_presented_kind(input.subject_token_type),
        subject_provider: provider(&input.subject_token_provider_name),
        has_actor: input.actor_token.is_some(),
        actor_kind: input.actor_token_type.map(read_presented_kind),
        actor_provider: provider(&input.actor_token_provider_name),
        scopes: read_scopes(input.scopes.clone()),
        audience: audience.map(|one| one.to_string()),
        resource: resource.map(|one| one.to_string()),
        requested: match input.requested_token_type {
            None | Some(types::IssuedTokenTypeIdentifierType::AccessToken) => TokenKind::Access,
            Some(types::IssuedTokenTypeIdentifierType::IdToken) => TokenKind::Id,
        },
    }
}

fn read_presented_kind(kind: types::TokenTypeIdentifierType) -> PresentedKind {
    match kind {
        types::TokenTypeIdentifierType::AccessToken => PresentedKind::Token(TokenKind::Access),
        types::TokenTypeIdentifierType::IdToken => PresentedKind::Token(TokenKind::Id),
        types::TokenTypeIdentifierType::Saml2 => PresentedKind::Saml,
    }
}

/// Returns the type of an issued token, and how it is used: an id token authorizes nothing (RFC 8693, section 2.2.1).
pub fn to_issued_kind(kind: TokenKind) -> (types::IssuedTokenTypeIdentifierType, types::OAuthTokenTypeType) {
    match kind {
        TokenKind::Access => {
            (types::IssuedTokenTypeIdentifierType::AccessToken, types::OAuthTokenTypeType::Bearer)
        }
        TokenKind::Id => (types::IssuedTokenTypeIdentifierType::IdToken, types::OAuthTokenTypeType::NA),
    }
}
