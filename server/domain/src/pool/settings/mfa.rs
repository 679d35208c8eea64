//! How SetUserPoolMfaConfig and UpdateUserPool change the settings of second factors and passkeys.
//!
//! SetUserPoolMfaConfig changes the members that it names. UpdateUserPool has no members for the factors, except the
//! mode and the SMS configuration, and keeps them.

use serde_json::{Map, Value, json};

use super::{EMAIL_MFA, SMS_MFA, SOFTWARE_TOKEN_MFA, WEB_AUTHN};
use crate::{
    pool::{
        Tier,
        mfa::{MfaFactor, PoolMfa},
    },
    refusal::Refusal,
};

/// The members that configure second factors. A request with any of them replaces all factors.
const FACTORS: [&str; 3] = [SMS_MFA, SOFTWARE_TOKEN_MFA, EMAIL_MFA];

/// Returns the settings of a pool after SetUserPoolMfaConfig with the members `request`.
///
/// *Chosen*, because little is documented of members that a request leaves out: a request that names no factor keeps
/// the factors, and one that names any, or turns MFA off, replaces all of them. The texts of messages and the settings
/// of passkeys stay unless the request contains them. [`check_mfa_config`] decides whether the result is allowed.
pub fn with_mfa_config(former: &Value, request: &Map<String, Value>) -> Value {
    let mut settings = former.clone();
    let Value::Object(members) = &mut settings else { return settings };
    let mut take = |name: &str, value: Option<&Value>| {
        if let Some(value) = value {
            members.insert(name.to_owned(), value.clone());
        }
    };
    let sms = request.get(SMS_MFA);
    take("MfaConfiguration", request.get("MfaConfiguration"));
    take(WEB_AUTHN, request.get(WEB_AUTHN));
    for name in ["SmsAuthenticationMessage", "SmsConfiguration"] {
        take(name, sms.and_then(|sms| sms.get(name)));
    }
    if names_factors(request) {
        for name in FACTORS {
            members.remove(name);
        }
        for (name, value) in FACTORS.into_iter().filter_map(|name| Some((name, request.get(name)?))) {
            // The members of the SMS configuration are stored above, in members of the pool.
            let value = if name == SMS_MFA { json!({}) } else { value.clone() };
            members.insert(name.to_owned(), value);
        }
    }
    settings
}

/// Refuses SetUserPoolMfaConfig with the members `request` if the pool would have MFA without a factor, a factor
/// without MFA, or a factor that its feature plan `tier` lacks.
///
/// `former` are the MFA settings of the pool before the request, `resulting` those derived from [`with_mfa_config`]. A
/// request that names no factor is checked with the factors that the pool had, so SMS that merely follows from the SMS
/// configuration does not count.
///
/// # Errors
///
/// Returns the refusal of [`PoolMfa::check_configured`].
pub fn check_mfa_config(
    former: &PoolMfa,
    resulting: &PoolMfa,
    request: &Map<String, Value>,
    tier: Tier,
) -> Result<(), Refusal> {
    let factors = if names_factors(request) { &resulting.factors } else { &former.factors };
    PoolMfa { mode: resulting.mode, factors: factors.clone() }.check_configured(tier)
}

/// Returns whether a SetUserPoolMfaConfig request replaces the second factors of the pool.
fn names_factors(request: &Map<String, Value>) -> bool {
    let token = request.get(SOFTWARE_TOKEN_MFA).and_then(|token| token.get("Enabled"));
    request.get("MfaConfiguration").is_some_and(|mode| mode == "OFF")
        || request.contains_key(SMS_MFA)
        || request.contains_key(EMAIL_MFA)
        || token.is_some()
}

/// Adds to the settings of an UpdateUserPool request the settings that it has no members for: those of second factors
/// and of passkeys. They are copied from the `former` settings, from which `mfa` was derived.
pub fn keep_mfa_config(former: &Value, mfa: &PoolMfa, settings: &mut Value) {
    let Value::Object(members) = settings else { return };
    let mut keep = |name: &str, or: Option<Value>| {
        if let Some(value) = former.get(name).cloned().or(or) {
            members.insert(name.to_owned(), value);
        }
    };
    keep(WEB_AUTHN, None);
    let factors = &mfa.factors;
    if factors.contains(&MfaFactor::Email) {
        keep(EMAIL_MFA, None);
    }
    if factors.contains(&MfaFactor::SoftwareToken) {
        keep(SOFTWARE_TOKEN_MFA, None);
    }
    if factors.contains(&MfaFactor::Sms) {
        // Also if SMS followed from `SmsConfiguration`, which may be absent in the update.
        keep(SMS_MFA, Some(json!({})));
    }
}

#[cfg(test)]
mod tests {
    use MfaFactor::{Email, Sms, SoftwareToken as Token};
    use MfaMode::{Off, On, Optional};

    use super::*;
    use crate::{
        fixture,
        pool::{Feature, Pool, Tier, mfa::MfaMode, settings::PoolSettings},
        refusal::{PoolFault, Refusal},
    };

    fn pool(settings: &Value) -> Pool {
        PoolSettings::from_json(settings)
            .expect("settings")
            .derive(fixture::pool().id, fixture::pool().schema)
    }

    fn configure(former: &Value, request: &Value) -> (Value, Result<(MfaMode, Vec<MfaFactor>), Refusal>) {
        let request = request.as_object().expect("an object");
        let settings = with_mfa_config(former, request);
        let Pool { mfa, tier, .. } = pool(&settings);
        let checked = check_mfa_config(&pool(former).mfa, &mfa, request, tier);
        (settings, checked.map(|()| (mfa.mode, mfa.factors.into_iter().collect())))
    }

