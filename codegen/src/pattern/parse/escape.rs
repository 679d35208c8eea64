//! Parses escapes.

use super::{Parser, Result};
use crate::pattern::ast::{Assertion, Kind, Node, Reference};
use crate::pattern::class::Class;
use crate::pattern::property::property;

impl Parser<'_> {
    /// Parses an escape outside brackets.
    pub(super) fn escaped_atom(&mut self) -> Result<Node> {
        let at = self.offset();
        let assertion = match self.peek_at(1) {
            Some('b') => Some(Assertion::WordBoundary),
            Some('B') => Some(Assertion::NotWordBoundary),
            // Java's anchors for the start and end of the string.
            Some('A') => Some(Assertion::Start),
            Some('z') => Some(Assertion::End),
            _ => None,
        };
        if let Some(assertion) = assertion {
            self.at += 2;
            return Ok(Node::new(at, Kind::Assert(assertion)));
        }
        if matches!(self.peek_at(1), Some('1'..='9' | 'k')) {
            return self.back_reference();
        }
        let class = match self.escaped_set()? {
            Some(class) => class,
            None => {
                let code_point = self.escaped_code_point()?;
                Class::span(code_point, code_point)
            }
        };
        Ok(Node::new(at, Kind::Class(self.folded(class))))
    }

    fn back_reference(&mut self) -> Result<Node> {
        let at = self.offset();
        self.at += 1;
        let group = if self.eat("k<") {
            let name = self.name()?;
            self.names.iter().find(|(known, _)| *known == name).map(|&(_, group)| group)
        } else {
            let mut group: u32 = 0;
            while let Some(digit) = self.peek().and_then(|c| c.to_digit(10)) {
                group = group.saturating_mul(10).saturating_add(digit);
                self.at += 1;
            }
            (1..=self.groups).contains(&group).then_some(group)
        };
        let Some(group) = group.filter(|_| !self.flags.ignore_case) else {
            let mut error = self.refuse(
                "a back-reference does not name an earlier group, or ignores case",
                r"write \1 to \9 or \k<name> after the group, without (?i)",
            );
            error.offset = at;
            return Err(error);
        };
        Ok(Node::new(at, Kind::BackReference(Reference { group, may_be_unset: false })))
    }

    /// Parses an escape for a set, such as `\d` or `\p{L}`. Returns `None` and consumes nothing if it is not one.
    pub(super) fn escaped_set(&mut self) -> Result<Option<Class>> {
        let class = match self.peek_at(1) {
            Some('d') => Class::digit(),
            Some('D') => Class::digit().negated(),
            Some('w') => Class::ascii_word(),
            Some('W') => Class::ascii_word().negated(),
            Some('s') => Class::space(),
            Some('S') => Class::space().negated(),
            Some('p' | 'P') => return self.escaped_property().map(Some),
            _ => return Ok(None),
        };
        self.at += 2;
        Ok(Some(class))
    }

    fn escaped_property(&mut self) -> Result<Class> {
        let start = self.at;
        let negated = self.peek_at(1) == Some('P');
        self.at += 2;
        let mut name = String::new();
        if self.eat("{") {
            while let Some(c) = self.next().filter(|c| *c != '}') {
                name.push(c);
            }
        } else if let Some(c) = self.next() {
            // Java's short form: \pL.
            name.push(c);
        }
        match property(&name) {
            Some(class) if negated => Ok(class.negated()),
            Some(class) => Ok(class),
            None => {
                self.at = start;
                let message = format!("{name:?} is not a known set of characters");
                Err(self.refuse(message, r"write a Unicode property of ECMA-262, such as \p{L}"))
            }
        }
    }

    /// Parses an escape for one code point, which may be a surrogate.
    pub(super) fn escaped_code_point(&mut self) -> Result<u32> {
        let start = self.at;
        self.at += 1;
        let value = match self.next() {
            Some('t') => Some(0x09),
            Some('n') => Some(0x0A),
            Some('v') => Some(0x0B),
            Some('f') => Some(0x0C),
            Some('r') => Some(0x0D),
            Some('0') => self.octal(),
            Some('c') => self.next().filter(char::is_ascii_alphabetic).map(|c| u32::from(c) % 32),
            Some('x') if self.peek() == Some('{') => self.braced(),
            Some('x') => self.hex(2),
            Some('u') if self.peek() == Some('{') => self.braced(),
            Some('u') => self.hex(4).map(|unit| self.paired(unit)),
            Some(c) if !c.is_alphanumeric() => Some(u32::from(c)),
            _ => None,
        };
        value.ok_or_else(|| {
            self.at = start;
            self.refuse("an escape is not supported", r"write \\ for a backslash, or the character as \u{…}")
        })
    }

    /// Parses up to two more octal digits, as in `\037`. Three are refused: they are one character in Java and two in
    /// browsers.
    fn octal(&mut self) -> Option<u32> {
        let mut value = 0;
        for _ in 0..2 {
            let Some(digit) = self.peek().and_then(|c| c.to_digit(8)) else {
                break;
            };
            value = value * 8 + digit;
            self.at += 1;
        }
        (!self.peek().is_some_and(|c| c.is_ascii_digit())).then_some(value)
    }

    fn hex(&mut self, digits: usize) -> Option<u32> {
        let mut value = 0;
        for _ in 0..digits {
            value = value * 16 + self.next()?.to_digit(16)?;
        }
        Some(value)
    }

    fn braced(&mut self) -> Option<u32> {
        self.at += 1;
        let mut value = self.next()?.to_digit(16)?;
        loop {
            match self.next()? {
                '}' => return Some(value),
                c => value = value.checked_mul(16)?.checked_add(c.to_digit(16)?)?,
            }
            if value > u32::from(char::MAX) {
                return None;
            }
        }
    }

    /// Joins a high surrogate with the low surrogate after it.
    fn paired(&mut self, unit: u32) -> u32 {
        let before = self.at;
        if (0xD800..0xDC00).contains(&unit) && self.eat(r"\u") {
            if let Some(low) = self.hex(4).filter(|low| (0xDC00..0xE000).contains(low)) {
                return 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
            }
            self.at = before;
        }
        unit
    }
}
