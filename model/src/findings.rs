//! Collects the errors of a model while it is loaded, and sorts them at the end.

use std::collections::{HashMap, HashSet};

use crate::{Diagnostic, Origin, ShapeId, document::Document, nearest::nearest};

/// How many suggestions of a similar name are made. The search is quadratic, and a model with more missing names was
/// probably loaded without one of its files.
const MAX_GUESSES: usize = 40;

/// The errors found so far.
#[derive(Default)]
pub(crate) struct Findings {
    found: Vec<Diagnostic>,
    guesses: usize,
}

impl Findings {
    /// Records an error.
    pub(crate) fn error(
        &mut self,
        origin: &Origin,
        shape: Option<&ShapeId>,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        let error = Diagnostic::error(message, remedy).at(origin);
        self.found.push(match shape {
            Some(shape) => error.about(shape),
            None => error,
        });
    }

    /// Returns a remedy: "did you mean …" if one of `candidates` is similar to `name`, and `otherwise`.
    pub(crate) fn guess<'a>(
        &mut self,
        name: &str,
        candidates: impl Iterator<Item = &'a str>,
        otherwise: &str,
    ) -> String {
        self.guesses += 1;
        let guess = (self.guesses <= MAX_GUESSES).then(|| nearest(name, candidates)).flatten();
        match guess {
            Some(guess) => format!("did you mean `{guess}`? Otherwise {otherwise}"),
            None => otherwise.to_owned(),
        }
    }

    /// Returns whether there are no errors.
    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Returns the errors sorted by file and position, without repetitions: an error in a mixin occurs in every shape
    /// that uses it.
    pub(crate) fn in_order(self, documents: &[Document]) -> Vec<Diagnostic> {
        let Self { mut found, .. } = self;
        let mut seen = HashSet::new();
        found.retain(|one| seen.insert((one.origin.clone(), one.message.clone())));
        let mut ranks: HashMap<Origin, (usize, usize)> = HashMap::new();
        for (number, document) in documents.iter().enumerate() {
            let origins = found.iter().filter_map(|one| one.origin.as_ref());
            let pointers =
                origins.filter(|origin| origin.file == document.file).map(|origin| origin.pointer.as_str());
            for (pointer, position) in document.positions(&pointers.collect()) {
                let origin = Origin { file: document.file.clone(), pointer: pointer.to_owned() };
                ranks.entry(origin).or_insert((number, position));
            }
            // A file that is not JSON has no positions, but its error is sorted by file too.
            ranks.entry(Origin::top(&document.file)).or_insert((number, 0));
        }
        found.sort_by_key(|one| one.origin.as_ref().and_then(|origin| ranks.get(origin)).copied());
        found
    }
}
