//! An HTTP client that sends any bytes, valid or not, and reads one response after the other.

use std::{
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use serde_json::Value;

/// How long to wait for a response before the test fails.
const TIMEOUT: Duration = Duration::from_secs(30);

pub(crate) struct Client {
    stream: BufReader<TcpStream>,
}

/// A response.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// Returns a request for an operation, with a signature that `lido dev` accepts.
pub(crate) fn post(operation: &str, body: &str) -> String {
    format!(
        "POST / HTTP/1.1\r\nhost: lido\r\ncontent-type: application/x-amz-json-1.1\r\n\
         x-amz-target: AWSCognitoIdentityProviderService.{operation}\r\nx-amz-date: 20261121T073000Z\r\n\
         authorization: AWS4-HMAC-SHA256 Credential=dev/20261121/us-east-1/cognito-idp/aws4_request, \
         SignedHeaders=host;x-amz-date, Signature=00\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

impl Client {
    pub(crate) fn connect(port: u16) -> Self {
        Self::try_connect(port).expect("connected")
    }

    pub(crate) fn try_connect(port: u16) -> io::Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        stream.set_write_timeout(Some(TIMEOUT))?;
        Ok(Self { stream: BufReader::new(stream) })
    }

    /// Sends bytes unchanged.
    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        self.stream.get_mut().write_all(bytes.as_ref())
    }

    /// Reads the next response.
    ///
    /// # Errors
    /// Returns an error if the server closes or does not answer in time.
    pub(crate) fn read(&mut self) -> io::Result<Answer> {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if self.stream.read_line(&mut head)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        let field = |name: &str| {
            head.lines().find_map(|line| line.strip_prefix(name)).map(|value| value.trim().to_owned())
        };
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        let length = field("content-length:").and_then(|length| length.parse().ok()).unwrap_or(0);
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        let body = String::from_utf8(body).map_err(io::Error::other)?;
        Ok(Answer { status: status.ok_or_else(|| io::Error::other(head.clone()))?, head, body })
    }

    /// Reads until the server closes the connection. Returns `false` if it does not close in time.
    pub(crate) fn is_closed(&mut self) -> bool {
        match io::copy(&mut self.stream, &mut io::sink()) {
            Ok(_) => true,
            Err(error) => !matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut),
        }
    }

    pub(crate) fn try_call(&mut self, operation: &str, body: &Value) -> io::Result<Answer> {
        self.send(post(operation, &body.to_string()))?;
        self.read()
    }

    /// Calls an operation and returns the response.
    pub(crate) fn call(&mut self, operation: &str, body: &Value) -> Answer {
        self.try_call(operation, body).expect("answered")
    }

    /// Calls an operation that must succeed and returns its output.
    pub(crate) fn expect_output(&mut self, operation: &str, body: &Value) -> Value {
        let answer = self.call(operation, body);
        assert_eq!(answer.status, 200, "{operation}: {answer:?}");
        answer.json()
    }

    pub(crate) fn get(&mut self, path: &str) -> Answer {
        self.send(format!("GET {path} HTTP/1.1\r\nhost: lido\r\n\r\n")).expect("sent");
        self.read().expect("answered")
    }

    /// Sets the clock of `lido dev` forward and returns its response.
    pub(crate) fn advance(&mut self, seconds: u64) -> Value {
        let body = serde_json::json!({"advanceSeconds": seconds}).to_string();
        let head = format!("POST /_lido/clock HTTP/1.1\r\nhost: lido\r\ncontent-length: {}", body.len());
        self.send(format!("{head}\r\n\r\n{body}")).expect("sent");
        let answer = self.read().expect("answered");
        assert_eq!(answer.status, 200);
        answer.json()
    }

    /// Creates a user pool that verifies email addresses, and an app client. Returns their ids.
    pub(crate) fn new_pool(&mut self) -> (String, String) {
        let pool = serde_json::json!({"PoolName": "first", "AutoVerifiedAttributes": ["email"]});
        let pool = self.expect_output("CreateUserPool", &pool)["UserPool"]["Id"].clone();
        let client = serde_json::json!({"UserPoolId": pool, "ClientName": "app"});
        let client =
            self.expect_output("CreateUserPoolClient", &client)["UserPoolClient"]["ClientId"].clone();
        let text = |value: Value| value.as_str().expect("an id").to_owned();
        (text(pool), text(client))
    }
}

impl Client {
    /// Closes the writing half of the connection.
    pub(crate) fn shutdown_writing(&mut self) -> io::Result<()> {
        self.stream.get_ref().shutdown(std::net::Shutdown::Write)
    }

    /// Sets how long to wait for the next response.
    pub(crate) fn set_timeout(&mut self, timeout: Duration) {
        self.stream.get_ref().set_read_timeout(Some(timeout)).expect("set");
    }
}
