//! What is on a page: a heading, a notice, forms with their fields, and links. The template is `server/templates/page.html`.

use std::borrow::Cow;

use askama::Template;

use super::assets::{script_path, style_path};
use crate::language::Language;

/// A text of a page.
pub(crate) type Text = Cow<'static, str>;

/// A page.
#[derive(Template)]
#[template(path = "page.html")]
pub(crate) struct View {
    pub(crate) language: Language,
    /// The relative path from the page to the place of the endpoints.
    pub(crate) up: &'static str,
    pub(crate) looks: Looks,
    pub(crate) heading: Text,
    /// What the page says first: a refusal, or what has happened.
    pub(crate) notice: Option<Notice>,
    pub(crate) intro: Vec<Text>,
    pub(crate) figure: Option<Figure>,
    pub(crate) forms: Vec<Form>,
    pub(crate) links: Vec<Link>,
    /// The same page in other languages.
    pub(crate) languages: Vec<LanguageLink>,
}

/// What an administrator has changed about the look.
#[derive(Default)]
pub(crate) struct Looks {
    /// Rules after those of the style sheet. They have no `<`.
    pub(crate) css: String,
    /// The only color scheme, `light` or `dark`; empty for both.
    pub(crate) scheme: &'static str,
    /// The addresses of the logo: on a light background, and on a dark one.
    pub(crate) logo: [Option<String>; 2],
    /// The address of the icon.
    pub(crate) icon: Option<String>,
}

impl Looks {
    /// Returns the image of the color scheme that is most common, and the one for the dark scheme if it is another
    /// one.
    pub(crate) fn images<'i>(&self, images: &'i [Option<String>; 2]) -> (Option<&'i str>, Option<&'i str>) {
        let [light, dark] = images.each_ref().map(Option::as_deref);
        match self.scheme {
            "dark" => (dark.or(light), None),
            "light" => (light.or(dark), None),
            _ => (light.or(dark), dark.filter(|dark| Some(*dark) != light)),
        }
    }
}

/// A refusal, or what has happened.
pub(crate) struct Notice {
    pub(crate) text: Text,
    pub(crate) is_error: bool,
    /// Whether the text is English on a page in another language.
    pub(crate) is_english: bool,
}

/// An image with a text to type off.
pub(crate) struct Figure {
    /// The URL of the image, which is in it.
    pub(crate) image: String,
    /// The text in place of the image.
    pub(crate) alternative: Text,
    pub(crate) caption: Text,
    pub(crate) text: String,
    /// A link to what the image says, for the device that shows it.
    pub(crate) link: Link,
}

/// What the script of a form asks the browser for.
pub(crate) struct Passkey {
    /// `get` or `create`.
    pub(crate) verb: &'static str,
    /// The options of WebAuthn, as JSON.
    pub(crate) options: String,
    /// What the page says if the browser gives none.
    pub(crate) problem: Text,
    /// What the page says where scripts do not run.
    pub(crate) without_script: Text,
}

/// A form. Its first button is that of the Enter key.
pub(crate) struct Form {
    /// The name, by which programs find the form; may be empty.
    pub(crate) name: &'static str,
    pub(crate) action: String,
    pub(crate) hidden: Vec<(&'static str, String)>,
    pub(crate) fields: Vec<Field>,
    pub(crate) buttons: Vec<Button>,
    /// Whether the form is a way around the page's main one, such as sending another code.
    pub(crate) is_minor: bool,
    /// The passkey that the form sends.
    pub(crate) passkey: Option<Passkey>,
}

/// A field with its label.
pub(crate) struct Field {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) label: Text,
    /// The value of `type`.
    pub(crate) kind: &'static str,
    pub(crate) value: String,
    /// The value of `autocomplete`, by which password managers know the field.
    pub(crate) autocomplete: &'static str,
    /// The value of `inputmode`; may be empty.
    pub(crate) keyboard: &'static str,
    /// Whether browsers must not correct what is typed.
    pub(crate) is_exact: bool,
    pub(crate) is_required: bool,
    /// Whether the value is shown only.
    pub(crate) is_fixed: bool,
    pub(crate) has_focus: bool,
    pub(crate) hint: Option<Text>,
    pub(crate) error: Option<Notice>,
}

/// A button that sends the form, with a value if it has a name.
pub(crate) struct Button {
    pub(crate) name: &'static str,
    pub(crate) value: String,
    pub(crate) text: Text,
    /// Whether it is one of several choices.
    pub(crate) is_choice: bool,
}

/// A link.
pub(crate) struct Link {
    pub(crate) href: String,
    pub(crate) text: Text,
}

/// A link to the same page in another language.
pub(crate) struct LanguageLink {
    pub(crate) href: String,
    pub(crate) tag: &'static str,
    pub(crate) text: &'static str,
}

impl View {
    /// Returns an empty page.
    pub(crate) fn new(language: Language, up: &'static str, heading: Text) -> Self {
        Self {
            language,
            up,
            looks: Looks::default(),
            heading,
            notice: None,
            intro: Vec::new(),
            figure: None,
            forms: Vec::new(),
            links: Vec::new(),
            languages: Vec::new(),
        }
    }

    /// Returns a page that says one thing.
    pub(crate) fn message(language: Language, up: &'static str, heading: Text, text: Text) -> Self {
        Self { intro: vec![text], ..Self::new(language, up, heading) }
    }

    /// Returns the title, which says first if something is wrong: screen readers read it first.
    fn title(&self) -> Text {
        let has_error = self.notice.as_ref().is_some_and(|notice| notice.is_error)
            || self.forms.iter().flat_map(|form| &form.fields).any(|field| field.error.is_some());
        if has_error {
            self.language.text_with("error-prefix", [("title", (&*self.heading).into())])
        } else {
            self.heading.clone()
        }
    }

    /// Returns the path of the script, if a form needs one.
    pub(super) fn script(&self) -> Option<&'static str> {
        self.forms.iter().any(|form| form.passkey.is_some()).then(script_path)
    }

    /// Returns the path of the style sheet.
    fn style(&self) -> &'static str {
        style_path()
    }
}

impl Form {
    /// Returns a form without fields.
    pub(crate) fn new(name: &'static str, action: String) -> Self {
        Self {
            name,
            action,
            hidden: Vec::new(),
            fields: Vec::new(),
            buttons: Vec::new(),
            is_minor: false,
            passkey: None,
        }
    }
}

impl Field {
    /// Returns a required field for a line of text.
    pub(crate) fn text(id: impl Into<String>, name: impl Into<String>, label: Text) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            label,
            kind: "text",
            value: String::new(),
            autocomplete: "off",
            keyboard: "",
            is_exact: true,
            is_required: true,
            is_fixed: false,
            has_focus: false,
            hint: None,
            error: None,
        }
    }

    /// Returns a required field for a password.
    pub(crate) fn password(
        id: impl Into<String>,
        name: impl Into<String>,
        label: Text,
        autocomplete: &'static str,
    ) -> Self {
        Self { kind: "password", autocomplete, ..Self::text(id, name, label) }
    }

    /// Returns the ids of the texts that describe the field.
    fn described_by(&self) -> Option<String> {
        let error = self.error.as_ref().map(|_| format!("{}-error", self.id));
        let hint = self.hint.as_ref().map(|_| format!("{}-hint", self.id));
        let ids: Vec<_> = error.into_iter().chain(hint).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }
}

impl Button {
    /// Returns the button of a form.
    pub(crate) fn submit(text: Text) -> Self {
        Self { name: "", value: String::new(), text, is_choice: false }
    }
}
