//! The errors of settings: of pools, app clients, schemas and tags.
//!
//! As in the parent module, a text without a comment is that of a fact.

use lido_cognito_idp::Operation;
use lido_domain::{
    pool::{EventVersion, Feature, Tier},
    refusal::{ClientFault, EntryFault, OAuthFault, PoolFault, TagFault},
};

use crate::wire::error::{ApiError, ErrorKind, first_declared};

fn invalid(text: impl Into<String>) -> ApiError {
    ApiError::new(ErrorKind::InvalidParameterException, text)
}

/// Returns the error for settings of a pool.
pub(super) fn pool(fault: &PoolFault) -> ApiError {
    let text = match fault {
        PoolFault::AliasAndUsernameAttributes => {
            "Only one of the aliasAttributes or usernameAttributes can be set in a User pool."
        }
        PoolFault::TierTooLow(tier, features) => return tier_too_low(*tier, features),
        // *Chosen*: *Documented* is the type (api-0072), the text is unknown.
        PoolFault::TierChange(tier, features) => {
            return ApiError {
                kind: ErrorKind::TierChangeNotAllowedException,
                ..tier_too_low(*tier, features)
            };
        }
        PoolFault::PasswordNotAmongFactors => {
            "Password should be configured as one of the allowed first auth factors."
        }
        // *Chosen*: the constraints of the API refuse the value before this can happen.
        PoolFault::PasswordLength => "MinimumLength must lie between 6 and 99.",
        PoolFault::DeletionProtected => concat!(
            "The user pool cannot be deleted because deletion protection is activated. ",
            "Deletion protection must be inactivated first."
        ),
        PoolFault::HasDomain => {
            "User pool cannot be deleted. It has a domain configured that should be deleted first."
        }
        PoolFault::MfaWithoutSms => {
            "SMS configuration and Auto verification for phone_number are required when MFA is required/optional"
        }
        PoolFault::MfaOnWithoutFactor => {
            "Cannot turn MFA functionality ON, once the user pool has been created."
        } // api-0104
        PoolFault::VerificationWithoutSms => {
            "SMS configuration is required when phone_number is selected for auto verification"
        }
        PoolFault::SmsOtpWithoutSms => {
            "SMS_OTP can not be configured as AuthFactor as user pool is missing valid SMS configuration"
        }
        PoolFault::OtpWithMfa => {
            "Only PASSWORD and WEB_AUTHN (if configured) can be enabled as an auth factor if MFA is enabled"
        }
        PoolFault::PasskeysWithMfa => {
            "WEB_AUTHN cannot be used as an auth factor when MFA is enabled if not configured for MFA."
        }
        PoolFault::SingleFactorPasskeysWithMfa => concat!(
            "Cannot set WebAuthn factor configuration to SINGLE_FACTOR ",
            "if MFA is required and WebAuthn is an allowed first auth factor"
        ),
        PoolFault::EmailMfaWithBuiltInSender => concat!(
            "Cannot set EmailMfaConfiguration when user pool EmailConfiguration contains an EmailSendingAccount of ",
            "COGNITO_DEFAULT. Update the value of EmailSendingAccount."
        ),
        // *Chosen*: *Documented* is the refusal (api-0125).
        PoolFault::EmailMfaWithEmailRecovery => {
            "Email MFA cannot be configured when email is the only account recovery mechanism."
        }
        PoolFault::RelyingPartyMalformed => "RelyingPartyId contains invalid characters",
        PoolFault::EmailFrom => "Provided From email address is invalid",
        PoolFault::EmailRegion(regions) => {
            return invalid(format!(
                "Invalid EmailConfiguration.SourceArn. Provided SourceArn must be in one of the following SES regions: {}.",
                regions.join(", ")
            ));
        }
        PoolFault::SnsRegion(region) => {
            return invalid(format!("Invalid snsRegion. Allowed SNS region for {region} is {region}"));
        }
        PoolFault::FunctionRegion => "Cross-region lambda functions are not supported",
        PoolFault::SenderWithoutKey => {
            "KMSKeyId parameter is required when Custom SMS/Email Lambda trigger is used."
        }
        // *Chosen*: *Documented* is the refusal.
        PoolFault::VerificationTextTwice => {
            "EmailMessage and EmailMessageByLink cannot be specified together."
        }
        PoolFault::MfaWithoutFactor => {
            "Invalid MFA Configuration given. SMS MFA, Email MFA, or Software Token MFA must be enabled."
        }
        PoolFault::MfaOffWithFactor => {
            "Invalid MFA configuration given, can't turn off MFA and configure an MFA together."
        }
        // *Chosen*. *Documented*: one of the two is required.
        PoolFault::SmsConfiguredTwice => {
            "SmsConfiguration can have either SnsCallerArn or EumsSms, but not both."
        }
        // *Chosen*. *Documented*: the Regions must be the same.
        PoolFault::SmsRegion => "The Region of EumsSms must be the Region of the user pool.",
        PoolFault::EmailWithoutSource => "Source ARN is required to use DEVELOPER email sending owner",
        PoolFault::VerifiedBeforeUpdateOnly => concat!(
            "All attributes in AttributesRequireVerificationBeforeUpdate ",
            "must exist in AutoVerifiedAttributes"
        ),
        // *Chosen*: *Documented* is the refusal.
        PoolFault::RecoveryNotOnlyByAdmin => {
            "Account Recovery Setting cannot use admin_only setting with any other recovery mechanisms."
        }
        PoolFault::DuplicateRecoveryMechanism => concat!(
            "Invalid account recovery setting parameter. ",
            "Account Recovery Setting cannot have duplicate priorities or recovery mechanisms."
        ),
        PoolFault::PasswordValidityTwice => {
            "Please use TemporaryPasswordValidityDays in PasswordPolicy instead of UnusedAccountValidityDays"
        }
        PoolFault::TokenFunctionsDiffer => {
            "Cannot use PreTokenGenerationLambda and PreTokenGeneration with different Lambda function ARN's"
        }
        // *Chosen*. *Documented*: the placeholder is required.
        PoolFault::InvitationWithoutPassword => {
            "The messages of InviteMessageTemplate must contain the placeholder {####}."
        }
        // *Chosen*. *Documented*: the names must differ.
        PoolFault::DuplicateAcrName => "Each name in AcrConfiguration must be unique across all four levels.",
    };
    invalid(text)
}

