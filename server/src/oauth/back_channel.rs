//! The endpoints that an app calls: token, userInfo and revoke. Web pages of every origin may call them (*Documented*,
//! oau-0082): what they need is in the request, and no cookie is read.

use std::sync::Arc;

use async_trait::async_trait;
use headers::{Authorization, HeaderMapExt as _, authorization::Bearer};
use http::{HeaderValue, Method, StatusCode, header};
use lido_domain::oauth::error::TokenError;
use serde_json::{Map, Value, json};

use super::{
    fault::{self, EndpointFault},
    form,
    place::Place,
    response,
};
use crate::{
    app::App,
    operations::{
        Origin,
        oauth::{
            TokenFailure, UserInfoFailure, revoke,
            token::{self, GrantType, IssuedTokens},
            user_info,
        },
    },
    rates::Rates,
    surface::{CrossOrigin, HttpResponse, Route, RoutedRequest, Surface},
};

const ROUTES: &[Route] = &[
    Route::new("/oauth2/token", "token"),
    Route::new("/{pool}/oauth2/token", "token"),
    Route::new("/oauth2/userInfo", "userInfo"),
    Route::new("/{pool}/oauth2/userInfo", "userInfo"),
    Route::new("/oauth2/revoke", "revoke"),
    Route::new("/{pool}/oauth2/revoke", "revoke"),
];

/// The surface of the endpoints.
#[derive(Debug)]
pub(crate) struct BackChannel {
    app: Arc<App>,
    rates: Option<Arc<Rates>>,
}

impl BackChannel {
    pub(crate) fn new(app: Arc<App>, rates: Option<Arc<Rates>>) -> Self {
        Self { app, rates }
    }

    async fn takes(&self, category: &str, request: &RoutedRequest<'_>) -> bool {
        match &self.rates {
            Some(rates) => rates.take_in(category, request.source.peer.0).await,
            None => true,
        }
    }

    async fn token(&self, place: &Place, request: RoutedRequest<'_>) -> HttpResponse {
        let app = self.app.as_ref();
        if request.head.method != Method::POST {
            return response::method_not_allowed(app, place, "POST");
        }
        let fail =
            |failure| response::token_error(app, place, failure, false, form::uses_basic(request.head));
        let read = || {
            let form = form::form(request.head, request.body)?;
            let grant_type = GrantType::read(&form)?;
            let proof = form::client_proof(request.head, &form, place.pool.clone())?;
            Ok::<_, TokenError>((form, grant_type, proof))
        };
        let (form, grant_type, proof) = match read() {
            Ok(read) => read,
            Err(error) => return fail(error.into()),
        };
        let category = match grant_type {
            GrantType::ClientCredentials => "ClientAuthentication",
            GrantType::AuthorizationCode | GrantType::RefreshToken => "UserToken",
        };
        if !self.takes(category, &request).await {
            return response::too_many_requests(app, place);
        }
        match token::issue_tokens(app, &Origin::of(request.head), &proof, grant_type, &form).await {
            Ok(tokens) => {
                let body = token_body(tokens, app.settings.is_strict_oauth);
                response::json(app, place, StatusCode::OK, &body)
            }
            Err(failure) => fail(failure),
        }
    }

    async fn revoke(&self, place: &Place, request: RoutedRequest<'_>) -> HttpResponse {
        let app = self.app.as_ref();
        if request.head.method != Method::POST {
            return response::method_not_allowed(app, place, "POST");
        }
        if !self.takes("UserToken", &request).await {
            return response::too_many_requests(app, place);
        }
        let fail = |failure| response::token_error(app, place, failure, true, form::uses_basic(request.head));
        let read = || {
            let form = form::form(request.head, request.body)?;
            let proof = form::client_proof(request.head, &form, place.pool.clone())?;
            Ok::<_, TokenError>((form, proof))
        };
        let (form, proof) = match read() {
            Ok(read) => read,
            Err(error) => return fail(TokenFailure::Refused(error)),
        };
        match revoke::revoke(app, &Origin::of(request.head), &proof, &form).await {
            // oau-0127: the body is empty. Its type is JSON, since a client of browsers insists on it.
            Ok(()) => {
                let mut response = response::response(app, place, StatusCode::OK, String::new());
                let json = HeaderValue::from_static("application/json;charset=UTF-8");
                response.headers_mut().insert(header::CONTENT_TYPE, json);
                response
            }
            Err(failure) => fail(failure),
        }
    }

