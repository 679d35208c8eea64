//! The errors of user pool domains, resource servers, and policies of client ID metadata documents.
//!
//! As in the parent module, a text without a comment is that of a fact.

use lido_domain::{
    client::cimd::MAX_CIMD_POLICIES,
    id::ResourceServerId,
    pool::{Feature, Tier, resource_server::MAX_RESOURCE_SERVERS},
    refusal::{CimdFault, DomainFault},
};

use super::settings;
use crate::wire::error::{ApiError, ErrorKind};

fn invalid(text: impl Into<String>) -> ApiError {
    ApiError::new(ErrorKind::InvalidParameterException, text)
}

/// Returns the error for a domain.
pub(super) fn domain(fault: &DomainFault) -> ApiError {
    match fault {
        DomainFault::Character => invalid(concat!(
            "The domain name contains an invalid character. ",
            "Domain names can only contain lower-case letters, numbers, and hyphens. ",
            "Please enter a different name that follows this format: ",
            r"^[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?$"
        )),
        DomainFault::ReservedWord(word) => invalid(format!("Domain cannot contain reserved word: {word}")),
        DomainFault::NotASubdomain => invalid(concat!(
            "Custom domain is not a valid subdomain: Was not able to resolve a DNS A record for the parent domain ",
            "or domain parent is a top-level domain."
        )),
        // *Chosen*. *Documented*: the values are 1 and 2.
        DomainFault::LoginVersion => invalid("ManagedLoginVersion must be 1 or 2."),
        // The text differs from that of a pool's own settings.
        DomainFault::TierTooLow(tier) => not_available(*tier, Feature::ManagedLogin),
        DomainFault::PoolHasOne => invalid("User pool already has a domain configured."),
        DomainFault::Taken => invalid("Domain already associated with another user pool."),
        DomainFault::Unknown => invalid("No such domain or user pool exists."),
        // *Chosen*, this and the next. *Documented*: both are for custom domains only.
        DomainFault::CertificateOfPrefix => {
            invalid("CustomDomainConfig can only be set for a custom domain.")
        }
        DomainFault::RoutingOfPrefix => invalid("Routing can only be set for a custom domain."),
    }
}

/// Returns the error for a feature that the plan does not include, for what is not a setting of the pool itself.
fn not_available(tier: Tier, feature: Feature) -> ApiError {
    ApiError::new(
        ErrorKind::FeatureUnavailableInTierException,
        format!(
            "The following feature is not available for the {} pricing tier configured: {}",
            settings::tier_name(tier),
            settings::feature_name(feature)
        ),
    )
}

/// Returns the error for a policy of client ID metadata documents. *Chosen*: the types are documented, the texts are not.
pub(super) fn cimd(fault: CimdFault) -> ApiError {
    match fault {
        CimdFault::TierTooLow(tier) => not_available(tier, Feature::ClientMetadata),
        CimdFault::Unknown => {
            ApiError::new(ErrorKind::ResourceNotFoundException, "CIMD policy does not exist.")
        }
        CimdFault::TooMany => {
            let text = format!("A user pool can have at most {MAX_CIMD_POLICIES} CIMD policies.");
            ApiError::new(ErrorKind::LimitExceededException, text)
        }
        CimdFault::NotCached => ApiError::new(
            ErrorKind::CachedCimdurlDoesNotExistException,
            "The client metadata document is not cached.",
        ),
        CimdFault::NotFetched => invalid("The client metadata document could not be retrieved."),
    }
}

/// Returns the error for a resource server that does not exist. *Chosen*: the type is documented, the text is unknown.
pub(super) fn unknown_resource_server(id: &ResourceServerId) -> ApiError {
    ApiError::new(ErrorKind::ResourceNotFoundException, format!("Resource server {id} does not exist."))
}

/// Returns the error for an identifier that is taken. *Chosen*: reported is that the text has "already exists".
pub(super) fn resource_server_exists(id: &ResourceServerId) -> ApiError {
    invalid(format!("Resource server {id} already exists in this user pool."))
}

/// Returns the error for a resource server beyond the limit. *Chosen*: the limit is documented, its text is not.
pub(super) fn too_many_resource_servers() -> ApiError {
    let text = format!("A user pool can have at most {MAX_RESOURCE_SERVERS} resource servers.");
    ApiError::new(ErrorKind::LimitExceededException, text)
}

/// Returns the error for a scope that is named twice. *Chosen*: no record was found.
pub(super) fn scope_twice(name: &str) -> ApiError {
    invalid(format!("The scope {name} is defined more than once."))
}
