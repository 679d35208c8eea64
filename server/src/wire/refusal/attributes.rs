//! The texts of refusals about usernames, passwords and the attributes of a user.
//!
//! The parent module chooses the kinds of the errors.

use lido_cognito_idp::Operation;
use lido_domain::{
    attribute::schema::{SchemaFault, SchemaFaultKind},
    pool::password::PasswordRule,
    refusal::UsernameFault,
};

/// Returns the text for a username of the wrong form.
pub(super) fn username_form(fault: UsernameFault) -> &'static str {
    match fault {
        UsernameFault::LooksLikeEmail => {
            "Username cannot be of email format, since user pool is configured for email alias."
        }
        UsernameFault::LooksLikePhoneNumber => {
            "Username cannot be of phone number format, since user pool is configured for phone number alias."
        }
        UsernameFault::NeitherEmailNorPhoneNumber => "Username should be either an email or a phone number.",
        UsernameFault::NotAnEmail => "Username should be an email.",
        UsernameFault::NotAPhoneNumber => "Username should be a phone number.",
    }
}

/// Returns the text for a rule of the password policy that a password breaks.
///
/// The rule is preceded by one of three texts, by operation. That of AdminCreateUser is *Observed* (cog-0388), those of
/// SignUp (cog-0066) and of operations on users that exist (pub-0030) are reported.
pub(super) fn password(operation: Operation, rule: PasswordRule) -> String {
    let rule = match rule {
        PasswordRule::Length => "Password not long enough",
        PasswordRule::Uppercase => "Password must have uppercase characters",
        PasswordRule::Lowercase => "Password must have lowercase characters",
        PasswordRule::Numbers => "Password must have numeric characters",
        PasswordRule::Symbols => "Password must have symbol characters",
    };
    match operation {
        Operation::SignUp => format!("Password did not conform with policy: {rule}"),
        Operation::AdminCreateUser => format!("Password did not conform with password policy: {rule}"),
        _ => format!("Password does not conform to policy: {rule}"),
    }
}

/// Returns the text for attributes that the schema does not allow.
///
/// For a new user the clauses are joined by a space, for an update each clause is a line, and so is the last one
/// (*Observed*: cog-0132, pub-0004, pub-0006). Facts that were written down without the last line feed (api-0165,
/// api-0327) come from logs, which often trim texts.
pub(super) fn schema(operation: Operation, faults: &[SchemaFault]) -> String {
    let is_new = matches!(operation, Operation::SignUp | Operation::AdminCreateUser);
    if !is_new {
        return faults.iter().map(|fault| format!("user.{}\n", clause(fault).trim_end())).collect();
    }
    let mut text = "Attributes did not conform to the schema:".to_owned();
    for fault in faults {
        if !text.ends_with('\n') {
            text.push(' ');
        }
        let is_custom = fault.attribute.starts_with("custom:") || fault.attribute.starts_with("dev:");
        match fault.kind {
            // cog-0295
            SchemaFaultKind::Unknown if is_custom && operation == Operation::AdminCreateUser => {
                text.push_str(&format!("Type for attribute {{{}}} could not be determined", fault.attribute));
            }
            _ => text.push_str(&clause(fault)),
        }
    }
    text
}

/// Returns the clause about one attribute. A clause about a value ends with a line feed, one about an absent attribute
/// does not.
fn clause(fault: &SchemaFault) -> String {
    let name = fault.attribute.as_str();
    match &fault.kind {
        SchemaFaultKind::Unknown => format!("{name}: Attribute does not exist in the schema.\n"),
        SchemaFaultKind::Required if name == "name" => {
            "name.formatted: The attribute name.formatted is required".to_owned()
        }
        SchemaFaultKind::Required => format!("{name}: The attribute is required"),
        // *Observed* for updates, this and the next (api-0327, pub-0006).
        SchemaFaultKind::RequiredRemoved => format!("{name}: Required attribute cannot be deleted.\n"),
        SchemaFaultKind::Immutable => format!("{name}: Attribute cannot be updated.\n"),
        // *Chosen*, this and all that follow: no texts about values are recorded.
        SchemaFaultKind::TooLong(max) => format!("{name}: String must be no longer than {max} characters\n"),
        SchemaFaultKind::TooShort(min) => {
            format!("{name}: String must be no shorter than {min} characters\n")
        }
        SchemaFaultKind::NotANumber => format!("{name}: Value must be a number\n"),
        SchemaFaultKind::TooSmall(min) => format!("{name}: Number must be no less than {min}\n"),
        SchemaFaultKind::TooLarge(max) => format!("{name}: Number must be no greater than {max}\n"),
        SchemaFaultKind::NotABoolean => format!("{name}: Value must be true or false\n"),
        SchemaFaultKind::NotADateTime => format!("{name}: Value must be a date and time\n"),
        SchemaFaultKind::NotADate => format!("{name}: Value must be a date of the form YYYY-MM-DD\n"),
    }
}

