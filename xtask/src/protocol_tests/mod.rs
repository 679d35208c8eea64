//! `cargo xtask protocol-tests`: Smithy's tests of the awsJson protocols, run against what the
//! generator makes of their models.

mod outcome;
mod prepare;
mod rewrite;
mod suite;

use clap::Args;

use crate::{scratch::Scratch, shared};
use outcome::Outcomes;
use suite::{Counts, SUITES};

/// What the command line says.
#[derive(Args)]
pub(crate) struct Arguments {}

/// Generates a package for every service, compiles and runs its tests, and prints the counts.
pub(crate) fn run(_: &Arguments) -> anyhow::Result<()> {
    let Some(shared) = shared::find("the protocol tests")? else { return Ok(()) };
    let folder = shared.join("protocol-tests");
    let mut scratch = Scratch::new("protocol-tests")?;
    let mut outcomes = Outcomes::default();
    for suite in SUITES {
        let prepared = prepare::prepare(&folder, suite)?;
        match (suite.counts, prepared.generated) {
            (Counts::Refused, Err(said)) => outcomes.refused(suite, &said),
            (Counts::Refused, Ok(_)) => anyhow::bail!("{} must be refused, but is generated", suite.file),
            (_, Err(said)) => return Err(crate::codegen::refused(&said)),
            (_, Ok(generated)) => {
                scratch.add(&suite.package(), &generated.files)?;
                outcomes.expect(suite, prepared.tests, &generated.service.protocol_tests);
            }
        }
    }
    let built = scratch.cargo(&["build", "--lib", "--test", "protocol"])?;
    for (package, binary) in &built.tests {
        outcomes.run(package, binary)?;
    }
    outcomes.report(built.warnings.len())
}
