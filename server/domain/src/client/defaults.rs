//! All default values of the settings of an app client.
//!
//! Settings are stored as the caller of the API sent them, without defaults. [`with_defaults`] adds the defaults when
//! settings are returned by the API and when a [`crate::client::Client`] is derived from them
//! ([`crate::client::settings`]). No default is defined anywhere else.

use serde_json::{Value, json};

use crate::{
    client::lifetime::{Lifetimes, Unit},
    settings::{drop_zero, fill},
};

/// Returns the settings of an app client that was created without any (*Documented*, cog-0323).
///
/// `ReadAttributes` and `WriteAttributes` are not among them, because their absence has a meaning (cog-0324). The
/// defaults of `ExplicitAuthFlows` and `RefreshTokenValidity` depend on other settings: see [`with_defaults`].
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

/// Returns the settings of an app client with all defaults added.
pub fn with_defaults(given: &Value) -> Value {
    let mut all = given.clone();
    drop_zero(&mut all, "RefreshTokenValidity");
    let is_rotating =
        all.pointer("/RefreshTokenRotation/Feature").is_some_and(|feature| feature == "ENABLED");
    if let Some(rotation) = all.get_mut("RefreshTokenRotation") {
        // *Observed* in public reports.
        fill(rotation, json!({ "RetryGracePeriodSeconds": 0 }));
    }
    // *Chosen*: the default flows do not contain the one that rotation excludes.
    let flows: &[&str] = if is_rotating {
        &["ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH"]
    } else {
        &["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH"]
    };
    let unit = all.pointer("/TokenValidityUnits/RefreshToken").cloned();
    let unit = unit.and_then(|unit| serde_json::from_value(unit).ok()).unwrap_or(Unit::Days);
    // *Documented*: 30 days, also in place of zero. *Chosen*: in the unit that the caller set.
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
    fn client_defaults_depend_on_other_settings() {
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
