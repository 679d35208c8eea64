//! Prints how constrained lists and maps are read and written.

use proc_macro2::TokenStream;
use quote::quote;

use super::values;
use crate::ir::{Rules, Type};

/// Returns a function that reads a list or map of the type `inner` and checks its rules.
pub(in crate::protocol) fn read(inner: &Type, rules: &Rules) -> TokenStream {
    let read = values::read_collection(inner, &quote!(rules));
    let read =
        if rules.unique { quote!(lido_runtime::read::unique(reader, rules, |reader| #read)) } else { read };
    quote!(|reader, rules| #read)
}

/// Returns a function that writes a list or map of the type `inner`, or `None` if the type determines it.
pub(in crate::protocol) fn write(inner: &Type) -> Option<TokenStream> {
    values::writes_specially(inner).then(|| values::write_function(inner))
}
