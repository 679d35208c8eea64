//! Names of the model as names in Rust.

use std::collections::BTreeMap;

use heck::{ToSnakeCase as _, ToUpperCamelCase as _};
use lido_model::Diagnostic;

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

/// The name of a type: `MFAOptionType` becomes `MfaOptionType`. One that is taken is given the ending
/// `Shape`, and one that would begin with a digit an `N` before it.
pub(crate) fn type_name(name: &str, named: Named) -> String {
    let camel = camel(name);
    let taken: &[&[&str]] = match named {
        Named::Structure => &[PRELUDE, READ_AND_WRITE],
        Named::Error => &[PRELUDE, READ_AND_WRITE, ERROR],
        Named::Declared => &[PRELUDE, READ_AND_WRITE, DECLARED],
        Named::Operation => &[PRELUDE, READ_AND_WRITE, OPERATION, VALUES],
        Named::Service => &[PRELUDE, SERVICE],
    };
    let is_taken = taken.iter().any(|names| names.contains(&camel.as_str()));
    if is_taken { format!("{camel}Shape") } else { camel }
}

/// The types of values that a structure of the same name may hold.
pub(crate) const VALUES: &[&str] = &["BigDecimal", "BigInteger", "Blob", "DateTime", "Document"];

/// The name of a variant, which is never named without its enum.
pub(crate) fn variant_name(name: &str) -> String {
    let camel = camel(name);
    if camel == "Self" { "SelfShape".to_owned() } else { camel }
}

fn camel(name: &str) -> String {
    let camel = name.to_upper_camel_case();
    match camel.chars().next() {
        None => "N".to_owned(),
        Some(first) if first.is_ascii_digit() => format!("N{camel}"),
        Some(_) => camel,
    }
}

/// The name of a field, a method or a module, raw where it is a keyword.
pub(crate) fn field_name(name: &str) -> String {
    let snake = name.to_snake_case();
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

/// The name of the module and the file of a type or an operation.
pub(crate) fn module_name(name: &str) -> String {
    match field_name(name) {
        // The file of that name lists the others.
        name if name == "r#mod" => "mod_".to_owned(),
        name => name,
    }
}

/// The name of a static.
pub(crate) fn static_name(type_name: &str) -> String {
    heck::AsShoutySnakeCase(type_name).to_string()
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
    use super::{Named, Scope, field_name, module_name, type_name, variant_name};

    #[test]
    fn names_are_rusts() {
        for (model, rust) in [
            ("ClientId", "client_id"),
            ("UserPoolMFAConfig", "user_pool_mfa_config"),
            ("type", "r#type"),
            ("self", "self_"),
            ("3d", "n3d"),
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
            ("Operation", Named::Operation, "OperationShape"),
            ("Config", Named::Operation, "ConfigShape"),
            ("Config", Named::Structure, "Config"),
            ("Config", Named::Service, "ConfigShape"),
        ] {
            assert_eq!(type_name(model, named), rust);
        }
        for (model, rust) in
            [("USER_SRP_AUTH", "UserSrpAuth"), ("NONE", "None"), ("self", "SelfShape"), ("1", "N1")]
        {
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
