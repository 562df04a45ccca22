//! The old helpers for certificates. Certificate and key are asked for apart, so a pair is kept by its name.

use crate::template::engine::function::{Call, Fault, Function, fixed, variadic};
use crate::template::engine::value::{Element, Signed, Type, Value};
use crate::template::sprig;
use crate::template::world::Pair;

const S: Type = Type::Text;
const I: Type = Type::Signed(Signed::Int);
const L: Type = Type::List(Element::Any);

pub(super) static FUNCTIONS: &[Function] = &[
    fixed("TLSCert", &[S, S, L, L, I], |call| {
        let pair = self_signed(call, call.arguments[1..].to_vec())?;
        // A key may be asked for by the name alone.
        call.world.keep_pair(call.string(0), pair.clone());
        call.give(pair.0)
    }),
    variadic("TLSKey", &[S], Type::Any, |call| {
        if call.arguments.len() != 5 {
            return call.give(call.world.pair(&call.string(0)).unwrap_or_default().1);
        }
        let fits = matches!(call.value(1), Value::Text(_))
            && [2, 3].iter().all(|at| matches!(call.value(*at), Value::List(_) | Value::Nil))
            && matches!(call.value(4), Value::Int(Signed::Int, _));
        if !fits {
            return Ok(Value::text(""));
        }
        call.give(self_signed(call, call.arguments[1..].to_vec())?.1)
    }),
    fixed("TLSCACert", &[S, I], |call| call.give(authority(call, &call.string(0), call.int(1))?.0)),
    fixed("TLSCertFromCA", &[S, S, S, L, L, I], |call| call.give(signed(call)?.0)),
    fixed("TLSKeyFromCA", &[S, S, S, L, L, I], |call| call.give(signed(call)?.1)),
];

/// Makes a pair by one of sprig's functions.
fn made(call: &Call<'_>, function: &str, arguments: Vec<Value>) -> Result<Pair, Fault> {
    let function = sprig::find(function).ok_or("certificates cannot be made")?;
    let call = Call { receiver: Value::Nil, arguments, world: call.world, session: call.session };
    match (function.run)(&call)? {
        Value::Certificate(made) => Ok((made.cert.to_vec(), made.key.to_vec())),
        _ => Err("certificates cannot be made".into()),
    }
}

fn kept(call: &Call<'_>, name: String, make: impl FnOnce() -> Result<Pair, Fault>) -> Result<Pair, Fault> {
    if let Some(known) = call.world.pair(&name) {
        call.world.made_random();
        return Ok(known);
    }
    let pair = make()?;
    call.world.keep_pair(name, pair.clone());
    Ok(pair)
}

fn self_signed(call: &Call<'_>, arguments: Vec<Value>) -> Result<Pair, Fault> {
    let name = format!("{}:{}", call.string(0), call.string(1));
    kept(call, name, || made(call, "genSelfSignedCert", arguments))
}

fn authority(call: &Call<'_>, name: &str, days: i64) -> Result<Pair, Fault> {
    kept(call, format!("ca:{name}"), || made(call, "genCA", vec![Value::text(name), Value::int(days)]))
}

fn signed(call: &Call<'_>) -> Result<Pair, Fault> {
    let (ca, name) = (call.string(0), format!("{}:{}:{}", call.string(0), call.string(1), call.string(2)));
    kept(call, name, || {
        let (cert, key) = authority(call, &ca, call.int(5))?;
        let authority = crate::template::engine::value::Certificate { cert: cert.into(), key: key.into() };
        let mut arguments = call.arguments[2..].to_vec();
        arguments.push(Value::Certificate(std::rc::Rc::new(authority)));
        made(call, "genSignedCert", arguments)
    })
}
