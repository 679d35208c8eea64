//! StartWebAuthnRegistration, CompleteWebAuthnRegistration and DeleteWebAuthnCredential.
//!
//! A registration is a session whose key is derived from the challenge that the authenticator signs, because the API
//! returns no session handle. It is valid for one answer, right or wrong, and for the session lifetime of the app
//! client (*Chosen*: only that it expires is documented). Signing in with a passkey is in
//! [`crate::flow::sign_in::web_authn`].

use crate::{
    Change, Refusal, Timestamp, Verdict,
    client::Client,
    digest::DigestKeys,
    flow::sign_in::PresentedSession,
    id::{Sub, Username},
    pool::{Pool, passkeys::RelyingParty},
    refusal::PasskeyFault,
    sign_in::session::{Session, Stage},
    user::{
        User,
        passkey::{self, CredentialId, MAX_PASSKEYS, Passkey, PasskeyChallenge},
    },
};

/// The user who registers a passkey, and the app client that the access token was issued to.
#[derive(Clone, Copy, Debug)]
pub struct Registrant<'a> {
    /// The pool.
    pub pool: &'a Pool,
    /// The app client.
    pub client: &'a Client,
    /// The user.
    pub user: &'a User,
    /// The relying party for pools that configure none, if the server has one.
    pub relying_party: Option<&'a str>,
    /// The keys for digests.
    pub digest_keys: &'a DigestKeys,
    /// The current time.
    pub now: Timestamp,
}

/// The options with which an authenticator creates a passkey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreationOptions {
    /// The relying party.
    pub party: RelyingParty,
    /// The challenge to sign.
    pub challenge: PasskeyChallenge,
    /// The user's sub, which is the user handle of the passkey.
    pub sub: Sub,
    /// The username, for display.
    pub username: Username,
    /// The user's passkeys: an authenticator that holds one of them creates no second one.
    pub exclude: Vec<CredentialId>,
}

/// Starts a registration.
///
/// Order (*Chosen*): the pool allows passkeys, a relying party is configured, the user has fewer passkeys than the
/// limit.
pub fn start(
    registrant: &Registrant<'_>,
    challenge: &PasskeyChallenge,
) -> Result<Verdict<CreationOptions>, Refusal> {
    let party = party(registrant)?;
    check_room(registrant.user)?;
    let key = challenge.key(registrant.digest_keys, &registrant.pool.id, &registrant.user.sub);
    let session = Session::begin(
        registrant.user.sub.clone(),
        registrant.client,
        Stage::RegisteringPasskey,
        registrant.now,
    );
    let options = CreationOptions {
        exclude: passkey::usable(registrant.user, &party).map(|passkey| passkey.id.clone()).collect(),
        party,
        challenge: challenge.clone(),
        sub: registrant.user.sub.clone(),
        username: registrant.user.username.clone(),
    };
    Ok(Verdict { remember: vec![Change::PutSession { key, session }], answer: Ok(options) })
}

/// Checks the registration session and returns the relying party that the new passkey must be for.
///
/// Order (*Chosen*): the pool allows passkeys, a relying party is configured, the registration exists and belongs to
/// this app client. If this refuses, the server does not verify the credential.
pub fn check_registration(
    registrant: &Registrant<'_>,
    presented: Option<PresentedSession<'_>>,
) -> Result<RelyingParty, Refusal> {
    let party = party(registrant)?;
    let fault = |fault| Err(Refusal::Passkey(fault));
    let Some(PresentedSession { session, .. }) = presented else { return fault(PasskeyFault::NoChallenge) };
    if session.client != registrant.client.id {
        return fault(PasskeyFault::ClientMismatch);
    }
    match session.check(
        &registrant.user.sub,
        &registrant.client.id,
        Stage::RegisteringPasskey,
        registrant.now,
    ) {
        Ok(()) => Ok(party),
        Err(_) => fault(PasskeyFault::NoChallenge),
    }
}

