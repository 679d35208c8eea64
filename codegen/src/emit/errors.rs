//! Modeled errors: one file each.

use lido_model::Diagnostic;
use quote::{format_ident, quote};

use super::{
    file::File,
    members::{self, ident},
    scalars::docs,
    value::{Place, Values},
};
use crate::{
    FileSet,
    ir::{ErrorInfo, Kind, Service},
    names::module_name,
};

/// Prints `types/errors/*.rs`.
pub(super) fn emit(service: &Service, files: &mut FileSet) -> Result<(), Diagnostic> {
    let values = Values { service, place: Place::Default };
    for def in &service.types {
        let Kind::Error(structure, info) = &def.kind else { continue };
        let mut file = File::new("errors", format!("The error `{}`.", def.origin));
        file.code(members::declare(structure, &docs(def), Some(values)))?;
        let name = format_ident!("{}", def.name);
        let members = members::write(structure);
        let object = if structure.members.is_empty() { quote!(_) } else { quote!(object) };
        file.code(quote! {
            impl WriteMembers for #name {
                fn write_members(&self, #object: &mut Object<'_>) {
                    #members
                }
            }
        })?;
        if def.reads {
            file.code(members::read(structure, values))?;
        }
        file.text(&modeled(&def.name, info));
        let module = module_name(&def.name);
        files.insert(format!("src/types/errors/{}.rs", module.trim_start_matches("r#")), file.print());
    }
    Ok(())
}

fn modeled(name: &str, info: &ErrorInfo) -> String {
    let blame = if info.client { "Blame::Client" } else { "Blame::Server" };
    let query = info.query_code.as_ref().map(|code| format!(".query({code:?}, {blame})")).unwrap_or_default();
    let message = match &info.message {
        Some((field, true)) => format!("|error| error.{}.as_deref()", ident(field)),
        Some((field, false)) => format!("|error| Some(&error.{})", ident(field)),
        None => "|_| None".to_owned(),
    };
    format!("modeled_error!({name}, ErrorInfo::new({:?}, {blame}){query}, {message});\n", info.id)
}
