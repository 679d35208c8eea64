//! Who may do what: signatures, and the policies of whoever signed.
//!
//! The signatures here are made by the AWS crate's signer and by the SDK; those that botocore made are in
//! `credentials/fixtures` and, live, in `xtask/clients/iam.py`.

use std::{
    fs,
    time::{Duration, SystemTime},
};

use aws_sdk_cognitoidentityprovider::{
    config, error::ProvideErrorMetadata, operation::RequestId as _, types::VerifiedAttributeType,
};
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4::SigningParams,
};
use lido::{
    app::App,
    clock::{Clock, rfc3339},
    credentials::{Credentials, file},
    delivery::Transports,
    http::Gate,
    operations::Operation,
};
use lido_runtime::{Auth, Operation as _};

use crate::{
    raw::{Answer, send},
    support::House,
};

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const TOKEN: &str = "FwoGZXIvYXdzEXAMPLETOKEN";

/// A credentials file with these users, each with a name, the name in upper case as key, and statements.
fn credentials(users: &[(&str, &str)]) -> Credentials {
    let users = users.iter().map(|(name, statements)| {
        format!(
            r#"{{"name": "{name}", "accessKeyId": "{}", "secretAccessKey": "{SECRET}", "tags": {{"team": "red"}},
                "policies": [{{"Version": "2012-10-17", "Statement": [{statements}]}}]}}"#,
            name.to_uppercase()
        )
    });
    listed(&users.collect::<Vec<_>>().join(","))
}

fn listed(users: &str) -> Credentials {
    let file = tempfile::NamedTempFile::new().expect("a file");
    fs::write(file.path(), format!(r#"{{"users": [{users}]}}"#)).expect("written");
    file::load(file.path()).unwrap_or_else(|fault| panic!("{fault}"))
}

const ALL: &str = r#"{"Effect": "Allow", "Action": "cognito-idp:*", "Resource": "*"}"#;

/// A house where signatures are as old as they say.
async fn real_time(credentials: Credentials) -> House {
    let App { store, entropy, keys, triggers, settings, inbox, .. } = App::for_tests();
    let inbox = Transports::inbox(inbox.expect("tests have an inbox"));
    let app = App::new(store, Clock::system(), entropy, keys, inbox, triggers, settings);
    House::behind(app, credentials).await
}

/// What a signer does to a request.
struct Signer<'a> {
    key: &'a str,
    secret: &'a str,
    token: Option<&'a str>,
    region: &'a str,
    service: &'a str,
    /// How far the signer's clock is ahead, in seconds.
    ahead: i64,
}

impl Signer<'_> {
    const CI: Signer<'static> = Signer {
        key: "CI",
        secret: SECRET,
        token: None,
        region: "us-east-1",
        service: "cognito-idp",
        ahead: 0,
    };

    /// The headers that it adds.
    fn sign(
        &self,
        house: &House,
        operation: &str,
        more: &[(&str, &str)],
        body: &str,
    ) -> Vec<(String, String)> {
        let identity =
            config::Credentials::new(self.key, self.secret, self.token.map(str::to_owned), None, "test");
        let identity = identity.into();
        let now = house.app.clock.real_now().as_millis() + self.ahead * 1_000;
        let time = SystemTime::UNIX_EPOCH + Duration::from_millis(now.try_into().expect("after 1970"));
        let params = SigningParams::builder()
            .identity(&identity)
            .region(self.region)
            .name(self.service)
            .time(time)
            .settings(SigningSettings::default());
        let params = params.build().expect("all is given").into();
        let target = format!("AWSCognitoIdentityProviderService.{operation}");
        let headers = [("x-amz-target", target.as_str())].into_iter().chain(more.iter().copied());
        let uri = format!("http://{}/", house.address);
        let request = SignableRequest::new("POST", uri, headers, SignableBody::Bytes(body.as_bytes()));
        let (signed, _) = sign(request.expect("a request"), &params).expect("signed").into_parts();
        signed.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    async fn ask(&self, house: &House, operation: &str, body: &str) -> Answer {
        self.ask_with(house, operation, &[], body).await
    }

    async fn ask_with(&self, house: &House, operation: &str, more: &[(&str, &str)], body: &str) -> Answer {
        let signed = self.sign(house, operation, more, body);
        let signed = signed.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        send(house.address, operation, &signed.chain(more.iter().copied()).collect::<Vec<_>>(), body).await
    }
}

