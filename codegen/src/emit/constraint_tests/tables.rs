//! Prints the tables of the constraint tests: one file for each operation, one for each kind of shape, and the list of
//! all operations.

use std::collections::BTreeMap;

use lido_model::{Model, ShapeKind};
use serde_json::Value;

use super::{
    compact, message,
    sample::Samples,
    shape_checks::{Check, ShapeChecks},
    view::View,
    walk::{Place, PlaceKind},
};
use crate::{
    FileSet,
    emit::{file::File, scalars::raw},
    ir::Operation,
    names::static_name,
};

/// Collects the tables.
#[derive(Debug)]
pub(super) struct Tables {
    body_limit: usize,
    operations: Vec<(String, String)>,
    /// The tested shapes, by their unique names.
    shapes: BTreeMap<String, ShapeTable>,
}

#[derive(Debug)]
struct ShapeTable {
    /// The module that contains it.
    module: &'static str,
    /// The name of its static.
    name: String,
    text: String,
    /// The names that it uses from the harness.
    uses: Vec<&'static str>,
}

impl Tables {
    pub(super) fn new(body_limit: usize) -> Self {
        Self { body_limit, operations: Vec::new(), shapes: BTreeMap::new() }
    }

    /// Adds the table of an operation, and the shapes that it needs.
    pub(super) fn operation<'m>(
        &mut self,
        samples: &mut Samples<'m>,
        operation: &Operation,
        places: &[Place<'m>],
        skipped: &[String],
    ) {
        let mut text = String::new();
        for place in places {
            let shape = place.view.as_ref().map(|view| self.shape(samples, view));
            text.push_str(&print_place(place, shape.as_deref()));
        }
        let count: usize = places.iter().map(|place| place.count).sum();
        let skipped: Vec<_> = skipped.iter().map(|path| raw(path)).collect();
        let text = format!(
            "pub(crate) static TABLE: Table = Table {{\n    operation: {},\n    constraints: {count},\n    \
             places: &[\n{text}    ],\n    skipped: &[{}],\n}};\n",
            raw(operation.id.name()),
            skipped.join(", ")
        );
        self.operations.push((operation.method.clone(), text));
    }

    /// Returns the path of a shape's static, and adds its table if it is new.
    fn shape<'m>(&mut self, samples: &mut Samples<'m>, view: &View<'m>) -> String {
        if !self.shapes.contains_key(&view.name) {
            let module = match view.shape.kind {
                ShapeKind::Enum(_) | ShapeKind::IntEnum(_) => "enums",
                ShapeKind::List(_) | ShapeKind::Map { .. } => "collections",
                _ => "scalars",
            };
            let plain = static_name(view.name.rsplit('#').next().unwrap_or_default());
            let is_taken = |name: &str| self.shapes.values().any(|shape| shape.name == name);
            let name = (1..)
                .map(|number| if number == 1 { plain.clone() } else { format!("{plain}_{number}") })
                .find(|name| !is_taken(name))
                .unwrap_or_default();
            let checks = ShapeChecks::of(samples, view, self.body_limit);
            let mut uses = Vec::new();
            let text = print_shape(samples.model, view, &name, &checks, &mut uses);
            self.shapes.insert(view.name.clone(), ShapeTable { module, name, text, uses });
        }
        self.shapes
            .get(&view.name)
            .map(|shape| format!("{}::{}", shape.module, shape.name))
            .unwrap_or_default()
    }

    /// Prints every file.
    pub(super) fn print(self, files: &mut FileSet) {
        let mut list =
            File::new("constraint_tests/tables", "The tables of all operations, each in its own file.");
        let mut modules = String::new();
        let mut all = String::new();
        for (method, text) in &self.operations {
            let about = format!("The constraints of the input of `{}`.", method.trim_start_matches("r#"));
            let mut file = File::new("constraint_tests/tables", about);
            let shapes: Vec<_> = ["collections", "enums", "scalars"]
                .into_iter()
                .filter(|module| text.contains(&format!("&{module}::")))
                .collect();
            let places = if text.contains("Place::") { "{Place, Table}" } else { "Table" };
            let shapes = match shapes.as_slice() {
                [] => String::new(),
                [module] => format!("    shapes::{module},\n"),
                modules => format!("    shapes::{{{}}},\n", modules.join(", ")),
            };
            file.text(&match shapes.is_empty() {
                true => format!("use crate::table::{places};\n"),
                false => format!("use crate::{{\n{shapes}    table::{places},\n}};\n"),
            });
            file.text(text);
            let name = method.trim_start_matches("r#");
            files.insert(format!("tests/constraints/operations/{name}.rs"), file.print());
            modules.push_str(&format!("mod {method};\n"));
            all.push_str(&format!("    &{method}::TABLE,\n"));
        }
        list.text(&format!("{modules}\nuse crate::table::Table;\n"));
        list.text(&format!("/// The tables of all operations, sorted by name.\npub(crate) static ALL: &[&Table] = &[\n{all}];\n"));
        files.insert("tests/constraints/operations/mod.rs".to_owned(), list.print());
        self.print_shapes(files);
    }

    fn print_shapes(self, files: &mut FileSet) {
        let mut modules: BTreeMap<&str, Vec<ShapeTable>> = BTreeMap::new();
        for shape in self.shapes.into_values() {
            modules.entry(shape.module).or_default().push(shape);
        }
        let mut list = File::new(
            "constraint_tests/tables",
            "The constraints of every shape, with values that satisfy and values that violate them.",
        );
        list.text(&modules.keys().map(|module| format!("pub(crate) mod {module};\n")).collect::<String>());
        files.insert("tests/constraints/shapes/mod.rs".to_owned(), list.print());
        for (module, shapes) in modules {
            let mut file = File::new("constraint_tests/tables", format!("The constraints of {module}."));
            let body: String = shapes.iter().map(|shape| format!("\n{}", shape.text)).collect();
            let is_used = |name: &&str| shapes.iter().any(|shape| shape.uses.contains(name));
            let names: Vec<_> = ["Check", "Shape", "json", "list", "listed", "shown", "text", "text_shown"]
                .into_iter()
                .filter(is_used)
                .collect();
            file.text(&format!("use crate::table::{{{}}};\n", names.join(", ")));
            file.text(body.trim_start_matches('\n'));
            files.insert(format!("tests/constraints/shapes/{module}.rs"), file.print());
        }
    }
}

