//! Reads the message templates and the email sender of a pool from its settings.

use lido_domain::{attribute::contact::ContactKind, code::message::MessageReason};
use serde_json::Value;

use crate::{
    delivery::{
        Sender, Template, Templates,
        template::{Link, default_texts},
    },
    store::{OutboxRow, PoolRecord},
};

/// The templates of each pool, with the service's as default.
#[derive(Clone, Copy, Debug, Default)]
pub struct PoolTemplates;

/// Returns whether a pool sends confirmation links by email instead of codes.
pub fn sends_links(pool: &PoolRecord) -> bool {
    Settings(&pool.settings).sends_links()
}

impl Templates for PoolTemplates {
    fn template(&self, pool: &PoolRecord, row: &OutboxRow) -> Template {
        let settings = Settings(&pool.settings);
        match row.to.kind {
            ContactKind::Email => {
                let link = if settings.is_by_link(row) { link(row) } else { None };
                let (subject, body) = settings.email(row.reason, link.is_some());
                let (usual_subject, usual_body) = default_texts(row.reason, link.is_some());
                Template {
                    subject: Some(subject.unwrap_or(usual_subject).to_owned()),
                    body: body.unwrap_or(usual_body).to_owned(),
                    sender: settings.sender(),
                    link,
                }
            }
            ContactKind::PhoneNumber => {
                let body = settings.sms(row.reason).unwrap_or(default_texts(row.reason, false).1);
                Template { subject: None, body: body.to_owned(), sender: Sender::default(), link: None }
            }
        }
    }
}

/// Returns the link of a message. *Chosen*: if the URL of this server is unknown, the email contains a code instead.
fn link(row: &OutboxRow) -> Option<Link> {
    Some(Link { base: row.cause.base.clone()?, client: row.client.clone()? })
}

/// The document of a pool's settings, with the members of CreateUserPool.
struct Settings<'a>(&'a Value);

impl<'a> Settings<'a> {
    fn text(&self, path: &[&str]) -> Option<&'a str> {
        path.iter().try_fold(self.0, |value, member| value.get(member)).and_then(Value::as_str)
    }

    fn sends_links(&self) -> bool {
        self.text(&["VerificationMessageTemplate", "DefaultEmailOption"]) == Some("CONFIRM_WITH_LINK")
    }

    fn is_by_link(&self, row: &OutboxRow) -> bool {
        row.reason.may_be_link() && self.sends_links()
    }

    /// Returns the subject and the body of an email. The older members apply if the template is absent; see
    /// [`lido_domain::pool::defaults`].
    fn email(&self, reason: MessageReason, by_link: bool) -> (Option<&'a str>, Option<&'a str>) {
        match reason {
            MessageReason::AdminCreateUser => {
                let invitation =
                    |member| self.text(&["AdminCreateUserConfig", "InviteMessageTemplate", member]);
                (invitation("EmailSubject"), invitation("EmailMessage"))
            }
            // SetUserPoolMfaConfig sets these.
            MessageReason::Authentication => {
                let sign_in = |member| self.text(&["EmailMfaConfiguration", member]);
                (sign_in("Subject"), sign_in("Message"))
            }
            MessageReason::SignUp | MessageReason::ResendCode if by_link => {
                let link = |member| self.text(&["VerificationMessageTemplate", member]);
                (link("EmailSubjectByLink"), link("EmailMessageByLink"))
            }
            MessageReason::SignUp
            | MessageReason::ResendCode
            | MessageReason::ForgotPassword
            | MessageReason::UpdateUserAttribute
            | MessageReason::VerifyUserAttribute => {
                let code = |member, older| {
                    self.text(&["VerificationMessageTemplate", member]).or_else(|| self.text(&[older]))
                };
                (
                    code("EmailSubject", "EmailVerificationSubject"),
                    code("EmailMessage", "EmailVerificationMessage"),
                )
            }
        }
    }

    /// Returns the body of an SMS message.
    fn sms(&self, reason: MessageReason) -> Option<&'a str> {
        match reason {
            MessageReason::AdminCreateUser => {
                self.text(&["AdminCreateUserConfig", "InviteMessageTemplate", "SMSMessage"])
            }
            MessageReason::Authentication => self.text(&["SmsAuthenticationMessage"]),
            MessageReason::SignUp
            | MessageReason::ResendCode
            | MessageReason::ForgotPassword
            | MessageReason::UpdateUserAttribute
            | MessageReason::VerifyUserAttribute => {
                let template = self.text(&["VerificationMessageTemplate", "SmsMessage"]);
                template.or_else(|| self.text(&["SmsVerificationMessage"]))
            }
        }
    }

    /// Returns the sender of emails.
    ///
    /// *Documented* (EmailConfigurationType): From, with DEVELOPER; otherwise the address in SourceArn, which replaces
    /// the service's `no-reply@verificationemail.com`. Without either, the server's default applies.
    fn sender(&self) -> Sender {
        let email = |member| self.text(&["EmailConfiguration", member]);
        let is_developer = email("EmailSendingAccount") == Some("DEVELOPER");
        let from = email("From").filter(|_| is_developer);
        let identity = email("SourceArn").and_then(|arn| arn.split_once(":identity/")).map(|(_, name)| name);
        let from = from.or(identity.filter(|name| name.contains('@')));
        Sender { from: from.map(str::to_owned), reply_to: email("ReplyToEmailAddress").map(str::to_owned) }
    }
}