    async fn user_info(&self, place: &Place, request: RoutedRequest<'_>) -> HttpResponse {
        let app = self.app.as_ref();
        // *Chosen*: POST too, as OpenID Connect Core wants (oau-0308).
        if request.head.method != Method::GET && request.head.method != Method::POST {
            return response::method_not_allowed(app, place, "GET, POST");
        }
        if !self.takes("UserRead", &request).await {
            return response::too_many_requests(app, place);
        }
        let Some(bearer) = request.head.headers.typed_get::<Authorization<Bearer>>() else {
            const TEXT: &str = "Bad OAuth2 request at UserInfo Endpoint";
            return user_info_error(app, place, StatusCode::BAD_REQUEST, "invalid_request", TEXT);
        };
        let origin = Origin::of(request.head);
        match user_info::get_user_info(app, &origin, place.pool.as_ref(), bearer.token()).await {
            Ok(claims) => response::json(app, place, StatusCode::OK, &Value::Object(claims)),
            Err(UserInfoFailure::InvalidToken) => {
                const TEXT: &str =
                    "Access token is expired, disabled, or deleted, or the user has globally signed out.";
                user_info_error(app, place, StatusCode::UNAUTHORIZED, "invalid_token", TEXT)
            }
            Err(UserInfoFailure::Internal) => response::server_error(app, place),
        }
    }
}

/// Returns an error of the userInfo endpoint (*Documented*, oau-0122, oau-0123: the header has no scheme). *Chosen*: the body,
/// and the scheme, which RFC 6750 wants, by `--strict-oauth`.
fn user_info_error(app: &App, place: &Place, status: StatusCode, error: &str, text: &str) -> HttpResponse {
    let mut response =
        response::json(app, place, status, &json!({ "error": error, "error_description": text }));
    let scheme = if app.settings.is_strict_oauth { "Bearer " } else { "" };
    let value = HeaderValue::try_from(format!("{scheme}error=\"{error}\", error_description=\"{text}\""));
    response.headers_mut().extend(value.map(|value| (header::WWW_AUTHENTICATE, value)));
    response
}

/// Returns the body with tokens (*Documented*, oau-0086 to oau-0089). `is_strict` adds `scope`, which the service omits.
fn token_body(tokens: IssuedTokens, is_strict: bool) -> Value {
    let IssuedTokens { access, id, refresh, expires_in, scopes } = tokens;
    let mut body = Map::new();
    body.extend(id.map(|id| ("id_token".to_owned(), id.into())));
    body.insert("access_token".to_owned(), access.into());
    body.extend(refresh.map(|refresh| ("refresh_token".to_owned(), refresh.into())));
    body.insert("expires_in".to_owned(), expires_in.as_secs().into());
    body.insert("token_type".to_owned(), "Bearer".into());
    if is_strict {
        body.insert("scope".to_owned(), scopes.to_text().into());
    }
    Value::Object(body)
}

#[async_trait]
impl Surface for BackChannel {
    fn routes(&self) -> &'static [Route] {
        ROUTES
    }

    fn cross_origin(&self) -> CrossOrigin {
        CrossOrigin::Allow
    }

    async fn respond(&self, request: RoutedRequest<'_>) -> HttpResponse {
        let place = Place::of(&self.app, &request, false).await;
        match fault::strike(&self.app, request.head).await {
            None => {}
            Some(EndpointFault::Throttle) => return response::too_many_requests(&self.app, &place),
            Some(EndpointFault::Internal) => return response::server_error(&self.app, &place),
        }
        match request.path.strip_prefix("/{pool}").unwrap_or(request.path) {
            "/oauth2/token" => self.token(&place, request).await,
            "/oauth2/revoke" => self.revoke(&place, request).await,
            _ => self.user_info(&place, request).await,
        }
    }
}
