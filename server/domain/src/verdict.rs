//! The result type of every rule: [`Verdict`], the changes to store and the answer to return.
//!
//! The two are separate because a refusal can change stored data too: a wrong code increments a counter. The server
//! commits the changes on the condition that none of the data that the rule read has changed, and only then answers.

use std::sync::Arc;

use crate::client::cimd::{CachedMetadata, CimdPolicy};
use crate::{
    branding::{
        asset::{Asset, AssetOwner},
        customization::{CustomizationScope, UiCustomization},
        style::Style,
        terms::{Terms, TermsName},
    },
    code::{PendingCode, Purpose, message::Message},
    digest::Digest,
    id::{CimdPolicyId, ClientId, DomainName, GroupId, GroupName, ResourceServerId, StyleId, Sub, TermsId},
    oauth::{authorization::Authorization, browser_session::BrowserSession},
    pool::{alias::NameKey, resource_server::ResourceServer},
    record::{ClientRecord, PoolRecord},
    refusal::Refusal,
    sign_in::{lockout::Failures, session::Session},
    token::grant::{Grant, GrantId},
    user::{
        User,
        attempt::{AttemptKind, Attempts},
        auth_event::AuthEvent,
        device::Device,
        group::Group,
    },
};

/// The decision about a request whose successful answer is an `A`.
#[derive(Debug)]
#[must_use = "the changes of a verdict must be committed"]
pub struct Verdict<A> {
    /// The changes to commit, all or none of them. An empty list needs no commit.
    pub remember: Vec<Change>,
    /// The answer, or the reason for a refusal.
    pub answer: Result<A, Refusal>,
}

