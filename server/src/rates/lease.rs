//! The rule by which a server takes tokens out of a bucket that it shares with others: in batches, each of which it may
//! use for a moment.
//!
//! It is a pure function of what is asked of it and of the time; [`super::shared`] asks the store.

use std::time::Duration;

/// The time for which tokens that were taken may be used.
///
/// *Chosen*: what is not used by then is lost, so that tokens which many servers have taken in advance cannot add up to
/// more than what the bucket regains in this time.
pub(super) const LEASE: Duration = Duration::from_millis(200);

/// The time without asking after a bucket was found empty: the first, and the longest, which doubles while it stays empty.
///
/// *Chosen*: a server that is flooded asks at most twenty times a second for a bucket, and each of many servers less often.
const PAUSES: [Duration; 2] = [Duration::from_millis(50), Duration::from_millis(400)];

/// What a server has of a bucket.
#[derive(Debug)]
pub(super) struct Lease {
    per_second: u32,
    /// How many tokens the last batch had, and how many of them are left.
    size: u32,
    left: u32,
    /// When it was taken.
    taken_at: Duration,
    /// How many requests there were since then.
    requests: u32,
    /// Until when the bucket counts as empty, and for how long it did last.
    empty_until: Duration,
    pause: Duration,
}

/// What a request may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LeaseOutcome {
    /// A token was there for it.
    Granted,
    /// The bucket is empty.
    Refused,
    /// So many tokens must be taken from the store first.
    NeedsTokens(u32),
}

impl Lease {
    pub(super) fn new(per_second: u32) -> Self {
        let zero = Duration::ZERO;
        Self {
            per_second,
            size: 0,
            left: 0,
            taken_at: zero,
            requests: 0,
            empty_until: zero,
            pause: PAUSES[0],
        }
    }

    /// Counts a request, beside which others wait for tokens.
    pub(super) fn take(&mut self, now: Duration, waiting: u32) -> LeaseOutcome {
        if self.left > 0 && now < self.taken_at + LEASE {
            self.left -= 1;
            self.requests = self.requests.saturating_add(1);
            return LeaseOutcome::Granted;
        }
        if now < self.empty_until {
            self.requests = self.requests.saturating_add(1);
            return LeaseOutcome::Refused;
        }
        LeaseOutcome::NeedsTokens(self.expected(now).max(waiting.saturating_add(1)).min(self.per_second))
    }

    /// Returns how many tokens are expected to be used in the time of a lease: as many as were asked for lately, but at most
    /// twice the last batch, and what the bucket regains meanwhile.
    fn expected(&self, now: Duration) -> u32 {
        let since = now.saturating_sub(self.taken_at);
        let by_rate = scaled(self.requests, LEASE, since.max(Duration::from_millis(1)));
        let regained = scaled(self.per_second, LEASE, Duration::from_secs(1));
        by_rate.min(self.size.saturating_mul(2)).min(regained)
    }

    /// Takes note of the tokens that the store gave.
    pub(super) fn give(&mut self, now: Duration, wanted: u32, given: u32) {
        (self.size, self.left, self.taken_at, self.requests) = (given.max(1), given, now, 0);
        if given > 0 {
            self.pause = PAUSES[0];
        }
        if given < wanted {
            self.empty_until = now + self.pause;
            self.pause = (self.pause * 2).min(PAUSES[1]);
        }
    }
}

