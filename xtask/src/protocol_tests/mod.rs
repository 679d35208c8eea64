//! `cargo xtask protocol-tests`: runs Smithy's tests of the awsJson protocols against services generated from the models
//! of these tests.

mod outcome;
mod prepare;
mod rewrite;
mod suite;

use clap::Args;

use crate::{scratch::ScratchWorkspace, shared};
use outcome::Outcomes;
use suite::{Counts, SUITES};

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
    let Some(shared) = shared::find("protocol tests")? else { return Ok(()) };
    let folder = shared.join("protocol-tests");
    let mut scratch = ScratchWorkspace::new("protocol-tests")?;
    let mut outcomes = Outcomes::default();
    for suite in SUITES {
        let prepared = prepare::prepare(&folder, suite)?;
        match (suite.counts, prepared.generated) {
            (Counts::Refused, Err(diagnostics)) => outcomes.add_refused(suite, &diagnostics),
            (Counts::Refused, Ok(_)) => {
                anyhow::bail!("{} was generated, but the generator must refuse it", suite.file)
            }
            (_, Err(diagnostics)) => return Err(crate::codegen::refusal(&diagnostics)),
            (_, Ok(generated)) => {
                scratch.add(&suite.package(), &generated.files)?;
                outcomes.add_generated(suite, prepared.tests, &generated.service.protocol_tests);
            }
        }
    }
    let built = scratch.cargo(&["build", "--lib", "--test", "protocol"])?;
    for (package, binary) in &built.tests {
        outcomes.run(package, binary)?;
    }
    outcomes.report(built.warnings.len())
}
