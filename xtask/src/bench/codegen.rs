//! `cargo xtask bench codegen`: what the generator and its output cost, for Cognito, DynamoDB and the five largest services
//! of a botocore wheel.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use anyhow::{Context as _, bail};
use lido_codegen::{
    Config, FileSet, Generated, disk, generate,
    ir::{Kind, Presence, Rules, Scalar, Service, Structure, Type},
    pattern::Pattern,
};
use serde_json::{Map, Value, json};

use crate::{
    model::{import, services},
    scratch::ScratchWorkspace,
};

/// How many of the largest services are measured.
const LARGEST: usize = 5;

/// How deep the parts of a typical body are nested.
const MAX_DEPTH: usize = 6;

/// A service with its model.
struct Subject {
    name: String,
    /// The files of the model.
    files: Vec<(String, Vec<u8>)>,
}

/// What was measured of a service.
struct Row {
    name: String,
    operations: usize,
    milliseconds: u64,
    /// The peak of memory in KiB.
    memory: u64,
    lines: usize,
}

/// Measures generation, then checking, then reading a body, and prints a line for each service.
pub(super) fn run(wheel: Option<&Path>, is_release: bool) -> anyhow::Result<()> {
    let subjects = subjects(wheel)?;
    let mut scratch = ScratchWorkspace::new("bench-codegen")?;
    let mut rows = Vec::new();
    let mut measured = Vec::new();
    for subject in &subjects {
        let (row, generated) = measure(subject)?;
        scratch.add(&row.name, &generated.files)?;
        measured.push((row.name.clone(), generated));
        rows.push(row);
    }
    scratch.add("bodies", &bodies(&measured))?;
    let profile: &[&str] = if is_release { &["--release"] } else { &[] };
    // The dependencies are compiled first, which is not measured.
    scratch.cargo(&[&["check"], profile].concat())?;
    for row in &rows {
        scratch.touch(&row.name)?;
        let started = Instant::now();
        scratch.cargo_package(&[&["check"], profile].concat(), &row.name)?;
        println!(
            "{}: {} operations, generated in {} ms, {} MiB, {} lines, checked in {:.1} s",
            row.name,
            row.operations,
            row.milliseconds,
            row.memory / 1024,
            row.lines,
            started.elapsed().as_secs_f64()
        );
    }
    if !is_release {
        println!("reading a body, in a build that is not optimized (--release is):");
    }
    scratch.cargo_package(&[&["run", "--quiet"], profile].concat(), "bodies")?;
    Ok(())
}

/// Returns Cognito, and those of the wheel.
fn subjects(wheel: Option<&Path>) -> anyhow::Result<Vec<Subject>> {
    let mut found = vec![Subject { name: "cognito-idp".to_owned(), files: crate::codegen::model_files()? }];
    let Some(wheel) = wheel else {
        println!("cognito-idp alone; --from or LIDO_BOTOCORE_WHEEL names a wheel with other services");
        return Ok(found);
    };
    let mut others = Vec::new();
    for service in services(wheel)? {
        let (name, bytes) = service?;
        let Ok(imported) = import(&bytes) else { continue };
        let shapes = imported.document["shapes"].as_object();
        let is_operation = |shape: &&Value| shape["type"] == "operation";
        let operations = shapes.map_or(0, |shapes| shapes.values().filter(is_operation).count());
        let files = vec![(format!("{name}.json"), imported.document.to_string().into_bytes())];
        if name != "cognito-idp" {
            others.push((operations, Subject { name, files }));
        }
    }
    others.sort_by_key(|(operations, _)| std::cmp::Reverse(*operations));
    let is_measured = |index: usize, subject: &Subject| index < LARGEST || subject.name == "dynamodb";
    let chosen = others.into_iter().enumerate().filter(|(index, (_, subject))| is_measured(*index, subject));
    found.extend(chosen.map(|(_, (_, subject))| subject));
    Ok(found)
}

