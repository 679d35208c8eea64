//! `lido doctor`: tries everything that `lido serve` with the same configuration would use, and says what is wrong
//! and how to mend it.
//!
//! It changes nothing: no file is made, no table migrated, no message sent. Each check is independent of the others
//! where it can be. [`files`] checks what is on this machine, [`store`] the store with its keys and its clock,
//! [`network`] what is reached by address.

mod files;
mod network;
mod store;

use std::io::{self, IsTerminal as _, Write as _};

use serde::Serialize;

use crate::{
    cli::{DoctorArguments, ServeArguments, logging},
    config::{Config, LogFilter, LogFormat},
};

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    /// It is as it should be.
    Ok,
    /// It works, but is not safe, or could not be tried.
    Warning,
    /// A server does not start with it, or does not do its work.
    Wrong,
}

/// The result of a check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Finding {
    /// What was checked, such as `store`.
    check: &'static str,
    state: State,
    /// What was found.
    text: String,
    /// What to do, unless nothing is to be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<String>,
}

impl Finding {
    fn ok(check: &'static str, text: impl Into<String>) -> Self {
        Self { check, state: State::Ok, text: text.into(), remedy: None }
    }

    fn warning(check: &'static str, text: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { check, state: State::Warning, text: text.into(), remedy: Some(remedy.into()) }
    }

    fn wrong(check: &'static str, text: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { check, state: State::Wrong, text: text.into(), remedy: Some(remedy.into()) }
    }

    /// Returns what is wrong where the error itself says what to do, after its last semicolon; `remedy` is for one that does not.
    fn of_error(check: &'static str, error: &dyn std::fmt::Display, remedy: &str) -> Self {
        let text = error.to_string().replace('\n', " ");
        match text.rsplit_once("; ") {
            Some((text, remedy)) => Self::wrong(check, text, remedy),
            None => Self::wrong(check, text, remedy),
        }
    }
}

/// Runs all checks, and prints what they found.
///
/// # Errors
/// Something is wrong, or the output cannot be written.
pub(crate) fn run(arguments: DoctorArguments) -> anyhow::Result<()> {
    // The warnings of what is tried are findings of their own.
    logging::start(&LogFilter("off".to_owned()), LogFormat::Text, None)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let findings = runtime.block_on(find(arguments.serve));
    print(&findings, arguments.json)?;
    let wrong = findings.iter().filter(|finding| finding.state == State::Wrong).count();
    match wrong {
        0 => Ok(()),
        wrong => anyhow::bail!("{wrong} of {} checks found something wrong", findings.len()),
    }
}

async fn find(arguments: ServeArguments) -> Vec<Finding> {
    let config = match Config::for_serve(arguments) {
        Ok(config) => config,
        Err(error) => {
            return vec![Finding::of_error(
                "configuration",
                &error,
                "complete the settings; lido serve --help lists them",
            )];
        }
    };
    let mut findings = vec![Finding::ok("configuration", "complete and valid")];
    findings.extend(files::check(&config));
    findings.extend(store::check(&config).await);
    findings.extend(network::check(&config).await);
    findings
}

fn print(findings: &[Finding], as_json: bool) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let has_colours = out.is_terminal();
    for finding in findings {
        if as_json {
            serde_json::to_writer(&mut out, finding)?;
            writeln!(out)?;
            continue;
        }
        let Finding { check, state, text, remedy } = finding;
        let (word, colour) = match state {
            State::Ok => ("ok", "32"),
            State::Warning => ("warning", "33"),
            State::Wrong => ("WRONG", "31"),
        };
        if has_colours {
            write!(out, "\u{1b}[{colour}m{word:<8}\u{1b}[0m")?;
        } else {
            write!(out, "{word:<8}")?;
        }
        writeln!(out, "{check}: {text}")?;
        if let Some(remedy) = remedy {
            writeln!(out, "        mend: {remedy}")?;
        }
    }
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remedy_of_an_error_is_what_follows_its_last_semicolon() {
        let finding = Finding::of_error("store", &"the store x cannot be opened: a; b; check the path", "c");
        assert_eq!(finding, Finding::wrong("store", "the store x cannot be opened: a; b", "check the path"));
        let finding = Finding::of_error("store", &"no remedy", "c");
        assert_eq!(finding, Finding::wrong("store", "no remedy", "c"));
    }
}
