//! The parser of policy documents: versions, statements and their required elements.
//!
//! A policy that IAM would refuse to store is refused at start-up. So is an unknown element, because a misspelt
//! `Condition` would allow more than intended. *Documented*: the grammar of the IAM JSON policy language.

use super::{
    condition::Condition,
    error::PolicyError,
    json::JsonValue,
    pattern::{Pattern, PatternSyntax, Wildcards},
};

/// A parsed policy.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Policy {
    pub(super) statements: Vec<Statement>,
}

/// The effect of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    Allow,
    Deny,
}

/// A statement of a policy.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Statement {
    pub(super) effect: Effect,
    pub(super) actions: PatternSet,
    pub(super) resources: PatternSet,
    pub(super) conditions: Vec<Condition>,
}

/// The patterns of an element such as `Action` or `NotAction`.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum PatternSet {
    /// A text must match one of these patterns.
    OneOf(Vec<Pattern>),
    /// A text must match none of these patterns.
    NoneOf(Vec<Pattern>),
}

const MEMBERS: &str =
    "a statement has Sid, Effect, Action or NotAction, Resource or NotResource, and Condition";

impl Effect {
    /// Returns whether a pattern with a variable that has no value counts as a match.
    ///
    /// Such a variable must never allow more or deny less. *Documented* is only that the statement may become invalid.
    /// *Chosen*: in an Allow a negated element ("all except …") does not apply then; in a Deny it does.
    pub(super) fn treats_unresolved_as_match(self, is_negated: bool) -> bool {
        is_negated && self == Effect::Allow
    }
}

impl Policy {
    /// Parses a policy document.
    pub(super) fn read(document: &JsonValue) -> Result<Self, PolicyError> {
        let (mut has_variables, mut statements) = (false, None);
        for (name, value) in document.members("the policy")? {
            match name.as_str() {
                "Version" => has_variables = version(value)?,
                "Id" => {
                    value.text("Id")?;
                }
                "Statement" => statements = Some(value.one_or_many()),
                _ => {
                    let what = format!("the policy has a member `{name}`");
                    return Err(PolicyError::new(what, "a policy has Version, Id and Statement"));
                }
            }
        }
        let statements = statements.filter(|statements| !statements.is_empty());
        let statements =
            statements.ok_or_else(|| PolicyError::new("the policy has no Statement", "write one"))?;
        let read = |(index, statement): (usize, &JsonValue)| {
            Statement::read(statement, has_variables)
                .map_err(|error| error.in_statement(index + 1, sid(statement)))
        };
        Ok(Self { statements: statements.iter().enumerate().map(read).collect::<Result<_, _>>()? })
    }
}

/// Returns whether `${…}` is a variable in policies of this version.
///
/// It is not in the older version, 2008-10-17, which is the default if a policy has no version.
fn version(value: &JsonValue) -> Result<bool, PolicyError> {
    match value.text("Version")? {
        "2012-10-17" => Ok(true),
        "2008-10-17" => Ok(false),
        other => Err(PolicyError::new(format!("`{other}` is not a policy version"), "write 2012-10-17")),
    }
}

fn sid(statement: &JsonValue) -> Option<&str> {
    let members = statement.members("a statement").ok()?;
    let (_, sid) = members.iter().find(|(name, _)| name == "Sid")?;
    sid.text("Sid").ok()
}

impl Statement {
    fn read(statement: &JsonValue, has_variables: bool) -> Result<Self, PolicyError> {
        let (mut effect, mut actions, mut resources, mut conditions) =
            (None, Vec::new(), Vec::new(), Vec::new());
        for (name, value) in statement.members("the statement")? {
            match name.as_str() {
                "Sid" => {
                    value.text("Sid")?;
                }
                "Effect" => effect = Some(read_effect(value)?),
                "Action" => actions.push(PatternSet::OneOf(patterns(value, "Action", action)?)),
                "NotAction" => actions.push(PatternSet::NoneOf(patterns(value, "NotAction", action)?)),
                "Resource" => {
                    let read = |text: &str| resource(text, has_variables);
                    resources.push(PatternSet::OneOf(patterns(value, "Resource", read)?));
                }
                "NotResource" => {
                    let read = |text: &str| resource(text, has_variables);
                    resources.push(PatternSet::NoneOf(patterns(value, "NotResource", read)?));
                }
                "Condition" => conditions = read_conditions(value, has_variables)?,
                "Principal" | "NotPrincipal" => {
                    return Err(PolicyError::new(
                        format!("it has a {name}"),
                        "remove it: the policy of a user is about that user",
                    ));
                }
                _ => return Err(PolicyError::new(format!("it has a member `{name}`"), MEMBERS)),
            }
        }
        let effect = effect.ok_or_else(|| PolicyError::new("it has no Effect", "write Allow or Deny"))?;
        Ok(Self {
            effect,
            actions: exactly_one("Action", actions)?,
            resources: exactly_one("Resource", resources)?,
            conditions,
        })
    }
}

