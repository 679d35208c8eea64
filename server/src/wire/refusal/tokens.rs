//! The errors of GetClientToken and GetDerivedToken.
//!
//! *Chosen*, all texts: none is recorded. *Documented*: which types the operations declare, and that contradictory
//! members are invalid parameters (api-0294).

use lido_domain::refusal::{ExchangeFault, ScopeFault, TokenParty};

use crate::wire::error::{ApiError, ErrorKind};

fn invalid(text: impl Into<String>) -> ApiError {
    ApiError::new(ErrorKind::InvalidParameterException, text)
}

fn unauthorized(text: impl Into<String>) -> ApiError {
    ApiError::new(ErrorKind::NotAuthorizedException, text)
}

/// Returns the error for scopes that cannot be granted. The first text is that of CreateUserPoolClient.
pub(super) fn scope(fault: &ScopeFault) -> ApiError {
    match fault {
        ScopeFault::Unknown(scope) => invalid(format!("Invalid scope requested: {scope}")),
        ScopeFault::NotAllowed(scope) => invalid(format!("Scope {scope} is not allowed for this client")),
        ScopeFault::NoneLeft => invalid("No scope can be granted"),
    }
}

/// Returns the error for an exchange of tokens.
pub(super) fn exchange(fault: &ExchangeFault) -> ApiError {
    match fault {
        ExchangeFault::ActorTypeMissing => invalid("ActorTokenType is required with ActorToken"),
        ExchangeFault::ActorTokenMissing => {
            invalid("ActorToken is required with its type or its provider name")
        }
        ExchangeFault::ProviderMissing(party) => {
            invalid(format!("{}TokenProviderName is required for a SAML assertion", name(*party)))
        }
        ExchangeFault::UnknownProvider(name) => ApiError::new(
            ErrorKind::ResourceNotFoundException,
            format!("Identity provider {name} does not exist."),
        ),
        ExchangeFault::AudienceAndResource => {
            invalid("Audiences and Resources cannot be used in the same request")
        }
        // Like those of access tokens in other operations.
        ExchangeFault::TokenInvalid(party) => unauthorized(format!("Invalid {} Token", name(*party))),
        ExchangeFault::TokenExpired(party) => unauthorized(format!("{} Token has expired", name(*party))),
        ExchangeFault::TokenRevoked(party) => {
            unauthorized(format!("{} Token has been revoked", name(*party)))
        }
        ExchangeFault::SubjectWithoutUser => invalid("Subject Token is not a token of a user"),
        ExchangeFault::TooManyActors => invalid("Subject Token has too many actors"),
        ExchangeFault::IdTokenWithoutOpenid => invalid("An ID token needs the scope openid"),
    }
}

fn name(party: TokenParty) -> &'static str {
    match party {
        TokenParty::Subject => "Subject",
        TokenParty::Actor => "Actor",
    }
}
