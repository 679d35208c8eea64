//! Tests of SQLite alone: files, migrations, crashes, and commits that share a transaction.

use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
    time::Duration,
};

use lido_domain::{
    attribute::contact::ContactKind,
    branding::asset::{Asset, AssetExtension, AssetOwner},
    id::{Sub, Username},
    secret::Secret,
    sign_in::srp::Verifier,
    user::search::Filter,
};
use zeroize::Zeroizing;

use super::*;
use crate::{
    entropy::Entropy,
    keys::Keys,
    store::{
        Expectation, Key, Record, Store, Write,
        conformance::{
            conformance,
            sample::{self, name, pool, pool_id, user},
        },
    },
};

fn open_in_new_folder() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::new(SqliteBackend::open(&folder.path().join("lido.db")).expect("opens"));
    (folder, store)
}

conformance!(async { Some(open_in_new_folder()) });

#[tokio::test]
async fn record_is_still_there_after_a_restart() {
    let (folder, store) = open_in_new_folder();
    store.put(&pool_id("p"), vec![(Key::pool(), pool("p"))]).await.expect("written");
    let before = store.get(&pool_id("p"), Key::pool()).await.expect("read").expect("there");
    drop(store);
    let store = Store::new(SqliteBackend::open(&folder.path().join("lido.db")).expect("opens"));
    assert_eq!(store.get(&pool_id("p"), Key::pool()).await, Ok(Some(before.clone())));
    // A version never occurs twice, so a read before the restart still makes a commit conflict.
    store.put(&pool_id("p"), vec![(Key::pool(), pool("q"))]).await.expect("written");
    let expects = vec![Expectation::At(Key::pool(), before.version)];
    let late = store.commit(&pool_id("p"), expects, vec![Write::Remove(Key::pool())]).await;
    assert_eq!(late.map(drop), Err(StoreError::Conflict));
}

#[tokio::test]
async fn file_of_the_first_version_is_migrated() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("lido.db");
    let mut connection = tables::connect(&path).expect("opens");
    tables::create_first_version(&mut connection).expect("made");
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
    assert_eq!(counted, Ok(Some((pool_id("p"), vec![LookupResult::Count(3)]))));
    let filter = Filter::parse(r#"email = "bob@example.com""#).expect("good").expect("some");
    let found = store.begin().search_users(&pool_id("p"), &filter, None, 9).await.expect("read");
    assert_eq!(found, [user("bob")]);
}

#[test]
fn file_with_records_of_newer_format_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("lido.db");
    drop(SqliteBackend::open(&path).expect("opens"));
    let execute = |text| {
        let connection = tables::connect(&path).expect("opens");
        connection.execute(text, []).expect("executed");
    };
    for (text, (kind, found)) in [
        ("UPDATE format SET format = format + 1 WHERE kind = 0", (0, 4)),
        ("INSERT INTO format VALUES (99, 1)", (99, 1)),
    ] {
        drop(SqliteBackend::open(&path).expect("opens"));
        execute(text);
        let refused = SqliteBackend::open(&path).expect_err("a newer format").to_string();
        let expected =
            format!("may contain records of kind {kind} in format {found}, which this Lido cannot read");
        assert!(refused.contains(&expected), "{refused}");
        execute("DELETE FROM format");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn created_file_is_readable_by_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, store) = open_in_new_folder();
    store.put(&pool_id("p"), vec![(Key::pool(), pool("p"))]).await.expect("written");
    for file in fs::read_dir(folder.path()).expect("listed") {
        let file = file.expect("an entry");
        assert_eq!(file.metadata().expect("there").permissions().mode() & 0o077, 0, "{:?}", file.path());
    }
}

#[test]
fn file_with_newer_tables_is_refused() {
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
fn file_that_is_no_database_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("lido.db");
    fs::write(&path, "this is a text file and not a database".repeat(40)).expect("written");
    assert!(matches!(SqliteBackend::open(&path), Err(OpenError::Sqlite { .. })));
    assert!(SqliteBackend::open(folder.path()).is_err());
}

