//! `server/tests/FACTS.md`: for each fact the tests that show it, or the reason why none does.

use std::{collections::BTreeMap, fmt::Write as _};

use super::account::{Account, Accounts, Line};

/// The whole page.
pub(super) fn of(accounts: &Accounts) -> String {
    let mut page = format!(
        "# Facts of the live service, and the tests that show them\n\n\
         Written by `cargo xtask facts`, and compared by `cargo xtask check`: do not edit. A fact is shown by the tests \
         that name its id;\nwhat no test shows stands in [facts.toml](facts.toml) with the reason.\n\n{}.\n",
        accounts.counts()
    );
    let mut operations: BTreeMap<&str, Vec<&Line>> = BTreeMap::new();
    for line in &accounts.lines {
        operations.entry(&line.fact.operation).or_default().push(line);
    }
    for (operation, lines) in operations {
        let title = if operation == "*" { "Every operation" } else { operation };
        // Writing to a string cannot fail.
        let _ =
            write!(page, "\n## {title}\n\n| fact | confidence | situation | shown by |\n|---|---|---|---|\n");
        for Line { fact, account } in lines {
            let (id, confidence, situation) = (&fact.id, &fact.confidence, cell(&fact.situation));
            let _ = writeln!(page, "| {id} | {confidence} | {situation} | {} |", shown_by(account));
        }
    }
    page
}

fn shown_by(account: &Account) -> String {
    match account {
        Account::Tested(files) => files.iter().map(|file| link(file)).collect::<Vec<_>>().join(", "),
        Account::Listed(reason) => format!("*not tested:* {}", cell(reason)),
        Account::Later => "*not served yet*".to_owned(),
        Account::Missing => String::new(),
    }
}

/// A link to a file, from the folder of the page.
fn link(file: &str) -> String {
    let name = file.trim_start_matches("server/").trim_start_matches("tests/");
    let place = match file.strip_prefix("server/tests/") {
        Some(beside) => beside.to_owned(),
        None => format!("../../{file}"),
    };
    format!("[{name}]({place})")
}

/// A text that stands in one cell of a table.
fn cell(text: &str) -> String {
    let words: Vec<_> = text.split_whitespace().collect();
    words.join(" ").replace('|', "\\|").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::{cell, link};

    #[test]
    fn links_lead_from_the_pages_folder() {
        assert_eq!(link("server/tests/it/raw.rs"), "[it/raw.rs](it/raw.rs)");
        assert_eq!(
            link("server/domain/src/code.rs"),
            "[domain/src/code.rs](../../server/domain/src/code.rs)"
        );
        let runtime = "codegen/runtime/tests/it/reading.rs";
        assert_eq!(link(runtime), format!("[{runtime}](../../{runtime})"));
    }

    #[test]
    fn a_cell_is_one_line() {
        assert_eq!(cell("a | b\n <c>"), "a \\| b &lt;c>");
    }
}
