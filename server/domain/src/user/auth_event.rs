//! Authentication events: the history of a user's sign-ins and similar actions, for AdminListUserAuthEvents.
//!
//! A pool records events while its threat protection is AUDIT or ENFORCED (*Documented*: the feature belongs to the
//! Plus plan). No rule depends on the events, and no risk is computed from them.
//!
//! *Chosen*: an event is recorded when an action has ended, so a sign-in that continues with a challenge has no event
//! until it has passed or failed. A confirmation is an event of kind SignUp. For a user that does not exist an event is
//! recorded only where the app client hides users, under a simulated sub, and it is removed soon: no operation returns it,
//! but recording it is the same work as for a user.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Change, Timestamp, Verdict, client::Client, id::Sub, pool::Pool};

/// How long an event is stored (*Documented*: two years).
const KEPT_FOR: Duration = Duration::from_secs(2 * 365 * 24 * 60 * 60);

/// How long an event of a simulated user is stored (*Chosen*: no operation returns it, and a stranger can cause any number).
const SIMULATED_KEPT_FOR: Duration = Duration::from_secs(60 * 60);

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
    /// Whether its user is simulated.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_simulated: bool,
}

/// The user whose history an event belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventOwner {
    /// A user.
    User(Sub),
    /// The simulated user of a name that leads to no user.
    Simulated(Sub),
}

impl AuthEvent {
    /// Returns the instant from which the event can be removed.
    pub fn ends_at(&self) -> Timestamp {
        self.at.after(if self.is_simulated { SIMULATED_KEPT_FOR } else { KEPT_FOR })
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
    /// Returns the verdict with the event of `owner` added to its changes.
    ///
    /// The verdict is returned unchanged if the pool does not record events or there is no owner. The propagated
    /// address is used if the app client may propagate such data, which requires a client secret (*Documented*,
    /// EnablePropagateAdditionalUserContextData).
    pub fn attach<A>(
        &self,
        pool: &Pool,
        client: &Client,
        owner: Option<&EventOwner>,
        mut verdict: Verdict<A>,
        now: Timestamp,
    ) -> Verdict<A> {
        let (of, is_simulated) = match owner.filter(|_| pool.records_events) {
            Some(EventOwner::User(sub)) => (sub.clone(), false),
            Some(EventOwner::Simulated(sub)) => (sub.clone(), true),
            None => return verdict,
        };
        let mut context = self.context.clone();
        if client.propagates_context && self.propagated_address.is_some() {
            context.ip_address.clone_from(&self.propagated_address);
        }
        let is_pass = verdict.answer.is_ok();
        let event =
            AuthEvent { id: self.id.clone(), kind: self.kind, is_pass, context, at: now, is_simulated };
        verdict.remember.push(Change::PutAuthEvent { of, event });
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
        owner: Option<&EventOwner>,
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
        draft.attach(&pool, &client, owner, verdict, NOW).remember
    }

    #[test]
    fn event_contains_the_outcome_and_the_address() {
        let (sub, ann) = (Sub::new("ann"), EventOwner::User(Sub::new("ann")));
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
            assert_eq!((of, event.is_pass, event.at), (&sub, !fails, NOW));
            assert_eq!(event.ends_at(), NOW.after(KEPT_FOR));
            assert_eq!(event.context.ip_address.as_deref(), Some(address));
        }
    }

    #[test]
    fn event_is_not_recorded_without_owner_or_without_threat_protection() {
        let ann = EventOwner::User(Sub::new("ann"));
        assert!(attached(false, false, None, Some(&ann), false).is_empty());
        assert!(attached(true, false, None, None, true).is_empty());
    }

    #[test]
    fn event_of_simulated_user_is_removed_after_an_hour() {
        let simulated = EventOwner::Simulated(Sub::new("simulated"));
        let remembered = attached(true, false, None, Some(&simulated), true);
        let [Change::PutAuthEvent { of, event }] = remembered.as_slice() else { panic!("{remembered:?}") };
        assert_eq!((of, event.ends_at()), (&Sub::new("simulated"), NOW.after(Duration::from_secs(3_600))));
    }
}
