//! Parses bracket expressions.

use super::{Parser, Result};
use crate::pattern::class::Class;

/// A member of a bracket expression. Only code points can bound a range.
enum Member {
    CodePoint(u32),
    Set(Class),
}

impl Parser<'_> {
    pub(super) fn bracketed(&mut self) -> Result<Class> {
        self.bracketed_within(false)
    }

    fn bracketed_within(&mut self, intersection: bool) -> Result<Class> {
        let start = self.at;
        self.at += 1;
        let negated = self.eat("^");
        if !negated && self.peek() == Some(']') {
            self.at = start;
            return Err(self.refuse("a bracket expression is empty", r"write \] for the character"));
        }
        let mut class = Class::empty();
        loop {
            match self.peek() {
                None => {
                    self.at = start;
                    return Err(
                        self.refuse("a bracket is not closed", r"close it, or write \[ for the character")
                    );
                }
                Some(']') => break,
                Some('&') if !intersection => {
                    if let Some(other) = self.intersected() {
                        class = self.folded(class).intersection(&other);
                        break;
                    }
                }
                Some(_) => {}
            }
            class = class.union(&self.member_or_range()?);
        }
        self.at += 1;
        let class = self.folded(class);
        Ok(if negated { class.negated() } else { class })
    }

    fn member_or_range(&mut self) -> Result<Class> {
        let start = self.at;
        let first = self.member()?;
        if self.peek() != Some('-') || matches!(self.peek_at(1), None | Some(']')) {
            return Ok(first.into_class());
        }
        self.at += 1;
        match (first, self.member()?) {
            (Member::CodePoint(first), Member::CodePoint(last)) if first <= last => {
                Ok(Class::span(first, last))
            }
            (Member::CodePoint(_), Member::CodePoint(_)) => {
                self.at = start;
                Err(self.refuse("a range's ends are out of order", "write the lower one first"))
            }
            // A set cannot bound a range, so the hyphen is a literal, as in `[\w-_]`.
            (first, last) => {
                Ok(first.into_class().union(&Class::of(&[('-', '-')])).union(&last.into_class()))
            }
        }
    }

    fn member(&mut self) -> Result<Member> {
        match self.peek() {
            Some('\\') => {
                if let Some(class) = self.escaped_set()? {
                    return Ok(Member::Set(class));
                }
                if self.peek_at(1) == Some('b') {
                    self.at += 2;
                    return Ok(Member::CodePoint(0x08));
                }
                self.escaped_code_point().map(Member::CodePoint)
            }
            Some(c) => {
                self.at += 1;
                Ok(Member::CodePoint(u32::from(c)))
            }
            None => Err(self.refuse("a bracket is not closed", r"close it, or write \[ for the character")),
        }
    }

    /// Parses `&&[…]` as the last member, which is an intersection in Java and an error in ECMA-262, where the second
    /// closing bracket has no opening one. Otherwise consumes nothing, and `&` and `[` are literals.
    fn intersected(&mut self) -> Option<Class> {
        let before = self.at;
        if self.eat("&&")
            && self.peek() == Some('[')
            && let Ok(other) = self.bracketed_within(true)
            && self.peek() == Some(']')
        {
            return Some(other);
        }
        self.at = before;
        None
    }
}

impl Member {
    fn into_class(self) -> Class {
        match self {
            Self::CodePoint(code_point) => Class::span(code_point, code_point),
            Self::Set(class) => class,
        }
    }
}
