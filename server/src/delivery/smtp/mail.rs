//! Builds a mail from a message: the headers that mail servers require, and the body as text and as HTML.
//!
//! A message becomes the same bytes in every attempt. [`super`] sends them.

use std::time::{Duration, SystemTime};

use lettre::{
    Address, Message,
    message::{
        Mailbox, MultiPart, SinglePart,
        header::{ContentType, HeaderName, HeaderValue},
    },
};
use tracing::Dispatch;

use crate::delivery::OutgoingMessage;

/// The width of lines in the text part. Mail programs wrap lines themselves, and a longer word, such as a URL, would be
/// split here.
const WIDTH: usize = 500;

/// The last second of the year 9999: the year of a date in a mail has four digits.
const LAST_DATE: u64 = 253_402_300_799;

/// The reason why a message cannot become a mail. The text is for the log and contains no part of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum MailError {
    #[error("the recipient's address is not a mail address")]
    To,
    #[error("the From address in the pool's EmailConfiguration is not a mail address")]
    From,
    #[error("the ReplyToEmailAddress in the pool's EmailConfiguration is not a mail address")]
    ReplyTo,
    #[error("the mail cannot be built")]
    Parts,
}

/// Builds the mail, from the sender of the message or else from `default_from`.
pub(super) fn build(message: &OutgoingMessage, default_from: &Mailbox) -> Result<Message, MailError> {
    let from = match &message.sender.from {
        Some(from) => mailbox(from).ok_or(MailError::From)?,
        None => default_from.clone(),
    };
    let to = address(&message.to.value).ok_or(MailError::To)?;
    let id = format!("<{}@{}>", message.id, from.email.domain());
    let seconds = u64::try_from(message.created_at.as_millis() / 1_000).unwrap_or(0).min(LAST_DATE);
    let mut builder = Message::builder().from(from).to(Mailbox::new(None, to));
    if let Some(reply_to) = &message.sender.reply_to {
        builder = builder.reply_to(mailbox(reply_to).ok_or(MailError::ReplyTo)?);
    }
    let html = normalize(&message.body);
    let text = text_of(&html).ok_or(MailError::Parts)?;
    let part = |kind, body| SinglePart::builder().header(kind).body(body);
    builder
        .subject(one_line(message.subject.as_deref().unwrap_or_default()))
        .date(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
        .message_id(Some(id))
        // Automatic responders must not reply (RFC 3834).
        .raw_header(HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".to_owned(),
        ))
        .multipart(
            MultiPart::alternative()
                .boundary(format!("lido-{}", message.id))
                .singlepart(part(ContentType::TEXT_PLAIN, text))
                .singlepart(part(ContentType::TEXT_HTML, html)),
        )
        .map_err(|_| MailError::Parts)
}

/// Converts HTML to text, with the links below it. The parser logs every word, and one of them is a code, so its log is
/// discarded.
fn text_of(html: &str) -> Option<String> {
    let config = html2text::config::plain().no_link_wrapping().allow_width_overflow();
    let convert = || config.string_from_read(html.as_bytes(), WIDTH);
    tracing::dispatcher::with_default(&Dispatch::none(), convert).ok()
}

/// Parses an address with an optional name before it: `Name <a@b.c>`.
pub(super) fn mailbox(text: &str) -> Option<Mailbox> {
    let mailbox: Mailbox = one_line(text).parse().ok()?;
    Some(Mailbox { email: with_ascii_domain(mailbox.email.user(), mailbox.email.domain())?, ..mailbox })
}

fn address(text: &str) -> Option<Address> {
    let (user, domain) = text.rsplit_once('@')?;
    with_ascii_domain(user, domain)
}

/// Returns an address whose domain is in ASCII form (RFC 5890), as every mail server accepts it. The part before the
/// `@` has no such form: if it is not ASCII, the server must support SMTPUTF8.
fn with_ascii_domain(user: &str, domain: &str) -> Option<Address> {
    if domain.starts_with('[') {
        return Address::new(user, domain).ok();
    }
    Address::new(user, idna::domain_to_ascii(domain).ok()?).ok()
}

/// Replaces control characters, which could end a header and begin another.
fn one_line(text: &str) -> String {
    text.replace(|c: char| c.is_control(), " ").trim().to_owned()
}

/// Normalizes line ends to `\n` and removes other control characters that a mail cannot contain.
fn normalize(text: &str) -> String {
    let mut text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.retain(|c| !c.is_control() || c == '\n' || c == '\t');
    text
}

#[cfg(test)]
#[path = "mail_tests.rs"]
mod tests;
