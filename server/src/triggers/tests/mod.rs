//! Tests of the events that triggers send and of the results that they accept. Here are the pool, the user and the fake
//! functions.

mod calls;
mod messages;
mod sign_up;

use std::collections::BTreeMap;

use lido_domain::{
    Timestamp,
    attribute::{
        Attributes,
        contact::{Contact, ContactKind},
    },
    code::message::MessageReason,
    id::{ClientId, PoolId, Sub, Username},
    pool::{Pool, domain::Domains},
    secret::Sealed,
    user::{Status, User},
};
use serde_json::json;

use super::{
    fake::{FakeCall, FakeLambda},
    *,
};
use crate::store::{OutboxRow, PoolRecord};

const FUNCTION: &str = "arn:aws:lambda:us-east-1:000000000000:function:f";

/// Returns a pool whose triggers all are the function `f`, with the EmailSendingAccount DEVELOPER.
fn pool() -> PoolRecord {
    let sender = json!({ "LambdaVersion": "V1_0", "LambdaArn": FUNCTION });
    PoolRecord {
        pool: Pool::new(PoolId::new("us-east-1_pool")),
        name: "p".into(),
        settings: json!({
            "LambdaConfig": {
                "PreSignUp": FUNCTION,
                "PostConfirmation": FUNCTION,
                "CustomMessage": FUNCTION,
                "CustomSMSSender": sender,
                "KMSKeyID": "arn:aws:kms:us-east-1:000000000000:key/one",
            },
            "EmailConfiguration": { "EmailSendingAccount": "DEVELOPER" },
        }),
        tags: BTreeMap::new(),
        domains: Domains::default(),
        created_at: Timestamp::from_millis(1),
        modified_at: Timestamp::from_millis(1),
    }
}

fn ann(status: Status) -> User {
    let attributes = Attributes::from_iter([("email", "ann@example.com"), ("email_verified", "false")]);
    let (sub, username) = (Sub::new("sub-of-ann"), Username::new("ann"));
    User::new(sub, username, status, attributes, Timestamp::from_millis(1))
}

fn row(reason: MessageReason, kind: ContactKind) -> OutboxRow {
    OutboxRow {
        id: "row".into(),
        reason,
        of: Sub::new("sub-of-ann"),
        username: Username::new("ann"),
        client: (reason != MessageReason::AdminCreateUser).then(|| ClientId::new("client")),
        to: Contact { kind, value: "recipient".into() },
        code: Sealed::from_text("1.x.y"),
        created_at: Timestamp::from_millis(1),
        tries: 0,
        next_at: Timestamp::from_millis(1),
        cause: Box::default(),
    }
}

fn with_lambda(lambda: &FakeLambda) -> Triggers {
    Triggers::unconfigured(Entropy::fake(1)).with_invoker(lambda.clone())
}

fn only_event(lambda: &FakeLambda) -> Value {
    let calls = lambda.calls();
    let [FakeCall { event, .. }] = calls.as_slice() else { panic!("one call: {calls:?}") };
    event.clone()
}
