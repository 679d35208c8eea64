//! `--metrics`: what a scrape of the binary has, and what it has not.

use std::{
    collections::BTreeSet,
    io::Write as _,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::json;

use crate::{postgres_cluster::Cluster, raw_client::Client, server_process::Lido};

/// A server with metrics.
struct Measured {
    lido: Lido,
    port: u16,
    _folder: tempfile::TempDir,
}

impl Measured {
    fn start(more: &str) -> Self {
        Self::start_on("memory", more)
    }

    /// Starts a server on this store.
    fn start_on(store: &str, more: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let line = format!("dev --listen 127.0.0.1:0 --store {store} --metrics 127.0.0.1:0 {more}");
        let lido = Lido::start(folder.path(), &line);
        let log = lido.log();
        let line = log.lines().find(|line| line.contains("metrics are served")).expect("a line");
        let port = line.rsplit(':').next().and_then(|port| port.trim().parse().ok()).expect("a port");
        Self { lido, port, _folder: folder }
    }

    fn scrape(&self) -> String {
        let answer = Client::connect(self.port).get("/metrics");
        assert_eq!(answer.status, 200, "{answer:?}");
        assert!(answer.head.contains("content-type: text/plain; version=0.0.4"), "{answer:?}");
        answer.body
    }
}

/// Returns the value of a sample.
fn value(text: &str, sample: &str) -> Option<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix(sample)?.strip_prefix(' '))?;
    line.parse().ok()
}

#[test]
fn scrape_has_what_happened_and_no_names() {
    let measured = Measured::start("--request-limits on,UserCreation=1");
    let mut client = measured.lido.client();
    let (pool, app) = client.new_pool();
    let sign_up = |name: &str| {
        json!({
            "ClientId": app, "Username": name, "Password": "Passw0rd!",
            "UserAttributes": [{"Name": "email", "Value": format!("{name}@secret.example")}],
        })
    };
    client.expect_output("SignUp", &sign_up("hannibal"));
    // Over the quota at some time, and a wrong password.
    let refused = (0..100).map(|number| client.call("SignUp", &sign_up(&format!("hannibal{number}"))));
    let refused = refused.filter(|answer| answer.status == 400).count();
    assert!(refused > 0);
    let sign_in = json!({
        "ClientId": app, "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": {"USERNAME": "hannibal", "PASSWORD": "Wrong-Passw0rd!"},
    });
    client.call("InitiateAuth", &sign_in);
    client.send("POST / HTTP/1.1\r\nhost: x\r\nx-amz-target: AWSCognitoIdentityProviderService.Invented\r\ncontent-length: 0\r\n\r\n").expect("sent");
    assert_eq!(client.read().expect("answered").status, 400);
    client.get("/_lido/health");

    let text = measured.scrape();
    let over = "lido_requests_total{operation=\"SignUp\",outcome=\"TooManyRequestsException\"}";
    let count = f64::from(u32::try_from(refused).expect("a count"));
    assert_eq!(value(&text, over), Some(count), "{text}");
    assert_eq!(value(&text, "lido_requests_over_quota_total{category=\"UserCreation\"}"), Some(count));
    let signed_up = value(&text, "lido_requests_total{operation=\"SignUp\",outcome=\"ok\"}");
    assert!(signed_up.is_some_and(|count| count >= 1.0), "{text}");
    let unknown = "lido_requests_total{operation=\"unknown\",outcome=\"UnknownOperationException\"}";
    assert_eq!(value(&text, unknown), Some(1.0), "{text}");
    assert_eq!(
        value(&text, "lido_requests_total{operation=\"console\",outcome=\"ok\"}"),
        Some(1.0),
        "{text}"
    );
    let delivered = "lido_delivery_duration_seconds_count{medium=\"mail\",outcome=\"sent\"}";
    assert!(value(&text, delivered).is_some_and(|count| count >= 1.0), "{text}");
    for sample in [
        "lido_request_duration_seconds_count{operation=\"SignUp\"}",
        "lido_store_trip_duration_seconds_count{kind=\"commit\",outcome=\"ok\"}",
        "lido_store_trip_duration_seconds_count{kind=\"read\",outcome=\"ok\"}",
        "lido_connections_open",
    ] {
        assert!(value(&text, sample).is_some_and(|count| count >= 1.0), "{sample}: {text}");
    }
    assert_eq!(value(&text, "lido_requests_in_flight"), Some(0.0));
    // Names that clients choose, ids, and codes are nowhere.
    for secret in ["hannibal", "secret.example", "Passw0rd", "Invented", &pool, &app] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    assert_documented(&text);
    check_by_promtool(&text);
}

/// Asserts that every metric of a scrape is in the table of the documentation.
fn assert_documented(text: &str) {
    let page = include_str!("../../../docs/metrics.md");
    let types = text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    let names: BTreeSet<&str> = types.filter_map(|line| line.split(' ').next()).collect();
    assert!(names.len() > 8, "{names:?}");
    for name in names {
        assert!(page.contains(&format!("| `{name}` |")), "{name} is not in docs/metrics.md");
    }
}

