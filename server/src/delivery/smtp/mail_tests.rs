//! What mail servers and mail programs ask of a mail, read back by another hand than the one that wrote it.

use lido_domain::{Timestamp, code::Code};
use mailparse::{MailHeaderMap as _, ParsedMail, parse_mail};

use super::*;
use crate::delivery::{Sender, fake};

fn usual() -> Mailbox {
    mailbox("Lido <no-reply@example.org>").expect("an address")
}

fn raw(message: &Outgoing) -> String {
    let mail = build(message, &usual()).expect("a mail");
    String::from_utf8(mail.formatted()).expect("a mail to an ASCII address is ASCII")
}

fn header(mail: &ParsedMail<'_>, name: &str) -> String {
    let values = mail.headers.get_all_values(name);
    assert_eq!(values.len(), 1, "{name} stands there once");
    values.into_iter().next().unwrap_or_default()
}

/// The two parts, text first, as a reader gets them.
fn parts(mail: &ParsedMail<'_>) -> (String, String) {
    assert_eq!(mail.ctype.mimetype, "multipart/alternative");
    let [text, html] = mail.subparts.as_slice() else { panic!("two parts") };
    for (part, kind) in [(text, "text/plain"), (html, "text/html")] {
        assert_eq!((part.ctype.mimetype.as_str(), part.ctype.charset.as_str()), (kind, "utf-8"));
    }
    (text.get_body().expect("decodes"), html.get_body().expect("decodes"))
}

/// What the SMTP of RFC 5321 carries: ASCII, ends of lines as it has them, and no line beyond its limit.
fn check_form(raw: &str) {
    assert!(raw.is_ascii());
    assert!(!raw.replace("\r\n", "").contains(['\r', '\n', '\0']), "every end of a line is CRLF");
    assert!(raw.split("\r\n").all(|line| line.len() <= 998), "{raw}");
    let (head, _) = raw.split_once("\r\n\r\n").expect("a head");
    // As recommended, but for what cannot be folded: an address with the name before it.
    let long = |line: &&str| line.len() > 78 && !line.contains('@');
    assert_eq!(head.split("\r\n").find(long), None);
}

#[test]
fn the_headers_that_are_asked_for() {
    let message = Outgoing {
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
fn every_try_is_the_same_mail() {
    let first = fake::mail("0b1c");
    let later = Outgoing { tries: 7, sent_at: Timestamp::from_millis(1_795_250_000_000), ..first.clone() };
    assert_eq!(raw(&first), raw(&later));
    assert!(raw(&first).contains("Message-ID: <0b1c@example.org>\r\n"), "the usual sender's domain");
}

#[test]
fn letters_beyond_ascii_arrive() {
    let message = Outgoing {
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
fn long_lines_and_strange_ends_of_lines() {
    let word = "x".repeat(400);
    let body = format!("<p>{}</p>\rone\r\ntwo\nthree\0\u{8}{word}", "many words ".repeat(1_500));
    let raw = raw(&Outgoing { body, ..fake::mail("1") });
    check_form(&raw);
    let mail = parse_mail(raw.as_bytes()).expect("a mail");
    let (text, html) = parts(&mail);
    assert!(text.contains(&word) && html.contains(&word), "an address is not broken");
    assert!(html.replace("\r\n", "\n").contains("</p>\none\ntwo\nthreexxx"), "{html}");
}

#[test]
fn no_header_can_be_put_in() {
    let message = Outgoing {
        subject: Some("Hello\r\nBcc: eve@example.com\r\n\r\nbody".into()),
        sender: Sender { from: None, reply_to: Some("a@b.example\r\nBcc: eve@example.com".into()) },
        ..fake::mail("1")
    };
    assert_eq!(build(&message, &usual()).err(), Some(BadMail::ReplyTo));
    let message = Outgoing { sender: Sender::default(), ..message };
    let raw = raw(&message);
    let mail = parse_mail(raw.as_bytes()).expect("a mail");
    assert_eq!(header(&mail, "Subject"), "Hello  Bcc: eve@example.com    body");
    assert!(mail.headers.get_all_values("Bcc").is_empty());
}

#[test]
fn a_link_is_whole_in_both_parts() {
    let link = format!(
        "https://a.example/confirmUser?client_id={}&user_name=ann&confirmation_code=123456",
        "c".repeat(128)
    );
    let body = format!("<p>Click <a href=\"{}\">here</a>.</p>", link.replace('&', "&amp;"));
    let raw = raw(&Outgoing { body, ..fake::mail("1") });
    check_form(&raw);
    let (text, html) = parts(&parse_mail(raw.as_bytes()).expect("a mail"));
    assert!(text.contains(&link), "{text}");
    assert!(html.contains(&link.replace('&', "&amp;")));
}

#[test]
fn what_was_escaped_is_text_again() {
    let body = "Your password is a&lt;&quot;&amp;b ".to_owned();
    let raw = raw(&Outgoing { body, code: Code::fixed("a<\"&b"), ..fake::mail("1") });
    let (text, _) = parts(&parse_mail(raw.as_bytes()).expect("a mail"));
    assert_eq!(text.trim(), "Your password is a<\"&b");
}

#[test]
fn nested_and_broken_html_is_mailed_all_the_same() {
    for body in ["<b>".repeat(6_000), "<table><tr><td rowspan=0 colspan=9>".repeat(500), "<<<&#x;</p".into()]
    {
        check_form(&raw(&Outgoing { body, ..fake::mail("1") }));
    }
}

#[test]
fn addresses() {
    let to = |value: &str| {
        let mut message = fake::mail("1");
        message.to.value = value.to_owned();
        let mail = build(&message, &usual())?;
        Ok(mail.envelope().to().iter().map(ToString::to_string).collect::<String>())
    };
    let cases = [
        ("ann@example.com", Ok("ann@example.com")),
        ("a@localhost", Ok("a@localhost")),
        ("o'neil+tag@sub.example.co.uk", Ok("o'neil+tag@sub.example.co.uk")),
        ("ann@österreich.example", Ok("ann@xn--sterreich-z7a.example")),
        ("用户@例え.jp", Ok("用户@xn--r8jz45g.jp")),
        ("plain", Err(BadMail::To)),
        ("ann@", Err(BadMail::To)),
        ("ann@exa mple.com", Err(BadMail::To)),
        ("ann@example.com\r\nRCPT TO:<eve@example.com>", Err(BadMail::To)),
    ];
    for (value, expected) in cases {
        assert_eq!(to(value), expected.map(str::to_owned), "{value}");
    }
    let from = |from: &str| {
        let sender = Sender { from: Some(from.into()), reply_to: None };
        build(&Outgoing { sender, ..fake::mail("1") }, &usual()).map(drop)
    };
    assert_eq!(from("not an address"), Err(BadMail::From));
    assert_eq!(from("\"Shop, Inc.\" <shop@example.com>"), Ok(()));
}

#[test]
fn a_date_is_one_whatever_the_clock_shows() {
    for (millis, date) in
        [(-5, "Thu, 01 Jan 1970 00:00:00 +0000"), (i64::MAX, "Fri, 31 Dec 9999 23:59:59 +0000")]
    {
        let message = Outgoing { created_at: Timestamp::from_millis(millis), ..fake::mail("1") };
        assert!(raw(&message).contains(&format!("Date: {date}\r\n")));
    }
}
