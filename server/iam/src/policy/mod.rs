//! The evaluation of IAM policies of a user in the credentials file.
//!
//! `document` parses policies and refuses invalid ones at start-up; `evaluate` makes the decision; `pattern` implements
//! wildcards and variables, `condition` the condition operators, `context` the condition keys of a request. The server
//! supplies the condition keys.
//!
//! This is an implementation of our own because the closest published crate, `iam-rs` 0.8, gives wrong results in cases
//! that matter (tried with fifteen cases like those in `evaluate_tests.rs`). It does not replace variables in
//! conditions, treats a user named `*` as a wildcard and a variable without a value as an empty text, does not support
//! the resource `*` for operations without a pool nor wildcards in `ArnEquals`, and ignores a misspelt `Condition`.

mod condition;
mod context;
mod document;
mod error;
mod evaluate;
mod json;
mod pattern;

#[cfg(test)]
mod document_tests;
#[cfg(test)]
mod evaluate_tests;

use self::document::{PatternSet, Policy, Statement};
pub use self::{context::ContextKeys, error::PolicyError, json::JsonValue};

/// The policies of a user.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Policies(Vec<Policy>);

/// A request for which access is to be decided.
#[derive(Clone, Copy, Debug)]
pub struct AccessRequest<'a> {
    /// The action, such as `cognito-idp:AdminGetUser`.
    pub action: &'a str,
    /// The ARN of the resource, or `*` if the operation has no specific resource.
    pub resource: &'a str,
    /// The condition keys of the request.
    pub context: &'a ContextKeys,
}

/// The decision about a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// A statement allows the request and none denies it.
    Allowed,
    /// A statement denies the request.
    Denied,
    /// No statement applies to the request, so it is not allowed.
    NotAllowed,
}

impl Policies {
    /// Parses policy documents.
    ///
    /// # Errors
    ///
    /// Returns the number of the first invalid document, starting at 1, and the error.
    ///
    /// # Examples
    ///
    /// ```
    /// use lido_iam::policy::{AccessRequest, ContextKeys, Decision, Policies};
    ///
    /// let document = r#"{
    ///     "Version": "2012-10-17",
    ///     "Statement": { "Effect": "Allow", "Action": "cognito-idp:List*", "Resource": "*" }
    /// }"#;
    /// let policies = Policies::read(&[serde_json::from_str(document)?]).expect("valid");
    /// let context = ContextKeys::default();
    /// let request = AccessRequest { action: "cognito-idp:ListUsers", resource: "*", context: &context };
    /// assert_eq!(policies.decide(&request), Decision::Allowed);
    /// let request = AccessRequest { action: "cognito-idp:AdminGetUser", ..request };
    /// assert_eq!(policies.decide(&request), Decision::NotAllowed);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn read(documents: &[JsonValue]) -> Result<Self, (usize, PolicyError)> {
        let read = |(index, document): (usize, &JsonValue)| {
            Policy::read(document).map_err(|error| (index + 1, error))
        };
        Ok(Self(documents.iter().enumerate().map(read).collect::<Result<_, _>>()?))
    }

    /// Returns whether there are no policies, so that nothing is allowed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the decision about `request`.
    pub fn decide(&self, request: &AccessRequest<'_>) -> Decision {
        evaluate::decide(&self.0, request)
    }

    /// Returns whether any policy uses a condition key with this prefix, which is in lower case.
    ///
    /// The server need not determine the values of keys that no policy uses.
    pub fn uses_key_prefix(&self, prefix: &str) -> bool {
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
            PatternSet::OneOf(patterns) | PatternSet::NoneOf(patterns) => patterns,
        };
        let in_resources = resources.iter().flat_map(pattern::Pattern::keys);
        in_resources.chain(self.conditions.iter().flat_map(condition::Condition::keys))
    }
}
