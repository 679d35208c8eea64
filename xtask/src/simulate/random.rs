//! Random numbers that a seed repeats, and the distributions of the simulation.

/// A generator of pseudo-random numbers (SplitMix64).
#[derive(Clone, Debug)]
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number from 0 up to, but not including, 1.
    pub(super) fn fraction(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Returns a number below `end`, which is not 0.
    pub(super) fn below(&mut self, end: usize) -> usize {
        ((self.fraction() * end as f64) as usize).min(end - 1)
    }

    /// Returns an exponentially distributed time with this mean: the time between two independent requests, or the cost
    /// of one that varies.
    pub(super) fn exponential(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.fraction()).ln()
    }
}

/// The popularity of things: the first is the most popular.
#[derive(Clone, Debug)]
pub(super) struct Popularity {
    /// The sum of the shares of each and all before it.
    sums: Vec<f64>,
}

impl Popularity {
    /// Returns that of `count` things whose shares fall with the power `skew` of their rank; 0 for equal shares.
    pub(super) fn new(count: usize, skew: f64) -> Self {
        let mut sum = 0.0;
        let sums = (1..=count)
            .map(|rank| {
                sum += (rank as f64).powf(-skew);
                sum
            })
            .collect();
        Self { sums }
    }

    pub(super) fn choose(&self, random: &mut Random) -> usize {
        let total = self.sums.last().copied().unwrap_or(0.0);
        let at = random.fraction() * total;
        self.sums.partition_point(|sum| *sum <= at).min(self.sums.len().saturating_sub(1))
    }
}
