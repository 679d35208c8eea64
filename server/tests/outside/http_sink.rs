//! An HTTP server that keeps what it receives and answers with 200: a collector of traces, or a webhook.

use std::{
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use flate2::read::GzDecoder;
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{AnyValue, KeyValue, any_value},
    trace::v1::Span,
};
use prost::Message as _;

/// A received request.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    /// The request line and the header lines, with their names in lower case.
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Received {
    /// Returns the value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    /// Returns the traces of a request to a collector.
    pub(crate) fn traces(&self) -> ExportTraceServiceRequest {
        let mut body = Vec::new();
        match self.header("content-encoding") {
            Some("gzip") => GzDecoder::new(&*self.body).read_to_end(&mut body).map(drop).expect("gzip"),
            _ => body.clone_from(&self.body),
        }
        ExportTraceServiceRequest::decode(&*body).expect("traces in protobuf")
    }
}

/// The server. It ends with the process.
pub(crate) struct HttpSink {
    port: u16,
    received: Arc<Mutex<Vec<Received>>>,
}

impl HttpSink {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let received = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::clone(&received);
        thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                let received = Arc::clone(&shared);
                thread::spawn(move || serve(&mut BufReader::new(stream), &received));
            }
        });
        Self { port, received }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Returns every request, the oldest first.
    pub(crate) fn received(&self) -> Vec<Received> {
        self.received.lock().expect("not poisoned").clone()
    }

    /// Returns every span that was received.
    pub(crate) fn spans(&self) -> Vec<Span> {
        let resources = self.received().into_iter().flat_map(|received| received.traces().resource_spans);
        resources.flat_map(|resource| resource.scope_spans).flat_map(|scope| scope.spans).collect()
    }
}

/// Serves the requests of one connection.
fn serve(stream: &mut BufReader<TcpStream>, received: &Mutex<Vec<Received>>) -> io::Result<()> {
    loop {
        let (mut head, mut length) = (String::new(), 0);
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line)? == 0 {
                return Ok(());
            }
            if line == "\r\n" {
                break;
            }
            let (name, value) = line.split_once(':').unwrap_or((&line, ""));
            let name = name.to_ascii_lowercase();
            if name == "content-length" {
                length = value.trim().parse().map_err(io::Error::other)?;
            }
            head.push_str(&if value.is_empty() { line } else { format!("{name}:{value}") });
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body)?;
        received.lock().expect("not poisoned").push(Received { head, body });
        stream.get_mut().write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")?;
    }
}

/// Returns the value of an attribute, as a text.
pub(crate) fn attribute(attributes: &[KeyValue], name: &str) -> Option<String> {
    let found = attributes.iter().find(|attribute| attribute.key == name)?;
    match found.value.as_ref()? {
        AnyValue { value: Some(any_value::Value::StringValue(text)), .. } => Some(text.clone()),
        AnyValue { value: Some(any_value::Value::IntValue(number)), .. } => Some(number.to_string()),
        other => panic!("{name} is {other:?}"),
    }
}
