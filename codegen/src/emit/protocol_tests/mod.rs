//! Prints the protocol tests of the model (`smithy.test`): one test binary, one file for each kind and operation.

mod test;

use std::collections::BTreeMap;

use lido_model::Diagnostic;

use super::file::File;
use crate::{
    FileSet,
    config::Config,
    ir::{Operation, ProtocolTest, Service},
};

/// The functions that the tests share: they send requests, and compare inputs and responses.
const HARNESS: &str = include_str!("harness.txt");

/// The attributes of the test's root module.
const ALLOWED: &str = "\
#![allow(dead_code, reason = \"not every model has tests of every kind\")]
#![allow(non_snake_case, reason = \"tests have the names of the model\")]
";

/// Prints `tests/protocol/*.rs` if the model has tests.
pub(super) fn emit(service: &Service, config: &Config, files: &mut FileSet) -> Result<(), Diagnostic> {
    if service.protocol_tests.is_empty() {
        return Ok(());
    }
    let mut kinds: BTreeMap<&str, BTreeMap<&str, Vec<&ProtocolTest>>> = BTreeMap::new();
    for test in &service.protocol_tests {
        kinds.entry(test.expected.folder()).or_default().entry(&test.operation).or_default().push(test);
    }
    let mut modules = "mod harness;\n".to_owned();
    let mut used = vec![format!("{} as Service", service.name)];
    for (kind, operations) in &kinds {
        modules.push_str(&format!("mod {kind};\n"));
        let mut list = File::new("protocol_tests", format!("The tests of {}.", kind.replace('_', " ")));
        let mut own = String::new();
        for (name, tests) in operations {
            let Some(operation) = service.operations.iter().find(|operation| operation.name == *name) else {
                continue;
            };
            let text = tests_of(service, operation, tests)?;
            for module in ["operations", "types"] {
                let is_used = text.contains(&format!("crate::{module}::"));
                if is_used && !used.iter().any(|name| name == module) {
                    used.push(module.to_owned());
                }
            }
            own.push_str(&format!("mod {};\n", operation.method));
            files.insert(
                format!("tests/protocol/{kind}/{}.rs", operation.method.trim_start_matches("r#")),
                text,
            );
        }
        list.text(&own);
        files.insert(format!("tests/protocol/{kind}/mod.rs"), list.print());
    }
    let mut harness = File::new("protocol_tests", "The functions that the protocol tests share.");
    harness.text(HARNESS);
    files.insert("tests/protocol/harness.rs".to_owned(), harness.print());
    files.insert("tests/protocol/main.rs".to_owned(), main(service, config, &modules, &used));
    Ok(())
}

/// Prints the root of the test binary.
fn main(service: &Service, config: &Config, modules: &str, used: &[String]) -> String {
    let package = config.package.replace('-', "_");
    let mut file =
        File::new("protocol_tests", format!("The protocol tests in the model of `{}`.", service.id));
    let used = used.join(", ");
    file.text(&format!("{ALLOWED}\n{modules}\nuse ::{package}::{{{used}}};\n"));
    file.print()
}

fn tests_of(service: &Service, operation: &Operation, tests: &[&ProtocolTest]) -> Result<String, Diagnostic> {
    let mut file = File::new("protocol_tests", format!("Tests of the operation `{}`.", operation.id));
    for protocol_test in tests {
        file.code(test::function(service, operation, protocol_test))?;
    }
    Ok(file.print())
}