/// Generates a service here, for its files, and in a process of its own, for time and memory.
fn measure(subject: &Subject) -> anyhow::Result<(Row, Generated)> {
    let generated = generate_service(&subject.name, &subject.files)?;
    let folder = crate::workspace()?.join("target/bench-models").join(&subject.name);
    fs::create_dir_all(&folder).with_context(|| format!("creating {}", folder.display()))?;
    for (number, (_, bytes)) in subject.files.iter().enumerate() {
        fs::write(folder.join(format!("{number}.json")), bytes).context("writing a model file")?;
    }
    let own = std::env::current_exe().context("this program has no path")?;
    let output = Command::new(own).args(["bench", "codegen", "--measure"]).arg(&folder).output()?;
    let printed = String::from_utf8_lossy(&output.stdout);
    let mut numbers = printed.split_ascii_whitespace().map(str::parse::<u64>);
    let (Some(Ok(milliseconds)), Some(Ok(memory))) = (numbers.next(), numbers.next()) else {
        bail!("generating {} ended with {}: {printed}", subject.name, output.status);
    };
    let lines = generated.files.values().map(|text| text.lines().count()).sum();
    let operations = generated.service.operations.len();
    Ok((Row { name: subject.name.clone(), operations, milliseconds, memory, lines }, generated))
}

fn generate_service(name: &str, files: &[(String, Vec<u8>)]) -> anyhow::Result<Generated> {
    let config = Config { package: name.to_owned(), in_workspace: true, ..Config::default() };
    lido_model::load(files)
        .and_then(|model| generate(&model, &config))
        .map_err(|diagnostics| crate::codegen::refusal(&diagnostics))
        .with_context(|| format!("generating {name}"))
}

/// Generates from the files in a folder, and prints the milliseconds and the KiB of memory at the peak, model files
/// included; 0 where the system does not tell.
pub(super) fn measure_once(folder: &Path) -> anyhow::Result<()> {
    let files = disk::model_files(folder).with_context(|| format!("reading {}", folder.display()))?;
    let started = Instant::now();
    let generated = generate_service("measured", &files)?;
    println!("{} {}", started.elapsed().as_millis(), peak().unwrap_or_default());
    drop(generated);
    Ok(())
}

/// Returns the peak of this process's memory in KiB. Linux only.
fn peak() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_ascii_whitespace().nth(1)?.parse().ok()
}

/// Returns the package of a program that reads and checks a typical body of each service, and prints the time.
fn bodies(measured: &[(String, Generated)]) -> FileSet {
    let mark = "@generated by lido-codegen, for `cargo xtask bench codegen`.";
    let mut manifest = format!(
        "# {mark}\n[package]\nname = \"bodies\"\nedition.workspace = true\n\n[dependencies]\nlido-runtime.workspace = true\n"
    );
    let mut calls = String::new();
    for (name, generated) in measured {
        manifest.push_str(&format!("{name} = {{ path = \"../{name}\" }}\n"));
        let Some((operation, body)) = typical(&generated.service) else { continue };
        let package = name.replace('-', "_");
        calls.push_str(&format!(
            "    measure::<{package}::Operation>({name:?}, {operation:?}, {:?});\n",
            body.to_string()
        ));
    }
    let main = format!(
        "//! Measures how long a body is read and checked.\n//!\n//! {mark}\n\n{MEASURE}\nfn main() {{\n{calls}}}\n"
    );
    FileSet::from([("Cargo.toml".to_owned(), manifest), ("src/main.rs".to_owned(), main)])
}

/// The function of the generated program that measures.
const MEASURE: &str = r#"use std::{hint::black_box, time::Instant};

use lido_runtime::{Bytes, Operation, http::HeaderMap};

fn measure<O: Operation>(service: &str, operation: &str, body: &'static str) {
    let Some(found) = O::find(operation) else { return println!("{service}: no operation {operation}") };
    let (headers, bytes) = (HeaderMap::new(), Bytes::from_static(body.as_bytes()));
    if let Err(rejection) = found.check(&headers, &bytes) {
        return println!("{service}: {operation}: the body is refused: {rejection}");
    }
    let mut best = u128::MAX;
    for _ in 0..20 {
        let started = Instant::now();
        for _ in 0..2_000 {
            let _ = black_box(found.check(black_box(&headers), black_box(&bytes)));
        }
        best = best.min(started.elapsed().as_nanos() / 2_000);
    }
    println!("{service}: {operation}: {best} ns to read and check {} bytes", body.len());
}
"#;

