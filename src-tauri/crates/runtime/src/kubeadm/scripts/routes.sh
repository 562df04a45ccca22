# Written by Longshore; a reset removes it. Keeps the ways to the pods of the other hosts: whoever sets up interfaces
# anew takes them away.
base=/var/lib/longshore/cluster
apply() {
  for route in $(cat "$base/routes" 2>/dev/null); do
    [ -n "$(ip route show "${route%=*}" via "${route#*=}" 2>/dev/null)" ] && continue
    ip route replace "${route%=*}" via "${route#*=}"
  done
}
{ echo; exec ip monitor link address route; } | while read -r _; do apply; done
