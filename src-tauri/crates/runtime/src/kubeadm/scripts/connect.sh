[ -f "$base/note.json" ] || exit 0
umask 022
gone=
for route in $(cat "$base/routes" "$base/routes.gone" 2>/dev/null); do
  case " $routes $gone " in
    *" $route "*) ;;
    *) gone="$gone $route" ;;
  esac
done
# What goes is known until it is gone, whoever is cut off in between.
printf '%s\n' $gone >"$base/routes.part" && mv -f "$base/routes.part" "$base/routes.gone" || exit 1
printf '%s\n' $routes >"$base/routes.part" && mv -f "$base/routes.part" "$base/routes" || exit 1
printf '%s' "$keeper" >"$base/routes.sh" || exit 1
printf '%s' "$unit" >/etc/systemd/system/longshore-routes.service || exit 1
systemctl daemon-reload && systemctl enable longshore-routes >/dev/null 2>&1 && systemctl restart longshore-routes || exit 1
# Only now: a keeper that has read the list from before would bring it back.
for route in $gone; do ip route del "${route%=*}" via "${route#*=}" 2>/dev/null; done
rm -f "$base/routes.gone"
for route in $routes; do
  [ -n "$(ip route show "${route%=*}" via "${route#*=}")" ] && continue
  ip route replace "${route%=*}" via "${route#*=}" || exit 1
done
