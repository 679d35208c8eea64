//! Checks that operations return only errors that they declare in the model.

use super::errors::{failures, refusals};
use crate::{
    operations::{SERVED, failure::Failure},
    wire::{error::ErrorKind, refusal::to_api_error},
};

#[test]
fn refusals_are_declared_by_their_operations() {
    let mut undeclared = Vec::new();
    let mut count = 0;
    for (refusal, operations) in refusals() {
        for operation in operations {
            assert!(SERVED.contains(&operation), "{operation:?} is in the table but not served");
            count += 1;
            let kind = to_api_error(operation, &refusal).kind;
            if !operation.declares(kind) {
                undeclared.push(format!("{operation:?}: {refusal:?} is {kind:?}"));
            }
        }
    }
    assert!(undeclared.is_empty(), "{} of {count} are not declared: {undeclared:#?}", undeclared.len());
}

#[test]
fn failures_are_declared_by_their_operations() {
    let mut undeclared = Vec::new();
    for (failure, operations) in failures() {
        for operation in operations {
            let kind = failure().into_api_error(operation).kind;
            if !operation.declares(kind) {
                undeclared.push(format!("{operation:?}: {:?} is {kind:?}", failure()));
            }
        }
    }
    assert!(undeclared.is_empty(), "not declared: {undeclared:#?}");
}

/// *Chosen*: the replacement of a kind that an operation does not declare is never a fault of the server.
#[test]
fn only_internal_faults_are_internal_errors() {
    for (failure, operations) in failures() {
        let is_fault = matches!(failure(), Failure::InternalFault(_));
        for operation in operations {
            let kind = failure().into_api_error(operation).kind;
            let is_internal =
                matches!(kind, ErrorKind::InternalErrorException | ErrorKind::InternalServerException);
            assert_eq!(is_internal, is_fault, "{operation:?}: {:?} is {kind:?}", failure());
        }
    }
}
