activate "$version" || fail "the files of $version cannot be given their places"
for plugin in bridge host-local loopback portmap; do
  [ -x "$plugins/$plugin" ] || fail "the network of pods needs the plugin $plugin, and $plugins has none"
done
if [ "$ours" = yes ]; then
  systemctl enable containerd >/dev/null 2>&1 || fail 'containerd cannot be enabled'
fi
systemctl enable kubelet >/dev/null 2>&1 || fail 'kubelet cannot be enabled'
systemctl start containerd || fail "containerd does not start: $(systemctl status --no-pager -n 5 containerd 2>&1 | tail -n 5)"
await_containerd
