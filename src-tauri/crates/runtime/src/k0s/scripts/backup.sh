[ -d "$to" ] && exit 0
umask 077
rm -rf "$to.part"
mkdir -p "$to.part" || exit 1
k0s backup --save-path "$to.part" --data-dir "$data" || exit 1
set -- "$to.part"/k0s_backup_*.tar.gz
[ -f "$1" ] || fail 'k0s says that it made a backup, and none is there'
mv "$1" "$to.part/k0s.tar.gz" || exit 1
# What the site is made of is noted beside the cluster's own folder.
[ ! -f "${base%/*}/site.json" ] || cp -a "${base%/*}/site.json" "$to.part/" || exit 1
/usr/local/bin/k0s version >"$to.part/version" || exit 1
sync
mv -T "$to.part" "$to"
