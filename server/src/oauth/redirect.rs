//! The redirects to an app client: the registered URL with the answer in its query or its fragment.

use lido_domain::flow::oauth::authorize::{RedirectTarget, ResponseType};
use url::form_urlencoded::Serializer;

use crate::operations::oauth::authorize::AuthorizationResponse;

/// The parameter that names the issuer of an answer (RFC 9207), of `--strict-oauth` only.
const ISSUER: &str = "iss";

/// Returns the URL of an answer. `issuer` is set if the answer names it.
///
/// *Observed*: an error with a description has the order `error_description`, `state`, `error` (oau-0252); *Documented*: one
/// without has `error`, `state` (oau-0036), and tokens are in the fragment (oau-0018). `state` is returned as it came,
/// unlike at the service, which decodes it twice (oau-0274).
pub(super) fn location(
    target: &RedirectTarget,
    response: &AuthorizationResponse,
    issuer: Option<&str>,
    is_strict: bool,
) -> String {
    let mut pairs = Serializer::new(String::new());
    let state = target.state.as_deref().map(|state| ("state", state));
    match response {
        AuthorizationResponse::Code(code) => {
            pairs.append_pair("code", code).extend_pairs(state);
        }
        AuthorizationResponse::Tokens { access, id, expires_in } => {
            pairs.extend_pairs(id.as_deref().map(|id| ("id_token", id)));
            pairs.append_pair("access_token", access);
            pairs.append_pair("expires_in", &expires_in.as_secs().to_string());
            pairs.append_pair("token_type", "Bearer").extend_pairs(state);
        }
        AuthorizationResponse::Error(error) => match error.parameters(is_strict) {
            (code, Some(description)) => {
                pairs
                    .append_pair("error_description", description)
                    .extend_pairs(state)
                    .append_pair("error", code);
            }
            (code, None) => {
                pairs.append_pair("error", code).extend_pairs(state);
            }
        },
    }
    pairs.extend_pairs(issuer.map(|issuer| (ISSUER, issuer)));
    let url = &target.redirect_uri;
    let separator = match target.response_type {
        ResponseType::Token => '#',
        ResponseType::Code if url.contains('?') => '&',
        ResponseType::Code => '?',
    };
    format!("{url}{separator}{}", pairs.finish())
}

/// Returns the URL with the parameters appended to its query.
pub(super) fn with_query<'a>(url: &str, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let query = Serializer::new(String::new()).extend_pairs(pairs).finish();
    let separator = if url.contains('?') { '&' } else { '?' };
    if query.is_empty() { url.to_owned() } else { format!("{url}{separator}{query}") }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use lido_domain::flow::oauth::authorize::AuthorizeError;

    use super::*;

    fn target(redirect_uri: &str, response_type: ResponseType, state: Option<&str>) -> RedirectTarget {
        let state = state.map(str::to_owned);
        RedirectTarget { redirect_uri: redirect_uri.to_owned(), response_type, state }
    }

    /// oau-0016, oau-0018, oau-0019, oau-0036, oau-0252, oau-0253, oau-0255, oau-0274.
    #[test]
    fn answer_is_in_the_query_or_the_fragment() {
        use AuthorizationResponse::{Code, Error, Tokens};
        let tokens = |id: Option<&str>| Tokens {
            access: "a.b".into(),
            id: id.map(str::to_owned),
            expires_in: Duration::from_secs(3_600),
        };
        let (query, fragment) = (ResponseType::Code, ResponseType::Token);
        let invalid_scope = || Error(AuthorizeError::InvalidScope);
        let cases = [
            ("https://a.example", query, Some("s"), Code("c".into()), "https://a.example?code=c&state=s"),
            ("https://a.example/?x=y", query, None, Code("c".into()), "https://a.example/?x=y&code=c"),
            (
                "myapp://back",
                query,
                Some("a%3D=&ü+ "),
                Code("c".into()),
                "myapp://back?code=c&state=a%253D%3D%26%C3%BC%2B+",
            ),
            (
                "https://a.example",
                fragment,
                Some("s"),
                tokens(Some("i.d")),
                "https://a.example#id_token=i.d&access_token=a.b&expires_in=3600&token_type=Bearer&state=s",
            ),
            (
                "https://a.example",
                fragment,
                None,
                tokens(None),
                "https://a.example#access_token=a.b&expires_in=3600&token_type=Bearer",
            ),
            (
                "https://a.example",
                query,
                Some("s"),
                invalid_scope(),
                "https://a.example?error_description=invalid_scope&state=s&error=invalid_request",
            ),
            (
                "https://a.example",
                fragment,
                None,
                invalid_scope(),
                "https://a.example#error_description=invalid_scope&error=invalid_request",
            ),
            (
                "https://a.example",
                query,
                Some("s"),
                Error(AuthorizeError::LoginRequired),
                "https://a.example?error=login_required&state=s",
            ),
            (
                "https://a.example",
                query,
                Some("s"),
                Error(AuthorizeError::Trigger("PreSignUp failed with error x.".into())),
                "https://a.example?error_description=PreSignUp+failed+with+error+x.&state=s&error=invalid_request",
            ),
        ];
        for (url, response_type, state, response, expected) in cases {
            assert_eq!(location(&target(url, response_type, state), &response, None, false), expected);
        }
        let strict = location(
            &target("https://a.example", query, None),
            &invalid_scope(),
            Some("https://i/r_p"),
            true,
        );
        assert_eq!(strict, "https://a.example?error=invalid_scope&iss=https%3A%2F%2Fi%2Fr_p");
    }
}
