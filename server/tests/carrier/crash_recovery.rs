//! Kills the server under load, and checks that everything it answered is stored.
//!
//! `LIDO_KILLS` sets how often; the default is ten times.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use rustix::process::Signal;
use serde_json::json;

use crate::{raw_client::Client, server_process::Lido};

const LINE: &str = "dev --listen 127.0.0.1:0 --store sqlite:lido.db --confirmation-code 123456 --log warn";

/// The users whose sign-up was answered, with whether their confirmation was answered too.
type AnsweredUsers = Mutex<BTreeMap<String, bool>>;

#[test]
fn answered_sign_ups_and_confirmations_survive_kills() {
    let kills: u64 = std::env::var("LIDO_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(10);
    let folder = tempfile::tempdir().expect("a folder");
    let mut lido = Lido::start(folder.path(), LINE);
    let (pool, client) = lido.client().new_pool();
    let answered = AnsweredUsers::default();
    let next = AtomicU64::new(0);
    let mut checked = 0;
    for kill in 0..kills {
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| sign_up_users(lido.port, &client, &next, &answered));
            }
            thread::sleep(Duration::from_millis(150 + kill * 37 % 200));
            lido.signal(Signal::KILL);
        });
        lido = Lido::start(folder.path(), LINE);
        let mut admin = lido.client();
        let new = std::mem::take(&mut *answered.lock().expect("no panic"));
        checked += new.len();
        for (name, is_confirmed) in &new {
            check_user(&mut admin, &pool, &client, name, *is_confirmed);
        }
    }
    println!("{kills} kills, {checked} users checked");
    assert!(checked as u64 >= kills, "too few users were signed up: {checked}");
    let log = lido.log();
    assert!(!log.contains("panic") && !log.contains("ERROR"), "{log}");
}

/// Signs up and confirms users until the server is killed.
fn sign_up_users(port: u16, client: &str, next: &AtomicU64, answered: &AnsweredUsers) {
    let Ok(mut connection) = Client::try_connect(port) else { return };
    loop {
        let name = format!("user{}", next.fetch_add(1, Ordering::Relaxed));
        let mail = json!([{"Name": "email", "Value": format!("{name}@example.com")}]);
        let user =
            json!({"ClientId": client, "Username": name, "Password": "Passw0rd!", "UserAttributes": mail});
        let Ok(answer) = connection.try_call("SignUp", &user) else { return };
        assert_eq!(answer.status, 200, "{answer:?}");
        answered.lock().expect("no panic").insert(name.clone(), false);
        let confirmation = json!({"ClientId": client, "Username": name, "ConfirmationCode": "123456"});
        let Ok(answer) = connection.try_call("ConfirmSignUp", &confirmation) else { return };
        assert_eq!(answer.status, 200, "{answer:?}");
        answered.lock().expect("no panic").insert(name, true);
    }
}

/// Asserts that a user is stored, and is confirmed if the confirmation was answered.
fn check_user(admin: &mut Client, pool: &str, client: &str, name: &str, is_confirmed: bool) {
    let user = admin.expect_output("AdminGetUser", &json!({"UserPoolId": pool, "Username": name}));
    let status = user["UserStatus"].as_str().expect("a status");
    if status == "UNCONFIRMED" {
        assert!(!is_confirmed, "the confirmation of {name} was answered, but is not stored");
        // The stored record is complete: the code still confirms.
        let confirmation = json!({"ClientId": client, "Username": name, "ConfirmationCode": "123456"});
        admin.expect_output("ConfirmSignUp", &confirmation);
    } else {
        assert_eq!(status, "CONFIRMED", "{user}");
    }
}
