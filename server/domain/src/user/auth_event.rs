//! The record of what users did: authentication events.
//!
//! A pool keeps one while it has threat protection, in audit or in full (*Documented*: the record belongs to the Plus
//! plan). Here nothing is decided by it, and no risk is found: it is what administrators read in
//! AdminListUserAuthEvents.
//!
//! *Chosen*: an event is the end of something, so a sign-in that goes on with a challenge leaves none until it has
//! passed or failed; a confirmation is told as an event of the sign-up; and what somebody did who does not exist is
//! told of nobody.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Change, Timestamp, Verdict, client::Client, id::Sub, pool::Pool};

/// How long an event is kept (*Documented*: two years).
const KEPT_FOR: Duration = Duration::from_secs(2 * 365 * 24 * 60 * 60);

/// What a user did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// Signed in.
    SignIn,
    /// Signed up, or confirmed that.
    SignUp,
    /// Forgot the password, or set another by a code.
    ForgotPassword,
    /// Changed the password, knowing it.
    PasswordChange,
    /// Asked for another code.
    ResendCode,
}

/// Where from: what the client's UserContextData and the request itself tell. Nobody vouches for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventContext {
    /// The address.
    pub ip_address: Option<String>,
    /// The device, as its User-Agent describes it.
    pub device_name: Option<String>,
    /// The time zone of the device.
    pub timezone: Option<String>,
}

/// An event, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthEvent {
    /// Its id, a UUID.
    pub id: String,
    /// What was done.
    pub kind: EventKind,
    /// Whether it was granted.
    pub is_pass: bool,
    /// Where from.
    pub context: EventContext,
    /// When.
    pub at: Timestamp,
}

impl AuthEvent {
    /// When it is forgotten.
    pub fn ends_at(&self) -> Timestamp {
        self.at.after(KEPT_FOR)
    }
}

/// The authentication event of a request, before the outcome is known.
#[derive(Clone, Debug)]
pub struct AuthEventDraft {
    /// The id that the event will have.
    pub id: String,
    /// What the request does.
    pub kind: EventKind,
    /// Where the request came from.
    pub context: EventContext,
    /// The address that the client names in place of the request's own.
    pub propagated_address: Option<String>,
}

impl AuthEventDraft {
    /// Adds the event about the user `of` to the verdict, in a pool that records events.
    ///
    /// The address that the client names counts where the app client may propagate such data, which only one with a
    /// secret can (*Documented*, EnablePropagateAdditionalUserContextData).
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
    fn an_event_tells_the_outcome_and_the_address() {
        let ann = Sub::new("ann");
        // (the client may propagate, the address that it tells, the attempt fails, the address that is kept)
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
    fn no_event_of_nobody_and_none_without_a_record() {
        let ann = Sub::new("ann");
        assert!(attached(false, false, None, Some(&ann), false).is_empty());
        assert!(attached(true, false, None, None, true).is_empty());
    }
}
