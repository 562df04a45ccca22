//! Files and what they include.

use std::path::{Path, PathBuf};

use super::lines::{keyword, words};
use super::matching::{self, Subject};
use super::options::Options;
use super::{ConfigError, SshConfig};
use crate::glob;

/// How deep files may include each other, as in OpenSSH.
const DEPTH: usize = 16;

/// What all files say about a host.
pub(super) fn options(config: &SshConfig, alias: &str, given: Options) -> Result<Options, ConfigError> {
    let mut options = given;
    let mut subject = Subject { config, alias, host: alias.to_owned(), last: false, wants_last: false };
    for last in [false, true] {
        subject.last = last;
        if last && !subject.wants_last {
            break;
        }
        if last {
            // As OpenSSH: what the name stands for is matched now, and cannot be changed any more.
            let name = options.host_name.as_deref().map(|name| super::target::host_name(name, alias));
            subject.host = name.unwrap_or_else(|| alias.to_owned()).to_ascii_lowercase();
            options.host_name = Some(subject.host.replace('%', "%%"));
        }
        for (index, file) in config.files.iter().enumerate() {
            // Only what a user includes is looked for in the user's own directory.
            let relative_to = if index == 0 { config.home.join(".ssh") } else { PathBuf::from("/etc/ssh") };
            Reading { subject: &mut subject, options: &mut options, relative_to: &relative_to }.file(
                file,
                Block { active: true, never: false },
                0,
            )?;
        }
    }
    Ok(options)
}

/// The block that a line stands in.
#[derive(Clone, Copy)]
struct Block {
    active: bool,
    /// Whether a block around does not apply: then none in an included file does.
    never: bool,
}

struct Reading<'a, 'b> {
    subject: &'a mut Subject<'b>,
    options: &'a mut Options,
    relative_to: &'a Path,
}

impl Reading<'_, '_> {
    fn file(&mut self, file: &Path, mut block: Block, depth: usize) -> Result<(), ConfigError> {
        let Some(text) = text_of(file)? else { return Ok(()) };
        for (number, line) in text.lines().enumerate() {
            let Some((keyword, rest)) = keyword(line) else { continue };
            let failed = |why: &str| ConfigError::Line {
                file: file.to_owned(),
                line: number + 1,
                why: format!("{keyword}: {why}"),
            };
            match keyword.as_str() {
                "host" => {
                    let found = matching::host(&self.subject.host, rest).map_err(failed)?;
                    block.active = found && !block.never;
                }
                "match" => {
                    let found = matching::block(self.subject, self.options, rest).map_err(failed)?;
                    block.active = found && !block.never;
                }
                "include" if depth < DEPTH => {
                    for pattern in words(rest).ok_or_else(|| failed("a quote has no end"))? {
                        self.include(&pattern, block, depth)?;
                    }
                }
                "include" => return Err(failed("files include each other too deeply")),
                _ => self.options.take(&keyword, rest, block.active).map_err(failed)?,
            }
        }
        Ok(())
    }

    fn include(&mut self, pattern: &str, block: Block, depth: usize) -> Result<(), ConfigError> {
        for file in included(self.subject.config, self.relative_to, pattern) {
            self.file(&file, Block { active: block.active, never: !block.active }, depth + 1)?;
        }
        Ok(())
    }
}

/// Names that `Host` lines give, without patterns, in order and each once. What a file includes is looked at whatever
/// block it stands in.
pub(super) fn named(config: &SshConfig) -> Result<Vec<String>, ConfigError> {
    let mut names = Vec::new();
    for (index, file) in config.files.iter().enumerate() {
        let relative_to = if index == 0 { config.home.join(".ssh") } else { PathBuf::from("/etc/ssh") };
        names_in(config, file, &relative_to, 0, &mut names)?;
    }
    let mut seen = std::collections::HashSet::new();
    names.retain(|name| seen.insert(name.clone()));
    Ok(names)
}

fn names_in(
    config: &SshConfig,
    file: &Path,
    relative_to: &Path,
    depth: usize,
    names: &mut Vec<String>,
) -> Result<(), ConfigError> {
    let Some(text) = text_of(file)? else { return Ok(()) };
    for (number, line) in text.lines().enumerate() {
        let Some((keyword, rest)) = keyword(line) else { continue };
        if keyword != "host" && keyword != "include" {
            continue;
        }
        let failed = |why: &str| ConfigError::Line {
            file: file.to_owned(),
            line: number + 1,
            why: format!("{keyword}: {why}"),
        };
        let words = words(rest).ok_or_else(|| failed("a quote has no end"))?;
        if keyword == "host" {
            names.extend(words.into_iter().filter(|word| !word.contains(['*', '?', '!'])));
        } else if depth >= DEPTH {
            return Err(failed("files include each other too deeply"));
        } else {
            for included in words.iter().flat_map(|pattern| included(config, relative_to, pattern)) {
                names_in(config, &included, relative_to, depth + 1, names)?;
            }
        }
    }
    Ok(())
}

/// A file's text; `None` when there is none.
fn text_of(file: &Path) -> Result<Option<String>, ConfigError> {
    match std::fs::read(file) {
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(ConfigError::Unreadable { file: file.to_owned(), why: error.to_string() }),
    }
}

/// Files that an `Include` names.
fn included(config: &SshConfig, relative_to: &Path, pattern: &str) -> Vec<PathBuf> {
    expand(&match pattern.strip_prefix("~/") {
        Some(rest) => config.home.join(rest),
        None => relative_to.join(pattern),
    })
}

/// Files that a path with `*` and `?` in any of its parts names, sorted.
fn expand(path: &Path) -> Vec<PathBuf> {
    let mut found = vec![PathBuf::new()];
    for part in path.components() {
        let part = part.as_os_str();
        let Some(pattern) = part.to_str().filter(|part| part.contains(['*', '?'])) else {
            for path in &mut found {
                path.push(part);
            }
            continue;
        };
        let mut next = Vec::new();
        for directory in &found {
            let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
            let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
            let hidden = pattern.starts_with('.');
            next.extend(
                names
                    .filter(|name| glob::matches(name, pattern) && (hidden || !name.starts_with('.')))
                    .map(|name| directory.join(name)),
            );
        }
        next.sort();
        found = next;
    }
    found.retain(|path| path.exists());
    found
}
