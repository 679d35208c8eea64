//! The templates of messages: subject and body, with placeholders for the code, the username and the link.
//!
//! `wire` reads a pool's own templates from its settings; here are the default texts and the rendering. The body of a
//! mail is HTML (*Documented*), so values are escaped in it.

use std::{borrow::Cow, fmt};

use lido_domain::{
    attribute::contact::ContactKind,
    code::{Code, message::MessageReason},
    id::{ClientId, Username},
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::CustomTexts;
use crate::{
    html::escaped,
    store::{OutboxRow, PoolRecord},
};

/// The characters to percent-encode in a query: all but the unreserved ones of RFC 3986.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The subject and body of a message, with placeholders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// The subject, for mail.
    pub subject: Option<String>,
    /// The body.
    pub body: String,
    /// The sender of a mail.
    pub sender: Sender,
    /// The target of `{##text##}`, in a mail with a confirmation link.
    pub link: Option<Link>,
}

/// The sender of a mail in the pool's settings: addresses, with or without a display name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sender {
    /// `From`. Without it the server's default is used.
    pub from: Option<String>,
    /// `Reply-To`.
    pub reply_to: Option<String>,
}

/// The confirmation link of an app client, without the user and the code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The scheme and host of this server.
    pub base: String,
    /// The app client that the user signed up with.
    pub client: ClientId,
}

/// A message's texts, with the placeholders replaced.
#[derive(Clone, PartialEq, Eq)]
pub struct RenderedMessage {
    /// The subject, for mail.
    pub subject: Option<String>,
    /// The body.
    pub body: String,
    /// The confirmation link, if the template has one.
    pub link: Option<String>,
}

/// A source of templates.
pub trait Templates: fmt::Debug + Send + Sync {
    /// Returns the template for a message of a pool.
    fn template(&self, pool: &PoolRecord, row: &OutboxRow) -> Template;
}

/// Returns the subject and body for a pool without texts of its own.
///
/// *Reported*, cog-0131: the texts of pools that were created in the AWS console, with the service's trailing space.
/// *Chosen*: the subjects of invitations and of sign-in codes.
pub const fn default_texts(reason: MessageReason, by_link: bool) -> (&'static str, &'static str) {
    match reason {
        MessageReason::SignUp | MessageReason::ResendCode if by_link => (
            "Your verification link",
            "Please click the link below to verify your email address. {##Verify Email##} ",
        ),
        MessageReason::SignUp
        | MessageReason::ResendCode
        | MessageReason::ForgotPassword
        | MessageReason::UpdateUserAttribute
        | MessageReason::VerifyUserAttribute => {
            ("Your verification code", "Your verification code is {####}. ")
        }
        MessageReason::AdminCreateUser => {
            ("Your temporary password", "Your username is {username} and temporary password is {####}. ")
        }
        MessageReason::Authentication => ("Your authentication code", "Your authentication code is {####}. "),
    }
}

/// Templates with the default texts for every pool.
#[derive(Clone, Copy, Debug, Default)]
pub struct DefaultTemplates;

impl Templates for DefaultTemplates {
    fn template(&self, _: &PoolRecord, row: &OutboxRow) -> Template {
        let (subject, body) = default_texts(row.reason, false);
        let subject = (row.to.kind == ContactKind::Email).then(|| subject.to_owned());
        Template { subject, body: body.to_owned(), sender: Sender::default(), link: None }
    }
}

impl Template {
    /// Returns the template with the texts of a trigger in place of its own.
    #[must_use]
    pub fn with_custom_texts(self, texts: CustomTexts, kind: ContactKind) -> Self {
        match kind {
            ContactKind::Email => Self {
                subject: texts.email_subject.or(self.subject),
                body: texts.email_message.unwrap_or(self.body),
                ..self
            },
            ContactKind::PhoneNumber => {
                Self { subject: None, body: texts.sms_message.unwrap_or(self.body), ..self }
            }
        }
    }

    /// Replaces `{####}` by the code, `{username}` by the username and `{##text##}` by a link.
    ///
    /// A text is replaced in one pass, so a username that looks like a placeholder is not replaced again.
    pub fn render(&self, kind: ContactKind, code: &Code, username: &Username) -> RenderedMessage {
        let plain = Values { code: code.expose().into(), username: username.as_str().into(), link: None };
        let subject = self.subject.as_deref().map(|subject| replace_placeholders(subject, &plain));
        if kind == ContactKind::PhoneNumber {
            return RenderedMessage { subject, body: replace_placeholders(&self.body, &plain), link: None };
        }
        let link = self.link.as_ref().map(|link| link.url(code, username));
        let html = Values {
            code: escaped(code.expose()),
            username: escaped(username.as_str()),
            link: link.as_deref().map(escaped),
        };
        RenderedMessage { subject, body: replace_placeholders(&self.body, &html), link }
    }
}

