//! Read, decide, remember: the steps of a handler without the wire, in both stores, also when many come at once.
//!
//! A handler does what these functions do, and in between speaks the protocol. Look here for how the pieces fit.

use std::{collections::BTreeSet, sync::Arc};

use lido_domain::{
    Refusal, Timestamp,
    attribute::{Given, contact::ContactKind},
    client::Client,
    code::{Code, Purpose},
    flow::{
        self,
        sign_up::{self, admin_confirm_sign_up, confirm_sign_up, resend_confirmation_code},
    },
    id::{ClientId, PoolId, Sub, Username},
    pool::{
        Pool, SignInNames,
        alias::{self, NameKind},
    },
    secret::Secret,
    sign_in::{session::SessionHandle, srp::Verifier},
    user::{Status, User, attempt::Act},
};
use zeroize::Zeroizing;

use crate::{
    clock::Clock,
    delivery::{Attempted, Filter, Inbox, NoIntervention, Outbox, template::DefaultTemplates},
    entropy::Entropy,
    keys::Keys,
    store::{
        Beside, Caller, Cause, ClientRecord, Key, PoolRecord, Record, Store, StoreError, UserQuery, Write,
        memory::MemoryBackend, sqlite::SqliteBackend,
    },
};

/// What a handler will find in `App`.
#[derive(Clone)]
struct House {
    store: Store,
    keys: Arc<Keys>,
    clock: Clock,
    entropy: Entropy,
    inbox: Inbox,
    outbox: Outbox,
}

const PASSWORD: &str = "Passw0rd!";

fn pool_id() -> PoolId {
    PoolId::new("us-east-1_abcdefghi")
}

fn client_id() -> ClientId {
    ClientId::new("web")
}

impl House {
    /// A house with an alias pool that verifies e-mail, and one app client.
    async fn new(store: Store) -> Self {
        let (entropy, clock) = (Entropy::fake(1), Clock::frozen(Timestamp::from_millis(1_000_000)));
        let keys = Arc::new(Keys::new(Zeroizing::new([1; 32]), vec![], entropy.clone()));
        let mut pool = Pool::new(pool_id());
        pool.auto_verified = BTreeSet::from([ContactKind::Email]);
        pool.names = SignInNames::Aliases(BTreeSet::from([NameKind::Email]));
        let at = clock.now();
        let (name, settings) = ("p".to_owned(), serde_json::json!({}));
        let client = ClientRecord {
            client: Client::new(client_id()),
            name: name.clone(),
            settings: settings.clone(),
            created_at: at,
            modified_at: at,
        };
        let pool =
            PoolRecord { pool, name, settings, tags: Default::default(), created_at: at, modified_at: at };
        let made = vec![
            Write::Put(Key::pool(), Record::Pool(pool.into())),
            Write::Put(Key::client(&client_id()), Record::Client(client.into())),
        ];
        store.commit(&pool_id(), vec![], made).await.expect("made");
        let inbox = Inbox::new();
        let templates = Arc::new(DefaultTemplates);
        let outbox = Outbox::new(
            store.clone(),
            keys.clone(),
            clock.clone(),
            Arc::new(inbox.clone()),
            templates,
            Arc::new(NoIntervention),
        );
        Self { store, keys, clock, entropy, inbox, outbox }
    }

    fn caller<'a>(&'a self, found: &'a Caller) -> flow::Caller<'a> {
        flow::Caller {
            pool: &found.pool.pool,
            client: &found.client.client,
            secrets: &[],
            secret_hash: None,
            digest_keys: self.keys.digests(),
        }
    }

    fn query(&self, caller: &flow::Caller<'_>, typed: &str, act: Act) -> UserQuery {
        UserQuery {
            candidates: alias::candidates(caller.pool, typed),
            beside: vec![Beside::Code(Purpose::SignUp), Beside::Attempts(act)],
            otherwise: Some(caller.simulated_sub(typed)),
        }
    }

