//! DEVICE_SRP_AUTH and DEVICE_PASSWORD_VERIFIER: the proof of a remembered device.
//!
//! The device proves itself by the exchange of [`crate::sign_in::srp`], with its own password, the device key in place
//! of the username, and the device group key in place of the pool name. These challenges come last: in place of a
//! second factor if the pool allows that, otherwise after it (*Documented*).
//!
//! A device key that leads to no device is refused after the user's own factors (*Observed* in Amplify, which then
//! tries again without the key); the session stays valid for that. *Chosen*: a device that is not remembered gets no
//! challenge, and does not replace a second factor.

use super::{NextAction, SignInOutcome, Step, admission, completion, password_verifier};
use crate::{
    Change, Refusal, Verdict,
    sign_in::{
        challenge::{ChallengePrompt, PendingChallenge},
        srp::{
            Verifier,
            exchange::{ExchangeValues, PublicValue},
        },
    },
    user::{User, device::Device},
};

/// The device that a request names.
#[derive(Clone, Copy, Debug)]
pub struct NamedDevice<'a> {
    /// DEVICE_KEY as sent.
    pub key: &'a str,
    /// The device, if the user has one with this key.
    pub found: Option<&'a Device>,
}

/// Returns the device that the request names, or refuses a key that leads to no device. Returns `None` if the request
/// names none.
pub(super) fn find_named<'a>(step: &Step<'a>) -> Result<Option<&'a Device>, Refusal> {
    step.device.map(|device| device.found.ok_or(Refusal::DeviceNotFound)).transpose()
}

/// Returns the device that the session waits for.
fn get_expected<'a>(step: &Step<'a>) -> Result<&'a Device, Refusal> {
    let device = find_named(step)?.filter(|device| device.remembered).ok_or(Refusal::DeviceNotFound)?;
    let expected = step.presented.and_then(|presented| presented.session.device.as_deref());
    if expected == Some(device.key.as_str()) { Ok(device) } else { Err(Refusal::SessionInvalid) }
}

/// Sends DEVICE_SRP_AUTH to a remembered device.
pub(super) fn send_challenge(
    step: &Step<'_>,
    user: &User,
    device: &Device,
    remember: Vec<Change>,
) -> Verdict<SignInOutcome> {
    let prompt = ChallengePrompt::DeviceSrp { username: user.username.clone(), key: device.key.clone() };
    completion::challenge(step, PendingChallenge::DeviceSrp, prompt, Vec::new(), remember)
}

/// Returns the next action for an answer to DEVICE_SRP_AUTH.
pub(super) fn begin_exchange<'a>(step: &Step<'a>, a: &PublicValue) -> Result<NextAction<'a>, Refusal> {
    admission::admit(step)?.ok_or(Refusal::SessionInvalid)?;
    Ok(NextAction::BeginDeviceSrp(a.clone(), get_expected(step)?))
}

/// Sends DEVICE_PASSWORD_VERIFIER. `verifier` is that of the device.
pub fn send_password_verifier(
    step: &Step<'_>,
    verifier: &Verifier,
    values: ExchangeValues,
) -> Verdict<SignInOutcome> {
    let (Ok(device), Some(user)) = (get_expected(step), step.found.user) else {
        return Verdict::refuse(Refusal::SessionInvalid);
    };
    let prompt = ChallengePrompt::DevicePasswordVerifier {
        salt: *verifier.salt(),
        b: values.b.clone(),
        username: user.username.clone(),
        key: device.key.clone(),
    };
    let remember = step.use_up_session().into_iter().collect();
    completion::challenge(
        step,
        PendingChallenge::DevicePasswordVerifier(values),
        prompt,
        Vec::new(),
        remember,
    )
}

/// Returns the next action for an answer to DEVICE_PASSWORD_VERIFIER: the check of the claim.
pub(super) fn next_action<'a>(
    step: &Step<'a>,
    answer: &password_verifier::PasswordVerifierAnswer<'a>,
    values: &'a ExchangeValues,
    handle: &'a str,
) -> Result<NextAction<'a>, Refusal> {
    admission::admit(step)?.ok_or(Refusal::SessionInvalid)?;
    let device = get_expected(step)?;
    match password_verifier::next_action(step, answer, values, handle)? {
        NextAction::CheckSrpClaim(claimed) => Ok(NextAction::CheckDeviceSrpClaim(claimed, device)),
        other => Ok(other),
    }
}

/// Decides after the check of the claim. `is_right` is its result.
pub fn decide(step: &Step<'_>, is_right: bool) -> Verdict<SignInOutcome> {
    let (Ok(device), Some(user)) = (get_expected(step), step.found.user) else {
        return Verdict::refuse(Refusal::SessionInvalid);
    };
    if !is_right {
        let mut verdict = step.fail(Refusal::WrongPassword);
        verdict.remember.extend(step.use_up_session());
        return verdict;
    }
    let mut remember: Vec<Change> = step.use_up_session().into_iter().collect();
    let device = Device { authenticated_at: step.now, ..device.clone() };
    remember.push(Change::PutDevice(Box::new(device)));
    completion::issue_grant(step, user.clone(), remember)
}
