//! Reads a model of `shared/protocol-tests` and generates its package.

use std::{fs, path::Path};

use anyhow::Context as _;
use lido_codegen::{Config, Generated, generate, ir::Protocol};
use lido_model::{Diagnostic, ShapeId};
use serde_json::Value;

use super::{
    rewrite,
    suite::{Counts, LEFT_OUT, Suite},
};

/// A service, generated or refused.
pub(super) struct PreparedSuite {
    /// The number of tests for servers in the file, counted without the generator.
    pub(super) tests: usize,
    /// The package, or why the generator refused it.
    pub(super) generated: Result<Generated, Vec<Diagnostic>>,
}

/// Reads the file and generates the service of `suite`.
pub(super) fn prepare(folder: &Path, suite: &Suite) -> anyhow::Result<PreparedSuite> {
    let path = folder.join(suite.file);
    let bytes = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
    let mut model: Value =
        serde_json::from_slice(&bytes).with_context(|| format!("in {}", path.display()))?;
    let is_aws_json = is_aws_json(&model);
    if !is_aws_json {
        rewrite::to_aws_json(&mut model, |id| LEFT_OUT.iter().any(|(left_out, _)| *left_out == id))
            .with_context(|| format!("in {}", path.display()))?;
    }
    let tests = if suite.counts == Counts::Compiled { 0 } else { count_tests(&model) };
    let config = Config {
        service: suite.service.and_then(ShapeId::parse),
        protocol: (!is_aws_json).then_some(Protocol::AwsJson1_1),
        package: suite.package(),
        in_workspace: true,
        protocol_tests: suite.counts != Counts::Compiled,
        ..Config::default()
    };
    let bytes = if is_aws_json { bytes } else { serde_json::to_vec(&model)? };
    let generated =
        lido_model::load(&[(suite.file.to_owned(), bytes)]).and_then(|model| generate(&model, &config));
    Ok(PreparedSuite { tests, generated })
}

fn is_aws_json(model: &Value) -> bool {
    let shapes = model.get("shapes").and_then(Value::as_object).into_iter().flatten();
    let mut traits = shapes.filter_map(|(_, shape)| shape.get("traits"));
    traits.any(|traits| {
        ["aws.protocols#awsJson1_0", "aws.protocols#awsJson1_1"].iter().any(|id| traits.get(id).is_some())
    })
}

/// Counts the tests for servers in the file, to notice a test that belongs to none of the services.
fn count_tests(model: &Value) -> usize {
    let shapes = model.get("shapes").and_then(Value::as_object).into_iter().flatten();
    let tests = shapes
        .filter_map(|(_, shape)| shape.get("traits")?.as_object())
        .flatten()
        .filter(|(id, _)| id.starts_with("smithy.test#http"))
        .filter_map(|(_, tests)| tests.as_array())
        .flatten();
    let for_servers = tests.filter(|test| test.get("appliesTo").is_none_or(|side| side == "server"));
    for_servers.map(count_cases).sum()
}

/// Counts the rows of a parametrized test.
fn count_cases(test: &Value) -> usize {
    let parameters = test.get("testParameters").and_then(Value::as_object);
    let column = parameters.and_then(|parameters| parameters.values().next()).and_then(Value::as_array);
    column.map_or(1, Vec::len)
}