/// Returns the error for features that the tier does not include. *Observed* for one feature; *Chosen*: several are
/// joined by a comma.
fn tier_too_low(tier: Tier, features: &[Feature]) -> ApiError {
    let tier = tier_name(tier);
    let names: Vec<_> = features.iter().map(|feature| feature_name(*feature)).collect();
    ApiError::new(
        ErrorKind::FeatureUnavailableInTierException,
        format!(
            "The following features need to be disabled for the {tier} pricing tier configured: {}",
            names.join(", ")
        ),
    )
}

pub(super) fn tier_name(tier: Tier) -> &'static str {
    match tier {
        Tier::Lite => "LITE",
        Tier::Essentials => "ESSENTIALS",
        Tier::Plus => "PLUS",
    }
}

pub(super) fn feature_name(feature: Feature) -> &'static str {
    match feature {
        Feature::PasswordlessSignIn => "Passwordless Sign-In",
        Feature::TokenCustomization(EventVersion::V2) => {
            "Token Customization with Pre-Token Generation Lambda V2_0"
        }
        // *Chosen* like V2_0.
        Feature::TokenCustomization(EventVersion::V3) => {
            "Token Customization with Pre-Token Generation Lambda V3_0"
        }
        Feature::ThreatProtection => "Threat Protection",
        // *Chosen*.
        Feature::ChoiceBasedSignIn => "Choice-Based Sign-In",
        // *Chosen*.
        Feature::AcrNames => "ACR Configuration",
        // *Chosen*.
        Feature::EmailMfa => "Email MFA",
        // *Chosen*.
        Feature::PasswordHistory => "Password History",
        // Reported (api-0071).
        Feature::RefreshTokenRotation => "Refresh Token Rotation",
        // As it is called when a domain is created (oau-0200).
        Feature::ManagedLogin => "Managed Login Version 2",
        // *Chosen*.
        Feature::ClientMetadata => "Client ID Metadata Documents",
    }
}

