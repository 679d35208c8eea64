//! Finds the shapes that a service's inputs and outputs use, and those of them that contain themselves.

use std::collections::{BTreeMap, BTreeSet};

use lido_model::{Member, Model, Shape, ShapeId, ShapeKind};

/// The shapes that the operations of a service use.
#[derive(Debug, Default)]
pub(super) struct Closure {
    reads: BTreeSet<ShapeId>,
    writes: BTreeSet<ShapeId>,
    /// The shapes that are sensitive or contain one that is.
    concealed: BTreeSet<ShapeId>,
    /// Structures and unions that contain themselves without a list or map in between, each with the number of its cycle.
    cycles: BTreeMap<ShapeId, usize>,
}

impl Closure {
    /// Returns the shapes that these operations of a service use.
    pub(super) fn of(model: &Model, service: &Shape, operations: &[ShapeId]) -> Self {
        let mut closure = Self::default();
        let ShapeKind::Service { errors, .. } = &service.kind else { return closure };
        let mut written: Vec<&ShapeId> = errors.iter().collect();
        let mut read = Vec::new();
        for operation in operations.iter().filter_map(|id| model.find_shape(id.as_str())) {
            if let ShapeKind::Operation { input, output, errors } = &operation.kind {
                read.push(input);
                written.push(output);
                written.extend(errors);
            }
        }
        closure.reads = reach(model, read);
        // Elements that must be unique are compared as JSON, so they are written too.
        let shapes = closure.reads.iter().filter_map(|id| model.find_shape(id.as_str()));
        let mut compared = Vec::new();
        for shape in shapes {
            compared.extend(parts(shape).into_iter().filter_map(|part| {
                let target = model.find_shape(part.target.as_str())?;
                let places = [&shape.traits, &part.traits, &target.traits];
                places.iter().any(|traits| traits.has("smithy.api#uniqueItems")).then_some(&part.target)
            }));
            if shape.traits.has("smithy.api#uniqueItems") {
                compared.extend(parts(shape).into_iter().map(|part| &part.target));
            }
        }
        written.extend(compared);
        closure.writes = reach(model, written);
        closure.concealed = concealed(model, &closure.reads);
        closure.cycles = Cycles::find(model, closure.reads.union(&closure.writes));
        closure
    }

    /// Returns whether an operation's input uses the shape.
    pub(super) fn reads(&self, id: &ShapeId) -> bool {
        self.reads.contains(id)
    }

    /// Returns whether the shape is written as JSON: an operation's output or error uses it, or an input compares it for
    /// `uniqueItems`.
    pub(super) fn writes(&self, id: &ShapeId) -> bool {
        self.writes.contains(id)
    }

    /// Returns whether messages must not show values of the shape, which an input uses: it is sensitive, or contains one
    /// that is.
    pub(super) fn is_concealed(&self, id: &ShapeId) -> bool {
        self.concealed.contains(id)
    }

    /// Returns whether `part`, a direct part of `whole`, contains `whole` in turn.
    pub(super) fn is_cycle(&self, whole: &ShapeId, part: &ShapeId) -> bool {
        matches!((self.cycles.get(whole), self.cycles.get(part)), (Some(one), Some(other)) if one == other)
    }
}

/// Returns the members of a structure or union, the member of a list, or the key and the value of a map.
pub(super) fn parts(shape: &Shape) -> Vec<&Member> {
    match &shape.kind {
        ShapeKind::Structure(members) | ShapeKind::Union(members) => members.iter().collect(),
        ShapeKind::List(member) => vec![member],
        ShapeKind::Map { key, value } => vec![key, value],
        _ => Vec::new(),
    }
}

/// Returns the shapes that these use, and these.
pub(super) fn reach(model: &Model, from: Vec<&ShapeId>) -> BTreeSet<ShapeId> {
    let mut reached = BTreeSet::new();
    let mut next: Vec<_> = from;
    while let Some(id) = next.pop() {
        let Some(shape) = model.find_shape(id.as_str()) else { continue };
        if reached.insert(shape.id.clone()) {
            next.extend(parts(shape).into_iter().map(|part| &part.target));
        }
    }
    reached
}

