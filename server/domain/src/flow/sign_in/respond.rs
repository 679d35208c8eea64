//! RespondToAuthChallenge and AdminRespondToAuthChallenge: which challenge, with which answer.
//!
//! Order (*Chosen*): the parameters are there, the secret hash is right, the session is this user's and waits for this
//! challenge; then the file of the challenge decides.

use super::{
    Awaited, Holders, Next, Step, admission,
    begin::{self, Wish},
    choice,
    custom::Standing,
    device, mfa_setup, new_password,
    one_time_code::{self, Role},
    passkey, password_verifier, second_factor,
};
use crate::{
    Refusal,
    attribute::contact::ContactKind,
    flow::Caller,
    pool::{alias::NameKey, mfa::MfaFactor},
    secret::Secret,
    sign_in::{
        challenge::{ChallengeName, SentCode, one_time_code},
        parameter::Parameters,
        session::handle_of_secret_block,
        srp::exchange::PublicValue,
    },
};

/// An answer to a challenge, its parameters read.
#[derive(Clone)]
pub struct Response<'a> {
    /// USERNAME as typed.
    pub username: &'a str,
    /// What leads to the session: the Session, or the secret block.
    pub handle: Option<String>,
    /// The answer itself.
    pub answer: Answer<'a>,
}

crate::secret::debug_hidden!(Response);

