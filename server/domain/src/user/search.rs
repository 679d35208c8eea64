//! The search for users: the filter of ListUsers, and the texts that a store indexes.
//!
//! A filter has the form `AttributeName Filter-Type "AttributeValue"` (*Documented*, ListUsers). An index contains
//! texts in lower case and only finds candidates; [`Filter::matches`] makes the final decision. So an index is
//! independent of the pool's case sensitivity.

use std::collections::BTreeSet;

use crate::{attribute::schema::Schema, pool::Pool, refusal::Refusal, user::User};

/// Refuses requested attributes that are not in the schema of the pool.
pub fn check_known_attributes(wanted: &BTreeSet<String>, schema: &Schema) -> Result<(), Refusal> {
    let is_known = wanted.iter().all(|name| schema.get(name).is_some());
    if is_known { Ok(()) } else { Err(Refusal::AttributesUnknown) }
}

/// Refuses requested attributes for which one of the users has no value (*Documented*, ListUsers). Every user has a
/// `sub`.
pub fn check_attributes_present(wanted: &BTreeSet<String>, users: &[User]) -> Result<(), Refusal> {
    let has = |user: &User, name: &String| name == "sub" || user.attributes.get(name).is_some();
    let is_set = wanted.iter().all(|name| users.iter().all(|user| has(user, name)));
    if is_set { Ok(()) } else { Err(Refusal::AttributesUnknown) }
}

/// A searchable property of a user (*Documented*). Custom attributes are not searchable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// `username`.
    Username,
    /// `email`.
    Email,
    /// `phone_number`.
    PhoneNumber,
    /// `name`.
    Name,
    /// `given_name`.
    GivenName,
    /// `family_name`.
    FamilyName,
    /// `preferred_username`.
    PreferredUsername,
    /// `cognito:user_status`, for example `CONFIRMED`.
    UserStatus,
    /// `status`: `Enabled` or `Disabled`.
    Status,
    /// `sub`.
    Sub,
}

impl Field {
    const ALL: [Field; 10] = [
        Field::Username,
        Field::Email,
        Field::PhoneNumber,
        Field::Name,
        Field::GivenName,
        Field::FamilyName,
        Field::PreferredUsername,
        Field::UserStatus,
        Field::Status,
        Field::Sub,
    ];

    /// The fields that a store indexes.
    ///
    /// The two statuses are not indexed, because they have only a few values, nor is the sub, because it is the key of
    /// the user's record.
    pub const INDEXED: [Field; 7] = [
        Field::Username,
        Field::Email,
        Field::PhoneNumber,
        Field::Name,
        Field::GivenName,
        Field::FamilyName,
        Field::PreferredUsername,
    ];

    /// Returns the name of the field in a filter and in an index.
    pub const fn as_str(self) -> &'static str {
        match self {
            Field::Username => "username",
            Field::Email => "email",
            Field::PhoneNumber => "phone_number",
            Field::Name => "name",
            Field::GivenName => "given_name",
            Field::FamilyName => "family_name",
            Field::PreferredUsername => "preferred_username",
            Field::UserStatus => "cognito:user_status",
            Field::Status => "status",
            Field::Sub => "sub",
        }
    }

    /// Returns whether a store indexes the field.
    pub fn is_indexed(self) -> bool {
        Self::INDEXED.contains(&self)
    }

    fn of(self, user: &User) -> Option<&str> {
        match self {
            Field::Username => Some(user.username.as_str()),
            Field::Sub => Some(user.sub.as_str()),
            Field::UserStatus => Some(user.status.as_str()),
            Field::Status => Some(if user.enabled { "Enabled" } else { "Disabled" }),
            attribute => user.attributes.get(attribute.as_str()),
        }
    }
}

/// Returns the fields of the user with the texts under which they are indexed.
pub fn index_texts(user: &User) -> impl Iterator<Item = (Field, String)> {
    Field::INDEXED.into_iter().filter_map(|field| Some((field, folded(field.of(user)?))))
}

/// Returns the text as an index contains it: in lower case.
///
/// Each character is folded by itself, so that a prefix of the text is folded to a prefix of the folded text. For the
/// same reason the final sigma (ς) is folded to the normal one (σ).
pub fn folded(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).map(|c| if c == 'ς' { 'σ' } else { c }).collect()
}

/// The filter type: how a value is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `=`: the value is equal.
    Is,
    /// `^=`: the value has this prefix.
    BeginsWith,
}

