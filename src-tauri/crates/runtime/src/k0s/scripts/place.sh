if [ -f "$base/$version/bin/k0s-images.tar" ]; then
  to=$data/images/k0s-images-$version.tar
  if ! cmp -s "$base/$version/bin/k0s-images.tar" "$to"; then
    mkdir -p "$data/images" || exit 1
    # k0s reads whatever lies in the folder, half a file as well.
    rm -f "$data/.images.part"
    ln "$base/$version/bin/k0s-images.tar" "$data/.images.part" 2>/dev/null \
      || cp "$base/$version/bin/k0s-images.tar" "$data/.images.part" || exit 1
    mv -f "$data/.images.part" "$to" || exit 1
  fi
fi
[ "$joined" = yes ] || put_binary "$base/$version/bin/k0s"
