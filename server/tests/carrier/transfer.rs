//! `lido export` and `lido import`: from one store to another, interrupted by SIGKILL and run again, compared record
//! by record.
//!
//! `LIDO_TRANSFER_USERS` is the number of users of the long test, 400 by default.

use std::{
    env, fs,
    path::Path,
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use lido::{
    entropy::Entropy,
    keys::{self, Keys},
    store::{Key, Kind, Record, Store, sqlite::SqliteBackend},
};
use lido_domain::{
    Timestamp,
    attribute::Attributes,
    id::{PoolId, Sub, Username},
    pool::alias::{NameKey, NameKind},
    secret::Secret,
    sign_in::srp::Verifier,
    user::{Status, User, device::Device},
};
use serde_json::{Value, json};

use crate::{
    postgres_cluster::Cluster,
    server_process::{Lido, command, run},
};

const DEV: &str =
    "dev --listen 127.0.0.1:0 --key-file lido.key --confirmation-code 123456 --log warn --store";

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("text")
}

/// Runs a command that must succeed, and returns what it printed.
fn succeed(folder: &Path, line: &str) -> String {
    let output = run(folder, line);
    assert!(output.status.success(), "{line}: {output:?}");
    text(&output.stdout)
}

/// Runs a command that must fail, and returns its errors.
fn fail(folder: &Path, line: &str) -> String {
    let output = run(folder, line);
    assert_eq!(output.status.code(), Some(1), "{line}: {output:?}");
    text(&output.stderr)
}

/// Returns the lines of an export without the header, which has the time.
fn records(folder: &Path, name: &str) -> Vec<String> {
    let text = fs::read_to_string(folder.join(name)).expect("read");
    text.lines().skip(1).filter(|line| !line.starts_with("{\"end\"")).map(str::to_owned).collect()
}

/// Makes a store with a pool and a user who has signed in, and returns the ids of pool and app client.
fn store_with_a_user(folder: &Path, store: &str) -> (String, String) {
    let lido = Lido::start(folder, &format!("{DEV} {store}"));
    let mut http = lido.client();
    let (pool, _) = http.new_pool();
    let flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"];
    let client = json!({"UserPoolId": pool, "ClientName": "c", "ExplicitAuthFlows": flows});
    let client = http.expect_output("CreateUserPoolClient", &client)["UserPoolClient"]["ClientId"].clone();
    let client = client.as_str().expect("an id").to_owned();
    let mail = json!([{"Name": "email", "Value": "ann@example.com"}]);
    let user =
        json!({"ClientId": client, "Username": "ann", "Password": "Passw0rd!", "UserAttributes": mail});
    http.expect_output("SignUp", &user);
    http.expect_output("AdminConfirmSignUp", &json!({"UserPoolId": pool, "Username": "ann"}));
    http.expect_output("CreateGroup", &json!({"UserPoolId": pool, "GroupName": "staff"}));
    let membership = json!({"UserPoolId": pool, "Username": "ann", "GroupName": "staff"});
    assert_eq!(http.call("AdminAddUserToGroup", &membership).status, 200);
    (pool, client)
}

