//! Addresses, paths and versions.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::go::path;
use crate::go::semver::{Version, check_constraint, satisfies};
use crate::go::url::{Url, User};
use crate::template::engine::function::{Answer, Call, Fault, Function, fixed};
use crate::template::engine::value::{Text, Type, Value};

const S: Type = Type::Text;

pub(super) static FUNCTIONS: &[Function] = &[
    fixed("urlParse", &[S], parsed),
    fixed("urlJoin", &[Type::Map(false)], joined),
    fixed("base", &[S], |call| call.give(path::base(call.text(0)))),
    fixed("dir", &[S], |call| call.give(path::dir(call.text(0)))),
    fixed("clean", &[S], |call| call.give(path::clean(call.text(0)))),
    fixed("ext", &[S], |call| call.give(path::ext(call.text(0)))),
    fixed("isAbs", &[S], |call| Ok(Value::Bool(call.text(0).starts_with(b"/")))),
    fixed("osBase", &[S], |call| call.give(path::base(call.text(0)))),
    fixed("osDir", &[S], |call| call.give(path::dir(call.text(0)))),
    fixed("osClean", &[S], |call| call.give(path::clean(call.text(0)))),
    fixed("osExt", &[S], |call| call.give(path::ext(call.text(0)))),
    fixed("osIsAbs", &[S], |call| Ok(Value::Bool(call.text(0).starts_with(b"/")))),
    fixed("semver", &[S], |call| Ok(Value::Version(Rc::new(Version::parse(&call.string(0))?), true))),
    fixed("semverCompare", &[S, S], |call| {
        let constraint = call.string(0);
        check_constraint(&constraint)?;
        let version = Version::parse(&call.string(1))?;
        Ok(Value::Bool(satisfies(&constraint, &version)?))
    }),
];

fn parsed(call: &Call<'_>) -> Answer {
    let url = Url::parse(call.text(0)).map_err(|error| Fault(format!("unable to parse url: {error}")))?;
    let mut entries: BTreeMap<Text, Value> = BTreeMap::new();
    let mut put = |name: &str, text: Vec<u8>| entries.insert(name.as_bytes().into(), Value::text(text));
    put("hostname", url.host_name());
    put("userinfo", url.user.as_ref().map(User::text).unwrap_or_default());
    put("scheme", url.scheme);
    put("host", url.host);
    put("path", url.path);
    put("query", url.query);
    put("opaque", url.opaque);
    put("fragment", url.fragment);
    Ok(Value::map(entries))
}

fn joined(call: &Call<'_>) -> Answer {
    let entries = call.map(0)?.entries.borrow();
    let part = |name: &str| match entries.get(name.as_bytes()) {
        None => Ok(Vec::new()),
        Some(Value::Text(text)) => Ok(text.to_vec()),
        Some(Value::Nil) => Err("runtime error: invalid memory address or nil pointer dereference".into()),
        Some(other) => Err(Fault(format!(
            "unable to parse {name} key, must be of type string, but {} found",
            other.kind_name()
        ))),
    };
    let info = part("userinfo")?;
    let user = if info.is_empty() {
        None
    } else {
        let address = [b"proto://", info.as_slice(), b"@host"].concat();
        Url::parse(&address)
            .map_err(|error| Fault(format!("unable to parse userinfo in dict: {error}")))?
            .user
    };
    let url = Url {
        scheme: part("scheme")?,
        host: part("host")?,
        path: part("path")?,
        query: part("query")?,
        opaque: part("opaque")?,
        fragment: part("fragment")?,
        user,
    };
    call.give(url.text())
}
