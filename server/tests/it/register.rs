//! What is served, as `lido operations` and the README tell it.

use lido::operations::{self, SERVED};

#[test]
fn the_register_is_in_the_order_of_the_alphabet() {
    let names: Vec<_> =
        operations::listed().into_iter().filter(|one| one.is_served).map(|one| one.name).collect();
    assert_eq!(names.len(), SERVED.len());
    assert!(SERVED.is_sorted(), "{SERVED:?}");
}

#[test]
fn every_operation_of_the_model_is_listed_once() {
    let listed = operations::listed();
    assert_eq!(listed.len(), 141);
    assert!(listed.is_sorted_by(|one, next| one.name < next.name));
}

/// What to do if this fails: put what it prints between the markers.
#[test]
fn the_readme_has_the_table() {
    let readme =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md")).expect("a README");
    let begin = readme.split_once("<!-- operations -->\n").expect("a beginning").1;
    let table = begin.split_once("<!-- /operations -->").expect("an end").0;
    let expected = operations::table();
    assert!(table == expected, "the table in the README should be:\n{expected}");
}
