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
        assert_eq!((design.scheme, design.dark.len()), (ColorScheme::Light, 0));
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
    let light = "@media (prefers-color-scheme:light){:root{--page:#ffffffff}}";
    let dark = "@media (prefers-color-scheme:dark){:root{--page:#000000ff}}";
    assert_eq!(page("DYNAMIC"), format!("{light}{dark}"));
    assert_eq!(page("LIGHT"), ":root{--page:#ffffffff}");
    assert_eq!(page("DARK"), ":root{--page:#000000ff}");
}

/// Settings that have colors for one scheme only are for pages of that scheme.
#[test]
fn color_scheme_is_that_of_the_colors() {
    let card = |modes: &[&str]| {
        let modes: Value =
            modes.iter().map(|mode| (*mode, json!({ "backgroundColor": "ffffffff" }))).collect();
        json!({ "components": { "form": modes }, "componentClasses": { "buttons": { "borderRadius": 4 } } })
    };
    let (light, dark, both) = (card(&["lightMode"]), card(&["darkMode"]), card(&["lightMode", "darkMode"]));
    let with = |mut settings: Value, scheme: &str| {
        settings["categories"] = json!({ "global": { "colorSchemeMode": scheme } });
        settings
    };
    for (settings, expected, css) in [
        (card(&[]), ColorScheme::Both, ":root{--radius:4px}"),
        (light.clone(), ColorScheme::Light, ":root{--card:#ffffffff;--radius:4px}"),
        (dark, ColorScheme::Dark, ":root{--card:#ffffffff;--radius:4px}"),
        (both, ColorScheme::Both, ":root{--card:#ffffffff;--radius:4px}"),
        (
            with(light.clone(), "DYNAMIC"),
            ColorScheme::Both,
            ":root{--radius:4px}@media (prefers-color-scheme:light){:root{--card:#ffffffff}}",
        ),
        (with(light, "DARK"), ColorScheme::Dark, ":root{--radius:4px}"),
    ] {
        let design = Design::of_settings(&settings);
        assert_eq!((design.scheme, design.to_css().as_str()), (expected, css), "{settings}");
    }
    let logo = UiCustomization {
        scope: CustomizationScope::Pool,
        css: None,
        logo: Some(AssetName { digest: "logo".into(), extension: AssetExtension::Png }),
        created_at: Timestamp::from_millis(1),
        modified_at: Timestamp::from_millis(1),
    };
    assert_eq!(Design::of_customization(&logo).scheme, ColorScheme::Light);
}

mod contrast {
    //! What is read on a page can be read, whatever color scheme the browser prefers, with a branding that sets some colors only.

    use super::*;

    const STYLE: &str = include_str!("../../../templates/style.css");

    /// What the text is written in, and on.
    const PAIRS: [(&str, &str); 8] = [
        ("--text", "--card"),
        ("--muted", "--card"),
        ("--link", "--card"),
        ("--error", "--card"),
        ("--error", "--error-page"),
        ("--info", "--info-page"),
        ("--accent-text", "--accent"),
        ("--field-text", "--field"),
    ];

    /// Returns the values of the custom properties in a color scheme: those of the style sheet, with those of the design.
    fn values(design: &Design, is_dark: bool) -> BTreeMap<String, String> {
        let (root, _) = STYLE.split_once('}').expect("a rule");
        let properties = root.lines().filter_map(|line| line.trim().strip_suffix(';')?.split_once(": "));
        let own = properties.filter_map(|(name, value)| {
            let (light, dark) = value.strip_prefix("light-dark(")?.strip_suffix(')')?.split_once(", ")?;
            Some((name.to_owned(), if is_dark { dark } else { light }.to_owned()))
        });
        let mut values: BTreeMap<_, _> = own.collect();
        let set = if is_dark { &design.dark } else { &design.light };
        values.extend(set.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        values
    }

    /// Returns the relative luminance of a color (WCAG 2.2).
    fn luminance(color: &str) -> f64 {
        let digits = color.strip_prefix('#').unwrap_or_else(|| panic!("{color} is no color"));
        let wide: String = match digits.len() {
            3 => digits.chars().flat_map(|digit| [digit, digit]).collect(),
            _ => digits[..6].to_owned(),
        };
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(&wide[at..at + 2], 16).expect("digits")) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4)
    }

    /// Checks the pairs of which a branding sets one color at most; of the others it has chosen the contrast itself.
    fn check(name: &str, design: &Design) {
        let schemes = match design.scheme {
            ColorScheme::Both => vec![false, true],
            ColorScheme::Light => vec![false],
            ColorScheme::Dark => vec![true],
        };
        for is_dark in schemes {
            let (set, values) = (if is_dark { &design.dark } else { &design.light }, values(design, is_dark));
            let pairs =
                PAIRS.iter().filter(|(text, ground)| !(set.contains_key(text) && set.contains_key(ground)));
            for (text, ground) in pairs {
                let (text, ground) = (luminance(&values[*text]), luminance(&values[*ground]));
                let contrast = (text.max(ground) + 0.05) / (text.min(ground) + 0.05);
                assert!(contrast >= 4.5, "{name}, {is_dark}: {contrast:.2} in {values:?}");
            }
        }
    }

    #[test]
    fn text_can_be_read_in_every_color_scheme() {
        check("Lido's own", &Design::default());
        check("the defaults", &Design::of_settings(&default_settings()));
        for css in [
            css::tests::TEMPLATE,
            ".inputField-customizable { background-color: #fff; }",
            ".background-customizable { background-color: #fff; }",
            ".label-customizable { color: #222; }",
            ".submitButton-customizable { background-color: #0a6b4a; }",
        ] {
            check(css, &Design::of_css(&Stylesheet::read(css)));
        }
        let light = json!({
            "components": {
                "form": { "lightMode": { "backgroundColor": "ffffffff" } },
                "primaryButton": { "lightMode": { "defaults": { "backgroundColor": "0a6b4aff" } } },
            },
            "componentClasses": { "text": { "lightMode": { "bodyTextColor": "222222ff" } } },
        });
        check("light values", &Design::of_settings(&light));
        let mut dynamic = light;
        dynamic["categories"] = json!({ "global": { "colorSchemeMode": "DYNAMIC" } });
        check("light values, both schemes", &Design::of_settings(&dynamic));
    }
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
        let shown = pointer.trim_start_matches('/').replace('/', ".");
        assert!(row(name).contains(&format!("`{shown}`")), "{name}: {shown}");
    }
    let rows = page.lines().filter(|line| line.starts_with("| `--")).map(|line| line.matches(" }`").count());
    assert_eq!(rows.sum::<usize>(), CLASSES.len());
    for class in css::CLASSES {
        let (class, _) = class.split_once(':').unwrap_or((class, ""));
        assert!(page.contains(&format!("`{class}`")), "{class}");
    }
}
