//! An error of the API before it is that of one operation: a type and the text that the client reads.
//!
//! Which refusal is told how is [`super::refusal`]'s matter. Here is only the way into the error enum of an
//! operation: each lists the types that its model declares and this server uses. A type that an operation does not
//! declare would reach no client as what it is, so it is logged and becomes an internal error.

use lido_cognito_idp::{operations, types};

/// A type of error. The variants are spelt like the API's and mean the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the API's")]
pub enum Kind {
    AccessDeniedException,
    AliasExistsException,
    CodeDeliveryFailureException,
    CodeMismatchException,
    ConcurrentModificationException,
    DeviceKeyExistsException,
    EnableSoftwareTokenMfaException,
    ExpiredCodeException,
    FeatureUnavailableInTierException,
    ForbiddenException,
    GroupExistsException,
    InternalErrorException,
    InvalidEmailRoleAccessPolicyException,
    InvalidLambdaResponseException,
    InvalidOAuthFlowException,
    InvalidParameterException,
    InvalidPasswordException,
    InvalidSmsRoleAccessPolicyException,
    InvalidSmsRoleTrustRelationshipException,
    InvalidUserPoolConfigurationException,
    LimitExceededException,
    MfaMethodNotFoundException,
    NotAuthorizedException,
    OperationNotEnabledException,
    PasswordHistoryPolicyViolationException,
    PasswordResetRequiredException,
    PreconditionNotMetException,
    RefreshTokenReuseException,
    ResourceNotFoundException,
    ScopeDoesNotExistException,
    SoftwareTokenMfaNotFoundException,
    TierChangeNotAllowedException,
    TooManyFailedAttemptsException,
    TooManyRequestsException,
    UnauthorizedException,
    UnexpectedLambdaException,
    UnsupportedOperationException,
    UnsupportedTokenTypeException,
    UnsupportedUserStateException,
    UserImportInProgressException,
    UserLambdaValidationException,
    UserNotConfirmedException,
    UserNotFoundException,
    UserPoolAddOnNotEnabledException,
    UserPoolTaggingException,
    UsernameExistsException,
    WebAuthnChallengeNotFoundException,
    WebAuthnClientMismatchException,
    WebAuthnConfigurationMissingException,
    WebAuthnCredentialNotSupportedException,
    WebAuthnNotEnabledException,
    WebAuthnOriginNotAllowedException,
    WebAuthnRelyingPartyMismatchException,
}

/// What a client is told in place of an output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The type.
    pub kind: Kind,
    /// The text.
    pub text: String,
}

impl Said {
    /// An error of this type with this text.
    pub fn new(kind: Kind, text: impl Into<String>) -> Self {
        Self { kind, text: text.into() }
    }

    /// What the client reads of a fault of ours: that there was one. *Chosen*: the service's text is unknown; the front
    /// says the same of what it catches.
    pub fn internal() -> Self {
        Self::new(Kind::InternalErrorException, "Internal server error")
    }
}

/// An operation's error enum, made of what is said.
pub trait Speaks {
    /// Says it as this operation can.
    fn say(said: Said) -> Self;
}

/// The fault of ours: a few operations have another name for it.
macro_rules! internal {
    ($message:ident) => {
        types::InternalErrorException { message: $message }.into()
    };
    ($message:ident $internal:ident) => {
        types::$internal { message: $message }.into()
    };
}

/// Lists for each operation the types that it declares, besides the two that every operation has.
macro_rules! speaks {
    ($($error:ident $(or $internal:ident)? { $($kind:ident),* $(,)? })*) => {$(
        impl Speaks for operations::$error {
            fn say(said: Said) -> Self {
                let message = Some(said.text);
                match said.kind {
                    Kind::InternalErrorException => internal!(message $($internal)?),
                    Kind::InvalidParameterException => {
                        types::InvalidParameterException { message, reason_code: None }.into()
                    }
                    $(Kind::$kind => types::$kind { message }.into(),)*
                    // A refusal is no fault of the server, which clients would try again.
                    undeclared => {
                        tracing::error!(?undeclared, enum = stringify!($error), "an error that is not declared");
                        types::InvalidParameterException { message, reason_code: None }.into()
                    }
                }
            }
        }
    )*};
}

