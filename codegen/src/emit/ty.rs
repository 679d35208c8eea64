//! Prints types, and the functions that read and write their values.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use crate::ir::{Scalar, TimestampFormat, Type};

/// Returns the Rust type.
pub(super) fn rust(ty: &Type) -> TokenStream {
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

/// Returns whether the Rust type does not determine how a value is read.
pub(super) fn reads_specially(ty: &Type) -> bool {
    match ty {
        Type::Scalar(scalar) => is_special(*scalar),
        Type::Named(_) => false,
        Type::Sensitive(inner) | Type::Boxed(inner) => reads_specially(inner),
        Type::List { element, sparse } => *sparse || reads_specially(element),
        Type::Map { value, sparse, .. } => *sparse || reads_specially(value),
    }
}

/// Returns whether the Rust type does not determine how a value is written.
pub(super) fn writes_specially(ty: &Type) -> bool {
    match ty {
        Type::Scalar(scalar) => is_special(*scalar),
        Type::Named(_) => false,
        Type::Sensitive(inner) | Type::Boxed(inner) => writes_specially(inner),
        Type::List { element, .. } => writes_specially(element),
        Type::Map { value, .. } => writes_specially(value),
    }
}

fn is_special(scalar: Scalar) -> bool {
    matches!(scalar, Scalar::Timestamp(TimestampFormat::DateTime | TimestampFormat::HttpDate))
}

/// Returns the implementation of `Shape` for a structure or union, which messages show by the name `class` with these
/// members: their names in JSON, their names in messages and their types. Without a class it is not shown.
pub(super) fn shape(
    name: &Ident,
    class: Option<&str>,
    members: &[(&str, &str, Option<&Type>)],
) -> TokenStream {
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

/// Returns a function that reads a value.
pub(super) fn read_function(ty: &Type) -> TokenStream {
    let own = rust(ty);
    if !reads_specially(ty) {
        return quote!(<#own as lido_runtime::ReadJson>::read_json);
    }
    match ty {
        Type::Scalar(Scalar::Timestamp(TimestampFormat::DateTime)) => quote!(lido_runtime::read::date_time),
        Type::Scalar(Scalar::Timestamp(TimestampFormat::HttpDate)) => quote!(lido_runtime::read::http_date),
        Type::Scalar(_) | Type::Named(_) => quote!(<#own as lido_runtime::ReadJson>::read_json),
        Type::Sensitive(inner) => {
            let inner = read_function(inner);
            quote!(|reader| Ok(reader.concealed(#inner)?.map(lido_runtime::Sensitive::from)))
        }
        Type::Boxed(inner) => {
            let inner = read_function(inner);
            quote!(|reader| Ok(#inner(reader)?.map(Box::new)))
        }
        Type::List { .. } | Type::Map { .. } => {
            let read = read_collection(ty, &quote!(&lido_runtime::Rules::NONE));
            quote!(|reader| #read)
        }
    }
}

/// Returns an expression that reads a list or map from `reader` and checks `rules`.
pub(super) fn read_collection(ty: &Type, rules: &TokenStream) -> TokenStream {
    let (function, part) = match ty {
        Type::List { element, sparse: false } => (quote!(list), element),
        Type::List { element, sparse: true } => (quote!(sparse_list), element),
        Type::Map { value, sparse: false, .. } => (quote!(map), value),
        Type::Map { value, sparse: true, .. } => (quote!(sparse_map), value),
        _ => return quote!(),
    };
    let read_part = read_function(part);
    quote!(lido_runtime::read::#function(reader, #rules, #read_part))
}

/// Returns a function that writes a value.
pub(super) fn write_function(ty: &Type) -> TokenStream {
    if !writes_specially(ty) {
        return quote!(|writer, value| lido_runtime::WriteJson::write_json(value, writer));
    }
    match ty {
        Type::Scalar(Scalar::Timestamp(TimestampFormat::DateTime)) => quote!(lido_runtime::Writer::date_time),
        Type::Scalar(Scalar::Timestamp(TimestampFormat::HttpDate)) => quote!(lido_runtime::Writer::http_date),
        Type::Scalar(_) | Type::Named(_) => {
            quote!(|writer, value| lido_runtime::WriteJson::write_json(value, writer))
        }
        Type::Sensitive(inner) | Type::Boxed(inner) => {
            let inner = write_function(inner);
            quote!(|writer, value| (#inner)(writer, &**value))
        }
        Type::List { element, sparse } => {
            let write = write_item(element, *sparse);
            quote!(|writer, items| writer.list(items, #write))
        }
        Type::Map { value, sparse, .. } => {
            let write = write_item(value, *sparse);
            quote!(|writer, entries| writer.map(entries, #write))
        }
    }
}

fn write_item(ty: &Type, sparse: bool) -> TokenStream {
    let write = write_function(ty);
    if sparse { quote!(|writer, item| writer.nullable(item, #write)) } else { write }
}
