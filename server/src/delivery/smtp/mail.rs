//! A message as a mail: the headers that mail servers ask for, and the body as text and as HTML.
//!
//! The same message gives the same bytes in every try. Nothing here sends; see the module above.

use std::time::{Duration, SystemTime};

use lettre::{
    Address, Message,
    message::{
        Mailbox, MultiPart, SinglePart,
        header::{ContentType, HeaderName, HeaderValue},
    },
};
use tracing::Dispatch;

use crate::delivery::Outgoing;

/// How wide the lines of the text part are at most. Programs that show mail wrap lines themselves; here a word beyond it,
/// such as an address without an anchor, would be broken.
const WIDTH: usize = 500;

/// The last second of the year 9999: dates in mails have four digits for the year.
const LAST_DATE: u64 = 253_402_300_799;

/// Why a message cannot be a mail. The text is for the log and holds nothing of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum BadMail {
    #[error("the recipient's address is none that mail can be sent to")]
    To,
    #[error("the pool's From is no mail address")]
    From,
    #[error("the pool's ReplyToEmailAddress is no mail address")]
    ReplyTo,
    #[error("the mail cannot be put together")]
    Parts,
}

/// The mail, from whom the pool says or else from `usual_from`.
pub(super) fn build(message: &Outgoing, usual_from: &Mailbox) -> Result<Message, BadMail> {
    let from = match &message.sender.from {
        Some(from) => mailbox(from).ok_or(BadMail::From)?,
        None => usual_from.clone(),
    };
    let to = address(&message.to.value).ok_or(BadMail::To)?;
    let id = format!("<{}@{}>", message.id, from.email.domain());
    let seconds = u64::try_from(message.created_at.as_millis() / 1_000).unwrap_or(0).min(LAST_DATE);
    let mut builder = Message::builder().from(from).to(Mailbox::new(None, to));
    if let Some(reply_to) = &message.sender.reply_to {
        builder = builder.reply_to(mailbox(reply_to).ok_or(BadMail::ReplyTo)?);
    }
    let html = tidy(&message.body);
    let text = text_of(&html).ok_or(BadMail::Parts)?;
    let part = |kind, body| SinglePart::builder().header(kind).body(body);
    builder
        .subject(one_line(message.subject.as_deref().unwrap_or_default()))
        .date(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
        .message_id(Some(id))
        // Nobody's autoresponder shall answer (RFC 3834).
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
        .map_err(|_| BadMail::Parts)
}

/// What the HTML says, links below it. The parser logs every word that it reads, and one of them is a code: it speaks to
/// nobody.
fn text_of(html: &str) -> Option<String> {
    let config = html2text::config::plain().no_link_wrapping().allow_width_overflow();
    let read = || config.string_from_read(html.as_bytes(), WIDTH);
    tracing::dispatcher::with_default(&Dispatch::none(), read).ok()
}

/// An address, perhaps with a name before it: `Name <a@b.c>`.
pub(super) fn mailbox(text: &str) -> Option<Mailbox> {
    let mailbox: Mailbox = one_line(text).parse().ok()?;
    Some(Mailbox { email: in_ascii(mailbox.email.user(), mailbox.email.domain())?, ..mailbox })
}

fn address(text: &str) -> Option<Address> {
    let (user, domain) = text.rsplit_once('@')?;
    in_ascii(user, domain)
}

/// A domain beyond ASCII is written as every mail server knows it (RFC 5890). What is before the `@` has no such form:
/// it needs a server that takes SMTPUTF8.
fn in_ascii(user: &str, domain: &str) -> Option<Address> {
    if domain.starts_with('[') {
        return Address::new(user, domain).ok();
    }
    Address::new(user, idna::domain_to_ascii(domain).ok()?).ok()
}

/// Without control characters, which could otherwise end a header and begin another.
fn one_line(text: &str) -> String {
    text.replace(|c: char| c.is_control(), " ").trim().to_owned()
}

/// Line ends as `\n`, and no control character that mail does not carry.
fn tidy(text: &str) -> String {
    let mut text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.retain(|c| !c.is_control() || c == '\n' || c == '\t');
    text
}

#[cfg(test)]
#[path = "mail_tests.rs"]
mod tests;
