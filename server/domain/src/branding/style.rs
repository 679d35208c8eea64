//! The looks of managed login: [`Style`].

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::asset::{AssetExtension, AssetName, AssetOwner};
use crate::{
    Timestamp,
    id::{ClientId, StyleId},
    verdict::Change,
};

/// The most styles of a pool (*Documented*, api-0257).
pub const MAX_STYLES: usize = 20;

/// Defines an enum of names of the API, with the text of each.
macro_rules! names {
    ($(#[$meta:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$of])* #[serde(rename = $text)] $variant,)*
        }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Returns the name in the API.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// Returns the one with this name.
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == name)
            }
        }
    };
}

names! {
    /// What an image of a style is for.
    AssetCategory {
        /// The icon of the browser tab, as ICO.
        FaviconIco = "FAVICON_ICO",
        /// The icon of the browser tab, as SVG.
        FaviconSvg = "FAVICON_SVG",
        /// The picture beside codes by mail.
        EmailGraphic = "EMAIL_GRAPHIC",
        /// The picture beside codes by SMS.
        SmsGraphic = "SMS_GRAPHIC",
        /// The picture beside codes of authenticator apps.
        AuthAppGraphic = "AUTH_APP_GRAPHIC",
        /// The picture beside passwords.
        PasswordGraphic = "PASSWORD_GRAPHIC",
        /// The picture beside passkeys.
        PasskeyGraphic = "PASSKEY_GRAPHIC",
        /// The logo above the page.
        PageHeaderLogo = "PAGE_HEADER_LOGO",
        /// The background above the page.
        PageHeaderBackground = "PAGE_HEADER_BACKGROUND",
        /// The logo below the page.
        PageFooterLogo = "PAGE_FOOTER_LOGO",
        /// The background below the page.
        PageFooterBackground = "PAGE_FOOTER_BACKGROUND",
        /// The background of the page.
        PageBackground = "PAGE_BACKGROUND",
        /// The background of the form.
        FormBackground = "FORM_BACKGROUND",
        /// The logo of the form.
        FormLogo = "FORM_LOGO",
        /// The icon of a button of an identity provider.
        IdpButtonIcon = "IDP_BUTTON_ICON",
    }
}

names! {
    /// The color schemes that an image is for.
    ColorMode {
        /// The light one.
        Light = "LIGHT",
        /// The dark one.
        Dark = "DARK",
        /// Both.
        Dynamic = "DYNAMIC",
    }
}

impl AssetCategory {
    /// Returns whether an image of this category may have a format.
    ///
    /// *Observed*: only the icon of the browser tab may be an ICO (api-0255). *Chosen*: the two categories of that
    /// icon have the format that they are named after.
    pub fn allows(self, extension: AssetExtension) -> bool {
        match self {
            Self::FaviconIco => extension == AssetExtension::Ico,
            Self::FaviconSvg => extension == AssetExtension::Svg,
            _ => extension != AssetExtension::Ico,
        }
    }
}

/// An image of a style.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StyleAsset {
    /// What it is for.
    pub category: AssetCategory,
    /// The color schemes that it is for.
    pub color_mode: ColorMode,
    /// The format.
    pub extension: AssetExtension,
    /// `ResourceId`, as sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_id: Option<String>,
    /// The digest that names the bytes; `None` if the request had none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
}

impl StyleAsset {
    /// Returns the name by which the bytes are found.
    pub fn name(&self) -> Option<AssetName> {
        Some(AssetName { digest: self.digest.clone()?, extension: self.extension })
    }
}

/// The managed login style of an app client.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Style {
    /// The id.
    pub id: StyleId,
    /// The app client. It cannot change.
    pub client: ClientId,
    /// `Settings`, as sent; `None` if the style has the values of the service (`UseCognitoProvidedValues`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settings: Option<Value>,
    /// `Assets`, in the order in which they were sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assets: Vec<StyleAsset>,
    /// When the style was created.
    pub created_at: Timestamp,
    /// When the style was last changed.
    pub modified_at: Timestamp,
}

impl Style {
    /// Returns the owner of the images.
    pub fn asset_owner(&self) -> AssetOwner {
        AssetOwner::Style(self.client.clone())
    }

    /// Returns the digests of the images, each once.
    pub fn digests(&self) -> impl Iterator<Item = &str> {
        let digests: std::collections::BTreeSet<_> =
            self.assets.iter().filter_map(|asset| asset.digest.as_deref()).collect();
        digests.into_iter()
    }

    /// Returns the changes that remove the style with its images.
    pub fn removal(&self) -> impl Iterator<Item = Change> {
        let images = self
            .digests()
            .map(|digest| Change::RemoveAsset { of: self.asset_owner(), digest: digest.to_owned() });
        let style = Change::RemoveStyle { of: self.client.clone(), id: self.id.clone() };
        images.chain([style]).collect::<Vec<_>>().into_iter()
    }

