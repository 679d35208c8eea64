//! Selects and lowers the service: its protocol and its operations.

use lido_model::{Diagnostic, Model, Shape, ShapeKind, nearest};

use super::{Lowering, documentation::docs};
use crate::{
    codes,
    config::Config,
    ir::{self, Protocol},
    names::{Named, Scope, type_name},
    protocol,
};

/// Returns the service that `config` names, or the only service of the model.
pub(super) fn find<'m>(model: &'m Model, config: &Config) -> Result<&'m Shape, Diagnostic> {
    let services: Vec<_> = model.services().collect();
    let names = || services.iter().map(|service| service.id.as_str()).collect::<Vec<_>>().join(", ");
    match (&config.service, services.as_slice()) {
        (Some(id), _) => services.iter().copied().find(|service| service.id == *id).ok_or_else(|| {
            Diagnostic::error(&codes::SERVICE, format!("the model has no service {id}"), {
                let otherwise = format!("select one of its services: {}", names());
                match nearest(id.as_str(), services.iter().map(|service| service.id.as_str())) {
                    Some(guess) => format!("did you mean `{guess}`? Otherwise {otherwise}"),
                    None => otherwise,
                }
            })
        }),
        (None, [service]) => Ok(service),
        (None, []) => Err(Diagnostic::error(
            &codes::SERVICE,
            "the model has no service",
            "add a shape of type `service`",
        )),
        (None, _) => Err(Diagnostic::error(
            &codes::SERVICE,
            "the model has several services",
            format!("select one of them with --service ID (in a build script: `service`): {}", names()),
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
                    &codes::NO_OPERATIONS,
                    "the service has no operations",
                    "add operations to the service or its resources",
                )
                .at(&shape.origin)
                .about(&shape.id),
            );
        }
        // An operation `GetItemService` has the setter that a service for `GetItem` would have.
        for operation in &mut lowered {
            let mut name =
                format!("{}_service", operation.method.trim_start_matches("r#").trim_end_matches('_'));
            while setters.is_claimed(&name) {
                name.push('_');
            }
            operation.service_method = name;
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
            query_compatible: protocol::is_query_compatible(&shape.traits),
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
        if let Some(found) = protocol::of_service(&self.service.traits) {
            return Some(found);
        }
        let spoken: Vec<_> =
            self.service.traits.iter().map(|(id, _)| id).filter(|id| self.is_protocol(id)).collect();
        let message = match spoken.as_slice() {
            [] => "the service has no protocol".to_owned(),
            spoken => format!("the service speaks {}, which is not supported", spoken.join(", ")),
        };
        let traits = Protocol::ALL.map(|protocol| format!("`{}`", protocol.trait_id()));
        let [preferred, ..] = Protocol::ALL;
        let remedy = format!(
            "give it the trait {}, or select one with --protocol {} (in a build script: `protocol`)",
            traits.join(" or "),
            preferred.name()
        );
        self.report(
            Diagnostic::error(&codes::PROTOCOL, message, remedy)
                .at(&self.service.origin)
                .about(&self.service.id),
        );
        None
    }

    /// Returns whether a trait is a protocol: one of AWS's, of Smithy's, or one that the model defines.
    fn is_protocol(&self, id: &str) -> bool {
        protocol::is_known(id)
            || self
                .model
                .find_shape(id)
                .is_some_and(|shape| shape.traits.has("smithy.api#protocolDefinition"))
    }
}
