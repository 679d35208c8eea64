//! Requests of many callers about pairs of users, at all servers, and the check of what they were answered.
//!
//! Several callers send random requests about the same two users at the same time, so that they meet. Each pair has a
//! history of its own, which is checked when it has ended.

use std::{
    collections::BTreeMap,
    ops::RangeInclusive,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    history::History,
    linearizable,
    model::{Call, Handle, Outcome, Shown},
    random::Random,
    raw_client::{Answer, Client},
    servers::{CODE, Servers},
};

/// How many callers send requests about one pair of users.
const CALLERS: usize = 4;
/// How many requests each of them sends.
const REQUESTS: usize = 12;
/// How long a caller looks for a server that runs.
const PATIENCE: Duration = Duration::from_secs(60);
const PASSWORD: &str = "Passw0rd!";

/// What was sent, and what it came to.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// How many pairs of users were checked.
    pub(crate) histories: usize,
    /// How many requests succeeded, were refused, and were not answered or with an internal error.
    pub(crate) succeeded: usize,
    pub(crate) refused: usize,
    pub(crate) unknown: usize,
    /// For each email address how many messages may have left.
    pub(crate) messages: BTreeMap<String, RangeInclusive<usize>>,
    /// The longest time between two answers, which is how long there was no service.
    pub(crate) longest_gap: Duration,
    /// The histories that the rules do not explain.
    pub(crate) violations: Vec<String>,
}

/// Sends requests by `pairs` groups of callers at a time until `stop` is set, and checks every history.
///
/// `answers` counts the telling answers. Runs on one store need different seeds, since names of users are made of them.
pub(crate) fn run(
    servers: &Servers,
    pairs: usize,
    seed: u64,
    stop: &AtomicBool,
    answers: &AtomicU64,
) -> Report {
    let (next, report) = (AtomicU64::new(0), Mutex::new(Report::default()));
    let last_answer = Mutex::new(Instant::now());
    thread::scope(|scope| {
        for _ in 0..pairs {
            scope.spawn(|| {
                while !stop.load(Ordering::SeqCst) {
                    let number = next.fetch_add(1, Ordering::SeqCst);
                    let pair = Pair::new(servers, (seed, number), &last_answer, answers, &report);
                    pair.run(seed ^ number.wrapping_mul(0x0100_0000_01B3));
                }
            });
        }
    });
    report.into_inner().expect("no panic")
}

/// The two users whom a group of callers send requests about.
struct Pair<'a> {
    servers: &'a Servers,
    /// The seed of the run and the number of the pair in it.
    number: (u64, u64),
    history: History,
    tokens: Mutex<Vec<String>>,
    sessions: Mutex<Vec<(usize, String)>>,
    last_answer: &'a Mutex<Instant>,
    answers: &'a AtomicU64,
    report: &'a Mutex<Report>,
}

impl<'a> Pair<'a> {
    fn new(
        servers: &'a Servers,
        number: (u64, u64),
        last_answer: &'a Mutex<Instant>,
        answers: &'a AtomicU64,
        report: &'a Mutex<Report>,
    ) -> Self {
        let (tokens, sessions) = (Mutex::default(), Mutex::default());
        Self { servers, number, history: History::new(), tokens, sessions, last_answer, answers, report }
    }

    /// Sends all requests and checks the history.
    fn run(self, seed: u64) {
        thread::scope(|scope| {
            for caller in 0..CALLERS {
                let pair = &self;
                scope.spawn(move || {
                    let mut random = Random::new(seed.wrapping_add(caller as u64));
                    let mut connections = Connections::new(pair.servers);
                    for _ in 0..REQUESTS {
                        pair.send(pair.choose(&mut random), &mut connections, &mut random);
                    }
                });
            }
        });
        // What was left is read at every server, so that nothing that was answered can be lost unseen.
        let mut random = Random::new(seed);
        for index in 0..self.servers.count() {
            let mut connections = Connections::new(self.servers);
            connections.first = Some(index);
            for user in 0..2 {
                self.send(Call::AdminGetUser(user), &mut connections, &mut random);
            }
        }
        self.check();
    }

