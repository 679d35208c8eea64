//! Servers on a PostgreSQL store: several at once, a database that ends and comes back, migrations, and passwords.
//!
//! The tests need the programs of PostgreSQL; where these are not installed, each says that it is skipped.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    postgres_cluster::{Cluster, PASSWORD, USER},
    server_process::{Lido, command, run},
};

/// Starts a server on a database. Servers in one folder share the key file.
fn start(folder: &Path, url: &str) -> Lido {
    let line = format!(
        "dev --listen 127.0.0.1:0 --key-file lido.key --confirmation-code 123456 --log trace --store {url}"
    );
    Lido::start(folder, &line)
}

fn sign_up(client: &str, name: &str) -> Value {
    let mail = json!([{"Name": "email", "Value": format!("{name}@example.com")}]);
    json!({"ClientId": client, "Username": name, "Password": "Passw0rd!", "UserAttributes": mail})
}

/// Waits until the health of a server has this status.
fn wait_for_health(lido: &Lido, status: u16) {
    let since = Instant::now();
    while lido.client().get("/_lido/health").status != status {
        assert!(since.elapsed() < Duration::from_secs(10), "no status {status}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn user_signs_up_confirms_and_signs_in_at_three_servers() {
    let Some(cluster) = Cluster::shared() else { return };
    let (folder, url) = (tempfile::tempdir().expect("a folder"), cluster.new_schema());
    let servers: Vec<Lido> = (0..3).map(|_| start(folder.path(), &url)).collect();
    let [one, two, three] = &*servers else { panic!("three servers") };
    let pool = json!({"PoolName": "p", "AutoVerifiedAttributes": ["email"]});
    let pool = one.client().expect_output("CreateUserPool", &pool)["UserPool"]["Id"].clone();
    let flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"];
    let client = json!({"UserPoolId": pool, "ClientName": "c", "ExplicitAuthFlows": flows});
    let client =
        two.client().expect_output("CreateUserPoolClient", &client)["UserPoolClient"]["ClientId"].clone();
    let client = client.as_str().expect("an id");
    let attempt = json!({"ClientId": client, "Username": "ann", "ConfirmationCode": "000000"});
    let confirmation = json!({"ClientId": client, "Username": "ann", "ConfirmationCode": "123456"});
    one.client().expect_output("SignUp", &sign_up(client, "ann"));
    assert_eq!(three.client().call("ConfirmSignUp", &attempt).json()["__type"], "CodeMismatchException");
    two.client().expect_output("ConfirmSignUp", &confirmation);
    assert_eq!(one.client().call("ConfirmSignUp", &confirmation).status, 400, "a code is used once");
    let parameters = json!({"USERNAME": "ann", "PASSWORD": "Passw0rd!"});
    let sign_in = json!({"ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters});
    let tokens = three.client().expect_output("InitiateAuth", &sign_in)["AuthenticationResult"].clone();
    let user = one.client().expect_output("GetUser", &json!({"AccessToken": tokens["AccessToken"]}));
    assert_eq!(user["Username"], "ann");
    let refresh = json!({"REFRESH_TOKEN": tokens["RefreshToken"]});
    let refresh = json!({"ClientId": client, "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": refresh});
    two.client().expect_output("InitiateAuth", &refresh);
    let keys = format!("/{}/.well-known/jwks.json", pool.as_str().expect("an id"));
    let published: Vec<String> = servers.iter().map(|server| server.client().get(&keys).body).collect();
    assert!(
        published[0].contains("\"kid\"") && published.iter().all(|keys| *keys == published[0]),
        "{published:?}"
    );
    one.client().expect_output("GlobalSignOut", &json!({"AccessToken": tokens["AccessToken"]}));
    assert_eq!(three.client().call("InitiateAuth", &refresh).json()["__type"], "NotAuthorizedException");
    // The servers log into one file, at every level: neither what is stored nor the statements' values are in it.
    let log = one.log();
    for secret in
        ["Passw0rd!", "ann@example.com", tokens["RefreshToken"].as_str().expect("a token"), "[123, 34"]
    {
        assert!(!log.contains(secret), "the log has {secret}");
    }
    assert!(log.contains("lido_record"), "the log has the statements");
}

#[test]
fn database_that_is_killed_is_told_at_once_and_service_resumes() {
    let Some(cluster) = Cluster::start(&[]) else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let lido = start(folder.path(), &cluster.url_of("public"));
    let (_, client) = lido.client().new_pool();
    lido.client().expect_output("SignUp", &sign_up(&client, "ann"));
    for (round, ends) in [Cluster::kill, Cluster::stop].into_iter().enumerate() {
        ends(&cluster);
        for _ in 0..10 {
            let since = Instant::now();
            let answer = lido.client().call("SignUp", &sign_up(&client, &format!("eve{round}")));
            assert_eq!(
                (answer.status, answer.json()["__type"].clone()),
                (500, json!("InternalErrorException"))
            );
            assert!(since.elapsed() < Duration::from_secs(4), "{:?}", since.elapsed());
        }
        // The result of a check is given for a second.
        wait_for_health(&lido, 503);
        cluster.run_server();
        wait_for_health(&lido, 200);
        let confirmation = json!({"ClientId": client, "Username": "ann", "ConfirmationCode": "123456"});
        let expected = if round == 0 { 200 } else { 400 };
        assert_eq!(lido.client().call("ConfirmSignUp", &confirmation).status, expected);
        lido.client().expect_output("SignUp", &sign_up(&client, &format!("eve{round}")));
    }
    assert!(!lido.log().contains("panicked"), "{}", lido.log());
}

#[test]
fn migrate_creates_the_tables_and_check_tells_whether_they_are_there() {
    let Some(cluster) = Cluster::shared() else { return };
    let (folder, url) = (tempfile::tempdir().expect("a folder"), cluster.new_schema());
    let migrate = |line: &str| {
        let output = command(folder.path(), line).env("LIDO_STORE", &url).output().expect("it runs");
        let texts = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).into_owned());
        (output.status.code(), texts.concat())
    };
    let (code, text) = migrate("migrate --check");
    assert_eq!(code, Some(1), "{text}");
    assert!(
        text.contains("has tables of version 0, and this Lido uses version 2; run lido migrate"),
        "{text}"
    );
    let (code, text) = migrate("migrate");
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("now has tables of version 2; it had version 0"), "{text}");
    for line in ["migrate --check", "migrate"] {
        let (code, text) = migrate(line);
        assert_eq!(code, Some(0), "{text}");
        assert!(text.contains("has tables of version 2, which this Lido uses"), "{text}");
    }
    let schema = url.rsplit("%3D").next().expect("a schema").to_owned();
    cluster.psql(&format!("INSERT INTO {schema}.lido_migration VALUES (99)"));
    for line in ["migrate --check", "migrate", "dev --listen 127.0.0.1:0 --key-file lido.key"] {
        let (code, text) = migrate(line);
        assert_eq!(code, Some(1), "{text}");
        assert!(text.contains("has tables of version 99, and this Lido knows only version 2"), "{text}");
    }
    let (code, text) = migrate("migrate --check --store sqlite:lido.db");
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("needs no migration"), "{text}");
    let none = run(folder.path(), "migrate");
    assert_eq!(none.status.code(), Some(2));
}

