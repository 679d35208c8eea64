//! Prints the module lists of `types/`.

use lido_model::Diagnostic;

use super::file::File;
use crate::{
    FileSet,
    ir::{Kind, Service, TypeDef},
    names::module_name,
};

/// Prints `types/mod.rs` and the `mod.rs` of each folder in it.
pub(super) fn emit(service: &Service, files: &mut FileSet) -> Result<(), Diagnostic> {
    let has = |is: fn(&Kind) -> bool| service.types.iter().any(|def| is(&def.kind));
    let mut modules = String::new();
    let mut exports = String::new();
    let mut module = |name: &str| {
        modules.push_str(&format!("mod {name};\n"));
        exports.push_str(&format!("pub use {name}::*;\n"));
    };
    if has(|kind| matches!(kind, Kind::List(..) | Kind::Map(..))) {
        module("collections");
    }
    if has(|kind| matches!(kind, Kind::Enum(_) | Kind::IntEnum(_))) {
        module("enums");
    }
    if has(|kind| matches!(kind, Kind::Scalar(..))) {
        module("scalars");
    }
    for (name, is) in FOLDERS {
        let defs: Vec<_> = service.types.iter().filter(|def| is(&def.kind)).collect();
        if !defs.is_empty() {
            module(name);
            files.insert(format!("src/types/{name}/mod.rs"), folder(name, &defs));
        }
    }
    let mut file = File::new(
        "types",
        "The types of the service: structures, unions, enums, constrained types and errors.",
    );
    file.text(&modules);
    file.text(&exports);
    files.insert("src/types/mod.rs".to_owned(), file.print());
    Ok(())
}

/// A predicate on kinds of types.
type KindPredicate = fn(&Kind) -> bool;

/// The folders, and the kinds of types in each.
const FOLDERS: [(&str, KindPredicate); 3] = [
    ("errors", |kind| matches!(kind, Kind::Error(..))),
    ("structures", |kind| matches!(kind, Kind::Structure(_))),
    ("unions", |kind| matches!(kind, Kind::Union(_))),
];

fn folder(name: &str, defs: &[&TypeDef]) -> String {
    let mut file = File::new("types", format!("The {name} of the service."));
    let mut modules: Vec<_> = defs.iter().map(|def| (module_name(&def.name), def.name.as_str())).collect();
    modules.sort();
    file.text(&modules.iter().map(|(module, _)| format!("mod {module};\n")).collect::<String>());
    file.text(
        &modules.iter().map(|(module, name)| format!("pub use {module}::{name};\n")).collect::<String>(),
    );
    file.print()
}
