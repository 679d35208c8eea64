//! Signing in: from a name to tokens, by way of challenges.
//!
//! InitiateAuth and its administrator's twin enter by [`begin`], RespondToAuthChallenge and its twin by [`respond`]. Both
//! read their parameters first, then ask what comes [`Next`]: what takes milliseconds is done by the caller where there
//! is time for it, and its outcome handed to the file of the challenge. Each of those files ends in [`finish`], the one
//! place where a sign-in is carried on or comes to its end.
//!
//! Who may sign in at all is [`admission`]'s. Renewing tokens is [`refresh`]'s, ending them [`revoke`]'s.

pub mod admission;
pub mod begin;
pub mod choice;
pub mod custom;
pub mod device;
pub mod finish;
pub mod mfa_setup;
pub mod new_password;
pub mod one_time_code;
pub mod passkey;
pub mod password;
pub mod password_verifier;
pub mod refresh;
pub mod respond;
pub mod revoke;
pub mod second_factor;
pub mod sign_out;

#[cfg(test)]
pub(crate) mod fixture;

use std::collections::BTreeMap;

use crate::{
    Change, Refusal, Timestamp, Verdict,
    code::Code,
    digest::Digest,
    flow::Caller,
    id::{Sub, Username},
    pool::{alias::NameKey, passkeys::RelyingParty},
    secret::{Sealed, Secret},
    sign_in::{
        challenge::{Awaited, Challenge},
        lockout::Failures,
        session::{Session, SessionHandle, Stage},
        srp::{
            claim_time::ClaimTime,
            exchange::{PublicValue, Values},
        },
    },
    token::grant::{Grant, GrantSeed, RefreshToken},
    user::{
        User,
        device::Device,
        passkey::{Passkey, PasskeyChallenge},
    },
};

pub use begin::Flow;
pub use device::OnDevice;

/// One step of a sign-in: everything that it is decided from.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    /// Who calls.
    pub caller: Caller<'a>,
    /// USERNAME as typed.
    pub typed: &'a str,
    /// What the store holds of whoever is meant.
    pub found: Found<'a>,
    /// The session that came, and where it lies.
    pub presented: Option<Presented<'a>>,
    /// The device that the user says to be on, where the pool remembers devices.
    pub device: Option<OnDevice<'a>>,
    /// What is random, made once a request.
    pub fresh: &'a Fresh,
    /// The relying party of passkeys in pools that name none, if there is one.
    pub relying_party: Option<&'a str>,
    /// The time.
    pub now: Timestamp,
}

/// What the store holds of whoever is meant.
#[derive(Clone, Copy, Debug, Default)]
pub struct Found<'a> {
    /// The user, by username, active alias or sub.
    pub user: Option<&'a User>,
    /// How often whoever it is has failed.
    pub failures: Option<&'a Failures>,
}

/// A session that came with a request.
#[derive(Clone, Copy, Debug)]
pub struct Presented<'a> {
    /// Where it lies.
    pub key: &'a Digest,
    /// What it is.
    pub session: &'a Session,
}

/// What is random in a step. It survives a conflict, so that a step that runs twice decides the same.
#[derive(Clone, Debug)]
pub struct Fresh {
    /// The handle, should a session begin.
    pub session: SessionHandle,
    /// The code, should one be sent.
    pub code: Code,
    /// What a passkey is to sign, should one be asked for.
    pub passkey: PasskeyChallenge,
    /// For the grant, should the sign-in end.
    pub grant: GrantSeed,
    /// For the key of a device that has none.
    pub device: [u8; 16],
}

/// How a step ends.
#[derive(Debug)]
pub enum Outcome {
    /// With another challenge.
    Challenged(Box<Challenge>),
    /// With tokens.
    SignedIn(Box<SignedIn>),
}

/// A sign-in that came to its end, or was renewed: what tokens are made of.
#[derive(Debug)]
pub struct SignedIn {
    /// The user as it is now.
    pub user: User,
    /// The grant.
    pub grant: Grant,
    /// The refresh token, where one is given.
    pub refresh_token: Option<RefreshToken>,
    /// The key that a device was given which had none.
    pub new_device: Option<String>,
}

