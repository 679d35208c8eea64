//! `/{poolId}/branding/{owner}/{digest}.{extension}`: the images that an administrator has uploaded for the sign-in
//! pages.
//!
//! *Chosen*: the path, whose last part is a digest of the bytes, so that a browser may keep an image for ever. At the
//! service a content host serves them. An image is answered so that it can only be shown: an SVG opened by itself runs
//! no script and loads nothing.

use std::sync::Arc;

use async_trait::async_trait;
use http::{HeaderName, HeaderValue, Method, Response, StatusCode, header};
use lido_domain::{
    branding::asset::{Asset, AssetOwner},
    id::PoolId,
};
use lido_runtime::{Bytes, server::body::from_bytes};

use crate::{
    app::App,
    rates::{PAGES, Rates},
    surface::{CrossOrigin, HttpResponse, Route, RoutedRequest, Surface},
};

const ROUTES: &[Route] = &[Route::new("/{pool}/branding/{owner}/{file}", "branding image")];

/// The headers of an image.
const HEADERS: [(HeaderName, HeaderValue); 4] = [
    (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'",
        ),
    ),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
];

/// The surface of the images.
#[derive(Debug)]
pub(crate) struct BrandingImages {
    app: Arc<App>,
    rates: Option<Arc<Rates>>,
}

impl BrandingImages {
    /// Returns the surface.
    pub(crate) fn new(app: Arc<App>, rates: Option<Arc<Rates>>) -> Self {
        Self { app, rates }
    }

    /// Counts a request as one for a page, and returns whether it is within the limits.
    async fn takes(&self, request: &RoutedRequest<'_>) -> bool {
        match &self.rates {
            Some(rates) => rates.take_in(PAGES, request.source.peer.0).await,
            None => true,
        }
    }

    /// Returns the image that a path names.
    async fn find(&self, request: &RoutedRequest<'_>) -> Result<Option<Asset>, StatusCode> {
        let (file, pool) = (request.parameter("file"), PoolId::new(request.parameter("pool")));
        let Some((digest, suffix)) = file.split_once('.') else { return Ok(None) };
        let Some(owner) = AssetOwner::parse(request.parameter("owner")) else { return Ok(None) };
        let found = self.app.store.begin().find_asset(&pool, &owner, digest).await;
        let found = found.map_err(|fault| {
            tracing::error!(%fault, "an image of the sign-in pages could not be read");
            StatusCode::INTERNAL_SERVER_ERROR
        })?;
        Ok(found.filter(|asset| asset.extension.suffix() == suffix))
    }
}

#[async_trait]
impl Surface for BrandingImages {
    fn routes(&self) -> &'static [Route] {
        ROUTES
    }

    /// *Chosen*: other pages may show an image, as they may at the content host of the service, but read nothing.
    fn cross_origin(&self) -> CrossOrigin {
        CrossOrigin::Deny
    }

    async fn respond(&self, request: RoutedRequest<'_>) -> HttpResponse {
        let is_head = request.head.method == Method::HEAD;
        if request.head.method != Method::GET && !is_head {
            let mut response = empty(StatusCode::METHOD_NOT_ALLOWED);
            response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
            return response;
        }
        if !self.takes(&request).await {
            return empty(StatusCode::TOO_MANY_REQUESTS);
        }
        match self.find(&request).await {
            Ok(Some(asset)) => image(asset, is_head),
            Ok(None) => empty(StatusCode::NOT_FOUND),
            Err(status) => empty(status),
        }
    }
}

/// Returns the response with an image; without its bytes if the request was a HEAD.
fn image(asset: Asset, is_head: bool) -> HttpResponse {
    let length = HeaderValue::from(asset.bytes.len());
    let media_type = HeaderValue::from_static(asset.extension.media_type());
    let bytes = if is_head { Bytes::new() } else { Bytes::from(asset.bytes) };
    let mut response = Response::new(from_bytes(bytes));
    response.headers_mut().extend(HEADERS);
    response.headers_mut().insert(header::CONTENT_TYPE, media_type);
    response.headers_mut().insert(header::CONTENT_LENGTH, length);
    response
}

fn empty(status: StatusCode) -> HttpResponse {
    let mut response = Response::new(from_bytes(Bytes::new()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
