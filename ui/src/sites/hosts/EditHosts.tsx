import { useState } from "react";

import type { LinuxSite } from "../../bindings/LinuxSite";
import type { SiteSummary } from "../../bindings/SiteSummary";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { ProblemNotice } from "../../components/Notice";
import { useDo } from "../../engine/ask";
import { fieldErrors, problemOf } from "../../engine/problem";
import { NOTHING } from "../update";
import { linuxDraftOf, linuxOf, missing } from "./draft";
import css from "./Hosts.module.css";
import { HostsEditor } from "./HostsEditor";

/** What the hosts are changed for, when that is not the whole of it. */
export interface Then {
  title: string;
  verb: string;
  onSaved: (linux: LinuxSite) => void;
}

/** Changes the hosts of a site and the way there. What is known of hosts that stay is kept. */
export function EditHosts({ site, linux, then, onClose }: { site: SiteSummary; linux: LinuxSite; then?: Then | undefined; onClose: () => void }) {
  const [draft, change] = useState(() => linuxDraftOf(linux));
  const update = useDo("site_update");
  const why = missing(draft);
  const save = () => update.mutate({ ...NOTHING, site: site.id, linux: linuxOf(draft) }, { onSuccess: (saved) => (then ? then.onSaved(saved.linux ?? linux) : onClose()) });
  return (
    <Dialog
      title={then?.title ?? `Hosts of ${site.name}`}
      isOpen
      onClose={onClose}
      full
      footer={
        <>
          <span className={css.why} role="status">
            {why}
          </span>
          <Button onPress={onClose}>Cancel</Button>
          <Button kind="main" isDisabled={why !== "" || update.isPending} onPress={save}>
            {update.isPending ? "Saving…" : (then?.verb ?? "Save hosts")}
          </Button>
        </>
      }
    >
      <HostsEditor draft={draft} change={change} errors={fieldErrors(update.error)} first="one" />
      {update.isError && <ProblemNotice problem={problemOf(update.error)} />}
    </Dialog>
  );
}
