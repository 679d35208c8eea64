//! Tests of the messages about invalid policies.

use super::*;

fn error_message(document: &str) -> String {
    let value = serde_json::from_str(document).expect("JSON");
    let (number, error) = Policies::read(&[value]).expect_err(document);
    assert_eq!(number, 1);
    error.to_string()
}

#[test]
fn invalid_policy_is_refused_with_a_remedy() {
    let cases = [
        ("[]", "the policy is a list; write an object in braces"),
        (r#""Allow""#, "the policy is `Allow`; write an object in braces"),
        (r#"{"Version": "2012-10-17"}"#, "the policy has no Statement; write one"),
        (r#"{"Statement": []}"#, "the policy has no Statement; write one"),
        (
            r#"{"Version": "2020-01-01", "Statement": []}"#,
            "`2020-01-01` is not a policy version; write 2012-10-17",
        ),
        (
            r#"{"Statements": []}"#,
            "the policy has a member `Statements`; a policy has Version, Id and Statement",
        ),
        (
            r#"{"Statement": [], "Statement": []}"#,
            "the policy has `Statement` twice; write it once, with a list of values",
        ),
    ];
    for (document, message) in cases {
        assert_eq!(error_message(document), message);
    }
}

#[test]
fn invalid_statement_is_refused_with_a_remedy() {
    let cases = [
        (r#""Action": "*", "Resource": "*""#, "it has no Effect; write Allow or Deny"),
        (
            r#""Effect": "allow", "Action": "*", "Resource": "*""#,
            "its Effect is `allow`; write Allow or Deny",
        ),
        (
            r#""Effect": "Allow", "Resource": "*""#,
            r#"it has neither Action nor NotAction; write Action; "*" means all"#,
        ),
        (r#""Effect": "Allow", "Action": "*""#, r#"it has neither Resource nor NotResource; write Resource"#),
        (
            r#""Effect": "Allow", "Action": "*", "NotAction": "s3:*", "Resource": "*""#,
            "it has both Action and NotAction; write one of them, or two statements",
        ),
        (r#""Effect": "Allow", "Action": [], "Resource": "*""#, "Action is empty; name at least one"),
        (
            r#""Effect": "Allow", "Action": "AdminGetUser", "Resource": "*""#,
            "`AdminGetUser` is not an action; write one like cognito-idp:AdminGetUser or *",
        ),
        (
            r#""Effect": "Allow", "Action": "*:AdminGetUser", "Resource": "*""#,
            "`*:AdminGetUser` is not an action",
        ),
        (r#""Effect": "Allow", "Action": {"a": 1}, "Resource": "*""#, "Action is an object; write a text"),
        (
            r#""Effect": "Allow", "Action": "*", "Resource": "us-east-1_AbCdEfGhI""#,
            "`us-east-1_AbCdEfGhI` is not a resource; write * or an ARN like arn:aws:cognito-idp:",
        ),
        (
            r#""Effect": "Allow", "Action": "*", "Resource": "arn:aws:*:*:*:*""#,
            "`arn:aws:*:*:*:*` is not a resource",
        ),
        (r#""Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3""#, "`arn:aws:s3` is not a resource"),
        (
            r#""Effect": "Allow", "Action": "*", "Resource": "*", "Principal": "*""#,
            "it has a Principal; remove it: the policy of a user is about that user",
        ),
        (
            r#""Effect": "Allow", "Action": "*", "Resource": "*", "Conditions": {}"#,
            "it has a member `Conditions`; a statement has Sid, Effect, Action or NotAction",
        ),
        (
            r#""Effect": "Allow", "Action": "*", "Resource": "*", "Condition": [], "Condition": {}"#,
            "the statement has `Condition` twice",
        ),
        (r#""Effect": "Allow", "Action": "*", "Resource": "*", "Condition": "x""#, "Condition is `x`"),
    ];
    for (body, expected) in cases {
        let message = error_message(&format!(r#"{{"Statement": {{{body}}}}}"#));
        assert!(message.starts_with(&format!("statement 1: {expected}")), "{message}");
    }
    let second = r#"{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"},
                                   {"Sid": "Tags", "Effect": "No"}]}"#;
    assert_eq!(error_message(second), "statement 2 (Tags): its Effect is `No`; write Allow or Deny");
}

#[test]
fn invalid_condition_is_refused_with_a_remedy() {
    let cases = [
        (
            r#"{"StringEqual": {"aws:username": "ci"}}"#,
            "`StringEqual` is not a condition operator; an operator is one of",
        ),
        (r#"{"stringequals": {"aws:username": "ci"}}"#, "`stringequals` is not a condition operator"),
        (
            r#"{"NullIfExists": {"aws:username": true}}"#,
            "`NullIfExists` is not a condition operator; write Null without prefix or suffix",
        ),
        (r#"{"ForAnyValue:Null": {"aws:username": true}}"#, "`ForAnyValue:Null` is not a condition operator"),
        (
            r#"{"Null": {"aws:username": "perhaps"}}"#,
            "`perhaps` is neither true nor false; write true or false",
        ),
        (r#"{"Null": {"aws:username": [true, false]}}"#, "Null has several values"),
        (r#"{"Bool": {"aws:SecureTransport": "yes"}}"#, "`yes` is neither true nor false"),
        (
            r#"{"IpAddress": {"aws:SourceIp": "192.0.2.0/33"}}"#,
            "`192.0.2.0/33` is not an IP address or range; write",
        ),
        (r#"{"IpAddress": {"aws:SourceIp": "${aws:x}"}}"#, "`${aws:x}` is not an IP address or range"),
        (r#"{"NumericEquals": {"aws:EpochTime": "much"}}"#, "`much` is not a number; write 12.5"),
        (
            r#"{"DateLessThan": {"aws:CurrentTime": "tomorrow"}}"#,
            "`tomorrow` is not a date; write 2026-11-21T07:30:00Z",
        ),
        (r#"{"StringEquals": {"aws:username": []}}"#, "`aws:username` has no values; write at least one"),
        (r#"{"StringEquals": {"aws:username": null}}"#, "a value of `aws:username` is null; write a text"),
        (
            r#"{"StringEquals": {"aws:username": "a", "aws:username": "b"}}"#,
            "`StringEquals` has `aws:username` twice",
        ),
        (
            r#"{"StringEquals": "aws:username"}"#,
            "`StringEquals` is `aws:username`; write an object in braces",
        ),
    ];
    for (condition, expected) in cases {
        let document = format!(
            r#"{{"Version": "2012-10-17", "Statement":
                {{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {condition}}}}}"#
        );
        let message = error_message(&document);
        assert!(message.starts_with(&format!("statement 1: {expected}")), "{message}");
    }
    // A variable that is not closed is refused only in versions with variables.
    for (version, is_good) in [("2012-10-17", false), ("2008-10-17", true)] {
        let document = format!(
            r#"{{"Version": "{version}", "Statement": {{"Effect": "Allow", "Action": "*", "Resource": "*",
                "Condition": {{"StringEquals": {{"aws:username": "${{x"}}}}}}}}"#
        );
        let value = serde_json::from_str(&document).expect("JSON");
        assert_eq!(Policies::read(&[value]).is_ok(), is_good, "{version}");
    }
}
