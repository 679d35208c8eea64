//! Converts names of the model to Rust names.
//!
//! They follow smithy-rs, so that a type, field or variant of a generated crate has the same name as in the AWS SDK for
//! Rust. [`case`] converts the case; this module renames what Rust or generated code reserves.

mod case;

use std::collections::BTreeMap;

use crate::codes;
use lido_model::Diagnostic;

use case::pascal_case;
pub(crate) use case::snake_case;

/// Keywords that cannot be raw identifiers.
const NOT_RAW: &[&str] = &["crate", "self", "super", "Self", "_"];

/// The other keywords of all editions, strict and reserved.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
    "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait",
    "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// The kind of thing that is named, which determines the reserved names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Named {
    /// A structure or union, in its own file.
    Structure,
    /// An error, in its own file.
    Error,
    /// An enum, scalar or collection, in a file with others.
    Declared,
    /// An operation with its input, output and error.
    Operation,
    /// The service.
    Service,
}

/// Names of Rust's prelude, which generated code uses without a path.
const PRELUDE: &[&str] = &[
    "Self",
    "Option",
    "Some",
    "None",
    "Result",
    "Ok",
    "Err",
    "String",
    "Vec",
    "Box",
    "Default",
    "Clone",
    "Debug",
    "PartialEq",
];

/// Names of `lido-runtime` that a type in such a file does not take, so that readers are not misled.
const READ_AND_WRITE: &[&str] =
    &["BTreeMap", "ReadJson", "Reader", "Sensitive", "Slot", "WriteJson", "Writer"];
const ERROR: &[&str] = &["ErrorInfo", "Object", "WriteMembers"];
const DECLARED: &[&str] =
    &["BigDecimal", "BigInteger", "Blob", "Bound", "DateTime", "Document", "Pattern", "Rules", "Run"];
const OPERATION: &[&str] = &["Config", "Infallible", "Mount", "Operation"];
const SERVICE: &[&str] = &[
    "Auth",
    "Bytes",
    "Config",
    "MissingOperations",
    "Mount",
    "Operation",
    "Rejection",
    "Router",
    "Routes",
    "Settings",
];

/// The functions of the generated builder, and those that a setter would hide.
const BUILDER: &[&str] = &["build", "unserved"];

/// Field names that smithy-rs renames because its types have functions of these names.
const RENAMED_FIELDS: &[&str] =
    &["build", "builder", "customize", "default", "make_operation", "meta", "presigned", "send"];

/// Returns the name of a type: `MFAOptionType` becomes `MfaOptionType`.
///
/// A reserved name gets the suffix `Shape`, and a name that starts with a digit the prefix `N`.
pub(crate) fn type_name(name: &str, named: Named) -> String {
    free_type_name(pascal(name), named)
}

/// Returns the name of an operation: the name in the model, starting with a capital letter.
///
/// It keeps acronyms (`GetCSVHeader`), unlike the operation's types (`GetCsvHeaderInput`).
pub(crate) fn operation_name(name: &str) -> String {
    let is_camel = name.chars().all(|character| character.is_ascii_alphanumeric());
    let mut characters = name.chars();
    let name = match characters.next() {
        Some(first) if is_camel && first.is_ascii_alphabetic() => {
            format!("{}{}", first.to_ascii_uppercase(), characters.as_str())
        }
        _ => pascal(name),
    };
    free_type_name(name, Named::Operation)
}

fn free_type_name(name: String, named: Named) -> String {
    let taken: &[&[&str]] = match named {
        Named::Structure => &[PRELUDE, READ_AND_WRITE],
        Named::Error => &[PRELUDE, READ_AND_WRITE, ERROR],
        Named::Declared => &[PRELUDE, READ_AND_WRITE, DECLARED],
        Named::Operation => &[PRELUDE, READ_AND_WRITE, OPERATION, VALUES],
        Named::Service => &[PRELUDE, SERVICE],
    };
    let is_taken = taken.iter().any(|names| names.contains(&name.as_str()));
    if is_taken { format!("{name}Shape") } else { name }
}

/// The names of value types. A structure of such a name is renamed if it has a member of that type.
pub(crate) const VALUES: &[&str] = &["BigDecimal", "BigInteger", "Blob", "DateTime", "Document"];

/// Returns the name of a variant.
///
/// `Unknown` is renamed as in smithy-rs, where every enum has a variant of that name for values that are not in the
/// model.
pub(crate) fn variant_name(name: &str) -> String {
    let name = pascal(name);
    match name.as_str() {
        "Self" | "Unknown" => format!("{name}Value"),
        "SelfValue" | "UnknownValue" => format!("{name}_"),
        _ => name,
    }
}

fn pascal(name: &str) -> String {
    let pascal = pascal_case(name);
    match pascal.chars().next() {
        None => "N".to_owned(),
        Some(first) if first.is_ascii_digit() => format!("N{pascal}"),
        Some(_) => pascal,
    }
}

