//! A person at the pages of managed login: opens them, fills in forms by the names of their fields, and follows redirects until
//! a page is shown or the app is reached.

use std::collections::BTreeMap;

use reqwest::Method;

use crate::support::oauth::{Answer, BACK, Browser, encode};

/// What a person sees: a page, or the app with the parameters that it got.
#[derive(Debug)]
pub(crate) struct Sight {
    /// The path of the page below the place of the endpoints, with its query; the whole URL of the app.
    pub(crate) url: String,
    pub(crate) answer: Answer,
}

/// A start tag with its attributes.
#[derive(Debug)]
pub(crate) struct Tag {
    pub(crate) name: String,
    pub(crate) attributes: BTreeMap<String, String>,
    /// The text up to the next tag.
    pub(crate) text: String,
}

impl Tag {
    /// Returns an attribute, or an empty text.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.attributes.contains_key(name)
    }
}

/// Returns the start tags of a page. Attributes have double quotes, as those of all templates.
pub(crate) fn tags(html: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    for part in html.split('<').skip(1) {
        let (tag, text) = part.split_once('>').unwrap_or_else(|| panic!("an open tag: {part}"));
        if tag.starts_with(['/', '!']) {
            continue;
        }
        let (name, mut rest) = tag.split_once(' ').unwrap_or((tag, ""));
        let mut attributes = BTreeMap::new();
        while !rest.trim_start().is_empty() {
            rest = rest.trim_start();
            let end = rest.find([' ', '=']).unwrap_or(rest.len());
            let key = rest[..end].to_owned();
            rest = &rest[end..];
            let value = match rest.strip_prefix("=\"") {
                Some(quoted) => {
                    let (value, after) = quoted.split_once('"').expect("a closing quote");
                    rest = after;
                    unescaped(value)
                }
                None => String::new(),
            };
            assert!(attributes.insert(key.clone(), value).is_none(), "{key} twice in <{tag}>");
        }
        tags.push(Tag { name: name.to_owned(), attributes, text: unescaped(text.trim()) });
    }
    tags
}

