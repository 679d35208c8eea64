//! Users and where their codes went.

use std::collections::BTreeSet;

use lido_cognito_idp::{
    operations::{AdminGetUserOutput, ConfirmSignUpOutput, SignUpOutput, UpdateUserAttributesOutput},
    types,
};
use lido_domain::{
    attribute::{
        Given,
        contact::{Contact, ContactKind},
    },
    flow::sign_up::{SignedUp, confirm_sign_up::Confirmed},
    sign_in::session::SessionHandle,
    user::{Status, User},
};
use lido_runtime::Violated;

use super::{
    mfa::{Told, told},
    time::date,
};

/// The attributes of a request, in the order sent.
pub fn given(attributes: Option<Vec<types::AttributeType>>) -> Vec<Given> {
    let attributes = attributes.unwrap_or_default().into_iter();
    attributes
        .map(|one| Given {
            name: one.name.into_inner(),
            value: one.value.map(types::AttributeValueType::into_inner),
        })
        .collect()
}

/// The kinds of contacts that these media reach.
pub fn media(media: &[types::DeliveryMediumType]) -> BTreeSet<ContactKind> {
    let kinds = media.iter().map(|medium| match medium {
        types::DeliveryMediumType::Email => ContactKind::Email,
        types::DeliveryMediumType::Sms => ContactKind::PhoneNumber,
    });
    kinds.collect()
}

/// What SignUp answers.
pub fn signed_up(signed_up: &SignedUp) -> Result<SignUpOutput, Violated> {
    let is_confirmed = signed_up.user.status != Status::Unconfirmed;
    Ok(SignUpOutput {
        code_delivery_details: signed_up.delivery.as_ref().map(delivery).transpose()?,
        session: signed_up.session.as_ref().map(session).transpose()?,
        ..SignUpOutput::new(is_confirmed, signed_up.user.sub.as_str().try_into()?)
    })
}

/// What ConfirmSignUp answers.
pub fn confirmed(confirmed: &Confirmed) -> Result<ConfirmSignUpOutput, Violated> {
    Ok(ConfirmSignUpOutput { session: confirmed.session.as_ref().map(session).transpose()? })
}

fn session(handle: &SessionHandle) -> Result<types::SessionType, Violated> {
    handle.expose().try_into()
}

/// The names of attributes that a request asks for.
pub fn attribute_names(asked: Vec<types::AttributeNameType>) -> BTreeSet<String> {
    asked.into_iter().map(types::AttributeNameType::into_inner).collect()
}

/// A user as lists tell one, with all attributes or with those that are wanted and there.
pub fn listed(user: &User, wanted: Option<&BTreeSet<String>>) -> Result<types::UserType, Violated> {
    let mut attributes = attributes(user)?;
    if let Some(wanted) = wanted {
        attributes.retain(|attribute| wanted.contains(attribute.name.as_str()));
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

/// The attributes of a user. *Chosen*: the `sub` first and the rest in the order of their names; recordings show
/// several orders.
fn attributes(user: &User) -> Result<Vec<types::AttributeType>, Violated> {
    let sub = [("sub", user.sub.as_str())];
    sub.into_iter().chain(user.attributes.iter()).map(|(name, value)| attribute(name, value)).collect()
}

/// What AdminGetUser answers.
pub fn admin_get_user(user: &User) -> Result<AdminGetUserOutput, Violated> {
    let Told { options, preferred, active } = told(user)?;
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

pub(super) fn attribute(name: &str, value: &str) -> Result<types::AttributeType, Violated> {
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

/// What UpdateUserAttributes answers: where codes went, a list only if there are any (*Chosen*, as for other members
/// without a value).
pub fn updated(sent: &[Contact]) -> Result<UpdateUserAttributesOutput, Violated> {
    let list = sent.iter().map(delivery).collect::<Result<Vec<_>, _>>()?;
    Ok(UpdateUserAttributesOutput { code_delivery_details_list: (!list.is_empty()).then_some(list) })
}

/// Where a code went, masked.
pub fn delivery(to: &Contact) -> Result<types::CodeDeliveryDetailsType, Violated> {
    Ok(types::CodeDeliveryDetailsType {
        destination: Some(to.masked().try_into()?),
        delivery_medium: Some(match to.kind {
            ContactKind::Email => types::DeliveryMediumType::Email,
            ContactKind::PhoneNumber => types::DeliveryMediumType::Sms,
        }),
        attribute_name: Some(to.kind.attribute().try_into()?),
    })
}
