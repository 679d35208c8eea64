//! A policy document, read: versions, statements and what each must have.
//!
//! Whatever IAM would refuse to store is refused at start-up, and so is a member that means nothing: a misspelt
//! `Condition` would allow more than was meant. *Documented*: the grammar of the IAM JSON policy language.

use super::{
    condition::Condition,
    fault::Wrong,
    pattern::{Pattern, Reading, Wildcards},
    written::Written,
};

/// A policy.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Policy {
    pub(super) statements: Vec<Statement>,
}

/// What a statement does with the requests that it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    Allow,
    Deny,
}

/// A statement.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Statement {
    pub(super) effect: Effect,
    pub(super) actions: Either,
    pub(super) resources: Either,
    pub(super) conditions: Vec<Condition>,
}

/// One of these, or none of these.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Either {
    OneOf(Vec<Pattern>),
    NoneOf(Vec<Pattern>),
}

const MEMBERS: &str =
    "a statement has Sid, Effect, Action or NotAction, Resource or NotResource, and Condition";

impl Effect {
    /// What a variable that means nothing in this request makes of the comparison that it stands in: never more is
    /// allowed by it, and never less denied. *Documented* is that the statement may become invalid; *Chosen*: in an
    /// Allow "all but …" does not hold then, and in a Deny it does.
    pub(super) fn takes_unresolved(self, is_negated: bool) -> bool {
        is_negated && self == Effect::Allow
    }
}

impl Policy {
    /// Reads a policy document.
    pub(super) fn read(written: &Written) -> Result<Self, Wrong> {
        let (mut has_variables, mut statements) = (false, None);
        for (name, value) in written.members("the policy")? {
            match name.as_str() {
                "Version" => has_variables = version(value)?,
                "Id" => {
                    value.text("Id")?;
                }
                "Statement" => statements = Some(value.one_or_many()),
                _ => {
                    let what = format!("the policy has a member `{name}`");
                    return Err(Wrong::new(what, "a policy has Version, Id and Statement"));
                }
            }
        }
        let statements = statements.filter(|statements| !statements.is_empty());
        let statements =
            statements.ok_or_else(|| Wrong::new("the policy says nothing", "write a Statement"))?;
        let read = |(index, written): (usize, &Written)| {
            Statement::read(written, has_variables)
                .map_err(|wrong| wrong.in_statement(index + 1, sid(written)))
        };
        Ok(Self { statements: statements.iter().enumerate().map(read).collect::<Result<_, _>>()? })
    }
}

/// Whether `${…}` are variables: in the older version they are not, and it is the one of a policy that names none.
fn version(written: &Written) -> Result<bool, Wrong> {
    match written.text("Version")? {
        "2012-10-17" => Ok(true),
        "2008-10-17" => Ok(false),
        other => Err(Wrong::new(format!("`{other}` is no version of policies"), "write 2012-10-17")),
    }
}

fn sid(written: &Written) -> Option<&str> {
    let members = written.members("a statement").ok()?;
    let (_, sid) = members.iter().find(|(name, _)| name == "Sid")?;
    sid.text("Sid").ok()
}

impl Statement {
    fn read(written: &Written, has_variables: bool) -> Result<Self, Wrong> {
        let (mut effect, mut actions, mut resources, mut conditions) =
            (None, Vec::new(), Vec::new(), Vec::new());
        for (name, value) in written.members("the statement")? {
            match name.as_str() {
                "Sid" => {
                    value.text("Sid")?;
                }
                "Effect" => effect = Some(read_effect(value)?),
                "Action" => actions.push(Either::OneOf(patterns(value, "Action", action)?)),
                "NotAction" => actions.push(Either::NoneOf(patterns(value, "NotAction", action)?)),
                "Resource" => {
                    let read = |text: &str| resource(text, has_variables);
                    resources.push(Either::OneOf(patterns(value, "Resource", read)?));
                }
                "NotResource" => {
                    let read = |text: &str| resource(text, has_variables);
                    resources.push(Either::NoneOf(patterns(value, "NotResource", read)?));
                }
                "Condition" => conditions = read_conditions(value, has_variables)?,
                "Principal" | "NotPrincipal" => {
                    return Err(Wrong::new(
                        format!("it has a {name}"),
                        "remove it: the policy of a user is about that user",
                    ));
                }
                _ => return Err(Wrong::new(format!("it has a member `{name}`"), MEMBERS)),
            }
        }
        let effect = effect.ok_or_else(|| Wrong::new("it has no Effect", "write Allow or Deny"))?;
        Ok(Self {
            effect,
            actions: only("Action", actions)?,
            resources: only("Resource", resources)?,
            conditions,
        })
    }
}

/// Exactly one of what may be said plainly or with Not.
fn only(name: &str, mut given: Vec<Either>) -> Result<Either, Wrong> {
    match (given.pop(), given.is_empty()) {
        (Some(one), true) => Ok(one),
        (Some(_), false) => Err(Wrong::new(
            format!("it has both {name} and Not{name}"),
            "write one of them, or two statements",
        )),
        (None, _) => Err(Wrong::new(
            format!("it has neither {name} nor Not{name}"),
            format!("write {name}; \"*\" is all"),
        )),
    }
}

fn read_effect(written: &Written) -> Result<Effect, Wrong> {
    match written.text("Effect")? {
        "Allow" => Ok(Effect::Allow),
        "Deny" => Ok(Effect::Deny),
        other => Err(Wrong::new(format!("its Effect is `{other}`"), "write Allow or Deny")),
    }
}

fn patterns(
    written: &Written,
    what: &str,
    read: impl Fn(&str) -> Result<Pattern, Wrong>,
) -> Result<Vec<Pattern>, Wrong> {
    let patterns = written.one_or_many().iter().map(|value| value.text(what).and_then(&read));
    let patterns: Vec<Pattern> = patterns.collect::<Result<_, _>>()?;
    if patterns.is_empty() {
        Err(Wrong::new(format!("{what} is empty"), "name at least one"))
    } else {
        Ok(patterns)
    }
}

/// An action: `service:Name`, in upper or lower case, with wildcards.
fn action(text: &str) -> Result<Pattern, Wrong> {
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
        return Err(Wrong::new(
            format!("`{text}` is no action"),
            "write one like cognito-idp:AdminGetUser or *",
        ));
    }
    let reading = Reading { wildcards: Wildcards::Anything, has_variables: false, ignores_case: true };
    Pattern::read(text, reading)
}

/// A resource: `*` or an ARN, with wildcards and variables, but none where the service stands.
fn resource(text: &str, has_variables: bool) -> Result<Pattern, Wrong> {
    let mut segments = text.split(':');
    let is_arn = segments.next() == Some("arn")
        && segments.next().is_some_and(|partition| !partition.is_empty())
        && segments.next().is_some_and(|service| {
            !service.is_empty() && service.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        })
        // Whatever is missing at the end is meant by a `*`.
        && (segments.count() >= 3 || text.ends_with('*'));
    if text != "*" && !is_arn {
        return Err(Wrong::new(
            format!("`{text}` is no resource"),
            "write * or an ARN like arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_AbCdEfGhI",
        ));
    }
    Pattern::read(text, Reading { wildcards: Wildcards::WithinSegments, has_variables, ignores_case: false })
}

fn read_conditions(written: &Written, has_variables: bool) -> Result<Vec<Condition>, Wrong> {
    let mut conditions = Vec::new();
    for (operator, keys) in written.members("Condition")? {
        for (key, values) in keys.members(&format!("`{operator}`"))? {
            conditions.push(Condition::read(operator, key, values, has_variables)?);
        }
    }
    Ok(conditions)
}
