//! Prints constrained strings, numbers and blobs.

use lido_model::Diagnostic;

use super::{
    capabilities::{Capabilities, is_exact},
    file::{File, doc_lines},
    ty,
    value::defaulted,
};
use crate::{
    FileSet, codes,
    ir::{Kind, Rules, Scalar, Service, TypeDef},
    names::static_name,
    pattern::{Pattern, Plan},
};

/// Prints `types/scalars.rs`.
pub(super) fn emit(service: &Service, files: &mut FileSet) -> Result<(), Diagnostic> {
    let defaulted = defaulted(service);
    let capabilities = Capabilities::of(service);
    let mut file = File::new("scalars", "Strings, numbers and blobs with constraints.");
    let mut any = false;
    for def in &service.types {
        let Kind::Scalar(scalar, rules) = &def.kind else { continue };
        any = true;
        file.text(&declaration(def, *scalar, rules)?);
        file.text(&capabilities.serde_of(def));
        if defaulted.contains(def.name.as_str()) {
            file.text(&format!(
                "lido_runtime::model_default!({}, {});\n",
                def.name,
                ty::scalar_type(*scalar)
            ));
        }
    }
    if any {
        files.insert("src/types/scalars.rs".to_owned(), file.print());
    }
    Ok(())
}

fn declaration(def: &TypeDef, scalar: Scalar, rules: &Rules) -> Result<String, Diagnostic> {
    let mut text = String::new();
    if let Some((pattern, printed)) = &rules.pattern {
        text.push_str(&pattern_static(def, pattern, printed)?);
    }
    let sensitive = if def.sensitive { "sensitive " } else { "" };
    text.push_str(&format!(
        "lido_runtime::constrained! {{\n{}    pub {sensitive}struct {}({});\n    {}\n}}\n",
        doc_lines(&docs(def), "    "),
        def.name,
        ty::scalar_type(scalar),
        rules_expression(def, scalar, rules),
    ));
    let inner = ty::scalar_type(scalar);
    text.push_str(&match scalar {
        Scalar::String => format!("lido_runtime::constrained_text!({});\n", def.name),
        Scalar::Byte | Scalar::Short | Scalar::Integer | Scalar::Long => {
            format!("lido_runtime::constrained_integer!({}, {inner});\n", def.name)
        }
        Scalar::Float | Scalar::Double => {
            format!("lido_runtime::constrained_float!({}, {inner});\n", def.name)
        }
        other if is_exact(other) => format!("lido_runtime::total!({});\n", def.name),
        _ => String::new(),
    });
    let has_text = !matches!(scalar, Scalar::Blob | Scalar::BigInteger | Scalar::BigDecimal);
    if !def.sensitive && has_text {
        text.push_str(&format!("lido_runtime::display!({});\n", def.name));
    }
    Ok(text)
}

/// Returns the documentation of a type: that of the model, or else a sentence that names its shape.
pub(super) fn docs(def: &TypeDef) -> String {
    def.docs.clone().unwrap_or_else(|| format!("The shape `{}`.", def.origin))
}

fn pattern_static(def: &TypeDef, pattern: &str, printed: &str) -> Result<String, Diagnostic> {
    let plan = Pattern::parse(pattern).and_then(|pattern| pattern.plan()).map_err(|error| {
        Diagnostic::error(
            &codes::PATTERN,
            format!("the pattern of {} is not supported: {}", def.origin, error.message),
            error.remedy,
        )
    })?;
    let printed = raw(printed);
    let made = match plan {
        Plan::Runs(runs) => {
            let runs: Vec<_> = runs
                .iter()
                .map(|run| format!("lido_runtime::Run::new({}, {}, {:?})", raw(&run.class), run.min, run.max))
                .collect();
            match runs.as_slice() {
                [run] => format!("lido_runtime::Pattern::runs({printed}, &[{run}])"),
                runs => format!(
                    "lido_runtime::Pattern::runs(\n    {printed},\n    &[\n        {},\n    ],\n)",
                    runs.join(",\n        ")
                ),
            }
        }
        Plan::Linear(regex) => format!("lido_runtime::Pattern::linear({printed}, {})", raw(&regex)),
        Plan::Backtracking(regex) => {
            format!("lido_runtime::Pattern::backtracking({printed}, {})", raw(&regex))
        }
    };
    Ok(format!("static {}: lido_runtime::Pattern = {made};\n", static_name(&def.name)))
}

/// Returns a string literal, raw if that is easier to read.
pub(crate) fn raw(text: &str) -> String {
    let control =
        text.chars().any(|c| c.is_control() || ('\u{2028}'..='\u{202e}').contains(&c) || c == '\u{feff}');
    if control || !text.contains(['\\', '"']) {
        return format!("{text:?}");
    }
    let mut hashes = String::new();
    while text.contains(&format!("\"{hashes}")) {
        hashes.push('#');
    }
    format!("r{hashes}\"{text}\"{hashes}")
}

/// Returns the expression for the rules of a type.
pub(super) fn rules_expression(def: &TypeDef, scalar: Scalar, rules: &Rules) -> String {
    let mut text = "lido_runtime::Rules::NONE".to_owned();
    if let Some(min) = rules.min_length {
        text.push_str(&format!(".min_length({min})"));
    }
    if let Some(max) = rules.max_length {
        text.push_str(&format!(".max_length({max})"));
    }
    let whole =
        matches!(scalar, Scalar::Byte | Scalar::Short | Scalar::Integer | Scalar::Long | Scalar::BigInteger);
    let bound = |number: &serde_json::Number| match number.as_i64().filter(|_| whole) {
        Some(number) => format!("lido_runtime::Bound::Whole({number})"),
        None => format!("lido_runtime::Bound::Fraction({:?})", number.as_f64().unwrap_or_default()),
    };
    if let Some(min) = &rules.min {
        text.push_str(&format!(".min({})", bound(min)));
    }
    if let Some(max) = &rules.max {
        text.push_str(&format!(".max({})", bound(max)));
    }
    if rules.pattern.is_some() {
        text.push_str(&format!(".pattern(&{})", static_name(&def.name)));
    }
    if rules.unshowable {
        text.push_str(".concealed()");
    }
    text
}
