umask 077
rm -rf "$base/$version/files"
# A file: its path, its mode, what is in it.
put() {
  to=$base/$version/files$1
  mkdir -p "${to%/*}" && printf '%s' "$3" >"$to" && chmod "$2" "$to" || exit 1
}
. /dev/stdin
