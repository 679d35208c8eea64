//! Lowers a service of the model to the intermediate representation.
//!
//! Every decision is made here: names, types, which types are constrained or boxed, which are read and which are written.
//! What is not supported is refused with a diagnostic.

mod auth;
mod closure;
mod documentation;
mod left_out;
mod operation;
mod protocol_tests;
mod service;
mod structure;
mod traits;
mod types;
mod validation;

use std::collections::{BTreeMap, BTreeSet};

use lido_model::{Diagnostic, Member, Model, Severity, Shape, ShapeId, ShapeKind};

use crate::{
    config::Config,
    ir,
    names::{Named, Scope, VALUES, operation_name, type_name},
};
use closure::Closure;
use left_out::Division;

/// The state of lowering one service.
struct Lowering<'m> {
    model: &'m Model,
    config: &'m Config,
    service: &'m Shape,
    /// The operations that are served, and those that are left out.
    division: Division,
    /// The shapes that are read, those that are written, and those that contain themselves.
    closure: Closure,
    /// The shapes that have another name in this service.
    rename: BTreeMap<ShapeId, String>,
    /// The names of all operations.
    operations: BTreeSet<String>,
    /// The names of types that are in use.
    names: Scope,
    /// The types so far, by name.
    types: BTreeMap<String, ir::TypeDef>,
    /// The shapes whose types are defined or being defined.
    defined: BTreeSet<ShapeId>,
    diagnostics: Vec<Diagnostic>,
}

/// Lowers the service that `config` selects, and returns it with the warnings about the model.
///
/// # Errors
/// Returns every error of the model that prevents generation.
pub fn lower(model: &Model, config: &Config) -> Result<(ir::Service, Vec<Diagnostic>), Vec<Diagnostic>> {
    let service = service::find(model, config).map_err(|diagnostic| vec![diagnostic])?;
    let ShapeKind::Service { operations, rename, .. } = &service.kind else { return Err(Vec::new()) };
    let division = left_out::divide(model, operations);
    let mut lowering = Lowering {
        model,
        config,
        service,
        closure: Closure::of(model, service, &division.served),
        rename: rename.clone(),
        operations: division.served.iter().map(|id| operation_name(id.name())).collect(),
        division,
        names: Scope::default(),
        types: BTreeMap::new(),
        defined: BTreeSet::new(),
        diagnostics: model.warnings().to_vec(),
    };
    lowering.diagnostics.append(&mut lowering.division.diagnostics);
    let lowered = lowering.service();
    model.locate(&mut lowering.diagnostics);
    let (errors, warnings): (Vec<_>, _) =
        lowering.diagnostics.into_iter().partition(|diagnostic| diagnostic.severity == Severity::Error);
    match lowered {
        Some(lowered) if errors.is_empty() => Ok((lowered, warnings)),
        _ => Err(errors),
    }
}

impl<'m> Lowering<'m> {
    /// Reports a diagnostic, unless it has been reported: a structure may be both read and written.
    fn report(&mut self, diagnostic: Diagnostic) {
        if !self.diagnostics.contains(&diagnostic) {
            self.diagnostics.push(diagnostic);
        }
    }

    /// Returns the shape of this id, which exists in a loaded model.
    fn shape(&self, id: &ShapeId) -> Option<&'m Shape> {
        self.model.find_shape(id.as_str())
    }

    /// Claims and returns the name of the shape's type.
    fn claim_type_name(&mut self, shape: &Shape) -> String {
        let name = self.rename.get(&shape.id).map_or(shape.id.name(), String::as_str);
        let is_error = shape.traits.has("smithy.api#error");
        let (named, members): (_, &[Member]) = match &shape.kind {
            ShapeKind::Structure(members) if is_error => (Named::Error, members),
            ShapeKind::Structure(members) | ShapeKind::Union(members) => (Named::Structure, members),
            _ => (Named::Declared, &[]),
        };
        let mut name = type_name(name, named);
        // A structure `Document` with a document as a member would need both names in one file.
        if VALUES.contains(&name.as_str()) && members.iter().any(|member| self.holds(member, &name, 0)) {
            name.push_str("Shape");
        }
        self.claim(&name, shape.id.as_str(), shape);
        name
    }

    /// Returns whether the member's type is the value type `name`, or a list or map of it.
    fn holds(&self, member: &Member, name: &str, depth: usize) -> bool {
        let Some(target) = self.shape(&member.target).filter(|_| depth < 16) else { return false };
        match &target.kind {
            ShapeKind::Document => name == "Document",
            ShapeKind::Blob => name == "Blob",
            ShapeKind::Timestamp => name == "DateTime",
            ShapeKind::BigInteger => name == "BigInteger",
            ShapeKind::BigDecimal => name == "BigDecimal",
            ShapeKind::List(part) => self.holds(part, name, depth + 1),
            ShapeKind::Map { key, value } => {
                self.holds(key, name, depth + 1) || self.holds(value, name, depth + 1)
            }
            _ => false,
        }
    }

    fn claim(&mut self, name: &str, owner: &str, shape: &Shape) {
        if let Err(collision) = self.names.claim(name, owner) {
            self.report(collision.at(&shape.origin).about(&shape.id));
        }
    }
}
