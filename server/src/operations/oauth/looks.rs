//! What the pages of an app client look like, and the documents that they link to.

use lido_domain::{
    branding::{
        design::Design,
        terms::{self, Terms},
    },
    id::{ClientId, PoolId},
    pool::domain::{Domain, LoginVersion},
};

use super::authorize::PageRequest;
use crate::{
    app::App,
    operations::{Origin, RequestContext},
    store::{ClientBranding, StoreError},
};

/// What the pages of an app client look like.
#[derive(Debug, Default)]
pub(crate) struct PageLooks {
    /// The custom properties and the images.
    pub(crate) design: Design,
    terms: Vec<Terms>,
}

impl PageLooks {
    /// Returns the addresses of the terms of use and of the privacy policy in a language, if there are both (*Documented*,
    /// oau-0080).
    pub(crate) fn terms(&self, language: &str) -> Option<[&str; 2]> {
        let [terms, privacy] = terms::shown(&self.terms)?;
        Some([terms.link(language)?, privacy.link(language)?])
    }
}

/// Reads what the pages of the app client of a request look like. Returns `None` if it has no pages: where branding is
/// required, managed login needs a style. If the store fails, the pages have Lido's own look: what the form does needs
/// the store too, and answers with the fault.
pub(crate) async fn find_looks(app: &App, origin: &Origin, page: &PageRequest) -> Option<PageLooks> {
    let tx = RequestContext::new(app, origin).begin();
    match tx.find_branding(page.pool_id(), Some(&page.client().id)).await {
        Ok(found) => looks(found, app.settings.requires_branding),
        Err(fault) => {
            tracing::error!(%fault, "the looks of a page could not be read");
            Some(PageLooks::default())
        }
    }
}

/// Reads what the page behind a confirmation link looks like, with the pool of its app client. Returns `None` if there is no
/// such app client, or the store fails.
pub(crate) async fn find_looks_of_client(
    app: &App,
    origin: &Origin,
    id: &ClientId,
) -> Option<(PoolId, PageLooks)> {
    let tx = RequestContext::new(app, origin).begin();
    let read = async {
        let Some(client) = tx.find_client_and_keys(id).await? else { return Ok(None) };
        let pool = client.pool.pool.id.clone();
        let found = tx.find_branding(&pool, Some(id)).await?;
        Ok::<_, StoreError>(looks(found, false).map(|looks| (pool, looks)))
    };
    read.await.unwrap_or_else(|fault| {
        tracing::error!(%fault, "the looks of a page could not be read");
        None
    })
}

/// *Chosen*: the version is that of the pool's first domain, at each place of its pages; a pool without a domain has managed
/// login.
fn looks(found: ClientBranding, requires_branding: bool) -> Option<PageLooks> {
    let domains = found.pool.iter().flat_map(|pool| pool.domains.iter());
    let login = domains.map(Domain::login).next().unwrap_or(LoginVersion::Managed);
    if requires_branding && login == LoginVersion::Managed && found.style.is_none() {
        return None;
    }
    let customization = found.customization.as_deref().or(found.shared_customization.as_deref());
    let design = Design::of(login, customization, found.style.as_deref());
    Some(PageLooks { design, terms: found.terms })
}
