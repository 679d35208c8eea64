//! Checks that every target exists and is of an allowed type.

use crate::{
    Code, Origin, ShapeId, codes,
    draft::{Draft, Drafts, Reference, Type},
    findings::Findings,
    prelude::UNIT,
};

/// Checks the targets of one shape and its members.
pub(super) fn check(draft: &Draft, drafts: &Drafts, findings: &mut Findings) {
    let mut targets = Targets { draft, drafts, findings };
    targets.members();
    targets.operation();
    targets.service_and_resource();
}

struct Targets<'a> {
    draft: &'a Draft,
    drafts: &'a Drafts,
    findings: &'a mut Findings,
}

impl<'a> Targets<'a> {
    fn error(&mut self, code: &'static Code, origin: &Origin, message: String, remedy: impl Into<String>) {
        self.findings.error(code, origin, Some(&self.draft.id), message, remedy);
    }

    /// Returns the shape `target`. A target that does not exist or is a mixin is reported.
    fn find(&mut self, target: &ShapeId, origin: &Origin, what: &str) -> Option<&'a Draft> {
        let Some(found) = self.drafts.shapes.get(target) else {
            if !self.drafts.unreadable.contains(target) {
                let ids = self.drafts.shapes.keys().map(ShapeId::as_str);
                let remedy =
                    self.findings.guess(target.as_str(), ids, "define it, or load the file that does");
                self.error(
                    &codes::MISSING_SHAPE,
                    origin,
                    format!("{what} names the shape `{target}`, which does not exist"),
                    remedy,
                );
            }
            return None;
        };
        if found.is_mixin() {
            let message = format!("{what} names `{target}`, which is a mixin");
            self.error(
                &codes::WRONG_TARGET,
                origin,
                message,
                "define a shape that uses the mixin, and name that one",
            );
            return None;
        }
        Some(found)
    }

    /// Returns the shape that `reference` names, if it is of type `expected`.
    fn find_of(&mut self, reference: &Reference, expected: Type) -> Option<&'a Draft> {
        let what = format!("`{}`", property_of(reference));
        let found = self.find(&reference.target, &reference.origin, &what)?;
        if found.of == expected {
            return Some(found);
        }
        let (expected, actual) = (expected.with_article(), found.of.with_article());
        let message = format!("{what} names `{}`, which is {actual} and not {expected}", reference.target);
        self.error(&codes::WRONG_TARGET, &reference.origin, message, format!("name {expected}"));
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
                let message = format!("{what} targets `{}`, which is {}", found.id, found.of.with_article());
                self.error(&codes::WRONG_TARGET, &origin, message, "make it target a data shape");
            } else if draft.of == Type::Map && name == "key" && !found.of.is_text() {
                let message = format!(
                    "the keys of a map must be strings, but `{}` is {}",
                    found.id,
                    found.of.with_article()
                );
                self.error(&codes::WRONG_TARGET, &origin, message, "make `key` target a string or an enum");
            } else if found.id.as_str() == UNIT && draft.of != Type::Union {
                let message =
                    format!("{what} targets `{UNIT}`, which is allowed only for members of unions and enums");
                self.error(
                    &codes::WRONG_TARGET,
                    &origin,
                    message,
                    "make it target an empty structure of your own",
                );
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
                let message =
                    format!("`{}` is listed as an error but lacks the trait `smithy.api#error`", found.id);
                let remedy = "give it the trait with the value `client` or `server`";
                self.error(&codes::NOT_AN_ERROR, &reference.origin, message, remedy);
            }
        }
    }

    /// Checks the references of services and resources.
    fn service_and_resource(&mut self) {
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
                let message = format!("{what} targets `{}`, which is {}", found.id, found.of.with_article());
                self.error(&codes::WRONG_TARGET, &reference.origin, message, "make it target a data shape");
            }
        }
        for (id, rename) in &bindings.rename {
            self.find(id, &rename.origin, "`rename`");
        }
    }
}

/// Returns the property that contains a reference, such as `read` or `operations`. The pointer of the reference ends
/// with `/read/target` or `/operations/0/target`.
fn property_of(reference: &Reference) -> &str {
    let steps = reference.origin.pointer.rsplit('/').skip(1);
    steps.into_iter().find(|step| step.parse::<usize>().is_err()).unwrap_or_default()
}
