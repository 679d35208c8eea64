//! The form of mails, checked with another library than the one that builds them.

use lido_domain::{Timestamp, code::Code};
use mailparse::{MailHeaderMap as _, ParsedMail, parse_mail};

use super::*;
use crate::delivery::{Sender, fake};

fn default_from() -> Mailbox {
    mailbox("Lido <no-reply@example.org>").expect("an address")
}

fn raw(message: &OutgoingMessage) -> String {
    let mail = build(message, &default_from()).expect("a mail");
    String::from_utf8(mail.formatted()).expect("a mail to an ASCII address is ASCII")
}

fn header(mail: &ParsedMail<'_>, name: &str) -> String {
    let values = mail.headers.get_all_values(name);
    assert_eq!(values.len(), 1, "{name} occurs once");
    values.into_iter().next().unwrap_or_default()
}

/// Returns the decoded parts: text and HTML.
fn parts(mail: &ParsedMail<'_>) -> (String, String) {
    assert_eq!(mail.ctype.mimetype, "multipart/alternative");
    let [text, html] = mail.subparts.as_slice() else { panic!("two parts") };
    for (part, kind) in [(text, "text/plain"), (html, "text/html")] {
        assert_eq!((part.ctype.mimetype.as_str(), part.ctype.charset.as_str()), (kind, "utf-8"));
    }
    (text.get_body().expect("decodes"), html.get_body().expect("decodes"))
}

/// Checks the form that SMTP requires (RFC 5321): ASCII, CRLF at the end of lines, and no line beyond the limit.
fn check_form(raw: &str) {
    assert!(raw.is_ascii());
    assert!(!raw.replace("\r\n", "").contains(['\r', '\n', '\0']), "every line ends with CRLF");
    assert!(raw.split("\r\n").all(|line| line.len() <= 998), "{raw}");
    let (head, _) = raw.split_once("\r\n\r\n").expect("a head");
    // The recommended length, except for an address with a name, which cannot be folded.
    let long = |line: &&str| line.len() > 78 && !line.contains('@');
    assert_eq!(head.split("\r\n").find(long), None);
}

#[test]
fn mail_has_the_required_headers() {
    let message = OutgoingMessage {
        sender: Sender {
            from: Some("Shop <shop@example.com>".into()),
            reply_to: Some("help@example.com".into()),
        },
        ..fake::mail("0b1c")
    };
    let raw = raw(&message);
    check_form(&raw);
    let mail = parse_mail(raw.as_bytes()).expect("a mail");
    let expected = [
        ("From", "Shop <shop@example.com>"),
        ("To", "ann@example.com"),
        ("Reply-To", "help@example.com"),
        ("Subject", "Your verification code"),
        ("Date", "Sat, 21 Nov 2026 07:30:00 +0000"),
        ("Message-ID", "<0b1c@example.com>"),
        ("MIME-Version", "1.0"),
        ("Auto-Submitted", "auto-generated"),
    ];
    for (name, value) in expected {
        assert_eq!(header(&mail, name).replace('"', ""), value, "{name}");
    }
    let (text, html) = parts(&mail);
    assert_eq!(text.trim(), "Your verification code is 123456.");
    assert_eq!(html.trim_end(), "Your verification code is 123456.");
}

#[test]
fn every_attempt_builds_the_same_mail() {
    let first = fake::mail("0b1c");
    let later =
        OutgoingMessage { tries: 7, sent_at: Timestamp::from_millis(1_795_250_000_000), ..first.clone() };
    assert_eq!(raw(&first), raw(&later));
    assert!(
        raw(&first).contains("Message-ID: <0b1c@example.org>\r\n"),
        "the domain of the default From address"
    );
}

#[test]
fn text_beyond_ascii_is_encoded() {
    let message = OutgoingMessage {
        subject: Some("Ваш код подтверждения — дуже довга тема, яка не вміщується в один рядок 📬".into()),
        body: "<p>Ваш код: <b>123456</b> — grüße, 日本語</p>".into(),
        sender: Sender {
            from: Some("Café Österreich <no-reply@österreich.example>".into()), reply_to: None
        },
        ..fake::mail("1")
    };
    let raw = raw(&message);
    check_form(&raw);
    let mail = parse_mail(raw.as_bytes()).expect("a mail");
    assert_eq!(Some(header(&mail, "Subject")), message.subject);
    let from = header(&mail, "From");
    assert!(
        from.contains("Café Österreich") && from.contains("no-reply@xn--sterreich-z7a.example"),
        "{from}"
    );
    let (text, html) = parts(&mail);
    assert!(text.contains("Ваш код:") && text.contains("123456") && text.contains("grüße, 日本語"), "{text}");
    assert_eq!(html.trim_end(), message.body);
}

