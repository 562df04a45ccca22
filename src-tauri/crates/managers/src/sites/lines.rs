//! Hosts as people have them written down: pasted lines, and the names in an `ssh_config`.

use longshore_contract::{HostParseRequest, HostRole, HostsFound, SiteHost, SshSettings, WireError, chain};
use longshore_remote::Destination;

use crate::reach;

/// Lines beyond this are no list of hosts that anybody wrote.
const LINES: usize = 10_000;

/// Reads hosts; what cannot be read is told and does not hold up the rest.
///
/// # Errors
/// When there are more lines than any list of hosts has.
pub(super) fn parse(request: &HostParseRequest) -> Result<HostsFound, WireError> {
    let mut found = HostsFound { hosts: Vec::new(), problems: Vec::new() };
    if request.lines.lines().count() > LINES {
        return Err(WireError::bad_input(format!("More than {LINES} lines are no list of hosts"))
            .field("lines", "paste the hosts of one site"));
    }
    for (number, line) in request.lines.lines().enumerate() {
        match host(line) {
            Ok(Some(host)) => add(&mut found, host, &format!("Line {}", number + 1)),
            Ok(None) => {}
            Err(why) => found.problems.push(format!("Line {}: {why}", number + 1)),
        }
    }
    if let Some(file) = &request.ssh_config {
        let settings = SshSettings { config: file.clone(), ..SshSettings::default() };
        match reach::config(&settings).named_hosts() {
            Ok(names) => {
                for name in names {
                    add(&mut found, plain(&name), &name);
                }
            }
            Err(error) => found.problems.push(chain(&error)),
        }
    }
    Ok(found)
}

fn add(found: &mut HostsFound, host: SiteHost, from: &str) {
    if found.hosts.iter().any(|known| known.address == host.address) {
        found.problems.push(format!("{from}: {} is named twice", host.address));
    } else {
        found.hosts.push(host);
    }
}

fn plain(address: &str) -> SiteHost {
    SiteHost { address: address.to_owned(), roles: Vec::new(), tags: Vec::new(), bastion: String::new() }
}

/// One line; `None` when nothing is on it.
fn host(line: &str) -> Result<Option<SiteHost>, String> {
    let line = line.split_once('#').map_or(line, |(before, _)| before);
    // A table copied from a document separates by tabs, commas or semicolons.
    let mut words = line.split([' ', '\t', ',', ';']).map(str::trim).filter(|word| !word.is_empty());
    let Some(address) = words.next() else { return Ok(None) };
    address.parse::<Destination>().map_err(|error| chain(&error))?;
    let mut host = plain(address);
    for word in words {
        match word.split_once('=') {
            Some(("jump", over)) => {
                for jump in over.split('+') {
                    jump.parse::<Destination>().map_err(|error| chain(&error))?;
                }
                host.bastion = over.replace('+', ",");
            }
            Some(("tag", tag)) if !tag.is_empty() => host.tags.push(tag.to_owned()),
            _ => match word {
                "controller" => host.roles.push(HostRole::Controller),
                "worker" => host.roles.push(HostRole::Worker),
                other => {
                    return Err(format!(
                        "“{other}” means nothing here; after the host come controller, worker, jump=HOST and tag=TAG"
                    ));
                }
            },
        }
    }
    host.roles.sort_unstable();
    host.roles.dedup();
    Ok(Some(host))
}

#[cfg(test)]
mod tests {
    use longshore_contract::{HostParseRequest, HostRole};

    use super::parse;

    fn read(lines: &str) -> (Vec<String>, Vec<String>) {
        let found = parse(&HostParseRequest { lines: lines.to_owned(), ssh_config: None }).unwrap();
        let hosts = found.hosts.iter().map(|host| {
            let roles: Vec<&str> = host
                .roles
                .iter()
                .map(|role| if *role == HostRole::Controller { "controller" } else { "worker" })
                .collect();
            format!("{} [{}] [{}] via {}", host.address, roles.join(" "), host.tags.join(" "), host.bastion)
        });
        (hosts.collect(), found.problems)
    }

    #[test]
    fn lines_are_read_as_people_write_them() {
        let (hosts, problems) = read(
            "# plant north\n\nroot@10.0.0.1  controller\n10.0.0.2:2222\tworker, tag=rack-2  # by the door\n\
             pilot@[fd00::3]:22 jump=gate+user@inner:2200\n",
        );
        assert_eq!(
            hosts,
            [
                "root@10.0.0.1 [controller] [] via ",
                "10.0.0.2:2222 [worker] [rack-2] via ",
                "pilot@[fd00::3]:22 [] [] via gate,user@inner:2200",
            ]
        );
        assert!(problems.is_empty(), "{problems:?}");
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_line() {
        let (hosts, problems) = read("a\n-oProxyCommand=x\na\nb master\nc jump=;d\n");
        assert_eq!(hosts, ["a [] [] via "], "the good one is kept");
        assert_eq!(problems.len(), 4, "{problems:?}");
        for (problem, line) in problems.iter().zip(["Line 2", "Line 3", "Line 4", "Line 5"]) {
            assert!(problem.starts_with(line), "{problem}");
        }
    }

    #[test]
    fn names_of_an_ssh_config_are_listed_without_patterns() {
        let folder = tempfile::tempdir().unwrap();
        let more = folder.path().join("more");
        std::fs::write(&more, "Host inner\n  HostName 10.1.1.1\n").unwrap();
        let file = folder.path().join("config");
        let text = format!(
            "Host north south\n User root\nHost *.example !x web?\nInclude {}\nHost north\n",
            more.display()
        );
        std::fs::write(&file, text).unwrap();
        let request = HostParseRequest { lines: String::new(), ssh_config: Some(file.display().to_string()) };
        let names: Vec<_> = parse(&request).unwrap().hosts.into_iter().map(|host| host.address).collect();
        assert_eq!(names, ["north", "south", "inner"]);
    }
}
