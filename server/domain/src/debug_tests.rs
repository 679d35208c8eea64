//! Tests that `Debug` prints no secret: of parsed requests, of random values, and of whole verdicts.
//!
//! The types that hide their own content have tests in their modules; here they are tested inside the types that
//! contain them.

use std::fmt::Debug;

use crate::{
    Verdict,
    attribute::contact::{Contact, ContactKind},
    client::{AuthFlow, secret_hash::secret_hash},
    code::{
        Code,
        message::{Message, MessageReason},
    },
    flow::{
        AppClientCaller,
        account::change_password,
        recovery::confirm_forgot_password,
        sign_in::{
            InitiateAuthFlow, SignInOutcome, SrpClaim,
            initiate_auth::{self, InitiateAuthRequest, SignInMethod},
            password, respond_to_auth_challenge,
            setup::{SignInSetup, signed_in},
        },
        sign_up::{self, confirm_sign_up},
    },
    secret::Secret,
    sign_in::{
        challenge::{ChallengeName, PendingChallenge, SentCode},
        parameter::Parameters,
        session::Stage,
        srp::{
            SALT_BYTES, Verifier,
            claim_time::ClaimTime,
            exchange::{ExchangeClaim, ExchangeValues, PublicValue, ServerSecret},
        },
    },
};

const PASSWORD: &str = "S3cret-Passw0rd";
const CODE: &str = "71438265";
const TOKEN: &str = "refresh-token-of-ann";
const SIGNATURE: &str = "c2lnbmF0dXJlLW9mLWFubg==";

/// The collected `Debug` output of several values.
#[derive(Default)]
struct DebugOutput(String);

impl DebugOutput {
    fn show(&mut self, value: &dyn Debug) {
        self.0.push_str(&format!("{value:?}\n"));
    }

    /// Asserts that the output contains none of these secrets: as text, as hexadecimal digits, or as a list of bytes.
    fn check_hides(&self, secrets: &[(&str, &[u8])]) {
        for (name, secret) in secrets {
            let some = secret.get(..16).unwrap_or(secret);
            let list = some.iter().map(u8::to_string).collect::<Vec<_>>().join(", ");
            let hex: String = some.iter().map(|byte| format!("{byte:02x}")).collect();
            let text = String::from_utf8_lossy(some).into_owned();
            for form in [list, hex, text] {
                assert!(!self.0.to_lowercase().contains(&form.to_lowercase()), "{name}: {}", self.0);
            }
        }
    }
}

#[test]
fn debug_of_a_sign_in_prints_no_secret() {
    let mut setup = SignInSetup::new();
    setup.fresh.code = Code::from_text(CODE);
    setup.client.auth_flows = [AuthFlow::AllowUserPasswordAuth, AuthFlow::AllowUserAuth].into();
    setup.client.auth_flows.insert(AuthFlow::AllowRefreshTokenAuth);
    setup.secrets = vec![Secret::new("secret-of-the-client")];
    let hash = secret_hash(&setup.client.id, &setup.secrets[0], "ann");
    setup.secret_hash = Some(hash.clone());
    let handle = setup.fresh.session.expose().to_owned();
    let block = setup.fresh.session.to_secret_block();
    let parameters = Parameters::from_iter([
        ("USERNAME", "ann"),
        ("PASSWORD", PASSWORD),
        ("NEW_PASSWORD", PASSWORD),
        ("EMAIL_OTP_CODE", CODE),
        ("SECRET_HASH", &hash),
        ("REFRESH_TOKEN", TOKEN),
        ("PASSWORD_CLAIM_SECRET_BLOCK", &block),
        ("PASSWORD_CLAIM_SIGNATURE", SIGNATURE),
        ("TIMESTAMP", "Sat Nov 21 07:30:00 UTC 2026"),
    ]);
    let to = Contact { kind: ContactKind::Email, value: "ann@example.com".into() };
    let sent = SentCode::new(&setup.keys, &setup.pool.id, &setup.user.sub, &Code::from_text(CODE), to);
    setup.present(Stage::SigningIn(PendingChallenge::OneTimeCode(sent)));

    let mut printed = DebugOutput::default();
    let caller: AppClientCaller<'_> = setup.caller();
    printed.show(&caller);
    printed.show(&parameters);
    for flow in
        [InitiateAuthFlow::UserPasswordAuth, InitiateAuthFlow::UserAuth, InitiateAuthFlow::RefreshTokenAuth]
    {
        let request = initiate_auth::read(&caller, false, flow, Some(&handle), &parameters).expect("good");
        if let InitiateAuthRequest::SignIn(sign_in) = &request {
            printed.show(sign_in);
            let method: &SignInMethod<'_> = &sign_in.method;
            printed.show(method);
        }
        printed.show(&request);
    }
    let names = [
        ChallengeName::Password,
        ChallengeName::PasswordVerifier,
        ChallengeName::NewPasswordRequired,
        ChallengeName::EmailOtp,
    ];
    for name in names {
        let read = respond_to_auth_challenge::read(&caller, name, Some(&handle), &parameters).expect("good");
        printed.show(&read);
        printed.show(&read.answer);
    }
    let step = setup.step("ann");
    printed.show(&step);
    let verdict: Verdict<SignInOutcome> = password::decide(&step, true);
    printed.show(&verdict);
    let refresh_token = signed_in(verdict).refresh_token.expect("a refresh token");
    printed.show(&refresh_token);
    printed.check_hides(&[
        ("password", PASSWORD.as_bytes()),
        ("code", CODE.as_bytes()),
        ("client secret", b"secret-of-the-client"),
        ("secret hash", hash.as_bytes()),
        ("session", handle.as_bytes()),
        ("secret block", block.as_bytes()),
        ("signature", SIGNATURE.as_bytes()),
        ("refresh token as sent", TOKEN.as_bytes()),
        // The first characters of a token are not secret: they encode the sub and the grant.
        ("refresh token", refresh_token.expose().as_bytes().rchunks(16).next().expect("long")),
        ("random bytes of a session", &[9; 64]),
        ("random bytes of a grant", &[3; 32]),
    ]);
}

