//! The verification of a SigV4 signature.
//!
//! The order of the checks: presence, syntax, Region and service, access key, session token, time, the headers that
//! must be signed, and then the signature itself, which is compared in constant time. The signature is computed by the
//! AWS crate.
//!
//! *Chosen*: only a signature in the Authorization header counts, not one in the query (a presigned URL), because no
//! client presigns calls of this service. The hash of the body must be signed, so `UNSIGNED-PAYLOAD` does not verify.

use std::{
    collections::BTreeSet,
    time::{Duration, SystemTime},
};

use aws_sigv4::sign::v4::{calculate_signature, generate_signing_key};
use http::{HeaderMap, HeaderName, Uri, header};
use subtle::ConstantTimeEq;

use crate::{
    Credentials, IamUser, Secret, SignatureFault, Signer, VerifiedRequest,
    authorization::Authorization,
    canonical::{canonical_request, hex_sha256},
};

/// The allowed difference between the clocks of client and server (*Documented* for SigV4: five minutes).
const SKEW: Duration = Duration::from_secs(5 * 60);

const SERVICE: &str = "cognito-idp";

/// The parts of a received request from which the signature is computed.
#[derive(Clone, Copy, Debug)]
pub struct SignedRequest<'a> {
    /// The method.
    pub method: &'a str,
    /// The path and query of the request line.
    pub uri: &'a Uri,
    /// All headers, including `host` with the port.
    pub headers: &'a HeaderMap,
    /// The complete body.
    pub body: &'a [u8],
}

/// Verifies the signature of a request, and returns the signer and the Region that it is for.
///
/// The signature must be for `region`, if the server has one. `now` is the real time, not that of the test clock.
///
/// # Errors
///
/// [`SignatureFault`] with the first check that fails.
pub fn verify<'a, 'r>(
    credentials: &'a Credentials,
    request: &SignedRequest<'r>,
    region: Option<&str>,
    now: jiff::Timestamp,
) -> Result<VerifiedRequest<'a, 'r>, SignatureFault> {
    let header = request.headers.get(header::AUTHORIZATION).ok_or(SignatureFault::Missing)?;
    let header = header
        .to_str()
        .map_err(|_| SignatureFault::Incomplete("The Authorization header is not printable ASCII.".into()))?;
    let authorization = Authorization::read(header)?;
    let any_region = matches!(credentials, Credentials::AnyWellFormed);
    check_scope(&authorization, region.filter(|_| !any_region))?;
    let region = authorization.region;
    let signed_at = signed_at(request.headers, header)?;
    let users = match credentials {
        Credentials::AnyWellFormed => {
            let signer = Signer::Unverified { access_key_id: authorization.access_key_id.to_owned() };
            return Ok(VerifiedRequest { signer, region });
        }
        Credentials::Listed(users) => users,
    };
    let user = users.get(authorization.access_key_id).ok_or(SignatureFault::UnknownKey)?;
    check_session_token(user, request.headers, now)?;
    check_time(signed_at, &authorization, now)?;
    check_signed_headers(&authorization, request.headers)?;
    check_repeated_names(&authorization)?;
    let expected = signature(&user.secret_access_key, &authorization, request, signed_at);
    if expected.as_bytes().ct_eq(authorization.signature.as_bytes()).into() {
        Ok(VerifiedRequest { signer: Signer::User(user), region })
    } else {
        Err(SignatureFault::Mismatch)
    }
}

fn signature(
    secret: &Secret,
    authorization: &Authorization<'_>,
    request: &SignedRequest<'_>,
    signed_at: jiff::Timestamp,
) -> String {
    let signed_headers = &authorization.signed_headers;
    let canonical =
        canonical_request(request.method, request.uri, request.headers, signed_headers, request.body);
    let text = format!(
        "AWS4-HMAC-SHA256\n{}\n{}\n{}",
        stamp(signed_at),
        authorization.scope(),
        hex_sha256(&canonical)
    );
    let key =
        generate_signing_key(secret.expose(), SystemTime::from(signed_at), authorization.region, SERVICE);
    calculate_signature(key, text.as_bytes())
}

/// Refuses a signature for another Region or service.
///
/// `region` is `None` if the server has no Region of its own, or signatures are not verified; then any Region is accepted (*Chosen*: developers have different
/// Regions in their configuration). The messages are *Observed* on other AWS services: each ends with a space, and they
/// are concatenated.
fn check_scope(authorization: &Authorization<'_>, region: Option<&str>) -> Result<(), SignatureFault> {
    let mut text = String::new();
    if region.is_some_and(|region| region != authorization.region) {
        text.push_str("Credential should be scoped to a valid region. ");
    }
    if authorization.service != SERVICE {
        text.push_str(&format!("Credential should be scoped to correct service: '{SERVICE}'. "));
    }
    if text.is_empty() { Ok(()) } else { Err(SignatureFault::Unacceptable(text)) }
}

