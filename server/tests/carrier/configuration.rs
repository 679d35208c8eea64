//! The precedence of settings, and the error messages about invalid ones.

use std::{fs, path::Path};

use crate::server_process::{Lido, command, run};

fn region(lido: &Lido) -> String {
    let (pool, _) = lido.client().new_pool();
    pool.split('_').next().expect("a Region").to_owned()
}

#[test]
fn configuration_precedence_is_flag_environment_file_default() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("lido.toml");
    fs::write(&file, "region = \"eu-west-1\"\nstore = \"memory\"\nlisten = \"127.0.0.1:0\"\n")
        .expect("written");
    let with = |line: &str, environment: &[(&str, &str)]| {
        let mut command = command(folder.path(), line);
        command.envs(environment.iter().copied());
        region(&Lido::spawn(folder.path(), &mut command))
    };
    let variables = [("LIDO_REGION", "eu-north-1"), ("LIDO_CONFIG", "lido.toml")];
    assert_eq!(with("dev --region eu-south-1", &variables), "eu-south-1");
    assert_eq!(with("dev", &variables), "eu-north-1");
    assert_eq!(with("dev --config lido.toml", &[]), "eu-west-1");
    assert_eq!(with("dev --listen 127.0.0.1:0 --store memory", &[]), "us-east-1");
}

/// Asserts that the command ends with the exit code, and prints one error that contains all of `texts`.
fn assert_refused(folder: &Path, line: &str, code: i32, texts: &[&str]) {
    let output = run(folder, line);
    let stderr = String::from_utf8(output.stderr).expect("text");
    assert_eq!(output.status.code(), Some(code), "{line}: {stderr}");
    for text in texts {
        assert!(stderr.contains(text), "{line}: {stderr}");
    }
    // A warning about a readable key file may precede the error.
    assert_eq!(stderr.lines().filter(|line| line.starts_with("lido: ")).count(), 1, "{stderr}");
    assert!(output.stdout.is_empty());
}

#[test]
fn wrong_seed_keeps_dev_from_starting_and_serve_has_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    fs::write(folder.join("seed.toml"), "[[UserPools]]\nPoolName = \"p\"\nMfaConfigration = \"ON\"\n")
        .expect("written");
    fs::write(folder.join("lido.toml"), "\nseed = [\"seed.toml\"]\n").expect("written");
    let wrong = ["seed.toml, line 3: ", "unknown key `MfaConfigration`; did you mean `MfaConfiguration`?"];
    assert_refused(folder, "dev --store memory --listen 127.0.0.1:0 --seed seed.toml", 1, &wrong);
    assert_refused(folder, "dev --store memory --listen 127.0.0.1:0 --config lido.toml", 1, &wrong);
    assert_refused(
        folder,
        "dev --store memory --listen 127.0.0.1:0 --seed none.yml",
        1,
        &["none.yml cannot be read", "--seed"],
    );
    assert_refused(
        folder,
        "serve --config lido.toml",
        1,
        &["lido.toml, line 2: `seed` is a setting of lido dev only"],
    );
    assert_refused(folder, "serve --seed seed.toml", 2, &["unexpected argument '--seed'"]);
}

#[test]
fn seeded_pool_survives_restarts_with_its_ids() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let seed = "UserPools:\n  - Id: us-east-1_Shop00001\n    PoolName: shop\n    Clients: [{ClientId: shopweb, ClientName: web}]\n";
    fs::write(folder.join("seed.yaml"), seed).expect("written");
    for expected in ["seeded created=2 changed=0 unchanged=0", "seeded created=0 changed=0 unchanged=2"] {
        let mut lido = Lido::start(folder, "dev --listen 127.0.0.1:0 --seed seed.yaml");
        assert!(lido.log().contains(expected), "{}", lido.log());
        let screen = lido.first_screen();
        let lines = [
            "us-east-1_Shop00001  shop\n    app client shopweb  web\n",
            "lido users --pool us-east-1_Shop00001\n",
        ];
        assert!(lines.iter().all(|line| screen.contains(line)), "{screen}");
        assert!(!screen.contains("create-user-pool"), "{screen}");
        let client = serde_json::json!({"UserPoolId": "us-east-1_Shop00001", "ClientId": "shopweb"});
        let described = lido.client().expect_output("DescribeUserPoolClient", &client);
        assert_eq!(described["UserPoolClient"]["ClientName"], "web");
    }
}

