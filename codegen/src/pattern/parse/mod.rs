//! Reads a pattern's text into a tree.
//!
//! The dialect is ECMA-262 with the `u` flag. Where that grammar refuses a text, the Java form that
//! AWS's models mean by it is read; a text that both refuse, or that has no single meaning, is refused
//! here too. `escape` reads what follows a backslash, `set` what stands between brackets.

mod escape;
mod group;
mod quantifier;
mod set;

use super::ast::{Assertion, Kind, Node};
use super::class::Class;
use super::error::PatternError;

/// Groups within groups. Real patterns stay below ten; the limit keeps recursion bounded.
const DEPTH: usize = 64;

pub(super) type Result<T> = std::result::Result<T, PatternError>;

/// Flags hold from where they are set to the end of the group they are set in.
#[derive(Clone, Copy, Default)]
struct Flags {
    dot_takes_line_ends: bool,
    ignore_case: bool,
}

struct Parser<'a> {
    text: &'a str,
    chars: Vec<(usize, char)>,
    at: usize,
    depth: usize,
    flags: Flags,
    /// Capturing groups opened so far.
    groups: u32,
    names: Vec<(String, u32)>,
}

/// Reads `text`, or says what about it is not part of the dialect.
pub(super) fn parse(text: &str) -> Result<Node> {
    let mut parser = Parser {
        text,
        chars: text.char_indices().collect(),
        at: 0,
        depth: 0,
        flags: Flags::default(),
        groups: 0,
        names: Vec::new(),
    };
    let node = parser.alternation()?;
    match parser.peek() {
        None => Ok(node),
        // Only a closing parenthesis ends an alternation before the end of the text.
        Some(_) => Err(parser.refuse("a parenthesis is closed that was not opened", r"write \) for itself")),
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

    fn eat(&mut self, wanted: &str) -> bool {
        let found = wanted.chars().enumerate().all(|(ahead, c)| self.peek_at(ahead) == Some(c));
        if found {
            self.at += wanted.chars().count();
        }
        found
    }

    /// Byte offset of the character at hand.
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
        if self.depth == DEPTH {
            let message = format!("groups are nested deeper than {DEPTH}");
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
        while !matches!(self.peek(), None | Some('|' | ')')) {
            let atom = self.atom()?;
            nodes.push(self.quantified(atom)?);
        }
        Ok(Node::new(at, Kind::Concat(nodes)))
    }

    fn atom(&mut self) -> Result<Node> {
        let at = self.offset();
        let kind = match self.peek() {
            Some('^') => Kind::Assert(Assertion::Start),
            Some('$') => Kind::Assert(Assertion::End),
            Some('.') if self.flags.dot_takes_line_ends => Kind::Class(Class::any()),
            Some('.') => Kind::Class(Class::not_line_end()),
            Some('(') => return self.group(),
            Some('[') => return Ok(Node::new(at, Kind::Class(self.bracketed()?))),
            Some('\\') => return self.escaped_atom(),
            Some('*' | '+' | '?') => {
                return Err(
                    self.refuse("a quantifier has nothing to repeat", r"write \*, \+ or \? for itself")
                );
            }
            Some('{') => {
                return Err(
                    self.refuse("a brace does not follow what it could repeat", r"write \{ for itself")
                );
            }
            Some(']') => {
                return Err(self.refuse("a bracket is closed that was not opened", r"write \] for itself"));
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
