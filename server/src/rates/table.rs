//! The categories of operations, which share a quota, and their default quotas.
//!
//! *Documented*: "Quotas in Amazon Cognito", API operation categories, the default for an account and Region. *Chosen*:
//! the category of operations that are newer than that page (sessions, passkeys, factors, terms, branding, …), by
//! similar operations, and UserToken for the other operations on tokens. Two more quotas of the service are not here:
//! five requests per second for a pool in the categories of pool resources and clients, and ten for a user. Both depend
//! on the input, which is not read yet when a request is counted.

use crate::operations::Operation::{self, *};

/// Operations that share a quota.
#[derive(Debug)]
pub(super) struct Category {
    /// Its name in the documentation.
    pub(super) name: &'static str,
    /// The service's default quota, in requests per second.
    pub(super) per_second: u32,
    pub(super) operations: &'static [Operation],
}

/// The responses to challenges. *Documented*: they have three times the quota of the category of sign-ins, and requests
/// beyond it count in that category.
pub(super) const CHALLENGES: Challenges = Challenges {
    times: 3,
    beyond: "UserAuthentication",
    operations: &[AdminRespondToAuthChallenge, RespondToAuthChallenge],
};

/// The operations that respond to challenges, and their quota as a multiple of a category's.
#[derive(Debug)]
pub(super) struct Challenges {
    pub(super) times: u32,
    pub(super) beyond: &'static str,
    pub(super) operations: &'static [Operation],
}

/// The category of pages that are shown without a session.
pub(crate) const PAGES: &str = "Pages";