#[tokio::test]
async fn damaged_record_is_corrupt_and_others_are_readable() {
    let (folder, store) = open_in_new_folder();
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

#[tokio::test]
async fn damaged_message_does_not_keep_the_others() {
    let (folder, store) = open_in_new_folder();
    let messages = ["a", "b"].map(|id| (Key::outbox(id), sample::outbox(id, sample::T)));
    store
        .put(&pool_id("p"), [vec![(Key::pool(), pool("p"))], messages.into()].concat())
        .await
        .expect("written");
    let connection = tables::connect(&folder.path().join("lido.db")).expect("opens");
    connection.execute("UPDATE entry SET body = x'7b' WHERE id LIKE '%a' AND kind = 7", []).expect("damaged");
    let due = store.due_messages(ContactKind::Email, sample::T, 9).await.expect("read");
    assert_eq!(due.iter().map(|(.., row)| row.id.as_str()).collect::<Vec<_>>(), ["b"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn waiting_commits_share_a_transaction() {
    let (folder, store) = open_in_new_folder();
    store.put(&pool_id("p"), vec![(Key::pool(), pool("p"))]).await.expect("written");
    // While another connection holds the write lock, commits wait in the queue; then they share transactions.
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
    // Without shared transactions there would be at least one page per commit.
    let frames: i64 = connection
        .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| row.get(1))
        .expect("a count of pages in the log");
    assert!(frames < 200, "{frames} pages for 200 commits");
}

/// SQLite itself copies nothing to the file: `wal_autocheckpoint` is 0.
#[tokio::test]
async fn log_is_copied_to_the_file_when_it_is_long_and_not_before() {
    const MEGABYTE: u64 = 1_000_000;
    let (folder, store) = open_in_new_folder();
    let length = |name: &str| std::fs::metadata(folder.path().join(name)).expect("a file").len();
    store.put(&pool_id("p"), vec![(Key::pool(), pool("p"))]).await.expect("written");
    let owner = AssetOwner::Customization("ALL".to_owned());
    for number in 0..20_u8 {
        let image = Asset { extension: AssetExtension::Png, bytes: vec![number; 3 * 1024 * 1024] };
        let key = Key::asset(&owner, &image.name().digest);
        store.put(&pool_id("p"), vec![(key, Record::Asset(image))]).await.expect("written");
        if number == 2 {
            assert!(length("lido.db") < MEGABYTE, "nothing was copied yet");
        }
    }
    // 80 MB were written, 4 MB by each commit.
    assert!(length("lido.db-wal") < 48 * MEGABYTE, "{} bytes in the log", length("lido.db-wal"));
    assert!(length("lido.db") > 30 * MEGABYTE, "{} bytes in the file", length("lido.db"));
}

/// What fails here for a trigger fails in earnest for a disk or a damaged page. `ROLLBACK` undoes the transaction at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commit_whose_write_fails_fails_alone() {
    for failure in ["ABORT", "ROLLBACK"] {
        let (folder, store) = open_in_new_folder();
        store.put(&pool_id("p"), vec![(Key::pool(), pool("p"))]).await.expect("written");
        let connection = tables::connect(&folder.path().join("lido.db")).expect("opens");
        let trigger = format!(
            "CREATE TRIGGER refusal BEFORE INSERT ON entry WHEN new.id LIKE '%:bad'
             BEGIN SELECT RAISE({failure}, 'refused'); END"
        );
        connection.execute_batch(&trigger).expect("made");
        // Those behind the first one wait for the lock together, and so share a transaction.
        connection.execute_batch("BEGIN IMMEDIATE").expect("locked");
        let names = ["a", "b", "bad", "c"];
        let waiting = names.map(|text| {
            let store = store.clone();
            let records = [format!("first-{text}"), text.to_owned()]
                .map(|text| (Key::name(&name(&text)), Record::Name(Sub::new("s"))));
            tokio::spawn(async move { store.put(&pool_id("p"), records.into()).await })
        });
        tokio::time::sleep(Duration::from_millis(100)).await;
        connection.execute_batch("ROLLBACK").expect("unlocked");
        for (text, commit) in names.into_iter().zip(waiting) {
            let result = commit.await.expect("no panic");
            match text {
                "bad" => assert!(matches!(result, Err(StoreError::Unavailable(_))), "{failure}: {result:?}"),
                _ => assert_eq!(result, Ok(()), "{failure}: {text}"),
            }
            for id in [format!("first-{text}"), text.to_owned()] {
                let found = store.get(&pool_id("p"), Key::name(&name(&id))).await.expect("read");
                assert_eq!(found.is_some(), text != "bad", "{failure}: {id}");
            }
        }
    }
}

/// A read does not wait on the thread that asks.
#[tokio::test]
async fn read_of_a_file_that_another_program_holds_waits_on_another_thread() {
    let (folder, store) = open_in_new_folder();
    store.put(&pool_id("p"), vec![(Key::pool(), pool("p"))]).await.expect("written");
    drop(store);
    let path = folder.path().join("lido.db");
    let store = Store::new(SqliteBackend::open(&path).expect("opens"));
    let connection = tables::connect(&path).expect("opens");
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE").expect("set");
    drop(store);
    connection.execute("UPDATE probe SET body = x'00'", []).expect("written");
    let reader = reader::Readers::start(&path, 1).expect("starts");
    let read = || reader.read_here(|reader| reader.check_health());
    assert!(read().is_none(), "another program holds the file");
    drop(connection);
    assert_eq!(read(), Some(Ok(())));
}

/// The child process of the next test: writes users and prints the sub of each commit that has returned.
#[tokio::test]
async fn child_process_writes_until_it_is_killed() {
    let Ok(path) = std::env::var("LIDO_TEST_STORE") else { return };
    let store = Store::new(SqliteBackend::open(Path::new(&path)).expect("opens"));
    store.put(&pool_id("p"), vec![(Key::pool(), pool("p"))]).await.expect("written");
    for number in 0.. {
        let user = user(&format!("{}-{number}", std::process::id()));
        let sub = user.sub.clone();
        store.put(&pool_id("p"), vec![(Key::user(&sub), Record::User(user))]).await.expect("written");
        println!("\ncommitted {sub}");
    }
}

#[tokio::test]
async fn returned_commit_survives_a_kill() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("lido.db");
    let mut committed = 0;
    for _ in 0..10 {
        let mut child = Command::new(std::env::current_exe().expect("this test"))
            .args(["--exact", "--nocapture", "store::sqlite::tests::child_process_writes_until_it_is_killed"])
            .env("LIDO_TEST_STORE", &path)
            .stdout(Stdio::piped())
            .spawn()
            .expect("starts");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let mut subs = Vec::new();
        while subs.len() < 25 {
            let line = lines.next().expect("still writing").expect("text");
            subs.extend(line.strip_prefix("committed ").map(Sub::new));
        }
        child.kill().expect("killed");
        // Lines that it printed before it was killed count too.
        subs.extend(
            lines.map_while(Result::ok).filter_map(|line| line.strip_prefix("committed ").map(Sub::new)),
        );
        child.wait().expect("gone");
        let store = Store::new(SqliteBackend::open(&path).expect("opens"));
        let there = store.begin().list_users(&pool_id("p"), None, usize::MAX).await.expect("read");
        for sub in &subs {
            assert!(there.iter().any(|user| user.sub == *sub), "{sub} was committed and is missing");
        }
        committed += subs.len();
    }
    assert!(committed >= 250);
}

/// A pool with 40,000 users is deleted while other pools are written. The deletion is bounded in rows for each commit, not
/// in time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deletion_of_a_large_pool_is_bounded_for_each_commit() {
    const USERS: usize = 40_000;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("lido.db");
    let backend = std::sync::Arc::new(SqliteBackend::open(&path).expect("opens"));
    let put = |pool: PoolId, records: Vec<(Key, Record)>, number: u64| {
        let writes = records.into_iter().map(|(key, record)| Write::Put(key, record)).collect();
        let commit = Commit { version: Version(number), expects: Vec::new(), writes, claims: Vec::new() };
        let backend = std::sync::Arc::clone(&backend);
        async move { backend.commit(&pool, commit).await.expect("written") }
    };
    let (gone, stays) = (pool_id("gone"), pool_id("stays"));
    put(gone.clone(), vec![(Key::pool(), pool("gone"))], 1).await;
    put(stays.clone(), vec![(Key::pool(), pool("stays"))], 2).await;
    for batch in 0..20 {
        let users = (0..USERS / 20).map(|number| user(&format!("{batch}-{number}")));
        let records = users.flat_map(|user| {
            let (sub, username) = (user.sub.clone(), name(user.username.as_str()));
            [(Key::user(&sub), Record::User(user)), (Key::name(&username), Record::Name(sub))]
        });
        put(gone.clone(), records.collect(), 3 + batch).await;
    }
    let rows = |text: &str| -> usize {
        let connection = tables::connect(&path).expect("opens");
        connection
            .query_row(text, [], |row| row.get::<_, i64>(0))
            .expect("counted")
            .try_into()
            .expect("positive")
    };
    let all = "SELECT (SELECT count(*) FROM entry) + (SELECT count(*) FROM search)";
    let before = rows(all);
    assert!(before > 2 * USERS);
    let deletion =
        Commit { version: Version(99), expects: vec![], writes: vec![Write::DeletePool], claims: vec![] };
    backend.commit(&gone, deletion).await.expect("deleted");
    assert_eq!(rows(all), before, "the commit of the request removes no row");

    let sweeping = std::sync::Arc::clone(&backend);
    let sweep = tokio::spawn(async move {
        let mut steps = Vec::new();
        loop {
            match sweeping.sweep_deleted(crate::store::SWEEP_STEP).await.expect("swept") {
                0 => return steps,
                removed => steps.push(removed),
            }
        }
    });
    let mut commits = 0;
    while !sweep.is_finished() {
        put(stays.clone(), vec![(Key::pool(), pool("stays"))], 100 + commits).await;
        commits += 1;
    }
    let steps = sweep.await.expect("no panic");
    assert!(steps.iter().all(|removed| *removed <= crate::store::SWEEP_STEP), "{steps:?}");
    // All rows but the record of the pool that stays, and the last step that forgets the deleted pool.
    assert_eq!(steps.iter().sum::<usize>(), before - 1 + 1);
    assert_eq!(rows(all), 1);
    println!("{} rows in {} steps, with {commits} commits of other pools between them", before, steps.len());
    assert!(commits > 20, "{commits} commits in {} steps", steps.len());
}