/// Returns the name of a structure's field, as a raw identifier if it is a keyword.
pub(crate) fn field_name(name: &str) -> String {
    let snake = identifier(name);
    if RENAMED_FIELDS.contains(&snake.as_str()) { format!("{snake}_value") } else { snake }
}

/// Returns `name` in snake case, as a raw identifier if it is a keyword.
fn identifier(name: &str) -> String {
    let snake = snake_case(name);
    if snake.is_empty() {
        return "n".to_owned();
    }
    if snake.starts_with(|first: char| first.is_ascii_digit()) {
        return format!("n{snake}");
    }
    if NOT_RAW.contains(&snake.as_str()) {
        return format!("{snake}_");
    }
    if KEYWORDS.contains(&snake.as_str()) { format!("r#{snake}") } else { snake }
}

/// Returns whether `name` is an identifier.
pub(crate) fn is_identifier(name: &str) -> bool {
    syn::parse_str::<syn::Ident>(name).is_ok() && !KEYWORDS.contains(&name)
}

/// Returns the name of an operation's setter on the builder.
pub(crate) fn setter_name(name: &str) -> String {
    let name = module_name(name);
    if BUILDER.contains(&name.as_str()) { format!("{name}_operation") } else { name }
}

/// Returns the name of a type's or operation's module and file.
pub(crate) fn module_name(name: &str) -> String {
    match identifier(name) {
        // `mod.rs` is the list of modules.
        name if name == "r#mod" => "mod_".to_owned(),
        name => name,
    }
}

/// Returns the name of the static of a type.
pub(crate) fn static_name(type_name: &str) -> String {
    snake_case(type_name).to_uppercase()
}

/// Names that must be unique, each with the shape or member that has it.
#[derive(Debug, Default)]
pub(crate) struct Scope(BTreeMap<String, String>);

impl Scope {
    /// Returns whether the name is in use.
    pub(crate) fn is_claimed(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Claims `name` for `owner`.
    ///
    /// # Errors
    /// Returns a diagnostic that names both owners if another one has claimed the name.
    pub(crate) fn claim(&mut self, name: &str, owner: &str) -> Result<(), Diagnostic> {
        match self.0.insert(name.to_owned(), owner.to_owned()) {
            Some(other) if other != owner => Err(Diagnostic::error(
                &codes::SAME_NAME,
                format!("{other} and {owner} have the same Rust name `{name}`"),
                "rename one of them in the model, or with the service's `rename`",
            )),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Named, Scope, field_name, module_name, operation_name, type_name, variant_name};

    #[test]
    fn names_are_converted_as_in_smithy_rs() {
        for (model, rust) in [
            ("ClientId", "client_id"),
            ("CallbackURLs", "callback_urls"),
            ("default", "default_value"),
            ("type", "r#type"),
            ("self", "self_"),
            ("3d", "n3_d"),
            ("_", "n"),
        ] {
            assert_eq!(field_name(model), rust);
        }
        for (model, named, rust) in [
            ("MFAOptionType", Named::Structure, "MfaOptionType"),
            ("Option", Named::Structure, "OptionShape"),
            ("Document", Named::Structure, "Document"),
            ("Object", Named::Structure, "Object"),
            ("Object", Named::Error, "ObjectShape"),
            ("Rules", Named::Declared, "RulesShape"),
            ("Config", Named::Structure, "Config"),
            ("Config", Named::Service, "ConfigShape"),
        ] {
            assert_eq!(type_name(model, named), rust);
        }
        for (model, rust) in [
            ("GetCSVHeader", "GetCSVHeader"),
            ("getCSVHeader", "GetCSVHeader"),
            ("get_header", "GetHeader"),
            ("Operation", "OperationShape"),
            ("Config", "ConfigShape"),
        ] {
            assert_eq!(operation_name(model), rust);
        }
        for (model, rust) in [
            ("USER_SRP_AUTH", "UserSrpAuth"),
            ("NONE", "None"),
            ("self", "SelfValue"),
            ("UNKNOWN", "UnknownValue"),
            ("UNKNOWN_VALUE", "UnknownValue_"),
            ("1", "N1"),
        ] {
            assert_eq!(variant_name(model), rust);
        }
        assert_eq!(module_name("Mod"), "mod_");
    }

    #[test]
    fn claim_of_taken_name_is_refused_with_both_owners() {
        let mut scope = Scope::default();
        assert!(scope.claim("Thing", "a#Thing").is_ok());
        assert!(scope.claim("Thing", "a#Thing").is_ok());
        let error = scope.claim("Thing", "b#THING").unwrap_err().to_string();
        assert!(error.contains("a#Thing") && error.contains("b#THING"), "{error}");
    }
}
