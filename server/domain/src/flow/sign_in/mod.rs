//! Signing in: from a username to tokens, with challenges between them.
//!
//! A step of a sign-in starts in [`initiate_auth`] or in [`respond_to_auth_challenge`]. These read the parameters and
//! return the [`NextAction`]: either the verdict, or slow work that the server does before it calls the module of the
//! challenge for the verdict. [`completion`] creates the next challenge, or the grant from which
//! the server creates the tokens.
//!
//! [`admission`] checks whether the user may sign in. Renewing tokens is in [`refresh_tokens`], revoking them in
//! [`revoke_token`] and [`global_sign_out`].

pub mod admission;
pub mod challenge_retry;
pub mod completion;
pub mod custom_auth;
pub mod device_srp;
pub mod global_sign_out;
pub mod initiate_auth;
pub mod mfa_setup;
pub mod new_password;
pub mod one_time_code;
pub mod password;
pub mod password_verifier;
pub mod refresh_tokens;
pub mod respond_to_auth_challenge;
pub mod revoke_token;
pub mod second_factor;
pub mod select_challenge;
pub mod web_authn;
pub mod without_password;

#[cfg(test)]
pub(crate) mod setup;

use std::collections::BTreeMap;

use crate::{
    Change, Refusal, Timestamp, Verdict,
    code::Code,
    digest::Digest,
    flow::AppClientCaller,
    id::{Sub, Username},
    oauth::browser_session::BrowserSessionHandle,
    pool::{alias::NameKey, passkeys::RelyingParty},
    secret::{Sealed, Secret},
    sign_in::{
        challenge::{Challenge, ChallengePrompt, PendingChallenge},
        lockout::Failures,
        session::{Session, SessionHandle, Stage},
        srp::{
            claim_time::ClaimTime,
            exchange::{ExchangeValues, PublicValue},
        },
    },
    token::grant::{Grant, GrantSeed, GrantedAccess, RefreshToken},
    user::{
        User,
        device::Device,
        passkey::{Passkey, PasskeyChallenge},
        sent_messages::{MessageCause, SentMessages},
        simulated::SimulatedUser,
    },
};
use crate::{
    sign_in::proof::{is_first_factor, method_of},
    user::auth_method::AuthMethods,
};

pub use device_srp::NamedDevice;
pub use initiate_auth::InitiateAuthFlow;

/// The input of one step of a sign-in, with the loaded records.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    /// The app client that calls, with its pool.
    pub caller: AppClientCaller<'a>,
    /// USERNAME as typed.
    pub typed: &'a str,
    /// The user that USERNAME identifies, as loaded from the store.
    pub found: LoadedSignInUser<'a>,
    /// The session of the request, if it was found.
    pub presented: Option<PresentedSession<'a>>,
    /// The device that the request names, if the pool remembers devices.
    pub device: Option<NamedDevice<'a>>,
    /// The random values of the request.
    pub fresh: &'a FreshValues,
    /// The relying party for pools that configure none, if the server has one.
    pub relying_party: Option<&'a str>,
    /// The authorization that the user signs in for, on a page of the OAuth endpoints.
    pub authorizing: Option<PageSignIn<'a>>,
    /// The current time.
    pub now: Timestamp,
}

/// A sign-in on a page of the OAuth endpoints: its grant has no refresh token until the code is exchanged, and the browser
/// stays signed in.
#[derive(Clone, Copy)]
pub struct PageSignIn<'a> {
    /// The access that the user grants to the app client.
    pub access: &'a GrantedAccess,
    /// The random bytes of the browser session's handle.
    pub session: &'a [u8; 32],
    /// Whether the form has the password, so that the status of the user is told after it only ([`admission`]), whatever the
    /// app client does.
    pub has_password: bool,
}

/// The user who signs in and their failures, as loaded from the store.
#[derive(Clone, Copy, Debug, Default)]
pub struct LoadedSignInUser<'a> {
    /// The user, found by username, active alias or sub.
    pub user: Option<&'a User>,
    /// The failed attempts to sign in; for an unknown username, those under the simulated sub.
    pub failures: Option<&'a Failures>,
}

/// The session that a request presents.
#[derive(Clone, Copy, Debug)]
pub struct PresentedSession<'a> {
    /// The key under which it is stored.
    pub key: &'a Digest,
    /// The session.
    pub session: &'a Session,
}

