//! Every refusal in words: the type and the exact text, one exhaustive match.
//!
//! The texts are *Observed* where nothing else is said (BEHAVIOUR sections 4 to 7, with the recordings they name).
//! Where two operations word the same refusal differently, the match asks which one speaks. What is said to settings
//! is in `settings`.

mod passkeys;
mod settings;

use lido_cognito_idp::Operation;
use lido_domain::{
    Refusal,
    attribute::{
        contact::ContactKind,
        schema::{SchemaFault, SchemaFaultKind},
    },
    flow::sign_in::Flow,
    pool::{alias::NameKind, password::PasswordRule},
    refusal::UsernameFault,
};

use super::error::{Kind, Said};

/// What `operation` says to this refusal.
pub fn said(operation: Operation, refusal: &Refusal) -> Said {
    use Kind::*;
    let invalid = |text: &str| Said::new(InvalidParameterException, text);
    let unauthorized = |text: &str| Said::new(NotAuthorizedException, text);
    match refusal {
        Refusal::UnknownPool(id) => {
            Said::new(ResourceNotFoundException, format!("User pool {id} does not exist."))
        }
        // *Chosen*: its model knows only this type for a client that is not known.
        Refusal::UnknownClient(id) if operation == Operation::RevokeToken => {
            Said::new(UnauthorizedException, format!("User pool client {id} does not exist."))
        }
        Refusal::UnknownClient(id) => {
            Said::new(ResourceNotFoundException, format!("User pool client {id} does not exist."))
        }
        Refusal::SecretHashMissing(id) => {
            unauthorized(&format!("Client {id} is configured with secret but SECRET_HASH was not received"))
        }
        Refusal::SecretHashWrong(id) => {
            unauthorized(&format!("Unable to verify secret hash for client {id}"))
        }
        // *Observed* in public reports of the live service.
        Refusal::SignUpNotAllowed => unauthorized("SignUp is not permitted for this user pool"),
        Refusal::UsernameForm(fault) => invalid(username_form(*fault)),
        Refusal::PreferredUsernameTooEarly => invalid(concat!(
            "Preferred username cannot be provided for unconfirmed account, ",
            "since user pool is configured for preferred username alias."
        )),
        Refusal::AttributeWithoutValue(name) => {
            invalid(&format!("Attribute value for {name} must not be null"))
        }
        Refusal::Schema(faults) => invalid(&schema(operation, faults)),
        Refusal::AttributeNotWritable => unauthorized("A client attempted to write unauthorized attribute"),
        Refusal::ContactForm(ContactKind::Email) => invalid("Invalid email address format."),
        // *Observed* in public reports of the live service.
        Refusal::ContactForm(ContactKind::PhoneNumber) => invalid("Invalid phone number format."),
        // Reported, for `sub` in updates and in AdminCreateUser alike.
        Refusal::AttributeKept(name) => invalid(&format!("Cannot modify the non-mutable attribute {name}")),
        // The texts of these three are *Observed* in public reports of the live service.
        Refusal::AttributeNotVerifiable => {
            invalid("Invalid attribute name. Only phone_number and email can be verified.")
        }
        Refusal::ContactMissing(ContactKind::Email) => {
            invalid("User does not have a valid registered email address")
        }
        Refusal::ContactMissing(ContactKind::PhoneNumber) => {
            invalid("User does not have a valid registered phone number")
        }
        // *Chosen*: documented is only that the contact must be given.
        Refusal::VerifiedWithoutContact(kind) => invalid(&format!(
            "A value for {} is required to set {} to true.",
            kind.attribute(),
            kind.verified_attribute()
        )),
        Refusal::PasswordPolicy(rule) => Said::new(InvalidPasswordException, password(operation, *rule)),
        // *Chosen*: what the service says to an absent password is unknown; an empty one breaks the length first.
        Refusal::PasswordMissing => {
            Said::new(InvalidPasswordException, password(operation, PasswordRule::Length))
        }
        // *Chosen*: the type is documented, its text is not.
        Refusal::PasswordUsedBefore => Said::new(
            PasswordHistoryPolicyViolationException,
            "Password did not conform with policy: Password has been used before",
        ),
        // *Chosen*: documented is only that there must be one.
        Refusal::PasswordlessWithoutContact => {
            invalid("An email or a phone_number is required for a user without a password.")
        }
        // *Chosen*: documented is only that the sign-up fails.
        Refusal::NothingToVerify(kind) => Said::new(
            InvalidLambdaResponseException,
            format!("PreSignUp verified {}, which the user does not have", kind.attribute()),
        ),
        // *Observed* in public reports of the live service; the type is *Chosen*, as for the other.
        Refusal::VerifiedUnconfirmed => Said::new(
            InvalidLambdaResponseException,
            "Phone or email cannot be auto verified, when user is not being auto confirmed.",
        ),
        Refusal::NameTaken(kind) => Said::new(
            UsernameExistsException,
            match kind {
                NameKind::Email | NameKind::PhoneNumber => account_exists(*kind),
                // cog-0066, cog-0287
                NameKind::Username | NameKind::PreferredUsername => match operation {
                    Operation::AdminCreateUser => "User account already exists".to_owned(),
                    _ => "User already exists".to_owned(),
                },
            },
        ),
        Refusal::AliasTaken(kind) => Said::new(AliasExistsException, account_exists(*kind)),
        // *Chosen*, as their models know no such type: whoever bears a token of a user who is gone bears a revoked one.
        Refusal::UserNotFound if knows_no_users(operation) || operation == Operation::GlobalSignOut => {
            unauthorized("Access Token has been revoked")
        }
        // *Chosen*: nor do the models of these.
        Refusal::UserNotFound
            if matches!(operation, Operation::AdminGetDevice | Operation::AdminListDevices) =>
        {
            Said::new(ResourceNotFoundException, user_not_found(operation))
        }
        Refusal::UserNotFound => Said::new(UserNotFoundException, user_not_found(operation)),
        Refusal::NotUnconfirmed(status) => {
            unauthorized(&format!("User cannot be confirmed. Current status is {}", status.as_str()))
        }
        Refusal::UserDisabled => unauthorized("User is disabled."),
        // *Chosen*: the type is reported (cog-0293), its text unknown; this follows that of a confirmation.
        Refusal::NotInvited(status) => Said::new(
            UnsupportedUserStateException,
            format!("User cannot be invited again. Current status is {}", status.as_str()),
        ),
        Refusal::NotResettable => unauthorized("User password cannot be reset in the current state."),
        Refusal::NoRecoveryContact => invalid(
            "Cannot reset password for the user as there is no registered/verified email or phone_number",
        ),
        // *Chosen*: documented is only that the pool must have self-service recovery.
        Refusal::RecoveryByAdministrator => {
            unauthorized("Account recovery is left to administrators in this user pool.")
        }
        // *Observed* in public reports of the live service for e-mail; *Chosen* after it for phones.
        Refusal::NoContactToInvite(ContactKind::Email) => {
            invalid("No email provided but desired delivery medium was Email")
        }
        Refusal::NoContactToInvite(ContactKind::PhoneNumber) => {
            invalid("No phone number provided but desired delivery medium was SMS")
        }
        Refusal::TooManyAttempts => {
            Said::new(LimitExceededException, "Attempt limit exceeded, please try after some time.")
        }
        // *Chosen*: no text is recorded.
        Refusal::TooManyFailedAttempts => {
            Said::new(TooManyFailedAttemptsException, "Too many failed attempts, please try after some time.")
        }
        Refusal::CodeMismatch => {
            Said::new(CodeMismatchException, "Invalid verification code provided, please try again.")
        }
        Refusal::CodeExpired => {
            Said::new(ExpiredCodeException, "Invalid code provided, please request a code again.")
        }
        Refusal::SessionInvalid => unauthorized("Invalid session for the user."),
        Refusal::SessionExpired => unauthorized("Invalid session for the user, session is expired."),
        Refusal::AlreadyConfirmed => invalid("User is already confirmed."),
        Refusal::AutoVerificationOff => unauthorized("Cannot resend codes. Auto verification not turned on."),
        // *Chosen*.
        Refusal::NoContact => invalid("Cannot resend codes. The user has no contact that is auto verified."),
        Refusal::SchemaEntry(fault) => settings::schema_entry(fault),
        // *Chosen*: the type is documented, its text is not.
        Refusal::NoRecordOfEvents => Said::new(
            UserPoolAddOnNotEnabledException,
            "User pool add-ons are not enabled for this user pool.",
        ),
        // The texts of these two are *Observed* in public reports of the live service.
        Refusal::UnknownGroup => Said::new(ResourceNotFoundException, "Group not found."),
        Refusal::GroupExists => Said::new(GroupExistsException, "A group with the name already exists."),
        // *Chosen*: the limits are documented, their texts are not.
        Refusal::TooManyGroups => {
            Said::new(LimitExceededException, "A user pool can have at most 10000 groups.")
        }
        // *Chosen*: AdminAddUserToGroup declares no LimitExceededException.
        Refusal::TooManyGroupsOfUser => invalid("A user can be in at most 100 groups."),
        Refusal::FlowNotSupported => invalid("Initiate Auth method not supported."),
        Refusal::FlowNotEnabled(flow) => invalid(&flow_not_enabled(operation, *flow)),
        // The text is *Observed* in public reports of the live service.
        Refusal::CustomAuthWithoutTriggers => {
            invalid("Custom auth lambda trigger is not configured for the user pool.")
        }
        // *Chosen*: what any other answer is told that makes no sense.
        Refusal::ChallengeOutOfPlace => {
            Said::new(InvalidLambdaResponseException, "Unrecognizable lambda output")
        }
        // Text reported; *Chosen* is the type, which fits what it says.
        Refusal::MigrationFailed(client) => {
            Said::new(UserNotFoundException, format!("Exception migrating user in app client {client}"))
        }
        Refusal::ParameterMissing(name) => invalid(&format!("Missing required parameter {name}")),
        Refusal::Passkey(fault) => passkeys::said(*fault),
        Refusal::ParameterInvalid(name) => invalid(&format!("Invalid parameter {name}")), // *Chosen*
        // *Observed* in public reports of the live service.
        Refusal::ClaimTimeForm => invalid("TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english."),
        Refusal::WrongPassword => unauthorized("Incorrect username or password."),
        Refusal::LockedOut => unauthorized("Password attempts exceeded"),
        Refusal::UserNotConfirmed => Said::new(
            if knows_no_users(operation) { NotAuthorizedException } else { UserNotConfirmedException },
            "User is not confirmed.",
        ),
        Refusal::PasswordResetRequired => Said::new(
            if knows_no_reset(operation) { NotAuthorizedException } else { PasswordResetRequiredException },
            "Password reset required for the user",
        ),
        Refusal::TemporaryPasswordExpired => {
            unauthorized("Temporary password has expired and must be reset by an administrator.")
        }
        // That names are joined is reported (cog-0394), how they are is not certain.
        Refusal::AttributesMissing(names) => {
            invalid(&format!("Invalid attributes given, {} is missing", names.join(" and ")))
        }
        // *Observed* in public reports of the live service.
        Refusal::AttributeAlreadyProvided(name) => {
            unauthorized(&format!("Cannot modify an already provided {name}"))
        }
        // *Observed* for SMS_MFA in public reports of the live service.
        Refusal::SignInCodeMismatch => {
            Said::new(CodeMismatchException, "Invalid code or auth state for the user.")
        }
        // *Documented* in the guide on TOTP.
        Refusal::SoftwareTokenMismatch if operation == Operation::VerifySoftwareToken => {
            Said::new(EnableSoftwareTokenMfaException, "Code mismatch")
        }
        // *Observed* in public reports of the live service.
        Refusal::SoftwareTokenMismatch => Said::new(CodeMismatchException, "Invalid code received for user"),
        Refusal::SoftwareTokenUsed => {
            Said::new(ExpiredCodeException, "Your software token has already been used once.")
        }
        // *Documented* in the guide on TOTP.
        Refusal::SoftwareTokenNotAllowed => Said::new(
            SoftwareTokenMfaNotFoundException,
            "Software Token MFA has not been enabled by the userPool",
        ),
        // *Observed* in public reports of the live service.
        Refusal::SoftwareTokenMissing => {
            Said::new(SoftwareTokenMfaNotFoundException, "Software Token MFA does not exist for the user.")
        }
        // *Chosen*: *Documented* is that one of the two comes, and not both.
        Refusal::TokenOrSession => invalid("Either an access token or a session is required."),
        // cog-0393
        Refusal::MfaFactorMissing(factor) => {
            invalid(&format!("User does not have delivery config set to turn on {}", factor.as_str()))
        }
        // *Chosen*, this and the next two: *Documented* is that one factor can be preferred, and that it is active.
        Refusal::MfaPreferredTwice => invalid("Only one MFA type can be preferred."),
        Refusal::MfaPreferredOff(factor) => {
            invalid(&format!("{} cannot be preferred because it is not enabled.", factor.as_str()))
        }
        Refusal::MfaSetupIncomplete => invalid("The user has not set up an MFA type."),
        // *Chosen*: the type is the model's, the text unknown.
        Refusal::DevicesNotRemembered => Said::new(
            InvalidUserPoolConfigurationException,
            "Device tracking is not configured for the user pool.",
        ),
        // *Observed* in public reports of the live service.
        Refusal::DeviceNotFound => Said::new(ResourceNotFoundException, "Device does not exist."),
        // *Chosen*: the type is the model's, the text unknown.
        Refusal::DeviceExists => Said::new(DeviceKeyExistsException, "Device already exists."),
        Refusal::SessionUsed => unauthorized("Invalid session for the user, session can only be used once."),
        Refusal::AccessTokenInvalid => unauthorized("Invalid Access Token"),
        Refusal::AccessTokenForged => unauthorized("Could not verify signature for Access Token"),
        Refusal::AccessTokenExpired => unauthorized("Access Token has expired"),
        Refusal::AccessTokenRevoked => unauthorized("Access Token has been revoked"),
        // *Observed* in public reports of the live service.
        Refusal::AccessTokenScope => unauthorized("Access Token does not have required scopes"),
        // *Chosen*: another app client's. RevokeToken's model knows only this type for it.
        Refusal::RefreshTokenInvalid if operation == Operation::RevokeToken => {
            Said::new(UnauthorizedException, "Invalid Refresh Token")
        }
        Refusal::RefreshTokenInvalid => unauthorized("Invalid Refresh Token"),
        Refusal::RefreshTokenExpired => unauthorized("Refresh Token has expired"),
        // *Observed* in public reports of the live service.
        Refusal::RefreshTokenRevoked => unauthorized("Refresh Token has been revoked"),
        // *Chosen*: the type is the model's, the text is unknown; only this operation has it.
        Refusal::RefreshTokenReused if operation == Operation::GetTokensFromRefreshToken => {
            Said::new(RefreshTokenReuseException, "Refresh Token has been replaced by another one")
        }
        Refusal::RefreshTokenReused => unauthorized("Invalid Refresh Token"),
        // *Chosen*: the text is unknown (cog-0187); this is that of a flow which is switched off.
        Refusal::RefreshTokenRotates => invalid(&flow_not_enabled(operation, Flow::RefreshTokenAuth)),
        Refusal::RefreshSecretHashWrong(id) => {
            unauthorized(&format!("SecretHash does not match for the client: {id}"))
        }
        // *Chosen*.
        Refusal::ClientSecretWrong(id) => Said::new(
            if operation == Operation::RevokeToken { UnauthorizedException } else { NotAuthorizedException },
            format!("Unable to verify the secret of client {id}"),
        ),
        // *Chosen*: the types of the next two are the model's, their texts unknown.
        Refusal::RevocationOff => {
            Said::new(UnsupportedOperationException, "Token revocation is not enabled for this client")
        }
        Refusal::TokenNotRevocable => Said::new(UnsupportedTokenTypeException, "Unsupported token type"),
        Refusal::Pool(fault) => settings::pool(fault),
        Refusal::Client(fault) => settings::client(operation, fault),
        Refusal::Tags(fault) => settings::tags(operation, fault),
        // *Observed* in public reports of the live service.
        Refusal::FilterForm => invalid("Error while parsing filter."),
        // *Chosen*: nobody's report shows the live service's.
        Refusal::FilterAttribute(name) => invalid(&format!("The attribute {name} cannot be searched.")),
        // *Observed* in public reports of the live service.
        Refusal::AttributesUnknown => invalid("One or more requested attributes do not exist."),
    }
}

