//! `networkNamespaceConnectivity`: whether the host forwards between two networks, as it has to between pods and
//! services. Two namespaces without names are made: they end with the processes that hold them, and with them
//! everything in them, so nothing is left whatever happens; at a good end the links go at once.

use std::net::Ipv4Addr;
use std::time::Duration;

use serde_json::json;

use super::subnet::Network;
use super::{Asked, Built, Plan, Probe, Refusal, Stage};

const SH: &str = r#"
namespaces() {
  for c in ip unshare nsenter; do has $c || { F "$c is not on the host"; return; }; done
  tongue
  if [ "$N" = none ]; then F 'the host has neither perl nor python to send and answer'; return; fi
  h=
  undo() { [ -z "$h" ] || { ip link del "lsa$K"; ip link del "lsc$K"; kill -KILL $h; } 2>/dev/null; h=; }
  make() {
    unshare -n sleep "$((w * 2 + 20))" >/dev/null &
    q=$! m=0
    h="$h $q"
    while [ "$(readlink "/proc/$q/ns/net")" = "$(readlink /proc/self/ns/net)" ] && [ $m -lt 50 ]; do m=$((m + 1)); sleep 0.1 || sleep 1; done
    e=$({ ip link add "$1" type veth peer name "$2" && ip link set "$2" netns "$q" && ip addr add "$3/$5" dev "$1" && ip link set "$1" up &&
      nsenter -t "$q" -n ip addr add "$4/$5" dev "$2" && nsenter -t "$q" -n ip link set "$2" up &&
      nsenter -t "$q" -n ip link set lo up && nsenter -t "$q" -n ip route add default via "$3" || echo 'it cannot be made'; } 2>&1)
    e=$(printf %s "$e" | tr '\n' ' ')
  }
  w=$8
  make "lsa$K" "lsb$K" "$1" "$2" "$3"; a=$q
  if [ -n "$e" ]; then V from "$e"; return; fi
  make "lsc$K" "lsd$K" "$4" "$5" "$6"; b=$q
  if [ -n "$e" ]; then V to "$e"; return; fi
  if [ "$(cat "/proc/sys/net/ipv4/conf/lsa$K/forwarding" 2>/dev/null)" = 0 ]; then V closed 1; return; fi
  inside() { q=$1; shift; if [ "$N" = perl ]; then nsenter -t "$q" -n perl -e "$NP" "$@"; else nsenter -t "$q" -n "$N" -c "$NY" "$@"; fi; }
  inside "$b" serve "$5" "$7" "$((w + 1))" | {
    while IFS= read -r s; do
      if [ "$s" = ready ]; then inside "$a" ping "$5" "$7" "$w"; else echo "server $s"; fi
    done
  } | T results 10000
}"#;

const CLOSED: &str = "the host forwards nothing between its networks: net.ipv4.ip_forward is 0";

pub(super) fn files(asked: &Asked<'_>) -> Vec<String> {
    vec![asked.file("host-collectors/system", "networkNamespaceConnectivity", ".json")]
}

fn network(asked: &Asked<'_>, field: &str) -> Result<(String, [String; 3]), String> {
    let text = asked.text(field);
    let network = Network::parse(text).filter(|network| network.length <= 30);
    let network =
        network.ok_or_else(|| format!("{field}: {text:?} is no network of at least four addresses"))?;
    let at = |offset: u32| Ipv4Addr::from_bits(network.first + offset).to_string();
    Ok((text.to_owned(), [at(1), at(2), network.length.to_string()]))
}

pub(super) fn plan(asked: &Asked<'_>) -> Result<Plan, String> {
    let ((from, from_at), (to, to_at)) = (network(asked, "fromCIDR")?, network(asked, "toCIDR")?);
    if from == to {
        return Err("fromCIDR and toCIDR must be different".to_owned());
    }
    let (seconds, _) = asked.seconds("timeout", Duration::from_secs(5))?;
    let mut args = Vec::from(from_at);
    args.extend(to_at);
    args.extend([asked.port(8080)?.to_string(), seconds.to_string()]);
    let probe = Probe::of("namespaces", SH, args).within(seconds * 2 + 20, Stage::Waiting).dialing();
    let file = files(asked).remove(0);
    Ok(Plan::new(vec![probe.clone()], move |facts| {
        if !facts.root {
            return Err(Refusal::Forbidden("network namespaces can only be made by root".to_owned()));
        }
        let told = facts.of(&probe)?;
        let (made_from, made_to) = (told.value("from")?, told.value("to")?);
        let results = if told.has("results") { told.text("results")? } else { "".into() };
        let said = |name: &str| {
            let line = results.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
            line.map(|line| line.trim().to_owned())
        };
        let tried = made_from.is_empty() && made_to.is_empty();
        // What the kernel does not forward, nobody need wait for.
        let closed = tried && told.has("closed");
        let silent = || {
            let why = if closed { CLOSED } else { "nothing was answered" };
            if tried { why.to_owned() } else { String::new() }
        };
        let (udp, tcp) = (said("udp").unwrap_or_else(silent), said("tcp").unwrap_or_else(silent));
        let (udp_server, tcp_server) =
            (said("server udp").unwrap_or_default(), said("server tcp").unwrap_or_default());
        let fine = tried && [&udp, &tcp, &udp_server, &tcp_server].iter().all(|error| error.is_empty());
        let value = json!({
            "from_cidr": from, "to_cidr": to,
            "errors": {
                "from_cidr_creation": made_from, "to_cidr_creation": made_to,
                "udp_client": udp, "udp_server": udp_server, "tcp_client": tcp, "tcp_server": tcp_server,
            },
            "output": { "logs": results.lines().collect::<Vec<_>>() },
            "success": fine,
        });
        Ok(Built::json(file.clone(), &value))
    }))
}
