//! Chooses the characters of samples: readable ones first, and always the same ones for the same pattern.

use super::class::Class;

const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const DIGITS: &str = "1234567890";
const MARKS: &str = "-_.:/@+=,!#$%&*?~^|;'\"`()[]{}<>\\";

/// A deterministic choice between alternatives: the first attempt takes the most readable one, later attempts follow a
/// fixed sequence of pseudo-random numbers.
pub(super) struct Choice {
    attempt: u64,
    state: u64,
    /// The text that each capturing group matched last.
    captured: Vec<(u32, String)>,
}

impl Choice {
    pub(super) fn new(attempt: u64) -> Self {
        Self { attempt, state: attempt, captured: Vec::new() }
    }

    pub(super) fn is_first(&self) -> bool {
        self.attempt == 0
    }

    /// Returns the next number; zero in the first attempt.
    pub(super) fn number(&mut self) -> usize {
        if self.is_first() {
            return 0;
        }
        // splitmix64, which is deterministic on every machine.
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) >> 33).unwrap_or_default()
    }

    /// Appends `count` characters of the class. Returns false if it has none.
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

    /// Appends the text of a group, or nothing if it did not match. Returns false if that does not have this length.
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

    /// Returns a blank if the class contains it, or else the first few characters, printable ones if there are any.
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
