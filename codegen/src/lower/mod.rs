//! From the model to what is printed. Every decision is made here: names, types, what is constrained,
//! what is boxed, which way a type travels. What cannot be generated is refused with its place.

mod closure;
mod documentation;
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

/// What is known while one service is lowered.
struct Lowering<'m> {
    model: &'m Model,
    config: &'m Config,
    service: &'m Shape,
    /// Which shapes are read, which are written, and which would contain themselves.
    closure: Closure,
    /// Other names that shapes bear in this service.
    rename: BTreeMap<ShapeId, String>,
    /// The names of all operations.
    operations: BTreeSet<String>,
    /// Names of types, taken.
    names: Scope,
    /// The types so far, by name.
    types: BTreeMap<String, ir::TypeDef>,
    /// Shapes whose type is being made or is made.
    begun: BTreeSet<ShapeId>,
    said: Vec<Diagnostic>,
}

/// Decides everything about the service that `config` asks for.
///
/// # Errors
/// Everything that keeps the service from being generated. Warnings come with the service.
pub fn lower(model: &Model, config: &Config) -> Result<(ir::Service, Vec<Diagnostic>), Vec<Diagnostic>> {
    let service = service::find(model, config).map_err(|diagnostic| vec![diagnostic])?;
    let ShapeKind::Service { operations, rename, .. } = &service.kind else { return Err(Vec::new()) };
    let mut lowering = Lowering {
        model,
        config,
        service,
        closure: Closure::of(model, service),
        rename: rename.clone(),
        operations: operations.iter().map(|id| operation_name(id.name())).collect(),
        names: Scope::default(),
        types: BTreeMap::new(),
        begun: BTreeSet::new(),
        said: Vec::new(),
    };
    let lowered = lowering.service();
    match lowered {
        Some(lowered) if !lowering.said.iter().any(|said| said.severity == Severity::Error) => {
            Ok((lowered, lowering.said))
        }
        _ => Err(lowering.said),
    }
}

impl<'m> Lowering<'m> {
    /// Says it once, however often it is found: a structure is often both input and output.
    fn say(&mut self, diagnostic: Diagnostic) {
        if !self.said.contains(&diagnostic) {
            self.said.push(diagnostic);
        }
    }

    /// The shape of this id; the loader has made sure that there is one.
    fn shape(&self, id: &ShapeId) -> Option<&'m Shape> {
        self.model.find_shape(id.as_str())
    }

    /// The name of the shape's type, which it now bears.
    fn claim_type_name(&mut self, shape: &Shape) -> String {
        let name = self.rename.get(&shape.id).map_or(shape.id.name(), String::as_str);
        let is_error = shape.traits.has("smithy.api#error");
        let (named, members): (_, &[Member]) = match &shape.kind {
            ShapeKind::Structure(members) if is_error => (Named::Error, members),
            ShapeKind::Structure(members) | ShapeKind::Union(members) => (Named::Structure, members),
            _ => (Named::Declared, &[]),
        };
        let mut name = type_name(name, named);
        // `Document` with a member that is a document needs both names in one file.
        if VALUES.contains(&name.as_str()) && members.iter().any(|member| self.holds(member, &name, 0)) {
            name.push_str("Shape");
        }
        self.claim(&name, shape.id.as_str(), shape);
        name
    }

    /// Whether the member's type names the value type `name`, in a list or map perhaps.
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

    fn claim(&mut self, name: &str, bearer: &str, shape: &Shape) {
        if let Err(collision) = self.names.claim(name, bearer) {
            self.say(collision.at(&shape.origin).about(&shape.id));
        }
    }
}
