//! Names the file of the model that each operation is written to.
//!
//! Operations about the same subject share a file, so that a reader finds ConfirmSignUp by the name of its file.

/// The file of operations that are not in the table, because a new release added them.
pub(super) const OTHER: &str = "other";

/// The file of each family and its operations, both in alphabetical order.
pub(super) const FAMILIES: [(&str, &[&str]); 28] = [
    (
        "app-clients",
        &[
            "AddUserPoolClientSecret",
            "CreateUserPoolClient",
            "DeleteUserPoolClient",
            "DeleteUserPoolClientSecret",
            "DescribeUserPoolClient",
            "ListUserPoolClientSecrets",
            "ListUserPoolClients",
            "UpdateUserPoolClient",
        ],
    ),
    (
        "branding",
        &[
            "CreateManagedLoginBranding",
            "DeleteManagedLoginBranding",
            "DescribeManagedLoginBranding",
            "DescribeManagedLoginBrandingByClient",
            "GetUICustomization",
            "SetUICustomization",
            "UpdateManagedLoginBranding",
        ],
    ),
    (
        "cimd-policies",
        &[
            "CreateCIMDPolicy",
            "DeleteCIMDPolicy",
            "DescribeCIMDPolicy",
            "ListCIMDPolicies",
            "ListClientMetadataURLs",
            "UpdateCIMDPolicy",
            "UpdateClientMetadataURLState",
        ],
    ),
    (
        "devices",
        &[
            "AdminForgetDevice",
            "AdminGetDevice",
            "AdminListDevices",
            "AdminUpdateDeviceStatus",
            "ConfirmDevice",
            "ForgetDevice",
            "GetDevice",
            "ListDevices",
            "UpdateDeviceStatus",
        ],
    ),
    (
        "domains",
        &["CreateUserPoolDomain", "DeleteUserPoolDomain", "DescribeUserPoolDomain", "UpdateUserPoolDomain"],
    ),
    (
        "groups",
        &[
            "AdminAddUserToGroup",
            "AdminListGroupsForUser",
            "AdminRemoveUserFromGroup",
            "CreateGroup",
            "DeleteGroup",
            "GetGroup",
            "ListGroups",
            "ListUsersInGroup",
            "UpdateGroup",
        ],
    ),
    (
        "identity-providers",
        &[
            "AdminDisableProviderForUser",
            "AdminLinkProviderForUser",
            "CreateIdentityProvider",
            "DeleteIdentityProvider",
            "DescribeIdentityProvider",
            "GetIdentityProviderByIdentifier",
            "ListIdentityProviders",
            "UpdateIdentityProvider",
        ],
    ),
    (
        "import-jobs",
        &[
            "CreateUserImportJob",
            "DescribeUserImportJob",
            "GetCSVHeader",
            "ListUserImportJobs",
            "StartUserImportJob",
            "StopUserImportJob",
        ],
    ),
    ("logging", &["GetLogDeliveryConfiguration", "SetLogDeliveryConfiguration"]),
    (
        "mfa",
        &[
            "AdminDeleteSoftwareToken",
            "AdminGetUserAuthFactors",
            "AdminSetUserMFAPreference",
            "AdminSetUserSettings",
            "AssociateSoftwareToken",
            "GetUserAuthFactors",
            "GetUserPoolMfaConfig",
            "SetUserMFAPreference",
            "SetUserPoolMfaConfig",
            "SetUserSettings",
            "VerifySoftwareToken",
        ],
    ),
    (
        "point-in-time-recovery",
        &[
            "CancelPointInTimeRecovery",
            "DescribePointInTimeRecovery",
            "InitiatePointInTimeRecovery",
            "ListPointInTimeRecoveries",
            "StartPointInTimeRecovery",
        ],
    ),
    (
        "profile",
        &[
            "DeleteUser",
            "DeleteUserAttributes",
            "GetUser",
            "GetUserAttributeVerificationCode",
            "UpdateUserAttributes",
            "VerifyUserAttribute",
        ],
    ),
    ("quotas", &["GetProvisionedLimit", "UpdateProvisionedLimit"]),
    (
        "recovery",
        &[
            "AdminResetUserPassword",
            "AdminSetUserPassword",
            "ChangePassword",
            "ConfirmForgotPassword",
            "ForgotPassword",
        ],
    ),
    (
        "replicas",
        &["CreateUserPoolReplica", "DeleteUserPoolReplica", "ListUserPoolReplicas", "UpdateUserPoolReplica"],
    ),
    (
        "resource-servers",
        &[
            "CreateResourceServer",
            "DeleteResourceServer",
            "DescribeResourceServer",
            "ListResourceServers",
            "UpdateResourceServer",
        ],
    ),
    (
        "risk",
        &[
            "AdminListUserAuthEvents",
            "AdminUpdateAuthEventFeedback",
            "DescribeRiskConfiguration",
            "SetRiskConfiguration",
            "UpdateAuthEventFeedback",
        ],
    ),
    (
        "session-configuration",
        &[
            "GetUserPoolClientSessionConfiguration",
            "GetUserPoolSessionConfiguration",
            "SetUserPoolClientSessionConfiguration",
            "SetUserPoolSessionConfiguration",
        ],
    ),
    (
        "sessions",
        &[
            "AdminListUserSessions",
            "AdminRevokeUserSession",
            "AdminUserGlobalSignOut",
            "GlobalSignOut",
            "ListUserSessions",
            "RevokeUserSession",
        ],
    ),
    (
        "sign-in",
        &["AdminInitiateAuth", "AdminRespondToAuthChallenge", "InitiateAuth", "RespondToAuthChallenge"],
    ),
    ("sign-up", &["AdminConfirmSignUp", "ConfirmSignUp", "ResendConfirmationCode", "SignUp"]),
    ("signing-certificates", &["GetSigningCertificate"]),
    ("tags", &["ListTagsForResource", "TagResource", "UntagResource"]),
    (
        "terms",
        &["CreateTerms", "DeleteTerms", "DescribeTerms", "DescribeTermsByClient", "ListTerms", "UpdateTerms"],
    ),
    ("tokens", &["GetClientToken", "GetDerivedToken", "GetTokensFromRefreshToken", "RevokeToken"]),
    (
        "user-pools",
        &[
            "AddCustomAttributes",
            "CreateUserPool",
            "DeleteUserPool",
            "DescribeUserPool",
            "ListUserPools",
            "UpdateUserPool",
        ],
    ),
    (
        "users",
        &[
            "AdminCreateUser",
            "AdminDeleteUser",
            "AdminDeleteUserAttributes",
            "AdminDisableUser",
            "AdminEnableUser",
            "AdminGetUser",
            "AdminUpdateUserAttributes",
            "ListUsers",
        ],
    ),
    (
        "webauthn",
        &[
            "CompleteWebAuthnRegistration",
            "DeleteWebAuthnCredential",
            "ListWebAuthnCredentials",
            "StartWebAuthnRegistration",
        ],
    ),
];

