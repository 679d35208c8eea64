//! CUSTOM_AUTH: sign-ins by the triggers DefineAuthChallenge, CreateAuthChallenge and VerifyAuthChallengeResponse.

use aws_sdk_cognitoidentityprovider::{
    operation::respond_to_auth_challenge::builders::RespondToAuthChallengeFluentBuilder,
    types::{AuthFlowType, ChallengeNameType, LambdaConfigType},
};
use serde_json::{Value, json};

use crate::{
    functions::{Behavior, arn, echo},
    srp_client::{Challenge, SrpClient, TIME},
    support::{PASSWORD, assert_refused, triggers::TriggerFixture},
};

const DEFINE: &str = "DefineAuthChallenge_Authentication";
const CREATE: &str = "CreateAuthChallenge_Authentication";
const VERIFY: &str = "VerifyAuthChallengeResponse_Authentication";
const WRONG: &str = "Incorrect username or password.";
const UNRECOGNIZABLE: &str = "Unrecognizable lambda output";

/// Returns a LambdaConfig with the three triggers.
fn config() -> LambdaConfigType {
    let config = LambdaConfigType::builder().define_auth_challenge(arn("define"));
    config.create_auth_challenge(arn("create")).verify_auth_challenge_response(arn("verify")).build()
}

/// Implements DefineAuthChallenge: a custom challenge until the answer is right, three times at most, and the password
/// first if the client starts with SRP_A.
fn define(event: &mut Value) {
    let session = event["request"]["session"].as_array().cloned().unwrap_or_default();
    let last = session.last().map(|last| (last["challengeName"].clone(), last["challengeResult"] == true));
    event["response"] = match last {
        Some((name, true)) if name == "SRP_A" => json!({ "challengeName": "PASSWORD_VERIFIER" }),
        Some((name, true)) if name == "CUSTOM_CHALLENGE" => json!({ "issueTokens": true }),
        _ if session.len() >= 3 => json!({ "failAuthentication": true }),
        _ => {
            json!({ "challengeName": "CUSTOM_CHALLENGE", "issueTokens": false, "failAuthentication": false })
        }
    };
}

/// Implements CreateAuthChallenge.
fn create(event: &mut Value) {
    event["response"] = json!({
        "publicChallengeParameters": { "question": "two and three", "USERNAME": "another user" },
        "privateChallengeParameters": { "answer": "5" },
        "challengeMetadata": "SUM",
    });
}

/// Implements VerifyAuthChallengeResponse.
fn verify(event: &mut Value) {
    let is_right =
        event["request"]["challengeAnswer"] == event["request"]["privateChallengeParameters"]["answer"];
    event["response"]["answerCorrect"] = is_right.into();
}

/// Starts a server whose functions implement the three triggers.
async fn fixture() -> TriggerFixture {
    let fixture = TriggerFixture::with(config()).await;
    fixture.functions.when("define", Behavior::Answer(define));
    fixture.functions.when("create", Behavior::Answer(create));
    fixture.functions.when("verify", Behavior::Answer(verify));
    fixture
}

/// Builds an answer to CUSTOM_CHALLENGE.
fn respond(fixture: &TriggerFixture, session: &str, answer: &str) -> RespondToAuthChallengeFluentBuilder {
    let call = fixture.server.sdk.respond_to_auth_challenge().client_id(&fixture.ids.client).session(session);
    let call = call.challenge_name(ChallengeNameType::CustomChallenge);
    call.challenge_responses("USERNAME", "ann").challenge_responses("ANSWER", answer)
}

