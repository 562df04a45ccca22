//! Go's `time.Time`: an instant and the zone it is shown in. The local zone is UTC, so that a package renders
//! alike wherever the operator sits.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Where a time is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Zone {
    /// UTC.
    Utc,
    /// The local zone, which is UTC under another name.
    Local,
    /// A fixed offset in seconds, with a name that may be empty.
    Fixed(Arc<str>, i64),
    /// A zone of the time zone database.
    Named(Arc<str>, TimeZone),
}

/// An instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Time {
    /// Seconds since 1970.
    pub seconds: i64,
    /// Nanoseconds of the second.
    pub nanoseconds: u32,
    /// Where it is shown.
    pub zone: Zone,
}

/// A date and time of day as a calendar and a clock show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Civil {
    /// Year.
    pub year: i64,
    /// Month, from 1.
    pub month: i64,
    /// Day of the month, from 1.
    pub day: i64,
    /// Hour.
    pub hour: i64,
    /// Minute.
    pub minute: i64,
    /// Second.
    pub second: i64,
    /// Day of the year, from 1.
    pub year_day: i64,
    /// Day of the week, Sunday is 0.
    pub week_day: i64,
}

/// Months by their full names.
pub(crate) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
/// Days of the week by their full names, from Sunday.
pub(crate) const DAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

const DAY: i64 = 86_400;
/// Seconds between the year 1 and 1970.
const FIRST_YEAR: i64 = 62_135_596_800;

impl Zone {
    /// A zone by its name in the database; `None` when there is no such zone.
    pub(crate) fn load(name: &str) -> Option<Self> {
        match name {
            "" | "UTC" => Some(Self::Utc),
            "Local" => Some(Self::Local),
            _ if name.contains("..") || name.starts_with(['/', '\\']) => None,
            _ => TimeZone::get(name).ok().map(|zone| Self::Named(name.into(), zone)),
        }
    }

    /// The zone's own name.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Utc | Self::Local => "UTC",
            Self::Fixed(name, _) | Self::Named(name, _) => name,
        }
    }

    /// Abbreviation and offset in seconds at an instant.
    pub(crate) fn at(&self, seconds: i64) -> (String, i64) {
        match self {
            Self::Utc | Self::Local => ("UTC".to_owned(), 0),
            Self::Fixed(name, offset) => (name.to_string(), *offset),
            Self::Named(_, zone) => {
                let at = Timestamp::from_second(seconds).unwrap_or_default();
                let info = zone.to_offset_info(at);
                (info.abbreviation().to_owned(), i64::from(info.offset().seconds()))
            }
        }
    }
}

impl Time {
    /// Go's zero time: the first day of the year 1.
    pub(crate) fn zero() -> Self {
        Self { seconds: -FIRST_YEAR, nanoseconds: 0, zone: Zone::Utc }
    }

    /// Seconds since 1970, shown in the local zone.
    pub(crate) fn unix(seconds: i64) -> Self {
        Self { seconds, nanoseconds: 0, zone: Zone::Local }
    }

    /// The same instant from the outside.
    pub(crate) fn from_timestamp(at: Timestamp) -> Self {
        let (mut seconds, mut nanoseconds) = (at.as_second(), i64::from(at.subsec_nanosecond()));
        if nanoseconds < 0 {
            seconds -= 1;
            nanoseconds += 1_000_000_000;
        }
        Self { seconds, nanoseconds: nanoseconds as u32, zone: Zone::Local }
    }

    /// The same instant, shown elsewhere.
    pub(crate) fn within(&self, zone: Zone) -> Self {
        Self { zone, ..self.clone() }
    }

    /// What calendar and clock show.
    pub(crate) fn civil(&self) -> Civil {
        let local = self.seconds.wrapping_add(self.zone.at(self.seconds).1);
        civil(local)
    }

