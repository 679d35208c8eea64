//! Requests for app clients that together have every member of the input.

use serde_json::{Value, json};

pub(super) const PROJECT: &str = "arn:aws:mobiletargeting:us-east-1:000000000000:apps/abc";

/// The members that no answer tells; `published_secret_is_told_by_its_arn` shows them.
pub(super) const NOT_TOLD: &str = ".PublishSecretsInAWSSecretsManager";

/// Returns a request with every member except those of [`second`] and [`NOT_TOLD`].
pub(super) fn first() -> Value {
    json!({
        "ClientName": "all of it",
        "RefreshTokenValidity": 10,
        "AccessTokenValidity": 20,
        "IdTokenValidity": 3600,
        "TokenValidityUnits": {"AccessToken": "minutes", "IdToken": "seconds", "RefreshToken": "hours"},
        "ReadAttributes": ["email", "custom:size"],
        "WriteAttributes": ["name", "email"],
        "ExplicitAuthFlows": ["ALLOW_USER_AUTH", "ALLOW_USER_SRP_AUTH"],
        "SupportedIdentityProviders": ["COGNITO"],
        "CallbackURLs": ["https://example.com/back", "http://localhost:3000", "myapp://example"],
        "LogoutURLs": ["https://example.com/out"],
        "DefaultRedirectURI": "https://example.com/back",
        "AllowedOAuthFlows": ["code", "implicit"],
        "AllowedOAuthScopes": ["openid", "api/read"],
        "AllowedOAuthFlowsUserPoolClient": true,
        "AnalyticsConfiguration": {"ApplicationArn": PROJECT, "UserDataShared": true},
        "PreventUserExistenceErrors": "ENABLED",
        "EnableTokenRevocation": false,
        "EnablePropagateAdditionalUserContextData": true,
        "AuthSessionValidity": 5,
        "RefreshTokenRotation": {"Feature": "ENABLED", "RetryGracePeriodSeconds": 10},
    })
}

/// Returns a request with the members that cannot be combined with those of [`first`].
pub(super) fn second() -> Value {
    json!({
        "ClientName": "the rest",
        "AnalyticsConfiguration": {
            "ApplicationId": "abc", "RoleArn": "arn:aws:iam::000000000000:role/analytics", "ExternalId": "x",
        },
    })
}
