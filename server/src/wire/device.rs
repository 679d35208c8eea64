//! Conversion of devices.

use base64::{Engine, engine::general_purpose::STANDARD};
use lido_cognito_idp::types;
use lido_domain::{
    Refusal,
    id::PoolId,
    sign_in::srp::Verifier,
    user::device::{Device, group_key},
};
use lido_runtime::BrokenRules;

use super::{time::date, user::to_attribute_type};

/// Converts the key of a new device to the metadata that its sign-in returns with the tokens.
pub fn to_new_device_metadata(pool: &PoolId, key: &str) -> Result<types::NewDeviceMetadataType, BrokenRules> {
    Ok(types::NewDeviceMetadataType {
        device_key: Some(key.try_into()?),
        device_group_key: Some(group_key(pool).as_str().try_into()?),
    })
}

/// Reads the SRP verifier of a device.
///
/// # Errors
/// `ParameterInvalid` if the verifier is absent or malformed. *Chosen*: the service's error is unknown.
pub fn read_verifier(config: Option<&types::DeviceSecretVerifierConfigType>) -> Result<Verifier, Refusal> {
    let read = |text: &Option<types::StringType>| STANDARD.decode(text.as_ref()?.as_str()).ok();
    let verifier = config.and_then(|config| Some((read(&config.salt)?, read(&config.password_verifier)?)));
    verifier
        .and_then(|(salt, verifier)| Verifier::from_client(&salt, &verifier))
        .ok_or(Refusal::ParameterInvalid("DeviceSecretVerifierConfig"))
}

/// Converts a device. The names of the attributes are *Observed* in recordings; attributes without a value here are
/// omitted.
pub fn to_device_type(device: &Device) -> Result<types::DeviceType, BrokenRules> {
    let remembered = if device.remembered { "remembered" } else { "not_remembered" };
    let mut attributes = vec![
        to_attribute_type("device_status", "valid")?,
        to_attribute_type("dev:device_remembered_status", remembered)?,
    ];
    if let Some(name) = &device.name {
        attributes.push(to_attribute_type("device_name", name)?);
    }
    Ok(types::DeviceType {
        device_key: Some(device.key.as_str().try_into()?),
        device_attributes: Some(attributes),
        device_create_date: Some(date(device.created_at)),
        device_last_modified_date: Some(date(device.modified_at)),
        device_last_authenticated_date: Some(date(device.authenticated_at)),
    })
}
