//! Pairs of concurrent requests, many times on each store: exactly one succeeds, the other is refused with the right error,
//! and the stored result is that of one after the other.
//!
//! Requests call the service without a socket, on a store whose calls yield, so that the two interleave in every order.
//! `LIDO_RACES` sets how many times each race is run; the default is 100, and CI runs 2,000. Longer sequences of more
//! operations are in [`crate::random_operations`].

use std::{
    collections::BTreeMap,
    future::Future,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use lido::{app::App, clock::Clock, delivery::Filter, entropy::Entropy, operations::Operation};
use lido_domain::Timestamp;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::{
    intercepted_store::InterceptedStore,
    json_requests::{InProcessService, JsonResponse, id},
};

/// How many races run at a time. Concurrent commits share a write to the disk, which makes the suite faster.
const CONCURRENT_RACES: usize = 64;
const ALIAS_TAKEN: &str = "An account with the given email already exists.";
const CONFIRMED: &str = "User cannot be confirmed. Current status is CONFIRMED";
const MISMATCH: &str = "Invalid verification code provided, please try again.";

/// How many times each race is run without `LIDO_RACES`.
const RACES: usize = 100;

/// The most times that each race is run in PostgreSQL: the database does most of the work, and CI has two cores.
const MAX_RACES_IN_POSTGRES: usize = 500;

/// Defines a test of each race on each store.
macro_rules! races {
    ($($race:ident)*) => {
        mod in_memory {
            use super::*;
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $race() {
                    run(InterceptedStore::yielding_in_memory(), super::$race).await;
                }
            )*
        }
        mod in_sqlite {
            use super::*;
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $race() {
                    let (store, _folder) = InterceptedStore::yielding_in_sqlite();
                    run(store, super::$race).await;
                }
            )*
        }
        mod in_postgres {
            use super::*;
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $race() {
                    let Some(store) = InterceptedStore::yielding_in_postgres().await else { return };
                    run_times(store, race_count().min(MAX_RACES_IN_POSTGRES), super::$race).await;
                }
            )*
        }
    };
}