/// Two servers on one file do not lose each other's commits: each checks its expectations in the file's own snapshot.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commits_of_two_processes_on_one_file_conflict_as_those_of_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("lido.db");
    let stores = [(); 2].map(|()| Store::new(SqliteBackend::open(&path).expect("opens")));
    stores[0].put(&pool_id("p"), vec![(Key::pool(), pool("p"))]).await.expect("written");
    let key = Key::failures(&Sub::new("s"));
    let failures = |count| {
        Record::Failures(lido_domain::sign_in::lockout::Failures {
            count,
            last_at: Timestamp::from_millis(1),
        })
    };
    stores[1].put(&pool_id("p"), vec![(key.clone(), failures(0))]).await.expect("written");
    let counting: Vec<_> = stores
        .iter()
        .map(|store| {
            let (store, key) = (store.clone(), key.clone());
            tokio::spawn(async move {
                for _ in 0..50 {
                    loop {
                        let stored =
                            store.get(&pool_id("p"), key.clone()).await.expect("read").expect("there");
                        let Record::Failures(before) = stored.record else { panic!("another record") };
                        let expects = vec![Expectation::At(key.clone(), stored.version)];
                        let writes = vec![Write::Put(key.clone(), failures(before.count + 1))];
                        match store.commit(&pool_id("p"), expects, writes).await {
                            Ok(_) => break,
                            Err(error) => assert_eq!(error, StoreError::Conflict),
                        }
                    }
                }
            })
        })
        .collect();
    for task in counting {
        task.await.expect("no panic");
    }
    let stored = stores[0].get(&pool_id("p"), key).await.expect("read").expect("there");
    assert_eq!(stored.record, failures(100));
}

