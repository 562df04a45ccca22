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
    ("until", |a| Ok(list((0..integer(a, 0)?.clamp(0, 10_000)).map(Value::Int)))),
    ("dict", |a| {
        let pairs =
            a.chunks(2).map(|pair| Ok((text(pair, 0)?, pair.get(1).cloned().unwrap_or_else(|| string("")))));
        Ok(Value::from(pairs.collect::<gotmpl::Result<BTreeMap<_, _>>>()?))
    }),
    ("get", |a| Ok(members(a, 0)?.get(text(a, 1)?.as_str()).cloned().unwrap_or_else(|| string("")))),
    ("hasKey", |a| Ok(Value::Bool(members(a, 0)?.contains_key(text(a, 1)?.as_str())))),
    ("keys", |a| Ok(list(members(a, 0)?.keys().map(string)))),
    ("values", |a| Ok(list(members(a, 0)?.values().cloned()))),
];

fn members(arguments: &[Value], at: usize) -> gotmpl::Result<BTreeMap<Arc<str>, Value>> {
    match argument(arguments, at)? {
        Value::Map(members) => Ok((**members).clone()),
        other => Err(wrong(format!("{} is no dictionary", other.type_name()))),
    }
}
