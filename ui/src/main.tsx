import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "./App";
import "./base.css";
import { showLastTheme } from "./frame/theme";
import { choosePlatform } from "./platform/choose";
import "./tokens.css";

// A server that was upgraded has other parts than the page that is open: the page is read again.
window.addEventListener("vite:preloadError", () => location.reload());
showLastTheme();
const platform = await choosePlatform();
const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App platform={platform} />
    </StrictMode>,
  );
}
