//! What a signed request is about, in the words of policies: which resource, which tags, and the condition keys.
//!
//! It is looked at before the body is read as the operation's input, so it fails on nothing: where the body names no
//! pool, the resource is `*`, and what is wrong with the body is told by whoever reads it. The reader is the same one,
//! since what policies allow must be what the operation then does: of a body that cannot be read here, the operation
//! gets no input either. *Documented*: the Service Authorization Reference for Amazon Cognito user pools, and the IAM
//! reference, global condition keys.

use std::collections::BTreeMap;

use http::{HeaderMap, header, request::Parts};
use lido_domain::{Timestamp, id::PoolId};
use lido_runtime::{Reader, Slot, Stop};

use super::source::Source;
use crate::{
    app::{App, Settings},
    clock::rfc3339,
    credentials::{IamUser, policy::Facts},
    operations::Operation,
    store::StoreError,
    wire::tags::{self, Named},
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
    /// Tags that the request brings.
    tags: BTreeMap<String, String>,
    /// Keys of tags that it takes away.
    tag_keys: Vec<String>,
}

/// Members of an operation's input that policies look at.
#[derive(Debug, PartialEq, Eq)]
struct Members {
    /// What names the resource.
    naming: Option<&'static str>,
    /// Tags, or the keys of tags.
    tags: Option<&'static str>,
}

impl Members {
    /// Those of `operation`. A member that it does not have is passed over by whoever reads the body, so it means
    /// nothing here either.
    fn of(operation: Operation) -> Self {
        let (naming, tags) = match operation {
            Operation::CreateUserPool => (None, Some("UserPoolTags")),
            Operation::CreateUserPoolReplica | Operation::UpdateUserPool => {
                (Some("UserPoolId"), Some("UserPoolTags"))
            }
            Operation::TagResource => (Some("ResourceArn"), Some("Tags")),
            Operation::UntagResource => (Some("ResourceArn"), Some("TagKeys")),
            Operation::ListTagsForResource => (Some("ResourceArn"), None),
            Operation::DescribeUserPoolDomain
            | Operation::GetClientToken
            | Operation::GetDerivedToken
            | Operation::GetProvisionedLimit
            | Operation::ListUserPools
            | Operation::UpdateProvisionedLimit => (None, None),
            _ => (Some("UserPoolId"), None),
        };
        Self { naming, tags }
    }
}

/// What the members say.
#[derive(Debug, Default)]
struct Said {
    name: Option<String>,
    tags: Option<BTreeMap<String, String>>,
    tag_keys: Option<Vec<String>>,
}

impl Said {
    fn read(members: &Members, body: &str) -> Result<Self, Stop> {
        let mut reader = Reader::new(body);
        let mut object = reader.structure()?;
        // Nobody hears of what these violate, so their names are of no interest.
        let (mut name, mut tags, mut tag_keys) = (Slot::new(0, ""), Slot::new(1, ""), Slot::new(2, ""));
        while let Some(member) = object.next_name()? {
            let member = Some(&*member);
            if member == members.naming {
                name.read(&mut object)?;
            } else if member == members.tags {
                if member == Some("TagKeys") { tag_keys.read(&mut object)? } else { tags.read(&mut object)? }
            } else {
                object.skip()?;
            }
        }
        Ok(Self { name: name.optional(), tags: tags.optional(), tag_keys: tag_keys.optional() })
    }
}

impl Asked {
    /// What `body` asks of `operation`.
    pub(super) fn read(operation: Operation, body: &[u8], settings: &Settings) -> Self {
        let members = Members::of(operation);
        let said = std::str::from_utf8(body).ok().and_then(|body| Said::read(&members, body).ok());
        let Said { name, tags, tag_keys } = said.unwrap_or_default();
        let (resource, pool) = match (members.naming, name) {
            (Some("ResourceArn"), Some(arn)) if is_arn(&arn) => match tags::named(settings, &arn) {
                Named::Pool(id) => (arn, Some(id)),
                Named::Elsewhere(_) | Named::Nothing => (arn, None),
            },
            (Some("UserPoolId"), Some(id)) if is_pool_id(&id) => {
                let id = PoolId::new(id);
                (settings.user_pool_arn(&id), Some(id))
            }
            _ => (EVERYTHING.to_owned(), None),
        };
        Self { resource, pool, tags: tags.unwrap_or_default(), tag_keys: tag_keys.unwrap_or_default() }
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
            facts.add(&format!("aws:PrincipalTag/{key}"), value);
        }
        self.set_request_tags(&mut facts);
        if let Some(pool) = &self.pool {
            facts.set("aws:ResourceAccount", account);
            if user.policies.look_at("aws:resourcetag/")
                && let Some(pool) = app.store.begin().find_pool(pool).await?
            {
                for (key, value) in &pool.tags {
                    facts.add(&format!("aws:ResourceTag/{key}"), value);
                }
            }
        }
        Ok(facts)
    }

    /// The tags that the request brings, and the keys of those and of the ones that it takes away.
    fn set_request_tags(&self, facts: &mut Facts) {
        for (key, value) in &self.tags {
            facts.add(&format!("aws:RequestTag/{key}"), value);
        }
        facts.set_all("aws:TagKeys", self.tags.keys().chain(&self.tag_keys).cloned());
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
