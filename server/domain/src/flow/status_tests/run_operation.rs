//! Runs each operation of the table with valid input, so that the outcome depends on the status alone.

use std::collections::BTreeMap;

use super::{NOW, Operation};
use crate::{
    Change, Refusal, Verdict,
    attribute::{
        AttributeInput,
        contact::{Contact, ContactKind},
    },
    client::{AuthFlow, Client},
    code::{Code, PendingCode, Purpose},
    digest::Digest,
    fixture,
    flow::{
        AppClientCaller, LoadedUser, NewCredential,
        account::{
            attribute_change, change_password, delete_user, delete_user_attributes,
            get_user_attribute_verification_code, get_user_auth_factors, update_user_attributes,
            verify_user_attribute,
        },
        bearer::{self, Bearer},
        devices,
        mfa::{
            preference::{self, Preference},
            software_token,
        },
        passkeys::{self, Registrant},
        recovery::{confirm_forgot_password, forgot_password},
        sign_in::{
            InitiateAuthFlow, NameHolders, NamedDevice, NextAction, PresentedSession, Step, device_srp,
            global_sign_out,
            initiate_auth::{self, InitiateAuthRequest},
            mfa_setup, new_password, password, password_verifier,
            refresh_tokens::{self, Renewal, SecretProof},
            respond_to_auth_challenge, revoke_token, second_factor,
            setup::SignInSetup,
            web_authn,
        },
        sign_up::{self, admin_confirm_sign_up, confirm_sign_up, resend_confirmation_code},
        users::{admin_create_user, admin_enable_user, admin_reset_user_password, admin_set_user_password},
    },
    id::Sub,
    pool::{
        FirstFactor, Pool,
        devices::DevicePolicy,
        mfa::{MfaFactor, MfaMode, PoolMfa},
    },
    scope::SELF_SERVICE_SCOPE,
    secret::{Sealed, Secret},
    sign_in::{
        challenge::{ChallengeName, Enrolment, PendingChallenge, SentCode},
        parameter::Parameters,
        session::{Session, SessionHandle, Stage},
        srp::{
            Verifier,
            exchange::{ExchangeValues, PublicValue},
        },
    },
    token::{
        AccessToken,
        grant::{Grant, GrantSeed, RefreshToken},
    },
    user::{
        Status, User,
        device::Device,
        passkey::{self, PasskeyChallenge},
        software_token::{SECRET_BYTES, TokenSecret},
    },
};

fn answer<A>(verdict: Verdict<A>) -> Result<Vec<Change>, Refusal> {
    verdict.answer.map(|_| verdict.remember)
}

