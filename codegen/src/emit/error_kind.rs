//! Prints the enum of error kinds: one variant for each error shape of the service.

use lido_model::Diagnostic;
use quote::{format_ident, quote};

use super::file::File;
use crate::{
    FileSet,
    ir::{ErrorInfo, Kind, Service},
};

/// Prints `error_kind.rs` if the service has errors.
pub(super) fn emit(service: &Service, files: &mut FileSet) -> Result<(), Diagnostic> {
    if !has_errors(service) {
        return Ok(());
    }
    let errors: Vec<_> = errors(service).collect();
    let variants = errors.iter().map(|(name, _)| {
        let name = format_ident!("{name}");
        quote! { #name }
    });
    let names: Vec<_> = errors.iter().map(|(name, _)| format_ident!("{name}")).collect();
    let wire = errors.iter().map(|(_, info)| info.id.rsplit('#').next().unwrap_or(&info.id));
    let mut file = File::new("error_kind", format!("The kinds of error of the service `{}`.", service.id));
    file.code(quote! {
        #[doc = " The kinds of error of the service, one for each error shape."]
        #[doc = ""]
        #[doc = " A [`lido_runtime::ApiError`] is a kind with a message. [`lido_runtime::FromApiError`] converts it to"]
        #[doc = " the error of an operation."]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ErrorKind { #(#variants),* }

        impl std::fmt::Display for ErrorKind {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(lido_runtime::ErrorKind::name(*self))
            }
        }

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

/// Returns whether the service has errors.
pub(super) fn has_errors(service: &Service) -> bool {
    errors(service).next().is_some()
}

/// Returns the error types, sorted by name.
fn errors(service: &Service) -> impl Iterator<Item = (&str, &ErrorInfo)> {
    service.types.iter().filter_map(|def| match &def.kind {
        Kind::Error(_, info) => Some((def.name.as_str(), info)),
        _ => None,
    })
}