/// The random values of a step. They are created once per request, so that a step which runs again after a conflict
/// decides the same.
#[derive(Clone, Debug)]
pub struct FreshValues {
    /// The session handle to use if a session begins.
    pub session: SessionHandle,
    /// The code to use if one is sent.
    pub code: Code,
    /// The challenge to use if a passkey is requested.
    pub passkey: PasskeyChallenge,
    /// The seed of the grant, to use if the sign-in completes.
    pub grant: GrantSeed,
    /// The random bytes of a new device key.
    pub device: [u8; 16],
}

/// The outcome of a step of a sign-in.
#[derive(Debug)]
pub enum SignInOutcome {
    /// The user must answer another challenge.
    Challenged(Box<Challenge>),
    /// The sign-in is complete, and the user gets tokens.
    SignedIn(Box<CompletedSignIn>),
}

/// A complete or renewed sign-in, from which the server creates the tokens.
#[derive(Debug)]
pub struct CompletedSignIn {
    /// The user after the sign-in.
    pub user: User,
    /// The grant.
    pub grant: Grant,
    /// The refresh token, if a new one is issued.
    pub refresh_token: Option<RefreshToken>,
    /// The key of a new device, if the user signed in on an unknown one.
    pub new_device: Option<String>,
    /// The handle of the new browser session, if the user signed in on a page.
    pub browser_session: Option<BrowserSessionHandle>,
}

