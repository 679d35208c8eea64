//! Decides which traits of the standard library and of serde the types of a service can have.
//!
//! A type that contains a float or a document has no total equality and no hash; one that contains a document, a blob or a
//! big number has no order, since those have none. A type in which a sensitive shape is reached is never shown or serialized.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;

use crate::ir::{Kind, Scalar, Service, Structure, Type, TypeDef};

/// What the types of a service can do.
#[derive(Debug)]
pub(super) struct Capabilities<'s> {
    /// The types that contain a float or a document, at any depth.
    inexact: BTreeSet<&'s str>,
    /// The types that contain a value without an order, at any depth.
    unordered: BTreeSet<&'s str>,
    /// The types that are sensitive, or contain a sensitive value, at any depth.
    sensitive: BTreeSet<&'s str>,
}

impl<'s> Capabilities<'s> {
    pub(super) fn of(service: &'s Service) -> Self {
        let mut found =
            Self { inexact: BTreeSet::new(), unordered: BTreeSet::new(), sensitive: BTreeSet::new() };
        loop {
            let before = found.count();
            for def in &service.types {
                let parts = parts(&def.kind);
                let lacks =
                    |has: fn(Scalar) -> bool| matches!(def.kind, Kind::Scalar(scalar, _) if !has(scalar));
                if lacks(is_exact) || !parts.iter().all(|part| found.is_total(part)) {
                    found.inexact.insert(&def.name);
                }
                if lacks(has_order) || !parts.iter().all(|part| found.is_ordered(part)) {
                    found.unordered.insert(&def.name);
                }
                if def.sensitive || parts.iter().any(|part| found.is_sensitive(part)) {
                    found.sensitive.insert(&def.name);
                }
            }
            if found.count() == before {
                return found;
            }
        }
    }

    fn count(&self) -> usize {
        self.inexact.len() + self.unordered.len() + self.sensitive.len()
    }

    /// Returns whether values of the type have total equality and a hash.
    pub(super) fn is_total(&self, ty: &Type) -> bool {
        consists_of(ty, is_exact, |name| !self.inexact.contains(name))
    }

    /// Returns whether values of the type have an order, which is total if their equality is.
    pub(super) fn is_ordered(&self, ty: &Type) -> bool {
        consists_of(ty, has_order, |name| !self.unordered.contains(name))
    }

    fn is_sensitive(&self, ty: &Type) -> bool {
        match ty {
            Type::Scalar(_) => false,
            Type::Named(name) => self.sensitive.contains(name.as_str()),
            Type::Sensitive(_) => true,
            Type::Boxed(inner) => self.is_sensitive(inner),
            Type::List { element, .. } => self.is_sensitive(element),
            Type::Map { key, value, .. } => self.is_sensitive(key) || self.is_sensitive(value),
        }
    }

    /// Returns the derives of a structure or union with members of these types, after those that every one has.
    pub(super) fn derives<'t>(&self, members: impl Iterator<Item = &'t Type> + Clone) -> TokenStream {
        match (members.clone().all(|ty| self.is_total(ty)), members.clone().all(|ty| self.is_ordered(ty))) {
            (true, true) => quote!(, Eq, PartialOrd, Ord, Hash),
            (true, false) => quote!(, Eq, Hash),
            (false, true) => quote!(, PartialOrd),
            (false, false) => quote!(),
        }
    }

    /// Returns the macros that implement the same traits for a constrained list or map of this type.
    pub(super) fn traits_of_collection(&self, name: &str, inner: &Type) -> String {
        let (total, ordered) = (self.is_total(inner), self.is_ordered(inner));
        let mut text = String::new();
        if total {
            text.push_str(&format!("lido_runtime::total!({name});\n"));
        }
        match (total, ordered) {
            (true, true) => text.push_str(&format!("lido_runtime::ordered!({name});\n")),
            (false, true) => text.push_str(&format!("lido_runtime::partially_ordered!({name});\n")),
            (_, false) => {}
        }
        text
    }

    /// Returns the derives of a structure, after those that every one has.
    pub(super) fn derives_of(&self, structure: &Structure) -> TokenStream {
        self.derives(structure.members.iter().map(|member| &member.ty))
    }

    /// Returns the implementations of serde's traits for a type, which the feature `serde` of the runtime switches on.
    pub(super) fn serde_of(&self, def: &TypeDef) -> String {
        let is_value = matches!(def.kind, Kind::Scalar(..) | Kind::Enum(_) | Kind::IntEnum(_));
        let is_error = matches!(def.kind, Kind::Error(..));
        let is_written = (def.writes || is_value) && !is_error;
        serde(&def.name, def.reads, is_written && !self.sensitive.contains(def.name.as_str()))
    }

    /// Returns the implementations of serde's traits for the input or output of an operation.
    pub(super) fn serde_of_own(&self, structure: &Structure, is_input: bool) -> String {
        let is_sensitive =
            structure.sensitive || structure.members.iter().any(|member| self.is_sensitive(&member.ty));
        serde(&structure.name, is_input, !is_input && !is_sensitive)
    }
}

fn serde(name: &str, is_read: bool, is_written: bool) -> String {
    let mut text = String::new();
    if is_read {
        text.push_str(&format!("lido_runtime::deserialize!({name});\n"));
    }
    if is_written {
        text.push_str(&format!("lido_runtime::serialize!({name});\n"));
    }
    text
}

/// Returns whether values of the scalar have total equality and a hash.
pub(super) fn is_exact(scalar: Scalar) -> bool {
    !matches!(scalar, Scalar::Float | Scalar::Double | Scalar::Document)
}

/// Returns whether values of the scalar have an order.
fn has_order(scalar: Scalar) -> bool {
    !matches!(scalar, Scalar::Document | Scalar::Blob | Scalar::BigInteger | Scalar::BigDecimal)
}

/// Returns whether each part of the type is a scalar or a named type that has a property.
fn consists_of(ty: &Type, scalar_has: fn(Scalar) -> bool, type_has: impl Fn(&str) -> bool + Copy) -> bool {
    match ty {
        Type::Scalar(scalar) => scalar_has(*scalar),
        Type::Named(name) => type_has(name),
        Type::Sensitive(inner) | Type::Boxed(inner) => consists_of(inner, scalar_has, type_has),
        Type::List { element, .. } => consists_of(element, scalar_has, type_has),
        Type::Map { key, value, .. } => {
            consists_of(key, scalar_has, type_has) && consists_of(value, scalar_has, type_has)
        }
    }
}

/// Returns the types that a type contains.
fn parts(kind: &Kind) -> Vec<&Type> {
    match kind {
        Kind::Structure(structure) | Kind::Error(structure, _) => {
            structure.members.iter().map(|member| &member.ty).collect()
        }
        Kind::Union(variants) => variants.iter().filter_map(|variant| variant.ty.as_ref()).collect(),
        Kind::Enum(_) | Kind::IntEnum(_) | Kind::Scalar(..) => Vec::new(),
        Kind::List(inner, _) | Kind::Map(_, inner, _) => vec![inner],
    }
}
