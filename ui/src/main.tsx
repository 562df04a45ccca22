import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "./App";
import "./base.css";
import { showLastTheme } from "./frame/theme";
import { choosePlatform } from "./platform/choose";
import "./tokens.css";

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
