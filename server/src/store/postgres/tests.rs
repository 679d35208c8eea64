//! Tests of PostgreSQL alone: the conformance suite, several servers, migrations, and a database that goes away.
//!
//! They need the programs of PostgreSQL; where these are not installed, each test says that it is skipped.

use std::{
    num::NonZeroU32,
    time::{Duration, Instant},
};

use lido_domain::{attribute::contact::ContactKind, id::Sub, user::search::Filter};

use super::*;
use crate::store::{
    Expectation, Key, Record, Search, SharedBuckets as _, Store, UserQuery, Write,
    conformance::{
        conformance,
        sample::{self, name, pool, pool_id, user},
    },
};

#[expect(dead_code, reason = "other test binaries use the rest")]
#[path = "../../../tests/outside/postgres_cluster.rs"]
mod postgres_cluster;
use postgres_cluster::{Cluster, PASSWORD};

#[path = "query_plan_tests.rs"]
mod query_plans;

fn url(text: &str) -> PostgresUrl {
    text.parse().expect("a URL")
}

/// Opens a store as one server does. In tests each has few connections, since many run at once, and requests may queue for
/// them for long.
async fn open(url: &str) -> Result<PostgresBackend, OpenError> {
    let limits =
        PostgresLimits { connections: 4, wait: Duration::from_secs(120), ..PostgresLimits::default() };
    PostgresBackend::open(&self::url(url), limits, false).await
}

async fn open_in_new_schema() -> Option<(String, Store)> {
    let url = Cluster::shared()?.new_schema();
    let store = Store::new(open(&url).await.expect("opens"));
    Some((url, store))
}

/// Runs SQL in the schema of a store.
async fn execute(url: &str, text: &str) {
    let session = connect(&read_address(&self::url(url)).expect("good"), PostgresLimits::default()).await;
    session.expect("connected").execute_plain(text).await.expect("executed");
}

conformance!(async { open_in_new_schema().await });

fn attempts_key() -> Key {
    Key::attempts(&Sub::new("s"), lido_domain::user::attempt::AttemptKind::ConfirmSignUp)
}

/// Two servers rely on the absence of what the other one inserts, as a user name and a preferred user name of another user
/// do. A snapshot shows neither to the other.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn commits_that_rely_on_the_absence_of_the_others_record_have_one_winner() {
    let Some((url, store)) = open_in_new_schema().await else { return };
    let stores = [store, Store::new(open(&url).await.expect("opens"))];
    stores[0].put(&pool_id("p"), vec![(Key::pool(), pool("p"))]).await.expect("written");
    for round in 0..100 {
        let keys = [0, 1].map(|side| Key::name(&name(&format!("{round}-{side}"))));
        let racing = [0, 1].map(|side| {
            let (store, keys) = (stores[side].clone(), keys.clone());
            tokio::spawn(async move {
                let expects = keys.iter().cloned().map(Expectation::Absent).collect();
                let write = Write::Put(keys[side].clone(), Record::Name(Sub::new("s")));
                store.commit(&pool_id("p"), expects, vec![write]).await
            })
        });
        let mut winners = 0;
        for racer in racing {
            match racer.await.expect("no panic") {
                Ok(_) => winners += 1,
                Err(error) => assert_eq!(error, StoreError::Conflict),
            }
        }
        let stored = [
            stores[0].get(&pool_id("p"), keys[0].clone()).await.expect("read"),
            stores[0].get(&pool_id("p"), keys[1].clone()).await.expect("read"),
        ];
        assert!(winners <= 1, "round {round}");
        assert_eq!(stored.iter().flatten().count(), winners, "round {round}");
    }
}

