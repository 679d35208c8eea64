//! Collects the errors and warnings of a model while it is loaded, and sorts them at the end.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::{
    Code, Diagnostic, Origin, Severity, ShapeId, codes, document::Document, nearest::nearest, place,
};

/// How many suggestions of a similar name are made. The search is quadratic, and a model with more missing names was
/// probably loaded without one of its files.
const MAX_GUESSES: usize = 40;

/// The errors and warnings found so far.
#[derive(Default)]
pub(crate) struct Findings {
    found: Vec<Diagnostic>,
    guesses: usize,
    /// The traits without a definition that a warning has named.
    undefined_traits: BTreeSet<String>,
}

impl Findings {
    /// Records an error.
    pub(crate) fn error(
        &mut self,
        code: &'static Code,
        origin: &Origin,
        shape: Option<&ShapeId>,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        let error = Diagnostic::error(code, message, remedy).at(origin);
        self.found.push(match shape {
            Some(shape) => error.about(shape),
            None => error,
        });
    }

    /// Warns of a trait without a definition, once for each trait.
    pub(crate) fn undefined_trait(&mut self, id: &str, origin: &Origin, shape: &ShapeId) {
        if self.undefined_traits.insert(id.to_owned()) {
            let remedy =
                "check its spelling, or load the file that defines it; it has no effect on generated code";
            let message = format!("the trait `{id}` is not defined");
            self.found
                .push(Diagnostic::warning(&codes::UNDEFINED_TRAIT, message, remedy).at(origin).about(shape));
        }
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

    /// Returns the errors, or the warnings if there are none, sorted by file and position, without repetitions: an error in
    /// a mixin occurs in every shape that uses it.
    pub(crate) fn in_order(self, documents: &[Document<'_>]) -> Result<Vec<Diagnostic>, Vec<Diagnostic>> {
        let Self { mut found, .. } = self;
        let is_error = |one: &Diagnostic| one.severity == Severity::Error;
        let has_errors = found.iter().any(is_error);
        found.retain(|one| is_error(one) == has_errors);
        let mut seen = HashSet::new();
        found.retain(|one| seen.insert((one.origin.clone(), one.message.clone())));
        let mut ranks: HashMap<Origin, (usize, usize)> = HashMap::new();
        for (number, document) in documents.iter().enumerate() {
            let origins = found.iter().filter_map(|one| one.origin.as_ref());
            let pointers =
                origins.filter(|origin| origin.file == document.file).map(|origin| &*origin.pointer);
            for (pointer, position) in document.positions(&pointers.collect()) {
                let origin = Origin { file: document.file.clone(), pointer: pointer.into() };
                ranks.entry(origin).or_insert((number, position));
            }
            // A file that is not JSON has no positions, but its error is sorted by file too.
            ranks.entry(Origin::top(&document.file)).or_insert((number, 0));
        }
        found.sort_by_key(|one| one.origin.as_ref().and_then(|origin| ranks.get(origin)).copied());
        let sources: Vec<_> = documents.iter().map(|document| (&*document.file, document.bytes)).collect();
        place::locate(&mut found, &sources);
        if has_errors { Err(found) } else { Ok(found) }
    }
}
