//! What is refused at start-up, and how it is told.

use super::*;

fn wrong(document: &str) -> String {
    let written = serde_json::from_str(document).expect("JSON");
    let (number, wrong) = Policies::read(&[written]).expect_err(document);
    assert_eq!(number, 1);
    wrong.to_string()
}

#[test]
fn a_policy_that_cannot_be_meant_is_refused_with_its_remedy() {
    let cases = [
        ("[]", "the policy is a list; write an object in braces"),
        (r#""Allow""#, "the policy is `Allow`; write an object in braces"),
        (r#"{"Version": "2012-10-17"}"#, "the policy says nothing; write a Statement"),
        (r#"{"Statement": []}"#, "the policy says nothing; write a Statement"),
        (
            r#"{"Version": "2020-01-01", "Statement": []}"#,
            "`2020-01-01` is no version of policies; write 2012-10-17",
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
    for (document, told) in cases {
        assert_eq!(wrong(document), told);
    }
}

#[test]
fn a_statement_that_cannot_be_meant_is_refused_with_its_remedy() {
    let cases = [
        (r#""Action": "*", "Resource": "*""#, "it has no Effect; write Allow or Deny"),
        (
            r#""Effect": "allow", "Action": "*", "Resource": "*""#,
            "its Effect is `allow`; write Allow or Deny",
        ),
        (
            r#""Effect": "Allow", "Resource": "*""#,
            r#"it has neither Action nor NotAction; write Action; "*" is all"#,
        ),
        (r#""Effect": "Allow", "Action": "*""#, r#"it has neither Resource nor NotResource; write Resource"#),
        (
            r#""Effect": "Allow", "Action": "*", "NotAction": "s3:*", "Resource": "*""#,
            "it has both Action and NotAction; write one of them, or two statements",
        ),
        (r#""Effect": "Allow", "Action": [], "Resource": "*""#, "Action is empty; name at least one"),
        (
            r#""Effect": "Allow", "Action": "AdminGetUser", "Resource": "*""#,
            "`AdminGetUser` is no action; write one like cognito-idp:AdminGetUser or *",
        ),
        (
            r#""Effect": "Allow", "Action": "*:AdminGetUser", "Resource": "*""#,
            "`*:AdminGetUser` is no action",
        ),
        (r#""Effect": "Allow", "Action": {"a": 1}, "Resource": "*""#, "Action is an object; write a text"),
        (
            r#""Effect": "Allow", "Action": "*", "Resource": "us-east-1_AbCdEfGhI""#,
            "`us-east-1_AbCdEfGhI` is no resource; write * or an ARN like arn:aws:cognito-idp:",
        ),
        (
            r#""Effect": "Allow", "Action": "*", "Resource": "arn:aws:*:*:*:*""#,
            "`arn:aws:*:*:*:*` is no resource",
        ),
        (r#""Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3""#, "`arn:aws:s3` is no resource"),
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
    for (body, told) in cases {
        let said = wrong(&format!(r#"{{"Statement": {{{body}}}}}"#));
        assert!(said.starts_with(&format!("statement 1: {told}")), "{said}");
    }
    let second = r#"{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"},
                                   {"Sid": "Tags", "Effect": "No"}]}"#;
    assert_eq!(wrong(second), "statement 2 (Tags): its Effect is `No`; write Allow or Deny");
}

#[test]
fn a_condition_that_cannot_be_meant_is_refused_with_its_remedy() {
    let cases = [
        (
            r#"{"StringEqual": {"aws:username": "ci"}}"#,
            "`StringEqual` is no condition operator; an operator is one of",
        ),
        (r#"{"stringequals": {"aws:username": "ci"}}"#, "`stringequals` is no condition operator"),
        (
            r#"{"NullIfExists": {"aws:username": true}}"#,
            "`NullIfExists` is no condition operator; Null stands alone",
        ),
        (r#"{"ForAnyValue:Null": {"aws:username": true}}"#, "`ForAnyValue:Null` is no condition operator"),
        (
            r#"{"Null": {"aws:username": "perhaps"}}"#,
            "`perhaps` is neither true nor false; write true or false",
        ),
        (r#"{"Null": {"aws:username": [true, false]}}"#, "Null has several values"),
        (r#"{"Bool": {"aws:SecureTransport": "yes"}}"#, "`yes` is neither true nor false"),
        (
            r#"{"IpAddress": {"aws:SourceIp": "192.0.2.0/33"}}"#,
            "`192.0.2.0/33` is no IP address or range; write",
        ),
        (r#"{"IpAddress": {"aws:SourceIp": "${aws:x}"}}"#, "`${aws:x}` is no IP address or range"),
        (r#"{"NumericEquals": {"aws:EpochTime": "much"}}"#, "`much` is no number; write 12.5"),
        (
            r#"{"DateLessThan": {"aws:CurrentTime": "tomorrow"}}"#,
            "`tomorrow` is no date; write 2026-11-21T07:30:00Z",
        ),
        (
            r#"{"StringEquals": {"aws:username": []}}"#,
            "`aws:username` is compared with nothing; give at least one",
        ),
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
    for (condition, told) in cases {
        let document = format!(
            r#"{{"Version": "2012-10-17", "Statement":
                {{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {condition}}}}}"#
        );
        let said = wrong(&document);
        assert!(said.starts_with(&format!("statement 1: {told}")), "{said}");
    }
    // A variable that is not closed, where there are variables.
    for (version, is_good) in [("2012-10-17", false), ("2008-10-17", true)] {
        let document = format!(
            r#"{{"Version": "{version}", "Statement": {{"Effect": "Allow", "Action": "*", "Resource": "*",
                "Condition": {{"StringEquals": {{"aws:username": "${{x"}}}}}}}}"#
        );
        let written = serde_json::from_str(&document).expect("JSON");
        assert_eq!(Policies::read(&[written]).is_ok(), is_good, "{version}");
    }
}
