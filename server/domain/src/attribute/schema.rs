//! The schema of a pool: its attributes and the values that they allow.
//!
//! The standard attributes are those of OpenID Connect, as every new pool lists them. Names of custom attributes begin
//! with `custom:`. The valid forms of contacts are in [`crate::attribute::contact`], permissions in [`crate::client`].

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{
    attribute::{AttributeInput, Attributes},
    refusal::{EntryFault, Refusal},
};

/// The maximum number of custom attributes of a pool (*Documented*, cog-0263).
pub const MAX_CUSTOM_ATTRIBUTES: usize = 50;

/// The data type of an attribute. All values are stored as text; the type restricts the text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DataType {
    /// Text with a length between two bounds.
    String {
        /// The minimum number of characters.
        min: Option<u32>,
        /// The maximum number of characters.
        max: Option<u32>,
    },
    /// An integer between two bounds.
    Number {
        /// The minimum value.
        min: Option<i64>,
        /// The maximum value.
        max: Option<i64>,
    },
    /// An instant, as text or as seconds since the epoch.
    DateTime,
    /// `true` or `false`.
    Boolean,
}

/// The definition of one attribute in a schema.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttributeSpec {
    /// The data type.
    pub data_type: DataType,
    /// Whether the value can be changed after the user was created.
    pub mutable: bool,
    /// Whether every user must have the attribute.
    pub required: bool,
    /// Whether only an administrator can write the attribute (`dev:` attributes, an older feature).
    pub developer_only: bool,
}

/// The attributes of a pool by name. Names of custom attributes include their prefix.
///
/// # Examples
///
/// ```
/// use lido_domain::attribute::schema::{Schema, SchemaFaultKind};
///
/// let schema = Schema::default();
/// assert_eq!(schema.find_fault("birthdate", "1992-02-29"), None);
/// assert_eq!(schema.find_fault("birthdate", "29.02.1992"), Some(SchemaFaultKind::NotADate));
/// assert_eq!(schema.find_fault("custom:size", "5"), Some(SchemaFaultKind::Unknown));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schema(BTreeMap<String, AttributeSpec>);

/// A violation of the schema by one attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaFault {
    /// The name of the attribute.
    pub attribute: String,
    /// The kind of the violation.
    pub kind: SchemaFaultKind,
}

/// The ways in which an attribute can violate the schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SchemaFaultKind {
    /// The schema has no such attribute.
    Unknown,
    /// The attribute is required and absent.
    Required,
    /// The attribute is required and cannot be removed.
    RequiredRemoved,
    /// The attribute can only be set when the user is created.
    Immutable,
    /// The value has fewer characters than this minimum.
    TooShort(u32),
    /// The value has more characters than this maximum.
    TooLong(u32),
    /// The value is not an integer.
    NotANumber,
    /// The value is less than this minimum.
    TooSmall(i64),
    /// The value is greater than this maximum.
    TooLarge(i64),
    /// The value is neither `true` nor `false`.
    NotABoolean,
    /// The value is not an instant.
    NotADateTime,
    /// The value is not a date of the form YYYY-MM-DD.
    NotADate,
}

