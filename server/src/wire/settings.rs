//! The settings of a pool or an app client as JSON: written from a request, read to show them.
//!
//! The JSON object has the members of the input that creates the resource and is written and read by the generated
//! types, so an operator can read it. The domain adds defaults when the settings are shown.

use lido_runtime::{Form, ReadJson, Shape, Style, WriteJson, read::from_json};
use serde_json::{Map, Value};

use super::ConversionError;

/// Adds a member to the settings if it has a value.
pub(super) fn keep<T: WriteJson>(
    document: &mut Map<String, Value>,
    name: &str,
    value: &Option<T>,
) -> Result<(), ConversionError> {
    if let Some(value) = value {
        document.insert(name.to_owned(), serde_json::from_str(&lido_runtime::to_json(value))?);
    }
    Ok(())
}

/// Returns the form of the values of a member.
pub(super) fn form_of<T: Shape>(_: &Option<T>) -> Form {
    T::form()
}

/// Reads settings, together with required members that are not stored in them.
pub(super) fn read<T: ReadJson>(document: &Value, required: &[(&str, &str)]) -> Result<T, ConversionError> {
    let mut input = document.clone();
    if let Value::Object(members) = &mut input {
        for (name, value) in required {
            members.insert((*name).to_owned(), Value::String((*value).to_owned()));
        }
    }
    remove_former_invitation(&mut input);
    Ok(from_json(&serde_json::to_vec(&input)?, Style::Coral)?)
}

/// Removes an invitation by mail without the placeholder of the password. Pools without passwords could have one before
/// the model refused it. *Chosen*: it is sent as before, but not told, since the type of the API has no such value.
fn remove_former_invitation(settings: &mut Value) {
    let template = settings.pointer_mut("/AdminCreateUserConfig/InviteMessageTemplate");
    let Some(template) = template.and_then(Value::as_object_mut) else { return };
    let text = template.get("EmailMessage").and_then(Value::as_str);
    if text.is_some_and(|text| !text.contains("{####}")) {
        template.remove("EmailMessage");
    }
}

/// Generates `to_settings`, `update_members` and `from_settings` from one list of members.
///
/// The members after `only` are those that an update cannot change, those after `hidden` are not in the output. A member of
/// an input that is neither in the lists nor in its `except` is a compile error, so that no member is forgotten.
macro_rules! settings_conversions {
    (
        $input:ident except { $($other:ident),* }, $update:ident except { $($update_other:ident),* } => $output:ty
        { $($name:literal $member:ident),* $(,)? } only { $($fixed_name:literal $fixed:ident),* $(,)? }
        hidden { $($hidden_name:literal $hidden:ident),* $(,)? }
    ) => {
        /// Returns the settings of a request to create, as sent, by the names of their members.
        pub fn to_settings(
            input: &$input,
        ) -> Result<serde_json::Map<String, serde_json::Value>, $crate::wire::ConversionError> {
            let $input { $($member,)* $($fixed,)* $($hidden,)* $($other: _,)* } = input;
            let mut members = serde_json::Map::new();
            $($crate::wire::settings::keep(&mut members, $name, $member)?;)*
            $($crate::wire::settings::keep(&mut members, $fixed_name, $fixed)?;)*
            $($crate::wire::settings::keep(&mut members, $hidden_name, $hidden)?;)*
            Ok(members)
        }

        /// Returns the settings of a request to update, as sent, by the names of their members.
        pub fn update_members(
            input: &$update,
        ) -> Result<serde_json::Map<String, serde_json::Value>, $crate::wire::ConversionError> {
            let $update { $($member,)* $($hidden,)* $($update_other: _,)* } = input;
            let mut members = serde_json::Map::new();
            $($crate::wire::settings::keep(&mut members, $name, $member)?;)*
            $($crate::wire::settings::keep(&mut members, $hidden_name, $hidden)?;)*
            Ok(members)
        }

        /// Returns the names of the settings, with the forms of their values.
        pub fn setting_forms() -> Vec<(&'static str, lido_runtime::Form)> {
            let none = <$output>::default();
            vec![
                $(($name, $crate::wire::settings::form_of(&none.$member)),)*
                $(($fixed_name, $crate::wire::settings::form_of(&none.$fixed)),)*
                $(($hidden_name, lido_runtime::Form::Json),)*
            ]
        }

        /// Returns the output with the members of the settings; the caller sets all others.
        fn from_settings(input: $input) -> $output {
            $crate::wire::settings::copy_members! { <$output>::default(), input, $($member)* $($fixed)* }
        }
    };
}

/// Copies some members to a default value.
macro_rules! copy_members {
    ($default:expr, $from:ident, $($member:ident)*) => {{
        let mut output = $default;
        $(output.$member = $from.$member;)*
        output
    }};
}

pub(super) use {copy_members, settings_conversions};

#[cfg(test)]
mod tests {
    use lido_cognito_idp::operations::CreateUserPoolInput;
    use serde_json::json;

    use super::*;

    #[test]
    fn former_invitation_without_placeholder_is_not_told() {
        let told = |text: &str| -> Option<String> {
            let template = json!({"EmailMessage": text, "SMSMessage": "come in, {username}"});
            let settings = json!({"AdminCreateUserConfig": {"InviteMessageTemplate": template}});
            let input: CreateUserPoolInput = read(&settings, &[("PoolName", "p")]).expect("settings");
            let template = input.admin_create_user_config?.invite_message_template?;
            assert!(template.sms_message.is_some());
            template.email_message.map(|text| text.into_inner())
        };
        assert_eq!(told("come in, {username}"), None);
        assert_eq!(told("come in, {####}").as_deref(), Some("come in, {####}"));
    }
}