fn print_place(place: &Place<'_>, shape: Option<&str>) -> String {
    let form = match place.form {
        PlaceKind::Member => "member",
        PlaceKind::Element => "element",
        PlaceKind::Key => "key",
        PlaceKind::Value => "value",
    };
    let mut text = format!("        Place::{form}({}, {})", raw(&place.path), raw(&place.body));
    if let Some(without) = &place.without {
        text.push_str(&format!("\n            .required({})", raw(without)));
    } else if place.no_null {
        text.push_str("\n            .no_null()");
    }
    if let Some(shows) = &place.shows {
        text.push_str(&format!("\n            .shows({})", raw(shows)));
    }
    if let Some(shape) = shape {
        text.push_str(&format!("\n            .of(&{shape})"));
    }
    text.push_str(",\n");
    text
}

/// Prints the table of a shape, and adds the names that it uses from the harness to `uses`.
fn print_shape(
    model: &Model,
    view: &View<'_>,
    name: &str,
    shape: &ShapeChecks,
    uses: &mut Vec<&'static str>,
) -> String {
    let java = |value: &Value| message::java(model, view, value);
    let quoted: String = shape.quoted.iter().map(|rule| format!("        {},\n", raw(rule))).collect();
    let checks: String = shape.checks.iter().map(|check| print_check(check, java, uses)).collect();
    uses.push("Shape");
    uses.extend((!shape.checks.is_empty()).then_some("Check"));
    let unbreakable: String = shape
        .unbreakable
        .iter()
        .map(|(rule, reason)| format!("        ({}, {}),\n", raw(rule), raw(reason)))
        .collect();
    let list = |text: String| if text.is_empty() { "&[]".to_owned() } else { format!("&[\n{text}    ]") };
    format!(
        "pub(crate) static {name}: Shape = Shape {{\n    name: {},\n    rules: {},\n    checks: {},\n    unbreakable: {},\n}};\n",
        raw(&view.name),
        list(quoted),
        list(checks),
        list(unbreakable)
    )
}

fn print_check(check: &Check, java: impl Fn(&Value) -> String, uses: &mut Vec<&'static str>) -> String {
    let mut print = |value: &Value, java: &dyn Fn(&Value) -> String| {
        let (function, expression) = compact::value(value, java);
        uses.push(function);
        expression
    };
    let passes: Vec<_> = check.passes.iter().map(|value| print(value, &message::untyped)).collect();
    let refused: String = check
        .refused
        .iter()
        .map(|(value, rules)| {
            let rules: Vec<_> = rules.iter().map(|rule| raw(rule)).collect();
            format!("                ({}, &[{}]),\n", print(value, &java), rules.join(", "))
        })
        .collect();
    format!(
        "        Check {{\n            rule: {},\n            passes: &[{}],\n            refused: &[\n{refused}            ],\n        }},\n",
        raw(&check.rule),
        passes.join(", ")
    )
}
