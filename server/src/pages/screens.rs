//! The table of the screens: the path, the name in the access log, the operation as which its form counts, and what it shows
//! and does.
//!
//! The routes follow from it. *Documented*: the paths that oau-0071 has. *Chosen*: the others, since at the service they are
//! states of one page.

use async_trait::async_trait;
use lido_domain::oauth::parameters::RequestParameters;
use serde::{Deserialize, Serialize};

use super::{
    add_passkey::AddPasskey,
    answer::Answer,
    authenticator::Authenticator,
    choice::{EmailSetup, FirstFactorChoice, MfaChoice, MfaSetupChoice},
    code::Code,
    confirm::{Confirm, ResendCode},
    forgot_password::{ConfirmForgotPassword, ForgotPassword},
    new_password::NewPassword,
    page::Page,
    passkey::Passkey,
    password::Password,
    sign_in::SignIn,
    sign_up::SignUp,
};
use crate::{operations::Operation, surface::Route};

/// A screen.
#[async_trait]
pub(super) trait Screen: Sync {
    /// Answers a browser that opens the screen.
    async fn show(&self, page: &Page<'_>) -> Answer;

    /// Answers the form of the screen. That it was sent from this browser has been checked.
    async fn submit(&self, page: &Page<'_>, form: &RequestParameters) -> Answer;
}

/// A row of the table.
pub(super) struct Entry {
    pub(super) id: ScreenId,
    pub(super) path: &'static str,
    /// The operation as which the form counts toward the rate limits.
    pub(super) operation: Operation,
    pub(super) screen: &'static dyn Screen,
}

macro_rules! screens {
    ($($id:ident $path:literal $name:literal $operation:ident => $screen:expr;)*) => {
        /// The screens.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub(super) enum ScreenId {
            $($id),*
        }

        impl ScreenId {
            /// Returns the path of the screen below the place of the endpoints.
            pub(super) const fn path(self) -> &'static str {
                match self {
                    $(ScreenId::$id => $path),*
                }
            }
        }

        /// The table.
        pub(super) const SCREENS: &[Entry] =
            &[$(Entry { id: ScreenId::$id, path: $path, operation: Operation::$operation, screen: &$screen }),*];

        /// The routes of the screens and of what they load, below a pool's path and at the host or the root.
        pub(super) const ROUTES: &[Route] = &[
            $(Route::new($path, $name), Route::new(concat!("/{pool}", $path), $name),)*
            Route::new("/managed-login/{file}", "page asset"),
            Route::new("/{pool}/managed-login/{file}", "page asset"),
        ];
    };
}

screens! {
    SignIn "/login" "login" InitiateAuth => SignIn;
    FirstFactor "/factor" "choice of a factor" RespondToAuthChallenge => FirstFactorChoice;
    Password "/password" "password" RespondToAuthChallenge => Password;
    Passkey "/passkey" "passkey" RespondToAuthChallenge => Passkey;
    NewPassword "/newpassword" "new password" RespondToAuthChallenge => NewPassword;
    Code "/mfa" "code" RespondToAuthChallenge => Code;
    MfaChoice "/mfachoice" "choice of a second factor" RespondToAuthChallenge => MfaChoice;
    MfaSetup "/mfasetup" "setup of a second factor" AssociateSoftwareToken => MfaSetupChoice;
    EmailSetup "/mfaemail" "setup of an e-mail address" RespondToAuthChallenge => EmailSetup;
    Authenticator "/mfaapp" "setup of an authenticator" VerifySoftwareToken => Authenticator;
    SignUp "/signup" "sign-up" SignUp => SignUp;
    Confirm "/confirm" "confirmation" ConfirmSignUp => Confirm;
    ResendCode "/resendcode" "resend" ResendConfirmationCode => ResendCode;
    ForgotPassword "/forgotPassword" "forgotten password" ForgotPassword => ForgotPassword;
    ConfirmForgotPassword "/confirmforgotPassword" "new password by code" ConfirmForgotPassword => ConfirmForgotPassword;
    AddPasskey "/passkeys/add" "passkey registration" StartWebAuthnRegistration => AddPasskey;
}

/// Returns the screen with a path.
pub(super) fn find(path: &str) -> Option<&'static Entry> {
    SCREENS.iter().find(|entry| entry.path == path)
}
