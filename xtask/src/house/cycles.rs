//! Cycles between the folders of the domain, found by the paths that its code names.
//!
//! A folder of nouns may use another only if that one does not use it in turn, so that each can be read on top of the
//! ones below it. Test code is left out. Who may name whom elsewhere is in the parent module.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use anyhow::{Context as _, anyhow};
use proc_macro2::{Delimiter, TokenStream, TokenTree};

const DOMAIN: &str = "server/domain/src";

/// Modules that name every noun by their purpose: what is refused and what is remembered is said in terms of nouns,
/// and every noun may refuse and have something remembered.
const NAME_EVERYTHING: [&str; 2] = ["refusal", "verdict"];

/// For each top-level module those that it uses, each with a file that does.
type Uses = BTreeMap<String, BTreeMap<String, String>>;

/// Returns a line for each cycle between top-level modules of the domain.
pub(super) fn find() -> anyhow::Result<Vec<String>> {
    let root = crate::workspace()?.join(DOMAIN);
    let lib = fs::read_to_string(root.join("lib.rs")).context("reading lib.rs of the domain")?;
    let exported = re_exports(&tokens(&lib)?);
    let mut uses = Uses::new();
    for file in super::rust_files(&root)? {
        let path = file.strip_prefix(&root).unwrap_or(&file);
        if is_for_tests(path) || path == Path::new("lib.rs") {
            continue;
        }
        let text = fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
        let module = module_of(path);
        let Some(top) = module.first() else { continue };
        let of = uses.entry(top.clone()).or_default();
        if NAME_EVERYTHING.contains(&top.as_str()) {
            continue;
        }
        let mut named = BTreeSet::new();
        names_below_the_root(
            tokens(&text).with_context(|| format!("{}", file.display()))?,
            module.len(),
            &mut named,
        );
        for name in named {
            let name = exported.get(&name).cloned().unwrap_or(name);
            if name != *top {
                of.entry(name).or_insert_with(|| path.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    Ok(cycles(&uses).iter().map(|cycle| told(cycle, &uses)).collect())
}

fn tokens(text: &str) -> anyhow::Result<TokenStream> {
    text.parse().map_err(|error| anyhow!("this is no Rust: {error}"))
}

fn is_for_tests(path: &Path) -> bool {
    let is = |name: &str| name.ends_with("_tests") || name == "fixture";
    path.with_extension("").iter().any(|part| is(&part.to_string_lossy()))
}

/// Returns the path of the module that a file holds, such as `["pool", "alias"]`.
fn module_of(path: &Path) -> Vec<String> {
    let parts = path.with_extension("");
    let mut parts: Vec<_> = parts.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    parts.pop_if(|last| last == "mod");
    parts
}

/// Returns what the root re-exports, by name, with the module that it comes from.
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

/// Collects the first names of all paths that begin at the root of the crate: after `crate::`, or after as many
/// `super::` as the module lies deep. Items under `#[cfg(test)]` are passed over.
fn names_below_the_root(tokens: TokenStream, depth: usize, found: &mut BTreeSet<String>) {
    let mut tokens = tokens.into_iter().peekable();
    let mut ups = 0;
    // Whether the path that is being read has come to the root.
    let mut at_root = false;
    while let Some(token) = tokens.next() {
        match &token {
            TokenTree::Punct(punct) if punct.as_char() == ':' => continue,
            TokenTree::Punct(punct) if punct.as_char() == '#' => {
                let is_test =
                    tokens.peek().is_some_and(|next| next.to_string().replace(' ', "") == "[cfg(test)]");
                if is_test {
                    tokens.find(ends_item);
                }
            }
            TokenTree::Ident(ident) if ident == "crate" => {
                // `pub(crate)` is followed by no path.
                at_root = matches!(tokens.peek(), Some(TokenTree::Punct(next)) if next.as_char() == ':');
                continue;
            }
            TokenTree::Ident(ident) if ident == "super" => {
                ups += 1;
                at_root = ups == depth;
                continue;
            }
            TokenTree::Ident(ident) if at_root => {
                found.insert(ident.to_string());
            }
            TokenTree::Group(group) if at_root && group.delimiter() == Delimiter::Brace => {
                let mut is_first = true;
                for inner in group.stream() {
                    match inner {
                        TokenTree::Ident(ident) if is_first => {
                            found.insert(ident.to_string());
                            is_first = false;
                        }
                        TokenTree::Punct(punct) if punct.as_char() == ',' => is_first = true,
                        _ => {}
                    }
                }
            }
            TokenTree::Group(group) => names_below_the_root(group.stream(), depth, found),
            _ => {}
        }
        (ups, at_root) = (0, false);
    }
}

fn ends_item(token: &TokenTree) -> bool {
    match token {
        TokenTree::Punct(punct) => punct.as_char() == ';',
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        _ => false,
    }
}

/// Returns cycles, each as the modules on its way; one at least where there is any.
fn cycles(uses: &Uses) -> Vec<Vec<String>> {
    fn visit<'a>(
        at: &'a str,
        uses: &'a Uses,
        way: &mut Vec<&'a str>,
        done: &mut BTreeSet<&'a str>,
        found: &mut Vec<Vec<String>>,
    ) {
        if let Some(begin) = way.iter().position(|module| *module == at) {
            found.push(way.iter().skip(begin).map(|module| (*module).to_owned()).collect());
            return;
        }
        if !done.insert(at) {
            return;
        }
        way.push(at);
        for next in uses.get(at).into_iter().flat_map(BTreeMap::keys) {
            visit(next, uses, way, done, found);
        }
        way.pop();
    }
    let (mut done, mut found) = (BTreeSet::new(), Vec::new());
    for module in uses.keys() {
        visit(module, uses, &mut Vec::new(), &mut done, &mut found);
    }
    found
}

/// Returns a cycle as a line that names a file for each step.
fn told(cycle: &[String], uses: &Uses) -> String {
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

    fn named(text: &str, depth: usize) -> Vec<String> {
        let mut found = BTreeSet::new();
        names_below_the_root(tokens(text).expect("Rust"), depth, &mut found);
        found.into_iter().collect()
    }

    #[test]
    fn paths_from_the_root_are_found_wherever_they_stand() {
        let text = "
            use crate::{pool::{Pool, alias::NameKey}, user::User, Refusal};
            use super::sibling::Thing;
            use super::super::token::{self, Grant};
            pub(crate) fn find(a: crate::id::Sub) { super::here(); crate::secret::debug_hidden!(Pool); }
        ";
        assert_eq!(named(text, 2), ["Refusal", "id", "pool", "secret", "token", "user"]);
        assert_eq!(named("use super::token::Grant;", 1), ["token"]);
    }

    #[test]
    fn test_code_and_comments_are_passed_over() {
        let text = "
            //! See [`crate::flow`].
            #[cfg(test)]
            use crate::fixture;
            #[cfg(test)]
            mod tests { use crate::flow::Caller; }
            use crate::id::Sub; // and crate::user
        ";
        assert_eq!(named(text, 1), ["id"]);
    }

    #[test]
    fn re_exports_lead_to_their_modules() {
        let found = re_exports(
            &tokens("pub use refusal::Refusal; pub use verdict::{Change, Verdict};").expect("Rust"),
        );
        let found: Vec<_> = found.iter().map(|(name, module)| (name.as_str(), module.as_str())).collect();
        assert_eq!(found, [("Change", "verdict"), ("Refusal", "refusal"), ("Verdict", "verdict")]);
    }

    #[test]
    fn a_cycle_is_found_and_a_diamond_is_none() {
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
            told(&found[0], &cyclic),
            "a cycle between the folders of the domain: b uses c in server/domain/src/b/mod.rs, c uses b in \
             server/domain/src/c/mod.rs"
        );
    }
}
