//! Completion scripts and manual pages, made from the definition of the command line.

use std::io::{self, Write as _};

use anyhow::{Context as _, anyhow};
use clap_complete::Shell;

use super::Arguments;

/// Prints the completion script of a shell to standard output.
///
/// # Errors
/// Standard output cannot be written.
pub(crate) fn print_completions(shell: Shell) -> anyhow::Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::definition(), "lido", &mut script);
    print(&script)
}

/// Prints the manual page of a command, or of `lido` itself, to standard output.
///
/// # Errors
/// There is no such command, or standard output cannot be written.
pub(crate) fn print_page(command: Option<&str>) -> anyhow::Result<()> {
    print(&page(command)?)
}

fn page(command: Option<&str>) -> anyhow::Result<Vec<u8>> {
    let mut lido = Arguments::definition();
    // Gives subcommands their full names, such as `lido-dev`.
    lido.build();
    let definition = match command {
        None => lido,
        Some(name) => {
            let names: Vec<&str> = lido.get_subcommands().map(clap::Command::get_name).collect();
            let text = format!("there is no command {name}; use one of: {}", names.join(", "));
            lido.find_subcommand(name).cloned().ok_or_else(|| anyhow!(text))?
        }
    };
    let mut page = Vec::new();
    clap_mangen::Man::new(definition).render(&mut page).context("the page cannot be made")?;
    Ok(page)
}

fn print(text: &[u8]) -> anyhow::Result<()> {
    match io::stdout().lock().write_all(text) {
        // The reader may close the pipe early.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(error).context("writing to standard output")
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_of_every_command_names_it_and_its_options() {
        let definition = Arguments::definition();
        for command in definition.get_subcommands() {
            let page = page(Some(command.get_name())).expect("a page");
            let page = String::from_utf8(page).expect("text");
            assert!(page.contains(&format!("lido\\-{}", command.get_name())), "{page}");
            for option in command.get_arguments().filter_map(|argument| argument.get_long()) {
                assert!(page.contains(&option.replace('-', "\\-")), "{}: --{option}", command.get_name());
            }
        }
        let error = page(Some("nothing")).expect_err("no such command").to_string();
        assert!(error.starts_with("there is no command nothing; use one of: dev, serve"), "{error}");
    }
}
