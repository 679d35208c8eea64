//! From a file of `shared/protocol-tests` to a generated package.

use std::{fs, path::Path};

use anyhow::Context as _;
use lido_codegen::{Config, Generated, generate, ir::Protocol};
use lido_model::{Diagnostic, ShapeId};
use serde_json::Value;

use super::{
    rewrite,
    suite::{Counts, LEFT_OUT, STREAMING, Suite},
};

/// A service that has been read.
pub(super) struct Prepared {
    /// How many requests and answers the file tells a server of, counted without the generator.
    pub(super) tests: usize,
    /// The package, or why there is none.
    pub(super) generated: Result<Generated, Vec<Diagnostic>>,
}

/// Reads the file and generates the service of `suite`.
pub(super) fn prepare(folder: &Path, suite: &Suite) -> anyhow::Result<Prepared> {
    let path = folder.join(suite.file);
    let bytes = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
    let mut model: Value =
        serde_json::from_slice(&bytes).with_context(|| format!("in {}", path.display()))?;
    let is_ours = speaks_aws_json(&model);
    if !is_ours {
        rewrite::to_aws_json(&mut model, |id| LEFT_OUT.iter().any(|(left_out, _)| *left_out == id))
            .with_context(|| format!("in {}", path.display()))?;
        rewrite::take_out(&mut model, STREAMING);
    }
    let tests = if suite.counts == Counts::Compiled { 0 } else { count(&model) };
    let config = Config {
        service: suite.service.and_then(ShapeId::parse),
        protocol: (!is_ours).then_some(Protocol::AwsJson1_1),
        package: suite.package(),
        in_workspace: true,
        protocol_tests: suite.counts != Counts::Compiled,
        ..Config::default()
    };
    let bytes = if is_ours { bytes } else { serde_json::to_vec(&model)? };
    let generated =
        lido_model::load(&[(suite.file.to_owned(), bytes)]).and_then(|model| generate(&model, &config));
    Ok(Prepared { tests, generated })
}

fn speaks_aws_json(model: &Value) -> bool {
    let shapes = model.get("shapes").and_then(Value::as_object).into_iter().flatten();
    let mut traits = shapes.filter_map(|(_, shape)| shape.get("traits"));
    traits.any(|traits| {
        ["aws.protocols#awsJson1_0", "aws.protocols#awsJson1_1"].iter().any(|id| traits.get(id).is_some())
    })
}

/// The tests of a server in the whole file: so that none is lost between a file and its services.
fn count(model: &Value) -> usize {
    let shapes = model.get("shapes").and_then(Value::as_object).into_iter().flatten();
    let tests = shapes
        .filter_map(|(_, shape)| shape.get("traits")?.as_object())
        .flatten()
        .filter(|(id, _)| id.starts_with("smithy.test#http"))
        .filter_map(|(_, tests)| tests.as_array())
        .flatten();
    let for_servers = tests.filter(|test| test.get("appliesTo").is_none_or(|whom| whom == "server"));
    for_servers.map(cases).sum()
}

fn cases(test: &Value) -> usize {
    let parameters = test.get("testParameters").and_then(Value::as_object);
    let column = parameters.and_then(|parameters| parameters.values().next()).and_then(Value::as_array);
    column.map_or(1, Vec::len)
}
