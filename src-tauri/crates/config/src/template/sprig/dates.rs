//! Dates. The local zone is UTC, and "now" is what the caller says it is.

use crate::go::duration;
use crate::go::layout::format;
use crate::go::number;
use crate::go::time::{Time, Zone};
use crate::go::time_parse::parse;
use crate::template::engine::function::{Answer, Call, Fault, Function, fixed};
use crate::template::engine::value::{Signed, Type, Value};

const S: Type = Type::Text;
const A: Type = Type::Any;
const T: Type = Type::Time;

pub(super) static FUNCTIONS: &[Function] = &[
    fixed("now", &[], |call| Ok(Value::time(now(call)))),
    fixed("ago", &[A], |call| {
        let since = now(call).since(&at(call, call.value(0)));
        call.give(duration::format(duration::round(since, 1_000_000_000)).into_bytes())
    }),
    fixed("date", &[S, A], |call| shown(call, call.text(0), call.value(1), "Local")),
    fixed("dateInZone", &[S, A, S], |call| shown(call, call.text(0), call.value(1), &call.string(2))),
    fixed("date_in_zone", &[S, A, S], |call| shown(call, call.text(0), call.value(1), &call.string(2))),
    fixed("htmlDate", &[A], |call| shown(call, b"2006-01-02", call.value(0), "Local")),
    fixed("htmlDateInZone", &[A, S], |call| shown(call, b"2006-01-02", call.value(0), &call.string(1))),
    fixed("dateModify", &[S, T], |call| Ok(moved(call).unwrap_or_else(|_| call.value(1).clone()))),
    fixed("date_modify", &[S, T], |call| Ok(moved(call).unwrap_or_else(|_| call.value(1).clone()))),
    fixed("mustDateModify", &[S, T], moved),
    fixed("must_date_modify", &[S, T], moved),
    fixed("duration", &[A], |call| {
        let seconds = match call.value(0) {
            Value::Text(text) => number::signed(text, 10).0,
            Value::Int(Signed::Int64, seconds) => *seconds,
            _ => 0,
        };
        call.give(duration::format(seconds.wrapping_mul(1_000_000_000)).into_bytes())
    }),
    fixed("durationRound", &[A], |call| call.give(rounded(call).into_bytes())),
    fixed("toDate", &[S, S], |call| {
        Ok(Value::time(parse(call.text(0), call.text(1)).unwrap_or_else(|_| Time::zero())))
    }),
    fixed("mustToDate", &[S, S], |call| Ok(Value::time(parse(call.text(0), call.text(1))?))),
    fixed("unixEpoch", &[T], |call| call.give(call.time(0).seconds.to_string().into_bytes())),
];

fn now(call: &Call<'_>) -> Time {
    Time::from_timestamp(call.world.now)
}

/// The time that a value is; anything that is none is now.
fn at(call: &Call<'_>, value: &Value) -> Time {
    match value {
        Value::Time(time) => (**time).clone(),
        Value::Int(Signed::Int | Signed::Int64, seconds) => Time::unix(*seconds),
        _ => now(call),
    }
}

fn shown(call: &Call<'_>, layout: &[u8], value: &Value, zone: &str) -> Answer {
    let zone = Zone::load(zone).unwrap_or(Zone::Utc);
    call.give(format(&at(call, value).within(zone), layout))
}

fn moved(call: &Call<'_>) -> Answer {
    Ok(Value::time(call.time(1).add(duration::parse(call.text(0))?)))
}

fn rounded(call: &Call<'_>) -> String {
    let duration = match call.value(0) {
        Value::Text(text) => duration::parse(text).unwrap_or(0),
        Value::Int(Signed::Int64, nanoseconds) => *nanoseconds,
        Value::Time(time) => now(call).since(time),
        _ => 0,
    };
    let all = duration.unsigned_abs();
    let hour = 3_600_000_000_000u64;
    let units = [
        (hour * 24 * 365, "y"),
        (hour * 24 * 30, "mo"),
        (hour * 24, "d"),
        (hour, "h"),
        (60_000_000_000, "m"),
        (1_000_000_000, "s"),
    ];
    let found = units.iter().find(|(size, _)| all > *size);
    found.map_or("0s".to_owned(), |(size, name)| format!("{}{name}", all / size))
}

/// A time as JSON shows it.
pub(super) fn rfc3339(time: &Time) -> Result<Vec<u8>, Fault> {
    if !(0..=9999).contains(&time.civil().year) {
        return Err("Time.MarshalJSON: year outside of range [0,9999]".into());
    }
    Ok(format(time, b"2006-01-02T15:04:05.999999999Z07:00"))
}
