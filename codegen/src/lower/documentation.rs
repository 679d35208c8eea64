//! The model's documentation as rustdoc.

use lido_model::Traits;

/// The text of `smithy.api#documentation`, if the model has one.
pub(super) fn docs(traits: &Traits) -> Option<String> {
    let text = traits.text("smithy.api#documentation")?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
