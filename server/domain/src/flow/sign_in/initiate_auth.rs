//! InitiateAuth and AdminInitiateAuth: the AuthFlow and its parameters.
//!
//! Order: the operation supports the flow, the app client may use it, the parameters are present, the secret hash is
//! right; then the user is loaded. USERNAME before PASSWORD is *Observed* (cog-0160); the rest of the order is *Chosen*.

use super::{
    NextAction, Step, admission,
    custom_auth::{self, CustomAuthState},
    select_challenge,
};
use crate::{
    Refusal,
    client::{AuthFlow, Client},
    flow::AppClientCaller,
    secret::Secret,
    sign_in::{challenge::ChallengeName, parameter::Parameters, srp::exchange::PublicValue},
};

/// A value of AuthFlow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants are spelt like the API's values and mean the same")]
pub enum InitiateAuthFlow {
    AdminNoSrpAuth,
    AdminUserPasswordAuth,
    CustomAuth,
    RefreshToken,
    RefreshTokenAuth,
    UserAuth,
    UserPasswordAuth,
    UserSrpAuth,
}

impl InitiateAuthFlow {
    /// Returns the value of the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            InitiateAuthFlow::AdminNoSrpAuth => "ADMIN_NO_SRP_AUTH",
            InitiateAuthFlow::AdminUserPasswordAuth => "ADMIN_USER_PASSWORD_AUTH",
            InitiateAuthFlow::CustomAuth => "CUSTOM_AUTH",
            InitiateAuthFlow::RefreshToken => "REFRESH_TOKEN",
            InitiateAuthFlow::RefreshTokenAuth => "REFRESH_TOKEN_AUTH",
            InitiateAuthFlow::UserAuth => "USER_AUTH",
            InitiateAuthFlow::UserPasswordAuth => "USER_PASSWORD_AUTH",
            InitiateAuthFlow::UserSrpAuth => "USER_SRP_AUTH",
        }
    }

    /// Refuses a flow that the operation does not support (cog-0385, cog-0386) or the app client may not use.
    fn check(self, is_admin: bool, client: &Client) -> Result<(), Refusal> {
        let is_for_admins_only =
            matches!(self, InitiateAuthFlow::AdminNoSrpAuth | InitiateAuthFlow::AdminUserPasswordAuth);
        let is_for_users_only = matches!(self, InitiateAuthFlow::UserPasswordAuth);
        if is_admin && is_for_users_only || !is_admin && is_for_admins_only {
            return Err(Refusal::FlowNotSupported);
        }
        if self.is_enabled(client) { Ok(()) } else { Err(Refusal::FlowNotEnabled(self)) }
    }

    /// Returns whether the app client may use the flow.
    ///
    /// *Chosen*, for ExplicitAuthFlows without `ALLOW_`: they add to SRP, custom authentication and refresh tokens,
    /// which such an app client may always use, except that `CUSTOM_AUTH_FLOW_ONLY` excludes SRP. An app client without
    /// any value is treated in the same way.
    fn is_enabled(self, client: &Client) -> bool {
        let has = |flow| client.auth_flows.contains(&flow);
        let is_legacy = client.auth_flows.iter().all(|flow| flow.is_legacy());
        match self {
            InitiateAuthFlow::AdminNoSrpAuth | InitiateAuthFlow::AdminUserPasswordAuth => {
                has(AuthFlow::AllowAdminUserPasswordAuth) || has(AuthFlow::AdminNoSrpAuth)
            }
            InitiateAuthFlow::CustomAuth => has(AuthFlow::AllowCustomAuth) || is_legacy,
            InitiateAuthFlow::RefreshToken | InitiateAuthFlow::RefreshTokenAuth => client.has_refresh_flow(),
            InitiateAuthFlow::UserAuth => has(AuthFlow::AllowUserAuth),
            InitiateAuthFlow::UserPasswordAuth => {
                has(AuthFlow::AllowUserPasswordAuth) || has(AuthFlow::UserPasswordAuth)
            }
            InitiateAuthFlow::UserSrpAuth => {
                has(AuthFlow::AllowUserSrpAuth) || is_legacy && !has(AuthFlow::CustomAuthFlowOnly)
            }
        }
    }
}

/// The parameters of InitiateAuth.
#[derive(Clone)]
pub enum InitiateAuthRequest<'a> {
    /// A user starts to sign in.
    SignIn(SignInStart<'a>),
    /// REFRESH_TOKEN, by which tokens are renewed.
    Refresh(&'a str),
}

crate::secret::debug_hidden!(InitiateAuthRequest);

/// The start of a sign-in.
#[derive(Clone)]
pub struct SignInStart<'a> {
    /// USERNAME as typed.
    pub username: &'a str,
    /// The Session of ConfirmSignUp, if one was sent with USER_AUTH.
    pub session: Option<&'a str>,
    /// The method.
    pub method: SignInMethod<'a>,
}

