//! Conversion of instants.

use lido_domain::Timestamp;
use lido_runtime::types::DateTime;

/// Converts an instant. Outputs contain it in seconds with three decimals.
pub fn date(at: Timestamp) -> DateTime {
    DateTime::from_millis(at.as_millis())
}
