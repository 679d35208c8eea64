//! What is served and what is only checked, for `lido operations` and the README.

use lido_runtime::{Auth, Operation as _};

use super::{Operation, SERVED};

/// An operation of the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its name.
    pub name: &'static str,
    /// Whether it has a handler. All others are answered with `NotImplementedException` once their input was checked.
    pub is_served: bool,
    /// Whether its callers sign.
    pub is_signed: bool,
}

/// Every operation of the model, in the order of the alphabet.
pub fn listed() -> Vec<Listed> {
    let mut all: Vec<_> = Operation::ALL
        .iter()
        .map(|operation| Listed {
            name: operation.name(),
            is_served: SERVED.contains(operation),
            is_signed: operation.auth() == Auth::SigV4,
        })
        .collect();
    all.sort_by_key(|one| one.name);
    all
}

/// [`listed`] as the README has it: the operations that are served, then the names of the others.
pub fn table() -> String {
    let (served, others): (Vec<_>, Vec<_>) = listed().into_iter().partition(|one| one.is_served);
    let mut text = format!("\n| Served: {} | Callers |\n|---|---|\n", served.len());
    for one in &served {
        let callers = if one.is_signed { "signed by IAM" } else { "public" };
        text.push_str(&format!("| `{}` | {callers} |\n", one.name));
    }
    let names: Vec<_> = others.iter().map(|one| format!("`{}`", one.name)).collect();
    text.push_str(&format!(
        "\n<details><summary>Only checked, and then answered with 501: {}</summary>\n\n{}\n\n</details>\n\n",
        others.len(),
        names.join(", ")
    ));
    text
}
