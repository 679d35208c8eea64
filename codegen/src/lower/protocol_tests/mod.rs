//! Lowers the protocol tests of operations and errors (`smithy.test`) that apply to servers of the generated protocol.

mod definition;
mod parameters;

use std::collections::BTreeSet;

use lido_model::{Diagnostic, Shape};
use serde_json::Value;

use super::Lowering;
use crate::{
    ir::{Expected, Operation, Protocol, ProtocolTest, TestRequest},
    names::Scope,
    protocol::support,
};
use definition::Definition;

const REQUESTS: &str = "smithy.test#httpRequestTests";
const RESPONSES: &str = "smithy.test#httpResponseTests";
const MALFORMED: &str = "smithy.test#httpMalformedRequestTests";

impl Lowering<'_> {
    /// Lowers every test of `operations` and of their errors, in the order of the operations.
    pub(super) fn protocol_tests(
        &mut self,
        protocol: Protocol,
        operations: &[Operation],
    ) -> Vec<ProtocolTest> {
        let mut tests = Tests { protocol, service: self.service.id.name().to_owned(), made: Vec::new() };
        let mut errors = BTreeSet::new();
        for operation in operations {
            let Some(shape) = self.shape(&operation.id) else { continue };
            if let Err(diagnostic) = tests.of_operation(shape, operation) {
                self.report(diagnostic.at(&shape.origin).about(&shape.id));
            }
            // An error has the same form in every operation, so it is tested with the first one only.
            for error in self.errors_of(shape) {
                if !errors.insert(&error.id) {
                    continue;
                }
                let name = self.claim_type_name(error);
                if let Err(diagnostic) = tests.of_error(error, &name, operation) {
                    self.report(diagnostic.at(&error.origin).about(&error.id));
                }
            }
        }
        self.refuse_equal_names(&tests.made);
        tests.made
    }

    /// Refuses tests of one kind and operation that have the same name.
    fn refuse_equal_names(&mut self, tests: &[ProtocolTest]) {
        let mut names = Scope::default();
        for (index, test) in tests.iter().enumerate() {
            let module = (test.expected.folder(), &test.operation, &test.name);
            if let Err(collision) = names.claim(&format!("{module:?}"), &format!("test {index}")) {
                self.report(collision);
            }
        }
    }
}

impl Expected {
    /// Returns the name of the module for tests of this kind.
    pub(crate) fn folder(&self) -> &'static str {
        match self {
            Self::Input(_) => "requests",
            Self::Output(..) | Self::Error(..) => "responses",
            Self::Refusal(_) => "malformed_requests",
        }
    }
}

/// Collects tests.
struct Tests {
    protocol: Protocol,
    service: String,
    made: Vec<ProtocolTest>,
}

impl Tests {
    fn of_operation(&mut self, shape: &Shape, operation: &Operation) -> Result<(), Diagnostic> {
        for definition in self.definitions(shape, REQUESTS)? {
            let request = definition.request(&self.service, self.protocol, operation)?;
            self.push(&definition, operation, request, Expected::Input(definition.params()));
        }
        for definition in self.definitions(shape, RESPONSES)? {
            let expected = Expected::Output(definition.params(), definition.response(self.protocol)?);
            let request = self.any_request(shape, operation)?;
            self.push(&definition, operation, request, expected);
        }
        for definition in self.definitions(shape, MALFORMED)? {
            for case in parameters::expand(definition)? {
                let request = case.part("request")?.request(&self.service, self.protocol, operation)?;
                let answer = case.part("response")?.response(self.protocol)?;
                self.push(&case, operation, request, Expected::Refusal(answer));
            }
        }
        Ok(())
    }

    fn of_error(&mut self, shape: &Shape, name: &str, operation: &Operation) -> Result<(), Diagnostic> {
        for definition in self.definitions(shape, RESPONSES)? {
            let expected =
                Expected::Error(name.to_owned(), definition.params(), definition.response(self.protocol)?);
            let request = support(self.protocol).empty_request(&self.service, operation);
            self.push(&definition, operation, request, expected);
        }
        Ok(())
    }

    /// Returns a request that reaches the operation's handler: that of its first test, or one with an empty object.
    fn any_request(&self, shape: &Shape, operation: &Operation) -> Result<TestRequest, Diagnostic> {
        match self.definitions(shape, REQUESTS)?.first() {
            Some(definition) => definition.request(&self.service, self.protocol, operation),
            None => Ok(support(self.protocol).empty_request(&self.service, operation)),
        }
    }

    /// Returns the test definitions in the trait `kind` that apply to servers of this protocol.
    fn definitions<'s>(&self, shape: &'s Shape, kind: &str) -> Result<Vec<Definition<'s>>, Diagnostic> {
        let all = shape.traits.get(kind).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let all = all.iter().map(|node| Definition::read(kind, node)).collect::<Result<Vec<_>, _>>()?;
        Ok(all.into_iter().filter(|definition| definition.is_for_servers(self.protocol)).collect())
    }

    fn push(&mut self, test: &Definition<'_>, operation: &Operation, request: TestRequest, to: Expected) {
        let name = test.function_name();
        self.made.push(ProtocolTest { name, operation: operation.name.clone(), request, expected: to });
    }
}
