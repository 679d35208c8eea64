//! The list of operations for `lido operations`: which are served, and which are only validated.

use lido_runtime::Operation as _;

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
            is_signed: !operation.is_public(),
        })
        .collect();
    all.sort_by_key(|info| info.name);
    all
}
