//! A client of Lambda's Invoke operation: `POST {endpoint}/2015-03-31/functions/{function}/invocations`.
//!
//! serverless-offline, SAM local, cargo-lambda, the runtime interface emulator and Lambda itself implement the
//! operation. Requests are signed if there are [`credentials`], which only Lambda requires. [`crate::triggers`] decides
//! on the timeout and on retries.

pub mod credentials;

use std::{
    str::FromStr,
    time::{Duration, UNIX_EPOCH},
};

use async_trait::async_trait;
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningParams, SigningSettings, sign},
    sign::v4,
};
use reqwest::{
    Client, Response, StatusCode, Url,
    header::{CONTENT_TYPE, HeaderMap},
    redirect,
};
use serde_json::Value;

use self::credentials::LambdaCredentials;
use super::{Function, FunctionInvoker, InvocationResult, InvocationType, InvokeFault};
use crate::{clock::Clock, traces};

/// The most bytes of a response (*Documented*: 6 MB at Lambda).
const MAX_BYTES: usize = 6 * 1024 * 1024;

/// A client that invokes the functions of an endpoint.
#[derive(Debug)]
pub struct Lambda {
    http: Client,
    endpoint: Url,
    credentials: Option<LambdaCredentials>,
    clock: Clock,
}

/// The URL of an endpoint: http or https, a host, and optionally a path prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LambdaEndpoint(Url);

impl LambdaEndpoint {
    /// Returns the URL.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl FromStr for LambdaEndpoint {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_endpoint = |url: &Url| {
            let is_plain = url.query().is_none() && url.fragment().is_none();
            // A password would be printed with the URL, and endpoints need none.
            let has_no_login = url.username().is_empty() && url.password().is_none();
            matches!(url.scheme(), "http" | "https") && url.has_host() && is_plain && has_no_login
        };
        match Url::parse(text).ok().filter(is_endpoint) {
            Some(url) => Ok(Self(url)),
            None => {
                Err("a Lambda endpoint must be http:// or https:// and a host, such as http://127.0.0.1:3002"
                    .into())
            }
        }
    }
}

impl Lambda {
    /// Returns a client of `endpoint` that signs requests if there are credentials, at the time of `clock`.
    ///
    /// # Errors
    /// The HTTP client cannot be built.
    pub fn new(
        LambdaEndpoint(endpoint): LambdaEndpoint,
        credentials: Option<LambdaCredentials>,
        clock: Clock,
    ) -> Result<Self, reqwest::Error> {
        // No redirection and no proxy: an event is for the configured endpoint only.
        let http = Client::builder().redirect(redirect::Policy::none()).no_proxy();
        // Without TLS no certificates are loaded, because a small container may have none.
        let http = if endpoint.scheme() == "http" { http.tls_certs_only([]) } else { http };
        Ok(Self { http: http.build()?, endpoint, credentials, clock })
    }

    /// Returns the URL of a function.
    fn url(&self, function: &Function) -> Url {
        let mut address = self.endpoint.clone();
        if let Ok(mut segments) = address.path_segments_mut() {
            segments.pop_if_empty().extend(["2015-03-31", "functions", &function.name, "invocations"]);
        }
        if let Some(qualifier) = &function.qualifier {
            address.query_pairs_mut().append_pair("Qualifier", qualifier);
        }
        address
    }

    async fn post(
        &self,
        function: &Function,
        payload: &[u8],
        kind: InvocationType,
    ) -> Result<Response, InvokeFault> {
        let kind = match kind {
            InvocationType::RequestResponse => "RequestResponse",
            InvocationType::Event => "Event",
        };
        let address = self.url(function);
        let unreachable = |fault: String| InvokeFault::Unreachable(fault);
        let mut request = http::Request::post(address.as_str())
            .header(CONTENT_TYPE, "application/json")
            .header("x-amz-invocation-type", kind)
            .body(payload.to_vec())
            .map_err(|fault| unreachable(fault.to_string()))?;
        if let Some(credentials) = &self.credentials {
            self.sign(credentials, function, &mut request).await.map_err(unreachable)?;
        }
        // Not signed: proxies on the way replace it, and Lambda asks for the signature of no such header.
        traces::inject(request.headers_mut());
        let request = request.try_into().map_err(|fault: reqwest::Error| unreachable(root_cause(&fault)))?;
        self.http.execute(request).await.map_err(|fault| unreachable(root_cause(&fault)))
    }

    /// Signs a request for Lambda in the function's Region.
    async fn sign(
        &self,
        credentials: &LambdaCredentials,
        function: &Function,
        request: &mut http::Request<Vec<u8>>,
    ) -> Result<(), String> {
        let identity = credentials.read().await.map_err(|fault| fault.to_string())?.into();
        let now = u64::try_from(self.clock.real_now().as_millis()).unwrap_or_default();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(&function.region)
            .name("lambda")
            .time(UNIX_EPOCH + Duration::from_millis(now))
            .settings(SigningSettings::default())
            .build()
            .map_err(|fault| fault.to_string())?;
        let (address, headers) = (request.uri().to_string(), request.headers());
        let headers = headers.iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
        let body = SignableBody::Bytes(request.body());
        let signable =
            SignableRequest::new("POST", address, headers, body).map_err(|fault| fault.to_string())?;
        let signed = sign(signable, &SigningParams::V4(params)).map_err(|fault| fault.to_string())?;
        signed.into_parts().0.apply_to_request_http1x(request);
        Ok(())
    }
}

