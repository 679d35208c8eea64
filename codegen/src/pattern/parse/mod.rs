//! Parses the text of a pattern.
//!
//! The dialect is ECMA-262 with the `u` flag. A text that this grammar refuses is parsed as the Java form that AWS's
//! models use. A text that both refuse, or that is ambiguous, is refused. `escape` parses escapes, `set` bracket
//! expressions, `group` groups and `quantifier` quantifiers.

mod escape;
mod group;
mod possessive;
mod quantifier;
mod set;

use super::ast::{Assertion, Kind, Node};
use super::class::Class;
use super::error::PatternError;

/// Maximum nesting of groups, which bounds recursion. Real patterns have fewer than ten levels.
const MAX_DEPTH: usize = 64;

pub(super) type Result<T> = std::result::Result<T, PatternError>;

/// The flags in effect. A flag applies from its position to the end of its group.
#[derive(Clone, Copy, Default)]
struct Flags {
    dot_takes_line_ends: bool,
    ignore_case: bool,
    /// Whether `^` and `$` would match at the ends of lines, so that they are refused.
    anchors_at_lines: bool,
}

struct Parser<'a> {
    text: &'a str,
    chars: Vec<(usize, char)>,
    at: usize,
    depth: usize,
    flags: Flags,
    /// The number of capturing groups so far.
    groups: u32,
    names: Vec<(String, u32)>,
    /// The position of the possessive quantifier that was just parsed.
    possessive: Option<usize>,
    /// The position of a possessive quantifier that was translated.
    translated: Option<usize>,
}

/// Parses `text`.
pub(super) fn parse(text: &str) -> Result<Node> {
    let mut parser = Parser {
        text,
        chars: text.char_indices().collect(),
        at: 0,
        depth: 0,
        flags: Flags::default(),
        groups: 0,
        names: Vec::new(),
        possessive: None,
        translated: None,
    };
    let node = parser.alternation()?;
    match parser.peek() {
        None => match parser.translated {
            // A back-reference sees where the repetition ended.
            Some(offset) if node.contains(&|kind| matches!(kind, Kind::BackReference(_))) => {
                Err(PatternError::new(
                    offset,
                    "a quantifier is possessive in a pattern with a back-reference",
                    "remove the second plus sign",
                ))
            }
            _ => Ok(node),
        },
        // Only a closing parenthesis ends an alternation before the end of the text.
        Some(_) => {
            Err(parser.refuse("a closing parenthesis has no opening one", r"write \) for the character"))
        }
    }
}

impl Parser<'_> {
    fn peek(&self) -> Option<char> {
        self.peek_at(0)
    }

    fn peek_at(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).map(|&(_, c)| c)
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += 1;
        Some(next)
    }

    fn eat(&mut self, expected: &str) -> bool {
        let found = expected.chars().enumerate().all(|(ahead, c)| self.peek_at(ahead) == Some(c));
        if found {
            self.at += expected.chars().count();
        }
        found
    }

    /// Returns the byte offset of the current character.
    fn offset(&self) -> usize {
        self.offset_of(self.at)
    }

    fn offset_of(&self, at: usize) -> usize {
        self.chars.get(at).map_or(self.text.len(), |&(offset, _)| offset)
    }

    fn refuse(&self, message: impl Into<String>, remedy: impl Into<String>) -> PatternError {
        PatternError::new(self.offset(), message, remedy)
    }

    fn alternation(&mut self) -> Result<Node> {
        if self.depth == MAX_DEPTH {
            let message = format!("groups are nested deeper than {MAX_DEPTH}");
            return Err(self.refuse(message, "write the pattern with fewer groups"));
        }
        self.depth += 1;
        let at = self.offset();
        let first = self.sequence()?;
        let node = if self.peek() == Some('|') {
            let mut branches = vec![first];
            while self.eat("|") {
                branches.push(self.sequence()?);
            }
            Node::new(at, Kind::Alternate(branches))
        } else {
            first
        };
        self.depth -= 1;
        Ok(node)
    }

    fn sequence(&mut self) -> Result<Node> {
        let at = self.offset();
        let mut nodes = Vec::new();
        let mut possessive = Vec::new();
        while !matches!(self.peek(), None | Some('|' | ')')) {
            let atom = self.atom()?;
            nodes.push(self.quantified(atom)?);
            possessive.extend(self.possessive.take().map(|offset| (nodes.len(), offset)));
        }
        for (after, offset) in possessive {
            let (before, rest) = nodes.split_at_checked(after).unwrap_or_default();
            if let Some(node) = before.last() {
                self.check_possessive(node, rest, offset)?;
            }
            self.translated = Some(offset);
        }
        Ok(Node::new(at, Kind::Concat(nodes)))
    }

    fn atom(&mut self) -> Result<Node> {
        let at = self.offset();
        let kind = match self.peek() {
            Some('^' | '$') if self.flags.anchors_at_lines => {
                return Err(self.refuse(
                    "an anchor matches at the ends of lines, because of (?m)",
                    r"leave m out, or write \A and \z for the ends of the text",
                ));
            }
            Some('^') => Kind::Assert(Assertion::Start),
            Some('$') => Kind::Assert(Assertion::End),
            Some('.') if self.flags.dot_takes_line_ends => Kind::Class(Class::any()),
            Some('.') => Kind::Class(Class::not_line_end()),
            Some('(') => return self.group(),
            Some('[') => return Ok(Node::new(at, Kind::Class(self.bracketed()?))),
            Some('\\') => return self.escaped_atom(),
            Some('*' | '+' | '?') => {
                return Err(self
                    .refuse("a quantifier has nothing to repeat", r"write \*, \+ or \? for the character"));
            }
            Some('{') => {
                return Err(self.refuse("a count has nothing to repeat", r"write \{ for the character"));
            }
            Some(']') => {
                return Err(
                    self.refuse("a closing bracket has no opening one", r"write \] for the character")
                );
            }
            Some(c) => Kind::Class(self.folded(Class::of(&[(c, c)]))),
            None => Kind::Empty,
        };
        self.at += 1;
        Ok(Node::new(at, kind))
    }

    fn folded(&self, class: Class) -> Class {
        if self.flags.ignore_case { class.ignoring_ascii_case() } else { class }
    }
}
