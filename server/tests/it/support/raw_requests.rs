//! HTTP requests as text over a plain socket, with exactly the headers that a test gives.

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, SocketAddr, TcpStream},
};

/// A response to a raw request.
pub(crate) struct RawResponse {
    pub(crate) status: u16,
    /// The status line and the headers, in lower case.
    pub(crate) head: String,
    pub(crate) body: String,
}

/// Sends a request to an operation on a new connection, and reads the response until the server closes.
///
/// `Host`, `Connection`, `Content-Length` and `X-Amz-Target` are added to `headers`.
pub(crate) async fn send(
    address: SocketAddr,
    operation: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> RawResponse {
    let mut request = format!(
        "POST / HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {}\r\n\
         X-Amz-Target: AWSCognitoIdentityProviderService.{operation}\r\n",
        body.len()
    );
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str("\r\n");
    request.push_str(body);
    exchange(address, request.into_bytes()).await
}

/// Sends the bytes of a request on a new connection, and reads the response until the server closes.
pub(crate) async fn exchange(address: SocketAddr, request: Vec<u8>) -> RawResponse {
    let exchange = move || {
        let mut stream = TcpStream::connect(address)?;
        stream.write_all(&request)?;
        let mut response = String::new();
        stream.read_to_string(&mut response)?;
        stream.shutdown(Shutdown::Both).ok();
        Ok::<_, std::io::Error>(response)
    };
    let response = tokio::task::spawn_blocking(exchange).await.expect("no panic").expect("a response");
    let (head, body) = response.split_once("\r\n\r\n").expect("a head");
    let status = head.split(' ').nth(1).expect("a status").parse().expect("a number");
    RawResponse { status, head: head.to_lowercase(), body: body.to_owned() }
}

/// The headers of every request of the R client paws, which signs public operations too.
pub(crate) const PAWS_HEADERS: &[(&str, &str)] = &[
    ("User-Agent", "paws/0.9.0 (R4.4.1; linux-gnu; x86_64)"),
    ("Accept", "application/json, text/xml, application/xml, */*"),
    ("Accept-Encoding", "deflate, gzip, br"),
    ("Content-Type", "application/x-amz-json-1.1"),
    ("X-Amz-Date", "20261121T073000Z"),
    (
        "Authorization",
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261121/us-east-1/cognito-idp/aws4_request, \
         SignedHeaders=content-length;content-type;host;x-amz-date;x-amz-target, \
         Signature=0000000000000000000000000000000000000000000000000000000000000000",
    ),
];
