//! The first output of `lido dev`: commands to copy that create the first confirmed user, or that show what was seeded.

use std::{fmt::Write as _, path::Path};

use lido::seed::{SeedReport, SeededPool};

use crate::config::{Config, Mode};

/// The most pools of a seed that are listed.
const MAX_POOLS: usize = 10;

/// The most app clients of a pool that are listed.
const MAX_CLIENTS: usize = 5;

/// Returns the output for a server at `endpoint`; none for `lido serve`, and for a program that reads the address file.
pub(crate) fn lines(config: &Config, endpoint: &str, seeded: &SeedReport) -> String {
    let Mode::Dev { confirmation_code, address_file: None, .. } = &config.mode else { return String::new() };
    let trust = config.authority().map(trust).unwrap_or_default();
    let curl =
        config.authority().map_or("curl".to_owned(), |file| format!("curl --cacert {}", file.display()));
    let commands = match seeded.pools.first() {
        Some(first) => seeded_pools(endpoint, seeded, first.id.as_str()),
        None => first_user(config, endpoint, &curl, confirmation_code.as_ref().map(|code| code.0.as_str())),
    };
    let hint = match seeded.pools.is_empty() {
        true => {
            "Start with users and fixed ids: --seed FILE   Users, messages, tokens: lido users, lido messages, lido token USER\n"
        }
        false => "",
    };
    format!(
        r#"
{trust}{commands}
Inbox: {endpoint}/_lido/messages   Store: {store}   Stop: Ctrl-C
Test clock: {curl} -d '{{"advanceSeconds": 3600}}' {endpoint}/_lido/clock
{hint}
"#,
        store = config.store
    )
}

/// Returns what clients need to trust the certificate that the server has made.
fn trust(authority: &Path) -> String {
    let authority = authority.display();
    format!(
        "HTTPS with a certificate of its own, whose authority clients have to trust:\n\n  \
         export AWS_CA_BUNDLE={authority} NODE_EXTRA_CA_CERTS={authority} LIDO_CA_CERT={authority}\n\n\
         Browsers: import {authority} as an authority for web sites; it can sign nothing else, since its key is not kept\n\n"
    )
}

/// Returns the pools of the seed, and commands that show what is in them.
fn seeded_pools(endpoint: &str, seeded: &SeedReport, first: &str) -> String {
    let mut text = "Seeded user pools:\n\n".to_owned();
    for SeededPool { id, name, clients } in seeded.pools.iter().take(MAX_POOLS) {
        let _ = writeln!(text, "  {id}  {name}");
        for (client, name) in clients.iter().take(MAX_CLIENTS) {
            let _ = writeln!(text, "    app client {client}  {name}");
        }
        if let Some(more @ 1..) = clients.len().checked_sub(MAX_CLIENTS) {
            let _ = writeln!(text, "    and {more} more");
        }
    }
    if let Some(more @ 1..) = seeded.pools.len().checked_sub(MAX_POOLS) {
        let _ = writeln!(text, "  and {more} more");
    }
    let _ = write!(
        text,
        r"
Their users, messages and tokens, in another terminal:

  export LIDO_ENDPOINT={endpoint}
  lido users --pool {first}
  lido token --pool {first} USER
  lido messages --follow
"
    );
    text
}

/// Returns the commands that create a pool, an app client and a confirmed user.
fn first_user(config: &Config, endpoint: &str, curl: &str, code: Option<&str>) -> String {
    let region = config.region();
    let signer = match &config.credentials {
        Some(path) => {
            format!(
                "  # set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to those of a user in {}\n",
                path.display()
            )
        }
        None => "  export AWS_ACCESS_KEY_ID=dev AWS_SECRET_ACCESS_KEY=dev\n".to_owned(),
    };
    let code = match code {
        Some(code) => format!("CODE={code}"),
        None => format!(
            r#"CODE=$({curl} -s "{endpoint}/_lido/messages?username=ann" | grep -o '"code":"[0-9]*"' | head -1 | tr -dc 0-9)"#
        ),
    };
    format!(
        r#"Create the first confirmed user, in another terminal:

{signer}  export AWS_ENDPOINT_URL={endpoint} AWS_DEFAULT_REGION={region}
  POOL=$(aws cognito-idp create-user-pool --pool-name first --auto-verified-attributes email --query UserPool.Id --output text)
  CLIENT=$(aws cognito-idp create-user-pool-client --user-pool-id $POOL --client-name app --query UserPoolClient.ClientId --output text)
  aws cognito-idp sign-up --client-id $CLIENT --username ann --password 'Correct-Horse-1' --user-attributes Name=email,Value=ann@example.com
  {code}
  aws cognito-idp confirm-sign-up --client-id $CLIENT --username ann --confirmation-code $CODE
  aws cognito-idp admin-get-user --user-pool-id $POOL --username ann
"#
    )
}
