//! IAM policies of the signer: statements, conditions, and the message of a refusal.

use std::time::Duration;

use aws_sdk_cognitoidentityprovider::error::ProvideErrorMetadata as _;

use super::{
    SECRET, Signer, UNCHANGED, arn, assert_refused, denied, denied_explicitly, load_credentials,
    server_with_policies, server_with_system_clock,
};
use crate::support::raw_requests::send;

/// A condition, the headers of a request, and whether the condition holds for it.
type ConditionCase = (&'static str, &'static [(&'static str, &'static str)], bool);

/// cog-0055, cog-0339
#[tokio::test]
async fn refusal_names_user_action_and_resource() {
    let (server, pool) = server_with_policies(
        r#"{"Effect": "Allow", "Action": "cognito-idp:Admin*", "Resource": "arn:aws:cognito-idp:*:*:userpool/*"},
           {"Effect": "Deny", "Action": "cognito-idp:AdminConfirm*", "Resource": "*"}"#,
        UNCHANGED,
    )
    .await;
    let body = format!(r#"{{"UserPoolId":"{pool}","Username":"unknown"}}"#);
    let ci = Signer::CI;
    let response = ci.send(&server, "AdminGetUser", &body).await;
    assert!(response.body.contains("UserNotFoundException"), "allowed: {}", response.body);
    let cases = [
        ("AdminConfirmSignUp", denied_explicitly("ci", "AdminConfirmSignUp", &arn(&pool))),
        ("DescribeUserPool", denied("ci", "DescribeUserPool", &arn(&pool))),
        ("ListUserPools", denied("ci", "ListUserPools", "*")),
        ("DescribeUserPoolDomain", denied("ci", "DescribeUserPoolDomain", "*")),
        // Policies apply to operations that are not served, too.
        ("CreateIdentityProvider", denied("ci", "CreateIdentityProvider", &arn(&pool))),
        // A member `UserPoolId` that the operation does not have does not make the pool its resource.
        ("CreateUserPool", denied("ci", "CreateUserPool", "*")),
    ];
    for (operation, text) in cases {
        assert_refused(&ci.send(&server, operation, &body).await, "AccessDeniedException", &text);
    }
    // The SDK reads the same type and message.
    let ci = format!(r#"{{"name": "ci", "accessKeyId": "CI", "secretAccessKey": "{SECRET}"}}"#);
    let server = server_with_system_clock(load_credentials(&ci)).await;
    let error = server.sdk_as("CI", SECRET, None).list_user_pools().max_results(1).send().await;
    let error = error.expect_err("refused").into_service_error();
    assert_eq!(error.code(), Some("AccessDeniedException"));
    assert_eq!(error.message(), Some(denied("ci", "ListUserPools", "*").as_str()));
}

#[tokio::test]
async fn policies_are_evaluated_after_the_signature_and_before_the_body() {
    let (server, pool) = server_with_policies(
        r#"{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:cognito-idp:*:*:userpool/*"}"#,
        UNCHANGED,
    )
    .await;
    let ci = Signer::CI;
    // The resource of a request without a valid pool id is `*`. Only a user who may do everything gets the error of the body.
    for body in ["{", "[]", "{}", r#"{"UserPoolId": "a pool"}"#, r#"{"UserPoolId": null}"#] {
        let response = ci.send(&server, "DescribeUserPool", body).await;
        assert_refused(&response, "AccessDeniedException", &denied("ci", "DescribeUserPool", "*"));
    }
    let root = Signer { key: "ROOT", ..ci };
    let response = root.send(&server, "DescribeUserPool", "{").await;
    assert_eq!(response.body, r#"{"__type":"SerializationException"}"#);
    let response = root.send(&server, "DescribeUserPool", "{}").await;
    assert!(
        response.body.contains("1 validation error detected: Value null at 'userPoolId'"),
        "{}",
        response.body
    );
    // Of two members `UserPoolId` the policy and the operation use the same one.
    let twice = format!(r#"{{"UserPoolId":"us-east-1_nowhere","UserPoolId":"{pool}"}}"#);
    let response = ci.send(&server, "DescribeUserPool", &twice).await;
    assert!(response.body.contains(&format!(r#""Id":"{pool}""#)), "{}", response.body);
    // An invalid signature is refused first, so that it does not reveal whether a pool exists.
    let other = Signer { key: "CI", secret: "another", ..ci };
    assert!(other.send(&server, "DescribeUserPool", "{").await.body.contains("InvalidSignatureException"));
}

#[tokio::test]
async fn conditions_on_request_context_are_evaluated() {
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
        let (server, pool) = server_with_policies(&statement, |gate| gate.trusting(local)).await;
        let response = Signer::CI.send_with_headers(&server, "DescribeUserPool", headers, &get(&pool)).await;
        let status = if holds { 200 } else { 400 };
        assert_eq!(response.status, status, "{condition} {headers:?}: {}", response.body);
        if !holds {
            let text = denied("ci", "DescribeUserPool", &arn(&pool));
            assert_refused(&response, "AccessDeniedException", &text);
        }
    }
}

#[tokio::test]
async fn conditions_on_request_tags_are_evaluated() {
    let (server, _) = server_with_policies(
        r#"{"Effect": "Allow", "Action": "cognito-idp:CreateUserPool", "Resource": "*", "Condition": {
            "StringEquals": {"aws:RequestTag/Team": "red"},
            "ForAllValues:StringEquals": {"aws:TagKeys": ["Team", "Cost"]}}}"#,
        UNCHANGED,
    )
    .await;
    let cases = [
        (r#"{"PoolName": "p", "UserPoolTags": {"Team": "red", "Cost": "1"}}"#, true),
        (r#"{"PoolName": "p", "UserPoolTags": {"Team": "red", "Stage": "1"}}"#, false),
        (r#"{"PoolName": "p", "UserPoolTags": {"Team": "blue"}}"#, false),
        (r#"{"PoolName": "p"}"#, false),
    ];
    for (body, holds) in cases {
        let response = Signer::CI.send(&server, "CreateUserPool", body).await;
        if holds {
            assert_eq!(response.status, 200, "{body}: {}", response.body);
        } else {
            assert_refused(&response, "AccessDeniedException", &denied("ci", "CreateUserPool", "*"));
        }
    }
}

#[tokio::test]
async fn condition_on_current_time_follows_the_clock() {
    let (server, pool) = server_with_policies(
        r#"{"Effect": "Allow", "Action": "*", "Resource": "*"},
           {"Effect": "Deny", "Action": "*", "Resource": "*",
            "Condition": {"DateGreaterThan": {"aws:CurrentTime": "2026-12-01"}}}"#,
        UNCHANGED,
    )
    .await;
    let body = format!(r#"{{"UserPoolId":"{pool}"}}"#);
    assert_eq!(Signer::CI.send(&server, "DescribeUserPool", &body).await.status, 200);
    server.app.clock.advance(Duration::from_secs(30 * 24 * 3_600));
    let response = Signer::CI.send(&server, "DescribeUserPool", &body).await;
    let text = denied_explicitly("ci", "DescribeUserPool", &arn(&pool));
    assert_refused(&response, "AccessDeniedException", &text);
}

/// Without a Region of its own, the server verifies a signature for the Region that it names.
#[tokio::test]
async fn policies_are_evaluated_for_the_region_of_the_signature() {
    let (server, _) = server_with_policies(
        r#"{"Effect": "Allow", "Action": "cognito-idp:CreateUserPool", "Resource": "*",
            "Condition": {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}},
           {"Effect": "Allow", "Action": "cognito-idp:DescribeUserPool",
            "Resource": "arn:aws:cognito-idp:eu-west-1:*:userpool/*"}"#,
        UNCHANGED,
    )
    .await;
    let (here, elsewhere) = (Signer::CI, Signer { region: "eu-west-1", ..Signer::CI });
    let create = r#"{"PoolName": "p"}"#;
    let response = here.send(&server, "CreateUserPool", create).await;
    assert_refused(&response, "AccessDeniedException", &denied("ci", "CreateUserPool", "*"));
    let response = elsewhere.send(&server, "CreateUserPool", create).await;
    let (_, id) = response.body.split_once(r#""Id":""#).expect("an id");
    let pool = id.split('"').next().expect("an id");
    assert!(pool.starts_with("eu-west-1_"), "{pool}");
    let describe = format!(r#"{{"UserPoolId":"{pool}"}}"#);
    assert_eq!(elsewhere.send(&server, "DescribeUserPool", &describe).await.status, 200);
    let text = format!("User pool {pool} does not exist.");
    assert_refused(
        &here.send(&server, "DescribeUserPool", &describe).await,
        "ResourceNotFoundException",
        &text,
    );
    // The signature is one for the Region that it names.
    let headers = elsewhere.sign(&server, "DescribeUserPool", &[], &describe);
    let moved = headers.iter().map(|(name, value)| (name.as_str(), value.replace("eu-west-1", "us-east-1")));
    let moved: Vec<_> = moved.collect();
    let moved: Vec<_> = moved.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let response = send(server.address, "DescribeUserPool", &moved, &describe).await;
    assert!(response.body.contains("InvalidSignatureException"), "{}", response.body);
}
