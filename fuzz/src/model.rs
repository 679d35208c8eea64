//! Model files: every file is loaded and generated, or refused with what to do.
//!
//! An input is a file in Smithy's JSON AST.

use lido_codegen::{Config, generate, ir::Style};
use lido_model::Diagnostic;

/// Loads the file and generates its service in both styles, with tests of the constraints in the one that has them.
///
/// # Panics
/// If it is refused without a reason or a remedy, or generated differently a second time.
pub fn run(input: &[u8]) {
    let model = match lido_model::load(&[("model.json", input)]) {
        Ok(model) => model,
        Err(diagnostics) => return check(&diagnostics),
    };
    for style in [Style::Smithy, Style::Coral] {
        let constraint_tests = matches!(style, Style::Coral);
        let config = Config { style, constraint_tests, ..Config::default() };
        match (generate(&model, &config), generate(&model, &config)) {
            (Ok(first), Ok(second)) => assert!(first.files == second.files, "two different packages"),
            (Err(diagnostics), Err(_)) => check(&diagnostics),
            _ => assert!(model.shapes().next().is_none(), "generated or refused, by chance"),
        }
    }
}

fn check(diagnostics: &[Diagnostic]) {
    assert!(!diagnostics.is_empty(), "refused without a diagnostic");
    for diagnostic in diagnostics {
        assert!(!diagnostic.message.is_empty() && !diagnostic.remedy.is_empty(), "{diagnostic:?}");
    }
}
