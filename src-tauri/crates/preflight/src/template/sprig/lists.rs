//! Functions over lists and dictionaries.

use std::collections::BTreeMap;
use std::sync::Arc;

use gotmpl::Value;

use super::{Function, argument, integer, items, list, shown, string, text, wrong};

pub(super) const FUNCTIONS: &[(&str, Function)] = &[
    ("list", |a| Ok(list(a.iter().cloned()))),
    ("first", |a| Ok(items(a, 0)?.first().cloned().unwrap_or(Value::Nil))),
    ("last", |a| Ok(items(a, 0)?.last().cloned().unwrap_or(Value::Nil))),
    ("rest", |a| Ok(list(items(a, 0)?.into_iter().skip(1)))),
    ("initial", |a| {
        let mut kept = items(a, 0)?;
        kept.pop();
        Ok(list(kept))
    }),
    ("append", |a| Ok(list(items(a, 0)?.into_iter().chain(a.get(1).cloned())))),
    ("prepend", |a| Ok(list(a.get(1).cloned().into_iter().chain(items(a, 0)?)))),
    ("concat", |a| {
        let all = (0..a.len()).map(|at| items(a, at)).collect::<Result<Vec<_>, _>>()?;
        Ok(list(all.concat()))
    }),
    ("reverse", |a| Ok(list(items(a, 0)?.into_iter().rev()))),
    ("compact", |a| Ok(list(items(a, 0)?.into_iter().filter(Value::is_truthy)))),
    ("uniq", |a| {
        let mut kept: Vec<Value> = Vec::new();
        for item in items(a, 0)? {
            if !kept.contains(&item) {
                kept.push(item);
            }
        }
        Ok(list(kept))
    }),
    ("without", |a| {
        let unwanted = a.get(1..).unwrap_or_default();
        Ok(list(items(a, 0)?.into_iter().filter(|item| !unwanted.contains(item))))
    }),
    ("has", |a| Ok(Value::Bool(items(a, 1)?.contains(argument(a, 0)?)))),
    ("sortAlpha", |a| {
        let mut texts: Vec<String> = items(a, 0)?.iter().map(shown).collect();
        texts.sort();
        Ok(list(texts.iter().map(string)))
    }),
    ("splitList", |a| Ok(list(text(a, 1)?.split(&text(a, 0)?).map(string)))),
    ("split", |a| {
        let (separator, parts) = (text(a, 0)?, text(a, 1)?);
        let named = parts.split(&separator).enumerate().map(|(at, part)| (format!("_{at}"), string(part)));
        Ok(Value::from(named.collect::<BTreeMap<_, _>>()))
    }),
    ("splitn", |a| {
        let (separator, most, whole) = (text(a, 0)?, integer(a, 1)?, text(a, 2)?);
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let parts = whole.splitn(most, &separator).enumerate();
        Ok(Value::from(parts.map(|(at, part)| (format!("_{at}"), string(part))).collect::<BTreeMap<_, _>>()))
    }),
    ("slice", |a| {
        let all = items(a, 0)?;
        let bound = |at: usize, default: usize| {
            a.get(at).map_or(Ok(default), |_| integer(a, at).map(|at| usize::try_from(at).unwrap_or(0)))
        };
        let (start, end) = (bound(1, 0)?, bound(2, all.len())?);
        all.get(start..end)
            .map(|part| list(part.iter().cloned()))
            .ok_or_else(|| wrong("slice is out of range"))
    }),
    ("toStrings", |a| Ok(list(items(a, 0)?.iter().map(|item| string(shown(item)))))),
    ("any", |a| Ok(Value::Bool(a.iter().any(Value::is_truthy)))),
    ("all", |a| Ok(Value::Bool(a.iter().all(Value::is_truthy)))),
    ("deepEqual", |a| Ok(Value::Bool(argument(a, 0)? == argument(a, 1)?))),
    ("untilStep", |a| {
        let (start, end, step) = (integer(a, 0)?, integer(a, 1)?, integer(a, 2)?);
        let count = if step == 0 { 0 } else { ((end - start) / step).clamp(0, 10_000) + 1 };
        let numbers = (0..count).map(|at| start + at * step);
        Ok(list(
            numbers.filter(|number| if step > 0 { *number < end } else { *number > end }).map(Value::Int),
        ))
    }),
    ("until", |a| Ok(list((0..integer(a, 0)?.clamp(0, 10_000)).map(Value::Int)))),
    ("dict", |a| {
        let pairs =
            a.chunks(2).map(|pair| Ok((text(pair, 0)?, pair.get(1).cloned().unwrap_or_else(|| string("")))));
        Ok(Value::from(pairs.collect::<gotmpl::Result<BTreeMap<_, _>>>()?))
    }),
    ("get", |a| Ok(members(a, 0)?.get(text(a, 1)?.as_str()).cloned().unwrap_or_else(|| string("")))),
    ("hasKey", |a| Ok(Value::Bool(members(a, 0)?.contains_key(text(a, 1)?.as_str())))),
    ("set", |a| {
        let mut map = members(a, 0)?;
        map.insert(Arc::from(text(a, 1)?), argument(a, 2)?.clone());
        Ok(Value::Map(Arc::new(map)))
    }),
    ("unset", |a| {
        let mut map = members(a, 0)?;
        map.remove(text(a, 1)?.as_str());
        Ok(Value::Map(Arc::new(map)))
    }),
    ("pick", |a| kept(a, true)),
    ("omit", |a| kept(a, false)),
    ("merge", |a| {
        let mut merged = BTreeMap::new();
        for at in (0..a.len()).rev() {
            merged.extend(members(a, at)?);
        }
        Ok(Value::Map(Arc::new(merged)))
    }),
    ("pluck", |a| {
        let name = text(a, 0)?;
        let maps = (1..a.len()).map(|at| members(a, at)).collect::<gotmpl::Result<Vec<_>>>()?;
        Ok(list(maps.iter().filter_map(|map| map.get(name.as_str()).cloned())))
    }),
    ("dig", |a| {
        let keys =
            a.len().checked_sub(2).ok_or_else(|| wrong("dig needs a key, a default and a dictionary"))?;
        let mut here = Some(argument(a, keys + 1)?);
        for at in 0..keys {
            let key = text(a, at)?;
            here = here.and_then(|map| map.field(&key));
        }
        Ok(here.unwrap_or(argument(a, keys)?).clone())
    }),
    ("keys", |a| Ok(list(members(a, 0)?.keys().map(string)))),
    ("values", |a| Ok(list(members(a, 0)?.values().cloned()))),
];

fn members(arguments: &[Value], at: usize) -> gotmpl::Result<BTreeMap<Arc<str>, Value>> {
    match argument(arguments, at)? {
        Value::Map(members) => Ok((**members).clone()),
        other => Err(wrong(format!("{} is no dictionary", other.type_name()))),
    }
}

/// Members whose names are given, or the others.
fn kept(arguments: &[Value], named: bool) -> gotmpl::Result<Value> {
    let names = (1..arguments.len()).map(|at| text(arguments, at)).collect::<gotmpl::Result<Vec<_>>>()?;
    let mut map = members(arguments, 0)?;
    map.retain(|name, _| names.iter().any(|other| **other == **name) == named);
    Ok(Value::Map(Arc::new(map)))
}
