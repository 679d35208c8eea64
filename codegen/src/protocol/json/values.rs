//! Prints the functions that read and write values, by their types.

use proc_macro2::TokenStream;
use quote::quote;

use crate::{
    emit::ty::rust,
    ir::{Scalar, TimestampFormat, Type},
};

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
