//! Faults on demand, in `lido dev` only: how an app behaves when the service throttles, fails, is slow, or loses a message.
//!
//! `console` sets them at `/_lido/faults`. `api` asks for each admitted request of an operation what goes wrong with it,
//! before the input is read; `oauth` asks for each request of an endpoint. While there are none, that costs one load of a number.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use lido_runtime::ErrorKind as _;

use crate::{operations::Operation, wire::error::ErrorKind};

/// The most faults at once. A fault that is used up gives way to a new one.
const MAX_FAULTS: usize = 100;

/// The longest delay of one request.
pub const MAX_DELAY: Duration = Duration::from_secs(60);

/// The faults of a process. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Faults(Arc<FaultState>);

#[derive(Debug, Default)]
struct FaultState {
    /// How many faults can still strike.
    armed: AtomicUsize,
    faults: Mutex<FaultList>,
}

#[derive(Debug, Default)]
struct FaultList {
    last_id: u64,
    faults: VecDeque<Fault>,
}

/// A fault that was set.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// Its number.
    pub id: u64,
    /// What it does.
    pub rule: FaultRule,
    /// The requests that it still strikes; `None` without a limit.
    pub remaining: Option<u64>,
    /// The requests that it has struck.
    pub hits: u64,
}

/// What a fault does to which requests.
#[derive(Clone, Debug, PartialEq)]
pub struct FaultRule {
    /// The operation; `None` for all.
    pub operation: Option<Operation>,
    /// The effect.
    pub effect: FaultEffect,
    /// How long the request is held up, beside its effect.
    pub delay: Duration,
    /// The part of the requests that it strikes: from 0 to 1.
    pub probability: f64,
}

/// The effect of a fault.
#[derive(Clone, Debug, PartialEq)]
pub enum FaultEffect {
    /// The request fails as beyond its rate.
    Throttle,
    /// The request fails with this error and message.
    Error(ErrorKind, String),
    /// The request is only held up.
    Delay,
    /// The request succeeds, and its messages are lost.
    LoseMessages,
}

/// What goes wrong with one request.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Strike {
    pub(crate) delay: Duration,
    pub(crate) failure: Option<StrikeFailure>,
    pub(crate) loses_messages: bool,
}

/// The error of one request.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum StrikeFailure {
    Throttle,
    Error(ErrorKind, String),
}

/// There are as many faults as there can be, and none is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooManyFaults;

impl FaultRule {
    /// Returns whether it may strike a request: of an operation, or with `None` of an OAuth endpoint. An error strikes
    /// operations that declare it, and internal errors all.
    fn concerns(&self, operation: Option<Operation>) -> bool {
        let declares = match &self.effect {
            FaultEffect::Error(kind, _) => {
                is_internal(*kind) || operation.is_some_and(|operation| operation.declares(*kind))
            }
            _ => true,
        };
        declares && self.operation.is_none_or(|only| Some(only) == operation)
    }
}

/// Returns whether an error is the server's and not the request's.
pub(crate) fn is_internal(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::InternalErrorException | ErrorKind::InternalServerException)
}

/// Returns the kind of error with a name, or `None` if the API has none.
pub fn find_error(name: &str) -> Option<ErrorKind> {
    ErrorKind::ALL.iter().copied().find(|kind| kind.name() == name)
}

/// Returns the operation with a name, or `None` if the API has none.
pub fn find_operation(name: &str) -> Option<Operation> {
    use lido_runtime::Operation as _;
    Operation::ALL.iter().copied().find(|operation| operation.name() == name)
}

impl Fault {
    fn is_armed(&self) -> bool {
        self.remaining != Some(0)
    }
}