/// Refuses a signature that leaves out `host` or an `x-amz-` header of the request.
///
/// *Documented*: both must be signed. Otherwise the signature of one operation would be good for another one, because
/// `x-amz-target` names the operation. *Observed* on other AWS services: the text about `host`, and its form for
/// another header. *Chosen*: `x-amz-cf-id` may be unsigned, because CloudFront adds it on the way. `x-amzn-trace-id`,
/// which load balancers add, does not have the prefix.
fn check_signed_headers(
    authorization: &Authorization<'_>,
    headers: &HeaderMap,
) -> Result<(), SignatureFault> {
    const PREFIX: &str = "x-amz-";
    const ADDED_ON_THE_WAY: &str = "x-amz-cf-id";
    let is_signed = |name: &str| authorization.signed_headers.contains(&name);
    let name = if is_signed("host") {
        let mut names = headers.keys().map(HeaderName::as_str);
        let unsigned =
            names.find(|name| name.starts_with(PREFIX) && *name != ADDED_ON_THE_WAY && !is_signed(name));
        match unsigned {
            Some(name) => format!("'{}'", title_case(name)),
            None => return Ok(()),
        }
    } else {
        "'Host' or ':authority'".to_owned()
    };
    let text = format!("{name} must be a 'SignedHeader' in the AWS Authorization.");
    Err(SignatureFault::Unacceptable(text))
}

/// Refuses a signature that names a header twice.
///
/// *Chosen*: a canonical request has each header once, so that no signer makes such a signature. One long header, named
/// as often as fits into the head of a request, would be hashed thousands of times.
fn check_repeated_names(authorization: &Authorization<'_>) -> Result<(), SignatureFault> {
    let mut names = BTreeSet::new();
    let is_new = authorization.signed_headers.iter().all(|name| names.insert(*name));
    if is_new { Ok(()) } else { Err(SignatureFault::Mismatch) }
}

/// Returns the name of a header as texts show it: `X-Amz-Target` for `x-amz-target`.
fn title_case(name: &str) -> String {
    let words = name.split('-').map(|word| {
        let (first, rest) = word.split_at_checked(1).unwrap_or((word, ""));
        first.to_ascii_uppercase() + rest
    });
    words.collect::<Vec<_>>().join("-")
}

/// Returns the time of the signature from the header `x-amz-date`, or else `date`.
fn signed_at(headers: &HeaderMap, authorization: &str) -> Result<jiff::Timestamp, SignatureFault> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(date) = text("x-amz-date") {
        let read = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", date)
            .and_then(|civil| civil.to_zoned(jiff::tz::TimeZone::UTC));
        return read.map(|zoned| zoned.timestamp()).map_err(|_| {
            let form = "Date must be in ISO-8601 'basic format'";
            let text = format!("{form}. Got '{date}'. See http://en.wikipedia.org/wiki/ISO_8601");
            SignatureFault::Incomplete(text)
        });
    }
    let read =
        text("date").and_then(|date| jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(date).ok());
    read.ok_or_else(|| {
        SignatureFault::Incomplete(format!(
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. \
             Authorization={authorization}"
        ))
    })
}

fn stamp(at: jiff::Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn check_time(
    signed_at: jiff::Timestamp,
    authorization: &Authorization<'_>,
    now: jiff::Timestamp,
) -> Result<(), SignatureFault> {
    let unacceptable = |text| Err(SignatureFault::Unacceptable(text));
    let (earliest, latest) = (now.saturating_sub(SKEW), now.saturating_add(SKEW));
    let (Ok(earliest), Ok(latest)) = (earliest, latest) else {
        return unacceptable("The server's clock is out of range.".to_owned());
    };
    if signed_at < earliest {
        return unacceptable(format!(
            "Signature expired: {} is now earlier than {} ({} - 5 min.)",
            stamp(signed_at),
            stamp(earliest),
            stamp(now)
        ));
    }
    if signed_at > latest {
        return unacceptable(format!(
            "Signature not yet current: {} is still later than {} ({} + 5 min.)",
            stamp(signed_at),
            stamp(latest),
            stamp(now)
        ));
    }
    let day = signed_at.strftime("%Y%m%d").to_string();
    if day != authorization.date {
        return unacceptable(format!(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: \
             '{}' != '{day}', from '{}'.",
            authorization.date,
            stamp(signed_at)
        ));
    }
    Ok(())
}

/// Refuses a wrong, missing or expired session token, and a session token for credentials that have none.
fn check_session_token(
    user: &IamUser,
    headers: &HeaderMap,
    now: jiff::Timestamp,
) -> Result<(), SignatureFault> {
    let given = headers.get("x-amz-security-token").map(|value| value.as_bytes());
    let is_right = match (&user.session_token, given) {
        (None, None) => true,
        (Some(token), Some(given)) => token.expose().as_bytes().ct_eq(given).into(),
        _ => false,
    };
    match user.expires_at {
        _ if !is_right => Err(SignatureFault::UnknownKey),
        Some(expires_at) if expires_at <= now => Err(SignatureFault::ExpiredToken),
        _ => Ok(()),
    }
}

#[cfg(test)]
#[path = "verify_tests.rs"]
mod tests;
