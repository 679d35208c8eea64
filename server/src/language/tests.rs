//! The languages are complete, and a browser gets the right one.

use std::{collections::BTreeSet, fs, path::Path};

use super::*;

/// Returns the keys of a file with the placeholders of each.
fn keys(source: &str) -> Vec<(String, BTreeSet<String>)> {
    let mut keys: Vec<(String, BTreeSet<String>)> = Vec::new();
    for line in source.lines().filter(|line| !line.starts_with('#')) {
        if let Some((key, _)) = line.split_once(" =").filter(|(key, _)| !key.starts_with(' ')) {
            keys.push((key.to_owned(), BTreeSet::new()));
        }
        let names = line.split('$').skip(1).map(|rest| {
            rest.chars().take_while(|character| character.is_ascii_alphanumeric()).collect::<String>()
        });
        if let Some((_, placeholders)) = keys.last_mut() {
            placeholders.extend(names);
        }
    }
    keys
}

#[test]
fn every_language_has_every_text_with_its_placeholders() {
    let english = ENGLISH.texts;
    let expected = keys(english);
    assert!(expected.len() > 50, "{expected:?}");
    for Definition { tag, name, texts: source, .. } in LANGUAGES {
        assert_eq!(
            keys(source),
            expected,
            "{tag}: the keys, their order and their placeholders are those of en.ftl"
        );
        assert!(FluentResource::try_new((*source).to_owned()).is_ok(), "{tag} can be read");
        let language = Language::find(tag).expect("a language");
        assert_eq!((language.tag(), language.name()), (*tag, *name));
        for (key, placeholders) in &expected {
            let numbers = ["length", "count"];
            let values: Vec<_> = placeholders
                .iter()
                .map(|name| {
                    let value =
                        if numbers.contains(&name.as_str()) { FluentValue::from(3) } else { "x".into() };
                    (&*name.clone().leak(), value)
                })
                .collect();
            let text = language.text_with(key, values);
            assert!(!text.contains(['{', '}', '$']) && text != *key, "{tag} {key}: {text}");
        }
    }
}

/// A text that no page uses is removed, and a page cannot use one that does not exist.
#[test]
fn texts_are_those_that_pages_use() {
    let english = ENGLISH.texts;
    let known: BTreeSet<String> = keys(english).into_iter().map(|(key, _)| key).collect();
    let mut sources = String::new();
    for folder in ["src/pages", "src/oauth", "templates"] {
        read(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut sources);
    }
    let used: BTreeSet<String> =
        known.iter().filter(|key| sources.contains(&format!("\"{key}\""))).cloned().collect();
    let unused: Vec<_> = known
        .difference(&used)
        .filter(|key| !key.starts_with(API) && !key.starts_with("attribute-"))
        .collect();
    assert!(unused.is_empty(), "no page uses {unused:?}");
    for call in [".text(\"", ".text_with(\"", "texts.get(\""] {
        for rest in sources.split(call).skip(1) {
            let key = rest.split('"').next().unwrap_or_default();
            assert!(known.contains(key), "a page uses {key}, which en.ftl lacks");
        }
    }
}

fn read(folder: &Path, text: &mut String) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            read(&path, text);
        } else {
            text.push_str(&fs::read_to_string(path).expect("a file"));
        }
    }
}

/// The English texts of the API are its own: those of docs/error-texts.md, which a test compares with the operations.
#[test]
fn translated_texts_are_those_of_the_api() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/error-texts.md");
    let page = fs::read_to_string(page).expect("a page");
    let english = ENGLISH.texts;
    let mut compared = 0;
    for (key, _) in keys(english).into_iter().filter(|(key, _)| key.starts_with(API)) {
        let text = Language::default().text(&key);
        assert!(page.contains(&format!("`{text}`")), "{key}: the API does not say {text}");
        assert_eq!(API_KEYS.get(&*text), Some(&&*key));
        let german = Language::find("de").expect("German");
        assert!(german.translate(&text).is_some_and(|translated| translated != text), "{key}");
        assert_eq!(Language::default().translate(&text), None);
        compared += 1;
    }
    assert!(compared > 10, "{compared}");
}

/// oau-0042, oau-0043.
#[test]
fn language_is_that_of_parameter_cookie_or_header() {
    let cases = [
        (None, None, None, "en"),
        (Some("de"), None, None, "de"),
        (Some("DE"), None, None, "de"),
        (Some("en"), Some("de"), Some("de"), "en"),
        (None, Some("de"), Some("en"), "de"),
        (Some("xx"), Some("de"), None, "de"),
        (None, None, Some("de-CH,de;q=0.9,en;q=0.8"), "de"),
        (None, None, Some("fr-FR,fr;q=0.9,de;q=0.5,en;q=0.3"), "de"),
        (None, None, Some("en;q=0.2,de;q=0.9"), "de"),
        (None, None, Some("fr"), "en"),
        (None, None, Some(";;q=,*,\u{0}"), "en"),
    ];
    for (parameter, cookie, accepted, expected) in cases {
        let language = Language::choose(parameter, cookie, accepted);
        assert_eq!(language.tag(), expected, "{parameter:?} {cookie:?} {accepted:?}");
    }
}

#[test]
fn text_counts_in_the_plural_of_its_language() {
    let hint = |tag: &str, length: i32| {
        Language::find(tag).expect("a language").text_with("password-hint", [("length", length.into())])
    };
    assert_eq!(hint("en", 1), "At least one character.");
    assert_eq!(hint("en", 8), "At least 8 characters.");
    assert_eq!(hint("de", 8), "Mindestens 8 Zeichen.");
    assert_eq!(Language::default().text("no-such-text"), "no-such-text");
}