    /// Later by a duration in nanoseconds.
    pub(crate) fn add(&self, duration: i64) -> Self {
        let nanoseconds = i64::from(self.nanoseconds) + duration % 1_000_000_000;
        Self {
            seconds: self
                .seconds
                .wrapping_add(duration / 1_000_000_000)
                .wrapping_add(nanoseconds.div_euclid(1_000_000_000)),
            nanoseconds: nanoseconds.rem_euclid(1_000_000_000) as u32,
            zone: self.zone.clone(),
        }
    }

    /// Nanoseconds from `other` to this, at most what fits.
    pub(crate) fn since(&self, other: &Self) -> i64 {
        let seconds = i128::from(self.seconds) - i128::from(other.seconds);
        let all = seconds * 1_000_000_000 + i128::from(self.nanoseconds) - i128::from(other.nanoseconds);
        i64::try_from(all).unwrap_or(if all < 0 { i64::MIN } else { i64::MAX })
    }

    /// Whether it is the zero time.
    pub(crate) fn is_zero(&self) -> bool {
        self.seconds == -FIRST_YEAR && self.nanoseconds == 0
    }

    /// The order of instants, whatever the zones.
    pub(crate) fn order(&self, other: &Self) -> std::cmp::Ordering {
        (self.seconds, self.nanoseconds).cmp(&(other.seconds, other.nanoseconds))
    }

    /// The date and clock of a zone; days and months past their end run on.
    pub(crate) fn date(civil: &Civil, nanoseconds: u32, zone: Zone) -> Self {
        let months = civil.year * 12 + civil.month - 1;
        let days = days_before(months.div_euclid(12), months.rem_euclid(12) + 1) + civil.day - 1;
        let local = days * DAY + civil.hour * 3600 + civil.minute * 60 + civil.second;
        // As Go does: the offset at the guessed instant, and if that leads across a change, the other one.
        let mut seconds = local - zone.at(local).1;
        let offset = zone.at(seconds).1;
        if seconds + offset != local {
            seconds = local - offset;
        }
        Self { seconds, nanoseconds, zone }
    }
}

/// Days from 1970 to the first of a month.
fn days_before(year: i64, month: i64) -> i64 {
    let shifted = if month > 2 { year } else { year - 1 };
    let era = shifted.div_euclid(400);
    let of_era = shifted.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn civil(local: i64) -> Civil {
    let (days, clock) = (local.div_euclid(DAY), local.rem_euclid(DAY));
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let part = (5 * of_year + 2) / 153;
    let month = if part < 10 { part + 3 } else { part - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    Civil {
        year,
        month,
        day: of_year - (153 * part + 2) / 5 + 1,
        hour: clock / 3600,
        minute: clock % 3600 / 60,
        second: clock % 60,
        year_day: days - days_before(year, 1) + 1,
        week_day: (days + 4).rem_euclid(7),
    }
}

/// Whether a year has a 29th of February.
pub(crate) fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Days of a month.
pub(crate) fn days_in(month: i64, year: i64) -> i64 {
    match month {
        2 => 28 + i64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::{Civil, Time, Zone};

    #[test]
    fn calendars_go_round() {
        let zero = Time::zero().civil();
        assert_eq!((zero.year, zero.month, zero.day, zero.week_day), (1, 1, 1, 1), "a Monday");
        let leap = Time::unix(1_709_211_909).civil();
        assert_eq!((leap.year, leap.month, leap.day, leap.year_day, leap.hour), (2024, 2, 29, 60, 13));
        let back = Time::date(&leap, 0, Zone::Utc);
        assert_eq!(back.seconds, 1_709_211_909, "there and back");
        let over = Time::date(&Civil { month: 14, day: 32, ..leap }, 0, Zone::Utc).civil();
        assert_eq!((over.year, over.month, over.day), (2025, 3, 4), "months and days run on");
    }

    #[test]
    fn zones_come_from_the_database() {
        let zone = Zone::load("America/New_York").expect("there is such a zone");
        assert_eq!(zone.at(1_709_211_909), ("EST".to_owned(), -18_000));
        assert!(Zone::load("No/Where").is_none() && Zone::load("../etc").is_none());
    }
}
