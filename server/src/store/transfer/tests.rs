//! Tests of exports and imports in one process. `tests/carrier/transfer.rs` has those of the commands.

use std::{
    collections::BTreeSet,
    fs,
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use lido_domain::{
    branding::terms::TermsName,
    client::ClientSecret,
    id::{ClientId, GroupName, PoolId, Sub, Username},
    pool::alias::NameKey,
    secret::{Sealed, Secret},
    sign_in::srp::Verifier,
    user::{Status, User, software_token::TokenSecret},
};
use zeroize::Zeroizing;

use super::{
    kinds::{Move, ORDER, move_of},
    *,
};
use crate::{
    entropy::Entropy,
    keys::{Keys, SecretPlace},
    store::{
        Key, Kind, Record, Store,
        conformance::sample::{self, pool_id},
        memory::MemoryBackend,
        secrets::visit_secrets,
        sqlite::SqliteBackend,
    },
};

const LIDO: &str = "0.0.0-test";

fn keys(lines: &[u8]) -> Keys {
    let mut lines = lines.iter().map(|byte| Zeroizing::new([*byte; 32]));
    Keys::new(lines.next().expect("a first line"), lines.collect(), Entropy::system())
}

fn only(to: &Keys) -> MovingKeys<'_> {
    MovingKeys { to, from: None }
}

/// Seals something of the right form in every place of a record.
fn seal_all(keys: &Keys, pool: &PoolId, mut record: Record) -> Record {
    visit_secrets(&mut record, |place, sealed| {
        let secret = match &place {
            SecretPlace::SoftwareToken(_) => TokenSecret::generate(&[7; 32]).to_secret(),
            SecretPlace::Verifier(_) | SecretPlace::Device(..) => {
                Verifier::derive(pool, &Username::new("ann"), &Secret::new("Passw0rd!"), [3; 16]).to_secret()
            }
            _ => Secret::new("secret"),
        };
        *sealed = keys.seal_at(pool, &place, &secret)?;
        Ok::<(), crate::keys::SealError>(())
    })
    .expect("sealed");
    record
}

/// Returns a record of every kind, as a server would have made them, with a secret in every place that has one.
fn records(keys: &Keys) -> Vec<(Key, Record)> {
    let placeholder = || Sealed::from_text("1.x.y");
    let (style, terms) = (sample::style("c"), sample::terms("c", TermsName::TermsOfUse));
    let mut records: Vec<(Key, Record)> = sample::all()
        .into_iter()
        .filter(|(key, _)| !matches!(key.kind(), Kind::StyleId | Kind::TermsId))
        .collect();
    records.push((Key::style_id(&style.id), Record::StyleId(style.client)));
    records.push((Key::terms_id(&terms.id), Record::TermsId(terms.client)));
    for (_, record) in &mut records {
        match record {
            Record::User(user) => {
                user.status = Status::Confirmed;
                user.credential = Some(placeholder());
                user.former_credentials = vec![placeholder()];
                user.mfa.pending_token = Some(placeholder());
            }
            Record::Client(client) => {
                let secret = ClientSecret { id: "one".into(), sealed: placeholder(), created_at: sample::T };
                std::sync::Arc::make_mut(client).client.secrets.push(secret);
            }
            _ => {}
        }
    }
    records.into_iter().map(|(key, record)| (key, seal_all(keys, &pool_id("p"), record))).collect()
}

async fn store_of(keys: &Keys, records: Vec<(Key, Record)>) -> Store {
    let store = Store::new(MemoryBackend::default());
    store.put(&pool_id("p"), records).await.expect("written");
    store.check_keys(keys, false).await.expect("checked");
    store
}

