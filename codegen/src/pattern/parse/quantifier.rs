//! Parses quantifiers: `*`, `+`, `?`, `{2,5}`.

use super::{Parser, Result};
use crate::pattern::ast::{Assertion, Kind, Node, Repeat};

impl Parser<'_> {
    pub(super) fn quantified(&mut self, node: Node) -> Result<Node> {
        let start = self.offset();
        let Some((min, max)) = self.quantifier()? else {
            return Ok(node);
        };
        if matches!(node.kind, Kind::Assert(Assertion::Start | Assertion::End)) && min > 0 {
            // Java allows a repeated anchor, which has no effect.
            return Ok(node);
        }
        if matches!(node.kind, Kind::Empty | Kind::Assert(_) | Kind::LookAround(_)) {
            let mut error = self.refuse(
                "a quantifier repeats a part that matches no character",
                "enclose the part to repeat in a group",
            );
            error.offset = start;
            return Err(error);
        }
        let lazy = self.eat("?");
        if self.peek() == Some('+') {
            // Java's possessive form. The sequence checks it when what follows has been parsed.
            self.possessive = Some(self.offset());
            self.at += 1;
        }
        if matches!(self.peek(), Some('*' | '+' | '?' | '{')) {
            return Err(self.refuse("a quantifier follows a quantifier", "enclose the first in a group"));
        }
        Ok(Node::new(node.at, Kind::Repeat(Repeat { min, max, lazy, node: Box::new(node) })))
    }

    fn quantifier(&mut self) -> Result<Option<(u32, Option<u32>)>> {
        let bounds = match self.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => return self.counted().map(Some),
            _ => return Ok(None),
        };
        self.at += 1;
        Ok(Some(bounds))
    }

    fn counted(&mut self) -> Result<(u32, Option<u32>)> {
        let start = self.at;
        self.at += 1;
        let min = self.number()?;
        let max = if self.eat(",") {
            match self.peek() {
                Some('}') => Some(None),
                _ => self.number()?.map(Some),
            }
        } else {
            min.map(Some)
        };
        match (min, max) {
            (Some(min), Some(max)) if self.eat("}") => {
                if max.is_some_and(|max| max < min) {
                    self.at = start;
                    return Err(
                        self.refuse("the bounds of a count are out of order", "write the lower one first")
                    );
                }
                Ok((min, max))
            }
            _ => {
                self.at = start;
                Err(self.refuse("a count is malformed", r"write {n}, {n,} or {n,m}, or \{ for the character"))
            }
        }
    }

    fn number(&mut self) -> Result<Option<u32>> {
        let mut value: Option<u32> = None;
        while let Some(digit) = self.peek().and_then(|c| c.to_digit(10)) {
            let next = value.unwrap_or(0).checked_mul(10).and_then(|value| value.checked_add(digit));
            let Some(next) = next else {
                return Err(self.refuse("a count is too large", "write a count below 4294967296"));
            };
            value = Some(next);
            self.at += 1;
        }
        Ok(value)
    }
}
