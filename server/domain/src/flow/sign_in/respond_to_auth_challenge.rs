//! RespondToAuthChallenge and AdminRespondToAuthChallenge: the challenge and its answer.
//!
//! Order (*Chosen*): the parameters are present, the secret hash is right, the session is of this user and waits for
//! this challenge; then the module of the challenge decides.

use super::{
    NameHolders, NextAction, PendingChallenge, Step, admission,
    challenge_retry::{self, ChallengeRetry},
    custom_auth::CustomAuthState,
    device_srp,
    initiate_auth::{self, ChallengePreference},
    mfa_setup, new_password,
    one_time_code::{self, CodeRole},
    password_verifier, second_factor, select_challenge, web_authn,
};
use crate::{
    Refusal,
    attribute::contact::ContactKind,
    flow::AppClientCaller,
    pool::{
        alias::{self, NameKey},
        mfa::MfaFactor,
    },
    secret::Secret,
    sign_in::{
        challenge::{ChallengeName, SentCode, one_time_code_challenge},
        parameter::Parameters,
        session::parse_secret_block,
        srp::exchange::PublicValue,
    },
};

/// The parameters of RespondToAuthChallenge.
#[derive(Clone)]
pub struct AuthChallengeResponse<'a> {
    /// USERNAME as typed.
    pub username: &'a str,
    /// The handle of the session: the Session, or the one in the secret block.
    pub handle: Option<String>,
    /// The answer.
    pub answer: ChallengeAnswer<'a>,
}

crate::secret::debug_hidden!(AuthChallengeResponse);

