//! Traces, as a collector receives them from the binary.

use std::{
    net::TcpListener,
    path::Path,
    time::{Duration, Instant},
};

use opentelemetry_proto::tonic::trace::v1::Span;
use rustix::process::Signal;
use serde_json::json;

use crate::{
    functions::{Functions, arn, echo},
    http_sink::{HttpSink, attribute},
    raw_client::{Answer, Client, post},
    server_process::{Lido, command},
};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const CALLER: &str = "b7ad6b7169203331";
const WEBHOOK_SECRET: &str = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
const SERVER: i32 = 2;
const CLIENT: i32 = 3;

/// The server whose traces are looked at, with its functions.
struct Traced {
    lido: Lido,
    functions: Functions,
    _runtime: tokio::runtime::Runtime,
    folder: tempfile::TempDir,
}

impl Traced {
    /// Starts a server with these options and variables.
    fn start(options: &str, variables: &[(&str, &str)]) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let functions = runtime.block_on(Functions::serve());
        let folder = tempfile::tempdir().expect("a folder");
        let line = format!(
            "dev --listen 127.0.0.1:0 --lambda-endpoint {} --store sqlite:lido.db {options}",
            functions.endpoint()
        );
        let mut command = command(folder.path(), &line);
        command.envs(variables.iter().copied());
        let lido = Lido::spawn(folder.path(), &mut command);
        Self { lido, functions, _runtime: runtime, folder }
    }

    /// Creates a pool whose users are asked for by a trigger and get their codes by SMS. Returns the app client.
    fn new_pool(&self) -> String {
        self.functions.when("pre", echo());
        let pool = json!({
            "PoolName": "p", "AutoVerifiedAttributes": ["phone_number"], "LambdaConfig": {"PreSignUp": arn("pre")},
            "SmsConfiguration": {"SnsCallerArn": "arn:aws:iam::000000000000:role/sms"},
        });
        let mut client = self.lido.client();
        let pool = client.expect_output("CreateUserPool", &pool)["UserPool"]["Id"].clone();
        let app = json!({"UserPoolId": pool, "ClientName": "c"});
        let app = client.expect_output("CreateUserPoolClient", &app)["UserPoolClient"]["ClientId"].clone();
        app.as_str().expect("an id").to_owned()
    }

    /// Stops the server by SIGTERM, which sends what waits.
    fn stop(&mut self) -> Duration {
        let since = Instant::now();
        self.lido.signal(Signal::TERM);
        assert!(self.lido.wait(Duration::from_secs(20)).success(), "{}", self.lido.log());
        since.elapsed()
    }
}

/// Signs a user up, with more headers.
fn sign_up(client: &mut Client, app: &str, name: &str, headers: &str) -> Answer {
    let user = json!({
        "ClientId": app, "Username": name, "Password": "Passw0rd!",
        "UserAttributes": [{"Name": "phone_number", "Value": "+15555550100"}],
    });
    let request = post("SignUp", &user.to_string()).replacen("\r\n", &format!("\r\n{headers}"), 1);
    client.send(request).expect("sent");
    let answer = client.read().expect("answered");
    assert_eq!(answer.status, 200, "{answer:?}");
    answer
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Returns the children of a span with this name.
fn children<'a>(spans: &'a [Span], parent: &Span, name: &str) -> Vec<&'a Span> {
    let is_child = |span: &&Span| span.name == name && span.parent_span_id == parent.span_id;
    spans.iter().filter(is_child).collect()
}

fn named<'a>(spans: &'a [Span], name: &str) -> Vec<&'a Span> {
    spans.iter().filter(|span| span.name == name).collect()
}