    #[test]
    fn mfa_config_replaces_factors_that_it_names_or_is_refused() {
        let nothing = json!({});
        let (mode, sms, mail) =
            ("MfaConfiguration", json!({ "SmsAuthenticationMessage": "x" }), json!({ "Message": "y" }));
        let both = json!({ mode: "OPTIONAL", "SmsConfiguration": {}, SMS_MFA: {}, EMAIL_MFA: mail });
        let implied = json!({ mode: "ON", "SmsConfiguration": {} });
        let sms_without_mfa = json!({ mode: "OFF", "SmsConfiguration": {} });
        let token = |enabled: bool| json!({ "Enabled": enabled });
        let fault = |fault| Err(Refusal::Pool(fault));
        let cases = [
            (&nothing, json!({}), Ok((Off, vec![]))),
            (&nothing, json!({ SOFTWARE_TOKEN_MFA: token(true) }), fault(PoolFault::MfaOffWithFactor)),
            (&nothing, json!({ mode: "ON", SOFTWARE_TOKEN_MFA: token(true) }), Ok((On, vec![Token]))),
            (&nothing, json!({ mode: "ON" }), fault(PoolFault::MfaWithoutFactor)),
            (&nothing, json!({ mode: "ON", SOFTWARE_TOKEN_MFA: {} }), fault(PoolFault::MfaWithoutFactor)),
            (&both, json!({}), Ok((Optional, vec![Sms, Email]))),
            (&both, json!({ mode: "ON" }), Ok((On, vec![Sms, Email]))),
            (&both, json!({ SOFTWARE_TOKEN_MFA: {} }), Ok((Optional, vec![Sms, Email]))),
            (&both, json!({ SOFTWARE_TOKEN_MFA: token(true) }), Ok((Optional, vec![Token]))),
            (&both, json!({ mode: "OFF" }), Ok((Off, vec![]))),
            (&both, json!({ mode: "OFF", SMS_MFA: sms }), fault(PoolFault::MfaOffWithFactor)),
            (
                &both,
                json!({ mode: "ON", SMS_MFA: sms, SOFTWARE_TOKEN_MFA: token(true) }),
                Ok((On, vec![Sms, Token])),
            ),
            (&both, json!({ SOFTWARE_TOKEN_MFA: token(false) }), fault(PoolFault::MfaWithoutFactor)),
            (&implied, json!({ mode: "OPTIONAL" }), Ok((Optional, vec![Sms]))),
            (&implied, json!({ EMAIL_MFA: mail }), Ok((On, vec![Email]))),
            (&implied, json!({ mode: "OFF" }), Ok((Off, vec![]))),
            (&sms_without_mfa, json!({ mode: "ON" }), fault(PoolFault::MfaWithoutFactor)),
            (
                &sms_without_mfa,
                json!({ mode: "ON", SOFTWARE_TOKEN_MFA: {} }),
                fault(PoolFault::MfaWithoutFactor),
            ),
            (&sms_without_mfa, json!({ mode: "ON", SMS_MFA: {} }), Ok((On, vec![Sms]))),
        ];
        for (former, request, expected) in cases {
            assert_eq!(configure(former, &request).1, expected, "{former} {request}");
        }
        let lite = json!({ "UserPoolTier": "LITE" });
        let too_low = PoolFault::TierTooLow(Tier::Lite, vec![Feature::EmailMfa]);
        assert_eq!(configure(&lite, &json!({ mode: "ON", EMAIL_MFA: {} })).1, fault(too_low));
    }

    #[test]
    fn mfa_config_keeps_members_that_it_does_not_name() {
        let former = json!({
            "MfaConfiguration": "ON", "SmsAuthenticationMessage": "x", "SmsConfiguration": { "ExternalId": "e" },
            WEB_AUTHN: { "RelyingPartyId": "example.com" }, EMAIL_MFA: { "Message": "m" },
        });
        assert_eq!(configure(&former, &json!({})).0, former);
        let request = json!({
            SMS_MFA: { "SmsAuthenticationMessage": "z" }, WEB_AUTHN: { "RelyingPartyId": "example.org" },
        });
        let expected = json!({
            "MfaConfiguration": "ON", "SmsAuthenticationMessage": "z", "SmsConfiguration": { "ExternalId": "e" },
            WEB_AUTHN: { "RelyingPartyId": "example.org" }, SMS_MFA: {},
        });
        assert_eq!(configure(&former, &request).0, expected);
    }

    #[test]
    fn update_user_pool_keeps_the_second_factors() {
        let mfa_after = |former: Value, update: Value| {
            let mut settings = update;
            keep_mfa_config(&former, &pool(&former).mfa, &mut settings);
            let PoolMfa { mode, factors } = pool(&settings).mfa;
            (mode, factors.into_iter().collect::<Vec<_>>())
        };
        let sms = || json!({ "MfaConfiguration": "ON", "SmsConfiguration": {} });
        let (on, off) = (|| json!({ "MfaConfiguration": "ON" }), || json!({}));
        let token = || json!({ "MfaConfiguration": "ON", SOFTWARE_TOKEN_MFA: { "Enabled": true } });
        let no_token = || json!({ SOFTWARE_TOKEN_MFA: { "Enabled": false } });
        let cases = [
            (off(), sms(), (On, vec![Sms])),
            (off(), on(), (On, vec![])),
            (sms(), on(), (On, vec![Sms])),
            (sms(), off(), (Off, vec![Sms])),
            (token(), sms(), (On, vec![Token])),
            (token(), on(), (On, vec![Token])),
            (no_token(), sms(), (On, vec![Sms])),
            (json!({ "MfaConfiguration": "ON", EMAIL_MFA: {} }), on(), (On, vec![Email])),
        ];
        for (former, update, expected) in cases {
            assert_eq!(mfa_after(former.clone(), update.clone()), expected, "{former} {update}");
        }
    }
}