/// Returns the family of an operation, or `None` if the table does not have it.
pub(super) fn find_family(operation: &str) -> Option<&'static str> {
    FAMILIES.iter().find(|(_, operations)| operations.contains(&operation)).map(|(family, _)| *family)
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs};

    use serde_json::Value;

    use super::*;

    #[test]
    fn table_is_in_order_and_without_duplicates() {
        assert!(FAMILIES.is_sorted_by(|(one, _), (other, _)| one < other));
        for (family, operations) in FAMILIES {
            assert!(operations.is_sorted_by(|one, other| one < other), "{family}");
        }
        let all: Vec<_> = FAMILIES.iter().flat_map(|(_, operations)| *operations).collect();
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
    }

    #[test]
    fn committed_model_has_exactly_the_operations_of_the_table() {
        let file = crate::workspace().unwrap().join("model/cognito-idp/service.json");
        let document: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
        let shapes = document["shapes"].as_object().unwrap();
        let service = shapes.values().next().unwrap();
        let targets = service["operations"].as_array().unwrap().iter();
        let written: BTreeSet<_> =
            targets.map(|target| target["target"].as_str().unwrap().split_once('#').unwrap().1).collect();
        let table: BTreeSet<_> = FAMILIES.iter().flat_map(|(_, operations)| *operations).copied().collect();
        assert_eq!(written, table);
    }
}
