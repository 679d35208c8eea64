//! `lido-codegen generate` and `lido-codegen check`.

use std::{path::PathBuf, process::ExitCode, time::Instant};

use clap::{Args, ValueEnum, builder::PossibleValuesParser};
use lido_codegen::{
    Builder, Built, Config, HttpStatus,
    ir::{self, Protocol},
};

const GENERATE_EXAMPLES: &str = "\
Examples:
  lido-codegen generate weather.json --out weather --package weather
      Generate the package `weather` from one model file
  lido-codegen generate model/ --out weather --runtime '{ path = \"../codegen/runtime\" }'
      Use lido-runtime from a path
  lido-codegen generate model/ --out weather --style coral --constraint-tests
      Word violations as the live AWS services do, and test every constraint";

const CHECK_EXAMPLES: &str = "\
Examples:
  lido-codegen check weather.json --out weather --package weather
      Fail if the package `weather` is not what `generate` writes, for CI";

/// The options of `generate`.
#[derive(Debug, Args)]
#[command(after_help = GENERATE_EXAMPLES)]
pub(crate) struct Arguments {
    /// Smithy JSON AST files, or folders with such files; together they are one model
    #[arg(required = true, value_name = "MODEL")]
    model: Vec<PathBuf>,

    /// Folder of the generated package
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,

    /// Shape id of the service, such as `com.example#Weather` [default: the only service of the model]
    #[arg(long, value_name = "ID")]
    service: Option<String>,

    /// Protocol of the service [default: by the service's traits]
    #[arg(long, value_parser = PossibleValuesParser::new(Protocol::ALL.map(Protocol::name)))]
    protocol: Option<String>,

    /// Wording of messages about violated constraints
    #[arg(long, default_value = "smithy")]
    style: Style,

    /// Shape id of the error for violated constraints [default: the shape with
    /// `smithy.framework.rust#validationException`, or `smithy.framework#ValidationException`]
    #[arg(long, value_name = "ID")]
    validation_error: Option<String>,

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

    /// Generate the protocol tests of the model (`smithy.test`)
    #[arg(long)]
    protocol_tests: bool,

    /// Generate a test for every constraint; only for `--style coral`
    #[arg(long)]
    constraint_tests: bool,

    /// Keep the layout of the generator instead of running rustfmt; `check` does not compare the layout
    #[arg(long)]
    no_rustfmt: bool,
}

/// The options of `check`: those of `generate`.
#[derive(Debug, Args)]
#[command(after_help = CHECK_EXAMPLES)]
pub(crate) struct CheckArguments {
    #[command(flatten)]
    pub(crate) generate: Arguments,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Style {
    /// Wording of the live AWS services
    Coral,
    /// Wording of the Smithy specification
    Smithy,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Status {
    /// 400 for errors of the client and 500 for errors of the server, as the protocols specify
    Fixed,
    /// That of the trait `httpError`, where an error has it
    Model,
}

/// Writes the package, or compares it with the folder, and prints a summary.
///
/// # Errors
/// Returns the errors of the model, or of the disk, as text.
pub(crate) fn run(arguments: Arguments, is_check: bool) -> Result<ExitCode, String> {
    let started = Instant::now();
    if arguments.constraint_tests && arguments.style == Style::Smithy {
        return Err(
            "error: --constraint-tests needs --style coral\n  remedy: add it, or leave the tests out"
                .to_owned(),
        );
    }
    let (out, status, formats) = (arguments.out.clone(), arguments.http_status, !arguments.no_rustfmt);
    let builder = builder(arguments);
    let built = if is_check { builder.check() } else { builder.write() };
    let built = built.map_err(|error| error.to_string())?;
    for warning in &built.generated.warnings {
        eprintln!("{warning}");
    }
    let other_statuses = built.generated.service.other_statuses();
    if other_statuses > 0 && status == Status::Fixed {
        eprintln!(
            "note: {other_statuses} errors have an httpError other than 400 or 500, which is not used; \
             --http-status model uses it"
        );
    }
    if formats && !is_check && !built.is_formatted {
        eprintln!(
            "note: rustfmt is not installed or failed, so that the files have the layout of the generator"
        );
    }
    let read = summary(&built);
    if !is_check {
        println!("{read}; {} ms", started.elapsed().as_millis());
        return Ok(ExitCode::SUCCESS);
    }
    println!("{read}");
    if built.difference.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!(
        "error: {} is not up to date\n  remedy: run `lido-codegen generate` with the same options",
        out.display()
    );
    Ok(ExitCode::FAILURE)
}

fn builder(arguments: Arguments) -> Builder {
    let mut builder = Builder::new()
        .out(arguments.out)
        .style(match arguments.style {
            Style::Coral => ir::Style::Coral,
            Style::Smithy => ir::Style::Smithy,
        })
        .body_limit(arguments.body_limit)
        .http_status(match arguments.http_status {
            Status::Fixed => HttpStatus::Fixed,
            Status::Model => HttpStatus::Model,
        })
        .package(arguments.package)
        .runtime(arguments.runtime)
        .protocol_tests(arguments.protocol_tests)
        .constraint_tests(arguments.constraint_tests)
        .rustfmt(!arguments.no_rustfmt);
    for model in arguments.model {
        builder = builder.model(model);
    }
    if let Some(id) = arguments.service {
        builder = builder.service(&id);
    }
    if let Some(id) = arguments.validation_error {
        builder = builder.validation_error(&id);
    }
    match Protocol::ALL.into_iter().find(|protocol| Some(protocol.name()) == arguments.protocol.as_deref()) {
        Some(protocol) => builder.protocol(protocol),
        None => builder,
    }
}

/// Returns what was read, left out and written.
fn summary(built: &Built) -> String {
    let service = &built.generated.service;
    let mut text = format!(
        "{} model files, {} operations, {} types",
        built.model_files,
        service.operations.len(),
        service.types.len()
    );
    let left_out: Vec<_> = service.left_out.iter().map(|operation| operation.id.name()).collect();
    if !left_out.is_empty() {
        text.push_str(&format!("; {} left out: {}", left_out.len(), left_out.join(", ")));
    }
    format!("{text}; {}", built.difference.summary())
}
