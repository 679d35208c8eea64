//! Authentication events: the history of a user's sign-ins and similar actions, for AdminListUserAuthEvents.
//!
//! A pool records events while its threat protection is AUDIT or ENFORCED (*Documented*: the feature belongs to the
//! Plus plan). No rule depends on the events, and no risk is computed from them.
//!
//! *Chosen*: an event is recorded when an action has ended, so a sign-in that continues with a challenge has no event
//! until it has passed or failed. A confirmation is an event of kind SignUp. For a user that does not exist nothing is
//! recorded.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Change, Timestamp, Verdict, client::Client, id::Sub, pool::Pool};

/// How long an event is stored (*Documented*: two years).
const KEPT_FOR: Duration = Duration::from_secs(2 * 365 * 24 * 60 * 60);

/// The kind of an authentication event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// A sign-in.
    SignIn,
    /// A sign-up or its confirmation.
    SignUp,
    /// A request for a code to reset the password, or a new password set with that code.
    ForgotPassword,
    /// A change of the password, with the old password.
    PasswordChange,
    /// A request for a new confirmation code.
    ResendCode,
}

/// The origin of a request, from the client's UserContextData and from the request itself. It is not verified.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventContext {
    /// The IP address.
    pub ip_address: Option<String>,
    /// The name of the device, from the User-Agent header.
    pub device_name: Option<String>,
    /// The time zone of the device.
    pub timezone: Option<String>,
}

/// A stored authentication event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthEvent {
    /// The id, a UUID.
    pub id: String,
    /// The kind of the event.
    pub kind: EventKind,
    /// Whether the request succeeded.
    pub is_pass: bool,
    /// The origin of the request.
    pub context: EventContext,
    /// When the event was recorded.
    pub at: Timestamp,
}

impl AuthEvent {
    /// Returns the instant from which the event can be removed.
    pub fn ends_at(&self) -> Timestamp {
        self.at.after(KEPT_FOR)
    }
}

/// The authentication event of a request, before the outcome is known.
#[derive(Clone, Debug)]
pub struct AuthEventDraft {
    /// The id of the future event.
    pub id: String,
    /// The kind of the event.
    pub kind: EventKind,
    /// The origin of the request.
    pub context: EventContext,
    /// The IP address in the client's UserContextData, which can replace the address of the request.
    pub propagated_address: Option<String>,
}

impl AuthEventDraft {
    /// Returns the verdict with the event of the user `of` added to its changes.
    ///
    /// The verdict is returned unchanged if the pool does not record events or the user does not exist. The propagated
    /// address is used if the app client may propagate such data, which requires a client secret (*Documented*,
    /// EnablePropagateAdditionalUserContextData).
    pub fn attach<A>(
        &self,
        pool: &Pool,
        client: &Client,
        of: Option<&Sub>,
        mut verdict: Verdict<A>,
        now: Timestamp,
    ) -> Verdict<A> {
        let Some(of) = of.filter(|_| pool.records_events) else { return verdict };
        let mut context = self.context.clone();
        if client.propagates_context && self.propagated_address.is_some() {
            context.ip_address.clone_from(&self.propagated_address);
        }
        let is_pass = verdict.answer.is_ok();
        let event = AuthEvent { id: self.id.clone(), kind: self.kind, is_pass, context, at: now };
        verdict.remember.push(Change::PutAuthEvent { of: of.clone(), event });
        verdict
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Refusal, fixture};

    const NOW: Timestamp = Timestamp::from_millis(7);

    fn attached(
        records: bool,
        propagates: bool,
        sent: Option<&str>,
        of: Option<&Sub>,
        fails: bool,
    ) -> Vec<Change> {
        let pool = Pool { records_events: records, ..fixture::pool() };
        let client = Client { propagates_context: propagates, ..fixture::client() };
        let draft = AuthEventDraft {
            id: "id".to_owned(),
            kind: EventKind::SignUp,
            context: EventContext { ip_address: Some("192.0.2.1".to_owned()), ..EventContext::default() },
            propagated_address: sent.map(str::to_owned),
        };
        let answer = if fails { Err(Refusal::CodeMismatch) } else { Ok(()) };
        let verdict = Verdict { remember: Vec::new(), answer };
        draft.attach(&pool, &client, of, verdict, NOW).remember
    }

    #[test]
    fn event_contains_the_outcome_and_the_address() {
        let ann = Sub::new("ann");
        // (the client may propagate, the address that it sends, the attempt fails, the address in the event)
        let cases = [
            (false, None, false, "192.0.2.1"),
            (false, Some("198.51.100.7"), true, "192.0.2.1"),
            (true, Some("198.51.100.7"), false, "198.51.100.7"),
            (true, None, true, "192.0.2.1"),
        ];
        for (propagates, sent, fails, address) in cases {
            let remembered = attached(true, propagates, sent, Some(&ann), fails);
            let [Change::PutAuthEvent { of, event }] = remembered.as_slice() else {
                panic!("{remembered:?}")
            };
            assert_eq!((of, event.is_pass, event.at), (&ann, !fails, NOW));
            assert_eq!(event.context.ip_address.as_deref(), Some(address));
        }
    }

    #[test]
    fn event_is_not_recorded_without_user_or_without_threat_protection() {
        let ann = Sub::new("ann");
        assert!(attached(false, false, None, Some(&ann), false).is_empty());
        assert!(attached(true, false, None, None, true).is_empty());
    }
}
