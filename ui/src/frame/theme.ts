import { useEffect } from "react";

import type { Theme } from "../bindings/Theme";

const KEY = "longshore-theme";
const DARK = "(prefers-color-scheme: dark)";

function show(theme: Theme): void {
  const dark = theme === "dark" || (theme === "system" && matchMedia(DARK).matches);
  document.documentElement.dataset["theme"] = dark ? "dark" : "light";
}

/** Before the settings are known: as last time, so that the page does not flash. */
export function showLastTheme(): void {
  const last = localStorage.getItem(KEY);
  show(last === "light" || last === "dark" ? last : "system");
}

/** Follows the setting, and the system where the setting says so. */
export function useTheme(theme: Theme | undefined): void {
  useEffect(() => {
    if (!theme) return undefined;
    localStorage.setItem(KEY, theme);
    show(theme);
    const system = matchMedia(DARK);
    const changed = () => show(theme);
    system.addEventListener("change", changed);
    return () => system.removeEventListener("change", changed);
  }, [theme]);
}
