//! The CSS of classic pages ([`Stylesheet`]): a few classes, and none of what could run or load anything.
//!
//! The text is read token by token and written again from what was understood, so that a page never contains a
//! character of it that is not allowed. [`check`] refuses what the service refuses; what remains is left out in
//! silence, as the service does with properties that its template does not have (*Documented*).

use cssparser::{
    AtRuleParser, CowRcStr, DeclarationParser, Delimiter, ParseError, Parser, ParserState,
    QualifiedRuleParser, RuleBodyItemParser, RuleBodyParser, StyleSheetParser, ToCss as _, Token,
};
use serde::{Deserialize, Serialize};

/// The selectors that may be styled, without the dot (*Documented*, oau-0189).
pub const CLASSES: [&str; 18] = [
    "background-customizable",
    "banner-customizable",
    "errorMessage-customizable",
    "idpButton-customizable",
    "idpButton-customizable:hover",
    "idpDescription-customizable",
    "inputField-customizable",
    "inputField-customizable:focus",
    "label-customizable",
    "legalText-customizable",
    "logo-customizable",
    "passwordCheck-notValid-customizable",
    "passwordCheck-valid-customizable",
    "redirect-customizable",
    "socialButton-customizable",
    "submitButton-customizable",
    "submitButton-customizable:hover",
    "textDescription-customizable",
];

/// The properties that have an effect.
///
/// *Documented*: those that the guide lists for the classes. *Chosen*: in every class, and with their relatives, which
/// cannot place anything over the page or load anything either.
///
/// *Chosen*: an outline is not among them, by which a page shows what has the focus. The template of the service removes it.
const PROPERTIES: [&str; 43] = [
    "background",
    "background-color",
    "border",
    "border-bottom",
    "border-color",
    "border-left",
    "border-radius",
    "border-right",
    "border-style",
    "border-top",
    "border-width",
    "box-shadow",
    "box-sizing",
    "color",
    "cursor",
    "display",
    "font-family",
    "font-size",
    "font-style",
    "font-weight",
    "height",
    "letter-spacing",
    "line-height",
    "margin",
    "margin-bottom",
    "margin-left",
    "margin-right",
    "margin-top",
    "max-height",
    "max-width",
    "min-height",
    "min-width",
    "opacity",
    "padding",
    "padding-bottom",
    "padding-left",
    "padding-right",
    "padding-top",
    "text-align",
    "text-decoration",
    "text-transform",
    "transition",
    "width",
];

/// The functions that a value may call: colors, none of which takes an address.
const FUNCTIONS: [&str; 7] =
    ["rgb", "rgba", "hsl", "hsla", "linear-gradient", "radial-gradient", "conic-gradient"];

/// The units of lengths, angles and times.
const UNITS: [&str; 17] = [
    "px", "em", "rem", "pt", "pc", "cm", "mm", "in", "ex", "ch", "vh", "vw", "vmin", "vmax", "deg", "ms", "s",
];

/// How deep the functions of a value may be nested.
const MAX_DEPTH: u8 = 4;

/// The reason for which a style sheet is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CssFault {
    /// The selector, written without its dot, is not one of [`CLASSES`].
    Class(String),
    /// The text has an at-rule with this name.
    AtRule(String),
    /// The text has a script.
    Script,
    /// The text has something that is no rule.
    Malformed,
}

/// The CSS of a page, as it was set, with the rules that have an effect.
///
/// It is stored as its text, from which the rules are read again. That refuses nothing, so that a text that was
/// accepted once can always be read.
///
/// # Examples
///
/// ```
/// use lido_domain::branding::css::Stylesheet;
///
/// let css = Stylesheet::read(".label-customizable { color: #123; background: url(//evil.example) }");
/// assert_eq!(css.to_css(), ".label-customizable{color:#123}");
/// assert_eq!(css.value("label-customizable", "color"), Some("#123"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Stylesheet {
    text: String,
    rules: Vec<CssRule>,
}

/// A rule: selectors, each one of [`CLASSES`], and their declarations.
#[derive(Clone, Debug, PartialEq, Eq)]
struct CssRule {
    classes: Vec<&'static str>,
    /// Pairs of property and value. The value has no `!important`.
    declarations: Vec<CssDeclaration>,
}

/// A property with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
struct CssDeclaration {
    property: &'static str,
    value: String,
    is_important: bool,
}

impl From<String> for Stylesheet {
    fn from(text: String) -> Self {
        let mut reader = CssReader::default();
        let rules = reader.read(&text);
        Self { text, rules }
    }
}

impl From<Stylesheet> for String {
    fn from(css: Stylesheet) -> Self {
        css.text
    }
}

