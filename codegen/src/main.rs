//! The command `lido-codegen`: generates a package from model files.

use std::{fs, path::PathBuf, process::ExitCode, time::Instant};

use clap::{Parser, ValueEnum};
use lido_codegen::{Config, HttpStatus, disk, generate, ir};
use lido_model::{Diagnostic, ShapeId};

/// The examples at the end of the help text.
const EXAMPLES: &str = "\
Examples:
  lido-codegen weather.json --out weather --package weather
      Generate the package `weather` from one model file
  lido-codegen model/ --out weather --package weather --check
      Fail if the package is not up to date
  lido-codegen model/ --out weather --runtime '{ path = \"../codegen/runtime\" }'
      Use lido-runtime from a path";

/// Generates a Rust server from a Smithy model: types that enforce the model's constraints, and an awsJson router
#[derive(Debug, Parser)]
#[command(version, about, after_help = EXAMPLES)]
struct Arguments {
    /// Smithy JSON AST files, or folders with such files; together they are one model
    #[arg(required = true, value_name = "MODEL")]
    model: Vec<PathBuf>,

    /// Folder of the generated package
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,

    /// Write nothing, and fail if the folder is not up to date
    #[arg(long)]
    check: bool,

    /// Shape id of the service, such as `com.example#Weather` [default: the only service of the model]
    #[arg(long, value_name = "ID", value_parser = shape_id)]
    service: Option<ShapeId>,

    /// Protocol of the service [default: by the service's traits]
    #[arg(long)]
    protocol: Option<Protocol>,

    /// Wording of messages about violated constraints
    #[arg(long, default_value = "smithy")]
    style: Style,

    /// Shape id of the error for violated constraints [default: the shape with
    /// `smithy.framework.rust#validationException`, or `smithy.framework#ValidationException`]
    #[arg(long, value_name = "ID", value_parser = shape_id)]
    validation_error: Option<ShapeId>,

    /// Maximum size of a request body in bytes
    #[arg(long, value_name = "BYTES", default_value_t = 2 * 1024 * 1024)]
    body_limit: usize,

    /// HTTP status of errors
    #[arg(long, value_name = "WHICH", default_value = "fixed")]
    http_status: Status,

    /// Name of the generated package
    #[arg(long, value_name = "NAME", default_value = "generated")]
    package: String,

    /// Dependency on lido-runtime in the generated Cargo.toml: a version, or a TOML table with a path or repository
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
    /// Wording of the live AWS services
    Coral,
    /// Wording of the Smithy specification
    Smithy,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Status {
    /// 400 for errors of the client and 500 for errors of the server, as the protocols specify
    Fixed,
    /// That of the trait `httpError`, where an error has it
    Model,
}

fn shape_id(text: &str) -> Result<ShapeId, String> {
    ShapeId::parse(text).ok_or_else(|| "expected a shape id of the form `namespace#Name`".to_owned())
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
                .map_err(|error| format!("error: {error}\n  remedy: check the path of the model file"))?,
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
        http_status: match arguments.http_status {
            Status::Fixed => HttpStatus::Fixed,
            Status::Model => HttpStatus::Model,
        },
        package: arguments.package.clone(),
        runtime: arguments.runtime.clone(),
        ..Config::default()
    };
    let model = lido_model::load(&files).map_err(|diagnostics| list(&diagnostics))?;
    let generated = generate(&model, &config).map_err(|diagnostics| list(&diagnostics))?;
    for warning in &generated.warnings {
        eprintln!("{warning}");
    }
    let mut read = format!(
        "{} model files, {} operations, {} types",
        files.len(),
        generated.service.operations.len(),
        generated.service.types.len()
    );
    let left_out: Vec<_> = generated.service.left_out.iter().map(|operation| operation.id.name()).collect();
    if !left_out.is_empty() {
        read.push_str(&format!("; {} left out: {}", left_out.len(), left_out.join(", ")));
    }
    let other_statuses = generated.service.other_statuses();
    if other_statuses > 0 && config.http_status == HttpStatus::Fixed {
        eprintln!(
            "note: {other_statuses} errors have an httpError other than 400 or 500, which is not used; \
             --http-status model uses it"
        );
    }
    if arguments.check {
        let difference =
            disk::compare(&arguments.out, &generated.files).map_err(|error| error.to_string())?;
        println!("{read}; {}", difference.summary());
        if difference.is_empty() {
            return Ok(ExitCode::SUCCESS);
        }
        eprintln!(
            "error: {} is not up to date\n  remedy: run the same command without --check",
            arguments.out.display()
        );
        return Ok(ExitCode::FAILURE);
    }
    fs::create_dir_all(&arguments.out).map_err(|error| format!("{}: {error}", arguments.out.display()))?;
    let difference = disk::write(&arguments.out, &generated.files).map_err(|error| error.to_string())?;
    println!("{read}; {}; {} ms", difference.summary(), started.elapsed().as_millis());
    Ok(ExitCode::SUCCESS)
}

/// Returns the diagnostics and their number as text.
fn list(diagnostics: &[Diagnostic]) -> String {
    let mut text: String = diagnostics.iter().map(|diagnostic| format!("{diagnostic}\n")).collect();
    text.push_str(&format!("{} error(s); nothing was generated", diagnostics.len()));
    text
}
