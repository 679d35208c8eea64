//! Instants.

use lido_domain::Timestamp;
use lido_runtime::types::DateTime;

/// An instant as answers carry it: seconds with three decimals.
pub fn date(at: Timestamp) -> DateTime {
    DateTime::from_millis(at.as_millis())
}
