//! Prints unions: one file each.

use lido_model::Diagnostic;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::{
    capabilities::Capabilities,
    file::{File, doc_attributes},
    scalars::docs,
    ty,
};
use crate::{
    FileSet,
    ir::{Kind, Service, TypeDef, Variant},
    names::module_name,
    protocol::support,
};

/// Prints `types/unions/*.rs`.
pub(super) fn emit(service: &Service, files: &mut FileSet) -> Result<(), Diagnostic> {
    let capabilities = Capabilities::of(service);
    let support = support(service.protocol);
    for def in &service.types {
        let Kind::Union(variants) = &def.kind else { continue };
        let mut file = File::new("unions", format!("The union `{}`.", def.origin));
        file.code(declare(def, variants, &capabilities))?;
        if def.reads {
            file.code(support.read_union(def, variants))?;
        }
        if def.writes {
            file.code(support.write_union(def, variants))?;
        }
        file.text(&capabilities.serde_of(def));
        let module = module_name(&def.name);
        files.insert(format!("src/types/unions/{}.rs", module.trim_start_matches("r#")), file.print());
    }
    Ok(())
}

fn declare(def: &TypeDef, variants: &[Variant], capabilities: &Capabilities<'_>) -> TokenStream {
    let name = format_ident!("{}", def.name);
    let docs = doc_attributes(&docs(def));
    let debug = (!def.sensitive).then(|| quote!(Debug,));
    let hidden = def.sensitive.then(|| quote!(lido_runtime::debug_hidden!(#name);));
    let exact = capabilities.derives(variants.iter().filter_map(|variant| variant.ty.as_ref()));
    let variants = variants.iter().map(|variant| {
        let docs = variant.docs.as_deref().map(doc_attributes);
        let name = format_ident!("{}", variant.name);
        match &variant.ty {
            Some(ty) => {
                let ty = ty::rust(ty);
                quote! { #docs #name(#ty) }
            }
            None => quote! { #docs #name },
        }
    });
    quote! {
        #docs
        #[derive(Clone, #debug PartialEq #exact)]
        pub enum #name { #(#variants),* }
        #hidden
    }
}
