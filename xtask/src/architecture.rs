//! Checks the rules of ARCHITECTURE.md that Cargo does not: which code may name which crate, module or file.
//!
//! [`modules`] has the rules between the modules of the server, [`cycles`] those between the folders of the domain, and
//! [`references`] those for documents and paths that comments and pages name.

use std::fs;

use anyhow::{Context as _, bail};

use crate::files::{find_rust_files, relative};

mod cycles;
mod modules;
mod paths;
mod references;

/// A name that only some files may use.
struct NameRule {
    name: &'static str,
    /// The folder that the rule is about.
    under: &'static str,
    /// Folders and files below `under` that may use the name.
    allowed: &'static [&'static str],
}

const NAME_RULES: &[NameRule] = &[
    NameRule { name: "lido_cognito_idp", under: "server/src", allowed: &["operations/", "wire/"] },
    NameRule { name: "lido_model", under: "server", allowed: &[] },
    NameRule { name: "lido_codegen", under: "server", allowed: &[] },
    NameRule { name: "rusqlite", under: "server/src", allowed: &["store/sqlite/"] },
    NameRule { name: "tokio_postgres", under: "server/src", allowed: &["store/postgres/"] },
    NameRule { name: "lettre", under: "server/src", allowed: &["delivery/smtp/"] },
    NameRule {
        name: "reqwest",
        under: "server/src",
        allowed: &[
            "client_metadata/",
            "delivery/",
            "triggers/",
            "cli/control/",
            "cli/health.rs",
            "cli/seed.rs",
            "cli/traces/",
            "doctor/network.rs",
        ],
    },
    NameRule { name: "hyper", under: "server/src", allowed: &["http/"] },
    NameRule {
        name: "tower",
        under: "server/src",
        allowed: &["api/", "http/tests.rs", "http/limits_tests.rs", "http/tls_tests.rs"],
    },
    NameRule { name: "prometheus_client", under: "server/src", allowed: &["metrics/"] },
    NameRule { name: "opentelemetry", under: "server/src", allowed: &["traces/", "cli/traces/"] },
    NameRule { name: "matchit", under: "server/src", allowed: &["surface/"] },
    NameRule { name: "governor", under: "server/src", allowed: &["rates/"] },
    // HTTP types: the listener, the surfaces, the origin of a request, and calls of functions. In `cli/`, `config/`,
    // `doctor/` and `embedded.rs` the name stands for the server's own module.
    NameRule {
        name: "http::",
        under: "server/src",
        allowed: &[
            "http/",
            "surface/",
            "api/",
            "console/",
            "oauth/",
            "pages/",
            "operations/origin.rs",
            "traces/",
            "triggers/lambda/",
            "cli/",
            "config/",
            "doctor/",
            "embedded.rs",
        ],
    },
    NameRule { name: "webauthn_rs_core", under: "server/src", allowed: &["passkeys.rs", "passkeys/"] },
    NameRule { name: "SystemTime::now", under: "server/src", allowed: &["clock.rs"] },
    NameRule { name: "getrandom", under: "server/src", allowed: &["entropy/mod.rs"] },
    NameRule { name: "std::fs", under: "codegen/src", allowed: &["disk.rs", "bin/"] },
    NameRule { name: "lido_", under: "server/domain/src", allowed: &[] },
    NameRule { name: "async", under: "server/domain/src", allowed: &[] },
    NameRule { name: "lido_", under: "server/iam/src", allowed: &[] },
    NameRule { name: "async", under: "server/iam/src", allowed: &[] },
];

/// A package, and the restricted dependencies that it may have. Development dependencies are not restricted.
struct DependencyRule {
    manifest: &'static str,
    allowed: &'static [&'static str],
}

const DEPENDENCY_RULES: &[DependencyRule] = &[
    DependencyRule { manifest: "generated/Cargo.toml", allowed: &["lido-runtime", "tower"] },
    DependencyRule { manifest: "model/Cargo.toml", allowed: &[] },
    DependencyRule { manifest: "server/domain/Cargo.toml", allowed: &[] },
    // For the types of headers; the package opens no connection.
    DependencyRule { manifest: "server/iam/Cargo.toml", allowed: &["http"] },
    DependencyRule { manifest: "codegen/Cargo.toml", allowed: &["lido-model"] },
    DependencyRule { manifest: "codegen/runtime/Cargo.toml", allowed: &["tower"] },
    DependencyRule {
        manifest: "server/Cargo.toml",
        allowed: &["lido-domain", "lido-iam", "lido-cognito-idp", "lido-runtime", "tower"],
    },
];

