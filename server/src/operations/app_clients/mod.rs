//! App clients of a user pool, and their secrets.

pub(super) mod add_user_pool_client_secret;
pub(super) mod create_user_pool_client;
pub(super) mod delete_user_pool_client;
pub(super) mod delete_user_pool_client_secret;
pub(super) mod describe_user_pool_client;
pub(super) mod list_user_pool_client_secrets;
pub(super) mod list_user_pool_clients;
pub(super) mod update_user_pool_client;