fn sign_in(client: &str) -> Value {
    let parameters = json!({"USERNAME": "ann", "PASSWORD": "Passw0rd!"});
    json!({"ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters})
}

/// Signs "ann" in at a server on a store, and returns the tokens.
fn tokens(lido: &Lido, client: &str) -> Value {
    lido.client().expect_output("InitiateAuth", &sign_in(client))["AuthenticationResult"].clone()
}

#[test]
fn user_signs_in_and_stays_signed_in_at_the_store_that_an_export_was_moved_to() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let (pool, client) = store_with_a_user(folder, "sqlite:a.db");
    let refresh = {
        let lido = Lido::start(folder, &format!("{DEV} sqlite:a.db"));
        tokens(&lido, &client)["RefreshToken"].as_str().expect("a token").to_owned()
    };
    let mut stores = vec!["sqlite:b.db".to_owned()];
    stores.extend(Cluster::shared().map(Cluster::new_schema));
    succeed(folder, "export --store sqlite:a.db --key-file lido.key a.jsonl");
    for (number, store) in stores.iter().enumerate() {
        let printed = succeed(folder, &format!("import --store {store} --key-file lido.key a.jsonl"));
        assert!(printed.contains("records added, 0 there already"), "{printed}");
        let lido = Lido::start(folder, &format!("{DEV} {store}"));
        let mut http = lido.client();
        let auth = json!({"REFRESH_TOKEN": refresh});
        let auth = json!({"ClientId": client, "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": auth});
        http.expect_output("InitiateAuth", &auth);
        let user =
            http.expect_output("GetUser", &json!({"AccessToken": tokens(&lido, &client)["AccessToken"]}));
        assert_eq!(user["Username"], "ann");
        let groups =
            http.expect_output("AdminListGroupsForUser", &json!({"UserPoolId": pool, "Username": "ann"}));
        assert_eq!(groups["Groups"][0]["GroupName"], "staff");
        drop(lido);
        // A second import finds everything there; only the sign-ins since are more than the export has.
        let printed =
            succeed(folder, &format!("import --store {store} --key-file lido.key a.jsonl --existing keep"));
        assert!(
            printed.contains(" 0 records added") || printed.contains(": 0 records added"),
            "{number}: {printed}"
        );
    }
}

#[test]
fn import_under_another_key_seals_anew_or_resets_passwords_when_asked() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let (pool, client) = store_with_a_user(folder, "sqlite:a.db");
    fs::write(folder.join("new.key"), "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=").expect("written");
    succeed(folder, "export --store sqlite:a.db a.jsonl");
    let error = fail(folder, "import --store sqlite:b.db --key-file new.key a.jsonl");
    assert!(
        error.contains("nothing was imported: name the key file of the former store with --from-key"),
        "{error}"
    );
    let printed =
        succeed(folder, "import --store sqlite:b.db --key-file new.key --check --reset-passwords a.jsonl");
    assert!(
        printed.contains("1 users arrive RESET_REQUIRED") && printed.contains("nothing was imported"),
        "{printed}"
    );
    let serve = |store: &str| Lido::start(folder, &format!("{} {store}", DEV.replace("lido.key", "new.key")));
    succeed(folder, "import --store sqlite:b.db --key-file new.key --from-key lido.key a.jsonl");
    assert!(tokens(&serve("sqlite:b.db"), &client)["AccessToken"].is_string());
    let printed = succeed(folder, "import --store sqlite:c.db --key-file new.key --reset-passwords a.jsonl");
    assert!(printed.contains("1 users arrive RESET_REQUIRED"), "told before it begins: {printed}");
    let lido = serve("sqlite:c.db");
    let refused = lido.client().call("InitiateAuth", &sign_in(&client));
    assert_eq!(refused.json()["__type"], "PasswordResetRequiredException", "{refused:?}");
    let user = lido.client().expect_output("AdminGetUser", &json!({"UserPoolId": pool, "Username": "ann"}));
    assert_eq!(user["UserStatus"], "RESET_REQUIRED");
    // The user's way back in.
    let mut http = lido.client();
    http.expect_output(
        "AdminUpdateUserAttributes",
        &json!({"UserPoolId": pool, "Username": "ann", "UserAttributes": [
        {"Name": "email", "Value": "ann@example.com"}, {"Name": "email_verified", "Value": "true"}]}),
    );
    http.expect_output("ForgotPassword", &json!({"ClientId": client, "Username": "ann"}));
    let confirm =
        json!({"ClientId": client, "Username": "ann", "ConfirmationCode": "123456", "Password": "Passw0rd!"});
    http.expect_output("ConfirmForgotPassword", &confirm);
    assert!(tokens(&lido, &client)["AccessToken"].is_string());
}

