//! Guessing passwords is made slow: per client with a growing delay, and over all clients so that many
//! addresses help nobody.

use std::collections::HashMap;
use std::net::IpAddr;

use longshore_contract::Timestamp;

/// Wrong passwords from one client before it has to wait, and over all.
const FREE: u32 = 5;
const FREE_OVERALL: u32 = 50;
/// The longest wait in milliseconds; short over all, because it also keeps the operator out.
const LONGEST: i64 = 15 * 60_000;
const LONGEST_OVERALL: i64 = 30_000;
/// Milliseconds without a wrong password after which earlier ones are forgotten.
const MEMORY: i64 = 3_600_000;
/// Clients that are remembered.
const CLIENTS: usize = 10_000;

/// Wrong passwords of late.
#[derive(Debug, Clone, Copy, Default)]
struct Failures {
    count: u32,
    last: i64,
    open_at: i64,
}

impl Failures {
    fn wait(self, now: i64) -> Option<i64> {
        (self.open_at > now).then_some(self.open_at - now)
    }

    fn add(&mut self, now: i64, free: u32, longest: i64) {
        self.count = if now - self.last > MEMORY { 1 } else { self.count.saturating_add(1) };
        self.last = now;
        if let Some(beyond) = self.count.checked_sub(free) {
            self.open_at = now + (1000_i64 << beyond.min(20)).min(longest);
        }
    }
}

/// Counts wrong passwords.
#[derive(Debug, Default)]
pub(super) struct Lockout {
    clients: HashMap<IpAddr, Failures>,
    overall: Failures,
}

impl Lockout {
    /// Lets a client try a password, or says how many seconds it has to wait. The try counts as a failure
    /// until [`Self::succeeded`], so that many at once gain nothing.
    pub(super) fn admit(&mut self, client: IpAddr, now: Timestamp) -> Result<(), u64> {
        let (client, now) = (network(client), now.0);
        let known = self.clients.get(&client).copied().unwrap_or_default();
        if let Some(wait) = known.wait(now).max(self.overall.wait(now)) {
            return Err(u64::try_from(wait).unwrap_or_default().div_ceil(1000));
        }
        if self.clients.len() >= CLIENTS {
            self.clients.retain(|_, failures| now - failures.last <= MEMORY && failures.wait(now).is_some());
        }
        self.overall.add(now, FREE_OVERALL, LONGEST_OVERALL);
        self.clients.entry(client).or_default().add(now, FREE, LONGEST);
        Ok(())
    }

    /// The client had the right password.
    pub(super) fn succeeded(&mut self, client: IpAddr) {
        self.clients.remove(&network(client));
        self.overall.count = self.overall.count.saturating_sub(1);
    }
}

/// Whoever has one IPv6 address has all of its /64.
fn network(client: IpAddr) -> IpAddr {
    match client {
        IpAddr::V4(_) => client,
        IpAddr::V6(address) => IpAddr::from((u128::from(address) >> 64 << 64).to_be_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLIENT: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 7));

    /// Tries until `count` were let in, waiting as told; gives the seconds waited before each.
    fn waits(lockout: &mut Lockout, client: IpAddr, count: usize) -> Vec<u64> {
        let mut now = 0;
        (0..count)
            .map(|_| match lockout.admit(client, Timestamp(now)) {
                Ok(()) => 0,
                Err(seconds) => {
                    now += 1000 * i64::try_from(seconds).expect("is small");
                    lockout.admit(client, Timestamp(now)).expect("the wait is over");
                    seconds
                }
            })
            .collect()
    }

    #[test]
    fn the_wait_grows_and_ends() {
        let waited = waits(&mut Lockout::default(), CLIENT, 17);
        assert_eq!(waited, [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900], "it doubles");
    }

    #[test]
    fn success_and_time_forget() {
        let mut lockout = Lockout::default();
        waits(&mut lockout, CLIENT, 5);
        assert_eq!(lockout.admit(CLIENT, Timestamp(0)), Err(1), "five were wrong");
        lockout.succeeded(CLIENT);
        assert_eq!(lockout.admit(CLIENT, Timestamp(0)), Ok(()), "the right one opens");
        let mut lockout = Lockout::default();
        waits(&mut lockout, CLIENT, 5);
        for _ in 0..4 {
            assert_eq!(lockout.admit(CLIENT, Timestamp(MEMORY + 1)), Ok(()), "an hour later all is new");
        }
    }

    #[test]
    fn many_addresses_help_nobody() {
        let mut lockout = Lockout::default();
        let refused = (0..=200_u32)
            .find_map(|number| lockout.admit(IpAddr::from(number.to_be_bytes()), Timestamp(0)).err());
        assert_eq!(refused, Some(1), "over all clients there is a limit too");
        let mut lockout = Lockout::default();
        let of = |last: u16| IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, last]);
        let refused = (0..=20).find_map(|last| lockout.admit(of(last), Timestamp(0)).err());
        assert_eq!(refused, Some(1), "one IPv6 network is one client");
    }
}