/// Whether the model has no types for users who are gone or not confirmed (*Chosen*: what is said instead).
fn knows_no_users(operation: Operation) -> bool {
    let registers = matches!(
        operation,
        Operation::CompleteWebAuthnRegistration
            | Operation::DeleteWebAuthnCredential
            | Operation::ListWebAuthnCredentials
            | Operation::StartWebAuthnRegistration
    );
    registers || knows_no_reset(operation)
}

/// Whether it has none for those who must reset the password either (*Chosen* alike).
fn knows_no_reset(operation: Operation) -> bool {
    matches!(operation, Operation::AssociateSoftwareToken | Operation::GetTokensFromRefreshToken)
}

/// Administrators are not told which flow it was; users are, and of SRP in other words (*Observed*).
fn flow_not_enabled(operation: Operation, flow: Flow) -> String {
    match (operation, flow) {
        (Operation::AdminInitiateAuth, _) => "Auth flow not enabled for this client".to_owned(),
        (_, Flow::UserSrpAuth) => "USER_SRP_AUTH is not enabled for the client".to_owned(),
        (_, flow) => format!("{} flow not enabled for this client", flow.as_str()),
    }
}

/// The two families of this text (*Observed*): the sign-up side does not tell a wrong name from a wrong client.
fn user_not_found(operation: Operation) -> &'static str {
    match operation {
        Operation::ConfirmSignUp
        | Operation::ResendConfirmationCode
        | Operation::ForgotPassword
        | Operation::ConfirmForgotPassword => "Username/client id combination not found.",
        _ => "User does not exist.",
    }
}

