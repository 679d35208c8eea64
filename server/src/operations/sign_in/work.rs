//! The part of a step that takes milliseconds, and the verdict that follows from it.

use lido_domain::{
    Refusal, Verdict,
    auth_event::Happening,
    code::Code,
    flow::sign_in::{
        Fresh, Holders, Next, Outcome, Step,
        custom::{Standing, is_password_asked},
        new_password, passkey, password, password_verifier, second_factor,
    },
    grant::GrantSeed,
    id::Username,
    passkey::PasskeyChallenge,
    session::SessionHandle,
    srp::{
        Verifier,
        exchange::{Claim, PublicValue, ServerSecret, Values},
    },
};

use super::custom::{self, Functions};
use crate::{app::App, entropy::NoEntropy, operations::failure::Failure, passkeys::Assertion};

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
    functions: &mut Functions<'_>,
) -> Result<Verdict<Outcome>, Failure> {
    let (pool, keys) = (step.caller.pool.id.clone(), step.caller.digest_keys);
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
            let (verifier, values) = (verifier(app, step)?, claimed.values.clone());
            let secret = ServerSecret::of_kept(keys, &pool, claimed.handle, claimed.kept_at);
            let (block, signature) = (claimed.secret_block.to_owned(), claimed.signature.to_owned());
            let at = claimed.at;
            let check = move || {
                let claim = Claim {
                    group: pool.name(),
                    who: username.as_str(),
                    secret_block: &block,
                    at: &at,
                    signature: &signature,
                };
                verifier.is_claim(&values, &secret, &claim)
            };
            let is_right = app.passwords.run(2, check).await?;
            if is_right && is_password_asked(step) {
                return custom::go_on(app, step, functions, Standing::PasswordShown).await;
            }
            password_verifier::decide(step, is_right)
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

/// The verdict, with the event of the sign-in that it ends; a challenge ends none.
pub(super) fn told(happening: &Happening, step: &Step<'_>, verdict: Verdict<Outcome>) -> Verdict<Outcome> {
    if matches!(verdict.answer, Ok(Outcome::Challenged(_))) {
        return verdict;
    }
    let of = step.found.user.map(|user| &user.sub);
    happening.told(step.caller.pool, step.caller.client, of, verdict, step.now)
}

/// Begins an exchange with whoever signs in by functions, and decides.
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
    let (pool, keys) = (&step.caller.pool.id, step.caller.digest_keys);
    let (verifier, secret) = (verifier(app, step)?, ServerSecret::of(keys, pool, &step.fresh.session));
    let begin = move || (verifier.begin(&secret), verifier);
    let (b, verifier) = app.passwords.run(1, begin).await?;
    Ok((verifier, Values { a, b }))
}

/// The verifier of whoever is meant; for nobody, and for a user without a password, one that no password has.
fn verifier(app: &App, step: &Step<'_>) -> Result<Verifier, Failure> {
    let pool = &step.caller.pool.id;
    match step.found.user.and_then(|user| user.credential.as_ref().map(|sealed| (user, sealed))) {
        Some((user, sealed)) => Ok(app.keys.open_verifier(pool, &user.sub, sealed)?),
        None => Ok(Verifier::simulated(step.caller.digest_keys, pool, &step.folded_name())),
    }
}
