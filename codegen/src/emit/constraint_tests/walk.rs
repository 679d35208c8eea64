//! Finds every place in an operation's input where a constraint can be violated: each member, element, key and value, by
//! each path that leads to it. A place has a body that is valid when its placeholder is replaced by a valid value.

use std::collections::HashSet;

use lido_model::{Member, ShapeId, ShapeKind};
use serde_json::{Value, json};

use super::{message, sample::Samples, view::View};

/// The placeholder for the tested value in a body and in a message. The harness uses the same.
pub(super) const PLACEHOLDER: &str = "«»";

/// A place in the input.
#[derive(Debug)]
pub(super) struct Place<'m> {
    pub(super) form: PlaceKind,
    /// The path in a message: of the value, or of the list or map that contains it.
    pub(super) path: String,
    /// The body, with the placeholder.
    pub(super) body: String,
    /// The body without the member, if it is required.
    pub(super) without: Option<String>,
    /// Whether `null` is refused.
    pub(super) no_null: bool,
    /// The value, or the list or map that contains it, as a message shows it, with the placeholder. `None` if the
    /// message must not show it.
    pub(super) shows: Option<String>,
    /// The shape of the value, if it has constraints.
    pub(super) view: Option<View<'m>>,
    /// The number of constraints in this place.
    pub(super) count: usize,
}

/// Whether a place is a member, or an element, key or value of a list or map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PlaceKind {
    Member,
    Element,
    Key,
    Value,
}

/// Walks the input of one operation.
#[derive(Debug)]
pub(super) struct Walk<'s, 'm> {
    samples: &'s mut Samples<'m>,
    steps: Vec<Step<'m>>,
    /// The shapes on the path. A shape that occurs again is not entered.
    trail: Vec<ShapeId>,
    places: Vec<Place<'m>>,
    /// The paths of places for which no valid body was found.
    skipped: Vec<String>,
}

