//! The framing of requests that hyper accepts and RFC 9112 refuses, or wants to be the last of their connections.
//!
//! Two servers that understand one request differently can be played off against each other: a proxy in front of this
//! server may take one `Host`, or one length, and this server the other. hyper itself refuses a malformed
//! Content-Length, an unknown or repeated Transfer-Encoding, bare CR, and chunks without their CRLF; [`super::body`]
//! refuses trailers.

use http::{HeaderMap, StatusCode, Version, header, request::Parts, uri::Authority};
use lido_runtime::{Operation as _, response::front_end_error};

use super::closing;
use crate::{operations::Operation, surface::HttpResponse};

/// The reason why a head is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FramingError {
    /// A request of HTTP/1.1 without `Host` (RFC 9112, section 3.2).
    NoHost,
    /// A `Host` that is not a host (section 3.2).
    InvalidHost,
    /// Both `Content-Length` and `Transfer-Encoding` (section 6.1).
    TwoLengths,
    /// More than one of a header that has a single value (RFC 9110, section 5.3; `Host`: RFC 9112, section 3.2).
    Repeated(&'static str),
}

/// Headers with a single value that decide what a request is, who sends it, or from where. A request with two of one is
/// refused (*Chosen*, but for `Host`), since a proxy in front of this server may judge the other one.
const SINGLE: &[&str] = &[
    "Host",
    "Authorization",
    "Content-Encoding",
    "Content-Type",
    "Origin",
    "X-Amz-Date",
    "X-Amz-Security-Token",
    "X-Amz-Target",
];

/// Checks the head of a request.
///
/// # Errors
/// RFC 9112 says that the request must, or may, be refused.
pub(super) fn check(head: &Parts) -> Result<(), FramingError> {
    // Nearly every request has each header once.
    let has_repeated = head.headers.len() > head.headers.keys_len();
    let is_repeated = |name: &&&str| head.headers.get_all(**name).iter().nth(1).is_some();
    if has_repeated && let Some(name) = SINGLE.iter().find(is_repeated) {
        return Err(FramingError::Repeated(name));
    }
    match head.headers.get(header::HOST) {
        None if head.version >= Version::HTTP_11 => return Err(FramingError::NoHost),
        Some(host) if !is_host(host.as_bytes()) => return Err(FramingError::InvalidHost),
        _ => {}
    }
    if is_last(&head.headers) && head.headers.contains_key(header::CONTENT_LENGTH) {
        return Err(FramingError::TwoLengths);
    }
    Ok(())
}

/// Returns whether the request must be the last one of its connection.
///
/// *Chosen*: every request with a Transfer-Encoding is. RFC 9112 (section 6.1) wants it of one that has a
/// Content-Length too, and hyper removes a Content-Length that comes second.
pub(super) fn is_last(headers: &HeaderMap) -> bool {
    headers.contains_key(header::TRANSFER_ENCODING)
}

/// Returns whether a value is a host with an optional port. It may be empty, for a target without an authority.
fn is_host(value: &[u8]) -> bool {
    // An authority may have a user before the host, and any text after the colon.
    let is_port = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    value.is_empty()
        || Authority::try_from(value).is_ok_and(|authority| {
            let rest = authority.as_str().strip_prefix(authority.host());
            rest.is_some_and(|rest| rest.is_empty() || rest.strip_prefix(':').is_some_and(is_port))
        })
}

impl FramingError {
    /// Returns the response to the client. RFC 9112 wants the status. *Chosen*: the type and the text.
    pub(super) fn into_response(self) -> HttpResponse {
        let text = match self {
            FramingError::Repeated(name) => &format!("The request has more than one {name} header."),
            FramingError::NoHost => "The request has no Host header.",
            FramingError::InvalidHost => "The Host header of the request is not a host.",
            FramingError::TwoLengths => "The request has both Content-Length and Transfer-Encoding.",
        };
        let settings = Operation::settings();
        closing(front_end_error(settings, StatusCode::BAD_REQUEST, "BadRequestException", Some(text)))
    }
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    #[test]
    fn head_has_exactly_one_valid_host() {
        // (hosts, result in HTTP/1.1)
        let cases: [(&[&str], Result<(), FramingError>); 12] = [
            (&[], Err(FramingError::NoHost)),
            (&["a", "a"], Err(FramingError::Repeated("Host"))),
            (&["a", "b"], Err(FramingError::Repeated("Host"))),
            (&["a b"], Err(FramingError::InvalidHost)),
            (&["a/b"], Err(FramingError::InvalidHost)),
            (&["user@a"], Err(FramingError::InvalidHost)),
            (&["a:port"], Err(FramingError::InvalidHost)),
            (&["a, b"], Err(FramingError::InvalidHost)),
            (&[""], Ok(())),
            (&["lido"], Ok(())),
            (&["127.0.0.1:9229"], Ok(())),
            (&["[::1]:9229"], Ok(())),
        ];
        for (hosts, expected) in cases {
            for version in [Version::HTTP_10, Version::HTTP_11] {
                let mut request = Request::builder().uri("/").version(version);
                for host in hosts {
                    request = request.header(header::HOST, *host);
                }
                let (head, ()) = request.body(()).expect("a request").into_parts();
                let expected =
                    if hosts.is_empty() && version == Version::HTTP_10 { Ok(()) } else { expected };
                assert_eq!(check(&head), expected, "{hosts:?} {version:?}");
            }
        }
    }

    #[test]
    fn header_with_a_single_value_is_not_repeated() {
        for name in SINGLE {
            let of = |count| {
                let request = (0..count).fold(Request::builder(), |request, _| request.header(*name, "same"));
                check(&request.version(Version::HTTP_10).body(()).expect("a request").into_parts().0)
            };
            assert_eq!((of(1), of(2)), (Ok(()), Err(FramingError::Repeated(name))));
        }
        // Lists may be sent in parts (RFC 9110, section 5.3; RFC 6265bis for cookies in HTTP/2).
        let request =
            Request::builder().header(header::HOST, "a").header("accept", "a").header("accept", "b");
        assert_eq!(check(&request.body(()).expect("a request").into_parts().0), Ok(()));
    }

    #[test]
    fn request_with_transfer_encoding_is_the_last_one() {
        let request = Request::builder().header(header::HOST, "a");
        assert!(!is_last(request.body(()).expect("a request").headers()));
        let request =
            Request::builder().header(header::HOST, "a").header(header::TRANSFER_ENCODING, "chunked");
        let mut head = request.body(()).expect("a request").into_parts().0;
        assert!(is_last(&head.headers) && check(&head).is_ok());
        head.headers.insert(header::CONTENT_LENGTH, 3.into());
        assert_eq!(check(&head), Err(FramingError::TwoLengths));
    }
}
