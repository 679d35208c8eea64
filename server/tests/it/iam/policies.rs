//! IAM policies of the signer: statements, conditions, and how a refusal is told.

use std::time::Duration;

use aws_sdk_cognitoidentityprovider::error::ProvideErrorMetadata as _;

use super::{
    SAME, SECRET, Signer, arn, assert_refused, denied, denied_explicitly, listed, real_time,
    server_with_policies,
};

/// A condition, the headers of a request, and whether it holds then.
type ConditionCase = (&'static str, &'static [(&'static str, &'static str)], bool);

/// cog-0055, cog-0339
#[tokio::test]
async fn refusal_names_user_action_and_resource() {
    let (server, pool) = server_with_policies(
        r#"{"Effect": "Allow", "Action": "cognito-idp:Admin*", "Resource": "arn:aws:cognito-idp:*:*:userpool/*"},
           {"Effect": "Deny", "Action": "cognito-idp:AdminConfirm*", "Resource": "*"}"#,
        SAME,
    )
    .await;
    let body = format!(r#"{{"UserPoolId":"{pool}","Username":"nobody"}}"#);
    let ci = Signer::CI;
    let answer = ci.ask(&server, "AdminGetUser", &body).await;
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
        assert_refused(&ci.ask(&server, operation, &body).await, "AccessDeniedException", &text);
    }
    // The SDK gives the same.
    let ci = format!(r#"{{"name": "ci", "accessKeyId": "CI", "secretAccessKey": "{SECRET}"}}"#);
    let server = real_time(listed(&ci)).await;
    let error = server.sdk_as("CI", SECRET, None).list_user_pools().max_results(1).send().await;
    let error = error.expect_err("refused").into_service_error();
    assert_eq!(error.code(), Some("AccessDeniedException"));
    assert_eq!(error.message(), Some(denied("ci", "ListUserPools", "*").as_str()));
}

#[tokio::test]
async fn policies_are_evaluated_after_the_signature_and_before_the_body() {
    let (server, pool) = server_with_policies(
        r#"{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:cognito-idp:*:*:userpool/*"}"#,
        SAME,
    )
    .await;
    let ci = Signer::CI;
    // A body that names no pool is about `*`; whoever may do everything learns what is wrong with it.
    for body in ["{", "[]", "{}", r#"{"UserPoolId": "a pool"}"#, r#"{"UserPoolId": null}"#] {
        let answer = ci.ask(&server, "DescribeUserPool", body).await;
        assert_refused(&answer, "AccessDeniedException", &denied("ci", "DescribeUserPool", "*"));
    }
    let root = Signer { key: "ROOT", ..ci };
    let answer = root.ask(&server, "DescribeUserPool", "{").await;
    assert_eq!(answer.body, r#"{"__type":"SerializationException"}"#);
    let answer = root.ask(&server, "DescribeUserPool", "{}").await;
    assert!(
        answer.body.contains("1 validation error detected: Value null at 'userPoolId'"),
        "{}",
        answer.body
    );
    // Both read the same pool of two.
    let twice = format!(r#"{{"UserPoolId":"us-east-1_nowhere","UserPoolId":"{pool}"}}"#);
    let answer = ci.ask(&server, "DescribeUserPool", &twice).await;
    assert!(answer.body.contains(&format!(r#""Id":"{pool}""#)), "{}", answer.body);
    // A stranger to the pool learns nothing of whether it exists.
    let other = Signer { key: "CI", secret: "another", ..ci };
    assert!(other.ask(&server, "DescribeUserPool", "{").await.body.contains("InvalidSignatureException"));
}

#[tokio::test]
async fn conditions_on_the_request_are_evaluated() {
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
        let answer = Signer::CI.ask_with(&server, "DescribeUserPool", headers, &get(&pool)).await;
        let status = if holds { 200 } else { 400 };
        assert_eq!(answer.status, status, "{condition} {headers:?}: {}", answer.body);
        if !holds {
            let text = denied("ci", "DescribeUserPool", &arn(&pool));
            assert_refused(&answer, "AccessDeniedException", &text);
        }
    }
}

#[tokio::test]
async fn conditions_on_request_tags_are_evaluated() {
    let (server, _) = server_with_policies(
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
        let answer = Signer::CI.ask(&server, "CreateUserPool", body).await;
        if holds {
            assert_eq!(answer.status, 200, "{body}: {}", answer.body);
        } else {
            assert_refused(&answer, "AccessDeniedException", &denied("ci", "CreateUserPool", "*"));
        }
    }
}

#[tokio::test]
async fn condition_on_current_time_follows_the_clock() {
    let (server, pool) = server_with_policies(
        r#"{"Effect": "Allow", "Action": "*", "Resource": "*"},
           {"Effect": "Deny", "Action": "*", "Resource": "*",
            "Condition": {"DateGreaterThan": {"aws:CurrentTime": "2026-12-01"}}}"#,
        SAME,
    )
    .await;
    let body = format!(r#"{{"UserPoolId":"{pool}"}}"#);
    assert_eq!(Signer::CI.ask(&server, "DescribeUserPool", &body).await.status, 200);
    server.app.clock.advance(Duration::from_secs(30 * 24 * 3_600));
    let answer = Signer::CI.ask(&server, "DescribeUserPool", &body).await;
    let text = denied_explicitly("ci", "DescribeUserPool", &arn(&pool));
    assert_refused(&answer, "AccessDeniedException", &text);
}
