//! Prints how values are read and written in bodies of JSON, for each protocol that has such bodies.

pub(super) mod collection;
pub(super) mod structure;
pub(super) mod union;
mod values;

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::{emit::ty::rust, ir::Type};

/// Returns the implementation of `Shape` for a structure or union, which messages show by the name `class` with these
/// members: their names in JSON, their names in messages and their types. Without a class it is not shown.
fn shape(name: &Ident, class: Option<&str>, members: &[(&str, &str, Option<&Type>)]) -> TokenStream {
    let Some(class) = class else { return quote! { impl lido_runtime::Shape for #name {} } };
    let members = members.iter().map(|(wire, printed, ty)| {
        let ty = ty.map_or_else(|| quote!(()), rust);
        quote! { (#wire, #printed, <#ty as lido_runtime::Shape>::form) }
    });
    quote! {
        impl lido_runtime::Shape for #name {
            fn rules() -> Option<&'static lido_runtime::Rules> {
                Some(&lido_runtime::Rules::NONE)
            }

            fn form() -> lido_runtime::Form {
                static FORM: lido_runtime::StructureForm = lido_runtime::StructureForm::new(#class, &[#(#members),*]);
                lido_runtime::Form::Structure(&FORM)
            }
        }
    }
}
