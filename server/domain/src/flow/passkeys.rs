//! StartWebAuthnRegistration, CompleteWebAuthnRegistration, DeleteWebAuthnCredential: the passkeys of a user who bears
//! an access token.
//!
//! A registration is a session that lies under what the authenticator is to sign, since the API hands the client nothing
//! else that could lead back to it. It is good for one answer, right or wrong, and as long as the app client's sessions
//! (*Chosen*: documented is only that it expires).

use crate::{
    Change, Refusal, Timestamp, Verdict,
    client::Client,
    digest::DigestKeys,
    flow::sign_in::Presented,
    id::{Sub, Username},
    pool::{Pool, passkeys::RelyingParty},
    refusal::PasskeyFault,
    sign_in::session::{Session, Stage},
    user::{
        User,
        passkey::{self, CredentialId, MOST_PASSKEYS, Passkey, PasskeyChallenge},
    },
};

/// Who registers: the user, and the app client that the access token was issued through.
#[derive(Clone, Copy, Debug)]
pub struct Registrant<'a> {
    /// The pool.
    pub pool: &'a Pool,
    /// The app client.
    pub client: &'a Client,
    /// The user.
    pub user: &'a User,
    /// The relying party of pools that name none, if there is one.
    pub relying_party: Option<&'a str>,
    /// The keys for digests.
    pub digest_keys: &'a DigestKeys,
    /// The time.
    pub now: Timestamp,
}

/// What an authenticator is asked to make a passkey of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreationOptions {
    /// For whom.
    pub party: RelyingParty,
    /// What is to be signed.
    pub challenge: PasskeyChallenge,
    /// What the authenticator knows the user by.
    pub sub: Sub,
    /// What people know the user by.
    pub username: Username,
    /// The passkeys that the user has: an authenticator makes no second.
    pub exclude: Vec<CredentialId>,
}

/// Begins a registration.
///
/// Order (*Chosen*): the pool allows passkeys, a relying party is named, the user has room for another.
pub fn start(
    who: &Registrant<'_>,
    challenge: &PasskeyChallenge,
) -> Result<Verdict<CreationOptions>, Refusal> {
    let party = party(who)?;
    check_room(who.user)?;
    let key = challenge.key(who.digest_keys, &who.pool.id, &who.user.sub);
    let session = Session::begin(who.user.sub.clone(), who.client, Stage::RegisteringPasskey, who.now);
    let options = CreationOptions {
        exclude: passkey::usable(who.user, &party).map(|passkey| passkey.id.clone()).collect(),
        party,
        challenge: challenge.clone(),
        sub: who.user.sub.clone(),
        username: who.user.username.clone(),
    };
    Ok(Verdict { remember: vec![Change::PutSession { key, session }], answer: Ok(options) })
}

/// For whom the passkey is to be made with which `presented` is to end, or a refusal: then there is nothing to verify.
///
/// Order (*Chosen*): the pool allows passkeys, a relying party is named, the registration is there and this app
/// client's.
pub fn expected(who: &Registrant<'_>, presented: Option<Presented<'_>>) -> Result<RelyingParty, Refusal> {
    let party = party(who)?;
    let fault = |fault| Err(Refusal::Passkey(fault));
    let Some(Presented { session, .. }) = presented else { return fault(PasskeyFault::NoChallenge) };
    if session.client != who.client.id {
        return fault(PasskeyFault::OtherClient);
    }
    match session.check(&who.user.sub, &who.client.id, Stage::RegisteringPasskey, who.now) {
        Ok(()) => Ok(party),
        Err(_) => fault(PasskeyFault::NoChallenge),
    }
}

/// Ends a registration, knowing the passkey that was made, or what is wrong with it.
pub fn complete(
    who: &Registrant<'_>,
    presented: Presented<'_>,
    made: Result<Passkey, PasskeyFault>,
) -> Result<Verdict<()>, Refusal> {
    expected(who, Some(presented))?;
    let Presented { key, session } = presented;
    let mut remember = vec![Change::PutSession { key: key.clone(), session: session.used() }];
    let registered = made.map_err(Refusal::Passkey).and_then(|made| {
        check_room(who.user)?;
        if who.user.passkeys.iter().any(|kept| kept.id == made.id) {
            return Err(Refusal::Passkey(PasskeyFault::Exists));
        }
        let mut user = who.user.clone();
        user.passkeys.push(made);
        Ok(user)
    });
    let answer = registered.map(|user| remember.push(Change::PutUser(Box::new(user))));
    Ok(Verdict { remember, answer })
}

/// Takes a passkey from its user.
pub fn delete(user: &User, id: &str) -> Result<Verdict<()>, Refusal> {
    let mut rest = user.clone();
    rest.passkeys.retain(|passkey| passkey.id.as_str() != id);
    if rest.passkeys.len() == user.passkeys.len() {
        return Err(Refusal::Passkey(PasskeyFault::Unknown));
    }
    Ok(Verdict { remember: vec![Change::PutUser(Box::new(rest))], answer: Ok(()) })
}