/// Runs the operation for this user, with valid input.
pub(super) fn run_operation(operation: Operation, user: &User) -> Result<Vec<Change>, Refusal> {
    let (pool, client, keys) = (fixture::pool(), fixture::client(), fixture::keys());
    let caller =
        AppClientCaller { pool: &pool, client: &client, secrets: &[], secret_hash: None, digest_keys: &keys };
    let holders =
        BTreeMap::from([(crate::pool::alias::NameKey::of_username(&pool, &user.username), user.clone())]);
    let (code, password) = (Code::from_text("123456"), Secret::new("Passw0rd!"));
    let contact = Contact { kind: ContactKind::Email, value: "ann@example.com".into() };
    let pending = PendingCode::new(&keys, &pool.id, &user.sub, Purpose::SignUp, &code, contact, NOW);
    let found = LoadedUser { user: Some(user), code: Some(&pending), attempts: None };
    let given = [AttributeInput { name: "name".into(), value: Some("Ann".into()) }];
    let invitation = admin_create_user::AdminCreateUserRequest {
        username: user.username.as_str(),
        attributes: &[],
        temporary_password: None,
        force_alias: false,
        suppress: false,
        media: None,
    };
    // A valid access token.
    let bearing = || {
        let seed = GrantSeed { id: [1; 16], origin: [2; 16], secret: [3; 32] };
        let ttl = client.lifetimes.refresh_ttl;
        let grant = Grant::begin(&keys, &pool.id, user, client.id.clone(), ttl, &seed, NOW).0;
        let token = AccessToken {
            sub: user.sub.clone(),
            client_id: client.id.clone(),
            grant: grant.id.clone(),
            token_use: "access".into(),
            scope: SELF_SERVICE_SCOPE.into(),
            exp: i64::MAX,
            device_key: None,
        };
        let user = bearer::check(&token, Some(&grant), Some(user), NOW)?;
        Ok::<_, Refusal>(Bearer { pool: &pool, client: &client, user, digest_keys: &keys })
    };
    let set = |permanent| {
        let request = admin_set_user_password::AdminSetUserPasswordRequest { password: &password, permanent };
        let compared = NewCredential { credential: Sealed::from_text("new"), is_former: false };
        let user = admin_set_user_password::admit(&pool, Some(user), &request)?;
        answer(admin_set_user_password::set(&pool, user, &request, compared, NOW))
    };
    match operation {
        Operation::SignUpAgain => {
            let username = user.username.as_str();
            let request = sign_up::SignUpRequest { username, password: Some(&password), attributes: &[] };
            let admitted = sign_up::admit(&caller, &request, Sub::new("new-sub"))?;
            let prepared = sign_up::SignUpPreparation {
                credential: None,
                code,
                session: SessionHandle::generate(&[5; 64]),
            };
            answer(sign_up::create(&caller, &admitted, Default::default(), &holders, &prepared, NOW))
        }
        Operation::ConfirmSignUp => {
            let request = confirm_sign_up::ConfirmSignUpRequest {
                username: user.username.as_str(),
                code: "123456",
                force_alias: false,
                session: confirm_sign_up::SessionLookup::NotSent,
                hides_status: false,
            };
            let session = SessionHandle::generate(&[5; 64]);
            answer(confirm_sign_up::confirm(&caller, &request, &found, None, &session, NOW))
        }
        Operation::AdminConfirmSignUp => answer(admin_confirm_sign_up::admin_confirm(Some(user), None, NOW)),
        Operation::ResendConfirmationCode => {
            answer(resend_confirmation_code::resend(&caller, user.username.as_str(), &found, &code, NOW))
        }
        Operation::AdminCreateUserAgain => {
            let admitted = admin_create_user::admit(&pool, &invitation, &password, Sub::new("new-sub"))?;
            let credential = Some(Sealed::from_text("new"));
            answer(admin_create_user::create(&pool, &invitation, &admitted, &holders, credential, NOW))
        }
        Operation::AdminCreateUserResend => {
            let invited = admin_create_user::admit_resend(&pool, &invitation, Some(user), &password)?;
            answer(admin_create_user::resend(&pool, &invited, Sealed::from_text("new"), NOW))
        }
        Operation::AdminDeleteUser => answer(delete_user::delete(&pool, Some(user))),
        Operation::AdminEnableUser => answer(admin_enable_user::set_enabled(Some(user), true, NOW)),
        Operation::AdminDisableUser => answer(admin_enable_user::set_enabled(Some(user), false, NOW)),
        Operation::AdminUpdateUserAttributes => {
            let changed = update_user_attributes::admin_admit(&pool, Some(user), &given, NOW)?;
            let codes = attribute_change::NewCodes { email: code.clone(), phone_number: code };
            let no_holders = BTreeMap::new();
            answer(update_user_attributes::update(&keys, &pool, None, &changed, &no_holders, &codes, NOW))
        }
        Operation::AdminDeleteUserAttributes => {
            answer(delete_user_attributes::admin_delete(&pool, Some(user), &["name".to_owned()], NOW))
        }
        Operation::AdminSetUserPasswordPermanent => set(true),
        Operation::AdminSetUserPasswordTemporary => set(false),
        Operation::AdminResetUserPassword => {
            answer(admin_reset_user_password::reset(&keys, &pool, Some(user), &code, NOW))
        }
        Operation::ForgotPassword => {
            answer(forgot_password::send_code(&caller, user.username.as_str(), &found, &code, NOW))
        }
        Operation::ConfirmForgotPassword => {
            let contact = pending.contact.clone();
            let purpose = Purpose::ForgotPassword;
            let pending = PendingCode::new(&keys, &pool.id, &user.sub, purpose, &code, contact, NOW);
            let found = LoadedUser { code: Some(&pending), ..found };
            let username = user.username.as_str();
            let request = confirm_forgot_password::ConfirmForgotPasswordRequest {
                username,
                code: "123456",
                password: &password,
            };
            let owner = confirm_forgot_password::admit(&caller, &request, Some(user))?;
            let compared = NewCredential { credential: Sealed::from_text("new"), is_former: false };
            answer(confirm_forgot_password::confirm(&caller, &request, &found, &owner, compared, NOW))
        }
        Operation::UpdateUserAttributes => {
            let changed = update_user_attributes::admit(&bearing()?, &given, NOW)?;
            let codes = attribute_change::NewCodes { email: code.clone(), phone_number: code };
            let no_holders = BTreeMap::new();
            answer(update_user_attributes::update(&keys, &pool, None, &changed, &no_holders, &codes, NOW))
        }
        Operation::DeleteUserAttributes => {
            answer(delete_user_attributes::delete(&bearing()?, &["name".to_owned()], NOW))
        }
        Operation::GetUserAttributeVerificationCode => {
            let kind = ContactKind::Email;
            answer(get_user_attribute_verification_code::send(
                &bearing()?,
                kind,
                &LoadedUser::default(),
                &code,
                NOW,
            ))
        }
        Operation::VerifyUserAttribute => {
            let (bearer, kind) = (bearing()?, ContactKind::Email);
            let purpose = Purpose::verifying(kind);
            let to = pending.contact.clone();
            let pending = PendingCode::new(&keys, &pool.id, &user.sub, purpose, &code, to, NOW);
            let found = LoadedUser { code: Some(&pending), ..LoadedUser::default() };
            let changed = verify_user_attribute::planned_change(&bearer, &found, NOW);
            let (no_holders, changed) = (BTreeMap::new(), changed.as_ref());
            answer(verify_user_attribute::verify(&bearer, kind, "123456", &found, changed, &no_holders, NOW))
        }
        Operation::ChangePassword => {
            let (bearer, beside) = (bearing()?, change_password::PasswordCounters::default());
            let request =
                change_password::ChangePasswordRequest { previous: Some(&password), proposed: &password };
            change_password::admit(&bearer, &request, &beside, NOW)?;
            let new = NewCredential { credential: Sealed::from_text("new"), is_former: false };
            answer(change_password::change(&bearer, Some(new), &beside, NOW))
        }
        Operation::DeleteUser => {
            let bearer = bearing()?;
            answer(delete_user::delete(bearer.pool, Some(bearer.user)))
        }
        Operation::GetUserAuthFactors => {
            let bearer = bearing()?;
            get_user_auth_factors::first_factors(bearer.pool, None, bearer.user);
            Ok(Vec::new())
        }
        Operation::GetUser => bearing().map(|_| Vec::new()),
        Operation::GlobalSignOut => answer(global_sign_out::sign_out(Some(bearing()?.user))),
        Operation::AdminUserGlobalSignOut => answer(global_sign_out::sign_out(Some(user))),
        Operation::SetUserMfaPreference => {
            answer(preference::set(&pool.mfa, Some(bearing()?.user), &[PREFERENCE], NOW))
        }
        Operation::AdminSetUserMfaPreference => {
            answer(preference::set(&pool.mfa, Some(user), &[PREFERENCE], NOW))
        }
        Operation::AssociateSoftwareToken => {
            let pool = Pool { mfa: with_software_token(), ..pool.clone() };
            answer(software_token::associate(&pool, bearing()?.user, Sealed::from_text("s")))
        }
        Operation::VerifySoftwareToken => {
            let (secret, user) = (app(), bearing()?.user);
            answer(software_token::verify(user, None, &secret, &secret.code_at(NOW), None, NOW))
        }
        Operation::ConfirmDevice => {
            let confirming = devices::DeviceConfirmation { key: "new", issued: Some("new"), before: None };
            let (of, verifier) = (&bearing()?.user.sub, Sealed::from_text("v"));
            answer(confirming.confirm(DevicePolicy::default(), of, None, verifier, NOW))
        }
        Operation::UpdateDeviceStatus => {
            answer(devices::set_remembered(Some(&device_of(bearing()?.user)), false, NOW))
        }
        Operation::AdminUpdateDeviceStatus => {
            answer(devices::set_remembered(Some(&device_of(user)), false, NOW))
        }
        Operation::ForgetDevice => answer(devices::forget(Some(&device_of(bearing()?.user)))),
        Operation::AdminForgetDevice => answer(devices::forget(Some(&device_of(user)))),
        Operation::StartWebAuthnRegistration
        | Operation::CompleteWebAuthnRegistration
        | Operation::DeleteWebAuthnCredential => {
            let Bearer { user, client, .. } = bearing()?;
            register(operation, user, client)
        }
        Operation::RefreshTokenAuth => renew(user, SecretProof::SecretHash),
        Operation::GetTokensFromRefreshToken => renew(user, SecretProof::Secret(None)),
        Operation::RevokeToken => {
            let setup = setup_for(user);
            let (grant, token) = begin_grant(&setup);
            let opened = revoke_token::open(&setup.caller(), None, token.expose())?;
            answer(revoke_token::revoke(&setup.caller(), opened, Some(&grant)))
        }
        Operation::AssociateSoftwareTokenBySession | Operation::VerifySoftwareTokenBySession => {
            set_up_software_token(operation, user)
        }
        _ => sign_in(operation, user),
    }
}