/// Returns those of `ids` that are sensitive or contain a shape that is.
fn concealed(model: &Model, ids: &BTreeSet<ShapeId>) -> BTreeSet<ShapeId> {
    let mut wholes: BTreeMap<&ShapeId, Vec<&ShapeId>> = BTreeMap::new();
    let mut next = Vec::new();
    for shape in ids.iter().filter_map(|id| model.find_shape(id.as_str())) {
        for part in parts(shape) {
            wholes.entry(&part.target).or_default().push(&shape.id);
        }
        if shape.traits.has("smithy.api#sensitive") {
            next.push(&shape.id);
        }
    }
    let mut found = BTreeSet::new();
    while let Some(id) = next.pop() {
        if found.insert(id.clone()) {
            next.extend(wholes.get(id).into_iter().flatten());
        }
    }
    found
}

/// Tarjan's algorithm for strongly connected components, without recursion, since a model may be deep.
struct Cycles<'m> {
    model: &'m Model,
    order: BTreeMap<&'m ShapeId, usize>,
    low: BTreeMap<&'m ShapeId, usize>,
    stack: Vec<&'m ShapeId>,
    on_stack: BTreeSet<&'m ShapeId>,
    found: BTreeMap<ShapeId, usize>,
    groups: usize,
}

impl<'m> Cycles<'m> {
    /// Returns the number of the cycle for each shape that is part of one.
    fn find<'i>(model: &'m Model, ids: impl Iterator<Item = &'i ShapeId>) -> BTreeMap<ShapeId, usize> {
        let mut search = Self {
            model,
            order: BTreeMap::new(),
            low: BTreeMap::new(),
            stack: Vec::new(),
            on_stack: BTreeSet::new(),
            found: BTreeMap::new(),
            groups: 0,
        };
        for shape in ids.filter_map(|id| model.find_shape(id.as_str())) {
            if !search.order.contains_key(&shape.id) {
                search.walk(&shape.id);
            }
        }
        search.found
    }

    /// Returns the shapes that a value of the shape contains without a list or map, and so without a pointer, in between.
    fn contained(&self, id: &ShapeId) -> Vec<&'m ShapeId> {
        let Some(shape) = self.model.find_shape(id.as_str()) else { return Vec::new() };
        match &shape.kind {
            ShapeKind::Structure(members) | ShapeKind::Union(members) => {
                members.iter().map(|member| &member.target).collect()
            }
            _ => Vec::new(),
        }
    }

    fn enter(&mut self, id: &'m ShapeId) -> (&'m ShapeId, std::vec::IntoIter<&'m ShapeId>) {
        let index = self.order.len();
        self.order.insert(id, index);
        self.low.insert(id, index);
        self.stack.push(id);
        self.on_stack.insert(id);
        (id, self.contained(id).into_iter())
    }

    fn lower(&mut self, id: &'m ShapeId, to: Option<usize>) {
        if let (Some(low), Some(to)) = (self.low.get_mut(id), to) {
            *low = (*low).min(to);
        }
    }

    fn walk(&mut self, start: &'m ShapeId) {
        let mut path = vec![self.enter(start)];
        while let Some((id, rest)) = path.last_mut() {
            let id = *id;
            if let Some(part) = rest.next() {
                if !self.order.contains_key(part) {
                    path.push(self.enter(part));
                } else if self.on_stack.contains(part) {
                    self.lower(id, self.order.get(part).copied());
                }
                continue;
            }
            path.pop();
            if let Some((whole, _)) = path.last() {
                self.lower(whole, self.low.get(id).copied());
            }
            if self.low.get(id) == self.order.get(id) {
                self.close(id);
            }
        }
    }

    /// Removes the component of `root` from the stack. It is a cycle if it has several shapes, or one that contains
    /// itself.
    fn close(&mut self, root: &'m ShapeId) {
        let mut group = Vec::new();
        while let Some(id) = self.stack.pop() {
            self.on_stack.remove(id);
            group.push(id);
            if id == root {
                break;
            }
        }
        if group.len() > 1 || self.contained(root).contains(&root) {
            self.groups += 1;
            self.found.extend(group.into_iter().map(|id| (id.clone(), self.groups)));
        }
    }
}