/// One commit relies on a record that another one writes, and the other way round.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn commits_that_rely_on_the_record_that_the_other_writes_have_one_winner() {
    let Some((url, store)) = open_in_new_schema().await else { return };
    let stores = [store, Store::new(open(&url).await.expect("opens"))];
    let keys = [0, 1].map(|side| Key::name(&name(&format!("{side}"))));
    let named = |of: &str| Record::Name(Sub::new(of));
    let first = vec![(Key::pool(), pool("p")), (keys[0].clone(), named("0")), (keys[1].clone(), named("0"))];
    stores[0].put(&pool_id("p"), first).await.expect("written");
    let mut committed = 0;
    for round in 1..=100 {
        let mut read = Vec::new();
        for key in &keys {
            let stored = stores[0].get(&pool_id("p"), key.clone()).await.expect("read").expect("there");
            read.push(Expectation::At(key.clone(), stored.version));
        }
        let racing = [0, 1].map(|side| {
            let (store, read, key) = (stores[side].clone(), read.clone(), keys[side].clone());
            let write = Write::Put(key, named(&round.to_string()));
            tokio::spawn(async move { store.commit(&pool_id("p"), read, vec![write]).await })
        });
        let mut winners = 0;
        for racer in racing {
            match racer.await.expect("no panic") {
                Ok(_) => winners += 1,
                Err(error) => assert_eq!(error, StoreError::Conflict),
            }
        }
        assert!(winners <= 1, "round {round}");
        committed += winners;
    }
    assert!(committed > 0, "no commit ever succeeds");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn servers_that_start_at_once_create_the_tables_once() {
    let Some(cluster) = Cluster::shared() else { return };
    let url = cluster.new_schema();
    let starting: Vec<_> = (0..6)
        .map(|_| {
            let url = url.clone();
            tokio::spawn(async move { open(&url).await.map(drop) })
        })
        .collect();
    for server in starting {
        server.await.expect("no panic").expect("opens");
    }
    let versions = table_versions(&self::url(&url)).await.expect("read");
    assert_eq!(versions.found, versions.known);
}

#[tokio::test]
async fn migration_that_was_interrupted_is_continued() {
    let Some(cluster) = Cluster::shared() else { return };
    let url = cluster.new_schema();
    let before = table_versions(&self::url(&url)).await.expect("read");
    assert_eq!((before.found, before.known), (0, tables::VERSION));
    execute(&url, "CREATE TABLE lido_pool (id bytea NOT NULL PRIMARY KEY, incarnation bigint NOT NULL)")
        .await;
    let refused = PostgresBackend::open(&self::url(&url), PostgresLimits::default(), true).await;
    let refused = refused.expect_err("a standby changes nothing").to_string();
    let needed = format!("version 0, and this Lido needs version {}; run lido migrate", tables::VERSION);
    assert!(refused.contains(&needed), "{refused}");
    let store = Store::new(open(&url).await.expect("opens"));
    store.put(&pool_id("p"), vec![(Key::pool(), pool("p"))]).await.expect("written");
    let standby =
        PostgresBackend::open(&self::url(&url), PostgresLimits::default(), true).await.expect("opens");
    assert!(Store::new(standby).get(&pool_id("p"), Key::pool()).await.expect("read").is_some());
}

#[tokio::test]
async fn tables_of_each_former_version_are_migrated_with_their_records() {
    let Some((url, store)) = open_in_new_schema().await else { return };
    store.put(&pool_id("p"), vec![(Key::pool(), pool("p"))]).await.expect("written");
    drop(store);
    // What each version has added.
    let added = [(2, "DROP TABLE lido_rate")];
    assert_eq!(
        added.len() + 1,
        usize::try_from(tables::VERSION).expect("a few"),
        "the last one is missing here"
    );
    for (version, undo) in added.into_iter().rev() {
        execute(&url, undo).await;
        execute(&url, &format!("DELETE FROM lido_migration WHERE version = {version}")).await;
        let store = Store::new(open(&url).await.expect("opens"));
        assert!(store.get(&pool_id("p"), Key::pool()).await.expect("read").is_some());
        let versions = table_versions(&self::url(&url)).await.expect("read");
        assert_eq!(versions.found, versions.known);
    }
}

