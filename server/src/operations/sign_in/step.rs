//! A step of a sign-in: its reads, its key derivations and its verdict.
//!
//! A key derivation takes milliseconds, so it runs on another thread. The rules are in [`lido_domain::flow::sign_in`].

use lido_domain::{
    Refusal, Verdict,
    code::Code,
    flow::{
        AppClientCaller,
        sign_in::{
            FreshValues, NameHolders, NamedDevice, NextAction, SignInOutcome, SrpClaim, Step, completion,
            custom_auth::{CustomAuthState, is_custom_auth_claim},
            device_srp, new_password, password, password_verifier, second_factor, web_authn,
        },
    },
    id::Username,
    pool::FirstFactor,
    sign_in::{
        session::{self, SessionHandle},
        srp::{
            Verifier,
            exchange::{ExchangeClaim, ExchangeValues, PublicValue, ServerSecret},
        },
    },
    token::grant::GrantSeed,
    user::{device::group_key, passkey::PasskeyChallenge, sent_messages::MessageCause},
};

use super::custom::{self, ChallengeTriggers};
use crate::{
    app::App,
    entropy::NoEntropy,
    operations::{client, failure::Failure, transact::Tx},
    passkeys::Assertion,
    store::{RelatedRecord, UserQuery, UserRecords},
};

