import { useEffect, useMemo, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { UNSAFE_PortalProvider as PortalProvider } from "react-aria/PortalProvider";

import { Announcer } from "../components/Announcer";
import { useAsk } from "../engine/ask";
import { useLive } from "../engine/live";
import { DropAnywhere } from "../library/DropAnywhere";
import { useNewsOfRuns } from "./news";
import css from "./Frame.module.css";
import { Header } from "./Header";
import { Palette } from "./Palette";
import { Screen } from "./Screen";
import { ShortcutSheet } from "./ShortcutSheet";
import { Sidebar } from "./Sidebar";
import { StatusLine } from "./StatusLine";
import { TopBar } from "./TopBar";
import { useTheme } from "./theme";
import { useEverywhereCommands, useKeys } from "./everywhere";

const ROOMY = "(min-width: 800px)";

/** The sidebar goes when there is no room for it, as when one zooms in, and can be called back. */
function useRoomySidebar() {
  const [shown, setShown] = useState(() => matchMedia(ROOMY).matches);
  useEffect(() => {
    const room = matchMedia(ROOMY);
    const changed = () => setShown(room.matches);
    room.addEventListener("change", changed);
    return () => room.removeEventListener("change", changed);
  }, []);
  return [shown, setShown] as const;
}

/** What stands around every screen. */
export function Frame() {
  const [palette, setPalette] = useState(false);
  const [sheet, setSheet] = useState(false);
  const [sidebar, setSidebar] = useRoomySidebar();
  const floats = useRef<HTMLElement>(null);
  const shell = useMemo(
    () => ({
      // At once: the next key belongs to the palette, and is a shortcut of its own where that is not there yet.
      openPalette: () => flushSync(() => setPalette(true)),
      openSheet: () => setSheet(true),
      toggleSidebar: () => setSidebar((shown) => !shown),
    }),
    [setSidebar],
  );
  useLive();
  useTheme(useAsk("settings_get", {}).data?.theme);
  useNewsOfRuns();
  useEverywhereCommands(shell);
  useKeys();
  return (
    <PortalProvider getContainer={() => floats.current}>
      <div className={css.frame} data-sidebar={sidebar}>
        <a className={css.skip} href="#content">
          Skip to the content
        </a>
        <TopBar shell={shell} sidebar={sidebar} />
        {sidebar && <Sidebar />}
        <div className={css.right}>
          <Header />
          <main id="content" className={css.content} tabIndex={-1}>
            <Screen />
          </main>
          <StatusLine />
        </div>
        <DropAnywhere />
        <Palette isOpen={palette} onClose={() => setPalette(false)} />
        <ShortcutSheet isOpen={sheet} onClose={() => setSheet(false)} />
        <Announcer />
        {/* What floats above the page belongs to a landmark too, or a screen reader passes it by. */}
        <aside ref={floats} aria-label="Menus and dialogs" />
      </div>
    </PortalProvider>
  );
}
