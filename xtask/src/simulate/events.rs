//! What happens when: the queue of events, and stations with several places at which requests wait for their turn.

use std::{cmp::Reverse, collections::BinaryHeap};

/// A time in µs since the start.
pub(super) type Time = u64;

/// Events in the order of their times; those of one time in the order in which they were added.
#[derive(Debug)]
pub(super) struct Events<E> {
    heap: BinaryHeap<Reverse<(Time, u64, E)>>,
    added: u64,
}

impl<E: Ord> Events<E> {
    pub(super) fn new() -> Self {
        Self { heap: BinaryHeap::new(), added: 0 }
    }

    pub(super) fn add(&mut self, at: Time, event: E) {
        self.added += 1;
        self.heap.push(Reverse((at, self.added, event)));
    }

    /// Removes the next event and returns it with its time.
    pub(super) fn next(&mut self) -> Option<(Time, E)> {
        self.heap.pop().map(|Reverse((at, _, event))| (at, event))
    }
}

/// Cores that work on one thing each, in the order in which things come.
#[derive(Clone, Debug)]
pub(super) struct Cores {
    /// When each core is free.
    free_at: BinaryHeap<Reverse<Time>>,
    count: usize,
    busy: Time,
}

impl Cores {
    pub(super) fn new(count: usize) -> Self {
        Self { free_at: (0..count).map(|_| Reverse(0)).collect(), count, busy: 0 }
    }

    /// Returns when work of this length that comes now is done.
    pub(super) fn work(&mut self, now: Time, length: Time) -> Time {
        let free_at = self.free_at.pop().map_or(0, |Reverse(at)| at);
        let done = free_at.max(now) + length;
        self.free_at.push(Reverse(done));
        self.busy += length;
        done
    }

    /// Returns the share of its time that it worked until `end`.
    pub(super) fn utilization(&self, end: Time) -> f64 {
        self.busy as f64 / (end.max(1) * self.count as u64) as f64
    }
}

/// A disk that writes the log of all commits that wait in one flush.
#[derive(Clone, Debug)]
pub(super) struct Disk {
    flush: Time,
    /// When the current flush ends, and the one after it, which takes what comes meanwhile.
    current_end: Time,
    next_end: Time,
    busy: Time,
}

impl Disk {
    pub(super) fn new(flush: Time) -> Self {
        Self { flush, current_end: 0, next_end: 0, busy: 0 }
    }

    /// Returns when a commit that comes now is on the disk.
    pub(super) fn write(&mut self, now: Time) -> Time {
        if now >= self.next_end {
            self.current_end = now + self.flush;
            self.next_end = self.current_end;
            self.busy += self.flush;
        } else if now >= self.current_end {
            // The flush that was planned has begun; this commit is for the one after it.
            self.current_end = self.next_end;
            self.next_end += self.flush;
            self.busy += self.flush;
        } else if self.next_end == self.current_end {
            self.next_end = self.current_end + self.flush;
            self.busy += self.flush;
        }
        self.next_end
    }

    /// Returns the share of its time that it wrote until `end`.
    pub(super) fn utilization(&self, end: Time) -> f64 {
        self.busy as f64 / end.max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_in_the_order_of_time_and_then_of_adding() {
        let mut events = Events::new();
        for (at, name) in [(5, "b"), (5, "a"), (1, "c")] {
            events.add(at, name);
        }
        let order: Vec<_> = std::iter::from_fn(|| events.next()).collect();
        assert_eq!(order, [(1, "c"), (5, "b"), (5, "a")]);
    }

    #[test]
    fn work_waits_for_a_free_core() {
        let mut cores = Cores::new(2);
        assert_eq!([0, 0, 0, 25].map(|now| cores.work(now, 10)), [10, 10, 20, 35]);
        assert!((cores.utilization(40) - 0.5).abs() < 1e-9);
    }

    #[test]
    fn commits_during_a_flush_share_the_next_one() {
        let mut disk = Disk::new(10);
        assert_eq!([0, 1, 9, 12, 13, 100].map(|now| disk.write(now)), [10, 20, 20, 30, 30, 110]);
    }
}
