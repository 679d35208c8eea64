//! What is wrong with a policy, for whoever wrote it: what stands there, and what to write instead.

/// Something in a policy that cannot be meant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Wrong(String);

impl Wrong {
    pub(super) fn new(what: impl AsRef<str>, remedy: impl AsRef<str>) -> Self {
        Self(format!("{}; {}", what.as_ref(), remedy.as_ref()))
    }

    /// The same, in a statement of this number, from 1, which may have a name.
    pub(super) fn in_statement(self, number: usize, sid: Option<&str>) -> Self {
        let Self(text) = self;
        Self(match sid {
            Some(sid) => format!("statement {number} ({sid}): {text}"),
            None => format!("statement {number}: {text}"),
        })
    }
}