/// Completes a registration. `made` is the verified passkey, or the fault that the verification found.
///
/// # Errors
///
/// Refuses as [`check_registration`]. A fault of the passkey itself is the answer of the verdict, which uses up the
/// session.
pub fn complete(
    registrant: &Registrant<'_>,
    presented: PresentedSession<'_>,
    made: Result<Passkey, PasskeyFault>,
) -> Result<Verdict<()>, Refusal> {
    check_registration(registrant, Some(presented))?;
    let PresentedSession { key, session } = presented;
    let mut remember = vec![Change::PutSession { key: key.clone(), session: session.used() }];
    let registered = made.map_err(Refusal::Passkey).and_then(|made| {
        check_room(registrant.user)?;
        if registrant.user.passkeys.iter().any(|kept| kept.id == made.id) {
            return Err(Refusal::Passkey(PasskeyFault::Exists));
        }
        let mut user = registrant.user.clone();
        user.passkeys.push(made);
        Ok(user)
    });
    let answer = registered.map(|user| remember.push(Change::PutUser(Box::new(user))));
    Ok(Verdict { remember, answer })
}

/// Deletes the passkey with this credential ID.
///
/// # Errors
///
/// Refuses an ID that is not of a passkey of the user.
pub fn delete(user: &User, id: &str) -> Result<Verdict<()>, Refusal> {
    let mut rest = user.clone();
    rest.passkeys.retain(|passkey| passkey.id.as_str() != id);
    if rest.passkeys.len() == user.passkeys.len() {
        return Err(Refusal::Passkey(PasskeyFault::Unknown));
    }
    Ok(Verdict { remember: vec![Change::PutUser(Box::new(rest))], answer: Ok(()) })
}

fn party(registrant: &Registrant<'_>) -> Result<RelyingParty, Refusal> {
    RelyingParty::get_for_pool(registrant.pool, registrant.relying_party)
}