/// The standard attributes of type String, with the minimum and maximum length in a new pool (*Documented*).
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
    /// Returns the definition of the attribute `name`, or `None` if the schema lacks it. The name of a custom attribute
    /// includes its prefix, such as `custom:`.
    pub fn get(&self, name: &str) -> Option<&AttributeSpec> {
        self.0.get(name)
    }

    /// Returns the names and definitions, ordered by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &AttributeSpec)> {
        self.0.iter().map(|(name, spec)| (name.as_str(), spec))
    }

    /// Returns the attributes that differ from those of a new pool, including the custom attributes.
    pub fn into_changed(self) -> BTreeMap<String, AttributeSpec> {
        let standard = Self::default();
        self.0.into_iter().filter(|(name, spec)| standard.get(name) != Some(spec)).collect()
    }

    /// Creates the schema from the attributes that [`Schema::into_changed`] returned.
    pub fn from_changed(changed: BTreeMap<String, AttributeSpec>) -> Self {
        let mut all = Self::default();
        all.0.extend(changed);
        all
    }

    /// Returns whether `name` is a standard attribute.
    pub fn is_standard(name: &str) -> bool {
        matches!(name, "sub" | "email_verified" | "phone_number_verified" | "updated_at")
            || STANDARD_TEXTS.iter().any(|(standard, ..)| *standard == name)
    }

    /// Returns whether `name` in a CreateUserPool request is the standard attribute of this name.
    ///
    /// `email_verified` and `phone_number_verified` are standard attributes, but in a request these names define custom
    /// attributes (reported by the service's team, api-0088).
    pub fn is_configurable(name: &str) -> bool {
        Self::is_standard(name) && !is_verified_flag(name)
    }

    /// Returns the schema with the attributes of a CreateUserPool request. Their names have no `custom:` prefix.
    ///
    /// A standard name changes the standard attribute; any other name adds a custom attribute.
    ///
    /// # Errors
    ///
    /// [`Refusal::SchemaEntry`] if a name occurs twice, a standard attribute has another type or is developer-only, a
    /// custom attribute is required (*Documented*: only standard attributes can be), a minimum exceeds its maximum, or
    /// the pool would have too many custom attributes. All of these but the last are *Observed* in public reports.
    pub fn extended(&self, attributes: Vec<(String, AttributeSpec)>) -> Result<Schema, Refusal> {
        let (standard, custom): (Vec<_>, Vec<_>) =
            attributes.into_iter().partition(|(name, _)| Self::is_configurable(name));
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
                return Err(Refusal::SchemaEntry(EntryFault::StandardAttributeRedefined(name)));
            }
            check_bounds(&name, &spec.data_type)?;
            all.0.insert(name, spec);
        }
        all.with_custom_attributes(custom)
    }

    /// Returns the schema with the attributes of an AddCustomAttributes request.
    ///
    /// Every name adds a custom attribute, even the name of a standard one: `sub` adds `custom:sub` (*Observed* in
    /// public reports).
    ///
    /// # Errors
    ///
    /// [`Refusal::SchemaEntry`], in the cases of [`Schema::extended`] that concern custom attributes, and if the
    /// attribute exists already.
    pub fn with_custom_attributes(
        &self,
        attributes: Vec<(String, AttributeSpec)>,
    ) -> Result<Schema, Refusal> {
        let mut all = self.0.clone();
        let mut seen = BTreeSet::new();
        for (name, spec) in attributes {
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
        if all.keys().filter(|name| !Self::is_standard(name)).count() > MAX_CUSTOM_ATTRIBUTES {
            return Err(Refusal::SchemaEntry(EntryFault::TooMany));
        }
        Ok(Self(all))
    }

    /// Returns the attributes of a user who signs up, if they follow the schema and no required one is missing.
    ///
    /// An empty string counts as a value of a required attribute (cog-0372).
    ///
    /// # Errors
    ///
    /// [`Refusal::AttributeWithoutValue`] if a value is missing, else [`Refusal::Schema`] with all faults: first those
    /// of the attributes that were sent, then the missing ones in the order of the standard attributes (*Chosen*).
    pub fn check_new_user(&self, given: &[AttributeInput]) -> Result<Attributes, Refusal> {
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

    /// Returns the attributes of a user that an administrator creates, if they follow the schema.
    ///
    /// Required attributes can be missing, because the user can supply them at the first sign-in (*Documented*).
    ///
    /// # Errors
    ///
    /// [`Refusal::AttributeReserved`] if an attribute can only be set by the service (*Observed* for a
    /// verified flag, pub-0021), [`Refusal::AttributeWithoutValue`] if a value is missing, else [`Refusal::Schema`] with all faults.
    pub fn check_admin_created_user(&self, given: &[AttributeInput]) -> Result<Attributes, Refusal> {
        check_not_reserved(given)?;
        let (attributes, faults) = self.read(given)?;
        refuse(faults)?;
        Ok(attributes)
    }

    /// Returns the new values for attributes of an existing user. An empty value removes the attribute (*Documented*).
    ///
    /// # Errors
    ///
    /// In this order, *Observed* in the tests of a public application against the live service (the source of
    /// cog-0343): [`Refusal::AttributeReserved`] if an attribute can only be set by the service,
    /// [`Refusal::AttributeWithoutValue`] if a value is missing, else [`Refusal::Schema`] with all faults. An immutable
    /// attribute is refused with any value, even if it was never set (*Observed* there too). A required attribute
    /// cannot be removed (*Observed*, api-0327).
    pub fn check_update(&self, given: &[AttributeInput]) -> Result<Attributes, Refusal> {
        check_not_reserved(given)?;
        let attributes = values_of(given)?;
        refuse(faults_of(given, &attributes, |name, value| match self.get(name) {
            Some(spec) if !spec.mutable => Some(SchemaFaultKind::Immutable),
            Some(spec) if spec.required && value.is_empty() => Some(SchemaFaultKind::RequiredRemoved),
            _ => self.find_fault(name, value),
        }))?;
        Ok(attributes)
    }

    /// Refuses to remove attributes that are unknown, immutable, required, or can only be set by the service.
    ///
    /// *Chosen*: the refusals are those of [`Schema::check_update`]. The verified flags are refused too, because each
    /// is removed together with its contact.
    pub fn check_removal(&self, names: &[String]) -> Result<(), Refusal> {
        let is_refused = |name: &&String| is_reserved(name) || is_verified_flag(name);
        if let Some(reserved) = names.iter().find(is_refused) {
            return Err(Refusal::AttributeReserved(reserved.clone()));
        }
        let given: Vec<_> = names
            .iter()
            .map(|name| AttributeInput { name: name.clone(), value: Some(String::new()) })
            .collect();
        self.check_update(&given).map(|_| ())
    }

    fn read(&self, given: &[AttributeInput]) -> Result<(Attributes, Vec<SchemaFault>), Refusal> {
        let attributes = values_of(given)?;
        let faults = faults_of(given, &attributes, |name, value| self.find_fault(name, value));
        Ok((attributes, faults))
    }

    /// Returns the violation of the schema by this value, if any. An empty value violates no bounds (cog-0079).
    pub fn find_fault(&self, name: &str, value: &str) -> Option<SchemaFaultKind> {
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
            // *Documented* as `True`, which is also what Python's `str` writes.
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

/// Returns the values that the caller sent. A missing value is refused at once (cog-0371). If a name occurs twice, the
/// last value counts (*Chosen*).
fn values_of(given: &[AttributeInput]) -> Result<Attributes, Refusal> {
    let mut attributes = Attributes::default();
    for one in given {
        match &one.value {
            None => return Err(Refusal::AttributeWithoutValue(one.name.clone())),
            Some(value) => attributes.set(one.name.clone(), value.clone()),
        }
    }
    Ok(attributes)
}

/// Returns the faults of all attributes in the order in which they were sent. The service reports them in one message
/// (cog-0089).
fn faults_of(
    given: &[AttributeInput],
    attributes: &Attributes,
    find_fault: impl Fn(&str, &str) -> Option<SchemaFaultKind>,
) -> Vec<SchemaFault> {
    let mut seen = BTreeSet::new();
    let names = given.iter().map(|one| one.name.as_str()).filter(|name| seen.insert(*name));
    names
        .filter_map(|name| {
            let kind = find_fault(name, attributes.get(name)?)?;
            Some(SchemaFault { attribute: name.to_owned(), kind })
        })
        .collect()
}

fn refuse(faults: Vec<SchemaFault>) -> Result<(), Refusal> {
    if faults.is_empty() { Ok(()) } else { Err(Refusal::Schema(faults)) }
}

/// Returns whether only the service can set the attribute: the id, and the links to identity providers.
fn is_reserved(name: &str) -> bool {
    matches!(name, "sub" | "identities")
}

fn is_verified_flag(name: &str) -> bool {
    matches!(name, "email_verified" | "phone_number_verified")
}

fn check_not_reserved(given: &[AttributeInput]) -> Result<(), Refusal> {
    match given.iter().find(|one| is_reserved(&one.name)) {
        Some(reserved) => Err(Refusal::AttributeReserved(reserved.name.clone())),
        None => Ok(()),
    }
}

/// Refuses a minimum that is greater than its maximum.
fn check_bounds(name: &str, data_type: &DataType) -> Result<(), Refusal> {
    let (crossed, text) = match data_type {
        DataType::String { min: Some(min), max: Some(max) } => (min > max, true),
        DataType::Number { min: Some(min), max: Some(max) } => (min > max, false),
        _ => (false, false),
    };
    if crossed {
        Err(Refusal::SchemaEntry(EntryFault::BoundsReversed { attribute: name.to_owned(), text }))
    } else {
        Ok(())
    }
}

/// Returns whether the text is a date `YYYY-MM-DD` that exists. OpenID Connect allows the year 0000 for an omitted
/// year.
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
