//! Two at once, many times, in both stores: exactly one wins, the other is told why not, and what is stored
//! is as if one had come after the other.
//!
//! Requests go to the service without a socket, on a store that hesitates, so that racers meet at every step.
//! `LIDO_RACES` sets how many races of each kind are run; the default is 100, and CI runs 2,000. Longer sequences of
//! more operations are in [`crate::random_operations`].

use std::{collections::BTreeMap, future::Future, sync::atomic::Ordering, time::Duration};

use lido::{delivery::Filter, operations::Operation};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::{
    intercepted_store::InterceptedStore,
    json_requests::{Answer, InProcessService, id},
};

/// Races at a time: commits that come together share a write to the disk.
const AT_ONCE: usize = 64;
const ALIAS_TAKEN: &str = "An account with the given email already exists.";
const CONFIRMED: &str = "User cannot be confirmed. Current status is CONFIRMED";
const MISMATCH: &str = "Invalid verification code provided, please try again.";

/// How many races of each kind are run where `LIDO_RACES` does not say.
const RACES: usize = 100;

/// Each race in each store.
macro_rules! races {
    ($($race:ident)*) => {
        mod in_memory {
            use super::*;
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $race() {
                    run(InterceptedStore::in_memory(), super::$race).await;
                }
            )*
        }
        mod in_sqlite {
            use super::*;
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $race() {
                    let (store, _folder) = InterceptedStore::in_sqlite();
                    run(store, super::$race).await;
                }
            )*
        }
    };
}

