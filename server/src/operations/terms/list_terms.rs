//! Handles ListTerms: returns a page of the terms documents of a user pool, in the order of their app clients.

use lido_cognito_idp::operations::{ListTermsInput, ListTermsOutput};
use lido_domain::id::PoolId;

use super::{cursor, read_cursor};
use crate::{
    operations::{Failure, RequestContext},
    wire::{
        self,
        page::{self, Pages},
    },
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: ListTermsInput,
) -> Result<ListTermsOutput, Failure> {
    let app = request.app();
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let pages = Pages::of(app.keys.digests(), &["terms", pool_id.as_str()]);
    let tx = request.begin();
    tx.get_pool(&pool_id).await?;
    let size = page::size(input.max_results.as_deref().copied());
    let after = pages.after(input.next_token.as_deref().map(String::as_str))?;
    let after = after.map(|cursor| read_cursor(&cursor)).transpose()?;
    let after = after.as_ref().map(|(client, name)| (client, *name));
    let terms = tx.list_terms(&pool_id, after, size + 1).await?;
    let (terms, last) = page::cut(terms, size, cursor);
    let terms = terms.iter().map(wire::terms::to_terms_description_type).collect::<Result<_, _>>()?;
    let next_token = last.map(|last| pages.token(&last).try_into()).transpose()?;
    Ok(ListTermsOutput { terms, next_token })
}
