//! `dns`: what the host's name servers answer, each of them, for each name with each search domain.

use std::fmt::Write;
use std::net::{Ipv4Addr, Ipv6Addr};

use serde_json::{Map, Value, json};

use super::{Asked, Built, Plan, Probe, Stage, files as small};
use crate::values::glob::joined;

const RESOLV: &str = "/etc/resolv.conf";

/// Asks for A, AAAA and CNAME at once, of which the first that is answered counts: a server that is silent is silent for
/// all of them, and is waited for once. Packets are made of the name's labels here, because the names depend on the
/// host's search domains. Each answer is one line: name asked for, name sent, server, type, packet.
const SH: &str = r#"
resolve() {
  if [ ! -r "$R/etc/resolv.conf" ]; then F '/etc/resolv.conf cannot be read'; return; fi
  tongue
  if [ "$N" = none ]; then F 'the host has neither perl nor python, and a shell cannot ask a name server'; return; fi
  d= e= o=1
  while read -r k v; do
    case $k in
    nameserver) e="$e ${v%%[ 	]*}" ;;
    search | domain) d=$v ;;
    options) for x in $v; do case $x in ndots:*) o=${x#ndots:} ;; esac; done ;;
    esac
  done <"$R/etc/resolv.conf"
  e=${e:-127.0.0.1}
  query() {
    h=$1 p=
    while [ -n "$h" ]; do
      l=${h%%.*} h=${h#*.}
      p="$p$(printf %02x "${#l}")$(printf %s "$l" | od -An -v -tx1 | tr -d ' \n')"
    done
    p="beef01000001000000000000${p}00"
    net ask "$2" 53 2 "${p}00010001" "${p}001c0001" "${p}00050001" | for y in 0001 001c 0005; do
      read -r a || a=-
      printf '%s %s %s %s %s\n' "$n" "$1" "$2" "$y" "$a"
    done
  }
  for n; do
    case $n in
    *.) q=$n ;;
    *)
      c=$n k=1 q=
      while case $c in *.*) ;; *) false ;; esac; do c=${c#*.} k=$((k + 1)); done
      [ "$k" -le "$o" ] || q=$n.
      for s in $d; do [ "$s" = . ] || q="$q $n.${s%.}."; done
      [ "$k" -gt "$o" ] || q="$q $n."
      ;;
    esac
    for x in $q; do for s in $e; do query "$x" "$s" & done; done
    wait
  done | T answers 500000
}"#;

fn folder(asked: &Asked<'_>) -> String {
    joined(&["host-collectors/dns", &asked.named("dns").replace(' ', "_")])
}

pub(super) fn files(asked: &Asked<'_>) -> Vec<String> {
    let folder = folder(asked);
    vec![format!("{folder}/result.json"), format!("{folder}/resolv.conf")]
}

pub(super) fn plan(asked: &Asked<'_>) -> Result<Plan, String> {
    let names: Vec<String> = asked.texts("hostnames").into_iter().map(str::to_owned).collect();
    if names.is_empty() {
        return Err("hostnames is required".to_owned());
    }
    let fine = |name: &String| {
        let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.*".contains(c));
        let labels = name.strip_suffix('.').unwrap_or(name).split('.');
        plain && name.len() < 254 && labels.clone().all(|label| (1..64).contains(&label.len()))
    };
    if let Some(wrong) = names.iter().find(|name| !fine(name)) {
        return Err(format!("hostnames: {wrong:?} is no name"));
    }
    let probe = Probe::of("resolve", SH, names.clone()).within(60, Stage::Waiting).dialing();
    let paths = files(asked);
    Ok(Plan::new(vec![probe.clone(), small(&[RESOLV])], move |facts| {
        let answers = facts.of(&probe)?.text("answers")?;
        let (query, resolved) = entries(&names, &answers);
        let value = json!({ "query": query, "resolvedFromSearch": resolved });
        let mut built = Built::json(paths[0].clone(), &value);
        match facts.needed(RESOLV) {
            Ok(text) => built.files.push((paths[1].clone(), text.as_bytes().to_vec())),
            Err(refusal) => built.notes.push(refusal.words().to_owned()),
        }
        Ok(built)
    }))
}

