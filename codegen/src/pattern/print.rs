//! Prints a tree as text for the engines, without named classes of the dialect and flags, and with captures only if there
//! are back-references.

use super::ast::{Assertion, Kind, Node};
use super::class::{Class, literal};

/// Returns the text for the `regex` crate, or for `fancy-regex` if `backtracking`.
pub(super) fn print(node: &Node, backtracking: bool) -> String {
    let mut text = String::new();
    Printer { backtracking, text: &mut text }.node(node);
    text
}

struct Printer<'a> {
    backtracking: bool,
    text: &'a mut String,
}

impl Printer<'_> {
    fn node(&mut self, node: &Node) {
        match &node.kind {
            Kind::Empty => {}
            Kind::Class(class) => self.class(class),
            Kind::Concat(nodes) => {
                for node in nodes {
                    let is_loose = matches!(node.kind, Kind::Alternate(_));
                    self.enclosed(node, if is_loose { "(?:" } else { "" });
                }
            }
            Kind::Alternate(nodes) => {
                for (index, node) in nodes.iter().enumerate() {
                    if index > 0 {
                        self.text.push('|');
                    }
                    self.node(node);
                }
            }
            Kind::Repeat(repeat) => {
                let is_loose = !matches!(repeat.node.kind, Kind::Class(_) | Kind::Capture(..));
                self.enclosed(&repeat.node, if is_loose { "(?:" } else { "" });
                self.quantifier(repeat.min, repeat.max);
                if repeat.lazy {
                    self.text.push('?');
                }
            }
            Kind::Capture(_, node) => self.enclosed(node, "("),
            Kind::Assert(assertion) => self.assertion(*assertion),
            Kind::LookAround(look) => {
                let open = match (look.behind, look.negative) {
                    (false, false) => "(?=",
                    (false, true) => "(?!",
                    (true, false) => "(?<=",
                    (true, true) => "(?<!",
                };
                self.enclosed(&look.node, open);
            }
            Kind::BackReference(reference) => {
                let group = reference.group;
                // In its own group, so that a digit after it is not parsed as part of the number.
                match reference.may_be_unset {
                    true => self.formatted(format_args!("(?({group})\\{group}|)")),
                    false => self.formatted(format_args!("(?:\\{group})")),
                }
            }
        }
    }

    fn enclosed(&mut self, node: &Node, open: &str) {
        self.text.push_str(open);
        self.node(node);
        if !open.is_empty() {
            self.text.push(')');
        }
    }

    fn class(&mut self, class: &Class) {
        match class.single() {
            Some(character) => self.text.push_str(&literal(character)),
            None => self.text.push_str(&class.text()),
        }
    }

    fn quantifier(&mut self, min: u32, max: Option<u32>) {
        match (min, max) {
            (0, None) => self.text.push('*'),
            (1, None) => self.text.push('+'),
            (0, Some(1)) => self.text.push('?'),
            (min, None) => self.formatted(format_args!("{{{min},}}")),
            (min, Some(max)) if min == max => self.formatted(format_args!("{{{min}}}")),
            (min, Some(max)) => self.formatted(format_args!("{{{min},{max}}}")),
        }
    }

    fn assertion(&mut self, assertion: Assertion) {
        self.text.push_str(match assertion {
            Assertion::Start => r"\A",
            Assertion::End => r"\z",
            Assertion::WordBoundary if !self.backtracking => r"(?-u:\b)",
            // The boundary of fancy-regex is Unicode's; that of ECMA-262 is ASCII.
            Assertion::WordBoundary => {
                "(?:(?<=[0-9A-Z_a-z])(?![0-9A-Z_a-z])|(?<![0-9A-Z_a-z])(?=[0-9A-Z_a-z]))"
            }
            Assertion::NotWordBoundary => {
                "(?:(?<=[0-9A-Z_a-z])(?=[0-9A-Z_a-z])|(?<![0-9A-Z_a-z])(?![0-9A-Z_a-z]))"
            }
        });
    }

    fn formatted(&mut self, arguments: std::fmt::Arguments<'_>) {
        self.text.push_str(&arguments.to_string());
    }
}
