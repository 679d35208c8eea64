//! Applies `model/corrections.json`: where the service is known to differ from the published model.
//!
//! Each correction sets or removes one trait, changes the target of a member, adds an error to an operation, or adds a value
//! to an enum, and has a reason and a source. A correction that changes nothing is an error: AWS has corrected or removed the shape, and the
//! correction must be removed by hand.

use anyhow::{Context as _, bail};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// All corrections, in the order of the file.
#[derive(Debug)]
pub(super) struct Corrections(Vec<Correction>);

#[derive(Debug, Deserialize)]
struct Correction {
    /// The absolute id of the shape.
    shape: String,
    /// The member, if the correction is about a member.
    member: Option<String>,
    #[serde(flatten)]
    change: Change,
    /// Why the published model is wrong.
    reason: String,
    /// The evidence.
    source: String,
}

/// The change that a correction makes.
#[derive(Debug, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Change {
    Trait {
        /// The absolute id of the trait.
        #[serde(rename = "trait")]
        id: String,
        /// The value of the trait; null removes it.
        value: Value,
    },
    Target {
        /// The absolute id of the new target of the member.
        target: String,
    },
    Error {
        /// The absolute id of the error that is added.
        error: String,
    },
    EnumValue {
        /// The value that is added. It is the name of the member too, as for the published values.
        #[serde(rename = "enumValue")]
        value: String,
    },
}

impl Corrections {
    /// Parses the file.
    pub(super) fn read(text: &[u8]) -> anyhow::Result<Self> {
        let corrections: Vec<Correction> = serde_json::from_slice(text)?;
        for correction in &corrections {
            if correction.reason.trim().is_empty() || correction.source.trim().is_empty() {
                bail!("the correction of {} has no reason or no source", correction.name());
            }
        }
        Ok(Self(corrections))
    }

    /// Returns the number of corrections.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Changes the shapes of `document`.
    ///
    /// # Errors
    /// Returns an error with a line for each correction that has no target or changes nothing.
    pub(super) fn apply(&self, document: &mut Value) -> anyhow::Result<()> {
        let shapes = document
            .get_mut("shapes")
            .and_then(Value::as_object_mut)
            .context("the document has no shapes")?;
        let problems: Vec<String> =
            self.0.iter().filter_map(|correction| correction.apply(shapes).err()).collect();
        if !problems.is_empty() {
            bail!("{}", problems.join("\n"));
        }
        Ok(())
    }
}

impl Correction {
    /// Returns the shape, member and trait for messages.
    fn name(&self) -> String {
        let member = self.member.as_ref().map(|member| format!("${member}")).unwrap_or_default();
        let what = match &self.change {
            Change::Trait { id, .. } => id,
            Change::Target { .. } => "target",
            Change::Error { error } => error,
            Change::EnumValue { value } => value,
        };
        format!("{}{member} {what}", self.shape)
    }

    fn apply(&self, shapes: &mut Map<String, Value>) -> Result<(), String> {
        let gone = || {
            format!(
                "the correction of {} has no target any more; remove it from model/corrections.json",
                self.name()
            )
        };
        let shape = shapes.get_mut(&self.shape).ok_or_else(gone)?;
        let target = match &self.member {
            Some(member) => {
                // The parts of a list or map are fields of the shape, the members of a structure are fields of `members`.
                let has_members = shape.get("members").is_some();
                let parts = if has_members { shape.get_mut("members") } else { Some(shape) };
                parts.and_then(|parts| parts.get_mut(member)).ok_or_else(gone)?
            }
            None => shape,
        };
        let target = target.as_object_mut().ok_or_else(gone)?;
        let is_unchanged = match &self.change {
            Change::Trait { id, value } => set_trait(target, id, value).ok_or_else(gone)?,
            Change::Target { target: to } => {
                let before = target.get_mut("target").ok_or_else(gone)?;
                std::mem::replace(before, Value::String(to.clone())) == *to.as_str()
            }
            Change::Error { error } => {
                let errors = target.get_mut("errors").and_then(Value::as_array_mut).ok_or_else(gone)?;
                let error = json!({ "target": error });
                let is_there = errors.contains(&error);
                errors.push(error);
                is_there
            }
            Change::EnumValue { value } => {
                let values = target.get_mut("members").and_then(Value::as_object_mut).ok_or_else(gone)?;
                let member = json!({
                    "target": "smithy.api#Unit", "traits": { "smithy.api#enumValue": value },
                });
                values.insert(value.clone(), member).is_some()
            }
        };
        if is_unchanged {
            return Err(format!(
                "the correction of {} changes nothing any more; remove it from model/corrections.json",
                self.name()
            ));
        }
        Ok(())
    }
}

