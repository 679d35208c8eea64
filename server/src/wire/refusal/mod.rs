//! Conversion of refusals to errors of the API: the kind and the exact text of each, in one exhaustive match.
//!
//! A text without a comment is the message of a fact: `docs/error-texts.md` has its id and confidence. A test compares
//! the texts with `facts/*.jsonl`; a text that no fact records is marked *Chosen* and listed in `server/tests/texts.toml`.
//! Where the kind or the text depends on the operation, the arm has a guard. `attributes` has the texts about users'
//! data, `settings` those about pools and app clients, `domains` those about domains, resource servers and CIMD policies, `passkeys` those
//! about passkeys, `tokens` those about tokens that are issued without a sign-in, `branding` those about what the sign-in
//! pages look like.

mod attributes;
mod branding;
mod domains;
mod passkeys;
mod settings;
mod tokens;

use lido_cognito_idp::Operation;
use lido_domain::{
    Refusal,
    attribute::contact::ContactKind,
    flow::sign_in::InitiateAuthFlow,
    pool::{alias::NameKind, mfa::MfaFactor, password::PasswordRule},
};
use lido_runtime::Operation as _;

use super::error::{ApiError, ErrorKind, first_declared};

/// Returns the error of `operation` for a refusal.
pub fn to_api_error(operation: Operation, refusal: &Refusal) -> ApiError {
    use ErrorKind::*;
    let invalid = |text: &str| ApiError::new(InvalidParameterException, text);
    let unauthorized = |text: &str| ApiError::new(NotAuthorizedException, text);
    match refusal {
        Refusal::UnknownPool(id) => {
            ApiError::new(ResourceNotFoundException, format!("User pool {id} does not exist."))
        }
        // *Chosen*: the only error that RevokeToken declares for an app client that does not exist.
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
        Refusal::SignUpNotAllowed => unauthorized("SignUp is not permitted for this user pool"),
        Refusal::UsernameMalformed(fault) => invalid(attributes::username_form(*fault)),
        Refusal::PreferredUsernameAtSignUp => invalid(concat!(
            "Preferred username cannot be provided for unconfirmed account, ",
            "since user pool is configured for preferred username alias."
        )),
        // *Chosen*, after the texts of usernames.
        Refusal::PreferredUsernameMalformed(ContactKind::Email) => invalid(
            "Preferred username cannot be of email format, since user pool is configured for email alias.",
        ),
        Refusal::PreferredUsernameMalformed(ContactKind::PhoneNumber) => invalid(concat!(
            "Preferred username cannot be of phone number format, ",
            "since user pool is configured for phone number alias."
        )),
        // *Chosen*, with the pattern of usernames. The value is not repeated, because it may not be visible.
        Refusal::PreferredUsernameInvalid => invalid(
            r"Preferred username must satisfy regular expression pattern: [\p{L}\p{M}\p{S}\p{N}\p{P}]+, and have at most 128 characters",
        ),
        Refusal::AttributeWithoutValue(name) => {
            invalid(&format!("Attribute value for {name} must not be null"))
        }
        Refusal::Schema(faults) => invalid(&attributes::schema(operation, faults)),
        Refusal::AttributeNotWritable => unauthorized("A client attempted to write unauthorized attribute"),
        Refusal::ContactMalformed(ContactKind::Email) => invalid("Invalid email address format."),
        Refusal::ContactMalformed(ContactKind::PhoneNumber) => invalid("Invalid phone number format."),
        // pub-0021 for RespondToAuthChallenge, *Chosen* for the others.
        Refusal::AttributeReserved(name) => {
            invalid(&format!("Cannot modify the non-mutable attribute {name}"))
        }
        Refusal::AttributeNotVerifiable => {
            invalid("Invalid attribute name. Only phone_number and email can be verified.")
        }
        // *Chosen* in this arm and the next: no record was found.
        Refusal::ContactMissing(ContactKind::Email) => {
            invalid("User does not have a valid registered email address")
        }
        Refusal::ContactMissing(ContactKind::PhoneNumber) => {
            invalid("User does not have a valid registered phone number")
        }
        // *Chosen*: the documentation says only that the contact is required.
        Refusal::VerifiedWithoutContact(kind) => invalid(&format!(
            "A value for {} is required to set {} to true.",
            kind.attribute(),
            kind.verified_attribute()
        )),
        Refusal::PasswordPolicy(rule) => {
            ApiError::new(InvalidPasswordException, attributes::password(operation, *rule))
        }
        // *Chosen*: the service's text for an absent password is unknown; an empty password breaks the length first.
        Refusal::PasswordMissing => {
            ApiError::new(InvalidPasswordException, attributes::password(operation, PasswordRule::Length))
        }
        // *Chosen*: the type is documented, its text is not.
        Refusal::PasswordReused => ApiError::new(
            PasswordHistoryPolicyViolationException,
            "Password did not conform with policy: Password has been used before",
        ),
        // *Chosen*: the documentation says only that one is required.
        Refusal::PasswordlessWithoutContact => {
            invalid("An email or a phone_number is required for a user without a password.")
        }
        // *Chosen*: the documentation says only that the sign-up fails.
        Refusal::NothingToVerify(kind) => ApiError::new(
            InvalidLambdaResponseException,
            format!("PreSignUp verified {}, which the user does not have", kind.attribute()),
        ),
        // *Chosen*: no record was found. The type is that of `NothingToVerify`.
        Refusal::VerifiedWithoutConfirmation => ApiError::new(
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
        // api-0325; the type in AdminCreateUser is reported (api-0326).
        Refusal::AliasTaken(NameKind::PreferredUsername) => ApiError::new(
            match operation {
                Operation::AdminCreateUser => UsernameExistsException,
                _ => AliasExistsException,
            },
            "Already found an entry for the provided username.",
        ),
        Refusal::AliasTaken(kind) => ApiError::new(AliasExistsException, account_exists(*kind)),
        Refusal::UserNotFound if operation.declares(UserNotFoundException) => {
            ApiError::new(UserNotFoundException, user_not_found(operation))
        }
        // *Chosen* in this arm and the next: these operations declare no type for it.
        Refusal::UserNotFound if !operation.is_public() => {
            ApiError::new(ResourceNotFoundException, user_not_found(operation))
        }
        // The access token of a deleted user is treated as revoked.
        Refusal::UserNotFound => unauthorized("Access Token has been revoked"),
        Refusal::NotUnconfirmed(status) => {
            unauthorized(&format!("User cannot be confirmed. Current status is {}", status.as_str()))
        }
        Refusal::UserDisabled => unauthorized("User is disabled."),
        // *Chosen*: the type is reported (cog-0293), its text is unknown; this one is like that of ConfirmSignUp.
        Refusal::NoTemporaryPassword(status) => ApiError::new(
            UnsupportedUserStateException,
            format!("User cannot be invited again. Current status is {}", status.as_str()),
        ),
        Refusal::NotResettable => unauthorized("User password cannot be reset in the current state."),
        Refusal::NoRecoveryContact => invalid(
            "Cannot reset password for the user as there is no registered/verified email or phone_number",
        ),
        // *Chosen*: the documentation says only that the pool must have self-service recovery.
        Refusal::RecoveryByAdministrator => {
            unauthorized("Account recovery is left to administrators in this user pool.")
        }
        // Reported for email (pub-0031); *Chosen* like it for phone numbers.
        Refusal::NoContactToInvite(ContactKind::Email) => {
            invalid("No email provided but desired delivery medium was Email")
        }
        Refusal::NoContactToInvite(ContactKind::PhoneNumber) => {
            invalid("No phone number provided but desired delivery medium was SMS")
        }
        Refusal::TooManyAttempts => {
            ApiError::new(LimitExceededException, "Attempt limit exceeded, please try after some time.")
        }
        Refusal::TooManyMessages if operation.declares(LimitExceededException) => {
            ApiError::new(LimitExceededException, "Attempt limit exceeded, please try after some time.")
        }
        // *Chosen*: the operations of a sign-in, and some of administrators, declare no LimitExceededException. The text is
        // that of cog-0194.
        Refusal::TooManyMessages => ApiError::new(TooManyRequestsException, "Too many requests"),
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
        // *Chosen*: the service's text is unknown.
        Refusal::NoContact => invalid("Cannot resend codes. The user has no contact that is auto verified."),
        Refusal::SchemaEntry(fault) => settings::schema_entry(fault),
        // *Chosen*: the type is documented, its text is not.
        Refusal::AuthEventsNotRecorded => ApiError::new(
            UserPoolAddOnNotEnabledException,
            "User pool add-ons are not enabled for this user pool.",
        ),
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
        Refusal::CustomAuthWithoutTriggers => {
            invalid("Custom auth lambda trigger is not configured for the user pool.")
        }
        // *Chosen*: the same error as for any other invalid response of a trigger.
        Refusal::PasswordChallengeNotAllowed => {
            ApiError::new(InvalidLambdaResponseException, "Unrecognizable lambda output")
        }
        Refusal::MigrationFailed(client) => {
            ApiError::new(UserNotFoundException, format!("Exception migrating user in app client {client}"))
        }
        Refusal::ParameterMissing(name) => invalid(&format!("Missing required parameter {name}")),
        Refusal::Passkey(fault) => passkeys::to_api_error(*fault),
        Refusal::ParameterInvalid(name) => invalid(&format!("Invalid parameter {name}")), // *Chosen*
        Refusal::ClaimTimeMalformed => {
            invalid("TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.")
        }
        Refusal::WrongPassword => unauthorized("Incorrect username or password."),
        Refusal::LockedOut => unauthorized("Password attempts exceeded"),
        // *Chosen* in this arm and the next: the second type if the operation does not declare the first.
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
        // It is reported that names are joined (cog-0394), but not certain by which separator.
        Refusal::AttributesMissing(names) => {
            invalid(&format!("Invalid attributes given, {} is missing", names.join(" and ")))
        }
        Refusal::AttributeAlreadyProvided(name) => {
            unauthorized(&format!("Cannot modify an already provided {name}"))
        }
        // *Observed* for SMS_MFA (pub-0007), *Chosen* for the codes of other challenges.
        Refusal::SignInCodeMismatch => {
            ApiError::new(CodeMismatchException, "Invalid code or auth state for the user.")
        }
        // api-0324
        Refusal::SoftwareTokenMismatch if operation == Operation::VerifySoftwareToken => {
            ApiError::new(EnableSoftwareTokenMfaException, "Code mismatch and fail enable Software Token MFA")
        }
        Refusal::SoftwareTokenMismatch => {
            ApiError::new(CodeMismatchException, "Invalid code received for user")
        }
        Refusal::SoftwareTokenUsed => {
            ApiError::new(ExpiredCodeException, "Your software token has already been used once.")
        }
        Refusal::SoftwareTokenNotAllowed => ApiError::new(
            SoftwareTokenMfaNotFoundException,
            "Software Token MFA has not been enabled by the userPool",
        ),
        Refusal::SoftwareTokenMissing => ApiError::new(
            SoftwareTokenMfaNotFoundException,
            "Software Token MFA does not exist for the user.",
        ),
        // *Chosen*. *Documented*: exactly one of the two is required.
        Refusal::AccessTokenOrSessionRequired => invalid("Either an access token or a session is required."),
        // pub-0015 and pub-0017, for the user; cog-0393 for the administrator. *Chosen*: e-mail has that one for both.
        Refusal::MfaFactorNotSetUp(MfaFactor::SoftwareToken)
            if operation == Operation::SetUserMFAPreference =>
        {
            invalid("User has not set up software token mfa")
        }
        Refusal::MfaFactorNotSetUp(MfaFactor::Sms) if operation == Operation::SetUserMFAPreference => {
            invalid("User does not have a phone_number set to turn on SMS MFA")
        }
        Refusal::MfaFactorNotSetUp(factor) => invalid(&factor_not_set_up(*factor)),
        Refusal::SoftwareTokenNotVerified if operation == Operation::SetUserMFAPreference => {
            invalid("User has not verified software token mfa")
        }
        Refusal::SoftwareTokenNotVerified => invalid(&factor_not_set_up(MfaFactor::SoftwareToken)),
        // *Chosen* in this arm and the next two. *Documented*: one factor can be preferred, and it must be enabled.
        Refusal::SeveralPreferredFactors => invalid("Only one MFA type can be preferred."),
        Refusal::PreferredFactorTurnedOff(factor) => {
            invalid(&format!("{} cannot be preferred because it is not enabled.", factor.as_str()))
        }
        Refusal::MfaSetupIncomplete => invalid("The user has not set up an MFA type."),
        // *Chosen*: the type is in the model, the text is unknown.
        Refusal::DevicesNotRemembered => ApiError::new(
            InvalidUserPoolConfigurationException,
            "Device tracking is not configured for the user pool.",
        ),
        Refusal::DeviceNotFound => ApiError::new(ResourceNotFoundException, "Device does not exist."),
        // *Chosen*: the type is in the model, the text is unknown.
        Refusal::DeviceAlreadyConfirmed => ApiError::new(DeviceKeyExistsException, "Device already exists."),
        Refusal::SessionUsed => unauthorized("Invalid session for the user, session can only be used once."),
        Refusal::AccessTokenInvalid => unauthorized("Invalid Access Token"),
        Refusal::AccessTokenSignatureInvalid => unauthorized("Could not verify signature for Access Token"),
        Refusal::AccessTokenExpired => unauthorized("Access Token has expired"),
        Refusal::AccessTokenRevoked => unauthorized("Access Token has been revoked"),
        Refusal::AccessTokenScopeMissing => unauthorized("Access Token does not have required scopes"),
        // *Chosen*: the token of another app client. RevokeToken declares only this error for it.
        Refusal::RefreshTokenInvalid if operation == Operation::RevokeToken => {
            ApiError::new(UnauthorizedException, "Invalid Refresh Token.")
        }
        Refusal::RefreshTokenInvalid => unauthorized("Invalid Refresh Token."),
        Refusal::RefreshTokenExpired => unauthorized("Refresh Token has expired"),
        Refusal::RefreshTokenRevoked => unauthorized("Refresh Token has been revoked"),
        // *Chosen*: the type is in the model, for this operation only; the text is unknown.
        Refusal::RefreshTokenReused if operation == Operation::GetTokensFromRefreshToken => {
            ApiError::new(RefreshTokenReuseException, "Refresh Token has been replaced by another one")
        }
        Refusal::RefreshTokenReused => unauthorized("Invalid Refresh Token."),
        // *Chosen*: the text is unknown (cog-0187); this is the text for a flow that is not enabled.
        Refusal::RefreshTokenRotationEnabled => {
            invalid(&flow_not_enabled(operation, InitiateAuthFlow::RefreshTokenAuth))
        }
        Refusal::RefreshSecretHashWrong(id) => {
            unauthorized(&format!("SecretHash does not match for the client: {id}"))
        }
        // *Chosen*: the service's text is unknown.
        Refusal::ClientSecretWrong(id) => ApiError::new(
            if operation == Operation::RevokeToken { UnauthorizedException } else { NotAuthorizedException },
            format!("Unable to verify the secret of client {id}"),
        ),
        // *Chosen*: the type is documented for GetClientToken (api-0291). The text is like that of sign-in flows.
        Refusal::TokenFlowNotEnabled(flow) => invalid(&format!("{flow} flow not enabled for this client")),
        Refusal::Scope(fault) => tokens::scope(fault),
        Refusal::Exchange(fault) => tokens::exchange(fault),
        // *Chosen* in this arm and the next: the types are in the model, the texts are unknown.
        Refusal::RevocationDisabled => {
            ApiError::new(UnsupportedOperationException, "Token revocation is not enabled for this client")
        }
        Refusal::TokenNotRevocable => ApiError::new(UnsupportedTokenTypeException, "Unsupported token type"),
        Refusal::Pool(fault) => settings::pool(fault),
        Refusal::Client(fault) => settings::client(operation, fault),
        Refusal::Tags(fault) => settings::tags(operation, fault),
        // *Chosen*: no record was found.
        Refusal::FilterMalformed => invalid("Error while parsing filter."),
        Refusal::FilterAttributeNotSearchable(name) => invalid(&format!("Invalid search attribute: {name}")),
        Refusal::AttributesUnknown => invalid("One or more requested attributes do not exist."),
        Refusal::Domain(fault) => domains::domain(fault),
        Refusal::Cimd(fault) => domains::cimd(*fault),
        Refusal::Branding(fault) => branding::error(fault),
        Refusal::UnknownResourceServer(id) => domains::unknown_resource_server(id),
        Refusal::ResourceServerExists(id) => domains::resource_server_exists(id),
        Refusal::TooManyResourceServers => domains::too_many_resource_servers(),
        Refusal::ScopeTwice(name) => domains::scope_twice(name),
    }
}

/// Returns the text for a second factor that cannot be turned on because the user has not set it up.
fn factor_not_set_up(factor: MfaFactor) -> String {
    format!("User does not have delivery config set to turn on {}", factor.as_str())
}

/// Returns the text for a flow that is not enabled. AdminInitiateAuth does not name the flow, and SRP has a text of
/// its own (both reported: cog-0216, cog-0382).
fn flow_not_enabled(operation: Operation, flow: InitiateAuthFlow) -> String {
    match (operation, flow) {
        (Operation::AdminInitiateAuth, _) => "Auth flow not enabled for this client".to_owned(),
        (_, InitiateAuthFlow::UserSrpAuth) => "USER_SRP_AUTH is not enabled for the client".to_owned(),
        (_, flow) => format!("{} flow not enabled for this client", flow.as_str()),
    }
}

/// Returns the text for a user that does not exist. The operations on sign-up and recovery name the app client too
/// (*Observed*: cog-0008, cog-0357).
fn user_not_found(operation: Operation) -> &'static str {
    match operation {
        Operation::ConfirmSignUp
        | Operation::ResendConfirmationCode
        | Operation::ForgotPassword
        | Operation::ConfirmForgotPassword => "Username/client id combination not found.",
        _ => "User does not exist.",
    }
}

/// Returns the text for an email address or phone number that another user has.
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