    async fn sign_up(&self, username: &str, email: &str) -> Result<User, Refusal> {
        // Once a request: random bytes, the trigger's reply, the password's verifier.
        let new_sub = Sub::generate(&self.entropy.bytes().expect("random"));
        let code = Code::from_random(&self.entropy.bytes().expect("random"));
        let session = SessionHandle::generate(&self.entropy.bytes().expect("random"));
        let salt = self.entropy.bytes().expect("random");
        let attributes = [Given { name: "email".into(), value: Some(email.into()) }];
        let password = Secret::new(PASSWORD);
        let reply = sign_up::PreSignUpReply::default();
        let mut credential = None;
        loop {
            let now = self.clock.now();
            let read = self.store.find_caller(&client_id()).await.expect("read").expect("there");
            let caller = self.caller(&read.value);
            let asked = sign_up::SignUp { username, password: Some(&password), attributes: &attributes };
            let admitted = sign_up::admit(&caller, &asked, new_sub.clone())?;
            if let (None, Some(password)) = (&credential, &admitted.password) {
                let verifier = Verifier::derive(&pool_id(), &admitted.username, password, salt);
                let sealed = self.keys.seal_verifier(&pool_id(), &admitted.sub, &verifier);
                credential = Some(sealed.expect("sealed"));
            }
            let names = sign_up::names_wanted(caller.pool, &admitted, reply);
            let as_sub = Sub::new(username);
            let holders = self.store.read_holders(&pool_id(), &names, Some(&as_sub)).await.expect("read");
            let prepared = sign_up::Prepared {
                credential: credential.clone(),
                code: code.clone(),
                session: session.clone(),
            };
            let verdict = sign_up::create(&caller, &admitted, reply, &holders.users, &prepared, now);
            let expects = [read.expects, holders.expects].concat();
            match self
                .store
                .remember(&self.keys, &pool_id(), expects, verdict.remember, &Cause::default(), now)
                .await
            {
                Ok(rows) => {
                    for row in rows {
                        assert_eq!(self.outbox.send_now(&pool_id(), &row).await, Ok(Attempted::Sent));
                    }
                    return verdict.answer.map(|signed_up| signed_up.user);
                }
                Err(StoreError::Conflict) => {}
                Err(error) => panic!("{error}"),
            }
        }
    }

    async fn confirm(&self, username: &str, code: &str, force_alias: bool) -> Result<User, Refusal> {
        let session = SessionHandle::generate(&self.entropy.bytes().expect("random"));
        loop {
            let now = self.clock.now();
            let read = self.store.find_caller(&client_id()).await.expect("read").expect("there");
            let caller = self.caller(&read.value);
            let query = self.query(&caller, username, Act::ConfirmSignUp);
            let reading = self.store.read_user(&pool_id(), &query).await.expect("read");
            let wanted = confirm_sign_up::alias_wanted(caller.pool, &reading.found());
            let names: Vec<_> = wanted.iter().cloned().collect();
            let holders = match self.store.read_holders(&pool_id(), &names, None).await {
                Err(StoreError::Conflict) => continue,
                other => other.expect("read"),
            };
            let asked = confirm_sign_up::Confirm {
                username,
                code,
                force_alias,
                session: confirm_sign_up::Presented::Nothing,
            };
            let holder = wanted.as_ref().and_then(|name| holders.users.get(name));
            let verdict = confirm_sign_up::confirm(&caller, &asked, &reading.found(), holder, &session, now);
            let expects = [read.expects, reading.expects, holders.expects].concat();
            match self
                .store
                .remember(&self.keys, &pool_id(), expects, verdict.remember, &Cause::default(), now)
                .await
            {
                Ok(_) => return verdict.answer.map(|confirmed| confirmed.user),
                Err(StoreError::Conflict) => {}
                Err(error) => panic!("{error}"),
            }
        }
    }

    async fn resend(&self, username: &str) -> Result<(), Refusal> {
        let code = Code::from_random(&self.entropy.bytes().expect("random"));
        loop {
            let now = self.clock.now();
            let read = self.store.find_caller(&client_id()).await.expect("read").expect("there");
            let caller = self.caller(&read.value);
            let query = self.query(&caller, username, Act::ResendConfirmationCode);
            let reading = self.store.read_user(&pool_id(), &query).await.expect("read");
            let verdict = resend_confirmation_code::resend(&caller, username, &reading.found(), &code, now);
            let expects = [read.expects, reading.expects].concat();
            match self
                .store
                .remember(&self.keys, &pool_id(), expects, verdict.remember, &Cause::default(), now)
                .await
            {
                Ok(rows) => {
                    for row in rows {
                        assert_eq!(self.outbox.send_now(&pool_id(), &row).await, Ok(Attempted::Sent));
                    }
                    return verdict.answer.map(drop);
                }
                Err(StoreError::Conflict) => {}
                Err(error) => panic!("{error}"),
            }
        }
    }

