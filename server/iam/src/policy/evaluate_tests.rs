//! Tables of policies and the decisions that the IAM reference requires.
//!
//! Unless a case states otherwise, the request is from the user `ci` at 192.0.2.1 on 2026-11-21, about a pool with
//! tags.

use super::*;

const POOL: &str = "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_AbCdEfGhI";
const ACTION: &str = "cognito-idp:AdminGetUser";

fn context() -> ContextKeys {
    let mut context = ContextKeys::default();
    context.set("aws:username", "ci");
    context.set("aws:PrincipalArn", "arn:aws:iam::123456789012:user/ci");
    context.set("aws:SourceIp", "192.0.2.1");
    context.set("aws:SecureTransport", "false");
    context.set("aws:CurrentTime", "2026-11-21T07:30:00Z");
    context.set("aws:EpochTime", "1795246200");
    context.set("aws:UserAgent", "Boto3/1.43");
    context.set("aws:ResourceTag/Team", "red");
    context.set("aws:ResourceTag/owner", "ci");
    context.set("aws:RequestTag/Team", "blue");
    context.set_all("aws:TagKeys", ["Team".to_owned(), "Cost".to_owned()]);
    context
}

fn policies(statements: &str) -> Policies {
    let document = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
    let value = serde_json::from_str(&document).expect("JSON");
    Policies::read(&[value]).unwrap_or_else(|(_, error)| panic!("{statements}: {error}"))
}

fn decide(statements: &str, action: &str, resource: &str) -> Decision {
    policies(statements).decide(&AccessRequest { action, resource, context: &context() })
}

const ALL: &str = r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#;

#[test]
fn deny_overrides_allow_and_nothing_is_allowed_by_default() {
    use Decision::{Allowed, Denied, NotAllowed};
    let deny = r#"{"Effect": "Deny", "Action": "cognito-idp:AdminGet*", "Resource": "*"}"#;
    assert_eq!(decide(ALL, ACTION, POOL), Allowed);
    assert_eq!(decide(&format!("{ALL}, {deny}"), ACTION, POOL), Denied);
    assert_eq!(decide(&format!("{deny}, {ALL}"), ACTION, POOL), Denied);
    assert_eq!(decide(&format!("{deny}, {ALL}"), "cognito-idp:ListUsers", POOL), Allowed);
    assert_eq!(decide(deny, ACTION, POOL), Denied);
    assert_eq!(decide(deny, "cognito-idp:ListUsers", POOL), NotAllowed);
    let none = Policies::default();
    assert_eq!(
        none.decide(&AccessRequest { action: ACTION, resource: POOL, context: &context() }),
        NotAllowed
    );
    // Several policies are evaluated together.
    let mut several = policies(ALL);
    several.0.extend(policies(deny).0);
    assert_eq!(
        several.decide(&AccessRequest { action: ACTION, resource: POOL, context: &context() }),
        Denied
    );
}