    /// Returns a random request. What is issued once is used often, so that two callers use it at the same time.
    fn choose(&self, random: &mut Random) -> Call {
        let user = random.below(2);
        let handle = |count: usize, random: &mut Random| {
            (count > 0).then(|| Handle::try_from(count - 1 - random.below(count.min(2))).expect("few"))
        };
        match random.below(24) {
            0..=3 => Call::SignUp(user),
            4..=7 => Call::ConfirmSignUp(user),
            8 => Call::AdminConfirmSignUp(user),
            9 | 10 => Call::AdminCreateUser(user),
            11 => Call::AdminDisableUser(user),
            12 => Call::AdminEnableUser(user),
            13 => Call::AdminDeleteUser(user),
            14 => Call::ForgotPassword(user),
            15 | 16 => Call::ConfirmForgotPassword(user),
            17 | 18 => Call::InitiateAuth(user),
            19 => Call::AdminGetUser(user),
            20 | 21 => {
                let count = self.sessions.lock().expect("no panic").len();
                handle(count, random).map_or(Call::InitiateAuth(user), Call::RespondToAuthChallenge)
            }
            _ => {
                let count = self.tokens.lock().expect("no panic").len();
                handle(count, random).map_or(Call::InitiateAuth(user), Call::GetTokensFromRefreshToken)
            }
        }
    }

    fn send(&self, call: Call, connections: &mut Connections<'_>, random: &mut Random) {
        let (operation, body) = self.request(call);
        let (server, mut client) = connections.take(random);
        let outcome = self.history.record(call, server, || {
            let Ok(answer) = client.try_call(operation, &body) else { return Outcome::Unknown };
            connections.keep(server, client);
            self.outcome(call, &answer)
        });
        if outcome == Outcome::Unknown {
            // While there is no service, more requests would only make the history harder to explain.
            connections.wait_for_service(random);
        } else {
            let mut last = self.last_answer.lock().expect("no panic");
            self.answers.fetch_add(1, Ordering::SeqCst);
            let gap = last.elapsed();
            *last = Instant::now();
            let mut report = self.report.lock().expect("no panic");
            report.longest_gap = report.longest_gap.max(gap);
        }
    }

    fn name(&self, user: usize) -> String {
        format!("user{}-{}-{user}", self.number.0, self.number.1)
    }

    fn email(&self) -> String {
        format!("user{}-{}@example.com", self.number.0, self.number.1)
    }

