//! The fields that several screens have: usernames, passwords and attributes.

use lido_domain::{
    attribute::{contact::ContactKind, schema::DataType},
    oauth::parameters::RequestParameters,
    pool::{SignInNames, alias::NameKind, password::PasswordPolicy},
};

use super::page::Page;
use crate::{
    language::Language,
    oauth::page::{Field, Text},
};

/// The name of the field in which a new password is typed again.
pub(super) const REPEATED: &str = "passwordRepeated";

/// Returns the field for the name of a user, as the pool has names.
pub(super) fn username(page: &Page<'_>, id: &str) -> Field {
    let (key, kind) = match &page.request.pool().names {
        SignInNames::UsernameOnly => ("username-label", "text"),
        SignInNames::Aliases(kinds) => {
            let has = |kind| kinds.contains(&kind);
            let key = match (has(NameKind::Email), has(NameKind::PhoneNumber)) {
                (true, true) => "username-or-contact-label",
                (true, false) => "username-or-email-label",
                (false, true) => "username-or-phone-label",
                (false, false) => "username-label",
            };
            (key, "text")
        }
        SignInNames::Attributes(kinds) => {
            let has = |kind| kinds.contains(&kind);
            match (has(ContactKind::Email), has(ContactKind::PhoneNumber)) {
                (true, false) => ("email-label", "email"),
                (false, true) => ("phone-label", "tel"),
                _ => ("email-or-phone-label", "text"),
            }
        }
    };
    let keyboard = if kind == "text" { "" } else { kind };
    // The type stays text: a browser must not refuse what the API accepts.
    Field { autocomplete: "username", keyboard, ..Field::text(id, "username", page.text(key)) }
}

/// Returns the name of the user who is signing in, which password managers need beside a new password.
pub(super) fn signing_in(page: &Page<'_>, username: &str) -> Field {
    let field = self::username(page, "username");
    Field { value: username.to_owned(), is_fixed: true, is_required: false, ..field }
}

/// Returns the fields for a new password.
pub(super) fn new_password(page: &Page<'_>) -> [Field; 2] {
    let policy = &page.request.pool().password_policy;
    let field = |id: &str, name: &str, key: &str| Field::password(id, name, page.text(key), "new-password");
    let hint = Some(password_hint(page.language, policy));
    [
        Field { hint, ..field("newPassword", "password", "new-password-label") },
        field("newPasswordRepeated", REPEATED, "repeat-password-label"),
    ]
}

/// Returns the field for the name that a new user chooses.
pub(super) fn username_to_choose(page: &Page<'_>) -> Field {
    let field = match &page.request.pool().names {
        // The name is chosen here; contacts are attributes.
        SignInNames::Aliases(_) => Field {
            autocomplete: "username",
            ..Field::text("username", "username", page.text("username-label"))
        },
        _ => username(page, "username"),
    };
    let is_phone = field.keyboard == "tel";
    Field { hint: is_phone.then(|| page.text("phone-hint")), ..field }
}

/// Returns the fields for the password of a new user.
pub(super) fn password_to_choose(page: &Page<'_>, is_required: bool) -> Vec<Field> {
    let policy = &page.request.pool().password_policy;
    let label = |key: &str| match is_required {
        true => page.text(key),
        false => page.language.text_with("label-optional", [("label", page.text(key).into())]),
    };
    let field = |id: &str, name: &str, key: &str| Field {
        is_required,
        ..Field::password(id, name, label(key), "new-password")
    };
    let hint = Some(password_hint(page.language, policy));
    vec![
        Field { hint, ..field("password", "password", "password-label") },
        field("passwordRepeated", REPEATED, "repeat-password-label"),
    ]
}

/// Returns what was typed into a field for a name or an address. Keyboards of phones add a space to a word that they complete.
pub(super) fn find_name<'a>(form: &'a RequestParameters, name: &str) -> Option<&'a str> {
    form.find(name).ok().flatten().map(str::trim).filter(|typed| !typed.is_empty())
}

/// Returns the code that was typed, without the spaces and hyphens with which apps and messages show its groups.
pub(super) fn find_code(form: &RequestParameters) -> String {
    let typed = form.find("code").ok().flatten().unwrap_or_default();
    let is_separator =
        |character: char| character.is_whitespace() || "-\u{2010}\u{2011}\u{2013}".contains(character);
    typed.chars().filter(|character| !is_separator(*character)).collect()
}

