//! The timestamp in a claim: `ddd MMM D HH:mm:ss UTC YYYY`, which the client signs together with the other values.
//!
//! The service parses the timestamp leniently, but verifies the signature with the timestamp in its own format. So a
//! day with a leading zero or a wrong weekday results in a wrong signature (*Observed* in recordings of 2017 and 2026:
//! `Apr 05` is refused as a wrong password). A timestamp that cannot be parsed has its own refusal. The age of a claim
//! is limited by the session and not by the timestamp, because the client's clock may be wrong.

use jiff::civil::{Date, Weekday};

use crate::refusal::Refusal;

const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The timestamp of a claim, in the server's format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimTime(String);

impl ClaimTime {
    /// Parses a timestamp.
    ///
    /// # Errors
    ///
    /// [`Refusal::ClaimTimeMalformed`] if it cannot be parsed.
    ///
    /// # Examples
    ///
    /// ```
    /// use lido_domain::sign_in::srp::claim_time::ClaimTime;
    ///
    /// let time = ClaimTime::parse("Wed Apr 05 22:44:40 UTC 2017").expect("valid");
    /// assert_eq!(time.as_str(), "Wed Apr 5 22:44:40 UTC 2017");
    /// assert!(ClaimTime::parse("2017-04-05T22:44:40Z").is_err());
    /// ```
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        canonical(text).map(Self).ok_or(Refusal::ClaimTimeMalformed)
    }

    /// Returns the timestamp in the server's format, which the client must have signed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn canonical(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split(' ').collect();
    let [weekday, month, day, clock, "UTC", year] = words.as_slice() else { return None };
    WEEKDAYS.contains(weekday).then_some(())?;
    let month_number = i8::try_from(MONTHS.iter().position(|name| name == month)? + 1).ok()?;
    let (day, year) = (number(day, 2)?, number(year, 4)?);
    let date = Date::new(year, month_number, i8::try_from(day).ok()?).ok()?;
    let mut parts = clock.split(':').map(|part| number(part, 2));
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    if parts.next().is_some() || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let weekday = weekday_name(date.weekday())?;
    Some(format!("{weekday} {month} {day} {hour:02}:{minute:02}:{second:02} UTC {year}"))
}

fn weekday_name(weekday: Weekday) -> Option<&'static str> {
    WEEKDAYS.get(usize::try_from(weekday.to_monday_zero_offset()).ok()?).copied()
}

fn number(text: &str, most_digits: usize) -> Option<i16> {
    let is_number = (1..=most_digits).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claim_time_is_normalized_or_refused() {
        let right = "Sat Nov 21 07:30:00 UTC 2026";
        let cases = [
            (right, Some(right)),
            ("Thu Feb 29 00:00:00 UTC 2024", Some("Thu Feb 29 00:00:00 UTC 2024")),
            ("Wed Apr 05 22:44:40 UTC 2017", Some("Wed Apr 5 22:44:40 UTC 2017")),
            ("Mon Nov 21 7:30:0 UTC 2026", Some(right)),
            ("Sat Nov 21 07:30:00 IST 2026", None),
            ("Sat Nov 21 07:30:00 +05:30 2026", None),
            ("Sat Nov 31 07:30:00 UTC 2026", None),
            ("Sat nov 21 07:30:00 UTC 2026", None),
            ("Sat Nov 21 24:00:00 UTC 2026", None),
            ("Sat Nov 21 07:60:00 UTC 2026", None),
            ("Sat Nov 21 07:30 UTC 2026", None),
            ("Sat Nov 21 07:30:00:00 UTC 2026", None),
            ("Sat  Nov 21 07:30:00 UTC 2026", None),
            ("Sat Nov -1 07:30:00 UTC 2026", None),
            ("2026-11-21T07:30:00Z", None),
            ("", None),
        ];
        for (text, expected) in cases {
            let read = ClaimTime::parse(text);
            assert_eq!(read.as_ref().map(ClaimTime::as_str).ok(), expected, "{text}");
            assert!(read.is_ok() || read == Err(Refusal::ClaimTimeMalformed));
        }
    }
}