/// Returns the operation with the most members in its input, among those for which a valid body is found, and the body.
fn typical(service: &Service) -> Option<(&str, Value)> {
    let mut operations: Vec<_> = service.operations.iter().collect();
    operations.sort_by_key(|operation| std::cmp::Reverse(operation.input.members.len()));
    let middle = operations.len() / 4;
    let mut candidates = operations.into_iter().skip(middle);
    candidates.find_map(|operation| Some((operation.id.name(), structure(service, &operation.input, 0)?)))
}

/// Returns a valid object: all members on the outside, and the required ones within.
fn structure(service: &Service, structure: &Structure, depth: usize) -> Option<Value> {
    let mut object = Map::new();
    for member in &structure.members {
        let is_required = member.presence == Presence::Required;
        if !is_required && depth > 1 {
            continue;
        }
        match value(service, &member.ty, depth + 1) {
            Some(value) => drop(object.insert(member.wire.clone(), value)),
            None if is_required => return None,
            None => {}
        }
    }
    Some(Value::Object(object))
}

fn value(service: &Service, ty: &Type, depth: usize) -> Option<Value> {
    if depth > MAX_DEPTH {
        return None;
    }
    match ty {
        Type::Scalar(scalar) => scalar_value(*scalar, &Rules::default()),
        Type::Sensitive(inner) | Type::Boxed(inner) => value(service, inner, depth),
        Type::List { element, .. } => Some(json!([value(service, element, depth + 1)?])),
        Type::Map { key, value: of, .. } => {
            let key = value(service, key, depth + 1)?.as_str()?.to_owned();
            Some(Value::Object(Map::from_iter([(key, value(service, of, depth + 1)?)])))
        }
        Type::Named(name) => {
            let def = service.types.iter().find(|def| def.name == *name)?;
            match &def.kind {
                Kind::Structure(of) | Kind::Error(of, _) => structure(service, of, depth),
                Kind::Union(variants) => variants.iter().find_map(|variant| {
                    let of = variant.ty.as_ref()?;
                    Some(Value::Object(Map::from_iter([(
                        variant.wire.clone(),
                        value(service, of, depth + 1)?,
                    )])))
                }),
                Kind::Enum(values) => Some(json!(values.first()?.value)),
                Kind::IntEnum(values) => Some(json!(values.first()?.value)),
                Kind::Scalar(scalar, rules) => scalar_value(*scalar, rules),
                Kind::List(inner, rules) => {
                    let one = value(service, inner, depth + 1)?;
                    (rules.min_length.unwrap_or(1) <= 1).then_some(one)
                }
                Kind::Map(_, inner, rules) => {
                    let one = value(service, inner, depth + 1)?;
                    (rules.min_length.unwrap_or(1) <= 1).then_some(one)
                }
            }
        }
    }
}

fn scalar_value(scalar: Scalar, rules: &Rules) -> Option<Value> {
    let (least, most) = (rules.min_length.unwrap_or(0), rules.max_length.unwrap_or(u64::MAX));
    Some(match scalar {
        Scalar::String => {
            let length = usize::try_from(least.max(12).min(most)).ok()?;
            let text = match &rules.pattern {
                None => "x".repeat(length),
                Some((pattern, _)) => {
                    let pattern = Pattern::parse(pattern).ok()?;
                    let fits = |text: &String| (least..=most).contains(&(text.chars().count() as u64));
                    pattern.sample(length).or_else(|| pattern.shortest()).filter(fits)?
                }
            };
            json!(text)
        }
        Scalar::Boolean => json!(true),
        Scalar::Blob => json!("AAAA"),
        Scalar::Timestamp(_) => return None,
        Scalar::Document => json!({}),
        _ => rules.min.clone().or_else(|| rules.max.clone()).map_or_else(|| json!(1), Value::Number),
    })
}

/// Returns the wheel of the option, or of the environment.
pub(super) fn wheel(option: Option<PathBuf>) -> Option<PathBuf> {
    option.or_else(|| std::env::var_os("LIDO_BOTOCORE_WHEEL").map(Into::into))
}
