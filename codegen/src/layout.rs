//! Compares Rust files by what they say, without the layout that rustfmt gives them.
//!
//! Generated files have the layout of the rustfmt and the `rustfmt.toml` of the one who generates, and another machine may
//! have another, or none. So [`disk`](crate::disk) compares their code and comments.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// Returns whether two Rust files have the same code and the same comments, as they do if rustfmt made one of the other.
pub(crate) fn says_the_same(one: &str, other: &str) -> bool {
    match (Content::of(one), Content::of(other)) {
        (Some(one), Some(other)) => one == other,
        _ => false,
    }
}

/// What a file says.
#[derive(Debug, PartialEq, Eq)]
struct Content {
    /// The comments. Documentation is code.
    comments: Vec<String>,
    /// The declarations of imports and modules, each with its tokens sorted, since rustfmt sorts them.
    imports: Vec<Vec<String>>,
    /// The other tokens, without the commas, semicolons and braces that rustfmt adds and removes.
    code: Vec<String>,
}

impl Content {
    /// Returns `None` if the text is no Rust.
    fn of(text: &str) -> Option<Self> {
        let tokens: Vec<TokenTree> = text.parse::<TokenStream>().ok()?.into_iter().collect();
        let mut content = Self { comments: comments(text), imports: Vec::new(), code: Vec::new() };
        let (mut rest, mut tokens) = (Vec::new(), tokens.as_slice());
        while let Some((first, others)) = tokens.split_first() {
            let length = declaration(tokens);
            if length == 0 {
                rest.push(first.clone());
                tokens = others;
                continue;
            }
            let (declared, others) = tokens.split_at(length);
            content.imports.push(sorted(declared));
            tokens = others;
        }
        content.imports.sort();
        append(rest.into_iter().collect(), &mut content.code);
        Some(content)
    }
}

/// Returns the number of tokens of the declaration `use …;` or `mod …;` that the tokens begin with, or 0.
fn declaration(tokens: &[TokenTree]) -> usize {
    let is_end = |token: &TokenTree| matches!(token, TokenTree::Punct(mark) if mark.as_char() == ';');
    match tokens.first() {
        Some(TokenTree::Ident(word)) if word == "use" => {
            tokens.iter().position(is_end).map_or(0, |last| last + 1)
        }
        Some(TokenTree::Ident(word)) if word == "mod" && tokens.get(2).is_some_and(is_end) => 3,
        _ => 0,
    }
}

fn sorted(tokens: &[TokenTree]) -> Vec<String> {
    let mut words = Vec::new();
    append(tokens.iter().cloned().collect(), &mut words);
    words.retain(|word| word != ",");
    words.sort();
    words
}

/// Returns the lines that are comments, but no documentation.
fn comments(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim);
    let comments = lines.filter(|line| {
        line.starts_with("//")
            && !line.starts_with("//!")
            && (!line.starts_with("///") || line.starts_with("////"))
    });
    comments.map(str::to_owned).collect()
}

/// Appends the tokens to `code`. Rustfmt adds a comma to a list of several lines, and puts the body of a match arm or
/// closure into braces if it needs a line of its own; the commas and these braces are left out.
fn append(tokens: TokenStream, code: &mut Vec<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::None => ("", ""),
                };
                let is_brace = group.delimiter() == Delimiter::Brace;
                let is_arm = is_brace && code.ends_with(&["=".to_owned(), ">".to_owned()]);
                let is_closure = is_brace && code.last().is_some_and(|last| last == "|");
                if is_brace {
                    // A clause `where` may end with a comma.
                    drop_comma(code);
                }
                let is_kept = !is_arm && !is_closure;
                if is_kept {
                    code.push(open.to_owned());
                }
                append(group.stream(), code);
                drop_comma(code);
                if is_brace && ends_with_a_jump(group.stream()) {
                    code.pop();
                }
                if is_kept {
                    code.push(close.to_owned());
                }
                if is_arm {
                    push_comma(code);
                }
            }
            TokenTree::Punct(mark) if mark.as_char() == ',' => push_comma(code),
            TokenTree::Punct(mark) => {
                if mark.as_char() == '>' {
                    drop_comma(code);
                }
                code.push(mark.to_string());
            }
            other => code.push(other.to_string()),
        }
    }
}

/// Returns whether a block ends with `return …;`, `break …;` or `continue …;`. Rustfmt adds the semicolon.
fn ends_with_a_jump(block: TokenStream) -> bool {
    let is_semicolon = |token: &TokenTree| matches!(token, TokenTree::Punct(mark) if mark.as_char() == ';');
    let tokens: Vec<_> = block.into_iter().collect();
    let Some((last, others)) = tokens.split_last() else { return false };
    let start = others.iter().rposition(is_semicolon).map_or(0, |before| before + 1);
    let is_jump = |word: &proc_macro2::Ident| word == "return" || word == "break" || word == "continue";
    is_semicolon(last) && matches!(others.get(start), Some(TokenTree::Ident(word)) if is_jump(word))
}

/// Appends a comma, unless braces end before it, after which it may be left out.
fn push_comma(code: &mut Vec<String>) {
    if code.last().is_some_and(|last| last != "," && last != "}") {
        code.push(",".to_owned());
    }
}

fn drop_comma(code: &mut Vec<String>) {
    if code.last().is_some_and(|last| last == ",") {
        code.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::says_the_same;

    #[test]
    fn files_that_rustfmt_makes_of_each_other_say_the_same() {
        let table = [
            ("fn f(a: A, b: B) {}", "fn f(\n    a: A,\n    b: B,\n) {\n}"),
            (
                "mod b;\nmod a;\npub use x::{B, A};\nfn f() {}",
                "mod a;\nmod b;\npub use x::{\n    A, B,\n};\nfn f() {}",
            ),
            (
                "fn f() { match a { A => b(), C => d() } }",
                "fn f() { match a { A => {\n b()\n }\n C => d(), } }",
            ),
            (
                "fn f() { match a { A => match b { C => d }, E => f } }",
                "fn f() { match a { A => { match b { C => d } } E => f } }",
            ),
            (
                "fn f() { let A(a) = b else { return c }; a }",
                "fn f() { let A(a) = b else {\n return c;\n };\n a }",
            ),
            ("fn f() { a(|x| b(x)) }", "fn f() { a(|x| { b(x) }) }"),
            ("fn f<A, B>() where A: C<B> {}", "fn f<\n    A,\n    B,\n>()\nwhere\n    A: C<B,>,\n{\n}"),
        ];
        for (one, other) in table {
            assert!(
                says_the_same(one, other),
                "{one}\n{:#?}",
                [super::Content::of(one), super::Content::of(other)]
            );
        }
    }

    #[test]
    fn files_with_other_code_documentation_or_comments_differ() {
        let text = "//! About.\n\n// A comment.\nuse a::B;\nmod c;\nfn f() { g(1, \"a b\") }\n";
        assert!(says_the_same(text, text));
        let table = [
            ("g(1", "g(2"),
            ("a b", "ab"),
            ("g(1, \"a b\")", "g(1, \"a b\", 3)"),
            ("g(1, \"a b\")", "g(1, \"a b\");"),
            ("g(1, \"a b\")", "return; g(1, \"a b\");"),
            ("About", "Of"),
            ("A comment", "Another"),
            ("// A comment.\n", ""),
            ("a::B", "a::C"),
            ("mod c;", ""),
            ("fn f() {", "fn f() { {"),
            ("fn f() {", "pub fn f() {"),
        ];
        for (old, new) in table {
            assert!(text.contains(old) && !says_the_same(text, &text.replace(old, new)), "{old} {new}");
        }
    }
}