const DEVICE_KEY: &str = "key";

const PREFERENCE: Preference =
    Preference { factor: MfaFactor::SoftwareToken, enabled: true, preferred: true };

fn with_software_token() -> PoolMfa {
    PoolMfa { mode: MfaMode::Optional, factors: [MfaFactor::SoftwareToken].into() }
}

/// The user's authenticator app.
fn app() -> TokenSecret {
    TokenSecret::generate(&[7; SECRET_BYTES])
}

fn device_of(user: &User) -> Device {
    Device {
        key: DEVICE_KEY.into(),
        of: user.sub.clone(),
        name: None,
        verifier: Sealed::from_text("v"),
        remembered: true,
        created_at: NOW,
        modified_at: NOW,
        authenticated_at: NOW,
    }
}

/// Runs an operation on passkeys with a valid access token.
fn register(operation: Operation, user: &User, client: &Client) -> Result<Vec<Change>, Refusal> {
    let setup = setup_for(user);
    let registrant = Registrant {
        pool: &setup.pool,
        client,
        user,
        relying_party: Some("example.com"),
        digest_keys: &setup.keys,
        now: NOW,
    };
    let (key, challenge) = (Digest::zero(), PasskeyChallenge::from_bytes(&[4; 32]));
    match operation {
        Operation::StartWebAuthnRegistration => answer(passkeys::start(&registrant, &challenge)?),
        Operation::CompleteWebAuthnRegistration => {
            let session = &Session::begin(user.sub.clone(), client, Stage::RegisteringPasskey, NOW);
            let presented = PresentedSession { key: &key, session };
            answer(passkeys::complete(&registrant, presented, Ok(passkey::fixture("b")))?)
        }
        _ => answer(passkeys::delete(user, passkey::fixture("a").id.as_str())?),
    }
}

