//! The violations that a reader has found so far.
//!
//! Their number is bounded, so that the work on them is: whatever visits them once for each value that is read stays
//! linear in the body. Nothing else keeps violations, and each visit is counted, so that a test sees work that is not.

use crate::{
    Style,
    violation::{Container, MAX_TOLD, Part, Segment, Violation, Violations},
};

/// Maximum number of violations that are kept. It is above [`MAX_TOLD`], since violations of one list or map may be
/// merged and those of a repeated member are discarded.
const MAX_KEPT: usize = 2 * MAX_TOLD;

/// A bounded list of violations.
#[derive(Debug)]
pub(crate) struct ViolationLog {
    style: Style,
    kept: Vec<Violation>,
    /// Whether a violation was not kept.
    has_more: bool,
    /// Whether violations stay although the value is replaced by a later one of the same name.
    ///
    /// *Chosen*: a body with more violations than are kept is refused, whatever follows. It is the only case in which
    /// the first of two values with the same name matters.
    is_final: bool,
    steps: usize,
}

impl ViolationLog {
    pub(crate) fn new(style: Style) -> Self {
        Self { style, kept: Vec::new(), has_more: false, is_final: false, steps: 0 }
    }

    pub(crate) fn style(&self) -> Style {
        self.style
    }

    /// Counts work.
    pub(crate) fn count(&mut self, steps: usize) {
        self.steps += steps;
    }

    /// Returns the number of violations kept so far.
    #[inline]
    pub(crate) fn mark(&self) -> usize {
        self.kept.len()
    }

    #[cold]
    pub(crate) fn push(&mut self, violation: Violation) {
        self.steps += 1;
        if self.kept.len() < MAX_KEPT {
            self.kept.push(violation);
        } else {
            self.has_more = true;
            self.is_final = true;
        }
    }

    /// Visits the violations since `mark`.
    fn since(&mut self, mark: usize) -> &mut [Violation] {
        let since = self.kept.get_mut(mark..).unwrap_or_default();
        self.steps += since.len();
        since
    }

    /// Adds `segment` to the paths of the violations since `mark`.
    #[cold]
    pub(crate) fn locate(&mut self, mark: usize, segment: &Segment) {
        for violation in self.since(mark) {
            violation.path.push(segment.clone());
        }
    }

    /// Removes the values from the violations since `mark`.
    #[cold]
    pub(crate) fn conceal(&mut self, mark: usize) {
        self.since(mark).iter_mut().for_each(Violation::conceal);
    }

    /// Discards the violations since `mark` below the segment that `is_replaced` accepts, whose value a later one of
    /// the same name replaces.
    #[cold]
    pub(crate) fn forget(&mut self, mark: usize, is_replaced: impl Fn(&Segment) -> bool) {
        if self.is_final {
            return;
        }
        self.retain_since(mark, |violation, _| !violation.path.outermost().is_some_and(&is_replaced));
    }

    /// Merges the violations that are about direct parts of the list or map read since `mark`, if the message has one
    /// clause for them: all elements, all keys and all values. `merged` has the positions of those merged before.
    #[cold]
    pub(crate) fn merge(&mut self, mark: usize, merged: &mut Merged) {
        if self.style != Style::Coral {
            return;
        }
        self.retain_since(mark, |violation, before| {
            let Some(part) = violation.path.only_part() else { return true };
            let place = merged.place(part);
            if let Some(first) = place.and_then(|at| before.get_mut(at)) {
                first.merge(violation);
                return false;
            }
            *place = Some(before.len());
            true
        });
    }

    /// Merges the violations of the entries of the map read since `mark`, if there are so many that they would not be
    /// kept otherwise. From then on they stay, since it is no longer known which entry has which.
    #[cold]
    pub(crate) fn merge_early(&mut self, mark: usize) {
        let before = self.kept.len();
        if before > MAX_TOLD {
            self.merge(mark, &mut Merged::default());
            self.is_final |= self.kept.len() < before;
        }
    }

    /// Sets the container of the violations since `mark` that are about its direct parts.
    #[cold]
    pub(crate) fn enclose(&mut self, mark: usize, container_of: impl Fn(Part) -> Container) {
        for violation in self.since(mark) {
            if violation.container.is_none() {
                violation.container = violation.path.only_part().map(&container_of);
            }
        }
    }

    /// Keeps the violations since `mark` for which `keep` returns true. It gets each with those that are kept before it.
    fn retain_since(&mut self, mark: usize, mut keep: impl FnMut(&Violation, &mut [Violation]) -> bool) {
        let since = self.kept.split_off(mark.min(self.kept.len()));
        self.steps += since.len();
        for violation in since {
            if keep(&violation, &mut self.kept) {
                self.kept.push(violation);
            }
        }
    }

    /// Returns the violations of the request with this text and the message about them, or `None` if there are none.
    pub(crate) fn finish(mut self, text: &str) -> Option<Violations> {
        if self.kept.is_empty() {
            return None;
        }
        // Those of one value stay in the order in which they were found.
        self.kept.sort_by(|one, other| one.path.cmp(&other.path));
        self.steps += self.kept.len();
        self.has_more |= self.kept.len() > MAX_TOLD;
        self.kept.truncate(MAX_TOLD);
        let wording = self.style.word(text, &self.kept, self.has_more);
        self.kept.truncate(wording.told);
        Some(Violations {
            told: self.kept,
            message: wording.message,
            room: wording.room,
            steps: self.steps + wording.steps,
        })
    }
}

/// The positions in the log of the violations into which those of a list or map are merged.
#[derive(Debug, Default)]
pub(crate) struct Merged {
    elements: Option<usize>,
    keys: Option<usize>,
    values: Option<usize>,
}

impl Merged {
    fn place(&mut self, part: Part) -> &mut Option<usize> {
        match part {
            Part::Element => &mut self.elements,
            Part::Key => &mut self.keys,
            Part::Value => &mut self.values,
        }
    }
}
