//! Conversion of sign-ins: their parameters, and their output with a challenge or tokens.

use std::collections::BTreeMap;

use lido_cognito_idp::{
    operations::{
        AdminInitiateAuthOutput, AdminRespondToAuthChallengeOutput, GetUserAuthFactorsOutput, GetUserOutput,
        InitiateAuthOutput, RespondToAuthChallengeOutput,
    },
    types,
};
use lido_domain::{
    attribute::contact::ContactKind,
    client::Client,
    flow::sign_in::InitiateAuthFlow,
    id::Username,
    pool::{FirstFactor, mfa::MfaFactor},
    sign_in::{
        challenge::{Challenge, ChallengeName, ChallengePrompt},
        parameter::Parameters,
        srp::exchange::hex,
    },
    user::User,
};
use lido_runtime::{BrokenRules, Sensitive};
use serde_json::{Map, Value, json};

use super::{
    mfa::{UserMfaSettings, user_mfa_settings},
    passkey,
    user::to_attribute_type,
};

type StringMap = BTreeMap<types::StringType, types::StringType>;

type NullableStringMap = BTreeMap<types::StringType, Option<types::StringType>>;

/// Reads AuthParameters or ChallengeResponses. A null counts as absent.
pub fn read_parameters(sent: Option<Sensitive<NullableStringMap>>) -> Parameters {
    let sent = sent.map(Sensitive::into_inner).unwrap_or_default();
    sent.into_iter().filter_map(|(name, value)| Some((name.into_inner(), value?.into_inner()))).collect()
}

/// Converts an authentication flow.
pub fn read_flow(flow: types::AuthFlowType) -> InitiateAuthFlow {
    match flow {
        types::AuthFlowType::AdminNoSrpAuth => InitiateAuthFlow::AdminNoSrpAuth,
        types::AuthFlowType::AdminUserPasswordAuth => InitiateAuthFlow::AdminUserPasswordAuth,
        types::AuthFlowType::CustomAuth => InitiateAuthFlow::CustomAuth,
        types::AuthFlowType::RefreshToken => InitiateAuthFlow::RefreshToken,
        types::AuthFlowType::RefreshTokenAuth => InitiateAuthFlow::RefreshTokenAuth,
        types::AuthFlowType::UserAuth => InitiateAuthFlow::UserAuth,
        types::AuthFlowType::UserPasswordAuth => InitiateAuthFlow::UserPasswordAuth,
        types::AuthFlowType::UserSrpAuth => InitiateAuthFlow::UserSrpAuth,
    }
}

/// The output of InitiateAuth, RespondToAuthChallenge and their forms for administrators.
#[derive(Debug)]
pub struct AuthOutput {
    name: Option<types::ChallengeNameType>,
    session: Option<types::SessionType>,
    parameters: StringMap,
    available: Option<Vec<types::ChallengeNameType>>,
    result: Option<types::AuthenticationResultType>,
}

impl AuthOutput {
    /// Creates an output with tokens. ChallengeParameters are present and empty (*Observed*, cog-0165).
    pub fn tokens(result: types::AuthenticationResultType) -> Self {
        Self {
            name: None,
            session: None,
            parameters: StringMap::new(),
            available: None,
            result: Some(result),
        }
    }

    /// Creates an output with a challenge.
    pub fn challenge(challenge: &Challenge) -> Result<Self, BrokenRules> {
        let name = |name: ChallengeName| types::ChallengeNameType::try_from(name.as_str());
        let available = challenge.available.iter().map(|one| name(*one)).collect::<Result<Vec<_>, _>>()?;
        let mut parameters = StringMap::new();
        if let ChallengePrompt::Custom { parameters: public, .. } = &challenge.prompt {
            for (name, value) in public {
                parameters.insert(name.as_str().try_into()?, value.as_str().try_into()?);
            }
        }
        for (name, value) in challenge_parameters(challenge) {
            parameters.insert(name.try_into()?, value.as_str().try_into()?);
        }
        let session = challenge.returns_session.then(|| challenge.session.expose().try_into()).transpose()?;
        Ok(Self {
            name: Some(name(challenge.prompt.name())?),
            session,
            parameters,
            available: (!available.is_empty()).then_some(available),
            result: None,
        })
    }
}

