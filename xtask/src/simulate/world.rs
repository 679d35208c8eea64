//! Servers, databases, pools and their users, and the requests about them.

use std::collections::HashMap;

use super::{
    Arguments,
    events::{Cores, Disk, Events, Time},
    random::{Popularity, Random},
};

/// As in `operations/transact.rs`.
const MAX_CONFLICTS: u32 = 256;
const MAX_BACK_OFF: Time = 10_000;
/// The reads of a confirmation before its commit, each a round trip (server/tests/TRIPS.md).
const READS: u32 = 1;
/// How many users a pool has.
const USERS: usize = 1_000_000;
/// The time between two groups of requests about one user.
const GROUP_EVERY: f64 = 100_000.0;

/// What is simulated.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Scenario {
    pub(super) servers: usize,
    pub(super) pools: usize,
    pub(super) databases: usize,
    /// How much more popular some pools are; 0 for equal ones.
    pub(super) skew: f64,
    /// How many requests about one user come at once, ten times a second; 0 for none.
    pub(super) at_once: usize,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Measured {
    /// How long each request took, sorted: those that come at once if there are any, else all.
    latencies: Vec<Time>,
    pub(super) retries: u64,
    pub(super) most_retries: u32,
    /// How many requests came at once with others about the same user.
    pub(super) contended: u64,
    /// How many had more conflicts than are borne.
    pub(super) given_up: u64,
    /// The work of the busiest one, as a share of the time until the last request came: more than 1 if it falls behind,
    /// however short the run is.
    pub(super) server_use: f64,
    pub(super) database_use: f64,
    pub(super) disk_use: f64,
}

impl Measured {
    /// Returns the time within which this share of the requests was answered, in µs.
    pub(super) fn percentile(&self, share: f64) -> Time {
        let last = self.latencies.len().saturating_sub(1);
        self.latencies.get((last as f64 * share) as usize).copied().unwrap_or(0)
    }
}

/// The next step of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    /// It comes to a server.
    Arrive,
    /// A read comes to the database; so many are left after it.
    Read(u32),
    /// The last read is done: what it saw counts.
    Decide,
    /// The commit comes to the database.
    Commit,
    /// The commit is on the disk.
    Answer,
}

#[derive(Clone, Debug)]
struct Request {
    arrived_at: Time,
    server: usize,
    pool: usize,
    user: usize,
    /// The version that its reads saw.
    seen: u64,
    conflicts: u32,
    is_contended: bool,
}

/// Everything that is simulated.
pub(super) struct World<'a> {
    costs: &'a Arguments,
    scenario: Scenario,
    random: Random,
    events: Events<(usize, Step)>,
    requests: Vec<Request>,
    /// When the last request comes.
    last_arrival: Time,
    servers: Vec<Cores>,
    databases: Vec<(Cores, Disk)>,
    /// The version of each user that was ever written.
    versions: HashMap<(usize, usize), u64>,
    measured: Measured,
}

impl<'a> World<'a> {
    /// Returns one to which `rate` requests come a second.
    pub(super) fn new(costs: &'a Arguments, scenario: &Scenario, rate: f64) -> Self {
        let mut world = Self {
            costs,
            scenario: *scenario,
            random: Random::new(costs.seed),
            events: Events::new(),
            requests: Vec::new(),
            last_arrival: 0,
            servers: vec![Cores::new(costs.server_cores); scenario.servers],
            databases: vec![(Cores::new(costs.database_cores), Disk::new(costs.flush)); scenario.databases],
            versions: HashMap::new(),
            measured: Measured::default(),
        };
        world.plan(rate);
        world
    }

    /// Plans the arrival of all requests.
    fn plan(&mut self, rate: f64) {
        let popularity = Popularity::new(self.scenario.pools, self.scenario.skew);
        let mut at = 0.0;
        for _ in 0..self.costs.requests {
            at += self.random.exponential(1e6 / rate);
            let (pool, user) = (popularity.choose(&mut self.random), self.random.below(USERS));
            self.add(at as Time, pool, user, false);
        }
        self.last_arrival = at as Time;
        let mut group = GROUP_EVERY;
        while self.scenario.at_once > 0 && group < at {
            let user = self.random.below(USERS);
            for _ in 0..self.scenario.at_once {
                self.add(group as Time, 0, user, true);
            }
            group += GROUP_EVERY;
        }
    }

    fn add(&mut self, at: Time, pool: usize, user: usize, is_contended: bool) {
        let server = self.random.below(self.scenario.servers);
        let request = Request { arrived_at: at, server, pool, user, seen: 0, conflicts: 0, is_contended };
        self.events.add(at, (self.requests.len(), Step::Arrive));
        self.requests.push(request);
    }

