//! A fake transport with scripted results, and sample messages, for tests.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use tokio::sync::watch;

use lido_domain::{
    Timestamp,
    attribute::contact::{Contact, ContactKind},
    code::Code,
    id::{ClientId, PoolId, Sub, Username},
};

use super::{DeliveryFault, OutgoingMessage, Sender, Transport};

/// A transport that fails as scripted, then succeeds, and records every message.
#[derive(Debug, Default)]
pub struct FakeTransport {
    script: Mutex<VecDeque<DeliveryFault>>,
    delay: Duration,
    /// Whether deliveries wait for [`FakeTransport::release`].
    is_blocked: watch::Sender<bool>,
    received: Mutex<Vec<OutgoingMessage>>,
}

impl FakeTransport {
    /// Returns a transport that fails with each of these faults in order, and then delivers.
    pub fn failing(script: impl IntoIterator<Item = DeliveryFault>) -> Self {
        Self { script: Mutex::new(script.into_iter().collect()), ..Self::default() }
    }

    /// Returns a transport that takes this long for each message.
    pub fn slow(delay: Duration) -> Self {
        Self { delay, ..Self::default() }
    }

    /// Returns a transport that delivers nothing until [`FakeTransport::release`].
    pub fn blocked() -> Self {
        let transport = Self::default();
        transport.is_blocked.send_replace(true);
        transport
    }

    /// Lets the deliveries that wait, and all later ones, go on.
    pub fn release(&self) {
        self.is_blocked.send_replace(false);
    }

    /// Returns every message that was to be delivered, also those that failed, the oldest first.
    pub fn received(&self) -> Vec<OutgoingMessage> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Returns a mail to the user `ann` with the code 123456.
pub fn mail(id: &str) -> OutgoingMessage {
    OutgoingMessage {
        id: id.to_owned(),
        // 2026-11-21T07:30:00Z
        created_at: Timestamp::from_millis(1_795_246_200_000),
        sent_at: Timestamp::from_millis(1_795_246_201_000),
        tries: 1,
        pool: PoolId::new("us-east-1_p"),
        client: Some(ClientId::new("c")),
        sub: Sub::new("sub-1"),
        username: Username::new("ann"),
        to: Contact { kind: ContactKind::Email, value: "ann@example.com".to_owned() },
        sender: Sender::default(),
        subject: Some("Your verification code".to_owned()),
        body: "Your verification code is 123456. ".to_owned(),
        link: None,
        code: Code::from_text("123456"),
        trigger: "CustomMessage_SignUp".to_owned(),
    }
}

/// Returns the same message as an SMS.
pub fn sms(id: &str) -> OutgoingMessage {
    OutgoingMessage {
        to: Contact { kind: ContactKind::PhoneNumber, value: "+15550100".to_owned() },
        subject: None,
        ..mail(id)
    }
}

#[async_trait]
impl Transport for FakeTransport {
    async fn deliver(&self, message: &OutgoingMessage) -> Result<(), DeliveryFault> {
        tokio::time::sleep(self.delay).await;
        // Never an error: the sender is here.
        let _: Result<_, _> = self.is_blocked.subscribe().wait_for(|is_blocked| !is_blocked).await;
        self.received.lock().unwrap_or_else(PoisonError::into_inner).push(message.clone());
        match self.script.lock().unwrap_or_else(PoisonError::into_inner).pop_front() {
            Some(fault) => Err(fault),
            None => Ok(()),
        }
    }
}
