//! Which subject and body a pool has for a message, read from its settings.
//!
//! A pool that asks for links gets codes all the same until links are served.

use lido_domain::contact::ContactKind;
use serde_json::Value;

use crate::{
    delivery::{Template, Templates, template::DefaultTemplates},
    store::{OutboxRow, PoolRecord},
};

/// The templates of each pool; where it has none, the service's.
#[derive(Clone, Copy, Debug, Default)]
pub struct PoolTemplates;

impl Templates for PoolTemplates {
    fn template(&self, pool: &PoolRecord, row: &OutboxRow) -> Template {
        let own = |member: &str| {
            let template = pool.settings.get("VerificationMessageTemplate")?;
            template.get(member).and_then(Value::as_str).map(str::to_owned)
        };
        let default = DefaultTemplates.template(pool, row);
        match row.to.kind {
            ContactKind::Email => Template {
                subject: own("EmailSubject").or(default.subject),
                body: own("EmailMessage").unwrap_or(default.body),
            },
            ContactKind::PhoneNumber => {
                Template { subject: None, body: own("SmsMessage").unwrap_or(default.body) }
            }
        }
    }
}
