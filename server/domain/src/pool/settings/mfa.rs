//! What SetUserPoolMfaConfig and UpdateUserPool do to the settings on second factors and passkeys.
//!
//! The former changes what it names; the latter cannot name them, except who is asked and how SMS is sent, and leaves
//! them.

use serde_json::{Map, Value, json};

use super::{EMAIL_MFA, SMS_MFA, SOFTWARE_TOKEN_MFA, WEB_AUTHN};
use crate::pool::mfa::{MfaFactor, PoolMfa};

/// The members of which any, by being there, names all second factors.
const FACTORS: [&str; 3] = [SMS_MFA, SOFTWARE_TOKEN_MFA, EMAIL_MFA];

/// The settings after SetUserPoolMfaConfig with the members `asked`; [`PoolMfa::check_configured`] has to
/// agree to what they mean.
///
/// *Documented* is little of what a request means that leaves members out. *Chosen*, so that nothing is lost of which
/// it did not speak: one that names no factor leaves the factors, and one that names any, or turns MFA off, names all of
/// them. How messages read and passkeys work stays where it says nothing of it.
pub fn with_mfa_config(former: &Value, asked: &Map<String, Value>) -> Value {
    let mut settings = former.clone();
    let Value::Object(members) = &mut settings else { return settings };
    let mut take = |name: &str, value: Option<&Value>| {
        if let Some(value) = value {
            members.insert(name.to_owned(), value.clone());
        }
    };
    let sms = asked.get(SMS_MFA);
    take("MfaConfiguration", asked.get("MfaConfiguration"));
    take(WEB_AUTHN, asked.get(WEB_AUTHN));
    for name in ["SmsAuthenticationMessage", "SmsConfiguration"] {
        take(name, sms.and_then(|sms| sms.get(name)));
    }
    if names_factors(asked) {
        for name in FACTORS {
            members.remove(name);
        }
        for (name, value) in FACTORS.into_iter().filter_map(|name| Some((name, asked.get(name)?))) {
            // The texts of SMS are taken above: they have one place.
            let value = if name == SMS_MFA { json!({}) } else { value.clone() };
            members.insert(name.to_owned(), value);
        }
    }
    settings
}

fn names_factors(asked: &Map<String, Value>) -> bool {
    let token = asked.get(SOFTWARE_TOKEN_MFA).and_then(|token| token.get("Enabled"));
    asked.get("MfaConfiguration").is_some_and(|mode| mode == "OFF")
        || asked.contains_key(SMS_MFA)
        || asked.contains_key(EMAIL_MFA)
        || token.is_some()
}

/// Adds to the settings of UpdateUserPool what it cannot say of second factors and passkeys, as it was in the `former`
/// settings, from which `mfa` was derived.
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
        // Also where it followed from SmsConfiguration, of which the update may say nothing.
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
        PoolSettings::of(settings).expect("settings").derive(fixture::pool().id, fixture::pool().schema)
    }

    fn configure(former: &Value, asked: &Value) -> (Value, Result<(MfaMode, Vec<MfaFactor>), Refusal>) {
        let settings = with_mfa_config(former, asked.as_object().expect("an object"));
        let Pool { mfa, tier, .. } = pool(&settings);
        let met = mfa.check_configured(tier).map(|()| (mfa.mode, mfa.factors.into_iter().collect()));
        (settings, met)
    }

    #[test]
    fn mfa_config_changes_what_it_names() {
        let nothing = json!({});
        let (mode, sms, mail) =
            ("MfaConfiguration", json!({ "SmsAuthenticationMessage": "x" }), json!({ "Message": "y" }));
        let both = json!({ mode: "OPTIONAL", "SmsConfiguration": {}, SMS_MFA: {}, EMAIL_MFA: mail });
        let implied = json!({ mode: "ON", "SmsConfiguration": {} });
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
        ];
        for (former, asked, expected) in cases {
            assert_eq!(configure(former, &asked).1, expected, "{former} {asked}");
        }
        let lite = json!({ "UserPoolTier": "LITE" });
        let too_low = PoolFault::TierTooLow(Tier::Lite, vec![Feature::EmailMfa]);
        assert_eq!(configure(&lite, &json!({ mode: "ON", EMAIL_MFA: {} })).1, fault(too_low));
    }

    #[test]
    fn mfa_config_leaves_what_it_does_not_name() {
        let former = json!({
            "MfaConfiguration": "ON", "SmsAuthenticationMessage": "x", "SmsConfiguration": { "ExternalId": "e" },
            WEB_AUTHN: { "RelyingPartyId": "example.com" }, EMAIL_MFA: { "Message": "m" },
        });
        assert_eq!(configure(&former, &json!({})).0, former);
        let asked = json!({
            SMS_MFA: { "SmsAuthenticationMessage": "z" }, WEB_AUTHN: { "RelyingPartyId": "example.org" },
        });
        let expected = json!({
            "MfaConfiguration": "ON", "SmsAuthenticationMessage": "z", "SmsConfiguration": { "ExternalId": "e" },
            WEB_AUTHN: { "RelyingPartyId": "example.org" }, SMS_MFA: {},
        });
        assert_eq!(configure(&former, &asked).0, expected);
    }

    #[test]
    fn update_leaves_the_factors() {
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