/// Returns a setup in which every method of signing in is enabled.
fn setup_for(user: &User) -> SignInSetup {
    let mut setup = SignInSetup::new();
    (setup.user, setup.now) = (user.clone(), NOW);
    setup.pool.first_factors = [FirstFactor::Password, FirstFactor::EmailOtp, FirstFactor::WebAuthn].into();
    setup.client.auth_flows = [
        AuthFlow::AllowUserPasswordAuth,
        AuthFlow::AllowAdminUserPasswordAuth,
        AuthFlow::AllowUserSrpAuth,
        AuthFlow::AllowUserAuth,
        AuthFlow::AllowCustomAuth,
    ]
    .into();
    setup
}

fn begin_grant(setup: &SignInSetup) -> (Grant, RefreshToken) {
    let (pool, client) = (&setup.pool.id, setup.client.id.clone());
    let ttl = setup.client.lifetimes.refresh_ttl;
    Grant::begin(&setup.keys, pool, &setup.user, client, ttl, &setup.fresh.grant, NOW)
}

fn renew(user: &User, proof: SecretProof<'_>) -> Result<Vec<Change>, Refusal> {
    let setup = setup_for(user);
    let (grant, token) = begin_grant(&setup);
    let token = refresh_tokens::open(&setup.caller(), token.expose())?;
    let renewal = Renewal {
        token: &token,
        grant: Some(&grant),
        user: Some(user),
        device: None,
        proof,
        revokes_reused: false,
    };
    answer(refresh_tokens::renew(&setup.caller(), &renewal, &[4; 32], NOW))
}