#[test]
fn password_of_the_database_is_in_no_output() {
    let Some(cluster) = Cluster::shared() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let wrong = cluster.tcp_url("wr0ng-secret");
    let unreachable = wrong.replace(&cluster.port().to_string(), "1");
    for (line, reason) in [
        (format!("dev --store {wrong}"), "password authentication failed"),
        (format!("dev --store {unreachable}"), "refused"),
        (format!("dev --store {wrong}?sslmode=nonsense"), "sslmode"),
        (format!("dev --store {wrong}?nonsense=1"), "nonsense"),
        (format!("migrate --store {wrong}"), "password authentication failed"),
        (format!("dev --store {}", wrong.replace("postgres://", "postgress://")), "the store must be"),
    ] {
        let line = format!(
            "{line} {}",
            if line.starts_with("dev") { "--listen 127.0.0.1:0 --log trace" } else { "" }
        );
        let output = command(folder.path(), &line).output().expect("it runs");
        let text =
            [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).into_owned()).concat();
        assert!(!output.status.success() && text.contains(reason), "{line}: {text}");
        assert!(!text.contains("wr0ng-secret"), "{line}: {text}");
    }
    // The password of a file, whose place a variable names, and the rest from variables too.
    let passwords = folder.path().join("pgpass");
    fs::write(&passwords, format!("127.0.0.1:*:postgres:{USER}:{PASSWORD}\n")).expect("written");
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(&passwords, fs::Permissions::from_mode(0o600)).expect("restricted");
    let mut checking = command(folder.path(), "migrate --check --store postgres://");
    checking
        .env("PGPASSFILE", &passwords)
        .env("PGHOST", "127.0.0.1")
        .env("PGPORT", cluster.port().to_string());
    checking.env("PGUSER", USER).env("PGDATABASE", "postgres");
    let output = checking.output().expect("it runs");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(text.contains("has tables of version 0"), "{text}");
}
