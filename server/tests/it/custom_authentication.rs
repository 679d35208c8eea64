//! CUSTOM_AUTH: challenges of the functions DefineAuthChallenge, CreateAuthChallenge and VerifyAuthChallengeResponse.

use aws_sdk_cognitoidentityprovider::{
    operation::respond_to_auth_challenge::builders::RespondToAuthChallengeFluentBuilder,
    types::{AuthFlowType, ChallengeNameType, LambdaConfigType},
};
use serde_json::{Value, json};

use crate::{
    functions::{Does, arn, echo},
    srp_client::{Challenge, SrpClient, TIME},
    support::{PASSWORD, assert_refused, triggers::TriggerFixture},
};

const DEFINE: &str = "DefineAuthChallenge_Authentication";
const CREATE: &str = "CreateAuthChallenge_Authentication";
const VERIFY: &str = "VerifyAuthChallengeResponse_Authentication";
const WRONG: &str = "Incorrect username or password.";
const STRANGE: &str = "Unrecognizable lambda output";

fn configured() -> LambdaConfigType {
    let config = LambdaConfigType::builder().define_auth_challenge(arn("define"));
    config.create_auth_challenge(arn("create")).verify_auth_challenge_response(arn("verify")).build()
}

/// Asks for a custom challenge until one was answered rightly, three times at most; for the password first, if the
/// client begins with it.
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

fn create(event: &mut Value) {
    event["response"] = json!({
        "publicChallengeParameters": { "question": "two and three", "USERNAME": "somebody else" },
        "privateChallengeParameters": { "answer": "5" },
        "challengeMetadata": "SUM",
    });
}

fn verify(event: &mut Value) {
    let is_right =
        event["request"]["challengeAnswer"] == event["request"]["privateChallengeParameters"]["answer"];
    event["response"]["answerCorrect"] = is_right.into();
}

async fn fixture() -> TriggerFixture {
    let fixture = TriggerFixture::with(configured()).await;
    fixture.functions.when("define", Does::Answer(define));
    fixture.functions.when("create", Does::Answer(create));
    fixture.functions.when("verify", Does::Answer(verify));
    fixture
}

/// An answer to the custom challenge of a session.
fn answer(fixture: &TriggerFixture, session: &str, answer: &str) -> RespondToAuthChallengeFluentBuilder {
    let call = fixture.server.sdk.respond_to_auth_challenge().client_id(&fixture.ids.client).session(session);
    let call = call.challenge_name(ChallengeNameType::CustomChallenge);
    call.challenge_responses("USERNAME", "ann").challenge_responses("ANSWER", answer)
}

