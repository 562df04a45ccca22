//! Config values.

use crate::evaluate::Effective;
use crate::go::base;
use crate::template::engine::function::{Answer, Call, Fault, Function, fixed};
use crate::template::engine::value::{Type, Value};

const S: Type = Type::Text;

pub(super) static FUNCTIONS: &[Function] = &[
    fixed("ConfigOption", &[S], |call| Ok(Value::text(effective(call)?.unwrap_or_default().value))),
    fixed("ConfigOptionData", &[S], |call| {
        let value = effective(call)?.unwrap_or_default().value;
        call.give(base::decode64(value.as_bytes()).unwrap_or_default())
    }),
    fixed("ConfigOptionFilename", &[S], |call| {
        Ok(Value::text(effective(call)?.unwrap_or_default().persons_filename.unwrap_or_default()))
    }),
    fixed("ConfigOptionEquals", &[S, S], |call| compared(call, true)),
    fixed("ConfigOptionNotEquals", &[S, S], |call| compared(call, false)),
    fixed("ConfigOptionName", &[S], |call| Ok(call.value(0).clone())),
    fixed("ConfigOptionIndex", &[S], |_| Ok(Value::text(""))),
];

/// The item's values; `None` when there is no such item, or its own template fails.
fn effective(call: &Call<'_>) -> Result<Option<Effective>, Fault> {
    let found = call.world.lookup.option(&call.string(0)).map_err(Fault)?;
    Ok(found.filter(|effective| effective.failure.is_none()))
}

/// Both comparisons are false for what is unknown.
fn compared(call: &Call<'_>, wanted: bool) -> Answer {
    let found = effective(call)?;
    Ok(Value::Bool(found.is_some_and(|found| (found.value.as_bytes() == call.text(1)) == wanted)))
}
