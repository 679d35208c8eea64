//! The lifetimes of an app client's tokens.
//!
//! A request contains them as numbers with units; this file converts them to durations and checks the limits
//! (*Documented*, TokenValidityUnitsType). The tokens themselves are in [`crate::token`].

use std::time::Duration;

use serde::Deserialize;

use crate::refusal::{ClientFault, Refusal};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// A value of `TimeUnitsType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the variants have the names and meanings of the values in the API")]
pub enum Unit {
    Seconds,
    Minutes,
    Hours,
    Days,
}

impl Unit {
    /// Returns the number of seconds in the unit.
    pub const fn seconds(self) -> u64 {
        match self {
            Unit::Seconds => 1,
            Unit::Minutes => MINUTE,
            Unit::Hours => HOUR,
            Unit::Days => DAY,
        }
    }
}

/// The validity of one kind of token in a request. Without a unit, the default unit of that kind applies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TokenValidity {
    /// The number.
    pub number: Option<u32>,
    /// The unit.
    pub unit: Option<Unit>,
}

/// The lifetimes of the three kinds of tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetimes {
    /// The lifetime of an access token.
    pub access_ttl: Duration,
    /// The lifetime of an id token.
    pub id_ttl: Duration,
    /// The lifetime of a refresh token.
    pub refresh_ttl: Duration,
}

impl Default for Lifetimes {
    /// Returns the default lifetimes: one hour for access and id tokens, 30 days for refresh tokens (*Documented*).
    fn default() -> Self {
        Self {
            access_ttl: Duration::from_secs(HOUR),
            id_ttl: Duration::from_secs(HOUR),
            refresh_ttl: Duration::from_secs(30 * DAY),
        }
    }
}

impl Lifetimes {
    /// Returns the lifetimes of a request. An absent number means the default; for a refresh token zero does too
    /// (*Documented*).
    ///
    /// # Errors
    ///
    /// [`ClientFault::Lifetime`] unless access and id tokens are valid for five minutes to a day, and refresh tokens
    /// for an hour to ten years; [`ClientFault::LifetimeOrder`] if an access or id token is valid longer than the
    /// refresh token (limits *Documented*, both refusals *Observed* in public reports).
    ///
    /// # Examples
    ///
    /// ```
    /// use lido_domain::client::lifetime::{Lifetimes, TokenValidity, Unit};
    ///
    /// let ten_minutes = TokenValidity { number: Some(10), unit: Some(Unit::Minutes) };
    /// let default = TokenValidity::default();
    /// let lifetimes = Lifetimes::new(ten_minutes, default, default).expect("valid");
    /// assert_eq!(lifetimes.access_ttl.as_secs(), 600);
    /// assert_eq!(lifetimes.id_ttl.as_secs(), 3600);
    /// ```
    pub fn new(access: TokenValidity, id: TokenValidity, refresh: TokenValidity) -> Result<Self, Refusal> {
        let default = Self::default();
        let short = |validity| duration(validity, Unit::Hours, default.access_ttl, 5 * MINUTE..=DAY);
        let refresh = TokenValidity { number: refresh.number.filter(|number| *number > 0), ..refresh };
        let all = Self {
            access_ttl: short(access)?,
            id_ttl: short(id)?,
            refresh_ttl: duration(refresh, Unit::Days, default.refresh_ttl, HOUR..=3650 * DAY)?,
        };
        if all.access_ttl.max(all.id_ttl) > all.refresh_ttl {
            return Err(Refusal::Client(ClientFault::LifetimeOrder));
        }
        Ok(all)
    }
}

/// Returns the duration of `validity`, if it is in range. `unit` is the default unit.
fn duration(
    validity: TokenValidity,
    unit: Unit,
    default: Duration,
    bounds: std::ops::RangeInclusive<u64>,
) -> Result<Duration, Refusal> {
    let Some(number) = validity.number else { return Ok(default) };
    let seconds = u64::from(number).saturating_mul(validity.unit.unwrap_or(unit).seconds());
    if bounds.contains(&seconds) {
        Ok(Duration::from_secs(seconds))
    } else {
        Err(Refusal::Client(ClientFault::Lifetime))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn validity(number: u32, unit: Option<Unit>) -> TokenValidity {
        TokenValidity { number: Some(number), unit }
    }

    #[test]
    fn lifetime_out_of_range_is_refused_in_every_unit() {
        use Unit::{Days, Hours, Minutes, Seconds};
        let access = [
            (validity(1, None), Ok(HOUR)),
            (validity(24, None), Ok(DAY)),
            (validity(25, None), Err(ClientFault::Lifetime)),
            (validity(5, Some(Minutes)), Ok(300)),
            (validity(4, Some(Minutes)), Err(ClientFault::Lifetime)),
            (validity(299, Some(Seconds)), Err(ClientFault::Lifetime)),
            (validity(1, Some(Days)), Ok(DAY)),
            (validity(u32::MAX, Some(Days)), Err(ClientFault::Lifetime)),
            (TokenValidity { number: None, unit: Some(Minutes) }, Ok(HOUR)),
        ];
        for (one, expected) in access {
            let absent = TokenValidity::default();
            let both = [Lifetimes::new(one, absent, absent), Lifetimes::new(absent, one, absent)];
            let [access, id] =
                both.map(|got| got.map(|all| (all.access_ttl.as_secs(), all.id_ttl.as_secs())));
            assert_eq!(access.map(|pair| pair.0), expected.clone().map_err(Refusal::Client), "{one:?}");
            assert_eq!(id.map(|pair| pair.1), expected.map_err(Refusal::Client), "{one:?}");
        }
        let refresh = [
            (validity(0, None), Ok(30 * DAY)),
            (validity(0, Some(Seconds)), Ok(30 * DAY)),
            (validity(3650, None), Ok(3650 * DAY)),
            (validity(3651, None), Err(ClientFault::Lifetime)),
            (validity(1, Some(Hours)), Ok(HOUR)),
            (validity(59, Some(Minutes)), Err(ClientFault::Lifetime)),
        ];
        for (one, expected) in refresh {
            let got = Lifetimes::new(TokenValidity::default(), TokenValidity::default(), one);
            assert_eq!(
                got.map(|all| all.refresh_ttl.as_secs()),
                expected.map_err(Refusal::Client),
                "{one:?}"
            );
        }
    }

    #[test]
    fn token_that_outlives_the_refresh_token_is_refused() {
        let hour = validity(1, Some(Unit::Hours));
        let two = validity(2, Some(Unit::Hours));
        assert!(Lifetimes::new(hour, hour, hour).is_ok());
        let refused = Err(Refusal::Client(ClientFault::LifetimeOrder));
        assert_eq!(Lifetimes::new(two, hour, hour), refused);
        assert_eq!(Lifetimes::new(hour, two, hour), refused);
    }
}