#[tokio::test]
async fn custom_challenge_is_repeated_until_answered() {
    let fixture = fixture().await;
    let begin = fixture.initiate(AuthFlowType::CustomAuth).auth_parameters("USERNAME", "ann");
    let asked = begin.client_metadata("first", "step").send().await.expect("asked");
    assert_eq!(asked.challenge_name(), Some(&ChallengeNameType::CustomChallenge));
    let shown = asked.challenge_parameters().expect("shown");
    assert_eq!((shown["question"].as_str(), shown["USERNAME"].as_str()), ("two and three", "ann"));
    assert_eq!(shown.len(), 2, "what it is judged by stays");
    let session = asked.session().expect("one");
    let again =
        answer(&fixture, session, "6").client_metadata("second", "step").send().await.expect("asked again");
    assert_eq!(again.challenge_name(), Some(&ChallengeNameType::CustomChallenge));
    let used = "Invalid session for the user, session can only be used once.";
    assert_refused!(answer(&fixture, session, "5"), is_not_authorized_exception, used);
    let done = answer(&fixture, again.session().expect("one"), "5").send().await.expect("signed in");
    assert!(done.authentication_result.is_some_and(|result| result.refresh_token.is_some()));

    let ann = json!({
        "sub": fixture.sub, "cognito:user_status": "CONFIRMED", "email_verified": "false", "email": "ann@example.com",
    });
    let result = |is_right: bool| json!({ "challengeName": "CUSTOM_CHALLENGE", "challengeResult": is_right, "challengeMetadata": "SUM" });
    let second = json!({ "second": "step" });
    // cog-0196, cog-0234: the metadata of RespondToAuthChallenge gets here, that of InitiateAuth does not.
    let [begun, missed, met] = fixture.functions.events(DEFINE).try_into().expect("three");
    assert_eq!(begun["request"], json!({ "userAttributes": ann, "session": [] }));
    let response = json!({ "challengeName": null, "issueTokens": null, "failAuthentication": null });
    assert_eq!((&begun["userName"], &begun["response"]), (&json!("ann"), &response));
    let expected = json!({ "userAttributes": ann, "session": [result(false)], "clientMetadata": second });
    assert_eq!(missed["request"], expected);
    assert_eq!(met["request"], json!({ "userAttributes": ann, "session": [result(false), result(true)] }));
    // cog-0201
    let [first, later] = fixture.functions.events(CREATE).try_into().expect("two");
    let expected = json!({ "userAttributes": ann, "challengeName": "CUSTOM_CHALLENGE", "session": [] });
    assert_eq!(first["request"], expected);
    let response = json!({
        "publicChallengeParameters": null, "privateChallengeParameters": null, "challengeMetadata": null,
    });
    assert_eq!(first["response"], response);
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
    let begin = || fixture.initiate(AuthFlowType::CustomAuth).auth_parameters("USERNAME", "ann");
    let mut asked = begin().send().await.expect("asked").session.expect("one");
    for _ in 0..2 {
        asked = answer(&fixture, &asked, "6").send().await.expect("asked again").session.expect("one");
    }
    assert_refused!(answer(&fixture, &asked, "6"), is_not_authorized_exception, WRONG);
    let used = "Invalid session for the user, session can only be used once.";
    assert_refused!(answer(&fixture, &asked, "5"), is_not_authorized_exception, used);
    fixture
        .functions
        .when("define", Does::Answer(|event| event["response"]["failAuthentication"] = true.into()));
    for _ in 0..4 {
        assert_refused!(begin(), is_not_authorized_exception, WRONG);
    }
    assert_refused!(begin(), is_not_authorized_exception, "Password attempts exceeded");
}

#[tokio::test]
async fn custom_auth_with_srp_password_first_signs_in() {
    let fixture = fixture().await;
    let srp = SrpClient::new(0x1234_5678_9abc_def0);
    let begin = || {
        let call = fixture.initiate(AuthFlowType::CustomAuth).auth_parameters("USERNAME", "ann");
        call.auth_parameters("CHALLENGE_NAME", "SRP_A").auth_parameters("SRP_A", srp.srp_a())
    };
    let claim = |asked: &std::collections::HashMap<String, String>, session: &str, password: &str| {
        let challenge = Challenge {
            pool: &fixture.ids.pool,
            user: &asked["USER_ID_FOR_SRP"],
            salt: &asked["SALT"],
            b: &asked["SRP_B"],
            secret_block: &asked["SECRET_BLOCK"],
        };
        let call =
            fixture.server.sdk.respond_to_auth_challenge().client_id(&fixture.ids.client).session(session);
        call.challenge_name(ChallengeNameType::PasswordVerifier)
            .challenge_responses("USERNAME", "ann")
            .challenge_responses("PASSWORD_CLAIM_SECRET_BLOCK", &asked["SECRET_BLOCK"])
            .challenge_responses("PASSWORD_CLAIM_SIGNATURE", srp.sign(&challenge, password))
            .challenge_responses("TIMESTAMP", TIME)
    };
    for password in ["wrong", PASSWORD] {
        let asked = begin().send().await.expect("asked");
        assert_eq!(asked.challenge_name(), Some(&ChallengeNameType::PasswordVerifier));
        let (parameters, session) =
            (asked.challenge_parameters().expect("shown"), asked.session().expect("one"));
        if password == "wrong" {
            assert_refused!(claim(parameters, session, password), is_not_authorized_exception, WRONG);
            continue;
        }
        let asked = claim(parameters, session, password).send().await.expect("right");
        assert_eq!(asked.challenge_name(), Some(&ChallengeNameType::CustomChallenge));
        let done = answer(&fixture, asked.session().expect("one"), "5").send().await.expect("signed in");
        assert!(done.authentication_result.is_some());
    }
    let told =
        |name: &str| json!({ "challengeName": name, "challengeResult": true, "challengeMetadata": null });
    let sessions: Vec<_> =
        fixture.functions.events(DEFINE).iter().map(|event| event["request"]["session"].clone()).collect();
    // A wrong password is told at once, and no function asked.
    assert_eq!(sessions[..2], [json!([told("SRP_A")]), json!([told("SRP_A")])]);
    assert_eq!(sessions[2], json!([told("SRP_A"), told("PASSWORD_VERIFIER")]));
    assert_eq!((sessions.len(), sessions[3].as_array().map(Vec::len)), (4, Some(3)));

    // Nowhere else can it be asked for.
    fixture.functions.when(
        "define",
        Does::Answer(|event| event["response"]["challengeName"] = "PASSWORD_VERIFIER".into()),
    );
    let plain = fixture.initiate(AuthFlowType::CustomAuth).auth_parameters("USERNAME", "ann");
    assert_refused!(plain, is_invalid_lambda_response_exception, STRANGE);
}

