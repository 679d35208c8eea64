//! A step of a sign-in: what it reads, the part that takes milliseconds, and the verdict that follows from it.

use lido_domain::{
    Refusal, Verdict,
    code::Code,
    flow::{
        Caller,
        sign_in::{
            Claimed, Fresh, Holders, Next, OnDevice, Outcome, Step,
            custom::{Standing, is_password_asked},
            device, finish, new_password, passkey, password, password_verifier, second_factor,
        },
    },
    id::Username,
    sign_in::{
        session::{self, SessionHandle},
        srp::{
            Verifier,
            exchange::{Claim, PublicValue, ServerSecret, Values},
        },
    },
    token::grant::GrantSeed,
    user::{device::group_key, passkey::PasskeyChallenge},
};

use super::custom::{self, Functions};
use crate::{
    app::App,
    entropy::NoEntropy,
    operations::{client, failure::Failure, transact::Tx},
    passkeys::Assertion,
    store::{Beside, UserQuery, UserReading},
};

/// What is random in a step.
pub(in crate::operations) fn fresh(app: &App) -> Result<Fresh, NoEntropy> {
    let code = match &app.settings.confirmation_code {
        Some(fixed) => Code::fixed(fixed),
        None => Code::eight_from_random(&app.entropy.bytes()?),
    };
    Ok(Fresh {
        session: SessionHandle::generate(&app.entropy.bytes()?),
        code,
        passkey: PasskeyChallenge::from_bytes(&app.entropy.bytes::<32>()?),
        grant: GrantSeed {
            id: app.entropy.bytes()?,
            origin: app.entropy.bytes()?,
            secret: app.entropy.bytes()?,
        },
        device: app.entropy.bytes()?,
    })
}

/// Does what comes next and decides. `tells_session` is false where an exchange begins that its secret block alone
/// leads back to.
pub(super) async fn decide(
    app: &App,
    step: &Step<'_>,
    next: Next<'_>,
    tells_session: bool,
    holders: &Holders,
    functions: &Functions<'_>,
) -> Result<Verdict<Outcome>, Failure> {
    let pool = step.caller.pool.id.clone();
    let username = step.found.user.map_or_else(|| Username::new(step.typed), |user| user.username.clone());
    Ok(match next {
        Next::Decided(verdict) => verdict,
        Next::Compare(given) => {
            let (verifier, given) = (verifier(app, step)?, given.clone());
            let compare = move || verifier.is_password(&pool, &username, &given);
            password::decide(step, app.passwords.run(1, compare).await?)
        }
        Next::Exchange(a) => {
            let (verifier, values) = exchange(app, step, a).await?;
            password_verifier::ask(step, &verifier, values, tells_session)
        }
        Next::Claim(claimed) => {
            let verifier = verifier(app, step)?;
            let is_right =
                is_claim(app, step, verifier, claimed, pool.name().to_owned(), username.to_string()).await?;
            if is_right && is_password_asked(step) {
                return match finish::refuse_expired(step) {
                    Some(verdict) => Ok(verdict),
                    None => custom::go_on(app, step, functions, Standing::PasswordShown).await,
                };
            }
            password_verifier::decide(step, is_right)
        }
        Next::DeviceExchange(a, device) => {
            let verifier = app.keys.open_device_verifier(&pool, &device.of, &device.key, &device.verifier)?;
            let (verifier, values) = begin_exchange(app, step, verifier, a).await?;
            device::answer_exchange(step, &verifier, values)
        }
        Next::DeviceClaim(claimed, device) => {
            let verifier = app.keys.open_device_verifier(&pool, &device.of, &device.key, &device.verifier)?;
            let (group, who) = (group_key(&pool), device.key.clone());
            device::decide(step, is_claim(app, step, verifier, claimed, group, who).await?)
        }
        Next::Custom(standing) => custom::go_on(app, step, functions, standing).await?,
        Next::Open(sealed, code) => {
            let secret = app.keys.open_software_token(&pool, &step.of(), sealed)?;
            second_factor::decide(step, &secret, code)
        }
        Next::Derive(new) => {
            let (of, given, salt) = (pool.clone(), new.password.clone(), app.entropy.bytes()?);
            let derive = move || Verifier::derive(&of, &username, &given, salt);
            let verifier = app.passwords.run(1, derive).await?;
            let credential = app.keys.seal_verifier(&pool, &new.user.sub, &verifier)?;
            new_password::decide(step, &new, credential, holders)
        }
        Next::Verify(signed) => {
            let assertion = Assertion::read(signed.credential);
            let assertion = assertion.ok_or(Refusal::ParameterInvalid("CREDENTIAL"))?;
            let (challenge, party) = (signed.challenge.clone(), signed.party);
            let (of, passkeys) = (signed.of, signed.passkeys);
            let verify = move || assertion.verify(&party, &challenge, &of, passkeys);
            passkey::decide(step, app.passwords.run(0, verify).await?)
        }
    })
}

