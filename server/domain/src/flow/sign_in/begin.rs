//! InitiateAuth and AdminInitiateAuth: which flow, with which parameters.
//!
//! Order: the flow is one of the operation's, the app client may use it, its parameters are there, the secret hash is
//! right; then the store is read. USERNAME before PASSWORD is *Observed* (cog-0160); the rest of the order is *Chosen*.

use super::{
    Next, Step, admission, choice,
    custom::{self, Standing},
};
use crate::{
    Refusal,
    client::{AuthFlow, Client},
    flow::Caller,
    secret::Secret,
    sign_in::{challenge::ChallengeName, parameter::Parameters, srp::exchange::PublicValue},
};

/// A value of AuthFlow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants are spelt like the API's values and mean the same")]
pub enum Flow {
    AdminNoSrpAuth,
    AdminUserPasswordAuth,
    CustomAuth,
    RefreshToken,
    RefreshTokenAuth,
    UserAuth,
    UserPasswordAuth,
    UserSrpAuth,
}

impl Flow {
    /// As the API spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Flow::AdminNoSrpAuth => "ADMIN_NO_SRP_AUTH",
            Flow::AdminUserPasswordAuth => "ADMIN_USER_PASSWORD_AUTH",
            Flow::CustomAuth => "CUSTOM_AUTH",
            Flow::RefreshToken => "REFRESH_TOKEN",
            Flow::RefreshTokenAuth => "REFRESH_TOKEN_AUTH",
            Flow::UserAuth => "USER_AUTH",
            Flow::UserPasswordAuth => "USER_PASSWORD_AUTH",
            Flow::UserSrpAuth => "USER_SRP_AUTH",
        }
    }

    /// Refuses a flow of the other operation (cog-0385, cog-0386), or one that the app client may not use.
    fn check(self, is_admin: bool, client: &Client) -> Result<(), Refusal> {
        let is_for_admins = matches!(self, Flow::AdminNoSrpAuth | Flow::AdminUserPasswordAuth);
        let is_for_users = matches!(self, Flow::UserPasswordAuth);
        if is_admin && is_for_users || !is_admin && is_for_admins {
            return Err(Refusal::FlowNotSupported);
        }
        if self.is_enabled(client) { Ok(()) } else { Err(Refusal::FlowNotEnabled(self)) }
    }

    /// Whether the app client may use it.
    ///
    /// *Chosen*, of the names from before `ALLOW_`: they add to SRP and renewing, which every client had then, unless
    /// it was for custom authentication only. A client without any name is one of those, too.
    fn is_enabled(self, client: &Client) -> bool {
        let has = |flow| client.auth_flows.contains(&flow);
        let is_legacy = client.auth_flows.iter().all(|flow| flow.is_legacy());
        match self {
            Flow::AdminNoSrpAuth | Flow::AdminUserPasswordAuth => {
                has(AuthFlow::AllowAdminUserPasswordAuth) || has(AuthFlow::AdminNoSrpAuth)
            }
            Flow::CustomAuth => has(AuthFlow::AllowCustomAuth) || is_legacy,
            Flow::RefreshToken | Flow::RefreshTokenAuth => has(AuthFlow::AllowRefreshTokenAuth) || is_legacy,
            Flow::UserAuth => has(AuthFlow::AllowUserAuth),
            Flow::UserPasswordAuth => has(AuthFlow::AllowUserPasswordAuth) || has(AuthFlow::UserPasswordAuth),
            Flow::UserSrpAuth => {
                has(AuthFlow::AllowUserSrpAuth) || is_legacy && !has(AuthFlow::CustomAuthFlowOnly)
            }
        }
    }
}

/// A sign-in that begins, its parameters read.
#[derive(Clone)]
pub enum Begin<'a> {
    /// Of a user.
    SignIn(SignIn<'a>),
    /// By a refresh token, which says whose it is.
    Refresh(&'a str),
}

crate::secret::debug_hidden!(Begin);

/// A user who begins to sign in.
#[derive(Clone)]
pub struct SignIn<'a> {
    /// USERNAME as typed.
    pub username: &'a str,
    /// The Session of ConfirmSignUp, if one came where it may.
    pub session: Option<&'a str>,
    /// By what.
    pub by: By<'a>,
}

