//! Names of the model as names in Rust.

use std::collections::BTreeMap;

use heck::{ToSnakeCase as _, ToUpperCamelCase as _};
use lido_model::Diagnostic;

/// Words that cannot be raw identifiers either.
const UNRAWABLE: &[&str] = &["crate", "self", "super", "Self", "_"];

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
    "PartialEq",
];

/// The name of a type or a variant: `MFAOptionType` becomes `MfaOptionType`. One that the prelude
/// has is given the ending `Shape`, and one that would begin with a digit an `N` before it.
pub(crate) fn type_name(name: &str) -> String {
    let camel = name.to_upper_camel_case();
    if PRELUDE.contains(&camel.as_str()) {
        return format!("{camel}Shape");
    }
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

/// The name of the file of a type.
pub(crate) fn module_name(type_name: &str) -> String {
    field_name(type_name)
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
    use super::{Scope, field_name, type_name};

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
        for (model, rust) in [
            ("MFAOptionType", "MfaOptionType"),
            ("USER_SRP_AUTH", "UserSrpAuth"),
            ("Option", "OptionShape"),
            ("self", "SelfShape"),
            ("1", "N1"),
        ] {
            assert_eq!(type_name(model), rust);
        }
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
