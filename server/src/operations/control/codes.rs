//! The codes of a user that are still valid: what the inbox has, checked against what the store waits for.
//!
//! The store has digests alone, so that a code which was not sent here, or whose message was deleted, is not found.

use lido_domain::{
    Timestamp,
    code::{Purpose, check_code},
    id::{PoolId, Sub},
    sign_in::{challenge::PendingChallenge, session::Stage},
    user::{Status, User},
};

use super::{ControlError, users::get_user};
use crate::{
    app::App,
    delivery::{InboxMessage, PageRange},
    operations::{Failure, Operation},
    store::{RelatedRecord, UserQuery},
};

/// The most sessions of a pool that are looked at.
///
/// *Chosen*: sessions are stored by digests of their handles, and a user's cannot be listed alone.
const MAX_SESSIONS: usize = 1_000;

/// A code that was sent and is still valid.
#[derive(Clone, PartialEq, Eq)]
pub struct ValidCode {
    /// What it is for.
    pub purpose: CodePurpose,
    /// The message that it was sent in.
    pub message: InboxMessage,
    /// The instant from which it is not valid any more.
    pub expires_at: Timestamp,
}

/// What a code is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodePurpose {
    /// Confirming a sign-up.
    SignUp,
    /// Setting a new password for a forgotten one.
    ForgotPassword,
    /// Verifying the e-mail address.
    VerifyEmail,
    /// Verifying the phone number.
    VerifyPhoneNumber,
    /// A step of a sign-in.
    Authentication,
    /// The temporary password of an invitation.
    TemporaryPassword,
}

/// Returns the valid codes of a user, the newest first, and of each purpose but sign-in one.
///
/// # Errors
/// `UnknownPool`, `UnknownUser`, or a fault of the store.
pub async fn valid_codes(app: &App, pool: &PoolId, name: &str) -> Result<Vec<ValidCode>, ControlError> {
    let user = get_user(app, pool, name).await?;
    let Some(inbox) = &app.inbox else { return Ok(Vec::new()) };
    let of_user =
        |message: &InboxMessage| message.user_pool_id == pool.as_str() && message.sub == user.sub.as_str();
    let messages = inbox.page(PageRange::ALL, of_user).messages;
    let pending = read_pending(app, pool, &user.sub).await;
    let pending = pending.map_err(|failure| ControlError::of(Operation::AdminGetUser, failure))?;
    let now = app.clock.now();
    let mut valid: Vec<ValidCode> = Vec::new();
    for message in messages {
        let Some((purpose, expires_at)) = pending.find(app, pool, &user, &message, now) else { continue };
        // A fixed code is in older messages too.
        if valid.iter().all(|code| code.purpose != purpose) {
            valid.push(ValidCode { purpose, message, expires_at });
        }
    }
    Ok(valid)
}

/// What the store waits for.
struct Pending {
    codes: Vec<(Purpose, lido_domain::code::PendingCode)>,
    sessions: Vec<lido_domain::sign_in::session::Session>,
}

async fn read_pending(app: &App, pool: &PoolId, sub: &Sub) -> Result<Pending, Failure> {
    let mut codes = Vec::new();
    for purpose in Purpose::ALL {
        let query = UserQuery::of(sub, vec![RelatedRecord::Code(purpose)]);
        codes.extend(app.store.begin().find_user(pool, query).await?.code.map(|code| (purpose, code)));
    }
    let mut sessions = app.store.begin().list_sessions(pool, MAX_SESSIONS).await?;
    sessions.retain(|session| session.of == *sub);
    Ok(Pending { codes, sessions })
}

impl Pending {
    /// Returns what the code of a message is for, and when it expires, if it is valid.
    fn find(
        &self,
        app: &App,
        pool: &PoolId,
        user: &User,
        message: &InboxMessage,
        now: Timestamp,
    ) -> Option<(CodePurpose, Timestamp)> {
        let (keys, typed) = (app.keys.digests(), message.code.as_str());
        if message.trigger == "CustomMessage_AdminCreateUser" {
            return match user.status {
                Status::ForceChangePassword { expires_at } if expires_at > now => {
                    Some((CodePurpose::TemporaryPassword, expires_at))
                }
                _ => None,
            };
        }
        if message.trigger == "CustomMessage_Authentication" {
            let valid = self.sessions.iter().filter(|session| session.expires_at > now);
            let valid = valid.filter(|session| match &session.stage {
                Stage::SigningIn(
                    PendingChallenge::OneTimeCode(sent)
                    | PendingChallenge::MfaCode(sent)
                    | PendingChallenge::NewContactCode(sent),
                ) => sent.is_code(keys, pool, &user.sub, typed),
                _ => false,
            });
            let last = valid.map(|session| session.expires_at).max()?;
            return Some((CodePurpose::Authentication, last));
        }
        let is_valid = |(purpose, code): &&(Purpose, lido_domain::code::PendingCode)| {
            check_code(keys, pool, &user.sub, *purpose, Some(code), typed, now).is_ok()
        };
        let (purpose, code) = self.codes.iter().find(is_valid)?;
        let purpose = match purpose {
            Purpose::SignUp => CodePurpose::SignUp,
            Purpose::ForgotPassword => CodePurpose::ForgotPassword,
            Purpose::VerifyEmail => CodePurpose::VerifyEmail,
            Purpose::VerifyPhoneNumber => CodePurpose::VerifyPhoneNumber,
        };
        Some((purpose, code.expires_at))
    }
}