    /// Returns the settings merged with the defaults, for `ReturnMergedResources` (*Documented*, api-0258).
    pub fn merged_settings(&self) -> Value {
        let mut merged = default_settings();
        if let Some(settings) = &self.settings {
            merge(&mut merged, settings);
        }
        merged
    }
}

/// Merges a document into another one: objects member by member, everything else as a whole.
fn merge(into: &mut Value, from: &Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (name, value) in from {
                merge(into.entry(name.clone()).or_insert(Value::Null), value);
            }
        }
        (into, from) => *into = from.clone(),
    }
}

/// Returns the settings of a style without any.
///
/// *Chosen*: the members that [`super::design`] honours, with the values of Lido's own look. The document of the
/// service has more members, which have no effect here.
pub fn default_settings() -> Value {
    let button = |background: &str, hover: &str, text: &str| {
        json!({
            "defaults": { "backgroundColor": background, "textColor": text },
            "hover": { "backgroundColor": hover, "textColor": text },
            "active": { "backgroundColor": hover, "textColor": text },
        })
    };
    let status = |background: &str, border: &str| json!({ "error": { "backgroundColor": background, "borderColor": border, "indicatorColor": border } });
    json!({
        "categories": {
            "form": { "displayGraphics": false, "location": { "horizontal": "CENTER", "vertical": "CENTER" } },
            "global": {
                "colorSchemeMode": "DYNAMIC",
                "pageFooter": { "enabled": false },
                "pageHeader": { "enabled": false },
                "spacingDensity": "REGULAR",
            },
        },
        "componentClasses": {
            "buttons": { "borderRadius": 8 },
            "divider": { "darkMode": { "borderColor": "2c3440ff" }, "lightMode": { "borderColor": "dfe4ecff" } },
            "focusState": { "darkMode": { "borderColor": "8fb9ffff" }, "lightMode": { "borderColor": "1652b8ff" } },
            "input": {
                "borderRadius": 8,
                "darkMode": { "defaults": { "backgroundColor": "0f141bff", "borderColor": "7d8798ff" } },
                "lightMode": { "defaults": { "backgroundColor": "ffffffff", "borderColor": "7b8698ff" } },
            },
            "link": {
                "darkMode": { "defaults": { "textColor": "8fb9ffff" } },
                "lightMode": { "defaults": { "textColor": "1652b8ff" } },
            },
            "statusIndicator": {
                "darkMode": status("3a1a18ff", "ffb3abff"),
                "lightMode": status("fdeeedff", "a8201aff"),
            },
            "text": {
                "darkMode": { "bodyTextColor": "eef2f7ff", "captionTextColor": "a7b1c0ff", "headingTextColor": "eef2f7ff" },
                "lightMode": { "bodyTextColor": "161b24ff", "captionTextColor": "566072ff", "headingTextColor": "161b24ff" },
            },
        },
        "components": {
            "form": {
                "borderRadius": 16,
                "darkMode": { "backgroundColor": "171c24ff" },
                "lightMode": { "backgroundColor": "ffffffff" },
                "logo": { "enabled": false },
            },
            "pageBackground": {
                "darkMode": { "color": "0d1117ff" },
                "image": { "enabled": false },
                "lightMode": { "color": "eef1f6ff" },
            },
            "primaryButton": {
                "darkMode": button("7fb0ffff", "a3c6ffff", "0a1830ff"),
                "lightMode": button("1652b8ff", "0f3f92ff", "ffffffff"),
            },
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn style(settings: Option<Value>) -> Style {
        let at = Timestamp::from_millis(1);
        let (id, client) = (StyleId::new("s"), ClientId::new("c"));
        Style { id, client, settings, assets: Vec::new(), created_at: at, modified_at: at }
    }

    /// api-0258.
    #[test]
    fn merged_settings_have_what_was_sent_and_the_defaults_otherwise() {
        assert_eq!(style(None).merged_settings(), default_settings());
        let sent = json!({ "componentClasses": { "buttons": { "borderRadius": 3 } }, "own": [1], "categories": null });
        let merged = style(Some(sent)).merged_settings();
        assert_eq!(merged["componentClasses"]["buttons"]["borderRadius"], 3);
        assert_eq!(merged["componentClasses"]["input"]["borderRadius"], 8);
        assert_eq!((&merged["own"], &merged["categories"]), (&json!([1]), &Value::Null));
    }

    /// api-0255.
    #[test]
    fn ico_is_for_the_icon_of_the_browser_tab_only() {
        for category in AssetCategory::ALL {
            for extension in AssetExtension::ALL {
                let expected = match category {
                    AssetCategory::FaviconIco => extension == AssetExtension::Ico,
                    AssetCategory::FaviconSvg => extension == AssetExtension::Svg,
                    _ => extension != AssetExtension::Ico,
                };
                assert_eq!(category.allows(extension), expected, "{category:?} {extension:?}");
            }
            assert_eq!(AssetCategory::named(category.as_str()), Some(*category));
            assert_eq!(serde_json::to_value(category).expect("JSON"), category.as_str());
        }
    }
}
