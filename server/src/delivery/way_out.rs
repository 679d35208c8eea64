//! Which way a message takes: mail by one carrier, SMS by another, and the inbox of `lido dev` beside both.

use std::sync::Arc;

use async_trait::async_trait;
use lido_domain::contact::ContactKind;

use super::{Deliver, DeliveryFault, Inbox, Outgoing};

/// How messages leave.
#[derive(Clone, Debug, Default)]
pub struct WayOut {
    /// For people and tests to read; with it, a message that has no carrier counts as delivered.
    pub inbox: Option<Inbox>,
    /// Takes mail.
    pub mail: Option<Arc<dyn Deliver>>,
    /// Takes SMS.
    pub sms: Option<Arc<dyn Deliver>>,
}

impl WayOut {
    /// Into an inbox and nowhere else.
    pub fn inbox(inbox: Inbox) -> Self {
        Self { inbox: Some(inbox), ..Self::default() }
    }

    /// By one carrier, whatever it is.
    pub fn carrier(carrier: impl Deliver + 'static) -> Self {
        let carrier: Arc<dyn Deliver> = Arc::new(carrier);
        Self { inbox: None, mail: Some(Arc::clone(&carrier)), sms: Some(carrier) }
    }
}

#[async_trait]
impl Deliver for WayOut {
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
        let way = WayOut { inbox: Some(inbox.clone()), mail: Some(mail.clone()), sms: Some(sms.clone()) };
        let (letter, text) = (fake::mail("1"), fake::sms("2"));
        assert_eq!((way.deliver(&letter).await, way.deliver(&text).await), (Ok(()), Ok(())));
        let ids = |carrier: &fake::FakeCarrier| {
            carrier.handed().iter().map(|message| message.id.clone()).collect::<Vec<_>>()
        };
        assert_eq!((ids(&mail), ids(&sms)), (vec!["1".to_owned()], vec!["2".to_owned()]));
        // A second try of the same message is no second message.
        assert_eq!(way.deliver(&text).await, Ok(()));
        assert_eq!(inbox.messages(&Filter::default()).len(), 2);
    }

    #[tokio::test]
    async fn without_a_carrier_there_is_the_inbox_or_a_refusal() {
        assert_eq!(WayOut::inbox(Inbox::new()).deliver(&fake::sms("1")).await, Ok(()));
        let nowhere = WayOut::default();
        let first = nowhere.deliver(&fake::sms("1")).await.expect_err("no way");
        assert_eq!(first, DeliveryFault::Permanent("this server has no way to send SMS".into()));
        let waiting = Outgoing { tries: 2, ..fake::mail("1") };
        assert!(matches!(nowhere.deliver(&waiting).await, Err(DeliveryFault::Temporary(_))));
    }
}
