//! The canonical request of SigV4: what a signature is over, written down the one way that signer and verifier share.
//!
//! It is built from the headers that the signer named and from no others, so any set of signed headers verifies. The
//! AWS crate builds one only for requests that it signs itself, with its own choice of headers.

use http::{HeaderMap, Uri};
use sha2::{Digest, Sha256};

/// The canonical request, as bytes, because header values need not be text.
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
    // Always the body's own hash: a header that claims another one, or that the body is not signed, does not verify.
    text.extend(hex_sha256(body).as_bytes());
    text
}

/// SHA-256 in lower-case hexadecimal digits.
pub fn hex_sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The path with dot segments and doubled slashes resolved, and then encoded once more: every service but S3 encodes
/// the path as it is on the wire.
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

/// The pairs of the query as they are on the wire, sorted by name and then by value.
fn canonical_query(query: &str) -> String {
    let mut pairs: Vec<(&str, &str)> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .collect();
    pairs.sort_unstable();
    pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

/// Without blanks at the ends, and with one blank for each run of them.
fn trimmed(value: &[u8]) -> Vec<u8> {
    let words = value.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(&b' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
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
    fn queries() {
        assert_eq!(canonical_query("b=2&a=1&a=0&empty=&none"), "a=0&a=1&b=2&empty=&none=");
        assert_eq!(canonical_query(""), "");
    }

    #[test]
    fn values() {
        assert_eq!(trimmed(b"  many    blanks\there  "), b"many blanks here");
        assert_eq!(trimmed(b""), b"");
    }
}