/// The recipe of docs/running-it.md. A copy of the file alone lacks what is in the write-ahead log.
#[tokio::test]
async fn vacuumed_copy_of_a_store_in_use_has_its_newest_commits() {
    let (folder, store) = open_in_new_folder();
    store.put(&pool_id("p"), vec![(Key::pool(), pool("p"))]).await.expect("written");
    let source = folder.path().join("lido.db");
    let [vacuumed, copied] = ["vacuumed.db", "copied.db"].map(|name| folder.path().join(name));
    let connection = rusqlite::Connection::open(&source).expect("opens");
    connection.execute("VACUUM INTO ?1", [vacuumed.to_str().expect("text")]).expect("copied");
    fs::copy(&source, &copied).expect("copied");
    for (path, is_complete) in [(vacuumed, true), (copied, false)] {
        let copy = Store::new(SqliteBackend::open(&path).expect("opens"));
        let found = copy.get(&pool_id("p"), Key::pool()).await.expect("read");
        assert_eq!(found.is_some(), is_complete, "{}", path.display());
    }
}

/// Millions of users may have the same text, such as the status of an account.
#[tokio::test]
async fn search_for_a_whole_text_sorts_no_matches() {
    let (folder, _store) = open_in_new_folder();
    let connection = tables::connect(&folder.path().join("lido.db")).expect("opens");
    let explain = format!("EXPLAIN QUERY PLAN {}", row::SEARCH_WHOLE_TEXT);
    let mut statement = connection.prepare(&explain).expect("explained");
    let steps =
        statement.query_map([None::<i64>; 6], |row| row.get::<_, String>("detail")).expect("explained");
    let plan = steps.collect::<Result<Vec<_>, _>>().expect("explained").join("\n");
    assert!(plan.contains("SEARCH search") && !plan.contains("ORDER BY"), "{plan}");
}

