//! The looks of classic pages: [`UiCustomization`].

use serde::{Deserialize, Serialize};

use super::{
    asset::{AssetName, AssetOwner},
    css::Stylesheet,
};
use crate::{Timestamp, id::ClientId, verdict::Change};

/// The text that names all app clients in place of one (*Documented*, api-0239).
const ALL: &str = "ALL";

/// The app clients that a customization is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum CustomizationScope {
    /// All app clients that have none of their own.
    Pool,
    /// One app client.
    Client(ClientId),
}

impl CustomizationScope {
    /// Returns the scope that a request names: the pool if the request has no app client, or `ALL`.
    pub fn named(client: Option<String>) -> Self {
        client.map_or(Self::Pool, Self::from)
    }

    /// Returns the app client.
    pub fn client(&self) -> Option<&ClientId> {
        match self {
            Self::Pool => None,
            Self::Client(id) => Some(id),
        }
    }

    /// Returns the scope as the API shows it.
    pub fn as_str(&self) -> &str {
        self.client().map_or(ALL, ClientId::as_str)
    }

    /// Returns the owner of the images.
    pub fn asset_owner(&self) -> AssetOwner {
        AssetOwner::Customization(self.as_str().to_owned())
    }
}

impl From<String> for CustomizationScope {
    fn from(text: String) -> Self {
        if text == ALL { Self::Pool } else { Self::Client(ClientId::new(text)) }
    }
}

impl From<CustomizationScope> for String {
    fn from(scope: CustomizationScope) -> Self {
        scope.as_str().to_owned()
    }
}

/// The CSS and the logo of classic pages. It has at least one of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UiCustomization {
    /// The app clients that it is for.
    pub scope: CustomizationScope,
    /// `CSS`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub css: Option<Stylesheet>,
    /// The image that `ImageFile` had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo: Option<AssetName>,
    /// When it was first set.
    pub created_at: Timestamp,
    /// When it was last set.
    pub modified_at: Timestamp,
}

impl UiCustomization {
    /// Returns the changes that remove it with its image.
    pub fn removal(&self) -> impl Iterator<Item = Change> {
        let of = self.scope.asset_owner();
        let logo = self.logo.as_ref().map(|name| Change::RemoveAsset { of, digest: name.digest.clone() });
        logo.into_iter().chain([Change::RemoveUiCustomization(self.scope.clone())])
    }
}
