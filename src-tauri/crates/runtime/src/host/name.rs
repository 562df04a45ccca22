//! Names of nodes.

/// Characters of a node's name at most: more do not fit into the labels that are made of it (embedded-cluster §6.1).
const LONGEST: usize = 54;

/// Why a host's name is no name for a node.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameFault {
    /// There is none, or one that every host has.
    #[error("the host is called {0:?}; give it a name of its own (hostnamectl set-hostname)")]
    Nameless(String),
    /// Too long.
    #[error(
        "the host's name {name} has {length} characters; a node's name has {LONGEST} at most (hostnamectl set-hostname)"
    )]
    Long {
        /// The name.
        name: String,
        /// Its length.
        length: usize,
    },
    /// Not as RFC 1123 has it.
    #[error(
        "the host's name {0:?} is no name for a node: letters, digits, '-' and '.' are allowed, and each part begins and ends with a letter or digit (hostnamectl set-hostname)"
    )]
    Form(String),
}

/// A node's name: the host's own in small letters, as kubelet makes it.
///
/// # Errors
/// When Kubernetes or labels could not carry it.
pub fn node_name(host: &str) -> Result<String, NameFault> {
    let name = host.trim().trim_end_matches('.').to_lowercase();
    if name.is_empty() || name == "localhost" || name.starts_with("localhost.") || name == "(none)" {
        return Err(NameFault::Nameless(host.to_owned()));
    }
    let good = |part: &str| {
        let inside = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        !part.is_empty() && part.bytes().all(inside) && !part.starts_with('-') && !part.ends_with('-')
    };
    if !name.split('.').all(good) {
        return Err(NameFault::Form(host.to_owned()));
    }
    if name.len() > LONGEST {
        return Err(NameFault::Long { length: name.len(), name });
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_give_nodes_their_names() {
        let long = "a".repeat(54);
        for (host, name) in
            [("North", "north"), ("n1.Example.COM.", "n1.example.com"), ("7-of-9", "7-of-9"), (&long, &long)]
        {
            assert_eq!(node_name(host).as_deref(), Ok(name), "{host}");
        }
        for nameless in ["", "localhost", "localhost.localdomain", "(none)"] {
            assert_eq!(node_name(nameless), Err(NameFault::Nameless(nameless.to_owned())));
        }
        for bad in ["a_b", "-a", "a-", "a..b", "häfen", "a b", "a.-b"] {
            assert_eq!(node_name(bad), Err(NameFault::Form(bad.to_owned())));
        }
        let long = "a".repeat(55);
        assert_eq!(node_name(&long), Err(NameFault::Long { length: 55, name: long.clone() }));
    }
}
