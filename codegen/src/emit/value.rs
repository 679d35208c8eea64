//! Prints values of the model as Rust expressions: default values, and the parameters of protocol tests.

use std::collections::BTreeSet;

use aws_smithy_types::DateTime;
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use serde_json::Value;

use super::members::ident;
use crate::ir::{self, EnumValue, Kind, Member, Presence, Scalar, Service, Structure, Type};

/// Where an expression is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ValueContext {
    /// In the generated crate, as a default value. It was checked against all rules when it was lowered, and blobs are
    /// base64.
    Default,
    /// In a test, as a parameter. Blobs are plain text.
    Test,
}

/// Prints values of a service's types.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Values<'s> {
    pub(crate) service: &'s Service,
    pub(crate) context: ValueContext,
}

impl Values<'_> {
    /// Returns the expression for `value` of type `ty`.
    pub(super) fn expression(&self, value: &Value, ty: &Type) -> TokenStream {
        match ty {
            Type::Scalar(scalar) => self.scalar(value, *scalar),
            Type::Named(name) => self.named(value, name),
            Type::Sensitive(inner) => {
                let inner = self.expression(value, inner);
                quote!(lido_runtime::Sensitive::from(#inner))
            }
            Type::Boxed(inner) => {
                let inner = self.expression(value, inner);
                quote!(Box::new(#inner))
            }
            Type::List { element, sparse } => {
                let items: Vec<_> = value
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(|item| self.item(item, element, *sparse))
                    .collect();
                if items.is_empty() { quote!(Vec::new()) } else { quote!(vec![#(#items),*]) }
            }
            Type::Map { key, value: entry, sparse } => {
                let entries: Vec<_> = value
                    .as_object()
                    .into_iter()
                    .flatten()
                    .map(|(name, value)| {
                        let key = self.expression(&Value::String(name.clone()), key);
                        let value = self.item(value, entry, *sparse);
                        quote!((#key, #value))
                    })
                    .collect();
                if entries.is_empty() {
                    quote!(std::collections::BTreeMap::new())
                } else {
                    quote!(std::collections::BTreeMap::from([#(#entries),*]))
                }
            }
        }
    }

    /// Returns the call that replaces an empty option of this type with `default`.
    pub(crate) fn or_default(&self, default: &Value, ty: &Type) -> TokenStream {
        let is_empty = match (ty, default) {
            (Type::Scalar(Scalar::String), Value::String(text)) => text.is_empty(),
            (Type::List { .. } | Type::Map { .. }, _) => true,
            _ => false,
        };
        if is_empty {
            return quote!(unwrap_or_default());
        }
        let is_constant = match ty {
            Type::Scalar(Scalar::Document) => matches!(default, Value::Null | Value::Bool(_)),
            Type::Scalar(_) => matches!(default, Value::Bool(_) | Value::Number(_)),
            Type::Named(name) => self
                .service
                .find_type(name)
                .is_some_and(|def| matches!(def.kind, Kind::Enum(_) | Kind::IntEnum(_))),
            _ => false,
        };
        let default = self.expression(default, ty);
        let calls = matches!(
            ty,
            Type::Scalar(Scalar::BigInteger | Scalar::BigDecimal | Scalar::Blob | Scalar::Timestamp(_))
        );
        if is_constant && !calls { quote!(unwrap_or(#default)) } else { quote!(unwrap_or_else(|| #default)) }
    }

    fn item(&self, value: &Value, ty: &Type, sparse: bool) -> TokenStream {
        if sparse && value.is_null() {
            return quote!(None);
        }
        let item = self.expression(value, ty);
        if sparse { quote!(Some(#item)) } else { item }
    }

    fn named(&self, value: &Value, name: &str) -> TokenStream {
        let ident = format_ident!("{name}");
        let Some(def) = self.service.find_type(name) else { return quote!() };
        match &def.kind {
            Kind::Structure(structure) | Kind::Error(structure, _) => {
                self.structure(value, structure, &quote!(crate::types::#ident))
            }
            Kind::Union(variants) => {
                let set = variants.iter().find_map(|variant| Some((variant, value.get(&variant.wire)?)));
                let Some((variant, value)) = set else { return quote!() };
                let name = format_ident!("{}", variant.name);
                match &variant.ty {
                    Some(ty) => {
                        let value = self.expression(value, ty);
                        quote!(crate::types::#ident::#name(#value))
                    }
                    None => quote!(crate::types::#ident::#name),
                }
            }
            Kind::Enum(values) => {
                let variant = variant(values, |known| value.as_str() == Some(known));
                quote!(crate::types::#ident::#variant)
            }
            Kind::IntEnum(values) => {
                let variant = variant(values, |known| value.as_i64() == Some(i64::from(*known)));
                quote!(crate::types::#ident::#variant)
            }
            Kind::Scalar(scalar, _) => self.newtype(&ident, &self.scalar(value, *scalar)),
            Kind::List(inner, _) | Kind::Map(_, inner, _) => {
                self.newtype(&ident, &self.expression(value, inner))
            }
        }
    }

    fn newtype(&self, name: &proc_macro2::Ident, inner: &TokenStream) -> TokenStream {
        match self.context {
            ValueContext::Default => quote!(crate::types::#name::of_model(#inner)),
            ValueContext::Test => quote!(crate::types::#name::try_from(#inner).unwrap()),
        }
    }

    /// Returns the expression for a structure. Members that `value` lacks are absent or have their default values.
    pub(super) fn structure(&self, value: &Value, structure: &Structure, path: &TokenStream) -> TokenStream {
        let members = structure.members.iter().map(|member| {
            let field = ident(&member.field);
            let value = self.member(value, member);
            quote!(#field: #value)
        });
        quote!(#path { #(#members),* })
    }

    fn member(&self, structure: &Value, member: &Member) -> TokenStream {
        let given = structure.get(&member.wire).filter(|value| !value.is_null());
        match (&member.presence, given) {
            (Presence::Optional, None) => quote!(None),
            (Presence::Optional, Some(value)) => {
                let value = self.expression(value, &member.ty);
                quote!(Some(#value))
            }
            (Presence::Required | Presence::Default(_), Some(value)) => self.expression(value, &member.ty),
            (Presence::Default(default), None) => {
                // The default of the model is printed as such also in a test.
                Values { context: ValueContext::Default, ..*self }.default_in(
                    default,
                    &member.ty,
                    self.context,
                )
            }
            (Presence::Required, None) => self.expression(&Value::Null, &member.ty),
        }
    }

    fn default_in(&self, default: &Value, ty: &Type, context: ValueContext) -> TokenStream {
        match (context, ty) {
            (ValueContext::Test, Type::Named(_)) => Values { context, ..*self }.expression(default, ty),
            _ => self.expression(default, ty),
        }
    }

    fn scalar(&self, value: &Value, scalar: Scalar) -> TokenStream {
        match scalar {
            Scalar::String => {
                let text = value.as_str().unwrap_or_default();
                if text.is_empty() { quote!(String::new()) } else { quote!(String::from(#text)) }
            }
            Scalar::Boolean => {
                let value = value.as_bool().unwrap_or_default();
                quote!(#value)
            }
            Scalar::Byte | Scalar::Short | Scalar::Integer | Scalar::Long => {
                let value = Literal::i64_unsuffixed(value.as_i64().unwrap_or_default());
                quote!(#value)
            }
            Scalar::Float => float(value, &quote!(f32)),
            Scalar::Double => float(value, &quote!(f64)),
            Scalar::BigInteger => big(value, &quote!(lido_runtime::types::BigInteger)),
            Scalar::BigDecimal => big(value, &quote!(lido_runtime::types::BigDecimal)),
            Scalar::Blob => {
                let text = value.as_str().unwrap_or_default();
                let bytes = match self.context {
                    ValueContext::Default => {
                        aws_smithy_types::base64::decode(text).unwrap_or_else(|_| text.into())
                    }
                    ValueContext::Test => text.as_bytes().to_vec(),
                };
                let bytes = Literal::byte_string(&bytes);
                quote!(lido_runtime::types::Blob::new(*#bytes))
            }
            Scalar::Timestamp(_) => {
                let instant = ir::instant(value);
                let instant = instant.unwrap_or(DateTime::from_secs(0));
                let (seconds, nanos) = (
                    Literal::i64_unsuffixed(instant.secs()),
                    Literal::u32_unsuffixed(instant.subsec_nanos()),
                );
                quote!(lido_runtime::types::DateTime::from_secs_and_nanos(#seconds, #nanos))
            }
            Scalar::Document => document(value),
        }
    }
}

fn variant<T>(values: &[EnumValue<T>], is: impl Fn(&T) -> bool) -> proc_macro2::Ident {
    let name =
        values.iter().find(|known| is(&known.value)).or(values.first()).map_or("N", |known| &known.name);
    format_ident!("{name}")
}

fn float(value: &Value, ty: &TokenStream) -> TokenStream {
    match value.as_str() {
        Some("Infinity") => quote!(#ty::INFINITY),
        Some("-Infinity") => quote!(#ty::NEG_INFINITY),
        Some(_) => quote!(#ty::NAN),
        None => {
            let literal = Literal::f64_unsuffixed(value.as_f64().unwrap_or_default());
            quote!(#literal)
        }
    }
}

fn big(value: &Value, ty: &TokenStream) -> TokenStream {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    quote!(#text.parse::<#ty>().unwrap_or_default())
}

fn document(value: &Value) -> TokenStream {
    match value {
        Value::Null => quote!(lido_runtime::types::Document::Null),
        Value::Bool(value) => quote!(lido_runtime::types::Document::Bool(#value)),
        Value::String(text) => quote!(lido_runtime::types::Document::String(String::from(#text))),
        Value::Number(number) => {
            let number = match (number.as_u64(), number.as_i64(), number.as_f64()) {
                (Some(value), ..) => quote!(PosInt(#value)),
                (None, Some(value), _) => quote!(NegInt(#value)),
                (None, None, value) => {
                    let value = value.unwrap_or_default();
                    quote!(Float(#value))
                }
            };
            quote!(lido_runtime::types::Document::Number(lido_runtime::types::Number::#number))
        }
        Value::Array(items) => {
            let items = items.iter().map(document);
            quote!(lido_runtime::types::Document::Array(vec![#(#items),*]))
        }
        Value::Object(entries) => {
            let entries = entries.iter().map(|(name, value)| {
                let value = document(value);
                quote!((String::from(#name), #value))
            });
            quote!(lido_runtime::types::Document::Object(std::collections::HashMap::from([#(#entries),*])))
        }
    }
}

/// Returns the constrained types of members with a default value, which need a constructor without a check.
pub(super) fn defaulted(service: &Service) -> BTreeSet<&str> {
    let inputs = service.operations.iter().flat_map(|operation| [&operation.input, &operation.output]);
    let types = service.types.iter().filter_map(|def| match &def.kind {
        Kind::Structure(structure) | Kind::Error(structure, _) => Some(structure),
        _ => None,
    });
    let members = inputs.chain(types).flat_map(|structure| &structure.members);
    members
        .filter_map(|member| match (&member.presence, &member.ty) {
            (Presence::Default(_), Type::Named(name)) => Some(name.as_str()),
            _ => None,
        })
        .collect()
}
