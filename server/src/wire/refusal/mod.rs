//! What a client reads of each refusal: the kind of error and the exact text, in one exhaustive match.
//!
//! The texts are *Observed* where nothing else is said (BEHAVIOUR sections 4 to 7, with the recordings they name). Where
//! operations differ in kind or text, the match asks which one it is. The texts about users' data are in `attributes`,
//! those about pools and app clients in `settings`, those about passkeys in `passkeys`.

mod attributes;
mod passkeys;
mod settings;

use lido_cognito_idp::Operation;
use lido_domain::{
    Refusal,
    attribute::contact::ContactKind,
    flow::sign_in::Flow,
    pool::{alias::NameKind, password::PasswordRule},
};
use lido_runtime::{Auth, Operation as _};

use super::error::{ApiError, ErrorKind, first_declared};

/// Returns the error that `operation` answers for a refusal.
pub fn to_api_error(operation: Operation, refusal: &Refusal) -> ApiError {
    use ErrorKind::*;
    let invalid = |text: &str| ApiError::new(InvalidParameterException, text);
    let unauthorized = |text: &str| ApiError::new(NotAuthorizedException, text);
    match refusal {
        Refusal::UnknownPool(id) => {
            ApiError::new(ResourceNotFoundException, format!("User pool {id} does not exist."))
        }
        // *Chosen*: its model knows only this type for a client that is not known.
        Refusal::UnknownClient(id) if operation == Operation::RevokeToken => {
            ApiError::new(UnauthorizedException, format!("User pool client {id} does not exist."))
        }
        Refusal::UnknownClient(id) => {
            ApiError::new(ResourceNotFoundException, format!("User pool client {id} does not exist."))
        }
        Refusal::SecretHashMissing(id) => {
            unauthorized(&format!("Client {id} is configured with secret but SECRET_HASH was not received"))
        }
        Refusal::SecretHashWrong(id) => {
            unauthorized(&format!("Unable to verify secret hash for client {id}"))
        }
        // *Observed* in public reports of the live service.
        Refusal::SignUpNotAllowed => unauthorized("SignUp is not permitted for this user pool"),
        Refusal::UsernameForm(fault) => invalid(attributes::username_form(*fault)),
        Refusal::PreferredUsernameTooEarly => invalid(concat!(
            "Preferred username cannot be provided for unconfirmed account, ",
            "since user pool is configured for preferred username alias."
        )),
        Refusal::AttributeWithoutValue(name) => {
            invalid(&format!("Attribute value for {name} must not be null"))
        }
        Refusal::Schema(faults) => invalid(&attributes::schema(operation, faults)),
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
        Refusal::PasswordPolicy(rule) => {
            ApiError::new(InvalidPasswordException, attributes::password(operation, *rule))
        }
        // *Chosen*: what the service says to an absent password is unknown; an empty one breaks the length first.
        Refusal::PasswordMissing => {
            ApiError::new(InvalidPasswordException, attributes::password(operation, PasswordRule::Length))
        }
        // *Chosen*: the type is documented, its text is not.
        Refusal::PasswordUsedBefore => ApiError::new(
            PasswordHistoryPolicyViolationException,
            "Password did not conform with policy: Password has been used before",
        ),
        // *Chosen*: documented is only that there must be one.
        Refusal::PasswordlessWithoutContact => {
            invalid("An email or a phone_number is required for a user without a password.")
        }
        // *Chosen*: documented is only that the sign-up fails.
        Refusal::NothingToVerify(kind) => ApiError::new(
            InvalidLambdaResponseException,
            format!("PreSignUp verified {}, which the user does not have", kind.attribute()),
        ),
        // *Observed* in public reports of the live service; the type is *Chosen*, as for the other.
        Refusal::VerifiedUnconfirmed => ApiError::new(
            InvalidLambdaResponseException,
            "Phone or email cannot be auto verified, when user is not being auto confirmed.",
        ),
        Refusal::NameTaken(kind) => ApiError::new(
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
        Refusal::AliasTaken(kind) => ApiError::new(AliasExistsException, account_exists(*kind)),
        Refusal::UserNotFound if operation.declares(UserNotFoundException) => {
            ApiError::new(UserNotFoundException, user_not_found(operation))
        }
        // *Chosen*, this and the next: their models have no type for it.
        Refusal::UserNotFound if operation.auth() == Auth::SigV4 => {
            ApiError::new(ResourceNotFoundException, user_not_found(operation))
        }
        // The access token of a user who is gone is a revoked one.
        Refusal::UserNotFound => unauthorized("Access Token has been revoked"),
        Refusal::NotUnconfirmed(status) => {
            unauthorized(&format!("User cannot be confirmed. Current status is {}", status.as_str()))
        }
        Refusal::UserDisabled => unauthorized("User is disabled."),
        // *Chosen*: the type is reported (cog-0293), its text unknown; this follows that of a confirmation.
        Refusal::NotInvited(status) => ApiError::new(
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
            ApiError::new(LimitExceededException, "Attempt limit exceeded, please try after some time.")
        }
        // *Chosen*: no text is recorded.
        Refusal::TooManyFailedAttempts => ApiError::new(
            TooManyFailedAttemptsException,
            "Too many failed attempts, please try after some time.",
        ),
        Refusal::CodeMismatch => {
            ApiError::new(CodeMismatchException, "Invalid verification code provided, please try again.")
        }
        Refusal::CodeExpired => {
            ApiError::new(ExpiredCodeException, "Invalid code provided, please request a code again.")
        }
        Refusal::SessionInvalid => unauthorized("Invalid session for the user."),
        Refusal::SessionExpired => unauthorized("Invalid session for the user, session is expired."),
        Refusal::AlreadyConfirmed => invalid("User is already confirmed."),
        Refusal::AutoVerificationOff => unauthorized("Cannot resend codes. Auto verification not turned on."),
        // *Chosen*.
        Refusal::NoContact => invalid("Cannot resend codes. The user has no contact that is auto verified."),
        Refusal::SchemaEntry(fault) => settings::schema_entry(fault),
        // *Chosen*: the type is documented, its text is not.
        Refusal::NoRecordOfEvents => ApiError::new(
            UserPoolAddOnNotEnabledException,
            "User pool add-ons are not enabled for this user pool.",
        ),
        // The texts of these two are *Observed* in public reports of the live service.
        Refusal::UnknownGroup => ApiError::new(ResourceNotFoundException, "Group not found."),
        Refusal::GroupExists => ApiError::new(GroupExistsException, "A group with the name already exists."),
        // *Chosen*: the limits are documented, their texts are not.
        Refusal::TooManyGroups => {
            ApiError::new(LimitExceededException, "A user pool can have at most 10000 groups.")
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
            ApiError::new(InvalidLambdaResponseException, "Unrecognizable lambda output")
        }
        // Text reported; *Chosen* is the type, which fits what it says.
        Refusal::MigrationFailed(client) => {
            ApiError::new(UserNotFoundException, format!("Exception migrating user in app client {client}"))
        }
        Refusal::ParameterMissing(name) => invalid(&format!("Missing required parameter {name}")),
        Refusal::Passkey(fault) => passkeys::to_api_error(*fault),
        Refusal::ParameterInvalid(name) => invalid(&format!("Invalid parameter {name}")), // *Chosen*
        // *Observed* in public reports of the live service.
        Refusal::ClaimTimeForm => invalid("TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english."),
        Refusal::WrongPassword => unauthorized("Incorrect username or password."),
        Refusal::LockedOut => unauthorized("Password attempts exceeded"),
        // *Chosen*, this and the next: the other type where the model has not the first.
        Refusal::UserNotConfirmed => ApiError::new(
            first_declared(operation, &[UserNotConfirmedException, NotAuthorizedException]),
            "User is not confirmed.",
        ),
        Refusal::PasswordResetRequired => ApiError::new(
            first_declared(operation, &[PasswordResetRequiredException, NotAuthorizedException]),
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
            ApiError::new(CodeMismatchException, "Invalid code or auth state for the user.")
        }
        // *Documented* in the guide on TOTP.
        Refusal::SoftwareTokenMismatch if operation == Operation::VerifySoftwareToken => {
            ApiError::new(EnableSoftwareTokenMfaException, "Code mismatch")
        }
        // *Observed* in public reports of the live service.
        Refusal::SoftwareTokenMismatch => {
            ApiError::new(CodeMismatchException, "Invalid code received for user")
        }
        Refusal::SoftwareTokenUsed => {
            ApiError::new(ExpiredCodeException, "Your software token has already been used once.")
        }
        // *Documented* in the guide on TOTP.
        Refusal::SoftwareTokenNotAllowed => ApiError::new(
            SoftwareTokenMfaNotFoundException,
            "Software Token MFA has not been enabled by the userPool",
        ),
        // *Observed* in public reports of the live service.
        Refusal::SoftwareTokenMissing => ApiError::new(
            SoftwareTokenMfaNotFoundException,
            "Software Token MFA does not exist for the user.",
        ),
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
        Refusal::DevicesNotRemembered => ApiError::new(
            InvalidUserPoolConfigurationException,
            "Device tracking is not configured for the user pool.",
        ),
        // *Observed* in public reports of the live service.
        Refusal::DeviceNotFound => ApiError::new(ResourceNotFoundException, "Device does not exist."),
        // *Chosen*: the type is the model's, the text unknown.
        Refusal::DeviceExists => ApiError::new(DeviceKeyExistsException, "Device already exists."),
        Refusal::SessionUsed => unauthorized("Invalid session for the user, session can only be used once."),
        Refusal::AccessTokenInvalid => unauthorized("Invalid Access Token"),
        Refusal::AccessTokenForged => unauthorized("Could not verify signature for Access Token"),
        Refusal::AccessTokenExpired => unauthorized("Access Token has expired"),
        Refusal::AccessTokenRevoked => unauthorized("Access Token has been revoked"),
        // *Observed* in public reports of the live service.
        Refusal::AccessTokenScope => unauthorized("Access Token does not have required scopes"),
        // *Chosen*: another app client's. RevokeToken's model knows only this type for it.
        Refusal::RefreshTokenInvalid if operation == Operation::RevokeToken => {
            ApiError::new(UnauthorizedException, "Invalid Refresh Token")
        }
        Refusal::RefreshTokenInvalid => unauthorized("Invalid Refresh Token"),
        Refusal::RefreshTokenExpired => unauthorized("Refresh Token has expired"),
        // *Observed* in public reports of the live service.
        Refusal::RefreshTokenRevoked => unauthorized("Refresh Token has been revoked"),
        // *Chosen*: the type is the model's, the text is unknown; only this operation has it.
        Refusal::RefreshTokenReused if operation == Operation::GetTokensFromRefreshToken => {
            ApiError::new(RefreshTokenReuseException, "Refresh Token has been replaced by another one")
        }
        Refusal::RefreshTokenReused => unauthorized("Invalid Refresh Token"),
        // *Chosen*: the text is unknown (cog-0187); this is that of a flow which is switched off.
        Refusal::RefreshTokenRotates => invalid(&flow_not_enabled(operation, Flow::RefreshTokenAuth)),
        Refusal::RefreshSecretHashWrong(id) => {
            unauthorized(&format!("SecretHash does not match for the client: {id}"))
        }
        // *Chosen*.
        Refusal::ClientSecretWrong(id) => ApiError::new(
            if operation == Operation::RevokeToken { UnauthorizedException } else { NotAuthorizedException },
            format!("Unable to verify the secret of client {id}"),
        ),
        // *Chosen*: the types of the next two are the model's, their texts unknown.
        Refusal::RevocationOff => {
            ApiError::new(UnsupportedOperationException, "Token revocation is not enabled for this client")
        }
        Refusal::TokenNotRevocable => ApiError::new(UnsupportedTokenTypeException, "Unsupported token type"),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_user_has_two_texts() {
        let text = |operation| to_api_error(operation, &Refusal::UserNotFound).message;
        assert_eq!(text(Operation::ConfirmSignUp), "Username/client id combination not found.");
        assert_eq!(text(Operation::ResendConfirmationCode), "Username/client id combination not found.");
        assert_eq!(text(Operation::AdminConfirmSignUp), "User does not exist.");
        assert_eq!(text(Operation::AdminGetUser), "User does not exist.");
    }
}
