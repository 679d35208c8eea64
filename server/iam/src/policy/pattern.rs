//! A text of a policy that texts of a request are compared with: with wildcards, and with variables.
//!
//! `*` stands for any number of characters, `?` for one, `${key}` for what the request says of a key, `${key, 'text'}`
//! for that or else the text, and `${*}`, `${?}`, `${$}` for the characters themselves. What a variable stands for is
//! always taken literally: a user who is called `*` is not everybody.

use super::{facts::Facts, fault::Wrong};

/// What `*` and `?` mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wildcards {
    /// Themselves.
    Literal,
    /// Any characters.
    Anything,
    /// Any characters, but within a segment of an ARN; a `*` at the end of a segment reaches beyond it (*Documented*:
    /// IAM reference, Resource).
    WithinSegments,
    /// Any characters, but within one of the six components of an ARN (*Documented*: ARN condition operators).
    WithinComponents,
}

/// How patterns are read: which differs from one element of a policy to another, and from one version to another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading {
    pub(super) wildcards: Wildcards,
    /// Whether `${…}` is a variable: in policies of version 2012-10-17, where the element allows it.
    pub(super) has_variables: bool,
    pub(super) ignores_case: bool,
}

/// A pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    parts: Vec<Part>,
    wildcards: Wildcards,
    ignores_case: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    /// `*`
    Many,
    /// `?`
    One,
    Variable {
        key: String,
        default: Option<String>,
    },
}

/// A pattern with its variables filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    Is(char),
    /// `*` or `?`; a colon may be where it does not reach.
    Wild {
        is_many: bool,
        takes_colons: bool,
    },
}

/// A variable of the pattern means nothing in this request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unresolved;

impl Pattern {
    /// Reads a pattern.
    pub(super) fn read(text: &str, reading: Reading) -> Result<Self, Wrong> {
        let Reading { wildcards, has_variables, ignores_case } = reading;
        let mut parts = Parts::default();
        let mut rest = text;
        while let Some(next) = rest.chars().next() {
            if has_variables && let Some(inside) = rest.strip_prefix("${") {
                let Some((inside, after)) = inside.split_once('}') else {
                    return Err(Wrong::new(
                        format!("`{text}` opens a variable and does not close it"),
                        "write ${key}, or ${$} for a dollar sign",
                    ));
                };
                match inside {
                    "*" | "?" | "$" => parts.text(inside),
                    _ => parts.other(variable(inside)?),
                }
                rest = after;
                continue;
            }
            match next {
                '*' if wildcards != Wildcards::Literal => parts.other(Part::Many),
                '?' if wildcards != Wildcards::Literal => parts.other(Part::One),
                _ => parts.text(next.encode_utf8(&mut [0; 4])),
            }
            rest = rest.get(next.len_utf8()..).unwrap_or_default();
        }
        Ok(Self { parts: parts.0, wildcards, ignores_case })
    }

    /// The keys of its variables.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Variable { key, .. } => Some(key.as_str()),
            _ => None,
        })
    }

    /// Whether it stands for `text`.
    pub(super) fn is_for(&self, text: &str, facts: &Facts) -> Result<bool, Unresolved> {
        let tokens = self.resolve(facts)?;
        Ok(if self.ignores_case { matches(&tokens, &text.to_lowercase()) } else { matches(&tokens, text) })
    }

    fn resolve(&self, facts: &Facts) -> Result<Vec<Token>, Unresolved> {
        let mut tokens = Vec::new();
        let literal = |text: &str, tokens: &mut Vec<Token>| {
            if self.ignores_case {
                tokens.extend(text.to_lowercase().chars().map(Token::Is));
            } else {
                tokens.extend(text.chars().map(Token::Is));
            }
        };
        for part in &self.parts {
            match part {
                Part::Text(text) => literal(text, &mut tokens),
                Part::Many => tokens.push(Token::Wild { is_many: true, takes_colons: true }),
                Part::One => tokens.push(Token::Wild { is_many: false, takes_colons: true }),
                Part::Variable { key, default } => {
                    // A key with several values has no one text (*Documented*).
                    let value = match facts.get(key) {
                        [value] => value,
                        _ => default.as_ref().ok_or(Unresolved)?,
                    };
                    literal(value, &mut tokens);
                }
            }
        }
        self.bound(&mut tokens);
        Ok(tokens)
    }

    /// Says of each wildcard whether it may take colons.
    fn bound(&self, tokens: &mut [Token]) {
        // A `*` alone is everything, not any one segment.
        let is_all = tokens.len() == 1;
        let mut colons_before = 0;
        let mut rest = tokens;
        while let Some((token, after)) = rest.split_first_mut() {
            match token {
                Token::Is(':') => colons_before += 1,
                Token::Is(_) => {}
                Token::Wild { is_many, takes_colons } => {
                    let ends_segment = matches!(after.first(), None | Some(Token::Is(':')));
                    *takes_colons = match self.wildcards {
                        Wildcards::Literal | Wildcards::Anything => true,
                        Wildcards::WithinSegments => *is_many && ends_segment,
                        Wildcards::WithinComponents => is_all || colons_before >= 5,
                    };
                }
            }
            rest = after;
        }
    }
}