/// A parsed filter of ListUsers.
///
/// # Examples
///
/// ```
/// use lido_domain::user::search::{Comparison, Field, Filter};
///
/// let filter = Filter::parse(r#"given_name ^= "Jon""#).expect("valid").expect("not empty");
/// assert_eq!(filter.field, Field::GivenName);
/// assert_eq!(filter.comparison, Comparison::BeginsWith);
/// assert_eq!(filter.value, "Jon");
///
/// assert_eq!(Filter::parse(""), Ok(None));
/// assert!(Filter::parse("given_name = Jon").is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// The field to compare.
    pub field: Field,
    /// The filter type.
    pub comparison: Comparison,
    /// The value to compare with.
    pub value: String,
}

impl Filter {
    /// Parses a filter. Returns `None` if the text is empty (*Documented*).
    ///
    /// *Chosen*, where the documentation does not say: white space around the operator is optional; the name may be in
    /// quotation marks (as in the example of the API reference); a backslash before a character other than a quotation
    /// mark or a backslash is a normal character.
    ///
    /// # Errors
    ///
    /// [`Refusal::FilterMalformed`] if the text cannot be parsed, [`Refusal::FilterAttributeNotSearchable`] if it names
    /// another attribute.
    pub fn parse(text: &str) -> Result<Option<Self>, Refusal> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        let (name, rest) = match text.strip_prefix('"') {
            Some(rest) => rest.split_once('"').ok_or(Refusal::FilterMalformed)?,
            None => {
                let end = text.find(|c: char| c.is_whitespace() || matches!(c, '=' | '^' | '"'));
                text.split_at(end.ok_or(Refusal::FilterMalformed)?)
            }
        };
        let rest = rest.trim_start();
        let (comparison, rest) = match (rest.strip_prefix("^="), rest.strip_prefix('=')) {
            (Some(rest), _) => (Comparison::BeginsWith, rest),
            (None, Some(rest)) => (Comparison::Is, rest),
            (None, None) => return Err(Refusal::FilterMalformed),
        };
        let value = unquoted(rest.trim_start()).ok_or(Refusal::FilterMalformed)?;
        let field = Field::ALL.into_iter().find(|field| field.as_str() == name);
        let field = field.ok_or_else(|| Refusal::FilterAttributeNotSearchable(name.to_owned()))?;
        Ok(Some(Self { field, comparison, value }))
    }

    /// Returns whether the user matches the filter.
    ///
    /// Usernames and `status` are case-sensitive, `cognito:user_status` is not (*Documented*). *Chosen* for the other
    /// fields, where the documentation does not say: as case-sensitive as the pool's usernames. The sub is
    /// case-sensitive.
    pub fn matches(&self, pool: &Pool, user: &User) -> bool {
        let Some(text) = self.field.of(user) else { return false };
        match self.field {
            Field::Username | Field::Status | Field::Sub => self.compares(text, &self.value),
            Field::UserStatus => self.compares(&folded(text), &folded(&self.value)),
            _ if pool.case_sensitive => self.compares(text, &self.value),
            _ => self.compares(&folded(text), &folded(&self.value)),
        }
    }

    fn compares(&self, text: &str, value: &str) -> bool {
        match self.comparison {
            Comparison::Is => text == value,
            Comparison::BeginsWith => text.starts_with(value),
        }
    }
}