#[tokio::test]
async fn custom_challenge_is_repeated_until_answered() {
    let fixture = fixture().await;
    let initiate = fixture.initiate(AuthFlowType::CustomAuth).auth_parameters("USERNAME", "ann");
    let challenge = initiate.client_metadata("first", "step").send().await.expect("a challenge");
    assert_eq!(challenge.challenge_name(), Some(&ChallengeNameType::CustomChallenge));
    let parameters = challenge.challenge_parameters().expect("parameters");
    assert_eq!((parameters["question"].as_str(), parameters["USERNAME"].as_str()), ("two and three", "ann"));
    assert_eq!(parameters.len(), 2, "private parameters are not returned");
    let session = challenge.session().expect("a session");
    let again =
        respond(&fixture, session, "6").client_metadata("second", "step").send().await.expect("a challenge");
    assert_eq!(again.challenge_name(), Some(&ChallengeNameType::CustomChallenge));
    let used = "Invalid session for the user, session can only be used once.";
    assert_refused!(respond(&fixture, session, "5"), is_not_authorized_exception, used);
    let signed_in =
        respond(&fixture, again.session().expect("a session"), "5").send().await.expect("signed in");
    assert!(signed_in.authentication_result.is_some_and(|result| result.refresh_token.is_some()));

    let ann = json!({
        "sub": fixture.sub, "cognito:user_status": "CONFIRMED", "email_verified": "false", "email": "ann@example.com",
    });
    let result = |is_right: bool| json!({ "challengeName": "CUSTOM_CHALLENGE", "challengeResult": is_right, "challengeMetadata": "SUM" });
    let second = json!({ "second": "step" });
    // cog-0196, cog-0234: DefineAuthChallenge gets the metadata of RespondToAuthChallenge, but not that of InitiateAuth.
    let [initial, after_wrong, after_right] = fixture.functions.events(DEFINE).try_into().expect("three");
    assert_eq!(initial["request"], json!({ "userAttributes": ann, "session": [] }));
    let empty_response = json!({ "challengeName": null, "issueTokens": null, "failAuthentication": null });
    assert_eq!((&initial["userName"], &initial["response"]), (&json!("ann"), &empty_response));
    let expected = json!({ "userAttributes": ann, "session": [result(false)], "clientMetadata": second });
    assert_eq!(after_wrong["request"], expected);
    assert_eq!(
        after_right["request"],
        json!({ "userAttributes": ann, "session": [result(false), result(true)] })
    );
    // cog-0201
    let [first, later] = fixture.functions.events(CREATE).try_into().expect("two");
    let expected = json!({ "userAttributes": ann, "challengeName": "CUSTOM_CHALLENGE", "session": [] });
    assert_eq!(first["request"], expected);
    let empty_response = json!({
        "publicChallengeParameters": null, "privateChallengeParameters": null, "challengeMetadata": null,
    });
    assert_eq!(first["response"], empty_response);
    assert_eq!(later["request"]["session"], json!([result(false)]));
    let [wrong, right] = fixture.functions.events(VERIFY).try_into().expect("two");
    let expected = json!({
        "userAttributes": ann, "privateChallengeParameters": { "answer": "5" }, "challengeAnswer": "6",
        "clientMetadata": second,
    });
    assert_eq!((&wrong["request"], &wrong["response"]), (&expected, &json!({ "answerCorrect": null })));
    assert_eq!(right["request"]["challengeAnswer"], "5");
}

#[tokio::test]
async fn custom_challenge_with_wrong_answers_is_refused_and_counted() {
    let fixture = fixture().await;
    let initiate = || fixture.initiate(AuthFlowType::CustomAuth).auth_parameters("USERNAME", "ann");
    let mut session = initiate().send().await.expect("a challenge").session.expect("a session");
    for _ in 0..2 {
        session =
            respond(&fixture, &session, "6").send().await.expect("a challenge").session.expect("a session");
    }
    assert_refused!(respond(&fixture, &session, "6"), is_not_authorized_exception, WRONG);
    let used = "Invalid session for the user, session can only be used once.";
    assert_refused!(respond(&fixture, &session, "5"), is_not_authorized_exception, used);
    fixture
        .functions
        .when("define", Behavior::Answer(|event| event["response"]["failAuthentication"] = true.into()));
    for _ in 0..4 {
        assert_refused!(initiate(), is_not_authorized_exception, WRONG);
    }
    assert_refused!(initiate(), is_not_authorized_exception, "Password attempts exceeded");
}