#[test]
fn debug_of_an_srp_exchange_prints_no_secret() {
    let setup = SignInSetup::new();
    let (pool, password) = (&setup.pool.id, Secret::new(PASSWORD));
    let verifier = Verifier::derive(pool, &setup.user.username, &password, [5; SALT_BYTES]);
    let secret = ServerSecret::from_bytes(&[6; 32]);
    let a = PublicValue::from_hex("1234567890").expect("a number");
    let values = ExchangeValues { b: verifier.public_value(&secret), a };
    let (handle, block) = (setup.fresh.session.expose(), setup.fresh.session.to_secret_block());
    let at = ClaimTime::parse("Sat Nov 21 07:30:00 UTC 2026").expect("an instant");
    let kept_at = setup.keys.digest(&["handle"]);
    let mut printed = DebugOutput::default();
    printed.show(&verifier);
    printed.show(&secret);
    printed.show(&values);
    printed.show(&ExchangeClaim {
        group: "p",
        identity: "ann",
        secret_block: &block,
        at: &at,
        signature: SIGNATURE,
    });
    printed.show(&SrpClaim {
        values: &values,
        handle,
        kept_at: &kept_at,
        secret_block: &block,
        at: at.clone(),
        signature: SIGNATURE,
    });
    printed.check_hides(&[
        ("password", PASSWORD.as_bytes()),
        ("verifier", &verifier.to_secret().expose()[SALT_BYTES..]),
        ("server's secret", &[6; 32]),
        ("session", handle.as_bytes()),
        ("secret block", block.as_bytes()),
        ("signature", SIGNATURE.as_bytes()),
    ]);
}

#[test]
fn debug_of_account_requests_prints_no_code_or_password() {
    let (password, code) = (Secret::new(PASSWORD), Code::from_text(CODE));
    let setup = SignInSetup::new();
    let mut printed = DebugOutput::default();
    let session = confirm_sign_up::SessionLookup::NotSent;
    printed.show(&confirm_sign_up::ConfirmSignUpRequest {
        username: "ann",
        code: CODE,
        force_alias: false,
        session,
        hides_status: false,
    });
    printed.show(&confirm_forgot_password::ConfirmForgotPasswordRequest {
        username: "ann",
        code: CODE,
        password: &password,
    });
    printed.show(&sign_up::SignUpRequest { username: "ann", password: Some(&password), attributes: &[] });
    printed.show(&change_password::ChangePasswordRequest { previous: Some(&password), proposed: &password });
    printed.show(&change_password::RequiredProof::Password(&password, None));
    printed.show(&Message {
        reason: MessageReason::SignUp,
        of: setup.user.sub.clone(),
        username: setup.user.username.clone(),
        client: None,
        to: Contact { kind: ContactKind::Email, value: "ann@example.com".into() },
        code,
        is_hidden: false,
        is_verified: false,
    });
    printed.check_hides(&[("password", PASSWORD.as_bytes()), ("code", CODE.as_bytes())]);
}
