//! Collects what is wrong while a model is read, and puts it in order at the end.

use std::collections::HashSet;

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
        let mut seen = HashSet::new();
        let mut found = self.found;
        found.retain(|one| {
            let place = one.origin.as_ref().map(|origin| (origin.file.clone(), origin.pointer.clone()));
            seen.insert((place, one.message.clone()))
        });
        found.sort_by_cached_key(|one| {
            let origin = one.origin.as_ref()?;
            let (number, document) =
                documents.iter().enumerate().find(|(_, document)| document.file == origin.file)?;
            Some((number, document.rank(&origin.pointer)))
        });
        found
    }
}