impl Stylesheet {
    /// Reads a text, and leaves out what may not have an effect.
    pub fn read(text: &str) -> Self {
        text.to_owned().into()
    }

    /// Returns the text as it was set.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the rules that have an effect as CSS.
    ///
    /// It consists of the names of [`CLASSES`], of allowed properties, and of values of letters, digits and a few
    /// signs: no `<`, no backslash, no at-rule and no address.
    pub fn to_css(&self) -> String {
        let mut css = String::new();
        for rule in &self.rules {
            let selectors: Vec<_> = rule.classes.iter().map(|class| format!(".{class}")).collect();
            let declarations = rule.declarations.iter().map(|declaration| {
                let CssDeclaration { property, value, is_important } = declaration;
                format!("{property}:{value}{}", if *is_important { "!important" } else { "" })
            });
            let declarations: Vec<_> = declarations.collect();
            css.push_str(&format!("{}{{{}}}", selectors.join(","), declarations.join(";")));
        }
        css
    }

    /// Returns the value that a property has in a class: that of the last rule that sets it.
    pub fn value(&self, class: &str, property: &str) -> Option<&str> {
        let rules = self.rules.iter().filter(|rule| rule.classes.contains(&class));
        let declarations = rules.flat_map(|rule| &rule.declarations);
        let mut of_property = declarations.filter(|declaration| declaration.property == property);
        of_property.next_back().map(|declaration| declaration.value.as_str())
    }
}

/// Refuses a text that the service refuses: with another selector, an at-rule or a script (*Observed*, api-0237;
/// *Documented*, api-0238).
///
/// *Chosen*: a text that is no CSS is refused, too. A declaration that may have no effect is accepted and left out.
///
/// # Errors
/// The first fault.
pub fn check(text: &str) -> Result<(), CssFault> {
    let lower = text.to_ascii_lowercase();
    if ["javascript:", "expression(", "<script"].iter().any(|script| lower.contains(script)) {
        return Err(CssFault::Script);
    }
    let mut reader = CssReader::default();
    reader.read(text);
    reader.fault.map_or(Ok(()), Err)
}

/// Reads a style sheet, and notes its first fault.
#[derive(Default)]
struct CssReader {
    fault: Option<CssFault>,
}

impl CssReader {
    fn read(&mut self, text: &str) -> Vec<CssRule> {
        let mut parser = Parser::new(text);
        let mut rules = Vec::new();
        let mut is_malformed = false;
        for rule in StyleSheetParser::new(&mut parser, self) {
            match rule {
                Ok(rule) if rule.classes.is_empty() || rule.declarations.is_empty() => {}
                Ok(rule) => rules.push(rule),
                Err(_) => is_malformed = true,
            }
        }
        if is_malformed {
            self.note(CssFault::Malformed);
        }
        rules
    }

    fn note(&mut self, fault: CssFault) {
        self.fault.get_or_insert(fault);
    }
}

impl<'i> AtRuleParser<'i> for CssReader {
    type Prelude = ();
    type AtRule = CssRule;
    type Error = ();

    fn parse_prelude(&mut self, name: CowRcStr<'i>, _: &mut Parser<'i>) -> Result<(), ParseError<()>> {
        self.note(CssFault::AtRule(name.to_string()));
        Err(ParseError::unexpected_token())
    }
}

impl<'i> QualifiedRuleParser<'i> for CssReader {
    /// The classes that may be styled.
    type Prelude = Vec<&'static str>;
    type QualifiedRule = CssRule;
    type Error = ();

    fn parse_prelude(&mut self, input: &mut Parser<'i>) -> Result<Self::Prelude, ParseError<()>> {
        let mut classes = Vec::new();
        loop {
            let start = input.position();
            let end: Result<(), ParseError<()>> = input.parse_until_before(Delimiter::Comma, |input| {
                while input.next().is_ok() {}
                Ok(())
            });
            end?;
            let selector = input.slice_from(start).trim();
            let class = selector.strip_prefix('.').unwrap_or_default();
            match CLASSES.into_iter().find(|allowed| *allowed == class) {
                Some(class) => classes.push(class),
                None => self.note(CssFault::Class(selector.trim_start_matches('.').to_owned())),
            }
            if input.next().is_err() {
                return Ok(classes);
            }
        }
    }

    fn parse_block(
        &mut self,
        classes: Self::Prelude,
        _: &ParserState,
        input: &mut Parser<'i>,
    ) -> Result<CssRule, ParseError<()>> {
        let mut body = CssBody(self);
        // A declaration that is left out is an error to the parser only.
        let declarations = RuleBodyParser::new(input, &mut body).flatten().collect();
        Ok(CssRule { classes, declarations })
    }
}

