//! A client that sends what it is told, right or wrong, and reads one answer after the other.

use std::{
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use serde_json::Value;

/// How long an answer may take before a test has failed.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct Client {
    stream: BufReader<TcpStream>,
}

/// An answer, head and body.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|fault| panic!("{fault}: {self:?}"))
    }
}

/// A request for an operation, with a signature that `lido dev` takes.
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
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(Self { stream: BufReader::new(stream) })
    }

    /// Sends bytes as they are.
    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        self.stream.get_mut().write_all(bytes.as_ref())
    }

    /// The next answer; an error if there is none, which a test may have wanted.
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

    /// Whether the server closes, after whatever it still says. That it is only slow is no end.
    pub(crate) fn ends(&mut self) -> bool {
        match io::copy(&mut self.stream, &mut io::sink()) {
            Ok(_) => true,
            Err(fault) => !matches!(fault.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut),
        }
    }

    pub(crate) fn try_call(&mut self, operation: &str, body: &Value) -> io::Result<Answer> {
        self.send(post(operation, &body.to_string()))?;
        self.read()
    }

    /// The answer of an operation.
    pub(crate) fn call(&mut self, operation: &str, body: &Value) -> Answer {
        self.try_call(operation, body).expect("answered")
    }

    /// The output of an operation that succeeds.
    pub(crate) fn done(&mut self, operation: &str, body: &Value) -> Value {
        let answer = self.call(operation, body);
        assert_eq!(answer.status, 200, "{operation}: {answer:?}");
        answer.json()
    }

    pub(crate) fn get(&mut self, path: &str) -> Answer {
        self.send(format!("GET {path} HTTP/1.1\r\nhost: lido\r\n\r\n")).expect("sent");
        self.read().expect("answered")
    }

    /// Sets the clock of a `lido dev` forward; gives what it says then.
    pub(crate) fn advance(&mut self, seconds: u64) -> Value {
        let body = serde_json::json!({"advanceSeconds": seconds}).to_string();
        let head = format!("POST /_lido/clock HTTP/1.1\r\nhost: lido\r\ncontent-length: {}", body.len());
        self.send(format!("{head}\r\n\r\n{body}")).expect("sent");
        let answer = self.read().expect("answered");
        assert_eq!(answer.status, 200);
        answer.json()
    }

    /// A new pool that verifies mail, and an app client of it.
    pub(crate) fn new_pool(&mut self) -> (String, String) {
        let pool = serde_json::json!({"PoolName": "first", "AutoVerifiedAttributes": ["email"]});
        let pool = self.done("CreateUserPool", &pool)["UserPool"]["Id"].clone();
        let client = serde_json::json!({"UserPoolId": pool, "ClientName": "app"});
        let client = self.done("CreateUserPoolClient", &client)["UserPoolClient"]["ClientId"].clone();
        let text = |value: Value| value.as_str().expect("an id").to_owned();
        (text(pool), text(client))
    }
}

impl Client {
    /// Says that nothing more comes.
    pub(crate) fn shutdown_writing(&mut self) -> io::Result<()> {
        self.stream.get_ref().shutdown(std::net::Shutdown::Write)
    }

    /// How long the next answer may take.
    pub(crate) fn set_patience(&mut self, patience: Duration) {
        self.stream.get_ref().set_read_timeout(Some(patience)).expect("set");
    }
}