#[tokio::test]
async fn custom_auth_with_srp_password_first_signs_in() {
    let fixture = fixture().await;
    let srp = SrpClient::new(0x1234_5678_9abc_def0);
    let initiate = || {
        let call = fixture.initiate(AuthFlowType::CustomAuth).auth_parameters("USERNAME", "ann");
        call.auth_parameters("CHALLENGE_NAME", "SRP_A").auth_parameters("SRP_A", srp.srp_a())
    };
    let claim = |parameters: &std::collections::HashMap<String, String>, session: &str, password: &str| {
        let challenge = Challenge {
            pool: &fixture.ids.pool,
            user: &parameters["USER_ID_FOR_SRP"],
            salt: &parameters["SALT"],
            b: &parameters["SRP_B"],
            secret_block: &parameters["SECRET_BLOCK"],
        };
        let call =
            fixture.server.sdk.respond_to_auth_challenge().client_id(&fixture.ids.client).session(session);
        call.challenge_name(ChallengeNameType::PasswordVerifier)
            .challenge_responses("USERNAME", "ann")
            .challenge_responses("PASSWORD_CLAIM_SECRET_BLOCK", &parameters["SECRET_BLOCK"])
            .challenge_responses("PASSWORD_CLAIM_SIGNATURE", srp.sign(&challenge, password))
            .challenge_responses("TIMESTAMP", TIME)
    };
    for password in ["wrong", PASSWORD] {
        let challenge = initiate().send().await.expect("a challenge");
        assert_eq!(challenge.challenge_name(), Some(&ChallengeNameType::PasswordVerifier));
        let (parameters, session) =
            (challenge.challenge_parameters().expect("parameters"), challenge.session().expect("a session"));
        if password == "wrong" {
            assert_refused!(claim(parameters, session, password), is_not_authorized_exception, WRONG);
            continue;
        }
        let challenge = claim(parameters, session, password).send().await.expect("a challenge");
        assert_eq!(challenge.challenge_name(), Some(&ChallengeNameType::CustomChallenge));
        let signed_in =
            respond(&fixture, challenge.session().expect("a session"), "5").send().await.expect("signed in");
        assert!(signed_in.authentication_result.is_some());
    }
    let success =
        |name: &str| json!({ "challengeName": name, "challengeResult": true, "challengeMetadata": null });
    let sessions: Vec<_> =
        fixture.functions.events(DEFINE).iter().map(|event| event["request"]["session"].clone()).collect();
    // A wrong password is refused without invoking a function.
    assert_eq!(sessions[..2], [json!([success("SRP_A")]), json!([success("SRP_A")])]);
    assert_eq!(sessions[2], json!([success("SRP_A"), success("PASSWORD_VERIFIER")]));
    assert_eq!((sessions.len(), sessions[3].as_array().map(Vec::len)), (4, Some(3)));

    // PASSWORD_VERIFIER is allowed only right after SRP_A.
    fixture.functions.when(
        "define",
        Behavior::Answer(|event| event["response"]["challengeName"] = "PASSWORD_VERIFIER".into()),
    );
    let without_srp_a = fixture.initiate(AuthFlowType::CustomAuth).auth_parameters("USERNAME", "ann");
    assert_refused!(without_srp_a, is_invalid_lambda_response_exception, UNRECOGNIZABLE);
}

/// cog-0183, in a sign-in that verifies the password before the custom challenge.
#[tokio::test]
async fn custom_auth_with_password_first_of_unknown_user_at_hiding_client_takes_the_same_work() {
    let fixture = fixture().await;
    let hiding = fixture.create_hiding_client().await;
    let srp = SrpClient::new(7);
    let work = || fixture.server.app.passwords.exponentiations();
    for username in ["ann", "unknown"] {
        let before = work();
        let initiate = fixture.initiate(AuthFlowType::CustomAuth).client_id(&hiding);
        let initiate =
            initiate.auth_parameters("USERNAME", username).auth_parameters("CHALLENGE_NAME", "SRP_A");
        let challenge = initiate.auth_parameters("SRP_A", srp.srp_a()).send().await.expect("a challenge");
        assert_eq!(challenge.challenge_name(), Some(&ChallengeNameType::PasswordVerifier));
        let initiated = work();
        let parameters = challenge.challenge_parameters.expect("parameters");
        let claim = fixture.server.sdk.respond_to_auth_challenge().client_id(&hiding);
        let claim = claim.set_session(challenge.session).challenge_name(ChallengeNameType::PasswordVerifier);
        let claim = claim
            .challenge_responses("USERNAME", &parameters["USER_ID_FOR_SRP"])
            .challenge_responses("PASSWORD_CLAIM_SECRET_BLOCK", &parameters["SECRET_BLOCK"])
            .challenge_responses("PASSWORD_CLAIM_SIGNATURE", "bm9uc2Vuc2U=")
            .challenge_responses("TIMESTAMP", TIME);
        assert_refused!(claim, is_not_authorized_exception, WRONG);
        assert_eq!((initiated - before, work() - initiated), (1, 2), "{username}");
    }
}