speaks! {
    AddCustomAttributesError {
        NotAuthorizedException, OperationNotEnabledException, ResourceNotFoundException,
        TooManyRequestsException, UserImportInProgressException,
    }
    AddUserPoolClientSecretError or InternalServerException {
        AccessDeniedException, LimitExceededException, ResourceNotFoundException,
        TooManyRequestsException,
    }
    AdminAddUserToGroupError {
        NotAuthorizedException, OperationNotEnabledException, ResourceNotFoundException,
        TooManyRequestsException, UserNotFoundException,
    }
    AdminConfirmSignUpError {
        InvalidLambdaResponseException, LimitExceededException, NotAuthorizedException,
        OperationNotEnabledException, ResourceNotFoundException, TooManyFailedAttemptsException,
        TooManyRequestsException, UnexpectedLambdaException, UserLambdaValidationException,
        UserNotFoundException,
    }
    AdminCreateUserError {
        AliasExistsException, CodeDeliveryFailureException, InvalidLambdaResponseException, InvalidPasswordException,
        InvalidSmsRoleAccessPolicyException, InvalidSmsRoleTrustRelationshipException,
        NotAuthorizedException, OperationNotEnabledException, PreconditionNotMetException,
        ResourceNotFoundException, TooManyRequestsException, UnexpectedLambdaException,
        UnsupportedUserStateException, UserLambdaValidationException, UserNotFoundException,
        UsernameExistsException,
    }
    AdminDeleteUserError {
        NotAuthorizedException, OperationNotEnabledException, ResourceNotFoundException,
        TooManyRequestsException, UserNotFoundException,
    }
    AdminDeleteUserAttributesError {
        NotAuthorizedException, OperationNotEnabledException, ResourceNotFoundException,
        TooManyRequestsException, UserNotFoundException,
    }
    AdminDisableUserError {
        NotAuthorizedException, OperationNotEnabledException, ResourceNotFoundException,
        TooManyRequestsException, UserNotFoundException,
    }
    AdminEnableUserError {
        NotAuthorizedException, OperationNotEnabledException, ResourceNotFoundException,
        TooManyRequestsException, UserNotFoundException,
    }
    AdminForgetDeviceError {
        InvalidUserPoolConfigurationException, NotAuthorizedException, OperationNotEnabledException,
        ResourceNotFoundException, TooManyRequestsException, UserNotFoundException,
    }
    AdminGetDeviceError {
        InvalidUserPoolConfigurationException, NotAuthorizedException, OperationNotEnabledException,
        ResourceNotFoundException, TooManyRequestsException,
    }
    AdminGetUserError {
        NotAuthorizedException, OperationNotEnabledException, ResourceNotFoundException,
        TooManyRequestsException, UserNotFoundException,
    }
    AdminInitiateAuthError {
        FeatureUnavailableInTierException, InvalidEmailRoleAccessPolicyException,
        InvalidLambdaResponseException, InvalidSmsRoleAccessPolicyException,
        InvalidSmsRoleTrustRelationshipException, InvalidUserPoolConfigurationException,
        MfaMethodNotFoundException, NotAuthorizedException, OperationNotEnabledException,
        PasswordResetRequiredException, ResourceNotFoundException, TooManyRequestsException,
        UnexpectedLambdaException, UnsupportedOperationException, UserLambdaValidationException,
        UserNotConfirmedException, UserNotFoundException,
    }
    AdminListDevicesError {
        InvalidUserPoolConfigurationException, NotAuthorizedException, OperationNotEnabledException,
        ResourceNotFoundException, TooManyRequestsException,
    }
    AdminListGroupsForUserError {
        NotAuthorizedException, OperationNotEnabledException, ResourceNotFoundException,
        TooManyRequestsException, UserNotFoundException,
    }
    AdminListUserAuthEventsError {
        NotAuthorizedException, OperationNotEnabledException, ResourceNotFoundException,
        TooManyRequestsException, UserNotFoundException, UserPoolAddOnNotEnabledException,
    }
    AdminRemoveUserFromGroupError {
        NotAuthorizedException, OperationNotEnabledException, ResourceNotFoundException,
        TooManyRequestsException, UserNotFoundException,
    }
    AdminResetUserPasswordError {
        InvalidEmailRoleAccessPolicyException, InvalidLambdaResponseException,
        InvalidSmsRoleAccessPolicyException, InvalidSmsRoleTrustRelationshipException,
        LimitExceededException, NotAuthorizedException, OperationNotEnabledException,
        ResourceNotFoundException, TooManyRequestsException, UnexpectedLambdaException,
        UserLambdaValidationException, UserNotFoundException,
    }
    AdminRespondToAuthChallengeError {
        AliasExistsException, CodeMismatchException, ExpiredCodeException,
        InvalidEmailRoleAccessPolicyException, InvalidLambdaResponseException, InvalidPasswordException,
        InvalidSmsRoleAccessPolicyException, InvalidSmsRoleTrustRelationshipException,
        InvalidUserPoolConfigurationException, MfaMethodNotFoundException, NotAuthorizedException,
        OperationNotEnabledException, PasswordHistoryPolicyViolationException,
        PasswordResetRequiredException, ResourceNotFoundException, SoftwareTokenMfaNotFoundException,
        TooManyRequestsException, UnexpectedLambdaException, UserLambdaValidationException,
        UserNotConfirmedException, UserNotFoundException,
    }
    AdminSetUserMFAPreferenceError {
        NotAuthorizedException, OperationNotEnabledException, PasswordResetRequiredException,
        ResourceNotFoundException, UserNotConfirmedException, UserNotFoundException,
    }
    AdminSetUserPasswordError {
        InvalidPasswordException, NotAuthorizedException, OperationNotEnabledException,
        PasswordHistoryPolicyViolationException, ResourceNotFoundException, TooManyRequestsException,
        UserNotFoundException,
    }
    AdminSetUserSettingsError {
        NotAuthorizedException, OperationNotEnabledException, ResourceNotFoundException,
        UserNotFoundException,
    }
    AdminUpdateDeviceStatusError {
        InvalidUserPoolConfigurationException, NotAuthorizedException, OperationNotEnabledException,
        ResourceNotFoundException, TooManyRequestsException, UserNotFoundException,
    }
    AdminUpdateUserAttributesError {
        AliasExistsException, InvalidEmailRoleAccessPolicyException, InvalidLambdaResponseException,
        InvalidSmsRoleAccessPolicyException, InvalidSmsRoleTrustRelationshipException,
        NotAuthorizedException, OperationNotEnabledException, ResourceNotFoundException,
        TooManyRequestsException, UnexpectedLambdaException, UserLambdaValidationException,
        UserNotFoundException,
    }
    AdminUserGlobalSignOutError {
        NotAuthorizedException, OperationNotEnabledException, ResourceNotFoundException,
        TooManyRequestsException, UserNotFoundException,
    }
    AssociateSoftwareTokenError {
        ConcurrentModificationException, ForbiddenException, NotAuthorizedException,
        OperationNotEnabledException, ResourceNotFoundException, SoftwareTokenMfaNotFoundException,
    }
    ChangePasswordError {
        ForbiddenException, InvalidPasswordException, LimitExceededException, NotAuthorizedException,
        OperationNotEnabledException, PasswordHistoryPolicyViolationException,
        PasswordResetRequiredException, ResourceNotFoundException, TooManyRequestsException,
        UserNotConfirmedException, UserNotFoundException,
    }
    CompleteWebAuthnRegistrationError {
        ForbiddenException, LimitExceededException, NotAuthorizedException, OperationNotEnabledException,
        PasswordResetRequiredException, TooManyRequestsException, WebAuthnChallengeNotFoundException,
        WebAuthnClientMismatchException, WebAuthnCredentialNotSupportedException,
        WebAuthnNotEnabledException, WebAuthnOriginNotAllowedException,
        WebAuthnRelyingPartyMismatchException,
    }
    ConfirmDeviceError {
        DeviceKeyExistsException, ForbiddenException, InvalidLambdaResponseException,
        InvalidPasswordException, InvalidUserPoolConfigurationException, NotAuthorizedException,
        OperationNotEnabledException, PasswordResetRequiredException, ResourceNotFoundException,
        TooManyRequestsException, UserNotConfirmedException, UserNotFoundException, UsernameExistsException,
    }
    ConfirmForgotPasswordError {
        CodeMismatchException, ExpiredCodeException, ForbiddenException, InvalidLambdaResponseException,
        InvalidPasswordException, LimitExceededException, NotAuthorizedException,
        OperationNotEnabledException, PasswordHistoryPolicyViolationException, ResourceNotFoundException,
        TooManyFailedAttemptsException, TooManyRequestsException, UnexpectedLambdaException,
        UserLambdaValidationException, UserNotConfirmedException, UserNotFoundException,
    }
    ConfirmSignUpError {
        AliasExistsException, CodeMismatchException, ExpiredCodeException, ForbiddenException,
        InvalidLambdaResponseException, LimitExceededException, NotAuthorizedException,
        OperationNotEnabledException, ResourceNotFoundException, TooManyFailedAttemptsException,
        TooManyRequestsException, UnexpectedLambdaException, UserLambdaValidationException,
        UserNotFoundException,
    }
    CreateGroupError {
        GroupExistsException, LimitExceededException, NotAuthorizedException, OperationNotEnabledException,
        ResourceNotFoundException, TooManyRequestsException,
    }
    CreateUserPoolError {
        FeatureUnavailableInTierException, InvalidEmailRoleAccessPolicyException,
        InvalidSmsRoleAccessPolicyException, InvalidSmsRoleTrustRelationshipException,
        LimitExceededException, NotAuthorizedException, TierChangeNotAllowedException,
        TooManyRequestsException, UserPoolTaggingException,
    }
    CreateUserPoolClientError {
        FeatureUnavailableInTierException, InvalidOAuthFlowException, LimitExceededException,
        NotAuthorizedException, OperationNotEnabledException, ResourceNotFoundException,
        ScopeDoesNotExistException, TooManyRequestsException,
    }
    DeleteGroupError {
        NotAuthorizedException, OperationNotEnabledException, ResourceNotFoundException,
        TooManyRequestsException,
    }
    DeleteUserError {
        ForbiddenException, NotAuthorizedException, OperationNotEnabledException,
        PasswordResetRequiredException, ResourceNotFoundException, TooManyRequestsException,
        UserNotConfirmedException, UserNotFoundException,
    }
    DeleteUserAttributesError {
        ForbiddenException, NotAuthorizedException, OperationNotEnabledException,
        PasswordResetRequiredException, ResourceNotFoundException, TooManyRequestsException,
        UserNotConfirmedException, UserNotFoundException,
    }
    DeleteUserPoolError {
        NotAuthorizedException, OperationNotEnabledException, ResourceNotFoundException,
        TooManyRequestsException, UserImportInProgressException,
    }
    DeleteUserPoolClientError {
        ConcurrentModificationException, NotAuthorizedException, OperationNotEnabledException,
        ResourceNotFoundException, TooManyRequestsException,
    }
    DeleteUserPoolClientSecretError or InternalServerException {
        LimitExceededException, ResourceNotFoundException,
        TooManyRequestsException,
    }
    DeleteWebAuthnCredentialError {
        ForbiddenException, LimitExceededException, NotAuthorizedException, OperationNotEnabledException,
        PasswordResetRequiredException, ResourceNotFoundException, TooManyRequestsException,
    }
    DescribeUserPoolError {
        NotAuthorizedException, OperationNotEnabledException, ResourceNotFoundException,
        TooManyRequestsException, UserPoolTaggingException,
    }
    DescribeUserPoolClientError {
        NotAuthorizedException, OperationNotEnabledException, ResourceNotFoundException,
        TooManyRequestsException,
    }
    ForgetDeviceError {
        ForbiddenException, InvalidUserPoolConfigurationException, NotAuthorizedException,
        OperationNotEnabledException, PasswordResetRequiredException, ResourceNotFoundException,
        TooManyRequestsException, UserNotConfirmedException, UserNotFoundException,
    }
    ForgotPasswordError {
        CodeDeliveryFailureException, ForbiddenException, InvalidEmailRoleAccessPolicyException,
        InvalidLambdaResponseException, InvalidSmsRoleAccessPolicyException,
        InvalidSmsRoleTrustRelationshipException, LimitExceededException, NotAuthorizedException,
        OperationNotEnabledException, ResourceNotFoundException, TooManyRequestsException,
        UnexpectedLambdaException, UserLambdaValidationException, UserNotFoundException,
    }
    GetDeviceError {
        ForbiddenException, InvalidUserPoolConfigurationException, NotAuthorizedException,
        OperationNotEnabledException, PasswordResetRequiredException, ResourceNotFoundException,
        TooManyRequestsException, UserNotConfirmedException, UserNotFoundException,
    }
    GetGroupError {
        NotAuthorizedException, OperationNotEnabledException, ResourceNotFoundException,
        TooManyRequestsException,
    }
    GetTokensFromRefreshTokenError {
        ForbiddenException, InvalidLambdaResponseException, NotAuthorizedException,
        OperationNotEnabledException, RefreshTokenReuseException, ResourceNotFoundException,
        TooManyRequestsException, UnexpectedLambdaException, UserLambdaValidationException,
        UserNotFoundException,
    }
    GetUserError {
        ForbiddenException, NotAuthorizedException, OperationNotEnabledException,
        PasswordResetRequiredException, ResourceNotFoundException, TooManyRequestsException,
        UserNotConfirmedException, UserNotFoundException,
    }
    GetUserAttributeVerificationCodeError {
        CodeDeliveryFailureException, ForbiddenException, InvalidEmailRoleAccessPolicyException,
        InvalidLambdaResponseException, InvalidSmsRoleAccessPolicyException,
        InvalidSmsRoleTrustRelationshipException, LimitExceededException, NotAuthorizedException,
        OperationNotEnabledException, PasswordResetRequiredException, ResourceNotFoundException,
        TooManyRequestsException, UnexpectedLambdaException, UserLambdaValidationException,
        UserNotConfirmedException, UserNotFoundException,
    }
    GetUserAuthFactorsError {
        ForbiddenException, NotAuthorizedException, OperationNotEnabledException,
        PasswordResetRequiredException, ResourceNotFoundException, TooManyRequestsException,
        UserNotConfirmedException, UserNotFoundException,
    }
    GetUserPoolMfaConfigError { NotAuthorizedException, ResourceNotFoundException, TooManyRequestsException }
    GlobalSignOutError {
        ForbiddenException, NotAuthorizedException, OperationNotEnabledException,
        PasswordResetRequiredException, ResourceNotFoundException, TooManyRequestsException,
        UserNotConfirmedException,
    }
    InitiateAuthError {
        FeatureUnavailableInTierException, ForbiddenException, InvalidEmailRoleAccessPolicyException,
        InvalidLambdaResponseException, InvalidSmsRoleAccessPolicyException,
        InvalidSmsRoleTrustRelationshipException, InvalidUserPoolConfigurationException,
        NotAuthorizedException, OperationNotEnabledException, PasswordResetRequiredException,
        ResourceNotFoundException, TooManyRequestsException, UnexpectedLambdaException,
        UnsupportedOperationException, UserLambdaValidationException, UserNotConfirmedException,
        UserNotFoundException,
    }
    ListDevicesError {
        ForbiddenException, InvalidUserPoolConfigurationException, NotAuthorizedException,
        OperationNotEnabledException, PasswordResetRequiredException, ResourceNotFoundException,
        TooManyRequestsException, UserNotConfirmedException, UserNotFoundException,
    }
    ListGroupsError {
        NotAuthorizedException, OperationNotEnabledException, ResourceNotFoundException,
        TooManyRequestsException,
    }
    ListTagsForResourceError {
        NotAuthorizedException, OperationNotEnabledException, ResourceNotFoundException,
        TooManyRequestsException,
    }
    ListUserPoolClientSecretsError or InternalServerException {
        LimitExceededException, ResourceNotFoundException,
        TooManyRequestsException,
    }
    ListUserPoolClientsError {
        NotAuthorizedException, OperationNotEnabledException, ResourceNotFoundException,
        TooManyRequestsException,
    }
    ListUserPoolsError { NotAuthorizedException, TooManyRequestsException }
    ListUsersError {
        NotAuthorizedException, OperationNotEnabledException, ResourceNotFoundException,
        TooManyRequestsException,
    }
    ListUsersInGroupError {
        NotAuthorizedException, OperationNotEnabledException, ResourceNotFoundException,
        TooManyRequestsException,
    }
    ListWebAuthnCredentialsError {
        ForbiddenException, LimitExceededException, NotAuthorizedException, OperationNotEnabledException,
        PasswordResetRequiredException, TooManyRequestsException,
    }
    ResendConfirmationCodeError {
        CodeDeliveryFailureException, ForbiddenException, InvalidEmailRoleAccessPolicyException,
        InvalidLambdaResponseException, InvalidSmsRoleAccessPolicyException,
        InvalidSmsRoleTrustRelationshipException, LimitExceededException, NotAuthorizedException,
        OperationNotEnabledException, ResourceNotFoundException, TooManyRequestsException,
        UnexpectedLambdaException, UserLambdaValidationException, UserNotFoundException,
    }
    RespondToAuthChallengeError {
        AliasExistsException, CodeMismatchException, ExpiredCodeException, ForbiddenException,
        InvalidEmailRoleAccessPolicyException, InvalidLambdaResponseException, InvalidPasswordException,
        InvalidSmsRoleAccessPolicyException, InvalidSmsRoleTrustRelationshipException,
        InvalidUserPoolConfigurationException, MfaMethodNotFoundException, NotAuthorizedException,
        OperationNotEnabledException, PasswordHistoryPolicyViolationException,
        PasswordResetRequiredException, ResourceNotFoundException, SoftwareTokenMfaNotFoundException,
        TooManyRequestsException, UnexpectedLambdaException, UserLambdaValidationException,
        UserNotConfirmedException, UserNotFoundException,
    }
    RevokeTokenError {
        ForbiddenException, OperationNotEnabledException, TooManyRequestsException, UnauthorizedException,
        UnsupportedOperationException, UnsupportedTokenTypeException,
    }
    SetUserMFAPreferenceError {
        ForbiddenException, NotAuthorizedException, OperationNotEnabledException,
        PasswordResetRequiredException, ResourceNotFoundException, UserNotConfirmedException,
        UserNotFoundException,
    }
    SetUserPoolMfaConfigError {
        ConcurrentModificationException, FeatureUnavailableInTierException,
        InvalidSmsRoleAccessPolicyException, InvalidSmsRoleTrustRelationshipException,
        NotAuthorizedException, OperationNotEnabledException, ResourceNotFoundException,
        TooManyRequestsException,
    }
    SetUserSettingsError {
        ForbiddenException, NotAuthorizedException, OperationNotEnabledException,
        PasswordResetRequiredException, ResourceNotFoundException, UserNotConfirmedException,
        UserNotFoundException,
    }
    SignUpError {
        CodeDeliveryFailureException, ForbiddenException, InvalidEmailRoleAccessPolicyException,
        InvalidLambdaResponseException, InvalidPasswordException, InvalidSmsRoleAccessPolicyException,
        InvalidSmsRoleTrustRelationshipException, LimitExceededException, NotAuthorizedException,
        OperationNotEnabledException, ResourceNotFoundException, TooManyRequestsException,
        UnexpectedLambdaException, UserLambdaValidationException, UsernameExistsException,
    }
    StartWebAuthnRegistrationError {
        ForbiddenException, LimitExceededException, NotAuthorizedException, OperationNotEnabledException,
        PasswordResetRequiredException, TooManyRequestsException, WebAuthnConfigurationMissingException,
        WebAuthnNotEnabledException,
    }
    TagResourceError {
        NotAuthorizedException, OperationNotEnabledException, ResourceNotFoundException,
        TooManyRequestsException,
    }
    UntagResourceError {
        NotAuthorizedException, OperationNotEnabledException, ResourceNotFoundException,
        TooManyRequestsException,
    }
    UpdateDeviceStatusError {
        ForbiddenException, InvalidUserPoolConfigurationException, NotAuthorizedException,
        OperationNotEnabledException, PasswordResetRequiredException, ResourceNotFoundException,
        TooManyRequestsException, UserNotConfirmedException, UserNotFoundException,
    }
    UpdateGroupError {
        NotAuthorizedException, OperationNotEnabledException, ResourceNotFoundException,
        TooManyRequestsException,
    }
    UpdateUserAttributesError {
        AliasExistsException, CodeDeliveryFailureException, CodeMismatchException, ExpiredCodeException,
        ForbiddenException, InvalidEmailRoleAccessPolicyException, InvalidLambdaResponseException,
        InvalidSmsRoleAccessPolicyException, InvalidSmsRoleTrustRelationshipException,
        NotAuthorizedException, OperationNotEnabledException, PasswordResetRequiredException,
        ResourceNotFoundException, TooManyRequestsException, UnexpectedLambdaException,
        UserLambdaValidationException, UserNotConfirmedException, UserNotFoundException,
    }
    UpdateUserPoolError {
        ConcurrentModificationException, FeatureUnavailableInTierException,
        InvalidEmailRoleAccessPolicyException, InvalidSmsRoleAccessPolicyException,
        InvalidSmsRoleTrustRelationshipException, NotAuthorizedException, OperationNotEnabledException,
        ResourceNotFoundException, TierChangeNotAllowedException, TooManyRequestsException,
        UserImportInProgressException, UserPoolTaggingException,
    }
    UpdateUserPoolClientError {
        ConcurrentModificationException, FeatureUnavailableInTierException, InvalidOAuthFlowException,
        NotAuthorizedException, OperationNotEnabledException, ResourceNotFoundException,
        ScopeDoesNotExistException, TooManyRequestsException,
    }
    VerifySoftwareTokenError {
        CodeMismatchException, EnableSoftwareTokenMfaException, ForbiddenException,
        InvalidUserPoolConfigurationException, NotAuthorizedException,
        OperationNotEnabledException, PasswordResetRequiredException, ResourceNotFoundException,
        SoftwareTokenMfaNotFoundException, TooManyRequestsException, UserNotConfirmedException,
        UserNotFoundException,
    }
    VerifyUserAttributeError {
        AliasExistsException, CodeMismatchException, ExpiredCodeException, ForbiddenException,
        LimitExceededException, NotAuthorizedException, OperationNotEnabledException,
        PasswordResetRequiredException, ResourceNotFoundException, TooManyRequestsException,
        UserNotConfirmedException, UserNotFoundException,
    }
}
