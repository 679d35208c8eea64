//! What the suite cannot ask of every backend: files, crashes, groups.

use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
    time::Duration,
};

use lido_domain::{id::Sub, user::search::Filter};

use super::*;
use crate::store::{
    Expect, Key, Record, Store, Write,
    conformance::{
        conformance,
        sample::{name, pool, pool_id, user},
    },
};

fn open_in_a_folder() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::new(SqliteBackend::open(&folder.path().join("lido.db")).expect("opens"));
    (folder, store)
}

conformance!(async { open_in_a_folder() });

#[tokio::test]
async fn what_was_written_is_there_after_a_restart() {
    let (folder, store) = open_in_a_folder();
    store.put(&pool_id("p"), vec![(Key::pool(), pool("p"))]).await.expect("written");
    let before = store.get(&pool_id("p"), Key::pool()).await.expect("read").expect("there");
    drop(store);
    let store = Store::new(SqliteBackend::open(&folder.path().join("lido.db")).expect("opens"));
    assert_eq!(store.get(&pool_id("p"), Key::pool()).await, Ok(Some(before.clone())));
    // A version never comes back, so what was read before the restart still guards.
    store.put(&pool_id("p"), vec![(Key::pool(), pool("q"))]).await.expect("written");
    let expects = vec![Expect::At(Key::pool(), before.version)];
    let late = store.commit(&pool_id("p"), expects, vec![Write::Remove(Key::pool())]).await;
    assert_eq!(late.map(drop), Err(StoreError::Conflict));
}

#[tokio::test]
async fn a_file_of_the_first_version_is_brought_up_to_date() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("lido.db");
    let mut connection = tables::connect(&path).expect("opens");
    tables::make_first_version(&mut connection).expect("made");
    for username in ["ann", "bob"] {
        let record = Record::User(user(username));
        let body = record.encode().expect("encodes");
        connection
            .execute(
                "INSERT INTO record VALUES (?1, 2, ?2, 1, NULL, ?3)",
                rusqlite::params![pool_id("p").as_str(), format!("sub-{username}"), body],
            )
            .expect("written");
    }
    connection
        .execute("INSERT INTO record VALUES ('us-east-1_p', 2, 'sub-odd', 1, NULL, x'7b')", [])
        .expect("written");
    drop(connection);
    let store = Store::new(SqliteBackend::open(&path).expect("opens"));
    let counted = store.read(&Scope::Pool(pool_id("p")), vec![Lookup::Count(Kind::User)]).await;
    assert_eq!(counted, Ok(Some((pool_id("p"), vec![Answer::Count(3)]))));
    let filter = Filter::parse(r#"email = "bob@example.com""#).expect("good").expect("some");
    let found = store.begin().search_users(&pool_id("p"), &filter, None, 9).await.expect("read");
    assert_eq!(found, [user("bob")]);
}

#[test]
fn file_with_records_of_newer_format_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("lido.db");
    drop(SqliteBackend::open(&path).expect("opens"));
    let note = |text| {
        let connection = tables::connect(&path).expect("opens");
        connection.execute(text, []).expect("noted");
    };
    for (text, (kind, found)) in [
        ("UPDATE format SET format = format + 1 WHERE kind = 0", (0, 3)),
        ("INSERT INTO format VALUES (99, 1)", (99, 1)),
    ] {
        drop(SqliteBackend::open(&path).expect("opens"));
        note(text);
        let refused = SqliteBackend::open(&path).expect_err("a newer format").to_string();
        let expected =
            format!("may hold records of kind {kind} in format {found}, which this Lido does not know");
        assert!(refused.contains(&expected), "{refused}");
        note("DELETE FROM format");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_can_read_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, store) = open_in_a_folder();
    store.put(&pool_id("p"), vec![(Key::pool(), pool("p"))]).await.expect("written");
    for file in fs::read_dir(folder.path()).expect("listed") {
        let file = file.expect("an entry");
        assert_eq!(file.metadata().expect("there").permissions().mode() & 0o077, 0, "{:?}", file.path());
    }
}

#[test]
fn a_newer_file_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("lido.db");
    drop(SqliteBackend::open(&path).expect("opens"));
    let connection = tables::connect(&path).expect("opens");
    connection.execute("INSERT INTO migration VALUES (99)", []).expect("written");
    drop(connection);
    let refused = SqliteBackend::open(&path).err().map(|error| error.to_string()).expect("refused");
    assert!(refused.contains("version 99"), "{refused}");
}

