//! The defaults of the settings of an app client, all of them.
//!
//! Settings are stored as the API's caller gave them, without defaults. They are added here for those who show settings
//! and for those who derive from them what decides ([`crate::client::settings`]), so that a default stands nowhere else.

use serde_json::{Value, json};

use crate::{
    client::lifetime::{Lifetimes, Unit},
    settings::{drop_zero, fill},
};

/// What an app client has of which nothing was said (*Documented*, cog-0323).
///
/// ReadAttributes and WriteAttributes have no default to be told, because their absence means something of its own
/// (cog-0324); ExplicitAuthFlows and RefreshTokenValidity depend on others, see [`with_defaults`].
fn client_defaults() -> Value {
    json!({
        "TokenValidityUnits": {},
        "AllowedOAuthFlowsUserPoolClient": false,
        "PreventUserExistenceErrors": "LEGACY",
        "EnableTokenRevocation": true,
        "EnablePropagateAdditionalUserContextData": false,
        "AuthSessionValidity": 3,
    })
}

/// The settings of an app client with every default in place.
pub fn with_defaults(given: &Value) -> Value {
    let mut all = given.clone();
    drop_zero(&mut all, "RefreshTokenValidity");
    let is_rotating =
        all.pointer("/RefreshTokenRotation/Feature").is_some_and(|feature| feature == "ENABLED");
    if let Some(rotation) = all.get_mut("RefreshTokenRotation") {
        // *Observed* in public reports.
        fill(rotation, json!({ "RetryGracePeriodSeconds": 0 }));
    }
    // *Chosen*: the flow that rotation excludes is no default beside it.
    let flows: &[&str] = if is_rotating {
        &["ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH"]
    } else {
        &["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH"]
    };
    let unit = all.pointer("/TokenValidityUnits/RefreshToken").cloned();
    let unit = unit.and_then(|unit| serde_json::from_value(unit).ok()).unwrap_or(Unit::Days);
    // *Documented*: 30 days, also in place of a zero. *Chosen*: told in the unit that was asked for.
    let refresh = Lifetimes::default().refresh_ttl.as_secs() / unit.seconds();
    fill(&mut all, json!({ "RefreshTokenValidity": refresh, "ExplicitAuthFlows": flows }));
    fill(&mut all, client_defaults());
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::check_defaults;

    #[test]
    fn client_defaults_that_depend_on_others() {
        const REFRESH: &str = "/RefreshTokenValidity";
        const FLOWS: &str = "/ExplicitAuthFlows";
        let units = |unit: &str| json!({ "TokenValidityUnits": { "RefreshToken": unit } });
        let rotation = |feature: &str| json!({ "RefreshTokenRotation": { "Feature": feature } });
        let all = json!(["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH"]);
        check_defaults(
            with_defaults,
            &[
                (json!({}), REFRESH, 30.into()),
                (json!({ "RefreshTokenValidity": 0 }), REFRESH, 30.into()),
                (json!({ "RefreshTokenValidity": 2 }), REFRESH, 2.into()),
                (units("hours"), REFRESH, 720.into()),
                (units("seconds"), REFRESH, 2_592_000.into()),
                (json!({}), "/TokenValidityUnits", json!({})),
                (json!({}), "/RefreshTokenRotation", Value::Null),
                (rotation("DISABLED"), "/RefreshTokenRotation/RetryGracePeriodSeconds", 0.into()),
                (json!({}), FLOWS, all.clone()),
                (rotation("DISABLED"), FLOWS, all),
                (rotation("ENABLED"), FLOWS, json!(["ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH"])),
                (json!({ "ExplicitAuthFlows": [] }), FLOWS, json!([])),
                (json!({}), "/EnableTokenRevocation", true.into()),
                (json!({}), "/AuthSessionValidity", 3.into()),
            ],
        );
    }
}
