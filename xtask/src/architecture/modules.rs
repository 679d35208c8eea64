//! Checks which modules of the server a module of the server names.

use std::{collections::BTreeSet, fs};

use anyhow::Context as _;

use super::paths::{module_of, names_below_the_root, tokens};
use crate::files::find_rust_files;

const SERVER: &str = "server/src";

/// A module of the server, and the other modules of the server that it may name. Tests are not restricted.
pub(super) struct ModuleRule {
    /// The folder or file below `server/src`.
    from: &'static str,
    /// The crate of the other modules: `crate`, or `lido` in the binary.
    root: &'static str,
    allowed: &'static [&'static str],
}

/// The rules, as ARCHITECTURE.md draws them. A module without a rule may name every other module.
pub(super) const RULES: &[ModuleRule] = &[
    ModuleRule { from: "main.rs", root: "lido", allowed: &["operations"] },
    ModuleRule {
        from: "cli/",
        root: "lido",
        allowed: &[
            "app",
            "clock",
            "delivery",
            "entropy",
            "http",
            "keys",
            "maintenance",
            "rates",
            "seed",
            "store",
            "tls",
            "traces",
            "triggers",
            "user_import",
        ],
    },
    ModuleRule {
        from: "http/",
        root: "crate",
        allowed: &[
            "api",
            "app",
            "console",
            "credentials",
            "metrics",
            "oauth",
            "operations",
            "pages",
            "rates",
            "surface",
            "tls",
            "traces",
        ],
    },
    ModuleRule { from: "metrics/", root: "crate", allowed: &[] },
    ModuleRule { from: "traces/", root: "crate", allowed: &[] },
    ModuleRule { from: "tls/", root: "crate", allowed: &["clock", "keys"] },
    ModuleRule { from: "surface/", root: "crate", allowed: &["operations"] },
    ModuleRule {
        from: "api/",
        root: "crate",
        allowed: &[
            "app",
            "clock",
            "credentials",
            "entropy",
            "faults",
            "operations",
            "rates",
            "store",
            "surface",
            "wire",
        ],
    },
    ModuleRule {
        from: "console/",
        root: "crate",
        allowed: &["app", "clock", "delivery", "faults", "operations", "query", "seed", "surface"],
    },
    ModuleRule {
        from: "oauth/",
        root: "crate",
        allowed: &["app", "faults", "language", "operations", "rates", "surface"],
    },
    ModuleRule {
        from: "pages/",
        root: "crate",
        allowed: &["app", "html", "language", "oauth", "operations", "query", "rates", "surface", "wire"],
    },
    ModuleRule { from: "language/", root: "crate", allowed: &[] },
    ModuleRule {
        from: "operations/",
        root: "crate",
        allowed: &["app", "delivery", "entropy", "keys", "passkeys", "store", "tokens", "triggers", "wire"],
    },
    ModuleRule { from: "seed/", root: "crate", allowed: &["app", "operations"] },
    ModuleRule { from: "wire/", root: "crate", allowed: &["app", "delivery", "store"] },
    ModuleRule { from: "store/", root: "crate", allowed: &["entropy", "keys", "metrics", "traces"] },
    ModuleRule {
        from: "rates/",
        root: "crate",
        allowed: &["clock", "keys", "metrics", "operations", "store", "surface"],
    },
    ModuleRule { from: "faults.rs", root: "crate", allowed: &["operations", "wire"] },
    ModuleRule { from: "credentials/", root: "crate", allowed: &["keys"] },
    ModuleRule { from: "client_metadata/", root: "crate", allowed: &[] },
];

/// Returns a line for each module that names a module it may not name.
pub(super) fn find() -> anyhow::Result<Vec<String>> {
    let root = crate::workspace()?.join(SERVER);
    let mut found = Vec::new();
    for file in find_rust_files(&root)? {
        let path = file.strip_prefix(&root).unwrap_or(&file);
        let name = path.to_string_lossy().replace('\\', "/");
        let Some(rule) = RULES.iter().find(|rule| name.starts_with(rule.from)) else { continue };
        if is_for_tests(&name) {
            continue;
        }
        let text = fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
        let module = module_of(path);
        let mut named = BTreeSet::new();
        let tokens = tokens(&text).with_context(|| format!("{}", file.display()))?;
        names_below_the_root(tokens, rule.root, module.len(), &mut named);
        for other in named {
            let is_own = rule.root == "crate" && module.first() == Some(&other);
            if !is_own && !rule.allowed.contains(&other.as_str()) {
                found.push(format!(
                    "{SERVER}/{name}: {} may not name the module `{other}`, only {}",
                    rule.from,
                    rule.allowed.join(", ")
                ));
            }
        }
    }
    Ok(found)
}

/// Returns whether a file is compiled for tests only, judged by its name.
fn is_for_tests(path: &str) -> bool {
    path.ends_with("tests.rs") || path.ends_with("fake.rs") || path.contains("/conformance/")
}
