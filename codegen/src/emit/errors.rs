//! Prints error shapes: one file each.

use lido_model::Diagnostic;
use quote::{format_ident, quote};

use super::{
    capabilities::Capabilities,
    file::{File, format_expression},
    members::{self, ident},
    scalars::docs,
    value::{ValueContext, Values},
};
use crate::{
    FileSet,
    config::{Config, HttpStatus},
    ir::{ErrorInfo, Kind, Presence, Service, Structure},
    names::module_name,
    protocol::support,
};

/// Prints `types/errors/*.rs`.
pub(super) fn emit(service: &Service, config: &Config, files: &mut FileSet) -> Result<(), Diagnostic> {
    let values = Values { service, context: ValueContext::Default };
    let capabilities = Capabilities::of(service);
    let support = support(service.protocol);
    for def in &service.types {
        let Kind::Error(structure, info) = &def.kind else { continue };
        let mut file = File::new("errors", format!("The error `{}`.", def.origin));
        file.code(members::declare(structure, &docs(def), Some(values), &capabilities))?;
        file.code(support.write_error(structure))?;
        if def.reads {
            file.code(support.read_structure(structure, def.class.as_deref(), values))?;
        }
        file.text(&modeled(structure, info, config, values));
        let module = module_name(&def.name);
        files.insert(format!("src/types/errors/{}.rs", module.trim_start_matches("r#")), file.print());
    }
    Ok(())
}

fn modeled(structure: &Structure, info: &ErrorInfo, config: &Config, values: Values<'_>) -> String {
    let name = &structure.name;
    let fault = if info.client { "lido_runtime::Fault::Client" } else { "lido_runtime::Fault::Server" };
    let query = info.query_code.as_ref().map(|code| format!(".query({code:?}, {fault})")).unwrap_or_default();
    let status = info.other_status().filter(|_| config.http_status == HttpStatus::Model);
    let status = status.map(|status| format!(".status({status})")).unwrap_or_default();
    let message = match &info.message {
        Some((field, true)) => format!("|error| error.{}.as_deref()", ident(field)),
        Some((field, false)) => format!("|error| Some(&error.{})", ident(field)),
        None => "|_| None".to_owned(),
    };
    let make = make(structure, info, values);
    format!(
        "lido_runtime::modeled_error! {{\n    {name},\n    lido_runtime::ErrorInfo::new({:?}, {fault}){status}{query},\n    {message},\n    {make}\n}}\n",
        info.id
    )
}

/// Returns the function that makes the error from a message. Other members are absent or have their default values.
fn make(structure: &Structure, info: &ErrorInfo, values: Values<'_>) -> String {
    let name = format_ident!("{}", structure.name);
    let mut fields = Vec::new();
    let mut argument = quote!(_);
    for member in &structure.members {
        let field = ident(&member.field);
        let is_message = info.message.as_ref().is_some_and(|(message, _)| *message == member.field);
        fields.push(match &member.presence {
            Presence::Optional if is_message => quote!(#field: Some(message)),
            _ if is_message && member.field == "message" => quote!(message),
            _ if is_message => quote!(#field: message),
            Presence::Optional => quote!(#field: None),
            Presence::Default(default) => {
                let default = values.expression(default, &member.ty);
                quote!(#field: #default)
            }
            Presence::Required => return "Err".to_owned(),
        });
        if is_message {
            argument = quote!(message);
        }
    }
    format_expression(quote!(|#argument| Ok(#name { #(#fields),* }))).replace('\n', "\n    ")
}
