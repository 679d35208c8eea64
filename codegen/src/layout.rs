//! Compares the code and comments of Rust files, whatever layout rustfmt gives them.
//!
//! Generated files have the layout of the rustfmt and the `rustfmt.toml` of the one who generates, and another machine may
//! have another, or none. So [`disk`](crate::disk) compares their code and comments.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::{Expr, Pat, Type, parse::Parser};

/// The keywords that may come before a tuple. Parentheses after other words are lists, as those of a call.
const BEFORE_TUPLES: [&str; 13] =
    ["as", "break", "const", "for", "if", "in", "let", "match", "mut", "pub", "return", "where", "while"];

/// Returns whether two Rust files have the same code and the same comments, as they do if rustfmt made one of the other.
pub(crate) fn is_same_code(one: &str, other: &str) -> bool {
    match (Content::of(one), Content::of(other)) {
        (Some(one), Some(other)) => one == other,
        _ => false,
    }
}

/// The code and comments of a file, without its layout.
#[derive(Debug, PartialEq, Eq)]
struct Content {
    /// The comments. Documentation is code.
    comments: Vec<String>,
    /// The declarations of imports and modules. They are sorted, and so are the lists of imports, since rustfmt sorts them.
    declarations: Vec<Vec<String>>,
    /// The other tokens, without the commas, semicolons and braces that rustfmt adds and removes.
    code: Vec<String>,
}

impl Content {
    /// Returns `None` if the text is no Rust.
    fn of(text: &str) -> Option<Self> {
        let tokens: Vec<TokenTree> = text.parse::<TokenStream>().ok()?.into_iter().collect();
        let mut content = Self { comments: comments(text), declarations: Vec::new(), code: Vec::new() };
        let (mut rest, mut tokens) = (Vec::new(), tokens.as_slice());
        while let Some((first, others)) = tokens.split_first() {
            let length = declaration_length(tokens);
            if length == 0 {
                rest.push(first.clone());
                tokens = others;
                continue;
            }
            let (declared, others) = tokens.split_at(length);
            content.declarations.push(declared_words(declared));
            tokens = others;
        }
        content.declarations.sort();
        append_words(rest.into_iter().collect(), &mut content.code);
        Some(content)
    }
}

/// Returns the number of tokens of the declaration `use …;` or `mod …;` that the tokens begin with, or 0. Its attributes and
/// visibility belong to it.
fn declaration_length(tokens: &[TokenTree]) -> usize {
    let prefix = prefix_length(tokens);
    let is_end = |token: &TokenTree| is_mark(token, ';');
    match tokens.get(prefix..) {
        Some(item @ [TokenTree::Ident(word), ..]) if word == "use" => {
            item.iter().position(is_end).map_or(0, |end| prefix + end + 1)
        }
        Some([TokenTree::Ident(word), _, end, ..]) if word == "mod" && is_end(end) => prefix + 3,
        _ => 0,
    }
}

/// Returns the number of tokens of the attributes and the visibility that the tokens begin with.
fn prefix_length(mut tokens: &[TokenTree]) -> usize {
    let count = tokens.len();
    while let [mark, TokenTree::Group(attribute), others @ ..] = tokens
        && is_mark(mark, '#')
        && attribute.delimiter() == Delimiter::Bracket
    {
        tokens = others;
    }
    if let [TokenTree::Ident(word), others @ ..] = tokens
        && word == "pub"
    {
        tokens = match others {
            [TokenTree::Group(scope), others @ ..] if scope.delimiter() == Delimiter::Parenthesis => others,
            others => others,
        };
    }
    count - tokens.len()
}

fn is_mark(token: &TokenTree, mark: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == mark)
}

/// Returns the words of a declaration, with the lists of an import sorted.
fn declared_words(declaration: &[TokenTree]) -> Vec<String> {
    let (prefix, item) = declaration.split_at(prefix_length(declaration));
    let mut words = Vec::new();
    append_words(prefix.iter().cloned().collect(), &mut words);
    words.extend(sorted_list(item.iter().cloned().collect()));
    words
}