#[test]
fn long_lines_and_odd_line_ends_are_normalized() {
    let word = "x".repeat(400);
    let body = format!("<p>{}</p>\rone\r\ntwo\nthree\0\u{8}{word}", "many words ".repeat(1_500));
    let raw = raw(&OutgoingMessage { body, ..fake::mail("1") });
    check_form(&raw);
    let mail = parse_mail(raw.as_bytes()).expect("a mail");
    let (text, html) = parts(&mail);
    assert!(text.contains(&word) && html.contains(&word), "a long word is not split");
    assert!(html.replace("\r\n", "\n").contains("</p>\none\ntwo\nthreexxx"), "{html}");
}

#[test]
fn line_breaks_cannot_add_a_header() {
    let message = OutgoingMessage {
        subject: Some("Hello\r\nBcc: eve@example.com\r\n\r\nbody".into()),
        sender: Sender { from: None, reply_to: Some("a@b.example\r\nBcc: eve@example.com".into()) },
        ..fake::mail("1")
    };
    assert_eq!(build(&message, &default_from()).err(), Some(MailError::ReplyTo));
    let message = OutgoingMessage { sender: Sender::default(), ..message };
    let raw = raw(&message);
    let mail = parse_mail(raw.as_bytes()).expect("a mail");
    assert_eq!(header(&mail, "Subject"), "Hello  Bcc: eve@example.com    body");
    assert!(mail.headers.get_all_values("Bcc").is_empty());
}

#[test]
fn link_is_complete_in_both_parts() {
    let link = format!(
        "https://a.example/confirmUser?client_id={}&user_name=ann&confirmation_code=123456",
        "c".repeat(128)
    );
    let body = format!("<p>Click <a href=\"{}\">here</a>.</p>", link.replace('&', "&amp;"));
    let raw = raw(&OutgoingMessage { body, ..fake::mail("1") });
    check_form(&raw);
    let (text, html) = parts(&parse_mail(raw.as_bytes()).expect("a mail"));
    assert!(text.contains(&link), "{text}");
    assert!(html.contains(&link.replace('&', "&amp;")));
}

#[test]
fn escaped_html_is_plain_in_the_text_part() {
    let body = "Your password is a&lt;&quot;&amp;b ".to_owned();
    let raw = raw(&OutgoingMessage { body, code: Code::from_text("a<\"&b"), ..fake::mail("1") });
    let (text, _) = parts(&parse_mail(raw.as_bytes()).expect("a mail"));
    assert_eq!(text.trim(), "Your password is a<\"&b");
}

#[test]
fn nested_or_broken_html_is_mailed() {
    for body in ["<b>".repeat(6_000), "<table><tr><td rowspan=0 colspan=9>".repeat(500), "<<<&#x;</p".into()]
    {
        check_form(&raw(&OutgoingMessage { body, ..fake::mail("1") }));
    }
}

#[test]
fn recipient_and_sender_addresses_are_checked() {
    let to = |value: &str| {
        let mut message = fake::mail("1");
        message.to.value = value.to_owned();
        let mail = build(&message, &default_from())?;
        Ok(mail.envelope().to().iter().map(ToString::to_string).collect::<String>())
    };
    let cases = [
        ("ann@example.com", Ok("ann@example.com")),
        ("a@localhost", Ok("a@localhost")),
        ("o'neil+tag@sub.example.co.uk", Ok("o'neil+tag@sub.example.co.uk")),
        ("ann@österreich.example", Ok("ann@xn--sterreich-z7a.example")),
        ("用户@例え.jp", Ok("用户@xn--r8jz45g.jp")),
        ("plain", Err(MailError::To)),
        ("ann@", Err(MailError::To)),
        ("ann@exa mple.com", Err(MailError::To)),
        ("ann@example.com\r\nRCPT TO:<eve@example.com>", Err(MailError::To)),
    ];
    for (value, expected) in cases {
        assert_eq!(to(value), expected.map(str::to_owned), "{value}");
    }
    let from = |from: &str| {
        let sender = Sender { from: Some(from.into()), reply_to: None };
        build(&OutgoingMessage { sender, ..fake::mail("1") }, &default_from()).map(drop)
    };
    assert_eq!(from("not an address"), Err(MailError::From));
    assert_eq!(from("\"Shop, Inc.\" <shop@example.com>"), Ok(()));
}

#[test]
fn date_is_valid_for_every_instant() {
    for (millis, date) in
        [(-5, "Thu, 01 Jan 1970 00:00:00 +0000"), (i64::MAX, "Fri, 31 Dec 9999 23:59:59 +0000")]
    {
        let message = OutgoingMessage { created_at: Timestamp::from_millis(millis), ..fake::mail("1") };
        assert!(raw(&message).contains(&format!("Date: {date}\r\n")));
    }
}