    async fn admin_confirm(&self, username: &str) -> Result<User, Refusal> {
        loop {
            let now = self.clock.now();
            let pool = self.store.read_pool(&pool_id()).await.expect("read").expect("there");
            let candidates = alias::candidates(&pool.value.pool, username);
            let query = UserQuery { candidates, beside: vec![], otherwise: None };
            let reading = self.store.read_user(&pool_id(), &query).await.expect("read");
            let verdict = admin_confirm_sign_up::admin_confirm(reading.user.as_ref(), None, now);
            let expects = [pool.expects, reading.expects].concat();
            match self
                .store
                .remember(&self.keys, &pool_id(), expects, verdict.remember, &Cause::default(), now)
                .await
            {
                Ok(_) => return verdict.answer.map(|confirmed| confirmed.user),
                Err(StoreError::Conflict) => {}
                Err(error) => panic!("{error}"),
            }
        }
    }

    fn code_of(&self, username: &str) -> String {
        let filter = Filter { username: Some(username.to_owned()), ..Filter::default() };
        self.inbox.messages(&filter).first().expect("a message").code.clone()
    }

    async fn user(&self, typed: &str) -> Option<User> {
        let pool = self.store.read_pool(&pool_id()).await.expect("read").expect("there");
        let candidates = alias::candidates(&pool.value.pool, typed);
        let query = UserQuery { candidates, beside: vec![], otherwise: None };
        self.store.read_user(&pool_id(), &query).await.expect("read").user
    }
}

/// Each case in each store.
macro_rules! in_both_stores {
    ($($case:ident)*) => {
        mod in_memory {
            use super::*;
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    super::$case(House::new(Store::new(MemoryBackend::default())).await).await;
                }
            )*
        }
        mod in_sqlite {
            use super::*;
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    let folder = tempfile::tempdir().expect("a folder");
                    let backend = SqliteBackend::open(&folder.path().join("lido.db")).expect("opens");
                    super::$case(House::new(Store::new(backend)).await).await;
                }
            )*
        }
    };
}

in_both_stores! {
    a_user_signs_up_and_confirms
    a_resend_makes_the_earlier_code_invalid
    wrong_codes_are_counted_across_requests
    nothing_of_a_password_or_code_is_stored_in_clear
    one_of_many_sign_ups_gets_the_name
    one_of_many_confirmations_gets_the_alias
    a_code_is_used_once
    a_resend_racing_a_confirmation_leaves_one_truth
}

async fn a_user_signs_up_and_confirms(house: House) {
    let ann = house.sign_up("ann", "ann@example.com").await.expect("signed up");
    assert_eq!(house.user("ann@example.com").await, None, "an unverified alias leads nowhere");
    let code = house.code_of("ann");
    assert_eq!(house.confirm("ann", "nonsense", false).await, Err(Refusal::CodeMismatch));
    let confirmed = house.confirm("ann", &code, false).await.expect("confirmed");
    assert_eq!(confirmed.status, Status::Confirmed);
    for typed in ["ann", "ann@example.com", ann.sub.as_str()] {
        assert_eq!(house.user(typed).await.as_ref(), Some(&confirmed), "{typed}");
    }
    assert_eq!(house.confirm("ann", &code, false).await, Err(Refusal::NotUnconfirmed(Status::Confirmed)));
    assert_eq!(house.admin_confirm("ann").await, Err(Refusal::NotUnconfirmed(Status::Confirmed)));
    let sealed = confirmed.credential.expect("sealed");
    let verifier = house.keys.open_verifier(&pool_id(), &confirmed.sub, &sealed).expect("opens");
    assert!(verifier.is_password(&pool_id(), &Username::new("ann"), &Secret::new(PASSWORD)));

    house.sign_up("bob", "bob@example.com").await.expect("signed up");
    let bob = house.admin_confirm("bob").await.expect("confirmed");
    assert!(!bob.attributes.is_verified(ContactKind::Email));
    assert_eq!(house.user("bob@example.com").await, None);
    assert_eq!(house.admin_confirm("nobody").await, Err(Refusal::UserNotFound));
}

async fn a_resend_makes_the_earlier_code_invalid(house: House) {
    // cog-0031
    house.sign_up("ann", "ann@example.com").await.expect("signed up");
    let first = house.code_of("ann");
    house.resend("ann").await.expect("resent");
    let second = house.code_of("ann");
    assert_ne!(first, second);
    assert_eq!(house.confirm("ann", &first, false).await, Err(Refusal::CodeMismatch));
    assert!(house.confirm("ann", &second, false).await.is_ok());
}