/// Returns the only element of a pair such as `Action` and `NotAction`. Refuses both, and neither.
fn exactly_one(name: &str, mut given: Vec<PatternSet>) -> Result<PatternSet, PolicyError> {
    match (given.pop(), given.is_empty()) {
        (Some(one), true) => Ok(one),
        (Some(_), false) => Err(PolicyError::new(
            format!("it has both {name} and Not{name}"),
            "write one of them, or two statements",
        )),
        (None, _) => Err(PolicyError::new(
            format!("it has neither {name} nor Not{name}"),
            format!("write {name}; \"*\" means all"),
        )),
    }
}

fn read_effect(value: &JsonValue) -> Result<Effect, PolicyError> {
    match value.text("Effect")? {
        "Allow" => Ok(Effect::Allow),
        "Deny" => Ok(Effect::Deny),
        other => Err(PolicyError::new(format!("its Effect is `{other}`"), "write Allow or Deny")),
    }
}

fn patterns(
    values: &JsonValue,
    what: &str,
    read: impl Fn(&str) -> Result<Pattern, PolicyError>,
) -> Result<Vec<Pattern>, PolicyError> {
    let patterns = values.one_or_many().iter().map(|value| value.text(what).and_then(&read));
    let patterns: Vec<Pattern> = patterns.collect::<Result<_, _>>()?;
    if patterns.is_empty() {
        Err(PolicyError::new(format!("{what} is empty"), "name at least one"))
    } else {
        Ok(patterns)
    }
}

/// Parses an action: `service:Name` with wildcards in the name, not case-sensitive.
fn action(text: &str) -> Result<Pattern, PolicyError> {
    let is_service = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"*?".contains(&byte);
    let is_good = text == "*"
        || text.split_once(':').is_some_and(|(service, name)| {
            !service.is_empty()
                && service.bytes().all(is_service)
                && !name.is_empty()
                && name.bytes().all(is_name)
        });
    if !is_good {
        return Err(PolicyError::new(
            format!("`{text}` is not an action"),
            "write one like cognito-idp:AdminGetUser or *",
        ));
    }
    let syntax = PatternSyntax { wildcards: Wildcards::Anything, has_variables: false, ignores_case: true };
    Pattern::read(text, syntax)
}

/// Parses a resource: `*`, or an ARN with wildcards and variables, except in the service segment.
fn resource(text: &str, has_variables: bool) -> Result<Pattern, PolicyError> {
    let mut segments = text.split(':');
    let is_arn = segments.next() == Some("arn")
        && segments.next().is_some_and(|partition| !partition.is_empty())
        && segments.next().is_some_and(|service| {
            !service.is_empty() && service.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        })
        // A final `*` stands for the missing segments too.
        && (segments.count() >= 3 || text.ends_with('*'));
    if text != "*" && !is_arn {
        return Err(PolicyError::new(
            format!("`{text}` is not a resource"),
            "write * or an ARN like arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_AbCdEfGhI",
        ));
    }
    Pattern::read(
        text,
        PatternSyntax { wildcards: Wildcards::WithinSegments, has_variables, ignores_case: false },
    )
}

fn read_conditions(value: &JsonValue, has_variables: bool) -> Result<Vec<Condition>, PolicyError> {
    let mut conditions = Vec::new();
    for (operator, keys) in value.members("Condition")? {
        for (key, values) in keys.members(&format!("`{operator}`"))? {
            conditions.push(Condition::read(operator, key, values, has_variables)?);
        }
    }
    Ok(conditions)
}
