import { useEffect, useLayoutEffect, useMemo, useRef } from "react";

import { useAsk, useDo } from "../engine/ask";
import { usePlatform } from "../engine/platform";
import { Keys, offeredNow, useCommands, type Command } from "./commands";
import { go, way } from "./place";

export interface Shell {
  openPalette: () => void;
  openSheet: () => void;
  toggleSidebar: () => void;
}

/** Commands that apply on every screen. */
export function useEverywhereCommands(shell: Shell): void {
  useCommands(useMemo(() => frameCommands(shell), [shell]));
  useCommands(useSiteCommands());
  useCommands(useSettingCommands());
}

function frameCommands(shell: Shell): Command[] {
  const to = "Go to";
  const window = "Window";
  return [
    { id: "go-sites", title: "Sites", group: to, keys: "g s", run: () => go({ screen: "sites" }) },
    { id: "go-runs", title: "Runs", group: to, keys: "g r", run: () => go({ screen: "runs" }) },
    { id: "go-preflights", title: "Preflights", group: to, keys: "g p", run: () => go({ screen: "preflights" }) },
    { id: "go-support", title: "Support", group: to, keys: "g u", run: () => go({ screen: "supports" }) },
    { id: "go-bases", title: "Bases", group: to, keys: "g b", run: () => go({ screen: "bases" }) },
    { id: "go-library", title: "Library", group: to, keys: "g l", run: () => go({ screen: "library" }) },
    { id: "go-settings", title: "Settings", group: to, keys: "mod+,", run: () => go({ screen: "settings" }) },
    { id: "back", title: "Back", group: to, keys: "mod+[", run: () => way.back() },
    { id: "forward", title: "Forward", group: to, keys: "mod+]", run: () => way.forward() },
    { id: "palette", title: "Search or do anything", group: window, keys: "mod+k", run: shell.openPalette },
    { id: "shortcuts", title: "Keyboard shortcuts", group: window, keys: "?", run: shell.openSheet },
    { id: "sidebar", title: "Show or hide the sidebar", group: window, keys: "mod+b", run: shell.toggleSidebar },
    {
      id: "start",
      title: "Install or upgrade…",
      group: "Do",
      keys: "n",
      run: () => go({ screen: "start", site: null, bundle: null }),
    },
    { id: "check-hosts", title: "Check hosts…", group: "Do", keys: "h", run: () => go({ screen: "checkhosts" }) },
    { id: "collect-support", title: "Collect a support bundle…", group: "Do", keys: "s", run: () => go({ screen: "supports", asking: "collect" }) },
  ];
}

/** ⌘1…9: pinned sites first, then the others by name. A browser keeps Ctrl with digits to itself, so there it is Alt. */
function useSiteCommands(): Command[] {
  const { kind } = usePlatform();
  const sites = useAsk("site_list", { search: "", tag: null }).data?.sites;
  return useMemo(() => {
    const modifier = kind === "tauri" ? "mod" : "alt";
    const ordered = [...(sites ?? [])].sort((a, b) => Number(b.pinned) - Number(a.pinned));
    return ordered.slice(0, 9).map((site, at) => ({
      id: `site-${site.id}`,
      title: site.name,
      group: "Sites",
      keys: `${modifier}+${at + 1}`,
      run: () => go({ screen: "site", site: site.id }),
    }));
  }, [sites, kind]);
}

function useSettingCommands(): Command[] {
  const platform = usePlatform();
  const settings = useAsk("settings_get", {}).data;
  const { mutate } = useDo("settings_set");
  return useMemo(() => {
    const themes = (["light", "dark", "system"] as const).filter((theme) => settings && settings.theme !== theme);
    const commands: Command[] = themes.map((theme) => ({
      id: `theme-${theme}`,
      title: theme === "system" ? "Colours as the system says" : `Use ${theme} colours`,
      group: "Window",
      run: () => settings && mutate({ ...settings, theme }),
    }));
    const { session } = platform;
    if (session) commands.push({ id: "logout", title: "Log out", group: "Window", run: () => void session.logout() });
    return commands;
  }, [platform, settings, mutate]);
}

/** Listens to the keyboard. Nothing is heard while a dialog is open: it has the keyboard to itself. */
export function useKeys(): void {
  const keys = useRef(new Keys());
  useLayoutEffect(() => {
    const heard = (event: KeyboardEvent) => {
      if (event.defaultPrevented || document.querySelector("[role=dialog], [role=alertdialog]")) return;
      const command = keys.current.press(event, offeredNow(), event.timeStamp);
      if (!command) return;
      event.preventDefault();
      command.run();
    };
    window.addEventListener("keydown", heard);
    return () => window.removeEventListener("keydown", heard);
  }, []);
  useEffect(() => way.listen(window), []);
}