#[async_trait]
impl FunctionInvoker for Lambda {
    async fn invoke(
        &self,
        function: &Function,
        payload: &[u8],
        kind: InvocationType,
    ) -> Result<InvocationResult, InvokeFault> {
        let mut response = self.post(function, payload, kind).await?;
        if kind == InvocationType::Event && response.status() == StatusCode::NOT_IMPLEMENTED {
            // SAM local does not implement asynchronous invocations.
            response = self.post(function, payload, InvocationType::RequestResponse).await?;
        }
        let (status, is_function_error) =
            (response.status(), response.headers().contains_key("x-amz-function-error"));
        let code = code_in_headers(response.headers());
        let body = read(response).await?;
        match status {
            StatusCode::ACCEPTED => Ok(InvocationResult::Accepted),
            _ if !status.is_success() => {
                let code =
                    code.or_else(|| code_in_body(&body)).unwrap_or_else(|| default_code(status).to_owned());
                Err(InvokeFault::Refused { status: status.as_u16(), code })
            }
            _ if is_function_error => Ok(InvocationResult::FunctionError(body)),
            _ => Ok(InvocationResult::Payload(body)),
        }
    }
}

async fn read(mut response: Response) -> Result<Vec<u8>, InvokeFault> {
    let mut body = Vec::new();
    while let Some(chunk) =
        response.chunk().await.map_err(|fault| InvokeFault::Unreachable(root_cause(&fault)))?
    {
        if body.len() + chunk.len() > MAX_BYTES {
            return Err(InvokeFault::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Returns the error code in the headers, such as `AccessDeniedException`, without a namespace before it or a URL after
/// it.
fn code_in_headers(headers: &HeaderMap) -> Option<String> {
    error_code(headers.get("x-amzn-errortype")?.to_str().ok()?)
}

fn code_in_body(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    error_code(body.get("__type").or_else(|| body.get("code"))?.as_str()?)
}

/// Returns the error code in a text. Only a plain word is accepted, because clients receive it.
fn error_code(text: &str) -> Option<String> {
    let text = text.split(':').next()?;
    let text = text.rsplit('#').next()?.trim();
    let is_word = (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_word.then(|| text.to_owned())
}

/// Returns the error code of the Invoke operation for a status (*Documented*), for endpoints that send none.
fn default_code(status: StatusCode) -> &'static str {
    match status.as_u16() {
        403 => "AccessDeniedException",
        404 => "ResourceNotFoundException",
        409 => "ResourceConflictException",
        413 => "RequestTooLargeException",
        429 => "TooManyRequestsException",
        _ => "ServiceException",
    }
}

/// Returns the root cause of an error, without the URL.
fn root_cause(fault: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = fault;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn url_contains_the_function_and_its_qualifier() {
        let function = |qualifier: Option<&str>| Function {
            name: "app-dev-preSignUp".into(),
            qualifier: qualifier.map(str::to_owned),
            region: "us-east-1".into(),
        };
        let path = "2015-03-31/functions/app-dev-preSignUp/invocations";
        let cases = [
            ("http://localhost:3002", None, format!("http://localhost:3002/{path}")),
            ("http://localhost:3002/", None, format!("http://localhost:3002/{path}")),
            (
                "https://proxy.example/lambda",
                Some("live"),
                format!("https://proxy.example/lambda/{path}?Qualifier=live"),
            ),
        ];
        for (endpoint, qualifier, address) in cases {
            let lambda =
                Lambda::new(endpoint.parse().expect("an endpoint"), None, Clock::system()).expect("good");
            assert_eq!(lambda.url(&function(qualifier)).as_str(), address);
        }
        for bad in ["", "localhost:3002", "ftp://a", "http://", "http://a?b", "http://a#b", "http://u:p@a"] {
            assert!(bad.parse::<LambdaEndpoint>().is_err(), "{bad}");
        }
    }

    #[test]
    fn error_code_is_a_plain_word() {
        let cases = [
            ("AccessDeniedException", Some("AccessDeniedException")),
            ("AccessDeniedException:http://internal.amazon.com/", Some("AccessDeniedException")),
            ("com.amazonaws.lambda#ServiceException", Some("ServiceException")),
            ("", None),
            ("two words", None),
            ("<html>", None),
        ];
        for (text, code) in cases {
            assert_eq!(error_code(text).as_deref(), code, "{text}");
        }
        assert_eq!(
            code_in_body(br#"{"__type":"ResourceConflictException"}"#).as_deref(),
            Some("ResourceConflictException")
        );
        assert_eq!(code_in_body(br#"{"Type":"User","Message":"Function not found"}"#), None);
    }
}
