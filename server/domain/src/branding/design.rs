//! What the pages of this server show of a branding: the values of the custom properties of their style sheet
//! ([`Design`]).
//!
//! The tables [`CLASSES`] and [`SETTINGS`] say which part sets which property; what they do not name is stored and has
//! no effect. They are pure data, so that the documentation can show them, and every value is written again from what
//! was understood, never copied: a color has hexadecimal digits, a length is a number.

use std::{collections::BTreeMap, fmt::Write as _};

use serde_json::Value;

use super::{
    asset::{AssetName, AssetOwner},
    css::Stylesheet,
    customization::UiCustomization,
    style::{AssetCategory, ColorMode, Style},
};
use crate::pool::domain::LoginVersion;

/// The largest radius in pixels.
const MAX_RADIUS: f64 = 100.0;

/// Which class and property of classic CSS set which custom property.
pub const CLASSES: &[(&str, &str, &str)] = &[
    ("background-customizable", "background-color", "--card"),
    ("background-customizable", "background", "--card"),
    ("submitButton-customizable", "background-color", "--accent"),
    ("submitButton-customizable", "background", "--accent"),
    ("submitButton-customizable", "color", "--accent-text"),
    ("submitButton-customizable", "border-radius", "--radius"),
    ("submitButton-customizable:hover", "background-color", "--accent-hover"),
    ("submitButton-customizable:hover", "background", "--accent-hover"),
    ("inputField-customizable", "background-color", "--field"),
    ("inputField-customizable", "color", "--field-text"),
    ("inputField-customizable", "border-color", "--border"),
    ("inputField-customizable:focus", "border-color", "--focus"),
    ("label-customizable", "color", "--text"),
    ("textDescription-customizable", "color", "--muted"),
    ("redirect-customizable", "color", "--link"),
    ("errorMessage-customizable", "color", "--error"),
    ("errorMessage-customizable", "background-color", "--error-page"),
    ("errorMessage-customizable", "background", "--error-page"),
];

/// The kind of a setting's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingKind {
    /// Six or eight hexadecimal digits, with alpha last.
    Color,
    /// A number of pixels.
    Length,
}

/// Which member of the settings of managed login sets which custom property. `{mode}` stands for `lightMode` and
/// `darkMode`.
pub const SETTINGS: &[(&str, &str, SettingKind)] = &[
    ("/components/pageBackground/{mode}/color", "--page", SettingKind::Color),
    ("/components/form/{mode}/backgroundColor", "--card", SettingKind::Color),
    ("/components/form/borderRadius", "--card-radius", SettingKind::Length),
    ("/components/primaryButton/{mode}/defaults/backgroundColor", "--accent", SettingKind::Color),
    ("/components/primaryButton/{mode}/defaults/textColor", "--accent-text", SettingKind::Color),
    ("/components/primaryButton/{mode}/hover/backgroundColor", "--accent-hover", SettingKind::Color),
    ("/componentClasses/buttons/borderRadius", "--radius", SettingKind::Length),
    ("/componentClasses/divider/{mode}/borderColor", "--divider", SettingKind::Color),
    ("/componentClasses/focusState/{mode}/borderColor", "--focus", SettingKind::Color),
    ("/componentClasses/input/{mode}/defaults/backgroundColor", "--field", SettingKind::Color),
    ("/componentClasses/input/{mode}/defaults/borderColor", "--border", SettingKind::Color),
    ("/componentClasses/link/{mode}/defaults/textColor", "--link", SettingKind::Color),
    ("/componentClasses/statusIndicator/{mode}/error/backgroundColor", "--error-page", SettingKind::Color),
    ("/componentClasses/statusIndicator/{mode}/error/indicatorColor", "--error", SettingKind::Color),
    ("/componentClasses/text/{mode}/bodyTextColor", "--text", SettingKind::Color),
    ("/componentClasses/text/{mode}/captionTextColor", "--muted", SettingKind::Color),
];

/// The member of the settings that says which color schemes there are: `LIGHT`, `DARK`, or any other for both.
pub const COLOR_SCHEME: &str = "/categories/global/colorSchemeMode";