#[test]
fn unfinished_file_of_another_store_or_another_kind_is_refused_and_stays() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    store_with_a_user(folder, "sqlite:a.db");
    store_with_a_user(folder, "sqlite:b.db");
    succeed(folder, "export --store sqlite:a.db a.jsonl");
    let part = folder.join(".b.jsonl.part");
    fs::copy(folder.join("a.jsonl"), &part).expect("copied");
    let error = fail(folder, "export --store sqlite:b.db b.jsonl");
    assert!(error.contains("is the unfinished export of another store"), "{error}");
    fs::write(&part, "my notes\n").expect("written");
    let error = fail(folder, "export --store sqlite:b.db b.jsonl");
    assert!(error.contains("is no unfinished export"), "{error}");
    assert_eq!(fs::read_to_string(&part).expect("read"), "my notes\n");
    #[cfg(unix)]
    {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        fs::rename(&part, folder.join("notes")).expect("moved");
        symlink("notes", &part).expect("a link");
        let error = fail(folder, "export --store sqlite:b.db b.jsonl");
        assert!(error.contains("is not a file of yours"), "{error}");
        assert_eq!(fs::read_to_string(folder.join("notes")).expect("read"), "my notes\n");
        fs::remove_file(&part).expect("removed");
        fs::write(&part, "").expect("written");
        fs::set_permissions(&part, fs::Permissions::from_mode(0o666)).expect("changed");
        succeed(folder, "export --store sqlite:b.db b.jsonl");
        let mode = fs::metadata(folder.join("b.jsonl")).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn import_that_is_refused_or_only_checks_leaves_the_store_as_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    store_with_a_user(folder, "sqlite:a.db");
    fs::write(folder.join("new.key"), "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=").expect("written");
    succeed(folder, "export --store sqlite:a.db a.jsonl");

    succeed(folder, "import --store sqlite:b.db --key-file lido.key --check a.jsonl");
    fs::write(folder.join("foreign.jsonl"), "{}\n").expect("written");
    let error = fail(folder, "import --store sqlite:b.db --key-file lido.key foreign.jsonl");
    assert!(error.contains("the file is no export of Lido"), "{error}");
    assert!(!folder.join("b.db").exists(), "neither makes a store");

    // A store that was made for a refused import is not bound to its key.
    fail(folder, "import --store sqlite:b.db --key-file new.key a.jsonl");
    let printed =
        succeed(folder, "import --store sqlite:b.db --key-file lido.key --from-key new.key a.jsonl");
    assert!(printed.contains("--from-key opened nothing"), "{printed}");

    let Some(cluster) = Cluster::shared() else { return };
    let url = cluster.new_schema();
    let error = fail(folder, &format!("import --store {url} --key-file lido.key --check a.jsonl"));
    assert!(error.contains("lido migrate"), "{error}");
    let schema = url.rsplit("%3D").next().expect("a schema");
    let tables = format!("SELECT count(*) FROM pg_tables WHERE schemaname = '{schema}'");
    assert_eq!(cluster.psql(&tables).trim(), "0");
}

#[test]
fn import_of_a_damaged_file_imports_nothing_unless_told_to_skip() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    store_with_a_user(folder, "sqlite:a.db");
    succeed(folder, "export --store sqlite:a.db a.jsonl");
    let whole = fs::read_to_string(folder.join("a.jsonl")).expect("read");
    let damaged: Vec<&str> =
        whole.lines().map(|line| if line.contains("\"kind\":\"group\"") { "{oops" } else { line }).collect();
    let at = damaged.iter().position(|line| *line == "{oops").expect("a group") + 1;
    fs::write(folder.join("damaged.jsonl"), damaged.join("\n") + "\n").expect("written");
    let error = fail(folder, "import --store sqlite:b.db --key-file lido.key damaged.jsonl");
    assert!(error.contains(&format!("damaged.jsonl:{at}: not JSON at column")), "{error}");
    assert!(error.contains("2 lines of damaged.jsonl cannot be imported, so that nothing was"), "{error}");
    let output = run(folder, "import --store sqlite:b.db --key-file lido.key --damaged skip damaged.jsonl");
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(text(&output.stdout).contains("1 lines not imported"), "{output:?}");
    let without_end = whole.lines().take(whole.lines().count() - 1).map(|line| format!("{line}\n"));
    fs::write(folder.join("cut.jsonl"), without_end.collect::<String>()).expect("written");
    let output = run(folder, "import --store sqlite:cut.db --key-file lido.key --damaged skip cut.jsonl");
    assert_eq!(output.status.code(), Some(1), "the end is missing: {output:?}");
    assert!(text(&output.stderr).contains("the end of the export is missing"), "{output:?}");
    succeed(folder, "export --store sqlite:b.db b.jsonl");
    let expected: Vec<String> =
        records(folder, "a.jsonl").into_iter().filter(|line| !line.contains("\"kind\":\"group\"")).collect();
    assert_eq!(records(folder, "b.jsonl"), expected);
    for (line, expected) in [
        (
            "import --store sqlite:c.db --key-file lido.key none.jsonl",
            "there is no file none.jsonl; lido export writes one",
        ),
        ("import --store sqlite:c.db --key-file lido.key lido.key", "its first line is no header"),
        ("import --store memory --key-file lido.key a.jsonl", "a store in memory ends with this command"),
        ("export --store sqlite:none.db b2.jsonl", "the store none.db cannot be opened"),
        ("export --store sqlite:a.db a.jsonl", "a.jsonl exists, and an export overwrites nothing"),
        ("export --store memory m.jsonl", "a store in memory is that of its server alone"),
    ] {
        let error = fail(folder, line);
        assert!(error.contains(expected), "{line}: {error}");
    }
    let output = run(folder, "import --store sqlite:c.db a.jsonl");
    assert_eq!(output.status.code(), Some(2), "{output:?}");
}

