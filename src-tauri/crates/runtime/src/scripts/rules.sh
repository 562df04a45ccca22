# Whether a path was there before the cluster.
has() {
  printf '%s\n' "$before" | grep -qxF "$1"
}

# Removes a name that leads to our files.
drop() {
  case $(readlink "$1") in "$base"/*) rm -f "$1" ;; esac
}

# Of rules as iptables-save prints them, those that are neither kube-proxy's nor our pods'. Chains for ports of hosts are
# shared by everybody who uses the plugin: they go when no chain of somebody else hangs on them.
sieve() {
  awk -v pods="${calico:-no}" '
    { line[NR] = $0 }
    /name: \\"longshore\\"/ {
      for (i = 1; i <= NF; i++) if ($i ~ /^CNI-/ && $i !~ /^CNI-HOSTPORT-/) ours[$i] = 1
    }
    /^:CNI-/ && !/^:CNI-HOSTPORT-/ { chain[substr($1, 2)] = 1 }
    END {
      for (name in chain) if (!(name in ours)) others = 1
      for (n = 1; n <= NR; n++) {
        keep = 1
        count = split(line[n], word, " ")
        for (i = 1; i <= count; i++) {
          name = word[i]
          sub(/^:/, "", name)
          if (name ~ /^KUBE-/ || (pods == "yes" && name ~ /^cali-/) || name in ours) keep = 0
          if (name ~ /^CNI-HOSTPORT-/ && !others) keep = 0
        }
        if (line[n] ~ /name: \\"longshore\\"/) keep = 0
        if (keep) print line[n]
      }
    }'
}

# Takes the cluster's rules out of the host's, whichever kind of iptables made them.
clean_rules() {
  for tool in iptables-nft iptables-legacy ip6tables-nft ip6tables-legacy; do
    command -v "$tool" >/dev/null || continue
    # To ask the old kind loads its modules: not where nobody has.
    case $tool in
      iptables-legacy) [ -s /proc/net/ip_tables_names ] || continue ;;
      ip6tables-legacy) [ -s /proc/net/ip6_tables_names ] || continue ;;
    esac
    "$tool-save" -c >"$base/rules" 2>/dev/null || continue
    grep -q -e KUBE- -e CNI- -e cali- "$base/rules" || continue
    sieve <"$base/rules" >"$base/rules.kept" && "$tool-restore" -c <"$base/rules.kept" || echo "$tool: rules of the cluster are left"
  done
  rm -f "$base/rules" "$base/rules.kept"
  if command -v nft >/dev/null; then
    for family in ip ip6; do nft delete table "$family" kube-proxy 2>/dev/null; done
  fi
}
