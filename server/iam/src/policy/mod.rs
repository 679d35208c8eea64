//! IAM policies: what a user of the credentials file may do.
//!
//! `document` reads policies and refuses at start-up what cannot be meant, `evaluate` decides by them; `pattern` knows
//! wildcards and variables, `condition` the operators, `facts` what a request says of itself. Which facts a request has
//! is not known here: the server says them.
//!
//! Why this is our own: of the published evaluators `iam-rs` 0.8 is the nearest, and it fails cases that matter (tried
//! on fifteen such as stand in `evaluate_tests.rs`). It fills in no variables in conditions, takes a user who is called
//! `*` for a wildcard and a variable without a value for an empty text, has no resource `*` for operations above pools
//! and no wildcards in `ArnEquals`, and passes over a misspelt `Condition`.

mod condition;
mod document;
mod evaluate;
mod facts;
mod fault;
mod pattern;
mod written;

#[cfg(test)]
mod document_tests;
#[cfg(test)]
mod evaluate_tests;

use self::document::{Either, Policy, Statement};
pub use self::{facts::Facts, fault::Wrong, written::Written};

/// The policies of a user.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Policies(Vec<Policy>);

/// What somebody wants to do.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// Such as `cognito-idp:AdminGetUser`.
    pub action: &'a str,
    /// An ARN, or `*` where the operation is about none in particular.
    pub resource: &'a str,
    /// What conditions may look at.
    pub facts: &'a Facts,
}

/// The answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// A statement allows it and none denies it.
    Allowed,
    /// A statement denies it.
    Denied,
    /// No statement is about it.
    NotAllowed,
}

impl Policies {
    /// Reads policy documents.
    ///
    /// # Errors
    /// Which of the documents is wrong, from 1, and what is.
    pub fn read(written: &[Written]) -> Result<Self, (usize, Wrong)> {
        let read =
            |(index, document): (usize, &Written)| Policy::read(document).map_err(|wrong| (index + 1, wrong));
        Ok(Self(written.iter().enumerate().map(read).collect::<Result<_, _>>()?))
    }

    /// Whether there are none, so that nothing is allowed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What they say to `question`.
    pub fn decide(&self, question: &Question<'_>) -> Decision {
        evaluate::decide(&self.0, question)
    }

    /// Whether any of them looks at a key that begins so, in lower case. What nobody looks at need not be found out.
    pub fn look_at(&self, prefix: &str) -> bool {
        self.0
            .iter()
            .flat_map(|policy| &policy.statements)
            .flat_map(Statement::keys)
            .any(|key| key.starts_with(prefix))
    }
}

impl Statement {
    fn keys(&self) -> impl Iterator<Item = &str> {
        let resources = match &self.resources {
            Either::OneOf(patterns) | Either::NoneOf(patterns) => patterns,
        };
        let in_resources = resources.iter().flat_map(pattern::Pattern::keys);
        in_resources.chain(self.conditions.iter().flat_map(condition::Condition::keys))
    }
}
