//! The list of operations for `lido operations` and the README: which are served, and which are only validated.

use lido_runtime::{Auth, Operation as _};

use super::{Operation, SERVED};

/// An operation of the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OperationInfo {
    /// The name.
    pub name: &'static str,
    /// Whether it has a handler. An operation without one validates its input and returns `NotImplementedException`.
    pub is_served: bool,
    /// Whether its callers sign with IAM credentials.
    pub is_signed: bool,
}

/// Returns every operation of the model, in alphabetical order.
pub fn all_operations() -> Vec<OperationInfo> {
    let mut all: Vec<_> = Operation::ALL
        .iter()
        .map(|operation| OperationInfo {
            name: operation.name(),
            is_served: SERVED.contains(operation),
            is_signed: operation.auth() == Auth::SigV4,
        })
        .collect();
    all.sort_by_key(|info| info.name);
    all
}

/// Returns [`all_operations`] as Markdown for the README: a table of those that are served, then the names of the
/// others.
pub fn readme_table() -> String {
    let (served, others): (Vec<_>, Vec<_>) = all_operations().into_iter().partition(|info| info.is_served);
    let mut text = format!("\n| Served: {} | Callers |\n|---|---|\n", served.len());
    for info in &served {
        let callers = if info.is_signed { "signed by IAM" } else { "public" };
        text.push_str(&format!("| `{}` | {callers} |\n", info.name));
    }
    let names: Vec<_> = others.iter().map(|info| format!("`{}`", info.name)).collect();
    text.push_str(&format!(
        "\n<details><summary>Only checked, and then answered with 501: {}</summary>\n\n{}\n\n</details>\n\n",
        others.len(),
        names.join(", ")
    ));
    text
}
