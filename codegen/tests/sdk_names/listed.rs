//! The intended differences of names between the generated Cognito crate and `aws-sdk-cognitoidentityprovider` 1.144.0.

/// The counts of the SDK, of all names in both crates, and of the names in only one of them, which are listed here.
pub(super) const COUNTS: &str =
    "SDK: 132 operations, 610 types, 2480 members; 3691 names compared, 470 listed";

/// The reasons, each with the names that it explains: an operation with its input, output and error, a type with its
/// members, or a member.
pub(super) const DEVIATIONS: &[(&str, &[&str])] = &[
    (
        "an operation added to the API after this version of the SDK",
        &[
            "AdminListUserSessions",
            "AdminRevokeUserSession",
            "CancelPointInTimeRecovery",
            "CreateCIMDPolicy",
            "DeleteCIMDPolicy",
            "DescribeCIMDPolicy",
            "DescribePointInTimeRecovery",
            "GetDerivedToken",
            "GetUserPoolClientSessionConfiguration",
            "GetUserPoolSessionConfiguration",
            "InitiatePointInTimeRecovery",
            "ListCIMDPolicies",
            "ListClientMetadataURLs",
            "ListPointInTimeRecoveries",
            "ListUserSessions",
            "RevokeUserSession",
            "SetUserPoolClientSessionConfiguration",
            "SetUserPoolSessionConfiguration",
            "StartPointInTimeRecovery",
            "UpdateCIMDPolicy",
            "UpdateClientMetadataURLState",
        ],
    ),
    (
        "a type that only these operations, or members added with them, use",
        &[
            "CachedCimdurlDoesNotExistException",
            "CimdCacheActionType",
            "CimdPolicySummaryType",
            "CimdPolicyType",
            "ClientMetadataUrlType",
            "ClientSsoSessionConfigType",
            "ClientTypeType",
            "DcrConfigurationType",
            "IssuedTokenTypeIdentifierType",
            "OAuthTokenTypeType",
            "ResourceServerManagedByType",
            "RestorationDescriptionType",
            "RestorationType",
            "RestorePreviewType",
            "RestoreStatusType",
            "RevokeAssociatedSessionsType",
            "SessionDescriptionType",
            "SessionLocationType",
            "SessionTypeType",
            "TokenTypeIdentifierType",
            "UserPoolTokenSessionConfigType",
            "UserSessionTrackingType",
        ],
    ),
    (
        "a member added to the API after this version of the SDK",
        &[
            "CreateUserPoolClientInput.publish_secrets_in_aws_secrets_manager",
            "CreateUserPoolInput.dcr_configuration",
            "ExplicitAuthFlowsType.AllowTokenExchangeDelegation",
            "ExplicitAuthFlowsType.AllowTokenExchangeImpersonation",
            "ListUserPoolClientsInput.client_type",
            "ResourceServerType.managed_by",
            "RevokeTokenInput.revoke_associated_sessions",
            "UpdateUserPoolClientInput.publish_secrets_in_aws_secrets_manager",
            "UpdateUserPoolInput.dcr_configuration",
            "UserPoolClientType.client_secret_arn",
            "UserPoolClientType.client_type",
            "UserPoolType.dcr_configuration",
        ],
    ),
    (
        "the SDK's model names the value `DateTime` DATETIME; ours is made from botocore's, in which values have no names",
        &["AttributeDataType.DateTime", "AttributeDataType.Datetime"],
    ),
    (
        "a type of Lido: `model/corrections.json` removes a bound that responses exceed",
        &["DescribedSchemaAttributeType"],
    ),
    (
        "a flow that is documented and that the model leaves out (a correction)",
        &["ExplicitAuthFlowsType.AllowClientTokenAuth"],
    ),
    (
        "an error of Lido: `model/corrections.json` declares a documented error",
        &["AdminCreateUserError.AliasExistsException"],
    ),
];
