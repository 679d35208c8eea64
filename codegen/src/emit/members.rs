//! Prints the declaration of a structure, with its members.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::{capabilities::Capabilities, file::doc_attributes, ty, value::Values};
use crate::ir::{Member, Presence, Structure};

/// Returns the identifier of a field.
pub(crate) fn ident(field: &str) -> Ident {
    match field.strip_prefix("r#") {
        Some(keyword) => Ident::new_raw(keyword, proc_macro2::Span::call_site()),
        None => format_ident!("{field}"),
    }
}

/// Returns the type of a member's field.
fn field_type(member: &Member) -> TokenStream {
    let ty = ty::rust(&member.ty);
    if member.presence == Presence::Optional { quote!(Option<#ty>) } else { ty }
}

/// Returns the declaration of the structure, with a constructor if handlers have to make values of it.
pub(super) fn declare(
    structure: &Structure,
    docs: &str,
    made: Option<Values<'_>>,
    capabilities: &Capabilities<'_>,
) -> TokenStream {
    let name = format_ident!("{}", structure.name);
    let docs = doc_attributes(structure.docs.as_deref().unwrap_or(docs));
    let fields = structure.members.iter().map(|member| {
        let docs = member.docs.as_deref().map(doc_attributes);
        let (field, ty) = (ident(&member.field), field_type(member));
        quote! { #docs pub #field: #ty }
    });
    let exact = capabilities.derives_of(structure);
    let all_optional = structure.members.iter().all(|member| member.presence == Presence::Optional);
    let debug = (!structure.sensitive).then(|| quote!(Debug,));
    let default = all_optional.then(|| quote!(Default,));
    let hidden = structure.sensitive.then(|| quote!(lido_runtime::debug_hidden!(#name);));
    let make = made.filter(|_| !all_optional).map(|values| make(structure, values));
    let braces = if structure.members.is_empty() { quote!({}) } else { quote!({ #(#fields,)* }) };
    quote! {
        #docs
        #[derive(Clone, #debug #default PartialEq #exact)]
        pub struct #name #braces
        #hidden
        #make
    }
}

/// Returns `Default` if no member is required, or else a function `new` that takes the required members.
fn make(structure: &Structure, values: Values<'_>) -> TokenStream {
    let name = format_ident!("{}", structure.name);
    let required: Vec<_> =
        structure.members.iter().filter(|member| member.presence == Presence::Required).collect();
    let values = structure.members.iter().map(|member| {
        let field = ident(&member.field);
        match &member.presence {
            Presence::Required => quote!(#field),
            Presence::Optional => quote!(#field: None),
            Presence::Default(default) => {
                let default = values.expression(default, &member.ty);
                quote!(#field: #default)
            }
        }
    });
    if required.is_empty() {
        return quote! {
            impl Default for #name {
                fn default() -> Self {
                    Self { #(#values,)* }
                }
            }
        };
    }
    // With more arguments, a structure literal is easier to read.
    if required.len() > 7 {
        return quote!();
    }
    let arguments = required.iter().map(|member| {
        let (field, ty) = (ident(&member.field), ty::rust(&member.ty));
        quote!(#field: #ty)
    });
    quote! {
        impl #name {
            #[doc = " Returns a value with these members. The others are absent or have their default values."]
            pub fn new(#(#arguments),*) -> Self {
                Self { #(#values,)* }
            }
        }
    }
}
