//! Subject and body of a message, and where the code, the name and the link go in them.
//!
//! Which template a pool has is read by `wire`, from the pool's settings; here is only the filling in, and what a
//! pool without templates gets. The body of a mail is HTML (*Documented*), so what is filled in is escaped there.

use std::{borrow::Cow, fmt};

use lido_domain::{
    attribute::contact::ContactKind,
    code::{Code, message::MessageReason},
    id::{ClientId, Username},
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::CustomWords;
use crate::{
    html::escaped,
    store::{OutboxRow, PoolRecord},
};

/// What needs no encoding in a query (RFC 3986, unreserved).
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A text with placeholders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// The subject, for mail.
    pub subject: Option<String>,
    /// The body.
    pub body: String,
    /// Whom a mail comes from.
    pub sender: Sender,
    /// Where `{##text##}` leads, in a mail that confirms by a link.
    pub link: Option<Link>,
}

/// Whom a mail comes from, as far as the pool says: addresses, perhaps with names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sender {
    /// `From`; the server's own where there is none.
    pub from: Option<String>,
    /// `Reply-To`.
    pub reply_to: Option<String>,
}

/// The page that confirms, without whom and by which code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Scheme and host by which clients reach this server.
    pub base: String,
    /// The app client that the user signed up with.
    pub client: ClientId,
}

/// A template with everything in it.
#[derive(Clone, PartialEq, Eq)]
pub struct Filled {
    /// The subject, for mail.
    pub subject: Option<String>,
    /// The body.
    pub body: String,
    /// The link, if it stands in the body.
    pub link: Option<String>,
}

/// Where templates come from.
pub trait Templates: fmt::Debug + Send + Sync {
    /// The template for this message of this pool.
    fn template(&self, pool: &PoolRecord, row: &OutboxRow) -> Template;
}

/// Subject and body of a pool that has no words of its own.
///
/// *Reported*, cog-0131: the texts of pools made in the console, whose trailing blank is the service's. *Chosen*: the
/// subjects of invitations and of codes to sign in with.
pub const fn usual_texts(reason: MessageReason, by_link: bool) -> (&'static str, &'static str) {
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

/// The usual texts for every pool.
#[derive(Clone, Copy, Debug, Default)]
pub struct DefaultTemplates;

impl Templates for DefaultTemplates {
    fn template(&self, _: &PoolRecord, row: &OutboxRow) -> Template {
        let (subject, body) = usual_texts(row.reason, false);
        let subject = (row.to.kind == ContactKind::Email).then(|| subject.to_owned());
        Template { subject, body: body.to_owned(), sender: Sender::default(), link: None }
    }
}

impl Template {
    /// The template with a trigger's words in place of its own.
    #[must_use]
    pub fn reworded(self, words: CustomWords, kind: ContactKind) -> Self {
        match kind {
            ContactKind::Email => Self {
                subject: words.email_subject.or(self.subject),
                body: words.email_message.unwrap_or(self.body),
                ..self
            },
            ContactKind::PhoneNumber => {
                Self { subject: None, body: words.sms_message.unwrap_or(self.body), ..self }
            }
        }
    }

    /// The code for `{####}`, the name for `{username}` and an anchor for `{##text##}`. A text is gone through once, so
    /// that a username that looks like a placeholder stays what it is.
    pub fn fill(&self, kind: ContactKind, code: &Code, username: &Username) -> Filled {
        let plain = Values { code: code.expose().into(), username: username.as_str().into(), link: None };
        let subject = self.subject.as_deref().map(|subject| fill(subject, &plain));
        if kind == ContactKind::PhoneNumber {
            return Filled { subject, body: fill(&self.body, &plain), link: None };
        }
        let link = self.link.as_ref().map(|link| link.address(code, username));
        let html = Values {
            code: escaped(code.expose()),
            username: escaped(username.as_str()),
            link: link.as_deref().map(escaped),
        };
        Filled { subject, body: fill(&self.body, &html), link }
    }
}

impl Link {
    /// *Documented*: the form of the service's own links.
    fn address(&self, code: &Code, username: &Username) -> String {
        let [client, username, code] = [self.client.as_str(), username.as_str(), code.expose()]
            .map(|value| utf8_percent_encode(value, QUERY));
        let base = &self.base;
        format!("{base}/confirmUser?client_id={client}&user_name={username}&confirmation_code={code}")
    }
}

/// What stands for the placeholders, ready to be put in.
struct Values<'a> {
    code: Cow<'a, str>,
    username: Cow<'a, str>,
    link: Option<Cow<'a, str>>,
}

fn fill(text: &str, values: &Values<'_>) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        if let Some(after) = after.strip_prefix("####}") {
            filled.push_str(&values.code);
            rest = after;
        } else if let Some(after) = after.strip_prefix("username}") {
            filled.push_str(&values.username);
            rest = after;
        } else if let Some((link, (words, after))) = values.link.as_ref().zip(link_words(after)) {
            filled.push_str(&format!("<a href=\"{link}\">{words}</a>"));
            rest = after;
        } else {
            filled.push('{');
            rest = after;
        }
    }
    filled.push_str(rest);
    filled
}

/// What is between `{##` and `##}`, and what follows; the brace has been read.
fn link_words(after_brace: &str) -> Option<(&str, &str)> {
    after_brace.strip_prefix("##")?.split_once("##}")
}

impl fmt::Debug for Filled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Filled(hidden)")
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
    fn placeholders_are_filled_once() {
        let template = template("{username}: {####}{####} {x} {");
        let filled = template.fill(PhoneNumber, &Code::fixed("123456"), &Username::new("{####}"));
        assert_eq!(filled.subject.as_deref(), Some("123456 für {####}"));
        assert_eq!(filled.body, "{####}: 123456123456 {x} {");
        assert_eq!(format!("{filled:?}"), "Filled(hidden)");
    }

    #[test]
    fn what_is_filled_into_html_is_escaped() {
        let (code, name) = (Code::fixed("a<\"&\">b"), Username::new("<i>ann</i>"));
        let template = template("<p>{username} {####}</p>");
        let filled = template.fill(Email, &code, &name);
        assert_eq!(filled.body, "<p>&lt;i&gt;ann&lt;/i&gt; a&lt;&quot;&amp;&quot;&gt;b</p>");
        assert_eq!(filled.subject.as_deref(), Some("a<\"&\">b für <i>ann</i>"));
        assert_eq!(template.fill(PhoneNumber, &code, &name).body, "<p><i>ann</i> a<\"&\">b</p>");
    }

    #[test]
    fn a_link_names_client_user_and_code() {
        let template = template("Click {##<b>here</b>##}, {##again##} or type {####}. {##open");
        let filled = template.fill(Email, &Code::fixed("123456"), &Username::new("ann+b @ü"));
        let query = "client_id=c1&user_name=ann%2Bb%20%40%C3%BC&confirmation_code=123456";
        let link = format!("https://a.example/confirmUser?{query}");
        let anchor = link.replace('&', "&amp;");
        let expected = format!(
            "Click <a href=\"{anchor}\"><b>here</b></a>, <a href=\"{anchor}\">again</a> or type 123456. {{##open"
        );
        assert_eq!((filled.body, filled.link), (expected, Some(link)));
        let without = Template { link: None, ..template };
        let filled = without.fill(Email, &Code::fixed("1"), &Username::new("ann"));
        assert!(filled.body.starts_with("Click {##<b>here</b>##}, ") && filled.link.is_none());
    }
}
