//! Maps. They are shared: `set` changes the map that every variable holding it sees.

use std::collections::BTreeMap;

use super::cast;
use super::merge::{copied, merge};
use crate::template::engine::function::{Answer, Call, Fault, Function, fixed, variadic};
use crate::template::engine::value::{Text, Type, Value};

const S: Type = Type::Text;
const A: Type = Type::Any;
const M: Type = Type::Map(false);

pub(super) static FUNCTIONS: &[Function] = &[
    variadic("dict", &[], A, |call| {
        call.session.items(call.arguments.len())?;
        let mut entries = BTreeMap::new();
        for pair in call.arguments.chunks(2) {
            let key: Text = cast::text(&pair[0])?.into_owned().into();
            entries.insert(key, pair.get(1).cloned().unwrap_or_else(|| Value::text("")));
        }
        Ok(Value::map(entries))
    }),
    fixed("get", &[M, S], |call| Ok(found(call, 0, call.text(1))?.unwrap_or_else(|| Value::text("")))),
    fixed("set", &[M, S, A], set),
    fixed("unset", &[M, S], |call| {
        call.map(0)?.entries.borrow_mut().remove(call.text(1));
        Ok(call.value(0).clone())
    }),
    fixed("hasKey", &[M, S], |call| Ok(Value::Bool(found(call, 0, call.text(1))?.is_some()))),
    variadic("pluck", &[S], M, |call| {
        let mut values = Vec::new();
        for at in 1..call.arguments.len() {
            values.extend(found(call, at, call.text(0))?);
        }
        call.give_list(values)
    }),
    variadic("keys", &[], M, |call| {
        let mut keys = Vec::new();
        for at in 0..call.arguments.len() {
            keys.extend(call.map(at)?.entries.borrow().keys().map(|key| key.to_vec()));
        }
        call.give_texts(keys)
    }),
    fixed("values", &[M], |call| call.give_list(call.map(0)?.entries.borrow().values().cloned().collect())),
    variadic("pick", &[M], S, |call| filtered(call, true)),
    variadic("omit", &[M], S, |call| filtered(call, false)),
    variadic("merge", &[M], M, |call| merged(call, false)),
    variadic("mustMerge", &[M], M, |call| merged(call, false)),
    variadic("mergeOverwrite", &[M], M, |call| merged(call, true)),
    variadic("mustMergeOverwrite", &[M], M, |call| merged(call, true)),
    fixed("deepCopy", &[A], deep_copy),
    fixed("mustDeepCopy", &[A], deep_copy),
    variadic("dig", &[], A, dig),
];

fn found(call: &Call<'_>, at: usize, key: &[u8]) -> Result<Option<Value>, Fault> {
    Ok(call.map(at)?.entries.borrow().get(key).cloned())
}

fn set(call: &Call<'_>) -> Answer {
    let map = call.map(0)?;
    if map.is_nil {
        return Err("assignment to entry in nil map".into());
    }
    call.session.items(1)?;
    call.session.wrote(map);
    let before = map.entries.borrow_mut().insert(call.text(1).into(), call.value(2).clone());
    drop(before);
    Ok(call.value(0).clone())
}

fn filtered(call: &Call<'_>, keeps: bool) -> Answer {
    let entries = call.map(0)?.entries.borrow();
    call.session.items(entries.len())?;
    let names: std::collections::HashSet<&[u8]> = (1..call.arguments.len()).map(|at| call.text(at)).collect();
    let kept = entries.iter().filter(|(key, _)| names.contains(&***key) == keeps);
    Ok(Value::map(kept.map(|(key, value)| (key.clone(), value.clone())).collect()))
}

fn merged(call: &Call<'_>, overwrites: bool) -> Answer {
    let mut into = call.map(0)?.clone();
    for at in 1..call.arguments.len() {
        let from = call.map(at)?;
        if into.is_nil
            && !from.is_nil
            && let Value::Map(fresh) = Value::map(BTreeMap::new())
        {
            into = fresh;
        }
        merge(call.session, &into, from, overwrites, 0)?;
    }
    Ok(Value::Map(into))
}

fn deep_copy(call: &Call<'_>) -> Answer {
    if matches!(call.value(0), Value::Nil) {
        return Err("reflect: call of reflect.Value.Type on zero Value".into());
    }
    copied(call.session, call.value(0), 0)
}

/// A value in maps within maps: names, a default, and the map.
fn dig(call: &Call<'_>) -> Answer {
    let Some((last, before)) = call.arguments.split_last().filter(|(_, before)| before.len() >= 2) else {
        return Err("dig needs at least three arguments".into());
    };
    let wrong = |value: &Value, wanted: &str| {
        let found = value.kind().map_or("nil", crate::template::engine::value::Type::name);
        Fault(format!("interface conversion: interface {{}} is {found}, not {wanted}"))
    };
    let (default, names) = (&before[before.len() - 1], &before[..before.len() - 1]);
    let names = names.iter().map(|name| match name {
        Value::Text(name) => Ok(name.clone()),
        other => Err(wrong(other, "string")),
    });
    let names = names.collect::<Result<Vec<_>, _>>()?;
    let mut current = last.clone();
    for name in names {
        let next = match &current {
            Value::Map(map) if !map.texts => map.entries.borrow().get(&name).cloned(),
            other => return Err(wrong(other, "map[string]interface {}")),
        };
        match next {
            Some(next) => current = next,
            None => return Ok(default.clone()),
        }
    }
    Ok(current)
}
