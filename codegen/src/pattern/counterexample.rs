//! Proposes strings that may not match, the most readable first. The caller takes the first that does not match.

use super::ast::{Kind, Node};
use super::letters::Choice;
use super::sample::SizedNode;
use std::ops::RangeInclusive;

/// Maximum length of candidates. Longer strings are unreadable and slow to match.
const MAX_LENGTH: usize = 4096;

/// Characters that patterns often exclude. A blank, which nearly all exclude, comes first.
const OFTEN_EXCLUDED: &str = " !/*<\"\\#@:;,.%&?$^|~'`(){}[]+=>-_aA0\t\n\r\0\u{7F}éüÄß中\u{A0}\u{301}\u{2028}\u{3000}\
    \u{FFFD}\u{E000}\u{FFFF}😀\u{10FFFF}";

/// Prefixes that services reserve.
const RESERVED: [&str; 6] = ["aws:", "arn:", "xn--", "ssm:", "<script></script>", "--"];

/// Returns candidates within `lengths`. `matching` is a string that matches, if one is known.
pub(super) fn candidates(
    node: &Node,
    lengths: &RangeInclusive<usize>,
    matching: Option<&str>,
) -> Vec<String> {
    let least = (*lengths.start()).max(1);
    let most = (*lengths.end()).min(MAX_LENGTH.max(least));
    let characters: Vec<char> = OFTEN_EXCLUDED.chars().chain(outside(node)).collect();
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
    look_around_texts(node, &mut forbidden);
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
    std::iter::repeat_n(character, count.min(MAX_LENGTH)).collect()
}

/// Returns `text` with the character in the middle replaced, which keeps both ends.
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

/// Returns a few characters that no class of the pattern contains, and a few that some class does not contain.
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

/// Collects a text for each look-around: adding it may violate a negative one.
fn look_around_texts(node: &Node, found: &mut Vec<String>) {
    if let Kind::LookAround(look) = &node.kind {
        let sized = SizedNode::new(&look.node, 64);
        let mut text = String::new();
        if let Some(length) = sized.lengths().shortest()
            && sized.write(length, &mut Choice::new(0), &mut text)
        {
            found.push(text);
        }
    }
    node.children().iter().for_each(|child| look_around_texts(child, found));
}
