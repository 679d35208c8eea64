//! The schema of a pool: which attributes there are, and which values they take.
//!
//! The standard attributes are those of OpenID Connect as every new pool lists them; custom ones begin with
//! `custom:`. Formats of contacts belong to [`crate::attribute::contact`], permissions to [`crate::client`].

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{
    attribute::{Attributes, Given},
    refusal::{EntryFault, Refusal},
};

/// How many custom attributes a pool can have (*Documented*, cog-0263).
pub const MOST_CUSTOM_ATTRIBUTES: usize = 50;

/// What an attribute holds. Values are text all the same; the type says what the text must look like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DataType {
    /// Text, its length in characters between the two bounds.
    String {
        /// Fewest characters.
        min: Option<u32>,
        /// Most characters.
        max: Option<u32>,
    },
    /// A whole number between the two bounds.
    Number {
        /// Least value.
        min: Option<i64>,
        /// Greatest value.
        max: Option<i64>,
    },
    /// An instant, as text or as seconds since the epoch.
    DateTime,
    /// `true` or `false`.
    Boolean,
}

/// One attribute of a schema.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttributeSpec {
    /// What it holds.
    pub data_type: DataType,
    /// Whether it may change after it was first set.
    pub mutable: bool,
    /// Whether a user must have it.
    pub required: bool,
    /// Whether only an administrator may write it (`dev:` attributes, an older way).
    pub developer_only: bool,
}

/// The attributes of a pool by name; custom ones carry their prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schema(BTreeMap<String, AttributeSpec>);

/// What is wrong with an attribute, without words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaFault {
    /// The attribute.
    pub attribute: String,
    /// What is wrong with it.
    pub kind: SchemaFaultKind,
}

/// The ways in which an attribute can break the schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SchemaFaultKind {
    /// No such attribute.
    Unknown,
    /// Required and absent.
    Required,
    /// Set at creation or never.
    Immutable,
    /// Fewer characters than the bound.
    TooShort(u32),
    /// More characters than the bound.
    TooLong(u32),
    /// Not a whole number.
    NotANumber,
    /// Below the bound.
    TooSmall(i64),
    /// Above the bound.
    TooLarge(i64),
    /// Neither `true` nor `false`.
    NotABoolean,
    /// Not an instant.
    NotADateTime,
    /// Not a date of the form YYYY-MM-DD.
    NotADate,
}

/// The standard attributes that hold text, with the bounds that a new pool lists (*Documented*).
const STANDARD_TEXTS: [(&str, u32, u32); 17] = [
    ("name", 0, 2048),
    ("given_name", 0, 2048),
    ("family_name", 0, 2048),
    ("middle_name", 0, 2048),
    ("nickname", 0, 2048),
    ("preferred_username", 0, 2048),
    ("profile", 0, 2048),
    ("picture", 0, 2048),
    ("website", 0, 2048),
    ("email", 0, 2048),
    ("gender", 0, 2048),
    ("birthdate", 10, 10),
    ("zoneinfo", 0, 2048),
    ("locale", 0, 2048),
    ("phone_number", 0, 2048),
    ("address", 0, 2048),
    ("identities", 0, 2048),
];

impl Default for Schema {
    fn default() -> Self {
        let text = |min, max| AttributeSpec {
            data_type: DataType::String { min: Some(min), max: Some(max) },
            mutable: true,
            required: false,
            developer_only: false,
        };
        let of =
            |data_type| AttributeSpec { data_type, mutable: true, required: false, developer_only: false };
        let mut all: BTreeMap<_, _> =
            STANDARD_TEXTS.into_iter().map(|(name, min, max)| (name.to_owned(), text(min, max))).collect();
        all.insert("sub".into(), AttributeSpec { mutable: false, required: true, ..text(1, 2048) });
        all.insert("email_verified".into(), of(DataType::Boolean));
        all.insert("phone_number_verified".into(), of(DataType::Boolean));
        all.insert("updated_at".into(), of(DataType::Number { min: Some(0), max: None }));
        Self(all)
    }
}

