for unit in k0scontroller k0sworker; do
  [ "$(systemctl is-active "$unit" 2>/dev/null)" = active ] && echo "active $unit"
done
[ -x /usr/local/bin/k0s ] && echo "binary $(/usr/local/bin/k0s version 2>/dev/null)"
timeout 20 env -u KUBECONFIG /usr/local/bin/k0s status --data-dir "$data" -o json 2>/dev/null
exit 0