#[cfg(unix)]
#[test]
fn export_of_the_binary_seeds_a_fresh_server() {
    use std::os::unix::fs::PermissionsExt as _;
    let (folder, other) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let seed = "[[UserPools]]\nPoolName = \"shop\"\n[[UserPools.Users]]\nUsername = \"mary\"\nPassword = \"Correct-Horse-1\"\n";
    fs::write(folder.path().join("seed.toml"), seed).expect("written");
    let lido = Lido::start(folder.path(), "dev --listen 127.0.0.1:0 --seed seed.toml");
    let export = |file: &str| {
        run(other.path(), &format!("seed export --endpoint http://127.0.0.1:{} {file}", lido.port))
    };
    let printed = String::from_utf8(export("").stdout).expect("text");
    assert!(printed.contains("PasswordVerifier") && !printed.contains("Correct-Horse-1"), "{printed}");
    assert!(export("exported.yaml").status.success());
    let mode = fs::metadata(other.path().join("exported.yaml")).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let fresh = Lido::start(other.path(), "dev --listen 127.0.0.1:0 --seed exported.yaml");
    assert!(fresh.log().contains("seeded created=2 changed=0 unchanged=0"), "{}", fresh.log());
    let again = run(other.path(), &format!("seed export --endpoint http://127.0.0.1:{}", fresh.port));
    assert_eq!(String::from_utf8(again.stdout).expect("text"), printed, "under another key file");
    assert_refused(
        other.path(),
        "seed export --endpoint http://127.0.0.1:1",
        1,
        &["does not answer; is lido dev running there?"],
    );
    assert_refused(other.path(), "seed export seed.txt", 1, &["name it .toml, .json, .yaml or .yml"]);
}

#[test]
fn option_on_the_command_line_overrides_a_wrong_variable() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = command(folder.path(), "dev --region US").env("LIDO_REGION", "eu-west-1").output();
    let error = String::from_utf8(output.expect("it runs").stderr).expect("text");
    assert!(error.contains("'US'") && !error.contains("LIDO_REGION"), "{error}");
}

#[test]
fn dev_keeps_its_files_in_one_private_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let lido = Lido::start(folder.path(), "dev --listen 127.0.0.1:0 --log warn");
    let (pool, _) = lido.client().new_pool();
    drop(lido);
    for name in ["lido.db", "lido.key"] {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(folder.path().join(".lido").join(name)).expect("made").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    assert_eq!(fs::read_to_string(folder.path().join(".lido/.gitignore")).expect("made"), "*\n");
    let again = Lido::start(folder.path(), "dev --listen 127.0.0.1:0 --log warn");
    again.client().expect_output("DescribeUserPool", &serde_json::json!({"UserPoolId": pool}));
}

#[test]
fn dev_writes_its_address_to_a_file_and_removes_it_at_the_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("address.json");
    fs::write(&file, "of a former server").expect("written");
    let line = "dev --listen 127.0.0.1:0 --store memory --region eu-west-1 --address-file address.json";
    let mut lido = Lido::start(folder.path(), line);
    let written = fs::read(&file).expect("there before the server announces its address");
    let address: serde_json::Value = serde_json::from_slice(&written).expect("JSON");
    let endpoint = format!("http://127.0.0.1:{}", lido.port);
    assert_eq!(address, serde_json::json!({"endpoint": endpoint, "region": "eu-west-1"}));
    lido.signal(rustix::process::Signal::TERM);
    assert!(lido.wait(std::time::Duration::from_secs(5)).success(), "{}", lido.log());
    let left: Vec<_> = fs::read_dir(folder.path())
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    assert_eq!(left, ["log"], "neither the file nor a temporary one stays");
}

#[test]
fn dev_with_allow_remote_warns() {
    let folder = tempfile::tempdir().expect("a folder");
    let lido = Lido::start(folder.path(), "dev --listen 0.0.0.0:0 --store memory --allow-remote");
    assert_eq!(lido.client().get("/_lido/messages").status, 200);
    assert!(lido.log().contains("WARN") && lido.log().contains("every code"), "{}", lido.log());
}

