import { ChevronDown } from "lucide-react";
import { useMemo, useState } from "react";
import { Button, Dialog, DialogTrigger, Popover } from "react-aria-components";

import { Finder, type FinderItem } from "../components/Finder";
import { MarkIcon } from "../components/StateMark";
import { useAsk } from "../engine/ask";
import { reachabilityMark } from "../engine/words";
import { useOffered } from "./commands";
import css from "./Header.module.css";
import { go } from "./place";

/** Goes to another site. What a running run acts on does not change with it. */
export function SiteSwitcher({ name }: { name: string | null }) {
  const [open, setOpen] = useState(false);
  return (
    <DialogTrigger isOpen={open} onOpenChange={setOpen}>
      <Button className={css.switcher}>
        <span className="said">Site: </span>
        {name ?? "All sites"}
        <ChevronDown aria-hidden size={16} strokeWidth={1.5} />
      </Button>
      <Popover className={css.popover} placement="bottom start" offset={4}>
        <Dialog aria-label="Switch to another site" className={css.finder}>
          <Switch onDone={() => setOpen(false)} />
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

function Switch({ onDone }: { onDone: () => void }) {
  const sites = useAsk("site_list", { search: "", tag: null }).data?.sites;
  const offered = useOffered();
  const items = useMemo<FinderItem[]>(() => {
    const keys = new Map(offered.map((command) => [command.id, command.keys]));
    const ordered = [...(sites ?? [])].sort((a, b) => Number(b.pinned) - Number(a.pinned));
    return ordered.map((site) => ({
      id: site.id,
      title: site.name,
      group: site.pinned ? "Pinned sites" : "Sites",
      words: site.tags.join(" "),
      icon: <MarkIcon mark={reachabilityMark(site.reachability).mark} />,
      detail: site.installed ? `${site.installed.title} ${site.installed.version}` : "",
      keys: keys.get(`site-${site.id}`),
      run: () => go({ screen: "site", site: site.id }),
    }));
  }, [sites, offered]);
  return <Finder label="Type to filter sites" items={items} onDone={onDone} none="No site is called that." />;
}
