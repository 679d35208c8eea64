//! What errors say about options: the environment variable beside the option, which is all that `clap` names, and no password.

use std::env;

use clap::error::{ContextKind, ContextValue};

/// Returns an option as an error names it: with its environment variable, if its value comes from there.
pub(crate) fn option_name(option: &str) -> String {
    match variable_of(option) {
        Some((variable, _)) => named_with(option, &variable),
        None => option.to_owned(),
    }
}

/// Adds the environment variable to an error about a value that comes from it.
pub(super) fn with_variable(mut error: clap::Error) -> clap::Error {
    let (Some(ContextValue::String(option)), Some(ContextValue::String(value))) =
        (error.get(ContextKind::InvalidArg), error.get(ContextKind::InvalidValue))
    else {
        return error;
    };
    let flag = option.split([' ', '[', '=']).next().unwrap_or_default();
    // A list is split, so that the value is a part of the variable's.
    if let Some((variable, _)) = variable_of(flag).filter(|(_, text)| text.contains(value.as_str())) {
        let option = named_with(option, &variable);
        error.insert(ContextKind::InvalidArg, ContextValue::String(option));
    }
    error
}

/// Takes the password out of an error that shows a URL, since logs and terminals keep what a start prints.
pub(super) fn without_password(mut error: clap::Error) -> clap::Error {
    if let Some(ContextValue::String(value)) = error.get(ContextKind::InvalidValue)
        && let Some((scheme, rest)) = value.split_once("://")
        && let Some((_, host)) = rest.rsplit_once('@')
    {
        let shown = format!("{scheme}://…@{host}");
        error.insert(ContextKind::InvalidValue, ContextValue::String(shown));
    }
    error
}

fn named_with(option: &str, variable: &str) -> String {
    format!("{option} (environment variable {variable})")
}

/// Returns the name and the value of an option's environment variable, or `None` if it is not set, or if the command line has
/// the option, which overrides it.
fn variable_of(flag: &str) -> Option<(String, String)> {
    let name = format!("LIDO_{}", flag.trim_start_matches('-').to_uppercase().replace('-', "_"));
    let value = env::var(&name).ok()?;
    let is_overridden = env::args_os().any(|argument| is_option(&argument.to_string_lossy(), flag));
    (!is_overridden).then_some((name, value))
}

/// Returns whether an argument is the option, with its value or before it.
fn is_option(argument: &str, flag: &str) -> bool {
    argument.strip_prefix(flag).is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
}

#[cfg(test)]
mod tests {
    use super::is_option;

    #[test]
    fn option_whose_name_begins_alike_is_another_one() {
        for argument in ["--store", "--store=memory"] {
            assert!(is_option(argument, "--store"), "{argument}");
        }
        for argument in ["--store-timeout", "--store-timeout=1", "--stor", "store"] {
            assert!(!is_option(argument, "--store"), "{argument}");
        }
    }
}
