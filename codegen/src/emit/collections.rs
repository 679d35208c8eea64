//! Prints constrained lists and maps.

use lido_model::Diagnostic;

use super::{
    capabilities::Capabilities,
    file::{File, doc_lines, format_expression, format_type},
    scalars::{docs, rules_expression},
    ty,
    value::defaulted,
};
use crate::{
    FileSet,
    ir::{Kind, Rules, Scalar, Service, Type, TypeDef},
    protocol::{Support, support},
};

/// Prints `types/collections.rs`.
pub(super) fn emit(service: &Service, files: &mut FileSet) -> Result<(), Diagnostic> {
    let defaulted = defaulted(service);
    let mut file = File::new("collections", "Lists and maps with constraints.");
    let capabilities = Capabilities::of(service);
    let support = support(service.protocol);
    let mut any = false;
    for def in &service.types {
        let (Kind::List(inner, rules) | Kind::Map(_, inner, rules)) = &def.kind else { continue };
        any = true;
        file.text(&declaration(support, def, inner, rules));
        file.text(&capabilities.traits_of_collection(&def.name, inner));
        file.text(&capabilities.serde_of(def));
        if defaulted.contains(def.name.as_str()) {
            file.text(&format!(
                "lido_runtime::model_default!({}, {});\n",
                def.name,
                format_type(ty::rust(inner))
            ));
        }
    }
    if any {
        files.insert("src/types/collections.rs".to_owned(), file.print());
    }
    Ok(())
}

fn declaration(support: &dyn Support, def: &TypeDef, inner: &Type, rules: &Rules) -> String {
    let read = format_expression(support.read_collection(inner, rules)).replace('\n', "\n    ");
    let sensitive = if def.sensitive { "sensitive " } else { "" };
    let unique = if rules.unique { "unique " } else { "" };
    let mut text = format!(
        "lido_runtime::constrained_collection! {{\n{}    pub {sensitive}{unique}struct {}({});\n    {};\n    {read}\n}}\n",
        doc_lines(&docs(def), "    "),
        def.name,
        format_type(ty::rust(inner)),
        rules_expression(def, Scalar::Document, rules),
    );
    if def.writes {
        text.push_str(&match support.write_collection(inner) {
            Some(write) => {
                format!("lido_runtime::write_inner!({}, {});\n", def.name, format_expression(write))
            }
            None => format!("lido_runtime::write_inner!({});\n", def.name),
        });
    }
    text
}
