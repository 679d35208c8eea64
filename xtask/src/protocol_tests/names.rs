//! A model whose shapes, members, values and operations have the names that generated code is most likely to meet: every
//! keyword, and every public name of the standard prelude and of the runtime.
//!
//! The names must be in one Rust scope to meet, so there is a service for each sort of shape.

use std::collections::BTreeSet;

use anyhow::Context as _;
use lido_codegen::{Config, FileSet, generate};
use serde_json::{Map, Value, json};

/// The keywords of all editions, strict, reserved and weak.
const KEYWORDS: &str = "abstract as async auto await become box break const continue crate default do dyn else enum extern \
    false final fn for gen if impl in let loop macro macro_rules match mod move mut override priv pub raw ref return \
    safe self Self static struct super trait true try type typeof union unsafe unsized use virtual where while yield";

/// The names of the prelude of the 2024 edition, and of types and macros that code uses beside them.
const PRELUDE: &str = "Copy Send Sized Sync Unpin Drop Fn FnMut FnOnce AsyncFn AsyncFnMut AsyncFnOnce drop size_of \
    size_of_val align_of align_of_val Box ToOwned Clone PartialEq PartialOrd Eq Ord AsRef AsMut Into From Default Iterator \
    Extend IntoIterator DoubleEndedIterator ExactSizeIterator Option Some None Result Ok Err String ToString Vec TryFrom \
    TryInto FromIterator Future IntoFuture Debug Hash derive assert assert_eq vec format println panic todo write matches \
    include concat stringify bool char str u8 i8 u16 i16 u32 i32 u64 i64 u128 i128 usize isize f32 f64 std core alloc Error \
    Display FromStr BTreeMap HashMap Cow Arc Rc Ordering Infallible Formatter test";

/// The names that generated code and its builder use themselves.
const GENERATED: &str = "build builder unserved new errors declares kind message name index find check settings all service \
    operation operations types input output error ErrorKind SETTINGS lido_runtime tower Layer http HttpBody Handler Exts \
    value values members key member other rest this that result body request response B L H M T E O as_str \
    from_str try_from try_into into_inner inner get len iter is_empty unknown clone eq fmt cmp hash Input Output";