/// Cases: the action and the resource of an Allow statement, the resource of the request, whether the statement
/// applies.
#[test]
fn statement_applies_by_action_and_resource() {
    let cases = [
        // Actions are not case-sensitive, and wildcards can be anywhere in the name.
        (r#""Action": "cognito-idp:AdminGetUser", "Resource": "*""#, POOL, true),
        (r#""Action": "COGNITO-IDP:admingetuser", "Resource": "*""#, POOL, true),
        (r#""Action": "cognito-idp:*", "Resource": "*""#, POOL, true),
        (r#""Action": "cognito-idp:*Get*", "Resource": "*""#, POOL, true),
        (r#""Action": "cognito-idp:AdminGetUse?", "Resource": "*""#, POOL, true),
        (r#""Action": "cognito-idp:AdminGetUser?", "Resource": "*""#, POOL, false),
        (r#""Action": "cognito-idp:Get*", "Resource": "*""#, POOL, false),
        (r#""Action": "cognito-identity:*", "Resource": "*""#, POOL, false),
        (r#""Action": ["s3:*", "cognito-idp:AdminGetUser"], "Resource": "*""#, POOL, true),
        (r#""NotAction": "cognito-idp:Delete*", "Resource": "*""#, POOL, true),
        (r#""NotAction": ["s3:*", "cognito-idp:Admin*"], "Resource": "*""#, POOL, false),
        // Resources are case-sensitive, and wildcards match within a segment unless they end it.
        (
            r#""Action": "*", "Resource": "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_AbCdEfGhI""#,
            POOL,
            true,
        ),
        (
            r#""Action": "*", "Resource": "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_ABCDEFGHI""#,
            POOL,
            false,
        ),
        (r#""Action": "*", "Resource": "arn:aws:cognito-idp:*:*:userpool/*""#, POOL, true),
        (
            r#""Action": "*", "Resource": "arn:aws:cognito-idp:us-*-1:*:userpool/us-east-1_????EfGhI""#,
            POOL,
            true,
        ),
        (r#""Action": "*", "Resource": "arn:*:cognito-idp:*:123456789012:*""#, POOL, true),
        (r#""Action": "*", "Resource": "arn:aws:cognito-idp:*""#, POOL, true),
        (r#""Action": "*", "Resource": "arn:aws:cognito-idp:eu-*:*:userpool/*""#, POOL, false),
        (r#""Action": "*", "Resource": "arn:aws:s3:::*""#, POOL, false),
        (r#""Action": "*", "Resource": ["arn:aws:s3:::b", "arn:aws:cognito-idp:*:*:*"]"#, POOL, true),
        (r#""Action": "*", "NotResource": "arn:aws:cognito-idp:*:*:userpool/*""#, POOL, false),
        (r#""Action": "*", "NotResource": "arn:aws:cognito-idp:*:*:userpool/us-east-1_other""#, POOL, true),
        // An operation without a specific pool has the resource `*`.
        (r#""Action": "*", "Resource": "*""#, "*", true),
        (r#""Action": "*", "Resource": "arn:aws:cognito-idp:*:*:userpool/*""#, "*", false),
        (r#""Action": "*", "NotResource": "arn:aws:cognito-idp:*:*:userpool/*""#, "*", true),
    ];
    for (body, resource, applies) in cases {
        let statement = format!(r#"{{"Effect": "Allow", {body}}}"#);
        let decision = decide(&statement, ACTION, resource);
        assert_eq!(decision == Decision::Allowed, applies, "{body} on {resource}: {decision:?}");
    }
}

/// Cases: a condition, and whether it holds.
#[test]
fn conditions_hold_as_the_reference_requires() {
    let cases = [
        // Strings.
        (r#"{"StringEquals": {"aws:username": "ci"}}"#, true),
        (r#"{"StringEquals": {"AWS:UserName": ["bob", "ci"]}}"#, true),
        (r#"{"StringEquals": {"aws:username": "CI"}}"#, false),
        (r#"{"StringEquals": {"aws:username": "c*"}}"#, false),
        (r#"{"StringNotEquals": {"aws:username": ["bob", "ann"]}}"#, true),
        (r#"{"StringNotEquals": {"aws:username": ["bob", "ci"]}}"#, false),
        (r#"{"StringEqualsIgnoreCase": {"aws:username": "CI"}}"#, true),
        (r#"{"StringNotEqualsIgnoreCase": {"aws:username": "CI"}}"#, false),
        (r#"{"StringLike": {"aws:UserAgent": "Boto3/*"}}"#, true),
        (r#"{"StringLike": {"aws:UserAgent": "?oto3/1.??"}}"#, true),
        (r#"{"StringLike": {"aws:UserAgent": "boto3/*"}}"#, false),
        (r#"{"StringNotLike": {"aws:UserAgent": ["aws-cli/*", "Boto3/*"]}}"#, false),
        // Absent keys.
        (r#"{"StringEquals": {"aws:absent": "x"}}"#, false),
        (r#"{"StringLike": {"aws:absent": "*"}}"#, false),
        (r#"{"StringNotEquals": {"aws:absent": "x"}}"#, true),
        (r#"{"StringNotLike": {"aws:absent": "*"}}"#, true),
        (r#"{"StringEqualsIfExists": {"aws:absent": "x"}}"#, true),
        (r#"{"StringEqualsIfExists": {"aws:username": "bob"}}"#, false),
        (r#"{"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}"#, false),
        (r#"{"NumericLessThanIfExists": {"aws:MultiFactorAuthAge": "3600"}}"#, true),
        (r#"{"Bool": {"aws:MultiFactorAuthPresent": "false"}}"#, false),
        (r#"{"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}"#, true),
        (r#"{"NotIpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}}"#, true),
        (r#"{"Null": {"aws:absent": "true"}}"#, true),
        (r#"{"Null": {"aws:absent": false}}"#, false),
        (r#"{"Null": {"aws:username": false}}"#, true),
        // ARNs: Equals and Like are the same, and each of the six components is compared separately.
        (r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/c?"}}"#, true),
        (r#"{"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::*:user/*"}}"#, true),
        (r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:*:user/ci"}}"#, false),
        (r#"{"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}}"#, true),
        (r#"{"ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::*:user/*"}}"#, false),
        // Addresses.
        (r#"{"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}"#, true),
        (r#"{"IpAddress": {"aws:SourceIp": ["2001:db8::/32", "192.0.2.1"]}}"#, true),
        (r#"{"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}"#, false),
        (r#"{"NotIpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.0.2.0/24"]}}"#, false),
        (r#"{"IpAddress": {"aws:username": "0.0.0.0/0"}}"#, false),
        // Booleans, written as JSON Booleans or as strings.
        (r#"{"Bool": {"aws:SecureTransport": "false"}}"#, true),
        (r#"{"Bool": {"aws:SecureTransport": false}}"#, true),
        (r#"{"Bool": {"aws:SecureTransport": "True"}}"#, false),
        (r#"{"Bool": {"aws:SecureTransport": ["true", "false"]}}"#, true),
        // Numbers and dates.
        (r#"{"NumericEquals": {"aws:EpochTime": 1795246200}}"#, true),
        (r#"{"NumericNotEquals": {"aws:EpochTime": ["1", "1795246200.0"]}}"#, false),
        (r#"{"NumericLessThan": {"aws:EpochTime": "1795246200"}}"#, false),
        (r#"{"NumericLessThanEquals": {"aws:EpochTime": "1795246200"}}"#, true),
        (r#"{"NumericGreaterThan": {"aws:EpochTime": "1e9"}}"#, true),
        (r#"{"NumericGreaterThanEquals": {"aws:EpochTime": "1795246201"}}"#, false),
        (r#"{"NumericGreaterThan": {"aws:username": "0"}}"#, false),
        (r#"{"DateEquals": {"aws:CurrentTime": "2026-11-21T08:30:00+01:00"}}"#, true),
        (r#"{"DateNotEquals": {"aws:CurrentTime": "2026-11-21"}}"#, true),
        (r#"{"DateLessThan": {"aws:CurrentTime": "2026-11-22"}}"#, true),
        (r#"{"DateLessThanEquals": {"aws:CurrentTime": "2026-11-21T07:29Z"}}"#, false),
        (r#"{"DateGreaterThan": {"aws:CurrentTime": "1795246199"}}"#, true),
        (r#"{"DateGreaterThanEquals": {"aws:EpochTime": "2026-11-21T07:30:00Z"}}"#, true),
        // Several keys and operators: all must hold.
        (r#"{"StringEquals": {"aws:username": "ci", "aws:ResourceTag/team": "red"}}"#, true),
        (r#"{"StringEquals": {"aws:username": "ci"}, "Bool": {"aws:SecureTransport": true}}"#, false),
        // Several values of one key.
        (r#"{"ForAllValues:StringEquals": {"aws:TagKeys": ["Team", "Cost", "Stage"]}}"#, true),
        (r#"{"ForAllValues:StringEquals": {"aws:TagKeys": ["Team"]}}"#, false),
        (r#"{"ForAllValues:StringLike": {"aws:TagKeys": ["T*", "C*"]}}"#, true),
        (r#"{"ForAllValues:StringEquals": {"aws:absent": "x"}}"#, true),
        (r#"{"ForAllValues:StringNotEquals": {"aws:TagKeys": ["Team", "Stage"]}}"#, false),
        (r#"{"ForAnyValue:StringEquals": {"aws:TagKeys": ["Team"]}}"#, true),
        (r#"{"ForAnyValue:StringEquals": {"aws:TagKeys": ["team"]}}"#, false),
        (r#"{"ForAnyValue:StringNotEquals": {"aws:TagKeys": ["Team"]}}"#, true),
        (r#"{"ForAnyValue:StringNotEquals": {"aws:TagKeys": ["Team", "Cost"]}}"#, false),
        (r#"{"ForAnyValue:StringLike": {"aws:absent": "*"}}"#, false),
        (r#"{"ForAnyValue:StringLikeIfExists": {"aws:absent": "*"}}"#, true),
        (r#"{"ForAnyValue:NumericLessThan": {"aws:EpochTime": "2e9"}}"#, true),
        (r#"{"StringEquals": {"aws:TagKeys": "Team"}}"#, false),
        (r#"{"StringEquals": {"aws:TagKeys": ["Team", "Cost"]}}"#, true),
        (r#"{"StringNotEquals": {"aws:TagKeys": "Team"}}"#, false),
        (r#"{"StringNotEquals": {"aws:TagKeys": "Stage"}}"#, true),
        // Tags: the name in the key is not case-sensitive, the value is.
        (r#"{"StringEquals": {"aws:resourcetag/TEAM": "red"}}"#, true),
        (r#"{"StringEquals": {"aws:RequestTag/Team": "Blue"}}"#, false),
        // Variables.
        (r#"{"StringEquals": {"aws:ResourceTag/owner": "${aws:username}"}}"#, true),
        (r#"{"StringNotEquals": {"aws:ResourceTag/owner": "${aws:username}"}}"#, false),
        (r#"{"StringLike": {"aws:PrincipalArn": "*:user/${aws:username}"}}"#, true),
        (r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/${aws:username}"}}"#, true),
        (r#"{"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team, 'red'}"}}"#, true),
        (r#"{"StringLike": {"aws:username": "c${?}"}}"#, false),
        // A variable without a value equals nothing, and makes a negated operator in an Allow fail.
        (r#"{"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}}"#, false),
        (r#"{"StringNotEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}}"#, false),
        (r#"{"StringEquals": {"aws:ResourceTag/team": ["${aws:PrincipalTag/team}", "red"]}}"#, true),
    ];
    for (condition, holds) in cases {
        let statement =
            format!(r#"{{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {condition}}}"#);
        assert_eq!(decide(&statement, ACTION, POOL) == Decision::Allowed, holds, "{condition}");
    }
}

#[test]
fn variable_without_value_never_allows_more_or_denies_less() {
    let cases = [
        (
            r#""Effect": "Allow", "Action": "*", "Resource": "arn:aws:cognito-idp:*:*:userpool/*${aws:absent}""#,
            false,
        ),
        (r#""Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::${aws:absent}""#, false),
        (r#""Effect": "Deny", "Action": "*", "NotResource": "arn:aws:s3:::${aws:absent}""#, true),
        (
            r#""Effect": "Deny", "Action": "*", "Resource": "*",
               "Condition": {"StringNotEquals": {"aws:ResourceTag/team": "${aws:absent}"}}"#,
            true,
        ),
    ];
    for (body, applies) in cases {
        let decision = decide(&format!("{{{body}}}"), ACTION, POOL);
        assert_eq!(decision != Decision::NotAllowed, applies, "{body}");
    }
}

#[test]
fn key_with_several_values_never_allows_more_or_denies_less() {
    let cases = [("Allow", "Team", false), ("Deny", "Team", true), ("Deny", "Stage", false)];
    for (effect, key, applies) in cases {
        let statement = format!(
            r#"{{"Effect": "{effect}", "Action": "*", "Resource": "*",
                "Condition": {{"StringEquals": {{"aws:TagKeys": "{key}"}}}}}}"#
        );
        let decision = decide(&statement, ACTION, POOL);
        assert_eq!(decision != Decision::NotAllowed, applies, "{statement}");
    }
    // Two tags whose names differ only in case.
    let mut context = context();
    context.add("aws:RequestTag/team", "red");
    for (team, decision) in
        [("red", Decision::NotAllowed), ("blue", Decision::NotAllowed), ("*", Decision::Allowed)]
    {
        let statement = format!(
            r#"{{"Effect": "Allow", "Action": "*", "Resource": "*",
                "Condition": {{"StringLike": {{"aws:RequestTag/Team": "{team}"}}}}}}"#
        );
        let request = AccessRequest { action: ACTION, resource: POOL, context: &context };
        assert_eq!(policies(&statement).decide(&request), decision, "{team}");
    }
}

#[test]
fn user_named_like_a_wildcard_does_not_match_all() {
    let own = policies(
        r#"{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:cognito-idp:*:*:userpool/${aws:username}"}"#,
    );
    let mut context = context();
    context.set("aws:username", "*");
    let request = AccessRequest { action: ACTION, resource: POOL, context: &context };
    assert_eq!(own.decide(&request), Decision::NotAllowed);
}

#[test]
fn policy_of_the_older_version_has_no_variables() {
    let statement = r#"{"Effect": "Allow", "Action": "*", "Resource": "*",
                        "Condition": {"StringEquals": {"aws:username": "${aws:username}"}}}"#;
    for (version, decision) in [
        (r#""Version": "2012-10-17","#, Decision::Allowed),
        (r#""Version": "2008-10-17","#, Decision::NotAllowed),
        ("", Decision::NotAllowed),
    ] {
        // A single statement may be written without a list.
        let document = format!(r#"{{{version} "Statement": {statement}}}"#);
        let policies = Policies::read(&[serde_json::from_str(&document).expect("JSON")]).expect("a policy");
        let request = AccessRequest { action: ACTION, resource: POOL, context: &context() };
        assert_eq!(policies.decide(&request), decision, "{version}");
    }
}

#[test]
fn used_condition_keys_are_found_in_all_elements() {
    let tags = "aws:resourcetag/";
    assert!(!policies(ALL).uses_key_prefix(tags));
    for condition in [
        r#"{"StringEquals": {"aws:ResourceTag/Team": "red"}}"#,
        r#"{"StringEquals": {"aws:username": "${aws:ResourceTag/owner}"}}"#,
    ] {
        let statement =
            format!(r#"{{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {condition}}}"#);
        assert!(policies(&statement).uses_key_prefix(tags), "{condition}");
    }
    let resource = r#"{"Effect": "Deny", "Action": "*", "NotResource": "arn:aws:s3:::${aws:ResourceTag/x}"}"#;
    assert!(policies(resource).uses_key_prefix(tags));
}
