//! Parses groups, look-around and flags.

use super::{Parser, Result};
use crate::pattern::ast::{Kind, LookAround, Node};

impl Parser<'_> {
    pub(super) fn group(&mut self) -> Result<Node> {
        let at = self.offset();
        self.at += 1;
        if !self.eat("?") {
            self.groups += 1;
            let index = self.groups;
            let node = self.closed(at)?;
            return Ok(Node::new(at, Kind::Capture(index, Box::new(node))));
        }
        for (start, behind, negative) in
            [("=", false, false), ("!", false, true), ("<=", true, false), ("<!", true, true)]
        {
            if self.eat(start) {
                let node = Box::new(self.closed(at)?);
                return Ok(Node::new(at, Kind::LookAround(LookAround { behind, negative, node })));
            }
        }
        if self.eat(":") {
            return self.closed(at);
        }
        if self.eat("<") {
            let name = self.name()?;
            if self.names.iter().any(|(known, _)| *known == name) {
                return Err(self.refuse("two groups have the same name", "rename one of them"));
            }
            self.groups += 1;
            let index = self.groups;
            self.names.push((name, index));
            let node = self.closed(at)?;
            return Ok(Node::new(at, Kind::Capture(index, Box::new(node))));
        }
        self.flags(at)
    }

    /// Parses the rest of a group after its opening. Flags that are set inside end with it.
    fn closed(&mut self, at: usize) -> Result<Node> {
        let flags = self.flags;
        let node = self.alternation()?;
        self.flags = flags;
        if self.eat(")") {
            return Ok(node);
        }
        let mut error = self.refuse("a group is not closed", r"close it, or write \( for the character");
        error.offset = at;
        Err(error)
    }

    pub(super) fn name(&mut self) -> Result<String> {
        let mut name = String::new();
        loop {
            match self.peek() {
                Some('>') if !name.is_empty() => {
                    self.at += 1;
                    return Ok(name);
                }
                Some(c) if c == '_' || c == '$' || c.is_ascii_alphabetic() => name.push(c),
                Some(c) if c.is_ascii_digit() && !name.is_empty() => name.push(c),
                _ => return Err(self.refuse("the name of a group is malformed", "write (?<name>…)")),
            }
            self.at += 1;
        }
    }

    /// Parses `(?s)`, `(?i)` and `(?m)`, Java's syntax to set a flag for the rest of the group.
    fn flags(&mut self, at: usize) -> Result<Node> {
        loop {
            match self.peek() {
                Some('s') => self.flags.dot_takes_line_ends = true,
                Some('i') => self.flags.ignore_case = true,
                Some('m') => self.flags.anchors_at_lines = true,
                Some(')') => break,
                _ => {
                    return Err(self.refuse(
                        "this kind of group is not supported",
                        "write (?:…), (?=…), (?!…), (?<=…), (?<!…), (?<name>…), (?s), (?i) or (?m)",
                    ));
                }
            }
            self.at += 1;
        }
        self.at += 1;
        Ok(Node::new(at, Kind::Empty))
    }
}
