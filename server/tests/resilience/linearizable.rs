//! Whether a history is linearizable: whether the requests could have been carried out one after the other, each between
//! its sending and its answer, so that the rules explain every answer.
//!
//! The search is that of Wing and Gong, with Lowe's memory of the configurations that led nowhere.

use std::collections::HashSet;

use crate::{
    history::Event,
    model::{Outcome, State},
};

/// The most requests of one history.
pub(crate) const MOST_EVENTS: usize = 128;

/// Checks a history.
///
/// # Errors
/// Returns the longest sequence of requests that the rules explain, and those that nothing explains, as text.
pub(crate) fn check(events: &[Event]) -> Result<(), String> {
    assert!(events.len() <= MOST_EVENTS, "{} requests", events.len());
    let mut search = Search { events, dead: HashSet::new(), path: Vec::new(), longest: Vec::new() };
    if search.explain(0, &State::default()) {
        return Ok(());
    }
    let line = |index: &usize| {
        let Event { call, outcome, sent_at, answered_at, server } = &events[*index];
        format!("  {sent_at:>12.6?} … {answered_at:>12.6?} at {server}: {call:?} -> {outcome:?}\n")
    };
    let explained: String = search.longest.iter().map(line).collect();
    let rest: String =
        (0..events.len()).filter(|index| !search.longest.contains(index)).map(|index| line(&index)).collect();
    Err(format!("explained:\n{explained}not explained:\n{rest}"))
}

struct Search<'a> {
    events: &'a [Event],
    /// What was taken, and the state after it, from where no order explains the rest.
    dead: HashSet<(u128, State)>,
    path: Vec<usize>,
    longest: Vec<usize>,
}

impl Search<'_> {
    /// Returns whether some order of the requests that are not in `taken` explains their answers.
    fn explain(&mut self, taken: u128, state: &State) -> bool {
        let is_open = |index: &usize| taken & (1 << index) == 0;
        let open = || (0..self.events.len()).filter(is_open);
        // What has no answer need not have been carried out.
        if open().all(|index| self.events[index].outcome == Outcome::Unknown) {
            return true;
        }
        if self.path.len() > self.longest.len() {
            self.longest.clone_from(&self.path);
        }
        if self.dead.contains(&(taken, state.clone())) {
            return false;
        }
        // No request comes before one that was answered before it was sent.
        let first_answer = open().filter_map(|index| self.events[index].answered_at).min();
        let candidates: Vec<usize> = open()
            .filter(|index| first_answer.is_none_or(|answer| self.events[*index].sent_at <= answer))
            .collect();
        for index in candidates {
            let event = &self.events[index];
            let is_unknown = event.outcome == Outcome::Unknown;
            // One without an answer that would change nothing might as well be left out.
            if let Some(next) =
                state.after(event.call, &event.outcome).filter(|next| !is_unknown || next != state)
            {
                self.path.push(index);
                if self.explain(taken | 1 << index, &next) {
                    return true;
                }
                self.path.pop();
            }
        }
        self.dead.insert((taken, state.clone()));
        false
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::model::{Call, Shown};

    /// Returns the request `call` that took from `sent_at` to `answered_at` ms.
    fn event(call: Call, outcome: Outcome, sent_at: u64, answered_at: u64) -> Event {
        let answered = (outcome != Outcome::Unknown).then_some(Duration::from_millis(answered_at));
        Event { call, outcome, sent_at: Duration::from_millis(sent_at), answered_at: answered, server: 0 }
    }

    fn refused(error: &str) -> Outcome {
        Outcome::Refused(error.to_owned())
    }

    fn signed_up() -> Event {
        event(Call::SignUp(0), Outcome::Success, 0, 1)
    }

    #[test]
    fn two_successes_of_one_confirmation_are_found() {
        let twice = [
            signed_up(),
            event(Call::ConfirmSignUp(0), Outcome::Success, 2, 5),
            event(Call::ConfirmSignUp(0), Outcome::Success, 3, 6),
        ];
        check(&twice).expect_err("both succeeded");
        let once = [
            twice[0].clone(),
            twice[1].clone(),
            event(Call::ConfirmSignUp(0), refused("NotAuthorizedException"), 3, 4),
        ];
        check(&once).expect("the refused one was carried out last");
    }

    #[test]
    fn two_holders_of_one_alias_are_found() {
        let both = [
            signed_up(),
            event(Call::SignUp(1), Outcome::Success, 0, 1),
            event(Call::ConfirmSignUp(0), Outcome::Success, 2, 5),
            event(Call::ConfirmSignUp(1), Outcome::Success, 2, 5),
        ];
        check(&both).expect_err("both hold it");
    }

    #[test]
    fn lost_write_is_found_and_write_without_answer_is_allowed() {
        let read = |status: &str, from| {
            let shown = Shown {
                status: status.to_owned(),
                is_enabled: true,
                is_email_verified: status == "CONFIRMED",
            };
            event(Call::AdminGetUser(0), Outcome::User(shown), from, from + 1)
        };
        let confirmed = event(Call::ConfirmSignUp(0), Outcome::Success, 2, 3);
        check(&[signed_up(), confirmed.clone(), read("CONFIRMED", 4)]).expect("it is there");
        check(&[signed_up(), confirmed, read("UNCONFIRMED", 4)]).expect_err("it is lost");
        let without_answer = event(Call::ConfirmSignUp(0), Outcome::Unknown, 2, 0);
        check(&[signed_up(), without_answer.clone(), read("UNCONFIRMED", 4), read("CONFIRMED", 6)])
            .expect("it came about late");
        check(&[signed_up(), without_answer, read("CONFIRMED", 4), read("UNCONFIRMED", 6)])
            .expect_err("it was undone");
    }

    #[test]
    fn second_use_of_a_refresh_token_is_found() {
        let start = [
            signed_up(),
            event(Call::ConfirmSignUp(0), Outcome::Success, 2, 3),
            event(Call::InitiateAuth(0), Outcome::Tokens(1), 4, 5),
            event(Call::GetTokensFromRefreshToken(1), Outcome::Tokens(2), 6, 9),
        ];
        let with = |second| [&start[..], &[second]].concat();
        check(&with(event(Call::GetTokensFromRefreshToken(1), Outcome::Tokens(3), 7, 8)))
            .expect_err("both succeeded");
        check(&with(event(Call::GetTokensFromRefreshToken(1), refused("NotAuthorizedException"), 7, 8)))
            .expect("one succeeded");
    }
}
