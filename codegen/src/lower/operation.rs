//! Lowers operations: their inputs, outputs and errors, and how they are called.

use lido_model::{Shape, ShapeId, ShapeKind};
use serde_json::Value;

use super::{Lowering, documentation::docs, structure::MemberOf};
use crate::{
    ir,
    names::{Named, operation_name, setter_name, type_name},
};

const UNIT: &str = "smithy.api#Unit";

impl<'m> Lowering<'m> {
    /// Lowers the operation `shape`.
    pub(super) fn operation(&mut self, shape: &Shape) -> Option<ir::Operation> {
        let ShapeKind::Operation { input, output, .. } = &shape.kind else { return None };
        let name = operation_name(shape.id.name());
        let input_name = self.own_name(&type_name(&format!("{name}_Input"), Named::Operation));
        let output_name = self.own_name(&type_name(&format!("{name}_Output"), Named::Operation));
        Some(ir::Operation {
            id: shape.id.clone(),
            method: setter_name(shape.id.name()),
            service_method: String::new(),
            docs: docs(&shape.traits),
            input: self.own_structure(input, MemberOf { type_name: &input_name, reads: true, writes: false }),
            no_input: input.as_str() == UNIT,
            output: self
                .own_structure(output, MemberOf { type_name: &output_name, reads: false, writes: true }),
            no_output: output.as_str() == UNIT,
            error: self.operation_error(&name, shape),
            auth: self.auth(shape),
            gzip: shape.traits.get("smithy.api#requestCompression").is_some_and(|compression| {
                let encodings = compression.get("encodings").and_then(Value::as_array);
                encodings.is_some_and(|encodings| encodings.iter().any(|encoding| encoding == "gzip"))
            }),
            name,
        })
    }

    /// Returns the name of an operation's input, output or error. It gets the suffix `Shape` if an operation has the same
    /// name, such as an operation `DeleteApplicationOutput` beside `DeleteApplication`.
    fn own_name(&self, name: &str) -> String {
        if self.operations.contains(name) { format!("{name}Shape") } else { name.to_owned() }
    }

    /// Lowers an input or output to a type of its operation alone, as in smithy-rs.
    fn own_structure(&mut self, id: &ShapeId, of: MemberOf<'_>) -> ir::Structure {
        match self.shape(id) {
            Some(shape) => self.structure(shape, of),
            None => ir::Structure {
                name: of.type_name.to_owned(),
                docs: None,
                sensitive: false,
                members: Vec::new(),
            },
        }
    }

    /// Returns the errors of an operation, followed by those of the service.
    pub(super) fn errors_of(&self, operation: &Shape) -> Vec<&'m Shape> {
        let own: &[ShapeId] = match &operation.kind {
            ShapeKind::Operation { errors, .. } => errors,
            _ => &[],
        };
        let common: &[ShapeId] = match &self.service.kind {
            ShapeKind::Service { errors, .. } => errors,
            _ => &[],
        };
        own.iter().chain(common).filter_map(|id| self.shape(id)).collect()
    }

    fn operation_error(&mut self, operation: &str, shape: &Shape) -> Option<ir::OperationError> {
        let mut variants: Vec<String> = Vec::new();
        for shape in self.errors_of(shape) {
            if let ir::Type::Named(name) = self.shape_type(shape, 0) {
                variants.push(name);
            }
        }
        variants.sort();
        variants.dedup();
        let name = self.own_name(&format!("{operation}Error"));
        (!variants.is_empty()).then_some(ir::OperationError { name, variants })
    }
}