impl Schema {
    /// The specification of `name`, prefix included.
    pub fn get(&self, name: &str) -> Option<&AttributeSpec> {
        self.0.get(name)
    }

    /// Names and specifications in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &AttributeSpec)> {
        self.0.iter().map(|(name, spec)| (name.as_str(), spec))
    }

    /// The attributes that are not as in every new pool, custom ones among them.
    pub fn into_changed(self) -> BTreeMap<String, AttributeSpec> {
        let standard = Self::default();
        self.0.into_iter().filter(|(name, spec)| standard.get(name) != Some(spec)).collect()
    }

    /// The schema in which these attributes are not as in every new pool.
    pub fn of_changed(changed: BTreeMap<String, AttributeSpec>) -> Self {
        let mut all = Self::default();
        all.0.extend(changed);
        all
    }

    /// Whether `name` is a standard attribute of any pool.
    pub fn is_standard(name: &str) -> bool {
        matches!(name, "sub" | "email_verified" | "phone_number_verified" | "updated_at")
            || STANDARD_TEXTS.iter().any(|(standard, ..)| *standard == name)
    }

    /// Adds what CreateUserPool asks for; names come without the `custom:` prefix.
    ///
    /// A standard name changes the standard attribute, any other makes a custom one. Refuses a name given twice, a
    /// standard attribute with another type or kept from users, a required custom attribute (*Documented*: only
    /// standard attributes can be required), bounds in the wrong order and more custom attributes than a pool holds.
    /// Each refusal but the last was seen in public reports of the live service.
    pub fn extended(&self, asked: Vec<(String, AttributeSpec)>) -> Result<Schema, Refusal> {
        let (standard, custom): (Vec<_>, Vec<_>) =
            asked.into_iter().partition(|(name, _)| Self::is_standard(name));
        let mut all = self.clone();
        let mut seen = BTreeSet::new();
        for (name, spec) in standard {
            if !seen.insert(name.clone()) {
                return Err(Refusal::SchemaEntry(EntryFault::Twice(name)));
            }
            let same_type = all.get(&name).is_some_and(|standard| {
                std::mem::discriminant(&standard.data_type) == std::mem::discriminant(&spec.data_type)
            });
            if !same_type || spec.developer_only {
                return Err(Refusal::SchemaEntry(EntryFault::Retyped(name)));
            }
            check_bounds(&name, &spec.data_type)?;
            all.0.insert(name, spec);
        }
        all.with_custom_attributes(custom)
    }

    /// Adds what AddCustomAttributes asks for. Every name makes a custom attribute here, that of a standard one too:
    /// `sub` makes `custom:sub` (reported of the live service).
    pub fn with_custom_attributes(&self, asked: Vec<(String, AttributeSpec)>) -> Result<Schema, Refusal> {
        let mut all = self.0.clone();
        let mut seen = BTreeSet::new();
        for (name, spec) in asked {
            let prefix = if spec.developer_only { "dev:custom:" } else { "custom:" };
            let name = format!("{prefix}{name}");
            if spec.required {
                return Err(Refusal::SchemaEntry(EntryFault::Required(name)));
            }
            check_bounds(&name, &spec.data_type)?;
            if !seen.insert(name.clone()) {
                return Err(Refusal::SchemaEntry(EntryFault::Twice(name)));
            }
            if all.insert(name.clone(), spec).is_some() {
                return Err(Refusal::SchemaEntry(EntryFault::Exists(name)));
            }
        }
        if all.keys().filter(|name| !Self::is_standard(name)).count() > MOST_CUSTOM_ATTRIBUTES {
            return Err(Refusal::SchemaEntry(EntryFault::TooMany));
        }
        Ok(Self(all))
    }

    /// Reads the attributes of a user who signs up: as [`Schema::check_given`], and nothing required is missing.
    ///
    /// An empty string satisfies "required" (cog-0372). What is missing is told after what was sent (*Chosen*), in the
    /// order of the standard attributes.
    pub fn check_new_user(&self, given: &[Given]) -> Result<Attributes, Refusal> {
        let (attributes, mut faults) = self.read(given)?;
        let required = self.iter().filter(|(name, spec)| spec.required && *name != "sub");
        let mut missing: Vec<&str> =
            required.map(|(name, _)| name).filter(|name| attributes.get(name).is_none()).collect();
        missing.sort_by_key(|name| STANDARD_TEXTS.iter().position(|(standard, ..)| standard == name));
        faults.extend(
            missing
                .into_iter()
                .map(|name| SchemaFault { attribute: name.to_owned(), kind: SchemaFaultKind::Required }),
        );
        refuse(faults)?;
        Ok(attributes)
    }

    /// Reads the attributes of a user whom an administrator creates: every value present, every name known, every
    /// value in bounds. What is required may be given at the first sign-in (*Documented*), what the service itself
    /// keeps may not be given (reported for `sub`).
    pub fn check_given(&self, given: &[Given]) -> Result<Attributes, Refusal> {
        check_not_kept(given)?;
        let (attributes, faults) = self.read(given)?;
        refuse(faults)?;
        Ok(attributes)
    }

    /// Reads new values for attributes of a user who is there; an empty one takes the attribute away (*Documented*).
    ///
    /// What the service keeps is refused first, then a value that is absent, then everything else together
    /// (*Observed*, in the tests of a public application against the live service: that of cog-0343). An immutable
    /// attribute is refused whatever its new value and whether or not it was ever set (*Observed*, there too); *Chosen*:
    /// a required one cannot be taken away.
    pub fn check_update(&self, given: &[Given]) -> Result<Attributes, Refusal> {
        check_not_kept(given)?;
        let attributes = values_of(given)?;
        refuse(faults_of(given, &attributes, |name, value| match self.get(name) {
            Some(spec) if !spec.mutable => Some(SchemaFaultKind::Immutable),
            Some(spec) if spec.required && value.is_empty() => Some(SchemaFaultKind::Required),
            _ => self.fault_of(name, value),
        }))?;
        Ok(attributes)
    }

    /// Refuses to take attributes away that are unknown, immutable or required (*Chosen* to be told as for an update),
    /// and those that the service keeps, the verified flags among them: they go with their contact.
    pub fn check_removal(&self, names: &[String]) -> Result<(), Refusal> {
        let is_kept = |name: &&String| is_kept(name) || is_verified_flag(name);
        if let Some(kept) = names.iter().find(is_kept) {
            return Err(Refusal::AttributeKept(kept.clone()));
        }
        let given: Vec<_> =
            names.iter().map(|name| Given { name: name.clone(), value: Some(String::new()) }).collect();
        self.check_update(&given).map(|_| ())
    }

    fn read(&self, given: &[Given]) -> Result<(Attributes, Vec<SchemaFault>), Refusal> {
        let attributes = values_of(given)?;
        let faults = faults_of(given, &attributes, |name, value| self.fault_of(name, value));
        Ok((attributes, faults))
    }

    /// What is wrong with this value of this attribute. An empty string is not held against the bounds (cog-0079).
    pub fn fault_of(&self, name: &str, value: &str) -> Option<SchemaFaultKind> {
        let Some(spec) = self.get(name) else { return Some(SchemaFaultKind::Unknown) };
        if value.is_empty() {
            return None;
        }
        match &spec.data_type {
            DataType::String { min, max } => {
                let length = u32::try_from(value.chars().count()).unwrap_or(u32::MAX);
                match (min, max) {
                    (Some(min), _) if length < *min => Some(SchemaFaultKind::TooShort(*min)),
                    (_, Some(max)) if length > *max => Some(SchemaFaultKind::TooLong(*max)),
                    _ if name == "birthdate" && !is_date(value) => Some(SchemaFaultKind::NotADate),
                    _ => None,
                }
            }
            DataType::Number { min, max } => match value.parse::<i64>() {
                Err(_) => Some(SchemaFaultKind::NotANumber),
                Ok(number) => match (min, max) {
                    (Some(min), _) if number < *min => Some(SchemaFaultKind::TooSmall(*min)),
                    (_, Some(max)) if number > *max => Some(SchemaFaultKind::TooLarge(*max)),
                    _ => None,
                },
            },
            // *Documented* with a capital (`True`), which Python's `str` writes too.
            DataType::Boolean => (!["true", "false"].iter().any(|word| word.eq_ignore_ascii_case(value)))
                .then_some(SchemaFaultKind::NotABoolean),
            DataType::DateTime => {
                let is_instant = value.parse::<f64>().is_ok_and(f64::is_finite)
                    || value.split_once('T').map_or_else(|| is_date(value), |(date, _)| is_date(date));
                (!is_instant).then_some(SchemaFaultKind::NotADateTime)
            }
        }
    }
}

