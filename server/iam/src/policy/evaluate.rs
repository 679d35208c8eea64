//! What the policies of a user say to a request.
//!
//! *Documented*: "How IAM policies are evaluated" for one account with identity-based policies only. A Deny wins over
//! every Allow, and what nothing allows is not allowed.

use super::{
    Decision, Question,
    document::{Effect, Either, Policy, Statement},
    facts::Facts,
    pattern::Pattern,
};

/// What `policies` say to `question`.
pub(super) fn decide(policies: &[Policy], question: &Question<'_>) -> Decision {
    let statements = || policies.iter().flat_map(|policy| &policy.statements);
    let applies = |effect: Effect| {
        statements()
            .filter(|statement| statement.effect == effect)
            .any(|statement| statement.is_about(question))
    };
    if applies(Effect::Deny) {
        Decision::Denied
    } else if applies(Effect::Allow) {
        Decision::Allowed
    } else {
        Decision::NotAllowed
    }
}

impl Statement {
    fn is_about(&self, question: &Question<'_>) -> bool {
        let Question { action, resource, facts } = question;
        self.actions.hold(action, facts, self.effect)
            && self.resources.hold(resource, facts, self.effect)
            && self.conditions.iter().all(|condition| condition.holds(facts, self.effect))
    }
}

impl Either {
    fn hold(&self, text: &str, facts: &Facts, effect: Effect) -> bool {
        let (patterns, is_negated) = match self {
            Either::OneOf(patterns) => (patterns, false),
            Either::NoneOf(patterns) => (patterns, true),
        };
        let is_unresolved_good = effect.takes_unresolved(is_negated);
        let is_for = |pattern: &Pattern| pattern.is_for(text, facts).unwrap_or(is_unresolved_good);
        patterns.iter().any(is_for) != is_negated
    }
}
