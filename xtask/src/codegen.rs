//! `cargo xtask codegen`: generates `generated/` from `model/`.

use std::{path::Path, time::Instant};

use anyhow::{Context as _, bail};
use clap::Args;
use lido_codegen::{Config, Generated, disk, generate, ir::Style};
use lido_model::{Diagnostic, ShapeId};

/// The error that the service answers if an input violates constraints.
const VALIDATION_ERROR: &str = "com.amazonaws.cognitoidentityprovider#InvalidParameterException";

/// The options of `cargo xtask codegen`.
#[derive(Args)]
#[command(after_help = "Examples:\n  cargo xtask codegen\n  cargo xtask codegen --check")]
pub(crate) struct Arguments {
    /// Compare only, and fail if generated/ is out of date
    #[arg(long)]
    pub(crate) check: bool,
}

/// Writes or compares the files, and prints how many.
///
/// # Errors
/// Returns an error if the model has errors, or if `--check` finds a difference.
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
            bail!("generated/ is out of date; run: cargo xtask codegen");
        }
        return Ok(());
    }
    let difference = disk::write(&folder, &generated.files)?;
    if !disk::format(&folder, generated.files.keys().map(Path::new)) {
        bail!("rustfmt is not installed, which formats generated/; run: rustup component add rustfmt");
    }
    println!(
        "write   {} files written, {} deleted, {} unchanged in {} ms",
        difference.stale.len(),
        difference.orphans.len(),
        difference.unchanged,
        started.elapsed().as_millis()
    );
    Ok(())
}

/// Reads the files of Cognito's model, and returns their paths in the workspace and contents.
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

/// Generates the package from Cognito's model, and prints the warnings.
pub(crate) fn cognito(files: &[(String, Vec<u8>)]) -> anyhow::Result<Generated> {
    let config = Config {
        style: Style::Coral,
        validation_error: ShapeId::parse(VALIDATION_ERROR),
        package: "lido-cognito-idp".to_owned(),
        in_workspace: true,
        constraint_tests: true,
        ..Config::default()
    };
    let model = lido_model::load(files).map_err(|diagnostics| refusal(&diagnostics))?;
    let generated = generate(&model, &config).map_err(|diagnostics| refusal(&diagnostics))?;
    for warning in &generated.warnings {
        println!("{warning}");
    }
    Ok(generated)
}

/// Returns an error that lists the diagnostics.
pub(crate) fn refusal(diagnostics: &[Diagnostic]) -> anyhow::Error {
    let list: String = diagnostics.iter().map(|diagnostic| format!("{diagnostic}\n")).collect();
    anyhow::anyhow!(
        "{list}{} error(s) in the model; correct them, then run: cargo xtask codegen",
        diagnostics.len()
    )
}
