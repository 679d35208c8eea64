//! The looks of the sign-in pages: what an administrator sets, as it is stored.
//!
//! Classic pages have the CSS and the logo of [`customization`], managed login the settings document and the images of
//! [`style`]; [`design`] says what of both the pages of this server show. Both link to [`terms`]. What is uploaded is
//! kept apart from the records that a page reads ([`asset`]). The order of the checks is in [`crate::flow::branding`].

pub mod asset;
pub mod css;
pub mod customization;
pub mod design;
pub mod style;
pub mod terms;

use self::{customization::UiCustomization, style::Style, terms::Terms};
use crate::verdict::Change;

/// What an app client owns of the looks of its pages, and what is removed with it.
#[derive(Clone, Copy, Debug, Default)]
pub struct OwnedBranding<'a> {
    /// The looks of its classic pages.
    pub customization: Option<&'a UiCustomization>,
    /// Its style.
    pub style: Option<&'a Style>,
    /// Its terms documents.
    pub terms: &'a [Terms],
}

impl OwnedBranding<'_> {
    /// Returns the changes that remove all of it.
    pub fn removal(&self) -> Vec<Change> {
        let customization = self.customization.into_iter().flat_map(UiCustomization::removal);
        let style = self.style.into_iter().flat_map(Style::removal);
        customization.chain(style).chain(self.terms.iter().map(Terms::removal)).collect()
    }
}
