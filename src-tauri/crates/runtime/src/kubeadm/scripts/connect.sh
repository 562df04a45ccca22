[ -f "$base/note.json" ] || exit 0
for route in $(cat "$base/routes" 2>/dev/null); do
  case " $routes " in
    *" $route "*) ;;
    *) ip route del "${route%=*}" via "${route#*=}" 2>/dev/null ;;
  esac
done
umask 022
printf '%s\n' $routes >"$base/routes.part" && mv -f "$base/routes.part" "$base/routes" || exit 1
printf '%s' "$keeper" >"$base/routes.sh" || exit 1
printf '%s' "$unit" >/etc/systemd/system/longshore-routes.service || exit 1
systemctl daemon-reload && systemctl enable longshore-routes >/dev/null 2>&1 && systemctl restart longshore-routes || exit 1
for route in $routes; do
  [ -n "$(ip route show "${route%=*}" via "${route#*=}")" ] && continue
  ip route replace "${route%=*}" via "${route#*=}" || exit 1
done