#[cfg(test)]
mod tests {
    use lido_domain::attribute::contact::Contact;
    use serde_json::json;

    use super::*;
    use crate::store::{Record, conformance::sample};

    /// The subject, the body, and whether there is a link.
    type ExpectedTemplate<'a> = (Option<&'a str>, &'a str, bool);

    fn template(settings: &Value, reason: MessageReason, kind: ContactKind) -> Template {
        let Record::Pool(pool) = sample::pool("p") else { panic!("a pool") };
        let Record::Outbox(row) = sample::outbox("row", sample::T) else { panic!("a row") };
        let pool = PoolRecord { settings: settings.clone(), ..pool.as_ref().clone() };
        let row = OutboxRow { reason, to: Contact { kind, value: String::new() }, ..row };
        PoolTemplates.template(&pool, &row)
    }

    fn check(settings: &Value, cases: &[(MessageReason, ContactKind, ExpectedTemplate<'_>)]) {
        for (reason, kind, (subject, body, is_link)) in cases {
            let template = template(settings, *reason, *kind);
            assert_eq!(template.subject.as_deref(), *subject, "{reason:?} {kind:?}");
            assert_eq!((template.body.as_str(), template.link.is_some()), (*body, *is_link), "{reason:?}");
        }
    }

    use ContactKind::{Email, PhoneNumber};
    use MessageReason::{
        AdminCreateUser, Authentication, ForgotPassword, ResendCode, SignUp, UpdateUserAttribute,
        VerifyUserAttribute,
    };

    #[test]
    fn pool_without_templates_uses_the_defaults() {
        // cog-0131
        let code = "Your verification code is {####}. ";
        let invitation = "Your username is {username} and temporary password is {####}. ";
        let sign_in = "Your authentication code is {####}. ";
        let subject = Some("Your verification code");
        let cases = [
            (SignUp, Email, (subject, code, false)),
            (SignUp, PhoneNumber, (None, code, false)),
            (ResendCode, Email, (subject, code, false)),
            (ForgotPassword, Email, (subject, code, false)),
            (UpdateUserAttribute, PhoneNumber, (None, code, false)),
            (VerifyUserAttribute, Email, (subject, code, false)),
            (AdminCreateUser, Email, (Some("Your temporary password"), invitation, false)),
            (AdminCreateUser, PhoneNumber, (None, invitation, false)),
            (Authentication, Email, (Some("Your authentication code"), sign_in, false)),
            (Authentication, PhoneNumber, (None, sign_in, false)),
        ];
        check(&json!({}), &cases);
    }

    #[test]
    fn each_reason_uses_its_own_template() {
        let settings = json!({
            "VerificationMessageTemplate": {
                "EmailSubject": "s", "EmailMessage": "m {####}", "SmsMessage": "sms {####}",
                "EmailSubjectByLink": "ls", "EmailMessageByLink": "{##l##}", "DefaultEmailOption": "CONFIRM_WITH_LINK",
            },
            "AdminCreateUserConfig": {
                "InviteMessageTemplate": {"EmailSubject": "is", "EmailMessage": "im", "SMSMessage": "isms"},
            },
            "SmsAuthenticationMessage": "a {####}",
            "EmailMfaConfiguration": {"Subject": "as", "Message": "am {####}"},
        });
        let cases = [
            (SignUp, Email, (Some("ls"), "{##l##}", true)),
            (ResendCode, Email, (Some("ls"), "{##l##}", true)),
            (SignUp, PhoneNumber, (None, "sms {####}", false)),
            (ForgotPassword, Email, (Some("s"), "m {####}", false)),
            (VerifyUserAttribute, Email, (Some("s"), "m {####}", false)),
            (UpdateUserAttribute, PhoneNumber, (None, "sms {####}", false)),
            (AdminCreateUser, Email, (Some("is"), "im", false)),
            (AdminCreateUser, PhoneNumber, (None, "isms", false)),
            (Authentication, Email, (Some("as"), "am {####}", false)),
            (Authentication, PhoneNumber, (None, "a {####}", false)),
        ];
        check(&settings, &cases);
        let by_code = json!({"VerificationMessageTemplate": {
            "EmailMessage": "m {####}", "EmailMessageByLink": "{##l##}", "DefaultEmailOption": "CONFIRM_WITH_CODE",
        }});
        check(&by_code, &[(SignUp, Email, (Some("Your verification code"), "m {####}", false))]);
    }

    #[test]
    fn older_members_and_the_default_link_template_apply() {
        let older = json!({
            "EmailVerificationSubject": "s", "EmailVerificationMessage": "m {####}",
            "SmsVerificationMessage": "sms {####}",
        });
        let cases = [
            (SignUp, Email, (Some("s"), "m {####}", false)),
            (SignUp, PhoneNumber, (None, "sms {####}", false)),
        ];
        check(&older, &cases);
        let link = json!({"VerificationMessageTemplate": {"DefaultEmailOption": "CONFIRM_WITH_LINK"}});
        let body = "Please click the link below to verify your email address. {##Verify Email##} ";
        check(&link, &[(SignUp, Email, (Some("Your verification link"), body, true))]);
    }

    #[test]
    fn sender_is_from_or_the_address_in_source_arn() {
        let arn = "arn:aws:ses:us-east-1:000000000000:identity/shop@example.com";
        let cases = [
            (json!({}), None),
            (json!({"EmailSendingAccount": "COGNITO_DEFAULT", "From": "a@b.c"}), None),
            (
                json!({"EmailSendingAccount": "DEVELOPER", "From": "A <a@b.c>", "SourceArn": arn}),
                Some("A <a@b.c>"),
            ),
            (json!({"EmailSendingAccount": "DEVELOPER", "SourceArn": arn}), Some("shop@example.com")),
            (json!({"EmailSendingAccount": "COGNITO_DEFAULT", "SourceArn": arn}), Some("shop@example.com")),
            (json!({"SourceArn": "arn:aws:ses:us-east-1:000000000000:identity/example.com"}), None),
        ];
        for (email, from) in cases {
            let template = template(&json!({"EmailConfiguration": email}), SignUp, Email);
            assert_eq!(template.sender.from.as_deref(), from, "{email}");
        }
        let settings = json!({"EmailConfiguration": {"ReplyToEmailAddress": "help@example.com"}});
        assert_eq!(template(&settings, SignUp, Email).sender.reply_to.as_deref(), Some("help@example.com"));
    }
}
