for path in "$store"/*/; do
  path=${path%/}
  case $path in *.part) continue ;; esac
  [ -f "$path/version" ] || continue
  of=$(head -n 1 "$path/version")
  files=no
  [ -n "$of" ] && [ -d "$base/$of/bin" ] && files=yes
  kib=$(du -sk "$path") || exit 1
  printf '%s\t%s\t%s\t%s\t%s\n' "${path##*/}" "$of" "$(stat -c %Y "$path/version")" "${kib%%[!0-9]*}" "$files"
done