/// Concludes the authentication event of the sign-in that the verdict ends; a challenge ends none.
pub(super) fn conclude_event(tx: &Tx<'_>, step: &Step<'_>, verdict: &Verdict<Outcome>) {
    if !matches!(verdict.answer, Ok(Outcome::Challenged(_))) {
        tx.conclude_event(step.found.user.map(|user| &user.sub));
    }
}

/// Begins an exchange within a custom sign-in, and decides.
pub(super) async fn exchange_in_custom(
    app: &App,
    step: &Step<'_>,
    a: PublicValue,
) -> Result<Verdict<Outcome>, Failure> {
    let (verifier, values) = exchange(app, step, a).await?;
    Ok(password_verifier::ask_in_custom(step, &verifier, values))
}

/// The values of an exchange that begins, and the verifier that it began with.
async fn exchange(app: &App, step: &Step<'_>, a: PublicValue) -> Result<(Verifier, Values), Failure> {
    begin_exchange(app, step, verifier(app, step)?, a).await
}

/// The same, with this verifier.
async fn begin_exchange(
    app: &App,
    step: &Step<'_>,
    verifier: Verifier,
    a: PublicValue,
) -> Result<(Verifier, Values), Failure> {
    let (pool, keys) = (&step.caller.pool.id, step.caller.digest_keys);
    let secret = ServerSecret::of(keys, pool, &step.fresh.session);
    let begin = move || (verifier.begin(&secret), verifier);
    let (b, verifier) = app.passwords.run(1, begin).await?;
    Ok((verifier, Values { a, b }))
}

/// Whether the claim is right for this verifier of `who` in `group`.
async fn is_claim(
    app: &App,
    step: &Step<'_>,
    verifier: Verifier,
    claimed: Claimed<'_>,
    group: String,
    who: String,
) -> Result<bool, Failure> {
    let (pool, keys) = (&step.caller.pool.id, step.caller.digest_keys);
    let secret = ServerSecret::of_kept(keys, pool, claimed.handle, claimed.kept_at);
    let (values, at) = (claimed.values.clone(), claimed.at);
    let (block, signature) = (claimed.secret_block.to_owned(), claimed.signature.to_owned());
    let check = move || {
        let claim = Claim { group: &group, who: &who, secret_block: &block, at: &at, signature: &signature };
        verifier.is_claim(&values, &secret, &claim)
    };
    Ok(app.passwords.run(2, check).await?)
}

/// Whom a step is about, and what to bring from beside the user. The failures of a name that leads to no user lie under
/// its simulated sub.
pub(super) fn query(
    caller: &Caller<'_>,
    typed: &str,
    handle: Option<&str>,
    sent_device: Option<&str>,
) -> UserQuery {
    let mut beside = vec![Beside::Failures];
    if caller.pool.devices.is_some() {
        beside.push(Beside::Device(sent_device.map(str::to_owned)));
    }
    let keys = |handle| session::keys_of(caller.digest_keys, &caller.pool.id, handle);
    UserQuery { sessions: handle.map(keys).unwrap_or_default(), ..client::query(caller, typed, beside) }
}

/// The device of a step: of the key that came, or of the one that the session names. `None` where the pool remembers no
/// devices, and where the session's was forgotten since.
pub(super) fn device<'a>(found: &'a UserReading, sent: Option<&str>) -> Option<OnDevice<'a>> {
    found.user.as_ref()?;
    let (key, device) = found.device.as_ref()?;
    let is_forgotten = sent.is_none() && device.is_none();
    (!is_forgotten).then_some(OnDevice { key, found: device.as_ref() })
}

/// The verifier of the user; where there is no user, or no password, one that no password has.
fn verifier(app: &App, step: &Step<'_>) -> Result<Verifier, Failure> {
    let pool = &step.caller.pool.id;
    match step.found.user.and_then(|user| user.credential.as_ref().map(|sealed| (user, sealed))) {
        Some((user, sealed)) => Ok(app.keys.open_verifier(pool, &user.sub, sealed)?),
        None => Ok(Verifier::simulated(step.caller.digest_keys, pool, &step.folded_name())),
    }
}