    /// Returns the operation and the body of a request.
    fn request(&self, call: Call) -> (&'static str, Value) {
        let (pool, client) = (&self.servers.pool, &self.servers.client);
        let public = |user: usize, more: Value| {
            let mut body = json!({"ClientId": client, "Username": self.name(user)});
            body.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
            body
        };
        let admin = |user: usize| json!({"UserPoolId": pool, "Username": self.name(user)});
        match call {
            Call::SignUp(user) => {
                let email = json!([{"Name": "email", "Value": self.email()}]);
                ("SignUp", public(user, json!({"Password": PASSWORD, "UserAttributes": email})))
            }
            Call::ConfirmSignUp(user) => ("ConfirmSignUp", public(user, json!({"ConfirmationCode": CODE}))),
            Call::AdminConfirmSignUp(user) => ("AdminConfirmSignUp", admin(user)),
            Call::AdminCreateUser(user) => {
                let mut body = admin(user);
                body["TemporaryPassword"] = json!(PASSWORD);
                body["MessageAction"] = json!("SUPPRESS");
                ("AdminCreateUser", body)
            }
            Call::AdminGetUser(user) => ("AdminGetUser", admin(user)),
            Call::AdminDisableUser(user) => ("AdminDisableUser", admin(user)),
            Call::AdminEnableUser(user) => ("AdminEnableUser", admin(user)),
            Call::AdminDeleteUser(user) => ("AdminDeleteUser", admin(user)),
            Call::ForgotPassword(user) => ("ForgotPassword", public(user, json!({}))),
            Call::ConfirmForgotPassword(user) => {
                let more = json!({"ConfirmationCode": CODE, "Password": PASSWORD});
                ("ConfirmForgotPassword", public(user, more))
            }
            Call::InitiateAuth(user) => {
                let parameters = json!({"USERNAME": self.name(user), "PASSWORD": PASSWORD});
                let body = json!({"ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters});
                ("InitiateAuth", body)
            }
            Call::RespondToAuthChallenge(session) => {
                let (user, session) = self.sessions.lock().expect("no panic")[session as usize].clone();
                let responses = json!({"USERNAME": self.name(user), "NEW_PASSWORD": PASSWORD});
                let body = json!({"ClientId": client, "ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": session,
                    "ChallengeResponses": responses});
                ("RespondToAuthChallenge", body)
            }
            Call::GetTokensFromRefreshToken(token) => {
                let token = self.tokens.lock().expect("no panic")[token as usize].clone();
                ("GetTokensFromRefreshToken", json!({"ClientId": client, "RefreshToken": token}))
            }
        }
    }

    /// Returns what an answer says.
    fn outcome(&self, call: Call, answer: &Answer) -> Outcome {
        if answer.status >= 500 {
            return Outcome::Unknown;
        }
        let body: Value = serde_json::from_str(&answer.body).unwrap_or_default();
        if answer.status != 200 {
            return Outcome::Refused(body["__type"].as_str().unwrap_or_default().to_owned());
        }
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let handle = |count: usize| Handle::try_from(count).expect("few");
        if let (Call::InitiateAuth(user), Some(session)) = (call, text(&body["Session"])) {
            let mut sessions = self.sessions.lock().expect("no panic");
            sessions.push((user, session));
            return Outcome::Session(handle(sessions.len() - 1));
        }
        if let Some(token) = text(&body["AuthenticationResult"]["RefreshToken"]) {
            let mut tokens = self.tokens.lock().expect("no panic");
            tokens.push(token);
            return Outcome::Tokens(handle(tokens.len() - 1));
        }
        if let (Call::AdminGetUser(_), Some(status)) = (call, text(&body["UserStatus"])) {
            let attributes = body["UserAttributes"].as_array().cloned().unwrap_or_default();
            let is_email_verified = attributes.contains(&json!({"Name": "email_verified", "Value": "true"}));
            let is_enabled = body["Enabled"] == json!(true);
            return Outcome::User(Shown { status, is_enabled, is_email_verified });
        }
        Outcome::Success
    }

    /// Checks the history and adds it to the report.
    fn check(self) {
        let email = self.email();
        let events = self.history.into_events();
        let result = linearizable::check(&events);
        let mut report = self.report.lock().expect("no panic");
        report.histories += 1;
        let sends = |outcome: Outcome| {
            let asks = |call| matches!(call, Call::SignUp(_) | Call::ForgotPassword(_));
            events.iter().filter(|event| asks(event.call) && event.outcome == outcome).count()
        };
        // What waits to be sent to a user goes with the user.
        let is_kept = !events.iter().any(|event| matches!(event.call, Call::AdminDeleteUser(_)));
        let certain = sends(Outcome::Success);
        let fewest = if is_kept { certain } else { 0 };
        report.messages.insert(email, fewest..=certain + sends(Outcome::Unknown));
        for event in &events {
            match event.outcome {
                Outcome::Unknown => report.unknown += 1,
                Outcome::Refused(_) => report.refused += 1,
                _ => report.succeeded += 1,
            }
        }
        if let Err(violation) = result {
            report.violations.push(format!("pair {:?}:\n{violation}", self.number));
        }
    }
}

/// The connections of one caller to all servers.
struct Connections<'a> {
    servers: &'a Servers,
    open: Vec<Option<Client>>,
    /// The server to ask first, instead of a random one.
    first: Option<usize>,
}

impl<'a> Connections<'a> {
    fn new(servers: &'a Servers) -> Self {
        Self { servers, open: (0..servers.count()).map(|_| None).collect(), first: None }
    }

    /// Returns a connection to a server that runs, and which it is.
    fn take(&mut self, random: &mut Random) -> (usize, Client) {
        let start = Instant::now();
        loop {
            let server = self.first.take().unwrap_or_else(|| random.below(self.servers.count()));
            if let Some(client) = self.open[server].take().or_else(|| self.servers.connect(server)) {
                return (server, client);
            }
            assert!(start.elapsed() < PATIENCE, "no server runs: {}", self.servers.logs());
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until a server answers again.
    fn wait_for_service(&mut self, random: &mut Random) {
        let start = Instant::now();
        loop {
            let (server, mut client) = self.take(random);
            let body = json!({"UserPoolId": self.servers.pool, "Username": "absent"});
            if let Ok(answer) = client.try_call("AdminGetUser", &body) {
                self.keep(server, client);
                if answer.status < 500 {
                    return;
                }
            }
            assert!(start.elapsed() < PATIENCE, "no server answers: {}", self.servers.logs());
            thread::sleep(Duration::from_millis(20));
        }
    }

    fn keep(&mut self, server: usize, client: Client) {
        self.open[server] = Some(client);
    }
}

impl Report {
    /// Asserts that the rules explain everything, and that the load was one.
    #[track_caller]
    pub(crate) fn assert_explained(&self, servers: &Servers) {
        println!(
            "{} pairs of users, {} successes, {} refusals, {} without a telling answer, longest gap {:?}",
            self.histories, self.succeeded, self.refused, self.unknown, self.longest_gap
        );
        assert!(self.violations.is_empty(), "{}", self.violations.join("\n"));
        assert!(self.histories > 0 && self.succeeded > self.unknown, "{self:?}");
        let logs = servers.logs();
        assert!(!logs.contains("panic"), "{logs}");
    }
}
