//! Lowers documentation: HTML becomes Markdown, and what rustdoc would take for something else is escaped.

use htmd::{
    HtmlToMarkdown,
    options::{BrStyle, Options},
};
use lido_model::Traits;

/// Returns the text of `smithy.api#documentation` as rustdoc takes it, or `None` if it is absent or empty.
pub(super) fn docs(traits: &Traits) -> Option<String> {
    let text = for_rustdoc(&markdown(traits.text("smithy.api#documentation")?));
    (!text.is_empty()).then_some(text)
}

/// Returns `text` as Markdown. Documentation is Markdown in Smithy, but that of AWS's models is HTML.
fn markdown(text: &str) -> String {
    let is_html = ["</", "<p>", "<br", "<note>"].iter().any(|tag| text.contains(tag));
    if !is_html {
        return text.to_owned();
    }
    let options = Options { br_style: BrStyle::Backslash, ul_bullet_spacing: 1, ..Options::default() };
    // Elements of AWS that HTML does not have.
    let text = text.replace("<fullname>", "<p>").replace("</fullname>", "</p>");
    HtmlToMarkdown::builder().options(options).build().convert(&text).unwrap_or(text)
}

/// Returns Markdown without what rustdoc warns of or runs: links to items that do not exist, tags, bare URLs, and code that
/// is not marked as another language.
fn for_rustdoc(markdown: &str) -> String {
    let (mut lines, mut is_fenced, mut is_list) = (Vec::new(), false, false);
    for line in markdown.trim().lines() {
        let text = line.trim_start();
        let indent = line.len() - text.len();
        if let Some(language) = text.strip_prefix("```") {
            is_fenced = !is_fenced;
            let marked =
                if is_fenced && language.is_empty() { format!("{line}text") } else { line.to_owned() };
            lines.push(marked);
            continue;
        }
        if !text.is_empty() && indent < 4 {
            is_list = is_item(text) || (is_list && indent > 0);
        }
        lines.push(match is_fenced {
            true => line.to_owned(),
            // Four blanks would make it a code block, which is run as a test.
            false if indent >= 4 && !is_list => escaped(text),
            false => format!("{}{}", line.get(..indent).unwrap_or_default(), escaped(text)),
        });
    }
    if is_fenced {
        lines.push("```".to_owned());
    }
    lines.iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n")
}

/// Returns whether the line begins an item of a list.
fn is_item(text: &str) -> bool {
    let digits = text.trim_start_matches(|c: char| c.is_ascii_digit());
    text.starts_with(['*', '-', '+']) || (digits.len() < text.len() && digits.starts_with(['.', ')']))
}

/// Escapes a line outside of code.
fn escaped(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let mut length = first.len_utf8();
        let previous = out.chars().last();
        match first {
            '\\' => {
                length += rest.chars().nth(1).map_or(0, char::len_utf8);
                out.push_str(rest.get(..length).unwrap_or("\\\\"));
            }
            '`' => match code_span(rest) {
                Some(span) => {
                    length = span;
                    out.push_str(rest.get(..span).unwrap_or_default());
                }
                None => out.push_str("\\`"),
            },
            '[' => match link(rest) {
                Some(end) => {
                    length = end;
                    out.push_str(rest.get(..end).unwrap_or_default());
                }
                None => out.push_str("\\["),
            },
            ']' => out.push_str("\\]"),
            '<' => match autolink(rest) {
                Some(end) => {
                    length = end;
                    out.push_str(rest.get(..end).unwrap_or_default());
                }
                None => out.push_str("\\<"),
            },
            'h' if is_url(rest) && !previous.is_some_and(char::is_alphanumeric) => {
                length =
                    rest.find(|c: char| c.is_whitespace() || "<>\"'`)]".contains(c)).unwrap_or(rest.len());
                let url = rest.get(..length).unwrap_or_default();
                let bare = url.trim_end_matches(['.', ',', ';', ':', '!', '?']);
                out.push_str(&format!("<{bare}>{}", url.get(bare.len()..).unwrap_or_default()));
            }
            c => out.push(c),
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    out
}

fn is_url(text: &str) -> bool {
    text.starts_with("http://") || text.starts_with("https://")
}

/// Returns the length of the code between backticks at the start of `text`.
fn code_span(text: &str) -> Option<usize> {
    let ticks = text.len() - text.trim_start_matches('`').len();
    let fence = text.get(..ticks)?;
    let end = text.get(ticks..)?.find(fence)?;
    Some(ticks + end + ticks)
}

/// Returns the length of a link with a URL at the start of `text`: `[text](https://…)`.
fn link(text: &str) -> Option<usize> {
    let middle = text.find("](")?;
    let inner = text.get(1..middle)?;
    let target = text.get(middle + 2..)?;
    let end = target.find(')')?;
    let is_plain = !inner.contains(['[', ']', '<']) && (is_url(target) || target.starts_with("<http"));
    is_plain.then_some(middle + 2 + end + 1)
}

/// Returns the length of a URL between angle brackets at the start of `text`.
fn autolink(text: &str) -> Option<usize> {
    let inner = text.get(1..)?;
    let end = inner.find('>')?;
    let url = inner.get(..end)?;
    (is_url(url) && !url.contains([' ', '<'])).then_some(end + 2)
}

#[cfg(test)]
mod tests {
    use super::{for_rustdoc, markdown};

    #[test]
    fn html_becomes_markdown() {
        let html = "<p>Creates a <code>Pool</code> of <b>users</b>.</p>\n  <p>See <a href=\"https://example.com/a\">the guide</a>.</p>\
                    <ul><li><p>one &amp; only</p></li><li>two</li></ul><pre>let x;</pre>";
        let text = for_rustdoc(&markdown(html));
        assert!(
            text.starts_with(
                "Creates a `Pool` of **users**.\n\nSee [the guide](https://example.com/a).\n\n* one & only\n"
            ),
            "{text}"
        );
        assert!(!text.contains('<') && !text.contains("```\nlet"), "{text}");
    }

    #[test]
    fn markdown_stays_and_what_rustdoc_mistakes_is_escaped() {
        for (text, expected) in [
            ("Plain *text*, `Vec<[u8]>`.", "Plain *text*, `Vec<[u8]>`."),
            ("A [Link] to <name>.", "A \\[Link\\] to \\<name>."),
            ("See https://example.com/x.", "See <https://example.com/x>."),
            ("See <https://example.com>.", "See <https://example.com>."),
            ("[a](https://b.c) and [d](e)", "[a](https://b.c) and \\[d\\](e)"),
            ("```\nlet x = [1];\n```", "```text\nlet x = [1];\n```"),
            ("```\nopen", "```text\nopen\n```"),
            ("Text\n\n    let x;", "Text\n\nlet x;"),
            ("* item\n\n    more", "* item\n\n    more"),
            ("one ` tick", "one \\` tick"),
        ] {
            assert_eq!(for_rustdoc(&markdown(text)), expected, "{text}");
        }
    }
}