/// Returns how many there are in `part` if there are `count` in `whole`, rounded up.
fn scaled(count: u32, part: Duration, whole: Duration) -> u32 {
    let scaled = (u128::from(count) * part.as_micros()).div_ceil(whole.as_micros().max(1));
    u32::try_from(scaled).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A bucket as the store has it, and servers that take from it.
    struct Simulation {
        per_second: f64,
        tokens: f64,
        now: Duration,
        leases: Vec<Lease>,
        asked: usize,
    }

    impl Simulation {
        fn new(per_second: u32, servers: usize) -> Self {
            let leases = (0..servers).map(|_| Lease::new(per_second)).collect();
            let tokens = f64::from(per_second);
            Self { per_second: tokens, tokens, now: Duration::from_secs(100), leases, asked: 0 }
        }

        fn wait(&mut self, time: Duration) {
            self.now += time;
            self.tokens = (self.tokens + self.per_second * time.as_secs_f64()).min(self.per_second);
        }

        /// Sends a request to a server, and returns whether it is served.
        fn request(&mut self, server: usize) -> bool {
            loop {
                match self.leases[server].take(self.now, 0) {
                    LeaseOutcome::Granted => return true,
                    LeaseOutcome::Refused => return false,
                    LeaseOutcome::NeedsTokens(wanted) => {
                        self.asked += 1;
                        let given = (0..wanted).take_while(|taken| f64::from(*taken) + 1.0 <= self.tokens);
                        let given = u32::try_from(given.count()).expect("at most what was wanted");
                        self.tokens -= f64::from(given);
                        self.leases[server].give(self.now, wanted, given);
                    }
                }
            }
        }

        /// Sends this many requests a second to each server for some seconds, and returns how many are served in each step
        /// of a hundredth of a second.
        fn run(&mut self, each: u32, seconds: u32) -> Vec<u32> {
            let mut due = vec![0.0; self.leases.len()];
            (0..seconds * 100)
                .map(|_| {
                    self.wait(Duration::from_millis(10));
                    let mut served = 0;
                    for (server, due) in due.iter_mut().enumerate() {
                        *due += f64::from(each) / 100.0;
                        while *due >= 1.0 {
                            *due -= 1.0;
                            served += u32::from(self.request(server));
                        }
                    }
                    served
                })
                .collect()
        }
    }

    /// Returns the most that was served in any window of this many steps.
    fn most_in(served: &[u32], steps: usize) -> u32 {
        served.windows(steps).map(|window| window.iter().sum()).max().unwrap_or_default()
    }

    #[test]
    fn flooded_servers_together_stay_within_the_quota_and_use_it() {
        for (per_second, servers) in [(1, 3), (10, 1), (50, 1), (50, 3), (50, 40), (120, 10), (2_000, 5)] {
            let mut simulation = Simulation::new(per_second, servers);
            let served = simulation.run((per_second * 5).max(100), 20);
            let case = format!("{per_second} a second over {servers} servers");
            // What was full, what the window regains, and what was taken before it.
            let quota = f64::from(per_second);
            let bound = |seconds: f64| quota * (1.0 + seconds + LEASE.as_secs_f64()) + 1.0;
            for (steps, seconds) in [(10, 0.1), (100, 1.0), (1_000, 10.0)] {
                let most = f64::from(most_in(&served, steps));
                assert!(most <= bound(seconds), "{case}: {most} in {seconds} s");
            }
            // In the steady state it is the quota.
            let steady: u32 = served[1_000..].iter().sum();
            let share = f64::from(steady) / (quota * 10.0);
            assert!((0.8..=1.05).contains(&share), "{case}: {share} of the quota");
        }
    }

    #[test]
    fn servers_below_the_quota_together_are_never_refused() {
        for (per_second, servers, each) in
            [(50, 1, 45), (50, 3, 13), (50, 10, 4), (120, 30, 3), (120, 3, 36), (2_000, 4, 400)]
        {
            let mut simulation = Simulation::new(per_second, servers);
            let served: u32 = simulation.run(each, 20).iter().sum();
            let servers = u32::try_from(servers).expect("a few");
            let sent = each * 20 * servers;
            let case = format!("{each} a second at each of {servers} servers, {per_second} allowed");
            // A hundredth of a second may hold the last one back.
            assert!(served + servers >= sent, "{case}: {served} of {sent}");
        }
    }

    #[test]
    fn store_is_asked_seldom() {
        // Within the quota: about once for each lease.
        let mut busy = Simulation::new(2_000, 1);
        busy.run(1_500, 10);
        assert!(busy.asked < 100, "{} in ten seconds", busy.asked);
        // In a flood: about once for each pause, however many requests are refused.
        let mut flooded = Simulation::new(20, 1);
        flooded.run(5_000, 10);
        assert!(flooded.asked < 450, "{} in ten seconds", flooded.asked);
        // In a flood at many servers each asks less.
        let mut many = Simulation::new(20, 50);
        many.run(1_000, 10);
        assert!(many.asked < 50 * 10 * 5, "{} in ten seconds", many.asked);
    }

    #[test]
    fn tokens_that_are_not_used_in_time_are_lost() {
        let mut lease = Lease::new(50);
        let now = Duration::from_secs(1);
        assert_eq!(lease.take(now, 4), LeaseOutcome::NeedsTokens(5), "one for each request that waits");
        lease.give(now, 5, 5);
        assert_eq!(lease.take(now + LEASE / 2, 0), LeaseOutcome::Granted);
        assert!(matches!(lease.take(now + LEASE, 0), LeaseOutcome::NeedsTokens(1)));
    }

    #[test]
    fn batch_grows_with_the_requests_and_is_bounded() {
        let mut lease = Lease::new(100);
        let mut now = Duration::from_secs(1);
        let mut sizes = Vec::new();
        for _ in 0..7 {
            let LeaseOutcome::NeedsTokens(wanted) = lease.take(now, 0) else { panic!("it has tokens") };
            sizes.push(wanted);
            lease.give(now, wanted, wanted);
            for _ in 0..wanted {
                assert_eq!(lease.take(now, 0), LeaseOutcome::Granted);
            }
            now += Duration::from_millis(1);
        }
        assert_eq!(sizes, [1, 2, 4, 8, 16, 20, 20]);
        // An hour later one request is expected.
        assert_eq!(lease.take(now + Duration::from_secs(3_600), 0), LeaseOutcome::NeedsTokens(1));
    }

    #[test]
    fn empty_bucket_is_asked_again_after_a_pause_that_grows() {
        let mut lease = Lease::new(10);
        let mut now = Duration::from_secs(1);
        for millis in [50, 100, 200, 400, 400] {
            assert!(matches!(lease.take(now, 0), LeaseOutcome::NeedsTokens(_)));
            lease.give(now, 1, 0);
            let pause = Duration::from_millis(millis);
            assert_eq!(lease.take(now + pause - Duration::from_millis(1), 0), LeaseOutcome::Refused);
            now += pause;
        }
        lease.give(now, 1, 1);
        assert_eq!(lease.take(now, 0), LeaseOutcome::Granted);
        assert!(
            matches!(lease.take(now, 0), LeaseOutcome::NeedsTokens(_)),
            "it is asked at once after a full batch"
        );
    }
}
