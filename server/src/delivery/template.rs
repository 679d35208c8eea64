//! Subject and body of a message, and where the code goes in them.
//!
//! Which template a pool has is read by `wire`, from the pool's settings; here is only the filling in, and what a
//! pool without templates gets.

use std::fmt;

use lido_domain::{code::Code, contact::ContactKind, id::Username};

use super::CustomWords;
use crate::store::{OutboxRow, PoolRecord};

/// A text with placeholders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// The subject, for mail.
    pub subject: Option<String>,
    /// The body.
    pub body: String,
}

/// Where templates come from.
pub trait Templates: fmt::Debug + Send + Sync {
    /// The template for this message of this pool.
    fn template(&self, pool: &PoolRecord, row: &OutboxRow) -> Template;
}

/// The texts of pools made in the console (reported, cog-0131); the trailing blank is the service's.
#[derive(Clone, Copy, Debug, Default)]
pub struct DefaultTemplates;

impl Templates for DefaultTemplates {
    fn template(&self, _: &PoolRecord, row: &OutboxRow) -> Template {
        let subject = (row.to.kind == ContactKind::Email).then(|| "Your verification code".to_owned());
        Template { subject, body: "Your verification code is {####}. ".to_owned() }
    }
}

impl Template {
    /// The template with a trigger's words in place of its own.
    pub fn reworded(self, words: CustomWords, kind: ContactKind) -> Self {
        match kind {
            ContactKind::Email => Self {
                subject: words.email_subject.or(self.subject),
                body: words.email_message.unwrap_or(self.body),
            },
            ContactKind::PhoneNumber => Self { subject: None, body: words.sms_message.unwrap_or(self.body) },
        }
    }

    /// Subject and body with the code for `{####}` and the name for `{username}`. A text is gone through once, so a
    /// username that looks like a placeholder stays what it is.
    pub fn fill(&self, code: &Code, username: &Username) -> (Option<String>, String) {
        let fill = |text: &str| fill(text, &[("{####}", code.expose()), ("{username}", username.as_str())]);
        (self.subject.as_deref().map(fill), fill(&self.body))
    }
}

fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        if let Some((placeholder, value)) =
            values.iter().find(|(placeholder, _)| rest.starts_with(placeholder))
        {
            filled.push_str(value);
            rest = rest.get(placeholder.len()..).unwrap_or_default();
        } else {
            let mut chars = rest.chars();
            filled.extend(chars.next());
            rest = chars.as_str();
        }
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_filled_once() {
        let template = Template {
            subject: Some("{####} für {username}".into()),
            body: "{username}: {####}{####} {x}".into(),
        };
        let (subject, body) = template.fill(&Code::fixed("123456"), &Username::new("{####}"));
        assert_eq!(subject.as_deref(), Some("123456 für {####}"));
        assert_eq!(body, "{####}: 123456123456 {x}");
    }
}