/// A row that has more than a quarter of its page needs further pages, and so does every read and write of it.
#[tokio::test]
async fn row_of_a_user_with_a_password_needs_no_further_page() {
    let (folder, store) = open_in_new_folder();
    let keys = Keys::new(Zeroizing::new([7; 32]), Vec::new(), Entropy::fake(9));
    let pool_id = pool_id("p");
    let verifier = Verifier::derive(&pool_id, &Username::new("ann"), &Secret::new("Passw0rd!"), [7; 16]);
    let mut ann = user("ann");
    ann.credential = Some(keys.seal_verifier(&pool_id, &ann.sub, &verifier).expect("sealed"));
    let key = Key::user(&ann.sub);
    store.put(&pool_id, vec![(Key::pool(), pool("p")), (key, Record::User(ann))]).await.expect("written");
    let connection = tables::connect(&folder.path().join("lido.db")).expect("opens");
    let number = |text: &str| connection.query_row(text, [], |row| row.get::<_, i64>(0)).expect("a number");
    let row = number("SELECT max(length(id) + length(texts) + length(body)) FROM entry WHERE kind = 2");
    assert!(row > 800, "the user has a verifier: {row} bytes");
    // https://www.sqlite.org/fileformat.html: the payload of a cell, of which the header of the row has some bytes.
    let most = (number("PRAGMA page_size") - 12) * 64 / 255 - 23;
    assert!(row + 500 < most, "a row of {row} bytes and what users add, of at most {most}");
}