crate::secret::debug_hidden!(SignInStart);

/// The method by which a user signs in.
#[derive(Clone, Debug)]
pub enum SignInMethod<'a> {
    /// The password in clear.
    Password(&'a Secret),
    /// An SRP exchange with this client value.
    Srp(PublicValue),
    /// USER_AUTH.
    Choice(ChallengePreference<'a>),
    /// CUSTOM_AUTH; with a client value, it starts with the password by SRP.
    Custom(Option<PublicValue>),
}

impl<'a> SignInMethod<'a> {
    /// Returns the password in clear, if the sign-in starts with one.
    ///
    /// *Chosen*: UserMigration is invoked for an unknown user only in that case, and not when a password answers a
    /// challenge.
    pub fn password(&self) -> Option<&'a Secret> {
        match self {
            SignInMethod::Password(password) => Some(password),
            SignInMethod::Choice(preference) => {
                preference.password.filter(|_| preference.preferred == Some(ChallengeName::Password))
            }
            SignInMethod::Srp(_) | SignInMethod::Custom(_) => None,
        }
    }
}

/// The challenge that the user prefers in USER_AUTH, or selects in SELECT_CHALLENGE.
#[derive(Clone, Debug, Default)]
pub struct ChallengePreference<'a> {
    /// PREFERRED_CHALLENGE, or the ANSWER to SELECT_CHALLENGE; `None` for an unknown name.
    pub preferred: Option<ChallengeName>,
    /// PASSWORD, if it was sent.
    pub password: Option<&'a Secret>,
    /// SRP_A, if it was sent.
    pub a: Option<PublicValue>,
}

/// Reads the parameters of the request.
///
/// # Errors
///
/// Refuses a flow that is not available, a missing parameter, and a wrong secret hash.
pub fn read<'a>(
    caller: &AppClientCaller<'_>,
    is_admin: bool,
    flow: InitiateAuthFlow,
    session: Option<&'a str>,
    parameters: &'a Parameters,
) -> Result<InitiateAuthRequest<'a>, Refusal> {
    flow.check(is_admin, caller.client)?;
    if let InitiateAuthFlow::RefreshToken | InitiateAuthFlow::RefreshTokenAuth = flow {
        return Ok(InitiateAuthRequest::Refresh(parameters.get("REFRESH_TOKEN")?));
    }
    let username = parameters.get("USERNAME")?;
    let method = match flow {
        InitiateAuthFlow::UserSrpAuth => {
            SignInMethod::Srp(public_value(parameters)?.ok_or(Refusal::ParameterMissing("SRP_A"))?)
        }
        InitiateAuthFlow::UserAuth => {
            let preference = read_preference(parameters, "PREFERRED_CHALLENGE")?;
            if preference.preferred == Some(ChallengeName::PasswordSrp) && preference.a.is_none() {
                // *Documented*, cog-0180.
                return Err(Refusal::ParameterMissing("SRP_A"));
            }
            SignInMethod::Choice(preference)
        }
        InitiateAuthFlow::CustomAuth => SignInMethod::Custom(custom_auth::read(parameters)?),
        _ => SignInMethod::Password(parameters.get_secret("PASSWORD")?),
    };
    caller.check_secret(username)?;
    let session = session.filter(|_| flow == InitiateAuthFlow::UserAuth);
    Ok(InitiateAuthRequest::SignIn(SignInStart { username, session, method }))
}

/// Reads the form of a sign-in page: with USER_AUTH the username, and with any other flow the password too. `session` is
/// that of a sign-up that was confirmed on the pages.
///
/// *Chosen*: a page needs no flow in ExplicitAuthFlows, which is about operations, and no secret hash: the app client
/// proves its secret when it exchanges the code.
///
/// # Errors
///
/// Refuses a missing username or password.
pub fn read_page<'a>(
    flow: InitiateAuthFlow,
    session: Option<&'a str>,
    parameters: &'a Parameters,
) -> Result<InitiateAuthRequest<'a>, Refusal> {
    let username = parameters.get("USERNAME")?;
    let method = match flow {
        InitiateAuthFlow::UserAuth => SignInMethod::Choice(ChallengePreference::default()),
        _ => SignInMethod::Password(parameters.get_secret("PASSWORD")?),
    };
    let session = session.filter(|_| flow == InitiateAuthFlow::UserAuth);
    Ok(InitiateAuthRequest::SignIn(SignInStart { username, session, method }))
}

