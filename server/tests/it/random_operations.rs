//! Random operations by several callers at once on a few users who want the same addresses; afterwards the store must
//! make sense. In both stores, and in pools of each kind.
//!
//! What must always hold is in [`Contents`]. Two at a time, each pair looked at closely, are in [`crate::races`].

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
        run(&InterceptedStore::in_memory(), seed).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn random_operations_in_sqlite_leave_a_consistent_store() {
    for seed in 100..104 {
        let (store, _folder) = InterceptedStore::in_sqlite();
        run(&store, seed).await;
    }
}

/// Lets the callers loose, and looks at what is left.
async fn run(store: &InterceptedStore, seed: u64) {
    let test_pool = TestPool::new(store, seed).await;
    let callers = (0..CALLERS).map(|caller| {
        let (test_pool, dice) = (test_pool.clone(), Dice(Entropy::fake(1_000 * seed + caller)));
        tokio::spawn(async move {
            for _ in 0..STEPS {
                test_pool.step(&dice).await;
            }
        })
    });
    for caller in callers.collect::<Vec<_>>() {
        caller.await.expect("no panic");
    }
    Contents::of(store, &test_pool.pool).await.assert_sense(seed);
}

struct Dice(Entropy);

impl Dice {
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

/// A pool and an app client in it.
#[derive(Clone)]
struct TestPool {
    inside: InProcessService,
    pool: String,
    client: String,
    /// Whether users are named by their addresses.
    by_address: bool,
}

impl TestPool {
    async fn new(store: &InterceptedStore, seed: u64) -> Self {
        let inside = InProcessService::new(store.app());
        let by_address = seed % 2 == 1;
        let mut pool = json!({
            "PoolName": "p",
            "AutoVerifiedAttributes": ["email"],
            "Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}},
        });
        let names = if by_address { "UsernameAttributes" } else { "AliasAttributes" };
        pool[names] = json!(["email"]);
        let pool = id(&inside.done(Operation::CreateUserPool, &pool).await["UserPool"]["Id"]);
        let client = json!({"UserPoolId": pool, "ClientName": "c", "ExplicitAuthFlows": ["ALLOW_USER_AUTH"]});
        let client = inside.done(Operation::CreateUserPoolClient, &client).await;
        let client = id(&client["UserPoolClient"]["ClientId"]);
        Self { inside, pool, client, by_address }
    }

    /// One random operation. Whether it is refused does not matter; that it fails would.
    async fn step(&self, dice: &Dice) {
        if dice.below(20) == 0 {
            self.inside.app.clock.advance(Duration::from_secs(10 * 60));
        }
        let (operation, input) = self.choose(dice);
        let answer = self.inside.call(operation, &input).await;
        assert!([200, 400].contains(&answer.status), "{operation:?} {input}: {answer:?}");
    }

    fn choose(&self, dice: &Dice) -> (Operation, Value) {
        let email = dice.email();
        let username = if self.by_address { email.clone() } else { dice.username() };
        let public = json!({"ClientId": self.client, "Username": username});
        let admin = json!({"UserPoolId": self.pool, "Username": username});
        let attributes = json!([{"Name": "email", "Value": email}]);
        match dice.below(8) {
            0 | 1 => (Operation::SignUp, with(public, json!({"UserAttributes": attributes}))),
            2..=4 => {
                let code = if dice.below(4) == 0 { "none".into() } else { self.newest_code(&username) };
                let force = dice.below(2) == 0;
                let input = with(public, json!({"ConfirmationCode": code, "ForceAliasCreation": force}));
                (Operation::ConfirmSignUp, input)
            }
            5 => (Operation::ResendConfirmationCode, public),
            6 if dice.below(6) == 0 => (Operation::AdminConfirmSignUp, admin),
            _ => (Operation::AdminGetUser, admin),
        }
    }

    /// The code that was sent last to somebody of this name or address, if there was one.
    fn newest_code(&self, typed: &str) -> String {
        let inbox = self.inside.app.inbox.as_ref().expect("tests have an inbox");
        let wanted = Some(typed.to_owned());
        let (username, to) = if self.by_address { (None, wanted) } else { (wanted, None) };
        let messages = inbox.messages(&Filter { username, to, ..Filter::default() });
        messages.first().map_or_else(|| "none".to_owned(), |message| message.code.clone())
    }
}

/// An input with more members.
fn with(mut input: Value, more: Value) -> Value {
    if let (Value::Object(input), Value::Object(more)) = (&mut input, more) {
        input.extend(more);
    }
    input
}

/// All that a pool holds.
struct Contents {
    pool: Pool,
    users: BTreeMap<Sub, User>,
    names: BTreeMap<Key, Sub>,
    /// Keys of codes and counters.
    beside: Vec<Key>,
    messages: usize,
}

impl Contents {
    async fn of(store: &InterceptedStore, pool: &str) -> Self {
        let id = PoolId::new(pool);
        let of = |kind| store.all(&id, kind);
        let mut contents = Self {
            pool: store.pool(&id).await,
            users: BTreeMap::new(),
            names: BTreeMap::new(),
            beside: Vec::new(),
            messages: of(Kind::Outbox).await.len(),
        };
        for kind in [Kind::User, Kind::Name, Kind::Code, Kind::Attempts] {
            for stored in of(kind).await {
                match stored.record {
                    Record::User(user) => drop(contents.users.insert(user.sub.clone(), user)),
                    Record::Name(owner) => drop(contents.names.insert(stored.key, owner)),
                    _ => contents.beside.push(stored.key),
                }
            }
        }
        contents
    }

    fn assert_sense(&self, seed: u64) {
        assert!(!self.users.is_empty(), "seed {seed}: nothing happened");
        // Every name leads to a user who has it, every user has every name that is due, and so no two have one.
        let due: BTreeMap<Key, Sub> = self.users.values().flat_map(|user| self.names_of(user)).collect();
        assert_eq!(self.names, due, "seed {seed}");
        let count: usize = self.users.values().map(|user| self.names_of(user).len()).sum();
        assert_eq!(self.names.len(), count, "seed {seed}: two users have one name");
        // Nothing lies beside nobody, and no sign-up code beside somebody who has signed up.
        for key in &self.beside {
            let (of, purpose) = key.id().split_once(':').expect("whose, and what for");
            let user = self.users.get(&Sub::new(of));
            let user = user.unwrap_or_else(|| panic!("seed {seed}: {key:?} lies beside nobody"));
            let is_for_sign_up = key.kind() == Kind::Code && purpose == Purpose::SignUp.as_str();
            assert!(
                !is_for_sign_up || user.status == Status::Unconfirmed,
                "seed {seed}: {key:?} of {user:?}"
            );
        }
        assert_eq!(self.messages, 0, "seed {seed}: everything was sent");
    }

    /// The names that lead to a user, as its attributes say.
    fn names_of(&self, user: &User) -> BTreeSet<(Key, Sub)> {
        let mut names = alias::names_from_the_start(&self.pool, &user.username, &user.attributes);
        for kind in [ContactKind::Email, ContactKind::PhoneNumber] {
            let verified = user.attributes.contact(kind).filter(|_| user.attributes.is_verified(kind));
            names.extend(verified.and_then(|one| alias::alias_of_verified(&self.pool, kind, &one.value)));
        }
        if self.pool.is_alias(NameKind::PreferredUsername)
            && let Some(preferred) = user.attributes.get("preferred_username")
        {
            names.push(alias::NameKey::new(&self.pool, NameKind::PreferredUsername, preferred));
        }
        names.iter().map(|name| (Key::name(name), user.sub.clone())).collect()
    }
}
