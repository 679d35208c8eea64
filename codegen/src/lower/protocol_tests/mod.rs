//! The tests that the model's operations and errors carry (`smithy.test`), as far as they are a
//! server's to pass over the protocol that is generated.

mod definition;
mod parameters;

use std::collections::BTreeSet;

use lido_model::{Diagnostic, Shape};
use serde_json::Value;

use super::Lowering;
use crate::{
    ir::{Expected, Operation, Protocol, ProtocolTest, TestRequest},
    names::Scope,
};
use definition::Definition;

const REQUESTS: &str = "smithy.test#httpRequestTests";
const RESPONSES: &str = "smithy.test#httpResponseTests";
const MALFORMED: &str = "smithy.test#httpMalformedRequestTests";

impl Lowering<'_> {
    /// Every test of `operations` and of their errors, in the order of the operations.
    pub(super) fn protocol_tests(
        &mut self,
        protocol: Protocol,
        operations: &[Operation],
    ) -> Vec<ProtocolTest> {
        let mut tests = Tests { protocol, service: self.service.id.name().to_owned(), made: Vec::new() };
        let mut errors = BTreeSet::new();
        for operation in operations {
            let Some(shape) = self.shape(&operation.id) else { continue };
            if let Err(said) = tests.of_operation(shape, operation) {
                self.say(said.at(&shape.origin).about(&shape.id));
            }
            // An error looks the same whichever operation it comes from: the first one stands for all.
            for error in self.errors_of(shape) {
                if !errors.insert(&error.id) {
                    continue;
                }
                let name = self.claim_type_name(error);
                if let Err(said) = tests.of_error(error, &name, operation) {
                    self.say(said.at(&error.origin).about(&error.id));
                }
            }
        }
        self.refuse_equal_names(&tests.made);
        tests.made
    }

    /// Names must differ among the tests of one kind and operation.
    fn refuse_equal_names(&mut self, tests: &[ProtocolTest]) {
        let mut names = Scope::default();
        for (index, test) in tests.iter().enumerate() {
            let module = (test.expected.folder(), &test.operation, &test.name);
            if let Err(collision) = names.claim(&format!("{module:?}"), &format!("test {index}")) {
                self.say(collision);
            }
        }
    }
}

impl Expected {
    /// The folder and the module of the tests of this kind.
    pub(crate) fn folder(&self) -> &'static str {
        match self {
            Self::Input(_) => "requests",
            Self::Output(..) | Self::Error(..) => "responses",
            Self::Refusal(_) => "malformed_requests",
        }
    }
}

/// The tests so far.
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
            let expected = Expected::Output(definition.params(), definition.answer()?);
            let request = self.any_request(shape, operation)?;
            self.push(&definition, operation, request, expected);
        }
        for definition in self.definitions(shape, MALFORMED)? {
            for case in parameters::expand(definition)? {
                let request = case.part("request")?.request(&self.service, self.protocol, operation)?;
                let answer = case.part("response")?.answer()?;
                self.push(&case, operation, request, Expected::Refusal(answer));
            }
        }
        Ok(())
    }

    fn of_error(&mut self, shape: &Shape, name: &str, operation: &Operation) -> Result<(), Diagnostic> {
        for definition in self.definitions(shape, RESPONSES)? {
            let expected = Expected::Error(name.to_owned(), definition.params(), definition.answer()?);
            let request = TestRequest::empty(&self.service, self.protocol, operation);
            self.push(&definition, operation, request, expected);
        }
        Ok(())
    }

    /// A request that reaches the operation's handler: that of its first test, or an empty object.
    fn any_request(&self, shape: &Shape, operation: &Operation) -> Result<TestRequest, Diagnostic> {
        match self.definitions(shape, REQUESTS)?.first() {
            Some(definition) => definition.request(&self.service, self.protocol, operation),
            None => Ok(TestRequest::empty(&self.service, self.protocol, operation)),
        }
    }

    /// The definitions under `kind` that a server must meet over this protocol.
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