/// One step of the path from the input to a place.
#[derive(Debug, Clone)]
enum Step<'m> {
    Member { of: View<'m>, members: &'m [Member], member: &'m Member },
    Variant(&'m Member),
    Element(View<'m>),
    Key(View<'m>),
    Value { of: View<'m>, key: String },
}

impl<'s, 'm> Walk<'s, 'm> {
    /// Returns every place of the input, and the paths of those for which no valid body was found.
    pub(super) fn input(samples: &'s mut Samples<'m>, id: &ShapeId) -> (Vec<Place<'m>>, Vec<String>) {
        let model = samples.model;
        let mut walk =
            Self { samples, steps: Vec::new(), trail: Vec::new(), places: Vec::new(), skipped: Vec::new() };
        if let Some(shape) = model.find_shape(id.as_str()) {
            let view = View::shape(shape);
            let concealed = view.is_sensitive();
            walk.enter(&view, concealed);
        }
        (walk.places, walk.skipped)
    }

    /// Visits the parts of a value of the shape. `concealed` says that messages must not show it.
    fn enter(&mut self, view: &View<'m>, concealed: bool) {
        if self.trail.contains(&view.shape.id) {
            return;
        }
        self.trail.push(view.shape.id.clone());
        match &view.shape.kind {
            ShapeKind::Structure(members) => {
                for member in members {
                    let step = Step::Member { of: view.clone(), members, member };
                    let is_required = member.traits.has("smithy.api#required");
                    self.visit(view, member, step, PlaceKind::Member, is_required, concealed);
                }
            }
            ShapeKind::Union(members) => {
                for member in members {
                    let step = Step::Variant(member);
                    self.visit(view, member, step, PlaceKind::Member, false, concealed);
                }
            }
            ShapeKind::List(element) => {
                let is_dense = !view.is_sparse();
                self.visit(
                    view,
                    element,
                    Step::Element(view.clone()),
                    PlaceKind::Element,
                    is_dense,
                    concealed,
                );
            }
            ShapeKind::Map { key, value } => {
                self.visit(view, key, Step::Key(view.clone()), PlaceKind::Key, false, concealed);
                let key = View::of(self.samples.model, view.shape, key);
                let key = key.and_then(|key| self.samples.smallest(&key)?.as_str().map(str::to_owned));
                if let Some(key) = key {
                    let step = Step::Value { of: view.clone(), key };
                    self.visit(view, value, step, PlaceKind::Value, !view.is_sparse(), concealed);
                } else {
                    self.skipped.push(self.path());
                }
            }
            _ => {}
        }
        self.trail.pop();
    }

    fn visit(
        &mut self,
        owner: &View<'m>,
        member: &'m Member,
        step: Step<'m>,
        form: PlaceKind,
        no_null: bool,
        concealed: bool,
    ) {
        let Some(view) = View::of(self.samples.model, owner.shape, member) else { return };
        let shows = match form {
            PlaceKind::Member => (!concealed && self.is_showable(&view)).then(|| PLACEHOLDER.to_owned()),
            _ if concealed || !self.is_showable(owner) => None,
            _ => {
                let whole = self.value(&step, json!(PLACEHOLDER));
                whole.map(|whole| message::java(self.samples.model, owner, &whole))
            }
        };
        let dropped = if form == PlaceKind::Member { 0 } else { 1 };
        self.steps.push(step);
        let own = view.constraints().len();
        let count = own + usize::from(no_null);
        let path = self.path_of(self.steps.len() - dropped);
        if count > 0 {
            match self.body(Some(json!(PLACEHOLDER))) {
                Some(body) => {
                    let without = (form == PlaceKind::Member && no_null).then(|| self.body(None)).flatten();
                    self.places.push(Place {
                        form,
                        path,
                        body: body.to_string().replacen(&json!(PLACEHOLDER).to_string(), PLACEHOLDER, 1),
                        without: without.map(|body| body.to_string()),
                        no_null,
                        shows,
                        view: (own > 0).then(|| view.clone()),
                        count,
                    });
                }
                None => self.skipped.push(path),
            }
        }
        let concealed = concealed || view.is_sensitive();
        self.enter(&view, concealed);
        self.steps.pop();
    }

    /// Returns the body with `inner` in the current place, or without a value there.
    fn body(&mut self, mut inner: Option<Value>) -> Option<Value> {
        for step in self.steps.clone().iter().rev() {
            inner = Some(match (step, inner) {
                (Step::Member { of, members, member }, inner) => {
                    self.samples.structure(of, members, Some((&member.name, inner)))?
                }
                (step, Some(inner)) => self.value(step, inner)?,
                (_, None) => return None,
            });
        }
        inner
    }

    /// Returns the value that contains the part to which `step` leads, with `inner` as that part.
    fn value(&mut self, step: &Step<'m>, inner: Value) -> Option<Value> {
        match step {
            Step::Member { of, members, member } => {
                self.samples.structure(of, members, Some((&member.name, Some(inner))))
            }
            Step::Variant(member) => Some(json!({ member.name.as_str(): inner })),
            Step::Element(of) => {
                let Value::Array(mut items) = self.samples.list(of, least(of))? else { return None };
                *items.first_mut()? = inner;
                Some(Value::Array(items))
            }
            Step::Key(of) => {
                let Value::Object(entries) = self.samples.map(of, least(of))? else { return None };
                let mut keys = vec![inner.as_str()?.to_owned()];
                keys.extend(entries.keys().skip(1).cloned());
                Some(Value::Object(
                    keys.into_iter().zip(entries.into_iter().map(|(_, value)| value)).collect(),
                ))
            }
            Step::Value { of, key } => {
                let Value::Object(mut entries) = self.samples.map(of, least(of))? else { return None };
                *entries.get_mut(key)? = inner;
                Some(Value::Object(entries))
            }
        }
    }

    /// Returns whether a message may show values of the shape: it is not sensitive, and contains nothing that is.
    fn is_showable(&self, view: &View<'m>) -> bool {
        let (mut seen, mut next) = (HashSet::new(), vec![view.shape]);
        while let Some(shape) = next.pop() {
            if shape.traits.has("smithy.api#sensitive") {
                return false;
            }
            let parts: Vec<&Member> = match &shape.kind {
                _ if !seen.insert(&shape.id) => continue,
                ShapeKind::Structure(members) | ShapeKind::Union(members) => members.iter().collect(),
                ShapeKind::List(element) => vec![element],
                ShapeKind::Map { key, value } => vec![key, value],
                _ => continue,
            };
            next.extend(parts.iter().filter_map(|part| self.samples.model.find_shape(part.target.as_str())));
        }
        true
    }

    fn path(&self) -> String {
        self.path_of(self.steps.len())
    }

    /// Returns the path of the first `count` steps.
    fn path_of(&self, count: usize) -> String {
        let parts = self.steps.iter().take(count).map(|step| match step {
            Step::Member { member, .. } | Step::Variant(member) => message::printed_name(member),
            Step::Element(_) => "1.member".to_owned(),
            Step::Key(_) => format!("{PLACEHOLDER}.member"),
            Step::Value { key, .. } => format!("{key}.member"),
        });
        parts.collect::<Vec<_>>().join(".")
    }
}

/// Returns the minimum length, at least 1 for the placeholder.
fn least(view: &View<'_>) -> usize {
    usize::try_from(view.lengths().0.unwrap_or_default()).unwrap_or_default().max(1)
}