/// Returns the ChallengeParameters of a challenge, without those that the trigger of a custom challenge returned.
fn challenge_parameters(challenge: &Challenge) -> Vec<(&'static str, String)> {
    match &challenge.prompt {
        ChallengePrompt::Select | ChallengePrompt::Password | ChallengePrompt::PasswordSrp => Vec::new(),
        ChallengePrompt::PasswordVerifier { salt, b, username } => vec![
            ("SALT", hex(salt)),
            ("SECRET_BLOCK", challenge.session.to_secret_block()),
            ("SRP_B", b.to_hex()),
            ("USERNAME", username.as_str().to_owned()),
            ("USER_ID_FOR_SRP", username.as_str().to_owned()),
        ],
        ChallengePrompt::NewPassword { username, attributes, required } => {
            let attributes: Map<_, _> =
                attributes.iter().map(|(name, value)| (name.to_owned(), json!(value))).collect();
            let required: Vec<_> = required.iter().map(|name| format!("userAttributes.{name}")).collect();
            vec![
                ("USER_ID_FOR_SRP", username.as_str().to_owned()),
                ("requiredAttributes", json!(required).to_string()),
                ("userAttributes", Value::Object(attributes).to_string()),
            ]
        }
        // *Observed* in public reports: in addition to the parameters that the function returns.
        ChallengePrompt::Custom { username, .. } => vec![("USERNAME", username.as_str().to_owned())],
        ChallengePrompt::Passkey(options) => {
            vec![("CREDENTIAL_REQUEST_OPTIONS", passkey::request_options(options).to_string())]
        }
        ChallengePrompt::OneTimeCode { to } => {
            let medium = match to.kind {
                ContactKind::Email => "EMAIL",
                ContactKind::PhoneNumber => "SMS",
            };
            vec![
                ("CODE_DELIVERY_DELIVERY_MEDIUM", medium.to_owned()),
                ("CODE_DELIVERY_DESTINATION", to.masked()),
            ]
        }
        ChallengePrompt::DeviceSrp { username, key } => {
            vec![("DEVICE_KEY", key.clone()), ("USERNAME", username.as_str().to_owned())]
        }
        ChallengePrompt::DevicePasswordVerifier { salt, b, username, key } => vec![
            ("DEVICE_KEY", key.clone()),
            ("SALT", hex(salt)),
            ("SECRET_BLOCK", challenge.session.to_secret_block()),
            ("SRP_B", b.to_hex()),
            ("USERNAME", username.as_str().to_owned()),
        ],
        ChallengePrompt::MfaCode { username, to, .. } => vec![
            ("CODE_DELIVERY_DELIVERY_MEDIUM", to.kind.medium().to_owned()),
            ("CODE_DELIVERY_DESTINATION", to.masked()),
            user_id(username),
        ],
        ChallengePrompt::SoftwareToken { username, device } => {
            let device = device.iter().map(|name| ("FRIENDLY_DEVICE_NAME", name.clone()));
            device.chain([user_id(username)]).collect()
        }
        ChallengePrompt::SelectMfa { username, factors } => {
            vec![("MFAS_CAN_CHOOSE", names_of(factors)), user_id(username)]
        }
        ChallengePrompt::MfaSetup { username, factors } => {
            vec![("MFAS_CAN_SETUP", names_of(factors)), user_id(username)]
        }
    }
}

/// Returns the parameter with the immutable username, which clients send back as USERNAME (*Observed* in public
/// reports).
fn user_id(username: &Username) -> (&'static str, String) {
    ("USER_ID_FOR_SRP", username.as_str().to_owned())
}

/// Returns the names of factors as the text of a JSON array (*Observed*: Amplify reads this form).
fn names_of(factors: &[MfaFactor]) -> String {
    json!(factors.iter().map(|factor| factor.as_str()).collect::<Vec<_>>()).to_string()
}

macro_rules! auth_outputs {
    ($($output:ident),*) => {$(
        impl From<AuthOutput> for $output {
            fn from(output: AuthOutput) -> Self {
                Self {
                    challenge_name: output.name,
                    session: output.session,
                    challenge_parameters: Some(output.parameters),
                    authentication_result: output.result,
                    available_challenges: output.available,
                }
            }
        }
    )*};
}

auth_outputs!(
    InitiateAuthOutput,
    AdminInitiateAuthOutput,
    RespondToAuthChallengeOutput,
    AdminRespondToAuthChallengeOutput
);

/// Returns the output of GetUser: the attributes that the app client may read, in the order of AdminGetUser.
pub fn get_user_output(user: &User, client: &Client) -> Result<GetUserOutput, BrokenRules> {
    let mut attributes = vec![to_attribute_type("sub", user.sub.as_str())?];
    for (name, value) in user.attributes.iter().filter(|(name, _)| client.may_read(name)) {
        attributes.push(to_attribute_type(name, value)?);
    }
    let UserMfaSettings { options, preferred, active } = user_mfa_settings(user)?;
    Ok(GetUserOutput {
        mfa_options: options,
        preferred_mfa_setting: preferred,
        user_mfa_setting_list: active,
        ..GetUserOutput::new(user.username.as_str().try_into()?, attributes)
    })
}

/// Returns the output of GetUserAuthFactors.
pub fn get_user_auth_factors_output(
    user: &User,
    factors: &[FirstFactor],
) -> Result<GetUserAuthFactorsOutput, BrokenRules> {
    let factors = factors.iter().map(|factor| match factor {
        FirstFactor::Password => types::AuthFactorType::Password,
        FirstFactor::EmailOtp => types::AuthFactorType::EmailOtp,
        FirstFactor::SmsOtp => types::AuthFactorType::SmsOtp,
        FirstFactor::WebAuthn => types::AuthFactorType::WebAuthn,
        FirstFactor::SoftwareToken => types::AuthFactorType::SoftwareToken,
    });
    let UserMfaSettings { preferred, active, .. } = user_mfa_settings(user)?;
    Ok(GetUserAuthFactorsOutput {
        preferred_mfa_setting: preferred,
        user_mfa_setting_list: active,
        configured_user_auth_factors: Some(factors.collect()),
        ..GetUserAuthFactorsOutput::new(user.username.as_str().try_into()?)
    })
}
