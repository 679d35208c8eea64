//! The operations on policies of client ID metadata documents (CIMD), and on the documents that are kept.

pub(super) mod create_cimd_policy;
pub(super) mod delete_cimd_policy;
pub(super) mod describe_cimd_policy;
pub(super) mod list_cimd_policies;
pub(super) mod list_client_metadata_urls;
pub(super) mod update_cimd_policy;
pub(super) mod update_client_metadata_url_state;
