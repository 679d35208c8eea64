//! Patterns in policies, with wildcards and variables, and their comparison with texts of a request.
//!
//! `*` matches any number of characters and `?` matches one. `${key}` is replaced by the value of a condition key,
//! `${key, 'text'}` by the value or else the text, and `${*}`, `${?}`, `${$}` by these characters. The value of a
//! variable is always literal: a user named `*` does not match all names.

use super::{context::ContextKeys, error::PolicyError};

/// The characters that `*` and `?` match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wildcards {
    /// Only the characters `*` and `?` themselves.
    Literal,
    /// All characters.
    Anything,
    /// All characters within a segment of an ARN. A `*` at the end of a segment also matches colons (*Documented*: IAM
    /// reference, Resource).
    WithinSegments,
    /// All characters within one of the six components of an ARN (*Documented*: ARN condition operators).
    WithinComponents,
}

/// The syntax of a pattern, which depends on the element of the policy and on its version.
#[derive(Clone, Copy, Debug)]
pub(super) struct PatternSyntax {
    pub(super) wildcards: Wildcards,
    /// Whether `${…}` is a variable. It is in policies of version 2012-10-17, in elements that allow variables.
    pub(super) has_variables: bool,
    pub(super) ignores_case: bool,
}

/// A parsed pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    parts: Vec<Part>,
    wildcards: Wildcards,
    ignores_case: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    /// `*`.
    Many,
    /// `?`.
    One,
    Variable {
        key: String,
        default: Option<String>,
    },
}

/// A part of a pattern whose variables are replaced by their values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    Char(char),
    /// `*` or `?`. `matches_colons` is false where it does not match a colon.
    Wild {
        is_many: bool,
        matches_colons: bool,
    },
}

/// The error of a pattern with a variable that has no value, or several, in this request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct UnresolvedVariable;