/// The color schemes of a design.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColorScheme {
    /// The one that the browser prefers.
    #[default]
    Both,
    /// The light one.
    Light,
    /// The dark one.
    Dark,
}

/// The values that a branding sets. What is absent is Lido's own.
///
/// A value holds in the color scheme that it was chosen for, since the colors around it are those of that scheme. *Chosen*: a
/// classic customization is made for the light pages of the service, and settings with colors for one scheme only have that
/// scheme, unless they ask for both.
///
/// # Examples
///
/// ```
/// use lido_domain::branding::design::Design;
/// use serde_json::json;
///
/// let settings = json!({ "componentClasses": { "buttons": { "borderRadius": 4 } } });
/// assert_eq!(Design::of_settings(&settings).to_css(), ":root{--radius:4px}");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Design {
    /// The custom properties of the light color scheme, by name.
    pub light: BTreeMap<&'static str, String>,
    /// The custom properties of the dark color scheme, by name.
    pub dark: BTreeMap<&'static str, String>,
    /// The color schemes.
    pub scheme: ColorScheme,
    /// What the images belong to.
    pub owner: Option<AssetOwner>,
    /// The logo: on a light background, and on a dark one.
    pub logo: [Option<AssetName>; 2],
    /// The icon of the browser tab.
    pub icon: Option<AssetName>,
    /// The picture behind the page: in the light color scheme, and in the dark one.
    pub background: [Option<AssetName>; 2],
    /// The CSS of classic pages, which sets more than custom properties.
    pub css: String,
}

impl Design {
    /// Returns the design of the pages of an app client: managed login has that of its style, classic pages that of
    /// its customization or else of the pool's. Without any it is Lido's own.
    ///
    /// *Chosen*: an app client without a style has Lido's own look. The service answers 403 for it (oau-0236), and so
    /// does the server with an option.
    pub fn of(login: LoginVersion, customization: Option<&UiCustomization>, style: Option<&Style>) -> Self {
        match login {
            LoginVersion::Classic => customization.map(Self::of_customization),
            LoginVersion::Managed => style.map(Self::of_style),
        }
        .unwrap_or_default()
    }

    /// Returns the path of one of the images below that of the pool.
    pub fn image_path(&self, image: &AssetName) -> Option<String> {
        self.owner.as_ref().map(|owner| image.path(owner))
    }

    /// Returns the design of classic pages.
    pub fn of_customization(customization: &UiCustomization) -> Self {
        let mut design = customization.css.as_ref().map(Self::of_css).unwrap_or_default();
        design.logo = [customization.logo.clone(), customization.logo.clone()];
        if customization.logo.is_some() {
            design.scheme = ColorScheme::Light;
        }
        design.owner = Some(customization.scope.asset_owner());
        design
    }

    /// Returns the design of managed login: the settings of a style, and its images.
    pub fn of_style(style: &Style) -> Self {
        let mut design = style.settings.as_ref().map(Self::of_settings).unwrap_or_default();
        let image = |categories: &[AssetCategory], mode: ColorMode| {
            let of = |category: &AssetCategory| {
                let fits = |one: ColorMode| one == mode || one == ColorMode::Dynamic;
                let mut assets = style.assets.iter().filter(|asset| asset.category == *category);
                let found = assets.clone().find(|asset| fits(asset.color_mode)).or_else(|| assets.next());
                found.and_then(|asset| asset.name())
            };
            categories.iter().find_map(of)
        };
        let both = |categories: &[AssetCategory]| {
            [ColorMode::Light, ColorMode::Dark].map(|mode| image(categories, mode))
        };
        design.owner = Some(style.asset_owner());
        // *Chosen*: an image is shown if there is one, whether or not its member `enabled` says so.
        design.logo = both(&[AssetCategory::FormLogo, AssetCategory::PageHeaderLogo]);
        design.background = both(&[AssetCategory::PageBackground]);
        design.icon = image(&[AssetCategory::FaviconSvg, AssetCategory::FaviconIco], ColorMode::Light);
        design
    }

