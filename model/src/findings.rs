//! Collects what is wrong while a model is read, and puts it in order at the end.

use std::collections::{HashMap, HashSet};

use crate::{Diagnostic, Origin, ShapeId, document::Document, nearest::nearest};

/// Looking for similar names is quadratic; a model in which more than this many are missing was
/// probably loaded without one of its files, and guesses would not help its author.
const MOST_GUESSES: usize = 40;

/// The errors found so far.
#[derive(Default)]
pub(crate) struct Findings {
    found: Vec<Diagnostic>,
    guesses: usize,
}

impl Findings {
    /// Notes an error.
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

    /// "Did you mean …" where one of `candidates` is close to `wanted`; then `otherwise`.
    pub(crate) fn guess<'a>(
        &mut self,
        wanted: &str,
        candidates: impl Iterator<Item = &'a str>,
        otherwise: &str,
    ) -> String {
        self.guesses += 1;
        let guess = (self.guesses <= MOST_GUESSES).then(|| nearest(wanted, candidates)).flatten();
        match guess {
            Some(guess) => format!("did you mean `{guess}`? Otherwise {otherwise}"),
            None => otherwise.to_owned(),
        }
    }

    /// Whether nothing is wrong.
    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Everything in the order of files and of places in them, each thing said once: a fault in a
    /// mixin shows up in every shape that uses it.
    pub(crate) fn in_order(self, documents: &[Document]) -> Vec<Diagnostic> {
        let Self { mut found, .. } = self;
        let mut seen = HashSet::new();
        found.retain(|one| seen.insert((one.origin.clone(), one.message.clone())));
        let mut ranks: HashMap<Origin, (usize, usize)> = HashMap::new();
        for (number, document) in documents.iter().enumerate() {
            let origins = found.iter().filter_map(|one| one.origin.as_ref());
            let wanted =
                origins.filter(|origin| origin.file == document.file).map(|origin| origin.pointer.as_str());
            for (pointer, place) in document.places(&wanted.collect()) {
                let origin = Origin { file: document.file.clone(), pointer: pointer.to_owned() };
                ranks.entry(origin).or_insert((number, place));
            }
            // A file that is not JSON has no places but is still where it is among the files.
            ranks.entry(Origin::top(&document.file)).or_insert((number, 0));
        }
        found.sort_by_key(|one| one.origin.as_ref().and_then(|origin| ranks.get(origin)).copied());
        found
    }
}
