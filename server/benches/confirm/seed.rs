//! Loads unconfirmed users with their codes by a bulk path: one signs up, and the others are written as copies of its
//! records, in large commits.

use std::{sync::Arc, time::Duration};

use anyhow::Context as _;
use lido::{
    app::{App, Settings},
    clock::Clock,
    delivery::{Inbox, Transports},
    entropy::Entropy,
    keys::Keys,
    operations,
    store::{Key, Record, Store},
    triggers::Triggers,
};
use lido_domain::{
    attribute::contact::Contact,
    code::{Code, PendingCode, Purpose},
    id::{PoolId, Sub, Username},
    pool::{Pool, alias::NameKey},
    user::User,
};
use serde_json::json;
use zeroize::Zeroizing;

use crate::call::call;

/// The code of every user.
pub(crate) const CODE: &str = "123456";

/// The number of records of one commit.
const BATCH: usize = 600;

/// Returns the name of a user.
pub(crate) fn name(number: usize) -> String {
    format!("user{number:07}")
}

/// Returns the e-mail address of a user.
pub(crate) fn mail(number: usize) -> String {
    format!("{}@example.com", name(number))
}

/// Returns an app on a store, with the keys that all processes of the benchmark have.
pub(crate) fn app(store: Store) -> Arc<App> {
    let entropy = Entropy::system();
    let keys = Arc::new(Keys::new(Zeroizing::new([7; 32]), Vec::new(), entropy.clone()));
    let transports = Transports::inbox(Inbox::new());
    let triggers = Triggers::unconfigured(entropy.clone());
    Arc::new(App::new(store, Clock::system(), entropy, keys, transports, triggers, Settings::default()))
}

/// Users in a store.
pub(crate) struct Population {
    app: Arc<App>,
    /// The id of their pool.
    pub(crate) pool: String,
    /// The id of its app client.
    pub(crate) client: String,
    rules: Pool,
    first: User,
    code: PendingCode,
    /// The sub of each user, by number.
    subs: Vec<Sub>,
}

impl Population {
    /// Creates a pool and loads this many users.
    pub(crate) async fn load(store: Store, users: usize) -> anyhow::Result<Self> {
        let app = app(store);
        let service = operations::service(Arc::clone(&app))?;
        let pool = json!({"PoolName": "bench", "AutoVerifiedAttributes": ["email"]});
        let pool = call(&service, "CreateUserPool", &pool).await?;
        let pool = pool["UserPool"]["Id"].as_str().context("a pool")?.to_owned();
        let client = json!({"UserPoolId": pool, "ClientName": "bench"});
        let client = call(&service, "CreateUserPoolClient", &client).await?;
        let client = client["UserPoolClient"]["ClientId"].as_str().context("an app client")?.to_owned();
        let mail = json!([{"Name": "email", "Value": "first@example.com"}]);
        let first =
            json!({"ClientId": client, "Username": "first", "Password": "Passw0rd!", "UserAttributes": mail});
        call(&service, "SignUp", &first).await?;
        let id = PoolId::new(&pool);
        let rules = app.store.begin().find_pool(&id).await?.context("the pool")?.pool.clone();
        let first = app.store.begin().list_users(&id, None, 1).await?.pop().context("the first user")?;
        let code = app.store.get(&id, Key::code(&first.sub, Purpose::SignUp)).await?.context("its code")?;
        let Record::Code(code) = code.record else { anyhow::bail!("the code is another record") };
        let subs = (0..users).map(|_| app.entropy.uuid().map(Sub::new)).collect::<Result<_, _>>()?;
        let population = Self { app, pool, client, rules, first, code, subs };
        population.write(0..users).await?;
        Ok(population)
    }

    /// Returns the number of users.
    pub(crate) fn len(&self) -> usize {
        self.subs.len()
    }

    /// Writes users as they are after they have signed up, whatever became of them.
    pub(crate) async fn write(&self, numbers: impl Iterator<Item = usize>) -> anyhow::Result<()> {
        let id = PoolId::new(&self.pool);
        let mut records = Vec::with_capacity(BATCH);
        for number in numbers {
            let sub = self.subs.get(number).context("a user")?;
            let mut user =
                User { sub: sub.clone(), username: Username::new(name(number)), ..self.first.clone() };
            user.attributes.set("email", mail(number));
            let named = NameKey::of_username(&self.rules, &user.username);
            let (keys, code) = (self.app.keys.digests(), Code::from_text(CODE));
            let contact = Contact { value: mail(number), ..self.code.contact.clone() };
            let now = self.app.clock.now();
            let code = PendingCode::new(keys, &id, sub, Purpose::SignUp, &code, contact, now);
            records.push((Key::name(&named), Record::Name(sub.clone())));
            records.push((Key::code(sub, Purpose::SignUp), Record::Code(code)));
            records.push((Key::user(sub), Record::User(user)));
            if records.len() >= BATCH {
                self.app.store.put(&id, std::mem::take(&mut records)).await?;
            }
        }
        if !records.is_empty() {
            self.app.store.put(&id, records).await?;
        }
        Ok(())
    }

    /// Waits until the message of the first user was handled, so that nothing else is written meanwhile.
    pub(crate) async fn settle(&self) {
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}
