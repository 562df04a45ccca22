//! Ranges of addresses, and which of them a cluster may have.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::str::FromStr;

/// A range of addresses: `10.244.0.0/17`. Always in canonical form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cidr {
    address: IpAddr,
    prefix: u8,
}

/// Why a text is no range of addresses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CidrError {
    /// It has another form.
    #[error("{0:?} is no address range; write it like 10.244.0.0/16")]
    Form(String),
    /// It has bits behind its prefix.
    #[error("{given} is not in network form; did you mean {meant}?")]
    NotCanonical {
        /// What was given.
        given: String,
        /// The range that it lies in.
        meant: Cidr,
    },
}

fn bits(address: IpAddr) -> (u128, u8) {
    match address {
        IpAddr::V4(address) => (u128::from(u32::from(address)), 32),
        IpAddr::V6(address) => (u128::from(address), 128),
    }
}

fn address(bits: u128, width: u8) -> IpAddr {
    if width == 32 { IpAddr::V4(Ipv4Addr::from(bits as u32)) } else { IpAddr::V6(bits.into()) }
}

impl Cidr {
    /// The range of this prefix that an address lies in. A prefix that is too long for it counts as whole.
    pub fn around(inside: IpAddr, prefix: u8) -> Self {
        let (value, width) = bits(inside);
        let prefix = prefix.min(width);
        let mask = u128::MAX.checked_shl(u32::from(width - prefix)).unwrap_or(0);
        Self { address: address(value & mask, width), prefix }
    }

    /// Its prefix's length.
    pub fn prefix(&self) -> u8 {
        self.prefix
    }

    /// Whether an address is in it.
    pub fn contains(&self, inside: IpAddr) -> bool {
        inside.is_ipv4() == self.address.is_ipv4() && Self::around(inside, self.prefix) == *self
    }

    /// Whether both share an address.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.contains(other.address) || other.contains(self.address)
    }

    /// Its lower and its upper half: of a global range the first is for pods, the second for services
    /// (embedded-cluster's rule). `None` for a single address.
    pub fn halves(&self) -> Option<(Self, Self)> {
        let (value, width) = bits(self.address);
        let prefix = self.prefix + 1;
        let upper = value | 1_u128.checked_shl(u32::from(width.checked_sub(prefix)?))?;
        Some((Self { prefix, ..*self }, Self { address: address(upper, width), prefix }))
    }

    /// Whether all of it is for private use (RFC 1918; RFC 4193 for IPv6).
    pub fn is_private(&self) -> bool {
        ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"].iter().any(|range| {
            range
                .parse::<Self>()
                .is_ok_and(|range| range.contains(self.address) && self.prefix >= range.prefix)
        })
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.address, self.prefix)
    }
}

impl FromStr for Cidr {
    type Err = CidrError;

    fn from_str(text: &str) -> Result<Self, CidrError> {
        let form = || CidrError::Form(text.to_owned());
        let (address, prefix) = text.split_once('/').ok_or_else(form)?;
        let address: IpAddr = address.parse().map_err(|_| form())?;
        let plain =
            !prefix.is_empty() && prefix.len() <= 3 && prefix.bytes().all(|byte| byte.is_ascii_digit());
        let prefix: u8 = prefix.parse().ok().filter(|_| plain).ok_or_else(form)?;
        if prefix > bits(address).1 {
            return Err(form());
        }
        let range = Self::around(address, prefix);
        if range.address == address {
            return Ok(range);
        }
        Err(CidrError::NotCanonical { given: text.to_owned(), meant: range })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cidr(text: &str) -> Cidr {
        text.parse().unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn ranges_are_read() {
        for good in ["10.244.0.0/16", "0.0.0.0/0", "10.0.0.1/32", "fd00::/8", "::/0"] {
            assert_eq!(cidr(good).to_string(), good);
        }
        for bad in [
            "",
            "10.244.0.0",
            "10.244.0.0/",
            "10.244.0.0/33",
            "10.244.0/16",
            "10.0.0.0/+8",
            "a/8",
            "10.0.0.0/8 ",
            "::/129",
        ] {
            assert_eq!(bad.parse::<Cidr>(), Err(CidrError::Form(bad.to_owned())), "{bad:?}");
        }
        let error = "172.16.136.0/16".parse::<Cidr>().expect_err("bits behind the prefix");
        assert_eq!(
            error.to_string(),
            "172.16.136.0/16 is not in network form; did you mean 172.16.0.0/16?",
            "the example of embedded-cluster's own documentation"
        );
    }

    #[test]
    fn halves_and_overlaps() {
        let halves = |text: &str| cidr(text).halves().map(|(a, b)| format!("{a} {b}"));
        assert_eq!(halves("10.244.0.0/16").as_deref(), Some("10.244.0.0/17 10.244.128.0/17"));
        assert_eq!(halves("fd00::/8").as_deref(), Some("fd00::/9 fd80::/9"));
        assert_eq!(halves("0.0.0.0/0").as_deref(), Some("0.0.0.0/1 128.0.0.0/1"));
        assert_eq!(halves("10.0.0.1/32"), None);
        for (one, other, expected) in [
            ("10.0.0.0/8", "10.244.0.0/16", true),
            ("10.244.0.0/17", "10.244.128.0/17", false),
            ("0.0.0.0/0", "fd00::/8", false),
            ("192.168.1.0/24", "192.168.1.128/25", true),
        ] {
            assert_eq!(cidr(one).overlaps(&cidr(other)), expected, "{one} and {other}");
            assert_eq!(cidr(other).overlaps(&cidr(one)), expected, "{other} and {one}");
        }
    }

    #[test]
    fn private_ranges() {
        for (text, expected) in [
            ("10.0.0.0/8", true),
            ("172.31.0.0/16", true),
            ("172.32.0.0/16", false),
            ("192.168.0.0/16", true),
            ("192.0.0.0/8", false),
            ("8.0.0.0/16", false),
            ("fd00::/108", true),
        ] {
            assert_eq!(cidr(text).is_private(), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_is_too_strange(text in "[0-9a-f./:]{0,24}") {
            if let Ok(range) = text.parse::<Cidr>() {
                prop_assert_eq!(range.to_string().parse::<Cidr>(), Ok(range));
                if let Some((lower, upper)) = range.halves() {
                    prop_assert!(!lower.overlaps(&upper) && range.overlaps(&lower) && range.overlaps(&upper));
                }
            }
        }
    }
}
