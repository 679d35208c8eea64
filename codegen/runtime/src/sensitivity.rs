//! What the log of an instrumented operation shows of a request and response: all headers and the query, but no credential.
//!
//! In awsJson all members are in the body, which is not logged, so that the trait `sensitive` hides nothing here.

use aws_smithy_http_server::instrumentation::{
    MakeIdentity,
    sensitivity::{
        RequestFmt, ResponseFmt,
        headers::{HeaderMarker, MakeHeaders},
        uri::{MakeQuery, MakeUri, QueryMarker},
    },
};
use http::HeaderName;

use crate::{ApiKeyLocation, AuthScheme, Operation};

type Headers = MakeHeaders<fn(&HeaderName) -> HeaderMarker>;

/// The form of a request in a log.
pub type LoggedRequest = RequestFmt<Headers, MakeUri<MakeIdentity, MakeQuery<fn(&str) -> QueryMarker>>>;

/// The form of a response in a log.
pub type LoggedResponse = ResponseFmt<Headers, MakeIdentity>;

/// Headers that carry credentials, whatever the model says.
const CREDENTIALS: [&str; 5] =
    ["authorization", "cookie", "proxy-authorization", "set-cookie", "x-amz-security-token"];

/// Returns the form of requests for the service with these operations.
pub fn logged_request<O: Operation>() -> LoggedRequest {
    RequestFmt::new()
        .header(header::<O> as fn(&HeaderName) -> HeaderMarker)
        .query(query::<O> as fn(&str) -> QueryMarker)
}

/// Returns the form of responses of the service with these operations.
pub fn logged_response<O: Operation>() -> LoggedResponse {
    ResponseFmt::new().header(header::<O> as fn(&HeaderName) -> HeaderMarker)
}

fn header<O: Operation>(name: &HeaderName) -> HeaderMarker {
    let value =
        CREDENTIALS.contains(&name.as_str()) || is_api_key::<O>(ApiKeyLocation::Header, name.as_str());
    HeaderMarker { value, key_suffix: None }
}

fn query<O: Operation>(name: &str) -> QueryMarker {
    QueryMarker { key: false, value: is_api_key::<O>(ApiKeyLocation::Query, name) }
}

/// Returns whether an operation takes an API key of this name.
fn is_api_key<O: Operation>(place: ApiKeyLocation, wanted: &str) -> bool {
    O::ALL.iter().flat_map(|operation| operation.auth()).any(|scheme| match scheme {
        AuthScheme::HttpApiKey { name, location, .. } => {
            *location == place && name.eq_ignore_ascii_case(wanted)
        }
        _ => false,
    })
}
