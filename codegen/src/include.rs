//! Joins the files of a package into one, which a crate can include into a module of its own.
//!
//! Files become nested modules, and paths from the root of the crate become paths relative to the module. `include!` takes
//! no inner documentation, so that the header of the root becomes a comment.

use crate::{FileSet, emit::MODEL_LINTS};

/// Allows the lints about code that is not used or exported.
const UNUSED: &str = "#[allow(dead_code, unreachable_pub, unused_imports, unused_macros, \
    reason = \"the program decides what it uses and exports\")]\n";

/// The lints about names that clippy spares in a package, whose items are exported, but not in a private module.
const PRIVATE_NAMES: [&str; 2] = ["enum_variant_names", "wrong_self_convention"];

/// How a package exports a macro, and what it is in one file.
const EXPORTED: &str = "#[macro_export]\nmacro_rules! ";
const LOCAL: &str = "macro_rules! ";

/// The macros of a package. They are part of the module in one file, where paths are those of the caller.
const MACROS: [&str; 2] = ["for_each_operation", "scope"];

/// Returns the sources of a package as one file. Its tests, manifest and README are left out.
pub(crate) fn one_file(files: &FileSet) -> String {
    let mut text = String::new();
    module(files, "src/lib.rs", "src", 0, &mut text);
    text
}

/// Returns the attributes of each module at the root, which allow what a package does not warn of.
fn allowed() -> String {
    let lints = MODEL_LINTS.iter().chain(&PRIVATE_NAMES).map(|lint| format!("clippy::{lint}, "));
    format!(
        "{UNUSED}#[allow({}missing_docs, reason = \"the model determines names, sizes and documentation\")]\n",
        lints.collect::<String>()
    )
}

/// Appends the file at `path`, whose modules are in `folder`, as the body of a module at `depth` below the root.
fn module(files: &FileSet, path: &str, folder: &str, depth: usize, text: &mut String) {
    let body = files.get(path).map(String::as_str).unwrap_or_default();
    let body = body.replace(EXPORTED, LOCAL).replace("$crate::operations", "operations");
    for line in relative(&body, depth).lines() {
        match line.trim_start_matches("pub ").strip_prefix("mod ").and_then(|rest| rest.strip_suffix(';')) {
            Some(name) => {
                let file = name.trim_start_matches("r#");
                let (own, below) = (format!("{folder}/{file}.rs"), format!("{folder}/{file}"));
                let own = if files.contains_key(&own) { own } else { format!("{below}/mod.rs") };
                let allow = if depth == 0 { allowed() } else { String::new() };
                text.push_str(&format!("{allow}{} {{\n", line.trim_end_matches(';')));
                module(files, &own, &below, depth + 1, text);
                text.push_str("}\n");
            }
            None if depth == 0 && line.starts_with("//!") => {
                text.push_str(&format!("{}\n", line.replacen("//!", "//", 1)))
            }
            None => text.push_str(&format!("{line}\n")),
        }
    }
    let macros = MACROS.join(", ");
    if path == "src/service.rs" {
        text.push_str(&format!("pub(crate) use {{{macros}}};\n"));
    }
    if depth == 0 && files.contains_key("src/service.rs") {
        text.push_str(&format!("{UNUSED}pub(crate) use service::{{{macros}}};\n"));
    }
}

/// Returns `code` with paths from the root of the crate relative to a module at `depth`. Literals stay as they are.
fn relative(code: &str, depth: usize) -> String {
    let root = match depth {
        0 => "self::".to_owned(),
        _ => "super::".repeat(depth),
    };
    let mut text = String::with_capacity(code.len());
    let mut rest = code;
    let mut before = ' ';
    while let Some(first) = rest.chars().next() {
        let is_word = before.is_alphanumeric() || before == '_';
        let (taken, printed) = if rest.starts_with("//") {
            let line = rest.find('\n').unwrap_or(rest.len());
            (line, rest.get(..line).map(|line| line.replace("(crate::", &format!("({root}"))))
        } else if let Some(length) = literal(rest, is_word) {
            (length, None)
        } else if rest.starts_with("crate::") && !is_word && before != '$' {
            ("crate::".len(), Some(root.clone()))
        } else {
            (first.len_utf8(), None)
        };
        let (own, after) = rest.split_at_checked(taken).unwrap_or((rest, ""));
        text.push_str(printed.as_deref().unwrap_or(own));
        before = own.chars().last().unwrap_or(' ');
        rest = after;
    }
    text
}

/// Returns the length of the string or character literal at the start of `code`, or `None` if there is none.
fn literal(code: &str, is_word: bool) -> Option<usize> {
    let bytes = code.as_bytes();
    match bytes.first()? {
        b'"' => Some(quoted(bytes, b'"')),
        b'\'' if bytes.get(1) == Some(&b'\\') => Some(quoted(bytes, b'\'')),
        b'\'' => {
            let inner = code.get(1..)?.chars().next()?;
            let end = 1 + inner.len_utf8();
            (bytes.get(end) == Some(&b'\'')).then_some(end + 1)
        }
        b'r' if !is_word => {
            let hashes = bytes.iter().skip(1).take_while(|byte| **byte == b'#').count();
            if bytes.get(1 + hashes) != Some(&b'"') {
                return None;
            }
            let end = format!("\"{}", "#".repeat(hashes));
            let start = 2 + hashes;
            Some(start + code.get(start..)?.find(&end)? + end.len())
        }
        _ => None,
    }
}

/// Returns the length of a literal between quotes, in which a backslash escapes.
fn quoted(bytes: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            byte if *byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::{one_file, relative};
    use crate::FileSet;

    #[test]
    fn paths_from_the_root_become_relative_outside_of_literals() {
        for (code, expected) in [
            ("use crate::types::A;", "use super::super::types::A;"),
            (
                "/// See [`A`](crate::types::A), not crate::B.",
                "/// See [`A`](super::super::types::A), not crate::B.",
            ),
            (
                r##"f("crate::x", r#"crate::"y"#, '"', crate::z)"##,
                r##"f("crate::x", r#"crate::"y"#, '"', super::super::z)"##,
            ),
            (r#"("\"crate::x", '\'', crate::z)"#, r#"("\"crate::x", '\'', super::super::z)"#),
            ("$crate::a(mycrate::b, r#crate, 'a)", "$crate::a(mycrate::b, r#crate, 'a)"),
            ("pub(crate) x: &'a crate::T", "pub(crate) x: &'a super::super::T"),
        ] {
            assert_eq!(relative(code, 2), expected);
        }
        assert_eq!(relative("crate::A", 0), "self::A");
    }

    #[test]
    fn files_become_nested_modules() {
        let files = [
            ("src/lib.rs", "//! Root.\n\nmod a;\npub mod b;\n"),
            ("src/a.rs", "//! About a.\nuse crate::b::C;\n"),
            ("src/b/mod.rs", "mod r#type;\n"),
            ("src/b/type.rs", "use crate::a;\n"),
        ];
        let files: FileSet = files.map(|(path, text)| (path.to_owned(), text.to_owned())).into();
        let text = one_file(&files);
        let code: Vec<_> = text.lines().filter(|line| !line.starts_with("#[allow")).collect();
        assert_eq!(
            code.join("\n"),
            "// Root.\n\nmod a {\n//! About a.\nuse super::b::C;\n}\npub mod b {\nmod r#type {\nuse super::super::a;\n}\n}"
        );
    }
}
