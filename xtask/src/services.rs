//! `cargo xtask services`: the importer and the generator, tried on every JSON service of a botocore
//! wheel. Each is generated, or refused with a diagnostic; the largest are compiled too.

use std::{path::PathBuf, time::Instant};

use anyhow::bail;
use clap::Args;
use lido_codegen::{Config, FileSet, Generated, generate};
use lido_model::Diagnostic;

use crate::{
    model::{import, services},
    scratch::Scratch,
};

/// What the command line says.
#[derive(Args)]
pub(crate) struct Arguments {
    /// A botocore wheel
    #[arg(long, value_name = "PATH")]
    from: PathBuf,
    /// Compiles the N largest services that are generated, by their operations
    #[arg(long, value_name = "N", default_value_t = 0)]
    compile: usize,
}

/// A service that is generated.
struct Largest {
    operations: usize,
    name: String,
    files: FileSet,
}

/// Prints one line for each service, and what became of all.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let started = Instant::now();
    let mut largest: Vec<Largest> = Vec::new();
    let (mut generated, mut refused) = (0, 0);
    for service in services(&arguments.from)? {
        let (name, bytes) = service?;
        let begun = Instant::now();
        match one(&name, &bytes) {
            Ok(made) => {
                generated += 1;
                let operations = made.service.operations.len();
                let types = made.service.types.len();
                let milliseconds = begun.elapsed().as_millis();
                println!("{name}: {operations} operations, {types} types, {milliseconds} ms");
                largest.push(Largest { operations, name, files: made.files });
                largest.sort_by_key(|service| std::cmp::Reverse(service.operations));
                largest.truncate(arguments.compile);
            }
            Err(said) => {
                refused += 1;
                println!("{name}: refused: {}", in_short(&said));
            }
        }
    }
    println!(
        "services: {} of {}: {generated} generated, {refused} refused with a diagnostic, {} ms",
        generated + refused,
        generated + refused,
        started.elapsed().as_millis()
    );
    if largest.is_empty() { Ok(()) } else { compile(&largest) }
}

/// The package of a service in Smithy's wording, which needs no error of the service's own.
fn one(name: &str, bytes: &[u8]) -> Result<Generated, Vec<Diagnostic>> {
    let document = import(bytes)?.document.to_string();
    let model = lido_model::load(&[(format!("{name}.json"), document.into_bytes())])?;
    let config = Config { package: name.to_owned(), in_workspace: true, ..Config::default() };
    generate(&model, &config)
}

/// The first diagnostic in one line, and how many there are besides.
fn in_short(said: &[Diagnostic]) -> String {
    let first = said.first().map(ToString::to_string).unwrap_or_default();
    let lines: Vec<_> = first.lines().map(str::trim).collect();
    let others = if said.len() > 1 { format!(" (and {} more)", said.len() - 1) } else { String::new() };
    format!("{}{others}", lines.join("; "))
}

fn compile(largest: &[Largest]) -> anyhow::Result<()> {
    let mut scratch = Scratch::new("services")?;
    for service in largest {
        scratch.add(&service.name, &service.files)?;
    }
    let started = Instant::now();
    let built = scratch.cargo(&["check"])?;
    let names: Vec<_> =
        largest.iter().map(|service| format!("{} ({})", service.name, service.operations)).collect();
    println!("compiled in {} s: {}", started.elapsed().as_secs(), names.join(", "));
    if !built.warnings.is_empty() {
        bail!("the compiler warned {} times of generated code", built.warnings.len());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{in_short, one};

    #[test]
    fn what_cannot_be_generated_is_refused_in_one_line() {
        let said = one("x", b"{").unwrap_err();
        let line = in_short(&said);
        assert!(line.starts_with("error") && line.contains("remedy: ") && !line.contains('\n'), "{line}");
    }
}
