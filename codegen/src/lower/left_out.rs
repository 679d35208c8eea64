//! Finds the operations that cannot be served, so that the others can be.

use std::collections::{BTreeMap, BTreeSet};

use lido_model::{Diagnostic, Model, Severity, Shape, ShapeId, ShapeKind, Traits};

use super::closure::{parts, reach};
use crate::{codes, ir, pattern::Pattern};

/// The operations of a service, divided into those that are served and those that are left out.
pub(super) struct Division {
    /// The operations that are served, in model order.
    pub(super) served: Vec<ShapeId>,
    /// The operations that are left out, in model order.
    pub(super) left_out: Vec<ir::LeftOut>,
    /// A warning for each operation that is left out, or errors if none is served.
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// Divides the operations of a service.
pub(super) fn divide(model: &Model, operations: &[ShapeId]) -> Division {
    let mut faults = Faults { model, known: BTreeMap::new() };
    let mut division = Division { served: Vec::new(), left_out: Vec::new(), diagnostics: Vec::new() };
    for id in operations {
        match faults.of_operation(id) {
            None => division.served.push(id.clone()),
            Some(fault) => {
                let message = format!("the operation {id} is left out: {}", fault.message);
                division.left_out.push(ir::LeftOut { id: id.clone(), reason: fault.message });
                division.diagnostics.push(Diagnostic { severity: Severity::Warning, message, ..fault.place });
            }
        }
    }
    if division.served.is_empty() {
        for diagnostic in &mut division.diagnostics {
            diagnostic.severity = Severity::Error;
        }
    }
    division
}

/// What is not supported.
#[derive(Clone)]
struct Fault {
    message: String,
    /// Where it is, and what to do.
    place: Diagnostic,
}

/// The faults of shapes, each searched once.
struct Faults<'m> {
    model: &'m Model,
    /// By shape, and by whether an input uses it.
    known: BTreeMap<(ShapeId, bool), Option<Fault>>,
}

impl Faults<'_> {
    fn of_operation(&mut self, id: &ShapeId) -> Option<Fault> {
        let ShapeKind::Operation { input, output, errors } = &self.model.find_shape(id.as_str())?.kind else {
            return None;
        };
        let written = std::iter::once(output).chain(errors).collect();
        let read = reach(self.model, vec![input]);
        self.first_of(&read, true).or_else(|| self.first_of(&reach(self.model, written), false))
    }

    fn first_of(&mut self, ids: &BTreeSet<ShapeId>, is_read: bool) -> Option<Fault> {
        ids.iter().find_map(|id| {
            let shape = self.model.find_shape(id.as_str())?;
            let model = self.model;
            self.known.entry((id.clone(), is_read)).or_insert_with(|| fault_of(model, shape, is_read)).clone()
        })
    }
}

/// Returns the first fault of a shape and its members.
fn fault_of(model: &Model, shape: &Shape, is_read: bool) -> Option<Fault> {
    const STREAMING: &str = "smithy.api#streaming";
    let fault = |code, message: String, remedy: String, origin| Fault {
        message,
        place: Diagnostic::warning(code, "", remedy).at(origin).about(&shape.id),
    };
    for member in parts(shape) {
        let target = model.find_shape(member.target.as_str());
        if member.traits.has(STREAMING) || target.is_some_and(|target| target.traits.has(STREAMING)) {
            return Some(fault(
                &codes::STREAMING,
                format!("the member `{}` of {} is streaming, which is not supported", member.name, shape.id),
                "nothing, if the operation need not be served; else remove the trait `streaming`".to_owned(),
                &member.origin,
            ));
        }
        if let Some((message, remedy)) = is_read.then(|| pattern_fault(&member.traits)).flatten() {
            let message = format!("the member `{}` of {} {message}", member.name, shape.id);
            return Some(fault(&codes::PATTERN, message, remedy, &member.origin));
        }
    }
    let (message, remedy) = is_read.then(|| pattern_fault(&shape.traits)).flatten()?;
    Some(fault(&codes::PATTERN, format!("{} {message}", shape.id), remedy, &shape.origin))
}

/// Returns why the pattern among these traits is not supported, and what to do.
fn pattern_fault(traits: &Traits) -> Option<(String, String)> {
    let text = traits.pattern()?;
    let error = Pattern::parse(text).and_then(|pattern| pattern.plan()).err()?;
    let message = format!(
        "has the pattern `{text}`, which is not supported: {} at column {}",
        error.message,
        error.offset + 1
    );
    Some((message, error.remedy))
}
