//! What users can be looked for by: the filter of ListUsers, and the texts that a store keeps an index of.
//!
//! A filter is `AttributeName Filter-Type "AttributeValue"` (*Documented*, ListUsers). An index only narrows down: it
//! holds texts in lower case, and [`Filter::matches`] has the last word. So an index needs to know nothing of pools,
//! and a pool in which names that differ in case are two names finds both apart.

use std::collections::BTreeSet;

use crate::{attribute::schema::Schema, pool::Pool, refusal::Refusal, user::User};

/// Refuses attributes that are asked for and that the pool does not know.
pub fn check_known(wanted: &BTreeSet<String>, schema: &Schema) -> Result<(), Refusal> {
    let is_known = wanted.iter().all(|name| schema.get(name).is_some());
    if is_known { Ok(()) } else { Err(Refusal::AttributesUnknown) }
}

/// Refuses attributes that not every user found has a value of (*Documented*, ListUsers). Everybody has a `sub`.
pub fn check_set(wanted: &BTreeSet<String>, users: &[User]) -> Result<(), Refusal> {
    let has = |user: &User, name: &String| name == "sub" || user.attributes.get(name).is_some();
    let is_set = wanted.iter().all(|name| users.iter().all(|user| has(user, name)));
    if is_set { Ok(()) } else { Err(Refusal::AttributesUnknown) }
}

/// What of a user can be searched (*Documented*); custom attributes cannot.
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
    /// `cognito:user_status`, such as CONFIRMED.
    UserStatus,
    /// `status`: Enabled or Disabled.
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

    /// The fields that a store keeps an index of: those that tell users apart. A status does not, and a sub is the id
    /// under which its user lies.
    pub const INDEXED: [Field; 7] = [
        Field::Username,
        Field::Email,
        Field::PhoneNumber,
        Field::Name,
        Field::GivenName,
        Field::FamilyName,
        Field::PreferredUsername,
    ];

    /// Its name in a filter, and in an index.
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

    /// Whether a store keeps an index of it.
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

/// The texts under which an index has a user.
pub fn index_texts(user: &User) -> impl Iterator<Item = (Field, String)> {
    Field::INDEXED.into_iter().filter_map(|field| Some((field, folded(field.of(user)?))))
}

/// A text as an index has it: in lower case, letter by letter, so that the beginning of a text is folded to the
/// beginning of the folded text. A sigma at the end is one in the middle, for the same reason.
pub fn folded(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).map(|c| if c == 'ς' { 'σ' } else { c }).collect()
}

/// How a value is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `=`.
    Is,
    /// `^=`.
    BeginsWith,
}

/// A filter of users.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// What is compared.
    pub field: Field,
    /// How.
    pub comparison: Comparison,
    /// With what.
    pub value: String,
}

impl Filter {
    /// Reads a filter; an empty one is none (*Documented*).
    ///
    /// *Chosen*, where the documentation says nothing: blanks around the operator may be left out, the name may stand
    /// in quotation marks (the API reference's own example has it so), and a backslash before anything but a
    /// quotation mark or a backslash stands for itself.
    pub fn parse(text: &str) -> Result<Option<Self>, Refusal> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        let (name, rest) = match text.strip_prefix('"') {
            Some(rest) => rest.split_once('"').ok_or(Refusal::FilterForm)?,
            None => {
                let end = text.find(|c: char| c.is_whitespace() || matches!(c, '=' | '^' | '"'));
                text.split_at(end.ok_or(Refusal::FilterForm)?)
            }
        };
        let rest = rest.trim_start();
        let (comparison, rest) = match (rest.strip_prefix("^="), rest.strip_prefix('=')) {
            (Some(rest), _) => (Comparison::BeginsWith, rest),
            (None, Some(rest)) => (Comparison::Is, rest),
            (None, None) => return Err(Refusal::FilterForm),
        };
        let value = unquoted(rest.trim_start()).ok_or(Refusal::FilterForm)?;
        let field = Field::ALL.into_iter().find(|field| field.as_str() == name);
        let field = field.ok_or_else(|| Refusal::FilterAttribute(name.to_owned()))?;
        Ok(Some(Self { field, comparison, value }))
    }

    /// Whether this is a user whom the filter asks for.
    ///
    /// Usernames and `status` are compared case by case and `cognito:user_status` is not (*Documented*). *Chosen* for
    /// the rest, of which nothing is said: as the pool does with names.
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

/// What stands between quotation marks, if nothing else is there.
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
    fn the_grammar() {
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
            assert_eq!(Filter::parse(text), Err(Refusal::FilterForm), "{text}");
        }
        for name in ["custom:size", "Email", "address", "enabled", ""] {
            let refused = Err(Refusal::FilterAttribute(name.to_owned()));
            assert_eq!(Filter::parse(&format!(r#"{name} = "x""#)), refused, "{name}");
        }
    }

    #[test]
    fn what_matches() {
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
        for (text, here, there) in cases {
            let filter = Filter::parse(text).expect("good").expect("some");
            let met = (filter.matches(&sensitive, &user), filter.matches(&insensitive, &user));
            assert_eq!(met, (here, there), "{text}");
        }
    }

    #[test]
    fn an_index_has_lower_case_and_no_statuses() {
        let mut user = fixture::user("Ann");
        user.attributes.set("given_name", "ÄNN");
        user.attributes.set("custom:size", "5");
        let texts: Vec<_> = index_texts(&user).map(|(field, text)| (field.as_str(), text)).collect();
        let expected = [("username", "ann"), ("email", "ann@example.com"), ("given_name", "änn")];
        assert_eq!(texts, expected.map(|(field, text)| (field, text.to_owned())));
    }

    #[test]
    fn what_is_asked_of_users_must_be_known_and_set() {
        let wanted = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
        let refused = Err(Refusal::AttributesUnknown);
        let mut named = fixture::user("ann");
        named.attributes.set("name", "Ann");
        let (one, both) = ([named.clone()], [named, fixture::user("bob")]);
        let schema = Schema::default();
        assert_eq!(check_known(&wanted(&["name", "sub"]), &schema), Ok(()));
        assert_eq!(check_known(&wanted(&["name", "custom:nope"]), &schema), refused);
        assert_eq!(check_set(&wanted(&["name", "sub"]), &one), Ok(()));
        assert_eq!(check_set(&wanted(&["name"]), &both), refused);
        assert_eq!(check_set(&wanted(&["email", "sub"]), &both), Ok(()));
    }

    #[test]
    fn a_beginning_stays_one_when_folded() {
        for text in ["ΑΣΑ", "İstanbul", "ẞtraße", "ſx", "Ann"] {
            for (end, _) in text.char_indices() {
                assert!(folded(text).starts_with(&folded(&text[..end])), "{text}");
            }
        }
        assert_eq!(folded("ΑΣ"), folded("ας"));
    }
}