async fn wrong_codes_are_counted_across_requests(house: House) {
    house.sign_up("ann", "ann@example.com").await.expect("signed up");
    // All at once: every one of them counts, and not one more is let through.
    let guesses = (0..40).map(|_| {
        let house = house.clone();
        tokio::spawn(async move { house.confirm("ann", "nonsense", false).await })
    });
    let (mut mismatches, mut limited) = (0, 0);
    for guess in guesses.collect::<Vec<_>>() {
        match guess.await.expect("no panic") {
            Err(Refusal::CodeMismatch) => mismatches += 1,
            Err(Refusal::TooManyAttempts) => limited += 1,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((mismatches, limited), (15, 25));
    let code = house.code_of("ann");
    assert_eq!(house.confirm("ann", &code, false).await, Err(Refusal::TooManyAttempts));
    house.clock.advance(std::time::Duration::from_secs(60 * 60));
    assert!(house.confirm("ann", &code, false).await.is_ok());
}

async fn nothing_of_a_password_or_code_is_stored_in_clear(house: House) {
    house.sign_up("ann", "ann@example.com").await.expect("signed up");
    let (user, code) = (house.user("ann").await.expect("there"), house.code_of("ann"));
    let written = format!("{:?}{}", user, serde_json::to_string(&user).expect("JSON"));
    assert!(!written.contains(PASSWORD) && !written.contains(&code));
    assert_eq!(house.store.due_messages(house.clock.now(), 9).await, Ok(vec![]), "sent and erased");
}

async fn one_of_many_sign_ups_gets_the_name(house: House) {
    let racers = (0..8).map(|number| {
        let house = house.clone();
        tokio::spawn(async move { house.sign_up("ann", &format!("ann{number}@example.com")).await })
    });
    let mut winners = 0;
    for racer in racers.collect::<Vec<_>>() {
        match racer.await.expect("no panic") {
            Ok(_) => winners += 1,
            Err(refusal) => assert_eq!(refusal, Refusal::NameTaken(NameKind::Username)),
        }
    }
    assert_eq!(winners, 1);
    assert_eq!(house.store.list_users(&pool_id(), None, 9).await.expect("read").len(), 1);
}

async fn one_of_many_confirmations_gets_the_alias(house: House) {
    let mut codes = Vec::new();
    for number in 0..8 {
        let username = format!("ann{number}");
        house.sign_up(&username, "ann@example.com").await.expect("signed up");
        codes.push((house.code_of(&username), username));
    }
    let racers = codes.clone().into_iter().map(|(code, username)| {
        let house = house.clone();
        tokio::spawn(async move { house.confirm(&username, &code, false).await })
    });
    let mut winners = Vec::new();
    for racer in racers.collect::<Vec<_>>() {
        match racer.await.expect("no panic") {
            Ok(winner) => winners.push(winner),
            Err(refusal) => assert_eq!(refusal, Refusal::AliasTaken(NameKind::Email)),
        }
    }
    assert_eq!(winners.len(), 1);
    assert_eq!(house.user("ann@example.com").await.as_ref(), winners.first());

    // Forced, all may have it, one after the other; in the end one holds it and one alone is verified.
    for (code, username) in codes.into_iter().filter(|(_, name)| *name != winners[0].username.as_str()) {
        house.confirm(&username, &code, true).await.expect("forced");
    }
    let users = house.store.list_users(&pool_id(), None, 99).await.expect("read");
    let verified: Vec<_> =
        users.iter().filter(|user| user.attributes.is_verified(ContactKind::Email)).collect();
    assert_eq!(verified.len(), 1);
    assert_eq!(house.user("ann@example.com").await.as_ref(), verified.first().copied());
}

async fn a_code_is_used_once(house: House) {
    house.sign_up("ann", "ann@example.com").await.expect("signed up");
    let code = house.code_of("ann");
    let racers = (0..8).map(|_| {
        let (house, code) = (house.clone(), code.clone());
        tokio::spawn(async move { house.confirm("ann", &code, false).await })
    });
    let mut winners = 0;
    for racer in racers.collect::<Vec<_>>() {
        match racer.await.expect("no panic") {
            Ok(_) => winners += 1,
            Err(refusal) => assert_eq!(refusal, Refusal::NotUnconfirmed(Status::Confirmed)),
        }
    }
    assert_eq!(winners, 1);
}

async fn a_resend_racing_a_confirmation_leaves_one_truth(house: House) {
    for round in 0..20 {
        let username = format!("ann{round}");
        house.sign_up(&username, &format!("{username}@example.com")).await.expect("signed up");
        let code = house.code_of(&username);
        let (confirmed, resent) =
            tokio::join!(house.confirm(&username, &code, false), house.resend(&username));
        match (confirmed, resent) {
            // The resend came first and took the code away.
            (Err(Refusal::CodeMismatch), Ok(())) => {
                let code = house.code_of(&username);
                assert!(house.confirm(&username, &code, false).await.is_ok());
            }
            // The confirmation came first, and there was nothing left to send.
            (Ok(_), Err(Refusal::AlreadyConfirmed)) => {}
            other => panic!("{other:?}"),
        }
    }
}