fn go_on(_: u64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// Exports a store to a new file in `folder`.
async fn export_to(store: &Store, folder: &Path, name: &str) -> PathBuf {
    let path = folder.join(name);
    export(store, &path, (LIDO, "now".into()), &mut go_on).await.expect("exported");
    path
}

/// Imports a file, and returns what became of it with the lines that were told.
async fn import_from(
    path: &Path,
    store: &Store,
    keys: &MovingKeys<'_>,
    options: ImportOptions,
) -> (ImportReport, Vec<LineFault>) {
    let mut told = Vec::new();
    let report = import(path, store, keys, options, &mut |fault| told.push(fault), &mut go_on).await;
    (report.expect("imported"), told)
}

async fn check_of(path: &Path, store: &Store, keys: &MovingKeys<'_>) -> (Check, Vec<LineFault>) {
    let mut told = Vec::new();
    let check = check(path, store, keys, &mut |fault| told.push(fault), &mut go_on).await.expect("checked");
    (check, told)
}

/// Returns the lines of records. The header and the end differ between stores.
fn record_lines(path: &Path) -> Vec<String> {
    let lines = lines(path);
    lines.get(1..lines.len() - 1).expect("a header and an end").to_vec()
}

fn lines(path: &Path) -> Vec<String> {
    fs::read_to_string(path).expect("read").lines().map(str::to_owned).collect()
}

/// Adds users to the pool `p`, each with its name and without secrets.
async fn add_users(store: &Store, count: usize) {
    for number in 0..count {
        let name = format!("user-{number:04}");
        let user = sample::user(&name);
        let records = vec![
            (Key::name(&sample::name(&name)), Record::Name(user.sub.clone())),
            (Key::user(&user.sub), Record::User(user)),
        ];
        store.put(&pool_id("p"), records).await.expect("written");
    }
}

#[tokio::test]
async fn record_of_every_kind_is_moved_or_left_as_the_list_says() {
    let (keys, folder) = (keys(&[1]), tempfile::tempdir().expect("a folder"));
    let records = records(&keys);
    let kinds: BTreeSet<Kind> = records.iter().map(|(key, _)| key.kind()).collect();
    let missing: Vec<Kind> = Kind::ALL.into_iter().filter(|kind| !kinds.contains(kind)).collect();
    assert_eq!(missing, [Kind::SmsOutbox], "a sample of every kind");
    let from = store_of(&keys, records.clone()).await;
    let path = export_to(&from, folder.path(), "a.jsonl").await;
    // The header and the end beside the records.
    assert_eq!(lines(&path).len(), ORDER.len() + 2);
    let to = store_of(&keys, Vec::new()).await;
    let (checked, told) = check_of(&path, &to, &only(&keys)).await;
    assert_eq!((checked.faults, told), (0, Vec::new()));
    assert!(
        checked.lost.is_none() && checked.differences.is_empty() && checked.left_sign_ins == 0,
        "{checked:?}"
    );
    let (report, told) = import_from(&path, &to, &only(&keys), ImportOptions::default()).await;
    assert_eq!((report.added, report.faults, told), (ORDER.len() as u64, 0, Vec::new()));
    for (key, record) in records {
        let found = to.get(&pool_id("p"), key.clone()).await.expect("read").map(|stored| stored.record);
        match move_of(key.kind()) {
            Move::Line(_) | Move::With(_) => assert_eq!(found, Some(record), "{key:?}"),
            Move::Left(reason) => assert_eq!(found, None, "{key:?} is left: {reason}"),
        }
    }
    // Again, and nothing is there twice; and what was imported is exported as it came.
    let (again, _) = import_from(&path, &to, &only(&keys), ImportOptions::default()).await;
    assert_eq!((again.added, again.present, again.faults), (0, ORDER.len() as u64, 0));
    assert_eq!(record_lines(&export_to(&to, folder.path(), "b.jsonl").await), record_lines(&path));
}

#[tokio::test]
async fn secrets_are_sealed_anew_for_another_key() {
    let (old, new, folder) = (keys(&[1]), keys(&[2]), tempfile::tempdir().expect("a folder"));
    let records = records(&old);
    let path = export_to(&store_of(&old, records.clone()).await, folder.path(), "a.jsonl").await;
    let to = store_of(&new, Vec::new()).await;
    let moving = MovingKeys { to: &new, from: Some(&old) };
    let (checked, _) = check_of(&path, &to, &moving).await;
    assert!(checked.lost.is_none() && checked.left_sign_ins == 1, "{checked:?}");
    let (report, told) = import_from(&path, &to, &moving, ImportOptions::default()).await;
    assert_eq!((report.left, report.faults, told), (1, 0, Vec::new()), "the sign-in alone is left");
    let mut compared = 0;
    for (key, mut record) in
        records.into_iter().filter(|(key, _)| matches!(move_of(key.kind()), Move::Line(_)))
    {
        if key.kind() == Kind::Grant {
            continue;
        }
        let mut found = to.get(&pool_id("p"), key.clone()).await.expect("read").expect("there").record;
        let mut opened = Vec::new();
        for (keys, record) in [(&old, &mut record), (&new, &mut found)] {
            visit_secrets(record, |place, sealed| {
                let secret = keys.open_at(&pool_id("p"), &place, sealed)?;
                *sealed = Sealed::from_text("");
                opened.push((place, secret.expose().to_vec()));
                Ok::<(), crate::keys::OpenError>(())
            })
            .expect("opens");
        }
        assert_eq!(found, record, "{key:?}");
        let (before, after) = opened.split_at(opened.len() / 2);
        assert_eq!(before, after, "{key:?}");
        compared += before.len();
    }
    assert_eq!(
        compared, 7,
        "two signing keys, a client secret, two passwords, an authenticator app, a device"
    );
    let (again, told) = import_from(&path, &to, &moving, ImportOptions::default()).await;
    assert_eq!(
        (again.added, again.replaced, again.faults, told),
        (0, 0, 0, Vec::new()),
        "other seals are no difference"
    );
}

#[tokio::test]
async fn records_whose_key_is_not_given_lose_their_secrets_only_when_asked() {
    let (old, new, folder) = (keys(&[1]), keys(&[2]), tempfile::tempdir().expect("a folder"));
    let path = export_to(&store_of(&old, records(&old)).await, folder.path(), "a.jsonl").await;
    let to = store_of(&new, Vec::new()).await;
    let (checked, _) = check_of(&path, &to, &only(&new)).await;
    assert_eq!(checked.lost, LostSecrets { users: 1, clients: 1, devices: 1, signing_keys: 1 });
    assert_eq!(checked.missing_keys.len(), 1);
    let (report, told) = import_from(&path, &to, &only(&new), ImportOptions::default()).await;
    assert_eq!((report.faults, told.len()), (4, 4), "{told:?}");
    assert!(told.iter().all(|fault| fault.reason.contains("under a key that is in no key file")), "{told:?}");
    let resets = ImportOptions { resets: true, ..ImportOptions::default() };
    let (report, told) = import_from(&path, &to, &only(&new), resets).await;
    assert_eq!((report.left, report.faults, told), (3, 0, Vec::new()), "device, signing keys and sign-in");
    let read =
        |key: Key| async { to.get(&pool_id("p"), key).await.expect("read").map(|stored| stored.record) };
    let Some(Record::User(user)) = read(Key::user(&Sub::new("sub-ann"))).await else { panic!("a user") };
    assert_eq!((user.status, user.credential, user.mfa.pending_token), (Status::ResetRequired, None, None));
    let Some(Record::Client(client)) = read(Key::client(&ClientId::new("c"))).await else {
        panic!("a client")
    };
    let secrets = new.open_client_secrets(&pool_id("p"), &client.client).expect("opens");
    assert!(
        secrets.len() == 1 && secrets[0].expose() != b"secret" && secrets[0].expose().len() > 40,
        "a new secret"
    );
    assert_eq!(read(Key::signing_keys()).await, None, "made anew at the first sign-in");
    let (again, told) = import_from(&path, &to, &only(&new), resets).await;
    assert_eq!((again.added, again.replaced, again.faults, told), (0, 0, 0, Vec::new()));
    let Some(Record::Client(same)) = read(Key::client(&ClientId::new("c"))).await else { panic!("a client") };
    assert_eq!(same, client, "the new secret is made once");
}

/// The place of a line, what is done to it, and what is told of it.
type Damage<'a> = (usize, &'a dyn Fn(&str) -> String, &'a str);

#[tokio::test]
async fn damaged_and_foreign_lines_are_told_by_number_and_the_others_imported() {
    let (keys, folder) = (keys(&[1]), tempfile::tempdir().expect("a folder"));
    let from = store_of(&keys, records(&keys)).await;
    add_users(&from, 12).await;
    let whole = lines(&export_to(&from, folder.path(), "a.jsonl").await);
    let user = |number: usize| {
        whole
            .iter()
            .position(|line| line.contains(&format!("\"id\":\"sub-user-{number:04}\"")))
            .expect("a line")
    };
    let damages: [Damage<'_>; 10] = [
        (user(0), &|line| line[..line.len() / 2].to_owned(), "the line ends too early"),
        (user(1), &|_| "hello".to_owned(), "not JSON at column 1"),
        (user(2), &|_| r#"{"name": "ann@example.com"}"#.to_owned(), "no line of an export"),
        (
            user(3),
            &|line| line.replacen("\"kind\":\"user\"", "\"kind\":\"wizard\"", 1),
            "a kind that no export has",
        ),
        (
            user(4),
            &|line| line.replacen("\"id\":\"sub-user-0004\"", "\"id\":\"sub-eve\"", 1),
            "not that of its record",
        ),
        (user(5), &|line| line.replacen("\"v\":2", "\"v\":9", 1), "has format 9, and this Lido knows 2"),
        (user(6), &|line| line.replace("us-east-1_p", "us-east-1_q"), "its user pool has no line before it"),
        (
            user(7),
            &|line| line.replacen("\"text\":\"user-0007\"", "\"text\":\"ann\"", 1),
            "the user does not have the name",
        ),
        (
            whole.iter().position(|line| line.contains("\"kind\":\"device\"")).expect("a line"),
            &|line| line.replacen("\"of\":\"sub-ann\"", "\"of\":\"sub-eve\"", 1),
            "not that of its record",
        ),
        (
            whole.iter().position(|line| line.contains("\"kind\":\"client\"")).expect("a line"),
            &|line| {
                let at = line.find("\"sealed\":\"1.").expect("a seal") + 40;
                let other = if line.as_bytes()[at] == b'A' { "B" } else { "A" };
                format!("{}{other}{}", &line[..at], &line[at + 1..])
            },
            "a secret is damaged, or from another record",
        ),
    ];
    let mut text = whole.clone();
    for (at, damage, _) in &damages {
        text[*at] = damage(&whole[*at]);
        assert_ne!(text[*at], whole[*at], "line {at}");
    }
    let path = folder.path().join("damaged.jsonl");
    fs::write(&path, text.join("\n") + "\n").expect("written");
    let to = store_of(&keys, Vec::new()).await;
    let (checked, told) = check_of(&path, &to, &only(&keys)).await;
    for (at, _, expected) in &damages {
        let number = *at as u64 + 1;
        let fault =
            told.iter().find(|fault| fault.line == number).unwrap_or_else(|| panic!("{number}: {told:?}"));
        assert!(fault.reason.contains(expected), "{fault:?}");
        assert!(!fault.reason.contains("ann") && !fault.reason.contains("example.com"), "{fault:?}");
    }
    let last = told.last().expect("a line");
    assert!(last.reason.contains("not those that were exported"), "{last:?}");
    assert_eq!((checked.faults, told.len()), (damages.len() as u64 + 1, damages.len() + 1));
    let (report, _) = import_from(&path, &to, &only(&keys), ImportOptions::default()).await;
    let records = (whole.len() - 2 - damages.len()) as u64;
    // The app client's looks need no app client to be there.
    assert_eq!((report.added, report.faults), (records, damages.len() as u64), "{report:?}");
    for (number, is_there) in [(0, false), (7, false), (8, true), (11, true)] {
        let key = Key::user(&Sub::new(format!("sub-user-{number:04}")));
        assert_eq!(to.get(&pool_id("p"), key).await.expect("read").is_some(), is_there, "{number}");
    }
}

#[tokio::test]
async fn file_without_its_end_or_header_is_refused() {
    let (keys, folder) = (keys(&[1]), tempfile::tempdir().expect("a folder"));
    let from = store_of(&keys, records(&keys)).await;
    let whole = lines(&export_to(&from, folder.path(), "a.jsonl").await);
    let to = store_of(&keys, Vec::new()).await;
    let path = folder.path().join("cut.jsonl");
    fs::write(&path, whole[..whole.len() - 3].join("\n") + "\n").expect("written");
    let (_, told) = check_of(&path, &to, &only(&keys)).await;
    assert!(told.len() == 1 && told[0].reason.contains("the end of the export is missing"), "{told:?}");
    for (text, expected) in [
        (whole[1..].join("\n"), "its first line is no header"),
        (String::new(), "its first line is no header"),
        (whole[0].replacen("\"lido_export\":1", "\"lido_export\":2", 1) + "\n", "lines in format 2"),
        (whole[0].replacen("\"user\":2", "\"user\":3", 1) + "\n", "records of kind user in format 3"),
        (whole[0].replacen("\"user\":2", "\"wizard\":1", 1) + "\n", "records of kind wizard in format 1"),
    ] {
        fs::write(&path, text).expect("written");
        let refused = check(&path, &to, &only(&keys), &mut |_| {}, &mut go_on).await;
        let error = refused.expect_err(expected).to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[tokio::test]
async fn line_that_is_too_long_is_skipped_in_bounded_memory() {
    let (keys, folder) = (keys(&[1]), tempfile::tempdir().expect("a folder"));
    let from = store_of(&keys, records(&keys)).await;
    let mut whole = lines(&export_to(&from, folder.path(), "a.jsonl").await);
    whole.insert(3, "x".repeat(reader::MAX_LINE + 7));
    let path = folder.path().join("long.jsonl");
    fs::write(&path, whole.join("\n") + "\n").expect("written");
    let to = store_of(&keys, Vec::new()).await;
    let (checked, told) = check_of(&path, &to, &only(&keys)).await;
    assert_eq!(checked.records, ORDER.len() as u64);
    assert_eq!(
        (told[0].line, told.len()),
        (4, 2),
        "the line, and that the file is not the one that was exported"
    );
}

#[tokio::test]
async fn export_that_was_interrupted_goes_on_where_it_ended() {
    let (keys, folder) = (keys(&[1]), tempfile::tempdir().expect("a folder"));
    let from = store_of(&keys, records(&keys)).await;
    add_users(&from, 600).await;
    from.put(&pool_id("q"), vec![(Key::pool(), sample::pool("q"))]).await.expect("written");
    let whole = lines(&export_to(&from, folder.path(), "whole.jsonl").await);
    for at in [1, 2, 5, 14, 300, whole.len() as u64 - 2] {
        let path = folder.path().join(format!("cut-{at}.jsonl"));
        let mut stop = |line| if line >= at { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
        let ended = export(&from, &path, (LIDO, "now".into()), &mut stop).await;
        assert!(matches!(ended, Err(TransferError::Interrupted)), "{at}: {ended:?}");
        assert!(!path.exists(), "it has its name when it is complete");
        // A crash can leave a line that is not whole.
        let part = file::unfinished(&path).expect("a name");
        let mut bytes = fs::read(&part).expect("read");
        bytes.extend(b"{\"pool\":\"us-east-1_p\",\"ki");
        fs::write(&part, bytes).expect("written");
        let report = export(&from, &path, (LIDO, "later".into()), &mut go_on).await.expect("exported");
        assert_eq!((report.records, report.continued), (whole.len() as u64 - 2, at - 1));
        assert!(lines(&path) == whole, "cut after {at}");
        assert!(!part.exists());
    }
    let path = folder.path().join("other.jsonl");
    let ended = export(&from, &path, (LIDO, "now".into()), &mut |_| ControlFlow::Break(())).await;
    assert!(matches!(ended, Err(TransferError::Interrupted)));
    let other = export(&from, &path, ("9.9.9", "now".into()), &mut go_on)
        .await
        .expect_err("another Lido")
        .to_string();
    assert!(
        other.contains("the unfinished export of another store, or of another Lido; remove it"),
        "{other}"
    );
    let taken = export(&from, &folder.path().join("whole.jsonl"), (LIDO, "now".into()), &mut go_on).await;
    assert!(taken.expect_err("taken").to_string().contains("an export overwrites nothing"));
}

#[tokio::test]
async fn import_that_was_interrupted_is_completed_by_the_next_one() {
    let (keys, folder) = (keys(&[1]), tempfile::tempdir().expect("a folder"));
    let from = store_of(&keys, records(&keys)).await;
    add_users(&from, 950).await;
    let path = export_to(&from, folder.path(), "a.jsonl").await;
    let sqlite = Store::new(SqliteBackend::open(&folder.path().join("to.db")).expect("opens"));
    sqlite.check_keys(&keys, false).await.expect("checked");
    let moving = only(&keys);
    let mut stop = |line| if line >= 500 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
    let ended = import(&path, &sqlite, &moving, ImportOptions::default(), &mut |_| {}, &mut stop).await;
    assert!(matches!(ended, Err(TransferError::Interrupted)), "{ended:?}");
    let there = sqlite.count(&pool_id("p"), Kind::User).await.expect("counted");
    assert!((1..951).contains(&there), "{there}");
    let (report, told) = import_from(&path, &sqlite, &moving, ImportOptions::default()).await;
    assert!(report.present >= 400 && report.added >= 450 && report.faults == 0, "{report:?} {told:?}");
    assert!(
        record_lines(&export_to(&sqlite, folder.path(), "b.jsonl").await) == record_lines(&path),
        "what came is what was there"
    );
}

#[tokio::test]
async fn records_that_differ_are_refused_kept_or_replaced() {
    let (keys, folder) = (keys(&[1]), tempfile::tempdir().expect("a folder"));
    let exported = records(&keys);
    let path = export_to(&store_of(&keys, exported.clone()).await, folder.path(), "a.jsonl").await;
    // The user has another name in the store, and the pool another setting.
    let changed = || {
        let mut records = exported.clone();
        records.retain(|(key, _)| key.kind() != Kind::Name);
        for (_, record) in &mut records {
            match record {
                Record::User(user) => {
                    user.username = Username::new("anna");
                    user.attributes = Default::default();
                }
                Record::Pool(pool) => std::sync::Arc::make_mut(pool).name = "another".to_owned(),
                Record::Style(style) => {
                    std::sync::Arc::make_mut(style).id = lido_domain::id::StyleId::new("old")
                }
                _ => {}
            }
        }
        records.push((Key::name(&sample::name("anna")), Record::Name(Sub::new("sub-ann"))));
        records
    };
    let user = Key::user(&Sub::new("sub-ann"));
    let username = |store: Store| async move {
        let found =
            store.get(&pool_id("p"), Key::user(&Sub::new("sub-ann"))).await.expect("read").expect("there");
        let Record::User(user) = found.record else { panic!("a user") };
        user.username.as_str().to_owned()
    };
    let (refused, kept, replaced) = (
        store_of(&keys, changed()).await,
        store_of(&keys, changed()).await,
        store_of(&keys, changed()).await,
    );
    let (checked, _) = check_of(&path, &refused, &only(&keys)).await;
    assert_eq!(checked.differences, [PoolDifference { line: 2, pool: pool_id("p") }]);
    let (report, told) = import_from(&path, &refused, &only(&keys), ImportOptions::default()).await;
    assert_eq!((report.kept, report.faults, told.len()), (3, 3, 3), "{told:?}");
    assert_eq!(username(refused).await, "anna");
    let options = ImportOptions { existing: Existing::Keep, resets: false };
    let (report, told) = import_from(&path, &kept, &only(&keys), options).await;
    assert_eq!((report.kept, report.faults, told.len()), (3, 0, 0));
    assert_eq!(username(kept).await, "anna");
    let options = ImportOptions { existing: Existing::Replace, resets: false };
    let (report, told) = import_from(&path, &replaced, &only(&keys), options).await;
    assert_eq!((report.replaced, report.faults, told), (3, 0, Vec::new()));
    assert_eq!(username(replaced.clone()).await, "ann");
    for (key, is_there) in [
        (Key::name(&sample::name("ann")), true),
        (Key::name(&sample::name("anna")), false),
        (Key::style_id(&lido_domain::id::StyleId::new("old")), false),
        (Key::style_id(&sample::style("c").id), true),
        (user, true),
    ] {
        assert_eq!(
            replaced.get(&pool_id("p"), key.clone()).await.expect("read").is_some(),
            is_there,
            "{key:?}"
        );
    }
    assert!(
        record_lines(&export_to(&replaced, folder.path(), "b.jsonl").await) == record_lines(&path),
        "all is as it came"
    );
}

#[tokio::test]
async fn names_ids_and_domains_of_others_are_not_taken() {
    let (keys, folder) = (keys(&[1]), tempfile::tempdir().expect("a folder"));
    let mut exported = records(&keys);
    exported.retain(|(key, _)| key.kind() != Kind::Pool);
    exported.insert(0, (Key::pool(), sample::pool_with_domain("p", "shop")));
    let path = export_to(&store_of(&keys, exported).await, folder.path(), "a.jsonl").await;
    // Another pool has the domain: the pool cannot be imported, nor what is in it.
    let to = store_of(&keys, Vec::new()).await;
    to.put(&pool_id("q"), vec![(Key::pool(), sample::pool_with_domain("q", "shop"))]).await.expect("written");
    let (report, told) = import_from(&path, &to, &only(&keys), ImportOptions::default()).await;
    assert_eq!((report.added, told.len()), (0, ORDER.len()));
    assert_eq!(told[0].reason, "another user pool has its id or its domain");
    assert!(told[1..].iter().all(|fault| fault.reason == "its user pool is not in the store"), "{told:?}");
    // Another pool has the id of the app client, and another user the name.
    let to = store_of(&keys, vec![(Key::pool(), sample::pool_with_domain("p", "shop"))]).await;
    let bob = User { username: Username::new("ann"), ..sample::user("bob") };
    let other =
        vec![(Key::pool(), sample::pool("q")), (Key::client(&ClientId::new("c")), sample::client("c"))];
    to.put(&pool_id("q"), other).await.expect("written");
    let name: NameKey = sample::name("ann");
    let taken =
        vec![(Key::name(&name), Record::Name(bob.sub.clone())), (Key::user(&bob.sub), Record::User(bob))];
    to.put(&pool_id("p"), taken).await.expect("written");
    let (report, told) = import_from(&path, &to, &only(&keys), ImportOptions::default()).await;
    let reasons: Vec<&str> = told.iter().map(|fault| fault.reason.as_str()).collect();
    assert_eq!(
        reasons,
        ["another user pool has its id or its domain", "another user of the store has one of its names"]
    );
    assert_eq!(report.without_user, 4, "the device, the membership, the sign-in and the event of the user");
    let membership = Key::user_in_group(&GroupName::new("g"), &Sub::new("sub-ann"));
    assert_eq!(to.get(&pool_id("p"), membership).await, Ok(None));
}

/// What an export has of a user is of one instant: names change beside it, and none is without its user or with two.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn export_beside_changes_has_each_user_whole() {
    let (keys, folder) = (keys(&[1]), tempfile::tempdir().expect("a folder"));
    let from = Store::new(SqliteBackend::open(&folder.path().join("from.db")).expect("opens"));
    from.put(&pool_id("p"), vec![(Key::pool(), sample::pool("p"))]).await.expect("written");
    from.check_keys(&keys, false).await.expect("checked");
    add_users(&from, 700).await;
    let changing = from.clone();
    let task = tokio::spawn(async move {
        for number in 0..700usize {
            let name = format!("user-{number:04}");
            let pool = pool_id("p");
            let user = sample::user(&name);
            // Deleted as by a request: the user with its name, in one commit.
            let writes = vec![
                crate::store::Write::Remove(Key::user(&user.sub)),
                crate::store::Write::Remove(Key::name(&sample::name(&name))),
            ];
            if number % 2 == 0 {
                changing.commit(&pool, Vec::new(), writes).await.expect("written");
            }
        }
    });
    let path = export_to(&from, folder.path(), "a.jsonl").await;
    task.await.expect("ended");
    let to = store_of(&keys, Vec::new()).await;
    let (report, told) = import_from(&path, &to, &only(&keys), ImportOptions::default()).await;
    assert_eq!((report.faults, told), (0, Vec::new()));
    let users = to.count(&pool_id("p"), Kind::User).await.expect("counted");
    let names = to.count(&pool_id("p"), Kind::Name).await.expect("counted");
    assert!(users >= 350 && users == names, "{users} users, {names} names");
}

#[cfg(unix)]
#[tokio::test]
async fn export_is_read_by_its_owner_only_from_its_first_byte() {
    use std::os::unix::fs::PermissionsExt as _;
    let (keys, folder) = (keys(&[1]), tempfile::tempdir().expect("a folder"));
    let from = store_of(&keys, records(&keys)).await;
    let path = folder.path().join("a.jsonl");
    let part = file::unfinished(&path).expect("a name");
    let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
    let ended = export(&from, &path, (LIDO, "now".into()), &mut |_| ControlFlow::Break(())).await;
    assert!(matches!(ended, Err(TransferError::Interrupted)));
    assert_eq!(mode(&part), 0o600);
    export(&from, &path, (LIDO, "now".into()), &mut go_on).await.expect("exported");
    assert_eq!(mode(&path), 0o600);
}
