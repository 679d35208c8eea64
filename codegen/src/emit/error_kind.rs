//! The kinds of error of the service: one variant for each error shape.

use lido_model::Diagnostic;
use quote::{format_ident, quote};

use super::file::{File, doc_attributes};
use crate::{
    FileSet,
    ir::{ErrorInfo, Kind, Service},
};

/// Prints `error_kind.rs`, where the service has errors.
pub(super) fn emit(service: &Service, files: &mut FileSet) -> Result<(), Diagnostic> {
    if !has_errors(service) {
        return Ok(());
    }
    let errors: Vec<_> = errors(service).collect();
    let variants = errors.iter().map(|(name, _)| {
        let docs = doc_attributes(&format!("[`{name}`](crate::types::{name})"));
        let name = format_ident!("{name}");
        quote! { #docs #name }
    });
    let names: Vec<_> = errors.iter().map(|(name, _)| format_ident!("{name}")).collect();
    let wire = errors.iter().map(|(_, info)| info.id.rsplit('#').next().unwrap_or(&info.id));
    let mut file =
        File::new("error_kind", format!("The errors of the service `{}`, by their kind.", service.id));
    file.code(quote! {
        #[doc = " The errors of the service: each variant stands for the error shape of the same name."]
        #[doc = ""]
        #[doc = " With a message it is a [`lido_runtime::ApiError`], and that becomes the error of an operation by"]
        #[doc = " [`lido_runtime::FromApiError`]."]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ErrorKind { #(#variants),* }

        impl lido_runtime::ErrorKind for ErrorKind {
            const ALL: &'static [Self] = &[#(Self::#names),*];

            fn name(self) -> &'static str {
                match self { #(Self::#names => #wire),* }
            }
        }
    })?;
    files.insert("src/error_kind.rs".to_owned(), file.print());
    Ok(())
}

/// Whether the service has errors, and so kinds of them.
pub(super) fn has_errors(service: &Service) -> bool {
    errors(service).next().is_some()
}

/// The names of the error types, in order, with what the model says of them.
fn errors(service: &Service) -> impl Iterator<Item = (&str, &ErrorInfo)> {
    service.types.iter().filter_map(|def| match &def.kind {
        Kind::Error(_, info) => Some((def.name.as_str(), info)),
        _ => None,
    })
}