fn quota(per_second: u32) -> NonZeroU32 {
    NonZeroU32::new(per_second).expect("not 0")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn servers_take_from_one_bucket_together() {
    let Some((url, _)) = open_in_new_schema().await else { return };
    let since = Instant::now();
    let mut servers = Vec::new();
    for _ in 0..3 {
        let server = open(&url).await.expect("opens");
        servers.push(tokio::spawn(async move {
            let mut taken = 0;
            for _ in 0..100 {
                taken += server.take("x", quota(50), 3).await.expect("answered");
            }
            taken
        }));
    }
    let mut taken = 0;
    for server in servers {
        taken += server.await.expect("no panic");
    }
    // It was full, and has regained some.
    let regained = since.elapsed().as_secs_f64() * 50.0;
    assert!((50.0..=50.0 + regained).contains(&f64::from(taken)), "{taken}, {regained} regained");
}

#[tokio::test]
async fn bucket_gives_what_it_has_and_regains_its_quota_in_a_second() {
    let Some((url, _)) = open_in_new_schema().await else { return };
    let server = open(&url).await.expect("opens");
    let take = async |bucket: &str, per_second, wanted| {
        server.take(bucket, quota(per_second), wanted).await.expect("answered")
    };
    assert_eq!(take("a", 10, 4).await, 4);
    assert!((6..=7).contains(&take("a", 10, 100).await));
    assert!(take("a", 10, 100).await <= 1);
    assert_eq!(take("b", 10, 100).await, 10, "another bucket, at most what it holds");
    let set = async |change: &str| execute(&url, &format!("UPDATE lido_rate SET {change}")).await;
    set("filled_at = filled_at - interval '1 hour'").await;
    assert_eq!(take("a", 10, 100).await, 10, "an hour restores only the whole quota");
    // A clock that was put back by an hour locks no caller out for it.
    set("tokens = 0, filled_at = filled_at + interval '1 hour'").await;
    assert_eq!(take("a", 10, 100).await, 0);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!((3..=9).contains(&take("a", 10, 100).await), "it regains tokens");
    // Another quota, such as after a restart with one, holds at once.
    set("tokens = 10").await;
    assert_eq!(take("a", 3, 100).await, 3);
}

/// The tables are in a schema that is not the first one of `search_path`, as where their owner is another user.
#[tokio::test]
async fn tables_are_found_as_statements_find_them_and_never_created_twice() {
    let Some(cluster) = Cluster::shared() else { return };
    let (tables, first) = (cluster.new_schema(), cluster.new_schema());
    let store = Store::new(open(&tables).await.expect("opens"));
    store.put(&pool_id("p"), vec![(Key::pool(), pool("p"))]).await.expect("written");
    let name = |url: &str| url.rsplit_once("%3D").expect("a schema").1.to_owned();
    let both = format!("{first},{}", name(&tables));
    assert_eq!(table_versions(&url(&both)).await.expect("read").found, tables::VERSION);
    let store = Store::new(open(&both).await.expect("opens"));
    assert!(store.get(&pool_id("p"), Key::pool()).await.expect("read").is_some());
    // A migration creates what is missing beside them.
    execute(&tables, "DROP TABLE lido_rate").await;
    execute(&tables, "DELETE FROM lido_migration WHERE version >= 2").await;
    drop(open(&both).await.expect("opens"));
    let found = "SELECT count(*) FROM pg_tables WHERE tablename LIKE 'lido_%' AND schemaname =";
    assert_eq!(cluster.psql(&format!("{found} '{}'", name(&first))), "0\n");
    assert_eq!(cluster.psql(&format!("{found} '{}' AND tablename = 'lido_rate'", name(&tables))), "1\n");
}

#[tokio::test]
async fn damaged_message_does_not_keep_the_others() {
    let Some((url, store)) = open_in_new_schema().await else { return };
    let messages = ["a", "b"].map(|id| (Key::outbox(id), sample::outbox(id, sample::T)));
    store
        .put(&pool_id("p"), [vec![(Key::pool(), pool("p"))], messages.into()].concat())
        .await
        .expect("written");
    execute(&url, "UPDATE lido_record SET body = '{' WHERE id = 'a' AND kind = 7").await;
    let due = store.due_messages(ContactKind::Email, sample::T, 9).await.expect("read");
    assert_eq!(due.iter().map(|(.., row)| row.id.as_str()).collect::<Vec<_>>(), ["b"]);
}

/// A warning that says nothing of the commit, such as that the database must be vacuumed.
#[tokio::test]
async fn commit_about_which_the_database_warns_is_done() {
    let Some((url, store)) = open_in_new_schema().await else { return };
    let written = vec![(Key::pool(), pool("p")), (attempts_key(), sample::attempts(1))];
    store.put(&pool_id("p"), written).await.expect("written");
    for text in [
        "CREATE FUNCTION warn() RETURNS trigger LANGUAGE plpgsql
         AS $$ BEGIN RAISE WARNING 'must be vacuumed'; RETURN NULL; END $$",
        "CREATE TRIGGER warn AFTER INSERT OR UPDATE OR DELETE ON lido_record
         FOR EACH STATEMENT EXECUTE FUNCTION warn()",
    ] {
        execute(&url, text).await;
    }
    // No record that is put would tell that it is done.
    let removal = vec![Write::Remove(attempts_key())];
    store.commit(&pool_id("p"), Vec::new(), removal).await.expect("committed");
    assert_eq!(store.get(&pool_id("p"), attempts_key()).await, Ok(None));
}

#[tokio::test]
async fn database_of_a_newer_lido_is_refused_by_name_and_version() {
    let Some((url, _)) = open_in_new_schema().await else { return };
    let newer = format!("tables of version 99, and this Lido knows only version {}", tables::VERSION);
    for (text, expected) in [
        ("INSERT INTO lido_format VALUES (99, 1)", "may contain records of kind 99 in format 1"),
        ("UPDATE lido_format SET format = 99 WHERE kind = 0", "records of kind 0 in format 99"),
        ("INSERT INTO lido_migration VALUES (99)", &newer),
    ] {
        drop(open(&url).await.expect("opens"));
        execute(&url, text).await;
        let refused = open(&url).await.expect_err("a newer Lido").to_string();
        assert!(refused.contains(expected) && refused.contains("postgres://lido@"), "{refused}");
        execute(&url, "DELETE FROM lido_format").await;
    }
}

#[tokio::test]
async fn password_is_checked_and_never_told() {
    let Some(cluster) = Cluster::shared() else { return };
    let right = self::url(&cluster.tcp_url(PASSWORD));
    table_versions(&right).await.expect("SCRAM with the right password");
    let refused =
        table_versions(&self::url(&cluster.tcp_url("wr0ng-secret"))).await.expect_err("a wrong password");
    let text = format!("{refused} {refused:?}");
    assert!(text.contains("password authentication failed"), "{text}");
    assert!(!text.contains("wr0ng-secret"), "{text}");
}

/// A certificate authority, and a certificate of the name that connections use.
fn certificates() -> (String, String, String) {
    let mut authority = rcgen::CertificateParams::new(Vec::new()).expect("parameters");
    authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let authority_key = rcgen::KeyPair::generate().expect("a key");
    let authority_certificate = authority.self_signed(&authority_key).expect("signed");
    let issuer = rcgen::Issuer::new(authority, authority_key);
    let key = rcgen::KeyPair::generate().expect("a key");
    let of_server = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).expect("parameters");
    let certificate = of_server.signed_by(&key, &issuer).expect("signed");
    (authority_certificate.pem(), certificate.pem(), key.serialize_pem())
}