fn party(who: &Registrant<'_>) -> Result<RelyingParty, Refusal> {
    RelyingParty::of_enabled(who.pool, who.relying_party)
}

fn check_room(user: &User) -> Result<(), Refusal> {
    if user.passkeys.len() < MOST_PASSKEYS { Ok(()) } else { Err(Refusal::Passkey(PasskeyFault::TooMany)) }
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

    struct House {
        pool: Pool,
        client: Client,
        user: User,
        keys: DigestKeys,
        relying_party: Option<&'static str>,
    }

    impl House {
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

        fn who(&self) -> Registrant<'_> {
            Registrant {
                pool: &self.pool,
                client: &self.client,
                user: &self.user,
                relying_party: self.relying_party,
                digest_keys: &self.keys,
                now: NOW,
            }
        }

        fn begun(&self) -> Session {
            Session::begin(self.user.sub.clone(), &self.client, Stage::RegisteringPasskey, NOW)
        }
    }

    fn challenge() -> PasskeyChallenge {
        PasskeyChallenge::from_bytes(&[7; 32])
    }

    fn many() -> Vec<Passkey> {
        (0..MOST_PASSKEYS).map(|number| fixture(&number.to_string())).collect()
    }

    #[test]
    fn a_registration_begins() {
        let mut house = House::new();
        house.user.passkeys = vec![fixture("a")];
        let verdict = start(&house.who(), &challenge()).expect("a verdict");
        let [Change::PutSession { key, session }] = verdict.remember.as_slice() else { panic!("a session") };
        assert_eq!(session, &house.begun());
        assert!(challenge().keys(&house.keys, &house.pool.id, &house.user.sub).contains(key));
        let options = verdict.answer.expect("options");
        assert_eq!((options.party.id.as_str(), options.challenge), ("example.com", challenge()));
        assert_eq!((options.sub, options.username), (house.user.sub.clone(), house.user.username.clone()));
        assert_eq!(options.exclude, [fixture("a").id]);
    }

    #[test]
    fn who_may_begin_one() {
        type Spoil = fn(&mut House);
        let cases: [(Spoil, PasskeyFault); 4] = [
            (|house| house.pool.tier = Tier::Lite, PasskeyFault::NotEnabled),
            (|house| house.pool.first_factors.clear(), PasskeyFault::NotEnabled),
            (|house| house.relying_party = None, PasskeyFault::NoRelyingParty),
            (|house| house.user.passkeys = many(), PasskeyFault::TooMany),
        ];
        for (spoil, fault) in cases {
            let mut house = House::new();
            spoil(&mut house);
            assert_eq!(start(&house.who(), &challenge()).err(), Some(Refusal::Passkey(fault)));
        }
    }

    #[test]
    fn what_a_registration_ends_with() {
        let house = House::new();
        let (key, late) = (Digest::nothing(), NOW.after(house.client.session_ttl()));
        let cases: [(&str, Option<Session>, Timestamp, Option<PasskeyFault>); 6] = [
            ("in time", Some(house.begun()), NOW, None),
            ("none", None, NOW, Some(PasskeyFault::NoChallenge)),
            ("used", Some(house.begun().used()), NOW, Some(PasskeyFault::NoChallenge)),
            ("late", Some(house.begun()), late, Some(PasskeyFault::NoChallenge)),
            (
                "of another client",
                Some(Session { client: ClientId::new("other"), ..house.begun() }),
                NOW,
                Some(PasskeyFault::OtherClient),
            ),
            (
                "of a sign-up",
                Some(Session { stage: Stage::SignedUp, ..house.begun() }),
                NOW,
                Some(PasskeyFault::NoChallenge),
            ),
        ];
        for (what, session, now, fault) in cases {
            let who = Registrant { now, ..house.who() };
            let presented = session.as_ref().map(|session| Presented { key: &key, session });
            let refused = expected(&who, presented).err();
            assert_eq!(refused, fault.map(Refusal::Passkey), "{what}");
        }
    }

    #[test]
    fn a_registration_is_good_for_one_answer() {
        let made = || fixture("b");
        let cases = [
            (vec![fixture("a")], Ok(made()), None),
            (vec![fixture("a")], Err(PasskeyFault::Origin), Some(PasskeyFault::Origin)),
            (vec![made()], Ok(made()), Some(PasskeyFault::Exists)),
            (many(), Ok(made()), Some(PasskeyFault::TooMany)),
        ];
        for (had, outcome, fault) in cases {
            let mut house = House::new();
            house.user.passkeys = had.clone();
            let (key, session) = (Digest::nothing(), house.begun());
            let verdict = complete(&house.who(), Presented { key: &key, session: &session }, outcome);
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
    fn a_passkey_is_deleted() {
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