/// Returns the field for a code.
pub(super) fn code(page: &Page<'_>) -> Field {
    let field = Field::text("code", "code", page.text("code-label"));
    Field { autocomplete: "one-time-code", keyboard: "numeric", ..field }
}

/// Says where a code was sent to.
pub(super) fn code_was_sent(page: &Page<'_>, to: Option<&str>) -> Text {
    match to {
        Some(to) => page.language.text_with("code-was-sent", [("to", to.into())]),
        None => page.text("code-was-sent-somewhere"),
    }
}

/// Returns the password policy in words.
pub(super) fn password_hint(language: Language, policy: &PasswordPolicy) -> Text {
    let rules = [
        (policy.require_lowercase, "password-rule-lower"),
        (policy.require_uppercase, "password-rule-upper"),
        (policy.require_numbers, "password-rule-number"),
        (policy.require_symbols, "password-rule-symbol"),
    ];
    let rules: Vec<_> = rules
        .into_iter()
        .filter(|(is_required, _)| *is_required)
        .map(|(_, key)| language.text(key))
        .collect();
    let length = ("length", policy.minimum_length.into());
    match rules.split_last() {
        None => language.text_with("password-hint", [length]),
        Some((only, [])) => language.text_with("password-hint-rules", [length, ("rules", (&**only).into())]),
        Some((last, first)) => {
            let parts = [("list", first.join(", ").into()), ("last", (&**last).into())];
            let rules = language.text_with("list-and", parts);
            language.text_with("password-hint-rules", [length, ("rules", rules.into())])
        }
    }
}

/// Returns the name of the field of an attribute. *Chosen*: that of the classic page, as far as it is known.
pub(super) fn attribute_field(name: &str) -> String {
    format!("requiredAttributes[{name}]")
}

/// Returns the field of an attribute.
pub(super) fn attribute(page: &Page<'_>, name: &str, is_required: bool) -> Field {
    let label = attribute_label(page.language, name);
    let label = match is_required {
        true => label,
        false => page.language.text_with("label-optional", [("label", label.into())]),
    };
    let data_type = page.request.pool().schema.get(name).map(|spec| &spec.data_type);
    let (autocomplete, keyboard, hint) = match name {
        "address" => ("street-address", "", None),
        "birthdate" => ("bday", "", Some("birthdate-hint")),
        "email" => ("email", "email", None),
        "family_name" => ("family-name", "", None),
        "gender" => ("sex", "", None),
        "given_name" => ("given-name", "", None),
        "locale" => ("language", "", None),
        "middle_name" => ("additional-name", "", None),
        "name" => ("name", "", None),
        "nickname" => ("nickname", "", None),
        "phone_number" => ("tel", "tel", Some("phone-hint")),
        "picture" => ("photo", "url", None),
        "profile" | "website" => ("url", "url", None),
        _ if matches!(data_type, Some(DataType::Number { .. })) => ("off", "numeric", None),
        _ => ("off", "", None),
    };
    let field = attribute_field(name);
    Field {
        value: page.typed(&field).unwrap_or_default().to_owned(),
        autocomplete,
        keyboard,
        is_exact: !keyboard.is_empty(),
        is_required,
        hint: hint.map(|key| page.text(key)),
        ..Field::text(format!("attribute-{name}"), field, label)
    }
}

/// Returns the label of an attribute: a text, or for a custom attribute its name.
fn attribute_label(language: Language, name: &str) -> Text {
    match name.strip_prefix("custom:") {
        Some(custom) => custom.to_owned().into(),
        None => language.text(&format!("attribute-{name}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_read_without_the_separators_of_its_groups() {
        for typed in ["469722", " 469 722 ", "469-722", "469\u{a0}722", "4 6 9 7 2 2\t", "469\u{2011}722"] {
            let form = RequestParameters::new([("code".to_owned(), typed.to_owned())]);
            assert_eq!(find_code(&form), "469722", "{typed:?}");
        }
        assert_eq!(find_code(&RequestParameters::default()), "");
    }
}