/// Sets or removes a trait. Returns whether this changed nothing, and `None` if the traits are not an object.
fn set_trait(target: &mut Map<String, Value>, id: &str, value: &Value) -> Option<bool> {
    let traits = target.entry("traits").or_insert_with(|| Value::Object(Map::new())).as_object_mut()?;
    let before = traits.get(id).cloned().unwrap_or_default();
    if value.is_null() {
        traits.shift_remove(id);
    } else {
        traits.insert(id.to_owned(), value.clone());
    }
    if traits.is_empty() {
        target.shift_remove("traits");
    }
    Some(before == *value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document() -> Value {
        json!({"smithy": "2.0", "shapes": {
            "a#Text": {"type": "string", "traits": {"smithy.api#pattern": "x", "smithy.api#sensitive": {}}},
            "a#Thing": {"type": "structure", "members": {"m": {"target": "a#Text", "traits": {"smithy.api#required": {}}}}},
            "a#Things": {"type": "list", "member": {"target": "a#Thing"}},
            "a#Do": {"type": "operation", "errors": [{"target": "a#Bad"}]},
            "a#Colour": {"type": "enum", "members": {
                "RED": {"target": "smithy.api#Unit", "traits": {"smithy.api#enumValue": "RED"}}}},
        }})
    }

    fn correct(shape: &str, member: Option<&str>, id: &str, value: Value) -> anyhow::Result<Value> {
        let mut correction =
            json!({"shape": shape, "trait": id, "value": value, "reason": "r", "source": "s"});
        if let Some(member) = member {
            correction["member"] = json!(member);
        }
        let corrections = Corrections::read(json!([correction]).to_string().as_bytes())?;
        let mut document = document();
        corrections.apply(&mut document)?;
        Ok(document["shapes"][shape].take())
    }

    #[test]
    fn traits_are_set_and_removed() {
        let shape = correct("a#Text", None, "smithy.api#pattern", json!("y")).unwrap();
        assert_eq!(shape["traits"], json!({"smithy.api#pattern": "y", "smithy.api#sensitive": {}}));
        let shape = correct("a#Text", None, "smithy.api#sensitive", Value::Null).unwrap();
        assert_eq!(shape["traits"], json!({"smithy.api#pattern": "x"}));
        let shape = correct("a#Thing", Some("m"), "smithy.api#required", Value::Null).unwrap();
        assert_eq!(shape["members"]["m"], json!({"target": "a#Text"}));
        let shape = correct("a#Things", Some("member"), "a#t", json!(1)).unwrap();
        assert_eq!(shape["member"]["traits"], json!({"a#t": 1}));
    }

    #[test]
    fn target_of_member_is_changed() {
        let point = |to: &str| {
            let correction =
                json!([{"shape": "a#Thing", "member": "m", "target": to, "reason": "r", "source": "s"}]);
            let mut document = document();
            Corrections::read(correction.to_string().as_bytes())?.apply(&mut document)?;
            anyhow::Ok(document["shapes"]["a#Thing"]["members"]["m"]["target"].take())
        };
        assert_eq!(point("b#Other").unwrap(), "b#Other");
        assert!(point("a#Text").unwrap_err().to_string().contains("a#Thing$m target changes nothing"));
    }

    #[test]
    fn error_is_added_to_operation() {
        let give = |error: &str, shape: &str| {
            let correction = json!([{"shape": shape, "error": error, "reason": "r", "source": "s"}]);
            let mut document = document();
            Corrections::read(correction.to_string().as_bytes())?.apply(&mut document)?;
            anyhow::Ok(document["shapes"][shape]["errors"].take())
        };
        assert_eq!(give("a#Worse", "a#Do").unwrap(), json!([{"target": "a#Bad"}, {"target": "a#Worse"}]));
        assert!(give("a#Bad", "a#Do").unwrap_err().to_string().contains("a#Do a#Bad changes nothing"));
        assert!(give("a#Bad", "a#Thing").unwrap_err().to_string().contains("has no target"));
    }

    #[test]
    fn value_is_added_to_enum() {
        let give = |value: &str, shape: &str| {
            let correction = json!([{"shape": shape, "enumValue": value, "reason": "r", "source": "s"}]);
            let mut document = document();
            Corrections::read(correction.to_string().as_bytes())?.apply(&mut document)?;
            anyhow::Ok(document["shapes"][shape]["members"].take())
        };
        let values = give("GREEN", "a#Colour").unwrap();
        assert_eq!(values["GREEN"]["traits"], json!({"smithy.api#enumValue": "GREEN"}));
        let names: Vec<&String> = values.as_object().unwrap().keys().collect();
        assert_eq!(names, ["RED", "GREEN"]);
        assert!(give("RED", "a#Colour").unwrap_err().to_string().contains("a#Colour RED changes nothing"));
        assert!(give("GREEN", "a#Text").unwrap_err().to_string().contains("has no target"));
    }

    #[test]
    fn correction_without_effect_is_refused() {
        let lost = [
            correct("a#Gone", None, "a#t", json!({})),
            correct("a#Thing", Some("gone"), "a#t", json!({})),
            correct("a#Things", Some("gone"), "a#t", json!({})),
        ];
        for (error, name) in lost.into_iter().zip(["a#Gone a#t", "a#Thing$gone a#t", "a#Things$gone a#t"]) {
            let error = error.unwrap_err().to_string();
            assert!(error.contains(name) && error.contains("has no target"), "{error}");
        }
        let idle = [
            correct("a#Text", None, "smithy.api#pattern", json!("x")),
            correct("a#Thing", None, "smithy.api#pattern", Value::Null),
        ];
        for error in idle {
            assert!(error.unwrap_err().to_string().contains("changes nothing"));
        }
    }

    #[test]
    fn correction_with_missing_field_is_refused() {
        let refused = [
            r#"[{"shape": "a#A", "trait": "b#b", "value": 1, "reason": " ", "source": "s"}]"#,
            r#"[{"shape": "a#A", "trait": "b#b", "value": 1, "reason": "r", "source": ""}]"#,
            r#"[{"shape": "a#A", "trait": "b#b", "reason": "r", "source": "s"}]"#,
            r#"[{"shape": "a#A", "trait": "b#b", "value": 1, "reason": "r", "source": "s", "more": 1}]"#,
            "{}",
            "",
        ];
        for text in refused {
            assert!(Corrections::read(text.as_bytes()).is_err(), "{text}");
        }
    }
}
