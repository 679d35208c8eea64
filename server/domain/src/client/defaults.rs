//! All default values of the settings of an app client.
//!
//! Settings are stored as the caller of the API sent them, without defaults. Responses contain some of the defaults
//! ([`with_defaults`], [`with_described_defaults`]). A [`crate::client::Client`] is derived with all of them
//! ([`with_effective_defaults`]), as in the live service. No default is defined anywhere else.

use serde_json::{Value, json};

use crate::{
    client::lifetime::{Lifetimes, Unit},
    settings::{drop_zero, fill},
};

/// The lists that DescribeUserPoolClient sorts (*Observed*, api-0136). CreateUserPoolClient and UpdateUserPoolClient return
/// them in the order of the request (*Observed*, api-0137).
const SORTED: [&str; 7] = [
    "AllowedOAuthFlows",
    "AllowedOAuthScopes",
    "CallbackURLs",
    "ExplicitAuthFlows",
    "LogoutURLs",
    "ReadAttributes",
    "WriteAttributes",
];

/// Returns the settings of an app client as CreateUserPoolClient and UpdateUserPoolClient return them (*Observed*, api-0128).
///
/// Other members are returned only if the caller has set them (*Observed*, api-0129 to api-0134).
pub fn with_defaults(given: &Value) -> Value {
    let mut all = given.clone();
    drop_zero(&mut all, "RefreshTokenValidity");
    if let Some(rotation) = all.get_mut("RefreshTokenRotation") {
        // *Observed* in public reports.
        fill(rotation, json!({ "RetryGracePeriodSeconds": 0 }));
    }
    let unit = all.pointer("/TokenValidityUnits/RefreshToken").cloned();
    let unit = unit.and_then(|unit| serde_json::from_value(unit).ok()).unwrap_or(Unit::Days);
    // *Documented*: 30 days, also in place of a zero. *Chosen*: in the unit that was given.
    let refresh = Lifetimes::default().refresh_ttl.as_secs() / unit.seconds();
    let defaults = json!({
        "RefreshTokenValidity": refresh,
        "TokenValidityUnits": {},
        "AllowedOAuthFlowsUserPoolClient": false,
        "EnableTokenRevocation": true,
        "EnablePropagateAdditionalUserContextData": false,
        "AuthSessionValidity": 3,
    });
    fill(&mut all, defaults);
    all
}

/// Returns the settings of an app client as DescribeUserPoolClient returns them: like [`with_defaults`], with sorted lists,
/// and with all units if the caller has set any (*Observed*).
pub fn with_described_defaults(given: &Value) -> Value {
    let mut all = with_defaults(given);
    for name in SORTED {
        if let Some(Value::Array(list)) = all.get_mut(name) {
            list.sort_by(|one, other| one.as_str().cmp(&other.as_str()));
        }
    }
    if let Some(units) = all.get_mut("TokenValidityUnits")
        && units.as_object().is_some_and(|units| !units.is_empty())
    {
        fill(units, json!({ "AccessToken": "hours", "IdToken": "hours", "RefreshToken": "days" }));
    }
    all
}

/// Returns the settings of an app client with all defaults, including those that no response contains.
pub fn with_effective_defaults(given: &Value) -> Value {
    let mut all = with_defaults(given);
    let is_rotating =
        all.pointer("/RefreshTokenRotation/Feature").is_some_and(|feature| feature == "ENABLED");
    // *Documented*, cog-0323. *Observed*: rotation without the member is accepted (api-0152); *Chosen*: the default flows do
    // not contain the one that rotation excludes.
    let flows: &[&str] = if is_rotating {
        &["ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH"]
    } else {
        &["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH"]
    };
    fill(&mut all, json!({ "ExplicitAuthFlows": flows, "PreventUserExistenceErrors": "LEGACY" }));
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
            with_effective_defaults,
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

    #[test]
    fn answers_without_settings_have_only_the_recorded_members() {
        let expected = json!({
            "RefreshTokenValidity": 30, "TokenValidityUnits": {}, "AllowedOAuthFlowsUserPoolClient": false,
            "EnableTokenRevocation": true, "EnablePropagateAdditionalUserContextData": false, "AuthSessionValidity": 3,
        });
        assert_eq!(with_defaults(&json!({})), expected);
        assert_eq!(with_described_defaults(&json!({})), expected);
    }

    /// oau-0217.
    #[test]
    fn described_lists_are_sorted_and_units_complete() {
        for name in SORTED {
            let given = json!({ name: ["b", "a"] });
            assert_eq!(with_defaults(&given)[name], json!(["b", "a"]), "a write echoes {name}");
            assert_eq!(with_described_defaults(&given)[name], json!(["a", "b"]), "{name}");
        }
        let given = json!({ "TokenValidityUnits": { "AccessToken": "minutes" } });
        assert_eq!(with_defaults(&given)["TokenValidityUnits"], given["TokenValidityUnits"]);
        let units = json!({ "AccessToken": "minutes", "IdToken": "hours", "RefreshToken": "days" });
        assert_eq!(with_described_defaults(&given)["TokenValidityUnits"], units);
    }
}
