//! Conversion of users, and of the details of code deliveries.

use std::collections::BTreeSet;

use lido_cognito_idp::{
    operations::{AdminGetUserOutput, ConfirmSignUpOutput, SignUpOutput, UpdateUserAttributesOutput},
    types,
};
use lido_domain::{
    attribute::{
        AttributeInput,
        contact::{Contact, ContactKind},
    },
    flow::sign_up::{SignUpAnswer, confirm_sign_up::ConfirmSignUpAnswer},
    sign_in::session::SessionHandle,
    user::{Status, User},
};
use lido_runtime::BrokenRules;

use super::{
    mfa::{UserMfaSettings, user_mfa_settings},
    time::date,
};

/// Reads the attributes of a request, in their order.
pub fn read_attributes(attributes: Option<Vec<types::AttributeType>>) -> Vec<AttributeInput> {
    let attributes = attributes.unwrap_or_default().into_iter();
    attributes
        .map(|attribute| AttributeInput {
            name: attribute.name.into_inner(),
            value: attribute.value.map(types::AttributeValueType::into_inner),
        })
        .collect()
}

/// Returns the kinds of contacts that these delivery mediums reach.
pub fn read_delivery_mediums(mediums: &[types::DeliveryMediumType]) -> BTreeSet<ContactKind> {
    let kinds = mediums.iter().map(|medium| match medium {
        types::DeliveryMediumType::Email => ContactKind::Email,
        types::DeliveryMediumType::Sms => ContactKind::PhoneNumber,
    });
    kinds.collect()
}

/// Returns the output of SignUp.
pub fn sign_up_output(signed_up: &SignUpAnswer) -> Result<SignUpOutput, BrokenRules> {
    let is_confirmed = signed_up.user.status != Status::Unconfirmed;
    Ok(SignUpOutput {
        code_delivery_details: signed_up.delivery.as_ref().map(to_code_delivery_details).transpose()?,
        session: signed_up.session.as_ref().map(session).transpose()?,
        ..SignUpOutput::new(is_confirmed, signed_up.user.sub.as_str().try_into()?)
    })
}

/// Returns the output of ConfirmSignUp.
pub fn confirm_sign_up_output(confirmed: &ConfirmSignUpAnswer) -> Result<ConfirmSignUpOutput, BrokenRules> {
    Ok(ConfirmSignUpOutput { session: confirmed.session.as_ref().map(session).transpose()? })
}

fn session(handle: &SessionHandle) -> Result<types::SessionType, BrokenRules> {
    handle.expose().try_into()
}

/// Reads the names of attributes in a request.
pub fn read_attribute_names(sent: Vec<types::AttributeNameType>) -> BTreeSet<String> {
    sent.into_iter().map(types::AttributeNameType::into_inner).collect()
}

/// Converts a user, with all attributes or only with those in `names`.
pub fn to_user_type(user: &User, names: Option<&BTreeSet<String>>) -> Result<types::UserType, BrokenRules> {
    let mut attributes = attributes(user)?;
    if let Some(names) = names {
        attributes.retain(|attribute| names.contains(attribute.name.as_str()));
    }
    Ok(types::UserType {
        username: Some(user.username.as_str().try_into()?),
        attributes: Some(attributes),
        user_create_date: Some(date(user.created_at)),
        user_last_modified_date: Some(date(user.modified_at)),
        enabled: Some(user.enabled),
        user_status: Some(status(&user.status)),
        mfa_options: None,
    })
}

/// Returns the bytes of the attributes that [`to_user_type`] converts.
pub fn attribute_bytes(user: &User, names: Option<&BTreeSet<String>>) -> usize {
    let is_named = |name: &str| names.is_none_or(|names| names.contains(name));
    let attributes = user.attributes.iter().filter(|(name, _)| is_named(name));
    attributes.map(|(name, value)| name.len() + value.len()).sum()
}

/// Converts the attributes of a user. *Chosen*: `sub` is first, the others are in the order of their names; recordings
/// show several orders.
fn attributes(user: &User) -> Result<Vec<types::AttributeType>, BrokenRules> {
    let sub = [("sub", user.sub.as_str())];
    sub.into_iter()
        .chain(user.attributes.iter())
        .map(|(name, value)| to_attribute_type(name, value))
        .collect()
}

/// Returns the output of AdminGetUser.
pub fn admin_get_user_output(user: &User) -> Result<AdminGetUserOutput, BrokenRules> {
    let UserMfaSettings { options, preferred, active } = user_mfa_settings(user)?;
    Ok(AdminGetUserOutput {
        mfa_options: options,
        preferred_mfa_setting: preferred,
        user_mfa_setting_list: active,
        user_attributes: Some(attributes(user)?),
        user_create_date: Some(date(user.created_at)),
        user_last_modified_date: Some(date(user.modified_at)),
        enabled: Some(user.enabled),
        user_status: Some(status(&user.status)),
        ..AdminGetUserOutput::new(user.username.as_str().try_into()?)
    })
}

/// Converts an attribute.
pub(super) fn to_attribute_type(name: &str, value: &str) -> Result<types::AttributeType, BrokenRules> {
    Ok(types::AttributeType { name: name.try_into()?, value: Some(value.try_into()?) })
}

fn status(status: &Status) -> types::UserStatusType {
    match status {
        Status::Unconfirmed => types::UserStatusType::Unconfirmed,
        Status::Confirmed => types::UserStatusType::Confirmed,
        Status::ExternalProvider => types::UserStatusType::ExternalProvider,
        Status::ResetRequired => types::UserStatusType::ResetRequired,
        Status::ForceChangePassword { .. } => types::UserStatusType::ForceChangePassword,
    }
}

/// Returns the output of UpdateUserAttributes, with the contacts that codes were sent to. *Chosen*: the list is absent
/// if it would be empty.
pub fn update_user_attributes_output(sent: &[Contact]) -> Result<UpdateUserAttributesOutput, BrokenRules> {
    let list = sent.iter().map(to_code_delivery_details).collect::<Result<Vec<_>, _>>()?;
    Ok(UpdateUserAttributesOutput { code_delivery_details_list: (!list.is_empty()).then_some(list) })
}

/// Converts the contact that a code was sent to; the output contains it masked.
pub fn to_code_delivery_details(to: &Contact) -> Result<types::CodeDeliveryDetailsType, BrokenRules> {
    Ok(types::CodeDeliveryDetailsType {
        destination: Some(to.masked().try_into()?),
        delivery_medium: Some(match to.kind {
            ContactKind::Email => types::DeliveryMediumType::Email,
            ContactKind::PhoneNumber => types::DeliveryMediumType::Sms,
        }),
        attribute_name: Some(to.kind.attribute().try_into()?),
    })
}
