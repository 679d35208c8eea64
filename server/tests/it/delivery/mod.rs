//! Messages on their way out: mail by SMTP, SMS by a webhook.

mod sms;
mod smtp;
