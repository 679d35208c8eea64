//! The languages of the pages: their texts, and which one a browser gets.
//!
//! The texts are in `server/languages/`, one file for each language in the form of Project Fluent. What the API says is
//! English everywhere; [`Language::translate`] has the translation for a page.

use std::{borrow::Cow, collections::HashMap, sync::LazyLock};

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use fluent_langneg::{NegotiationStrategy, negotiate_languages};
use unic_langid::LanguageIdentifier;

/// A row of the table of languages.
struct Definition {
    /// The tag (*Documented*: those of oau-0043).
    tag: &'static str,
    /// The name in the language itself.
    name: &'static str,
    /// The key under which a document of terms has its address in the language (*Documented*, oau-0081).
    terms_key: &'static str,
    /// The texts, in the form of Fluent.
    texts: &'static str,
}

/// The language of a browser that wants none of the others.
const ENGLISH: Definition = Definition {
    tag: "en",
    name: "English",
    terms_key: "cognito:english",
    texts: include_str!("../../languages/en.ftl"),
};

/// The languages, English first.
const LANGUAGES: &[Definition] = &[
    ENGLISH,
    Definition {
        tag: "de",
        name: "Deutsch",
        terms_key: "cognito:german",
        texts: include_str!("../../languages/de.ftl"),
    },
];

/// The prefix of texts that the API says.
const API: &str = "api-";

/// A language of the pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Language(usize);

/// The texts of a language.
struct Texts {
    tag: LanguageIdentifier,
    bundle: FluentBundle<FluentResource>,
}

static TEXTS: LazyLock<Vec<Texts>> = LazyLock::new(|| {
    let read = |language: &Definition| {
        // A damaged file or tag is a red test; here the texts that could be read count.
        let tag: LanguageIdentifier = language.tag.parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![tag.clone()]);
        // The marks of Unicode around each value would be part of what programs and screen readers get.
        bundle.set_use_isolating(false);
        let resource = FluentResource::try_new(language.texts.to_owned()).unwrap_or_else(|(read, _)| read);
        bundle.add_resource_overriding(resource);
        Texts { tag, bundle }
    };
    LANGUAGES.iter().map(read).collect()
});

/// The keys of the texts of the API, by their English text.
static API_KEYS: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let keys = ENGLISH.texts.lines().filter_map(|line| line.split_once(" =")).map(|(key, _)| key);
    keys.filter(|key| key.starts_with(API))
        .map(|key| (Language::default().text(key).into_owned(), key))
        .collect()
});

impl Language {
    /// Returns the language of a browser: that of the parameter `lang`, of the cookie, or of `Accept-Language`, the first of
    /// these that is among the languages (*Documented*: parameter and cookie, oau-0042; *Chosen*: the header).
    pub(crate) fn choose(parameter: Option<&str>, cookie: Option<&str>, accepted: Option<&str>) -> Self {
        let named = [parameter, cookie].into_iter().flatten().find_map(Self::find);
        named.or_else(|| accepted.and_then(Self::negotiate)).unwrap_or_default()
    }

    /// Returns the language with a tag.
    pub(crate) fn find(tag: &str) -> Option<Self> {
        LANGUAGES.iter().position(|known| known.tag.eq_ignore_ascii_case(tag)).map(Self)
    }

    fn negotiate(accepted: &str) -> Option<Self> {
        let requested = by_weight(accepted);
        let available: Vec<_> = TEXTS.iter().map(|texts| &texts.tag).collect();
        let found = negotiate_languages(&requested, &available, None, NegotiationStrategy::Filtering);
        let found = found.first()?;
        TEXTS.iter().position(|texts| texts.tag == ***found).map(Self)
    }

    /// Returns all languages.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        (0..LANGUAGES.len()).map(Self)
    }

    /// Returns the tag.
    pub(crate) fn tag(self) -> &'static str {
        self.definition().tag
    }

    /// Returns the key under which a document of terms has its address in this language.
    pub(crate) fn terms_key(self) -> &'static str {
        self.definition().terms_key
    }

    /// Returns the name in the language itself.
    pub(crate) fn name(self) -> &'static str {
        self.definition().name
    }

    fn definition(self) -> &'static Definition {
        LANGUAGES.get(self.0).unwrap_or(&ENGLISH)
    }

    /// Returns a text without placeholders.
    pub(crate) fn text(self, key: &str) -> Cow<'static, str> {
        self.format(key, None)
    }

    /// Returns a text with the values of its placeholders.
    pub(crate) fn text_with<'a>(
        self,
        key: &str,
        values: impl IntoIterator<Item = (&'static str, FluentValue<'a>)>,
    ) -> Cow<'static, str> {
        let mut arguments = FluentArgs::new();
        for (name, value) in values {
            arguments.set(name, value);
        }
        self.format(key, Some(&arguments))
    }

    /// Returns the text of the key, in English if the language lacks it, and the key if no language has it. Tests let neither
    /// happen.
    fn format(self, key: &str, arguments: Option<&FluentArgs<'_>>) -> Cow<'static, str> {
        let texts = [self, Self::default()].into_iter().filter_map(|language| TEXTS.get(language.0));
        let found = texts.filter_map(|texts| Some((texts, texts.bundle.get_message(key)?.value()?))).next();
        match found {
            Some((texts, pattern)) => {
                let text = texts.bundle.format_pattern(pattern, arguments, &mut Vec::new());
                Cow::Owned(text.into_owned())
            }
            None => Cow::Owned(key.to_owned()),
        }
    }

    /// Returns the translation of a text of the API; `None` in English, and if there is none.
    pub(crate) fn translate(self, english: &str) -> Option<Cow<'static, str>> {
        if self == Self::default() {
            return None;
        }
        API_KEYS.get(english).map(|key| self.text(key))
    }
}

/// Returns the tags of an `Accept-Language`, the most wanted first (RFC 9110, section 12.5.4).
fn by_weight(accepted: &str) -> Vec<LanguageIdentifier> {
    let mut weighted: Vec<(f32, LanguageIdentifier)> = accepted
        .split(',')
        .filter_map(|one| {
            let (tag, parameters) = one.split_once(';').unwrap_or((one, ""));
            let weight = parameters.trim().strip_prefix("q=").map_or(Ok(1.0), str::parse).ok()?;
            Some((weight, tag.trim().parse().ok()?))
        })
        .filter(|(weight, _)| *weight > 0.0)
        .collect();
    weighted.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    weighted.into_iter().map(|(_, tag)| tag).collect()
}

#[cfg(test)]
mod tests;
