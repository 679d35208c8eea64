//! App clients of a user pool.

pub(super) mod create_user_pool_client;
pub(super) mod delete_user_pool_client;
pub(super) mod describe_user_pool_client;
pub(super) mod list_user_pool_clients;
