//! Methods that templates can call on times, durations, versions and zones.

use std::cmp::Ordering;
use std::rc::Rc;

use super::function::{Answer, Call, Fault, Function, fixed};
use super::print::string;
use super::value::{Signed, Type, Unsigned, Value};
use crate::go::semver::Version;
use crate::go::time::{Time, Zone};
use crate::go::{duration, layout};

const INT: Type = Type::Signed(Signed::Int);
const DURATION: Type = Type::Signed(Signed::Duration);
const VERSION: Type = Type::Version(true);

/// The method of that name, if the type has it.
pub(super) fn find(kind: Type, name: &str) -> Option<&'static Function> {
    let tables: &[&'static [Function]] = match kind {
        Type::Time => &[STRING, TIME],
        Type::Zone | Type::Signed(Signed::Month | Signed::Weekday) => &[STRING],
        Type::Signed(Signed::Duration) => &[STRING, DURATIONS],
        Type::Version(true) => &[STRING, VERSIONS, ORDER],
        Type::Version(false) => &[STRING, VERSIONS],
        _ => &[],
    };
    tables.iter().flat_map(|table| table.iter()).find(|method| method.name == name)
}

static STRING: &[Function] = &[fixed("String", &[], |call| match string(&call.receiver) {
    Some(text) => call.give(text.into_bytes()),
    None => Ok(Value::Nil),
})];

fn time(call: &Call<'_>) -> Result<Time, Fault> {
    match &call.receiver {
        Value::Time(time) => Ok((**time).clone()),
        _ => Err("a time is needed".into()),
    }
}

fn refused(text: &str) -> Answer {
    Err(text.into())
}

static TIME: &[Function] = &[
    fixed("Year", &[], |call| Ok(Value::int(time(call)?.civil().year))),
    fixed("Month", &[], |call| Ok(Value::Int(Signed::Month, time(call)?.civil().month))),
    fixed("Day", &[], |call| Ok(Value::int(time(call)?.civil().day))),
    fixed("Hour", &[], |call| Ok(Value::int(time(call)?.civil().hour))),
    fixed("Minute", &[], |call| Ok(Value::int(time(call)?.civil().minute))),
    fixed("Second", &[], |call| Ok(Value::int(time(call)?.civil().second))),
    fixed("Nanosecond", &[], |call| Ok(Value::int(i64::from(time(call)?.nanoseconds)))),
    fixed("YearDay", &[], |call| Ok(Value::int(time(call)?.civil().year_day))),
    fixed("Weekday", &[], |call| Ok(Value::Int(Signed::Weekday, time(call)?.civil().week_day))),
    fixed("Unix", &[], |call| Ok(Value::int64(time(call)?.seconds))),
    fixed("UnixMilli", &[], |call| unix(call, 1_000)),
    fixed("UnixMicro", &[], |call| unix(call, 1_000_000)),
    fixed("UnixNano", &[], |call| unix(call, 1_000_000_000)),
    fixed("IsZero", &[], |call| Ok(Value::Bool(time(call)?.is_zero()))),
    fixed("IsDST", &[], |call| Ok(Value::Bool(is_daylight(&time(call)?)))),
    fixed("UTC", &[], |call| Ok(Value::time(time(call)?.within(Zone::Utc)))),
    fixed("Local", &[], |call| Ok(Value::time(time(call)?.within(Zone::Local)))),
    fixed("Location", &[], |call| Ok(Value::Zone(Rc::new(time(call)?.zone)))),
    fixed("In", &[Type::Zone], |call| match call.value(0) {
        Value::Zone(zone) => Ok(Value::time(time(call)?.within((**zone).clone()))),
        _ => refused("time: missing Location in call to Time.In"),
    }),
    fixed("Format", &[Type::Text], |call| call.give(layout::format(&time(call)?, call.text(0)))),
    fixed("GoString", &[], |call| {
        call.give(super::printf::printf(b"%#v", std::slice::from_ref(&call.receiver))?)
    }),
    fixed("Add", &[DURATION], |call| Ok(Value::time(time(call)?.add(call.int(0))))),
    fixed("Sub", &[Type::Time], |call| Ok(Value::Int(Signed::Duration, time(call)?.since(&call.time(0))))),
    fixed("AddDate", &[INT, INT, INT], add_date),
    fixed("Round", &[DURATION], |call| rounded(call, true)),
    fixed("Truncate", &[DURATION], |call| rounded(call, false)),
    fixed("After", &[Type::Time], |call| Ok(Value::Bool(time(call)?.order(&call.time(0)).is_gt()))),
    fixed("Before", &[Type::Time], |call| Ok(Value::Bool(time(call)?.order(&call.time(0)).is_lt()))),
    fixed("Equal", &[Type::Time], |call| Ok(Value::Bool(time(call)?.order(&call.time(0)).is_eq()))),
    fixed("Compare", &[Type::Time], |call| Ok(sign(time(call)?.order(&call.time(0))))),
    fixed("Date", &[], |_| refused("function Date has 3 return values; should be 1 or 2")),
    fixed("Clock", &[], |_| refused("function Clock has 3 return values; should be 1 or 2")),
    fixed("ISOWeek", &[], |_| {
        refused("invalid function signature for ISOWeek: second return value should be error; is int")
    }),
    fixed("Zone", &[], |_| {
        refused("invalid function signature for Zone: second return value should be error; is int")
    }),
];

fn sign(order: Ordering) -> Value {
    Value::int(order as i64)
}

fn unix(call: &Call<'_>, scale: i64) -> Answer {
    let time = time(call)?;
    let part = i64::from(time.nanoseconds) / (1_000_000_000 / scale);
    Ok(Value::int64(time.seconds.wrapping_mul(scale).wrapping_add(part)))
}

