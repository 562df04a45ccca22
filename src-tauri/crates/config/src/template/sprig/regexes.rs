//! Regular expressions.

use crate::go::regex::{Regex, quote_meta};
use crate::go::{quote, utf8};
use crate::template::engine::function::{Answer, Call, Fault, Function, fixed};
use crate::template::engine::value::{Element, Signed, Type, Value};

const S: Type = Type::Text;
const I: Type = Type::Signed(Signed::Int);

pub(super) static FUNCTIONS: &[Function] = &[
    fixed("regexMatch", &[S, S], |call| {
        let regex = call.session.regex(call.text(0));
        Ok(Value::Bool(regex.is_ok_and(|regex| regex.is_match(call.text(1)))))
    }),
    fixed("mustRegexMatch", &[S, S], |call| {
        Ok(Value::Bool(call.session.regex(call.text(0))?.is_match(call.text(1))))
    }),
    fixed("regexFindAll", &[S, S, I], |call| all(call, &must(call)?)),
    fixed("mustRegexFindAll", &[S, S, I], |call| all(call, &call.session.regex(call.text(0))?)),
    fixed("regexFind", &[S, S], |call| call.give(must(call)?.find(call.text(1)).unwrap_or_default())),
    fixed("mustRegexFind", &[S, S], |call| {
        call.give(call.session.regex(call.text(0))?.find(call.text(1)).unwrap_or_default())
    }),
    fixed("regexReplaceAll", &[S, S, S], |call| replaced(call, &must(call)?, false)),
    fixed("mustRegexReplaceAll", &[S, S, S], |call| {
        replaced(call, &call.session.regex(call.text(0))?, false)
    }),
    fixed("regexReplaceAllLiteral", &[S, S, S], |call| replaced(call, &must(call)?, true)),
    fixed("mustRegexReplaceAllLiteral", &[S, S, S], |call| {
        replaced(call, &call.session.regex(call.text(0))?, true)
    }),
    fixed("regexSplit", &[S, S, I], |call| split(call, &must(call)?)),
    fixed("mustRegexSplit", &[S, S, I], |call| split(call, &call.session.regex(call.text(0))?)),
    fixed("regexQuoteMeta", &[S], |call| call.give(quote_meta(call.text(0)))),
];

/// The compiled expression; Go panics when it is none.
fn must(call: &Call<'_>) -> Result<Regex, Fault> {
    let pattern = call.text(0);
    call.session.regex(pattern).map_err(|error| {
        let shown = if quote::can_backquote(pattern) {
            format!("`{}`", utf8::lossy(pattern))
        } else {
            utf8::lossy(&quote::quoted(pattern))
        };
        Fault(format!("regexp: Compile({shown}): {error}"))
    })
}

fn all(call: &Call<'_>, regex: &Regex) -> Answer {
    let text = call.text(1);
    let found = regex.find_all(text, call.int(2));
    if found.is_empty() {
        return Ok(Value::nil_list(Element::Text));
    }
    call.give_texts(found.into_iter().map(|(from, to)| text[from..to].to_vec()).collect())
}

fn replaced(call: &Call<'_>, regex: &Regex, literal: bool) -> Answer {
    let (text, new) = (call.text(1), call.text(2));
    // Matches times replacement bounds what comes out, groups aside, which are parts of the text.
    let matches = regex.find_all(text, -1).len();
    let groups = new.iter().filter(|byte| **byte == b'$').count();
    call.session
        .bytes(matches.saturating_mul(new.len()).saturating_add(text.len().saturating_mul(groups)))?;
    call.give(if literal { regex.replace_literal(text, new) } else { regex.replace_all(text, new) })
}

fn split(call: &Call<'_>, regex: &Regex) -> Answer {
    if call.int(2) == 0 {
        return Ok(Value::nil_list(Element::Text));
    }
    call.give_texts(regex.split(call.text(1), call.int(2)))
}