races! {
    confirmations_by_user_and_administrator_succeed_once
    confirmations_of_one_alias_succeed_once
    confirmations_with_one_code_succeed_once
    forced_confirmations_of_one_alias_both_succeed
    resend_and_confirmation_succeed_once
    sign_ups_with_one_username_succeed_once
    username_and_preferred_username_of_two_users_succeed_once
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_wrong_codes_are_all_counted_in_memory() {
    concurrent_wrong_codes_are_all_counted(InterceptedStore::yielding_in_memory()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_wrong_codes_are_all_counted_in_sqlite() {
    let (store, _folder) = InterceptedStore::yielding_in_sqlite();
    concurrent_wrong_codes_are_all_counted(store).await;
}

/// Every wrong code is counted, and no more codes are compared than the limit allows (cog-0014).
async fn concurrent_wrong_codes_are_all_counted(store: InterceptedStore) {
    let fixture = RaceFixture::new(&store).await;
    let code = fixture.sign_up_user("ann", "ann@example.com").await;
    let mut guesses = JoinSet::new();
    for _ in 0..40 {
        let (service, (operation, input)) = (fixture.service.clone(), fixture.confirm("ann", "000", false));
        guesses.spawn(async move { service.call(operation, &input).await.refusal().1 });
    }
    let mut responses = BTreeMap::<_, usize>::new();
    while let Some(kind) = guesses.join_next().await {
        *responses.entry(kind.expect("no panic")).or_default() += 1;
    }
    let expected = [("CodeMismatchException".to_owned(), 15), ("LimitExceededException".to_owned(), 25)];
    assert_eq!(responses, BTreeMap::from(expected));

    let (operation, input) = fixture.confirm("ann", &code, false);
    let right = fixture.service.call(operation, &input).await;
    assert_eq!(right.refusal().1, "LimitExceededException");
    fixture.service.app.clock.advance(Duration::from_secs(60 * 60));
    let (operation, input) = fixture.confirm("ann", &code, false);
    fixture.service.expect_output(operation, &input).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_wrong_codes_are_all_counted_in_postgres() {
    let Some(store) = InterceptedStore::yielding_in_postgres().await else { return };
    concurrent_wrong_codes_are_all_counted(store).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn refresh_token_without_grace_is_used_once_with_clocks_apart_in_postgres() {
    let Some(store) = InterceptedStore::yielding_in_postgres().await else { return };
    refresh_token_without_grace_is_used_once_with_clocks_apart(
        store,
        race_count().min(MAX_RACES_IN_POSTGRES),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn refresh_token_without_grace_is_used_once_with_clocks_apart_in_memory() {
    let store = InterceptedStore::yielding_in_memory();
    refresh_token_without_grace_is_used_once_with_clocks_apart(store, race_count()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn refresh_token_without_grace_is_used_once_with_clocks_apart_in_sqlite() {
    let (store, _folder) = InterceptedStore::yielding_in_sqlite();
    refresh_token_without_grace_is_used_once_with_clocks_apart(store, race_count()).await;
}

/// Two servers on one store, whose clocks are half a minute apart, get the same refresh token at the same time, again and
/// again. Exactly one renews each token, whichever is first.
async fn refresh_token_without_grace_is_used_once_with_clocks_apart(store: InterceptedStore, races: usize) {
    let ahead = Arc::new(store.app());
    let now = ahead.clock.now();
    let behind = Clock::frozen(Timestamp::from_millis(now.as_millis() - 30_000));
    let behind = App { clock: behind.clone(), entropy: Entropy::fake(99), ..store.app_with_clock(behind) };
    let servers = [InProcessService::with_shared_app(ahead), InProcessService::new(behind)];
    let [one, _] = &servers;
    let pool =
        id(&one.expect_output(Operation::CreateUserPool, &json!({"PoolName": "p"})).await["UserPool"]["Id"]);
    let client = json!({
        "UserPoolId": pool, "ClientName": "c", "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"],
        "RefreshTokenRotation": {"Feature": "ENABLED", "RetryGracePeriodSeconds": 0},
    });
    let client = one.expect_output(Operation::CreateUserPoolClient, &client).await;
    let client = id(&client["UserPoolClient"]["ClientId"]);
    let user = json!({"ClientId": client, "Username": "ann", "Password": "Passw0rd!"});
    one.expect_output(Operation::SignUp, &user).await;
    one.expect_output(Operation::AdminConfirmSignUp, &json!({"UserPoolId": pool, "Username": "ann"})).await;
    let sign_in = json!({
        "ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": {"USERNAME": "ann", "PASSWORD": "Passw0rd!"},
    });
    let signed_in = one.expect_output(Operation::InitiateAuth, &sign_in).await;
    let mut token = id(&signed_in["AuthenticationResult"]["RefreshToken"]);
    for race in 0..races {
        let input = json!({"ClientId": client, "RefreshToken": token});
        let [ahead, behind] = &servers;
        let (one, two) = tokio::join!(
            ahead.call(Operation::GetTokensFromRefreshToken, &input),
            behind.call(Operation::GetTokensFromRefreshToken, &input)
        );
        let renewed: Vec<_> = [&one, &two].into_iter().filter(|answer| answer.status == 200).collect();
        let [renewed] = &*renewed else { panic!("race {race}: {one:?} {two:?}") };
        for answer in [&one, &two].into_iter().filter(|answer| answer.status != 200) {
            assert_eq!(answer.refusal().1, "RefreshTokenReuseException", "race {race}");
        }
        // Afterwards neither takes the old one.
        for server in &servers {
            let again = server.call(Operation::GetTokensFromRefreshToken, &input).await;
            assert_eq!(again.refusal().1, "RefreshTokenReuseException", "race {race}");
        }
        token = id(&renewed.json()["AuthenticationResult"]["RefreshToken"]);
    }
}

/// Returns how many times each race is run.
fn race_count() -> usize {
    std::env::var("LIDO_RACES").map_or(RACES, |races| races.parse().expect("a number"))
}

/// A pool with e-mail addresses as aliases, and an app client. Users sign up without a password, which is faster.
#[derive(Clone)]
struct RaceFixture {
    service: InProcessService,
    pool: String,
    client: String,
}

/// Runs `race` as often as `LIDO_RACES` tells, each time with other users.
async fn run<F>(store: InterceptedStore, race: fn(RaceFixture, usize) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    run_times(store, race_count(), race).await;
}

async fn run_times<F>(store: InterceptedStore, races: usize, race: fn(RaceFixture, usize) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let fixture = RaceFixture::new(&store).await;
    let mut running = JoinSet::new();
    for number in 0..races {
        if running.len() == CONCURRENT_RACES {
            running.join_next().await.expect("a running race").expect("no panic");
        }
        running.spawn(race(fixture.clone(), number));
    }
    while let Some(ended) = running.join_next().await {
        ended.expect("no panic");
    }
    let conflicts = store.interceptor().conflicts.load(Ordering::Relaxed);
    assert!(
        conflicts > races / 20,
        "too few conflicts for a test of concurrency: {conflicts} in {races} races"
    );
}

impl RaceFixture {
    async fn new(store: &InterceptedStore) -> Self {
        let service = InProcessService::new(store.app());
        let factors = json!({"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}});
        let pool = json!({
            "PoolName": "p", "AliasAttributes": ["email", "preferred_username"], "AutoVerifiedAttributes": ["email"],
            "Policies": factors,
        });
        let pool = id(&service.expect_output(Operation::CreateUserPool, &pool).await["UserPool"]["Id"]);
        let client = json!({"UserPoolId": pool, "ClientName": "c", "ExplicitAuthFlows": ["ALLOW_USER_AUTH"]});
        let client = service.expect_output(Operation::CreateUserPoolClient, &client).await;
        let client = id(&client["UserPoolClient"]["ClientId"]);
        Self { service, pool, client }
    }

    /// Sends two requests concurrently; returns their responses in the same order.
    async fn send_both(&self, one: (Operation, Value), two: (Operation, Value)) -> [JsonResponse; 2] {
        let start = |(operation, input): (Operation, Value)| {
            let service = self.service.clone();
            tokio::spawn(async move { service.call(operation, &input).await })
        };
        let (one, two) = (start(one), start(two));
        [one.await.expect("no panic"), two.await.expect("no panic")]
    }

    /// Returns a SignUp request.
    fn sign_up(&self, username: &str, email: &str) -> (Operation, Value) {
        let email = json!([{"Name": "email", "Value": email}]);
        let input = json!({"ClientId": self.client, "Username": username, "UserAttributes": email});
        (Operation::SignUp, input)
    }

    /// Signs a user up and returns the confirmation code.
    async fn sign_up_user(&self, username: &str, email: &str) -> String {
        let (operation, input) = self.sign_up(username, email);
        self.service.expect_output(operation, &input).await;
        self.code_of(username)
    }

    /// Returns a ConfirmSignUp request.
    fn confirm(&self, username: &str, code: &str, force: bool) -> (Operation, Value) {
        let input = json!({
            "ClientId": self.client, "Username": username, "ConfirmationCode": code, "ForceAliasCreation": force,
        });
        (Operation::ConfirmSignUp, input)
    }

    /// Returns the code of the last message to this user.
    fn code_of(&self, username: &str) -> String {
        let inbox = self.service.app.inbox.as_ref().expect("tests have an inbox");
        let filter = Filter { username: Some(username.to_owned()), ..Filter::default() };
        inbox.messages(&filter).first().expect("a message").code.clone()
    }

    /// Returns the username, the status and whether the address is verified, of the user with this username or alias.
    async fn user(&self, name: &str) -> (String, String, bool) {
        let input = json!({"UserPoolId": self.pool, "Username": name});
        let user = self.service.expect_output(Operation::AdminGetUser, &input).await;
        let attributes = user["UserAttributes"].as_array().expect("attributes");
        let verified = attributes.contains(&json!({"Name": "email_verified", "Value": "true"}));
        (id(&user["Username"]), id(&user["UserStatus"]), verified)
    }

    async fn is_unconfirmed(&self, username: &str) -> bool {
        self.user(username).await == (username.to_owned(), "UNCONFIRMED".to_owned(), false)
    }

    async fn is_confirmed(&self, name: &str, username: &str) -> bool {
        self.user(name).await == (username.to_owned(), "CONFIRMED".to_owned(), true)
    }
}

/// Returns the index of the request that succeeded, and asserts that the other was refused with this type and message.
fn winner(responses: &[JsonResponse; 2], kind: &str, text: &str) -> usize {
    let loser = match responses.each_ref().map(|response| response.status) {
        [200, 400] => 1,
        [400, 200] => 0,
        other => panic!("expected one success, not {other:?}: {responses:?}"),
    };
    assert_eq!(responses[loser].refusal(), (400, kind.to_owned(), text.to_owned()));
    1 - loser
}

async fn confirmations_of_one_alias_succeed_once(fixture: RaceFixture, number: usize) {
    let email = format!("both{number}@example.com");
    let names = [format!("ann{number}"), format!("eve{number}")];
    let codes =
        [fixture.sign_up_user(&names[0], &email).await, fixture.sign_up_user(&names[1], &email).await];
    let confirm = |at: usize| fixture.confirm(&names[at], &codes[at], false);
    let responses = fixture.send_both(confirm(0), confirm(1)).await;
    let winner = winner(&responses, "AliasExistsException", ALIAS_TAKEN);
    assert!(fixture.is_confirmed(&email, &names[winner]).await);
    assert!(fixture.is_confirmed(&names[winner], &names[winner]).await);
    assert!(fixture.is_unconfirmed(&names[1 - winner]).await);
}

async fn forced_confirmations_of_one_alias_both_succeed(fixture: RaceFixture, number: usize) {
    let email = format!("both{number}@example.com");
    let names = [format!("ann{number}"), format!("eve{number}")];
    let codes =
        [fixture.sign_up_user(&names[0], &email).await, fixture.sign_up_user(&names[1], &email).await];
    let confirm = |at: usize| fixture.confirm(&names[at], &codes[at], true);
    for response in fixture.send_both(confirm(0), confirm(1)).await {
        response.expect_output();
    }
    let (holder, ..) = fixture.user(&email).await;
    let loser = names.iter().find(|name| **name != holder).expect("the other user");
    assert!(fixture.is_confirmed(&email, &holder).await);
    assert_eq!(fixture.user(loser).await, (loser.clone(), "CONFIRMED".to_owned(), false));
}

async fn confirmations_with_one_code_succeed_once(fixture: RaceFixture, number: usize) {
    let (username, email) = (format!("ann{number}"), format!("ann{number}@example.com"));
    let code = fixture.sign_up_user(&username, &email).await;
    let confirm = || fixture.confirm(&username, &code, false);
    winner(&fixture.send_both(confirm(), confirm()).await, "NotAuthorizedException", CONFIRMED);
    assert!(fixture.is_confirmed(&email, &username).await);
}

async fn resend_and_confirmation_succeed_once(fixture: RaceFixture, number: usize) {
    let (username, email) = (format!("ann{number}"), format!("ann{number}@example.com"));
    let code = fixture.sign_up_user(&username, &email).await;
    let resend = json!({"ClientId": fixture.client, "Username": username});
    let resend = (Operation::ResendConfirmationCode, resend);
    let responses = fixture.send_both(resend, fixture.confirm(&username, &code, false)).await;
    if responses[0].status == 200 {
        // The resend made the first code invalid (cog-0031); the second is valid.
        winner(&responses, "CodeMismatchException", MISMATCH);
        assert!(fixture.is_unconfirmed(&username).await);
        let (operation, input) = fixture.confirm(&username, &fixture.code_of(&username), false);
        fixture.service.expect_output(operation, &input).await;
    } else {
        winner(&responses, "InvalidParameterException", "User is already confirmed.");
        assert_eq!(fixture.code_of(&username), code, "no other code was sent");
    }
    assert!(fixture.is_confirmed(&email, &username).await);
}

async fn confirmations_by_user_and_administrator_succeed_once(fixture: RaceFixture, number: usize) {
    let (username, email) = (format!("ann{number}"), format!("ann{number}@example.com"));
    let code = fixture.sign_up_user(&username, &email).await;
    let admin = json!({"UserPoolId": fixture.pool, "Username": username});
    let admin = (Operation::AdminConfirmSignUp, admin);
    let responses = fixture.send_both(fixture.confirm(&username, &code, false), admin).await;
    let winner = winner(&responses, "NotAuthorizedException", CONFIRMED);
    let verified = winner == 0;
    assert_eq!(fixture.user(&username).await, (username, "CONFIRMED".to_owned(), verified));
}

async fn sign_ups_with_one_username_succeed_once(fixture: RaceFixture, number: usize) {
    let username = format!("ann{number}");
    let sign_up = |name: &str| fixture.sign_up(&username, &format!("{name}{number}@example.com"));
    let responses = fixture.send_both(sign_up("one"), sign_up("two")).await;
    let winner = winner(&responses, "UsernameExistsException", "User already exists");
    let sub = id(&responses[winner].json()["UserSub"]);
    assert_eq!(fixture.user(&sub).await.0, username);
    assert!(fixture.is_unconfirmed(&username).await);
}

async fn username_and_preferred_username_of_two_users_succeed_once(fixture: RaceFixture, number: usize) {
    let (ann, name) = (format!("ann{number}"), format!("name{number}"));
    fixture.sign_up_user(&ann, &format!("ann{number}@example.com")).await;
    let of_ann = json!({"UserPoolId": fixture.pool, "Username": ann});
    fixture.service.expect_output(Operation::AdminConfirmSignUp, &of_ann).await;
    let mut preferring = of_ann;
    preferring["UserAttributes"] = json!([{"Name": "preferred_username", "Value": name}]);
    let preferring = (Operation::AdminUpdateUserAttributes, preferring);
    let sign_up = fixture.sign_up(&name, &format!("eve{number}@example.com"));
    let responses = fixture.send_both(sign_up, preferring).await;
    if responses[0].status == 200 {
        winner(&responses, "AliasExistsException", "Already found an entry for the provided username.");
        assert!(fixture.is_unconfirmed(&name).await);
    } else {
        winner(&responses, "UsernameExistsException", "User already exists");
        assert_eq!(fixture.user(&name).await.0, ann);
    }
}
