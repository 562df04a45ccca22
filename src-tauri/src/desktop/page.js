// What goes wrong in the page without anybody seeing it: told to the log. Names and places only, for a message may
// quote what somebody typed.
(() => {
  const tell = (what, where) => window.__TAURI_INTERNALS__.invoke("page_failed", { what: String(what), where: String(where) });
  addEventListener("securitypolicyviolation", (event) => tell(`policy: ${event.effectiveDirective}`, event.blockedURI));
  addEventListener("error", (event) => tell(event.error?.name ?? "Error", `${event.filename}:${event.lineno}:${event.colno}`));
  addEventListener("unhandledrejection", (event) => tell(`rejected: ${event.reason?.name ?? event.reason?.code ?? "?"}`, location.pathname));
})();
