//! Selects and lowers the service: its protocol and its operations.

use lido_model::{Diagnostic, Model, Shape, ShapeKind};

use super::{Lowering, documentation::docs};
use crate::{
    config::Config,
    ir::{self, Protocol},
    names::{Named, Scope, type_name},
};

/// Returns the service that `config` names, or the only service of the model.
pub(super) fn find<'m>(model: &'m Model, config: &Config) -> Result<&'m Shape, Diagnostic> {
    let services: Vec<_> = model.services().collect();
    let names = || services.iter().map(|service| service.id.as_str()).collect::<Vec<_>>().join(", ");
    match (&config.service, services.as_slice()) {
        (Some(id), _) => services.iter().copied().find(|service| service.id == *id).ok_or_else(|| {
            Diagnostic::error(
                format!("the model has no service {id}"),
                format!("select one of its services: {}", names()),
            )
        }),
        (None, [service]) => Ok(service),
        (None, []) => Err(Diagnostic::error("the model has no service", "add a shape of type `service`")),
        (None, _) => Err(Diagnostic::error(
            "the model has several services",
            format!("select one of them: {}", names()),
        )),
    }
}

impl Lowering<'_> {
    /// Lowers the service.
    pub(super) fn service(&mut self) -> Option<ir::Service> {
        let shape = self.service;
        let ShapeKind::Service { version, .. } = &shape.kind else { return None };
        let protocol = self.protocol()?;
        let validation = self.validation()?;
        let mut lowered = Vec::new();
        let (mut names, mut setters) = (Scope::default(), Scope::default());
        for id in &self.division.served.clone() {
            let Some(operation) = self.shape(id).and_then(|shape| self.operation(shape)) else { continue };
            let input_and_output = [&operation.name, &operation.input.name, &operation.output.name];
            let error = operation.error.as_ref().map(|error| &error.name);
            for name in input_and_output.into_iter().chain(error) {
                if let Err(collision) = names.claim(name, id.as_str()) {
                    self.report(collision.about(id));
                }
            }
            if let Err(collision) = setters.claim(&operation.method, id.as_str()) {
                self.report(collision.about(id));
            }
            lowered.push(operation);
        }
        if lowered.is_empty() && self.division.left_out.is_empty() {
            self.report(
                Diagnostic::error(
                    "the service has no operations",
                    "add operations to the service or its resources",
                )
                .at(&shape.origin)
                .about(&shape.id),
            );
        }
        lowered.sort_by(|one, other| one.name.cmp(&other.name));
        let protocol_tests =
            if self.config.protocol_tests { self.protocol_tests(protocol, &lowered) } else { Vec::new() };
        Some(ir::Service {
            id: shape.id.clone(),
            name: type_name(shape.id.name(), Named::Service),
            version: (!version.is_empty()).then(|| version.clone()),
            docs: docs(&shape.traits),
            protocol,
            style: self.config.style,
            validation,
            body_limit: self.config.body_limit,
            query_compatible: shape.traits.has("aws.protocols#awsQueryCompatible"),
            operations: lowered,
            left_out: std::mem::take(&mut self.division.left_out),
            types: std::mem::take(&mut self.types).into_values().collect(),
            protocol_tests,
        })
    }

    fn protocol(&mut self) -> Option<Protocol> {
        if let Some(protocol) = self.config.protocol {
            return Some(protocol);
        }
        if self.service.traits.has("aws.protocols#awsJson1_1") {
            return Some(Protocol::AwsJson1_1);
        }
        if self.service.traits.has("aws.protocols#awsJson1_0") {
            return Some(Protocol::AwsJson1_0);
        }
        self.report(
            Diagnostic::error(
                "the service has no supported protocol",
                "give it the trait `aws.protocols#awsJson1_1` or `aws.protocols#awsJson1_0`, or select a protocol",
            )
            .at(&self.service.origin)
            .about(&self.service.id),
        );
        None
    }
}