#[test]
fn request_store_trigger_and_delivery_are_one_trace_that_the_caller_began() {
    let (collector, webhook) = (HttpSink::start(), HttpSink::start());
    let options = format!("--sms-webhook {} --sms-webhook-secret {WEBHOOK_SECRET}", webhook.url());
    let mut traced = Traced::start(
        &options,
        &[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url()),
            ("OTEL_EXPORTER_OTLP_HEADERS", "api-key=of%20the%20collector"),
            ("OTEL_SERVICE_NAME", "users"),
            ("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test,service.instance.id=pod-7"),
        ],
    );
    let app = traced.new_pool();
    let headers = format!("traceparent: 00-{TRACE}-{CALLER}-01\r\ntracestate: vendor=value\r\n");
    let answer = sign_up(&mut traced.lido.client(), &app, "hannibal", &headers);
    let unsampled = TRACE.replace('0', "1");
    let headers = format!("traceparent: 00-{unsampled}-{CALLER}-00\r\n");
    sign_up(&mut traced.lido.client(), &app, "face", &headers);
    traced.stop();

    let spans = collector.spans();
    assert!(spans.iter().all(|span| hex(&span.trace_id) != unsampled), "the caller does not record it");
    let of_trace: Vec<Span> = spans.into_iter().filter(|span| hex(&span.trace_id) == TRACE).collect();
    let [request] = *named(&of_trace, "SignUp") else { panic!("one request: {of_trace:?}") };
    assert_eq!((hex(&request.parent_span_id).as_str(), request.kind), (CALLER, SERVER));
    assert_eq!(request.trace_state, "vendor=value");
    let id = answer.head.lines().find_map(|line| line.strip_prefix("x-amzn-requestid: "));
    for (name, value) in [
        ("aws.request_id", id),
        ("http.request.method", Some("POST")),
        ("http.response.status_code", Some("200")),
        ("rpc.method", Some("SignUp")),
        ("error.type", None),
    ] {
        assert_eq!(attribute(&request.attributes, name).as_deref(), value, "{name}");
    }
    let children = |parent, name| children(&of_trace, parent, name);
    assert!(!children(request, "store read").is_empty(), "{of_trace:?}");
    let [commit] = *children(request, "store commit") else { panic!("one commit: {of_trace:?}") };
    for (name, value) in [("lido.attempt", "1"), ("lido.outcome", "ok")] {
        assert_eq!(attribute(&commit.attributes, name).as_deref(), Some(value));
    }
    let [trigger] = *children(request, "trigger PreSignUp") else { panic!("one trigger: {of_trace:?}") };
    assert_eq!(
        (trigger.kind, attribute(&trigger.attributes, "lido.attempts").as_deref()),
        (CLIENT, Some("1"))
    );
    let [delivery] = *children(request, "deliver sms") else { panic!("one message: {of_trace:?}") };
    assert_eq!(attribute(&delivery.attributes, "lido.outcome").as_deref(), Some("sent"));
    assert!(!children(delivery, "store read").is_empty(), "{of_trace:?}");
    for span in &of_trace {
        let is_within = span.start_time_unix_nano >= request.start_time_unix_nano
            && span.end_time_unix_nano >= span.start_time_unix_nano;
        assert!(is_within, "{span:?}");
    }

    // Both calls carry the context on, and so does one of a request that is not recorded.
    let invoked = traced.functions.invoked();
    let [of_recorded, of_other] = &*invoked else { panic!("two calls: {invoked:?}") };
    let header = |name| of_recorded.headers.get(name).and_then(|value| value.to_str().ok());
    let context = |span: &Span| format!("00-{TRACE}-{}-01", hex(&span.span_id));
    assert_eq!(
        (header("traceparent"), header("tracestate")),
        (Some(&*context(trigger)), Some("vendor=value"))
    );
    let other = of_other.headers.get("traceparent").and_then(|value| value.to_str().ok());
    assert!(other.is_some_and(|value| value.contains(&unsampled) && value.ends_with("-00")), "{other:?}");
    let sent = webhook.received();
    assert_eq!(sent.first().and_then(|sent| sent.header("traceparent")), Some(&*context(delivery)));

    for received in collector.received() {
        assert!(received.head.starts_with("POST /v1/traces HTTP/1.1"), "{received:?}");
        assert_eq!(received.header("api-key"), Some("of the collector"));
        assert_eq!(received.header("content-type"), Some("application/x-protobuf"));
        let resource = received.traces().resource_spans[0].resource.clone().expect("a resource");
        for (name, value) in [
            ("service.name", "users"),
            ("service.version", env!("CARGO_PKG_VERSION")),
            ("deployment.environment.name", "test"),
        ] {
            assert_eq!(attribute(&resource.attributes, name).as_deref(), Some(value));
        }
        assert_eq!(attribute(&resource.attributes, "service.instance.id").as_deref(), Some("pod-7"));
    }
    assert!(!traced.lido.log().contains("of the collector"), "{}", traced.lido.log());
}