/// Returns whether a dependency is restricted: a package of this workspace, or one that does input or output.
fn is_restricted(dependency: &str) -> bool {
    const INPUT_AND_OUTPUT: [&str; 6] = ["tokio", "hyper", "http", "rusqlite", "tower", "async-trait"];
    dependency.starts_with("lido") || INPUT_AND_OUTPUT.contains(&dependency)
}

/// Checks every rule.
///
/// # Errors
/// Returns an error with a line for each violation.
pub(crate) fn run() -> anyhow::Result<()> {
    let root = crate::workspace()?;
    let mut violations = Vec::new();
    for rule in NAME_RULES {
        let under = root.join(rule.under);
        for file in find_rust_files(&under)? {
            let path = relative(&file, &under);
            if rule.allowed.iter().any(|allowed| path.starts_with(allowed)) {
                continue;
            }
            let text = fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
            for (number, line) in text.lines().enumerate().filter(|(_, line)| uses_name(line, rule.name)) {
                violations.push(format!(
                    "{}/{path}:{}: `{}` is not allowed here: {}",
                    rule.under,
                    number + 1,
                    rule.name,
                    line.trim()
                ));
            }
        }
    }
    for rule in DEPENDENCY_RULES {
        let path = root.join(rule.manifest);
        let text = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
        for dependency in dependencies(&text) {
            if is_restricted(dependency) && !is_allowed(rule, dependency) {
                violations.push(format!("{}: the dependency {dependency} is not allowed", rule.manifest));
            }
        }
    }
    violations.extend(modules::find()?);
    violations.extend(cycles::find()?);
    violations.extend(references::find()?);
    if violations.is_empty() {
        println!(
            "no violation of {} rules about names, {} about modules and {} about dependencies, no cycle in the \
             domain, no reference that leads nowhere",
            NAME_RULES.len(),
            modules::RULES.len(),
            DEPENDENCY_RULES.len()
        );
        return Ok(());
    }
    bail!("{}", violations.join("\n"))
}

/// Returns whether a package may have a restricted dependency. The server and the runtime may do input and output.
fn is_allowed(rule: &DependencyRule, dependency: &str) -> bool {
    let does_io = ["server/Cargo.toml", "codegen/runtime/Cargo.toml"].contains(&rule.manifest);
    rule.allowed.contains(&dependency) || (does_io && !dependency.starts_with("lido"))
}

/// Returns whether a line of code, without its comment, has `name` as a word. A `name` that ends in `_` is the beginning
/// of a word, and one that ends in `::` is the beginning of a path.
fn uses_name(line: &str, name: &str) -> bool {
    let code = line.split("//").next().unwrap_or_default();
    let mut rest = code;
    while let Some(at) = rest.find(name) {
        let before = rest.get(..at).and_then(|before| before.chars().next_back());
        let after = rest.get(at + name.len()..).unwrap_or_default();
        let is_path = name.ends_with("::");
        let ends =
            is_path || name.ends_with('_') || !after.starts_with(|c: char| c.is_alphanumeric() || c == '_');
        if ends
            && !before
                .is_some_and(|c| c.is_alphanumeric() || c == '_' || "\"-".contains(c) || is_path && c == ':')
        {
            return true;
        }
        rest = after;
    }
    false
}

/// Returns the names under `[dependencies]`.
fn dependencies(manifest: &str) -> impl Iterator<Item = &str> {
    let lines = manifest.lines().skip_while(|line| line.trim() != "[dependencies]").skip(1);
    let lines = lines.take_while(|line| !line.starts_with('['));
    lines
        .filter_map(|line| line.split(['.', '=', ' ']).next())
        .filter(|name| !name.is_empty() && !name.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::{dependencies, uses_name};

    #[test]
    fn name_is_found_as_a_word_outside_of_comments() {
        assert!(uses_name("use hyper::Request;", "hyper"));
        assert!(uses_name("use lido_model::load;", "lido_"));
        assert!(!uses_name("let hyperbole = 1; // hyper", "hyper"));
        assert!(!uses_name("use hyper_util::rt;", "hyper"));
        assert!(uses_name("use http::Request;", "http::"));
        assert!(!uses_name("use crate::http::Gate;", "http::"));
    }

    #[test]
    fn dependencies_are_read_up_to_the_next_table() {
        let manifest = "[package]\nname = \"x\"\n[dependencies]\nserde.workspace = true\ntokio = { version = \"1\" }\n\n[dev-dependencies]\nhyper = \"1\"\n";
        assert_eq!(dependencies(manifest).collect::<Vec<_>>(), ["serde", "tokio"]);
    }
}