#[test]
fn what_is_no_database_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("lido.db");
    fs::write(&path, "this is a letter and no database, however long it goes on".repeat(40))
        .expect("written");
    assert!(matches!(SqliteBackend::open(&path), Err(OpenError::Sqlite { .. })));
    assert!(SqliteBackend::open(folder.path()).is_err());
}

#[tokio::test]
async fn a_damaged_record_is_corrupt_and_the_others_are_not() {
    let (folder, store) = open_in_a_folder();
    for name in ["p", "q"] {
        store.put(&pool_id(name), vec![(Key::pool(), pool(name))]).await.expect("written");
    }
    let connection = tables::connect(&folder.path().join("lido.db")).expect("opens");
    let damage =
        "UPDATE entry SET body = x'7b' WHERE incarnation = (SELECT incarnation FROM pool WHERE id LIKE '%p')";
    connection.execute(damage, []).expect("damaged");
    assert!(matches!(store.get(&pool_id("p"), Key::pool()).await, Err(StoreError::Corrupt(_))));
    assert!(store.get(&pool_id("q"), Key::pool()).await.expect("read").is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commits_that_wait_share_a_transaction() {
    let (folder, store) = open_in_a_folder();
    store.put(&pool_id("p"), vec![(Key::pool(), pool("p"))]).await.expect("written");
    // While another connection holds the write lock, commits pile up; then one transaction takes them all.
    let connection = tables::connect(&folder.path().join("lido.db")).expect("opens");
    connection.execute_batch("BEGIN IMMEDIATE").expect("locked");
    let waiting: Vec<_> = (0..200)
        .map(|number| {
            let store = store.clone();
            let key = Key::name(&name(&format!("n{number}")));
            let name = vec![(key, Record::Name(Sub::new("s")))];
            tokio::spawn(async move { store.put(&pool_id("p"), name).await })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(100)).await;
    connection.execute_batch("ROLLBACK").expect("unlocked");
    for commit in waiting {
        assert_eq!(commit.await.expect("no panic"), Ok(()));
    }
    // The first went alone, or with those that came while it waited; the rest shared.
    let frames: i64 = connection
        .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| row.get(1))
        .expect("a count of pages in the log");
    assert!(frames < 200, "{frames} pages for 200 commits");
}

/// The child of the next test: writes users one after the other and says each one that was answered.
#[tokio::test]
async fn a_child_that_writes_until_it_is_killed() {
    let Ok(path) = std::env::var("LIDO_TEST_STORE") else { return };
    let store = Store::new(SqliteBackend::open(Path::new(&path)).expect("opens"));
    store.put(&pool_id("p"), vec![(Key::pool(), pool("p"))]).await.expect("written");
    for number in 0.. {
        let user = user(&format!("{}-{number}", std::process::id()));
        let sub = user.sub.clone();
        store.put(&pool_id("p"), vec![(Key::user(&sub), Record::User(user))]).await.expect("written");
        println!("\nanswered {sub}");
    }
}

#[tokio::test]
async fn an_answered_write_survives_a_kill() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("lido.db");
    let mut answered = 0;
    for _ in 0..10 {
        let mut child = Command::new(std::env::current_exe().expect("this test"))
            .args(["--exact", "--nocapture", "store::sqlite::tests::a_child_that_writes_until_it_is_killed"])
            .env("LIDO_TEST_STORE", &path)
            .stdout(Stdio::piped())
            .spawn()
            .expect("starts");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let mut subs = Vec::new();
        while subs.len() < 25 {
            let line = lines.next().expect("still writing").expect("text");
            subs.extend(line.strip_prefix("answered ").map(Sub::new));
        }
        child.kill().expect("killed");
        // What it said between the last look and its death counts too.
        subs.extend(
            lines.map_while(Result::ok).filter_map(|line| line.strip_prefix("answered ").map(Sub::new)),
        );
        child.wait().expect("gone");
        let store = Store::new(SqliteBackend::open(&path).expect("opens"));
        let there = store.begin().list_users(&pool_id("p"), None, usize::MAX).await.expect("read");
        for sub in &subs {
            assert!(there.iter().any(|user| user.sub == *sub), "{sub} was answered and is gone");
        }
        answered += subs.len();
    }
    assert!(answered >= 250);
}