#[test]
fn spans_of_other_surfaces_have_the_route_and_no_input() {
    let collector = HttpSink::start();
    let mut traced =
        Traced::start("", &[("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", &format!("{}/x", collector.url()))]);
    let mut client = traced.lido.client();
    let (pool, app) = client.new_pool();
    client.get(&format!("/{pool}/.well-known/jwks.json?code=s3cret"));
    client.get(&format!("/{pool}/login?client_id={app}&response_type=code&state=s3cret"));
    client.get("/s3cret/unknown?s3cret");
    client.send("S3CRET /_lido/health HTTP/1.1\r\nhost: s3cret\r\nuser-agent: s3cret\r\n\r\n").expect("sent");
    client.read().expect("answered");
    // Not as W3C specifies it, so that the request begins a trace.
    let broken =
        "GET /_lido/health HTTP/1.1\r\nhost: lido\r\ntraceparent: 00-s3cret\r\ntracestate: s3cret\r\n\r\n";
    client.send(broken).expect("sent");
    client.read().expect("answered");
    let missing = json!({"ClientId": app, "Username": "s3cret", "ConfirmationCode": "123456"});
    assert_eq!(client.call("ConfirmSignUp", &missing).status, 400);
    traced.stop();
    let spans = collector.spans();
    for (name, status) in [
        ("GET /{pool}/.well-known/jwks.json", Some("200")),
        ("GET /{pool}/login", None),
        ("unknown", None),
        ("GET /_lido/health", Some("200")),
    ] {
        let found = named(&spans, name);
        let found = found.first().unwrap_or_else(|| panic!("{name}: {spans:?}"));
        let found_status = attribute(&found.attributes, "http.response.status_code").expect("a status");
        assert!(status.is_none_or(|status| status == found_status), "{name}: {found_status}");
        assert!(found.parent_span_id.is_empty(), "{found:?}");
    }
    assert_eq!(named(&spans, "_OTHER /_lido/health").len(), 1, "{spans:?}");
    let [refused] = *named(&spans, "ConfirmSignUp") else { panic!("one request: {spans:?}") };
    assert!(attribute(&refused.attributes, "error.type").is_some_and(|error| error.ends_with("Exception")));
    assert!(refused.status.as_ref().is_none_or(|status| status.code == 0), "not an error of the server");
    assert!(collector.received().iter().all(|received| received.head.starts_with("POST /x HTTP/1.1")));
    let all = format!("{spans:?}");
    for input in ["s3cret", "S3CRET", &pool, &app] {
        assert!(!all.contains(input), "{input} in {all}");
    }
    // What the server does by itself has no trace.
    assert!(spans.iter().all(|span| !span.parent_span_id.is_empty() || span.kind == SERVER), "{all}");
}

#[test]
fn commit_that_conflicts_is_followed_by_a_second_attempt() {
    let collector = HttpSink::start();
    let mut traced = Traced::start(
        "",
        &[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url()),
            ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"),
            ("OTEL_BSP_SCHEDULE_DELAY", "20"),
        ],
    );
    let mut client = traced.lido.client();
    let (pool, _) = client.new_pool();
    client.expect_output("AdminCreateUser", &json!({"UserPoolId": pool, "Username": "ann"}));
    let is_second = |span: &&Span| attribute(&span.attributes, "lido.attempt").as_deref() == Some("2");
    let until = Instant::now() + Duration::from_secs(20);
    let update = |port: u16, name: String| {
        let attributes = json!([{"Name": "name", "Value": name}]);
        let update = json!({"UserPoolId": pool, "Username": "ann", "UserAttributes": attributes});
        Client::connect(port).expect_output("AdminUpdateUserAttributes", &update);
    };
    while !collector.spans().iter().any(|span| is_second(&span)) {
        assert!(Instant::now() < until, "no conflict");
        std::thread::scope(|scope| {
            for number in 0..8 {
                let (update, port) = (&update, traced.lido.port);
                scope.spawn(move || update(port, number.to_string()));
            }
        });
    }
    traced.stop();
    let received = collector.received();
    assert!(received.iter().all(|received| received.header("content-encoding") == Some("gzip")));
    let spans = collector.spans();
    let second = spans.iter().find(is_second).expect("a second attempt");
    let siblings = spans.iter().filter(|span| span.parent_span_id == second.parent_span_id);
    let outcomes: Vec<_> = siblings
        .filter(|span| span.name == "store commit")
        .map(|span| {
            ["lido.attempt", "lido.outcome"].map(|name| attribute(&span.attributes, name).expect("set"))
        })
        .collect();
    assert!(outcomes.contains(&["1", "conflict"].map(str::to_owned)), "{outcomes:?}");
    assert!(outcomes.iter().any(|[_, outcome]| outcome == "ok"), "{outcomes:?}");
}