fn unescaped(text: &str) -> String {
    let pairs = [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")];
    pairs.iter().fold(text.to_owned(), |text, (escaped, plain)| text.replace(escaped, plain))
}

/// A form of a page.
#[derive(Debug)]
struct Form {
    action: String,
    inputs: Vec<(String, String)>,
    buttons: Vec<(String, String, String)>,
}

impl Sight {
    /// Returns the path of the page without its query.
    pub(crate) fn path(&self) -> &str {
        self.url.split('?').next().unwrap_or_default()
    }

    /// Returns whether this is the app.
    pub(crate) fn is_app(&self) -> bool {
        self.url.starts_with(BACK)
    }

    /// Returns the code that the app got.
    pub(crate) fn code(&self) -> String {
        assert!(self.is_app(), "{self:?}");
        self.answer.redirect_parameters().remove("code").unwrap_or_else(|| panic!("no code: {self:?}"))
    }

    /// Returns the tags of the page.
    pub(crate) fn tags(&self) -> Vec<Tag> {
        tags(&self.answer.body)
    }

    /// Returns the first tag with this attribute.
    pub(crate) fn find(&self, attribute: &str, value: &str) -> Option<Tag> {
        self.tags().into_iter().find(|tag| tag.get(attribute) == value && tag.has(attribute))
    }

    /// Returns the heading.
    pub(crate) fn heading(&self) -> String {
        self.tags().into_iter().find(|tag| tag.name == "h1").expect("a heading").text
    }

    /// Returns what the page says first, or an empty text.
    pub(crate) fn notice(&self) -> String {
        self.find("id", "loginErrorMessage").map(|tag| tag.text).unwrap_or_default()
    }

    /// Returns what is wrong with a field, which must be announced with it.
    pub(crate) fn problem(&self, name: &str) -> String {
        let input = self.find("name", name).unwrap_or_else(|| panic!("no field {name}: {self:?}"));
        let id = format!("{}-error", input.get("id"));
        let Some(problem) = self.find("id", &id) else { return String::new() };
        assert_eq!(input.get("aria-invalid"), "true");
        assert!(input.get("aria-describedby").split(' ').any(|described| described == id));
        assert!(input.has("autofocus"), "the focus is on the field that is wrong");
        problem.text
    }

    /// Returns the target of the link with this text.
    pub(crate) fn link(&self, text: &str) -> String {
        let link = self.tags().into_iter().find(|tag| tag.name == "a" && tag.text == text);
        link.unwrap_or_else(|| panic!("no link {text}: {self:?}")).get("href").to_owned()
    }

    fn forms(&self) -> Vec<Form> {
        let mut forms: Vec<Form> = Vec::new();
        for tag in self.tags() {
            let value = || (tag.get("name").to_owned(), tag.get("value").to_owned());
            match (tag.name.as_str(), forms.last_mut()) {
                ("form", _) => {
                    assert_eq!(tag.get("method"), "POST");
                    let action = tag.get("action").to_owned();
                    forms.push(Form { action, inputs: Vec::new(), buttons: Vec::new() });
                }
                ("input", Some(form)) => form.inputs.push(value()),
                ("button", Some(form)) => {
                    let (name, value) = value();
                    form.buttons.push((tag.text.clone(), name, value));
                }
                _ => {}
            }
        }
        forms
    }
}

impl Browser {
    /// Opens a path with a query, and follows redirects.
    pub(crate) async fn open(&mut self, path: &str, query: &str) -> Sight {
        let url = format!("{path}?{query}");
        let answer = self.request(Method::GET, &url, &[], None).await;
        self.follow(url, answer).await
    }

    /// Opens a URL of these pages, such as that of a link.
    pub(crate) async fn open_url(&mut self, url: &str) -> Sight {
        let path = url.strip_prefix(self.base()).unwrap_or(url).to_owned();
        let answer = self.request(Method::GET, &path, &[], None).await;
        self.follow(path, answer).await
    }

    /// Fills in the form that has these fields, and presses its first button.
    pub(crate) async fn fill(&mut self, page: &Sight, typed: &[(&str, &str)]) -> Sight {
        let has = |form: &Form, name: &str| form.inputs.iter().any(|(other, _)| other == name);
        let form = page.forms().into_iter().find(|form| typed.iter().all(|(name, _)| has(form, name)));
        let form = form.unwrap_or_else(|| panic!("no form for {typed:?}: {page:?}"));
        let button = form.buttons.first().map(|(_, name, value)| (name.clone(), value.clone()));
        self.send(form, typed, button).await
    }

    /// Presses the button with this text, of whatever form.
    pub(crate) async fn press(&mut self, page: &Sight, text: &str) -> Sight {
        let pressed = |form: &Form| form.buttons.iter().find(|(other, ..)| other == text).cloned();
        let found = page.forms().into_iter().find_map(|form| Some((pressed(&form)?, form)));
        let ((_, name, value), form) = found.unwrap_or_else(|| panic!("no button {text}: {page:?}"));
        self.send(form, &[], Some((name, value))).await
    }

    async fn send(&mut self, form: Form, typed: &[(&str, &str)], button: Option<(String, String)>) -> Sight {
        let kept = form.inputs.iter().filter(|(name, _)| !typed.iter().any(|(other, _)| other == name));
        let pairs: Vec<(&str, &str)> = kept
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .chain(typed.iter().copied())
            .chain(button.iter().map(|(name, value)| (name.as_str(), value.as_str())))
            .filter(|(name, _)| !name.is_empty())
            .collect();
        let path = form.action.strip_prefix(self.base()).expect("a form of these pages").to_owned();
        let headers =
            [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "same-origin")];
        let answer = self.request(Method::POST, &path, &headers, Some(encode(pairs))).await;
        self.follow(path, answer).await
    }

    async fn follow(&mut self, mut url: String, mut answer: Answer) -> Sight {
        for _ in 0..5 {
            if answer.status != 302 {
                return Sight { url, answer };
            }
            let location = answer.location().to_owned();
            let Some(path) = location.strip_prefix(self.base()).map(str::to_owned) else {
                assert!(location.starts_with(BACK), "a redirect to {location}");
                return Sight { url: location, answer };
            };
            answer = self.request(Method::GET, &path, &[], None).await;
            url = path;
        }
        panic!("the pages lead around in circles at {url}");
    }
}
