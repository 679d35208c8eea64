//! The three formats of a timestamp.

use aws_smithy_types::{DateTime, date_time::Format};

use super::{Read, Reader};
use crate::{
    Stop,
    stop::{Found, Wanted},
};

/// A number of seconds since 1970-01-01T00:00:00Z, with or without a fraction: awsJson's default.
///
/// # Errors
/// What comes next is no number, or one that no calendar holds.
pub fn epoch_seconds(reader: &mut Reader<'_>) -> Read<DateTime> {
    let text = reader.number("a Date")?;
    // The parser of the format knows no exponent.
    let parsed = if text.contains(['e', 'E']) {
        let seconds = text.parse::<f64>().ok().filter(|seconds| seconds.abs() < 1e15);
        seconds.map(DateTime::from_secs_f64)
    } else {
        DateTime::from_str(text, Format::EpochSeconds).ok()
    };
    parsed.map(Some).ok_or_else(|| Stop::mismatch(Found::Number, Wanted::Scalar("a Date")))
}

/// RFC 3339, such as `2000-01-02T20:34:56Z`; an offset is accepted.
///
/// # Errors
/// What comes next is no such string.
pub fn date_time(reader: &mut Reader<'_>) -> Read<DateTime> {
    formatted(reader, Format::DateTimeWithOffset)
}

/// RFC 9110's fixed form, such as `Sun, 02 Jan 2000 20:34:56 GMT`.
///
/// # Errors
/// What comes next is no such string.
pub fn http_date(reader: &mut Reader<'_>) -> Read<DateTime> {
    formatted(reader, Format::HttpDate)
}

fn formatted(reader: &mut Reader<'_>, format: Format) -> Read<DateTime> {
    let text = reader.string()?;
    let parsed = DateTime::from_str(&text, format).ok();
    parsed.map(Some).ok_or_else(|| Stop::mismatch(Found::Text, Wanted::Scalar("a Date")))
}
