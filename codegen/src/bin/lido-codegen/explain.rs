//! `lido-codegen explain`.

use std::process::ExitCode;

use clap::Args;
use lido_codegen::codes;

/// The options of `explain`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  lido-codegen explain M014\n      Explain the diagnostic M014\n  \
    lido-codegen explain\n      List all codes")]
pub(crate) struct Arguments {
    /// Code of the diagnostic, as in `error[M014]` [default: a list of all codes]
    #[arg(value_name = "CODE")]
    code: Option<String>,
}

/// Prints the explanation of a code, or a list of all codes.
///
/// # Errors
/// Returns a message if there is no such code.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    match &arguments.code {
        None => codes::every().for_each(|code| println!("{code}  {}", code.title())),
        Some(id) => {
            let code = codes::find(id.trim_matches(['[', ']'])).ok_or_else(|| {
                format!("error: there is no code `{id}`\n  remedy: run `lido-codegen explain` for a list of all codes")
            })?;
            println!("{code}: {}\n\n{}", code.title(), wrapped(code.explanation()));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Breaks `text` into lines of at most 80 characters.
fn wrapped(text: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.chars().count() + word.chars().count() < 80 => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::wrapped;

    #[test]
    fn wrapped_lines_are_short_and_lose_no_word() {
        let text = "word ".repeat(60) + "last";
        let lines = wrapped(&text);
        assert!(lines.lines().all(|line| line.len() <= 80));
        assert_eq!(lines.replace('\n', " "), text);
    }
}
