//! Fills a store with unconfirmed users: one signs up, and the others are written as copies of its record.

use std::{path::Path, sync::Arc};

use anyhow::Context as _;
use lido::{
    app::{App, Settings},
    clock::Clock,
    delivery::{Inbox, Transports},
    entropy::Entropy,
    keys::Keys,
    operations,
    store::{Key, Record, Store, memory::MemoryBackend, sqlite::SqliteBackend},
    triggers::Triggers,
};
use lido_domain::{
    id::{PoolId, Sub, Username},
    pool::alias::NameKey,
    user::User,
};
use serde_json::json;
use zeroize::Zeroizing;

use crate::call::call;

/// The key under which the secrets of the store are sealed.
pub(crate) const KEY: [u8; 32] = [7; 32];

/// An app with users, and the id of their user pool.
pub(crate) struct SeededApp {
    pub(crate) app: Arc<App>,
    pub(crate) pool: String,
}

/// Returns the name of a user.
pub(crate) fn name(number: usize) -> String {
    format!("user{number:07}")
}

/// Fills the memory store.
pub(crate) fn memory(users: usize) -> anyhow::Result<SeededApp> {
    seed(Store::new(MemoryBackend::default()), users)
}

/// Fills a SQLite file.
pub(crate) fn sqlite(path: &Path, users: usize) -> anyhow::Result<SeededApp> {
    seed(Store::new(SqliteBackend::open(path)?), users)
}

fn seed(store: Store, users: usize) -> anyhow::Result<SeededApp> {
    let entropy = Entropy::system();
    let keys = Arc::new(Keys::new(Zeroizing::new(KEY), Vec::new(), entropy.clone()));
    let transports = Transports::inbox(Inbox::new());
    let triggers = Triggers::unconfigured(entropy.clone());
    let app = App::new(store, Clock::system(), entropy, keys, transports, triggers, Settings::default());
    let app = Arc::new(app);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let pool = runtime.block_on(fill(&app, users))?;
    Ok(SeededApp { app, pool })
}

async fn fill(app: &Arc<App>, users: usize) -> anyhow::Result<String> {
    let service = operations::service(Arc::clone(app))?;
    let pool = call(&service, "CreateUserPool", &json!({"PoolName": "bench"})).await?;
    let pool = pool["UserPool"]["Id"].as_str().context("a pool")?.to_owned();
    let client = json!({"UserPoolId": pool, "ClientName": "bench"});
    let client = call(&service, "CreateUserPoolClient", &client).await?;
    let mail = json!([{"Name": "email", "Value": "first@example.com"}]);
    let client = &client["UserPoolClient"]["ClientId"];
    let first =
        json!({"ClientId": client, "Username": "first", "Password": "Passw0rd!", "UserAttributes": mail});
    call(&service, "SignUp", &first).await?;

    let id = PoolId::new(&pool);
    let record = app.store.begin().find_pool(&id).await?.context("the pool")?;
    let first = app.store.begin().list_users(&id, None, 1).await?.pop().context("the first user")?;
    let mut records = Vec::new();
    for number in 0..users {
        let user = User {
            sub: Sub::new(app.entropy.uuid()?),
            username: Username::new(name(number)),
            ..first.clone()
        };
        let name = NameKey::of_username(&record.pool, &user.username);
        records.push((Key::name(&name), Record::Name(user.sub.clone())));
        records.push((Key::user(&user.sub), Record::User(user)));
        if records.len() >= 2_000 || number + 1 == users {
            app.store.put(&id, std::mem::take(&mut records)).await?;
        }
    }
    Ok(pool)
}