#[cfg(test)]
mod tests {
    use lido_domain::Refusal;

    use super::*;
    use crate::wire::refusal::to_api_error;

    fn text(operation: Operation, refusal: &Refusal) -> String {
        to_api_error(operation, refusal).message
    }

    fn faults(operation: Operation, all: &[(&str, SchemaFaultKind)]) -> String {
        let all =
            all.iter().map(|(name, kind)| SchemaFault { attribute: (*name).into(), kind: kind.clone() });
        text(operation, &Refusal::Schema(all.collect()))
    }

    #[test]
    fn schema_clauses_of_a_new_user_are_joined_as_recorded() {
        use SchemaFaultKind::{Required, Unknown};
        let begin = "Attributes did not conform to the schema: ";
        let cases: [(&[(&str, SchemaFaultKind)], &str); 3] = [
            (&[("nick", Unknown)], "nick: Attribute does not exist in the schema.\n"),
            (
                &[("email", Required), ("name", Required)],
                "email: The attribute is required name.formatted: The attribute name.formatted is required",
            ),
            (
                &[("custom:a", Unknown), ("custom:b", Unknown)],
                "custom:a: Attribute does not exist in the schema.\ncustom:b: Attribute does not exist in the schema.\n",
            ),
        ];
        for (attributes, expected) in cases {
            assert_eq!(faults(Operation::SignUp, attributes), format!("{begin}{expected}"));
        }
    }

    #[test]
    fn unknown_custom_attribute_has_another_text_for_administrators() {
        // cog-0295 and cog-0091
        let text = faults(Operation::AdminCreateUser, &[("custom:role", SchemaFaultKind::Unknown)]);
        let expected = "Attributes did not conform to the schema: Type for attribute {custom:role} could not be determined";
        assert_eq!(text, expected);
        let text = faults(Operation::AdminCreateUser, &[("nick", SchemaFaultKind::Unknown)]);
        assert!(text.ends_with("nick: Attribute does not exist in the schema.\n"), "{text}");
    }

    /// api-0165, api-0327, pub-0004, pub-0006.
    #[test]
    fn schema_clauses_of_an_update_are_lines() {
        use SchemaFaultKind::{Immutable, RequiredRemoved, TooShort, Unknown};
        let operations = [Operation::AdminUpdateUserAttributes, Operation::AdminDeleteUserAttributes];
        let cases = [
            ("custom:role", Immutable, "user.custom:role: Attribute cannot be updated.\n"),
            ("custom:id", TooShort(36), "user.custom:id: String must be no shorter than 36 characters\n"),
            ("nick", Unknown, "user.nick: Attribute does not exist in the schema.\n"),
            ("email", RequiredRemoved, "user.email: Required attribute cannot be deleted.\n"),
        ];
        for operation in operations {
            for (name, kind, expected) in &cases {
                assert_eq!(faults(operation, &[(name, kind.clone())]), *expected);
            }
            let all: Vec<_> = cases.iter().map(|(name, kind, _)| (*name, kind.clone())).collect();
            assert_eq!(faults(operation, &all), cases.each_ref().map(|(_, _, text)| *text).concat());
        }
    }

    #[test]
    fn password_rule_has_three_texts() {
        // cog-0388 for the second
        let refusal = Refusal::PasswordPolicy(PasswordRule::Numbers);
        let cases = [
            (
                Operation::SignUp,
                "Password did not conform with policy: Password must have numeric characters",
            ),
            (
                Operation::AdminCreateUser,
                "Password did not conform with password policy: Password must have numeric characters",
            ),
            (
                Operation::AdminSetUserPassword,
                "Password does not conform to policy: Password must have numeric characters",
            ),
        ];
        for (operation, expected) in cases {
            assert_eq!(text(operation, &refusal), expected);
        }
    }
}
