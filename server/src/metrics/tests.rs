//! The names of metrics: in the exposition, in the documentation, and on the dashboard.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use serde_json::Value;

use super::*;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/metrics.md");
const DASHBOARD: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/grafana-dashboard.json");

/// The kind and the labels of a metric.
type Description = (String, BTreeSet<String>);

/// Returns the text of metrics each of which was counted.
fn written() -> String {
    let second = Duration::from_secs(1);
    let service = ServiceMetrics::default();
    service.requests.begin().count("SignUp", "ok".into());
    service.connections.refuse();
    service.rates.refuse("UserCreation");
    let (store, triggers, deliveries) =
        (StoreMetrics::default(), TriggerMetrics::default(), DeliveryMetrics::default());
    store.count(StoreTrip::Commit, "conflict", second);
    triggers.count("PreSignUp", "ok", second);
    deliveries.count("mail", "sent", second);
    let exposition = Exposition::new("1.2.3", &service, &store, &triggers, &deliveries);
    let snapshot = Snapshot {
        sql: Some(SqlConnections { in_use: 1, idle: 2, waiting: 3 }),
        outbox: Some([4, 5]),
        passwords_waiting: 6,
    };
    exposition.write(&snapshot).expect("written")
}

/// Returns what a text in the format of Prometheus describes.
fn described(text: &str) -> BTreeMap<String, Description> {
    let mut found: BTreeMap<String, Description> = BTreeMap::new();
    let mut current = String::new();
    for line in text.lines() {
        if let Some((name, kind)) = line.strip_prefix("# TYPE ").and_then(|line| line.split_once(' ')) {
            current = name.to_owned();
            found.insert(current.clone(), (kind.to_owned(), BTreeSet::new()));
        } else if !line.starts_with('#') {
            assert!(line.starts_with(&current), "{line} is below {current}");
            let labels = line.split_once('{').and_then(|(_, rest)| rest.rsplit_once('}'));
            let labels = labels.map(|(labels, _)| labels).unwrap_or_default();
            let names = labels.split(',').filter_map(|label| Some(label.split_once('=')?.0.to_owned()));
            let described = found.get_mut(&current).expect("a type before its samples");
            described.1.extend(names.filter(|name| name != "le"));
        }
    }
    found
}

/// Returns the rows of the table of the page.
fn documented() -> BTreeMap<String, Description> {
    let page = fs::read_to_string(PAGE).expect("the page");
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `lido_"));
    rows.map(|row| {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let labels = cells[2].split(", ").filter(|name| !name.is_empty());
        let labels = labels.map(|name| name.trim_matches('`').to_owned()).collect();
        (format!("lido_{}", cells[0].trim_end_matches('`')), (cells[1].to_owned(), labels))
    })
    .collect()
}

#[test]
fn every_metric_is_in_the_table_of_the_documentation() {
    assert_eq!(described(&written()), documented());
}

#[test]
fn every_metric_of_the_dashboard_exists() {
    let dashboard: Value =
        serde_json::from_str(&fs::read_to_string(DASHBOARD).expect("a file")).expect("JSON");
    let mut expressions = Vec::new();
    collect(&dashboard, &mut expressions);
    let known = described(&written());
    let mut used = BTreeSet::new();
    for expression in &expressions {
        let words = expression.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        for name in words.filter(|word| word.starts_with("lido_")) {
            let family = ["_bucket", "_sum", "_count"].iter().find_map(|suffix| name.strip_suffix(suffix));
            let is_histogram =
                family.is_some_and(|family| known.get(family).is_some_and(|(kind, _)| kind == "histogram"));
            assert!(is_histogram || known.contains_key(name), "{name} in {expression}");
            used.insert(if is_histogram { family.unwrap_or(name) } else { name });
        }
    }
    let unused: Vec<_> = known.keys().filter(|name| !used.contains(name.as_str())).collect();
    assert!(unused.is_empty(), "no panel shows {unused:?}");
}

/// Collects the expressions of all panels.
fn collect(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member.as_str() {
                    Some(text) if name == "expr" => found.push(text.to_owned()),
                    _ => collect(member, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        _ => {}
    }
}

#[test]
fn text_has_the_samples_below_their_type() {
    let text = written();
    for line in [
        "# HELP lido_build_info The version of this server.",
        "# TYPE lido_build_info gauge",
        "lido_build_info{version=\"1.2.3\"} 1",
        "# TYPE lido_requests_total counter",
        "lido_requests_total{operation=\"SignUp\",outcome=\"ok\"} 1",
        "lido_store_trip_duration_seconds_bucket{le=\"1.0\",kind=\"commit\",outcome=\"conflict\"} 1",
        "lido_sql_connections{state=\"waiting\"} 3",
        "lido_outbox_messages{medium=\"sms\"} 5",
        "lido_requests_in_flight 0",
    ] {
        assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
    }
    assert!(text.ends_with('\n') && !text.contains("# EOF") && !text.contains("# UNIT"));
}
