//! The refusals of what the sign-in pages look like.

use super::Refusal;
use crate::{
    branding::{
        asset::AssetExtension,
        css::CssFault,
        style::{AssetCategory, ColorMode},
        terms::TermsName,
    },
    id::ClientId,
};

impl From<BrandingFault> for Refusal {
    fn from(fault: BrandingFault) -> Self {
        Self::Branding(fault)
    }
}

/// The ways in which the looks of the sign-in pages, or a request about them, can be invalid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BrandingFault {
    /// The pool has no domain, and so no classic pages.
    NoDomain,
    /// The CSS of classic pages is invalid.
    Css(CssFault),
    /// The CSS or the logo of classic pages is too large.
    CustomizationTooLarge,
    /// The logo of classic pages is neither PNG nor JPEG.
    LogoFormat,
    /// A style takes the values of the service and has settings, or neither.
    StyleSource,
    /// Images of a style have a format that their category does not have.
    StyleAssets(Vec<AssetFault>),
    /// The settings of a style are nested too deeply.
    StyleSettingsTooDeep,
    /// The app client has a style already.
    StyleExists(ClientId),
    /// The pool has as many styles as it can have.
    TooManyStyles,
    /// The request names no style: the pool or the id is missing.
    StyleNotNamed,
    /// The pool has no style with this id.
    UnknownStyle,
    /// The app client has no style.
    UnknownStyleOfClient(ClientId),
    /// The app client has a terms document with this name already.
    TermsExist(TermsName, ClientId),
    /// The pool has as many terms documents as it can have.
    TooManyTerms,
    /// The pool has no terms document with this id.
    UnknownTerms,
    /// The app client has no terms document with this name.
    UnknownTermsOfClient(TermsName, ClientId),
    /// The request has no links for a new terms document.
    TermsWithoutLinks,
    /// A link of a terms document is no address of a web page.
    TermsLink(String),
}

/// An image whose format its category does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AssetFault {
    /// The category.
    pub category: AssetCategory,
    /// The color mode.
    pub color_mode: ColorMode,
    /// The format.
    pub extension: AssetExtension,
}