/// The next action of the server in a step: the verdict itself, or work that takes milliseconds and then the verdict.
#[derive(Debug)]
pub enum NextAction<'a> {
    /// There is no slow work: this is the verdict.
    Decided(Verdict<SignInOutcome>),
    /// Compare the password, then call [`password::decide`].
    ComparePassword(&'a Secret),
    /// Begin an SRP exchange with this client value, then call [`password_verifier::send_challenge`].
    BeginSrp(PublicValue),
    /// Check the claim at the end of an SRP exchange, then call [`password_verifier::decide`].
    CheckSrpClaim(SrpClaim<'a>),
    /// Invoke the Lambda functions of a custom sign-in, then call [`custom_auth::apply_definition`].
    RunCustomAuth(custom_auth::CustomAuthState<'a>),
    /// Derive and seal the verifier of a new password, then call [`new_password::decide`].
    DerivePassword(Box<PasswordReplacement<'a>>),
    /// Open this secret of the authenticator app, then call [`second_factor::decide`] with this code.
    OpenTokenSecret(&'a Sealed, &'a str),
    /// Verify the assertion of a passkey, then call [`web_authn::decide`].
    VerifyPasskey(Box<PasskeyAssertion<'a>>),
    /// Begin an SRP exchange with this device, then call [`device_srp::send_password_verifier`].
    BeginDeviceSrp(PublicValue, &'a Device),
    /// Check the claim of this device, then call [`device_srp::decide`].
    CheckDeviceSrpClaim(SrpClaim<'a>, &'a Device),
}

/// The claim at the end of an SRP exchange: the client's proof that it knows the password.
#[derive(Clone)]
pub struct SrpClaim<'a> {
    /// The values of the exchange.
    pub values: &'a ExchangeValues,
    /// The handle of its session.
    pub handle: &'a str,
    /// The key under which the session is stored.
    pub kept_at: &'a Digest,
    /// PASSWORD_CLAIM_SECRET_BLOCK.
    pub secret_block: &'a str,
    /// TIMESTAMP.
    pub at: ClaimTime,
    /// PASSWORD_CLAIM_SIGNATURE.
    pub signature: &'a str,
}

crate::secret::debug_hidden!(SrpClaim, PasskeyAssertion, PageSignIn);

/// A new password that passed the checks, with the other changes of the user.
#[derive(Clone, Debug)]
pub struct PasswordReplacement<'a> {
    /// The password.
    pub password: &'a Secret,
    /// The changed user, still without the new password.
    pub user: User,
}

/// The assertion of a passkey, with the values to verify it against.
#[derive(Clone)]
pub struct PasskeyAssertion<'a> {
    /// CREDENTIAL as sent.
    pub credential: &'a str,
    /// The challenge to sign.
    pub challenge: &'a PasskeyChallenge,
    /// The relying party.
    pub party: RelyingParty,
    /// The sub of the user, which is the user handle of the passkey.
    pub of: Sub,
    /// The passkeys of the user, one of which must have signed; empty for an unknown user.
    pub passkeys: Vec<Passkey>,
}

impl<'a> Step<'a> {
    /// Returns the sub of the user, or a simulated one for an unknown user.
    pub fn sub(&self) -> Sub {
        self.found.user.map_or_else(|| self.caller.simulated_sub(self.typed), |user| user.sub.clone())
    }

    /// Returns the user that the app client is shown in place of an unknown one.
    fn simulated_user(&self) -> SimulatedUser {
        self.caller.simulated_user(self.typed)
    }

    /// Returns whether the status of the user is told after a right first factor only: on a page whose form has the password,
    /// and on any page of an app client that hides users.
    fn hides_status(&self) -> bool {
        let has_proven = self.presented.is_some_and(|presented| !is_first_factor(&presented.session.stage));
        let hides = |page: PageSignIn<'_>| page.has_password || self.caller.client.hides_users;
        !has_proven && self.authorizing.is_some_and(hides)
    }

    /// Returns the username of the user, or a simulated one for an unknown user.
    pub fn username(&self) -> Username {
        let simulated = || self.simulated_user().username(self.caller.pool);
        self.found.user.map_or_else(simulated, |user| user.username.clone())
    }

    /// Begins a session for the next challenge. `remember` are the changes beside it, which may change the user.
    fn begin_session(&self, stage: Stage, remember: &[Change]) -> Session {
        let changed = remember.iter().rev().find_map(|change| match change {
            Change::PutUser(user) => Some(&**user),
            _ => None,
        });
        let (caller, user) = (&self.caller, changed.or(self.found.user));
        let proven = if is_first_factor(&stage) { AuthMethods::default() } else { self.proven() };
        let session = Session::begin(self.sub(), caller.client, stage, self.now).bind(user);
        Session { proven, ..session }
    }

    /// Returns the methods by which the user has proven who they are, with the right answer of this step.
    fn proven(&self) -> AuthMethods {
        let session = self.presented.map(|presented| presented.session);
        let proven = session.map(|session| session.proven).unwrap_or_default();
        method_of(session.map(|session| &session.stage)).map_or(proven, |method| proven.with(method))
    }

    /// Refuses the session if the user has changed the password, or was signed out everywhere, since it began.
    fn check_bound(&self, session: &Session) -> Result<(), Refusal> {
        session.check_bound(self.found.user)
    }

    /// Returns the answer that the session waits for, or refuses a session that is missing, expired, used, or another
    /// user's or app client's.
    fn check_session(&self) -> Result<&'a PendingChallenge, Refusal> {
        let Some(PresentedSession { session, .. }) = self.presented else {
            return Err(Refusal::SessionInvalid);
        };
        session.check_alive(&self.sub(), &self.caller.client.id, self.now)?;
        self.check_bound(session)?;
        match &session.stage {
            Stage::SigningIn(pending) => Ok(pending),
            Stage::SignedUp | Stage::Confirmed | Stage::RegisteringPasskey | Stage::Used => {
                Err(Refusal::SessionInvalid)
            }
        }
    }

    /// Returns the change that marks the presented session as used.
    fn use_up_session(&self) -> Option<Change> {
        let PresentedSession { key, session } = self.presented?;
        Some(Change::PutSession { key: key.clone(), session: session.used() })
    }

    /// Refuses, and counts a failed attempt to sign in.
    fn fail(&self, refusal: Refusal) -> Verdict<SignInOutcome> {
        Verdict { remember: vec![self.one_more_failure()], answer: Err(refusal) }
    }

    /// Counts a failed attempt whose password another directory has refused (UserMigration).
    pub fn count_failure(&self) -> Verdict<()> {
        Verdict { remember: vec![self.one_more_failure()], answer: Ok(()) }
    }

    fn one_more_failure(&self) -> Change {
        let failures = Failures::increment(self.found.failures, self.now);
        Change::PutFailures { of: self.sub(), failures }
    }

    /// Counts the message with the code of a challenge, also of one to an unknown user, who gets none. The verdict refuses if
    /// too many were sent; then the challenge is not sent either. `first` is the cause of a code as the first factor; see
    /// [`MessageCause::sign_in`].
    pub fn limit_messages(
        &self,
        sent: &SentMessages,
        first: MessageCause,
        mut verdict: Verdict<SignInOutcome>,
    ) -> Verdict<SignInOutcome> {
        let Ok(SignInOutcome::Challenged(challenge)) = &verdict.answer else { return verdict };
        let (cause, to) = match &challenge.prompt {
            ChallengePrompt::OneTimeCode { to } => (first, to),
            ChallengePrompt::MfaCode { to, .. } => (MessageCause::SecondFactor, to),
            _ => return verdict,
        };
        match sent.count(&self.sub(), cause, to.kind, self.now) {
            Ok(counted) => {
                verdict.remember.push(counted);
                verdict
            }
            Err(beyond) => beyond.refuse(),
        }
    }
}

/// The users who hold names that a step would assign to another user, by name; see
/// [`respond_to_auth_challenge::names_to_reserve`].
pub type NameHolders = BTreeMap<NameKey, User>;
