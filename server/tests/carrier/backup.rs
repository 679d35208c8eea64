//! `lido backup`: a copy under load, what it refuses, and who can read it.

use std::{
    fs,
    path::Path,
    process::Output,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use serde_json::json;

use crate::{
    postgres_cluster::Cluster,
    server_process::{Lido, command, run},
};

const DEV: &str = "dev --listen 127.0.0.1:0 --store sqlite:lido.db --key-file lido.key --log warn";

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("text")
}

/// Returns the line of a command that was refused.
fn refusal(output: &Output, code: i32) -> String {
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    text(&output.stderr)
}

/// Signs users up until it is told to end, and notes each name once the server has answered.
fn sign_up_until(port: u16, client: &str, prefix: &str, ends: &AtomicBool, answered: &Mutex<Vec<String>>) {
    let mut http = crate::raw_client::Client::connect(port);
    for number in 0.. {
        if ends.load(Ordering::Relaxed) {
            return;
        }
        let name = format!("{prefix}{number}");
        http.expect_output("SignUp", &json!({"ClientId": client, "Username": name, "Password": "Passw0rd!"}));
        answered.lock().expect("whole").push(name);
    }
}

/// Waits until at least `count` users have been answered.
fn wait_for(answered: &Mutex<Vec<String>>, count: usize) {
    let since = Instant::now();
    while answered.lock().expect("whole").len() < count {
        assert!(since.elapsed() < Duration::from_secs(120), "too few sign-ups");
        thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn backup_under_load_has_every_change_that_was_answered_before_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let lido = Lido::start(folder, DEV);
    let (pool, _) = lido.client().new_pool();
    let flows = ["ALLOW_USER_PASSWORD_AUTH"];
    let client = json!({"UserPoolId": pool, "ClientName": "c", "ExplicitAuthFlows": flows});
    let client =
        lido.client().expect_output("CreateUserPoolClient", &client)["UserPoolClient"]["ClientId"].clone();
    let client = client.as_str().expect("an id").to_owned();
    let (ends, answered) = (AtomicBool::new(false), Mutex::new(Vec::new()));
    let before = thread::scope(|scope| {
        for prefix in ["a", "b", "c"] {
            let (client, ends, answered) = (&client, &ends, &answered);
            scope.spawn(move || sign_up_until(lido.port, client, prefix, ends, answered));
        }
        wait_for(&answered, 60);
        let before = answered.lock().expect("whole").clone();
        let output = run(folder, "backup --store sqlite:lido.db --key-file lido.key backup.db");
        let count = answered.lock().expect("whole").len();
        // The server went on meanwhile, and does so after it.
        wait_for(&answered, count + 10);
        ends.store(true, Ordering::Relaxed);
        assert!(output.status.success(), "{output:?}");
        let printed = text(&output.stdout);
        assert!(printed.contains("backup.db is a complete and sound backup of "), "{printed}");
        assert!(printed.contains("the key file opens its check value"), "{printed}");
        assert!(output.stderr.is_empty(), "no bar where there is no terminal: {output:?}");
        before
    });
    drop(lido);
    check_mode(&folder.join("backup.db"));
    fs::create_dir(folder.join("restored")).expect("made");
    for (from, to) in [("backup.db", "restored/lido.db"), ("lido.key", "restored/lido.key")] {
        fs::copy(folder.join(from), folder.join(to)).expect("copied");
    }
    let restored = Lido::start(&folder.join("restored"), DEV);
    let mut http = restored.client();
    for name in &before {
        let user = http.expect_output("AdminGetUser", &json!({"UserPoolId": pool, "Username": name}));
        assert_eq!(user["UserStatus"], "UNCONFIRMED");
    }
    // A password opens under the key, and the copy takes new commits.
    http.expect_output("AdminConfirmSignUp", &json!({"UserPoolId": pool, "Username": before[0]}));
    let parameters = json!({"USERNAME": before[0], "PASSWORD": "Passw0rd!"});
    let sign_in = json!({"ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters});
    assert!(http.expect_output("InitiateAuth", &sign_in)["AuthenticationResult"]["AccessToken"].is_string());
    // Each user is there as a whole: ListUsers and AdminGetUser find the same ones.
    let mut listed = 0;
    let mut page = json!({"UserPoolId": pool});
    loop {
        let users = http.expect_output("ListUsers", &page);
        for user in users["Users"].as_array().expect("users") {
            listed += 1;
            http.expect_output("AdminGetUser", &json!({"UserPoolId": pool, "Username": user["Username"]}));
        }
        match &users["PaginationToken"] {
            token if token.is_string() => page["PaginationToken"] = token.clone(),
            _ => break,
        }
    }
    assert!(listed >= before.len(), "{listed} of {}", before.len());
}

fn check_mode(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(path).expect("there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "{}", path.display());
}

#[test]
fn backup_names_what_is_wrong_and_overwrites_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    drop(Lido::start(folder, DEV));
    fs::write(folder.join("taken.db"), "mine").expect("written");
    let other = folder.join("other.key");
    fs::write(&other, "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=").expect("written");
    fs::set_permissions(&other, std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("restricted");
    let cases = [
        ("backup --store sqlite:lido.db taken.db", 1, "taken.db exists, and a backup overwrites nothing"),
        ("backup --store sqlite:none.db b.db", 1, "there is no store none.db to back up; check --store"),
        (
            "backup --store sqlite:lido.db --key-file other.key b.db",
            1,
            "does not open the check value of the store lido.db",
        ),
        ("backup --store memory b.db", 1, "a store in memory ends with its server"),
        ("backup b.db", 2, "lido backup requires --store STORE"),
        ("backup --store sqlite:lido.db", 2, "<FILE>"),
    ];
    for (line, code, expected) in cases {
        let error = refusal(&run(folder, line), code);
        assert!(error.contains(expected) && error.starts_with("lido: "), "{line}: {error}");
    }
    let error = refusal(&run(folder, "backup --store postgres://lido:hunter2@db.example/lido b.db"), 1);
    for expected in ["pg_dump", "pg_basebackup", "lido_", "postgres://"] {
        assert!(error.contains(expected), "{error}");
    }
    assert!(!error.contains("hunter2"), "{error}");
    assert_eq!(fs::read_to_string(folder.join("taken.db")).expect("there"), "mine");
    assert!(!folder.join("b.db").exists());
}

#[test]
fn backup_takes_the_store_and_the_key_from_the_configuration_of_the_server() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    drop(Lido::start(folder, DEV));
    fs::write(folder.join("lido.toml"), "store = \"sqlite:lido.db\"\nkey-file = \"lido.key\"\n")
        .expect("written");
    let output = run(folder, "backup --config lido.toml backup.db");
    assert!(output.status.success(), "{output:?}");
    assert!(text(&output.stdout).contains("opens its check value"), "{output:?}");
    let output =
        command(folder, "backup second.db").env("LIDO_STORE", "sqlite:lido.db").output().expect("it runs");
    assert!(output.status.success(), "{output:?}");
    assert!(text(&output.stdout).contains("no --key-file was given"), "{output:?}");
}

/// The tables that a backup of PostgreSQL must have are those that the refusal names.
#[test]
fn tables_of_a_database_begin_as_the_refusal_says() {
    let Some(cluster) = Cluster::shared() else { return };
    let (folder, url) = (tempfile::tempdir().expect("a folder"), cluster.new_schema());
    let migrated = command(folder.path(), "migrate").env("LIDO_STORE", &url).output().expect("it runs");
    assert!(migrated.status.success(), "{migrated:?}");
    let others =
        "SELECT count(*) FROM pg_tables WHERE schemaname ~ '^t[0-9]+$' AND tablename NOT LIKE 'lido\\_%'";
    assert_eq!(cluster.psql(others).trim(), "0");
    let own = "SELECT count(*) > 0 FROM pg_tables WHERE tablename LIKE 'lido\\_%'";
    assert_eq!(cluster.psql(own).trim(), "t");
}
