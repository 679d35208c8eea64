//! Sets of lengths as intervals: the lengths that matches of a part of a pattern can have.
//!
//! Look-around and back-references are ignored, so that a set may contain too many lengths; samples are verified by
//! matching. All lengths are bounded by a limit, the length of the requested sample.

/// Maximum number of intervals. Those with the greatest lengths are dropped.
const MAX_INTERVALS: usize = 64;
/// Maximum number of repetitions that are considered.
pub(super) const MAX_REPETITIONS: usize = 4096;

/// A set of lengths: sorted intervals with gaps between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lengths(Vec<(usize, usize)>);

impl Lengths {
    pub(super) fn exactly(length: usize) -> Self {
        Self(vec![(length, length)])
    }

    pub(super) fn none() -> Self {
        Self(Vec::new())
    }

    pub(super) fn between(min: usize, max: usize) -> Self {
        Self(if min <= max { vec![(min, max)] } else { Vec::new() })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn contains(&self, length: usize) -> bool {
        self.0.iter().any(|&(min, max)| (min..=max).contains(&length))
    }

    pub(super) fn shortest(&self) -> Option<usize> {
        self.0.first().map(|&(min, _)| min)
    }

    pub(super) fn union(&self, other: &Self) -> Self {
        Self::ordered(self.0.iter().chain(&other.0).copied().collect())
    }

    /// Returns the lengths of a concatenation, up to `limit`.
    pub(super) fn sum(&self, other: &Self, limit: usize) -> Self {
        let sums = self.0.iter().flat_map(|&(min, max)| {
            let other = other.0.iter().map(move |&(first, last)| (min + first, (max + last).min(limit)));
            other.filter(|(min, _)| *min <= limit)
        });
        Self::ordered(sums.collect())
    }

    /// Returns the lengths of `times` repetitions.
    pub(super) fn times(&self, times: usize, limit: usize) -> Self {
        let (mut result, mut power, mut times) = (Self::exactly(0), self.clone(), times);
        while times > 0 && !result.is_empty() {
            if times % 2 == 1 {
                result = result.sum(&power, limit);
            }
            power = power.sum(&power, limit);
            times /= 2;
        }
        result
    }

    /// Returns the lengths of `min` to `max` repetitions.
    pub(super) fn repeated(&self, min: usize, max: usize, limit: usize) -> Self {
        let mut step = self.times(min, limit);
        let mut result = step.clone();
        for _ in min..max.min(min.saturating_add(MAX_REPETITIONS)) {
            step = step.sum(self, limit);
            if step.is_empty() || matches!(result.0.as_slice(), [(_, max)] if *max == limit) {
                break;
            }
            let next = result.union(&step);
            if next == result && self.contains(0) {
                break;
            }
            result = next;
        }
        result
    }

    /// Returns the lengths that, subtracted from `total`, leave one of `rest`.
    pub(super) fn leaving(&self, rest: &Self, total: usize) -> Self {
        let pairs = self.0.iter().flat_map(|&(min, max)| {
            rest.0.iter().filter(move |&&(first, _)| first <= total).filter_map(move |&(first, last)| {
                let range = (min.max(total.saturating_sub(last)), max.min(total - first));
                (range.0 <= range.1).then_some(range)
            })
        });
        Self::ordered(pairs.collect())
    }

    /// Returns a length of the set, selected by `number`.
    pub(super) fn pick(&self, number: usize) -> Option<usize> {
        let count = self.0.len().max(1);
        let &(min, max) = self.0.get(number % count)?;
        Some(min + (number / count) % (max - min + 1))
    }

    fn ordered(mut intervals: Vec<(usize, usize)>) -> Self {
        intervals.sort_unstable();
        let mut result: Vec<(usize, usize)> = Vec::new();
        for (min, max) in intervals {
            match result.last_mut() {
                Some((_, end)) if min <= end.saturating_add(1) => *end = max.max(*end),
                _ => result.push((min, max)),
            }
        }
        result.truncate(MAX_INTERVALS);
        Self(result)
    }
}

#[cfg(test)]
mod tests {
    use super::Lengths;

    #[test]
    fn repeated_of_two_and_three_contains_all_lengths_from_two() {
        let set = Lengths::between(2, 3).repeated(1, usize::MAX, 50);
        assert_eq!(set, Lengths::between(2, 50));
    }

    #[test]
    fn repeated_of_fixed_length_keeps_gaps() {
        let set = Lengths::exactly(4).repeated(0, 3, 100);
        assert!(set.contains(0) && set.contains(8) && set.contains(12));
        assert!(!set.contains(2) && !set.contains(16));
    }

    #[test]
    fn leaving_returns_lengths_with_possible_rest() {
        let name = Lengths::between(1, 10);
        let rest = Lengths::between(5, 6);
        assert_eq!(name.leaving(&rest, 9), Lengths::between(3, 4));
        assert!(name.leaving(&rest, 20).is_empty());
    }
}
