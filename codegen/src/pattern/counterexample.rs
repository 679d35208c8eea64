//! Strings that might not match, the most telling first; the caller keeps the first that does not.

use super::ast::{Kind, Node};
use super::letters::Choice;
use super::sample::Sized;
use std::ops::RangeInclusive;

/// Longer strings would be unreadable, and slow to try.
const LONGEST: usize = 4096;

/// Characters that patterns often leave out; a blank, which nearly all leave out, comes first.
const OFTEN_LEFT_OUT: &str = " !/*<\"\\#@:;,.%&?$^|~'`(){}[]+=>-_aA0\t\n\r\0\u{7F}éüÄß中\u{A0}\u{301}\u{2028}\u{3000}\
    \u{FFFD}\u{E000}\u{FFFF}😀\u{10FFFF}";

/// Beginnings that services reserve.
const RESERVED: [&str; 6] = ["aws:", "arn:", "xn--", "ssm:", "<script></script>", "--"];

/// Candidates within `lengths`. `matching` is a string that matches, if one is known.
pub(super) fn candidates(
    node: &Node,
    lengths: &RangeInclusive<usize>,
    matching: Option<&str>,
) -> Vec<String> {
    let least = (*lengths.start()).max(1);
    let most = (*lengths.end()).min(LONGEST.max(least));
    let characters: Vec<char> = OFTEN_LEFT_OUT.chars().chain(outside(node)).collect();
    let mut found = vec![" ".to_owned()];
    found.extend(matching.and_then(|text| replaced(text, ' ')));
    found.push(String::new());
    for &character in &characters {
        found.push(character.to_string());
        found.extend(matching.and_then(|text| replaced(text, character)));
        found.extend(matching.map(|text| ended(text, character)));
        found.extend(matching.map(|text| begun(text, character)));
        found.push(repeated(character, least));
    }
    for length in [least, least + 1, most] {
        found.extend(['a', '1', ' '].map(|character| repeated(character, length)));
    }
    let mut forbidden = Vec::new();
    looked_at(node, &mut forbidden);
    for text in RESERVED.map(str::to_owned).into_iter().chain(forbidden) {
        found.extend(matching.map(|matching| format!("{text}{matching}")));
        found.extend(matching.map(|matching| format!("{matching}{text}")));
        let short = least.saturating_sub(text.chars().count());
        found.push(format!("{text}{}", repeated('a', short)));
    }
    found.retain(|text| lengths.contains(&text.chars().count()));
    found
}

fn repeated(character: char, count: usize) -> String {
    std::iter::repeat_n(character, count.min(LONGEST)).collect()
}

/// With the character in the middle, which leaves both ends as they are.
fn replaced(text: &str, character: char) -> Option<String> {
    let count = text.chars().count();
    let middle = count / 2;
    let put = |(index, original)| if index == middle { character } else { original };
    (count > 0).then(|| text.chars().enumerate().map(put).collect())
}

fn ended(text: &str, character: char) -> String {
    let mut text = text.to_owned();
    text.pop();
    text.push(character);
    text
}

fn begun(text: &str, character: char) -> String {
    std::iter::once(character).chain(text.chars().skip(1)).collect()
}

/// A few characters that no class of the pattern takes, and a few that some class does not.
fn outside(node: &Node) -> Vec<char> {
    let mut classes = Vec::new();
    collect(node, &mut classes);
    let all = classes.iter().fold(super::class::Class::empty(), |all, class| all.union(class));
    let mut found: Vec<char> = Vec::new();
    for class in std::iter::once(all).chain(classes) {
        let rest = class.negated();
        found.extend(rest.ranges().take(2).map(|(first, _)| first));
    }
    found.truncate(64);
    found
}

fn collect(node: &Node, classes: &mut Vec<super::class::Class>) {
    if let Kind::Class(class) = &node.kind {
        classes.push(class.clone());
    }
    node.children().iter().for_each(|child| collect(child, classes));
}

/// What a look-around asks about is what a string must not have, or lacks when left out.
fn looked_at(node: &Node, found: &mut Vec<String>) {
    if let Kind::Look(look) = &node.kind {
        let sized = Sized::new(&look.node, 64);
        let mut text = String::new();
        if let Some(length) = sized.lengths().shortest()
            && sized.write(length, &mut Choice::new(0), &mut text)
        {
            found.push(text);
        }
    }
    node.children().iter().for_each(|child| looked_at(child, found));
}