#[test]
fn log_of_both_commands_has_no_secret_at_any_level_and_the_file_is_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let (_, client) = store_with_a_user(folder, "sqlite:a.db");
    // The first sign-in makes the signing keys.
    tokens(&Lido::start(folder, &format!("{DEV} sqlite:a.db")), &client);
    let mut stores = vec!["sqlite:b.db".to_owned()];
    stores.extend(Cluster::shared().map(Cluster::new_schema));
    for (number, store) in stores.iter().enumerate() {
        let exported = run(
            folder,
            &format!("export --store sqlite:a.db --key-file lido.key --log trace {number}.jsonl"),
        );
        let imported =
            run(folder, &format!("import --store {store} --key-file lido.key --log trace {number}.jsonl"));
        let again = run(folder, &format!("export --store {store} --log trace {number}-again.jsonl"));
        let key = fs::read_to_string(folder.join("lido.key")).expect("read");
        let file = fs::read_to_string(folder.join(format!("{number}.jsonl"))).expect("read");
        let seals = file.split('"').filter(|part| part.starts_with("1.") && part.len() > 60);
        let seals: Vec<&str> = seals.collect();
        assert!(seals.len() >= 3, "a password and two signing keys at least");
        for output in [exported, imported, again] {
            assert!(output.status.success(), "{output:?}");
            let printed = text(&output.stdout) + &text(&output.stderr);
            for secret in seals.iter().copied().chain([key.trim(), "ann@example.com", "Passw0rd!"]) {
                assert!(!printed.contains(secret), "{secret} in {printed}");
            }
        }
        for name in [format!("{number}.jsonl"), format!("{number}-again.jsonl")] {
            let mode = fs::metadata(folder.join(&name)).expect("there").permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
    }
}

/// Adds confirmed users with passwords and devices to a pool, as a server would have, but without its work for each
/// password.
fn add_users(store: &Store, keys: &Keys, pool: &PoolId, count: usize) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let verifier = Verifier::derive(pool, &Username::new("someone"), &Secret::new("Passw0rd!"), [3; 16]);
    let now = Timestamp::from_millis(1_800_000_000_000);
    let mut records = Vec::new();
    for number in 0..count {
        let (name, sub) =
            (format!("user-{number:07}"), Sub::new(format!("{number:08x}-0000-4000-8000-000000000000")));
        let attributes = Attributes::from_iter([("email", format!("{name}@example.com"))]);
        let mut user =
            User::new(sub.clone(), Username::new(name.as_str()), Status::Confirmed, attributes, now);
        user.credential = Some(keys.seal_verifier(pool, &sub, &verifier).expect("sealed"));
        if number % 10 == 0 {
            let verifier = keys.seal_device_verifier(pool, &sub, "device", &verifier).expect("sealed");
            let (key, of) = ("device".to_owned(), sub.clone());
            let (created_at, modified_at, authenticated_at) = (now, now, now);
            let device = Device {
                key,
                of,
                name: None,
                verifier,
                remembered: true,
                created_at,
                modified_at,
                authenticated_at,
            };
            records.push((Key::device(&sub, "device"), Record::Device(device)));
        }
        records
            .push((Key::name(&NameKey { kind: NameKind::Username, text: name }), Record::Name(sub.clone())));
        records.push((Key::user(&sub), Record::User(user)));
        if records.len() > 900 || number + 1 == count {
            runtime.block_on(store.put(pool, std::mem::take(&mut records))).expect("written");
        }
    }
}