impl Faults {
    /// Sets a fault, which strikes `count` requests, or all without a count.
    ///
    /// # Errors
    /// There are too many.
    pub fn add(&self, rule: FaultRule, count: Option<u64>) -> Result<Fault, TooManyFaults> {
        let mut list = self.list();
        if list.faults.len() >= MAX_FAULTS {
            let used_up = list.faults.iter().position(|fault| !fault.is_armed()).ok_or(TooManyFaults)?;
            list.faults.remove(used_up);
        }
        list.last_id += 1;
        let fault = Fault { id: list.last_id, rule, remaining: count, hits: 0 };
        list.faults.push_back(fault.clone());
        self.count_armed(&list);
        Ok(fault)
    }

    /// Returns all faults, also those that are used up, the oldest first.
    pub fn all(&self) -> Vec<Fault> {
        self.list().faults.iter().cloned().collect()
    }

    /// Removes the fault with a number. Returns whether there was one.
    pub fn remove(&self, id: u64) -> bool {
        let mut list = self.list();
        let before = list.faults.len();
        list.faults.retain(|fault| fault.id != id);
        self.count_armed(&list);
        list.faults.len() < before
    }

    /// Removes all faults, and returns their number.
    pub fn clear(&self) -> usize {
        let mut list = self.list();
        let count = list.faults.len();
        list.faults.clear();
        self.count_armed(&list);
        count
    }

    /// Returns what goes wrong with a request of an operation, or with `None` of an OAuth endpoint. Each fault that concerns it draws a number below 1 from `random`; after the
    /// first error the others do not strike.
    pub(crate) fn strike(&self, operation: Option<Operation>, mut random: impl FnMut() -> f64) -> Strike {
        let mut strike = Strike::default();
        if self.0.armed.load(Ordering::Relaxed) == 0 {
            return strike;
        }
        let mut list = self.list();
        for fault in &mut list.faults {
            let is_struck = fault.is_armed()
                && fault.rule.concerns(operation)
                && (fault.rule.probability >= 1.0 || random() < fault.rule.probability);
            if !is_struck {
                continue;
            }
            fault.hits += 1;
            fault.remaining = fault.remaining.map(|remaining| remaining.saturating_sub(1));
            strike.delay = strike.delay.saturating_add(fault.rule.delay).min(MAX_DELAY);
            match &fault.rule.effect {
                FaultEffect::Throttle => strike.failure = Some(StrikeFailure::Throttle),
                FaultEffect::Error(kind, message) => {
                    strike.failure = Some(StrikeFailure::Error(*kind, message.clone()));
                }
                FaultEffect::LoseMessages => strike.loses_messages = true,
                FaultEffect::Delay => {}
            }
            if strike.failure.is_some() {
                break;
            }
        }
        self.count_armed(&list);
        strike
    }

    fn count_armed(&self, list: &FaultList) {
        let armed = list.faults.iter().filter(|fault| fault.is_armed()).count();
        self.0.armed.store(armed, Ordering::Relaxed);
    }

    fn list(&self) -> MutexGuard<'_, FaultList> {
        self.0.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use lido_runtime::Operation as _;

    use super::*;

    fn rule(operation: Option<Operation>, effect: FaultEffect) -> FaultRule {
        FaultRule { operation, effect, delay: Duration::ZERO, probability: 1.0 }
    }

    fn error(kind: ErrorKind) -> FaultEffect {
        FaultEffect::Error(kind, "on demand".to_owned())
    }

    #[test]
    fn fault_strikes_its_operation_as_often_as_it_says() {
        let faults = Faults::default();
        faults.add(rule(Some(Operation::SignUp), FaultEffect::Throttle), Some(2)).expect("added");
        let failure = |operation| faults.strike(Some(operation), || 0.0).failure;
        assert_eq!(failure(Operation::InitiateAuth), None);
        for expected in [Some(StrikeFailure::Throttle), Some(StrikeFailure::Throttle), None] {
            assert_eq!(failure(Operation::SignUp), expected);
        }
        let [fault] = faults.all().try_into().expect("one");
        assert_eq!((fault.hits, fault.remaining), (2, Some(0)));
        assert!(faults.remove(fault.id) && !faults.remove(fault.id));
    }

