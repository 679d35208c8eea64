//! What the forms of the pages beside the sign-in do: each calls the operation of the API, by its handler, with an input that
//! the generated reader has checked. So constraints, rules, triggers, limits and events are those of the operation.

use lido_cognito_idp::types::CodeDeliveryDetailsType;
use lido_runtime::{
    ReadJson, Style,
    read::{ReadError, from_json},
};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::{PageRefusal, authorize::PageRequest};
use crate::{
    app::App,
    operations::{
        Failure, Operation, Origin, RequestContext, mfa,
        recovery::{confirm_forgot_password, forgot_password},
        sign_up::{confirm_sign_up, resend_confirmation_code, sign_up},
        standby,
    },
};

/// The caller of an operation: a page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PageCaller<'a> {
    pub(crate) app: &'a App,
    pub(crate) origin: &'a Origin,
    pub(crate) page: &'a PageRequest,
}

/// A user who has signed up.
pub(crate) struct SignedUp {
    /// Whether the user is confirmed already.
    pub(crate) is_confirmed: bool,
    /// Where the code was sent to, masked; `None` if none was sent.
    pub(crate) destination: Option<String>,
    /// The session for ConfirmSignUp, if the app client has one.
    pub(crate) session: Option<Zeroizing<String>>,
}

/// A new secret of an authenticator app. It has no `Debug`, so that no log has it.
pub(crate) struct NewSecret {
    /// The secret, in base 32.
    pub(crate) secret: Zeroizing<String>,
    /// The next session.
    pub(crate) session: Zeroizing<String>,
}

impl<'a> PageCaller<'a> {
    /// Signs a user up.
    pub(crate) async fn sign_up(
        self,
        username: &str,
        password: &str,
        attributes: &[(String, &str)],
    ) -> Result<SignedUp, PageRefusal> {
        let attributes: Vec<_> =
            attributes.iter().map(|(name, value)| json!({ "Name": name, "Value": value })).collect();
        let mut members = json!({ "UserAttributes": attributes });
        if !password.is_empty() {
            members["Password"] = password.into();
        }
        let output = self.call(Operation::SignUp, Some(username), members, sign_up::handle).await?;
        Ok(SignedUp {
            is_confirmed: output.user_confirmed,
            destination: destination(output.code_delivery_details),
            session: output.session.map(|session| Zeroizing::new(session.into_inner())),
        })
    }

    /// Confirms the sign-up of a user whom this browser has signed up, or who has given the password in it. Returns the session by
    /// which the user is signed in, if the app client has one.
    pub(crate) async fn confirm_sign_up(
        self,
        username: &str,
        code: &str,
        session: Option<&str>,
    ) -> Result<Option<Zeroizing<String>>, PageRefusal> {
        let mut members = json!({ "ConfirmationCode": code });
        if let Some(session) = session {
            members["Session"] = session.into();
        }
        let operation = Operation::ConfirmSignUp;
        let output = self.call(operation, Some(username), members, confirm_sign_up::handle).await?;
        Ok(output.session.map(|session| Zeroizing::new(session.into_inner())))
    }

    /// Confirms the sign-up of a user whose name anyone may have typed: the refusal tells nothing of the user, if the app client
    /// hides users.
    pub(crate) async fn confirm_sign_up_of_anyone(
        self,
        username: &str,
        code: &str,
    ) -> Result<Option<Zeroizing<String>>, PageRefusal> {
        let (operation, members) = (Operation::ConfirmSignUp, json!({ "ConfirmationCode": code }));
        let handle = confirm_sign_up::handle_form_of_anyone;
        let output = self.call(operation, Some(username), members, handle).await?;
        Ok(output.session.map(|session| Zeroizing::new(session.into_inner())))
    }

    /// Sends another code of a sign-up. Returns where to, masked.
    pub(crate) async fn resend_code(self, username: &str) -> Result<Option<String>, PageRefusal> {
        let operation = Operation::ResendConfirmationCode;
        let output =
            self.call(operation, Some(username), json!({}), resend_confirmation_code::handle).await?;
        Ok(destination(output.code_delivery_details))
    }

    /// Sends a code by which a forgotten password is replaced. Returns where to, masked.
    pub(crate) async fn forgot_password(self, username: &str) -> Result<Option<String>, PageRefusal> {
        let operation = Operation::ForgotPassword;
        let output = self.call(operation, Some(username), json!({}), forgot_password::handle).await?;
        Ok(destination(output.code_delivery_details))
    }

    /// Replaces a forgotten password.
    pub(crate) async fn confirm_forgot_password(
        self,
        username: &str,
        code: &str,
        password: &str,
    ) -> Result<(), PageRefusal> {
        let members = json!({ "ConfirmationCode": code, "Password": password });
        let operation = Operation::ConfirmForgotPassword;
        self.call(operation, Some(username), members, confirm_forgot_password::handle).await.map(drop)
    }

    /// Makes the secret of an authenticator app, during a sign-in.
    pub(crate) async fn associate_software_token(self, session: &str) -> Result<NewSecret, PageRefusal> {
        let (operation, members) = (Operation::AssociateSoftwareToken, json!({ "Session": session }));
        let output = self.call(operation, None, members, mfa::associate_software_token::handle).await?;
        let secret = output.secret_code.map(|secret| secret.into_inner()).unwrap_or_default();
        let session = output.session.map(|session| session.into_inner()).unwrap_or_default();
        Ok(NewSecret { secret: Zeroizing::new(secret), session: Zeroizing::new(session) })
    }

    /// Verifies the first code of an authenticator app, during a sign-in. Returns the next session.
    pub(crate) async fn verify_software_token(
        self,
        session: &str,
        code: &str,
    ) -> Result<Zeroizing<String>, PageRefusal> {
        let members = json!({ "Session": session, "UserCode": code });
        let operation = Operation::VerifySoftwareToken;
        let output = self.call(operation, None, members, mfa::verify_software_token::handle).await?;
        Ok(Zeroizing::new(output.session.map(|session| session.into_inner()).unwrap_or_default()))
    }

    /// Calls an operation, for an operation about a user with app client, username and secret hash beside the members.
    async fn call<I: ReadJson, O>(
        self,
        operation: Operation,
        username: Option<&str>,
        mut members: Value,
        handle: impl AsyncFnOnce(RequestContext<'a>, I) -> Result<O, Failure>,
    ) -> Result<O, PageRefusal> {
        let Self { app, origin, page } = self;
        if let Some(username) = username {
            members["ClientId"] = page.client().id.as_str().into();
            members["Username"] = username.into();
            if let Some(hash) = page.client.own_secret_hash(username) {
                members["SecretHash"] = hash.into();
            }
        }
        let refused = |failure| PageRefusal::new(operation, failure);
        standby::check(app, operation).map_err(refused)?;
        let body = Zeroizing::new(serde_json::to_vec(&members).unwrap_or_default());
        let input = from_json(&body, Style::Coral).map_err(|error| {
            let text = match &error {
                ReadError::Constraints(violations) => violations.message().to_owned(),
                ReadError::Serialization(error) => error.message().unwrap_or_default().to_owned(),
            };
            PageRefusal::malformed(&members, text)
        })?;
        handle(RequestContext::new(app, origin), input).await.map_err(refused)
    }
}

fn destination(delivery: Option<CodeDeliveryDetailsType>) -> Option<String> {
    delivery?.destination.map(|destination| destination.into_inner())
}
