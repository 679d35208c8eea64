//! The parameters of a request, and how an app client proves itself.

use headers::{Authorization, HeaderMapExt as _, authorization::Basic};
use http::{header, request::Parts};
use lido_domain::{
    id::{ClientId, PoolId},
    oauth::{
        error::TokenError,
        parameters::{RepeatedParameter, RequestParameters},
    },
    secret::Secret,
};
use url::form_urlencoded;

use crate::operations::oauth::token::ClientProof;

/// Returns the parameters in a query or in the body of a form.
pub(crate) fn parameters(encoded: &[u8]) -> RequestParameters {
    RequestParameters::new(form_urlencoded::parse(encoded).into_owned())
}

/// Encodes parameters again, as a query: what else was in the text is left out.
pub(super) fn encode(encoded: &[u8]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(form_urlencoded::parse(encoded)).finish()
}

/// Returns the query of a request as it was sent.
pub(crate) fn query(head: &Parts) -> &str {
    head.uri.query().unwrap_or_default()
}

/// Returns the parameters of a form.
///
/// # Errors
/// The body is no form (oau-0249).
pub(super) fn form(head: &Parts, body: &[u8]) -> Result<RequestParameters, TokenError> {
    if is_form(head) { Ok(parameters(body)) } else { Err(TokenError::InvalidRequest) }
}

/// Returns whether the body has the type of a form.
pub(crate) fn is_form(head: &Parts) -> bool {
    let content_type = head.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = content_type.map(|text| text.split(';').next().unwrap_or_default().trim());
    essence.is_some_and(|essence| essence.eq_ignore_ascii_case("application/x-www-form-urlencoded"))
}

/// Returns whether the app client proves itself in the header.
pub(super) fn uses_basic(head: &Parts) -> bool {
    head.headers.contains_key(header::AUTHORIZATION)
}

/// Returns how the app client names and proves itself: in the header, by `client_secret_basic`, or in the form.
///
/// # Errors
/// There is no `client_id` (oau-0299), the header has another scheme, or the app client proves itself in both ways (RFC
/// 6749, section 2.3).
pub(super) fn client_proof(
    head: &Parts,
    form: &RequestParameters,
    pool: Option<PoolId>,
) -> Result<ClientProof, TokenError> {
    let find = |name| form.find(name).map_err(|RepeatedParameter| TokenError::InvalidRequest);
    let (in_form, secret) = (find("client_id")?, find("client_secret")?);
    if !uses_basic(head) {
        let id = in_form.ok_or(TokenError::InvalidClient)?;
        // A secret without a text is a wrong one (oau-0250).
        let secret = secret.or_else(|| form.is_sent("client_secret").then_some(""));
        return Ok(ClientProof { pool, id: ClientId::new(id), secret: secret.map(Secret::new) });
    }
    if form.is_sent("client_secret") {
        return Err(TokenError::InvalidRequest);
    }
    let basic = head.headers.typed_get::<Authorization<Basic>>().ok_or(TokenError::InvalidClient)?;
    let id = decode(basic.username()).ok_or(TokenError::InvalidClient)?;
    let secret = decode(basic.password()).ok_or(TokenError::InvalidClient)?;
    if in_form.is_some_and(|in_form| in_form != id) {
        return Err(TokenError::InvalidClient);
    }
    Ok(ClientProof { pool, id: ClientId::new(id), secret: Some(Secret::new(secret)) })
}

/// Decodes a part of the header, which is encoded like a value of a form (RFC 6749, section 2.3.1).
///
/// *Chosen*: a `+` stays what it is. No id or secret of an app client has a space, but both may have a `+` (the pattern of
/// the model is `[\w+]+`), which tools such as curl send as it is.
fn decode(text: &str) -> Option<String> {
    percent_encoding::percent_decode_str(text).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, prelude::BASE64_STANDARD};
    use http::Request;

    use super::*;

    fn head(authorization: Option<&str>) -> Parts {
        let mut request = Request::builder();
        if let Some(authorization) = authorization {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        request.body(()).expect("a request").into_parts().0
    }

    fn basic(text: &str) -> String {
        format!("Basic {}", BASE64_STANDARD.encode(text))
    }

    /// oau-0085, oau-0250, oau-0299.
    #[test]
    fn client_proves_itself_in_the_header_or_in_the_form() {
        use TokenError::{InvalidClient, InvalidRequest};
        type Proof<'a> = Result<(&'a str, Option<&'a str>), TokenError>;
        let cases: [(Option<String>, &str, Proof<'_>); 15] = [
            (None, "client_id=c", Ok(("c", None))),
            (None, "client_id=c&client_secret=s", Ok(("c", Some("s")))),
            (None, "client_id=c&client_secret=", Ok(("c", Some("")))),
            (None, "", Err(InvalidClient)),
            (None, "client_id=c&client_id=d", Err(InvalidRequest)),
            (Some(basic("c:s")), "", Ok(("c", Some("s")))),
            (Some(basic("c:s")), "client_id=c", Ok(("c", Some("s")))),
            (Some(basic("c:")), "", Ok(("c", Some("")))),
            (Some(basic("a%3Ab:s%25")), "", Ok(("a:b", Some("s%")))),
            (Some(basic("c:a+b")), "", Ok(("c", Some("a+b")))),
            (Some(basic("c:a%2Bb")), "", Ok(("c", Some("a+b")))),
            (Some(basic("c:s")), "client_id=d", Err(InvalidClient)),
            (Some(basic("c:s")), "client_secret=s", Err(InvalidRequest)),
            (Some("Bearer x".into()), "client_id=c", Err(InvalidClient)),
            (Some("Basic %".into()), "client_id=c", Err(InvalidClient)),
        ];
        for (authorization, form, expected) in cases {
            let proof = client_proof(&head(authorization.as_deref()), &parameters(form.as_bytes()), None);
            let shown = proof.as_ref().map(|proof| {
                let secret = proof.secret.as_ref().map(|secret| secret.expose_str().expect("text"));
                (proof.id.as_str(), secret)
            });
            assert_eq!(shown.map_err(|error| *error), expected, "{authorization:?} {form}");
        }
    }

    /// oau-0084, oau-0249.
    #[test]
    fn body_of_another_type_is_no_form() {
        for (content_type, expected) in [
            ("application/x-www-form-urlencoded", true),
            ("Application/X-WWW-Form-Urlencoded; charset=UTF-8", true),
            ("application/json", false),
            ("", false),
        ] {
            let request = Request::builder().header(header::CONTENT_TYPE, content_type);
            let (head, ()) = request.body(()).expect("a request").into_parts();
            assert_eq!(form(&head, b"a=b").is_ok(), expected, "{content_type}");
        }
        assert!(form(&head(None), b"a=b").is_err());
    }
}