/// Reads a preference. `name` is the parameter that names the challenge.
pub(super) fn read_preference<'a>(
    parameters: &'a Parameters,
    name: &str,
) -> Result<ChallengePreference<'a>, Refusal> {
    Ok(ChallengePreference {
        preferred: parameters.find(name).and_then(ChallengeName::parse),
        password: parameters.find_secret("PASSWORD"),
        a: public_value(parameters)?,
    })
}

/// Returns SRP_A, if it was sent. How the service answers a value that is no number is unknown; *Chosen*: the parameter
/// is refused as invalid.
pub(super) fn public_value(parameters: &Parameters) -> Result<Option<PublicValue>, Refusal> {
    let Some(text) = parameters.find("SRP_A") else { return Ok(None) };
    PublicValue::from_hex(text).map(Some).ok_or(Refusal::ParameterInvalid("SRP_A"))
}

/// Returns the next action at the start of a sign-in.
///
/// # Errors
///
/// Refuses a user who may not sign in (see [`admission`]), and an invalid session.
pub fn next_action<'a>(step: &Step<'_>, sign_in: &'a SignInStart<'a>) -> Result<NextAction<'a>, Refusal> {
    let user = admission::admit(step)?;
    Ok(match &sign_in.method {
        SignInMethod::Password(password) => NextAction::ComparePassword(password),
        SignInMethod::Srp(a) => NextAction::BeginSrp(a.clone()),
        SignInMethod::Choice(_) if sign_in.session.is_some() => select_challenge::after_sign_up(step, user)?,
        SignInMethod::Choice(preference) => select_challenge::choose(step, user, preference)?,
        SignInMethod::Custom(a) => NextAction::RunCustomAuth(CustomAuthState::Started(a.clone())),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::flow::sign_in::setup::SignInSetup;

    const ALL: [InitiateAuthFlow; 8] = [
        InitiateAuthFlow::AdminNoSrpAuth,
        InitiateAuthFlow::AdminUserPasswordAuth,
        InitiateAuthFlow::CustomAuth,
        InitiateAuthFlow::RefreshToken,
        InitiateAuthFlow::RefreshTokenAuth,
        InitiateAuthFlow::UserAuth,
        InitiateAuthFlow::UserPasswordAuth,
        InitiateAuthFlow::UserSrpAuth,
    ];

    #[test]
    fn flows_of_client_are_those_of_its_explicit_auth_flows() {
        use AuthFlow as A;
        use InitiateAuthFlow::{
            AdminNoSrpAuth, AdminUserPasswordAuth, CustomAuth, RefreshToken, RefreshTokenAuth, UserAuth,
            UserPasswordAuth, UserSrpAuth,
        };
        let cases: [(&[A], &[InitiateAuthFlow]); 9] = [
            (&[A::AllowUserPasswordAuth], &[UserPasswordAuth]),
            (&[A::AllowUserSrpAuth], &[UserSrpAuth]),
            (&[A::AllowUserAuth], &[UserAuth]),
            (&[A::AllowAdminUserPasswordAuth], &[AdminNoSrpAuth, AdminUserPasswordAuth]),
            (&[A::AllowRefreshTokenAuth, A::AllowCustomAuth], &[CustomAuth, RefreshToken, RefreshTokenAuth]),
            (&[], &[CustomAuth, RefreshToken, RefreshTokenAuth, UserSrpAuth]),
            (
                &[A::UserPasswordAuth],
                &[CustomAuth, RefreshToken, RefreshTokenAuth, UserPasswordAuth, UserSrpAuth],
            ),
            (
                &[A::AdminNoSrpAuth],
                &[
                    AdminNoSrpAuth,
                    AdminUserPasswordAuth,
                    CustomAuth,
                    RefreshToken,
                    RefreshTokenAuth,
                    UserSrpAuth,
                ],
            ),
            (&[A::CustomAuthFlowOnly], &[CustomAuth, RefreshToken, RefreshTokenAuth]),
        ];
        for (allowed, expected) in cases {
            let mut setup = SignInSetup::new();
            setup.client.auth_flows = allowed.iter().copied().collect();
            let enabled: Vec<_> = ALL.into_iter().filter(|flow| flow.is_enabled(&setup.client)).collect();
            assert_eq!(enabled, expected, "{allowed:?}");
        }
    }

    fn refused(is_admin: bool, flow: InitiateAuthFlow, parameters: &[(&str, &str)]) -> Option<Refusal> {
        let mut setup = SignInSetup::new();
        setup.client.auth_flows = BTreeSet::from([
            AuthFlow::AllowUserAuth,
            AuthFlow::AllowUserPasswordAuth,
            AuthFlow::AllowUserSrpAuth,
            AuthFlow::AllowRefreshTokenAuth,
            AuthFlow::AllowAdminUserPasswordAuth,
        ]);
        read(&setup.caller(), is_admin, flow, None, &parameters.iter().copied().collect()).err()
    }

    /// cog-0160, cog-0161, cog-0172, cog-0180, cog-0216, cog-0223, cog-0384, cog-0385, cog-0386.
    #[test]
    fn read_without_required_parameter_is_refused() {
        use InitiateAuthFlow::{
            AdminNoSrpAuth, AdminUserPasswordAuth, CustomAuth, RefreshToken, UserAuth, UserPasswordAuth,
            UserSrpAuth,
        };
        use Refusal::{FlowNotEnabled, FlowNotSupported, ParameterInvalid, ParameterMissing};
        let (ann, password, a) = (("USERNAME", "ann"), ("PASSWORD", "x"), ("SRP_A", "abc"));
        let preference = |preference| ("PREFERRED_CHALLENGE", preference);
        type Case<'a> = (InitiateAuthFlow, &'a [(&'a str, &'a str)], Option<Refusal>);
        let users: [Case<'_>; 18] = [
            (UserPasswordAuth, &[ann, password], None),
            (UserPasswordAuth, &[], Some(ParameterMissing("USERNAME"))),
            (UserPasswordAuth, &[("USERNAME", ""), ("PASSWORD", "")], Some(ParameterMissing("USERNAME"))),
            (UserPasswordAuth, &[password], Some(ParameterMissing("USERNAME"))),
            (UserPasswordAuth, &[ann, ("PASSWORD", "")], Some(ParameterMissing("PASSWORD"))),
            (UserSrpAuth, &[ann, a], None),
            (UserSrpAuth, &[a], Some(ParameterMissing("USERNAME"))),
            (UserSrpAuth, &[ann], Some(ParameterMissing("SRP_A"))),
            (UserSrpAuth, &[ann, ("SRP_A", "0")], Some(ParameterInvalid("SRP_A"))),
            (UserAuth, &[ann], None),
            (UserAuth, &[ann, preference("PASSWORD_SRP")], Some(ParameterMissing("SRP_A"))),
            (UserAuth, &[ann, preference("EMAIL_OTP")], None),
            (UserAuth, &[ann, preference("nonsense")], None),
            (RefreshToken, &[], Some(ParameterMissing("REFRESH_TOKEN"))),
            (RefreshToken, &[("REFRESH_TOKEN", "x")], None),
            (CustomAuth, &[ann], Some(FlowNotEnabled(CustomAuth))),
            (AdminNoSrpAuth, &[ann, password], Some(FlowNotSupported)),
            (AdminUserPasswordAuth, &[ann, password], Some(FlowNotSupported)),
        ];
        for (flow, parameters, expected) in users {
            assert_eq!(refused(false, flow, parameters), expected, "{flow:?} {parameters:?}");
        }
        let admins: [Case<'_>; 5] = [
            (AdminUserPasswordAuth, &[ann, password], None),
            (AdminNoSrpAuth, &[ann, password], None),
            (AdminNoSrpAuth, &[ann], Some(ParameterMissing("PASSWORD"))),
            (UserSrpAuth, &[ann, a], None),
            (UserPasswordAuth, &[ann, password], Some(FlowNotSupported)),
        ];
        for (flow, parameters, expected) in admins {
            assert_eq!(refused(true, flow, parameters), expected, "{flow:?} {parameters:?}");
        }
    }

    /// cog-0154, cog-0156, cog-0241.
    #[test]
    fn read_with_missing_or_wrong_secret_hash_is_refused() {
        let mut setup = SignInSetup::new();
        setup.secrets = vec![Secret::new("secret")];
        setup.client.auth_flows = BTreeSet::from([AuthFlow::AllowUserPasswordAuth]);
        let parameters = Parameters::from_iter([("USERNAME", "ann"), ("PASSWORD", "x")]);
        let read = |setup: &SignInSetup| {
            read(&setup.caller(), false, InitiateAuthFlow::UserPasswordAuth, None, &parameters).err()
        };
        assert_eq!(read(&setup), Some(Refusal::SecretHashMissing(setup.client.id.clone())));
        setup.secret_hash = Some("nonsense".into());
        assert_eq!(read(&setup), Some(Refusal::SecretHashWrong(setup.client.id.clone())));
        let right = crate::client::secret_hash::secret_hash(&setup.client.id, &setup.secrets[0], "ann");
        setup.secret_hash = Some(right);
        assert_eq!(read(&setup), None);
    }
}