/// The answer to a challenge.
#[derive(Clone)]
pub enum ChallengeAnswer<'a> {
    /// To SELECT_CHALLENGE.
    Select(ChallengePreference<'a>),
    /// To PASSWORD.
    Password(&'a Secret),
    /// To PASSWORD_SRP.
    PasswordSrp(PublicValue),
    /// To PASSWORD_VERIFIER.
    PasswordVerifier(password_verifier::PasswordVerifierAnswer<'a>),
    /// To CUSTOM_CHALLENGE.
    Custom(&'a str),
    /// To NEW_PASSWORD_REQUIRED.
    NewPassword(new_password::NewPasswordAnswer<'a>),
    /// To EMAIL_OTP or SMS_OTP.
    OneTimeCode(ContactKind, &'a str),
    /// To DEVICE_SRP_AUTH.
    DeviceSrp(PublicValue),
    /// To DEVICE_PASSWORD_VERIFIER.
    DevicePasswordVerifier(password_verifier::PasswordVerifierAnswer<'a>),
    /// To SMS_MFA.
    SmsMfa(&'a str),
    /// To SOFTWARE_TOKEN_MFA.
    SoftwareToken(&'a str),
    /// To SELECT_MFA_TYPE.
    SelectMfa(MfaFactor),
    /// To MFA_SETUP: the e-mail address to set up, if one was sent.
    MfaSetup(Option<&'a str>),
    /// To WEB_AUTHN.
    Passkey(&'a str),
    /// To a challenge whose code the user does not have, on a page.
    Retry(ChallengeRetry),
}

crate::secret::debug_hidden!(ChallengeAnswer);

/// Reads the parameters of the request.
///
/// # Errors
///
/// Refuses a missing or malformed parameter, a wrong secret hash, and a Session that contradicts the secret block.
pub fn read<'a>(
    caller: &AppClientCaller<'_>,
    name: ChallengeName,
    session: Option<&str>,
    parameters: &'a Parameters,
) -> Result<AuthChallengeResponse<'a>, Refusal> {
    let username = parameters.get("USERNAME")?;
    let answer = match name {
        ChallengeName::SelectChallenge => {
            parameters.get("ANSWER")?;
            ChallengeAnswer::Select(initiate_auth::read_preference(parameters, "ANSWER")?)
        }
        ChallengeName::Password => ChallengeAnswer::Password(parameters.get_secret("PASSWORD")?),
        ChallengeName::PasswordSrp => ChallengeAnswer::PasswordSrp(
            initiate_auth::public_value(parameters)?.ok_or(Refusal::ParameterMissing("SRP_A"))?,
        ),
        ChallengeName::PasswordVerifier => {
            ChallengeAnswer::PasswordVerifier(password_verifier::read(parameters)?)
        }
        ChallengeName::CustomChallenge => ChallengeAnswer::Custom(parameters.get("ANSWER")?),
        ChallengeName::NewPasswordRequired => ChallengeAnswer::NewPassword(new_password::read(parameters)?),
        ChallengeName::EmailOtp => ChallengeAnswer::OneTimeCode(
            ContactKind::Email,
            one_time_code::read(parameters, ContactKind::Email)?,
        ),
        ChallengeName::SmsOtp => ChallengeAnswer::OneTimeCode(
            ContactKind::PhoneNumber,
            one_time_code::read(parameters, ContactKind::PhoneNumber)?,
        ),
        ChallengeName::DeviceSrpAuth => {
            parameters.get("DEVICE_KEY")?;
            ChallengeAnswer::DeviceSrp(
                initiate_auth::public_value(parameters)?.ok_or(Refusal::ParameterMissing("SRP_A"))?,
            )
        }
        ChallengeName::DevicePasswordVerifier => {
            parameters.get("DEVICE_KEY")?;
            ChallengeAnswer::DevicePasswordVerifier(password_verifier::read(parameters)?)
        }
        ChallengeName::SmsMfa => ChallengeAnswer::SmsMfa(parameters.get("SMS_MFA_CODE")?),
        ChallengeName::SoftwareTokenMfa => {
            ChallengeAnswer::SoftwareToken(parameters.get("SOFTWARE_TOKEN_MFA_CODE")?)
        }
        ChallengeName::SelectMfaType => ChallengeAnswer::SelectMfa(
            MfaFactor::parse(parameters.get("ANSWER")?).ok_or(Refusal::ParameterInvalid("ANSWER"))?,
        ),
        ChallengeName::MfaSetup => ChallengeAnswer::MfaSetup(parameters.find("EMAIL")),
        ChallengeName::WebAuthn => ChallengeAnswer::Passkey(parameters.get("CREDENTIAL")?),
        // This server sends no other challenge.
        _ => return Err(Refusal::SessionInvalid),
    };
    caller.check_secret(username)?;
    let handle = match (&answer, session) {
        // The Session of an SRP exchange need not be sent: the secret block contains its handle. An invalid block is
        // refused like a wrong password (*Observed* in a comparison of 2026).
        (
            ChallengeAnswer::PasswordVerifier(answer) | ChallengeAnswer::DevicePasswordVerifier(answer),
            sent,
        ) => {
            let handle = parse_secret_block(answer.secret_block()).ok_or(Refusal::WrongPassword)?;
            if sent.is_some_and(|sent| sent != handle) {
                return Err(Refusal::SessionInvalid);
            }
            Some(handle)
        }
        // SRP clients of older SDKs send no Session here. Without one the session is not found.
        (ChallengeAnswer::DeviceSrp(_), sent) => sent.map(str::to_owned),
        // *Observed* (api-0323) for SMS_MFA, SOFTWARE_TOKEN_MFA, MFA_SETUP and NEW_PASSWORD_REQUIRED.
        (_, sent) => Some(sent.ok_or(Refusal::ParameterMissing("Session"))?.to_owned()),
    };
    Ok(AuthChallengeResponse { username, handle, answer })
}

/// Reads the parameters of a page on which the user asks for something in place of the answer.
///
/// # Errors
///
/// Refuses a missing parameter and a wrong secret hash.
pub fn read_retry<'a>(
    caller: &AppClientCaller<'_>,
    retry: ChallengeRetry,
    session: Option<&str>,
    parameters: &'a Parameters,
) -> Result<AuthChallengeResponse<'a>, Refusal> {
    let username = parameters.get("USERNAME")?;
    caller.check_secret(username)?;
    let handle = session.map(str::to_owned);
    Ok(AuthChallengeResponse { username, handle, answer: ChallengeAnswer::Retry(retry) })
}

/// Returns the names that the step may assign to the user. The server loads the current holder of each name, and
/// commits only if none of them has changed.
pub fn names_to_reserve(step: &Step<'_>, answer: &ChallengeAnswer<'_>) -> Vec<NameKey> {
    match (answer, step.check_session()) {
        (ChallengeAnswer::OneTimeCode(..) | ChallengeAnswer::SmsMfa(_), Ok(pending)) => {
            match expected_code(pending) {
                Some((sent, role)) => one_time_code::names_to_reserve(step, sent, role),
                None => Vec::new(),
            }
        }
        (ChallengeAnswer::NewPassword(_), Ok(PendingChallenge::NewPassword(_))) => {
            match (step.found.user, next_action(step, answer, None, &NameHolders::new())) {
                (Some(user), Ok(NextAction::DerivePassword(new))) => {
                    let gained = new_password::names_gained(step.caller.pool, user, &new.user.attributes);
                    alias::with_namesakes(step.caller.pool, gained)
                }
                _ => Vec::new(),
            }
        }
        _ => Vec::new(),
    }
}

/// Returns the next action for an answer. `handle` is the handle of the session; `holders` are the users who hold any
/// of [`names_to_reserve`].
pub fn next_action<'a>(
    step: &Step<'a>,
    answer: &ChallengeAnswer<'a>,
    handle: Option<&'a str>,
    holders: &NameHolders,
) -> Result<NextAction<'a>, Refusal> {
    if let (ChallengeAnswer::PasswordVerifier(_), None) = (answer, step.presented) {
        return Err(Refusal::WrongPassword);
    }
    match (answer, step.check_session()?) {
        (ChallengeAnswer::Select(preference), PendingChallenge::Select) => {
            select_challenge::answer(step, preference)
        }
        (ChallengeAnswer::Password(password), PendingChallenge::Password) => {
            Ok(NextAction::ComparePassword(password))
        }
        (ChallengeAnswer::PasswordSrp(a), PendingChallenge::PasswordSrp) => {
            Ok(NextAction::BeginSrp(a.clone()))
        }
        (ChallengeAnswer::PasswordVerifier(answer), PendingChallenge::PasswordVerifier(values)) => {
            password_verifier::next_action(step, answer, values, handle.unwrap_or_default())
        }
        // The functions are not invoked for a user who may not sign in: their effects could reveal a right answer.
        (ChallengeAnswer::PasswordVerifier(answer), PendingChallenge::CustomPasswordVerifier(values)) => {
            admission::admit(step)?;
            password_verifier::next_action(step, answer, values, handle.unwrap_or_default())
        }
        (ChallengeAnswer::Custom(answer), PendingChallenge::Custom(challenge)) => {
            admission::admit(step)?;
            Ok(NextAction::RunCustomAuth(CustomAuthState::Answered(challenge, answer)))
        }
        (ChallengeAnswer::DeviceSrp(a), PendingChallenge::DeviceSrp) => device_srp::begin_exchange(step, a),
        (
            ChallengeAnswer::DevicePasswordVerifier(answer),
            PendingChallenge::DevicePasswordVerifier(values),
        ) => device_srp::next_action(step, answer, values, handle.unwrap_or_default()),
        (ChallengeAnswer::NewPassword(answer), PendingChallenge::NewPassword(until)) => {
            new_password::next_action(step, answer, *until)
        }
        (ChallengeAnswer::OneTimeCode(kind, code), pending)
            if pending.name() == one_time_code_challenge(*kind) =>
        {
            answer_code(step, pending, code, holders)
        }
        (ChallengeAnswer::SmsMfa(code), pending) if pending.name() == ChallengeName::SmsMfa => {
            answer_code(step, pending, code, holders)
        }
        (ChallengeAnswer::SoftwareToken(code), PendingChallenge::SoftwareToken) => {
            second_factor::open(step, code)
        }
        (ChallengeAnswer::SelectMfa(factor), PendingChallenge::SelectMfa) => {
            second_factor::select(step, *factor)
        }
        (ChallengeAnswer::MfaSetup(email), PendingChallenge::MfaSetup(enrolment)) => {
            mfa_setup::answer(step, enrolment, *email)
        }
        (ChallengeAnswer::Passkey(credential), PendingChallenge::Passkey(challenge)) => {
            web_authn::next_action(step, challenge, credential)
        }
        (ChallengeAnswer::Retry(asked), pending) => challenge_retry::next_action(step, *asked, pending),
        _ => Err(Refusal::SessionInvalid),
    }
}

/// Returns the code that a session waits for, and its role, or `None` if it waits for no code.
fn expected_code(pending: &PendingChallenge) -> Option<(&SentCode, CodeRole)> {
    match pending {
        PendingChallenge::OneTimeCode(sent) => Some((sent, CodeRole::FirstFactor)),
        PendingChallenge::MfaCode(sent) => Some((sent, CodeRole::SecondFactor)),
        PendingChallenge::NewContactCode(sent) => Some((sent, CodeRole::NewContact)),
        _ => None,
    }
}

fn answer_code<'a>(
    step: &Step<'a>,
    pending: &PendingChallenge,
    code: &str,
    holders: &NameHolders,
) -> Result<NextAction<'a>, Refusal> {
    let (sent, role) = expected_code(pending).ok_or(Refusal::SessionInvalid)?;
    one_time_code::next_action(step, sent, role, code, holders)
}

#[cfg(test)]
#[path = "respond_to_auth_challenge_tests.rs"]
mod tests;
