//! The servers that are measured, and one run: the load on a server for some time, and what it costs.

use std::{
    cell::Cell,
    rc::Rc,
    time::{Duration, Instant},
};

use tokio::runtime::Runtime;

use crate::{
    database::Database,
    load,
    process::Server,
    seed::{CODE, Population, name},
    servers,
    standing::Standing,
};

/// A prime, so that users who are confirmed one after the other lie apart.
const STEP: usize = 7_919;

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    AdminConfirmSignUp,
    ConfirmSignUp,
}

impl Operation {
    pub(crate) const ALL: [Self; 2] = [Self::AdminConfirmSignUp, Self::ConfirmSignUp];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::AdminConfirmSignUp => "AdminConfirmSignUp",
            Self::ConfirmSignUp => "ConfirmSignUp",
        }
    }

    fn body(self, pool: &str, client: &str, user: usize) -> String {
        let user = name(user);
        match self {
            Self::AdminConfirmSignUp => format!(r#"{{"UserPoolId":"{pool}","Username":"{user}"}}"#),
            Self::ConfirmSignUp => {
                format!(r#"{{"ClientId":"{client}","Username":"{user}","ConfirmationCode":"{CODE}"}}"#)
            }
        }
    }
}

/// The results of a run.
pub(crate) struct RunResult {
    pub(crate) per_second: f64,
    /// The microseconds of processor time of a request, of Lido and of the database.
    pub(crate) lido_micros: f64,
    pub(crate) database_micros: Option<f64>,
    /// The share of its core that Lido used.
    pub(crate) lido_share: f64,
    /// The share of all cores that anything used, where the system tells.
    pub(crate) machine_share: Option<f64>,
}

/// A server with its users.
pub(crate) struct Target<'a> {
    name: String,
    server: Server,
    standing: Standing,
    population: Population,
    runtime: Runtime,
    database: Option<&'a Database>,
    /// How many users were taken so far.
    taken: usize,
    confirmed: usize,
}

impl<'a> Target<'a> {
    /// Loads users into a store and starts a server on it.
    pub(crate) fn load(location: &str, users: usize, database: Option<&'a Database>) -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let started = Instant::now();
        let population = runtime.block_on(async {
            let population = Population::load(servers::open(location).await?, users).await?;
            population.settle().await;
            anyhow::Ok(population)
        })?;
        if let Some(database) = database {
            database.settle();
        }
        let store = if database.is_some() { "PostgreSQL" } else { "SQLite" };
        let name = format!("{store}, {} users", report_count(users));
        println!("{name}: loaded in {:.1} s", started.elapsed().as_secs_f64());
        let standing = Standing::measure(location, &population.pool, users)?;
        let (server, _) = Server::start(&[location])?;
        Ok(Self { name, server, standing, population, runtime, database, taken: 0, confirmed: 0 })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Returns what the store costs before anything is confirmed.
    pub(crate) fn standing(&self) -> Standing {
        self.standing
    }

    /// Returns how many users were confirmed.
    pub(crate) fn confirmed(&self) -> usize {
        self.confirmed
    }

    pub(crate) fn is_on_postgres(&self) -> bool {
        self.database.is_some()
    }

    /// Confirms users for this long, or until all are confirmed.
    pub(crate) fn confirm(
        &mut self,
        operation: Operation,
        connections: usize,
        time: Duration,
    ) -> anyhow::Result<RunResult> {
        let users = self.population.len();
        // Those who remain might be too few for this run.
        if self.taken > users / 2 || self.taken > 0 && users < 10_000 {
            let taken = (0..self.taken).map(|place| place * STEP % users);
            self.runtime.block_on(self.population.write(taken))?;
            self.taken = 0;
        }
        let (port, pool, client) =
            (self.server.port, self.population.pool.clone(), self.population.client.clone());
        let place = Rc::new(Cell::new(self.taken));
        let until = Instant::now() + time;
        let next = {
            let place = Rc::clone(&place);
            move || {
                if place.get() == users || Instant::now() >= until {
                    return None;
                }
                let user = place.replace(place.get() + 1) * STEP % users;
                let body = operation.body(&pool, &client, user);
                Some(Rc::from(load::request(port, operation.name(), &body)))
            }
        };
        let lido = || self.server.processor_time();
        let database = || self.database.map(Database::processor_time);
        let before = (lido(), database(), machine_times());
        let started = Instant::now();
        let answered = load::run(port, connections, next)?;
        let took = started.elapsed().as_secs_f64();
        let after = (lido(), database(), machine_times());
        anyhow::ensure!(answered > 0, "no request was answered");
        self.taken = place.get();
        self.confirmed += usize::try_from(answered)?;
        #[expect(clippy::cast_precision_loss, reason = "counts of a few seconds")]
        let count = answered as f64;
        let spent = |before: Duration, after: Duration| after.saturating_sub(before).as_secs_f64();
        let lido = spent(before.0, after.0);
        Ok(RunResult {
            per_second: count / took,
            lido_micros: lido * 1e6 / count,
            database_micros: before.1.zip(after.1).map(|(before, after)| spent(before, after) * 1e6 / count),
            lido_share: lido / took,
            machine_share: before.2.zip(after.2).map(|(before, after)| {
                let (busy, all) = (after.0 - before.0, after.1 - before.1);
                busy / all.max(1.0)
            }),
        })
    }
}

/// Returns the number of requests a second to the bare server.
pub(crate) fn echo(server: &Server, connections: usize, time: Duration) -> anyhow::Result<f64> {
    let until = Instant::now() + time;
    let body = Operation::AdminConfirmSignUp.body("us-east-1_000000000", "", 0);
    let request: Rc<str> = Rc::from(load::request(server.port, "AdminConfirmSignUp", &body));
    let started = Instant::now();
    let next = move || (Instant::now() < until).then(|| Rc::clone(&request));
    let answered = load::run(server.port, connections, next)?;
    #[expect(clippy::cast_precision_loss, reason = "counts of a few seconds")]
    let count = answered as f64;
    Ok(count / started.elapsed().as_secs_f64())
}

/// Returns the time that the cores of the machine were busy, and all their time, in ticks.
fn machine_times() -> Option<(f64, f64)> {
    let stat = std::fs::read_to_string("/proc/stat").ok()?;
    let times: Vec<f64> =
        stat.lines().next()?.split_whitespace().skip(1).filter_map(|time| time.parse().ok()).collect();
    // User, nice, system, idle, waiting for the disk, …; what guests use is in the first two.
    let all: f64 = times.iter().take(8).sum();
    let idle: f64 = times.iter().skip(3).take(2).sum();
    Some((all - idle, all))
}

/// Returns a number with a comma for each thousand.
fn report_count(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
