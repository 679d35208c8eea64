//! Whether everything that is pointed at exists and may be pointed at.

use crate::{
    Origin, ShapeId,
    draft::{Draft, Drafts, Reference, Type},
    findings::Findings,
    prelude::UNIT,
};

/// Checks what one shape and its members point at.
pub(super) fn check(draft: &Draft, drafts: &Drafts, findings: &mut Findings) {
    let mut targets = Targets { draft, drafts, findings };
    targets.members();
    targets.operation();
    targets.bound();
}

struct Targets<'a> {
    draft: &'a Draft,
    drafts: &'a Drafts,
    findings: &'a mut Findings,
}

impl<'a> Targets<'a> {
    fn error(&mut self, origin: &Origin, message: String, remedy: impl Into<String>) {
        self.findings.error(origin, Some(&self.draft.id), message, remedy);
    }

    /// The shape `target`; where there is none, or it may only be mixed in, that is said.
    fn find(&mut self, target: &ShapeId, origin: &Origin, what: &str) -> Option<&'a Draft> {
        let Some(found) = self.drafts.shapes.get(target) else {
            if !self.drafts.unreadable.contains(target) {
                let ids = self.drafts.shapes.keys().map(ShapeId::as_str);
                let remedy =
                    self.findings.guess(target.as_str(), ids, "define it, or load the file that does");
                self.error(
                    origin,
                    format!("{what} names the shape `{target}`, which does not exist"),
                    remedy,
                );
            }
            return None;
        };
        if found.is_mixin() {
            let message = format!("{what} names `{target}`, which is a mixin");
            self.error(origin, message, "define a shape that uses the mixin, and name that one");
            return None;
        }
        Some(found)
    }

    /// The shape a reference names, if it is one of the types that may stand there.
    fn find_of(&mut self, reference: &Reference, what: &str, types: &[Type]) -> Option<&'a Draft> {
        let found = self.find(&reference.target, &reference.origin, what)?;
        if types.contains(&found.of) {
            return Some(found);
        }
        let names: Vec<_> = types.iter().map(|of| of.name()).collect();
        let wanted = names.join(" or ");
        let message =
            format!("{what} must be a {wanted}, but `{}` is a {}", reference.target, found.of.name());
        self.error(&reference.origin, message, format!("name a {wanted}"));
        None
    }

    fn members(&mut self) {
        let draft = self.draft;
        if matches!(draft.of, Type::Enum | Type::IntEnum) {
            return;
        }
        for (name, member) in &draft.members {
            let origin = member.origin.child("target");
            let what = format!("the member `{name}`");
            let Some(found) = self.find(&member.target, &origin, &what) else { continue };
            if !found.of.is_data() {
                let message = format!("{what} targets `{}`, which is a {}", found.id, found.of.name());
                self.error(&origin, message, "let it target a shape that holds data");
            } else if draft.of == Type::Map && name == "key" && !found.of.is_text() {
                let message =
                    format!("the keys of a map must be strings, but `{}` is a {}", found.id, found.of.name());
                self.error(&origin, message, "let `key` target a string or an enum");
            } else if found.id.as_str() == UNIT && draft.of != Type::Union {
                let message =
                    format!("{what} targets `{UNIT}`, which only the members of unions and enums may do");
                self.error(&origin, message, "let it target an empty structure of your own");
            }
        }
    }

    fn operation(&mut self) {
        let draft = self.draft;
        let bindings = &draft.bindings;
        for (reference, what) in [(&bindings.input, "the input"), (&bindings.output, "the output")] {
            if let Some(reference) = reference {
                self.find_of(reference, what, &[Type::Structure]);
            }
        }
        for reference in &bindings.errors {
            let Some(found) = self.find_of(reference, "an error", &[Type::Structure]) else { continue };
            if !found.traits.has("smithy.api#error") {
                let message = format!("`{}` is listed as an error but is an ordinary structure", found.id);
                let remedy = "give it the trait `smithy.api#error` with `client` or `server`";
                self.error(&reference.origin, message, remedy);
            }
        }
    }

    /// What services and resources hold.
    fn bound(&mut self) {
        let draft = self.draft;
        let bindings = &draft.bindings;
        for reference in &bindings.operations {
            self.find_of(reference, "an operation", &[Type::Operation]);
        }
        for reference in &bindings.resources {
            self.find_of(reference, "a resource", &[Type::Resource]);
        }
        for reference in &bindings.data {
            let what = "an identifier or property of a resource";
            let Some(found) = self.find(&reference.target, &reference.origin, what) else { continue };
            if !found.of.is_data() {
                let message = format!("{what} targets `{}`, which is a {}", found.id, found.of.name());
                self.error(&reference.origin, message, "let it target a shape that holds data");
            }
        }
        for (id, rename) in &bindings.rename {
            self.find(id, &rename.origin, "`rename`");
        }
    }
}
