//! What a standby does not do: a server on a copy of the store, or one that is to change nothing for a while.
//!
//! *Documented*: `OperationNotEnabledException` says that an operation is not available in this Region, as in a
//! secondary one that holds a replica. *Chosen*: a standby is that Region. It looks, and whatever might change
//! something is refused, before a trigger is asked and before a password is derived.

use super::{Operation, failure::Failure};
use crate::app::App;

/// Refuses, on a standby, what might change something.
pub(super) fn check(app: &App, operation: Operation) -> Result<(), Failure> {
    if app.settings.is_standby && !only_looks(operation) { Err(Failure::Standby) } else { Ok(()) }
}

/// Whether an operation changes nothing, by its name.
pub(super) fn only_looks(operation: Operation) -> bool {
    // These give something out, and remember that they did.
    const GIVING: [&str; 4] = [
        "GetClientToken",
        "GetDerivedToken",
        "GetTokensFromRefreshToken",
        "GetUserAttributeVerificationCode",
    ];
    let name = lido_runtime::Operation::name(operation);
    let verb = name.strip_prefix("Admin").unwrap_or(name);
    ["Describe", "Get", "List"].iter().any(|looking| verb.starts_with(looking)) && !GIVING.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looking_changes_nothing() {
        use Operation::{
            AdminConfirmSignUp, AdminGetUser, ConfirmSignUp, DescribeUserPool, GetTokensFromRefreshToken,
            ListUsers, SignUp, TagResource,
        };
        for operation in [AdminGetUser, DescribeUserPool, ListUsers] {
            assert!(only_looks(operation), "{operation:?}");
        }
        for operation in [AdminConfirmSignUp, ConfirmSignUp, GetTokensFromRefreshToken, SignUp, TagResource] {
            assert!(!only_looks(operation), "{operation:?}");
        }
    }
}
