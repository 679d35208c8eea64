//! The options of the generator.

use lido_model::{Diagnostic, ShapeId};

use crate::{
    codes,
    ir::{Protocol, Style},
    names::is_identifier,
};

/// The HTTP status with which errors are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HttpStatus {
    /// 400 for errors of the client and 500 for errors of the server, as the awsJson protocols specify.
    Fixed,
    /// That of the trait `smithy.api#httpError`, as smithy-rs does, and the same as `Fixed` without it.
    Model,
}

/// The options of [`generate`](crate::generate).
#[derive(Debug, Clone)]
pub struct Config {
    /// The service to generate. `None` selects the only service of the model.
    pub service: Option<ShapeId>,
    /// The protocol. `None` selects that of the service's traits.
    pub protocol: Option<Protocol>,
    /// The wording of messages about violated constraints. Default: [`Style::Smithy`].
    pub style: Style,
    /// The error shape with which violated constraints are answered. `None` selects the shape with the trait
    /// `smithy.framework.rust#validationException`, or else `smithy.framework#ValidationException`.
    pub validation_error: Option<ShapeId>,
    /// The maximum size of a request body in bytes. Default: 2 MiB.
    pub body_limit: usize,
    /// The status of errors. Default: [`HttpStatus::Fixed`].
    pub http_status: HttpStatus,
    /// The name of the generated package. Default: `generated`.
    pub package: String,
    /// The dependency on `lido-runtime` in the generated `Cargo.toml`: a TOML value such as `"0.1"` or
    /// `{ path = "../codegen/runtime" }`. Default: the version of this package.
    pub runtime: String,
    /// Whether the package inherits versions, edition and dependencies from a workspace.
    pub in_workspace: bool,
    /// Whether to generate a test for every constraint. Only [`Style::Coral`] has such tests.
    pub constraint_tests: bool,
    /// Whether to generate the protocol tests of the model (`smithy.test`).
    pub protocol_tests: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            service: None,
            protocol: None,
            style: Style::Smithy,
            validation_error: None,
            body_limit: 2 * 1024 * 1024,
            http_status: HttpStatus::Fixed,
            package: "generated".to_owned(),
            runtime: format!("\"{}\"", env!("CARGO_PKG_VERSION")),
            in_workspace: false,
            constraint_tests: false,
            protocol_tests: false,
        }
    }
}

impl Config {
    /// Returns what is wrong with the options that become parts of `Cargo.toml`.
    pub(crate) fn faults(&self) -> Vec<Diagnostic> {
        let mut faults = Vec::new();
        let package = &self.package;
        if !is_package_name(package) {
            faults.push(Diagnostic::error(
                &codes::OPTION, format!("{package:?} is not a name for a package"),
                "write letters, digits, `-` and `_`, with a letter first, and no keyword, such as weather-api",
            ));
        }
        if let Err(why) = check_dependency(&self.runtime) {
            faults.push(Diagnostic::error(
                &codes::OPTION, format!("{:?} is not a dependency on lido-runtime: {why}", self.runtime),
                "write a version with its quotes, such as \"0.1\", or a table, such as { path = \"../runtime\" }",
            ));
        }
        faults
    }
}

/// Returns whether Cargo and Rust take the name for a package that depends on lido-runtime.
pub fn is_package_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        && is_identifier(&name.replace('-', "_"))
        && !matches!(name, "test" | "core" | "std" | "alloc" | "proc-macro" | "proc_macro" | "lido-runtime")
}

/// Checks that the text is the value of a dependency in `Cargo.toml`.
fn check_dependency(text: &str) -> Result<(), String> {
    const KEYS: [&str; 11] = [
        "branch",
        "default-features",
        "features",
        "git",
        "package",
        "path",
        "registry",
        "rev",
        "tag",
        "version",
        "workspace",
    ];
    let table: toml::Table =
        toml::from_str(&format!("runtime = {text}")).map_err(|error| error.message().to_owned())?;
    match table.iter().next() {
        Some((_, toml::Value::String(version))) => check_version(version),
        Some((_, toml::Value::Table(keys))) if table.len() == 1 && !keys.is_empty() => {
            if let Some(key) = keys.keys().find(|key| !KEYS.contains(&key.as_str())) {
                return Err(format!("a dependency has no key `{key}`"));
            }
            keys.get("version").and_then(toml::Value::as_str).map_or(Ok(()), check_version)
        }
        _ => Err("it is neither a version nor a table".to_owned()),
    }
}

fn check_version(text: &str) -> Result<(), String> {
    semver::VersionReq::parse(text).map(drop).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::Config;

    #[test]
    fn package_and_runtime_that_cargo_refuses_are_refused() {
        let faults = |package: &str, runtime: &str| {
            Config { package: package.to_owned(), runtime: runtime.to_owned(), ..Config::default() }
                .faults()
                .len()
        };
        for package in ["weather", "weather-api", "a_b-2", "W"] {
            assert_eq!(faults(package, "\"0.1\""), 0, "{package}");
        }
        for package in ["", "my shop!", "1st", "-a", "_", "self", "gen", "test", "a\"b", "ä", "lido-runtime"]
        {
            assert_eq!(faults(package, "\"0.1\""), 1, "{package}");
        }
        for runtime in
            ["\">=0.1, <0.3\"", "\"*\"", "{ path = \"../r\" }", "{ version = \"0.1\", features = [\"x\"] }"]
        {
            assert_eq!(faults("a", runtime), 0, "{runtime}");
        }
        for runtime in [
            "nonsense",
            "\"nonsense\"",
            "0.1",
            "{}",
            "{ pth = \"a\" }",
            "[1]",
            "\"0.1\"\nother = 1",
            "{ version = \"y\" }",
        ] {
            assert_eq!(faults("a", runtime), 1, "{runtime}");
        }
    }
}
