//! What a signed request is about, in the words of policies: which resource, which tags, and the condition keys.
//!
//! It is looked at before the body is read as the operation's input, so it fails on nothing: where the body names no
//! pool, the resource is `*`, and what is wrong with the body is told by whoever reads it. *Documented*: the Service
//! Authorization Reference for Amazon Cognito user pools and the IAM reference, global condition keys.

use http::{HeaderMap, header, request::Parts};
use lido_domain::{Timestamp, id::PoolId};
use serde_json::{Map, Value};

use super::source::Source;
use crate::{
    app::{App, Settings},
    clock::rfc3339,
    credentials::{IamUser, policy::Facts},
    operations::Operation,
    store::StoreError,
};

/// What policies call an operation above all pools.
const EVERYTHING: &str = "*";

/// What a request is about.
#[derive(Debug)]
pub(super) struct Asked {
    /// An ARN or `*`.
    pub(super) resource: String,
    /// The pool, where the resource is one of ours.
    pool: Option<PoolId>,
    body: Map<String, Value>,
}

/// The member that names what an operation is about, if one does. A member that the operation does not have would be
/// passed over by whoever reads the body, so it means nothing here either.
fn naming_member(operation: Operation) -> Option<&'static str> {
    match operation {
        Operation::CreateUserPool
        | Operation::DescribeUserPoolDomain
        | Operation::GetClientToken
        | Operation::GetDerivedToken
        | Operation::GetProvisionedLimit
        | Operation::ListUserPools
        | Operation::UpdateProvisionedLimit => None,
        Operation::ListTagsForResource | Operation::TagResource | Operation::UntagResource => {
            Some("ResourceArn")
        }
        _ => Some("UserPoolId"),
    }
}

impl Asked {
    /// What `body` asks of `operation`.
    pub(super) fn read(operation: Operation, body: &[u8], settings: &Settings) -> Self {
        // As everywhere in bodies, the last of two members with one name counts.
        let body: Map<String, Value> = serde_json::from_slice(body).unwrap_or_default();
        let member = naming_member(operation);
        let named = member.and_then(|member| Some((member, body.get(member)?.as_str()?)));
        let (resource, pool) = match named {
            Some(("ResourceArn", arn)) if is_arn(arn) => {
                let before = settings.user_pool_arn(&PoolId::new(""));
                (arn.to_owned(), arn.strip_prefix(&before).filter(|id| is_pool_id(id)).map(PoolId::new))
            }
            Some(("UserPoolId", id)) if is_pool_id(id) => {
                let id = PoolId::new(id);
                (settings.user_pool_arn(&id), Some(id))
            }
            _ => (EVERYTHING.to_owned(), None),
        };
        Self { resource, pool, body }
    }

    /// What conditions may look at. The pool's tags are read from the store only if somebody looks at them.
    pub(super) async fn facts(
        &self,
        app: &App,
        user: &IamUser,
        head: &Parts,
        source: Source,
        now: Timestamp,
    ) -> Result<Facts, StoreError> {
        let mut facts = Facts::default();
        let account = &app.settings.account_id;
        facts.set("aws:username", &user.name);
        // *Chosen*: the file gives users no other id than their name.
        facts.set("aws:userid", &user.name);
        facts.set("aws:PrincipalArn", user.arn(account));
        facts.set("aws:PrincipalAccount", account);
        facts.set("aws:PrincipalType", "User");
        facts.set("aws:SourceIp", source.peer.0.to_string());
        facts.set("aws:SecureTransport", source.is_secure.to_string());
        facts.set("aws:CurrentTime", rfc3339(now));
        facts.set("aws:EpochTime", (now.as_millis() / 1000).to_string());
        facts.set("aws:RequestedRegion", &app.settings.region);
        set_header(&mut facts, "aws:UserAgent", &head.headers, header::USER_AGENT);
        set_header(&mut facts, "aws:Referer", &head.headers, header::REFERER);
        for (key, value) in &user.tags {
            facts.set(&format!("aws:PrincipalTag/{key}"), value);
        }
        self.set_request_tags(&mut facts);
        if let Some(pool) = &self.pool {
            facts.set("aws:ResourceAccount", account);
            if user.policies.look_at("aws:resourcetag/")
                && let Some(pool) = app.store.read_pool(pool).await?
            {
                for (key, value) in &pool.value.tags {
                    facts.set(&format!("aws:ResourceTag/{key}"), value);
                }
            }
        }
        Ok(facts)
    }

    /// The tags that the request brings, and the keys of those that it takes away.
    fn set_request_tags(&self, facts: &mut Facts) {
        let given =
            ["UserPoolTags", "Tags"].into_iter().filter_map(|member| self.body.get(member)?.as_object());
        let mut keys = Vec::new();
        for (key, value) in given.flatten() {
            if let Some(value) = value.as_str() {
                facts.set(&format!("aws:RequestTag/{key}"), value);
            }
            keys.push(key.clone());
        }
        let taken = self.body.get("TagKeys").and_then(Value::as_array);
        keys.extend(taken.into_iter().flatten().filter_map(|key| key.as_str().map(str::to_owned)));
        facts.set_all("aws:TagKeys", keys);
    }
}

fn set_header(facts: &mut Facts, key: &str, headers: &HeaderMap, name: http::HeaderName) {
    if let Some(value) = headers.get(name).and_then(|value| value.to_str().ok()) {
        facts.set(key, value);
    }
}

/// Whether it can be a pool's id. Refusals print it, and so nothing that is longer or stranger.
fn is_pool_id(text: &str) -> bool {
    let is_of_id = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=55).contains(&text.len()) && text.bytes().all(is_of_id)
}

fn is_arn(text: &str) -> bool {
    text.starts_with("arn:") && text.len() <= 2048 && text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
#[path = "asked_tests.rs"]
mod tests;
