//! `cargo xtask services`: imports and generates every JSON service of a botocore wheel, to test the importer and the
//! generator. Each service must be generated or refused with a diagnostic; clippy and rustdoc must have nothing to say about
//! the largest, of which rustfmt changes the layout alone.

use std::{path::PathBuf, time::Instant};

use anyhow::bail;
use clap::Args;
use lido_codegen::{Config, FileSet, Generated, generate};
use lido_model::Diagnostic;
use serde_json::{Value, json};

use crate::{
    model::{import, services},
    scratch::ScratchWorkspace,
};

/// The options of `cargo xtask services`.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    cargo xtask services --from botocore-1.44.8-py3-none-any.whl\n  \
    cargo xtask services --from botocore-1.44.8-py3-none-any.whl --compile 5")]
pub(crate) struct Arguments {
    /// Botocore wheel (.whl)
    #[arg(long, value_name = "PATH")]
    from: PathBuf,
    /// Number of generated services to give to clippy and rustdoc, those with the most operations first
    #[arg(long, value_name = "N", default_value_t = 0)]
    compile: usize,
}

/// The most operations of a service that is given to rustdoc, which takes minutes for the largest.
const MAX_DOCUMENTED: usize = 200;

/// A generated service.
struct GeneratedService {
    operations: usize,
    name: String,
    files: FileSet,
}

/// Prints one line for each service, and the totals.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let started = Instant::now();
    let mut largest: Vec<GeneratedService> = Vec::new();
    let (mut generated, mut refused) = (0, 0);
    for service in services(&arguments.from)? {
        let (name, bytes) = service?;
        let service_started = Instant::now();
        match generate_service(&name, &bytes) {
            Ok(package) => {
                generated += 1;
                let operations = package.service.operations.len();
                let types = package.service.types.len();
                let milliseconds = service_started.elapsed().as_millis();
                println!("{name}: {operations} operations, {types} types, {milliseconds} ms");
                largest.push(GeneratedService { operations, name, files: package.files });
                largest.sort_by_key(|service| std::cmp::Reverse(service.operations));
                largest.truncate(arguments.compile);
            }
            Err(diagnostics) => {
                refused += 1;
                println!("{name}: refused: {}", summary(&diagnostics));
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

/// Generates the package of a service. Violations are worded as Smithy does, which needs no error of the service.
fn generate_service(name: &str, bytes: &[u8]) -> Result<Generated, Vec<Diagnostic>> {
    let mut document = import(bytes)?.document;
    add_documentation(&mut document, bytes);
    let model = lido_model::load(&[(format!("{name}.json"), document.to_string().into_bytes())])?;
    let config = Config { package: name.to_owned(), in_workspace: true, ..Config::default() };
    generate(&model, &config)
}

/// Adds the documentation of botocore, which the importer leaves out, so that generated documentation is tested with it.
fn add_documentation(document: &mut Value, bytes: &[u8]) {
    let described: Value = serde_json::from_slice(bytes).unwrap_or_default();
    let Some(shapes) = document.get_mut("shapes").and_then(Value::as_object_mut) else { return };
    for (id, shape) in shapes {
        let name = id.rsplit('#').next().unwrap_or(id);
        let source = [&described["operations"][name], &described["shapes"][name]];
        for source in source.into_iter().filter(|source| source.is_object()) {
            document_with(shape, source);
            let Some(members) = shape.get_mut("members").and_then(Value::as_object_mut) else { continue };
            for (member, value) in members {
                document_with(value, &source["members"][member.as_str()]);
            }
        }
    }
}

/// Adds the documentation of `source` to a shape or member.
fn document_with(target: &mut Value, source: &Value) {
    let Some(text) = source.get("documentation").and_then(Value::as_str) else { return };
    if let Some(target) = target.as_object_mut() {
        let traits = target.entry("traits").or_insert_with(|| json!({}));
        if let Some(traits) = traits.as_object_mut() {
            traits.insert("smithy.api#documentation".to_owned(), json!(text));
        }
    }
}

/// Returns the first diagnostic in one line, and the number of the others.
fn summary(diagnostics: &[Diagnostic]) -> String {
    let first = diagnostics.first().map(ToString::to_string).unwrap_or_default();
    let lines: Vec<_> = first.lines().map(str::trim).collect();
    let others =
        if diagnostics.len() > 1 { format!(" (and {} more)", diagnostics.len() - 1) } else { String::new() };
    format!("{}{others}", lines.join("; "))
}

fn compile(largest: &[GeneratedService]) -> anyhow::Result<()> {
    let mut scratch = ScratchWorkspace::new("services")?;
    for service in largest {
        scratch.add(&service.name, &service.files)?;
        scratch.format(&service.name, &service.files)?;
    }
    let started = Instant::now();
    let built = scratch.cargo(&["clippy"])?;
    let names: Vec<_> =
        largest.iter().map(|service| format!("{} ({})", service.name, service.operations)).collect();
    println!("clippy in {} s: {}", started.elapsed().as_secs(), names.join(", "));
    if !built.warnings.is_empty() {
        bail!("clippy printed {} warnings about generated code; see above", built.warnings.len());
    }
    let started = Instant::now();
    let excluded = largest.iter().filter(|service| service.operations > MAX_DOCUMENTED);
    let excluded = excluded.flat_map(|service| ["--exclude", &service.name]);
    let documented = scratch.cargo(&["doc", "--no-deps"].into_iter().chain(excluded).collect::<Vec<_>>())?;
    println!(
        "rustdoc of those with at most {MAX_DOCUMENTED} operations in {} s",
        started.elapsed().as_secs()
    );
    if !documented.warnings.is_empty() {
        bail!("rustdoc printed {} warnings about generated code; see above", documented.warnings.len());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{add_documentation, generate_service, summary};

    #[test]
    fn documentation_of_botocore_is_added_to_shapes_and_members() {
        let mut document =
            json!({"shapes": {"a#S": {"type": "structure", "members": {"m": {"target": "a#T"}}}, "a#T": {}}});
        let source =
            json!({"shapes": {"S": {"documentation": "<p>s</p>", "members": {"m": {"documentation": "m"}}}}});
        add_documentation(&mut document, source.to_string().as_bytes());
        let docs = |pointer: &str| document.pointer(&format!("{pointer}/traits/smithy.api#documentation"));
        assert_eq!(docs("/shapes/a#S"), Some(&json!("<p>s</p>")));
        assert_eq!(docs("/shapes/a#S/members/m"), Some(&json!("m")));
        assert_eq!(docs("/shapes/a#T"), None);
    }

    #[test]
    fn refused_service_is_summarized_in_one_line() {
        let diagnostics = generate_service("x", b"{").unwrap_err();
        let line = summary(&diagnostics);
        assert!(line.starts_with("error") && line.contains("remedy: ") && !line.contains('\n'), "{line}");
    }
}
