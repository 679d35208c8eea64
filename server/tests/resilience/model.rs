//! What the rules of the domain say about two users who share an email address: a small state machine, written from the
//! documentation of the operations and without the code of the server.
//!
//! A request is judged by its result alone: a success, or the type of the error. A result that is unknown, since the
//! connection broke or the server failed, may have had its effect or not.

/// Which of the two users.
pub(crate) type Index = usize;

/// A refresh token or a session, by the number under which the workload knows it.
pub(crate) type Handle = u32;

/// A request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    SignUp(Index),
    ConfirmSignUp(Index),
    AdminConfirmSignUp(Index),
    AdminCreateUser(Index),
    AdminGetUser(Index),
    AdminDisableUser(Index),
    AdminEnableUser(Index),
    AdminDeleteUser(Index),
    ForgotPassword(Index),
    ConfirmForgotPassword(Index),
    /// A sign-in with the password.
    InitiateAuth(Index),
    /// The answer to NEW_PASSWORD_REQUIRED, with a session.
    RespondToAuthChallenge(Handle),
    /// The rotation of a refresh token.
    GetTokensFromRefreshToken(Handle),
}

/// The result of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Success,
    /// A success that issued a refresh token.
    Tokens(Handle),
    /// A success that issued a session.
    Session(Handle),
    /// The user that AdminGetUser showed.
    User(Shown),
    /// The type of an error that means that nothing happened.
    Refused(String),
    /// No answer, or one that does not tell.
    Unknown,
}

/// What AdminGetUser shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) status: String,
    pub(crate) is_enabled: bool,
    pub(crate) is_email_verified: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Status {
    Unconfirmed,
    Confirmed,
    ForceChangePassword,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct User {
    status: Status,
    is_enabled: bool,
    /// The email address is verified, so that it is an alias of this user.
    holds_alias: bool,
    has_recovery_code: bool,
    tokens: Vec<Handle>,
    sessions: Vec<Handle>,
}

/// The state of both users.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct State {
    users: [Option<User>; 2],
}

/// Refusals that say that a limit is reached. They may come at any time and change nothing.
const LIMITS: [&str; 3] =
    ["LimitExceededException", "TooManyRequestsException", "TooManyFailedAttemptsException"];

impl State {
    /// Returns the state after a request with this outcome, or `None` if the rules do not allow the outcome now.
    ///
    /// An unknown outcome is taken as that of a request that was carried out; one that was not is left out by the caller.
    pub(crate) fn after(&self, call: Call, outcome: &Outcome) -> Option<State> {
        if let Outcome::Refused(error) = outcome {
            let refused = LIMITS.contains(&&**error) || self.refusals(call).contains(&&**error);
            return refused.then(|| self.clone());
        }
        if !self.refusals(call).is_empty() {
            // Carried out without an answer, it was refused.
            return (*outcome == Outcome::Unknown).then(|| self.clone());
        }
        let mut next = self.clone();
        next.carry_out(call, outcome).then_some(next)
    }

