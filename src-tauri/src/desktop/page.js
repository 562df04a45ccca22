// What the page does for its window, whatever the page shows.
(() => {
  const invoke = (command, request) => window.__TAURI_INTERNALS__.invoke(command, request);

  // What goes wrong without anybody seeing it is told to the log. Names and places only, for a message may quote what
  // somebody typed.
  const tell = (what, where) => invoke("page_failed", { what: String(what), where: String(where) });
  addEventListener("securitypolicyviolation", (event) => tell(`policy: ${event.effectiveDirective}`, event.blockedURI));
  addEventListener("error", (event) => tell(event.error?.name ?? "Error", `${event.filename}:${event.lineno}:${event.colno}`));
  addEventListener("unhandledrejection", (event) => tell(`rejected: ${event.reason?.name ?? event.reason?.code ?? "?"}`, location.pathname));

  // There is no menu bar to bring these; where there is one, on macOS, it takes them before the page does.
  const shortcuts = { q: "quit", w: "window_close" };
  addEventListener("keydown", (event) => {
    const command = shortcuts[event.key];
    if (!command || !event.ctrlKey || event.altKey || event.shiftKey || event.metaKey) return;
    event.preventDefault();
    invoke(command);
  });
})();
