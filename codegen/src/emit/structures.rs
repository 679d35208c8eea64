//! Prints structures other than the inputs and outputs of operations: one file each.

use lido_model::Diagnostic;

use super::{
    capabilities::Capabilities,
    file::File,
    members,
    scalars::docs,
    value::{ValueContext, Values},
};
use crate::{
    FileSet,
    ir::{Kind, Service},
    names::module_name,
    protocol::support,
};

/// Prints `types/structures/*.rs`.
pub(super) fn emit(service: &Service, files: &mut FileSet) -> Result<(), Diagnostic> {
    let values = Values { service, context: ValueContext::Default };
    let capabilities = Capabilities::of(service);
    let support = support(service.protocol);
    for def in &service.types {
        let Kind::Structure(structure) = &def.kind else { continue };
        let mut file = File::new("structures", format!("The structure `{}`.", def.origin));
        file.code(members::declare(structure, &docs(def), def.writes.then_some(values), &capabilities))?;
        if def.reads {
            file.code(support.read_structure(structure, def.class.as_deref(), values))?;
        }
        if def.writes {
            file.code(support.write_structure(structure))?;
        }
        file.text(&capabilities.serde_of(def));
        files.insert(path(&def.name), file.print());
    }
    Ok(())
}

fn path(name: &str) -> String {
    format!("src/types/structures/{}.rs", module_name(name).trim_start_matches("r#"))
}
