//! Tests of the copy alone. `tests/carrier/backup.rs` has those with a server that writes meanwhile.

use std::os::unix::fs::PermissionsExt as _;

use super::*;
use crate::{
    entropy::Entropy,
    store::{
        Key, Store,
        conformance::sample::{pool, pool_id},
        sqlite::SqliteBackend,
    },
};

fn keys(byte: u8) -> Keys {
    Keys::new(zeroize::Zeroizing::new([byte; 32]), Vec::new(), Entropy::fake(1))
}

fn go_on(_: u64, _: u64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// A store with a pool and a check value of `keys(1)`, in a folder of its own.
async fn store() -> (tempfile::TempDir, PathBuf, Store) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("lido.db");
    let store = Store::new(SqliteBackend::open(&path).expect("opens"));
    store.put(&pool_id("p"), vec![(Key::pool(), pool("p"))]).await.expect("written");
    store.check_keys(&keys(1), false).await.expect("checked");
    (folder, path, store)
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let name =
        |entry: io::Result<fs::DirEntry>| entry.expect("read").file_name().to_string_lossy().into_owned();
    let mut names: Vec<String> = entries.map(name).collect();
    names.sort();
    names
}

#[tokio::test]
async fn copy_of_an_open_store_is_private_and_opens_as_a_store() {
    let (folder, path, store) = store().await;
    let to = folder.path().join("copies.db");
    let mut told = Vec::new();
    let mut progress = |done, total| {
        told.push((done, total));
        ControlFlow::Continue(())
    };
    let report = back_up(&path, &to, Some(&keys(1)), &mut progress).expect("copied");
    assert_eq!((report.tables, report.key_is_checked), (tables::VERSION, true));
    assert_eq!(report.bytes, fs::metadata(&to).expect("there").len());
    assert_eq!(fs::metadata(&to).expect("there").permissions().mode() & 0o777, 0o600);
    assert!(told.last().is_some_and(|(done, total)| done == total && *total > 0), "{told:?}");
    assert!(!names(folder.path()).iter().any(|name| name.starts_with('.') || name.starts_with("copies.db-")));
    let copy = Store::new(SqliteBackend::open(&to).expect("opens"));
    let read = |store: Store| async move { store.get(&pool_id("p"), Key::pool()).await.expect("read") };
    assert_eq!(read(copy).await, read(store).await);
}

#[tokio::test]
async fn copy_changes_no_store_of_an_older_version() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("lido.db");
    let mut connection = tables::connect(&path).expect("opens");
    tables::create_first_version(&mut connection).expect("made");
    let report = back_up(&path, &folder.path().join("copy.db"), Some(&keys(1)), &mut go_on).expect("copied");
    assert_eq!((report.tables, report.key_is_checked), (1, false));
    assert_eq!(tables::version(&connection), Ok(1));
}

#[tokio::test]
async fn copy_that_is_refused_leaves_no_file() {
    let (folder, path, _store) = store().await;
    let at = |name: &str| folder.path().join(name);
    fs::write(at("taken.db"), "mine").expect("written");
    fs::write(at("text.db"), "no database, but text that is long enough for a header of SQLite".repeat(9))
        .expect("written");
    Connection::open(at("other.db"))
        .and_then(|other| other.execute_batch("CREATE TABLE t (x)"))
        .expect("made");
    let newer = Connection::open(at("newer.db")).expect("made");
    newer
        .execute_batch("CREATE TABLE migration (version INTEGER); INSERT INTO migration VALUES (99)")
        .expect("made");
    let before = names(folder.path());
    let cases = [
        (path.clone(), at("taken.db"), None, "taken.db exists, and a backup overwrites nothing"),
        (path.clone(), at("none/copy.db"), None, "cannot be written: No such file or directory"),
        (at("none.db"), at("copy.db"), None, "there is no store"),
        (at("text.db"), at("copy.db"), None, "file is not a database"),
        (at("other.db"), at("copy.db"), None, "has no tables of Lido"),
        (at("newer.db"), at("copy.db"), None, "has tables of version 99"),
        (path, at("copy.db"), Some(keys(2)), "does not open the check value"),
    ];
    for (from, to, keys, expected) in cases {
        let error = back_up(&from, &to, keys.as_ref(), &mut go_on).expect_err(expected).to_string();
        assert!(error.contains(expected), "{error}");
    }
    assert_eq!(fs::read_to_string(at("taken.db")).expect("there"), "mine");
    assert_eq!(names(folder.path()), before);
}

#[tokio::test]
async fn copy_that_is_interrupted_leaves_no_file() {
    let (folder, path, _store) = store().await;
    let before = names(folder.path());
    let ended = back_up(&path, &folder.path().join("copy.db"), None, &mut |_, _| ControlFlow::Break(()));
    assert!(matches!(ended, Err(BackupError::Interrupted)), "{ended:?}");
    assert_eq!(names(folder.path()), before);
}

/// A page in the middle is overwritten, as by a broken disk: SQLite copies it as it is, and the check of the copy
/// finds it.
#[tokio::test]
async fn copy_of_a_damaged_store_is_refused() {
    let (folder, path, store) = store().await;
    for number in 0..200 {
        let name = format!("p{number}");
        store.put(&pool_id(&name), vec![(Key::pool(), pool(&name))]).await.expect("written");
    }
    drop(store);
    let mut bytes = fs::read(&path).expect("read");
    let page = tables::PAGE_BYTES as usize;
    let middle = bytes.len() / page / 2 * page;
    bytes.get_mut(middle..middle + page).expect("a page").fill(0xa5);
    fs::write(&path, bytes).expect("written");
    let to = folder.path().join("copy.db");
    let error = back_up(&path, &to, None, &mut go_on).expect_err("damaged").to_string();
    assert!(error.contains("damaged") || error.contains("cannot be read"), "{error}");
    assert!(!to.exists());
}