/// Returns the error for settings of an app client.
pub(super) fn client(operation: Operation, fault: &ClientFault) -> ApiError {
    let action = if operation == Operation::UpdateUserPoolClient { "updating" } else { "creating" };
    match fault {
        ClientFault::MixedFlows => {
            invalid("Auth flow name with prefix 'ALLOW' cannot be used with legacy auth flow names.")
        }
        // *Chosen*: the constraints of the API refuse the value before this can happen.
        ClientFault::SessionMinutes => invalid("AuthSessionValidity must lie between 3 and 15."),
        // *Observed* for CreateUserPoolClient, this and the next (api-0157, api-0158); *Chosen* like it for the update.
        ClientFault::ReadAttributes => {
            invalid(format!("Invalid read attributes specified while {action} a client"))
        }
        ClientFault::WriteAttributes => {
            invalid(format!("Invalid write attributes specified while {action} a client"))
        }
        ClientFault::Lifetime => invalid("Invalid range for token validity."),
        ClientFault::LifetimeOrder => invalid(concat!(
            "Access and Id Token expiration times must be less than or equal to ",
            "refresh token expiration times."
        )),
        ClientFault::RotationWithRefreshFlow => invalid(concat!(
            "ALLOW_REFRESH_TOKEN_AUTH is not a permitted ExplicitAuthFlow ",
            "when refresh token rotation is enabled."
        )),
        // *Chosen*, this and the next. *Documented*: the flow excludes all others and needs a secret (api-0291).
        ClientFault::ClientTokenFlowNotAlone => {
            invalid("ALLOW_CLIENT_TOKEN_AUTH cannot be used with other authentication flows.")
        }
        ClientFault::ClientTokenWithoutSecret => {
            invalid("ALLOW_CLIENT_TOKEN_AUTH cannot be used if client does not have a client secret.")
        }
        ClientFault::TierTooLow(tier, feature) => tier_too_low(*tier, &[*feature]),
        // *Chosen*. *Documented*: a request cannot have both.
        ClientFault::SecretSentAndGenerated => {
            invalid("GenerateSecret and ClientSecret cannot be specified in one request.")
        }
        ClientFault::PropagatesWithoutSecret => {
            invalid("Client Secret is required to set EnablePropagateAdditionalUserContextData as true")
        }
        ClientFault::Analytics => invalid(concat!(
            "Invalid analytics configuration given, either <application arn> or ",
            "<application id, role arn, external id> are valid"
        )),
        ClientFault::OAuth(fault) => oauth(fault),
        // *Chosen* in this arm and the next three; the conditions are *Documented*.
        ClientFault::NoSecret => invalid("The client was created without a secret and cannot get one."),
        ClientFault::TooManySecrets => {
            ApiError::new(ErrorKind::LimitExceededException, "A client can have at most 2 secrets.")
        }
        ClientFault::LastSecret => invalid("The last secret of a client cannot be deleted."),
        ClientFault::UnknownSecret(id) => {
            ApiError::new(ErrorKind::ResourceNotFoundException, format!("Client secret {id} does not exist."))
        }
    }
}

fn oauth(fault: &OAuthFault) -> ApiError {
    let flow = |text: &str| ApiError::new(ErrorKind::InvalidOAuthFlowException, text);
    match fault {
        // *Chosen*, this and the next: no record was found.
        OAuthFault::NotAbsolute(url) => invalid(format!("{url} is not an absolute URI.")),
        OAuthFault::Fragment(url) => invalid(format!("{url} cannot use fragment")),
        OAuthFault::PlainHttp(url) => invalid(format!("{url} cannot use the HTTP protocol.")),
        OAuthFault::DefaultRedirectNotListed(url) => {
            invalid(format!("The default redirect URI {url} is not in the callback URIs list."))
        }
        OAuthFault::FlowsOrScopesMissing => invalid(concat!(
            "AllowedOAuthFlows and AllowedOAuthScopes are required ",
            "if user pool client is allowed to use OAuth flows."
        )),
        OAuthFault::CallbackMissing => {
            flow("CallbackUrls can not be empty when code flow or implicit flow is selected")
        }
        OAuthFault::ClientCredentialsNotAlone => {
            flow("client_credentials flow can not be selected along with code flow or implicit flow.")
        }
        OAuthFault::CredentialsWithoutSecret => {
            flow("client_credentials flow can not be selected if client does not have a client secret.")
        }
        OAuthFault::ScopeNotForCredentials(scope) => {
            flow(&format!("{scope} is not supported with client_credentials flow"))
        }
        OAuthFault::UnknownScope(scope) => {
            ApiError::new(ErrorKind::ScopeDoesNotExistException, format!("Invalid scope requested: {scope}"))
        }
    }
}

