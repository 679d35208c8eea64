//! What a browser keeps between two screens, in sealed cookies of its pool: what the next screen shows first, and how far a
//! sign-in has come.
//!
//! No password, and no code that was typed, is kept. A cookie opens only for the browser that has the token against forged
//! forms with which it was sealed.

use std::time::Duration;

use lido_domain::{
    client::Client,
    digest::DigestKeys,
    id::ClientId,
    pool::mfa::MfaFactor,
    sign_in::challenge::{Challenge, ChallengeName, ChallengePrompt},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use zeroize::Zeroizing;

use super::{fields::attribute_field, screens::ScreenId};
use crate::{
    language::Language,
    oauth::page::Notice,
    operations::oauth::{FormPart, PageReason, PageRefusal},
    wire,
};

/// The cookie of a [`Flash`] (*Documented*: the name, oau-0074).
pub(super) const FLASH: &str = "page-data";

/// The cookie of a [`Progress`].
pub(super) const PROGRESS: &str = "page-step";

/// How long a browser keeps a [`Flash`].
pub(super) const FLASH_TTL: Duration = Duration::from_secs(60);

/// The longest text in bytes, and the longest value. A cookie has 4,096 bytes, and a username 128 characters.
const MAX_TEXT: usize = 900;
const MAX_VALUE: usize = 512;
const MAX_VALUES: usize = 1_200;

/// What the next screen shows first, once.
///
/// It is kept with the screen that it is for, and is not for another one that the browser opens in a second tab.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Flash {
    text: FlashText,
    is_error: bool,
    /// The field that is wrong; `None` if it is the whole form.
    pub(super) field: Option<String>,
    /// What was typed, without passwords and codes.
    values: Vec<(String, String)>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum FlashText {
    /// The key of a text.
    Key(String),
    /// A text of the API.
    Api(String),
}

impl Flash {
    /// Returns what has happened.
    pub(super) fn info(key: &str) -> Self {
        Self { text: FlashText::Key(key.to_owned()), is_error: false, field: None, values: Vec::new() }
    }

    /// Returns what is wrong with a field, by the key of its text.
    pub(super) fn field(name: &str, key: &str) -> Self {
        Self { is_error: true, field: Some(name.to_owned()), ..Self::info(key) }
    }

    /// Returns a refusal in the words of the API, at the field that is wrong, if it is known. What the API says of a value that
    /// breaks a constraint is for programs, so that a person reads another text.
    pub(super) fn refusal(mut refusal: PageRefusal) -> Self {
        let (field, malformed) = match refusal.part {
            FormPart::Username => (Some("username".to_owned()), "malformed-username"),
            FormPart::Password => (Some("password".to_owned()), "malformed-password"),
            FormPart::Code => (Some("code".to_owned()), "malformed-code"),
            FormPart::Attribute(name) => (Some(attribute_field(&name)), "malformed-value"),
            FormPart::Whole => (None, "malformed-value"),
        };
        refusal.text.truncate(refusal.text.floor_char_boundary(MAX_TEXT));
        let text = match refusal.reason {
            PageReason::Malformed => FlashText::Key(malformed.to_owned()),
            _ => FlashText::Api(refusal.text),
        };
        Self { text, is_error: true, field, values: Vec::new() }
    }

    /// Returns the text of an operation as a refusal.
    pub(super) fn api(text: String) -> Self {
        Self { text: FlashText::Api(text), is_error: true, field: None, values: Vec::new() }
    }

    /// Adds what was typed, as far as it fits.
    pub(super) fn with_values<'a>(mut self, typed: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut length = 0;
        for (name, value) in typed {
            length += name.len() + value.len();
            // Control characters take six bytes in JSON, and no name has any.
            let is_short = value.len() <= MAX_VALUE && length <= MAX_VALUES;
            if is_short && !value.chars().any(char::is_control) {
                self.values.push((name.to_owned(), value.to_owned()));
            }
        }
        self
    }

    /// Returns whether its text has this key.
    pub(super) fn has_key(&self, key: &str) -> bool {
        matches!(&self.text, FlashText::Key(own) if own == key)
    }

    /// Returns what was typed into a field.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.values.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// Returns the text in a language. What the API says and no one has translated is English.
    pub(super) fn notice(&self, language: Language) -> Notice {
        let (text, is_english) = match &self.text {
            FlashText::Key(key) => (language.text(key), false),
            FlashText::Api(text) => match language.translate(text) {
                Some(translated) => (translated, false),
                None => (text.clone().into(), language != Language::default()),
            },
        };
        Notice { text, is_error: self.is_error, is_english }
    }
}

