use serde_json::json;

use super::*;
use crate::{
    Timestamp,
    branding::{
        asset::AssetExtension,
        css,
        customization::CustomizationScope,
        style::{StyleAsset, default_settings},
    },
    id::{ClientId, StyleId},
};

/// Sets the member that a pointer names, with the objects above it.
fn at(pointer: &str, value: Value) -> Value {
    let members = pointer.split('/').skip(1).collect::<Vec<_>>();
    members.into_iter().rev().fold(value, |inner, member| json!({ member: inner }))
}

#[test]
fn every_setting_of_the_table_sets_its_property() {
    for (pointer, name, kind) in SETTINGS {
        let (value, expected) = match kind {
            SettingKind::Color => (json!("AABBCC80"), "#aabbcc80"),
            SettingKind::Length => (json!(12.5), "12.5px"),
        };
        let is_of_modes = pointer.contains("{mode}");
        let light = Design::of_settings(&at(&pointer.replace("{mode}", "lightMode"), value.clone()));
        assert_eq!(light.light.get(name).map(String::as_str), Some(expected), "{pointer}");
        assert_eq!((light.light.len(), light.dark.is_empty()), (1, is_of_modes), "{pointer}");
        let dark = Design::of_settings(&at(&pointer.replace("{mode}", "darkMode"), value));
        assert_eq!(dark.dark.get(name).map(String::as_str), Some(expected), "{pointer}");
        // The document of the defaults shows what may be set.
        let default = default_settings();
        for mode in ["lightMode", "darkMode"] {
            let value = default.pointer(&pointer.replace("{mode}", mode));
            assert!(value.and_then(|value| kind.to_css(value)).is_some(), "{pointer} of {mode}: {value:?}");
        }
    }
}

#[test]
fn every_class_of_the_table_sets_its_property() {
    for (class, property, name) in CLASSES {
        assert!(css::CLASSES.contains(class), "{class}");
        let value = if *property == "border-radius" { "3px" } else { "#123456" };
        let design = Design::of_css(&Stylesheet::read(&format!(".{class}{{{property}:{value}}}")));
        assert_eq!(design.light.get(name).map(String::as_str), Some(value), "{class} {property}");
        assert_eq!(design.dark, design.light);
        assert!(design.to_css().ends_with(&design.css) && !design.css.is_empty());
    }
}

#[test]
fn setting_of_another_kind_is_left_out() {
    let color = "/components/pageBackground/lightMode/color";
    let length = "/componentClasses/buttons/borderRadius";
    for (pointer, value) in [
        (color, json!("red")),
        (color, json!("12345")),
        (color, json!("1234567")),
        (color, json!("url(//x)")),
        (color, json!("aabbc;")),
        (color, json!("ääö")),
        (color, json!(123_456)),
        (color, json!({})),
        (length, json!("4")),
        (length, json!(-1)),
        (length, json!(101)),
        (length, json!(1e300)),
        (length, json!(null)),
    ] {
        assert_eq!(Design::of_settings(&at(pointer, value.clone())).to_css(), "", "{value}");
    }
    assert_eq!(Design::of_settings(&json!([1])), Design::default());
}

#[test]
fn dark_values_are_for_browsers_that_prefer_them_or_for_all() {
    let page = |scheme: &str| {
        Design::of_settings(&json!({
            "categories": { "global": { "colorSchemeMode": scheme } },
            "components": { "pageBackground": { "lightMode": { "color": "ffffffff" }, "darkMode": { "color": "000000ff" } } },
        }))
        .to_css()
    };
    let dark = "@media (prefers-color-scheme:dark){:root{--page:#000000ff}}";
    assert_eq!(page("DYNAMIC"), format!(":root{{--page:#ffffffff}}{dark}"));
    assert_eq!(page("LIGHT"), ":root{--page:#ffffffff}");
    assert_eq!(page("DARK"), ":root{--page:#000000ff}");
}