fn check_room(user: &User) -> Result<(), Refusal> {
    if user.passkeys.len() < MAX_PASSKEYS { Ok(()) } else { Err(Refusal::Passkey(PasskeyFault::TooMany)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        digest::Digest,
        fixture as nouns,
        id::ClientId,
        pool::{FirstFactor, Tier},
        user::passkey::fixture,
    };

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    struct RegistrationSetup {
        pool: Pool,
        client: Client,
        user: User,
        keys: DigestKeys,
        relying_party: Option<&'static str>,
    }

    impl RegistrationSetup {
        fn new() -> Self {
            let mut pool = nouns::pool();
            pool.first_factors.insert(FirstFactor::WebAuthn);
            Self {
                pool,
                client: nouns::client(),
                user: nouns::user("ann"),
                keys: nouns::keys(),
                relying_party: Some("example.com"),
            }
        }

        fn registrant(&self) -> Registrant<'_> {
            Registrant {
                pool: &self.pool,
                client: &self.client,
                user: &self.user,
                relying_party: self.relying_party,
                digest_keys: &self.keys,
                now: NOW,
            }
        }

        fn session(&self) -> Session {
            Session::begin(self.user.sub.clone(), &self.client, Stage::RegisteringPasskey, NOW)
        }
    }

    fn challenge() -> PasskeyChallenge {
        PasskeyChallenge::from_bytes(&[7; 32])
    }

    fn many() -> Vec<Passkey> {
        (0..MAX_PASSKEYS).map(|number| fixture(&number.to_string())).collect()
    }

    #[test]
    fn start_registration_stores_session_and_returns_options() {
        let mut setup = RegistrationSetup::new();
        setup.user.passkeys = vec![fixture("a")];
        let verdict = start(&setup.registrant(), &challenge()).expect("a verdict");
        let [Change::PutSession { key, session }] = verdict.remember.as_slice() else { panic!("no session") };
        assert_eq!(session, &setup.session());
        assert!(challenge().keys(&setup.keys, &setup.pool.id, &setup.user.sub).contains(key));
        let options = verdict.answer.expect("options");
        assert_eq!((options.party.id.as_str(), options.challenge), ("example.com", challenge()));
        assert_eq!((options.sub, options.username), (setup.user.sub.clone(), setup.user.username.clone()));
        assert_eq!(options.exclude, [fixture("a").id]);
    }

    #[test]
    fn start_registration_where_passkeys_are_unavailable_is_refused() {
        type Fault = fn(&mut RegistrationSetup);
        let cases: [(Fault, PasskeyFault); 4] = [
            (|setup| setup.pool.tier = Tier::Lite, PasskeyFault::NotEnabled),
            (|setup| setup.pool.first_factors.clear(), PasskeyFault::NotEnabled),
            (|setup| setup.relying_party = None, PasskeyFault::NoRelyingParty),
            (|setup| setup.user.passkeys = many(), PasskeyFault::TooMany),
        ];
        for (apply, fault) in cases {
            let mut setup = RegistrationSetup::new();
            apply(&mut setup);
            assert_eq!(start(&setup.registrant(), &challenge()).err(), Some(Refusal::Passkey(fault)));
        }
    }

    #[test]
    fn complete_registration_with_invalid_session_is_refused() {
        let setup = RegistrationSetup::new();
        let (key, late) = (Digest::zero(), NOW.after(setup.client.session_ttl()));
        let cases: [(&str, Option<Session>, Timestamp, Option<PasskeyFault>); 6] = [
            ("in time", Some(setup.session()), NOW, None),
            ("none", None, NOW, Some(PasskeyFault::NoChallenge)),
            ("used", Some(setup.session().used()), NOW, Some(PasskeyFault::NoChallenge)),
            ("late", Some(setup.session()), late, Some(PasskeyFault::NoChallenge)),
            (
                "of another client",
                Some(Session { client: ClientId::new("other"), ..setup.session() }),
                NOW,
                Some(PasskeyFault::ClientMismatch),
            ),
            (
                "of a sign-up",
                Some(Session { stage: Stage::SignedUp, ..setup.session() }),
                NOW,
                Some(PasskeyFault::NoChallenge),
            ),
        ];
        for (what, session, now, fault) in cases {
            let registrant = Registrant { now, ..setup.registrant() };
            let presented = session.as_ref().map(|session| PresentedSession { key: &key, session });
            let refused = check_registration(&registrant, presented).err();
            assert_eq!(refused, fault.map(Refusal::Passkey), "{what}");
        }
    }

    #[test]
    fn complete_registration_uses_up_the_session() {
        let made = || fixture("b");
        let cases = [
            (vec![fixture("a")], Ok(made()), None),
            (vec![fixture("a")], Err(PasskeyFault::OriginMismatch), Some(PasskeyFault::OriginMismatch)),
            (vec![made()], Ok(made()), Some(PasskeyFault::Exists)),
            (many(), Ok(made()), Some(PasskeyFault::TooMany)),
        ];
        for (had, outcome, fault) in cases {
            let mut setup = RegistrationSetup::new();
            setup.user.passkeys = had.clone();
            let (key, session) = (Digest::zero(), setup.session());
            let verdict =
                complete(&setup.registrant(), PresentedSession { key: &key, session: &session }, outcome);
            let verdict = verdict.expect("a verdict");
            let is_used = |change: &&Change| {
                matches!(change, Change::PutSession { session: Session { stage: Stage::Used, .. }, .. })
            };
            assert_eq!(verdict.remember.iter().filter(is_used).count(), 1);
            let user = verdict.remember.iter().find_map(|change| match change {
                Change::PutUser(user) => Some(user.passkeys.clone()),
                _ => None,
            });
            assert_eq!(verdict.answer.err(), fault.map(Refusal::Passkey));
            let has = [had, vec![made()]].concat();
            assert_eq!(user, fault.is_none().then_some(has));
        }
    }

    #[test]
    fn delete_passkey_removes_only_that_passkey() {
        let user = User { passkeys: vec![fixture("a"), fixture("b")], ..nouns::user("ann") };
        let verdict = delete(&user, fixture("a").id.as_str()).expect("a verdict");
        assert!(matches!(
            verdict.remember.as_slice(),
            [Change::PutUser(user)] if user.passkeys == [fixture("b")]
        ));
        let unknown = delete(&user, "nonsense").err();
        assert_eq!(unknown, Some(Refusal::Passkey(PasskeyFault::Unknown)));
    }
}
