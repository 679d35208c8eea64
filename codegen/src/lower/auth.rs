//! Lowers the schemes by which the callers of an operation are authenticated.

use lido_model::{Diagnostic, Shape, Traits};
use serde_json::Value;

use super::Lowering;
use crate::{codes, ir::AuthScheme};

impl Lowering<'_> {
    /// Returns the schemes of an operation: those that it selects, or else those that the service selects, or else all of
    /// the service, sorted by shape id as Smithy says. Without one, and with `optionalAuth`, callers may be anonymous.
    pub(super) fn auth(&mut self, operation: &Shape) -> Vec<AuthScheme> {
        const AUTH: &str = "smithy.api#auth";
        let service = self.service;
        let listed = [operation, service]
            .into_iter()
            .find_map(|shape| Some((shape, shape.traits.get(AUTH)?.as_array()?)));
        let mut schemes = Vec::new();
        match listed {
            Some((shape, ids)) => {
                for id in ids.iter().filter_map(Value::as_str) {
                    match self.scheme(id) {
                        Some(scheme) => schemes.push(scheme),
                        None => self.report(
                            Diagnostic::error(
                                &codes::AUTH, format!("`{AUTH}` selects `{id}`, which is no authentication scheme of the service"),
                                "apply that trait to the service, or leave it out of the list",
                            )
                            .at(&shape.origin)
                            .about(&shape.id),
                        ),
                    }
                }
            }
            None => {
                let mut ids: Vec<&str> = service.traits.iter().map(|(id, _)| id).collect();
                ids.sort_unstable();
                schemes.extend(ids.into_iter().filter_map(|id| self.scheme(id)));
            }
        }
        if schemes.is_empty() || operation.traits.has("smithy.api#optionalAuth") {
            schemes.push(AuthScheme::NoAuth);
        }
        schemes
    }

    /// Returns the scheme of a trait of the service, or `None` if the service does not have it or it is no scheme.
    fn scheme(&self, id: &str) -> Option<AuthScheme> {
        let value = self.service.traits.get(id)?;
        Some(match id {
            "aws.auth#sigv4" => AuthScheme::SigV4,
            "aws.auth#sigv4a" => AuthScheme::SigV4a,
            "smithy.api#httpBearerAuth" => AuthScheme::HttpBearer,
            "smithy.api#httpBasicAuth" => AuthScheme::HttpBasic,
            "smithy.api#httpDigestAuth" => AuthScheme::HttpDigest,
            "smithy.api#httpApiKeyAuth" => {
                let text = |key| value.get(key).and_then(Value::as_str).map(str::to_owned);
                AuthScheme::HttpApiKey {
                    name: text("name").unwrap_or_default(),
                    in_query: text("in").as_deref() == Some("query"),
                    scheme: text("scheme"),
                }
            }
            _ if self.is_scheme(id) => AuthScheme::Custom(id.to_owned()),
            _ => return None,
        })
    }

    /// Returns whether the trait is defined as an authentication scheme.
    fn is_scheme(&self, id: &str) -> bool {
        let defines = |traits: &Traits| traits.has("smithy.api#authDefinition");
        self.model.find_shape(id).is_some_and(|shape| defines(&shape.traits))
    }
}
