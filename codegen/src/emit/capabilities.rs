//! Decides which traits of the standard library and of serde the types of a service can have.
//!
//! A type that contains a float or a document has no total equality and no hash. A type in which a sensitive shape is
//! reached is never shown or serialized.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;

use crate::ir::{Kind, Scalar, Service, Structure, Type, TypeDef};

/// What the types of a service can do.
#[derive(Debug)]
pub(super) struct Capabilities<'s> {
    /// The types that contain a float or a document, at any depth.
    inexact: BTreeSet<&'s str>,
    /// The types that are sensitive, or contain a sensitive value, at any depth.
    sensitive: BTreeSet<&'s str>,
}

impl<'s> Capabilities<'s> {
    pub(super) fn of(service: &'s Service) -> Self {
        let mut found = Self { inexact: BTreeSet::new(), sensitive: BTreeSet::new() };
        loop {
            let before = found.inexact.len() + found.sensitive.len();
            for def in &service.types {
                let parts = parts(&def.kind);
                let is_exact = !matches!(def.kind, Kind::Scalar(scalar, _) if !is_exact(scalar));
                if !is_exact || !parts.iter().all(|part| found.is_total(part)) {
                    found.inexact.insert(&def.name);
                }
                if def.sensitive || parts.iter().any(|part| found.is_sensitive(part)) {
                    found.sensitive.insert(&def.name);
                }
            }
            if found.inexact.len() + found.sensitive.len() == before {
                return found;
            }
        }
    }

    /// Returns whether values of the type have total equality and a hash.
    pub(super) fn is_total(&self, ty: &Type) -> bool {
        match ty {
            Type::Scalar(scalar) => is_exact(*scalar),
            Type::Named(name) => !self.inexact.contains(name.as_str()),
            Type::Sensitive(inner) | Type::Boxed(inner) => self.is_total(inner),
            Type::List { element, .. } => self.is_total(element),
            Type::Map { key, value, .. } => self.is_total(key) && self.is_total(value),
        }
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
    pub(super) fn derives<'t>(&self, mut members: impl Iterator<Item = &'t Type>) -> TokenStream {
        if members.all(|ty| self.is_total(ty)) { quote!(, Eq, Hash) } else { quote!() }
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
