//! What the user of a page may ask for in place of an answer to a challenge: another code, or another address for it.
//!
//! *Chosen*: the API has neither, so that an app begins the sign-in anew. On a page a user who got no code would have to type the
//! password again. The session is checked and used up as by an answer, and each message counts toward the limits of
//! second factors ([`Step::limit_messages`]).

use super::{NextAction, PendingChallenge, Step, mfa_setup, second_factor};
use crate::Refusal;

/// A request in place of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChallengeRetry {
    /// Another code of a second factor, or to an address that the user sets up.
    AnotherCode,
    /// Another address to set up.
    AnotherAddress,
}

/// Returns the next action of a session that waits for this challenge.
pub(super) fn next_action<'a>(
    step: &Step<'a>,
    retry: ChallengeRetry,
    pending: &PendingChallenge,
) -> Result<NextAction<'a>, Refusal> {
    match (retry, pending) {
        (ChallengeRetry::AnotherCode, PendingChallenge::MfaCode(sent)) => {
            second_factor::send_again(step, sent)
        }
        (ChallengeRetry::AnotherCode, PendingChallenge::NewContactCode(sent)) => {
            mfa_setup::send_again(step, sent)
        }
        (ChallengeRetry::AnotherAddress, PendingChallenge::NewContactCode(_)) => mfa_setup::ask_again(step),
        _ => Err(Refusal::SessionInvalid),
    }
}

#[cfg(test)]
#[path = "challenge_retry_tests.rs"]
mod tests;