fn is_daylight(time: &Time) -> bool {
    match &time.zone {
        Zone::Named(_, zone) => {
            let at = jiff::Timestamp::from_second(time.seconds).unwrap_or_default();
            zone.to_offset_info(at).dst().is_dst()
        }
        _ => false,
    }
}

fn add_date(call: &Call<'_>) -> Answer {
    let time = time(call)?;
    let mut civil = time.civil();
    let limit = 1_000_000_000;
    civil.year = civil.year.saturating_add(call.int(0)).clamp(-limit, limit);
    civil.month = civil.month.saturating_add(call.int(1)).clamp(-limit, limit);
    civil.day = civil.day.saturating_add(call.int(2)).clamp(-limit, limit);
    Ok(Value::time(Time::date(&civil, time.nanoseconds, time.zone)))
}

/// To a multiple of a duration since the year 1.
fn rounded(call: &Call<'_>, nearest: bool) -> Answer {
    let (time, step) = (time(call)?, i128::from(call.int(0)));
    if step <= 0 {
        return Ok(Value::time(time));
    }
    let since_first =
        (i128::from(time.seconds) + 62_135_596_800) * 1_000_000_000 + i128::from(time.nanoseconds);
    let rest = since_first.rem_euclid(step);
    let by = if nearest && rest * 2 >= step { step - rest } else { -rest };
    Ok(Value::time(time.add(i64::try_from(by).unwrap_or(0))))
}

fn nanoseconds(call: &Call<'_>) -> i64 {
    match call.receiver {
        Value::Int(_, number) => number,
        _ => 0,
    }
}

/// Whole units and the fraction, as Go adds them.
fn in_units(call: &Call<'_>, unit: i64) -> Answer {
    let all = nanoseconds(call);
    Ok(Value::Float((all / unit) as f64 + (all % unit) as f64 / unit as f64))
}

static DURATIONS: &[Function] = &[
    fixed("Hours", &[], |call| in_units(call, 3_600_000_000_000)),
    fixed("Minutes", &[], |call| in_units(call, 60_000_000_000)),
    fixed("Seconds", &[], |call| in_units(call, 1_000_000_000)),
    fixed("Milliseconds", &[], |call| Ok(Value::int64(nanoseconds(call) / 1_000_000))),
    fixed("Microseconds", &[], |call| Ok(Value::int64(nanoseconds(call) / 1_000))),
    fixed("Nanoseconds", &[], |call| Ok(Value::int64(nanoseconds(call)))),
    fixed("Abs", &[], |call| {
        Ok(Value::Int(Signed::Duration, nanoseconds(call).checked_abs().unwrap_or(i64::MAX)))
    }),
    fixed("Round", &[DURATION], |call| {
        Ok(Value::Int(Signed::Duration, duration::round(nanoseconds(call), call.int(0))))
    }),
    fixed("Truncate", &[DURATION], |call| {
        let (all, step) = (nanoseconds(call), call.int(0));
        Ok(Value::Int(Signed::Duration, if step <= 0 { all } else { all - all % step }))
    }),
];

fn version(call: &Call<'_>) -> Result<Rc<Version>, Fault> {
    match &call.receiver {
        Value::Version(version, _) => Ok(Rc::clone(version)),
        _ => Err("a version is needed".into()),
    }
}

fn plain(found: Result<Version, String>) -> Answer {
    Ok(Value::Version(Rc::new(found?), false))
}

static VERSIONS: &[Function] = &[
    fixed("Major", &[], |call| Ok(Value::Uint(Unsigned::Long, version(call)?.major))),
    fixed("Minor", &[], |call| Ok(Value::Uint(Unsigned::Long, version(call)?.minor))),
    fixed("Patch", &[], |call| Ok(Value::Uint(Unsigned::Long, version(call)?.patch))),
    fixed("Prerelease", &[], |call| Ok(Value::text(&version(call)?.prerelease))),
    fixed("Metadata", &[], |call| Ok(Value::text(&version(call)?.metadata))),
    fixed("IncMajor", &[], |call| plain(version(call)?.raised(0))),
    fixed("IncMinor", &[], |call| plain(version(call)?.raised(1))),
    fixed("IncPatch", &[], |call| plain(version(call)?.raised(2))),
    fixed("SetPrerelease", &[Type::Text], |call| plain(version(call)?.with_prerelease(&call.string(0)))),
    fixed("SetMetadata", &[Type::Text], |call| plain(version(call)?.with_metadata(&call.string(0)))),
    fixed("Value", &[], |call| call.give(version(call)?.to_string().into_bytes())),
];

fn ordered(call: &Call<'_>, holds: fn(Ordering) -> bool) -> Answer {
    Ok(Value::Bool(holds(version(call)?.order(&*call.version(0)?))))
}

/// Methods that only a version behind a pointer has.
static ORDER: &[Function] = &[
    fixed("Original", &[], |call| Ok(Value::text(&version(call)?.original))),
    fixed("Compare", &[VERSION], |call| Ok(sign(version(call)?.order(&*call.version(0)?)))),
    fixed("LessThan", &[VERSION], |call| ordered(call, Ordering::is_lt)),
    fixed("LessThanEqual", &[VERSION], |call| ordered(call, Ordering::is_le)),
    fixed("GreaterThan", &[VERSION], |call| ordered(call, Ordering::is_gt)),
    fixed("GreaterThanEqual", &[VERSION], |call| ordered(call, Ordering::is_ge)),
    fixed("Equal", &[VERSION], |call| match call.value(0) {
        Value::Nil => Ok(Value::Bool(false)),
        _ => ordered(call, Ordering::is_eq),
    }),
];
