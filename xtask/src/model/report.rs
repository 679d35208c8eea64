//! Renders diagnostics about an imported service.

use std::collections::BTreeMap;

use lido_model::Diagnostic;

/// Returns each diagnostic in full.
pub(super) fn list(diagnostics: &[Diagnostic]) -> String {
    diagnostics.iter().map(|diagnostic| format!("{diagnostic}\n")).collect()
}

/// Returns a line for each kind of warning: the number, the message, an example and the remedy.
pub(super) fn warnings(warnings: &[Diagnostic]) -> String {
    let mut kinds: BTreeMap<&str, Vec<&Diagnostic>> = BTreeMap::new();
    for warning in warnings {
        kinds.entry(&warning.message).or_default().push(warning);
    }
    let line = |(message, of_kind): (&str, Vec<&Diagnostic>)| {
        let example = of_kind.iter().find_map(|warning| warning.shape.as_ref());
        let example = example.map(|shape| format!(" (as {})", shape.name())).unwrap_or_default();
        let remedy = of_kind.first().map(|warning| warning.remedy.as_str()).unwrap_or_default();
        format!("warning: {} x {message}{example}; remedy: {remedy}\n", of_kind.len())
    };
    kinds.into_iter().map(line).collect()
}

/// Returns a notice about operations that the table of families does not have.
pub(super) fn unplaced(operations: &[String]) -> String {
    if operations.is_empty() {
        return String::new();
    }
    let names = operations.join(", ");
    format!(
        "new operations are in other.json: {names}; add them to a family in xtask/src/model/families.rs, then run this again\n"
    )
}

#[cfg(test)]
mod tests {
    use lido_model::ShapeId;

    use super::*;
    use crate::model::mapping::IMPORT;

    #[test]
    fn equal_warnings_are_counted() {
        let warning = || Diagnostic::warning(&IMPORT, "`box` of a shape is left out", "none");
        let shape = ShapeId::parse("a#Thing").unwrap();
        let found = [warning(), warning().about(&shape), Diagnostic::warning(&IMPORT, "odd", "look")];
        assert_eq!(
            warnings(&found),
            "warning: 2 x `box` of a shape is left out (as Thing); remedy: none\nwarning: 1 x odd; remedy: look\n"
        );
        assert!(list(&found).contains("warning[I001] a#Thing: `box`"), "{}", list(&found));
    }

    #[test]
    fn new_operations_are_reported() {
        assert_eq!(unplaced(&[]), "");
        assert!(unplaced(&["Fly".to_owned()]).contains("other.json: Fly;"));
    }
}
