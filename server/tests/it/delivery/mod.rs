//! Delivery of messages: e-mail by SMTP, SMS by a webhook.

mod sms;
mod smtp;
