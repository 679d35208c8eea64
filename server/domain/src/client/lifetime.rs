//! How long the tokens of an app client live.
//!
//! A request says it as numbers with units; here they become lengths within the service's bounds (*Documented*,
//! TokenValidityUnitsType). Who issues tokens, and what is in them, is no matter of this file.

use std::time::Duration;

use serde::Deserialize;

use crate::refusal::{ClientFault, Refusal};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// A value of TimeUnitsType.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the variants are spelt like the API's values and mean the same")]
pub enum Unit {
    Seconds,
    Minutes,
    Hours,
    Days,
}

impl Unit {
    /// How many seconds one has.
    pub const fn seconds(self) -> u64 {
        match self {
            Unit::Seconds => 1,
            Unit::Minutes => MINUTE,
            Unit::Hours => HOUR,
            Unit::Days => DAY,
        }
    }
}

/// What a request asks for one kind of token; a number without a unit is in the kind's own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// The number.
    pub number: Option<u32>,
    /// Its unit.
    pub unit: Option<Unit>,
}

/// How long each kind of token lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetimes {
    /// An access token.
    pub access_ttl: Duration,
    /// An id token.
    pub id_ttl: Duration,
    /// A refresh token.
    pub refresh_ttl: Duration,
}

impl Default for Lifetimes {
    /// An hour, an hour and 30 days (*Documented*).
    fn default() -> Self {
        Self {
            access_ttl: Duration::from_secs(HOUR),
            id_ttl: Duration::from_secs(HOUR),
            refresh_ttl: Duration::from_secs(30 * DAY),
        }
    }
}

impl Lifetimes {
    /// What is asked, with the defaults where nothing is, or a refusal.
    ///
    /// Access and id tokens live from five minutes to a day, refresh tokens from an hour to ten years, and none
    /// outlives the refresh token (*Documented*; *Observed* in public reports of both refusals). A refresh token of
    /// zero is one of 30 days (*Documented*).
    pub fn of(access: Asked, id: Asked, refresh: Asked) -> Result<Self, Refusal> {
        let default = Self::default();
        let short = |asked| length(asked, Unit::Hours, default.access_ttl, 5 * MINUTE..=DAY);
        let refresh = Asked { number: refresh.number.filter(|number| *number > 0), ..refresh };
        let all = Self {
            access_ttl: short(access)?,
            id_ttl: short(id)?,
            refresh_ttl: length(refresh, Unit::Days, default.refresh_ttl, HOUR..=3650 * DAY)?,
        };
        if all.access_ttl.max(all.id_ttl) > all.refresh_ttl {
            return Err(Refusal::Client(ClientFault::LifetimeOrder));
        }
        Ok(all)
    }
}

fn length(
    asked: Asked,
    unit: Unit,
    default: Duration,
    bounds: std::ops::RangeInclusive<u64>,
) -> Result<Duration, Refusal> {
    let Some(number) = asked.number else { return Ok(default) };
    let seconds = u64::from(number).saturating_mul(asked.unit.unwrap_or(unit).seconds());
    if bounds.contains(&seconds) {
        Ok(Duration::from_secs(seconds))
    } else {
        Err(Refusal::Client(ClientFault::Lifetime))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(number: u32, unit: Option<Unit>) -> Asked {
        Asked { number: Some(number), unit }
    }

    #[test]
    fn bounds_and_units() {
        use Unit::{Days, Hours, Minutes, Seconds};
        let access = [
            (asked(1, None), Ok(HOUR)),
            (asked(24, None), Ok(DAY)),
            (asked(25, None), Err(ClientFault::Lifetime)),
            (asked(5, Some(Minutes)), Ok(300)),
            (asked(4, Some(Minutes)), Err(ClientFault::Lifetime)),
            (asked(299, Some(Seconds)), Err(ClientFault::Lifetime)),
            (asked(1, Some(Days)), Ok(DAY)),
            (asked(u32::MAX, Some(Days)), Err(ClientFault::Lifetime)),
            (Asked { number: None, unit: Some(Minutes) }, Ok(HOUR)),
        ];
        for (one, expected) in access {
            let nothing = Asked::default();
            let both = [Lifetimes::of(one, nothing, nothing), Lifetimes::of(nothing, one, nothing)];
            let [access, id] =
                both.map(|got| got.map(|all| (all.access_ttl.as_secs(), all.id_ttl.as_secs())));
            assert_eq!(access.map(|pair| pair.0), expected.clone().map_err(Refusal::Client), "{one:?}");
            assert_eq!(id.map(|pair| pair.1), expected.map_err(Refusal::Client), "{one:?}");
        }
        let refresh = [
            (asked(0, None), Ok(30 * DAY)),
            (asked(0, Some(Seconds)), Ok(30 * DAY)),
            (asked(3650, None), Ok(3650 * DAY)),
            (asked(3651, None), Err(ClientFault::Lifetime)),
            (asked(1, Some(Hours)), Ok(HOUR)),
            (asked(59, Some(Minutes)), Err(ClientFault::Lifetime)),
        ];
        for (one, expected) in refresh {
            let got = Lifetimes::of(Asked::default(), Asked::default(), one);
            assert_eq!(
                got.map(|all| all.refresh_ttl.as_secs()),
                expected.map_err(Refusal::Client),
                "{one:?}"
            );
        }
    }

    #[test]
    fn nothing_outlives_the_refresh_token() {
        let hour = asked(1, Some(Unit::Hours));
        let two = asked(2, Some(Unit::Hours));
        assert!(Lifetimes::of(hour, hour, hour).is_ok());
        let refused = Err(Refusal::Client(ClientFault::LifetimeOrder));
        assert_eq!(Lifetimes::of(two, hour, hour), refused);
        assert_eq!(Lifetimes::of(hour, two, hour), refused);
    }
}