impl Link {
    /// Returns the URL of the link. *Documented*: the path and the parameters.
    fn url(&self, code: &Code, username: &Username) -> String {
        let [client, username, code] = [self.client.as_str(), username.as_str(), code.expose()]
            .map(|value| utf8_percent_encode(value, QUERY));
        let base = &self.base;
        format!("{base}/confirmUser?client_id={client}&user_name={username}&confirmation_code={code}")
    }
}

/// The values of the placeholders, escaped as the text needs.
struct Values<'a> {
    code: Cow<'a, str>,
    username: Cow<'a, str>,
    link: Option<Cow<'a, str>>,
}

fn replace_placeholders(text: &str, values: &Values<'_>) -> String {
    let mut replaced = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        replaced.push_str(before);
        if let Some(after) = after.strip_prefix("####}") {
            replaced.push_str(&values.code);
            rest = after;
        } else if let Some(after) = after.strip_prefix("username}") {
            replaced.push_str(&values.username);
            rest = after;
        } else if let Some((link, (label, after))) = values.link.as_ref().zip(link_text(after)) {
            replaced.push_str(&format!("<a href=\"{link}\">{label}</a>"));
            rest = after;
        } else {
            replaced.push('{');
            rest = after;
        }
    }
    replaced.push_str(rest);
    replaced
}

/// Returns the text between `{##` and `##}`, and the rest after it. The opening brace has been consumed.
fn link_text(after_brace: &str) -> Option<(&str, &str)> {
    after_brace.strip_prefix("##")?.split_once("##}")
}

impl fmt::Debug for RenderedMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RenderedMessage(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use ContactKind::{Email, PhoneNumber};

    use super::*;

    fn template(body: &str) -> Template {
        let link = Link { base: "https://a.example".into(), client: ClientId::new("c1") };
        let subject = Some("{####} für {username}".into());
        Template { subject, body: body.into(), sender: Sender::default(), link: Some(link) }
    }

    #[test]
    fn placeholders_are_replaced_in_one_pass() {
        let template = template("{username}: {####}{####} {x} {");
        let rendered = template.render(PhoneNumber, &Code::from_text("123456"), &Username::new("{####}"));
        assert_eq!(rendered.subject.as_deref(), Some("123456 für {####}"));
        assert_eq!(rendered.body, "{####}: 123456123456 {x} {");
        assert_eq!(format!("{rendered:?}"), "RenderedMessage(hidden)");
    }

    #[test]
    fn values_in_html_are_escaped() {
        let (code, name) = (Code::from_text("a<\"&\">b"), Username::new("<i>ann</i>"));
        let template = template("<p>{username} {####}</p>");
        let rendered = template.render(Email, &code, &name);
        assert_eq!(rendered.body, "<p>&lt;i&gt;ann&lt;/i&gt; a&lt;&quot;&amp;&quot;&gt;b</p>");
        assert_eq!(rendered.subject.as_deref(), Some("a<\"&\">b für <i>ann</i>"));
        assert_eq!(template.render(PhoneNumber, &code, &name).body, "<p><i>ann</i> a<\"&\">b</p>");
    }

    #[test]
    fn link_contains_client_user_and_code() {
        let template = template("Click {##<b>here</b>##}, {##again##} or type {####}. {##open");
        let rendered = template.render(Email, &Code::from_text("123456"), &Username::new("ann+b @ü"));
        let query = "client_id=c1&user_name=ann%2Bb%20%40%C3%BC&confirmation_code=123456";
        let link = format!("https://a.example/confirmUser?{query}");
        let anchor = link.replace('&', "&amp;");
        let expected = format!(
            "Click <a href=\"{anchor}\"><b>here</b></a>, <a href=\"{anchor}\">again</a> or type 123456. {{##open"
        );
        assert_eq!((rendered.body, rendered.link), (expected, Some(link)));
        let without = Template { link: None, ..template };
        let rendered = without.render(Email, &Code::from_text("1"), &Username::new("ann"));
        assert!(rendered.body.starts_with("Click {##<b>here</b>##}, ") && rendered.link.is_none());
    }
}
