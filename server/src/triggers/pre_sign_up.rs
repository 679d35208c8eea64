//! PreSignUp: may this user be created, and must anything still be confirmed?
//!
//! It is asked once a request, after every check that needs no other user and before the names are looked up
//! (reported, cog-0373).

use std::collections::BTreeMap;

use lido_domain::{attribute::Attributes, flow::sign_up::PreSignUpReply, id::Username};
use serde_json::{Map, Value, json};

use super::{
    EventContext, Trigger, TriggerFault, Triggers, attributes,
    event::{Event, flag},
};
use crate::wire::lambda_config;

/// Somebody who is about to become a user.
#[derive(Clone, Copy, Debug)]
pub struct Newcomer<'a> {
    /// By whom.
    pub by: NewcomerBy,
    /// The username that the user will have.
    pub username: &'a Username,
    /// The attributes that the user will have.
    pub attributes: &'a Attributes,
    /// ValidationData, if it was sent.
    pub validation_data: Option<&'a BTreeMap<String, String>>,
}

/// Who creates a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewcomerBy {
    /// The user: SignUp.
    SignUp,
    /// An administrator: AdminCreateUser.
    Administrator,
}

impl Triggers {
    /// Asks, if the pool has the trigger.
    pub async fn pre_sign_up(
        &self,
        context: EventContext<'_>,
        newcomer: Newcomer<'_>,
    ) -> Result<PreSignUpReply, TriggerFault> {
        let Some(arn) = lambda_config::pre_sign_up(context.pool) else {
            return Ok(PreSignUpReply::default());
        };
        let response = self.ask(Trigger::PreSignUp, arn, &event(context, newcomer)).await?;
        let reply = reply(&response)?;
        match newcomer.by {
            NewcomerBy::SignUp => Ok(reply),
            // *Documented* (cog-0285): an administrator has decided already.
            NewcomerBy::Administrator => Ok(PreSignUpReply::default()),
        }
    }
}

fn event(context: EventContext<'_>, newcomer: Newcomer<'_>) -> Event {
    let (source, attributes) = match newcomer.by {
        NewcomerBy::SignUp => ("PreSignUp_SignUp", attributes::of_newcomer(newcomer.attributes)),
        NewcomerBy::Administrator => {
            ("PreSignUp_AdminCreateUser", attributes::of_invited(newcomer.attributes))
        }
    };
    let request = context.with_metadata(json!({
        "userAttributes": attributes,
        "validationData": newcomer.validation_data,
    }));
    let response = json!({ "autoConfirmUser": false, "autoVerifyEmail": false, "autoVerifyPhone": false });
    context.event(source, newcomer.username, "CLIENT_ID_NOT_APPLICABLE".into(), request, response)
}

fn reply(response: &Map<String, Value>) -> Result<PreSignUpReply, TriggerFault> {
    Ok(PreSignUpReply {
        confirm: flag(response, "autoConfirmUser")?,
        verify_email: flag(response, "autoVerifyEmail")?,
        verify_phone: flag(response, "autoVerifyPhone")?,
    })
}
