//! Tags of user pools. They leave the date of the last change alone (*Chosen*), because nothing of the pool changes.

pub(super) mod list_tags_for_resource;
pub(super) mod tag_resource;
pub(super) mod untag_resource;

use std::sync::Arc;

use lido_domain::{Refusal, refusal::TagFault};

use super::{calling, failure::Failure};
use crate::{
    app::App,
    store::{PoolRecord, Read},
    wire::tags::{Named, named},
};

/// The pool that an ARN names, or a refusal.
async fn get_named(app: &App, arn: &str) -> Result<Read<Arc<PoolRecord>>, Failure> {
    match named(&app.settings, arn) {
        Named::Pool(id) => calling::get_pool(app, &id).await,
        Named::Elsewhere(id) => Err(Refusal::UnknownPool(id).into()),
        Named::Nothing => Err(Refusal::Tags(TagFault::NoPool).into()),
    }
}
