//! Which module of the server may use which other one: the arrows that HOUSE.md draws inside `server`.

use std::{collections::BTreeSet, fs};

use anyhow::Context as _;

use super::paths::{module_of, names_below_the_root, tokens};

const SERVER: &str = "server/src";

/// A module of the server and the other ones that it may name; its tests may name more.
pub(super) struct Arrows {
    /// The folder or file below `server/src`.
    from: &'static str,
    /// The crate of the other modules: `crate`, or `lido` in the binary.
    root: &'static str,
    to: &'static [&'static str],
}

/// What HOUSE.md draws inside the server. A module that is not listed may name any other one.
pub(super) const ARROWS: &[Arrows] = &[
    Arrows { from: "main.rs", root: "lido", to: &["operations"] },
    Arrows { from: "cli/", root: "lido", to: &["app", "http"] },
    Arrows {
        from: "http/",
        root: "crate",
        to: &["api", "app", "console", "credentials", "oauth", "operations", "pages", "rates", "surface"],
    },
    Arrows { from: "surface/", root: "crate", to: &["operations"] },
    Arrows {
        from: "api/",
        root: "crate",
        to: &["app", "clock", "credentials", "operations", "rates", "store", "surface", "wire"],
    },
    Arrows {
        from: "console/",
        root: "crate",
        to: &["app", "clock", "delivery", "operations", "query", "surface"],
    },
    Arrows { from: "oauth/", root: "crate", to: &["app", "operations", "surface"] },
    Arrows {
        from: "pages/",
        root: "crate",
        to: &["app", "html", "operations", "query", "rates", "surface", "wire"],
    },
    Arrows {
        from: "operations/",
        root: "crate",
        to: &["app", "delivery", "entropy", "keys", "passkeys", "store", "tokens", "triggers", "wire"],
    },
    Arrows { from: "wire/", root: "crate", to: &["app", "delivery", "store"] },
    Arrows { from: "store/", root: "crate", to: &["entropy", "keys"] },
    Arrows { from: "rates/", root: "crate", to: &["clock", "operations"] },
    Arrows { from: "credentials/", root: "crate", to: &["keys"] },
];

/// Returns a line for each use of a module that may not be used.
pub(super) fn find() -> anyhow::Result<Vec<String>> {
    let root = crate::workspace()?.join(SERVER);
    let mut found = Vec::new();
    for file in super::rust_files(&root)? {
        let path = file.strip_prefix(&root).unwrap_or(&file);
        let name = path.to_string_lossy().replace('\\', "/");
        let Some(arrows) = ARROWS.iter().find(|arrows| name.starts_with(arrows.from)) else { continue };
        if is_for_tests(&name) {
            continue;
        }
        let text = fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
        let module = module_of(path);
        let mut named = BTreeSet::new();
        let tokens = tokens(&text).with_context(|| format!("{}", file.display()))?;
        names_below_the_root(tokens, arrows.root, module.len(), &mut named);
        for other in named {
            let is_own = arrows.root == "crate" && module.first() == Some(&other);
            if !is_own && !arrows.to.contains(&other.as_str()) {
                found.push(format!(
                    "{SERVER}/{name}: {} may not use the module `{other}`; it may use {}",
                    arrows.from,
                    arrows.to.join(", ")
                ));
            }
        }
    }
    Ok(found)
}

/// Whether a file is compiled in tests only, as its name says.
fn is_for_tests(path: &str) -> bool {
    path.ends_with("tests.rs") || path.ends_with("fake.rs") || path.contains("/conformance/")
}