/// How far a sign-in has come: the challenge that the user must answer next.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Progress {
    /// The app client. A request of another one has no part in it.
    client: ClientId,
    /// The username, as typed.
    pub(super) username: String,
    /// The session of the challenge.
    pub(super) session: Zeroizing<String>,
    /// The step.
    pub(super) step: Step,
}

/// A step of a sign-in, with what its screen shows. Challenges and factors have their names in the API.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Step {
    /// NEW_PASSWORD_REQUIRED: the required attributes that the user lacks.
    NewPassword(Vec<String>),
    /// A code of this challenge, which was sent to this destination.
    Code { challenge: String, to: Option<String>, role: CodeRole },
    /// SELECT_CHALLENGE among these.
    Select(Vec<String>),
    /// PASSWORD.
    Password,
    /// WEB_AUTHN, with the options for the browser.
    Passkey { options: Value },
    /// SELECT_MFA_TYPE among these.
    SelectMfa(Vec<String>),
    /// MFA_SETUP with these.
    SetUp(Vec<String>),
    /// MFA_SETUP with an e-mail address.
    SetUpEmail,
    /// MFA_SETUP with an authenticator app that has this secret.
    Authenticator { secret: Zeroizing<String> },
    /// The code of a sign-up, which was sent to this destination. The session signs the user in.
    Confirm { to: Option<String>, session: Option<Zeroizing<String>> },
    /// The code for a new password, which was sent to this destination.
    Reset { to: Option<String> },
    /// A passkey that the user adds, with the options for the browser.
    AddPasskey { options: Value },
}

/// What a code is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum CodeRole {
    /// It was sent as the first factor.
    FirstFactor,
    /// It was sent as the second factor.
    SecondFactor,
    /// It was sent to an address that becomes the second factor.
    NewAddress,
    /// An authenticator app shows it.
    Authenticator,
}

impl Step {
    /// Returns the step of a challenge, or the name of a challenge that no screen has.
    fn of(challenge: &Challenge) -> Result<Self, ChallengeName> {
        let name = challenge.prompt.name();
        let names = |factors: &[MfaFactor]| factors.iter().map(|factor| factor.as_str().to_owned()).collect();
        Ok(match &challenge.prompt {
            ChallengePrompt::NewPassword { required, .. } => Step::NewPassword(required.clone()),
            ChallengePrompt::OneTimeCode { to } | ChallengePrompt::MfaCode { to, .. } => {
                let role = match &challenge.prompt {
                    ChallengePrompt::OneTimeCode { .. } => CodeRole::FirstFactor,
                    ChallengePrompt::MfaCode { is_new: true, .. } => CodeRole::NewAddress,
                    _ => CodeRole::SecondFactor,
                };
                Step::Code { challenge: name.as_str().to_owned(), to: Some(to.masked()), role }
            }
            ChallengePrompt::SoftwareToken { .. } => {
                Step::Code { challenge: name.as_str().to_owned(), to: None, role: CodeRole::Authenticator }
            }
            // A page sends passwords over TLS as they are; SRP is for apps.
            ChallengePrompt::Select => {
                let offered = challenge.available.iter().filter(|one| **one != ChallengeName::PasswordSrp);
                Step::Select(offered.map(|one| one.as_str().to_owned()).collect())
            }
            ChallengePrompt::Password => Step::Password,
            ChallengePrompt::Passkey(options) => {
                Step::Passkey { options: wire::passkey::request_options(options) }
            }
            ChallengePrompt::SelectMfa { factors, .. } => Step::SelectMfa(names(factors)),
            // A phone number can be set up by an administrator only.
            ChallengePrompt::MfaSetup { factors, .. } => {
                let offered: Vec<_> =
                    factors.iter().copied().filter(|factor| *factor != MfaFactor::Sms).collect();
                Step::SetUp(names(&offered))
            }
            ChallengePrompt::PasswordSrp
            | ChallengePrompt::PasswordVerifier { .. }
            | ChallengePrompt::Custom { .. }
            | ChallengePrompt::DeviceSrp { .. }
            | ChallengePrompt::DevicePasswordVerifier { .. } => return Err(name),
        })
    }