/// Asserts type, text and status, in the body and in the head.
fn assert_refused(answer: &Answer, name: &str, text: &str) {
    let body = format!(r#"{{"__type":"{name}","message":"{}"}}"#, text.replace('"', "\\\""));
    assert_eq!((answer.status, answer.body.as_str()), (400, body.as_str()));
    let head = format!("{}\r\n", answer.head);
    for line in [
        format!("x-amzn-errortype: {}:\r\n", name.to_lowercase()),
        // Blanks at its end are no part of a header's value.
        format!("x-amzn-errormessage: {}", text.to_lowercase().trim_end()),
        "content-type: application/x-amz-json-1.1\r\n".to_owned(),
        "x-amzn-requestid: ".to_owned(),
    ] {
        assert!(head.contains(&line), "{line} in {head}");
    }
}

fn denied(user: &str, operation: &str, resource: &str) -> String {
    format!(
        "User: arn:aws:iam::000000000000:user/{user} is not authorized to perform: cognito-idp:{operation} on \
         resource: {resource} because no identity-based policy allows the cognito-idp:{operation} action"
    )
}

fn denied_explicitly(user: &str, operation: &str, resource: &str) -> String {
    format!(
        "User: arn:aws:iam::000000000000:user/{user} is not authorized to perform: cognito-idp:{operation} on \
         resource: {resource} with an explicit deny in an identity-based policy"
    )
}

fn arn(pool: &str) -> String {
    format!("arn:aws:cognito-idp:us-east-1:000000000000:userpool/{pool}")
}

/// A house where ci has these statements beside, perhaps, root, who may do everything; and a pool with a tag.
async fn house_of_ci(statements: &str, change: impl FnOnce(Gate) -> Gate) -> (House, String) {
    let gate = change(Gate::from(credentials(&[("ci", statements), ("root", ALL)])));
    let house = House::behind(App::for_tests(), gate).await;
    let root = Signer { key: "ROOT", ..Signer::CI };
    let body = r#"{"PoolName": "p", "UserPoolTags": {"Team": "red"}}"#;
    let answer = root.ask(&house, "CreateUserPool", body).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let (_, id) = answer.body.split_once(r#""Id":""#).expect("an id");
    let pool = id.split('"').next().expect("an id").to_owned();
    (house, pool)
}

const SAME: fn(Gate) -> Gate = |gate| gate;

#[tokio::test]
async fn the_sdk_signs_and_is_verified() {
    let users = format!(
        r#"{{"name": "root", "accessKeyId": "ROOT", "secretAccessKey": "{SECRET}", "policies": [{{"Statement": {ALL}}}]}},
           {{"name": "temp", "accessKeyId": "TEMP", "secretAccessKey": "{SECRET}", "sessionToken": "{TOKEN}",
             "expiresAt": "2999-01-01T00:00:00Z", "policies": [{{"Statement": {ALL}}}]}}"#
    );
    let house = real_time(listed(&users)).await;
    for (key, token) in [("ROOT", None), ("TEMP", Some(TOKEN))] {
        let sdk = house.sdk_as(key, SECRET, token);
        let pool = sdk
            .create_user_pool()
            .pool_name("p")
            .user_pool_tags("Team", "Ärger & Söhne")
            .auto_verified_attributes(VerifiedAttributeType::Email)
            .send()
            .await;
        let pool = pool.expect("allowed").user_pool.and_then(|pool| pool.id).expect("an id");
        sdk.describe_user_pool().user_pool_id(&pool).send().await.expect("allowed");
        sdk.list_user_pools().max_results(1).send().await.expect("allowed");
    }
    for (key, secret, token, code) in [
        ("ROOT", "another", None, "InvalidSignatureException"),
        ("NOBODY", SECRET, None, "UnrecognizedClientException"),
        ("ROOT", SECRET, Some(TOKEN), "UnrecognizedClientException"),
        ("TEMP", SECRET, None, "UnrecognizedClientException"),
        ("TEMP", SECRET, Some("another"), "UnrecognizedClientException"),
    ] {
        let error = house.sdk_as(key, secret, token).list_user_pools().max_results(1).send().await;
        let error = error.expect_err("refused").into_service_error();
        assert_eq!(error.code(), Some(code), "{key} {secret} {token:?}: {error:?}");
        assert!(error.request_id().is_some());
    }
}

/// cog-0340: every operation that the model signs is refused without a signature, and no other one is.
#[tokio::test]
async fn every_signed_operation_wants_a_signature() {
    let house = House::behind(App::for_tests(), credentials(&[])).await;
    let (mut signed, mut public) = (0, 0);
    for operation in Operation::ALL {
        let answer = send(house.address, operation.name(), &[], "{").await;
        match operation.auth() {
            Auth::SigV4 => {
                assert_refused(
                    &answer,
                    "MissingAuthenticationTokenException",
                    "Missing Authentication Token",
                );
                signed += 1;
            }
            Auth::None => {
                assert!(answer.body.contains("SerializationException"), "{operation:?}: {}", answer.body);
                public += 1;
            }
        }
    }
    assert_eq!((signed, public), (Operation::ALL.len() - 34, 34));
}

/// cog-0025
#[tokio::test]
async fn a_public_operation_ignores_a_signature() {
    let house = House::behind(App::for_tests(), credentials(&[])).await;
    for authorization in ["nonsense", "AWS4-HMAC-SHA256 Credential=A/1/us-east-1/s3/aws4_request"] {
        let answer = send(house.address, "ConfirmSignUp", &[("Authorization", authorization)], "{}").await;
        assert!(answer.body.contains("3 validation errors detected"), "{}", answer.body);
    }
}

/// cog-0045, cog-0250, cog-0348, cog-0349, cog-0350
#[tokio::test]
async fn each_fault_of_a_signature_has_its_type_and_text() {
    let users = format!(
        r#"{{"name": "ci", "accessKeyId": "CI", "secretAccessKey": "{SECRET}"}},
           {{"name": "temp", "accessKeyId": "TEMP", "secretAccessKey": "{SECRET}", "sessionToken": "{TOKEN}",
             "expiresAt": "2026-11-21T07:30:00Z"}}"#
    );
    let house = House::behind(App::for_tests(), listed(&users)).await;
    let ci = Signer::CI;
    let stamp = |seconds: i64| {
        let at =
            lido_domain::Timestamp::from_millis(house.app.clock.real_now().as_millis() + seconds * 1_000);
        let (second, _) =
            rfc3339(at).split_once('.').map(|(a, b)| (a.to_owned(), b.to_owned())).expect("a fraction");
        format!("{}Z", second.replace(['-', ':'], ""))
    };
    let mismatch = "The request signature we calculated does not match the signature you provided. Check your AWS \
                    Secret Access Key and signing method. Consult the service documentation for details.";
    let invalid = "The security token included in the request is invalid.";
    let cases = [
        (Signer { key: "NOBODY", ..ci }, "UnrecognizedClientException", invalid.to_owned()),
        (Signer { secret: "another", ..ci }, "InvalidSignatureException", mismatch.to_owned()),
        (Signer { token: Some("x"), ..ci }, "UnrecognizedClientException", invalid.to_owned()),
        (Signer { key: "TEMP", ..ci }, "UnrecognizedClientException", invalid.to_owned()),
        (Signer { key: "TEMP", token: Some("x"), ..ci }, "UnrecognizedClientException", invalid.to_owned()),
        (
            Signer { key: "TEMP", token: Some(TOKEN), ..ci },
            "ExpiredTokenException",
            "The security token included in the request is expired".to_owned(),
        ),
        (
            Signer { region: "eu-west-1", ..ci },
            "InvalidSignatureException",
            "Credential should be scoped to a valid region. ".to_owned(),
        ),
        (
            Signer { service: "s3", ..ci },
            "InvalidSignatureException",
            "Credential should be scoped to correct service: 'cognito-idp'. ".to_owned(),
        ),
        (
            Signer { ahead: -301, ..ci },
            "InvalidSignatureException",
            format!(
                "Signature expired: {} is now earlier than {} ({} - 5 min.)",
                stamp(-301),
                stamp(-300),
                stamp(0)
            ),
        ),
        (
            Signer { ahead: 301, ..ci },
            "InvalidSignatureException",
            format!(
                "Signature not yet current: {} is still later than {} ({} + 5 min.)",
                stamp(301),
                stamp(300),
                stamp(0)
            ),
        ),
    ];
    for (signer, name, text) in cases {
        // Whatever the body is: it is not read before.
        assert_refused(&signer.ask(&house, "ListUserPools", "{").await, name, &text);
    }
    let credential = "Credential=CI/20261121/us-east-1/cognito-idp/aws4_request";
    let headers = [
        (
            // cog-0351
            "AWS4-HMAC-SHA256 nonsense".to_owned(),
            "'nonsense' not a valid key=value pair (missing equal-sign) in Authorization header: 'AWS4-HMAC-SHA256 \
             nonsense'."
                .to_owned(),
        ),
        ("Bearer abc".to_owned(), "Unsupported AWS 'algorithm': 'Bearer'.".to_owned()),
        (
            format!("AWS4-HMAC-SHA256 {credential}, SignedHeaders=host"),
            format!(
                "Authorization header requires 'Signature' parameter. Authorization=AWS4-HMAC-SHA256 {credential}, \
                 SignedHeaders=host"
            ),
        ),
        (
            format!("AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=00"),
            format!(
                "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. \
                 Authorization=AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=00"
            ),
        ),
    ];
    for (header, text) in headers {
        let answer = send(house.address, "ListUserPools", &[("Authorization", &header)], "{}").await;
        assert_refused(&answer, "IncompleteSignatureException", &text);
    }
}

#[tokio::test]
async fn what_was_signed_is_what_counts() {
    let (house, pool) = house_of_ci(ALL, SAME).await;
    let body = format!(r#"{{"UserPoolId":"{pool}"}}"#);
    let signed = Signer::CI.sign(&house, "DescribeUserPool", &[], &body);
    let headers: Vec<_> = signed.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(send(house.address, "DescribeUserPool", &headers, &body).await.status, 200);
    let unsigned = [&headers[..], &[("x-unsigned", "anything")]].concat();
    assert_eq!(send(house.address, "DescribeUserPool", &unsigned, &body).await.status, 200);
    let mismatch = "The request signature we calculated does not match the signature you provided. Check your AWS \
                    Secret Access Key and signing method. Consult the service documentation for details.";
    for (operation, body) in [("DescribeUserPool", format!("{body} ")), ("DeleteUserPool", body.clone())] {
        let answer = send(house.address, operation, &headers, &body).await;
        assert_refused(&answer, "InvalidSignatureException", mismatch);
    }
    // A claim about the body is no hash of it.
    let unhashed = [&headers[..], &[("x-amz-content-sha256", "UNSIGNED-PAYLOAD")]].concat();
    let answer = send(house.address, "DescribeUserPool", &unhashed, "{}").await;
    assert_refused(&answer, "InvalidSignatureException", mismatch);
    // Blanks in values and more signed headers change nothing.
    let more = [("x-amz-meta", "  a   b  "), ("accept", "*/*")];
    assert_eq!(Signer::CI.ask_with(&house, "DescribeUserPool", &more, &body).await.status, 200);
}

/// cog-0055, cog-0339
#[tokio::test]
async fn a_refusal_names_user_action_and_resource() {
    let (house, pool) = house_of_ci(
        r#"{"Effect": "Allow", "Action": "cognito-idp:Admin*", "Resource": "arn:aws:cognito-idp:*:*:userpool/*"},
           {"Effect": "Deny", "Action": "cognito-idp:AdminConfirm*", "Resource": "*"}"#,
        SAME,
    )
    .await;
    let body = format!(r#"{{"UserPoolId":"{pool}","Username":"nobody"}}"#);
    let ci = Signer::CI;
    let answer = ci.ask(&house, "AdminGetUser", &body).await;
    assert!(answer.body.contains("UserNotFoundException"), "allowed: {}", answer.body);
    let cases = [
        ("AdminConfirmSignUp", denied_explicitly("ci", "AdminConfirmSignUp", &arn(&pool))),
        ("DescribeUserPool", denied("ci", "DescribeUserPool", &arn(&pool))),
        ("ListUserPools", denied("ci", "ListUserPools", "*")),
        ("DescribeUserPoolDomain", denied("ci", "DescribeUserPoolDomain", "*")),
        // Operations that are not served are judged all the same.
        ("CreateIdentityProvider", denied("ci", "CreateIdentityProvider", &arn(&pool))),
        // A member that the operation does not have does not bring it under a pool.
        ("CreateUserPool", denied("ci", "CreateUserPool", "*")),
    ];
    for (operation, text) in cases {
        assert_refused(&ci.ask(&house, operation, &body).await, "AccessDeniedException", &text);
    }
    // The SDK gives the same.
    let ci = format!(r#"{{"name": "ci", "accessKeyId": "CI", "secretAccessKey": "{SECRET}"}}"#);
    let house = real_time(listed(&ci)).await;
    let error = house.sdk_as("CI", SECRET, None).list_user_pools().max_results(1).send().await;
    let error = error.expect_err("refused").into_service_error();
    assert_eq!(error.code(), Some("AccessDeniedException"));
    assert_eq!(error.message(), Some(denied("ci", "ListUserPools", "*").as_str()));
}

#[tokio::test]
async fn policies_come_before_reading_and_after_the_signature() {
    let (house, pool) = house_of_ci(
        r#"{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:cognito-idp:*:*:userpool/*"}"#,
        SAME,
    )
    .await;
    let ci = Signer::CI;
    // A body that names no pool is about `*`; whoever may do everything learns what is wrong with it.
    for body in ["{", "[]", "{}", r#"{"UserPoolId": "a pool"}"#, r#"{"UserPoolId": null}"#] {
        let answer = ci.ask(&house, "DescribeUserPool", body).await;
        assert_refused(&answer, "AccessDeniedException", &denied("ci", "DescribeUserPool", "*"));
    }
    let root = Signer { key: "ROOT", ..ci };
    let answer = root.ask(&house, "DescribeUserPool", "{").await;
    assert_eq!(answer.body, r#"{"__type":"SerializationException"}"#);
    let answer = root.ask(&house, "DescribeUserPool", "{}").await;
    assert!(
        answer.body.contains("1 validation error detected: Value null at 'userPoolId'"),
        "{}",
        answer.body
    );
    // Both read the same pool of two.
    let twice = format!(r#"{{"UserPoolId":"us-east-1_nowhere","UserPoolId":"{pool}"}}"#);
    let answer = ci.ask(&house, "DescribeUserPool", &twice).await;
    assert!(answer.body.contains(&format!(r#""Id":"{pool}""#)), "{}", answer.body);
    // A stranger to the pool learns nothing of whether it exists.
    let other = Signer { key: "CI", secret: "another", ..ci };
    assert!(other.ask(&house, "DescribeUserPool", "{").await.body.contains("InvalidSignatureException"));
}

/// A condition, the headers of a request, and whether it holds then.
type ConditionCase = (&'static str, &'static [(&'static str, &'static str)], bool);

#[tokio::test]
async fn conditions_look_at_the_request() {
    let get = |pool: &str| format!(r#"{{"UserPoolId":"{pool}"}}"#);
    let cases: [ConditionCase; 16] = [
        (r#"{"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}"#, &[], true),
        (r#"{"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}"#, &[], false),
        (r#"{"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}"#, &[("x-forwarded-for", "192.0.2.1")], true),
        (r#"{"Bool": {"aws:SecureTransport": "true"}}"#, &[], false),
        (r#"{"Bool": {"aws:SecureTransport": "true"}}"#, &[("x-forwarded-proto", "https")], true),
        (r#"{"StringLike": {"aws:UserAgent": "Boto3/*"}}"#, &[("user-agent", "Boto3/1.43")], true),
        (r#"{"StringLike": {"aws:UserAgent": "Boto3/*"}}"#, &[("user-agent", "curl/8")], false),
        (r#"{"StringEquals": {"aws:ResourceTag/Team": "red"}}"#, &[], true),
        (r#"{"StringEquals": {"aws:ResourceTag/Team": "blue"}}"#, &[], false),
        (r#"{"StringEquals": {"aws:ResourceTag/Team": "${aws:PrincipalTag/team}"}}"#, &[], true),
        (
            r#"{"StringEquals": {"aws:username": "ci", "aws:userid": "ci", "aws:PrincipalType": "User"}}"#,
            &[],
            true,
        ),
        (r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::000000000000:user/c*"}}"#, &[], true),
        (
            r#"{"StringEquals": {"aws:PrincipalAccount": "000000000000", "aws:ResourceAccount": "000000000000"}}"#,
            &[],
            true,
        ),
        (r#"{"StringEquals": {"aws:RequestedRegion": ["us-east-1", "eu-west-1"]}}"#, &[], true),
        (r#"{"DateLessThan": {"aws:CurrentTime": "2026-11-21T07:30:01Z"}}"#, &[], true),
        (r#"{"NumericLessThan": {"aws:EpochTime": "1795246200"}}"#, &[], false),
    ];
    for (condition, headers, holds) in cases {
        let statement =
            format!(r#"{{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {condition}}}"#);
        let local = vec!["127.0.0.1/32".parse().expect("a range")];
        let (house, pool) = house_of_ci(&statement, |gate| gate.trusting(local)).await;
        let answer = Signer::CI.ask_with(&house, "DescribeUserPool", headers, &get(&pool)).await;
        let status = if holds { 200 } else { 400 };
        assert_eq!(answer.status, status, "{condition} {headers:?}: {}", answer.body);
        if !holds {
            let text = denied("ci", "DescribeUserPool", &arn(&pool));
            assert_refused(&answer, "AccessDeniedException", &text);
        }
    }
}

#[tokio::test]
async fn conditions_look_at_tags_of_the_request() {
    let (house, _) = house_of_ci(
        r#"{"Effect": "Allow", "Action": "cognito-idp:CreateUserPool", "Resource": "*", "Condition": {
            "StringEquals": {"aws:RequestTag/Team": "red"},
            "ForAllValues:StringEquals": {"aws:TagKeys": ["Team", "Cost"]}}}"#,
        SAME,
    )
    .await;
    let cases = [
        (r#"{"PoolName": "p", "UserPoolTags": {"Team": "red", "Cost": "1"}}"#, true),
        (r#"{"PoolName": "p", "UserPoolTags": {"Team": "red", "Stage": "1"}}"#, false),
        (r#"{"PoolName": "p", "UserPoolTags": {"Team": "blue"}}"#, false),
        (r#"{"PoolName": "p"}"#, false),
    ];
    for (body, holds) in cases {
        let answer = Signer::CI.ask(&house, "CreateUserPool", body).await;
        if holds {
            assert_eq!(answer.status, 200, "{body}: {}", answer.body);
        } else {
            assert_refused(&answer, "AccessDeniedException", &denied("ci", "CreateUserPool", "*"));
        }
    }
}

#[tokio::test]
async fn a_policy_ends_when_the_clock_says_so() {
    let (house, pool) = house_of_ci(
        r#"{"Effect": "Allow", "Action": "*", "Resource": "*"},
           {"Effect": "Deny", "Action": "*", "Resource": "*",
            "Condition": {"DateGreaterThan": {"aws:CurrentTime": "2026-12-01"}}}"#,
        SAME,
    )
    .await;
    let body = format!(r#"{{"UserPoolId":"{pool}"}}"#);
    assert_eq!(Signer::CI.ask(&house, "DescribeUserPool", &body).await.status, 200);
    house.app.clock.advance(Duration::from_secs(30 * 24 * 3_600));
    let answer = Signer::CI.ask(&house, "DescribeUserPool", &body).await;
    let text = denied_explicitly("ci", "DescribeUserPool", &arn(&pool));
    assert_refused(&answer, "AccessDeniedException", &text);
}
