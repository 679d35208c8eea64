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

    /// The shape a reference names, if it is of the type that must stand there.
    fn find_of(&mut self, reference: &Reference, wanted: Type) -> Option<&'a Draft> {
        let what = format!("`{}`", property_of(reference));
        let found = self.find(&reference.target, &reference.origin, &what)?;
        if found.of == wanted {
            return Some(found);
        }
        let (wanted, is) = (wanted.in_words(), found.of.in_words());
        let message = format!("{what} names `{}`, which is {is} and not {wanted}", reference.target);
        self.error(&reference.origin, message, format!("name {wanted}"));
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
                let message = format!("{what} targets `{}`, which is {}", found.id, found.of.in_words());
                self.error(&origin, message, "let it target a shape that holds data");
            } else if draft.of == Type::Map && name == "key" && !found.of.is_text() {
                let message = format!(
                    "the keys of a map must be strings, but `{}` is {}",
                    found.id,
                    found.of.in_words()
                );
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
        for reference in [&bindings.input, &bindings.output].into_iter().flatten() {
            self.find_of(reference, Type::Structure);
        }
        for reference in &bindings.errors {
            let Some(found) = self.find_of(reference, Type::Structure) else { continue };
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
            self.find_of(reference, Type::Operation);
        }
        for reference in &bindings.resources {
            self.find_of(reference, Type::Resource);
        }
        for reference in &bindings.data {
            let what = "an identifier or property of a resource";
            let Some(found) = self.find(&reference.target, &reference.origin, what) else { continue };
            if !found.of.is_data() {
                let message = format!("{what} targets `{}`, which is {}", found.id, found.of.in_words());
                self.error(&reference.origin, message, "let it target a shape that holds data");
            }
        }
        for (id, rename) in &bindings.rename {
            self.find(id, &rename.origin, "`rename`");
        }
    }
}

/// The property in which a reference stands, such as `read` or `operations`: its pointer ends in
/// `/read/target` or `/operations/0/target`.
fn property_of(reference: &Reference) -> &str {
    let steps = reference.origin.pointer.rsplit('/').skip(1);
    steps.into_iter().find(|step| step.parse::<usize>().is_err()).unwrap_or_default()
}
