//! The parser of the Authorization header of SigV4:
//!
//! `AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request, SignedHeaders=a;b, Signature=HEX`

use crate::SignatureFault;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// The content of the header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorization<'a> {
    /// The access key id.
    pub access_key_id: &'a str,
    /// The date, `YYYYMMDD`.
    pub date: &'a str,
    /// The Region.
    pub region: &'a str,
    /// The service.
    pub service: &'a str,
    /// The names of the signed headers, in their order in the header.
    pub signed_headers: Vec<&'a str>,
    /// The signature, in hexadecimal digits.
    pub signature: &'a str,
}

impl<'a> Authorization<'a> {
    /// Parses the header. The order of the parts and the white space between them do not matter.
    ///
    /// # Errors
    ///
    /// [`SignatureFault::Incomplete`] if the header cannot be parsed.
    ///
    /// # Examples
    ///
    /// ```
    /// use lido_iam::authorization::Authorization;
    ///
    /// let header = "AWS4-HMAC-SHA256 Credential=AKID/20261121/us-east-1/cognito-idp/aws4_request, \
    ///               SignedHeaders=host;x-amz-date, Signature=ab12";
    /// let authorization = Authorization::read(header).expect("valid");
    /// assert_eq!(authorization.access_key_id, "AKID");
    /// assert_eq!(authorization.signed_headers, ["host", "x-amz-date"]);
    /// ```
    pub fn read(header: &'a str) -> Result<Self, SignatureFault> {
        let incomplete = |text: String| SignatureFault::Incomplete(text);
        let (algorithm, rest) = header.trim().split_once(' ').unwrap_or((header.trim(), ""));
        if algorithm != ALGORITHM {
            return Err(incomplete(format!("Unsupported AWS 'algorithm': '{algorithm}'.")));
        }
        let (mut credential, mut signed_headers, mut signature) = (None, None, None);
        for part in rest.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let Some((name, value)) = part.split_once('=') else {
                return Err(incomplete(format!(
                    "'{part}' not a valid key=value pair (missing equal-sign) in Authorization header: '{header}'."
                )));
            };
            match name {
                "Credential" => credential = Some(value),
                "SignedHeaders" => signed_headers = Some(value),
                "Signature" => signature = Some(value),
                _ => {}
            }
        }
        let (Some(credential), Some(signed_headers), Some(signature)) =
            (credential, signed_headers, signature)
        else {
            let parts = [
                ("Credential", credential.is_none()),
                ("Signature", signature.is_none()),
                ("SignedHeaders", signed_headers.is_none()),
            ];
            let missing = parts.into_iter().filter(|(_, is_missing)| *is_missing);
            let texts =
                missing.map(|(name, _)| format!("Authorization header requires '{name}' parameter. "));
            return Err(incomplete(format!("{}Authorization={header}", texts.collect::<String>())));
        };
        let scope: Vec<&str> = credential.split('/').collect();
        let [access_key_id, date, region, service, "aws4_request"] = scope.as_slice() else {
            return Err(incomplete(format!(
                "Credential must have exactly 5 slash-delimited elements, e.g. \
                 keyid/date/region/service/term, got '{credential}'"
            )));
        };
        Ok(Self {
            access_key_id,
            date,
            region,
            service,
            signed_headers: signed_headers.split(';').collect(),
            signature,
        })
    }

    /// Returns the credential scope, which is part of the string to sign.
    pub fn scope(&self) -> String {
        format!("{}/{}/{}/aws4_request", self.date, self.region, self.service)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CREDENTIAL: &str = "Credential=AKID/20261121/us-east-1/cognito-idp/aws4_request";

    #[test]
    fn valid_header_is_parsed_in_any_order_and_spacing() {
        let headers = [
            format!("AWS4-HMAC-SHA256 {CREDENTIAL}, SignedHeaders=host;x-amz-date, Signature=ab"),
            format!("AWS4-HMAC-SHA256 Signature=ab,SignedHeaders=host;x-amz-date,{CREDENTIAL}"),
            format!("  AWS4-HMAC-SHA256   {CREDENTIAL} , Signature=ab , SignedHeaders=host;x-amz-date,"),
        ];
        for header in headers {
            let read = Authorization::read(&header).expect("good");
            assert_eq!((read.access_key_id, read.date, read.service), ("AKID", "20261121", "cognito-idp"));
            assert_eq!((read.signed_headers.as_slice(), read.signature), (&["host", "x-amz-date"][..], "ab"));
            assert_eq!(read.scope(), "20261121/us-east-1/cognito-idp/aws4_request");
        }
    }

    #[test]
    fn malformed_header_is_refused_with_a_message() {
        let cases = [
            ("Bearer abc".to_owned(), "Unsupported AWS 'algorithm': 'Bearer'."),
            ("AWS4-HMAC-SHA256".to_owned(), "Authorization header requires 'Credential' parameter. "),
            (
                // cog-0351
                "AWS4-HMAC-SHA256 nonsense".to_owned(),
                "'nonsense' not a valid key=value pair (missing equal-sign) in Authorization header: \
                 'AWS4-HMAC-SHA256 nonsense'.",
            ),
            (
                format!("AWS4-HMAC-SHA256 {CREDENTIAL}, SignedHeaders=host"),
                "Authorization header requires 'Signature' parameter. Authorization=",
            ),
            (
                "AWS4-HMAC-SHA256 Credential=AKID/20261121, SignedHeaders=host, Signature=ab".to_owned(),
                "Credential must have exactly 5 slash-delimited elements",
            ),
        ];
        for (header, text) in cases {
            match Authorization::read(&header) {
                Err(SignatureFault::Incomplete(message)) => {
                    assert!(message.starts_with(text), "{message}");
                }
                other => panic!("{header}: {other:?}"),
            }
        }
    }
}
