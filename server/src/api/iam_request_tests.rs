//! The request context of bodies, and the agreement of [`PolicyMembers`] with the model.

use std::{collections::BTreeMap, fs, path::Path};

use lido_runtime::Operation as _;
use serde_json::Value;

use super::*;

const POOL: &str = "us-east-1_AbCdEfGhI";
const ARN: &str = "arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_AbCdEfGhI";

fn request(operation: Operation, body: &str) -> IamRequest {
    IamRequest::read(operation, body.as_bytes(), &Settings::default())
}

#[test]
fn resource_is_read_from_its_member_only() {
    let long = "a".repeat(56);
    let cases = [
        (Operation::AdminGetUser, format!(r#"{{"UserPoolId": "{POOL}", "Username": "u"}}"#), ARN),
        // The last one counts, as in the operation's own reader.
        (
            Operation::AdminGetUser,
            format!(r#"{{"UserPoolId": "us-east-1_other", "UserPoolId": "{POOL}"}}"#),
            ARN,
        ),
        (Operation::AdminGetUser, format!(r#"{{"UserPoolId": "{POOL}", "UserPoolId": null}}"#), "*"),
        (Operation::AdminGetUser, format!(r#"{{"ResourceArn": "{ARN}"}}"#), "*"),
        // Ignored members may have any value.
        (Operation::AdminGetUser, format!(r#"{{"x": 1e999, "Tags": 7, "UserPoolId": "{POOL}"}}"#), ARN),
        (Operation::AdminGetUser, format!(r#"{{"UserPool\u0049d": "{POOL}"}}"#), ARN),
        (Operation::AdminGetUser, r#"{"UserPoolId": 7}"#.to_owned(), "*"),
        (Operation::AdminGetUser, r#"{"UserPoolId": "a pool"}"#.to_owned(), "*"),
        (Operation::AdminGetUser, r#"{"UserPoolId": ""}"#.to_owned(), "*"),
        (Operation::AdminGetUser, format!(r#"{{"UserPoolId": "{long}"}}"#), "*"),
        (Operation::AdminGetUser, format!(r#"{{"UserPoolId": "{POOL}"#), "*"),
        (Operation::AdminGetUser, "[]".to_owned(), "*"),
        (Operation::AdminGetUser, String::new(), "*"),
        // An operation without the member ignores it.
        (Operation::CreateUserPool, format!(r#"{{"UserPoolId": "{POOL}"}}"#), "*"),
        (Operation::ListUserPools, format!(r#"{{"UserPoolId": "{POOL}"}}"#), "*"),
        (Operation::TagResource, format!(r#"{{"ResourceArn": "{ARN}"}}"#), ARN),
        (Operation::TagResource, format!(r#"{{"UserPoolId": "{POOL}"}}"#), "*"),
        (
            Operation::UntagResource,
            r#"{"ResourceArn": "arn:aws:s3:::bucket"}"#.to_owned(),
            "arn:aws:s3:::bucket",
        ),
        (Operation::ListTagsForResource, r#"{"ResourceArn": "not an arn"}"#.to_owned(), "*"),
    ];
    for (operation, body, resource) in cases {
        let request = request(operation, &body);
        assert_eq!(request.resource, resource, "{operation:?} {body}");
        assert_eq!(request.pool.is_some(), resource == ARN, "{operation:?} {body}");
    }
}

/// If a new model adds, removes or renames such a member, the table must change.
#[test]
fn policy_members_agree_with_the_model() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../model/cognito-idp");
    let mut shapes: BTreeMap<String, Value> = BTreeMap::new();
    for file in fs::read_dir(folder).expect("the model") {
        let text = fs::read_to_string(file.expect("a file").path()).expect("text");
        let mut model: Value = serde_json::from_str(&text).expect("JSON");
        if let Some(more) = model.get_mut("shapes").map(Value::take) {
            shapes.extend(serde_json::from_value::<BTreeMap<String, Value>>(more).expect("shapes"));
        }
    }
    let mut signed = 0;
    for operation in Operation::ALL.iter().filter(|operation| !operation.is_public()) {
        let id = format!("com.amazonaws.cognitoidentityprovider#{}", operation.name());
        let input = shapes[&id]["input"]["target"].as_str().expect("an input");
        let members = &shapes[input]["members"];
        let has = |names: &[&'static str]| {
            let mut had = names.iter().copied().filter(|name| members.get(name).is_some());
            let first = had.next();
            assert_eq!(had.next(), None, "{operation:?} has two of {names:?}");
            first
        };
        let naming = has(&["UserPoolId", "ResourceArn"]);
        let tags = has(&["UserPoolTags", "Tags", "TagKeys"]);
        assert_eq!(
            PolicyMembers::of(*operation),
            PolicyMembers { naming, tags },
            "{operation:?}: see PolicyMembers::of"
        );
        signed += 1;
    }
    assert!(signed > 100, "{signed}");
}

#[test]
fn request_tags_become_condition_keys() {
    let cases = [
        (Operation::CreateUserPool, r#"{"UserPoolTags": {"Team": "red", "Cost": "1"}}"#, Some("red"), 2),
        (Operation::TagResource, r#"{"Tags": {"Team": "red"}}"#, Some("red"), 1),
        (Operation::UntagResource, r#"{"TagKeys": ["Team", "Cost"]}"#, None, 2),
        (Operation::TagResource, r#"{"Tags": ["Team"]}"#, None, 0),
        (Operation::TagResource, r#"{"TagKeys": ["Team"]}"#, None, 0),
        (Operation::AdminGetUser, r#"{"Tags": {"Team": "red"}}"#, None, 0),
    ];
    for (operation, body, team, keys) in cases {
        let mut facts = ContextKeys::default();
        request(operation, body).set_request_tags(&mut facts);
        assert_eq!(facts.get("aws:requesttag/team").first().map(String::as_str), team, "{body}");
        assert_eq!(facts.get("aws:tagkeys").len(), keys, "{body}");
    }
}
