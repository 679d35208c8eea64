//! The handlers of the operations, and their register: one line for each operation that is served, in alphabetical
//! order.
//!
//! A line names the family, the file and the operation. The route, [`SERVED`], `lido operations` and
//! `docs/operations.md` (`cargo xtask operations`) follow from it. To add an operation, write its handler in its
//! family and add a line here.
//!
//! Handlers look alike: they read the `input`, then pass `transact` an attempt that reads through its `tx`, calls a
//! rule of the domain and returns the verdict. Locals have the same names everywhere: `pool_id` and `client_id` are
//! ids from the input, `pool` a pool's record, `client` an app client with its pool, `loaded` a user with its records,
//! `bearer` the user of an access token. `failure` converts everything that is not an output.

mod account;
mod app_clients;
mod bearer;
mod branding;
mod cimd_policies;
mod client;
pub mod control;
mod devices;
mod domains;
mod failure;
mod fixed_ids;
mod groups;
mod listing;
mod mfa;
mod migration;
pub(crate) mod oauth;
mod origin;
mod passkeys;
mod password;
mod pool_reads;
mod recovery;
mod resource_servers;
pub(crate) mod seed;
mod sign_in;
mod sign_up;
mod standby;
mod tags;
mod terms;
#[cfg(test)]
mod tests;
mod tokens;
mod transact;
mod user_pools;
mod users;

use std::sync::Arc;

pub use lido_cognito_idp::Operation;
use lido_cognito_idp::{AwsCognitoIdentityProviderService, operations as generated};
use lido_runtime::{
    Bytes, Config, MissingOperations, Router,
    server::{body::HttpBody, operation::OperationShape},
};

use self::{failure::Failure, transact::RequestContext};
pub use self::{
    listing::{OperationInfo, all_operations},
    origin::{CallerRegion, LosesMessages, Origin, Peer, ReceivedOverTls},
    sign_up::confirmation_link::{ConfirmationLink, ConfirmationLinkError, follow_confirmation_link},
};
use crate::app::App;

/// Generates [`SERVED`] and [`service`] from the register.
macro_rules! register {
    ($($family:ident::$method:ident => $operation:ident),* $(,)?) => {
        /// The operations that have a handler.
        pub const SERVED: &[Operation] = &[$(Operation::$operation),*];

        /// Builds the service. An operation without a handler validates its input and returns
        /// `NotImplementedException`.
        ///
        /// # Errors
        /// Never, because operations without a handler have a fallback.
        pub fn service<B>(app: Arc<App>) -> Result<Router<Operation, B>, MissingOperations>
        where
            B: HttpBody<Data = Bytes> + Send + Unpin + 'static,
            B::Error: std::error::Error + Send + Sync + 'static,
        {
            let builder = AwsCognitoIdentityProviderService::builder(Config::new());
            $(
                let shared = Arc::clone(&app);
                let builder = builder.$method(move |input, origin: Origin| {
                    let app = Arc::clone(&shared);
                    async move {
                        let operation = Operation::$operation;
                        let output = match standby::check(&app, operation) {
                            Ok(()) => {
                                let request = RequestContext::new(&app, &origin);
                                $family::$method::handle(request, input).await
                            }
                            Err(failure) => Err(failure),
                        };
                        output.map_err(|failure| {
                            failure.into_error::<ErrorOf<generated::$operation>>(operation)
                        })
                    }
                });
            )*
            drop(app);
            builder.unserved(lido_runtime::not_implemented).build()
        }
    };
}

type ErrorOf<T> = <T as OperationShape>::Error;

