//! Where the generated Cognito crate and `aws-sdk-cognitoidentityprovider` 1.144.0 differ on purpose, or because one
//! of them does not know what the other does.

/// What the SDK has, how many names there are in both crates together, and how many of them, being in one only, are
/// listed here.
pub(super) const COUNTS: &str =
    "SDK: 132 operations, 610 types, 2480 members; 3452 names compared, 231 listed";

/// Reasons, each with what it explains: an operation with its input, output and error, a type with its members, or a
/// member.
pub(super) const DEVIATIONS: &[(&str, &[&str])] = &[
    (
        "an operation that came to the API after this version of the SDK",
        &[
            "AdminListUserSessions",
            "AdminRevokeUserSession",
            "GetDerivedToken",
            "GetUserPoolClientSessionConfiguration",
            "GetUserPoolSessionConfiguration",
            "ListUserSessions",
            "RevokeUserSession",
            "SetUserPoolClientSessionConfiguration",
            "SetUserPoolSessionConfiguration",
        ],
    ),
    (
        "a type that only these operations, or members that came with them, have",
        &[
            "ClientSsoSessionConfigType",
            "ClientTypeType",
            "DcrConfigurationType",
            "IssuedTokenTypeIdentifierType",
            "OAuthTokenTypeType",
            "ResourceServerManagedByType",
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
        "a member that came to the API after this version of the SDK",
        &[
            "CreateUserPoolInput.dcr_configuration",
            "ExplicitAuthFlowsType.AllowTokenExchangeDelegation",
            "ExplicitAuthFlowsType.AllowTokenExchangeImpersonation",
            "ListUserPoolClientsInput.client_type",
            "ResourceServerType.managed_by",
            "RevokeTokenInput.revoke_associated_sessions",
            "UpdateUserPoolInput.dcr_configuration",
            "UserPoolClientType.client_type",
            "UserPoolType.dcr_configuration",
        ],
    ),
    (
        "the SDK's model calls the value `DateTime` DATETIME; ours is made of botocore's, which has values without names",
        &["AttributeDataType.DateTime", "AttributeDataType.Datetime"],
    ),
    (
        "a type of our own: `model/corrections.json` frees answers of a bound that they exceed",
        &["DescribedSchemaAttributeType"],
    ),
    (
        "an error of our own: `model/corrections.json` declares what is documented",
        &["AdminCreateUserError.AliasExistsException"],
    ),
];
