//! Terms documents, to which the sign-up page links: [`Terms`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    Timestamp,
    id::{ClientId, TermsId},
    verdict::Change,
};

/// The most terms documents of a pool (*Documented*, api-0270).
pub const MAX_TERMS: usize = 40;

/// The language whose link is that of every language without one (*Documented*, api-0264).
const DEFAULT_LANGUAGE: &str = "cognito:default";

/// The name of a terms document (*Documented*, api-0262).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TermsName {
    /// terms-of-use.
    TermsOfUse,
    /// privacy-policy.
    PrivacyPolicy,
}

impl TermsName {
    /// All names, in the order in which pages show them.
    pub const ALL: [Self; 2] = [Self::TermsOfUse, Self::PrivacyPolicy];

    /// Returns the name in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TermsOfUse => "terms-of-use",
            Self::PrivacyPolicy => "privacy-policy",
        }
    }

    /// Returns the one with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == name)
    }
}

/// A terms document of an app client. Its source is always `LINK` and its enforcement `NONE` (*Documented*, api-0264).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// The id.
    pub id: TermsId,
    /// The app client. It cannot change.
    pub client: ClientId,
    /// The name, unique within the app client.
    pub name: TermsName,
    /// `Links`: the addresses by language.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub links: BTreeMap<String, String>,
    /// When the document was created.
    pub created_at: Timestamp,
    /// When the document was last changed.
    pub modified_at: Timestamp,
}

impl Terms {
    /// Returns the change that removes the document.
    pub fn removal(&self) -> Change {
        Change::RemoveTerms { of: self.client.clone(), name: self.name, id: self.id.clone() }
    }

    /// Returns the address for a language such as `cognito:german`, or else that for every language.
    pub fn link(&self, language: &str) -> Option<&str> {
        self.links.get(language).or_else(|| self.links.get(DEFAULT_LANGUAGE)).map(String::as_str)
    }
}

/// Returns the documents that pages link to: none unless the app client has both (*Documented*, api-0269).
pub fn shown(terms: &[Terms]) -> Option<[&Terms; 2]> {
    let find = |name| terms.iter().find(|one| one.name == name);
    Some([find(TermsName::TermsOfUse)?, find(TermsName::PrivacyPolicy)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(name: TermsName, links: &[(&str, &str)]) -> Terms {
        let at = Timestamp::from_millis(1);
        let links = links.iter().map(|(language, url)| ((*language).to_owned(), (*url).to_owned())).collect();
        Terms {
            id: TermsId::new("t"),
            client: ClientId::new("c"),
            name,
            links,
            created_at: at,
            modified_at: at,
        }
    }

    /// api-0264, oau-0081.
    #[test]
    fn link_without_a_language_of_its_own_is_the_default() {
        let both = terms(
            TermsName::TermsOfUse,
            &[("cognito:default", "https://a.example"), ("cognito:german", "https://a.example/de")],
        );
        assert_eq!(both.link("cognito:german"), Some("https://a.example/de"));
        assert_eq!(both.link("cognito:french"), Some("https://a.example"));
        assert_eq!(terms(TermsName::TermsOfUse, &[]).link("cognito:german"), None);
    }

    /// api-0269.
    #[test]
    fn terms_are_shown_once_both_exist() {
        let (one, other) = (terms(TermsName::PrivacyPolicy, &[]), terms(TermsName::TermsOfUse, &[]));
        assert_eq!(shown(&[]), None);
        assert_eq!(shown(std::slice::from_ref(&one)), None);
        assert_eq!(shown(&[one.clone(), other.clone()]), Some([&other, &one]));
    }
}
