//! DEVICE_SRP_AUTH and DEVICE_PASSWORD_VERIFIER: a remembered device shows that it is the same.
//!
//! It does so by the exchange of [`crate::sign_in::srp`], with its own password, its key for a name and the key of its group for
//! the pool's. Both come after everything else: where the pool lets a device stand for a second factor they come in its
//! place, otherwise after it (*Documented*). So whoever waits for them has shown all that is asked of the user.
//!
//! A key that leads to no device is refused once the user has shown who they are (*Observed* in Amplify, which then
//! tries again without): the session stays good for that. *Chosen*: a device that is not remembered is neither asked for
//! anything nor believed anything.

use super::{Next, Outcome, Step, admission, finish, password_verifier};
use crate::{
    Change, Refusal, Verdict,
    sign_in::{
        challenge::{Asked, Awaited},
        srp::{
            Verifier,
            exchange::{PublicValue, Values},
        },
    },
    user::{User, device::Device},
};

/// The device that somebody says they sign in on.
#[derive(Clone, Copy, Debug)]
pub struct OnDevice<'a> {
    /// Its key as sent.
    pub key: &'a str,
    /// The device, if the user has it.
    pub found: Option<&'a Device>,
}

/// Finds the device, or refuses a key that leads to none. Nothing, if none was named.
pub(super) fn check<'a>(step: &Step<'a>) -> Result<Option<&'a Device>, Refusal> {
    step.device.map(|device| device.found.ok_or(Refusal::DeviceNotFound)).transpose()
}

/// The device that the session waits for.
fn awaited<'a>(step: &Step<'a>) -> Result<&'a Device, Refusal> {
    let device = check(step)?.filter(|device| device.remembered).ok_or(Refusal::DeviceNotFound)?;
    let expected = step.presented.and_then(|presented| presented.session.device.as_deref());
    if expected == Some(device.key.as_str()) { Ok(device) } else { Err(Refusal::SessionInvalid) }
}

/// Asks a remembered device to begin an exchange.
pub(super) fn ask(step: &Step<'_>, user: &User, device: &Device, remember: Vec<Change>) -> Verdict<Outcome> {
    let asked = Asked::DeviceSrp { username: user.username.clone(), key: device.key.clone() };
    finish::challenge(step, Awaited::DeviceSrp, asked, Vec::new(), remember)
}

/// What comes next for whoever answers DEVICE_SRP_AUTH.
pub(super) fn begin<'a>(step: &Step<'a>, a: &PublicValue) -> Result<Next<'a>, Refusal> {
    admission::admit(step)?.ok_or(Refusal::SessionInvalid)?;
    Ok(Next::DeviceExchange(a.clone(), awaited(step)?))
}

/// Goes on with the challenge. `verifier` is the device's own.
pub fn answer_exchange(step: &Step<'_>, verifier: &Verifier, values: Values) -> Verdict<Outcome> {
    let (Ok(device), Some(user)) = (awaited(step), step.found.user) else {
        return Verdict::refuse(Refusal::SessionInvalid);
    };
    let asked = Asked::DevicePasswordVerifier {
        salt: *verifier.salt(),
        b: values.b.clone(),
        username: user.username.clone(),
        key: device.key.clone(),
    };
    let remember = step.leave().into_iter().collect();
    finish::challenge(step, Awaited::DevicePasswordVerifier(values), asked, Vec::new(), remember)
}

/// What comes next for whoever answers DEVICE_PASSWORD_VERIFIER: the claim is to be checked.
pub(super) fn next<'a>(
    step: &Step<'a>,
    answer: &password_verifier::Answer<'a>,
    values: &'a Values,
    handle: &'a str,
) -> Result<Next<'a>, Refusal> {
    admission::admit(step)?.ok_or(Refusal::SessionInvalid)?;
    let device = awaited(step)?;
    match password_verifier::next(step, answer, values, handle)? {
        Next::Claim(claimed) => Ok(Next::DeviceClaim(claimed, device)),
        other => Ok(other),
    }
}

/// Decides, knowing whether the claim is right.
pub fn decide(step: &Step<'_>, is_right: bool) -> Verdict<Outcome> {
    let (Ok(device), Some(user)) = (awaited(step), step.found.user) else {
        return Verdict::refuse(Refusal::SessionInvalid);
    };
    if !is_right {
        let mut verdict = step.fail(Refusal::WrongPassword);
        verdict.remember.extend(step.leave());
        return verdict;
    }
    let mut remember: Vec<Change> = step.leave().into_iter().collect();
    let device = Device { authenticated_at: step.now, ..device.clone() };
    remember.push(Change::PutDevice(Box::new(device)));
    finish::grant(step, user.clone(), remember)
}
