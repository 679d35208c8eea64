//! Prints types.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::ir::{Scalar, Type};

/// Returns the Rust type.
pub(crate) fn rust(ty: &Type) -> TokenStream {
    match ty {
        Type::Scalar(scalar) => scalar_type(*scalar),
        Type::Named(name) => {
            let name = format_ident!("{name}");
            quote!(crate::types::#name)
        }
        Type::Sensitive(inner) => {
            let inner = rust(inner);
            quote!(lido_runtime::Sensitive<#inner>)
        }
        Type::Boxed(inner) => {
            let inner = rust(inner);
            quote!(Box<#inner>)
        }
        Type::List { element, sparse } => {
            let element = item(element, *sparse);
            quote!(Vec<#element>)
        }
        Type::Map { key, value, sparse } => {
            let (key, value) = (rust(key), item(value, *sparse));
            quote!(std::collections::BTreeMap<#key, #value>)
        }
    }
}

fn item(ty: &Type, sparse: bool) -> TokenStream {
    let ty = rust(ty);
    if sparse { quote!(Option<#ty>) } else { ty }
}

/// Returns the Rust type of a scalar.
pub(super) fn scalar_type(scalar: Scalar) -> TokenStream {
    match scalar {
        Scalar::String => quote!(String),
        Scalar::Boolean => quote!(bool),
        Scalar::Byte => quote!(i8),
        Scalar::Short => quote!(i16),
        Scalar::Integer => quote!(i32),
        Scalar::Long => quote!(i64),
        Scalar::Float => quote!(f32),
        Scalar::Double => quote!(f64),
        Scalar::BigInteger => quote!(lido_runtime::types::BigInteger),
        Scalar::BigDecimal => quote!(lido_runtime::types::BigDecimal),
        Scalar::Blob => quote!(lido_runtime::types::Blob),
        Scalar::Document => quote!(lido_runtime::types::Document),
        Scalar::Timestamp(_) => quote!(lido_runtime::types::DateTime),
    }
}