/// What comes next: a verdict at once, or some work that takes milliseconds and then a verdict.
#[derive(Debug)]
pub enum Next<'a> {
    /// Nothing takes long.
    Decided(Verdict<Outcome>),
    /// Compare the password, then ask [`password::decide`].
    Compare(&'a Secret),
    /// Begin an exchange with this value, then ask [`password_verifier::ask`].
    Exchange(PublicValue),
    /// Check the claim that ends an exchange, then ask [`password_verifier::decide`].
    Claim(Claimed<'a>),
    /// Ask the functions of a custom sign-in, by way of [`custom::then`].
    Custom(custom::Standing<'a>),
    /// Derive and seal the verifier of a new password, then ask [`new_password::decide`].
    Derive(Box<NewPassword<'a>>),
    /// Open the secret of the authenticator app, then ask [`second_factor::decide`].
    Open(&'a Sealed, &'a str),
    /// Verify what a passkey has signed, then ask [`passkey::decide`].
    Verify(Box<Signed<'a>>),
    /// Begin an exchange with this device, then ask [`device::answer_exchange`].
    DeviceExchange(PublicValue, &'a Device),
    /// Check the claim of this device, then ask [`device::decide`].
    DeviceClaim(Claimed<'a>, &'a Device),
}

/// A claim that was made, and the exchange that it ends.
#[derive(Clone)]
pub struct Claimed<'a> {
    /// The values of the exchange.
    pub values: &'a Values,
    /// The handle of its session.
    pub handle: &'a str,
    /// Where the session lies.
    pub kept_at: &'a Digest,
    /// The secret block as sent.
    pub secret_block: &'a str,
    /// When it was signed.
    pub at: ClaimTime,
    /// The signature as sent.
    pub signature: &'a str,
}

crate::secret::debug_hidden!(Claimed, Signed);

/// A new password that may be set, and what comes with it.
#[derive(Clone, Debug)]
pub struct NewPassword<'a> {
    /// The password.
    pub password: &'a Secret,
    /// The user as it will be, but for the password.
    pub user: User,
}

/// What a passkey is said to have signed, and what it should have.
#[derive(Clone)]
pub struct Signed<'a> {
    /// What the client sent.
    pub credential: &'a str,
    /// What was to be signed.
    pub challenge: &'a PasskeyChallenge,
    /// For whom.
    pub party: RelyingParty,
    /// Who signs in, as authenticators know the user.
    pub of: Sub,
    /// The passkeys of which one is to have signed; none, if it is nobody who signs in.
    pub passkeys: Vec<Passkey>,
}

impl<'a> Step<'a> {
    /// Whose step it is: the user's sub, or the one that is simulated for a name that names nobody.
    pub fn of(&self) -> Sub {
        match (self.found.user, self.presented) {
            (Some(user), _) => user.sub.clone(),
            // Nobody's id was told to the client in place of a username, and is sent back as one.
            (None, Some(Presented { session, .. })) if session.of.as_str() == self.typed => {
                session.of.clone()
            }
            (None, _) => self.caller.simulated_sub(self.typed),
        }
    }

    /// The username of whoever signs in, or what nobody is called.
    pub fn username(&self) -> Username {
        self.found
            .user
            .map_or_else(|| password_verifier::simulated_username(self), |user| user.username.clone())
    }

    /// The name under which a verifier is simulated, if there is none.
    pub fn folded_name(&self) -> String {
        self.caller.pool.fold(self.typed)
    }

    /// Refuses a session that came and is not this step's, or is over.
    fn check_session(&self) -> Result<&'a Awaited, Refusal> {
        let Some(Presented { session, .. }) = self.presented else { return Err(Refusal::SessionInvalid) };
        session.check_alive(&self.of(), &self.caller.client.id, self.now)?;
        match &session.stage {
            Stage::SigningIn(awaited) => Ok(awaited),
            Stage::SignedUp | Stage::Confirmed | Stage::RegisteringPasskey | Stage::Used => {
                Err(Refusal::SessionInvalid)
            }
        }
    }

    /// The session that came, used up.
    fn leave(&self) -> Option<Change> {
        let Presented { key, session } = self.presented?;
        Some(Change::PutSession { key: key.clone(), session: session.used() })
    }

    /// No, and somebody has failed once more.
    fn fail(&self, refusal: Refusal) -> Verdict<Outcome> {
        Verdict { remember: vec![self.one_more_failure()], answer: Err(refusal) }
    }

    /// Somebody has failed once more, as another has found out who holds the password.
    pub fn failed_elsewhere(&self) -> Verdict<()> {
        Verdict { remember: vec![self.one_more_failure()], answer: Ok(()) }
    }

    fn one_more_failure(&self) -> Change {
        let failures = Failures::one_more(self.found.failures, self.now);
        Change::PutFailures { of: self.of(), failures }
    }
}

/// The users who hold names that a step would give to another, by name; see [`respond::names_wanted`].
pub type Holders = BTreeMap<NameKey, User>;