/// Waits until a condition holds.
fn wait_until(condition: impl Fn() -> bool) {
    let since = Instant::now();
    while !condition() {
        assert!(since.elapsed() < Duration::from_secs(30), "the condition does not come about");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Lets Prometheus's own tool judge the text, where it is installed.
fn check_by_promtool(text: &str) {
    let promtool = Command::new("promtool").args(["check", "metrics"]).stdin(Stdio::piped()).spawn();
    let Ok(mut promtool) = promtool else {
        assert!(std::env::var_os("LIDO_REQUIRE_SHARED").is_none(), "promtool is required and not installed");
        println!("promtool check metrics: skipped: promtool is not installed (Debian: prometheus)");
        return;
    };
    promtool.stdin.take().expect("its input").write_all(text.as_bytes()).expect("written");
    assert!(promtool.wait().expect("it ends").success(), "promtool refuses\n{text}");
}

#[test]
fn metrics_have_a_listener_of_their_own() {
    let measured = Measured::start("");
    assert_eq!(measured.lido.client().get("/metrics").status, 404);
    let mut client = Client::connect(measured.port);
    assert_eq!(client.get("/_lido/health").status, 404);
    client.send("POST /metrics HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n").expect("sent");
    assert_eq!(client.read().expect("answered").status, 405);
}

#[test]
fn refused_connections_are_counted() {
    let measured = Measured::start("--max-connections-per-address 1");
    let first = measured.lido.client();
    let mut second = measured.lido.client();
    assert_eq!(second.get("/_lido/health/live").status, 200);
    drop(first);
    let text = measured.scrape();
    assert_eq!(value(&text, "lido_connections_closed_early_total{reason=\"evicted\"}"), Some(1.0), "{text}");
}

/// The connections to PostgreSQL, while another client keeps all of them waiting and afterwards.
#[test]
fn scrape_on_postgresql_has_the_connections_of_the_pool() {
    let Some(cluster) = Cluster::shared() else { return };
    let url = cluster.new_schema();
    let measured = Measured::start_on(&url, "--key-file lido.key --store-connections 2");
    let (pool, _) = measured.lido.client().new_pool();
    let connections = |text: &str| {
        ["in_use", "idle", "waiting"].map(|state| {
            let sample = format!("lido_sql_connections{{state=\"{state}\"}}");
            value(text, &sample).unwrap_or_else(|| panic!("no {sample}: {text}"))
        })
    };
    let [in_use, idle, _] = connections(&measured.scrape());
    assert!((1.0..=2.0).contains(&(in_use + idle)), "{in_use} and {idle}");
    let schema = url.rsplit("%3D").next().expect("a schema");
    // Held until the table has a row, for a minute at most.
    cluster.psql(&format!("CREATE TABLE {schema}.release (at text)"));
    let lock = format!(
        "DO $$ BEGIN LOCK TABLE {schema}.lido_record; FOR i IN 1..1200 LOOP \
         EXIT WHEN EXISTS (SELECT FROM {schema}.release); PERFORM pg_sleep(0.05); END LOOP; END $$"
    );
    std::thread::scope(|scope| {
        scope.spawn(|| cluster.psql(&lock));
        let locks = |condition: &str| {
            let of_table = format!("relation = '{schema}.lido_record'::regclass");
            cluster.psql(&format!("SELECT count(*) FROM pg_locks WHERE {of_table} AND {condition}"))
        };
        wait_until(|| locks("mode = 'AccessExclusiveLock'").trim() == "1");
        for _ in 0..5 {
            let describe = json!({"UserPoolId": pool});
            let mut client = measured.lido.client();
            // Who waits too long for a connection is told so.
            scope.spawn(move || client.call("DescribeUserPool", &describe));
        }
        wait_until(|| locks("NOT granted").trim() == "2");
        // The other three requests have arrived by then. A scrape waits for a connection too, after it has read the pool.
        std::thread::sleep(Duration::from_millis(500));
        let scrape = scope.spawn(|| measured.scrape());
        std::thread::sleep(Duration::from_millis(500));
        cluster.psql(&format!("INSERT INTO {schema}.release VALUES ('now')"));
        let [in_use, idle, waiting] = connections(&scrape.join().expect("no panic"));
        assert_eq!((in_use, idle), (2.0, 0.0));
        assert!(waiting >= 3.0, "{waiting} of five requests wait");
    });
    let text = measured.scrape();
    let [in_use, idle, _] = connections(&text);
    assert!((1.0..=2.0).contains(&(in_use + idle)), "{in_use} and {idle}");
    assert!(value(&text, "lido_store_trip_duration_seconds_count{kind=\"read\",outcome=\"ok\"}").is_some());
    check_by_promtool(&text);
}