races! {
    a_resend_and_a_confirmation
    a_user_and_an_administrator_confirm
    two_confirmations_of_one_alias
    two_forced_confirmations_of_one_alias
    two_sign_ups_of_one_name
    two_uses_of_one_code
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn wrong_codes_at_once_are_all_counted_in_memory() {
    wrong_codes_at_once_are_all_counted(InterceptedStore::in_memory()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn wrong_codes_at_once_are_all_counted_in_sqlite() {
    let (store, _folder) = InterceptedStore::in_sqlite();
    wrong_codes_at_once_are_all_counted(store).await;
}

/// Each of many wrong codes counts, and not one more than the limit is compared (cog-0014).
async fn wrong_codes_at_once_are_all_counted(store: InterceptedStore) {
    let course = Course::new(&store).await;
    let code = course.signed_up("ann", "ann@example.com").await;
    let mut guesses = JoinSet::new();
    for _ in 0..40 {
        let (inside, (operation, input)) = (course.inside.clone(), course.confirm("ann", "000", false));
        guesses.spawn(async move { inside.call(operation, &input).await.refusal().1 });
    }
    let mut answers = BTreeMap::<_, usize>::new();
    while let Some(kind) = guesses.join_next().await {
        *answers.entry(kind.expect("no panic")).or_default() += 1;
    }
    let expected = [("CodeMismatchException".to_owned(), 15), ("LimitExceededException".to_owned(), 25)];
    assert_eq!(answers, BTreeMap::from(expected));

    let (operation, input) = course.confirm("ann", &code, false);
    let right = course.inside.call(operation, &input).await;
    assert_eq!(right.refusal().1, "LimitExceededException");
    course.inside.app.clock.advance(Duration::from_secs(60 * 60));
    let (operation, input) = course.confirm("ann", &code, false);
    course.inside.done(operation, &input).await;
}

/// An alias pool, and one app client whose users need no password: deriving verifiers is not what is tried here.
#[derive(Clone)]
struct Course {
    inside: InProcessService,
    pool: String,
    client: String,
}

/// Runs `race` with different users so many times.
async fn run<F>(store: InterceptedStore, race: fn(Course, usize) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let races = std::env::var("LIDO_RACES").map_or(RACES, |races| races.parse().expect("a number"));
    let course = Course::new(&store).await;
    let mut running = JoinSet::new();
    for number in 0..races {
        if running.len() == AT_ONCE {
            running.join_next().await.expect("some run").expect("a fair race");
        }
        running.spawn(race(course.clone(), number));
    }
    while let Some(ended) = running.join_next().await {
        ended.expect("a fair race");
    }
    let conflicts = store.interceptor().conflicts.load(Ordering::Relaxed);
    assert!(conflicts > races / 20, "racers hardly ever meet: {conflicts} conflicts in {races} races");
}

impl Course {
    async fn new(store: &InterceptedStore) -> Self {
        let inside = InProcessService::new(store.app());
        let factors = json!({"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}});
        let pool = json!({
            "PoolName": "p", "AliasAttributes": ["email"], "AutoVerifiedAttributes": ["email"], "Policies": factors,
        });
        let pool = id(&inside.done(Operation::CreateUserPool, &pool).await["UserPool"]["Id"]);
        let client = json!({"UserPoolId": pool, "ClientName": "c", "ExplicitAuthFlows": ["ALLOW_USER_AUTH"]});
        let client = inside.done(Operation::CreateUserPoolClient, &client).await;
        let client = id(&client["UserPoolClient"]["ClientId"]);
        Self { inside, pool, client }
    }

    /// Two requests at once.
    async fn both(&self, one: (Operation, Value), two: (Operation, Value)) -> [Answer; 2] {
        let start = |(operation, input): (Operation, Value)| {
            let inside = self.inside.clone();
            tokio::spawn(async move { inside.call(operation, &input).await })
        };
        let (one, two) = (start(one), start(two));
        [one.await.expect("no panic"), two.await.expect("no panic")]
    }

    fn sign_up(&self, username: &str, email: &str) -> (Operation, Value) {
        let email = json!([{"Name": "email", "Value": email}]);
        let input = json!({"ClientId": self.client, "Username": username, "UserAttributes": email});
        (Operation::SignUp, input)
    }

    /// Signs a user up and gives the code.
    async fn signed_up(&self, username: &str, email: &str) -> String {
        let (operation, input) = self.sign_up(username, email);
        self.inside.done(operation, &input).await;
        self.code_of(username)
    }

    fn confirm(&self, username: &str, code: &str, force: bool) -> (Operation, Value) {
        let input = json!({
            "ClientId": self.client, "Username": username, "ConfirmationCode": code, "ForceAliasCreation": force,
        });
        (Operation::ConfirmSignUp, input)
    }

    /// The code that was sent last to this user.
    fn code_of(&self, username: &str) -> String {
        let inbox = self.inside.app.inbox.as_ref().expect("tests have an inbox");
        let filter = Filter { username: Some(username.to_owned()), ..Filter::default() };
        inbox.messages(&filter).first().expect("a message").code.clone()
    }

    /// Username, status and whether the address is verified, of whom a name leads to.
    async fn user(&self, typed: &str) -> (String, String, bool) {
        let input = json!({"UserPoolId": self.pool, "Username": typed});
        let user = self.inside.done(Operation::AdminGetUser, &input).await;
        let attributes = user["UserAttributes"].as_array().expect("attributes");
        let verified = attributes.contains(&json!({"Name": "email_verified", "Value": "true"}));
        (id(&user["Username"]), id(&user["UserStatus"]), verified)
    }

    async fn is_unconfirmed(&self, username: &str) -> bool {
        self.user(username).await == (username.to_owned(), "UNCONFIRMED".to_owned(), false)
    }

    async fn is_confirmed(&self, typed: &str, username: &str) -> bool {
        self.user(typed).await == (username.to_owned(), "CONFIRMED".to_owned(), true)
    }
}

/// Which of the two won; the other was refused with this type and text.
fn winner(answers: &[Answer; 2], kind: &str, text: &str) -> usize {
    let loser = match answers.each_ref().map(|answer| answer.status) {
        [200, 400] => 1,
        [400, 200] => 0,
        other => panic!("one wins, and not {other:?}: {answers:?}"),
    };
    assert_eq!(answers[loser].refusal(), (400, kind.to_owned(), text.to_owned()));
    1 - loser
}

async fn two_confirmations_of_one_alias(course: Course, number: usize) {
    let email = format!("both{number}@example.com");
    let names = [format!("ann{number}"), format!("eve{number}")];
    let codes = [course.signed_up(&names[0], &email).await, course.signed_up(&names[1], &email).await];
    let confirm = |at: usize| course.confirm(&names[at], &codes[at], false);
    let answers = course.both(confirm(0), confirm(1)).await;
    let winner = winner(&answers, "AliasExistsException", ALIAS_TAKEN);
    assert!(course.is_confirmed(&email, &names[winner]).await);
    assert!(course.is_confirmed(&names[winner], &names[winner]).await);
    assert!(course.is_unconfirmed(&names[1 - winner]).await);
}

async fn two_forced_confirmations_of_one_alias(course: Course, number: usize) {
    let email = format!("both{number}@example.com");
    let names = [format!("ann{number}"), format!("eve{number}")];
    let codes = [course.signed_up(&names[0], &email).await, course.signed_up(&names[1], &email).await];
    let confirm = |at: usize| course.confirm(&names[at], &codes[at], true);
    for answer in course.both(confirm(0), confirm(1)).await {
        answer.done();
    }
    let (holder, ..) = course.user(&email).await;
    let loser = names.iter().find(|name| **name != holder).expect("somebody lost it");
    assert!(course.is_confirmed(&email, &holder).await);
    assert_eq!(course.user(loser).await, (loser.clone(), "CONFIRMED".to_owned(), false));
}

async fn two_uses_of_one_code(course: Course, number: usize) {
    let (username, email) = (format!("ann{number}"), format!("ann{number}@example.com"));
    let code = course.signed_up(&username, &email).await;
    let confirm = || course.confirm(&username, &code, false);
    winner(&course.both(confirm(), confirm()).await, "NotAuthorizedException", CONFIRMED);
    assert!(course.is_confirmed(&email, &username).await);
}

async fn a_resend_and_a_confirmation(course: Course, number: usize) {
    let (username, email) = (format!("ann{number}"), format!("ann{number}@example.com"));
    let code = course.signed_up(&username, &email).await;
    let resend = json!({"ClientId": course.client, "Username": username});
    let resend = (Operation::ResendConfirmationCode, resend);
    let answers = course.both(resend, course.confirm(&username, &code, false)).await;
    if answers[0].status == 200 {
        // The first code went with the resend (cog-0031), and the second is good.
        winner(&answers, "CodeMismatchException", MISMATCH);
        assert!(course.is_unconfirmed(&username).await);
        let (operation, input) = course.confirm(&username, &course.code_of(&username), false);
        course.inside.done(operation, &input).await;
    } else {
        winner(&answers, "InvalidParameterException", "User is already confirmed.");
        assert_eq!(course.code_of(&username), code, "nothing else was sent");
    }
    assert!(course.is_confirmed(&email, &username).await);
}

async fn a_user_and_an_administrator_confirm(course: Course, number: usize) {
    let (username, email) = (format!("ann{number}"), format!("ann{number}@example.com"));
    let code = course.signed_up(&username, &email).await;
    let admin = json!({"UserPoolId": course.pool, "Username": username});
    let admin = (Operation::AdminConfirmSignUp, admin);
    let answers = course.both(course.confirm(&username, &code, false), admin).await;
    let winner = winner(&answers, "NotAuthorizedException", CONFIRMED);
    let verified = winner == 0;
    assert_eq!(course.user(&username).await, (username, "CONFIRMED".to_owned(), verified));
}

async fn two_sign_ups_of_one_name(course: Course, number: usize) {
    let username = format!("ann{number}");
    let sign_up = |who: &str| course.sign_up(&username, &format!("{who}{number}@example.com"));
    let answers = course.both(sign_up("one"), sign_up("two")).await;
    let winner = winner(&answers, "UsernameExistsException", "User already exists");
    let sub = id(&answers[winner].json()["UserSub"]);
    assert_eq!(course.user(&sub).await.0, username);
    assert!(course.is_unconfirmed(&username).await);
}
