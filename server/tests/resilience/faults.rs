//! What a database can do to a server short of dying: cut connections, slow or refused statements, and full, read-only,
//! damaged, foreign and newer stores. Each is told clearly, and nothing is lost or answered twice.

use std::{
    net::SocketAddr,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    postgres_cluster::{Cluster, PASSWORD, USER},
    proxy::{Direction, Proxy},
    raw_client::Client,
    servers::{Servers, Settings},
};

/// How many bytes lie between two cuts, unless `LIDO_CUT_STEP` says.
fn cut_step() -> usize {
    std::env::var("LIDO_CUT_STEP").ok().and_then(|step| step.parse().ok()).unwrap_or(23)
}

/// Returns the address of a cluster as if it were at another port.
fn url_at(cluster: &Cluster, port: u16) -> String {
    cluster.tcp_url(PASSWORD).replace(&format!(":{}/", cluster.port()), &format!(":{port}/"))
}

#[track_caller]
fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let until = Instant::now() + Duration::from_secs(60);
    while !is_so() {
        assert!(Instant::now() < until, "never: {what}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// Starts a server behind a proxy, on a new cluster.
fn behind_proxy() -> Option<(Cluster, Proxy, Servers)> {
    let cluster = Cluster::start(&[])?;
    let proxy = Proxy::start(SocketAddr::from(([127, 0, 0, 1], cluster.port())));
    let servers = Servers::start(1, Settings { store: url_at(&cluster, proxy.port), ..Settings::default() });
    Some((cluster, proxy, servers))
}

/// Returns whether a group exists, as soon as the server serves again.
fn group_exists(client: &mut Client, pool: &str, group: &str) -> bool {
    let mut status = 0;
    wait_until("the server answers again", || {
        status = client.call("GetGroup", &json!({"UserPoolId": pool, "GroupName": group})).status;
        status < 500
    });
    status == 200
}

#[test]
fn commit_that_is_cut_at_any_byte_is_done_or_not_and_never_twice() {
    let Some((_cluster, proxy, servers)) = behind_proxy() else { return };
    let mut client = servers.connect(0).expect("it runs");
    let (mut cuts, mut done, mut told) = (0, 0, 0);
    for direction in [Direction::ToServer, Direction::ToClient] {
        for position in (0..).step_by(cut_step()) {
            let name = format!("{direction:?}-{position}");
            let group = json!({"UserPoolId": servers.pool, "GroupName": name});
            // The connection is there before, so that its making is not what is cut.
            group_exists(&mut client, &servers.pool, "none");
            proxy.cut_after(direction, position);
            let answer = client.call("CreateGroup", &group);
            let is_beyond = proxy.disarm();
            assert!([200, 500].contains(&answer.status), "{name}: {answer:?}");
            let exists = group_exists(&mut client, &servers.pool, &name);
            assert!(exists || answer.status == 500, "{name} was acknowledged and is lost");
            let again = client.call("CreateGroup", &group);
            assert_eq!(again.status == 200, !exists, "{name}: {answer:?}, then {again:?}");
            if is_beyond {
                break;
            }
            cuts += 1;
            done += usize::from(exists);
            told += usize::from(answer.status == 200);
        }
    }
    println!("{cuts} cuts: {done} commits were done, {told} answered as such");
    assert!(cuts > 20 && done > 0 && done < cuts, "{cuts} cuts, {done} done");
}

#[test]
fn database_that_is_away_is_told_at_once_and_service_resumes() {
    let Some((_cluster, proxy, servers)) = behind_proxy() else { return };
    let mut client = servers.connect(0).expect("it runs");
    let health = |client: &mut Client| client.get("/_lido/health").status;
    let list = |client: &mut Client| client.call("ListGroups", &json!({"UserPoolId": servers.pool}));
    assert_eq!((health(&mut client), list(&mut client).status), (200, 200));
    proxy.set_closed(true);
    wait_until("health says so", || health(&mut client) == 503);
    let start = Instant::now();
    let answer = list(&mut client);
    assert_eq!((answer.status, &answer.json()["__type"]), (500, &Value::from("InternalErrorException")));
    println!("answered after {:?}", start.elapsed());
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    proxy.set_closed(false);
    wait_until("service resumes", || list(&mut client).status == 200 && health(&mut client) == 200);
    assert!(!servers.logs().contains("correct"), "{}", servers.logs());
}

/// Returns whether groups can be created and read.
fn is_served(client: &mut Client, pool: &str, name: &str) -> bool {
    let group = json!({"UserPoolId": pool, "GroupName": name});
    client.call("CreateGroup", &group).status == 200 && client.call("DeleteGroup", &group).status == 200
}

/// Brings a fault about while a server is used, and checks that writes fail with a clear error in bounded time, that
/// health says so if it is to, that every acknowledged write is there, and that service resumes when the fault is gone.
fn check_fault(
    cluster: &Cluster,
    name: &str,
    is_unhealthy: bool,
    begin: impl FnOnce(&Cluster),
    end: impl FnOnce(&Cluster),
) {
    let servers = Servers::start(1, Settings { store: cluster.tcp_url(PASSWORD), ..Settings::default() });
    let mut client = servers.connect(0).expect("it runs");
    assert!(is_served(&mut client, &servers.pool, "before"), "{name}");
    begin(cluster);
    let mut acknowledged = Vec::new();
    let mut refused = 0;
    for index in 0..4_000 {
        let group = format!("group{index}");
        let text = "x".repeat(2_000);
        let body = json!({"UserPoolId": servers.pool, "GroupName": group, "Description": text});
        let start = Instant::now();
        let answer = client.call("CreateGroup", &body);
        assert!(start.elapsed() < Duration::from_secs(25), "{name}: {:?}", start.elapsed());
        match answer.status {
            200 => acknowledged.push(group),
            _ => {
                let error = &answer.json()["__type"];
                assert_eq!((answer.status, error), (500, &Value::from("InternalErrorException")), "{name}");
                refused += 1;
            }
        }
        if refused == 3 {
            break;
        }
    }
    assert_eq!(refused, 3, "{name}: {} writes succeeded", acknowledged.len());
    if is_unhealthy {
        wait_until("health says so", || client.get("/_lido/health").status == 503);
    }
    end(cluster);
    wait_until("service resumes", || is_served(&mut client, &servers.pool, "after"));
    wait_until("health says so", || client.get("/_lido/health").status == 200);
    for group in &acknowledged {
        assert!(group_exists(&mut client, &servers.pool, group), "{name}: {group} is lost");
    }
    println!("{name}: {} writes were acknowledged before it", acknowledged.len());
    let logs = servers.logs();
    assert!(!logs.contains("panic") && !logs.contains("correct"), "{name}: {logs}");
    assert!(logs.contains("ERROR") || logs.contains("WARN"), "{name} is not in the log: {logs}");
}

#[test]
fn read_only_database_is_told_and_service_resumes() {
    let set = |cluster: &Cluster, is_on: &str| {
        cluster.psql(&format!("ALTER ROLE lido SET default_transaction_read_only = {is_on}"));
        cluster.psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND usename = 'lido'");
    };
    let begin = |cluster: &Cluster| set(cluster, "on");
    let Some(cluster) = Cluster::start(&[]) else { return };
    check_fault(&cluster, "read-only", true, begin, |cluster| set(cluster, "off"));
}

#[test]
fn locked_tables_run_into_the_statement_timeout_and_service_resumes() {
    let Some(cluster) = Cluster::start(&[]) else { return };
    let mut session = None;
    let begin = |cluster: &Cluster| {
        let tables = cluster.psql(
            "SELECT string_agg(format('%I.%I', schemaname, tablename), ', ') FROM pg_tables \
             WHERE schemaname NOT IN ('pg_catalog', 'information_schema')",
        );
        let mut psql = cluster.program("psql");
        psql.args(["-X", "-q", "-U", USER, "-d", "postgres", "-h"]).arg(cluster.folder());
        psql.args(["-p", &cluster.port().to_string(), "-c"]);
        psql.arg(format!("BEGIN; LOCK TABLE {}; SELECT pg_sleep(600)", tables.trim()));
        session = Some(psql.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it runs"));
        wait_until("the tables are locked", || {
            cluster.psql("SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted")
                != "0\n"
        });
    };
    let end = |cluster: &Cluster| {
        cluster
            .psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)'");
    };
    check_fault(&cluster, "locked tables", true, begin, end);
    session.expect("begun").wait().expect("ended");
}

#[test]
fn full_disk_of_the_database_is_told_and_service_resumes() {
    let Some(disk) = SmallDisk::mount("160m") else { return println!("skipped: a file system needs root") };
    let Some(cluster) = Cluster::start_in(disk.folder.path(), &[]) else { return };
    let filler = disk.folder.path().join("filler");
    let begin = |_: &Cluster| disk.fill(&filler);
    let end = |cluster: &Cluster| {
        std::fs::remove_file(&filler).expect("removed");
        // Without room for its log, PostgreSQL may have ended.
        if cluster.is_running() {
            cluster.kill();
        }
        cluster.run_server();
    };
    check_fault(&cluster, "full disk", true, begin, end);
}

/// A file system of a few MB in memory, unmounted when dropped.
struct SmallDisk {
    folder: tempfile::TempDir,
}

impl SmallDisk {
    /// Mounts one of `size`. Returns `None` if that is not allowed.
    fn mount(size: &str) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"]).arg(folder.path());
        mount.output().is_ok_and(|output| output.status.success()).then_some(Self { folder })
    }

    /// Fills it.
    fn fill(&self, file: &std::path::Path) {
        use std::io::Write as _;
        let mut file = std::fs::File::create(file).expect("created");
        while file.write_all(&[0; 64 * 1024]).is_ok() {}
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.folder.path()).status();
    }
}

#[test]
fn store_that_cannot_be_used_keeps_the_server_from_starting() {
    let Some(cluster) = Cluster::start(&[]) else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let refusal = |store: &str| {
        let mut command =
            crate::server_process::command(folder.path(), "dev --listen 127.0.0.1:0 --log warn");
        let output = command.args(["--store", store]).output().expect("it runs");
        assert!(!output.status.success());
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            !text.contains("correct") && !text.contains("wrong-one") && text.lines().count() < 6,
            "{text}"
        );
        text
    };
    let wrong = cluster.tcp_url(PASSWORD).replace("correct", "wrong-one");
    assert!(refusal(&wrong).contains("password authentication failed"), "{}", refusal(&wrong));
    let nowhere = url_at(&cluster, 1);
    assert!(refusal(&nowhere).contains("127.0.0.1:1"), "{}", refusal(&nowhere));
    let absent = cluster.tcp_url(PASSWORD).replace("/postgres", "/elsewhere");
    assert!(refusal(&absent).contains("elsewhere"), "{}", refusal(&absent));
}
