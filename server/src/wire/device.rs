//! Devices.

use base64::{Engine, engine::general_purpose::STANDARD};
use lido_cognito_idp::types;
use lido_domain::{
    Refusal,
    id::PoolId,
    sign_in::srp::Verifier,
    user::device::{Device, group_key},
};
use lido_runtime::Violated;

use super::{time::date, user::attribute};

/// The key of a device that is new, for the tokens of its sign-in.
pub fn metadata(pool: &PoolId, key: &str) -> Result<types::NewDeviceMetadataType, Violated> {
    Ok(types::NewDeviceMetadataType {
        device_key: Some(key.try_into()?),
        device_group_key: Some(group_key(pool).as_str().try_into()?),
    })
}

/// The verifier that a device brings. *Chosen*: that it must bring one, and what is said to one that is none.
pub fn verifier(asked: Option<&types::DeviceSecretVerifierConfigType>) -> Result<Verifier, Refusal> {
    let read = |text: &Option<types::StringType>| STANDARD.decode(text.as_ref()?.as_str()).ok();
    let verifier = asked.and_then(|asked| Some((read(&asked.salt)?, read(&asked.password_verifier)?)));
    verifier
        .and_then(|(salt, verifier)| Verifier::from_client(&salt, &verifier))
        .ok_or(Refusal::ParameterInvalid("DeviceSecretVerifierConfig"))
}

/// A device. Its attributes are named as recordings name them; those of which nothing is known here are left out.
pub fn told(device: &Device) -> Result<types::DeviceType, Violated> {
    let remembered = if device.remembered { "remembered" } else { "not_remembered" };
    let mut attributes =
        vec![attribute("device_status", "valid")?, attribute("dev:device_remembered_status", remembered)?];
    if let Some(name) = &device.name {
        attributes.push(attribute("device_name", name)?);
    }
    Ok(types::DeviceType {
        device_key: Some(device.key.as_str().try_into()?),
        device_attributes: Some(attributes),
        device_create_date: Some(date(device.created_at)),
        device_last_modified_date: Some(date(device.modified_at)),
        device_last_authenticated_date: Some(date(device.authenticated_at)),
    })
}
