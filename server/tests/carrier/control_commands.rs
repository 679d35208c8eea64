//! `lido users`, `messages`, `confirm`, `token`, `clock` and `reset`, against a server.

use std::{
    io::{BufRead as _, BufReader},
    process::{Output, Stdio},
};

use serde_json::{Value, json};

use crate::{
    console::serve,
    server_process::{Lido, command, run},
};

struct Control {
    lido: Lido,
    folder: tempfile::TempDir,
    pool: String,
    client: String,
}

impl Control {
    /// Starts a server with one pool, one app client, and a user `ann` who has signed up.
    fn new() -> Self {
        let (lido, folder) = Lido::in_memory();
        let (pool, client) = lido.client().new_pool();
        let control = Self { lido, folder, pool, client };
        control.sign_up("ann", "ann@example.com");
        control
    }

    fn sign_up(&self, username: &str, email: &str) {
        let input = json!({
            "ClientId": self.client, "Username": username, "Password": "Passw0rd!",
            "UserAttributes": [{"Name": "email", "Value": email}],
        });
        self.lido.client().expect_output("SignUp", &input);
    }

    /// Runs a command with these arguments against the server.
    fn output(&self, arguments: &[&str]) -> Output {
        let endpoint = format!("http://127.0.0.1:{}", self.lido.port);
        let mut command = command(self.folder.path(), "");
        command.args(arguments).env("LIDO_ENDPOINT", endpoint).output().expect("it runs")
    }

    /// Runs a command that must succeed, and returns what it prints.
    fn run(&self, arguments: &[&str]) -> String {
        let output = self.output(arguments);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && error.is_empty(), "{arguments:?}: {error}");
        String::from_utf8(output.stdout).expect("text")
    }

    /// Runs a command that must fail, and returns its error.
    fn fail(&self, arguments: &[&str]) -> String {
        let output = self.output(arguments);
        assert_eq!((output.status.code(), &*output.stdout), (Some(1), &b""[..]), "{arguments:?}");
        String::from_utf8(output.stderr).expect("text")
    }
}

#[test]
fn commands_do_what_a_test_needs() {
    let control = Control::new();
    let messages = control.run(&["messages", "ann@example.com"]);
    assert!(messages.ends_with("  EMAIL  ann@example.com                   123456  SignUp\n"), "{messages}");
    assert!(control.run(&["users"]).starts_with("ann  "));
    assert_eq!(control.run(&["users", "--filter", "username = \"bob\""]), "");
    let refused = control.fail(&["token", "ann"]);
    assert_eq!(refused, "lido: UserNotConfirmedException: User is not confirmed.\n");
    assert_eq!(control.run(&["confirm", "ann"]), "ann is CONFIRMED\n");
    let access = control.run(&["token", "ann", "--access"]);
    let user = control.lido.client().expect_output("GetUser", &json!({"AccessToken": access.trim_end()}));
    assert_eq!(user["Username"], "ann");
    let tokens: Value = serde_json::from_str(&control.run(&["token", "ann", "--json"])).expect("JSON");
    assert_eq!(tokens["tokenType"], "Bearer");
    assert_eq!(control.run(&["token", "ann"]).lines().count(), 3);
    assert!(control.run(&["clock", "2031-01-01T00:00:00Z"]).starts_with("2031-01-01T00:00:0"));
    assert!(control.run(&["clock", "+1h"]).starts_with("2031-01-01T01:00:0"));
    let clock: Value = serde_json::from_str(&control.run(&["clock", "reset", "--json"])).expect("JSON");
    assert_eq!(clock["offsetSeconds"], 0);
    assert_eq!(control.run(&["reset", "--users"]), "deleted: 1 user\n");
    assert_eq!(control.run(&["users"]), "");
    assert_eq!(control.run(&["reset"]), "deleted: 1 pool, 1 message, 0 faults\n");
    assert_eq!(control.fail(&["users"]), "lido: there is no user pool; create one with CreateUserPool\n");
}