fn entries(names: &[String], answers: &str) -> (Map<String, Value>, String) {
    let mut query: Map<String, Value> = names.iter().map(|name| (name.clone(), json!([]))).collect();
    let mut searches: Vec<String> = Vec::new();
    let mut lines: Vec<Vec<&str>> = answers.lines().map(|line| line.split(' ').collect()).collect();
    lines.retain(|line| line.len() == 5);
    let mut done: Vec<(&str, &str, &str)> = Vec::new();
    for line in &lines {
        let key = (line[0], line[1], line[2]);
        if done.contains(&key) {
            continue;
        }
        done.push(key);
        let (name, sent, server) = key;
        let mut same = lines.iter().filter(|other| (other[0], other[1], other[2]) == key);
        let answer = same.find_map(|other| answer(other[4], other[3]));
        let (shown, record) = answer.clone().unwrap_or_default();
        let search = match sent.strip_prefix(&format!("{name}.")) {
            Some(rest) if answer.is_some() => rest.trim_end_matches('.').to_owned(),
            _ => String::new(),
        };
        if !search.is_empty() && !searches.contains(&search) {
            searches.push(search.clone());
        }
        if let Some(Value::Array(list)) = query.get_mut(name) {
            // Upstream's servers have their port.
            let server = if server.contains(':') { format!("[{server}]:53") } else { format!("{server}:53") };
            list.push(json!({ "server": server, "search": search, "name": sent, "answer": shown, "record": record }));
        }
    }
    (query, searches.join(", "))
}

/// The first answer of a packet as text, and its record where it is of the type that was asked for.
fn answer(hex: &str, asked: &str) -> Option<(String, String)> {
    let packet: Vec<u8> = hex
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect::<Option<_>>()?;
    let number = |at: usize| Some(u16::from_be_bytes([*packet.get(at)?, *packet.get(at + 1)?]));
    let (questions, answers) = (number(4)?, number(6)?);
    if answers == 0 {
        return None;
    }
    let mut at = 12;
    for _ in 0..questions {
        (_, at) = name(&packet, at)?;
        at += 4;
    }
    let (owner, at) = name(&packet, at)?;
    let (kind, ttl) = (number(at)?, u32::from(number(at + 4)?) << 16 | u32::from(number(at + 6)?));
    let data = packet.get(at + 10..at + 10 + usize::from(number(at + 8)?))?;
    let (word, record) = match (kind, data) {
        (1, &[a, b, c, d]) => ("A", Ipv4Addr::new(a, b, c, d).to_string()),
        (28, data) => ("AAAA", Ipv6Addr::from(<[u8; 16]>::try_from(data).ok()?).to_string()),
        (5, _) => ("CNAME", name(&packet, at + 10)?.0),
        _ => return Some((format!("{owner}\t{ttl}\tIN\tTYPE{kind}"), String::new())),
    };
    let matches = u16::from_str_radix(asked, 16) == Ok(kind);
    Some((format!("{owner}\t{ttl}\tIN\t{word}\t{record}"), if matches { record } else { String::new() }))
}

/// A name at a place of a packet, and where it ends there.
fn name(packet: &[u8], start: usize) -> Option<(String, usize)> {
    let (mut text, mut at, mut end) = (String::new(), start, None);
    // Pointers may go in circles.
    for _ in 0..128 {
        match *packet.get(at)? {
            0 => {
                let text = if text.is_empty() { ".".to_owned() } else { text };
                return Some((text, end.unwrap_or(at + 1)));
            }
            high if high & 0xc0 == 0xc0 => {
                end = end.or(Some(at + 2));
                at = usize::from(high & 0x3f) << 8 | usize::from(*packet.get(at + 1)?);
            }
            length => {
                for byte in packet.get(at + 1..at + 1 + usize::from(length))? {
                    if byte.is_ascii_graphic() {
                        text.push(char::from(*byte));
                    } else {
                        let _ = write!(text, "\\{byte:03}");
                    }
                }
                text.push('.');
                at += 1 + usize::from(length);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read() {
        // c.example. IN A, answered with 10.0.0.7 through a pointer to the question.
        let packet = "beef818000010001000000000163076578616d706c650000010001c00c000100010000012c00040a000007";
        let found = answer(packet, "0001").expect("an answer");
        assert_eq!(found, ("c.example.\t300\tIN\tA\t10.0.0.7".to_owned(), "10.0.0.7".to_owned()));
        assert_eq!(answer("beef8183000100000000000001630000010001", "0001"), None, "no such name");
        assert_eq!(answer("beef818000010001000000000163c00c00010001", "0001"), None, "a circle");
        assert_eq!(answer("-", "0001"), None);
    }
}
