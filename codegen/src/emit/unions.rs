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
};

/// Prints `types/unions/*.rs`.
pub(super) fn emit(service: &Service, files: &mut FileSet) -> Result<(), Diagnostic> {
    let capabilities = Capabilities::of(service);
    for def in &service.types {
        let Kind::Union(variants) = &def.kind else { continue };
        let mut file = File::new("unions", format!("The union `{}`.", def.origin));
        file.code(declare(def, variants, &capabilities))?;
        if def.reads {
            file.code(read(def, variants))?;
        }
        if def.writes {
            file.code(write(def, variants))?;
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

fn read(def: &TypeDef, variants: &[Variant]) -> TokenStream {
    let name = format_ident!("{}", def.name);
    let arms = variants.iter().enumerate().map(|(index, variant)| {
        let (wire, printed) = (&variant.wire, &variant.printed);
        let name = format_ident!("{}", variant.name);
        let index = proc_macro2::Literal::usize_unsuffixed(index);
        match &variant.ty {
            Some(ty) => {
                let read = ty::read_function(ty);
                quote! { #wire => variant.read(#index, #printed, #read, Self::#name), }
            }
            None => {
                quote! { #wire => variant.read(#index, #printed, lido_runtime::read::unit, |()| Self::#name), }
            }
        }
    });
    let body = quote! {
        lido_runtime::read::variant(reader, |name, variant| match &*name {
            #(#arms)*
            _ => variant.unknown(),
        })
    };
    let body = if def.sensitive { quote!(reader.concealed(|reader| #body)) } else { body };
    let members: Vec<_> = variants
        .iter()
        .map(|variant| (variant.wire.as_str(), variant.printed.as_str(), variant.ty.as_ref()))
        .collect();
    let shape = ty::shape(&name, def.class.as_deref(), &members);
    quote! {
        #shape

        impl lido_runtime::ReadJson for #name {
            fn read_json(reader: &mut lido_runtime::Reader<'_>) -> lido_runtime::read::ReadResult<Self> {
                #body
            }
        }
    }
}

fn write(def: &TypeDef, variants: &[Variant]) -> TokenStream {
    let name = format_ident!("{}", def.name);
    let arms = variants.iter().map(|variant| {
        let (wire, name) = (&variant.wire, format_ident!("{}", variant.name));
        match &variant.ty {
            Some(ty) if ty::writes_specially(ty) => {
                let write = ty::write_function(ty);
                quote! { Self::#name(value) => object.member_with(#wire, value, #write), }
            }
            Some(_) => quote! { Self::#name(value) => object.member(#wire, value), },
            None => quote! { Self::#name => object.member_with(#wire, &(), |writer, ()| writer.structure().end()), },
        }
    });
    quote! {
        impl lido_runtime::WriteJson for #name {
            fn write_json(&self, writer: &mut lido_runtime::Writer) {
                let mut object = writer.structure();
                match self { #(#arms)* }
                object.end();
            }
        }
    }
}
