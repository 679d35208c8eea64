//! Sign-up and its confirmation.

mod admin_confirm_sign_up;
mod confirm_sign_up;
mod resend_confirmation_code;
#[expect(clippy::module_inception, reason = "the family is named after its first operation")]
mod sign_up;

use aws_sdk_cognitoidentityprovider::types::{AliasAttributeType, VerifiedAttributeType};

use crate::support::{PoolAndClient, TestServer, pool_id_of};

/// Creates a pool that verifies e-mail addresses and has them as aliases, and an app client.
async fn alias_pool(server: &TestServer) -> PoolAndClient {
    let pool = server.sdk.create_user_pool().pool_name("p").alias_attributes(AliasAttributeType::Email);
    let pool = pool.auto_verified_attributes(VerifiedAttributeType::Email);
    let pool = pool_id_of(pool.send().await.expect("a pool").user_pool());
    PoolAndClient { client: server.create_client(&pool).await, pool }
}

const MISMATCH: &str = "Invalid verification code provided, please try again.";
const EXPIRED: &str = "Invalid code provided, please request a code again.";
const LIMITED: &str = "Attempt limit exceeded, please try after some time.";
const CONFIRMED: &str = "User cannot be confirmed. Current status is CONFIRMED";
