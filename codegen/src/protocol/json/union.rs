//! Prints how unions are read and written: a JSON object with one member.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::{shape, values};
use crate::ir::{TypeDef, Variant};

/// Returns the implementations of `Shape` and `ReadJson`.
pub(in crate::protocol) fn read(def: &TypeDef, variants: &[Variant]) -> TokenStream {
    let name = format_ident!("{}", def.name);
    let arms = variants.iter().enumerate().map(|(index, variant)| {
        let (wire, printed) = (&variant.wire, &variant.printed);
        let name = format_ident!("{}", variant.name);
        let index = proc_macro2::Literal::usize_unsuffixed(index);
        match &variant.ty {
            Some(ty) => {
                let read = values::read_function(ty);
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
    let shape = shape(&name, def.class.as_deref(), &members);
    quote! {
        #shape

        impl lido_runtime::ReadJson for #name {
            fn read_json(reader: &mut lido_runtime::Reader<'_>) -> lido_runtime::read::ReadResult<Self> {
                #body
            }
        }
    }
}

/// Returns the implementation of `WriteJson`.
pub(in crate::protocol) fn write(def: &TypeDef, variants: &[Variant]) -> TokenStream {
    let name = format_ident!("{}", def.name);
    let arms = variants.iter().map(|variant| {
        let (wire, name) = (&variant.wire, format_ident!("{}", variant.name));
        match &variant.ty {
            Some(ty) if values::writes_specially(ty) => {
                let write = values::write_function(ty);
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