fn account_exists(kind: NameKind) -> String {
    format!("An account with the given {} already exists.", kind.as_str())
}

fn username_form(fault: UsernameFault) -> &'static str {
    match fault {
        UsernameFault::LooksLikeEmail => {
            "Username cannot be of email format, since user pool is configured for email alias."
        }
        UsernameFault::LooksLikePhoneNumber => {
            "Username cannot be of phone number format, since user pool is configured for phone number alias."
        }
        UsernameFault::NeitherEmailNorPhoneNumber => "Username should be either an email or a phone number.",
        // *Observed* in public reports of the live service.
        UsernameFault::NotAnEmail => "Username should be an email.",
        UsernameFault::NotAPhoneNumber => "Username should be a phone number.",
    }
}

/// One rule in three frames: two are *Observed* (BEHAVIOUR section 11: cog-0388 against those of section 6.2); that of
/// a user who is there already is reported for new passwords by challenge and by code, and *Chosen* for the others.
fn password(operation: Operation, rule: PasswordRule) -> String {
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

/// What is wrong with attributes, in one of two frames: that of a new user, with its clauses joined by one blank, and
/// that of an update, a line for each (*Observed*, both: cog-0132, and the tests that cog-0343 comes from).
fn schema(operation: Operation, faults: &[SchemaFault]) -> String {
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

/// A clause about a value ends its own line; one about an absent attribute does not.
fn clause(fault: &SchemaFault) -> String {
    let name = fault.attribute.as_str();
    match &fault.kind {
        SchemaFaultKind::Unknown => format!("{name}: Attribute does not exist in the schema.\n"),
        SchemaFaultKind::Required if name == "name" => {
            "name.formatted: The attribute name.formatted is required".to_owned()
        }
        SchemaFaultKind::Required => format!("{name}: The attribute is required"),
        // *Observed* for updates, this and the next but one.
        SchemaFaultKind::Immutable => format!("{name}: Attribute cannot be updated.\n"),
        // *Chosen*, but for the shortest length: the other texts about values are unknown.
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
    use super::*;

    fn faults(operation: Operation, all: &[(&str, SchemaFaultKind)]) -> String {
        let all =
            all.iter().map(|(name, kind)| SchemaFault { attribute: (*name).into(), kind: kind.clone() });
        said(operation, &Refusal::Schema(all.collect())).text
    }

    #[test]
    fn schema_clauses_are_joined_as_recorded() {
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
        for (given, expected) in cases {
            assert_eq!(faults(Operation::SignUp, given), format!("{begin}{expected}"));
        }
    }

    #[test]
    fn an_administrator_is_told_otherwise_of_a_custom_attribute_that_is_not_there() {
        // cog-0295 against cog-0091
        let text = faults(Operation::AdminCreateUser, &[("custom:role", SchemaFaultKind::Unknown)]);
        let expected = "Attributes did not conform to the schema: Type for attribute {custom:role} could not be determined";
        assert_eq!(text, expected);
        let text = faults(Operation::AdminCreateUser, &[("nick", SchemaFaultKind::Unknown)]);
        assert!(text.ends_with("nick: Attribute does not exist in the schema.\n"), "{text}");
    }

    #[test]
    fn an_update_is_told_line_by_line() {
        use SchemaFaultKind::{Immutable, Required, TooShort, Unknown};
        let operations = [Operation::AdminUpdateUserAttributes, Operation::AdminDeleteUserAttributes];
        let cases = [
            ("custom:role", Immutable, "user.custom:role: Attribute cannot be updated.\n"),
            ("custom:id", TooShort(36), "user.custom:id: String must be no shorter than 36 characters\n"),
            ("nick", Unknown, "user.nick: Attribute does not exist in the schema.\n"),
            ("email", Required, "user.email: The attribute is required\n"),
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
    fn a_password_is_refused_in_three_ways() {
        // cog-0388 for the second
        let text = |operation| said(operation, &Refusal::PasswordPolicy(PasswordRule::Numbers)).text;
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
            assert_eq!(text(operation), expected);
        }
    }

    #[test]
    fn a_user_who_is_not_there_is_told_by_who_asks() {
        let text = |operation| said(operation, &Refusal::UserNotFound).text;
        assert_eq!(text(Operation::ConfirmSignUp), "Username/client id combination not found.");
        assert_eq!(text(Operation::ResendConfirmationCode), "Username/client id combination not found.");
        assert_eq!(text(Operation::AdminConfirmSignUp), "User does not exist.");
        assert_eq!(text(Operation::AdminGetUser), "User does not exist.");
    }
}
