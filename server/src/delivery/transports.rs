//! The transports of messages: one for mail, one for SMS, and the inbox of `lido dev`.

use std::sync::Arc;

use async_trait::async_trait;
use lido_domain::attribute::contact::ContactKind;

use super::{DeliveryFault, Inbox, OutgoingMessage, Transport};

/// A transport that delivers each message by the transport of its medium.
#[derive(Clone, Debug, Default)]
pub struct Transports {
    /// The inbox, where developers and tests read messages. With it, a message whose medium has no transport counts as
    /// delivered.
    pub inbox: Option<Inbox>,
    /// The transport of mail.
    pub mail: Option<Arc<dyn Transport>>,
    /// The transport of SMS.
    pub sms: Option<Arc<dyn Transport>>,
}

impl Transports {
    /// Returns transports that deliver to an inbox only.
    pub fn inbox(inbox: Inbox) -> Self {
        Self { inbox: Some(inbox), ..Self::default() }
    }

    /// Returns one transport for mail and SMS, without an inbox.
    pub fn single(transport: impl Transport + 'static) -> Self {
        let transport: Arc<dyn Transport> = Arc::new(transport);
        Self { inbox: None, mail: Some(Arc::clone(&transport)), sms: Some(transport) }
    }
}

#[async_trait]
impl Transport for Transports {
    async fn deliver(&self, message: &OutgoingMessage) -> Result<(), DeliveryFault> {
        if let Some(inbox) = &self.inbox {
            inbox.deliver(message).await?;
        }
        let transport = match message.to.kind {
            ContactKind::Email => &self.mail,
            ContactKind::PhoneNumber => &self.sms,
        };
        match transport {
            Some(transport) => transport.deliver(message).await,
            None if self.inbox.is_some() => Ok(()),
            None => Err(no_transport(message)),
        }
    }
}

/// Returns the fault of a message that this server cannot send.
///
/// *Chosen*: the first attempt is a permanent fault, so that the request fails. A message that waits from an earlier
/// start of the server stays queued: the operator may have forgotten an option.
fn no_transport(message: &OutgoingMessage) -> DeliveryFault {
    let text = format!("this server has no transport for {}", message.to.kind.medium());
    if message.tries > 1 { DeliveryFault::Temporary(text) } else { DeliveryFault::Permanent(text) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::{Filter, fake};

    #[tokio::test]
    async fn message_goes_to_its_medium_and_the_inbox() {
        let (mail, sms) =
            (Arc::new(fake::FakeTransport::default()), Arc::new(fake::FakeTransport::default()));
        let inbox = Inbox::new();
        let transports =
            Transports { inbox: Some(inbox.clone()), mail: Some(mail.clone()), sms: Some(sms.clone()) };
        let (letter, text) = (fake::mail("1"), fake::sms("2"));
        assert_eq!((transports.deliver(&letter).await, transports.deliver(&text).await), (Ok(()), Ok(())));
        let ids = |transport: &fake::FakeTransport| {
            transport.received().iter().map(|message| message.id.clone()).collect::<Vec<_>>()
        };
        assert_eq!((ids(&mail), ids(&sms)), (vec!["1".to_owned()], vec!["2".to_owned()]));
        // A second attempt at the same message adds no second message.
        assert_eq!(transports.deliver(&text).await, Ok(()));
        assert_eq!(inbox.messages(&Filter::default()).len(), 2);
    }

    #[tokio::test]
    async fn missing_transport_is_refused_unless_there_is_an_inbox() {
        assert_eq!(Transports::inbox(Inbox::new()).deliver(&fake::sms("1")).await, Ok(()));
        let none = Transports::default();
        let first = none.deliver(&fake::sms("1")).await.expect_err("refused");
        assert_eq!(first, DeliveryFault::Permanent("this server has no transport for SMS".into()));
        let waiting = OutgoingMessage { tries: 2, ..fake::mail("1") };
        assert!(matches!(none.deliver(&waiting).await, Err(DeliveryFault::Temporary(_))));
    }
}