/// The server has a certificate of its own authority for `localhost`, and refuses connections without TLS.
#[tokio::test]
async fn tls_modes_verify_what_libpq_says() {
    let Some(cluster) = Cluster::start(&["fsync=off"]) else { return };
    let (authority, certificate, key) = certificates();
    let (other_authority, ..) = certificates();
    cluster.write_data_file("server.crt", &certificate);
    cluster.write_data_file("server.key", &key);
    cluster.write_data_file("postgresql.auto.conf", "ssl = on\n");
    cluster.write_data_file("pg_hba.conf", "local all all trust\nhostssl all all all scram-sha-256\n");
    cluster.stop();
    cluster.run_server();
    let folder = tempfile::tempdir().expect("a folder");
    let [known, unknown] =
        ["known.pem", "unknown.pem"].map(|name| folder.path().join(name).display().to_string());
    std::fs::write(&known, authority).expect("written");
    std::fs::write(&unknown, other_authority).expect("written");
    let connect = async |host: &str, mode: &str, roots: &str| {
        let port = cluster.port();
        let password = PASSWORD.replace(' ', "%20");
        let url =
            format!("postgres://lido:{password}@{host}:{port}/postgres?sslmode={mode}&sslrootcert={roots}");
        table_versions(&self::url(&url)).await
    };
    for (host, mode, roots, is_refused) in [
        ("localhost", "verify-full", &known, false),
        ("127.0.0.1", "verify-full", &known, true),
        ("127.0.0.1", "verify-ca", &known, false),
        ("localhost", "verify-ca", &unknown, true),
        ("localhost", "require", &unknown, true),
        ("localhost", "prefer", &unknown, false),
        ("localhost", "disable", &known, true),
    ] {
        let result = connect(host, mode, roots).await;
        assert_eq!(result.is_err(), is_refused, "{host} {mode}: {result:?}");
    }
}

