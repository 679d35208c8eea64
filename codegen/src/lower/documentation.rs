//! Lowers documentation.

use lido_model::Traits;

/// Returns the text of `smithy.api#documentation`, or `None` if it is absent or empty.
pub(super) fn docs(traits: &Traits) -> Option<String> {
    let text = traits.text("smithy.api#documentation")?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
