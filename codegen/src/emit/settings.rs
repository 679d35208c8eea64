//! Prints the settings of the service.

use lido_model::Diagnostic;
use quote::{format_ident, quote};

use super::file::File;
use crate::{
    FileSet,
    ir::{Service, Style},
    protocol::support,
};

/// Prints `settings.rs`.
pub(super) fn emit(service: &Service, files: &mut FileSet) -> Result<(), Diagnostic> {
    let mut file = File::new(
        "settings",
        "The settings of the service: protocol, wording of messages, and validation error.",
    );
    let version: proc_macro2::TokenStream = support(service.protocol).version().parse().unwrap_or_default();
    let style = match service.style {
        Style::Coral => quote!(lido_runtime::Style::Coral),
        Style::Smithy => quote!(lido_runtime::Style::Smithy),
    };
    let (id, message) = (&service.validation.id, &service.validation.message);
    let field_list = match &service.validation.field_list {
        None => quote!(None),
        Some((name, path, message)) => {
            let message = match message {
                Some(message) => quote!(Some(#message)),
                None => quote!(None),
            };
            quote!(Some(lido_runtime::FieldList { name: #name, path: #path, message: #message }))
        }
    };
    let defaults = service.validation.defaults.iter().map(|(name, json)| quote!((#name, #json)));
    let body_limit = proc_macro2::Literal::usize_unsuffixed(service.body_limit);
    let query_compatible = format_ident!("{}", service.query_compatible);
    file.code(quote! {
        #[doc = " The settings of the service."]
        pub static SETTINGS: lido_runtime::Settings = lido_runtime::Settings {
            version: #version,
            style: #style,
            validation: lido_runtime::ValidationError {
                id: #id,
                message: #message,
                field_list: #field_list,
                defaults: &[#(#defaults),*],
            },
            body_limit: #body_limit,
            query_compatible: #query_compatible,
        };
    })?;
    files.insert("src/settings.rs".to_owned(), file.print());
    Ok(())
}
