//! A newer Lido has changed the database, as during an upgrade of several servers: the former ones go on and cannot start anew.

use serde_json::json;

use crate::{
    postgres_cluster::{Cluster, PASSWORD},
    server_process::command,
    servers::{Servers, Settings},
};

#[test]
fn database_of_a_newer_lido_keeps_a_server_from_starting_and_running_ones_go_on() {
    let Some(cluster) = Cluster::start(&[]) else { return };
    let store = cluster.tcp_url(PASSWORD);
    let servers = Servers::start(2, Settings { store: store.clone(), ..Settings::default() });
    let folder = tempfile::tempdir().expect("a folder");
    let run = |line: &str| {
        let mut command = command(folder.path(), line);
        let output = command.args(["--store", &store]).output().expect("it runs");
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!text.contains("correct") && text.lines().count() < 6, "{text}");
        (output.status.code(), text)
    };
    let group = |name: &str| json!({"UserPoolId": servers.pool, "GroupName": name});
    let mut acknowledged = Vec::new();
    for (change, undo, expected) in [
        (
            "INSERT INTO lido_migration (version) VALUES (99)",
            "DELETE FROM lido_migration WHERE version = 99",
            "has tables of version 99, and this Lido knows only version",
        ),
        (
            "INSERT INTO lido_format (kind, format) VALUES (99, 1)",
            "DELETE FROM lido_format WHERE kind = 99",
            "may contain records of kind 99 in format 1, which this Lido cannot read",
        ),
    ] {
        cluster.psql(change);
        // A server that runs goes on: a migration of a newer one leaves what former ones use.
        for index in 0..servers.count() {
            let name = format!("group{}", acknowledged.len());
            servers.connect(index).expect("it runs").expect_output("CreateGroup", &group(&name));
            acknowledged.push(name);
        }
        // One that is killed does not come back, and says why in one line.
        let (code, text) = run("dev --listen 127.0.0.1:0 --log warn");
        assert_eq!(code, Some(1), "{text}");
        assert!(text.contains(expected) && text.contains("postgres://lido@127.0.0.1"), "{text}");
        cluster.psql(undo);
        servers.restart(1);
        let mut client = servers.connect(1).expect("it runs");
        for name in &acknowledged {
            client.expect_output("GetGroup", &group(name));
        }
    }
    cluster.psql("INSERT INTO lido_migration (version) VALUES (99)");
    let (code, text) = run("migrate --check");
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("has tables of version 99"), "{text}");
}