/// Follows all ways through a pattern at once: for each character, which places in the pattern can be reached. It
/// takes the time of pattern times text, whatever they are.
fn matches(tokens: &[Token], text: &str) -> bool {
    let mut here = vec![false; tokens.len() + 1];
    begin(&mut here, tokens, 0);
    for character in text.chars() {
        let mut next = vec![false; tokens.len() + 1];
        for (at, token) in tokens.iter().enumerate().filter(|(at, _)| here.get(*at) == Some(&true)) {
            match *token {
                Token::Is(wanted) if wanted == character => begin(&mut next, tokens, at + 1),
                Token::Wild { is_many, takes_colons } if takes_colons || character != ':' => {
                    begin(&mut next, tokens, if is_many { at } else { at + 1 });
                }
                _ => {}
            }
        }
        here = next;
    }
    here.last() == Some(&true)
}

/// Marks a place as reached, and those that lie behind a `*` which stands for nothing.
fn begin(places: &mut [bool], tokens: &[Token], mut at: usize) {
    while let Some(place) = places.get_mut(at) {
        *place = true;
        if !matches!(tokens.get(at), Some(Token::Wild { is_many: true, .. })) {
            break;
        }
        at += 1;
    }
}

/// Parts under construction: neighbouring texts are one.
#[derive(Default)]
struct Parts(Vec<Part>);

impl Parts {
    fn text(&mut self, text: &str) {
        match self.0.last_mut() {
            Some(Part::Text(last)) => last.push_str(text),
            _ => self.0.push(Part::Text(text.to_owned())),
        }
    }

    fn other(&mut self, part: Part) {
        self.0.push(part);
    }
}

