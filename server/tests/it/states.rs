//! Every operation in every state of a user, enabled or not, over the wire: the domain's table (`status_tests.rs`) in
//! the words that a client reads.
//!
//! States that no served operation leads to, such as EXTERNAL_PROVIDER, are put into the store.

use aws_sdk_cognitoidentityprovider::error::ProvideErrorMetadata;
use aws_sdk_cognitoidentityprovider::types::{DeliveryMediumType, MessageActionType};
use lido::store::{Key, Kind, Record, UserQuery, Write};
use lido_domain::{
    Timestamp, alias,
    code::{Code, PendingCode, Purpose},
    contact::{Contact, ContactKind},
    id::PoolId,
    user::{Status, User},
};

use crate::{
    sign_in::SignIn,
    support::{House, PASSWORD, Place, attribute},
};

/// The states, the last two being a temporary password that is good and one that has expired.
const STATES: [&str; 6] = [
    "UNCONFIRMED",
    "CONFIRMED",
    "EXTERNAL_PROVIDER",
    "RESET_REQUIRED",
    "FORCE_CHANGE_PASSWORD",
    "FORCE_CHANGE_PASSWORD",
];

fn state(at: usize, now: Timestamp) -> Status {
    match at {
        0 => Status::Unconfirmed,
        1 => Status::Confirmed,
        2 => Status::ExternalProvider,
        3 => Status::ResetRequired,
        4 => Status::ForceChangePassword { expires_at: Timestamp::from_millis(now.as_millis() + 1) },
        _ => Status::ForceChangePassword { expires_at: now },
    }
}

