//! The read-only mode of a standby: a server on a copy of the store, or one that must not change its store for a while.
//!
//! *Documented*: `OperationNotEnabledException` means that an operation is not available in this Region, such as a
//! secondary Region with a replica. *Chosen*: a standby is such a Region. It serves the operations that read and
//! refuses all others, before any trigger is invoked and before any password is derived.

use super::{Operation, failure::Failure};
use crate::app::App;

/// Refuses an operation that may write if this server is a standby.
pub(super) fn check(app: &App, operation: Operation) -> Result<(), Failure> {
    if app.settings.is_standby && !is_read_only(operation) { Err(Failure::Standby) } else { Ok(()) }
}

/// Returns whether an operation only reads. Its name decides.
pub(super) fn is_read_only(operation: Operation) -> bool {
    // They are named like reads, but store what they issue.
    const ISSUING: [&str; 4] = [
        "GetClientToken",
        "GetDerivedToken",
        "GetTokensFromRefreshToken",
        "GetUserAttributeVerificationCode",
    ];
    let name = lido_runtime::Operation::name(operation);
    let verb = name.strip_prefix("Admin").unwrap_or(name);
    ["Describe", "Get", "List"].iter().any(|read| verb.starts_with(read)) && !ISSUING.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn get_list_and_describe_are_read_only() {
        use Operation::{
            AdminConfirmSignUp, AdminGetUser, ConfirmSignUp, DescribeUserPool, GetTokensFromRefreshToken,
            ListUsers, SignUp, TagResource,
        };
        for operation in [AdminGetUser, DescribeUserPool, ListUsers] {
            assert!(is_read_only(operation), "{operation:?}");
        }
        for operation in [AdminConfirmSignUp, ConfirmSignUp, GetTokensFromRefreshToken, SignUp, TagResource] {
            assert!(!is_read_only(operation), "{operation:?}");
        }
    }
}
