//! PreSignUp: may refuse a new user, or confirm the user and verify its contacts.
//!
//! It is invoked once per request, after all checks that concern no other user, and before the names are looked up
//! (reported, cog-0373).

use std::collections::BTreeMap;

use lido_domain::{attribute::Attributes, flow::sign_up::PreSignUpReply, id::Username};
use serde_json::{Map, Value, json};

use super::{
    EventContext, Trigger, TriggerFault, Triggers, attributes,
    event::{Event, flag},
};
use crate::wire::lambda_config;

/// A user that is about to be created.
#[derive(Clone, Copy, Debug)]
pub struct NewUser<'a> {
    /// The creator of the user.
    pub creator: UserCreator,
    /// The username that the user will have.
    pub username: &'a Username,
    /// The attributes that the user will have.
    pub attributes: &'a Attributes,
    /// ValidationData, if it was sent.
    pub validation_data: Option<&'a BTreeMap<String, String>>,
}

/// The creator of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserCreator {
    /// The user, by SignUp.
    SignUp,
    /// An administrator, by AdminCreateUser.
    Administrator,
}

impl Triggers {
    /// Invokes the trigger, if the pool has it.
    pub async fn pre_sign_up(
        &self,
        context: EventContext<'_>,
        new_user: NewUser<'_>,
    ) -> Result<PreSignUpReply, TriggerFault> {
        let Some(arn) = lambda_config::pre_sign_up(context.pool) else {
            return Ok(PreSignUpReply::default());
        };
        let response = self.invoke(Trigger::PreSignUp, arn, &event(context, new_user)).await?;
        let reply = reply(&response)?;
        match new_user.creator {
            UserCreator::SignUp => Ok(reply),
            // *Documented* (cog-0285): the response is ignored for AdminCreateUser.
            UserCreator::Administrator => Ok(PreSignUpReply::default()),
        }
    }
}

fn event(context: EventContext<'_>, new_user: NewUser<'_>) -> Event {
    let (source, attributes) = match new_user.creator {
        UserCreator::SignUp => ("PreSignUp_SignUp", attributes::of_new_user(new_user.attributes)),
        UserCreator::Administrator => {
            ("PreSignUp_AdminCreateUser", attributes::of_invited(new_user.attributes))
        }
    };
    let request = context.with_metadata(json!({
        "userAttributes": attributes,
        "validationData": new_user.validation_data,
    }));
    let response = json!({ "autoConfirmUser": false, "autoVerifyEmail": false, "autoVerifyPhone": false });
    context.event(source, new_user.username, "CLIENT_ID_NOT_APPLICABLE".into(), request, response)
}

fn reply(response: &Map<String, Value>) -> Result<PreSignUpReply, TriggerFault> {
    Ok(PreSignUpReply {
        confirm: flag(response, "autoConfirmUser")?,
        verify_email: flag(response, "autoVerifyEmail")?,
        verify_phone: flag(response, "autoVerifyPhone")?,
    })
}