/// The values that were given. One that is absent stops at once (cog-0371); of two for one name the last counts
/// (*Chosen*).
fn values_of(given: &[Given]) -> Result<Attributes, Refusal> {
    let mut attributes = Attributes::default();
    for one in given {
        match &one.value {
            None => return Err(Refusal::AttributeWithoutValue(one.name.clone())),
            Some(value) => attributes.set(one.name.clone(), value.clone()),
        }
    }
    Ok(attributes)
}

/// What is wrong with each value, in the order sent: it goes into one refusal, as the service joins its clauses
/// (cog-0089).
fn faults_of(
    given: &[Given],
    attributes: &Attributes,
    fault_of: impl Fn(&str, &str) -> Option<SchemaFaultKind>,
) -> Vec<SchemaFault> {
    let mut seen = BTreeSet::new();
    let names = given.iter().map(|one| one.name.as_str()).filter(|name| seen.insert(*name));
    names
        .filter_map(|name| {
            let kind = fault_of(name, attributes.get(name)?)?;
            Some(SchemaFault { attribute: name.to_owned(), kind })
        })
        .collect()
}

fn refuse(faults: Vec<SchemaFault>) -> Result<(), Refusal> {
    if faults.is_empty() { Ok(()) } else { Err(Refusal::Schema(faults)) }
}