/// Returns the elements of a list such as `b::{C, D}, e`, sorted as the lists in them.
fn sorted_list(list: TokenStream) -> Vec<String> {
    let mut elements = vec![String::new()];
    for token in list {
        if is_mark(&token, ',') {
            elements.push(String::new());
        } else if let Some(element) = elements.last_mut() {
            match token {
                TokenTree::Group(inner) => {
                    element.push_str(&format!("{{{}}}", sorted_list(inner.stream()).join(",")))
                }
                word => element.push_str(&format!("{word} ")),
            }
        }
    }
    elements.retain(|element| !element.is_empty());
    elements.sort();
    elements
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
fn append_words(tokens: TokenStream, code: &mut Vec<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis if is_tuple_of_one(&group, code) => ("(", ",)"),
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
                let keeps_delimiters = !is_arm && !is_closure;
                if keeps_delimiters {
                    code.push(open.to_owned());
                }
                append_words(group.stream(), code);
                drop_comma(code);
                if is_brace && ends_with_a_jump(group.stream()) {
                    code.pop();
                }
                if keeps_delimiters {
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

/// Returns whether parentheses after `code` are a tuple such as `(A,)`, of which the comma makes a tuple.
fn is_tuple_of_one(parentheses: &Group, code: &[String]) -> bool {
    let has_comma = parentheses.stream().into_iter().last().is_some_and(|last| is_mark(&last, ','));
    if !has_comma || is_list_after(code) {
        return false;
    }
    let tuple = || TokenStream::from(TokenTree::Group(parentheses.clone()));
    matches!(syn::parse2(tuple()), Ok(Type::Tuple(tuple)) if tuple.elems.len() == 1)
        || matches!(syn::parse2(tuple()), Ok(Expr::Tuple(tuple)) if tuple.elems.len() == 1)
        || matches!(Pat::parse_single.parse2(tuple()), Ok(Pat::Tuple(tuple)) if tuple.elems.len() == 1)
}

/// Returns whether parentheses after `code` are a list of arguments, parameters or fields, not a tuple.
fn is_list_after(code: &[String]) -> bool {
    match code {
        [.., dash, end] if end == ">" => dash != "-" && dash != "=",
        [.., last] => {
            let is_word = last.chars().all(|char| char == '_' || char == '#' || char.is_alphanumeric());
            let is_callee = matches!(last.as_str(), ")" | ",)" | "]" | "!" | "?");
            is_callee || is_word && !BEFORE_TUPLES.contains(&last.as_str())
        }
        [] => false,
    }
}

/// Returns whether a block ends with `return …;`, `break …;` or `continue …;`. Rustfmt adds the semicolon.
fn ends_with_a_jump(block: TokenStream) -> bool {
    let is_semicolon = |token: &TokenTree| is_mark(token, ';');
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
    use super::is_same_code;

    #[test]
    fn files_that_rustfmt_makes_of_each_other_are_the_same_code() {
        let table = [
            ("fn f(a: A, b: B) {}", "fn f(\n    a: A,\n    b: B,\n) {\n}"),
            (
                "mod b;\nmod a;\npub use x::{B, A};\nfn f() {}",
                "mod a;\nmod b;\npub use x::{\n    A, B,\n};\nfn f() {}",
            ),
            (
                "mod b;\n#[cfg(c)]\n#[d]\npub(crate) mod a;\npub use x::Y;\nuse x::B;",
                "#[cfg(c)]\n#[d]\npub(crate) mod a;\nmod b;\nuse x::B;\npub use x::Y;",
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
            ("use a::{c::{self, E, D}, B as _};", "use a::{\n B as _,\n c::{\n self,\n D,\n E,\n },\n};"),
            ("fn f() { a.b(c)(d)?(e) }", "fn f() { a.b(\n c,\n)(\n d,\n)?(\n e,\n) }"),
            ("fn f() { a::<B>(c); d!(e) }", "fn f() { a::<B>(\n c,\n);\n d!(\n e,\n) }"),
            ("struct S(pub A);", "struct S(\n pub A,\n);"),
            ("struct S<T>(T);", "struct S<T>(\n T,\n);"),
            ("type T = fn(A) -> (B, C);", "type T = fn(\n A,\n) -> (\n B,\n C,\n);"),
            ("type T = (A<B, C>, D<E>);", "type T = (\n A<B, C>,\n D<E>,\n);"),
            ("fn f() { (a < b, c > d) }", "fn f() { (\n a < b,\n c > d,\n) }"),
            (
                "fn f() { let (a, A(b)) = ((c,), d); }",
                "fn f() { let (\n a,\n A(b,),\n) = (\n (c,),\n d,\n); }",
            ),
            ("fn f<A, B>() where A: C<B> {}", "fn f<\n    A,\n    B,\n>()\nwhere\n    A: C<B,>,\n{\n}"),
        ];
        for (one, other) in table {
            assert!(
                is_same_code(one, other),
                "{one}\n{:#?}",
                [super::Content::of(one), super::Content::of(other)]
            );
        }
    }

    #[test]
    fn files_with_other_code_documentation_or_comments_differ() {
        let text = "//! About.\n\n// A comment.\nuse a::B;\nmod c;\nfn f() { g(1, \"a b\") }\n";
        assert!(is_same_code(text, text));
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
            ("use a::B;\nmod c;", "pub use a::B;\nmod c;"),
            ("mod c;", "#[cfg(d)]\nmod c;"),
        ];
        for (old, new) in table {
            assert!(text.contains(old) && !is_same_code(text, &text.replace(old, new)), "{old} {new}");
        }
        let table = [
            ("pub mod a; mod b;", "mod a; pub mod b;"),
            ("pub(crate) use a::B; use c::D;", "use a::B; pub(crate) use c::D;"),
            ("#[cfg(c)] mod a; mod b;", "mod a; #[cfg(c)] mod b;"),
            ("#[cfg(c)] pub use a::B; pub use d::E;", "pub use a::B; #[cfg(c)] pub use d::E;"),
            ("use a::{b::C, d::E};", "use a::{b::E, d::C};"),
            ("use a::{B, c::{D, E}};", "use a::{B, D, c::E};"),
            ("use a as b;", "use b as a;"),
            ("#[cfg(c(d, e(f)))] mod a;", "#[cfg(c(f, e(d)))] mod a;"),
            ("/// About.\nmod a; mod b;", "mod a; /// About.\nmod b;"),
        ];
        let tuples = [
            ("type T = (A,);", "type T = (A);"),
            ("type T = (A<B, C>,);", "type T = (A<B, C>);"),
            ("type T = B<(A,)>;", "type T = B<(A)>;"),
            ("fn f() -> (A,) {}", "fn f() -> (A) {}"),
            ("fn f(a: &mut (A,)) {}", "fn f(a: &mut (A)) {}"),
            ("struct S((A,));", "struct S((A));"),
            ("impl A for (B,) {}", "impl A for (B) {}"),
            ("fn f() { g((a,)) }", "fn f() { g((a)) }"),
            ("fn f() { return (a(b, c),) }", "fn f() { return (a(b, c)) }"),
            ("fn f() { (A { a, .. },) }", "fn f() { (A { a, .. }) }"),
            ("fn f() { (|a, b| c,) }", "fn f() { (|a, b| c) }"),
            ("fn f() { let (ref mut a,) = b; }", "fn f() { let (ref mut a) = b; }"),
            ("fn f() { match a { A => {} (b,) => (b,) } }", "fn f() { match a { A => {} (b) => (b,) } }"),
            ("fn f() { match a { A => {} (b,) => (b,) } }", "fn f() { match a { A => {} (b,) => (b) } }"),
        ];
        for (one, other) in table.into_iter().chain(tuples) {
            assert!(!is_same_code(one, other), "{one}\n{other}");
        }
    }
}
