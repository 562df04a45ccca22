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

/** Changes the hosts of a site and the way there. What is known of hosts that stay is kept. */
export function EditHosts({ site, linux, onClose }: { site: SiteSummary; linux: LinuxSite; onClose: () => void }) {
  const [draft, change] = useState(() => linuxDraftOf(linux));
  const update = useDo("site_update");
  const why = missing(draft);
  const save = () => update.mutate({ ...NOTHING, site: site.id, linux: linuxOf(draft) }, { onSuccess: onClose });
  return (
    <Dialog
      title={`Hosts of ${site.name}`}
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
            {update.isPending ? "Saving…" : "Save hosts"}
          </Button>
        </>
      }
    >
      <HostsEditor draft={draft} change={change} errors={fieldErrors(update.error)} first="one" />
      {update.isError && <ProblemNotice problem={problemOf(update.error)} />}
    </Dialog>
  );
}
