//! Which subject and body a pool has for a message, read from its settings.

use crate::{
    delivery::{Template, Templates, template::DefaultTemplates},
    store::{OutboxRow, PoolRecord},
};

/// The templates of each pool.
#[derive(Clone, Copy, Debug, Default)]
pub struct PoolTemplates;

impl Templates for PoolTemplates {
    fn template(&self, pool: &PoolRecord, row: &OutboxRow) -> Template {
        DefaultTemplates.template(pool, row)
    }
}
