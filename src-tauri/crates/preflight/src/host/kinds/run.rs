//! `run`: a command of the spec's own.
//!
//! It runs in a new folder that is taken away with it. Its environment is not recorded: upstream wrote all of it into
//! the result, credentials of proxies included.

use longshore_shell::quote;
use serde_json::{Value, json};

use super::delivered::{Delivered, delivered};
use super::{Asked, Built, Plan, Probe, Stage};
use crate::host::facts::Told;
use crate::host::frames::{End, Stream};
use crate::host::plan::Outcome;
use crate::values::glob::joined;

const FOLDER: &str = "host-collectors/run-host";

/// $1 the command, $2 its folder for output, $3 what to prepare and $4 how it is called, as sh.
const SH: &str = r#"
spawn() {
  w=$1
  case $w in /*) ;; *) if [ -f "$PWD/$w" ]; then w=$PWD/$w; fi ;; esac
  command -v "$w" >/dev/null || { F "the host has no command $1"; return; }
  own || { [ -z "$2$3" ] || { F 'the host has no folder that can be written to, which this command needs'; return; }; }
  [ -z "$t" ] || cd "$t"
  eval "$3" || return
  eval "both env $4"
  if [ -n "$2" ]; then set +f; D=0; deliver "$t/$2" '' 0; fi
}"#;

fn name<'a>(asked: &Asked<'a>) -> &'a str {
    asked.named("run-host")
}

pub(super) fn files(asked: &Asked<'_>) -> Vec<String> {
    let file = |ending: &str| joined(&[FOLDER, &format!("{}{ending}", name(asked))]);
    let mut files = vec![file(".txt"), file("-info.json"), file("-stderr.txt")];
    if !asked.text("outputDir").is_empty() {
        files.push(format!("{}/", joined(&[FOLDER, name(asked), asked.text("outputDir")])));
    }
    files
}

pub(super) fn plan(asked: &Asked<'_>) -> Result<Plan, String> {
    let (command, output) = (asked.text("command"), asked.text("outputDir"));
    if command.is_empty() {
        return Err("command is required".to_owned());
    }
    if output.starts_with('/') || output.split('/').any(|part| part == "..") {
        return Err(format!("outputDir: {output:?} is no folder below the command's own"));
    }
    let (seconds, note) = asked.seconds("timeout", asked.setting.patience)?;
    let args = vec![command.to_owned(), output.to_owned(), prepared(asked)?, called(asked)?];
    // Two collectors of one command are two runs of it.
    let mut probe = Probe::of("spawn", SH, args).within(seconds, Stage::Quick);
    probe.key.push_str(&format!("\0{}", name(asked)));
    let line: Vec<&str> = [command].into_iter().chain(asked.texts("args")).collect();
    let made = Made {
        line: line.join(" "),
        paths: files(asked),
        seconds,
        limited: !asked.text("timeout").is_empty(),
    };
    Ok(Plan::new(vec![probe.clone()], move |facts| {
        let told = facts.heard(&probe.key)?;
        let late = matches!(told.0.end, Some(End::Late(_)));
        Ok(made.built(told, late, facts.root)?.note(note.clone().filter(|_| late)))
    }))
}

/// What is known of a command before it runs.
struct Made {
    /// How it is called.
    line: String,
    /// Files of its output, of what is known of it, of its errors, and perhaps the folder of its own files.
    paths: Vec<String>,
    seconds: u32,
    /// It has a timeout of its own.
    limited: bool,
}

impl Made {
    fn built(&self, told: Told<'_>, late: bool, root: bool) -> Outcome {
        let line = &self.line;
        if late && !self.limited {
            let why = format!(
                "the command {line} did not end within {} s; it has no timeout of its own",
                self.seconds
            );
            return Err(why.into());
        }
        let empty = Stream::default();
        let stream = |name: &str| told.0.streams.get(name).unwrap_or(&empty);
        let (stdout, stderr) = (stream("stdout"), stream("stderr"));
        let words = String::from_utf8_lossy(&stderr.bytes);
        // A command that was ended is told as upstream tells it.
        let code = if late { "signal: killed" } else { told.value("code")? };
        if code.is_empty() {
            return Err(format!("the command {line} ended without a status").into());
        }
        let info = json!({
            "command": line, "exitCode": code, "error": if code == "0" { "" } else { &*words },
            "outputDir": "", "input": "", "env": Value::Null,
        });
        let mut built = Built::json(self.paths[1].clone(), &info);
        built.files.push((self.paths[0].clone(), stdout.bytes.clone()));
        if !stderr.bytes.is_empty() {
            built.files.push((self.paths[2].clone(), stderr.bytes.clone()));
        }
        for (file, stream) in [(&self.paths[0], stdout), (&self.paths[2], stderr)] {
            if stream.cut {
                built.notes.push(format!("{file} was cut after {} bytes", stream.bytes.len()));
            }
        }
        if let Some(folder) = self.paths.get(3) {
            let Delivered { files, notes, unprivileged } =
                delivered(told, folder.trim_end_matches('/'), root);
            built.files.extend(files);
            built.notes.extend(notes);
            built.unprivileged.extend(unprivileged);
        }
        Ok(built)
    }
}

/// Makes folders and input files.
fn prepared(asked: &Asked<'_>) -> Result<String, String> {
    let mut text = String::new();
    for variable in asked.texts("inheritEnvs").into_iter().filter(|_| !asked.flag("ignoreParentEnvs")) {
        if !identifier(variable) {
            return Err(format!("inheritEnvs: {variable:?} is no name of a variable"));
        }
        let said = format!("F 'inherit env variable is not found: {variable}'");
        text.push_str(&format!("[ -n \"${{{variable}+x}}\" ] || {{ {said}; return 1; }}\n"));
    }
    if !asked.text("outputDir").is_empty() {
        text.push_str("mkdir -p \"$t/$2\"\n");
    }
    for (at, (file, content)) in asked.body["input"].as_object().into_iter().flatten().enumerate() {
        if file.contains('/') || file.is_empty() || file == "." || file == ".." {
            return Err(format!("input: {file:?} is no name of a file"));
        }
        if at == 0 {
            text.push_str("mkdir -p \"$t/input\"\n");
        }
        let content = quote(content.as_str().unwrap_or_default());
        text.push_str(&format!("printf %s {content} >\"$t/input\"/{}\n", quote(file)));
    }
    Ok(text)
}

/// Environment and words of the call.
fn called(asked: &Asked<'_>) -> Result<String, String> {
    let mut words = Vec::new();
    let ignored = asked.flag("ignoreParentEnvs");
    if ignored || !asked.body["inheritEnvs"].is_null() {
        words.push("-i".to_owned());
        let inherited = asked.texts("inheritEnvs").into_iter().filter(|_| !ignored);
        for variable in inherited.chain(["PATH", "KUBECONFIG"]) {
            words.push(format!("${{{variable}+\"{variable}=${variable}\"}}"));
        }
        words.push("\"PWD=$PWD\"".to_owned());
    }
    for entry in asked.texts("env") {
        match entry.split('=').collect::<Vec<_>>()[..] {
            [name, value] if identifier(name) && !value.is_empty() => words.push(quote(entry)),
            _ => return Err(format!("env: {entry:?} is not of the form NAME=value")),
        }
    }
    if !asked.text("outputDir").is_empty() {
        words.push("\"TS_OUTPUT_DIR=$t/$2\"".to_owned());
    }
    if asked.body["input"].is_object() {
        words.push("\"TS_INPUT_DIR=$t/input\"".to_owned());
    }
    words.push("\"$w\"".to_owned());
    words.extend(asked.texts("args").into_iter().map(quote));
    Ok(words.join(" "))
}

fn identifier(name: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || c == '_';
    name.chars().all(inner) && name.chars().next().is_some_and(|first| !first.is_ascii_digit())
}
