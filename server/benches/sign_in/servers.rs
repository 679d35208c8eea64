//! The servers of the benchmark: Lido with confirmed users, on one core.

use std::{future::pending, io::Write as _, path::Path, sync::Arc};

use anyhow::{Context as _, bail};
use lido::{
    app::{App, Settings},
    clock::Clock,
    credentials::Credentials,
    delivery::{Inbox, Transports},
    entropy::Entropy,
    http::{HttpService, Limits},
    keys::Keys,
    operations,
    store::{Store, memory::MemoryBackend, sqlite::SqliteBackend},
    triggers::Triggers,
};
use serde_json::json;
use zeroize::Zeroizing;

use crate::{PASSWORD, USERS, call::call};

/// Returns the name of a user.
pub(crate) fn name(number: usize) -> String {
    format!("user{number:02}")
}

/// Prints a free port and what `fill` returns, and serves on this port until the process is killed.
pub(crate) fn serve(
    arguments: &[String],
    fill: impl AsyncFnOnce(&Arc<App>) -> anyhow::Result<String>,
) -> anyhow::Result<()> {
    crate::process::pin(0);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let store = match arguments.as_slice() {
        ["memory", _] => Store::new(MemoryBackend::default()),
        ["sqlite", path] => Store::new(SqliteBackend::open(Path::new(path))?),
        other => bail!("unknown server {other:?}"),
    };
    let entropy = Entropy::system();
    let keys = Arc::new(Keys::new(Zeroizing::new([7; 32]), Vec::new(), entropy.clone()));
    let (transports, triggers) = (Transports::inbox(Inbox::new()), Triggers::unconfigured(entropy.clone()));
    let app = App::new(store, Clock::system(), entropy, keys, transports, triggers, Settings::default());
    let app = Arc::new(app);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let text = fill(&app).await?;
        let listener = lido::http::listen(&[([127, 0, 0, 1], 0).into()])?;
        println!("{} {text}", listener.local_addr()?.port());
        std::io::stdout().flush()?;
        let service = HttpService::new(app, Credentials::AnyWellFormed)?;
        lido::http::serve(listener, Arc::new(service), Limits::of_system(), pending()).await;
        Ok(())
    })
}

/// Creates a user pool, an app client that allows both flows, the users, and the signing keys. Returns the ids of pool and
/// app client.
pub(crate) async fn fill(app: &Arc<App>) -> anyhow::Result<(String, String)> {
    let service = operations::service(Arc::clone(app))?;
    let pool = call(&service, "CreateUserPool", &json!({"PoolName": "bench"})).await?;
    let pool = pool["UserPool"]["Id"].as_str().context("a pool")?.to_owned();
    let flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH"];
    let client = json!({"UserPoolId": pool, "ClientName": "bench", "ExplicitAuthFlows": flows});
    let client = call(&service, "CreateUserPoolClient", &client).await?;
    let client = client["UserPoolClient"]["ClientId"].as_str().context("an app client")?.to_owned();
    for number in 0..USERS {
        let name = name(number);
        let mail = json!([{"Name": "email", "Value": format!("{name}@example.com")}]);
        let user =
            json!({"ClientId": client, "Username": name, "Password": PASSWORD, "UserAttributes": mail});
        call(&service, "SignUp", &user).await?;
        call(&service, "AdminConfirmSignUp", &json!({"UserPoolId": pool, "Username": name})).await?;
    }
    let id = lido_domain::id::PoolId::new(&pool);
    let (_, keys) = app.store.begin().find_signing_keys(&id).await?;
    app.tokens.open(&id, keys.as_ref()).await?;
    Ok((pool, client))
}
