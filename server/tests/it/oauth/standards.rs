//! The table of the standards in docs/oauth.md: each demand has a test, or the page says why the service differs.

use std::{fs, path::Path};

const PAGE: &str = include_str!("../../../../docs/oauth.md");

/// The folders with tests of the endpoints, below that of the server.
const FOLDERS: [&str; 5] =
    ["tests/it/oauth", "src/oauth", "src/operations/oauth", "domain/src/flow/oauth", "domain/src/oauth"];

/// Returns the source files of a folder as one text.
fn read(folder: &Path) -> String {
    let files = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let paths = files.map(|file| file.expect("a file").path());
    paths
        .map(|path| if path.is_dir() { read(&path) } else { fs::read_to_string(path).expect("a text") })
        .collect()
}

#[test]
fn each_demand_of_a_standard_has_a_test_or_a_reason() {
    let server = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let sources: String = FOLDERS.iter().map(|folder| read(&server.join(folder))).collect();
    let (_, table) = PAGE.split_once("| demand |").expect("a table");
    let rows: Vec<Vec<&str>> = table
        .lines()
        .skip(2)
        .map_while(|line| line.strip_prefix("| "))
        .map(|line| line.trim_end_matches(" |").split(" | ").collect())
        .collect();
    assert!(rows.len() > 30, "{} demands", rows.len());
    for row in rows {
        let [demand, default, strict, tests] = row[..] else { panic!("{row:?} has no four cells") };
        for name in tests.split('`').skip(1).step_by(2) {
            assert!(sources.contains(&format!("fn {name}(")), "no test {name}: {demand}");
        }
        match tests {
            // The service differs, or the demand is optional: what is done instead is in the row.
            "-" => assert!(default.len() > 3 && strict != "yes", "{demand}"),
            tests => assert!(tests.starts_with('`') || tests.starts_with("the same"), "{demand}: {tests}"),
        }
    }
}