    #[test]
    fn error_strikes_operations_that_declare_it_and_internal_errors_all() {
        let faults = Faults::default();
        faults.add(rule(None, error(ErrorKind::CodeMismatchException)), None).expect("added");
        for (operation, is_struck) in [(Operation::ConfirmSignUp, true), (Operation::ListUserPools, false)] {
            assert_eq!(faults.strike(Some(operation), || 0.0).failure.is_some(), is_struck, "{operation:?}");
        }
        assert_eq!(faults.clear(), 1);
        faults.add(rule(None, error(ErrorKind::InternalErrorException)), None).expect("added");
        for operation in Operation::ALL {
            assert!(faults.strike(Some(*operation), || 0.0).failure.is_some(), "{operation:?}");
        }
    }

    #[test]
    fn endpoint_is_struck_by_faults_of_everything_only() {
        let throttle = FaultEffect::Throttle;
        for (rule, is_struck) in [
            (rule(None, throttle.clone()), true),
            (rule(Some(Operation::InitiateAuth), throttle), false),
            (rule(None, error(ErrorKind::InternalErrorException)), true),
            (rule(None, error(ErrorKind::CodeMismatchException)), false),
        ] {
            let faults = Faults::default();
            faults.add(rule.clone(), None).expect("added");
            assert_eq!(faults.strike(None, || 0.0).failure.is_some(), is_struck, "{rule:?}");
        }
    }

    #[test]
    fn probability_is_compared_with_a_random_number() {
        let faults = Faults::default();
        let half = FaultRule { probability: 0.5, ..rule(None, FaultEffect::LoseMessages) };
        faults.add(half, None).expect("added");
        for (random, is_struck) in [(0.0, true), (0.49, true), (0.5, false), (0.99, false)] {
            assert_eq!(
                faults.strike(Some(Operation::SignUp), || random).loses_messages,
                is_struck,
                "{random}"
            );
        }
    }

    #[test]
    fn delays_add_up_to_a_bound_and_an_error_ends_the_search() {
        let faults = Faults::default();
        let slow = FaultRule { delay: Duration::from_secs(40), ..rule(None, FaultEffect::Delay) };
        faults.add(slow.clone(), None).expect("added");
        faults.add(FaultRule { effect: FaultEffect::Throttle, ..slow.clone() }, None).expect("added");
        faults.add(FaultRule { effect: FaultEffect::LoseMessages, ..slow }, None).expect("added");
        let strike = faults.strike(Some(Operation::SignUp), || 0.0);
        assert_eq!(strike.delay, MAX_DELAY);
        assert_eq!((strike.failure, strike.loses_messages), (Some(StrikeFailure::Throttle), false));
        let hits: Vec<u64> = faults.all().iter().map(|fault| fault.hits).collect();
        assert_eq!(hits, [1, 1, 0]);
    }

    #[test]
    fn number_of_faults_is_limited() {
        let faults = Faults::default();
        for _ in 0..MAX_FAULTS {
            faults.add(rule(None, FaultEffect::Throttle), Some(1)).expect("room");
        }
        assert_eq!(faults.add(rule(None, FaultEffect::Throttle), None), Err(TooManyFaults));
        faults.strike(Some(Operation::SignUp), || 0.0);
        let added = faults.add(rule(None, FaultEffect::Throttle), None).expect("one is used up");
        assert_eq!((added.id, faults.all().len()), (101, MAX_FAULTS));
    }

    #[test]
    fn names_are_those_of_the_model() {
        assert_eq!(find_error("CodeMismatchException"), Some(ErrorKind::CodeMismatchException));
        assert_eq!(find_error("codeMismatchException"), None);
        assert_eq!(find_operation("SignUp"), Some(Operation::SignUp));
        assert_eq!(find_operation("signUp"), None);
    }
}