impl Pattern {
    /// Parses a pattern.
    pub(super) fn read(text: &str, syntax: PatternSyntax) -> Result<Self, PolicyError> {
        let PatternSyntax { wildcards, has_variables, ignores_case } = syntax;
        let mut parts = Parts::default();
        let mut rest = text;
        while let Some(next) = rest.chars().next() {
            if has_variables && let Some(inside) = rest.strip_prefix("${") {
                let Some((inside, after)) = inside.split_once('}') else {
                    return Err(PolicyError::new(
                        format!("`{text}` contains a variable that is not closed"),
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

    /// Returns the keys of the variables.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Variable { key, .. } => Some(key.as_str()),
            _ => None,
        })
    }

    /// Returns whether the pattern matches `text`.
    pub(super) fn matches(&self, text: &str, context: &ContextKeys) -> Result<bool, UnresolvedVariable> {
        let tokens = self.resolve(context)?;
        Ok(if self.ignores_case {
            matches_tokens(&tokens, &text.to_lowercase())
        } else {
            matches_tokens(&tokens, text)
        })
    }

    fn resolve(&self, context: &ContextKeys) -> Result<Vec<Token>, UnresolvedVariable> {
        let mut tokens = Vec::new();
        let literal = |text: &str, tokens: &mut Vec<Token>| {
            if self.ignores_case {
                tokens.extend(text.to_lowercase().chars().map(Token::Char));
            } else {
                tokens.extend(text.chars().map(Token::Char));
            }
        };
        for part in &self.parts {
            match part {
                Part::Text(text) => literal(text, &mut tokens),
                Part::Many => tokens.push(Token::Wild { is_many: true, matches_colons: true }),
                Part::One => tokens.push(Token::Wild { is_many: false, matches_colons: true }),
                Part::Variable { key, default } => {
                    // A variable with several values has no value (*Documented*).
                    let value = match context.get(key) {
                        [value] => value,
                        _ => default.as_ref().ok_or(UnresolvedVariable)?,
                    };
                    literal(value, &mut tokens);
                }
            }
        }
        self.limit_wildcards(&mut tokens);
        Ok(tokens)
    }

    /// Determines for each wildcard whether it matches colons.
    fn limit_wildcards(&self, tokens: &mut [Token]) {
        // A `*` alone matches everything, not only one segment.
        let is_all = tokens.len() == 1;
        let mut colons_before = 0;
        let mut rest = tokens;
        while let Some((token, after)) = rest.split_first_mut() {
            match token {
                Token::Char(':') => colons_before += 1,
                Token::Char(_) => {}
                Token::Wild { is_many, matches_colons } => {
                    let ends_segment = matches!(after.first(), None | Some(Token::Char(':')));
                    *matches_colons = match self.wildcards {
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

/// Returns whether the tokens match the text.
///
/// For each character it computes the set of positions in the pattern that can be reached. The time is proportional to
/// the length of the pattern times the length of the text, for any pattern.
fn matches_tokens(tokens: &[Token], text: &str) -> bool {
    let mut here = vec![false; tokens.len() + 1];
    mark_reached(&mut here, tokens, 0);
    for character in text.chars() {
        let mut next = vec![false; tokens.len() + 1];
        for (at, token) in tokens.iter().enumerate().filter(|(at, _)| here.get(*at) == Some(&true)) {
            match *token {
                Token::Char(wanted) if wanted == character => mark_reached(&mut next, tokens, at + 1),
                Token::Wild { is_many, matches_colons } if matches_colons || character != ':' => {
                    mark_reached(&mut next, tokens, if is_many { at } else { at + 1 });
                }
                _ => {}
            }
        }
        here = next;
    }
    here.last() == Some(&true)
}

/// Marks a position as reached, and the following ones after each `*`, which can match nothing.
fn mark_reached(places: &mut [bool], tokens: &[Token], mut at: usize) {
    while let Some(place) = places.get_mut(at) {
        *place = true;
        if !matches!(tokens.get(at), Some(Token::Wild { is_many: true, .. })) {
            break;
        }
        at += 1;
    }
}

/// A list of parts under construction, in which consecutive texts are joined.
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

/// Parses the inside of `${…}`: a key, and optionally a default.
fn variable(inside: &str) -> Result<Part, PolicyError> {
    let wrong = |what: &str| {
        PolicyError::new(format!("the variable ${{{inside}}} {what}"), "write ${key} or ${key, 'default'}")
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
        Pattern::read(text, PatternSyntax { wildcards, has_variables: true, ignores_case })
            .expect("a pattern")
    }

    #[test]
    fn wildcards_match_within_their_limits() {
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
        for (wildcards, pattern, text, matches) in cases {
            let read = read(pattern, wildcards, false);
            assert_eq!(
                read.matches(text, &ContextKeys::default()),
                Ok(matches),
                "{wildcards:?} {pattern} {text}"
            );
        }
    }

    #[test]
    fn pattern_with_many_wildcards_is_matched_in_bounded_time() {
        let pattern = read(&"*a".repeat(200), Wildcards::Anything, false);
        assert_eq!(pattern.matches(&"a".repeat(199), &ContextKeys::default()), Ok(false));
    }

    #[test]
    fn variables_are_replaced_by_literal_values() {
        let mut context = ContextKeys::default();
        context.set("aws:username", "*");
        context.set("aws:PrincipalTag/Team", "Red?");
        context.set_all("aws:TagKeys", ["a".to_owned(), "b".to_owned()]);
        let cases = [
            ("${aws:username}", "*", Ok(true)),
            ("${aws:username}", "anybody", Ok(false)),
            ("${AWS:UserName}/*", "*/x", Ok(true)),
            ("${aws:principaltag/team}", "Red?", Ok(true)),
            ("${aws:principaltag/team}", "Reds", Ok(false)),
            ("${*}${?}${$}{x}", "*?${x}", Ok(true)),
            ("${*}", "x", Ok(false)),
            ("${aws:absent}", "", Err(UnresolvedVariable)),
            ("${aws:TagKeys}", "a", Err(UnresolvedVariable)),
            ("${aws:absent, 'none'}-${ aws:username , 'x' }", "none-*", Ok(true)),
            ("$x$", "$x$", Ok(true)),
        ];
        for (pattern, text, expected) in cases {
            let read = read(pattern, Wildcards::Anything, false);
            assert_eq!(read.matches(text, &context), expected, "{pattern} {text}");
        }
        let old = PatternSyntax { wildcards: Wildcards::Anything, has_variables: false, ignores_case: false };
        let old = Pattern::read("${aws:username}", old).expect("a pattern");
        assert_eq!(old.matches("${aws:username}", &context), Ok(true), "version 2008-10-17 has no variables");
    }

    #[test]
    fn pattern_ignores_case_if_its_syntax_does() {
        assert_eq!(
            read("Cognito-IDP:admin*", Wildcards::Anything, true)
                .matches("cognito-idp:AdminGetUser", &ContextKeys::default()),
            Ok(true)
        );
        assert_eq!(read("É", Wildcards::Literal, true).matches("é", &ContextKeys::default()), Ok(true));
        assert_eq!(read("a", Wildcards::Literal, false).matches("A", &ContextKeys::default()), Ok(false));
    }

    #[test]
    fn malformed_variable_is_refused_with_a_message() {
        let syntax =
            PatternSyntax { wildcards: Wildcards::Anything, has_variables: true, ignores_case: false };
        for (text, expected) in [
            ("a${aws:username", "not closed"),
            ("${}", "names no key"),
            ("${ , 'x'}", "names no key"),
            ("${aws:username, x}", "a default without quotes"),
        ] {
            let message = Pattern::read(text, syntax).expect_err(text).to_string();
            assert!(message.contains(expected), "{message}");
        }
    }
}
