//! The decision about a request by the policies of a user.
//!
//! *Documented*: "How IAM policies are evaluated", for one account with identity-based policies only. A Deny overrides
//! every Allow, and a request that no statement allows is not allowed.

use super::{
    AccessRequest, Decision,
    context::ContextKeys,
    document::{Effect, PatternSet, Policy, Statement},
    pattern::Pattern,
};

/// Returns the decision of `policies` about `request`.
pub(super) fn decide(policies: &[Policy], request: &AccessRequest<'_>) -> Decision {
    let statements = || policies.iter().flat_map(|policy| &policy.statements);
    let applies = |effect: Effect| {
        statements()
            .filter(|statement| statement.effect == effect)
            .any(|statement| statement.applies_to(request))
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
    fn applies_to(&self, request: &AccessRequest<'_>) -> bool {
        let AccessRequest { action, resource, context } = request;
        self.actions.contains(action, context, self.effect)
            && self.resources.contains(resource, context, self.effect)
            && self.conditions.iter().all(|condition| condition.holds(context, self.effect))
    }
}

impl PatternSet {
    fn contains(&self, text: &str, context: &ContextKeys, effect: Effect) -> bool {
        let (patterns, is_negated) = match self {
            PatternSet::OneOf(patterns) => (patterns, false),
            PatternSet::NoneOf(patterns) => (patterns, true),
        };
        let unresolved_matches = effect.treats_unresolved_as_match(is_negated);
        let is_match = |pattern: &Pattern| pattern.matches(text, context).unwrap_or(unresolved_matches);
        patterns.iter().any(is_match) != is_negated
    }
}
