import { ArrowLeft, ArrowRight, PanelLeft, Search } from "lucide-react";
import { Button } from "react-aria-components";

import { IconButton } from "../components/Button";
import { Kbd } from "../components/Kbd";
import { useStore } from "../store";
import type { Shell } from "./everywhere";
import { way } from "./place";
import css from "./TopBar.module.css";

export function TopBar({ shell, sidebar }: { shell: Shell; sidebar: boolean }) {
  useStore(way.store);
  return (
    <header className={css.bar}>
      <span className={css.brand}>
        <img src="/mark.svg" alt="" width={20} height={20} />
        Longshore
      </span>
      <IconButton
        icon={PanelLeft}
        label={sidebar ? "Hide the sidebar" : "Show the sidebar"}
        keys="mod+b"
        onPress={shell.toggleSidebar}
      />
      <IconButton icon={ArrowLeft} label="Back" keys="mod+[" onPress={() => way.back()} isDisabled={!way.canGoBack()} />
      <IconButton icon={ArrowRight} label="Forward" keys="mod+]" onPress={() => way.forward()} isDisabled={!way.canGoForward()} />
      <Button className={css.search} onPress={shell.openPalette}>
        <Search aria-hidden size={14} strokeWidth={1.5} />
        <span>Search or do anything</span>
        <Kbd keys="mod+k" />
      </Button>
    </header>
  );
}