/// One change to the stored data of a pool.
///
/// The records of a user are stored under the user's sub. In the variants below, `of` is that sub, or the simulated sub
/// ([`Sub::simulated`]) of a user that does not exist.
#[derive(Debug)]
pub enum Change {
    /// Stores the user.
    PutUser(Box<User>),
    /// Removes the user. The grants, browser sessions, devices, group memberships and authentication events, of which there
    /// is any number, are removed after the commit, in bounded steps; without the user they have no effect. The user's other
    /// records are removed by changes of their own.
    RemoveUser(Sub),
    /// Assigns the name to a user. A user that held it before loses it.
    PutName {
        /// The name.
        name: NameKey,
        /// The sub of the user that holds the name from now on.
        owner: Sub,
    },
    /// Removes the name, so that no user holds it.
    RemoveName(NameKey),
    /// Stores a pending code. It replaces a pending code for the same purpose.
    PutCode {
        /// The sub of the user.
        of: Sub,
        /// The purpose of the code.
        purpose: Purpose,
        /// The stored form of the code.
        code: PendingCode,
    },
    /// Removes the pending code for one purpose.
    RemoveCode {
        /// The sub of the user.
        of: Sub,
        /// The purpose of the code.
        purpose: Purpose,
    },
    /// Removes the user's pending codes for all purposes.
    RemoveCodes(Sub),
    /// Stores the counter of one kind of attempts.
    PutAttempts {
        /// The sub of the user.
        of: Sub,
        /// The kind of attempts.
        act: AttemptKind,
        /// The counter.
        attempts: Attempts,
    },
    /// Removes the counter of one kind of attempts.
    RemoveAttempts {
        /// The sub of the user.
        of: Sub,
        /// The kind of attempts.
        act: AttemptKind,
    },
    /// Removes the user's counters of all kinds of attempts.
    RemoveAllAttempts(Sub),
    /// Stores a session.
    PutSession {
        /// The digest of the session's handle.
        key: Digest,
        /// The session.
        session: Session,
    },
    /// Removes the session with this digest.
    RemoveSession(Digest),
    /// Stores the counter of failed sign-ins.
    PutFailures {
        /// The sub of the user.
        of: Sub,
        /// The counter.
        failures: Failures,
    },
    /// Removes the counter of failed sign-ins.
    RemoveFailures(Sub),
    /// Stores the grant.
    PutGrant(Box<Grant>),
    /// Removes a grant, which revokes every token that was issued under it.
    RemoveGrant {
        /// The sub of the user.
        of: Sub,
        /// The id of the grant.
        grant: GrantId,
    },
    /// Stores a user who is signed out everywhere ([`User::signed_out`]). The grants that end by it, of which there is any
    /// number, are removed after the commit, like the rows of a removed user.
    SignOut(Box<User>),
    /// Stores an authorization code.
    PutAuthorization {
        /// The digest of the code.
        key: Digest,
        /// What the code stands for.
        authorization: Box<Authorization>,
    },
    /// Stores a browser session.
    PutBrowserSession {
        /// The digest of the session's handle.
        key: Digest,
        /// The session.
        session: BrowserSession,
    },
    /// Removes a browser session.
    RemoveBrowserSession {
        /// The sub of the user.
        of: Sub,
        /// The digest of the session's handle.
        key: Digest,
    },
    /// Adds an authentication event to the user's history.
    PutAuthEvent {
        /// The sub of the user.
        of: Sub,
        /// The event.
        event: AuthEvent,
    },
    /// Stores the device.
    PutDevice(Box<Device>),
    /// Removes a device.
    RemoveDevice {
        /// The sub of the user.
        of: Sub,
        /// The device key.
        key: String,
    },
    /// Stores the group.
    PutGroup(Box<Group>),
    /// Removes the group. The memberships in it are removed after the commit, like the rows of a user; they count only with the id
    /// of the group.
    RemoveGroup(GroupName, GroupId),
    /// Adds the user to the group.
    PutMembership {
        /// The sub of the user.
        of: Sub,
        /// The name of the group.
        group: GroupName,
        /// The id of the group. A later group with the same name has another id.
        id: GroupId,
    },
    /// Removes the user from the group.
    RemoveMembership {
        /// The sub of the user.
        of: Sub,
        /// The name of the group.
        group: GroupName,
    },
    /// Stores the pool.
    PutPool(Arc<PoolRecord>),
    /// Makes a domain that the pool has had free for every pool. The pool's record without the domain is stored by a change
    /// of its own.
    ReleaseDomain(DomainName),
    /// Removes the pool with everything in it.
    RemovePool,
    /// Stores the resource server.
    PutResourceServer(Box<ResourceServer>),
    /// Stores the policy of client ID metadata documents.
    PutCimdPolicy(Box<CimdPolicy>),
    /// Removes the policy with the documents that are kept under it.
    RemoveCimdPolicy(CimdPolicyId),
    /// Keeps a client ID metadata document.
    PutClientMetadata(Box<CachedMetadata>),
    /// Removes a document that is kept.
    RemoveClientMetadata {
        /// The policy under which it is kept.
        policy: CimdPolicyId,
        /// Its address.
        url: String,
    },
    /// Removes the resource server.
    RemoveResourceServer(ResourceServerId),
    /// Stores the app client.
    PutClient(Arc<ClientRecord>),
    /// Removes the app client. What it owns is removed by changes of their own.
    RemoveClient(ClientId),
    /// Stores the looks of the classic pages of an app client, or of all.
    PutUiCustomization(Arc<UiCustomization>),
    /// Removes the looks of the classic pages of an app client, or of all. Their image is removed by a change of its own.
    RemoveUiCustomization(CustomizationScope),
    /// Stores a managed login style. Its images are stored by changes of their own.
    PutStyle(Arc<Style>),
    /// Removes a managed login style. Its images are removed by changes of their own.
    RemoveStyle {
        /// The app client that has the style.
        of: ClientId,
        /// The id of the style.
        id: StyleId,
    },
    /// Stores a terms document.
    PutTerms(Box<Terms>),
    /// Removes a terms document.
    RemoveTerms {
        /// The app client that has the document.
        of: ClientId,
        /// The name of the document.
        name: TermsName,
        /// The id of the document.
        id: TermsId,
    },
    /// Moves a terms document to another name: makes the former name free. The document is stored by a change of its own.
    ReleaseTermsName {
        /// The app client that has the document.
        of: ClientId,
        /// The former name.
        name: TermsName,
    },
    /// Stores an uploaded image.
    PutAsset {
        /// The owner.
        of: AssetOwner,
        /// The image.
        asset: Box<Asset>,
    },
    /// Removes an uploaded image.
    RemoveAsset {
        /// The owner.
        of: AssetOwner,
        /// The digest of its name.
        digest: String,
    },
    /// Adds a message to the outbox, to be sent after the commit.
    Send(Box<Message>),
}

impl<A> Verdict<A> {
    /// Creates a verdict that accepts and changes nothing.
    pub fn accept(answer: A) -> Self {
        Self { remember: Vec::new(), answer: Ok(answer) }
    }

    /// Creates a verdict that refuses and changes nothing.
    pub fn refuse(refusal: Refusal) -> Self {
        Self { remember: Vec::new(), answer: Err(refusal) }
    }

    /// Returns the verdict with its answer mapped by `answer`, if it accepts. The changes stay the same.
    pub fn map<B>(self, answer: impl FnOnce(A) -> B) -> Verdict<B> {
        Verdict { remember: self.remember, answer: self.answer.map(answer) }
    }
}

/// A flow that stops at a refusal with `?` changes nothing.
impl<A> From<Refusal> for Verdict<A> {
    fn from(refusal: Refusal) -> Self {
        Self::refuse(refusal)
    }
}

impl<A> From<Result<Verdict<A>, Refusal>> for Verdict<A> {
    fn from(result: Result<Verdict<A>, Refusal>) -> Self {
        result.unwrap_or_else(Self::refuse)
    }
}