/// Returns the text between quotation marks, or `None` if there is anything else.
fn unquoted(text: &str) -> Option<String> {
    let mut rest = text.strip_prefix('"')?.chars().peekable();
    let mut value = String::new();
    while let Some(c) = rest.next() {
        match c {
            '"' => return rest.next().is_none().then_some(value),
            '\\' => value.push(rest.next_if(|next| matches!(next, '"' | '\\')).unwrap_or('\\')),
            _ => value.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn filter_is_parsed_or_refused() {
        use Comparison::{BeginsWith, Is};
        let good = [
            (r#"family_name = "Reddy""#, Field::FamilyName, Is, "Reddy"),
            (r#"given_name ^= "Jon""#, Field::GivenName, BeginsWith, "Jon"),
            (r#""email"^="testuser""#, Field::Email, BeginsWith, "testuser"),
            (r#"  email="a@b"  "#, Field::Email, Is, "a@b"),
            (r#"name = """#, Field::Name, Is, ""),
            (r#"name = "say \"hi\" \\ x\y""#, Field::Name, Is, r#"say "hi" \ x\y"#),
            (r#"name = "a = b""#, Field::Name, Is, "a = b"),
            (r#"cognito:user_status = "confirmed""#, Field::UserStatus, Is, "confirmed"),
            (r#"status = "Enabled""#, Field::Status, Is, "Enabled"),
            (r#"sub ^= "0a""#, Field::Sub, BeginsWith, "0a"),
            (r#"phone_number="+1""#, Field::PhoneNumber, Is, "+1"),
            (r#"preferred_username = "x""#, Field::PreferredUsername, Is, "x"),
            (r#"username = "x""#, Field::Username, Is, "x"),
        ];
        for (text, field, comparison, value) in good {
            let expected = Filter { field, comparison, value: value.to_owned() };
            assert_eq!(Filter::parse(text), Ok(Some(expected)), "{text}");
        }
        for text in ["", "  "] {
            assert_eq!(Filter::parse(text), Ok(None));
        }
        let bad = [
            "foo",
            "=",
            r#"email"#,
            r#"email = "#,
            r#"email = a@b"#,
            r#"email = "a@b"#,
            r#"email = "a@b\""#,
            r#"email = "a" and name = "b""#,
            r#"email ^= "".""#,
            r#"email != "a""#,
            r#"email > "a""#,
            r#"email == "a""#,
            r#""email = "a""#,
            r#"email "a""#,
        ];
        for text in bad {
            assert_eq!(Filter::parse(text), Err(Refusal::FilterMalformed), "{text}");
        }
        for name in ["custom:size", "Email", "address", "enabled", ""] {
            let refused = Err(Refusal::FilterAttributeNotSearchable(name.to_owned()));
            assert_eq!(Filter::parse(&format!(r#"{name} = "x""#)), refused, "{name}");
        }
    }

    #[test]
    fn filter_matches_by_comparison_and_case_sensitivity() {
        let mut user = fixture::user("Ann");
        user.attributes.set("email", "Ann@Example.com");
        let sensitive = fixture::pool();
        let insensitive = Pool { case_sensitive: false, ..fixture::pool() };
        let cases = [
            (r#"username = "Ann""#, true, true),
            (r#"username = "ann""#, false, false),
            (r#"username ^= "An""#, true, true),
            (r#"username ^= """#, true, true),
            (r#"email = "Ann@Example.com""#, true, true),
            (r#"email = "ann@example.com""#, false, true),
            (r#"email ^= "ann""#, false, true),
            (r#"email = "Ann""#, false, false),
            (r#"name = """#, false, false),
            (r#"cognito:user_status = "unconfirmed""#, true, true),
            (r#"cognito:user_status ^= "UN""#, true, true),
            (r#"cognito:user_status = "CONFIRMED""#, false, false),
            (r#"status = "Enabled""#, true, true),
            (r#"status = "enabled""#, false, false),
            (r#"status ^= "Dis""#, false, false),
            (r#"sub = "sub-of-Ann""#, true, true),
        ];
        for (text, in_sensitive, in_insensitive) in cases {
            let filter = Filter::parse(text).expect("good").expect("some");
            let matched = (filter.matches(&sensitive, &user), filter.matches(&insensitive, &user));
            assert_eq!(matched, (in_sensitive, in_insensitive), "{text}");
        }
    }

    #[test]
    fn index_texts_are_lower_case_and_contain_no_status() {
        let mut user = fixture::user("Ann");
        user.attributes.set("given_name", "ÄNN");
        user.attributes.set("custom:size", "5");
        let texts: Vec<_> = index_texts(&user).map(|(field, text)| (field.as_str(), text)).collect();
        let expected = [("username", "ann"), ("email", "ann@example.com"), ("given_name", "änn")];
        assert_eq!(texts, expected.map(|(field, text)| (field, text.to_owned())));
    }

    #[test]
    fn requested_attributes_must_be_in_the_schema_and_have_values() {
        let wanted = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
        let refused = Err(Refusal::AttributesUnknown);
        let mut named = fixture::user("ann");
        named.attributes.set("name", "Ann");
        let (one, both) = ([named.clone()], [named, fixture::user("bob")]);
        let schema = Schema::default();
        assert_eq!(check_known_attributes(&wanted(&["name", "sub"]), &schema), Ok(()));
        assert_eq!(check_known_attributes(&wanted(&["name", "custom:nope"]), &schema), refused);
        assert_eq!(check_attributes_present(&wanted(&["name", "sub"]), &one), Ok(()));
        assert_eq!(check_attributes_present(&wanted(&["name"]), &both), refused);
        assert_eq!(check_attributes_present(&wanted(&["email", "sub"]), &both), Ok(()));
    }

    #[test]
    fn folded_prefix_is_a_prefix_of_the_folded_text() {
        for text in ["ΑΣΑ", "İstanbul", "ẞtraße", "ſx", "Ann"] {
            for (end, _) in text.char_indices() {
                assert!(folded(text).starts_with(&folded(&text[..end])), "{text}");
            }
        }
        assert_eq!(folded("ΑΣ"), folded("ας"));
    }
}
