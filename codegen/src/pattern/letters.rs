//! Which character of a class to show: readable ones first, the same for the same question.

use super::class::Class;

const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const DIGITS: &str = "1234567890";
const MARKS: &str = "-_.:/@+=,!#$%&*?~^|;'\"`()[]{}<>\\";

/// A choice between alternatives, repeatable: the first attempt takes what is most readable, later ones
/// what a fixed sequence of numbers says.
pub(super) struct Choice {
    attempt: u64,
    state: u64,
    /// What capturing groups took last.
    captured: Vec<(u32, String)>,
}

impl Choice {
    pub(super) fn new(attempt: u64) -> Self {
        Self { attempt, state: attempt, captured: Vec::new() }
    }

    pub(super) fn is_first(&self) -> bool {
        self.attempt == 0
    }

    /// Zero in the first attempt.
    pub(super) fn number(&mut self) -> usize {
        if self.is_first() {
            return 0;
        }
        // splitmix64: good enough to try different things, and the same on every machine.
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) >> 33).unwrap_or_default()
    }

    /// Appends `count` characters of the class; false if it has none.
    pub(super) fn write(&mut self, class: &Class, count: usize, text: &mut String) -> bool {
        if count == 0 {
            return true;
        }
        let palette = self.palette(class);
        for index in 0..count {
            let index = if self.attempt.is_multiple_of(3) { index } else { self.number() };
            match palette.get(index % palette.len().max(1)) {
                Some(character) => text.push(*character),
                None => return false,
            }
        }
        true
    }

    pub(super) fn remember(&mut self, group: u32, captured: &str) {
        self.captured.push((group, captured.to_owned()));
    }

    /// Appends what a group took, or nothing if it took no part; false if that has another length.
    pub(super) fn write_again(&self, group: u32, length: usize, text: &mut String) -> bool {
        let captured = self.captured.iter().rev().find(|(known, _)| *known == group);
        let captured = captured.map_or("", |(_, captured)| captured);
        text.push_str(captured);
        captured.chars().count() == length
    }

    fn palette(&self, class: &Class) -> Vec<char> {
        let of = |letters: &str| letters.chars().filter(|c| class.contains(*c)).collect::<Vec<_>>();
        let any_of = match self.attempt % 3 {
            0 => vec![of(LOWER), of(UPPER), of(DIGITS), of(MARKS)],
            1 => vec![of(&[LOWER, UPPER, DIGITS, MARKS].concat())],
            _ => vec![of(&[LOWER, UPPER, DIGITS].concat()), of(MARKS)],
        };
        any_of.into_iter().find(|letters| !letters.is_empty()).unwrap_or_else(|| self.rare(class))
    }

    /// A blank, or else the first few characters of the class, printable ones if there are any.
    fn rare(&self, class: &Class) -> Vec<char> {
        if class.contains(' ') {
            return vec![' '];
        }
        let is_visible = |c: &char| !c.is_control() && !c.is_whitespace();
        let visible: Vec<char> = class
            .ranges()
            .flat_map(|(first, last)| (first..=last).filter(is_visible).take(32))
            .take(64)
            .collect();
        let all = || class.ranges().flat_map(|(first, last)| (first..=last).take(32)).take(64);
        if visible.is_empty() { all().collect() } else { visible }
    }
}
