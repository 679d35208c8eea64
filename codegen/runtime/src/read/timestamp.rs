//! Reads timestamps in their three formats.

use aws_smithy_types::{DateTime, date_time::Format};

use super::{ReadResult, Reader};
use crate::{
    SerializationError,
    serialization_error::{ExpectedType, JsonType},
};

/// Reads a number of seconds since 1970-01-01T00:00:00Z, with or without a fraction. This is awsJson's default.
///
/// # Errors
/// Returns an error if the next value is not a number, or out of range.
pub fn epoch_seconds(reader: &mut Reader<'_>) -> ReadResult<DateTime> {
    let text = reader.number("a Date")?;
    // The parser of the format does not support exponents.
    let parsed = if text.contains(['e', 'E']) {
        let seconds = text.parse::<f64>().ok().filter(|seconds| seconds.abs() < 1e15);
        seconds.map(DateTime::from_secs_f64)
    } else {
        DateTime::from_str(text, Format::EpochSeconds).ok()
    };
    parsed
        .map(Some)
        .ok_or_else(|| SerializationError::mismatch(JsonType::Number, ExpectedType::Scalar("a Date")))
}

/// Reads an RFC 3339 timestamp, such as `2000-01-02T20:34:56Z`, with any offset.
///
/// # Errors
/// Returns an error if the next value is not such a string.
pub fn date_time(reader: &mut Reader<'_>) -> ReadResult<DateTime> {
    formatted(reader, Format::DateTimeWithOffset)
}

/// Reads an HTTP date (IMF-fixdate, RFC 9110), such as `Sun, 02 Jan 2000 20:34:56 GMT`.
///
/// # Errors
/// Returns an error if the next value is not such a string.
pub fn http_date(reader: &mut Reader<'_>) -> ReadResult<DateTime> {
    formatted(reader, Format::HttpDate)
}

fn formatted(reader: &mut Reader<'_>, format: Format) -> ReadResult<DateTime> {
    let text = reader.string()?;
    let parsed = DateTime::from_str(&text, format).ok();
    parsed
        .map(Some)
        .ok_or_else(|| SerializationError::mismatch(JsonType::Text, ExpectedType::Scalar("a Date")))
}
