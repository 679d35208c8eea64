//! Prints enums of strings and of numbers.

use lido_model::Diagnostic;

use super::{
    capabilities::Capabilities,
    file::{File, doc_lines},
    scalars::docs,
};
use crate::{
    FileSet,
    ir::{EnumValue, Kind, Service, TypeDef},
};

/// Prints `types/enums.rs`.
pub(super) fn emit(service: &Service, files: &mut FileSet) -> Result<(), Diagnostic> {
    let mut file = File::new("enums", "Enums of strings and numbers.");
    let capabilities = Capabilities::of(service);
    let mut any = false;
    for def in &service.types {
        let declaration = match &def.kind {
            Kind::Enum(values) => {
                declaration("lido_runtime::string_enum", def, values, |value| format!("{value:?}"))
            }
            Kind::IntEnum(values) => declaration("lido_runtime::int_enum", def, values, i32::to_string),
            _ => continue,
        };
        any = true;
        file.text(&declaration);
        file.text(&capabilities.serde_of(def));
    }
    if any {
        files.insert("src/types/enums.rs".to_owned(), file.print());
    }
    Ok(())
}

fn declaration<T>(
    kind: &str,
    def: &TypeDef,
    values: &[EnumValue<T>],
    print: impl Fn(&T) -> String,
) -> String {
    let sensitive = if def.sensitive { "sensitive " } else { "" };
    let mut text =
        format!("{kind}! {{\n{}    pub {sensitive}enum {} {{\n", doc_lines(&docs(def), "    "), def.name);
    for value in values {
        let wire = print(&value.value);
        text.push_str(&doc_lines(value.docs.as_deref().unwrap_or_default(), "        "));
        text.push_str(&format!("        {} = {wire},\n", value.name));
    }
    let mut listed: Vec<_> = values.iter().filter(|value| value.listed.is_some()).collect();
    listed.sort_by_key(|value| value.listed);
    let listed: Vec<_> = listed
        .into_iter()
        .map(|value| {
            let wire = print(&value.value);
            if wire.starts_with('"') { wire } else { format!("\"{wire}\"") }
        })
        .collect();
    let concealed = if def.sensitive { ".concealed()" } else { "" };
    text.push_str(&format!(
        "    }}\n    lido_runtime::Rules::NONE.values(&[{}]){concealed}\n}}\n",
        listed.join(", ")
    ));
    text
}