/// Reads the declarations of a rule.
struct CssBody<'a>(&'a mut CssReader);

impl<'i> DeclarationParser<'i> for CssBody<'_> {
    type Declaration = CssDeclaration;
    type Error = ();

    fn parse_value(
        &mut self,
        name: CowRcStr<'i>,
        input: &mut Parser<'i>,
        _: &ParserState,
    ) -> Result<CssDeclaration, ParseError<()>> {
        let name = name.to_ascii_lowercase();
        let property = PROPERTIES.into_iter().find(|property| *property == name);
        let mut value = String::new();
        let mut is_important = false;
        write_value(input, &mut value, MAX_DEPTH, &mut is_important, &mut |name| {
            self.0.note(CssFault::AtRule(name.to_owned()));
        })?;
        let property = property.filter(|_| !value.is_empty()).ok_or(ParseError::unexpected_token())?;
        Ok(CssDeclaration { property, value, is_important })
    }
}

impl<'i> AtRuleParser<'i> for CssBody<'_> {
    type Prelude = ();
    type AtRule = CssDeclaration;
    type Error = ();

    fn parse_prelude(&mut self, name: CowRcStr<'i>, _: &mut Parser<'i>) -> Result<(), ParseError<()>> {
        self.0.note(CssFault::AtRule(name.to_string()));
        Err(ParseError::unexpected_token())
    }
}

impl QualifiedRuleParser<'_> for CssBody<'_> {
    type Prelude = ();
    type QualifiedRule = CssDeclaration;
    type Error = ();
}

impl RuleBodyItemParser<'_, CssDeclaration, ()> for CssBody<'_> {
    fn parse_declarations(&self) -> bool {
        true
    }

    fn parse_qualified(&self) -> bool {
        false
    }
}

/// Writes the tokens of a value, with a space between two words: so that none is read together with the next one.
///
/// # Errors
/// A token is not allowed, and so neither is the declaration.
fn write_value(
    input: &mut Parser<'_>,
    value: &mut String,
    depth: u8,
    is_important: &mut bool,
    note_at_rule: &mut dyn FnMut(&str),
) -> Result<(), ParseError<()>> {
    let refused = ParseError::unexpected_token;
    loop {
        let Ok(token) = input.next() else { return Ok(()) };
        let word = match token.clone() {
            // Nothing follows `!important`.
            _ if *is_important => return Err(refused()),
            Token::Comma => {
                value.push(',');
                continue;
            }
            Token::Delim('/') => {
                value.push('/');
                continue;
            }
            Token::Delim('!') if depth == MAX_DEPTH => {
                input.expect_ident_matching("important")?;
                *is_important = true;
                continue;
            }
            Token::Ident(name) if is_word(&name) => name.to_string(),
            Token::Hash(digits) | Token::IDHash(digits) if is_color(&digits) => format!("#{digits}"),
            Token::QuotedString(text) if is_name(&text) => format!("\"{text}\""),
            Token::Number { .. } | Token::Percentage { .. } if is_finite(token) => token.to_css_string(),
            Token::Dimension { ref unit, .. } if is_one_of(&UNITS, unit) && is_finite(token) => {
                token.to_css_string()
            }
            Token::Function(ref name) if depth > 0 && is_one_of(&FUNCTIONS, name) => {
                let mut inner = String::new();
                input.parse_nested_block(|input| {
                    write_value(input, &mut inner, depth - 1, &mut false, note_at_rule)
                })?;
                format!("{}({inner})", name.to_ascii_lowercase())
            }
            Token::AtKeyword(name) => {
                note_at_rule(&name);
                return Err(refused());
            }
            _ => return Err(refused()),
        };
        if !value.is_empty() && !value.ends_with([',', '/']) {
            value.push(' ');
        }
        value.push_str(&word);
    }
}

/// Returns whether a text can be the name of a font.
fn is_name(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || " -".contains(c))
}

/// Returns whether a text consists of letters, digits and hyphens, and cannot be read as a number.
fn is_word(text: &str) -> bool {
    text.trim_start_matches('-').starts_with(|first: char| first.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn is_finite(token: &Token<'_>) -> bool {
    match token {
        Token::Number { value, .. } | Token::Dimension { value, .. } => value.is_finite(),
        Token::Percentage { unit_value, .. } => unit_value.is_finite(),
        _ => false,
    }
}

fn is_color(digits: &str) -> bool {
    matches!(digits.len(), 3 | 4 | 6 | 8) && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn is_one_of(names: &[&str], name: &str) -> bool {
    names.iter().any(|allowed| allowed.eq_ignore_ascii_case(name))
}

#[cfg(test)]
#[path = "css_tests.rs"]
pub(super) mod tests;