    /// Returns the errors with which a request may be refused now. Empty if it succeeds.
    fn refusals(&self, call: Call) -> Vec<&'static str> {
        let mut refusals = Vec::new();
        let mut refuse = |is_refused: bool, error| {
            if is_refused {
                refusals.push(error);
            }
        };
        let (not_found, not_authorized) = ("UserNotFoundException", "NotAuthorizedException");
        match call {
            Call::SignUp(of) | Call::AdminCreateUser(of) => {
                refuse(self.users[of].is_some(), "UsernameExistsException");
            }
            Call::RespondToAuthChallenge(session) => {
                let owner = self.users.iter().flatten().find(|user| user.sessions.contains(&session));
                refuse(owner.is_none_or(|user| !user.is_enabled), not_authorized);
            }
            Call::GetTokensFromRefreshToken(token) => {
                let owner = self.users.iter().flatten().find(|user| user.tokens.contains(&token));
                refuse(owner.is_none_or(|user| !user.is_enabled), not_authorized);
                refuse(owner.is_none(), "RefreshTokenReuseException");
            }
            Call::ConfirmSignUp(of)
            | Call::AdminConfirmSignUp(of)
            | Call::AdminGetUser(of)
            | Call::AdminDisableUser(of)
            | Call::AdminEnableUser(of)
            | Call::AdminDeleteUser(of)
            | Call::ForgotPassword(of)
            | Call::ConfirmForgotPassword(of)
            | Call::InitiateAuth(of) => {
                let Some(user) = &self.users[of] else { return vec![not_found] };
                match call {
                    Call::ConfirmSignUp(_) => {
                        let is_held = self.users[1 - of].as_ref().is_some_and(|other| other.holds_alias);
                        let is_confirmable = user.status == Status::Unconfirmed && user.is_enabled;
                        refuse(!is_confirmable, not_authorized);
                        refuse(is_confirmable && is_held, "AliasExistsException");
                    }
                    Call::AdminConfirmSignUp(_) => {
                        refuse(user.status != Status::Unconfirmed || !user.is_enabled, not_authorized);
                    }
                    Call::ForgotPassword(_) => {
                        let is_confirmed = user.status == Status::Confirmed;
                        refuse(!user.is_enabled || !is_confirmed, not_authorized);
                        refuse(!user.holds_alias, "InvalidParameterException");
                    }
                    Call::ConfirmForgotPassword(_) => {
                        refuse(!user.is_enabled, not_authorized);
                        refuse(!user.has_recovery_code, "ExpiredCodeException");
                    }
                    Call::InitiateAuth(_) => {
                        refuse(!user.is_enabled, not_authorized);
                        refuse(user.status == Status::Unconfirmed, "UserNotConfirmedException");
                    }
                    _ => {}
                }
            }
        }
        refusals
    }

    /// Changes the state by a request that succeeds. Returns whether its outcome is the right one.
    fn carry_out(&mut self, call: Call, outcome: &Outcome) -> bool {
        let is_plain = matches!(outcome, Outcome::Success | Outcome::Unknown);
        let new = |status| User {
            status,
            is_enabled: true,
            holds_alias: false,
            has_recovery_code: false,
            tokens: Vec::new(),
            sessions: Vec::new(),
        };
        let slot = match call {
            Call::RespondToAuthChallenge(session) => {
                let mut users = self.users.iter_mut().flatten();
                let Some(user) = users.find(|user| user.sessions.contains(&session)) else { return false };
                user.status = Status::Confirmed;
                // The others are of a temporary password that is gone.
                user.sessions.clear();
                return keep_tokens(user, outcome);
            }
            Call::GetTokensFromRefreshToken(token) => {
                let mut users = self.users.iter_mut().flatten();
                let Some(user) = users.find(|user| user.tokens.contains(&token)) else { return false };
                user.tokens.retain(|other| *other != token);
                return keep_tokens(user, outcome);
            }
            Call::SignUp(of)
            | Call::ConfirmSignUp(of)
            | Call::AdminConfirmSignUp(of)
            | Call::AdminCreateUser(of)
            | Call::AdminGetUser(of)
            | Call::AdminDisableUser(of)
            | Call::AdminEnableUser(of)
            | Call::AdminDeleteUser(of)
            | Call::ForgotPassword(of)
            | Call::ConfirmForgotPassword(of)
            | Call::InitiateAuth(of) => &mut self.users[of],
        };
        let Some(user) = slot else {
            *slot = Some(new(match call {
                Call::SignUp(_) => Status::Unconfirmed,
                Call::AdminCreateUser(_) => Status::ForceChangePassword,
                _ => return false,
            }));
            return is_plain;
        };
        match call {
            Call::AdminGetUser(_) => {
                return *outcome == Outcome::Unknown || *outcome == Outcome::User(user.shown());
            }
            Call::InitiateAuth(_) if user.status == Status::ForceChangePassword => match outcome {
                Outcome::Session(session) => user.sessions.push(*session),
                _ => return *outcome == Outcome::Unknown,
            },
            Call::InitiateAuth(_) => return keep_tokens(user, outcome),
            Call::AdminDeleteUser(_) => *slot = None,
            Call::ConfirmSignUp(_) => (user.status, user.holds_alias) = (Status::Confirmed, true),
            Call::AdminConfirmSignUp(_) => user.status = Status::Confirmed,
            Call::AdminDisableUser(_) => {
                // It revokes all tokens of the user, and ends the sign-ins that have begun.
                user.is_enabled = false;
                user.tokens.clear();
                user.sessions.clear();
            }
            Call::AdminEnableUser(_) => user.is_enabled = true,
            Call::ForgotPassword(_) => user.has_recovery_code = true,
            Call::ConfirmForgotPassword(_) => user.has_recovery_code = false,
            Call::SignUp(_)
            | Call::AdminCreateUser(_)
            | Call::RespondToAuthChallenge(_)
            | Call::GetTokensFromRefreshToken(_) => return false,
        }
        is_plain || matches!(call, Call::InitiateAuth(_))
    }
}

/// Keeps the refresh token of a sign-in. Returns whether there is one, or the outcome is unknown.
fn keep_tokens(user: &mut User, outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Tokens(token) => user.tokens.push(*token),
        _ => return *outcome == Outcome::Unknown,
    }
    true
}

impl User {
    fn shown(&self) -> Shown {
        let status = match self.status {
            Status::Unconfirmed => "UNCONFIRMED",
            Status::Confirmed => "CONFIRMED",
            Status::ForceChangePassword => "FORCE_CHANGE_PASSWORD",
        };
        Shown { status: status.to_owned(), is_enabled: self.is_enabled, is_email_verified: self.holds_alias }
    }
}
