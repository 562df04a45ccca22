import { useEffect } from "react";

import type { Theme } from "../bindings/Theme";

const KEY = "longshore-theme";
const DARK = "(prefers-color-scheme: dark)";

let shown: Theme = "system";

function show(theme: Theme): void {
  shown = theme;
  const dark = theme === "dark" || (theme === "system" && matchMedia(DARK).matches);
  document.documentElement.dataset["theme"] = dark ? "dark" : "light";
}

/** Before the settings are known: as last time, so that the page does not flash. Follows the system from here on, where nothing else is set. */
export function showLastTheme(): void {
  const last = localStorage.getItem(KEY);
  show(last === "light" || last === "dark" ? last : "system");
  matchMedia(DARK).addEventListener("change", () => show(shown));
}

/** Follows the setting. */
export function useTheme(theme: Theme | undefined): void {
  useEffect(() => {
    if (!theme) return;
    localStorage.setItem(KEY, theme);
    show(theme);
  }, [theme]);
}