/// Ids and search texts may be longer than an entry of an index, and may contain a NUL.
#[tokio::test]
async fn long_texts_and_nuls_are_found_again() {
    let Some((_, store)) = open_in_new_schema().await else { return };
    let texts = ["x".repeat(2_048), "\u{10ffff}".repeat(2_048), "a\0b".to_owned()];
    for text in &texts {
        let mut user = user("ann");
        user.attributes.set("given_name", text);
        let sub = user.sub.clone();
        let records = vec![
            (Key::pool(), pool("p")),
            (Key::user(&sub), Record::User(user.clone())),
            (Key::name(&name(text)), Record::Name(sub.clone())),
        ];
        store.put(&pool_id("p"), records).await.expect("written");
        let found = store.get(&pool_id("p"), Key::name(&name(text))).await.expect("read").expect("there");
        assert_eq!(found.key, Key::name(&name(text)));
        let filter = Filter::parse(&format!(r#"given_name ^= "{}""#, text.replace('\0', ""))).expect("good");
        if let (false, Some(filter)) = (text.contains('\0'), filter) {
            let found = store.begin().search_users(&pool_id("p"), &filter, None, 9).await.expect("read");
            assert_eq!(found, [user]);
        }
        store.remove(&pool_id("p"), Key::name(&name(text))).await.expect("removed");
        assert_eq!(store.get(&pool_id("p"), Key::name(&name(text))).await, Ok(None));
    }
}

#[tokio::test]
async fn settings_that_can_lose_answers_are_named() {
    let Some(cluster) = Cluster::shared() else { return };
    let found = PostgresBackend::unsafe_settings(&self::url(&cluster.new_schema())).await.expect("asked");
    let expected =
        [("fsync", "off"), ("full_page_writes", "off")].map(|(name, value)| (name.into(), value.into()));
    assert_eq!(found, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn database_that_goes_away_is_told_quickly_and_used_again() {
    let Some(cluster) = Cluster::start(&[]) else { return };
    let store = Store::new(open(&cluster.url_of("public")).await.expect("opens"));
    store.put(&pool_id("p"), vec![(Key::pool(), pool("p"))]).await.expect("written");
    let before = store.get(&pool_id("p"), Key::pool()).await.expect("read");
    for ends in [Cluster::kill, Cluster::stop] {
        ends(&cluster);
        for _ in 0..20 {
            let since = Instant::now();
            let put = store.put(&pool_id("p"), vec![(attempts_key(), sample::attempts(1))]).await;
            assert!(
                matches!(put, Err(StoreError::Unavailable(_) | StoreError::OutcomeUnknown(_))),
                "{put:?}"
            );
            let read = store.get(&pool_id("p"), Key::pool()).await;
            assert!(matches!(read, Err(StoreError::Unavailable(_))), "{read:?}");
            assert!(store.check_health().await.is_err());
            assert!(since.elapsed() < Duration::from_secs(4), "{:?}", since.elapsed());
        }
        cluster.run_server();
        let since = Instant::now();
        while store.check_health().await.is_err() {
            assert!(since.elapsed() < Duration::from_secs(5), "service does not resume");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(store.get(&pool_id("p"), Key::pool()).await, Ok(before.clone()));
        store.put(&pool_id("p"), vec![(attempts_key(), sample::attempts(1))]).await.expect("written");
        store.remove(&pool_id("p"), attempts_key()).await.expect("removed");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commit_whose_answer_was_lost_is_found_out_or_told() {
    let Some((url, _)) = open_in_new_schema().await else { return };
    let backend = open(&url).await.expect("opens");
    let version = Version(77);
    let commit = |key: Key, record: Record| Commit {
        version,
        expects: Vec::new(),
        writes: vec![Write::Put(Key::pool(), pool("p")), Write::Put(key, record)],
        claims: Vec::new(),
    };
    let happened = commit(attempts_key(), sample::attempts(1));
    backend.commit(&pool_id("p"), happened.clone()).await.expect("written");
    let lost = || Fault::Lost("cut".into());
    let plan = Plan::new(&happened).expect("a plan");
    let pool = id::stored_pool(&pool_id("p"));
    assert_eq!(backend.find_out(&pool, &plan, lost()).await, Ok(()));
    let other = Plan { version: 78, ..Plan::new(&happened).expect("a plan") };
    assert_eq!(backend.find_out(&pool, &other, lost()).await, Err(StoreError::OutcomeUnknown("cut".into())));
}

/// A backend that a statement was sent to ends, again and again, in the middle of commits: whatever is answered, what is
/// stored agrees with it.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn commits_on_connections_that_are_ended_are_whole() {
    // A cluster of its own, since others do not expect their connections to end.
    let Some(cluster) = Cluster::start(&["fsync=off"]) else { return };
    let url = cluster.new_schema();
    let store = Store::new(open(&url).await.expect("opens"));
    store.put(&pool_id("p"), vec![(Key::pool(), pool("p"))]).await.expect("written");
    let ending = tokio::spawn(async move {
        for _ in 0..50 {
            let text = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                        WHERE pid <> pg_backend_pid() AND query LIKE '%lido_record%' AND state <> 'idle'";
            execute(&url, text).await;
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    let mut lost = 0;
    let mut round = 0;
    while !ending.is_finished() || round < 50 {
        round += 1;
        let keys = [0, 1].map(|side| Key::name(&name(&format!("{round}-{side}"))));
        let records = keys.clone().map(|key| (key, Record::Name(Sub::new("s")))).into();
        let result = store.put(&pool_id("p"), records).await;
        let mut stored = 0;
        for key in keys {
            let found = loop {
                if let Ok(found) = store.get(&pool_id("p"), key.clone()).await {
                    break found;
                }
            };
            stored += usize::from(found.is_some());
        }
        match result {
            Ok(()) => assert_eq!(stored, 2, "round {round}: what was answered is stored"),
            Err(StoreError::OutcomeUnknown(_)) => {
                assert!(stored == 0 || stored == 2, "round {round}: {stored}")
            }
            Err(error) => assert_eq!(stored, 0, "round {round}: {error}"),
        }
        lost += usize::from(stored == 0);
    }
    ending.await.expect("no panic");
    assert!(lost < round, "{lost} of {round} commits were lost");
}
