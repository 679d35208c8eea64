//! Random operations by several concurrent callers on a few users with conflicting e-mail addresses, on each store and in
//! pools with aliases and with addresses as usernames.
//!
//! Afterwards the store must satisfy the invariants in [`Contents::assert_consistent`]. Pairs of concurrent operations with
//! their expected results are in [`crate::races`].

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use lido::{
    delivery::Filter,
    entropy::Entropy,
    operations::Operation,
    store::{Key, Kind, Record},
};
use lido_domain::{
    attribute::contact::ContactKind,
    code::Purpose,
    id::{PoolId, Sub},
    pool::{
        Pool,
        alias::{self, NameKind},
    },
    user::{Status, User},
};
use serde_json::{Value, json};

use crate::support::{
    intercepted_store::InterceptedStore,
    json_requests::{InProcessService, id},
};

const CALLERS: u64 = 6;
const STEPS: usize = 150;
const USERS: u64 = 5;
const ADDRESSES: u64 = 3;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn random_operations_in_memory_leave_a_consistent_store() {
    for seed in 0..12 {
        run(&InterceptedStore::yielding_in_memory(), seed).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn random_operations_in_sqlite_leave_a_consistent_store() {
    for seed in 100..104 {
        let (store, _folder) = InterceptedStore::yielding_in_sqlite();
        run(&store, seed).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn random_operations_in_postgres_leave_a_consistent_store() {
    for seed in 200..204 {
        let Some(store) = InterceptedStore::yielding_in_postgres().await else { return };
        run(&store, seed).await;
    }
}

/// Runs the callers and then checks the store.
async fn run(store: &InterceptedStore, seed: u64) {
    let test_pool = TestPool::new(store, seed).await;
    let callers = (0..CALLERS).map(|caller| {
        let (test_pool, choices) = (test_pool.clone(), Choices(Entropy::fake(1_000 * seed + caller)));
        tokio::spawn(async move {
            for _ in 0..STEPS {
                test_pool.step(&choices).await;
            }
        })
    });
    for caller in callers.collect::<Vec<_>>() {
        caller.await.expect("no panic");
    }
    Contents::of(store, &test_pool.pool).await.assert_consistent(seed);
}

/// A source of random choices.
struct Choices(Entropy);

impl Choices {
    /// Returns a number below `bound`.
    fn below(&self, bound: u64) -> u64 {
        u64::from_be_bytes(self.0.bytes().expect("bytes")) % bound
    }

    fn username(&self) -> String {
        format!("ann{}", self.below(USERS))
    }

    fn email(&self) -> String {
        format!("ann{}@example.com", self.below(ADDRESSES))
    }
}

/// A service with a pool and an app client. Clones share it.
#[derive(Clone)]
struct TestPool {
    service: InProcessService,
    pool: String,
    client: String,
    /// Whether e-mail addresses are usernames, and not aliases.
    has_email_usernames: bool,
}

impl TestPool {
    async fn new(store: &InterceptedStore, seed: u64) -> Self {
        let service = InProcessService::new(store.app());
        let has_email_usernames = seed % 2 == 1;
        let mut pool = json!({
            "PoolName": "p",
            "AutoVerifiedAttributes": ["email"],
            "Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}},
        });
        let names = if has_email_usernames { "UsernameAttributes" } else { "AliasAttributes" };
        pool[names] = json!(["email"]);
        let pool = id(&service.expect_output(Operation::CreateUserPool, &pool).await["UserPool"]["Id"]);
        let client = json!({"UserPoolId": pool, "ClientName": "c", "ExplicitAuthFlows": ["ALLOW_USER_AUTH"]});
        let client = service.expect_output(Operation::CreateUserPoolClient, &client).await;
        let client = id(&client["UserPoolClient"]["ClientId"]);
        Self { service, pool, client, has_email_usernames }
    }

    /// Performs one random operation, which may be refused but must not fail.
    async fn step(&self, choices: &Choices) {
        if choices.below(20) == 0 {
            self.service.app.clock.advance(Duration::from_secs(10 * 60));
        }
        let (operation, input) = self.choose(choices);
        let response = self.service.call(operation, &input).await;
        assert!([200, 400].contains(&response.status), "{operation:?} {input}: {response:?}");
    }

    /// Chooses an operation and its input.
    fn choose(&self, choices: &Choices) -> (Operation, Value) {
        let email = choices.email();
        let username = if self.has_email_usernames { email.clone() } else { choices.username() };
        let public = json!({"ClientId": self.client, "Username": username});
        let admin = json!({"UserPoolId": self.pool, "Username": username});
        let attributes = json!([{"Name": "email", "Value": email}]);
        match choices.below(8) {
            0 | 1 => (Operation::SignUp, merge(public, json!({"UserAttributes": attributes}))),
            2..=4 => {
                let code = if choices.below(4) == 0 { "none".into() } else { self.newest_code(&username) };
                let force = choices.below(2) == 0;
                let input = merge(public, json!({"ConfirmationCode": code, "ForceAliasCreation": force}));
                (Operation::ConfirmSignUp, input)
            }
            5 => (Operation::ResendConfirmationCode, public),
            6 if choices.below(6) == 0 => (Operation::AdminConfirmSignUp, admin),
            _ => (Operation::AdminGetUser, admin),
        }
    }

    /// Returns the code of the last message to this username or address, or `none`.
    fn newest_code(&self, username_or_email: &str) -> String {
        let inbox = self.service.app.inbox.as_ref().expect("tests have an inbox");
        let name = Some(username_or_email.to_owned());
        let (username, to) = if self.has_email_usernames { (None, name) } else { (name, None) };
        let messages = inbox.messages(&Filter { username, to, ..Filter::default() });
        messages.first().map_or_else(|| "none".to_owned(), |message| message.code.clone())
    }
}

/// Returns an input with more members.
fn merge(mut input: Value, more: Value) -> Value {
    if let (Value::Object(input), Value::Object(more)) = (&mut input, more) {
        input.extend(more);
    }
    input
}

/// The records of a pool.
struct Contents {
    pool: Pool,
    users: BTreeMap<Sub, User>,
    names: BTreeMap<Key, Sub>,
    /// The keys of the users' codes and counters.
    user_records: Vec<Key>,
    messages: usize,
}

impl Contents {
    /// Reads the records of a pool.
    async fn of(store: &InterceptedStore, pool: &str) -> Self {
        let id = PoolId::new(pool);
        let of = |kind| store.list_records(&id, kind);
        let mut contents = Self {
            pool: store.get_pool(&id).await,
            users: BTreeMap::new(),
            names: BTreeMap::new(),
            user_records: Vec::new(),
            messages: of(Kind::Outbox).await.len() + of(Kind::SmsOutbox).await.len(),
        };
        for kind in [Kind::User, Kind::Name, Kind::Code, Kind::Attempts] {
            for stored in of(kind).await {
                match stored.record {
                    Record::User(user) => drop(contents.users.insert(user.sub.clone(), user)),
                    Record::Name(owner) => drop(contents.names.insert(stored.key, owner)),
                    _ => contents.user_records.push(stored.key),
                }
            }
        }
        contents
    }

    fn assert_consistent(&self, seed: u64) {
        assert!(!self.users.is_empty(), "seed {seed}: no user was created");
        // Each name belongs to the user whose attributes have it, and no name is missing.
        let expected: BTreeMap<Key, Sub> = self.users.values().flat_map(|user| self.names_of(user)).collect();
        assert_eq!(self.names, expected, "seed {seed}");
        let count: usize = self.users.values().map(|user| self.names_of(user).len()).sum();
        assert_eq!(self.names.len(), count, "seed {seed}: two users have one name");
        // Each code and counter belongs to a user, and no confirmed user has a code for sign-up.
        for key in &self.user_records {
            let (sub, purpose) = key.id().split_once(':').expect("a sub and a purpose");
            let user = self.users.get(&Sub::new(sub));
            let user = user.unwrap_or_else(|| panic!("seed {seed}: {key:?} belongs to no user"));
            let is_for_sign_up = key.kind() == Kind::Code && purpose == Purpose::SignUp.as_str();
            assert!(
                !is_for_sign_up || user.status == Status::Unconfirmed,
                "seed {seed}: {key:?} of {user:?}"
            );
        }
        assert_eq!(self.messages, 0, "seed {seed}: unsent messages");
    }

    /// Returns the keys of the names that must lead to a user, by its attributes.
    fn names_of(&self, user: &User) -> BTreeSet<(Key, Sub)> {
        let mut names = alias::initial_names(&self.pool, &user.username, &user.attributes);
        for kind in [ContactKind::Email, ContactKind::PhoneNumber] {
            let verified = user.attributes.contact(kind).filter(|_| user.attributes.is_verified(kind));
            names
                .extend(verified.and_then(|one| alias::verified_contact_alias(&self.pool, kind, &one.value)));
        }
        if self.pool.is_alias(NameKind::PreferredUsername)
            && let Some(preferred) = user.attributes.get("preferred_username")
        {
            names.push(alias::NameKey::new(&self.pool, NameKind::PreferredUsername, preferred));
        }
        names.iter().map(|name| (Key::name(name), user.sub.clone())).collect()
    }
}