/// How a shape of one sort is made.
type Sort = (&'static str, fn() -> Value);

/// The sorts of shapes that become types.
const SORTS: [Sort; 9] = [
    ("structure", || json!({"type": "structure", "members": {"value": {"target": "smithy.api#String"}}})),
    ("empty", || json!({"type": "structure", "members": {}})),
    ("union", || json!({"type": "union", "members": {"value": {"target": "smithy.api#String"}}})),
    ("enum", || json!({"type": "enum", "members": {"ONE": {"target": "smithy.api#Unit"}}})),
    ("string", || json!({"type": "string", "traits": {"smithy.api#length": {"max": 9}}})),
    ("number", || json!({"type": "integer", "traits": {"smithy.api#range": {"max": 9}}})),
    ("list", || {
        let length = json!({"smithy.api#length": {"max": 9}});
        json!({"type": "list", "member": {"target": "smithy.api#String"}, "traits": length})
    }),
    ("map", || {
        let (length, text) =
            (json!({"smithy.api#length": {"max": 9}}), json!({"target": "smithy.api#String"}));
        json!({"type": "map", "key": text, "value": text, "traits": length})
    }),
    ("error", || {
        let message = json!({"message": {"target": "smithy.api#String"}});
        json!({"type": "structure", "members": message, "traits": {"smithy.api#error": "client"}})
    }),
];

/// Returns the packages to compile, each with its files.
pub(super) fn packages() -> anyhow::Result<Vec<(String, FileSet)>> {
    let names = names()?;
    let mut packages =
        vec![package("operations", &of_operations(&names))?, package("members", &of_members(&names))?];
    for (sort, make) in SORTS {
        packages.push(package(sort, &of_shapes(&names, sort == "error", make))?);
    }
    Ok(packages)
}

/// Returns every name once, in one of the spellings that are one Rust name, such as `FromStr` and `from_str`.
fn names() -> anyhow::Result<Vec<String>> {
    let runtime = crate::workspace()?.join("codegen/runtime/src/lib.rs");
    let text = std::fs::read_to_string(&runtime).with_context(|| format!("reading {}", runtime.display()))?;
    let exports = exports(&text);
    anyhow::ensure!(exports.len() > 40, "only {} exports in {}", exports.len(), runtime.display());
    let mut seen = BTreeSet::new();
    let all = [KEYWORDS, PRELUDE, GENERATED].into_iter().flat_map(str::split_ascii_whitespace);
    Ok(all
        .chain(exports)
        .filter(|name| seen.insert(name.to_ascii_lowercase().replace('_', "")))
        .map(str::to_owned)
        .collect())
}

/// Returns the names that `pub use` and `pub mod` of a file export.
fn exports(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for statement in text.split(';') {
        let statement = statement.rsplit("\n\n").next().unwrap_or(statement).trim();
        let Some(list) = statement.strip_prefix("pub use ").or_else(|| statement.strip_prefix("pub mod "))
        else {
            continue;
        };
        let list = list.split_once('{').map_or(list, |(_, list)| list);
        for item in list.trim_end_matches('}').split(',') {
            let item = item.split(" as ").last().unwrap_or(item).trim();
            found.extend(item.rsplit("::").next().filter(|name| !name.is_empty()));
        }
    }
    found
}

/// Returns a model with a service of these shapes.
fn model(operations: &[String], shapes: Map<String, Value>) -> Value {
    let operations: Vec<_> = operations.iter().map(|name| json!({"target": format!("x.y#{name}")})).collect();
    let mut all = json!({
        "x.service#Names": {
            "type": "service", "operations": operations, "traits": {"aws.protocols#awsJson1_1": {}},
        },
    });
    if let Value::Object(all) = &mut all {
        all.extend(shapes);
    }
    json!({"smithy": "2.0", "shapes": all})
}

/// Returns a model in which each name is an operation, with input, output and error.
fn of_operations(names: &[String]) -> Value {
    let parts = json!({"type": "structure", "members": {"value": {"target": "smithy.api#String"}}});
    let mut shapes = Map::new();
    for name in names {
        let operation = json!({
            "type": "operation", "input": {"target": "x.parts#Parts"}, "output": {"target": "x.parts#Parts"},
            "errors": [{"target": "x.parts#Fault"}],
        });
        shapes.insert(format!("x.y#{name}"), operation);
    }
    shapes.insert("x.parts#Parts".to_owned(), parts);
    let fault = json!({"type": "structure", "members": {}, "traits": {"smithy.api#error": "server"}});
    shapes.insert("x.parts#Fault".to_owned(), fault);
    model(names, shapes)
}

/// Returns a model in which each name is a member of a structure, of a union and of an error, and a value of two enums.
fn of_members(names: &[String]) -> Value {
    let members = |target: &str| -> Map<String, Value> {
        names.iter().map(|name| (name.clone(), json!({"target": target}))).collect()
    };
    let mut numbers = members("smithy.api#Unit");
    for (index, (_, number)) in numbers.iter_mut().enumerate() {
        number["traits"] = json!({"smithy.api#enumValue": index});
    }
    let mut all = members("smithy.api#String");
    all.insert("shapesOfTheTest".to_owned(), json!({"target": "x.y#Shapes"}));
    let shapes = json!({
        "x.y#Op": {
            "type": "operation", "input": {"target": "x.y#In"}, "output": {"target": "x.y#In"},
            "errors": [{"target": "x.y#Fault"}],
        },
        "x.y#In": {"type": "structure", "members": all},
        "x.y#Shapes": {"type": "structure", "members": {
            "choice": {"target": "x.y#Choice"}, "texts": {"target": "x.y#Texts"}, "numbers": {"target": "x.y#Numbers"},
        }},
        "x.y#Choice": {"type": "union", "members": members("smithy.api#String")},
        "x.y#Texts": {"type": "enum", "members": members("smithy.api#Unit")},
        "x.y#Numbers": {"type": "intEnum", "members": numbers},
        "x.y#Fault": {
            "type": "structure", "members": members("smithy.api#String"), "traits": {"smithy.api#error": "client"},
        },
    });
    let Value::Object(shapes) = shapes else { return Value::Null };
    model(&["Op".to_owned()], shapes)
}

/// Returns a model in which each name is a shape, which the input and the output of an operation use.
fn of_shapes(names: &[String], are_errors: bool, make: fn() -> Value) -> Value {
    let mut shapes = Map::new();
    let mut members = Map::new();
    for (index, name) in names.iter().enumerate() {
        shapes.insert(format!("x.types#{name}"), make());
        members.insert(format!("m{index}"), json!({"target": format!("x.types#{name}")}));
    }
    let errors: Vec<_> = names.iter().map(|name| json!({"target": format!("x.types#{name}")})).collect();
    let (members, errors) = if are_errors { (Map::new(), errors) } else { (members, Vec::new()) };
    shapes.insert("x.y#In".to_owned(), json!({"type": "structure", "members": members}));
    shapes.insert(
        "x.y#UseAll".to_owned(),
        json!({
            "type": "operation", "input": {"target": "x.y#In"}, "output": {"target": "x.y#In"}, "errors": errors,
        }),
    );
    model(&["UseAll".to_owned()], shapes)
}

fn package(sort: &str, model: &Value) -> anyhow::Result<(String, FileSet)> {
    let package = format!("names-{sort}");
    let config = Config { package: package.clone(), in_workspace: true, ..Config::default() };
    let generated = lido_model::load(&[(format!("{package}.json"), serde_json::to_vec(model)?)])
        .and_then(|model| generate(&model, &config))
        .map_err(|diagnostics| crate::codegen::refusal(&diagnostics))?;
    anyhow::ensure!(generated.warnings.is_empty(), "{package}: {:?}", generated.warnings);
    Ok((package, generated.files))
}
