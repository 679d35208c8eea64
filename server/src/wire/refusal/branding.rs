//! The errors about what the sign-in pages look like.
//!
//! As in the parent module, a text without a comment is that of a fact.

use lido_domain::{
    branding::{css::CssFault, style::MAX_STYLES, terms::MAX_TERMS},
    refusal::{AssetFault, BrandingFault},
};

use crate::wire::error::{ApiError, ErrorKind};

fn invalid(text: impl Into<String>) -> ApiError {
    ApiError::new(ErrorKind::InvalidParameterException, text)
}

fn not_found(text: impl Into<String>) -> ApiError {
    ApiError::new(ErrorKind::ResourceNotFoundException, text)
}

fn limit(text: String) -> ApiError {
    ApiError::new(ErrorKind::LimitExceededException, text)
}

/// Returns the text about images in a format of another category. *Chosen*: what follows the last colon, which the
/// record lacks.
fn assets(faults: &[AssetFault]) -> String {
    let faults = faults.iter().map(|AssetFault { category, color_mode, extension }| {
        let (category, extension) = (category.as_str(), extension.as_str());
        let mode = color_mode.as_str();
        let reason = format!("{extension} is not an allowed extension for {category}");
        format!("{{category: {category}, extension: {extension}, colorMode: {mode}, errorMessage: {reason}}}")
    });
    let faults: Vec<_> = faults.collect();
    format!("Invalid assets provided. Validation errors: [{}]", faults.join(", "))
}

/// Returns the error for a fault.
pub(super) fn error(fault: &BrandingFault) -> ApiError {
    match fault {
        BrandingFault::NoDomain => {
            invalid("There has to be an existing domain associated with this user pool.")
        }
        BrandingFault::Css(CssFault::Class(class)) => {
            invalid(format!("The CSS class {class} is not in the list of allowed classes."))
        }
        // *Chosen*, the next three. *Documented*: such CSS is not allowed.
        BrandingFault::Css(CssFault::AtRule(name)) => {
            invalid(format!("The CSS rule @{name} is not allowed."))
        }
        BrandingFault::Css(CssFault::Script) => invalid("The CSS must not contain scripts."),
        BrandingFault::Css(CssFault::Malformed) => invalid("The CSS is malformed."),
        // *Chosen*. *Documented*: the words, of a request that is larger in all than 135 KB.
        BrandingFault::CustomizationTooLarge => invalid("Request parameters too large."),
        // *Chosen*. *Documented*: the formats.
        BrandingFault::LogoFormat => invalid("The image file must be a PNG or JPEG image."),
        BrandingFault::StyleSource => {
            invalid("useCognitoProvidedValues or settings should be specified (but not both)")
        }
        BrandingFault::StyleAssets(faults) => invalid(assets(faults)),
        // *Chosen*: no record was found.
        BrandingFault::StyleSettingsTooDeep => invalid("The settings are nested too deeply."),
        BrandingFault::StyleExists(client) => ApiError::new(
            ErrorKind::ManagedLoginBrandingExistsException,
            format!("A ManagedLoginBranding already exists for client {client}"),
        ),
        // *Chosen*. *Documented*: the type and the number.
        BrandingFault::TooManyStyles => limit(format!("A user pool can have at most {MAX_STYLES} styles.")),
        // *Chosen*: the model has both members as optional.
        BrandingFault::StyleNotNamed => invalid("userPoolId and managedLoginBrandingId should be specified"),
        BrandingFault::UnknownStyle => not_found("ManagedLoginBranding does not exist."),
        BrandingFault::UnknownStyleOfClient(client) => {
            not_found(format!("ManagedLoginBranding for client {client} does not exist."))
        }
        // *Chosen*, this and the others about terms. *Documented*: the types and the number.
        BrandingFault::TermsExist(name, client) => ApiError::new(
            ErrorKind::TermsExistsException,
            format!("Terms {} already exist for client {client}", name.as_str()),
        ),
        BrandingFault::TooManyTerms => limit(format!("A user pool can have at most {MAX_TERMS} terms.")),
        BrandingFault::UnknownTerms => not_found("Terms do not exist."),
        BrandingFault::UnknownTermsOfClient(name, client) => {
            not_found(format!("Terms {} for client {client} do not exist.", name.as_str()))
        }
        BrandingFault::TermsWithoutLinks => invalid("Links should be specified"),
        BrandingFault::TermsLink(url) => invalid(format!("{url} is not the address of a web page.")),
    }
}