#[test]
fn nothing_is_recorded_passed_on_or_sent_when_traces_are_off() {
    let collector = HttpSink::start();
    for variables in
        [&[][..], &[("OTEL_EXPORTER_OTLP_ENDPOINT", &*collector.url()), ("OTEL_SDK_DISABLED", "true")]]
    {
        let mut traced = Traced::start("--log trace", variables);
        let app = traced.new_pool();
        let headers = format!("traceparent: 00-{TRACE}-{CALLER}-01\r\n");
        sign_up(&mut traced.lido.client(), &app, "hannibal", &headers);
        traced.stop();
        assert!(collector.received().is_empty());
        let invoked = traced.functions.invoked();
        assert!(
            invoked.iter().all(|invoked| !invoked.headers.contains_key("traceparent")) && invoked.len() == 1
        );
        let log = traced.lido.log();
        assert!(log.contains("request{id=") && !log.contains("otel.name"), "{log}");
    }
}

/// A collector that does not run, and one that accepts connections and never answers.
#[test]
fn collector_that_does_not_answer_delays_and_fails_nothing_and_is_logged_once() {
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let silent = format!("http://{}", silent.local_addr().expect("an address"));
    let closed = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let closed = format!("http://{closed}");
    for (endpoint, timeout, cause) in [
        (closed, "10000", Some("refused")),
        (silent.clone(), "100", Some("timeout")),
        (silent, "60000", None),
    ] {
        let mut traced = Traced::start(
            "",
            &[
                ("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint),
                ("OTEL_EXPORTER_OTLP_TIMEOUT", timeout),
                ("OTEL_BSP_SCHEDULE_DELAY", "20"),
                ("OTEL_BSP_MAX_QUEUE_SIZE", "16"),
            ],
        );
        let app = traced.new_pool();
        let mut client = traced.lido.client();
        let since = Instant::now();
        for number in 0..20 {
            sign_up(&mut client, &app, &format!("user{number}"), "");
        }
        assert!(since.elapsed() < Duration::from_secs(20), "{:?}", since.elapsed());
        wait_for_line(&traced.lido, cause);
        assert!(traced.stop() < Duration::from_secs(8), "{}", traced.lido.log());
        let log = traced.lido.log();
        let lines: Vec<_> = log.lines().filter(|line| line.contains("traces cannot be sent")).collect();
        assert!(lines.len() <= 1, "{lines:?}");
        assert!(cause.is_none_or(|cause| lines[0].contains(cause)), "{lines:?}");
        drop(traced.folder);
    }
}

/// Waits until the log says that traces cannot be sent, unless it has no reason to within its timeout.
fn wait_for_line(lido: &Lido, cause: Option<&str>) {
    let until = Instant::now() + Duration::from_secs(20);
    while cause.is_some() && !lido.log().contains("traces cannot be sent") {
        assert!(Instant::now() < until, "{}", lido.log());
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn variable_with_a_wrong_value_keeps_the_server_from_starting() {
    let folder = tempfile::tempdir().expect("a folder");
    let run = |folder: &Path, variables: &[(&str, &str)]| {
        let mut command = command(folder, "dev --listen 127.0.0.1:0 --store memory");
        let output = command.envs(variables.iter().copied()).output().expect("it runs");
        (output.status.code(), String::from_utf8(output.stderr).expect("text"))
    };
    let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4317");
    for (variable, text) in [
        (
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
            "OTEL_EXPORTER_OTLP_PROTOCOL is grpc, and Lido sends http/protobuf alone; set it so, and the endpoint to the port \
             of the collector for it, which usually is 4318",
        ),
        (
            ("OTEL_TRACES_SAMPLER", "xray"),
            "OTEL_TRACES_SAMPLER is xray; set it to always_on, always_off or traceidratio, or one of these after parentbased_",
        ),
        (
            ("OTEL_EXPORTER_OTLP_HEADERS", "s3cret"),
            "entry 1 of OTEL_EXPORTER_OTLP_HEADERS is not name=value of a header that may be set; percent-encode what is not a \
             plain character",
        ),
        (
            ("OTEL_EXPORTER_OTLP_HEADERS", "x-token=s3cret,host=collector"),
            "entry 2 of OTEL_EXPORTER_OTLP_HEADERS is not name=value of a header that may be set; percent-encode what is not a \
             plain character",
        ),
    ] {
        assert_eq!(run(folder.path(), &[endpoint, variable]), (Some(2), format!("lido: {text}\n")));
    }
}
