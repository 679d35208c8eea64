//! The request context of a signed request for IAM policies: the resource, the tags and the condition keys.
//!
//! It is read before the operation reads its input, so it refuses nothing: without a pool in the body the resource is
//! `*`, and the operation itself refuses a malformed body. Both use the same reader, so that policies are evaluated for
//! exactly what the operation does: a body that cannot be read here cannot be read by the operation either.
//! *Documented*: the Service Authorization Reference for Amazon Cognito user pools, and the IAM reference, global
//! condition keys.

use std::collections::BTreeMap;

use http::{HeaderMap, header, request::Parts};
use lido_domain::id::PoolId;
use lido_iam::policy::ContextKeys;
use lido_runtime::{Reader, SerializationError, Slot, Style};

use crate::{
    app::{App, Settings},
    clock::rfc3339,
    credentials::IamUser,
    operations::Operation,
    store::StoreError,
    surface::RequestSource,
    wire::tags::{self, ResourceArn},
};

/// The resource of an operation that concerns no single pool.
const EVERYTHING: &str = "*";

/// The request context of a signed request.
#[derive(Debug)]
pub(super) struct IamRequest {
    /// An ARN, or `*`.
    pub(super) resource: String,
    /// The pool, if the resource is a pool of this server.
    pool: Option<PoolId>,
    /// The tags that the request adds.
    tags: BTreeMap<String, String>,
    /// The keys of the tags that it removes.
    tag_keys: Vec<String>,
}

/// The members of an operation's input that policies depend on.
#[derive(Debug, PartialEq, Eq)]
struct PolicyMembers {
    /// The member with the resource's id or ARN.
    naming: Option<&'static str>,
    /// The member with tags or tag keys.
    tags: Option<&'static str>,
}

impl PolicyMembers {
    /// Returns the members of `operation`. A member that the operation does not have is ignored, as the operation's own
    /// reader does.
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

/// The values of the members.
#[derive(Debug, Default)]
struct MemberValues {
    name: Option<String>,
    tags: Option<BTreeMap<String, String>>,
    tag_keys: Option<Vec<String>>,
}

impl MemberValues {
    fn read(members: &PolicyMembers, body: &str) -> Result<Self, SerializationError> {
        let mut reader = Reader::new(body, Style::Coral);
        let mut object = reader.structure()?;
        // Violations in these are not reported, so their names do not matter.
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

impl IamRequest {
    /// Reads the context of a request for `operation` from its body.
    pub(super) fn read(operation: Operation, body: &[u8], settings: &Settings) -> Self {
        let members = PolicyMembers::of(operation);
        let values = std::str::from_utf8(body).ok().and_then(|body| MemberValues::read(&members, body).ok());
        let MemberValues { name, tags, tag_keys } = values.unwrap_or_default();
        let (resource, pool) = match (members.naming, name) {
            (Some("ResourceArn"), Some(arn)) if is_arn(&arn) => match tags::parse_arn(settings, &arn) {
                ResourceArn::Pool(id) => (arn, Some(id)),
                ResourceArn::ForeignPool(_) | ResourceArn::Other => (arn, None),
            },
            (Some("UserPoolId"), Some(id)) if is_pool_id(&id) => {
                let id = PoolId::new(id);
                (settings.user_pool_arn(&id), Some(id))
            }
            _ => (EVERYTHING.to_owned(), None),
        };
        Self { resource, pool, tags: tags.unwrap_or_default(), tag_keys: tag_keys.unwrap_or_default() }
    }

    /// Returns the condition keys. The pool's tags are read from the store only if a policy of the user uses them.
    pub(super) async fn facts(
        &self,
        app: &App,
        user: &IamUser,
        head: &Parts,
        source: RequestSource,
        region: &str,
    ) -> Result<ContextKeys, StoreError> {
        let mut facts = ContextKeys::default();
        let now = app.clock.now();
        let account = &app.settings.account_id;
        facts.set("aws:username", &user.name);
        // *Chosen*: users have no id except their name in the credentials file.
        facts.set("aws:userid", &user.name);
        facts.set("aws:PrincipalArn", user.arn(account));
        facts.set("aws:PrincipalAccount", account);
        facts.set("aws:PrincipalType", "User");
        facts.set("aws:SourceIp", source.peer.0.to_string());
        facts.set("aws:SecureTransport", source.is_secure.to_string());
        facts.set("aws:CurrentTime", rfc3339(now));
        facts.set("aws:EpochTime", (now.as_millis() / 1000).to_string());
        facts.set("aws:RequestedRegion", region);
        set_header(&mut facts, "aws:UserAgent", &head.headers, header::USER_AGENT);
        set_header(&mut facts, "aws:Referer", &head.headers, header::REFERER);
        for (key, value) in &user.tags {
            facts.add(&format!("aws:PrincipalTag/{key}"), value);
        }
        self.set_request_tags(&mut facts);
        if let Some(pool) = &self.pool {
            facts.set("aws:ResourceAccount", account);
            if user.policies.uses_key_prefix("aws:resourcetag/")
                && let Some(pool) = app.store.begin().find_pool(pool).await?
            {
                for (key, value) in &pool.tags {
                    facts.add(&format!("aws:ResourceTag/{key}"), value);
                }
            }
        }
        Ok(facts)
    }

    /// Sets the tags that the request adds, and the keys of those and of the ones that it removes.
    fn set_request_tags(&self, facts: &mut ContextKeys) {
        for (key, value) in &self.tags {
            facts.add(&format!("aws:RequestTag/{key}"), value);
        }
        facts.set_all("aws:TagKeys", self.tags.keys().chain(&self.tag_keys).cloned());
    }
}

fn set_header(facts: &mut ContextKeys, key: &str, headers: &HeaderMap, name: http::HeaderName) {
    if let Some(value) = headers.get(name).and_then(|value| value.to_str().ok()) {
        facts.set(key, value);
    }
}

/// Returns whether a text can be the id of a pool. Error messages quote it, so other texts are not accepted.
fn is_pool_id(text: &str) -> bool {
    let is_of_id = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=55).contains(&text.len()) && text.bytes().all(is_of_id)
}

fn is_arn(text: &str) -> bool {
    text.starts_with("arn:") && text.len() <= 2048 && text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
#[path = "iam_request_tests.rs"]
mod tests;
