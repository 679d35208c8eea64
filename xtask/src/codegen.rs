//! `cargo xtask codegen`: the model in `model/` in, `generated/` out.

use std::time::Instant;

use anyhow::{Context as _, bail};
use clap::Args;
use lido_codegen::{Config, Generated, disk, generate, ir::Style};
use lido_model::{Diagnostic, ShapeId};

/// The error that tells a client of Cognito that its input violates constraints.
const VALIDATION_ERROR: &str = "com.amazonaws.cognitoidentityprovider#InvalidParameterException";

/// What the command line says.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Only compares, and fails where generated/ is not what the model says
    #[arg(long)]
    pub(crate) check: bool,
}

/// Writes what changed and prints what was read and written.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let started = Instant::now();
    let files = model_files()?;
    let generated = cognito(&files)?;
    let folder = crate::workspace()?.join("generated");
    let service = &generated.service;
    println!(
        "read    {} model files: {} operations, {} types",
        files.len(),
        service.operations.len(),
        service.types.len()
    );
    if arguments.check {
        let difference = disk::compare(&folder, &generated.files)?;
        println!("compare {} in {} ms", difference.summary(), started.elapsed().as_millis());
        if !difference.is_empty() {
            for path in difference.stale.iter().chain(&difference.orphans).take(10) {
                println!("        {}", path.display());
            }
            bail!("generated/ is not what model/ says; run: cargo xtask codegen");
        }
        return Ok(());
    }
    let difference = disk::write(&folder, &generated.files)?;
    println!(
        "write   {} files written, {} deleted, {} unchanged in {} ms",
        difference.stale.len(),
        difference.orphans.len(),
        difference.unchanged,
        started.elapsed().as_millis()
    );
    Ok(())
}

/// The files of the model of Cognito, by their names below `model/`.
pub(crate) fn model_files() -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    let root = crate::workspace()?;
    let mut files = Vec::new();
    for path in ["model/cognito-idp", "model/documentation.json", "model/lido.json"] {
        let found = disk::model_files(&root.join(path)).with_context(|| format!("reading {path}"))?;
        files.extend(found.into_iter().map(|(name, bytes)| {
            let prefix = format!("{}/", root.display());
            (name.trim_start_matches(&prefix).to_owned(), bytes)
        }));
    }
    Ok(files)
}

/// The package that is made of the model of Cognito.
pub(crate) fn cognito(files: &[(String, Vec<u8>)]) -> anyhow::Result<Generated> {
    let config = Config {
        style: Style::Coral,
        validation_error: ShapeId::parse(VALIDATION_ERROR),
        package: "lido-cognito-idp".to_owned(),
        in_workspace: true,
        constraint_tests: true,
        ..Config::default()
    };
    let model = lido_model::load(files).map_err(|said| refused(&said))?;
    let generated = generate(&model, &config).map_err(|said| refused(&said))?;
    for warning in &generated.warnings {
        println!("{warning}");
    }
    Ok(generated)
}

/// Every diagnostic, and what to do about them.
pub(crate) fn refused(said: &[Diagnostic]) -> anyhow::Error {
    let list: String = said.iter().map(|diagnostic| format!("{diagnostic}\n")).collect();
    anyhow::anyhow!("{list}{} error(s) in the model; mend them as said above", said.len())
}
