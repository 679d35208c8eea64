//! Conversion of instants.

use lido_domain::Timestamp;
use lido_runtime::types::DateTime;

/// Converts an instant. Outputs contain it in seconds with three decimals.
pub fn date(at: Timestamp) -> DateTime {
    DateTime::from_millis(at.as_millis())
}

/// Returns an instant as the service writes versions: the date and the time in UTC, in 14 digits. `None` if the year has
/// more than four.
pub fn digits(at: Timestamp) -> Option<String> {
    let at = jiff::Timestamp::from_millisecond(at.as_millis()).ok()?;
    Some(at.strftime("%Y%m%d%H%M%S").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_is_a_time_in_fourteen_digits() {
        assert_eq!(digits(Timestamp::from_millis(1_751_419_191_500)).as_deref(), Some("20250702011951"));
        assert_eq!(digits(Timestamp::from_millis(i64::MAX)), None);
    }
}