/// Generates the random values of a step.
pub(in crate::operations) fn generate_fresh_values(app: &App) -> Result<FreshValues, NoEntropy> {
    let code = match &app.settings.confirmation_code {
        Some(fixed) => Code::from_text(fixed),
        None => Code::eight_digits_from_random(&app.entropy.bytes()?),
    };
    Ok(FreshValues {
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

/// Performs the next action of a sign-in and returns its verdict.
///
/// `returns_session` states whether the output of an SRP challenge contains the session. If not, the response identifies
/// the session by the secret block.
pub(super) async fn decide(
    app: &App,
    step: &Step<'_>,
    next: NextAction<'_>,
    returns_session: bool,
    holders: &NameHolders,
    triggers: &ChallengeTriggers<'_>,
) -> Result<Verdict<SignInOutcome>, Failure> {
    let pool_id = step.caller.pool.id.clone();
    let username = step.found.user.map_or_else(|| Username::new(step.typed), |user| user.username.clone());
    Ok(match next {
        NextAction::Decided(verdict) => verdict,
        NextAction::ComparePassword(password) => {
            let (verifier, password) = (verifier(app, step)?, password.clone());
            let compare = move || verifier.is_password(&pool_id, &username, &password);
            password::decide(step, app.passwords.run(1, compare).await?)
        }
        NextAction::BeginSrp(a) => {
            let (verifier, values) = exchange(app, step, a).await?;
            password_verifier::send_challenge(step, &verifier, values, returns_session)
        }
        NextAction::CheckSrpClaim(claimed) => {
            let verifier = verifier(app, step)?;
            let group = pool_id.name().to_owned();
            let is_right = is_claim(app, step, verifier, claimed, group, username.to_string()).await?;
            if is_right && is_custom_auth_claim(step) {
                return match completion::refuse_expired_password(step) {
                    Some(verdict) => Ok(verdict),
                    None => {
                        custom::next_challenge(app, step, triggers, CustomAuthState::PasswordVerified).await
                    }
                };
            }
            password_verifier::decide(step, is_right)
        }
        NextAction::BeginDeviceSrp(a, device) => {
            let verifier =
                app.keys.open_device_verifier(&pool_id, &device.of, &device.key, &device.verifier)?;
            let (verifier, values) = begin_exchange(app, step, verifier, a).await?;
            device_srp::send_password_verifier(step, &verifier, values)
        }
        NextAction::CheckDeviceSrpClaim(claimed, device) => {
            let verifier =
                app.keys.open_device_verifier(&pool_id, &device.of, &device.key, &device.verifier)?;
            let (group, who) = (group_key(&pool_id), device.key.clone());
            device_srp::decide(step, is_claim(app, step, verifier, claimed, group, who).await?)
        }
        NextAction::RunCustomAuth(standing) => custom::next_challenge(app, step, triggers, standing).await?,
        NextAction::OpenTokenSecret(sealed, code) => {
            let secret = app.keys.open_software_token(&pool_id, &step.sub(), sealed)?;
            second_factor::decide(step, &secret, code)
        }
        NextAction::DerivePassword(new) => {
            let (pool, password, salt) = (pool_id.clone(), new.password.clone(), app.entropy.bytes()?);
            let derive = move || Verifier::derive(&pool, &username, &password, salt);
            let verifier = app.passwords.run(1, derive).await?;
            let credential = app.keys.seal_verifier(&pool_id, &new.user.sub, &verifier)?;
            new_password::decide(step, &new, credential, holders)
        }
        NextAction::VerifyPasskey(signed) => {
            let assertion = Assertion::read(signed.credential);
            let assertion = assertion.ok_or(Refusal::ParameterInvalid("CREDENTIAL"))?;
            let (challenge, party) = (signed.challenge.clone(), signed.party);
            let (of, passkeys) = (signed.of, signed.passkeys);
            let verify = move || assertion.verify(&party, &challenge, &of, passkeys);
            web_authn::decide(step, app.passwords.run(0, verify).await?)
        }
    })
}

/// Concludes the authentication event of the sign-in, unless the verdict is another challenge.
pub(super) fn conclude_event(tx: &Tx<'_>, step: &Step<'_>, verdict: &Verdict<SignInOutcome>) {
    if !matches!(verdict.answer, Ok(SignInOutcome::Challenged(_))) {
        tx.conclude_event(step.caller.event_owner(step.typed, step.found.user));
    }
}

/// Begins an SRP exchange within a custom sign-in and returns its verdict.
pub(super) async fn exchange_in_custom(
    app: &App,
    step: &Step<'_>,
    a: PublicValue,
) -> Result<Verdict<SignInOutcome>, Failure> {
    let (verifier, values) = exchange(app, step, a).await?;
    Ok(password_verifier::send_challenge_in_custom_auth(step, &verifier, values))
}

/// Begins an SRP exchange with the verifier of the user. Returns the verifier and the values of the exchange.
async fn exchange(app: &App, step: &Step<'_>, a: PublicValue) -> Result<(Verifier, ExchangeValues), Failure> {
    begin_exchange(app, step, verifier(app, step)?, a).await
}

/// Begins an SRP exchange with this verifier.
async fn begin_exchange(
    app: &App,
    step: &Step<'_>,
    verifier: Verifier,
    a: PublicValue,
) -> Result<(Verifier, ExchangeValues), Failure> {
    let (pool_id, keys) = (&step.caller.pool.id, step.caller.digest_keys);
    let secret = ServerSecret::for_session(keys, pool_id, &step.fresh.session);
    let begin = move || (verifier.public_value(&secret), verifier);
    let (b, verifier) = app.passwords.run(1, begin).await?;
    Ok((verifier, ExchangeValues { a, b }))
}

/// Returns whether the claim signature of `who` in `group` is right for this verifier.
async fn is_claim(
    app: &App,
    step: &Step<'_>,
    verifier: Verifier,
    claimed: SrpClaim<'_>,
    group: String,
    who: String,
) -> Result<bool, Failure> {
    let (pool_id, keys) = (&step.caller.pool.id, step.caller.digest_keys);
    let secret = ServerSecret::for_stored_session(keys, pool_id, claimed.handle, claimed.kept_at);
    let (values, at) = (claimed.values.clone(), claimed.at);
    let (block, signature) = (claimed.secret_block.to_owned(), claimed.signature.to_owned());
    let check = move || {
        let claim = ExchangeClaim {
            group: &group,
            identity: &who,
            secret_block: &block,
            at: &at,
            signature: &signature,
        };
        verifier.is_claim(&values, &secret, &claim)
    };
    Ok(app.passwords.run(2, check).await?)
}

/// Returns the query for the user of a step and their records. The failures of a user that does not exist are read
/// under the simulated sub of the name. `first` is the cause of a code as the first factor.
pub(super) fn user_query(
    caller: &AppClientCaller<'_>,
    typed: &str,
    handle: Option<&str>,
    sent_device: Option<&str>,
    first: MessageCause,
) -> UserQuery {
    let mut related = vec![RelatedRecord::Failures];
    let pool = caller.pool;
    if pool.first_factors.iter().any(|factor| matches!(factor, FirstFactor::EmailOtp | FirstFactor::SmsOtp)) {
        related.extend(RelatedRecord::messages(first));
    }
    if pool.mfa.factors.iter().any(|factor| factor.contact().is_some()) {
        related.extend(RelatedRecord::messages(MessageCause::SecondFactor));
    }
    if caller.pool.devices.is_some() {
        related.push(RelatedRecord::Device(sent_device.map(str::to_owned)));
    }
    let keys = |handle| session::keys_of(caller.digest_keys, &caller.pool.id, handle);
    UserQuery { sessions: handle.map(keys).unwrap_or_default(), ..client::user_query(caller, typed, related) }
}

/// Returns the device of a step: that of the key in the request, or that of the session.
///
/// Returns `None` if the pool does not track devices, and if the device of the session was deleted.
pub(super) fn device<'a>(loaded: &'a UserRecords, sent: Option<&str>) -> Option<NamedDevice<'a>> {
    loaded.user.as_ref()?;
    let (key, device) = loaded.device.as_ref()?;
    let is_forgotten = sent.is_none() && device.is_none();
    (!is_forgotten).then_some(NamedDevice { key, found: device.as_ref() })
}

/// Returns the verifier of the user, or one that matches no password if there is no user or the user has no password.
fn verifier(app: &App, step: &Step<'_>) -> Result<Verifier, Failure> {
    let pool_id = &step.caller.pool.id;
    match step.found.user.and_then(|user| user.credential.as_ref().map(|sealed| (user, sealed))) {
        Some((user, sealed)) => Ok(app.keys.open_verifier(pool_id, &user.sub, sealed)?),
        None => Ok(Verifier::simulated(step.caller.digest_keys, pool_id, step.sub().as_str())),
    }
}