#[test]
fn image_of_a_style_is_that_of_the_color_scheme_or_else_the_other_one() {
    let asset = |category, color_mode, digest: &str| StyleAsset {
        category,
        color_mode,
        extension: AssetExtension::Png,
        resource_id: None,
        digest: Some(digest.to_owned()),
    };
    let at = Timestamp::from_millis(1);
    let mut style = Style {
        id: StyleId::new("s"),
        client: ClientId::new("c"),
        settings: None,
        assets: vec![asset(AssetCategory::FormLogo, ColorMode::Dark, "dark")],
        created_at: at,
        modified_at: at,
    };
    let digests = |names: [Option<AssetName>; 2]| names.map(|name| name.map(|name| name.digest));
    assert_eq!(digests(Design::of_style(&style).logo), [Some("dark".into()), Some("dark".into())]);
    style.assets.push(asset(AssetCategory::FormLogo, ColorMode::Dynamic, "both"));
    assert_eq!(digests(Design::of_style(&style).logo), [Some("both".into()), Some("dark".into())]);
    style.assets.push(asset(AssetCategory::FaviconIco, ColorMode::Light, "icon"));
    let design = Design::of_style(&style);
    assert_eq!(design.icon.as_ref().map(|name| name.digest.as_str()), Some("icon"));
    assert_eq!((&design.background, design.css.as_str()), (&[None, None], ""));
    let path = design.icon.as_ref().and_then(|icon| design.image_path(icon));
    assert_eq!(path.as_deref(), Some("branding/style-c/icon.png"));
}

#[test]
fn design_is_that_of_the_version_of_the_pages() {
    let at = Timestamp::from_millis(1);
    let style = Style {
        id: StyleId::new("s"),
        client: ClientId::new("c"),
        settings: Some(json!({ "componentClasses": { "buttons": { "borderRadius": 4 } } })),
        assets: Vec::new(),
        created_at: at,
        modified_at: at,
    };
    let customization = UiCustomization {
        scope: CustomizationScope::Pool,
        css: Some(Stylesheet::read(".label-customizable{color:red}")),
        logo: Some(AssetName { digest: "logo".into(), extension: AssetExtension::Png }),
        created_at: at,
        modified_at: at,
    };
    let of = |login| Design::of(login, Some(&customization), Some(&style));
    assert_eq!(of(LoginVersion::Managed).to_css(), ":root{--radius:4px}");
    let classic = of(LoginVersion::Classic);
    assert_eq!(classic.to_css(), ":root{--text:red}.label-customizable{color:red}");
    let logo = classic.logo[1].as_ref().and_then(|logo| classic.image_path(logo));
    assert_eq!(logo.as_deref(), Some("branding/classic-ALL/logo.png"));
    for login in [LoginVersion::Managed, LoginVersion::Classic] {
        assert_eq!(Design::of(login, None, None), Design::default());
    }
}

/// The page of the documentation has a row for each custom property, with everything that sets it.
#[test]
fn page_on_managed_login_lists_what_is_honoured() {
    let page = include_str!("../../../../docs/managed-login.md");
    let row = |name: &str| {
        let start = format!("| `{name}` |");
        page.lines().find(|line| line.starts_with(&start)).unwrap_or_else(|| panic!("{name} has no row"))
    };
    for (class, property, name) in CLASSES {
        let shown = format!("`.{class} {{ {property} }}`");
        assert!(row(name).contains(&shown), "{name}: {shown}");
    }
    for (pointer, name, _) in SETTINGS {
        let shown = pointer.trim_start_matches('/').replace("/{mode}", "").replace('/', ".");
        assert!(row(name).contains(&format!("`{shown}`")), "{name}: {shown}");
    }
    let rows = page.lines().filter(|line| line.starts_with("| `--")).map(|line| line.matches(" }`").count());
    assert_eq!(rows.sum::<usize>(), CLASSES.len());
    for class in css::CLASSES {
        let (class, _) = class.split_once(':').unwrap_or((class, ""));
        assert!(page.contains(&format!("`{class}`")), "{class}");
    }
}