/// The inside of `${…}`: a key, and perhaps a text to take where the request has no such key.
fn variable(inside: &str) -> Result<Part, Wrong> {
    let wrong = |what: &str| {
        Wrong::new(format!("the variable ${{{inside}}} {what}"), "write ${key} or ${key, 'what else'}")
    };
    let (key, default) = match inside.split_once(',') {
        None => (inside, None),
        Some((key, default)) => {
            let quoted = default.trim().strip_prefix('\'').and_then(|text| text.strip_suffix('\''));
            (key, Some(quoted.ok_or_else(|| wrong("has a default without quotes"))?.to_owned()))
        }
    };
    let key = key.trim().to_lowercase();
    if key.is_empty() { Err(wrong("names no key")) } else { Ok(Part::Variable { key, default }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, wildcards: Wildcards, ignores_case: bool) -> Pattern {
        Pattern::read(text, Reading { wildcards, has_variables: true, ignores_case }).expect("a pattern")
    }

    #[test]
    fn wildcards_stand_for_what_they_may() {
        use Wildcards::{Anything, Literal, WithinComponents, WithinSegments};
        let cases = [
            (Literal, "a*b?", "a*b?", true),
            (Literal, "a*b?", "axb.", false),
            (Anything, "*", "", true),
            (Anything, "**", "anything", true),
            (Anything, "a?c", "abc", true),
            (Anything, "a?c", "ac", false),
            (Anything, "a*b*c", "a-b-b-c", true),
            (Anything, "a*b*c", "a-b-b", false),
            (Anything, "?", "é", true),
            (Anything, "", "", true),
            (Anything, "", "a", false),
            (Anything, "a*", "a:b:c", true),
            (WithinSegments, "*", "arn:x:y", true),
            (WithinSegments, "a:*", "a:b:c", true),
            (WithinSegments, "a:*:c", "a:b:c", true),
            (WithinSegments, "a:*:d", "a:b:c:d", true),
            (WithinSegments, "a:*b:d", "a:c:b:d", false),
            (WithinSegments, "a:b?c", "a:b:c", false),
            (WithinSegments, "a:*x", "a:b:x", false),
            (WithinComponents, "arn:*:iam::1:user/ci", "arn:aws:iam::1:user/ci", true),
            (WithinComponents, "arn:*:user/ci", "arn:aws:iam::1:user/ci", false),
            (WithinComponents, "*", "arn:aws:iam::1:user/ci", true),
            (WithinComponents, "arn:aws:iam::1:*:x", "arn:aws:iam::1:a:b:x", true),
        ];
        for (wildcards, pattern, text, is_for) in cases {
            let read = read(pattern, wildcards, false);
            assert_eq!(read.is_for(text, &Facts::default()), Ok(is_for), "{wildcards:?} {pattern} {text}");
        }
    }

    #[test]
    fn a_long_pattern_takes_no_longer_for_being_nasty() {
        let pattern = read(&"*a".repeat(200), Wildcards::Anything, false);
        assert_eq!(pattern.is_for(&"a".repeat(199), &Facts::default()), Ok(false));
    }

    #[test]
    fn variables_are_filled_in_literally() {
        let mut facts = Facts::default();
        facts.set("aws:username", "*");
        facts.set("aws:PrincipalTag/Team", "Red?");
        facts.set_all("aws:TagKeys", ["a".to_owned(), "b".to_owned()]);
        let cases = [
            ("${aws:username}", "*", Ok(true)),
            ("${aws:username}", "anybody", Ok(false)),
            ("${AWS:UserName}/*", "*/x", Ok(true)),
            ("${aws:principaltag/team}", "Red?", Ok(true)),
            ("${aws:principaltag/team}", "Reds", Ok(false)),
            ("${*}${?}${$}{x}", "*?${x}", Ok(true)),
            ("${*}", "x", Ok(false)),
            ("${aws:absent}", "", Err(Unresolved)),
            ("${aws:TagKeys}", "a", Err(Unresolved)),
            ("${aws:absent, 'none'}-${ aws:username , 'x' }", "none-*", Ok(true)),
            ("$x$", "$x$", Ok(true)),
        ];
        for (pattern, text, expected) in cases {
            let read = read(pattern, Wildcards::Anything, false);
            assert_eq!(read.is_for(text, &facts), expected, "{pattern} {text}");
        }
        let old = Reading { wildcards: Wildcards::Anything, has_variables: false, ignores_case: false };
        let old = Pattern::read("${aws:username}", old).expect("a pattern");
        assert_eq!(old.is_for("${aws:username}", &facts), Ok(true), "version 2008-10-17 knows no variables");
    }

    #[test]
    fn case_may_not_matter() {
        assert_eq!(
            read("Cognito-IDP:admin*", Wildcards::Anything, true)
                .is_for("cognito-idp:AdminGetUser", &Facts::default()),
            Ok(true)
        );
        assert_eq!(read("É", Wildcards::Literal, true).is_for("é", &Facts::default()), Ok(true));
        assert_eq!(read("a", Wildcards::Literal, false).is_for("A", &Facts::default()), Ok(false));
    }

    #[test]
    fn what_is_wrong_with_a_variable_is_said() {
        let reading = Reading { wildcards: Wildcards::Anything, has_variables: true, ignores_case: false };
        for (text, said) in [
            ("a${aws:username", "does not close it"),
            ("${}", "names no key"),
            ("${ , 'x'}", "names no key"),
            ("${aws:username, x}", "a default without quotes"),
        ] {
            let wrong = Pattern::read(text, reading).expect_err(text).to_string();
            assert!(wrong.contains(said), "{wrong}");
        }
    }
}
