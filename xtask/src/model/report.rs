//! What is printed about a service that was taken over.

use std::collections::BTreeMap;

use lido_model::Diagnostic;

/// Each diagnostic in full.
pub(super) fn list(diagnostics: &[Diagnostic]) -> String {
    diagnostics.iter().map(|diagnostic| format!("{diagnostic}\n")).collect()
}

/// One line for each kind of warning: how many, what, one example, what to do.
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

/// A notice for operations that the table of families does not know.
pub(super) fn unplaced(operations: &[String]) -> String {
    if operations.is_empty() {
        return String::new();
    }
    let names = operations.join(", ");
    format!(
        "new operations are in other.json: {names}; remedy: name their family in xtask/src/model/families.rs\n"
    )
}

#[cfg(test)]
mod tests {
    use lido_model::ShapeId;

    use super::*;

    #[test]
    fn like_warnings_are_counted() {
        let warning = || Diagnostic::warning("`box` of a shape is left out", "none");
        let shape = ShapeId::parse("a#Thing").unwrap();
        let found = [warning(), warning().about(&shape), Diagnostic::warning("odd", "look")];
        assert_eq!(
            warnings(&found),
            "warning: 2 x `box` of a shape is left out (as Thing); remedy: none\nwarning: 1 x odd; remedy: look\n"
        );
        assert!(list(&found).contains("warning a#Thing: `box`"));
    }

    #[test]
    fn new_operations_are_announced() {
        assert_eq!(unplaced(&[]), "");
        assert!(unplaced(&["Fly".to_owned()]).contains("other.json: Fly;"));
    }
}