/// cog-0183, where functions say that the password comes first.
#[tokio::test]
async fn custom_auth_with_password_first_does_the_same_work_for_unknown_user() {
    let fixture = fixture().await;
    let hiding = fixture.hiding_client().await;
    let srp = SrpClient::new(7);
    let work = || fixture.server.app.passwords.exponentiations();
    for username in ["ann", "nobody"] {
        let before = work();
        let begin = fixture.initiate(AuthFlowType::CustomAuth).client_id(&hiding);
        let begin = begin.auth_parameters("USERNAME", username).auth_parameters("CHALLENGE_NAME", "SRP_A");
        let asked = begin.auth_parameters("SRP_A", srp.srp_a()).send().await.expect("asked");
        assert_eq!(asked.challenge_name(), Some(&ChallengeNameType::PasswordVerifier));
        let begun = work();
        let parameters = asked.challenge_parameters.expect("shown");
        let claim = fixture.server.sdk.respond_to_auth_challenge().client_id(&hiding);
        let claim = claim.set_session(asked.session).challenge_name(ChallengeNameType::PasswordVerifier);
        let claim = claim
            .challenge_responses("USERNAME", &parameters["USER_ID_FOR_SRP"])
            .challenge_responses("PASSWORD_CLAIM_SECRET_BLOCK", &parameters["SECRET_BLOCK"])
            .challenge_responses("PASSWORD_CLAIM_SIGNATURE", "bm9uc2Vuc2U=")
            .challenge_responses("TIMESTAMP", TIME);
        assert_refused!(claim, is_not_authorized_exception, WRONG);
        assert_eq!((begun - before, work() - begun), (1, 2), "{username}");
    }
}

/// cog-0186.
#[tokio::test]
async fn custom_auth_of_hidden_unknown_user_is_challenged_and_functions_are_told() {
    let fixture = fixture().await;
    let unknown = fixture.initiate(AuthFlowType::CustomAuth).auth_parameters("USERNAME", "nobody");
    assert_refused!(unknown, is_user_not_found_exception, "User does not exist.");
    assert_eq!(fixture.functions.invoked().len(), 0);
    let hiding = fixture.hiding_client().await;
    let mut shown = Vec::new();
    for username in ["ann", "nobody"] {
        let begin = fixture.initiate(AuthFlowType::CustomAuth).client_id(&hiding);
        let asked = begin.auth_parameters("USERNAME", username).send().await.expect("asked");
        let session = asked.session().expect("one");
        let call =
            answer(&fixture, session, "5").client_id(&hiding).challenge_responses("USERNAME", username);
        match (username, call.send().await) {
            ("ann", Ok(done)) => assert!(done.authentication_result.is_some()),
            ("nobody", Err(refused)) => {
                let refused = refused.into_service_error();
                assert!(refused.is_not_authorized_exception(), "{refused:?}");
                assert_eq!(refused.meta().message(), Some(WRONG));
            }
            other => panic!("{other:?}"),
        }
        let parameters = asked.challenge_parameters.expect("shown");
        assert_eq!(parameters["USERNAME"], username);
        shown.push(parameters["question"].clone());
    }
    assert_eq!(shown[0], shown[1]);
    for source in [DEFINE, CREATE, VERIFY] {
        let told = |event: &Value| (event["userName"].clone(), event["request"]["userNotFound"].clone());
        let events: Vec<_> = fixture.functions.events(source).iter().map(told).collect();
        for (username, is_unknown) in events {
            assert_eq!(is_unknown, json!(username == "nobody"), "{source}");
        }
        let nobody = fixture.functions.events(source).pop().expect("one");
        assert_eq!(
            (&nobody["userName"], &nobody["request"]["userAttributes"]),
            (&json!("nobody"), &json!({}))
        );
    }
}