    /// Returns the screen of the step.
    pub(super) const fn screen(&self) -> ScreenId {
        match self {
            Step::NewPassword(_) => ScreenId::NewPassword,
            Step::Code { .. } => ScreenId::Code,
            Step::Select(_) => ScreenId::FirstFactor,
            Step::Password => ScreenId::Password,
            Step::Passkey { .. } => ScreenId::Passkey,
            Step::SelectMfa(_) => ScreenId::MfaChoice,
            Step::SetUp(_) => ScreenId::MfaSetup,
            Step::SetUpEmail => ScreenId::EmailSetup,
            Step::Authenticator { .. } => ScreenId::Authenticator,
            Step::Confirm { .. } => ScreenId::Confirm,
            Step::Reset { .. } => ScreenId::ConfirmForgotPassword,
            Step::AddPasskey { .. } => ScreenId::AddPasskey,
        }
    }

    /// Returns how long a browser keeps the step: as long as the session of its challenge is good, or for an hour, in which a
    /// mail may come.
    pub(super) fn ttl(&self, client: &Client) -> Duration {
        match self {
            Step::Confirm { .. } | Step::Reset { .. } => Duration::from_secs(60 * 60),
            _ => client.session_ttl(),
        }
    }
}

impl Progress {
    /// Returns the progress of a sign-in that goes on with a challenge, or the name of a challenge that no screen has.
    pub(super) fn new(
        client: &ClientId,
        username: &str,
        challenge: &Challenge,
    ) -> Result<Self, ChallengeName> {
        let step = Step::of(challenge)?;
        let session = Zeroizing::new(challenge.session.expose().to_owned());
        Ok(Self { client: client.clone(), username: username.to_owned(), session, step })
    }

    /// Returns the progress of a user outside a sign-in.
    pub(super) fn of_user(client: &ClientId, username: &str, step: Step) -> Self {
        Self { client: client.clone(), username: username.to_owned(), session: Zeroizing::default(), step }
    }

    /// Returns the progress at another step of the same session.
    pub(super) fn with_step(&self, step: Step) -> Self {
        Self { step, ..self.clone() }
    }

    /// Returns the progress in the next session.
    pub(super) fn with_session(self, session: Zeroizing<String>) -> Self {
        Self { session, ..self }
    }

    /// Returns the progress without the list of the user's passkeys, for a list that does not fit into a cookie;
    /// `None` if the step has no such list.
    ///
    /// *Chosen*: the browser offers all passkeys of the relying party then, as for an app client that hides its users.
    /// Where the user adds one, the authenticator may make it beside one that it has already.
    pub(super) fn without_passkeys(&self) -> Option<Self> {
        let mut progress = self.clone();
        let (options, list) = match &mut progress.step {
            Step::Passkey { options } => (options, "allowCredentials"),
            Step::AddPasskey { options } => (options, "excludeCredentials"),
            _ => return None,
        };
        options.as_object_mut()?.remove(list)?;
        Some(progress)
    }

    /// Returns whether the progress is that of a request of this app client.
    pub(super) fn is_of(&self, client: &ClientId) -> bool {
        self.client == *client
    }

    /// Returns the mark of the step, which the forms of its screen have: a form of an older step is recognized by it.
    pub(super) fn mark(&self, keys: &DigestKeys) -> String {
        let digest = keys.digest(&["page-step", self.client.as_str(), &self.username, &self.session]);
        digest.as_bytes().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }
}
