//! From what an operator wrote to the hosts on the way there.

use super::options::{Options, port};
use super::{ConfigError, Route, SshConfig, Target, parse, target};

/// More hops than anybody has: beyond it is a circle.
const HOPS: usize = 16;

/// `[user@]host[:port]` as an operator writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// Host or its alias in ssh_config.
    pub host: String,
    /// User, if named.
    pub user: Option<String>,
    /// Port, if named.
    pub port: Option<u16>,
}

impl std::str::FromStr for Destination {
    type Err = ConfigError;

    fn from_str(given: &str) -> Result<Self, ConfigError> {
        hop(given.trim()).ok_or_else(|| ConfigError::Destination { given: given.to_owned() })
    }
}

/// `[user@]host[:port]`, `ssh://[user@]host[:port]`, with an IPv6 address in brackets or bare.
pub(super) fn hop(text: &str) -> Option<Destination> {
    let text = text.strip_prefix("ssh://").map_or(text, |rest| rest.strip_suffix('/').unwrap_or(rest));
    let (user, place) = match text.rsplit_once('@') {
        Some((user, place)) => (Some(user), place),
        None => (None, text),
    };
    let (host, number) = match place.strip_prefix('[') {
        Some(rest) => {
            let (host, after) = rest.split_once(']')?;
            (host, if after.is_empty() { None } else { Some(after.strip_prefix(':')?) })
        }
        None if place.matches(':').count() > 1 => (place, None),
        None => place.split_once(':').map_or((place, None), |(host, number)| (host, Some(number))),
    };
    // A name that starts with a dash would be an option to whatever a ProxyCommand runs.
    let unfit = |text: &str| {
        text.is_empty()
            || text.starts_with('-')
            || text.contains(|c: char| c.is_whitespace() || c.is_control())
    };
    if unfit(host)
        || user.is_some_and(unfit)
        || host.contains(['/', '\\', '\'', '"', '`', '$', ';', '|', '&'])
    {
        return None;
    }
    let port = number.map(port).transpose().ok()?;
    Some(Destination { host: host.to_owned(), user: user.map(str::to_owned), port })
}

impl SshConfig {
    /// What the files say about a host. User and port that are named win.
    pub fn target(&self, destination: &Destination) -> Result<Target, ConfigError> {
        Ok(target::target(self, &destination.host, self.options(destination)?))
    }

    /// A host and the jump hosts on the way to it.
    pub fn route(&self, destination: &Destination) -> Result<Route, ConfigError> {
        self.route_over(destination, None)
    }

    /// As [`Self::route`], over `jumps` instead of those that are configured for the host: a list as `ssh -J` takes
    /// it, or "none".
    pub fn route_over(&self, destination: &Destination, jumps: Option<&str>) -> Result<Route, ConfigError> {
        if let Some(jumps) = jumps.filter(|jumps| !jumps.eq_ignore_ascii_case("none"))
            && let Some(wrong) = jumps.split(',').find(|jump| hop(jump.trim()).is_none())
        {
            return Err(ConfigError::Destination { given: wrong.to_owned() });
        }
        let mut hops = Vec::new();
        let mut next = destination.clone();
        let mut given = jumps;
        // From the host backwards: only the first hop of a list has jumps of its own, as with `ssh -J`.
        loop {
            let mut options = self.options(&next)?;
            if let Some(jumps) = given.take() {
                options.proxy_jump = Some(jumps.to_owned());
                options.proxy_command = None;
            }
            let jumps = options.proxy_jump.clone().filter(|jumps| !jumps.eq_ignore_ascii_case("none"));
            hops.push(target::target(self, &next.host, options));
            let Some(jumps) = jumps else { break };
            let mut list: Vec<Destination> = jumps.split(',').map(str::trim).filter_map(hop).collect();
            if list.is_empty() {
                break;
            }
            next = list.remove(0);
            for middle in list.iter().rev() {
                hops.push(Target { proxy_command: None, ..self.target(middle)? });
            }
            if hops.len() > HOPS {
                return Err(ConfigError::Circle { host: destination.host.clone() });
            }
        }
        hops.reverse();
        Ok(Route { hops })
    }

    pub(super) fn options(&self, destination: &Destination) -> Result<Options, ConfigError> {
        let given = Options { user: destination.user.clone(), port: destination.port, ..Options::default() };
        parse::options(self, &destination.host, given)
    }
}