fn values() -> ExchangeValues {
    let value = |text| PublicValue::from_hex(text).expect("a number");
    ExchangeValues { a: value("a"), b: value("b") }
}

/// Runs a step of a sign-in with right answers.
fn sign_in(operation: Operation, user: &User) -> Result<Vec<Change>, Refusal> {
    let mut setup = setup_for(user);
    let username = user.username.as_str();
    let flow = match operation {
        Operation::UserPasswordAuth => InitiateAuthFlow::UserPasswordAuth,
        Operation::AdminUserPasswordAuth => InitiateAuthFlow::AdminUserPasswordAuth,
        Operation::UserSrpAuth => InitiateAuthFlow::UserSrpAuth,
        Operation::UserAuth => InitiateAuthFlow::UserAuth,
        Operation::UserAuthAfterSignUp => {
            setup.present(Stage::Confirmed);
            InitiateAuthFlow::UserAuth
        }
        Operation::CustomAuth => InitiateAuthFlow::CustomAuth,
        _ => return answer_challenge(operation, user),
    };
    let parameters = [("USERNAME", username), ("PASSWORD", "x"), ("SRP_A", "abc")];
    let parameters = Parameters::from_iter(parameters);
    let is_admin = flow == InitiateAuthFlow::AdminUserPasswordAuth;
    let session = setup.presented.is_some().then_some("handle");
    let request = initiate_auth::read(&setup.caller(), is_admin, flow, session, &parameters)?;
    let InitiateAuthRequest::SignIn(sign_in) = request else { panic!("no sign-in: {request:?}") };
    let step = setup.step(username);
    finish_step(&step, initiate_auth::next_action(&step, &sign_in)?)
}

/// Sets up an authenticator app during a sign-in.
fn set_up_software_token(operation: Operation, user: &User) -> Result<Vec<Change>, Refusal> {
    let mut setup = setup_for(user);
    setup.pool.mfa = PoolMfa { mode: MfaMode::On, ..with_software_token() };
    *setup.user.mfa = Default::default();
    setup
        .present(Stage::SigningIn(PendingChallenge::MfaSetup(Enrolment::Associated(Sealed::from_text("s")))));
    let step = setup.step(user.username.as_str());
    if let Operation::AssociateSoftwareTokenBySession = operation {
        return answer(mfa_setup::associate(&step, Sealed::from_text("other")));
    }
    // As the server does, before it opens the secret.
    mfa_setup::get_pending(&step)?;
    answer(mfa_setup::verify(&step, &app(), &app().code_at(NOW), None))
}