#[test]
fn several_pools_or_app_clients_must_be_named() {
    let control = Control::new();
    let (other, _) = control.lido.client().new_pool();
    let error = control.fail(&["confirm", "ann"]);
    assert!(error.starts_with("lido: there are several user pools; name one: --pool "), "{error}");
    assert!(error.contains(&control.pool) && error.contains(&other), "{error}");
    control.run(&["confirm", "ann", "--pool", &control.pool]);
    let second = json!({"UserPoolId": control.pool, "ClientName": "other"});
    control.lido.client().expect_output("CreateUserPoolClient", &second);
    let error = control.fail(&["token", "ann", "--pool", &control.pool]);
    assert!(error.starts_with("lido: there are several app clients; name one: --client "), "{error}");
    control.run(&["token", "ann", "--pool", &control.pool, "--client", &control.client]);
    assert_eq!(control.run(&["reset", "--pool", &other]), format!("deleted: the pool {other}\n"));
    let error = control.fail(&["users", "--pool", &other]);
    assert_eq!(error, "lido: There is no user pool with this id; GET /_lido/pools lists them.\n");
}

#[test]
fn followed_messages_are_printed_as_they_are_sent() {
    let control = Control::new();
    let endpoint = format!("http://127.0.0.1:{}", control.lido.port);
    let mut command = command(control.folder.path(), "messages --follow --endpoint");
    let mut following = command.arg(endpoint).stdout(Stdio::piped()).spawn().expect("it starts");
    let mut lines = BufReader::new(following.stdout.take().expect("its output")).lines();
    let mut next = || lines.next().expect("a line").expect("text");
    assert!(next().contains("ann@example.com"));
    control.sign_up("bob", "bob@example.com");
    assert!(next().contains("bob@example.com"));
    following.kill().expect("it runs");
    following.wait().expect("ended");
}

/// No text that a user has chosen can move the cursor of the terminal, and JSON has that text still.
#[test]
fn texts_are_printed_without_control_characters() {
    let control = Control::new();
    let name = "eve\u{202e}\u{9b}31m\u{1b}[2J\u{7f}";
    let input = json!({
        "UserPoolId": control.pool, "Username": "ann", "UserAttributes": [{"Name": "name", "Value": name}],
    });
    control.lido.client().expect_output("AdminUpdateUserAttributes", &input);
    let listed = control.run(&["users", "--json"]);
    let is_obeyed = |char: char| (char.is_control() && char != '\n') || char == '\u{202e}';
    assert!(!listed.contains(is_obeyed), "{listed:?}");
    let user: Value = serde_json::from_str(&listed).expect("one line of JSON");
    assert_eq!(user["attributes"]["name"], name);
    let pool = json!({"PoolName": "two\nlines\tand a tab"});
    control.lido.client().expect_output("CreateUserPool", &pool);
    let error = control.fail(&["users"]);
    assert!(error.contains("(two\\u{a}lines\\u{9}and a tab)"), "{error:?}");
}

#[test]
fn server_that_is_absent_or_has_no_console_is_named_in_the_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let error = |line: &str| {
        let output = run(folder.path(), line);
        assert_eq!(output.status.code(), Some(1), "{line}");
        String::from_utf8(output.stderr).expect("text")
    };
    let text = "lido: no server answers at http://127.0.0.1:1/; start one with lido dev, or name another with --endpoint\n";
    assert_eq!(error("users --endpoint http://127.0.0.1:1"), text);
    let serve = serve(folder.path());
    for command in ["users", "messages", "confirm ann", "token ann", "clock", "reset"] {
        let error = error(&format!("{command} --endpoint http://127.0.0.1:{}", serve.port));
        assert!(
            error.contains("is no `lido dev`, or an older one: `lido serve` has no"),
            "{command}: {error}"
        );
    }
    let output = run(folder.path(), "users --endpoint localhost:9229");
    assert_eq!(output.status.code(), Some(2));
}
