//! The instant in a claim: `ddd MMM D HH:mm:ss UTC YYYY`, which the client signs with everything else.
//!
//! The service reads it leniently and signs the way it would write it itself, so that a day with a leading zero or
//! another weekday is no fault of form but a wrong signature (*Observed* in recordings of 2017 and 2026: `Apr 05` is
//! refused as a wrong password). What it cannot read at all is told. How old a claim may be is the session's matter:
//! a client's clock may be wrong.

use jiff::civil::{Date, Weekday};

use crate::refusal::Refusal;

const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// An instant as the server writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimTime(String);

impl ClaimTime {
    /// Reads an instant, or refuses its form.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        canonical(text).map(Self).ok_or(Refusal::ClaimTimeForm)
    }

    /// As the server writes it: what must have been signed.
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
    fn what_is_read_and_how_it_is_written() {
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
            assert!(read.is_ok() || read == Err(Refusal::ClaimTimeForm));
        }
    }
}