fn count_users(store: &Store, pool: &PoolId) -> usize {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(store.count(pool, Kind::User)).expect("counted")
}

/// Runs a command until `is_enough`, and kills it. Returns whether it was still running.
fn kill_when(folder: &Path, line: &str, mut is_enough: impl FnMut() -> bool) -> bool {
    let mut child =
        command(folder, line).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
    let since = Instant::now();
    loop {
        if child.try_wait().expect("a child").is_some() {
            return false;
        }
        if is_enough() {
            child.kill().expect("killed");
            child.wait().expect("ended");
            return true;
        }
        assert!(since.elapsed() < Duration::from_secs(600), "{line}: not enough");
        thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn export_and_import_that_are_killed_are_completed_by_the_next_run_and_nothing_is_twice() {
    let count: usize = env::var("LIDO_TRANSFER_USERS").ok().and_then(|text| text.parse().ok()).unwrap_or(400);
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let (pool, _) = store_with_a_user(folder, "sqlite:a.db");
    let pool = PoolId::new(pool);
    {
        let store = Store::new(SqliteBackend::open(&folder.join("a.db")).expect("opens"));
        let keys = keys::file::load(&folder.join("lido.key"), &Entropy::system()).expect("loaded");
        add_users(&store, &keys, &pool, count);
    }
    let part = folder.join(".a.jsonl.part");
    let size = || fs::metadata(&part).map_or(0, |file| file.len());
    let began = Instant::now();
    let was_killed = kill_when(folder, "export --store sqlite:a.db a.jsonl", || size() > 20_000);
    assert!(!was_killed || !folder.join("a.jsonl").exists(), "it has its name when it is complete");
    if was_killed {
        let printed = succeed(folder, "export --store sqlite:a.db a.jsonl");
        assert!(printed.contains("by an earlier run"), "{printed}");
    }
    println!("exported after {:?}", began.elapsed());
    succeed(folder, "export --store sqlite:a.db again.jsonl");
    let expected = records(folder, "a.jsonl");
    assert_eq!(expected, records(folder, "again.jsonl"), "what was continued is what is exported at once");
    assert!(expected.len() > count + count / 10);

    let mut targets = vec!["sqlite:b.db".to_owned()];
    let cluster = Cluster::shared();
    targets.extend(cluster.map(Cluster::new_schema));
    for (number, store) in targets.iter().enumerate() {
        let import = format!("import --store {store} --key-file lido.key a.jsonl");
        let began = Instant::now();
        let was_killed = match (store.strip_prefix("sqlite:"), cluster) {
            (Some(path), _) => {
                let watched = Store::new(SqliteBackend::open(&folder.join(path)).expect("opens"));
                kill_when(folder, &import, || count_users(&watched, &pool) > 50)
            }
            (None, Some(cluster)) => {
                let schema = store.rsplit("%3D").next().expect("a schema").to_owned();
                let table = format!("SELECT to_regclass('{schema}.lido_record') IS NOT NULL");
                let users = format!("SELECT count(*) FROM {schema}.lido_record WHERE kind = 2");
                kill_when(folder, &import, || {
                    cluster.psql(&table).trim() == "t"
                        && cluster.psql(&users).trim().parse::<usize>().is_ok_and(|users| users > 50)
                })
            }
            (None, None) => panic!("a database needs its cluster"),
        };
        let printed = succeed(folder, &import);
        println!("imported into {store} after {:?} (killed: {was_killed}): {printed}", began.elapsed());
        if was_killed {
            assert!(!printed.contains(" 0 there already"), "{printed}");
        }
        let again = format!("again-{number}.jsonl");
        succeed(folder, &format!("export --store {store} {again}"));
        assert_eq!(records(folder, &again), expected, "{store}");
    }
}
