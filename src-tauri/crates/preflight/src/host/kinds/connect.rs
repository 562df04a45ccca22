//! `tcpConnect`: whether a connection can be made from the host.

use serde_json::json;
use std::time::Duration;

use super::{Asked, Built, Plan, Probe, Stage};
use crate::collect::Refusal;

/// By a language that tells reasons, else by what bash or nc say.
const SH: &str = r#"
connect() {
  tongue
  V begun 1
  if r=$(net connect "$1" "$2" "$3"); then V result "$r"; return; fi
  if has bash; then
    l=
    if has timeout; then l="timeout $3"; fi
    r=$($l bash -c 'exec 3<>"/dev/tcp/$0/$1" && echo connected' "$1" "$2" 2>&1)
    case $? in 124 | 143) r='timed out' ;; esac
  elif has nc; then
    # Kinds of it differ in how they leave once they are connected.
    if r=$(nc -z -w "$3" "$1" "$2" 2>&1); then r=connected
    else case $r in *option*) if r=$(nc -w "$3" "$1" "$2" -e true 2>&1); then r=connected; fi ;; esac; fi
  else F 'the host has neither perl, python, bash nor nc to connect with'; return; fi
  case $r in
  connected) V result 'connected ' ;;
  *[Rr]efused*) V result "connection-refused $r" ;;
  *'imed out'*) V result "connection-timeout $r" ;;
  *) V result "error ${r:-nothing was said}" ;;
  esac
}"#;

pub(super) fn files(asked: &Asked<'_>) -> Vec<String> {
    vec![asked.file("host-collectors/connect", "connect", ".json")]
}

pub(super) fn plan(asked: &Asked<'_>) -> Result<Plan, String> {
    let address = asked.text("address");
    let wrong = || format!("address: {address:?} is no host and port");
    let (host, port) = address.rsplit_once(':').ok_or_else(wrong)?;
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let port: u16 = port.parse().map_err(|_| wrong())?;
    if host.is_empty() || host.starts_with('-') {
        return Err(wrong());
    }
    let (seconds, note) = asked.seconds("timeout", Duration::from_secs(10))?;
    let args = vec![host.to_owned(), port.to_string(), seconds.to_string()];
    let probe = Probe::of("connect", SH, args).within(seconds + 20, Stage::Waiting).dialing();
    let (file, address) = (files(asked).remove(0), address.to_owned());
    Ok(Plan::new(vec![probe.clone()], move |facts| {
        let told = facts.heard(&probe.key)?;
        let (status, message) = match told.value("result")?.split_once(' ') {
            Some((status, message)) => (status, message.to_owned()),
            // What connects cannot always be told how long; the script ends it then. A host that did not come to it
            // has tried nothing.
            None if told.has("begun") => ("connection-timeout", format!("dial tcp {address}: i/o timeout")),
            None => return Err(Refusal::Failed("the host did not come to it in time".to_owned())),
        };
        let value = json!({ "status": status, "message": message });
        let note = note.clone().filter(|_| status == "connection-timeout");
        Ok(Built::json(file.clone(), &value).note(note))
    }))
}
