import { Activity, Archive, CornerDownRight, Server } from "lucide-react";
import { useMemo } from "react";
import { Dialog, Modal, ModalOverlay } from "react-aria-components";

import dialog from "../components/Dialog.module.css";
import { Finder, type FinderItem } from "../components/Finder";
import { useAsk } from "../engine/ask";
import { releaseChange, runMark, workflowWord } from "../engine/words";
import { useOffered } from "./commands";
import { go } from "./place";

export function Palette({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  return (
    <ModalOverlay isOpen={isOpen} onOpenChange={(open) => !open && onClose()} isDismissable className={dialog.scrim}>
      <Modal className={`${dialog.modal} ${dialog.wide}`}>
        <Dialog aria-label="Search or do anything" className={dialog.dialog}>
          <Everything onDone={onClose} />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

const icon = { size: 16, strokeWidth: 1.5, "aria-hidden": true } as const;

function Everything({ onDone }: { onDone: () => void }) {
  const offered = useOffered();
  const sites = useAsk("site_list", { search: "", tag: null }).data?.sites;
  const runs = useAsk("run_list", { site: null, state: null, limit: 0 }).data?.runs;
  const bundles = useAsk("bundle_list", {}).data?.bundles;
  const items = useMemo(() => {
    const commands: FinderItem[] = offered
      .filter((command) => command.group !== "Sites" && command.id !== "palette")
      .map((command) => ({ ...command, icon: <CornerDownRight {...icon} /> }));
    const siteKeys = new Map(offered.map((command) => [command.id, command.keys]));
    const places: FinderItem[] = [
      ...(sites ?? []).map((site) => ({
        id: `site-${site.id}`,
        title: site.name,
        group: "Sites",
        words: `${site.tags.join(" ")} ${site.installed?.title ?? ""} ${site.installed?.version ?? ""}`,
        detail: site.installed ? `${site.installed.title} ${site.installed.version}` : "Nothing installed",
        icon: <Server {...icon} />,
        keys: siteKeys.get(`site-${site.id}`),
        run: () => go({ screen: "site", site: site.id }),
      })),
      ...(runs ?? []).map((run) => ({
        id: `run-${run.id}`,
        title: `${run.siteName}: ${workflowWord(run.workflow)} ${releaseChange(run)}`,
        group: "Runs",
        detail: runMark(run).word,
        icon: <Activity {...icon} />,
        run: () => go({ screen: "run", run: run.id }),
      })),
      ...(bundles ?? []).map((bundle) => ({
        id: `bundle-${bundle.id}`,
        title: `${bundle.title} ${bundle.version}`,
        group: "Bundles",
        words: `${bundle.file} ${bundle.slug} ${bundle.channel}`,
        detail: bundle.file,
        icon: <Archive {...icon} />,
        run: () => go({ screen: "bundle", bundle: bundle.id }),
      })),
    ];
    return [...commands, ...places];
  }, [offered, sites, runs, bundles]);
  return <Finder label="Search or do anything" items={items} onDone={onDone} none="Nothing is called that." />;
}
