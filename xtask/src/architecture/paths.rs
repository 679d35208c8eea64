//! Reads the paths that Rust code names from its tokens.

use std::{collections::BTreeSet, path::Path};

use anyhow::anyhow;
use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// Parses Rust code into tokens.
pub(super) fn tokens(text: &str) -> anyhow::Result<TokenStream> {
    text.parse().map_err(|error| anyhow!("not valid Rust: {error}"))
}

/// Returns the path of the module that a file holds, such as `["pool", "alias"]`.
pub(super) fn module_of(path: &Path) -> Vec<String> {
    let parts = path.with_extension("");
    let mut parts: Vec<_> = parts.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    parts.pop_if(|last| last == "mod");
    parts
}

/// Collects the first name of each path from the root of a crate. Such a path begins with `root` (`crate`, or the name of
/// the crate), or with as many `super::` as the module is deep. Items under `#[cfg(test)]` are skipped.
pub(super) fn names_below_the_root(
    tokens: TokenStream,
    root: &str,
    depth: usize,
    found: &mut BTreeSet<String>,
) {
    let mut tokens = tokens.into_iter().peekable();
    let mut supers = 0;
    // Whether the path that is being read has reached the root.
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
            TokenTree::Ident(ident) if ident == root => {
                // No path follows in `pub(crate)`.
                at_root = matches!(tokens.peek(), Some(TokenTree::Punct(next)) if next.as_char() == ':');
                continue;
            }
            TokenTree::Ident(ident) if ident == "super" => {
                supers += 1;
                at_root = supers == depth;
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
            TokenTree::Group(group) => names_below_the_root(group.stream(), root, depth, found),
            _ => {}
        }
        (supers, at_root) = (0, false);
    }
}

fn ends_item(token: &TokenTree) -> bool {
    match token {
        TokenTree::Punct(punct) => punct.as_char() == ';',
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str, depth: usize) -> Vec<String> {
        let mut found = BTreeSet::new();
        names_below_the_root(tokens(text).expect("Rust"), "crate", depth, &mut found);
        found.into_iter().collect()
    }

    #[test]
    fn paths_from_the_root_are_found_in_uses_types_and_macros() {
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
    fn test_code_and_comments_are_skipped() {
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
    fn paths_into_another_crate_are_found_by_its_name() {
        let mut found = BTreeSet::new();
        let text = "use lido::{app::App, http::{self, Gate}}; use crate::cli; fn f() { lido::store::x() }";
        names_below_the_root(tokens(text).expect("Rust"), "lido", 1, &mut found);
        assert_eq!(found.into_iter().collect::<Vec<_>>(), ["app", "http", "store"]);
    }
}