crate::secret::debug_hidden!(SignIn);

/// By what somebody signs in.
#[derive(Clone, Debug)]
pub enum By<'a> {
    /// The password in clear.
    Password(&'a Secret),
    /// An exchange.
    Srp(PublicValue),
    /// USER_AUTH.
    Choice(Wish<'a>),
    /// CUSTOM_AUTH, with the password first if there is a value.
    Custom(Option<PublicValue>),
}

impl<'a> By<'a> {
    /// The password in clear, where the sign-in begins with one. *Chosen*: a function that knows users of another
    /// directory is asked about somebody unknown only then, and not when a password answers a challenge.
    pub fn password(&self) -> Option<&'a Secret> {
        match self {
            By::Password(password) => Some(password),
            By::Choice(wish) => wish.password.filter(|_| wish.preferred == Some(ChallengeName::Password)),
            By::Srp(_) | By::Custom(_) => None,
        }
    }
}

/// What somebody wishes who may choose.
#[derive(Clone, Debug, Default)]
pub struct Wish<'a> {
    /// PREFERRED_CHALLENGE, or the ANSWER to SELECT_CHALLENGE; a name that is none counts as none.
    pub preferred: Option<ChallengeName>,
    /// PASSWORD, if it came with the wish.
    pub password: Option<&'a Secret>,
    /// SRP_A, if it came with the wish.
    pub a: Option<PublicValue>,
}

/// Reads the request, or refuses it whoever it is about.
pub fn read<'a>(
    caller: &Caller<'_>,
    is_admin: bool,
    flow: Flow,
    session: Option<&'a str>,
    parameters: &'a Parameters,
) -> Result<Begin<'a>, Refusal> {
    flow.check(is_admin, caller.client)?;
    if let Flow::RefreshToken | Flow::RefreshTokenAuth = flow {
        return Ok(Begin::Refresh(parameters.get("REFRESH_TOKEN")?));
    }
    let username = parameters.get("USERNAME")?;
    let by = match flow {
        Flow::UserSrpAuth => By::Srp(public_value(parameters)?.ok_or(Refusal::ParameterMissing("SRP_A"))?),
        Flow::UserAuth => {
            let wish = wish(parameters, "PREFERRED_CHALLENGE")?;
            if wish.preferred == Some(ChallengeName::PasswordSrp) && wish.a.is_none() {
                // *Documented*, cog-0180.
                return Err(Refusal::ParameterMissing("SRP_A"));
            }
            By::Choice(wish)
        }
        Flow::CustomAuth => By::Custom(custom::read(parameters)?),
        _ => By::Password(parameters.get_secret("PASSWORD")?),
    };
    caller.check_secret(username)?;
    let session = session.filter(|_| flow == Flow::UserAuth);
    Ok(Begin::SignIn(SignIn { username, session, by }))
}

/// The wish in these parameters; `name` is what it is called there.
pub(super) fn wish<'a>(parameters: &'a Parameters, name: &str) -> Result<Wish<'a>, Refusal> {
    Ok(Wish {
        preferred: parameters.find(name).and_then(ChallengeName::parse),
        password: parameters.find_secret("PASSWORD"),
        a: public_value(parameters)?,
    })
}

/// SRP_A, if it is there. *Chosen*: what the service says to one that is no number is unknown.
pub(super) fn public_value(parameters: &Parameters) -> Result<Option<PublicValue>, Refusal> {
    let Some(text) = parameters.find("SRP_A") else { return Ok(None) };
    PublicValue::from_hex(text).map(Some).ok_or(Refusal::ParameterInvalid("SRP_A"))
}