/// The answer to each challenge.
#[derive(Clone)]
pub enum Answer<'a> {
    /// To SELECT_CHALLENGE.
    Select(Wish<'a>),
    /// To PASSWORD.
    Password(&'a Secret),
    /// To PASSWORD_SRP.
    PasswordSrp(PublicValue),
    /// To PASSWORD_VERIFIER.
    PasswordVerifier(password_verifier::Answer<'a>),
    /// To CUSTOM_CHALLENGE.
    Custom(&'a str),
    /// To NEW_PASSWORD_REQUIRED.
    NewPassword(new_password::Answer<'a>),
    /// To EMAIL_OTP or SMS_OTP.
    OneTimeCode(ContactKind, &'a str),
    /// To DEVICE_SRP_AUTH.
    DeviceSrp(PublicValue),
    /// To DEVICE_PASSWORD_VERIFIER.
    DevicePasswordVerifier(password_verifier::Answer<'a>),
    /// To SMS_MFA.
    SmsMfa(&'a str),
    /// To SOFTWARE_TOKEN_MFA.
    SoftwareToken(&'a str),
    /// To SELECT_MFA_TYPE.
    SelectMfa(MfaFactor),
    /// To MFA_SETUP: an e-mail address, where that is what is set up.
    MfaSetup(Option<&'a str>),
    /// To WEB_AUTHN.
    Passkey(&'a str),
}

crate::secret::debug_hidden!(Answer);

/// Reads the request, or refuses it whoever it is about.
pub fn read<'a>(
    caller: &Caller<'_>,
    name: ChallengeName,
    session: Option<&str>,
    parameters: &'a Parameters,
) -> Result<Response<'a>, Refusal> {
    let username = parameters.get("USERNAME")?;
    let answer = match name {
        ChallengeName::SelectChallenge => {
            parameters.get("ANSWER")?;
            Answer::Select(begin::wish(parameters, "ANSWER")?)
        }
        ChallengeName::Password => Answer::Password(parameters.get_secret("PASSWORD")?),
        ChallengeName::PasswordSrp => {
            Answer::PasswordSrp(begin::public_value(parameters)?.ok_or(Refusal::ParameterMissing("SRP_A"))?)
        }
        ChallengeName::PasswordVerifier => Answer::PasswordVerifier(password_verifier::read(parameters)?),
        ChallengeName::CustomChallenge => Answer::Custom(parameters.get("ANSWER")?),
        ChallengeName::NewPasswordRequired => Answer::NewPassword(new_password::read(parameters)?),
        ChallengeName::EmailOtp => {
            Answer::OneTimeCode(ContactKind::Email, one_time_code::read(parameters, ContactKind::Email)?)
        }
        ChallengeName::SmsOtp => Answer::OneTimeCode(
            ContactKind::PhoneNumber,
            one_time_code::read(parameters, ContactKind::PhoneNumber)?,
        ),
        ChallengeName::DeviceSrpAuth => {
            parameters.get("DEVICE_KEY")?;
            Answer::DeviceSrp(begin::public_value(parameters)?.ok_or(Refusal::ParameterMissing("SRP_A"))?)
        }
        ChallengeName::DevicePasswordVerifier => {
            parameters.get("DEVICE_KEY")?;
            Answer::DevicePasswordVerifier(password_verifier::read(parameters)?)
        }
        ChallengeName::SmsMfa => Answer::SmsMfa(parameters.get("SMS_MFA_CODE")?),
        ChallengeName::SoftwareTokenMfa => Answer::SoftwareToken(parameters.get("SOFTWARE_TOKEN_MFA_CODE")?),
        ChallengeName::SelectMfaType => Answer::SelectMfa(
            MfaFactor::parse(parameters.get("ANSWER")?).ok_or(Refusal::ParameterInvalid("ANSWER"))?,
        ),
        ChallengeName::MfaSetup => Answer::MfaSetup(parameters.find("EMAIL")),
        ChallengeName::WebAuthn => Answer::Passkey(parameters.get("CREDENTIAL")?),
        // No session of this server waits for any other.
        _ => return Err(Refusal::SessionInvalid),
    };
    caller.check_secret(username)?;
    let handle = match (&answer, session) {
        // The session of an exchange need not be sent: the secret block leads to it. A block that leads nowhere is
        // refused like a wrong password (*Observed* in a comparison of 2026).
        (Answer::PasswordVerifier(answer) | Answer::DevicePasswordVerifier(answer), sent) => {
            let handle = handle_of_secret_block(answer.secret_block()).ok_or(Refusal::WrongPassword)?;
            if sent.is_some_and(|sent| sent != handle) {
                return Err(Refusal::SessionInvalid);
            }
            Some(handle)
        }
        (_, sent) => sent.map(str::to_owned),
    };
    Ok(Response { username, handle, answer })
}

/// The names that the step may give to the user: the caller reads who holds each of them, and commits on the condition
/// that it stays so.
pub fn names_wanted(step: &Step<'_>, answer: &Answer<'_>) -> Vec<NameKey> {
    match (answer, step.check_session()) {
        (Answer::OneTimeCode(..) | Answer::SmsMfa(_), Ok(awaited)) => match code_awaited(awaited) {
            Some((sent, role)) => one_time_code::names_wanted(step, sent, role),
            None => Vec::new(),
        },
        (Answer::NewPassword(_), Ok(Awaited::NewPassword(_))) => {
            match (step.found.user, next(step, answer, None, &Holders::new())) {
                (Some(user), Ok(Next::Derive(new))) => {
                    new_password::names_gained(step.caller.pool, user, &new.user.attributes)
                }
                _ => Vec::new(),
            }
        }
        _ => Vec::new(),
    }
}

/// What comes next for whoever answers. `handle` is what led to the session; `holders` hold any of [`names_wanted`].
pub fn next<'a>(
    step: &Step<'a>,
    answer: &Answer<'a>,
    handle: Option<&'a str>,
    holders: &Holders,
) -> Result<Next<'a>, Refusal> {
    if let (Answer::PasswordVerifier(_), None) = (answer, step.presented) {
        return Err(Refusal::WrongPassword);
    }
    match (answer, step.check_session()?) {
        (Answer::Select(wish), Awaited::Select) => choice::answer(step, wish),
        (Answer::Password(password), Awaited::Password) => Ok(Next::Compare(password)),
        (Answer::PasswordSrp(a), Awaited::PasswordSrp) => Ok(Next::Exchange(a.clone())),
        (Answer::PasswordVerifier(answer), Awaited::PasswordVerifier(values)) => {
            password_verifier::next(step, answer, values, handle.unwrap_or_default())
        }
        // Functions are asked about nobody who is not admitted: that they are would tell a right answer.
        (Answer::PasswordVerifier(answer), Awaited::CustomPasswordVerifier(values)) => {
            admission::admit(step)?;
            password_verifier::next(step, answer, values, handle.unwrap_or_default())
        }
        (Answer::Custom(answer), Awaited::Custom(challenge)) => {
            admission::admit(step)?;
            Ok(Next::Custom(Standing::Answered(challenge, answer)))
        }
        (Answer::DeviceSrp(a), Awaited::DeviceSrp) => device::begin(step, a),
        (Answer::DevicePasswordVerifier(answer), Awaited::DevicePasswordVerifier(values)) => {
            device::next(step, answer, values, handle.unwrap_or_default())
        }
        (Answer::NewPassword(answer), Awaited::NewPassword(until)) => {
            new_password::next(step, answer, *until)
        }
        (Answer::OneTimeCode(kind, code), awaited) if awaited.name() == one_time_code(*kind) => {
            answer_code(step, awaited, code, holders)
        }
        (Answer::SmsMfa(code), awaited) if awaited.name() == ChallengeName::SmsMfa => {
            answer_code(step, awaited, code, holders)
        }
        (Answer::SoftwareToken(code), Awaited::SoftwareToken) => second_factor::open(step, code),
        (Answer::SelectMfa(factor), Awaited::SelectMfa) => second_factor::select(step, *factor),
        (Answer::MfaSetup(email), Awaited::MfaSetup(enrolment)) => mfa_setup::answer(step, enrolment, *email),
        (Answer::Passkey(credential), Awaited::Passkey(challenge)) => {
            passkey::next(step, challenge, credential)
        }
        _ => Err(Refusal::SessionInvalid),
    }
}

/// The code that a session waits for, if it waits for one, and what it is for.
fn code_awaited(awaited: &Awaited) -> Option<(&SentCode, Role)> {
    match awaited {
        Awaited::OneTimeCode(sent) => Some((sent, Role::FirstFactor)),
        Awaited::MfaCode(sent) => Some((sent, Role::SecondFactor)),
        Awaited::NewContactCode(sent) => Some((sent, Role::NewContact)),
        _ => None,
    }
}

fn answer_code<'a>(
    step: &Step<'a>,
    awaited: &Awaited,
    code: &str,
    holders: &Holders,
) -> Result<Next<'a>, Refusal> {
    let (sent, role) = code_awaited(awaited).ok_or(Refusal::SessionInvalid)?;
    one_time_code::next(step, sent, role, code, holders)
}

#[cfg(test)]
#[path = "respond_tests.rs"]
mod tests;