#[tokio::test]
async fn custom_auth_with_failing_function_is_refused() {
    let fixture = fixture().await;
    let begin = || fixture.initiate(AuthFlowType::CustomAuth).auth_parameters("USERNAME", "ann");
    let strange: [fn(&mut Value); 3] = [
        |_| (),
        |event| event["response"]["challengeName"] = "CAPTCHA".into(),
        |event| event["response"]["issueTokens"] = "true".into(),
    ];
    for change in strange {
        fixture.functions.when("define", Does::Answer(change));
        assert_refused!(begin(), is_invalid_lambda_response_exception, STRANGE);
    }
    let error = "RequestId: 9f Error: Runtime exited with error: exit status 129";
    fixture.functions.when(
        "define",
        Does::Throw(r#"{"errorMessage":"RequestId: 9f Error: Runtime exited with error: exit status 129"}"#),
    );
    let text = format!("DefineAuthChallenge failed with error {error}."); // cog-0229
    assert_refused!(begin(), is_user_lambda_validation_exception, text.as_str());
    fixture.functions.when("define", Does::Answer(define));
    fixture.functions.when(
        "create",
        Does::Answer(|event| event["response"]["publicChallengeParameters"] = json!({ "a": 1 })),
    );
    assert_refused!(begin(), is_invalid_lambda_response_exception, STRANGE);
    fixture.functions.when("create", Does::Answer(create));
    let session = begin().send().await.expect("asked").session.expect("one");
    // cog-0230
    fixture.functions.when("verify", Does::Body(r#"{"answerCorrect":true}"#));
    assert_refused!(answer(&fixture, &session, "5"), is_invalid_lambda_response_exception, STRANGE);
    fixture.functions.when("verify", echo());
    let again =
        answer(&fixture, &session, "5").send().await.expect("a function that failed has judged nothing");
    assert_eq!(again.challenge_name(), Some(&ChallengeNameType::CustomChallenge), "who says nothing says no");
}

#[tokio::test]
async fn custom_auth_without_functions_is_refused() {
    let text = "Custom auth lambda trigger is not configured for the user pool.";
    let bare = TriggerFixture::with(LambdaConfigType::builder().build()).await;
    let begin = bare.initiate(AuthFlowType::CustomAuth).auth_parameters("USERNAME", "ann");
    assert_refused!(begin, is_invalid_parameter_exception, text);
    let half =
        TriggerFixture::with(LambdaConfigType::builder().define_auth_challenge(arn("define")).build()).await;
    let begin = || half.initiate(AuthFlowType::CustomAuth).auth_parameters("USERNAME", "ann");
    half.functions.when("define", Does::Answer(define));
    assert_refused!(begin(), is_invalid_parameter_exception, text);
    half.functions.when("define", Does::Answer(|event| event["response"]["issueTokens"] = true.into()));
    let done = begin().send().await.expect("the function alone decides");
    assert!(done.authentication_result.is_some());
    let missing = half.initiate(AuthFlowType::CustomAuth);
    assert_refused!(missing, is_invalid_parameter_exception, "Missing required parameter USERNAME");
}
