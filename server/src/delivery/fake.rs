//! A carrier that does what a test tells it, beside the real ones, and messages for any carrier.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;

use lido_domain::{
    Timestamp,
    attribute::contact::{Contact, ContactKind},
    code::Code,
    id::{ClientId, PoolId, Username},
};

use super::{Deliver, DeliveryFault, Outgoing, Sender};

/// Answers as scripted, then with success; remembers what it was handed.
#[derive(Debug, Default)]
pub struct FakeCarrier {
    script: Mutex<VecDeque<DeliveryFault>>,
    delay: Duration,
    handed: Mutex<Vec<Outgoing>>,
}

impl FakeCarrier {
    /// A carrier that fails so, one after the other, and then delivers.
    pub fn failing(script: impl IntoIterator<Item = DeliveryFault>) -> Self {
        Self { script: Mutex::new(script.into_iter().collect()), ..Self::default() }
    }

    /// A carrier that takes its time.
    pub fn slow(delay: Duration) -> Self {
        Self { delay, ..Self::default() }
    }

    /// Every message that it was handed, delivered or not, the oldest first.
    pub fn handed(&self) -> Vec<Outgoing> {
        self.handed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A mail to Ann with the code 123456.
pub fn mail(id: &str) -> Outgoing {
    Outgoing {
        id: id.to_owned(),
        // 2026-11-21T07:30:00Z
        created_at: Timestamp::from_millis(1_795_246_200_000),
        sent_at: Timestamp::from_millis(1_795_246_201_000),
        tries: 1,
        pool: PoolId::new("us-east-1_p"),
        client: Some(ClientId::new("c")),
        username: Username::new("ann"),
        to: Contact { kind: ContactKind::Email, value: "ann@example.com".to_owned() },
        sender: Sender::default(),
        subject: Some("Your verification code".to_owned()),
        body: "Your verification code is 123456. ".to_owned(),
        link: None,
        code: Code::fixed("123456"),
        trigger: "CustomMessage_SignUp".to_owned(),
    }
}

/// The same as an SMS.
pub fn sms(id: &str) -> Outgoing {
    Outgoing {
        to: Contact { kind: ContactKind::PhoneNumber, value: "+15550100".to_owned() },
        subject: None,
        ..mail(id)
    }
}

#[async_trait]
impl Deliver for FakeCarrier {
    async fn deliver(&self, message: &Outgoing) -> Result<(), DeliveryFault> {
        tokio::time::sleep(self.delay).await;
        self.handed.lock().unwrap_or_else(PoisonError::into_inner).push(message.clone());
        match self.script.lock().unwrap_or_else(PoisonError::into_inner).pop_front() {
            Some(fault) => Err(fault),
            None => Ok(()),
        }
    }
}