/// What nobody may write: the id, and the links to identity providers.
fn is_kept(name: &str) -> bool {
    matches!(name, "sub" | "identities")
}

fn is_verified_flag(name: &str) -> bool {
    matches!(name, "email_verified" | "phone_number_verified")
}

fn check_not_kept(given: &[Given]) -> Result<(), Refusal> {
    match given.iter().find(|one| is_kept(&one.name)) {
        Some(kept) => Err(Refusal::AttributeKept(kept.name.clone())),
        None => Ok(()),
    }
}

/// Refuses a least value or length above the greatest.
fn check_bounds(name: &str, data_type: &DataType) -> Result<(), Refusal> {
    let (crossed, text) = match data_type {
        DataType::String { min: Some(min), max: Some(max) } => (min > max, true),
        DataType::Number { min: Some(min), max: Some(max) } => (min > max, false),
        _ => (false, false),
    };
    if crossed {
        Err(Refusal::SchemaEntry(EntryFault::BoundsOrder { attribute: name.to_owned(), text }))
    } else {
        Ok(())
    }
}

/// `YYYY-MM-DD` with a month and a day that exist; OpenID Connect allows the year 0000 for "not told".
fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return false };
    let number = |part: &str, width: usize| {
        (part.len() == width && part.bytes().all(|b| b.is_ascii_digit()))
            .then(|| part.parse::<u32>().ok())
            .flatten()
    };
    let (Some(year), Some(month), Some(day)) = (number(year, 4), number(month, 2), number(day, 2)) else {
        return false;
    };
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        _ => return false,
    };
    (1..=days).contains(&day)
}

#[cfg(test)]
#[path = "schema_tests.rs"]
mod tests;
