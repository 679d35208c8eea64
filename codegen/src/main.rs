//! The generator as a command of its own: model files in, a package out.

use std::{fs, path::PathBuf, process::ExitCode, time::Instant};

use clap::{Parser, ValueEnum};
use lido_codegen::{Config, disk, generate, ir};
use lido_model::{Diagnostic, ShapeId};

/// Generates validated Rust types and an awsJson router from a Smithy model.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Arguments {
    /// Smithy JSON AST files, or folders of them; together they are one model.
    #[arg(required = true, value_name = "MODEL")]
    model: Vec<PathBuf>,

    /// The folder of the generated package.
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,

    /// Only compares: fails, and says what to run, where the folder is not as it would be generated.
    #[arg(long)]
    check: bool,

    /// The service to generate, such as `com.example#Weather`; not needed where there is only one.
    #[arg(long, value_name = "ID", value_parser = shape_id)]
    service: Option<ShapeId>,

    /// The protocol, where the model names none or another.
    #[arg(long)]
    protocol: Option<Protocol>,

    /// How violated constraints are worded.
    #[arg(long, default_value = "smithy")]
    style: Style,

    /// The error shape that tells of violated constraints.
    #[arg(long, value_name = "ID", value_parser = shape_id)]
    validation_error: Option<ShapeId>,

    /// The greatest request body that is read, in bytes.
    #[arg(long, value_name = "BYTES", default_value_t = 2 * 1024 * 1024)]
    body_limit: usize,

    /// The name of the generated package.
    #[arg(long, value_name = "NAME", default_value = "generated")]
    package: String,

    /// Where the package finds lido-runtime: a version, or a TOML table with a path or a repository.
    #[arg(long, value_name = "TOML", default_value_t = Config::default().runtime)]
    runtime: String,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Protocol {
    /// awsJson 1.0
    #[value(name = "aws-json-1.0")]
    AwsJson1_0,
    /// awsJson 1.1
    #[value(name = "aws-json-1.1")]
    AwsJson1_1,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Style {
    /// As the live AWS services.
    Coral,
    /// As the Smithy specification.
    Smithy,
}

fn shape_id(text: &str) -> Result<ShapeId, String> {
    ShapeId::parse(text).ok_or_else(|| "a shape id has the form `namespace#Name`".to_owned())
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(code) => code,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<ExitCode, String> {
    let started = Instant::now();
    let mut files = Vec::new();
    for path in &arguments.model {
        files.extend(
            disk::model_files(path)
                .map_err(|error| format!("error: {error}\n  remedy: name model files that can be read"))?,
        );
    }
    let config = Config {
        service: arguments.service.clone(),
        protocol: arguments.protocol.map(|protocol| match protocol {
            Protocol::AwsJson1_0 => ir::Protocol::AwsJson1_0,
            Protocol::AwsJson1_1 => ir::Protocol::AwsJson1_1,
        }),
        style: match arguments.style {
            Style::Coral => ir::Style::Coral,
            Style::Smithy => ir::Style::Smithy,
        },
        validation_error: arguments.validation_error.clone(),
        body_limit: arguments.body_limit,
        package: arguments.package.clone(),
        runtime: arguments.runtime.clone(),
        ..Config::default()
    };
    let model = lido_model::load(&files).map_err(|said| list(&said))?;
    let generated = generate(&model, &config).map_err(|said| list(&said))?;
    for warning in &generated.warnings {
        eprintln!("{warning}");
    }
    let read = format!(
        "{} model files, {} operations, {} types",
        files.len(),
        generated.service.operations.len(),
        generated.service.types.len()
    );
    if arguments.check {
        let difference =
            disk::compare(&arguments.out, &generated.files).map_err(|error| error.to_string())?;
        println!("{read}; {}", difference.summary());
        if difference.is_empty() {
            return Ok(ExitCode::SUCCESS);
        }
        eprintln!(
            "{} is not as the model says; run the same command without --check",
            arguments.out.display()
        );
        return Ok(ExitCode::FAILURE);
    }
    fs::create_dir_all(&arguments.out).map_err(|error| format!("{}: {error}", arguments.out.display()))?;
    let difference = disk::write(&arguments.out, &generated.files).map_err(|error| error.to_string())?;
    println!("{read}; {}; {} ms", difference.summary(), started.elapsed().as_millis());
    Ok(ExitCode::SUCCESS)
}

/// Every diagnostic and how many there were.
fn list(said: &[Diagnostic]) -> String {
    let mut text: String = said.iter().map(|diagnostic| format!("{diagnostic}\n")).collect();
    text.push_str(&format!("{} error(s); nothing was generated", said.len()));
    text
}