register! {
    user_pools::add_custom_attributes => AddCustomAttributes,
    app_clients::add_user_pool_client_secret => AddUserPoolClientSecret,
    groups::admin_add_user_to_group => AdminAddUserToGroup,
    sign_up::admin_confirm_sign_up => AdminConfirmSignUp,
    users::admin_create_user => AdminCreateUser,
    mfa::admin_delete_software_token => AdminDeleteSoftwareToken,
    users::admin_delete_user => AdminDeleteUser,
    users::admin_delete_user_attributes => AdminDeleteUserAttributes,
    users::admin_disable_user => AdminDisableUser,
    users::admin_enable_user => AdminEnableUser,
    devices::admin_forget_device => AdminForgetDevice,
    devices::admin_get_device => AdminGetDevice,
    users::admin_get_user => AdminGetUser,
    users::admin_get_user_auth_factors => AdminGetUserAuthFactors,
    sign_in::admin_initiate_auth => AdminInitiateAuth,
    devices::admin_list_devices => AdminListDevices,
    groups::admin_list_groups_for_user => AdminListGroupsForUser,
    users::admin_list_user_auth_events => AdminListUserAuthEvents,
    groups::admin_remove_user_from_group => AdminRemoveUserFromGroup,
    users::admin_reset_user_password => AdminResetUserPassword,
    sign_in::admin_respond_to_auth_challenge => AdminRespondToAuthChallenge,
    mfa::admin_set_user_mfa_preference => AdminSetUserMFAPreference,
    users::admin_set_user_password => AdminSetUserPassword,
    mfa::admin_set_user_settings => AdminSetUserSettings,
    devices::admin_update_device_status => AdminUpdateDeviceStatus,
    users::admin_update_user_attributes => AdminUpdateUserAttributes,
    sign_in::admin_user_global_sign_out => AdminUserGlobalSignOut,
    mfa::associate_software_token => AssociateSoftwareToken,
    account::change_password => ChangePassword,
    passkeys::complete_web_authn_registration => CompleteWebAuthnRegistration,
    devices::confirm_device => ConfirmDevice,
    recovery::confirm_forgot_password => ConfirmForgotPassword,
    sign_up::confirm_sign_up => ConfirmSignUp,
    cimd_policies::create_cimd_policy => CreateCIMDPolicy,
    groups::create_group => CreateGroup,
    branding::create_managed_login_branding => CreateManagedLoginBranding,
    resource_servers::create_resource_server => CreateResourceServer,
    terms::create_terms => CreateTerms,
    user_pools::create_user_pool => CreateUserPool,
    app_clients::create_user_pool_client => CreateUserPoolClient,
    domains::create_user_pool_domain => CreateUserPoolDomain,
    cimd_policies::delete_cimd_policy => DeleteCIMDPolicy,
    groups::delete_group => DeleteGroup,
    branding::delete_managed_login_branding => DeleteManagedLoginBranding,
    resource_servers::delete_resource_server => DeleteResourceServer,
    terms::delete_terms => DeleteTerms,
    account::delete_user => DeleteUser,
    account::delete_user_attributes => DeleteUserAttributes,
    user_pools::delete_user_pool => DeleteUserPool,
    app_clients::delete_user_pool_client => DeleteUserPoolClient,
    app_clients::delete_user_pool_client_secret => DeleteUserPoolClientSecret,
    domains::delete_user_pool_domain => DeleteUserPoolDomain,
    passkeys::delete_web_authn_credential => DeleteWebAuthnCredential,
    cimd_policies::describe_cimd_policy => DescribeCIMDPolicy,
    branding::describe_managed_login_branding => DescribeManagedLoginBranding,
    branding::describe_managed_login_branding_by_client => DescribeManagedLoginBrandingByClient,
    resource_servers::describe_resource_server => DescribeResourceServer,
    terms::describe_terms => DescribeTerms,
    terms::describe_terms_by_client => DescribeTermsByClient,
    user_pools::describe_user_pool => DescribeUserPool,
    app_clients::describe_user_pool_client => DescribeUserPoolClient,
    domains::describe_user_pool_domain => DescribeUserPoolDomain,
    devices::forget_device => ForgetDevice,
    recovery::forgot_password => ForgotPassword,
    tokens::get_client_token => GetClientToken,
    tokens::get_derived_token => GetDerivedToken,
    devices::get_device => GetDevice,
    groups::get_group => GetGroup,
    sign_in::get_tokens_from_refresh_token => GetTokensFromRefreshToken,
    branding::get_ui_customization => GetUICustomization,
    sign_in::get_user => GetUser,
    account::get_user_attribute_verification_code => GetUserAttributeVerificationCode,
    account::get_user_auth_factors => GetUserAuthFactors,
    mfa::get_user_pool_mfa_config => GetUserPoolMfaConfig,
    sign_in::global_sign_out => GlobalSignOut,
    sign_in::initiate_auth => InitiateAuth,
    cimd_policies::list_cimd_policies => ListCIMDPolicies,
    cimd_policies::list_client_metadata_urls => ListClientMetadataURLs,
    devices::list_devices => ListDevices,
    groups::list_groups => ListGroups,
    resource_servers::list_resource_servers => ListResourceServers,
    tags::list_tags_for_resource => ListTagsForResource,
    terms::list_terms => ListTerms,
    app_clients::list_user_pool_client_secrets => ListUserPoolClientSecrets,
    app_clients::list_user_pool_clients => ListUserPoolClients,
    user_pools::list_user_pools => ListUserPools,
    users::list_users => ListUsers,
    groups::list_users_in_group => ListUsersInGroup,
    passkeys::list_web_authn_credentials => ListWebAuthnCredentials,
    sign_up::resend_confirmation_code => ResendConfirmationCode,
    sign_in::respond_to_auth_challenge => RespondToAuthChallenge,
    sign_in::revoke_token => RevokeToken,
    branding::set_ui_customization => SetUICustomization,
    mfa::set_user_mfa_preference => SetUserMFAPreference,
    mfa::set_user_pool_mfa_config => SetUserPoolMfaConfig,
    mfa::set_user_settings => SetUserSettings,
    sign_up::sign_up => SignUp,
    passkeys::start_web_authn_registration => StartWebAuthnRegistration,
    tags::tag_resource => TagResource,
    tags::untag_resource => UntagResource,
    cimd_policies::update_cimd_policy => UpdateCIMDPolicy,
    cimd_policies::update_client_metadata_url_state => UpdateClientMetadataURLState,
    devices::update_device_status => UpdateDeviceStatus,
    groups::update_group => UpdateGroup,
    branding::update_managed_login_branding => UpdateManagedLoginBranding,
    resource_servers::update_resource_server => UpdateResourceServer,
    terms::update_terms => UpdateTerms,
    account::update_user_attributes => UpdateUserAttributes,
    user_pools::update_user_pool => UpdateUserPool,
    app_clients::update_user_pool_client => UpdateUserPoolClient,
    domains::update_user_pool_domain => UpdateUserPoolDomain,
    mfa::verify_software_token => VerifySoftwareToken,
    account::verify_user_attribute => VerifyUserAttribute,
}
