//! The register of served operations: its order, its page in the documentation, and a test module for each operation.

use std::fs;

use lido::operations::{self, SERVED};

use crate::support::documents::operations_of_the_model;

/// The folder of the package `lido`, which has the register and these tests.
const SERVER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

#[test]
fn served_operations_are_in_alphabetical_order() {
    let names: Vec<_> =
        operations::all_operations().into_iter().filter(|one| one.is_served).map(|one| one.name).collect();
    assert_eq!(names.len(), SERVED.len());
    assert!(SERVED.is_sorted(), "{SERVED:?}");
}

#[test]
fn operations_of_the_model_are_listed_once() {
    let listed: Vec<_> = operations::all_operations().into_iter().map(|operation| operation.name).collect();
    assert_eq!(listed, operations_of_the_model().into_iter().collect::<Vec<_>>());
}

/// `cargo xtask operations` writes the page.
#[test]
fn page_of_operations_matches_the_register() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../docs/operations.md");
    let page = fs::read_to_string(page).expect("docs/operations.md");
    let rows: Vec<_> = page.lines().filter(|line| line.starts_with("| `")).collect();
    let listed = operations::all_operations();
    assert_eq!(rows.len(), listed.len());
    for (row, operation) in rows.iter().zip(&listed) {
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        let &[_, name, _, caller, is_served, _] = cells.as_slice() else { panic!("not a row: {row}") };
        assert_eq!(name, format!("`{}`", operation.name));
        assert_eq!(caller == "AWS credentials", operation.is_signed, "{row}");
        assert_eq!(is_served == "yes", operation.is_served, "{row}");
    }
}

/// An operation with the handler `<family>::<operation>` needs a module `<family>/<operation>.rs` here, with a test whose
/// name begins with the operation.
#[test]
fn served_operations_have_a_test_module() {
    let read = |path: String| fs::read_to_string(format!("{SERVER}/{path}")).unwrap_or_default();
    let register = read("src/operations/mod.rs".to_owned());
    let lines = register.lines().filter_map(|line| line.trim().strip_suffix(',')?.split_once(" => "));
    let handlers: Vec<_> = lines.filter_map(|(handler, _)| handler.split_once("::")).collect();
    assert_eq!(
        handlers.len(),
        SERVED.len(),
        "a line of src/operations/mod.rs has another form than `family::operation => Name,`"
    );
    let missing = handlers.iter().filter(|(family, operation)| {
        let module = read(format!("tests/it/{family}/{operation}.rs"));
        let is_declared = read(format!("tests/it/{family}/mod.rs")).contains(&format!("mod {operation};"));
        let tests = module.split("#[tokio::test]\n").skip(1);
        let has_test = tests.into_iter().any(|test| test.starts_with(&format!("async fn {operation}_")));
        !is_declared || !has_test
    });
    let missing: Vec<_> = missing.collect();
    assert!(
        missing.is_empty(),
        "operations without a test module in tests/it, or without a test named after them: {missing:?}"
    );
}
