//! The transports of messages: one carrier for mail, one for SMS, and the inbox of `lido dev`.

use std::sync::Arc;

use async_trait::async_trait;
use lido_domain::attribute::contact::ContactKind;

use super::{Deliver, DeliveryFault, Inbox, Outgoing};

/// Delivers each message by the carrier of its medium.
#[derive(Clone, Debug, Default)]
pub struct Transports {
    /// Where people and tests read messages. With it, a message that has no carrier counts as delivered.
    pub inbox: Option<Inbox>,
    /// Delivers mail.
    pub mail: Option<Arc<dyn Deliver>>,
    /// Delivers SMS.
    pub sms: Option<Arc<dyn Deliver>>,
}

impl Transports {
    /// Returns transports that deliver to an inbox only.
    pub fn inbox(inbox: Inbox) -> Self {
        Self { inbox: Some(inbox), ..Self::default() }
    }

    /// Returns transports that deliver mail and SMS by one carrier.
    pub fn carrier(carrier: impl Deliver + 'static) -> Self {
        let carrier: Arc<dyn Deliver> = Arc::new(carrier);
        Self { inbox: None, mail: Some(Arc::clone(&carrier)), sms: Some(carrier) }
    }
}

#[async_trait]
impl Deliver for Transports {
    async fn deliver(&self, message: &Outgoing) -> Result<(), DeliveryFault> {
        if let Some(inbox) = &self.inbox {
            inbox.deliver(message).await?;
        }
        let carrier = match message.to.kind {
            ContactKind::Email => &self.mail,
            ContactKind::PhoneNumber => &self.sms,
        };
        match carrier {
            Some(carrier) => carrier.deliver(message).await,
            None if self.inbox.is_some() => Ok(()),
            None => Err(no_carrier(message)),
        }
    }
}

/// *Chosen*: whoever asks for a message that this server cannot send is told so. One that was already waiting, from a
/// time when it could, waits on: the operator may have forgotten an option.
fn no_carrier(message: &Outgoing) -> DeliveryFault {
    let text = format!("this server has no way to send {}", message.to.kind.medium());
    if message.tries > 1 { DeliveryFault::Temporary(text) } else { DeliveryFault::Permanent(text) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::{Filter, fake};

    #[tokio::test]
    async fn each_medium_has_its_carrier_and_the_inbox_gets_all() {
        let (mail, sms) = (Arc::new(fake::FakeCarrier::default()), Arc::new(fake::FakeCarrier::default()));
        let inbox = Inbox::new();
        let transports =
            Transports { inbox: Some(inbox.clone()), mail: Some(mail.clone()), sms: Some(sms.clone()) };
        let (letter, text) = (fake::mail("1"), fake::sms("2"));
        assert_eq!((transports.deliver(&letter).await, transports.deliver(&text).await), (Ok(()), Ok(())));
        let ids = |carrier: &fake::FakeCarrier| {
            carrier.handed().iter().map(|message| message.id.clone()).collect::<Vec<_>>()
        };
        assert_eq!((ids(&mail), ids(&sms)), (vec!["1".to_owned()], vec!["2".to_owned()]));
        // A second try of the same message is no second message.
        assert_eq!(transports.deliver(&text).await, Ok(()));
        assert_eq!(inbox.messages(&Filter::default()).len(), 2);
    }

    #[tokio::test]
    async fn without_a_carrier_there_is_the_inbox_or_a_refusal() {
        assert_eq!(Transports::inbox(Inbox::new()).deliver(&fake::sms("1")).await, Ok(()));
        let none = Transports::default();
        let first = none.deliver(&fake::sms("1")).await.expect_err("no way");
        assert_eq!(first, DeliveryFault::Permanent("this server has no way to send SMS".into()));
        let waiting = Outgoing { tries: 2, ..fake::mail("1") };
        assert!(matches!(none.deliver(&waiting).await, Err(DeliveryFault::Temporary(_))));
    }
}