/// What is answered: the type and text of a refusal, or the state that the user is then in.
#[derive(Clone, Debug, PartialEq)]
enum Answer {
    Refused(&'static str, String),
    State(&'static str),
    Gone,
}

fn no(kind: &'static str, text: impl Into<String>) -> Answer {
    Answer::Refused(kind, text.into())
}

/// What an operation answers for a user in the state `at`, enabled or not.
fn expected(operation: &str, at: usize, enabled: bool) -> Answer {
    let state = STATES[at];
    let disabled = || no("NotAuthorizedException", "User is disabled.");
    match operation {
        "SignUp" => no("UsernameExistsException", "User already exists"),
        "AdminCreateUser" => no("UsernameExistsException", "User account already exists"),
        "ConfirmSignUp" | "AdminConfirmSignUp" if at == 0 && enabled => Answer::State("CONFIRMED"),
        "ConfirmSignUp" | "AdminConfirmSignUp" if at == 0 => disabled(),
        "ConfirmSignUp" | "AdminConfirmSignUp" => {
            no("NotAuthorizedException", format!("User cannot be confirmed. Current status is {state}"))
        }
        "ResendConfirmationCode" if at > 0 => no("InvalidParameterException", "User is already confirmed."),
        "ResendConfirmationCode" | "AdminCreateUser RESEND" | "AdminResetUserPassword" if !enabled => {
            disabled()
        }
        "AdminCreateUser RESEND" if at < 4 => no(
            "UnsupportedUserStateException",
            format!("User cannot be invited again. Current status is {state}"),
        ),
        "AdminResetUserPassword" if matches!(at, 0 | 2 | 4) => {
            no("NotAuthorizedException", "User password cannot be reset in the current state.")
        }
        "AdminResetUserPassword" => Answer::State("RESET_REQUIRED"),
        "ForgotPassword" | "ConfirmForgotPassword" if !enabled => disabled(),
        "ForgotPassword" if matches!(at, 2 | 4) => {
            no("NotAuthorizedException", "User password cannot be reset in the current state.")
        }
        "AdminSetUserPassword, permanent" | "ConfirmForgotPassword" => Answer::State("CONFIRMED"),
        "AdminSetUserPassword, temporary" => Answer::State("FORCE_CHANGE_PASSWORD"),
        // Whoever bears a token.
        "UpdateUserAttributes"
        | "DeleteUserAttributes"
        | "GetUserAttributeVerificationCode"
        | "VerifyUserAttribute"
        | "ChangePassword"
        | "DeleteUser"
        | "GetUser"
        | "GetUserAuthFactors"
            if !enabled =>
        {
            disabled()
        }
        "UpdateUserAttributes"
        | "DeleteUserAttributes"
        | "GetUserAttributeVerificationCode"
        | "VerifyUserAttribute"
        | "ChangePassword"
        | "DeleteUser"
        | "GetUser"
        | "GetUserAuthFactors"
            if matches!(at, 0 | 3) =>
        {
            match at {
                0 => no("UserNotConfirmedException", "User is not confirmed."),
                _ => no("PasswordResetRequiredException", "Password reset required for the user"),
            }
        }
        "ChangePassword" if at == 2 => no("NotAuthorizedException", "Incorrect username or password."),
        "ChangePassword" if at == 5 => no(
            "NotAuthorizedException",
            "Temporary password has expired and must be reset by an administrator.",
        ),
        "ChangePassword" => Answer::State("CONFIRMED"),
        "AdminDeleteUser" | "DeleteUser" => Answer::Gone,
        _ => Answer::State(state),
    }
}

/// Sends the operation for the user `ann`, who bears `token`; gives the type and text of a refusal.
async fn send(house: &House, place: &Place, token: &str, operation: &str) -> Result<(), (String, String)> {
    let (sdk, pool, client, ann) = (&house.sdk, &place.pool, &place.client, "ann");
    macro_rules! sent {
        ($call:expr) => {
            $call.send().await.map(|_| ()).map_err(|error| {
                let error = error.into_service_error();
                let said = |text: Option<&str>| text.expect("told").to_owned();
                (said(error.code()), said(error.message()))
            })
        };
    }
    match operation {
        "SignUp" => sent!(sdk.sign_up().client_id(client).username(ann).password(PASSWORD)),
        "ConfirmSignUp" => {
            sent!(sdk.confirm_sign_up().client_id(client).username(ann).confirmation_code("123456"))
        }
        "AdminConfirmSignUp" => sent!(sdk.admin_confirm_sign_up().user_pool_id(pool).username(ann)),
        "ResendConfirmationCode" => sent!(sdk.resend_confirmation_code().client_id(client).username(ann)),
        "AdminCreateUser" => sent!(sdk.admin_create_user().user_pool_id(pool).username(ann)),
        "AdminCreateUser RESEND" => {
            let call = sdk.admin_create_user().user_pool_id(pool).username(ann);
            let call = call.desired_delivery_mediums(DeliveryMediumType::Email);
            sent!(call.message_action(MessageActionType::Resend))
        }
        "AdminGetUser" => sent!(sdk.admin_get_user().user_pool_id(pool).username(ann)),
        "AdminDeleteUser" => sent!(sdk.admin_delete_user().user_pool_id(pool).username(ann)),
        "AdminEnableUser" => sent!(sdk.admin_enable_user().user_pool_id(pool).username(ann)),
        "AdminDisableUser" => sent!(sdk.admin_disable_user().user_pool_id(pool).username(ann)),
        "AdminUpdateUserAttributes" => {
            let call = sdk.admin_update_user_attributes().user_pool_id(pool).username(ann);
            sent!(call.user_attributes(attribute("name", "Ann")))
        }
        "AdminDeleteUserAttributes" => {
            let call = sdk.admin_delete_user_attributes().user_pool_id(pool).username(ann);
            sent!(call.user_attribute_names("name"))
        }
        "AdminSetUserPassword, permanent" | "AdminSetUserPassword, temporary" => {
            let call = sdk.admin_set_user_password().user_pool_id(pool).username(ann).password(PASSWORD);
            sent!(call.permanent(operation.ends_with("permanent")))
        }
        "AdminResetUserPassword" => sent!(sdk.admin_reset_user_password().user_pool_id(pool).username(ann)),
        "ForgotPassword" => sent!(sdk.forgot_password().client_id(client).username(ann)),
        "ConfirmForgotPassword" => {
            let call = sdk.confirm_forgot_password().client_id(client).username(ann).password(PASSWORD);
            sent!(call.confirmation_code("123456"))
        }
        "UpdateUserAttributes" => {
            let call = sdk.update_user_attributes().access_token(token);
            sent!(call.user_attributes(attribute("name", "Ann")))
        }
        "DeleteUserAttributes" => {
            sent!(sdk.delete_user_attributes().access_token(token).user_attribute_names("name"))
        }
        "GetUserAttributeVerificationCode" => {
            let call = sdk.get_user_attribute_verification_code().access_token(token);
            sent!(call.attribute_name("email"))
        }
        "VerifyUserAttribute" => {
            let call = sdk.verify_user_attribute().access_token(token);
            sent!(call.attribute_name("email").code("123456"))
        }
        "ChangePassword" => {
            let call = sdk.change_password().access_token(token);
            sent!(call.previous_password(PASSWORD).proposed_password(PASSWORD))
        }
        "DeleteUser" => sent!(sdk.delete_user().access_token(token)),
        "GetUser" => sent!(sdk.get_user().access_token(token)),
        "GetUserAuthFactors" => sent!(sdk.get_user_auth_factors().access_token(token)),
        other => panic!("{other} is not sent"),
    }
}

const OPERATIONS: [&str; 25] = [
    "SignUp",
    "ConfirmSignUp",
    "AdminConfirmSignUp",
    "ResendConfirmationCode",
    "AdminCreateUser",
    "AdminCreateUser RESEND",
    "AdminGetUser",
    "AdminDeleteUser",
    "AdminEnableUser",
    "AdminDisableUser",
    "AdminUpdateUserAttributes",
    "AdminDeleteUserAttributes",
    "AdminSetUserPassword, permanent",
    "AdminSetUserPassword, temporary",
    "AdminResetUserPassword",
    "ForgotPassword",
    "ConfirmForgotPassword",
    "UpdateUserAttributes",
    "DeleteUserAttributes",
    "GetUserAttributeVerificationCode",
    "VerifyUserAttribute",
    "ChangePassword",
    "DeleteUser",
    "GetUser",
    "GetUserAuthFactors",
];

#[tokio::test]
async fn every_operation_in_every_state() {
    let world = SignIn::new().await;
    let token = world.token().await;
    let SignIn { house, place, .. } = world;
    let (id, app) = (PoolId::new(&place.pool), &house.app);
    let now = app.clock.now();
    let record = app.store.read_pool(&id).await.expect("read").expect("there").value;
    let query =
        UserQuery { candidates: alias::candidates(&record.pool, "ann"), beside: vec![], otherwise: None };
    let mut ann = app.store.read_user(&id, &query).await.expect("read").user.expect("signed up");
    ann.attributes.set_verified(ContactKind::Email, true);
    let to = Contact { kind: ContactKind::Email, value: "ann@example.com".into() };
    let (keys, code) = (app.keys.digests(), Code::fixed("123456"));
    let pending = |purpose| PendingCode::new(keys, &id, &ann.sub, purpose, &code, to.clone(), now);
    let codes = [Purpose::SignUp, Purpose::ForgotPassword, Purpose::VerifyEmail];
    let codes = codes.map(|purpose| (purpose, pending(purpose)));
    let borne = app.tokens.of_pool(&id).await.expect("keys").verify(&token).expect("a token");
    let grant = app.store.read_bearing(&id, &ann.sub, &borne.grant).await.expect("read").grant;
    let grant = grant.expect("signed in");
    let username = alias::NameKey::of_username(&record.pool, &ann.username);

    for operation in OPERATIONS {
        for (at, _) in STATES.iter().enumerate() {
            for enabled in [true, false] {
                let user = User { status: state(at, now), enabled, ..ann.clone() };
                let mut writes = vec![
                    Write::Put(Key::user(&ann.sub), Record::User(user)),
                    Write::Put(Key::name(&username), Record::Name(ann.sub.clone())),
                    Write::Put(Key::grant(&ann.sub, &grant.id), Record::Grant(grant.clone())),
                    Write::RemoveUnder(Kind::Attempts, ann.sub.to_string()),
                ];
                writes.extend(codes.iter().map(|(purpose, code)| {
                    Write::Put(Key::code(&ann.sub, *purpose), Record::Code(code.clone()))
                }));
                app.store.commit(&id, vec![], writes).await.expect("planted");
                let answer = match send(&house, &place, &token, operation).await {
                    Err((kind, text)) => (kind, text),
                    Ok(()) => {
                        let user = app.store.read_user(&id, &query).await.expect("read").user;
                        let state = user.map(|user| user.status.as_str());
                        let wanted = match expected(operation, at, enabled) {
                            Answer::State(state) => Some(state),
                            Answer::Gone => None,
                            refused => panic!("{operation} in {at}, {enabled}: {refused:?} was expected"),
                        };
                        assert_eq!(state, wanted, "{operation} in {at}, {enabled}");
                        continue;
                    }
                };
                match expected(operation, at, enabled) {
                    Answer::Refused(kind, text) => {
                        assert_eq!(answer, (kind.to_owned(), text), "{operation} in {at}, {enabled}");
                    }
                    other => panic!("{operation} in {at}, {enabled}: {answer:?} in place of {other:?}"),
                }
            }
        }
    }
}
