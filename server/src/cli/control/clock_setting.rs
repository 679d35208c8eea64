//! The argument of `lido clock`.

use std::str::FromStr;

/// The seconds of each unit.
const UNITS: [(char, u64); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

/// What to do with the clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ClockSetting {
    /// Set it forward by seconds.
    Forward(u64),
    /// Set it to an instant of RFC 3339, which the server parses.
    To(String),
    /// Set it back to the real time.
    Reset,
}

impl FromStr for ClockSetting {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let expected = || {
            "the clock must be set forward, such as +90s, +1h30m or +2d, to an instant, such as \
             2027-01-01T00:00:00Z, or reset"
                .to_owned()
        };
        match text.strip_prefix('+') {
            Some(length) => seconds(length).map(Self::Forward).ok_or_else(expected),
            None if text == "reset" => Ok(Self::Reset),
            None if text.contains('T') && text.starts_with(|char: char| char.is_ascii_digit()) => {
                Ok(Self::To(text.to_owned()))
            }
            None => Err(expected()),
        }
    }
}

/// Parses a length such as `1h30m`: numbers with units, from the largest to the smallest.
fn seconds(text: &str) -> Option<u64> {
    let (mut rest, mut total) = (text, 0_u64);
    let mut units = UNITS.iter();
    while !rest.is_empty() {
        let end = rest.find(|char: char| !char.is_ascii_digit())?;
        let (number, unit) = rest.split_at(end);
        let unit_char = unit.chars().next()?;
        let (_, length) = units.find(|(name, _)| *name == unit_char)?;
        total = total.checked_add(number.parse::<u64>().ok()?.checked_mul(*length)?)?;
        rest = unit.get(unit_char.len_utf8()..)?;
    }
    (!text.is_empty()).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn setting_is_a_length_an_instant_or_reset() {
        let forward = |seconds| Ok(ClockSetting::Forward(seconds));
        let instant = "2027-01-01T00:00:00Z";
        let cases = [
            ("+90s", forward(90)),
            ("+1h30m", forward(5_400)),
            ("+2d1s", forward(172_801)),
            ("+0s", forward(0)),
            ("reset", Ok(ClockSetting::Reset)),
            (instant, Ok(ClockSetting::To(instant.to_owned()))),
        ];
        for (text, expected) in cases {
            assert_eq!(text.parse(), expected, "{text}");
        }
        for text in ["", "+", "+1", "+h", "+1m1h", "+1h1h", "+1ä", "-1h", "1h", "now", "+99999999999999999d"]
        {
            assert!(text.parse::<ClockSetting>().is_err(), "{text}");
        }
    }
}