/// cog-0186.
#[tokio::test]
async fn custom_auth_of_unknown_user_at_hiding_client_is_challenged_with_user_not_found_flag() {
    let fixture = fixture().await;
    let unknown = fixture.initiate(AuthFlowType::CustomAuth).auth_parameters("USERNAME", "unknown");
    assert_refused!(unknown, is_user_not_found_exception, "User does not exist.");
    assert_eq!(fixture.functions.invoked().len(), 0);
    let hiding = fixture.create_hiding_client().await;
    let mut shown = Vec::new();
    for username in ["ann", "unknown"] {
        let initiate = fixture.initiate(AuthFlowType::CustomAuth).client_id(&hiding);
        let challenge = initiate.auth_parameters("USERNAME", username).send().await.expect("a challenge");
        let session = challenge.session().expect("a session");
        let call =
            respond(&fixture, session, "5").client_id(&hiding).challenge_responses("USERNAME", username);
        match (username, call.send().await) {
            ("ann", Ok(signed_in)) => assert!(signed_in.authentication_result.is_some()),
            ("unknown", Err(refused)) => {
                let refused = refused.into_service_error();
                assert!(refused.is_not_authorized_exception(), "{refused:?}");
                assert_eq!(refused.meta().message(), Some(WRONG));
            }
            other => panic!("{other:?}"),
        }
        let parameters = challenge.challenge_parameters.expect("parameters");
        assert_eq!(parameters["USERNAME"], username);
        shown.push(parameters["question"].clone());
    }
    assert_eq!(shown[0], shown[1]);
    for source in [DEFINE, CREATE, VERIFY] {
        let flag = |event: &Value| (event["userName"].clone(), event["request"]["userNotFound"].clone());
        let events: Vec<_> = fixture.functions.events(source).iter().map(flag).collect();
        for (username, is_unknown) in events {
            assert_eq!(is_unknown, json!(username == "unknown"), "{source}");
        }
        let unknown_user = fixture.functions.events(source).pop().expect("a session");
        assert_eq!(
            (&unknown_user["userName"], &unknown_user["request"]["userAttributes"]),
            (&json!("unknown"), &json!({}))
        );
    }
}

#[tokio::test]
async fn custom_auth_with_failing_function_is_refused() {
    let fixture = fixture().await;
    let initiate = || fixture.initiate(AuthFlowType::CustomAuth).auth_parameters("USERNAME", "ann");
    let unrecognizable: [fn(&mut Value); 3] = [
        |_| (),
        |event| event["response"]["challengeName"] = "CAPTCHA".into(),
        |event| event["response"]["issueTokens"] = "true".into(),
    ];
    for change in unrecognizable {
        fixture.functions.when("define", Behavior::Answer(change));
        assert_refused!(initiate(), is_invalid_lambda_response_exception, UNRECOGNIZABLE);
    }
    let error = "RequestId: 9f Error: Runtime exited with error: exit status 129";
    fixture.functions.when(
        "define",
        Behavior::Throw(
            r#"{"errorMessage":"RequestId: 9f Error: Runtime exited with error: exit status 129"}"#,
        ),
    );
    let text = format!("DefineAuthChallenge failed with error {error}."); // cog-0229
    assert_refused!(initiate(), is_user_lambda_validation_exception, text.as_str());
    fixture.functions.when("define", Behavior::Answer(define));
    fixture.functions.when(
        "create",
        Behavior::Answer(|event| event["response"]["publicChallengeParameters"] = json!({ "a": 1 })),
    );
    assert_refused!(initiate(), is_invalid_lambda_response_exception, UNRECOGNIZABLE);
    fixture.functions.when("create", Behavior::Answer(create));
    let session = initiate().send().await.expect("a challenge").session.expect("a session");
    // cog-0230
    fixture.functions.when("verify", Behavior::Body(r#"{"answerCorrect":true}"#));
    assert_refused!(respond(&fixture, &session, "5"), is_invalid_lambda_response_exception, UNRECOGNIZABLE);
    fixture.functions.when("verify", echo());
    let again = respond(&fixture, &session, "5")
        .send()
        .await
        .expect("a challenge, because a failed function ends no session");
    assert_eq!(
        again.challenge_name(),
        Some(&ChallengeNameType::CustomChallenge),
        "an answer without answerCorrect is wrong"
    );
}

#[tokio::test]
async fn custom_auth_without_functions_is_refused() {
    let text = "Custom auth lambda trigger is not configured for the user pool.";
    let without_triggers = TriggerFixture::with(LambdaConfigType::builder().build()).await;
    let initiate = without_triggers.initiate(AuthFlowType::CustomAuth).auth_parameters("USERNAME", "ann");
    assert_refused!(initiate, is_invalid_parameter_exception, text);
    let with_define_only =
        TriggerFixture::with(LambdaConfigType::builder().define_auth_challenge(arn("define")).build()).await;
    let initiate = || with_define_only.initiate(AuthFlowType::CustomAuth).auth_parameters("USERNAME", "ann");
    with_define_only.functions.when("define", Behavior::Answer(define));
    assert_refused!(initiate(), is_invalid_parameter_exception, text);
    with_define_only
        .functions
        .when("define", Behavior::Answer(|event| event["response"]["issueTokens"] = true.into()));
    let signed_in = initiate().send().await.expect("tokens without a challenge");
    assert!(signed_in.authentication_result.is_some());
    let missing = with_define_only.initiate(AuthFlowType::CustomAuth);
    assert_refused!(missing, is_invalid_parameter_exception, "Missing required parameter USERNAME");
}
