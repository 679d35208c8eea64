//! The shape of every decision.
//!
//! A verdict says what to remember and what to answer. The two are separate, because a refusal must be remembered
//! too: a wrong code counts. Whoever carries the verdict out commits `remember` on the condition that nothing it was
//! based on has changed, and only then answers.

use std::sync::Arc;

use crate::{
    code::{PendingCode, Purpose, message::Message},
    digest::Digest,
    id::{ClientId, GroupId, GroupName, Sub},
    pool::alias::NameKey,
    record::{ClientRecord, PoolRecord},
    refusal::Refusal,
    sign_in::{lockout::Failures, session::Session},
    token::grant::{Grant, GrantId},
    user::{
        User,
        attempt::{Act, Attempts},
        auth_event::AuthEvent,
        device::Device,
        group::Group,
    },
};

/// A decision about a request that is answered with `A`.
#[derive(Debug)]
#[must_use = "a verdict that is not remembered was not given"]
pub struct Verdict<A> {
    /// The changes, all or none of them; an empty list needs no commit.
    pub remember: Vec<Change>,
    /// Yes with what to answer, or a refusal.
    pub answer: Result<A, Refusal>,
}

/// One thing to remember. A user's records lie under the sub; `of` may be a simulated one.
#[derive(Debug)]
pub enum Change {
    /// The user is now this.
    PutUser(Box<User>),
    /// The user is gone, and with them every membership in a group and every event. What else lies beside is removed by
    /// changes of its own.
    RemoveUser(Sub),
    /// The name leads to this user; it moves if it led elsewhere.
    PutName {
        /// The name.
        name: NameKey,
        /// Who holds it now.
        owner: Sub,
    },
    /// The name leads nowhere.
    RemoveName(NameKey),
    /// This code is pending, in place of any other for the purpose.
    PutCode {
        /// Whose code.
        of: Sub,
        /// What for.
        purpose: Purpose,
        /// The code, as kept.
        code: PendingCode,
    },
    /// No code is pending.
    RemoveCode {
        /// Whose code.
        of: Sub,
        /// What for.
        purpose: Purpose,
    },
    /// No code is pending, whatever for.
    RemoveCodes(Sub),
    /// So many attempts were made.
    PutAttempts {
        /// By whom.
        of: Sub,
        /// At what.
        act: Act,
        /// The counter.
        attempts: Attempts,
    },
    /// The attempts are forgiven.
    RemoveAttempts {
        /// Whose.
        of: Sub,
        /// At what.
        act: Act,
    },
    /// All attempts are forgiven, at whatever.
    RemoveAllAttempts(Sub),
    /// A session began.
    PutSession {
        /// The digest of its handle.
        key: Digest,
        /// The session.
        session: Session,
    },
    /// A session ended.
    RemoveSession(Digest),
    /// So often somebody failed to sign in.
    PutFailures {
        /// Who.
        of: Sub,
        /// The counter.
        failures: Failures,
    },
    /// The failures are forgiven.
    RemoveFailures(Sub),
    /// The grant is now this.
    PutGrant(Box<Grant>),
    /// A grant has ended, and with it every token that stems from it.
    RemoveGrant {
        /// Whose.
        of: Sub,
        /// Which.
        grant: GrantId,
    },
    /// Every grant of the user has ended: they are signed out everywhere.
    RemoveGrants(Sub),
    /// Something happened, to be told of.
    PutAuthEvent {
        /// Who did it.
        of: Sub,
        /// The event.
        event: AuthEvent,
    },
    /// The device is now this.
    PutDevice(Box<Device>),
    /// The device is forgotten.
    RemoveDevice {
        /// Whose.
        of: Sub,
        /// Its key.
        key: String,
    },
    /// Every device of the user is forgotten.
    RemoveDevices(Sub),
    /// The group is now this.
    PutGroup(Box<Group>),
    /// The group is gone, and every membership in it.
    RemoveGroup(GroupName),
    /// The user is in the group.
    PutMembership {
        /// The user.
        of: Sub,
        /// The group's name.
        group: GroupName,
        /// The group's id, which a group made again under the name does not have.
        id: GroupId,
    },
    /// The user is not in the group.
    RemoveMembership {
        /// The user.
        of: Sub,
        /// The group's name.
        group: GroupName,
    },
    /// The pool is now this.
    PutPool(Arc<PoolRecord>),
    /// The pool is gone, and everything in it.
    RemovePool,
    /// The app client is now this.
    PutClient(Arc<ClientRecord>),
    /// The app client is gone.
    RemoveClient(ClientId),
    /// This must be sent.
    Send(Box<Message>),
}

impl<A> Verdict<A> {
    /// A verdict that accepts and changes nothing.
    pub fn accept(answer: A) -> Self {
        Self { remember: Vec::new(), answer: Ok(answer) }
    }

    /// A verdict that refuses and changes nothing.
    pub fn refuse(refusal: Refusal) -> Self {
        Self { remember: Vec::new(), answer: Err(refusal) }
    }

    /// The same verdict with another answer, if it accepts.
    pub fn map<B>(self, answer: impl FnOnce(A) -> B) -> Verdict<B> {
        Verdict { remember: self.remember, answer: self.answer.map(answer) }
    }
}

/// A flow that stops with `?` refuses and remembers nothing.
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