/// The categories. UserFederation and ClientAuthentication have no operation of this API. The first belongs to providers,
/// which are not served yet; the second is that of `client_credentials` at the token endpoint. [`PAGES`] is none of the service, which
/// documents no quota for them: *Chosen*, three for each sign-in, so that a flood of pages does not use up what sign-ins have.
pub(super) const CATEGORIES: &[Category] = &[
    Category { name: "UserAuthentication", per_second: 120, operations: &[AdminInitiateAuth, InitiateAuth] },
    Category {
        name: "UserCreation",
        per_second: 50,
        operations: &[AdminConfirmSignUp, AdminCreateUser, ConfirmSignUp, SignUp],
    },
    Category {
        name: "UserAccountRecovery",
        per_second: 30,
        operations: &[
            AdminResetUserPassword,
            AdminSetUserPassword,
            ChangePassword,
            ConfirmForgotPassword,
            ForgotPassword,
        ],
    },
    Category {
        name: "UserRead",
        per_second: 120,
        operations: &[AdminGetUser, AdminGetUserAuthFactors, GetUser, GetUserAuthFactors],
    },
    Category {
        name: "UserUpdate",
        per_second: 25,
        operations: &[
            AdminAddUserToGroup,
            AdminDeleteUser,
            AdminDeleteUserAttributes,
            AdminDisableProviderForUser,
            AdminDisableUser,
            AdminEnableUser,
            AdminLinkProviderForUser,
            AdminRemoveUserFromGroup,
            AdminRevokeUserSession,
            AdminUpdateUserAttributes,
            AdminUserGlobalSignOut,
            DeleteUser,
            DeleteUserAttributes,
            GlobalSignOut,
            RevokeUserSession,
            UpdateUserAttributes,
            VerifyUserAttribute,
        ],
    },
    Category {
        name: "UserToken",
        per_second: 120,
        operations: &[GetClientToken, GetDerivedToken, GetTokensFromRefreshToken, RevokeToken],
    },
    Category {
        name: "UserResourceRead",
        per_second: 50,
        operations: &[
            AdminGetDevice,
            AdminListDevices,
            AdminListGroupsForUser,
            AdminListUserAuthEvents,
            AdminListUserSessions,
            GetDevice,
            GetUserAttributeVerificationCode,
            ListDevices,
            ListUserSessions,
            ListWebAuthnCredentials,
            ResendConfirmationCode,
        ],
    },
    Category {
        name: "UserResourceUpdate",
        per_second: 25,
        operations: &[
            AdminDeleteSoftwareToken,
            AdminForgetDevice,
            AdminSetUserMFAPreference,
            AdminSetUserSettings,
            AdminUpdateAuthEventFeedback,
            AdminUpdateDeviceStatus,
            AssociateSoftwareToken,
            CompleteWebAuthnRegistration,
            ConfirmDevice,
            DeleteWebAuthnCredential,
            ForgetDevice,
            SetUserMFAPreference,
            SetUserSettings,
            StartWebAuthnRegistration,
            UpdateAuthEventFeedback,
            UpdateDeviceStatus,
            VerifySoftwareToken,
        ],
    },
    Category { name: "ClientAuthentication", per_second: 150, operations: &[] },
    Category { name: PAGES, per_second: 360, operations: &[] },
    Category { name: "UserList", per_second: 30, operations: &[ListUsers, ListUsersInGroup] },
    Category {
        name: "UserPoolRead",
        per_second: 15,
        operations: &[
            DescribePointInTimeRecovery,
            DescribeUserPool,
            GetProvisionedLimit,
            ListPointInTimeRecoveries,
            ListUserPoolReplicas,
            ListUserPools,
        ],
    },
    Category {
        name: "UserPoolUpdate",
        per_second: 15,
        operations: &[
            CancelPointInTimeRecovery,
            CreateUserPool,
            CreateUserPoolReplica,
            DeleteUserPool,
            DeleteUserPoolReplica,
            InitiatePointInTimeRecovery,
            StartPointInTimeRecovery,
            UpdateProvisionedLimit,
            UpdateUserPool,
            UpdateUserPoolReplica,
        ],
    },
    Category {
        name: "UserPoolResourceRead",
        per_second: 20,
        operations: &[
            DescribeCIMDPolicy,
            DescribeIdentityProvider,
            DescribeManagedLoginBranding,
            DescribeManagedLoginBrandingByClient,
            DescribeResourceServer,
            DescribeRiskConfiguration,
            DescribeTerms,
            DescribeTermsByClient,
            DescribeUserImportJob,
            DescribeUserPoolDomain,
            GetCSVHeader,
            GetGroup,
            GetIdentityProviderByIdentifier,
            GetLogDeliveryConfiguration,
            GetSigningCertificate,
            GetUICustomization,
            GetUserPoolMfaConfig,
            GetUserPoolSessionConfiguration,
            ListCIMDPolicies,
            ListClientMetadataURLs,
            ListGroups,
            ListIdentityProviders,
            ListResourceServers,
            ListTagsForResource,
            ListTerms,
            ListUserImportJobs,
        ],
    },
    Category {
        name: "UserPoolResourceUpdate",
        per_second: 15,
        operations: &[
            AddCustomAttributes,
            CreateCIMDPolicy,
            CreateGroup,
            CreateIdentityProvider,
            CreateManagedLoginBranding,
            CreateResourceServer,
            CreateTerms,
            CreateUserImportJob,
            CreateUserPoolDomain,
            DeleteCIMDPolicy,
            DeleteGroup,
            DeleteIdentityProvider,
            DeleteManagedLoginBranding,
            DeleteResourceServer,
            DeleteTerms,
            DeleteUserPoolDomain,
            SetLogDeliveryConfiguration,
            SetRiskConfiguration,
            SetUICustomization,
            SetUserPoolMfaConfig,
            SetUserPoolSessionConfiguration,
            StartUserImportJob,
            StopUserImportJob,
            TagResource,
            UntagResource,
            UpdateCIMDPolicy,
            UpdateClientMetadataURLState,
            UpdateGroup,
            UpdateIdentityProvider,
            UpdateManagedLoginBranding,
            UpdateResourceServer,
            UpdateTerms,
            UpdateUserPoolDomain,
        ],
    },
    Category {
        name: "UserPoolClientRead",
        per_second: 15,
        operations: &[
            DescribeUserPoolClient,
            GetUserPoolClientSessionConfiguration,
            ListUserPoolClientSecrets,
            ListUserPoolClients,
        ],
    },
    Category {
        name: "UserPoolClientUpdate",
        per_second: 15,
        operations: &[
            AddUserPoolClientSecret,
            CreateUserPoolClient,
            DeleteUserPoolClient,
            DeleteUserPoolClientSecret,
            SetUserPoolClientSessionConfiguration,
            UpdateUserPoolClient,
        ],
    },
];