/// Returns the error for tags.
///
/// *Chosen*: the texts, and `UserPoolTaggingException` for the operations that declare it.
pub(super) fn tags(operation: Operation, fault: &TagFault) -> ApiError {
    let kind = first_declared(operation, &[ErrorKind::UserPoolTaggingException]);
    ApiError::new(
        kind,
        match fault {
            TagFault::TooMany => "A user pool can have at most 50 tags.".to_owned(),
            TagFault::NoPool => "The ARN does not name a user pool.".to_owned(),
            TagFault::Reserved(key) => format!("The tag key {key} begins with aws:, which is reserved."),
        },
    )
}

/// Returns the error for an attribute that a schema cannot get.
pub(super) fn schema_entry(fault: &EntryFault) -> ApiError {
    invalid(match fault {
        // *Chosen*.
        EntryFault::NameMissing => "Invalid AttributeName: the name must not be null.".to_owned(),
        // api-0087
        EntryFault::TypeMissing => {
            "Invalid AttributeDataType input, consider using the provided AttributeDataType enum.".to_owned()
        }
        // *Chosen*.
        EntryFault::Bounds(name) => {
            format!("Invalid constraints for attribute {name}: the bounds must be whole numbers.")
        }
        EntryFault::BoundsReversed { attribute, text: true } => {
            format!("Attribute {attribute} cannot have a max length shorter than it's min length")
        }
        // *Chosen* like the one about lengths: *Observed* is only that the text is of the same build.
        EntryFault::BoundsReversed { attribute, text: false } => {
            format!("Attribute {attribute} cannot have a max value smaller than it's min value")
        }
        // *Chosen*: *Observed* is the refusal.
        EntryFault::Twice(name) => {
            format!("Duplicate custom attribute names {name} are not allowed in a user pool schema.")
        }
        EntryFault::Exists(name) => {
            let without_prefix = name.strip_prefix("dev:").unwrap_or(name);
            format!("{without_prefix}: Existing attribute already has name {name}.")
        }
        EntryFault::StandardAttributeRedefined(name) => format!(
            "You can not change AttributeDataType or set developerOnlyAttribute for standard schema attribute {name}"
        ),
        EntryFault::Required(_) => "Required custom attributes are not supported currently.".to_owned(),
        // *Chosen*: the limit is documented, its text is not.
        EntryFault::TooMany => "A user pool can have at most 50 custom attributes.".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tier_error_lists_the_features() {
        let features = [Feature::PasswordlessSignIn, Feature::ThreatProtection];
        let error = pool(&PoolFault::TierTooLow(Tier::Lite, features.to_vec()));
        let text = "The following features need to be disabled for the LITE pricing tier configured: \
                    Passwordless Sign-In, Threat Protection";
        assert_eq!(error, ApiError::new(ErrorKind::FeatureUnavailableInTierException, text));
    }

    #[test]
    fn existing_attribute_error_contains_both_names() {
        for (name, text) in [
            ("custom:a", "custom:a: Existing attribute already has name custom:a."),
            ("dev:custom:a", "custom:a: Existing attribute already has name dev:custom:a."),
        ] {
            assert_eq!(schema_entry(&EntryFault::Exists(name.into())), invalid(text));
        }
    }

    #[test]
    fn tag_error_is_tagging_exception_if_declared() {
        let kind = |operation| tags(operation, &TagFault::TooMany).kind;
        assert_eq!(kind(Operation::CreateUserPool), ErrorKind::UserPoolTaggingException);
        assert_eq!(kind(Operation::UpdateUserPool), ErrorKind::UserPoolTaggingException);
        assert_eq!(kind(Operation::TagResource), ErrorKind::InvalidParameterException);
    }
}