    /// Returns the design of classic CSS, which is for light pages if it has an effect.
    pub fn of_css(css: &Stylesheet) -> Self {
        let mut design = Self { css: css.to_css(), ..Self::default() };
        if !design.css.is_empty() {
            design.scheme = ColorScheme::Light;
        }
        for (class, property, name) in CLASSES {
            if let Some(value) = css.value(class, property) {
                design.light.entry(name).or_insert_with(|| value.to_owned());
            }
        }
        design
    }

    /// Returns the design of the settings of managed login.
    pub fn of_settings(settings: &Value) -> Self {
        let mut design = Self::default();
        for (pointer, name, kind) in SETTINGS {
            let modes = [("lightMode", &mut design.light), ("darkMode", &mut design.dark)];
            for (mode, properties) in modes {
                let value = settings.pointer(&pointer.replace("{mode}", mode));
                if let Some(value) = value.and_then(|value| kind.to_css(value)) {
                    properties.insert(name, value);
                }
            }
        }
        let has_color = |properties: &BTreeMap<&str, String>, others: &BTreeMap<&str, String>| {
            properties.iter().any(|(name, value)| others.get(name) != Some(value))
        };
        design.scheme = match settings.pointer(COLOR_SCHEME).and_then(Value::as_str) {
            Some("LIGHT") => ColorScheme::Light,
            Some("DARK") => ColorScheme::Dark,
            Some("DYNAMIC") => ColorScheme::Both,
            _ => match (has_color(&design.light, &design.dark), has_color(&design.dark, &design.light)) {
                (true, false) => ColorScheme::Light,
                (false, true) => ColorScheme::Dark,
                _ => ColorScheme::Both,
            },
        };
        design
    }

    /// Returns the rules that set the custom properties, and then the CSS of classic pages; empty if nothing is set.
    pub fn to_css(&self) -> String {
        let (light, dark) = (&self.light, &self.dark);
        let (mut css, is_in_both) = (String::new(), |name| light.get(name) == dark.get(name));
        match self.scheme {
            ColorScheme::Light => write_rule(&mut css, light.iter()),
            ColorScheme::Dark => write_rule(&mut css, dark.iter()),
            ColorScheme::Both => {
                write_rule(&mut css, light.iter().filter(|(name, _)| is_in_both(**name)));
                for (scheme, properties) in [("light", light), ("dark", dark)] {
                    let mut rule = String::new();
                    write_rule(&mut rule, properties.iter().filter(|(name, _)| !is_in_both(**name)));
                    if !rule.is_empty() {
                        // Writing to a String cannot fail.
                        let _ = write!(css, "@media (prefers-color-scheme:{scheme}){{{rule}}}");
                    }
                }
            }
        }
        css.push_str(&self.css);
        css
    }
}

/// Writes the rule that sets these custom properties, if there are any.
fn write_rule<'p>(css: &mut String, properties: impl Iterator<Item = (&'p &'static str, &'p String)>) {
    let properties: Vec<_> = properties.map(|(name, value)| format!("{name}:{value}")).collect();
    if !properties.is_empty() {
        // Writing to a String cannot fail.
        let _ = write!(css, ":root{{{}}}", properties.join(";"));
    }
}

impl SettingKind {
    /// Returns a value as CSS, or `None` if it is not of this kind.
    fn to_css(self, value: &Value) -> Option<String> {
        match self {
            SettingKind::Color => {
                let digits = value.as_str()?;
                let digits = digits.strip_prefix('#').unwrap_or(digits);
                let is_color =
                    matches!(digits.len(), 6 | 8) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
                is_color.then(|| format!("#{}", digits.to_ascii_lowercase()))
            }
            SettingKind::Length => {
                let length = value.as_f64()?;
                (0.0..=MAX_RADIUS).contains(&length).then(|| format!("{length}px"))
            }
        }
    }
}

#[cfg(test)]
#[path = "design_tests.rs"]
mod tests;