#[test]
fn server_without_a_limit_for_each_address_warns_beyond_loopback() {
    const WARNING: &str = "one client can use all connections";
    let folder = tempfile::tempdir().expect("a folder");
    for (line, is_warned) in [
        ("dev --store memory --listen 0.0.0.0:0 --allow-remote", true),
        ("dev --store memory --listen 0.0.0.0:0 --allow-remote --max-connections-per-address 100", false),
        ("dev --store memory --listen 127.0.0.1:0", false),
    ] {
        let lido = Lido::start(folder.path(), line);
        assert_eq!(lido.client().get("/_lido/health").status, 200);
        assert_eq!(lido.log().contains(WARNING), is_warned, "{line}: {}", lido.log());
        drop(lido);
        fs::remove_file(folder.path().join("log")).expect("a log");
    }
    assert_refused(
        folder.path(),
        "dev --max-connections-per-address 0",
        2,
        &["--max-connections-per-address"],
    );
}

#[test]
fn pages_of_the_named_origins_may_administer_or_read_the_inbox() {
    let folder = tempfile::tempdir().expect("a folder");
    let line = "dev --store memory --listen 127.0.0.1:0 --admin-origin http://localhost:8000,http://localhost:8001 \
                --inbox-origin http://localhost:3000";
    let lido = Lido::start(folder.path(), line);
    // (origin, status of a signed operation, status of the inbox)
    let cases = [
        ("http://localhost:8000", 200, 403),
        ("http://localhost:8001", 200, 403),
        ("http://localhost:8002", 403, 403),
        ("http://localhost:3000", 403, 200),
    ];
    for (origin, operation, inbox) in cases {
        let page =
            |request: String| request.replacen("host: lido", &format!("host: lido\r\norigin: {origin}"), 1);
        let mut client = lido.client();
        client.send(page(crate::raw_client::post("ListUserPools", "{\"MaxResults\": 1}"))).expect("sent");
        assert_eq!(client.read().expect("answered").status, operation, "{origin}");
        client.send(page("GET /_lido/messages HTTP/1.1\r\nhost: lido\r\n\r\n".to_owned())).expect("sent");
        let answer = client.read().expect("answered");
        assert_eq!(answer.status, inbox, "{origin}");
        let readable = format!("access-control-allow-origin: {origin}\r\n");
        assert_eq!(answer.head.contains(&readable), inbox == 200, "{answer:?}");
    }
    assert_refused(folder.path(), "dev --admin-origin localhost:8000", 2, &["not an origin"]);
    assert_refused(folder.path(), "serve --inbox-origin http://localhost:3000", 2, &["--inbox-origin"]);
}

#[test]
fn serve_has_no_inbox_and_no_test_clock() {
    let folder = tempfile::tempdir().expect("a folder");
    let key = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
    fs::write(folder.path().join("key"), key).expect("written");
    fs::write(folder.path().join("c.json"), "{\"users\": []}").expect("written");
    let line = "serve --listen 127.0.0.1:0 --store sqlite:lido.db --public-url https://a.example --key-file key \
                --credentials c.json";
    let lido = Lido::start(folder.path(), line);
    assert_eq!(lido.client().get("/_lido/health").status, 200);
    assert_eq!(lido.client().get("/_lido/messages").status, 404);
    let unsigned = lido.client().call("ListUserPools", &serde_json::json!({"MaxResults": 1}));
    assert!(unsigned.body.contains("UnrecognizedClientException"), "{unsigned:?}");
    assert!(unsigned.head.contains("x-amzn-requestid: "), "{unsigned:?}");
}

#[test]
fn operations_command_lists_the_operations() {
    let folder = tempfile::tempdir().expect("a folder");
    let listed = String::from_utf8(run(folder.path(), "operations").stdout).expect("text");
    assert!(
        listed.lines().any(|line| line.starts_with("ConfirmSignUp ") && line.ends_with(" served")),
        "{listed}"
    );
    assert!(
        listed
            .lines()
            .any(|line| line.starts_with("CreateIdentityProvider ") && line.ends_with(" validated")),
        "{listed}"
    );
}