/// What comes next for whoever begins.
pub fn next<'a>(step: &Step<'_>, sign_in: &'a SignIn<'a>) -> Result<Next<'a>, Refusal> {
    let user = admission::admit(step)?;
    Ok(match &sign_in.by {
        By::Password(password) => Next::Compare(password),
        By::Srp(a) => Next::Exchange(a.clone()),
        By::Choice(_) if sign_in.session.is_some() => choice::after_sign_up(step, user)?,
        By::Choice(wish) => choice::choose(step, user, wish)?,
        By::Custom(a) => Next::Custom(Standing::Begun(a.clone())),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::flow::sign_in::fixture::House;

    const ALL: [Flow; 8] = [
        Flow::AdminNoSrpAuth,
        Flow::AdminUserPasswordAuth,
        Flow::CustomAuth,
        Flow::RefreshToken,
        Flow::RefreshTokenAuth,
        Flow::UserAuth,
        Flow::UserPasswordAuth,
        Flow::UserSrpAuth,
    ];

    #[test]
    fn which_flows_a_client_may_use() {
        use AuthFlow as A;
        use Flow::{
            AdminNoSrpAuth, AdminUserPasswordAuth, CustomAuth, RefreshToken, RefreshTokenAuth, UserAuth,
            UserPasswordAuth, UserSrpAuth,
        };
        let cases: [(&[A], &[Flow]); 9] = [
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
            let mut house = House::new();
            house.client.auth_flows = allowed.iter().copied().collect();
            let enabled: Vec<_> = ALL.into_iter().filter(|flow| flow.is_enabled(&house.client)).collect();
            assert_eq!(enabled, expected, "{allowed:?}");
        }
    }

    fn refused(is_admin: bool, flow: Flow, parameters: &[(&str, &str)]) -> Option<Refusal> {
        let mut house = House::new();
        house.client.auth_flows = BTreeSet::from([
            AuthFlow::AllowUserAuth,
            AuthFlow::AllowUserPasswordAuth,
            AuthFlow::AllowUserSrpAuth,
            AuthFlow::AllowRefreshTokenAuth,
            AuthFlow::AllowAdminUserPasswordAuth,
        ]);
        read(&house.caller(), is_admin, flow, None, &parameters.iter().copied().collect()).err()
    }

    /// cog-0160, cog-0161, cog-0172, cog-0180, cog-0216, cog-0223, cog-0384, cog-0385, cog-0386.
    #[test]
    fn what_a_request_must_bring() {
        use Flow::{
            AdminNoSrpAuth, AdminUserPasswordAuth, CustomAuth, RefreshToken, UserAuth, UserPasswordAuth,
            UserSrpAuth,
        };
        use Refusal::{FlowNotEnabled, FlowNotSupported, ParameterInvalid, ParameterMissing};
        let (ann, password, a) = (("USERNAME", "ann"), ("PASSWORD", "x"), ("SRP_A", "abc"));
        let wish = |wish| ("PREFERRED_CHALLENGE", wish);
        type Case<'a> = (Flow, &'a [(&'a str, &'a str)], Option<Refusal>);
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
            (UserAuth, &[ann, wish("PASSWORD_SRP")], Some(ParameterMissing("SRP_A"))),
            (UserAuth, &[ann, wish("EMAIL_OTP")], None),
            (UserAuth, &[ann, wish("nonsense")], None),
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
    fn the_secret_hash_is_checked_once_the_parameters_are_there() {
        let mut house = House::new();
        house.secrets = vec![Secret::new("secret")];
        house.client.auth_flows = BTreeSet::from([AuthFlow::AllowUserPasswordAuth]);
        let parameters = Parameters::from_iter([("USERNAME", "ann"), ("PASSWORD", "x")]);
        let read =
            |house: &House| read(&house.caller(), false, Flow::UserPasswordAuth, None, &parameters).err();
        assert_eq!(read(&house), Some(Refusal::SecretHashMissing(house.client.id.clone())));
        house.secret_hash = Some("nonsense".into());
        assert_eq!(read(&house), Some(Refusal::SecretHashWrong(house.client.id.clone())));
        let right = crate::client::secret_hash::secret_hash(&house.client.id, &house.secrets[0], "ann");
        house.secret_hash = Some(right);
        assert_eq!(read(&house), None);
    }
}
