//! The canonical request of SigV4, from which signer and verifier compute the signature.
//!
//! It contains exactly the headers that the signer lists, so any set of signed headers can be verified. The AWS crate
//! for SigV4 builds canonical requests only for its own signatures, with its own choice of headers.

use http::{HeaderMap, Uri};
use sha2::{Digest, Sha256};

/// Returns the canonical request. It consists of bytes, because header values need not be valid UTF-8.
pub fn canonical_request(
    method: &str,
    uri: &Uri,
    headers: &HeaderMap,
    signed_headers: &[&str],
    body: &[u8],
) -> Vec<u8> {
    let mut text = Vec::new();
    text.extend(method.as_bytes());
    text.push(b'\n');
    text.extend(canonical_path(uri.path()).as_bytes());
    text.push(b'\n');
    text.extend(canonical_query(uri.query().unwrap_or_default()).as_bytes());
    text.push(b'\n');
    for name in signed_headers {
        text.extend(name.as_bytes());
        text.push(b':');
        for (index, value) in headers.get_all(*name).iter().enumerate() {
            if index > 0 {
                text.push(b',');
            }
            text.extend(trimmed(value.as_bytes()));
        }
        text.push(b'\n');
    }
    text.push(b'\n');
    text.extend(signed_headers.join(";").as_bytes());
    text.push(b'\n');
    // This is always the hash of the received body. So a request whose `x-amz-content-sha256` header has another hash,
    // or `UNSIGNED-PAYLOAD`, does not verify.
    text.extend(hex_sha256(body).as_bytes());
    text
}

/// Returns the SHA-256 hash in lower-case hexadecimal digits.
pub fn hex_sha256(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| DIGITS.get(usize::from(value)).copied().map_or('0', char::from);
    Sha256::digest(bytes).iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// Returns the path without dot segments and double slashes, percent-encoded once more.
///
/// All services except S3 encode the path of the request line a second time.
fn canonical_path(path: &str) -> String {
    let mut segments: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            other => segments.push(other),
        }
    }
    let mut canonical = String::from("/");
    canonical.push_str(&segments.join("/"));
    if path.ends_with('/') && !segments.is_empty() {
        canonical.push('/');
    }
    let mut encoded = String::with_capacity(canonical.len());
    for byte in canonical.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~/".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// Returns the parameters of the query, unchanged, sorted by name and then by value.
fn canonical_query(query: &str) -> String {
    let mut pairs: Vec<(&str, &str)> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .collect();
    pairs.sort_unstable();
    pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

/// Returns the value without leading and trailing white space, and with each run of white space replaced by one space.
fn trimmed(value: &[u8]) -> Vec<u8> {
    let words = value.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(&b' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_path_is_normalized_and_encoded_twice() {
        let cases = [
            ("/", "/"),
            ("//", "/"),
            ("/a//b/../c/./", "/a/c/"),
            ("/some%20path/~x", "/some%2520path/~x"),
            ("/../..", "/"),
        ];
        for (path, canonical) in cases {
            assert_eq!(canonical_path(path), canonical);
        }
    }

    #[test]
    fn canonical_query_is_sorted() {
        assert_eq!(canonical_query("b=2&a=1&a=0&empty=&none"), "a=0&a=1&b=2&empty=&none=");
        assert_eq!(canonical_query(""), "");
    }

    #[test]
    fn header_value_white_space_is_trimmed() {
        assert_eq!(trimmed(b"  many    blanks\there  "), b"many blanks here");
        assert_eq!(trimmed(b""), b"");
    }
}
