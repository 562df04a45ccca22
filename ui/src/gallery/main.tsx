import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { I18nProvider } from "react-aria-components";

import "../base.css";
import { showLastTheme } from "../frame/theme";
import "../tokens.css";
import { Gallery } from "./Gallery";

showLastTheme();
const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <I18nProvider locale="en-US">
        <Gallery />
      </I18nProvider>
    </StrictMode>,
  );
}