    /// Carries everything out.
    pub(super) fn run(mut self) -> Measured {
        while let Some((now, (index, step))) = self.events.next() {
            self.carry_out(now, index, step);
        }
        self.measured.latencies.sort_unstable();
        let end = self.last_arrival;
        let highest = |shares: &mut dyn Iterator<Item = f64>| shares.fold(0.0, f64::max);
        self.measured.server_use = highest(&mut self.servers.iter().map(|cores| cores.utilization(end)));
        self.measured.database_use =
            highest(&mut self.databases.iter().map(|(cores, _)| cores.utilization(end)));
        self.measured.disk_use = highest(&mut self.databases.iter().map(|(_, disk)| disk.utilization(end)));
        self.measured
    }

    fn carry_out(&mut self, now: Time, index: usize, step: Step) {
        let half_trip = self.costs.round_trip / 2;
        let Request { server, pool, user, .. } = self.requests[index];
        let database = pool % self.scenario.databases;
        let key = (pool, user);
        match step {
            Step::Arrive => {
                let cost = self.vary(self.costs.server_cpu);
                let done = self.servers[server].work(now, cost);
                self.events.add(done + half_trip, (index, Step::Read(READS - 1)));
            }
            Step::Read(left) => {
                let cost = self.vary(self.costs.read_cpu);
                let done = self.databases[database].0.work(now, cost);
                if left > 0 {
                    self.events.add(done + 2 * half_trip, (index, Step::Read(left - 1)));
                } else {
                    self.events.add(done, (index, Step::Decide));
                }
            }
            Step::Decide => {
                self.requests[index].seen = self.versions.get(&key).copied().unwrap_or(0);
                self.events.add(now + 2 * half_trip, (index, Step::Commit));
            }
            Step::Commit => {
                let cost = self.vary(self.costs.commit_cpu);
                let done = self.databases[database].0.work(now, cost);
                let version = self.versions.entry(key).or_default();
                if *version == self.requests[index].seen {
                    *version += 1;
                    let durable = self.databases[database].1.write(done);
                    self.events.add(durable + half_trip, (index, Step::Answer));
                } else {
                    self.retry(done + half_trip, index);
                }
            }
            Step::Answer => {
                let request = &self.requests[index];
                if request.is_contended || self.scenario.at_once == 0 {
                    self.measured.latencies.push(now - request.arrived_at);
                }
                self.measured.contended += u64::from(request.is_contended);
                self.measured.most_retries = self.measured.most_retries.max(request.conflicts);
            }
        }
    }

    /// Begins a request anew after a conflict, as `back_off` of `operations/transact.rs` does.
    fn retry(&mut self, now: Time, index: usize) {
        let request = &mut self.requests[index];
        request.conflicts += 1;
        if request.is_contended {
            self.measured.retries += 1;
        }
        if request.conflicts > MAX_CONFLICTS {
            self.measured.given_up += 1;
            return;
        }
        let most = match request.conflicts {
            1 => 0,
            conflicts => (100 << conflicts.min(10)).min(MAX_BACK_OFF),
        };
        let wait = (most as f64 * self.random.fraction()) as Time;
        self.events.add(now + wait + self.costs.round_trip / 2, (index, Step::Read(READS - 1)));
    }

    /// Returns a cost that varies about its mean.
    fn vary(&mut self, mean: Time) -> Time {
        // Half is what it always costs.
        mean / 2 + self.random.exponential(mean as f64 / 2.0) as Time
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[derive(clap::Parser)]
    struct CommandLine {
        #[command(flatten)]
        arguments: Arguments,
    }

    fn costs() -> Arguments {
        CommandLine::parse_from(["simulate", "--requests", "5000"]).arguments
    }

    #[test]
    fn run_with_one_seed_is_repeated_exactly() {
        let (costs, scenario) =
            (costs(), Scenario { servers: 3, pools: 5, databases: 2, ..Scenario::default() });
        let run = || World::new(&costs, &scenario, 2_000.0).run().latencies;
        assert_eq!(run(), run());
        assert_eq!(run().len(), 5_000);
    }

    #[test]
    fn quiet_request_takes_its_trips_its_work_and_a_flush() {
        let (costs, scenario) =
            (costs(), Scenario { servers: 1, pools: 1, databases: 1, ..Scenario::default() });
        let median = World::new(&costs, &scenario, 1.0).run().percentile(0.5);
        let reads = u64::from(READS);
        let work = costs.server_cpu + reads * costs.read_cpu + costs.commit_cpu + costs.flush;
        let sum = work + (reads + 1) * costs.round_trip;
        assert!((sum * 9 / 10..sum * 11 / 10).contains(&median), "{median} µs instead of {sum} µs");
    }

    #[test]
    fn requests_about_one_user_all_succeed_in_turn() {
        let (costs, scenario) =
            (costs(), Scenario { servers: 4, pools: 1, databases: 1, at_once: 20, ..Scenario::default() });
        let measured = World::new(&costs, &scenario, 500.0).run();
        assert_eq!(measured.given_up, 0);
        assert!(measured.retries >= measured.contended, "{measured:?}");
    }
}
