//! Names of the model as names in Rust.
//!
//! They are those of smithy-rs, so that a type, a field or a variant of a generated crate is called as in the AWS
//! SDK for Rust. [`case`] splits names into words; here is what becomes of those that Rust or generated code needs
//! for something else.

mod case;

use std::collections::BTreeMap;

use lido_model::Diagnostic;

use case::{pascal_case, snake_case};

/// Words that cannot be raw identifiers either.
const UNRAWABLE: &[&str] = &["crate", "self", "super", "Self", "_"];

/// What is named: what else is named in the same file decides which names are free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Named {
    /// A structure or union, in a file of its own.
    Structure,
    /// An error, in a file of its own.
    Error,
    /// One of many enums, scalars or collections in one file.
    Declared,
    /// An operation with its input, output and error.
    Operation,
    /// The service.
    Service,
}

/// Types of the prelude that emitted code names without a path.
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

/// Names that emitted code imports, and so cannot declare in the same file.
const READ_AND_WRITE: &[&str] =
    &["BTreeMap", "Read", "ReadJson", "Reader", "Sensitive", "Slot", "WriteJson", "Writer"];
const ERROR: &[&str] = &["Blame", "ErrorInfo", "Object", "WriteMembers"];
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

/// Fields that have another name in smithy-rs, because the types around them have functions of that name.
const RENAMED_FIELDS: &[&str] =
    &["build", "builder", "customize", "default", "make_operation", "meta", "presigned", "send"];

/// Returns the name of a type: `MFAOptionType` becomes `MfaOptionType`.
///
/// One that is taken is given the ending `Shape`, and one that would begin with a digit an `N` before it.
pub(crate) fn type_name(name: &str, named: Named) -> String {
    free_type_name(pascal(name), named)
}

/// Returns the name of an operation: that of the model, with a capital letter at its beginning.
///
/// It keeps its acronyms (`GetCSVHeader`), unlike the types that belong to it (`GetCsvHeaderInput`).
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

/// The types of values that a structure of the same name may hold.
pub(crate) const VALUES: &[&str] = &["BigDecimal", "BigInteger", "Blob", "DateTime", "Document"];

/// Returns the name of a variant, which is never named without its enum.
///
/// `Unknown` is renamed as in smithy-rs, where every enum has a variant of that name for values that the model
/// does not know.
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

/// Returns the name of a structure's field, raw where it is a keyword.
pub(crate) fn field_name(name: &str) -> String {
    let snake = identifier(name);
    if RENAMED_FIELDS.contains(&snake.as_str()) { format!("{snake}_value") } else { snake }
}

/// Returns `name` in snake case as an identifier, raw where it is a keyword.
fn identifier(name: &str) -> String {
    let snake = snake_case(name);
    if snake.is_empty() {
        return "n".to_owned();
    }
    if snake.starts_with(|first: char| first.is_ascii_digit()) {
        return format!("n{snake}");
    }
    if UNRAWABLE.contains(&snake.as_str()) {
        return format!("{snake}_");
    }
    match syn::parse_str::<syn::Ident>(&snake) {
        Ok(_) => snake,
        Err(_) => format!("r#{snake}"),
    }
}

/// Whether `name` can be used as it is.
pub(crate) fn is_identifier(name: &str) -> bool {
    syn::parse_str::<syn::Ident>(name).is_ok()
}

/// Returns the name of the module and the file of a type or an operation, and of an operation's method.
pub(crate) fn module_name(name: &str) -> String {
    match identifier(name) {
        // The file of that name lists the others.
        name if name == "r#mod" => "mod_".to_owned(),
        name => name,
    }
}

/// Returns the name of the static that belongs to a type.
pub(crate) fn static_name(type_name: &str) -> String {
    snake_case(type_name).to_uppercase()
}

/// Names that must differ from each other, each with what bears it.
#[derive(Debug, Default)]
pub(crate) struct Scope(BTreeMap<String, String>);

impl Scope {
    /// Claims `name` for `bearer`.
    ///
    /// # Errors
    /// Somebody else bears the name; both are told.
    pub(crate) fn claim(&mut self, name: &str, bearer: &str) -> Result<(), Diagnostic> {
        match self.0.insert(name.to_owned(), bearer.to_owned()) {
            Some(other) if other != bearer => Err(Diagnostic::error(
                format!("{other} and {bearer} would both be called `{name}` in Rust"),
                "rename one of them, in the model or by the service's `rename`",
            )),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Named, Scope, field_name, module_name, operation_name, type_name, variant_name};

    #[test]
    fn names_are_rusts() {
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
    fn a_collision_names_both() {
        let mut scope = Scope::default();
        assert!(scope.claim("Thing", "a#Thing").is_ok());
        assert!(scope.claim("Thing", "a#Thing").is_ok());
        let said = scope.claim("Thing", "b#THING").unwrap_err().to_string();
        assert!(said.contains("a#Thing") && said.contains("b#THING"), "{said}");
    }
}
