//! Renders `server/tests/FACTS.md`: for each fact the tests that show it, or the reason why none does.

use std::{collections::BTreeMap, fmt::Write as _};

use super::coverage::{Coverage, CoveredFact, Evidence};

/// Returns the page.
pub(super) fn render(coverage: &Coverage) -> String {
    let mut page = format!(
        "# Facts about the live service, and the tests that show them\n\n\
         Written by `cargo xtask facts` and compared by `cargo xtask check`: do not edit. The facts themselves, with their \
         answers and sources, are\nin [facts/](../../facts/README.md). A test shows a fact if it names its id; \
         [facts.toml](facts.toml) lists the facts without a test.\n\n{}.\n",
        coverage.counts()
    );
    let mut operations: BTreeMap<&str, Vec<&CoveredFact>> = BTreeMap::new();
    for covered in &coverage.facts {
        operations.entry(&covered.fact.operation).or_default().push(covered);
    }
    for (operation, facts) in operations {
        let title = if operation == "*" { "Every operation" } else { operation };
        // Writing to a string cannot fail.
        let _ =
            write!(page, "\n## {title}\n\n| fact | confidence | situation | shown by |\n|---|---|---|---|\n");
        for CoveredFact { fact, evidence } in facts {
            let (id, confidence, situation) = (&fact.id, fact.confidence.name(), cell(&fact.situation));
            let _ = writeln!(page, "| {id} | {confidence} | {situation} | {} |", shown_by(evidence));
        }
    }
    page
}

fn shown_by(evidence: &Evidence) -> String {
    match evidence {
        Evidence::Tested(files) => files.iter().map(|file| link(file)).collect::<Vec<_>>().join(", "),
        Evidence::NotTested(reason) => format!("*not tested:* {}", cell(reason)),
        Evidence::NotServedYet => "*not served yet*".to_owned(),
        Evidence::Missing => String::new(),
    }
}

/// Returns a link to a file, relative to the folder of the page.
fn link(file: &str) -> String {
    let name = file.trim_start_matches("server/").trim_start_matches("tests/");
    let target = match file.strip_prefix("server/tests/") {
        Some(beside) => beside.to_owned(),
        None => format!("../../{file}"),
    };
    format!("[{name}]({target})")
}

/// Returns a text in the form in which a cell of a table can hold it.
fn cell(text: &str) -> String {
    let words: Vec<_> = text.split_whitespace().collect();
    words.join(" ").replace('|', "\\|").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::{cell, link};

    #[test]
    fn links_are_relative_to_the_folder_of_the_page() {
        assert_eq!(link("server/tests/it/raw.rs"), "[it/raw.rs](it/raw.rs)");
        assert_eq!(
            link("server/domain/src/code.rs"),
            "[domain/src/code.rs](../../server/domain/src/code.rs)"
        );
        let runtime = "codegen/runtime/tests/it/reading.rs";
        assert_eq!(link(runtime), format!("[{runtime}](../../{runtime})"));
    }

    #[test]
    fn cell_is_one_line_without_markup() {
        assert_eq!(cell("a | b\n <c>"), "a \\| b &lt;c>");
    }
}