/// Runs a right answer to a challenge.
fn answer_challenge(operation: Operation, user: &User) -> Result<Vec<Change>, Refusal> {
    let mut setup = setup_for(user);
    let email = Contact { kind: ContactKind::Email, value: "ann@example.com".into() };
    let sent = SentCode::new(&setup.keys, &setup.pool.id, &user.sub, &setup.fresh.code, email);
    let until = match user.status {
        Status::ForceChangePassword { expires_at } => expires_at,
        _ => NOW,
    };
    let (block, code) = (SessionHandle::generate(&[1; 64]).to_secret_block(), app().code_at(NOW));
    let claim = [
        ("PASSWORD_CLAIM_SECRET_BLOCK", block.as_str()),
        ("PASSWORD_CLAIM_SIGNATURE", "y"),
        ("TIMESTAMP", "Sat Nov 21 07:30:00 UTC 2026"),
    ];
    let (pending, answers): (PendingChallenge, &[(&str, &str)]) = match operation {
        Operation::RespondToSelectChallenge => (PendingChallenge::Select, &[("ANSWER", "PASSWORD_SRP")]),
        Operation::RespondToPassword => (PendingChallenge::Password, &[("PASSWORD", "x")]),
        Operation::RespondToPasswordSrp => (PendingChallenge::PasswordSrp, &[("SRP_A", "abc")]),
        Operation::RespondToPasswordVerifier => (PendingChallenge::PasswordVerifier(values()), &claim),
        Operation::RespondToNewPasswordRequired => {
            (PendingChallenge::NewPassword(until), &[("NEW_PASSWORD", "Passw0rd!")])
        }
        Operation::RespondToEmailOtp => {
            (PendingChallenge::OneTimeCode(sent), &[("EMAIL_OTP_CODE", "12345678")])
        }
        Operation::RespondToCustomChallenge => {
            (PendingChallenge::Custom(Sealed::from_text("x")), &[("ANSWER", "5")])
        }
        Operation::RespondToSelectMfaType => {
            setup.pool.mfa = with_software_token();
            setup.user.mfa.turn_on(MfaFactor::SoftwareToken);
            (PendingChallenge::SelectMfa, &[("ANSWER", "SOFTWARE_TOKEN_MFA")])
        }
        Operation::RespondToSoftwareTokenMfa => {
            (PendingChallenge::SoftwareToken, &[("SOFTWARE_TOKEN_MFA_CODE", code.as_str())])
        }
        Operation::RespondToMfaCode => (PendingChallenge::MfaCode(sent), &[("EMAIL_OTP_CODE", "12345678")]),
        Operation::RespondToMfaSetup => {
            (PendingChallenge::MfaSetup(Enrolment::Verified(Sealed::from_text("s"))), &[])
        }
        Operation::RespondToDeviceSrpAuth => (PendingChallenge::DeviceSrp, &[("SRP_A", "abc")]),
        Operation::RespondToDevicePasswordVerifier => {
            (PendingChallenge::DevicePasswordVerifier(values()), &claim)
        }
        Operation::RespondToWebAuthn => {
            (PendingChallenge::Passkey(setup.fresh.passkey.clone()), &[("CREDENTIAL", "{}")])
        }
        other => panic!("{other:?} has no arm"),
    };
    let username = user.username.as_str();
    let parameters = answers.iter().copied().chain([("USERNAME", username), ("DEVICE_KEY", DEVICE_KEY)]);
    let (name, parameters) = (pending.name(), Parameters::from_iter(parameters));
    let is_of_device =
        matches!(pending, PendingChallenge::DeviceSrp | PendingChallenge::DevicePasswordVerifier(_));
    setup.present(Stage::SigningIn(pending));
    let device = is_of_device.then(|| device_of(user));
    if let Some((_, session)) = &mut setup.presented {
        session.device = device.as_ref().map(|device| device.key.clone());
    }
    // The secret block of an SRP exchange contains the session.
    let is_srp = [ChallengeName::PasswordVerifier, ChallengeName::DevicePasswordVerifier].contains(&name);
    let session = (!is_srp).then_some("handle");
    let response = respond_to_auth_challenge::read(&setup.caller(), name, session, &parameters)?;
    let device = device.as_ref().map(|device| NamedDevice { key: DEVICE_KEY, found: Some(device) });
    let step = Step { device, ..setup.step(username) };
    let handle = response.handle.as_deref();
    finish_step(
        &step,
        respond_to_auth_challenge::next_action(&step, &response.answer, handle, &NameHolders::new())?,
    )
}

/// Does the next action as the server does, with right results.
fn finish_step(step: &Step<'_>, next: NextAction<'_>) -> Result<Vec<Change>, Refusal> {
    match next {
        NextAction::Decided(verdict) => answer(verdict),
        NextAction::ComparePassword(_) => answer(password::decide(step, true)),
        NextAction::BeginSrp(_) => {
            let verifier = Verifier::simulated(step.caller.digest_keys, &step.caller.pool.id, step.typed);
            answer(password_verifier::send_challenge(step, &verifier, values(), true))
        }
        NextAction::CheckSrpClaim(_) => answer(password_verifier::decide(step, true)),
        // The Lambda functions decide.
        NextAction::RunCustomAuth(_) => Ok(Vec::new()),
        NextAction::DerivePassword(new) => {
            answer(new_password::decide(step, &new, Sealed::from_text("new"), &NameHolders::new()))
        }
        NextAction::OpenTokenSecret(_, code) => answer(second_factor::decide(step, &app(), code)),
        NextAction::VerifyPasskey(_) => answer(web_authn::decide(step, Some(passkey::fixture("a")))),
        NextAction::BeginDeviceSrp(..) => {
            let verifier = Verifier::simulated(step.caller.digest_keys, &step.caller.pool.id, DEVICE_KEY);
            answer(device_srp::send_password_verifier(step, &verifier, values()))
        }
        NextAction::CheckDeviceSrpClaim(..) => answer(device_srp::decide(step, true)),
    }
}
