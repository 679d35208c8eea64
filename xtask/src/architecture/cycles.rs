//! Finds cycles between the folders of the domain, by the paths that its code names.
//!
//! Without cycles, each folder can be read after the folders that it uses. Test code is left out.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use anyhow::Context as _;
use proc_macro2::TokenStream;

use super::paths::{module_of, names_below_the_root, tokens};
use crate::files::find_rust_files;

const DOMAIN: &str = "server/domain/src";

/// Modules whose uses are not followed: refusals and verdicts hold values of every noun, and every noun uses them.
const NOT_FOLLOWED: [&str; 2] = ["refusal", "verdict"];

/// For each top-level module the modules that it uses, each with a file that does.
type Uses = BTreeMap<String, BTreeMap<String, String>>;

/// Returns a line for each cycle between top-level modules of the domain.
pub(super) fn find() -> anyhow::Result<Vec<String>> {
    let root = crate::workspace()?.join(DOMAIN);
    let lib = fs::read_to_string(root.join("lib.rs")).context("reading lib.rs of the domain")?;
    let exported = re_exports(&tokens(&lib)?);
    let mut uses = Uses::new();
    for file in find_rust_files(&root)? {
        let path = file.strip_prefix(&root).unwrap_or(&file);
        if is_for_tests(path) || path == Path::new("lib.rs") {
            continue;
        }
        let text = fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
        let module = module_of(path);
        let Some(top) = module.first() else { continue };
        let used = uses.entry(top.clone()).or_default();
        if NOT_FOLLOWED.contains(&top.as_str()) {
            continue;
        }
        let mut named = BTreeSet::new();
        names_below_the_root(
            tokens(&text).with_context(|| format!("{}", file.display()))?,
            "crate",
            module.len(),
            &mut named,
        );
        for name in named {
            let name = exported.get(&name).cloned().unwrap_or(name);
            if name != *top {
                used.entry(name).or_insert_with(|| path.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    Ok(cycles(&uses).iter().map(|cycle| describe(cycle, &uses)).collect())
}

fn is_for_tests(path: &Path) -> bool {
    let is = |name: &str| name.ends_with("_tests") || name == "fixture";
    path.with_extension("").iter().any(|part| is(&part.to_string_lossy()))
}

/// Returns the names that `lib.rs` re-exports, each with its module.
fn re_exports(tokens: &TokenStream) -> BTreeMap<String, String> {
    let text = tokens.to_string();
    let mut found = BTreeMap::new();
    for statement in text.split(';').filter_map(|one| one.split("pub use ").nth(1)) {
        let mut words =
            statement.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
        if let Some(module) = words.next() {
            found.extend(words.map(|word| (word.to_owned(), module.to_owned())));
        }
    }
    found
}

/// Returns cycles, each as a list of modules. It finds at least one if there are any.
fn cycles(uses: &Uses) -> Vec<Vec<String>> {
    fn visit<'a>(
        at: &'a str,
        uses: &'a Uses,
        path: &mut Vec<&'a str>,
        done: &mut BTreeSet<&'a str>,
        found: &mut Vec<Vec<String>>,
    ) {
        if let Some(begin) = path.iter().position(|module| *module == at) {
            found.push(path.iter().skip(begin).map(|module| (*module).to_owned()).collect());
            return;
        }
        if !done.insert(at) {
            return;
        }
        path.push(at);
        for next in uses.get(at).into_iter().flat_map(BTreeMap::keys) {
            visit(next, uses, path, done, found);
        }
        path.pop();
    }
    let (mut done, mut found) = (BTreeSet::new(), Vec::new());
    for module in uses.keys() {
        visit(module, uses, &mut Vec::new(), &mut done, &mut found);
    }
    found
}

/// Returns a line about a cycle that names a file for each step.
fn describe(cycle: &[String], uses: &Uses) -> String {
    let next = cycle.iter().cycle().skip(1);
    let steps = cycle.iter().zip(next).map(|(from, to)| {
        let file = uses.get(from).and_then(|of| of.get(to)).map_or("?", String::as_str);
        format!("{from} uses {to} in {DOMAIN}/{file}")
    });
    format!("a cycle between the folders of the domain: {}", steps.collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn re_exports_are_found_with_their_modules() {
        let found = re_exports(
            &tokens("pub use refusal::Refusal; pub use verdict::{Change, Verdict};").expect("Rust"),
        );
        let found: Vec<_> = found.iter().map(|(name, module)| (name.as_str(), module.as_str())).collect();
        assert_eq!(found, [("Change", "verdict"), ("Refusal", "refusal"), ("Verdict", "verdict")]);
    }

    #[test]
    fn cycle_is_found_and_diamond_is_not_a_cycle() {
        let uses = |edges: &[(&str, &str)]| {
            let mut uses = Uses::new();
            for (from, to) in edges {
                uses.entry((*from).into()).or_default().insert((*to).into(), format!("{from}/mod.rs"));
            }
            uses
        };
        assert!(cycles(&uses(&[("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")])).is_empty());
        let cyclic = uses(&[("a", "b"), ("b", "c"), ("c", "b")]);
        let found = cycles(&cyclic);
        assert_eq!(found, [["b", "c"]]);
        assert_eq!(
            describe(&found[0], &cyclic),
            "a cycle between the folders of the domain: b uses c in server/domain/src/b/mod.rs, c uses b in \
             server/domain/src/c/mod.rs"
        );
    }
}
