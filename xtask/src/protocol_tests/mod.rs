//! `cargo xtask protocol-tests`: runs Smithy's tests of the awsJson protocols against services generated from the models
//! of these tests, and compiles services of awkward names and of random models.

mod names;
mod outcome;
mod prepare;
mod random;
mod rewrite;
mod suite;

use clap::Args;

use crate::{scratch::ScratchWorkspace, shared};
use outcome::Outcomes;
use suite::{STREAMING, SUITES};

/// The options of `cargo xtask protocol-tests`: none.
#[derive(Args)]
#[command(
    after_help = "Reads the models in the folder protocol-tests/ of LIDO_SHARED (default: ../shared).\n\n\
    Examples:\n  cargo xtask protocol-tests"
)]
pub(crate) struct Arguments {}

/// Generates a package for every service, compiles and runs its tests, and prints the counts.
///
/// # Errors
/// Returns an error if a service is not generated or refused as expected, or if a test fails.
pub(crate) fn run(_: &Arguments) -> anyhow::Result<()> {
    let mut scratch = ScratchWorkspace::new("protocol-tests")?;
    let names = names::packages()?;
    for (package, files) in &names {
        scratch.add(package, files)?;
    }
    let (package, files) = random::package()?;
    scratch.add(&package, &files)?;
    let Some(shared) = shared::find("protocol tests")? else {
        let warnings = scratch.cargo(&["build", "--lib"])?.warnings;
        anyhow::ensure!(warnings.is_empty(), "the compiler warns of generated code");
        return Ok(());
    };
    let folder = shared.join("protocol-tests");
    let (mut outcomes, mut left_out) = (Outcomes::default(), Vec::new());
    for suite in SUITES {
        let prepared = prepare::prepare(&folder, suite)?;
        let generated = prepared.generated.map_err(|diagnostics| crate::codegen::refusal(&diagnostics))?;
        left_out.extend(generated.service.left_out.iter().map(|operation| operation.id.to_string()));
        scratch.add(&suite.package(), &generated.files)?;
        outcomes.add_generated(suite, prepared.tests, &generated.service.protocol_tests);
    }
    left_out.sort();
    anyhow::ensure!(left_out == STREAMING, "these operations were left out: {left_out:?}");
    let built = scratch.cargo(&["build", "--lib", "--test", "protocol"])?;
    for (package, binary) in &built.tests {
        outcomes.run(package, binary)?;
    }
    outcomes.report(built.warnings.len())
}
