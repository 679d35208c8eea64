//! The setup for tests of sign-in: one pool, one app client, and a user "ann" who has a password.

use super::{CompletedSignIn, FreshValues, LoadedSignInUser, PresentedSession, SignInOutcome, Step};
use crate::{
    Timestamp, Verdict,
    client::Client,
    code::Code,
    digest::{Digest, DigestKeys},
    fixture,
    flow::AppClientCaller,
    pool::Pool,
    secret::{Sealed, Secret},
    sign_in::{
        challenge::Challenge,
        lockout::Failures,
        session::{Session, SessionHandle, Stage},
    },
    token::grant::GrantSeed,
    user::{Status, User, first_factors::FactorTraits, passkey::PasskeyChallenge},
};

/// The records and values of a step; tests change them before they take the step.
pub(crate) struct SignInSetup {
    pub(crate) keys: DigestKeys,
    pub(crate) pool: Pool,
    pub(crate) client: Client,
    pub(crate) secrets: Vec<Secret>,
    pub(crate) secret_hash: Option<String>,
    pub(crate) user: User,
    pub(crate) failures: Option<Failures>,
    pub(crate) presented: Option<(Digest, Session)>,
    pub(crate) fresh: FreshValues,
    pub(crate) now: Timestamp,
}

impl SignInSetup {
    pub(crate) fn new() -> Self {
        let user = User {
            status: Status::Confirmed,
            credential: Some(Sealed::from_text("x")),
            ..fixture::user("ann")
        };
        Self {
            keys: fixture::keys(),
            pool: fixture::pool(),
            client: fixture::client(),
            secrets: Vec::new(),
            secret_hash: None,
            user,
            failures: None,
            presented: None,
            fresh: FreshValues {
                session: SessionHandle::generate(&[9; 64]),
                code: Code::from_text("12345678"),
                passkey: PasskeyChallenge::from_bytes(&[4; 32]),
                grant: GrantSeed { id: [1; 16], origin: [2; 16], secret: [3; 32] },
                device: [4; 16],
            },
            now: Timestamp::from_millis(1_795_246_200_000),
        }
    }

    pub(crate) fn caller(&self) -> AppClientCaller<'_> {
        AppClientCaller {
            pool: &self.pool,
            client: &self.client,
            secrets: &self.secrets,
            secret_hash: self.secret_hash.as_deref(),
            digest_keys: &self.keys,
        }
    }

    /// Returns a step of the user with this name, who is unknown unless it is ann.
    pub(crate) fn step<'a>(&'a self, typed: &'a str) -> Step<'a> {
        let is_ann = [self.user.username.as_str(), self.user.sub.as_str()].contains(&typed);
        Step {
            caller: self.caller(),
            typed,
            found: LoadedSignInUser { user: is_ann.then_some(&self.user), failures: self.failures.as_ref() },
            presented: self.presented.as_ref().map(|(key, session)| PresentedSession { key, session }),
            device: None,
            fresh: &self.fresh,
            relying_party: Some("example.com"),
            authorizing: None,
            now: self.now,
        }
    }

    /// Returns an unknown name whose simulated user has such factors.
    pub(crate) fn unknown_name(&self, has: impl Fn(&FactorTraits) -> bool) -> String {
        let names = (0..1_000).map(|number| format!("unknown{number}"));
        let has = |name: &String| has(&self.caller().simulated_user(name).factors(&self.pool));
        names.into_iter().find(has).expect("every set of factors is drawn")
    }

    /// Presents a session of ann at this stage.
    pub(crate) fn present(&mut self, stage: Stage) {
        let session = Session::begin(self.user.sub.clone(), &self.client, stage, self.now);
        self.presented = Some((self.keys.digest(&["handle"]), session));
    }
}

/// Returns the challenge of a verdict.
pub(crate) fn challenged(verdict: Verdict<SignInOutcome>) -> Challenge {
    match verdict.answer {
        Ok(SignInOutcome::Challenged(challenge)) => *challenge,
        other => panic!("no challenge: {other:?}"),
    }
}

/// Returns the completed sign-in of a verdict.
pub(crate) fn signed_in(verdict: Verdict<SignInOutcome>) -> CompletedSignIn {
    match verdict.answer {
        Ok(SignInOutcome::SignedIn(signed_in)) => *signed_in,
        other => panic!("not signed in: {other:?}"),
    }
}
