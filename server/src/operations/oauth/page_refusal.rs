//! The refusal of a form on a page: the words of the API, and what a page needs to know of the reason beside them.

use lido_cognito_idp::types::{
    AttributeValueType, ConfirmationCodeType, PasswordType, SoftwareTokenMfaUserCodeType, UsernameType,
};
use lido_domain::{Refusal, user::Status};
use serde_json::Value;

use crate::{
    operations::{Failure, Operation},
    wire::error::ErrorKind,
};

/// Why a form is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PageRefusal {
    /// The text of the operation.
    pub(crate) text: String,
    /// The error of the operation.
    pub(crate) kind: ErrorKind,
    /// The part of the form that is wrong.
    pub(crate) part: FormPart,
    /// The reason, as far as it is one by which a page goes on in another way.
    pub(crate) reason: PageReason,
}

/// What a page does about a refusal, beside showing it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PageReason {
    /// The step is over: its session is unknown, used or expired.
    StepOver,
    /// The user who shall be confirmed is confirmed.
    Confirmed,
    /// A value breaks a constraint of the API, whose text is about members of a request.
    Malformed,
    /// The user has tried too often.
    LockedOut,
    /// Any other.
    Other,
}

/// A part of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FormPart {
    /// The name of the user.
    Username,
    /// The new password.
    Password,
    /// The code.
    Code,
    /// The attribute with this name.
    Attribute(String),
    /// The form as a whole, or a part that is not known.
    Whole,
}

impl PageRefusal {
    /// Returns the refusal for what an operation answers.
    pub(in crate::operations) fn new(operation: Operation, failure: Failure) -> Self {
        let (part, reason) = match &failure {
            Failure::Refused(refusal) => (FormPart::of(refusal), PageReason::of(refusal)),
            _ => (FormPart::Whole, PageReason::Other),
        };
        let error = failure.into_api_error(operation);
        Self { text: error.message, kind: error.kind, part, reason }
    }

    /// Returns the refusal of an input that breaks constraints of the operation, with its members and the text about them.
    pub(super) fn malformed(members: &Value, text: String) -> Self {
        let (kind, reason) = (ErrorKind::InvalidParameterException, PageReason::Malformed);
        Self { text, kind, part: FormPart::malformed(members), reason }
    }

    /// Returns whether the step is over.
    pub(crate) fn is_over(&self) -> bool {
        self.reason == PageReason::StepOver
    }
}

impl PageReason {
    const fn of(refusal: &Refusal) -> Self {
        match refusal {
            Refusal::SessionInvalid | Refusal::SessionExpired | Refusal::SessionUsed => Self::StepOver,
            Refusal::NotUnconfirmed(Status::Confirmed) => Self::Confirmed,
            Refusal::LockedOut => Self::LockedOut,
            _ => Self::Other,
        }
    }
}

impl FormPart {
    /// Returns the part that a rule has refused.
    fn of(refusal: &Refusal) -> Self {
        let attribute = |name: &str| Self::Attribute(name.to_owned());
        match refusal {
            Refusal::UsernameMalformed(_) => Self::Username,
            Refusal::NameTaken(kind) => kind.attribute().map_or(Self::Username, attribute),
            Refusal::PasswordPolicy(_) | Refusal::PasswordMissing | Refusal::PasswordReused => Self::Password,
            Refusal::CodeMismatch
            | Refusal::CodeExpired
            | Refusal::SignInCodeMismatch
            | Refusal::SoftwareTokenMismatch
            | Refusal::SoftwareTokenUsed => Self::Code,
            Refusal::ContactMalformed(kind) | Refusal::ContactMissing(kind) => attribute(kind.attribute()),
            Refusal::PreferredUsernameMalformed(_) | Refusal::PreferredUsernameInvalid => {
                attribute("preferred_username")
            }
            Refusal::AttributeWithoutValue(name) => attribute(name),
            Refusal::AttributesMissing(names) => names.first().map_or(Self::Whole, |name| attribute(name)),
            Refusal::Schema(faults) => {
                faults.first().map_or(Self::Whole, |fault| attribute(&fault.attribute))
            }
            _ => Self::Whole,
        }
    }

    /// Returns the first part, in the order of forms, whose value no input of an operation has.
    fn malformed(members: &Value) -> Self {
        let text = |name: &str| members.get(name).and_then(Value::as_str);
        let attributes = members.get("UserAttributes").and_then(Value::as_array).into_iter().flatten();
        let malformed = attributes
            .filter_map(|one| one.get("Name").and_then(Value::as_str).zip(one.get("Value")?.as_str()))
            .find(|(_, value)| AttributeValueType::try_from(*value).is_err());
        if text("Username").is_some_and(|name| UsernameType::try_from(name).is_err()) {
            Self::Username
        } else if text("ConfirmationCode").is_some_and(|code| ConfirmationCodeType::try_from(code).is_err())
            || text("UserCode").is_some_and(|code| SoftwareTokenMfaUserCodeType::try_from(code).is_err())
        {
            Self::Code
        } else if let Some((name, _)) = malformed {
            Self::Attribute(name.to_owned())
        } else if text("Password").is_some_and(|password| PasswordType::try_from(password).is_err()) {
            Self::Password
        } else {
            Self::Whole
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn part_of_a_malformed_form_is_the_first_that_no_operation_takes() {
        let attribute =
            |value: &str| json!([{ "Name": "email", "Value": "a" }, { "Name": "name", "Value": value }]);
        let long = "x".repeat(3_000);
        for (members, expected) in [
            (json!({ "Username": "a b", "Password": "x" }), FormPart::Username),
            (json!({ "Username": "", "Password": "Passw0rd!" }), FormPart::Username),
            (json!({ "Username": "ann", "Password": "x" }), FormPart::Password),
            (json!({ "Username": "ann", "ConfirmationCode": "", "Password": "x" }), FormPart::Code),
            (json!({ "UserCode": "12a456" }), FormPart::Code),
            (
                json!({ "Username": "ann", "UserAttributes": attribute(&long) }),
                FormPart::Attribute("name".into()),
            ),
            (json!({ "Username": "ann", "UserAttributes": attribute("b"), "Session": "x" }), FormPart::Whole),
        ] {
            assert_eq!(FormPart::malformed(&members), expected, "{members}");
        }
    }
}
