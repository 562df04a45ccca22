//! `http`: one request from the host.

use serde_json::{Map, Value, json};

use super::curl::{Response, line, response};
use super::{Asked, Built, Plan, Probe, Refusal, Stage};
use crate::host::facts::Told;
use crate::host::frames::End;

/// $1 curl's configuration, $2 a URL that wget may get, or nothing, $3 a certificate of the spec's own, $4 seconds,
/// $5 a path of certificates and the lines that name it as a file and as a folder.
const SH: &str = r#"
request() {
  if has curl; then
    exec 4>&1
    {
      e=$({
        printf %s "$1"
        [ -z "$5" ] || if [ -d "$5" ]; then printf %s "$7"; else printf %s "$6"; fi
        # Upstream takes proxies from the environment only when this one is set.
        if [ -z "$HTTPS_PROXY" ]; then case $1 in *'proxy = '*) ;; *) echo 'noproxy = "*"' ;; esac; fi
      } | {
        http_proxy=${http_proxy:-$HTTP_PROXY}
        [ -z "$http_proxy" ] || export http_proxy
        if [ -n "$3" ]; then
          exec 5<&0
          printf '%s\n' "$3" | curl --cacert /dev/fd/0 -K /dev/fd/5 2>&1 >&3 4>&-
        else curl -K - 2>&1 >&3 4>&-; fi
      })
      V status "$?" >&4
      printf %s "$e" | T error 5001 >&4
    } 3>&1 | X response 300000
  elif has wget && [ -n "$2" ]; then
    # Its own timeout makes some of it crash; the time of the whole is bounded anyway.
    V by wget
    wget -S -t 1 -O /dev/null "$2" 2>&1 | T wget 20001
  else F 'curl is not on the host'; fi
}"#;

pub(super) fn files(asked: &Asked<'_>) -> Vec<String> {
    vec![asked.file("host-collectors/http", "result", ".json")]
}

pub(super) fn plan(asked: &Asked<'_>) -> Result<Plan, String> {
    let found = ["get", "post", "put"].into_iter().find(|method| asked.body[method].is_object());
    let method = found.ok_or("there is none of get, post and put")?;
    let request = Asked { body: &asked.body[method], setting: asked.setting };
    let url = request.text("url");
    if !url.starts_with("http://") && !url.starts_with("https://") {
        return Err(format!("{method}.url: {url:?} is no URL of http or https"));
    }
    let (seconds, note) = request.seconds("timeout", asked.setting.patience)?;
    let probe = Probe::of("request", SH, args(&request, method, seconds));
    let probe = probe.within(seconds + 5, Stage::Waiting);
    let file = files(asked).remove(0);
    Ok(Plan::new(vec![probe.clone()], move |facts| {
        let told = facts.heard(&probe.key)?;
        let (value, more) = if told.has("by") { by_wget(told)? } else { by_curl(told)? };
        let late = note.clone().filter(|_| value.get("error").is_some());
        Ok(Built::json(file.clone(), &value).note(more).note(late))
    }))
}

/// A result and what is to be said of it.
type Requested = Result<(Value, Option<String>), Refusal>;

fn by_curl(told: Told<'_>) -> Requested {
    let stream = told.stream("response")?;
    let error = told.text("error")?;
    let words = error.lines().next().unwrap_or("curl ended without a word").trim().to_owned();
    let value = match (told.value("status")?, response(&stream.bytes)) {
        ("0", Some(response)) => shown(&response, stream.cut),
        ("0", None) => return Err(format!("what curl says cannot be read: {words}").into()),
        ("2" | "4" | "127", _) => {
            return Err(format!("the host's curl does not know what is asked: {words}").into());
        }
        _ => json!({ "error": { "message": words } }),
    };
    Ok((value, stream.cut.then(|| "the body of a response was cut".to_owned())))
}

fn by_wget(told: Told<'_>) -> Requested {
    const NOTE: &str = "curl is not on the host; wget tells the status of a response, not its body";
    let error = |words: &str| json!({ "error": { "message": words } });
    if let Some(End::Late(seconds)) = told.0.end {
        return Ok((error(&format!("no answer within {seconds} s")), Some(NOTE.to_owned())));
    }
    let text = told.text("wget")?;
    let status = text
        .lines()
        .rev()
        .find_map(|line| line.trim().strip_prefix("HTTP/")?.split_whitespace().nth(1)?.parse::<u16>().ok());
    let value = if let Some(status) = status {
        json!({ "response": { "status": status, "body": "", "headers": {} } })
    } else {
        let words = text.lines().rev().find(|line| !line.trim().is_empty());
        error(words.ok_or_else(|| "the host's wget ended without a word".to_owned())?.trim())
    };
    Ok((value, Some(NOTE.to_owned())))
}

/// Arguments of the script.
fn args(request: &Asked<'_>, method: &str, seconds: u32) -> Vec<String> {
    let authority = request.body["tls"]["cacert"].as_str().unwrap_or_default();
    let literal = authority.contains("BEGIN CERTIFICATE");
    let (literal, path) = if literal { (authority, "") } else { ("", authority) };
    let plain = method == "get"
        && request.body["headers"].as_object().is_none_or(Map::is_empty)
        && authority.is_empty()
        && request.text("proxy").is_empty()
        && !request.flag("insecureSkipVerify");
    vec![
        config(request, method, seconds),
        if plain { request.text("url").to_owned() } else { String::new() },
        literal.to_owned(),
        seconds.to_string(),
        path.to_owned(),
        line("cacert", path),
        line("capath", path),
    ]
}

/// curl's configuration.
fn config(request: &Asked<'_>, method: &str, seconds: u32) -> String {
    let mut config = String::from("silent\nshow-error\ninclude\nlocation\nmax-redirs = 10\ntlsv1.2\n");
    config.push_str(&line("url", request.text("url")));
    config.push_str(&line("max-time", &seconds.to_string()));
    config.push_str(&line("user-agent", "Go-http-client/1.1"));
    if method != "get" {
        config.push_str(&line("request", &method.to_uppercase()));
        config.push_str(&line("data-raw", request.text("body")));
        config.push_str("header = \"Content-Type:\"\n");
    }
    for (name, value) in request.body["headers"].as_object().into_iter().flatten() {
        let value = value.as_str().unwrap_or_default();
        config.push_str(&line("header", &format!("{name}: {value}").replace(['\r', '\n'], " ")));
    }
    if request.flag("insecureSkipVerify") {
        config.push_str("insecure\n");
    }
    if !request.text("proxy").is_empty() {
        config.push_str(&line("proxy", request.text("proxy")));
    }
    config
}

fn shown(response: &Response, cut: bool) -> Value {
    let mut headers: Map<String, Value> = Map::new();
    for (name, value) in &response.headers {
        let joined = match headers.get(name).and_then(Value::as_str) {
            Some(before) => format!("{before},{value}"),
            None => value.clone(),
        };
        headers.insert(name.clone(), json!(joined));
    }
    let mut value = json!({
        "status": response.status,
        "body": String::from_utf8_lossy(&response.body),
        "headers": headers,
    });
    if let Ok(raw) = serde_json::from_slice::<Value>(&response.body)
        && !cut
    {
        value["raw_json"] = raw;
    }
    json!({ "response": value })
}
